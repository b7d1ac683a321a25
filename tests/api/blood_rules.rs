//! The rules about giving blood: what everybody may read is what the law says, with its source, and never rewritten.

use serde_json::{Value, json};

use crate::harness::{Database, TestApp};

fn rules(app: &TestApp, query: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/blood-rules{query}"), 200)
}

fn find<'a>(rules: &'a Value, list: &str, key: &str, code: &str) -> &'a Value {
    let rows = rules[list].as_array().unwrap();
    rows.iter().find(|row| row[key] == code).unwrap_or_else(|| panic!("no {code} in {list}"))
}

/// By hand from Circular 26/2013/TT-BYT, and not from our rows.
#[test]
fn the_rules_are_those_of_the_law() {
    let app = TestApp::start();
    let rules = rules(&app, "?day=2026-06-14");
    assert_eq!(rules["day"], "2026-06-14");
    assert!(rules["notice_vi"].as_str().unwrap().contains("Chỉ cơ sở tiếp nhận máu"));
    assert!(rules["notice_en"].as_str().unwrap().contains("Only the blood centre decides"));
    for (name, value, article) in [
        ("LEAST_AGE", 18, "article 4(1)"),
        ("MOST_AGE", 60, "article 4(1)"),
        ("LEAST_KG_WOMAN", 42, "article 4(2)(a)"),
        ("LEAST_KG_MAN", 45, "article 4(2)(a)"),
    ] {
        let limit = find(&rules, "limits", "name", name);
        assert_eq!((limit["value"].clone(), limit["grounds"]["mark"].clone()), (json!(value), json!("S")), "{name}");
        assert!(limit["grounds"]["law_en"].as_str().unwrap().ends_with(article), "{name}");
    }
    let volumes: Vec<Value> = rules["volumes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| json!([step["procedure"], step["least_kg"], step["most_ml"], step["ml_per_kg"]]))
        .collect();
    assert_eq!(
        volumes,
        [
            json!(["APHERESIS", 50, 500, null]),
            json!(["APHERESIS", 60, 650, null]),
            json!(["WHOLE_BLOOD", 42, 250, null]),
            json!(["WHOLE_BLOOD", 45, 500, 9])
        ]
    );
    let bags: Vec<i64> = rules["bags"].as_array().unwrap().iter().map(|bag| bag["ml"].as_i64().unwrap()).collect();
    assert_eq!(bags, [250, 350, 450]);
    for (after, days, times, within) in [
        ("WHOLE_BLOOD", json!(84), json!(null), json!(null)),
        ("RED_CELLS", json!(84), json!(null), json!(null)),
        ("PLATELETS", json!(14), json!(null), json!(null)),
        ("PLASMA", json!(14), json!(null), json!(null)),
        ("GRANULOCYTES", json!(null), json!(3), json!(7)),
        ("STEM_CELLS", json!(null), json!(3), json!(7)),
    ] {
        let interval = find(&rules, "intervals", "after", after);
        assert_eq!((&interval["days"], &interval["times"], &interval["within_days"]), (&days, &times, &within), "{after}");
        assert_eq!(interval["grounds"]["law_vi"], "Thông tư 26/2013/TT-BYT, Điều 6");
    }
}

#[test]
fn what_puts_a_donation_off_is_the_list_of_article_5() {
    let app = TestApp::start();
    let rules = rules(&app, "?day=2026-06-14");
    let lists: [(i64, &str, &str, &str); 8] = [
        (
            12,
            "MONTH",
            "article 5(1)",
            "SURGERY MALARIA SYPHILIS TUBERCULOSIS TETANUS ENCEPHALITIS MENINGITIS RABIES_VACCINE BLOOD_RECEIVED CHILDBIRTH",
        ),
        (
            6,
            "MONTH",
            "article 5(2)",
            "TATTOO PIERCING EXPOSURE TYPHOID SEPSIS SNAKE_BITE ARTERITIS PHLEBITIS OSTEOMYELITIS PANCREATITIS",
        ),
        (
            28,
            "DAY",
            "article 5(3)",
            "GASTROENTERITIS URINARY_INFECTION SKIN_INFECTION BRONCHITIS PNEUMONIA MEASLES WHOOPING_COUGH MUMPS DENGUE DYSENTERY \
             RUBELLA CHOLERA LIVE_VACCINE",
        ),
        (7, "DAY", "article 5(4)", "FLU COLD ALLERGY SORE_THROAT MIGRAINE OTHER_VACCINE"),
        (12, "HOUR", "article 5(5)", "PILOT CRANE_OPERATOR DIVER MINER WORK_AT_HEIGHT MOUNTAINEER SEAMAN DRIVER HEAVY_SPORT"),
        (12, "MONTH", "Institute of Haematology and Blood Transfusion", "DUTASTERIDE"),
        (3, "MONTH", "Institute of Haematology and Blood Transfusion", "FINASTERIDE ISOTRETINOIN TRETINOIN"),
        (7, "DAY", "Institute of Haematology and Blood Transfusion", "ASPIRIN CLOPIDOGREL TICLOPIDINE PIROXICAM"),
    ];
    let mut told = 0;
    for (lasts, unit, law, codes) in lists {
        for code in codes.split_whitespace() {
            told += 1;
            let deferral = find(&rules, "deferrals", "code", code);
            assert_eq!((deferral["lasts"].as_i64(), deferral["unit"].as_str()), (Some(lasts), Some(unit)), "{code}");
            assert!(deferral["grounds"]["law_en"].as_str().unwrap().contains(law), "{code}: {deferral}");
            assert!(deferral["vi"].as_str().unwrap().ends_with('.') && deferral["en"].as_str().unwrap().ends_with('.'), "{code}");
        }
    }
    assert_eq!(rules["deferrals"].as_array().unwrap().len(), told, "nothing besides");
    // No illness and nothing about a body has a word of its own that could be kept of a person.
    let kept: Vec<&str> = ["SYPHILIS", "TUBERCULOSIS", "MALARIA", "EXPOSURE", "CHILDBIRTH", "SURGERY", "DENGUE"].into();
    assert!(kept.iter().all(|code| find(&rules, "deferrals", "code", code)["reason"] == "CENTRE_DECISION"));
    assert_eq!(find(&rules, "deferrals", "code", "TATTOO")["vi"], "Xăm da: trì hoãn 6 tháng.");
}

/// Receiver → givers, by hand.
#[test]
fn whose_blood_fits_whom() {
    let app = TestApp::start();
    let rules = rules(&app, "?day=2026-06-14");
    let table = [
        ("RED_CELLS", "O-", "O-"),
        ("RED_CELLS", "O+", "O+ O-"),
        ("RED_CELLS", "A-", "A- O-"),
        ("RED_CELLS", "A+", "A+ A- O+ O-"),
        ("RED_CELLS", "B-", "B- O-"),
        ("RED_CELLS", "B+", "B+ B- O+ O-"),
        ("RED_CELLS", "AB-", "AB- A- B- O-"),
        ("RED_CELLS", "AB+", "AB+ A+ A- AB- B+ B- O+ O-"),
        ("PLASMA", "O-", "O- A+ A- AB+ AB- B+ B- O+"),
        ("PLASMA", "O+", "O+ A+ A- AB+ AB- B+ B- O-"),
        ("PLASMA", "A-", "A- A+ AB+ AB-"),
        ("PLASMA", "B+", "B+ AB+ AB- B-"),
        ("PLASMA", "AB-", "AB- AB+"),
        ("PLASMA", "AB+", "AB+ AB-"),
        ("PLATELETS", "O-", "O- A- AB- B-"),
        ("PLATELETS", "A+", "A+ A- AB+ AB-"),
        ("PLATELETS", "AB-", "AB-"),
        ("WHOLE_BLOOD", "B-", "B-"),
        ("WHOLE_BLOOD", "B+", "B+ B-"),
        ("GRANULOCYTES", "O-", "O-"),
        ("GRANULOCYTES", "A+", "A+ A- O+ O-"),
    ];
    let group = |group: &Value| {
        let rh = if group["rh"] == "POSITIVE" { "+" } else { "-" };
        format!("{}{rh}", group["abo"].as_str().unwrap())
    };
    let rows = rules["compatibility"].as_array().unwrap();
    assert_eq!(rows.len(), 5 * 8);
    for (component, receiver, givers) in table {
        let row = rows.iter().find(|row| row["component"] == component && group(&row["receiver"]) == receiver).unwrap();
        let mut found: Vec<String> = row["givers"].as_array().unwrap().iter().map(group).collect();
        let mut told: Vec<&str> = givers.split(' ').collect();
        assert_eq!(found[0], told[0], "{component} for {receiver}: the same group first");
        found.sort();
        told.sort_unstable();
        assert_eq!(found, told, "{component} for {receiver}");
        assert_eq!(row["grounds"]["mark"], "GK");
    }
}

#[test]
fn an_old_day_is_explained_by_the_rules_of_that_day() {
    let app = TestApp::start_on(Database::fresh());
    let before = rules(&app, "?day=2013-11-14");
    for list in ["limits", "volumes", "bags", "intervals", "deferrals", "compatibility"] {
        assert_eq!(before[list], json!([]), "{list}");
    }
    // The Institute's list came later than the circular.
    let of_2014 = rules(&app, "?day=2014-01-01");
    assert!(of_2014["deferrals"].as_array().unwrap().iter().all(|deferral| deferral["code"] != "ASPIRIN"));

    app.database.execute("UPDATE blood_interval SET valid_to = '2027-01-01' WHERE after = 'WHOLE_BLOOD'");
    app.database.execute(
        "INSERT INTO blood_interval (after, days, valid_from, law_vi, law_en, mark, source)
         VALUES ('WHOLE_BLOOD', 90, '2027-01-01', 'Thông tư thử', 'A circular made up', 'REC', 'test')",
    );
    let days = |day: &str| find(&rules(&app, &format!("?day={day}")), "intervals", "after", "WHOLE_BLOOD")["days"].clone();
    assert_eq!((days("2026-12-31"), days("2027-01-01")), (json!(84), json!(90)));
}

#[test]
fn a_rule_is_never_rewritten() {
    let app = TestApp::start_on(Database::fresh());
    for sql in [
        "UPDATE blood_interval SET days = 60 WHERE after = 'WHOLE_BLOOD'",
        "UPDATE blood_limit SET value = 16, valid_to = '2027-01-01' WHERE name = 'LEAST_AGE'",
        "UPDATE blood_deferral SET vi = 'khác' WHERE code = 'TATTOO'",
        "UPDATE blood_compatibility SET rank = 1",
        "DELETE FROM blood_volume",
        "TRUNCATE blood_bag",
        // Two rules at a time.
        "INSERT INTO blood_limit SELECT name, 16, '2026-01-01', NULL, law_vi, law_en, mark, source FROM blood_limit WHERE name = 'LEAST_AGE'",
    ] {
        app.database.refuses(sql);
    }
    app.database.execute("UPDATE blood_bag SET valid_to = '2027-01-01' WHERE ml = 450");
    app.database.refuses("UPDATE blood_bag SET valid_to = '2028-01-01' WHERE ml = 450");
}

/// A key stops two that are open; one that begins before the end of another is found by the audit.
#[test]
fn two_rules_at_once_are_found() {
    let app = TestApp::start_on(Database::fresh());
    let audit = || so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(audit().clean, "{}", audit().text());
    app.database.execute("UPDATE blood_limit SET valid_to = '2027-01-01' WHERE name = 'LEAST_AGE'");
    app.database.execute(
        "INSERT INTO blood_limit SELECT name, 17, '2026-12-31', NULL, law_vi, law_en, mark, source FROM blood_limit WHERE name = 'LEAST_AGE'",
    );
    let found = audit();
    assert!(!found.clean && found.text().contains("blood_limit LEAST_AGE 2026-12-31"), "{}", found.text());
}

#[test]
fn a_day_that_is_none_is_named() {
    let app = TestApp::start();
    for query in ["?day=2026-02-30", "?day=tomorrow", "?day=", "?ngay=2026-01-01"] {
        let problem = app.anonymous().get(&format!("/api/v1/public/blood-rules{query}"), 422);
        assert!(problem["errors"][0]["pointer"].is_string(), "{problem}");
    }
}
