//! Before a drive: questions, what the rules of its day say, and that nothing of the answers is kept; as data and on the page.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Caller, Database, TestApp};
use crate::portal::page;

/// A drive of Hàm Liêm on a day, that people can book; its code.
pub fn drive_on(app: &TestApp, day: &str) -> String {
    let officer = app.officer_of("23095");
    let code = planned(&officer, day);
    officer.post(&format!("/api/v1/drives/{code}/opening"), Value::Null, 200);
    code
}

fn planned(officer: &Caller<'_>, day: &str) -> String {
    let slots = [json!({"from": "07:30", "until": "08:00", "places": 12})];
    let body = json!({"id": Uuid::new_v4(), "chapter": "23095", "centre": "BINH_THUAN", "title": "Ngày hội hiến máu",
        "site": "Nhà văn hóa xã", "day": day, "slots": slots});
    officer.post("/api/v1/drives", body, 201)["code"].as_str().unwrap().to_owned()
}

/// Somebody of 30 who weighs enough; `change` adds and overrides.
pub fn answers(change: Value) -> Value {
    let mut body = json!({"version": 1, "birth": "1997-01-31", "sex": "FEMALE", "weight_kg": "52.5"});
    for (key, value) in change.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn at(code: &str) -> String {
    format!("/api/v1/public/drives/{code}/pre-check")
}

fn said(app: &TestApp, code: &str, change: Value) -> Value {
    app.anonymous().post(&at(code), answers(change), 200)
}

const DAY: &str = "2027-06-14";

#[test]
fn a_tattoo_of_three_months_is_put_off_for_three_more() {
    let app = TestApp::start();
    let code = drive_on(&app, DAY);
    let free = said(&app, &code, json!({}));
    assert_eq!((&free["verdict"], &free["first_day"], &free["findings"]), (&json!("MAY_COME"), &json!(DAY), &json!([])));
    assert_eq!((&free["most_ml"], &free["bag_ml"]), (&json!(472), &json!(450)));
    assert!(free["notice_vi"].as_str().unwrap().contains("Chỉ cơ sở tiếp nhận máu"));

    let later = said(&app, &code, json!({"yes": [{"question": "TATTOO", "on": "2027-03-14"}]}));
    assert_eq!((&later["verdict"], &later["first_day"]), (&json!("COME_LATER"), &json!("2027-09-14")));
    assert_eq!(later["vi"], "Theo câu trả lời của bạn, bạn có thể đến hiến máu từ ngày 14/09/2027.");
    assert_eq!(later["en"], "By your answers you may come and give blood from 14 September 2027 on.");
    let finding = &later["findings"][0];
    assert_eq!(
        (&finding["question"], &finding["over_on"], &finding["stands"]),
        (&json!("TATTOO"), &json!("2027-09-14"), &json!("FOR_A_WHILE"))
    );
    assert_eq!(finding["vi"], "Xăm da, bấm lỗ: trì hoãn 6 tháng.");
    assert_eq!(finding["grounds"]["law_vi"], "Thông tư 26/2013/TT-BYT, Điều 5 khoản 2");
    assert_eq!(finding["grounds"]["mark"], "S");
}

#[test]
fn every_rule_is_said_with_its_question() {
    let app = TestApp::start();
    let code = drive_on(&app, DAY);
    for (change, verdict, first_day, question, law) in [
        (json!({"birth": "2009-06-15"}), "COME_LATER", json!("2027-06-15"), "BIRTH", "article 4(1)"),
        (json!({"birth": "1966-06-14"}), "NOT_BY_RULES", json!(null), "BIRTH", "article 4(1)"),
        (json!({"birth": "2009"}), "ASK_CENTRE", json!(DAY), "BIRTH", "article 4(1)"),
        (json!({"weight_kg": "41,9"}), "NOT_BY_RULES", json!(null), "WEIGHT", "article 4(2)(a)"),
        (json!({"weight_kg": "49", "wanted": "PLATELETS"}), "NOT_BY_RULES", json!(null), "WEIGHT", "article 4(2)(b)"),
        (
            json!({"last": {"component": "WHOLE_BLOOD", "on": "2027-05-01"}}),
            "COME_LATER",
            json!("2027-07-24"),
            "LAST_DONATION",
            "article 6",
        ),
        (
            json!({"yes": [{"question": "ILLNESS", "on": "2027-06-01"}]}),
            "COME_LATER",
            json!("2027-06-29"),
            "ILLNESS",
            "article 5(3)",
        ),
        (
            json!({"yes": [{"question": "MEDICINE_3_MONTHS", "on": "2027-04-30"}]}),
            "COME_LATER",
            json!("2027-07-30"),
            "MEDICINE_3_MONTHS",
            "Institute",
        ),
        (json!({"yes": [{"question": "TWELVE_MONTHS"}]}), "ASK_CENTRE", json!(DAY), "TWELVE_MONTHS", "article 5(1)"),
        (json!({"yes": [{"question": "WORK"}]}), "MAY_COME", json!(DAY), "WORK", "article 5(5)"),
    ] {
        let answer = said(&app, &code, change.clone());
        assert_eq!((&answer["verdict"], &answer["first_day"]), (&json!(verdict), &first_day), "{change}: {answer}");
        let finding = &answer["findings"][0];
        assert_eq!(finding["question"], question, "{change}");
        assert!(finding["grounds"]["law_en"].as_str().unwrap().contains(law), "{change}: {finding}");
        // Which of what a question lists it was, nobody said and nobody says.
        assert!(!answer.to_string().contains("syphilis") && !answer.to_string().contains("giang mai"), "{answer}");
    }
}

#[test]
fn the_questions_are_those_of_the_version_and_list_what_the_law_lists() {
    let app = TestApp::start();
    let code = drive_on(&app, DAY);
    let asked = app.anonymous().get(&at(&code.to_lowercase()), 200);
    assert_eq!((&asked["drive"], &asked["day"], &asked["version"]), (&json!(code), &json!(DAY), &json!(1)));
    let questions = asked["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 15);
    let listed: usize = questions.iter().filter_map(|question| question["listed"].as_array()).map(Vec::len).sum();
    let rules = app.anonymous().get(&format!("/api/v1/public/blood-rules?day={DAY}"), 200);
    assert_eq!(listed, rules["deferrals"].as_array().unwrap().len(), "each rule is asked about, once");
    for question in questions {
        assert!(question["vi"].as_str().unwrap().ends_with('.') || question["vi"].as_str().unwrap().ends_with('?'), "{question}");
    }
    assert!(asked["note_en"].as_str().unwrap().contains("Nothing is kept"));
}

#[test]
fn wrong_answers_and_unknown_drives_are_refused() {
    let app = TestApp::start();
    let code = drive_on(&app, DAY);
    for (change, pointer, reason) in [
        (json!({"version": 2}), "/version", "NOT_A_CHOICE"),
        (json!({"birth": "31/01/1997"}), "/birth", "NOT_A_BIRTH"),
        (json!({"weight_kg": "fifty"}), "/weight_kg", "OUT_OF_RANGE"),
        (json!({"last": {"component": "PLASMA", "on": "2027-06-15"}}), "/last/on", "IN_THE_FUTURE"),
        (json!({"last": {"component": "BLOOD", "on": "2027-06-01"}}), "/last/component", "NOT_A_CHOICE"),
        (json!({"yes": [{"question": "HIV"}]}), "/yes/0/question", "NOT_A_CHOICE"),
        (json!({"yes": [{"question": "WORK"}, {"question": "WORK"}]}), "/yes/1/question", "TWICE"),
        (json!({"hiv": true}), "/hiv", "UNKNOWN_FIELD"),
    ] {
        let problem = app.anonymous().post(&at(&code), answers(change.clone()), 422);
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(reason)),
            "{change}"
        );
    }
    let planned = planned(&app.officer_of("23095"), "2027-07-01");
    for unknown in ["68-HM-9999", "x", planned.as_str()] {
        app.anonymous().get(&at(unknown), 404);
        app.anonymous().post(&at(unknown), answers(json!({})), 404);
    }
}

/// A drive of next year is judged by the rules of its own day, also when they change between the check and the day.
#[test]
fn the_rules_of_the_drive_s_day_count() {
    let app = TestApp::start_on(Database::fresh());
    let (this, next) = (drive_on(&app, "2026-12-20"), drive_on(&app, "2027-03-01"));
    app.database.execute("UPDATE blood_interval SET valid_to = '2027-01-01' WHERE after = 'WHOLE_BLOOD'");
    app.database.execute(
        "INSERT INTO blood_interval (after, days, valid_from, law_vi, law_en, mark, source)
         VALUES ('WHOLE_BLOOD', 150, '2027-01-01', 'Thông tư thử', 'A circular made up', 'REC', 'test')",
    );
    let last = json!({"last": {"component": "WHOLE_BLOOD", "on": "2026-10-05"}});
    assert_eq!(said(&app, &this, last.clone())["first_day"], "2026-12-28");
    let later = said(&app, &next, last);
    assert_eq!(
        (&later["first_day"], &later["findings"][0]["grounds"]["law_en"]),
        (&json!("2027-03-04"), &json!("A circular made up"))
    );
}

/// How often a text stands anywhere in the database.
fn kept(app: &TestApp, text: &str) -> i64 {
    app.database.number(&format!(
        "SELECT count(*) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
         AND query_to_xml(format('SELECT * FROM %I', c.relname), false, true, '')::text LIKE '%{text}%'"
    ))
}

#[test]
fn answers_are_kept_nowhere() {
    let app = TestApp::start_on(Database::fresh());
    let code = drive_on(&app, DAY);
    assert!(kept(&app, &code) > 0, "what is kept is found");
    let change = json!({"birth": "1971-07-19", "weight_kg": "61.7", "yes": [{"question": "TWELVE_MONTHS", "on": "2027-05-23"}]});
    let by = app.anonymous().with("idempotency-key", "pre-check-twice");
    for _ in 0..2 {
        let answer = by.send("POST", &at(&code), Some(answers(change.clone()).to_string().into_bytes()));
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")), "{}", answer.text);
    }
    let form = [
        ("version", "1"),
        ("birth", "19/07/1971"),
        ("weight", "61,7"),
        ("yes", "TWELVE_MONTHS"),
        ("on-TWELVE_MONTHS", "23/05/2027"),
    ];
    assert_eq!(submit(&app, &code, &form).status, 200);
    for text in ["1971-07-19", "19/07/1971", "2027-05-23", "23/05/2027", "61.7", "61,7", "pre-check-twice"] {
        assert_eq!(kept(&app, text), 0, "{text}");
    }
    let metrics = app.anonymous().get_text("/metrics", 200);
    assert!(metrics.contains("/drives/{code}/pre-check") && !metrics.contains(&code) && !metrics.contains("1971"));
}

/// Fills the form of the page in.
fn submit(app: &TestApp, code: &str, fields: &[(&str, &str)]) -> Answer {
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let body = fields.iter().map(|(name, text)| format!("{name}={}", escaped(text))).collect::<Vec<_>>().join("&");
    let by = app.anonymous().with("content-type", "application/x-www-form-urlencoded").with("accept", "text/html");
    by.send("POST", &format!("/hien-mau/{code}/kiem-tra"), Some(body.into_bytes()))
}

#[test]
fn the_page_asks_and_answers_without_script() {
    let app = TestApp::start();
    let code = drive_on(&app, DAY);
    let path = format!("/hien-mau/{code}/kiem-tra");
    let shown = page(&app, &path);
    assert!(shown.contains(&format!("<form class=\"filter\" action=\"{path}\" method=\"post\"")), "{shown}");
    assert!(shown.contains("Chỉ cơ sở tiếp nhận máu") && shown.contains("xăm da") && shown.contains("không được lưu lại"));
    assert!(!shown.contains("<script"), "nothing runs");
    // Everything that is filled in has words of its own, once.
    for part in shown.split(" id=\"").skip(1) {
        let id = part.split('"').next().unwrap();
        assert_eq!(shown.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
    for tag in shown.split("<input ").skip(1).filter_map(|part| part.split('>').next()) {
        let Some(id) = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        assert!(shown.contains(&format!("<label for=\"{id}\"")), "{id}");
    }
    assert!(page(&app, &format!("{path}?lang=en")).contains("Only the blood centre decides"));
    assert!(page(&app, &format!("/hien-mau/{code}")).contains(&path), "the drive leads to it");

    let form = [("version", "1"), ("birth", "31/01/1997"), ("weight", "52,5"), ("sex", "FEMALE"), ("on-TATTOO", "14/03/2027")];
    let answer = submit(&app, &code, &form);
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    assert!(
        answer.text.contains("bạn có thể đến hiến máu từ ngày 14/09/2027")
            && answer.text.contains("Thông tư 26/2013/TT-BYT, Điều 5 khoản 2")
    );
    assert!(answer.text.contains("Đến hiến được từ ngày 14/09/2027") && answer.text.contains("450 ml"), "{}", answer.text);
    assert!(!answer.text.contains("<form class=\"filter\""));

    let plain = submit(&app, &code, &[("version", "1"), ("birth", "1997"), ("weight", "52"), ("yes", "WORK")]);
    assert!(plain.status == 200 && plain.text.contains("Cần thực hiện"), "{}", plain.text);
}

#[test]
fn what_is_wrong_on_the_page_is_marked_and_stays() {
    let app = TestApp::start();
    let code = drive_on(&app, DAY);
    let form = [
        ("version", "1"),
        ("birth", "hôm qua"),
        ("weight", "nặng"),
        ("component", "PLASMA"),
        ("yes", "TATTOO"),
        ("on-TATTOO", "14.3.27"),
        ("yes", "WORK"),
        ("on-ILLNESS", "15/06/2027"),
    ];
    let answer = submit(&app, &code, &form);
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert_eq!(
        answer.text.matches(" aria-invalid=\"true\"").count(),
        6,
        "birth, weight, last twice, tattoo, illness: {}",
        answer.text
    );
    for text in ["hôm qua", "nặng", "14.3.27", "15/06/2027", "value=\"TATTOO\" checked", "<option value=\"PLASMA\" selected>"]
    {
        assert!(answer.text.contains(text), "{text}: {}", answer.text);
    }
    // Nothing that is typed becomes part of the page's own text.
    let odd = submit(&app, &code, &[("birth", "<script>alert(1)</script>")]);
    assert!(odd.status == 422 && !odd.text.contains("<script>alert"));
    assert_eq!(submit(&app, "68-HM-9999", &[("version", "1")]).status, 404);
    assert_eq!(app.anonymous().send("PUT", &format!("/hien-mau/{code}/kiem-tra"), None).status, 405);
}
