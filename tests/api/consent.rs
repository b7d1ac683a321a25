//! Consent: recorded with the choice, by the text in force, withdrawn at any time; restriction; a copy of what is kept;
//! and the clocks of requests.

use chrono::Duration;
use diesel_migrations::MigrationHarness;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::db::migrations::MIGRATIONS;

use crate::books::errors;
use crate::harness::TestApp;
use crate::personal::{REQUESTS, ask, gift_path, party_of, path, personal, said};

#[test]
fn a_choice_to_be_shown_is_recorded_as_consent() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let of = |kind: &str, display: Option<&str>| {
        app.gift(json!({"giver": {"kind": kind, "name": "Trần Bình", "phone": "0987654005"}, "display": display}))
    };
    let batch = [
        of("PERSON", Some("FULL_NAME")),
        of("HOUSEHOLD_BUSINESS", Some("MASKED")),
        of("PERSON", None),
        of("ORGANISATION", None),
        app.gift(json!({})),
    ];
    let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": batch}), 200);
    assert_eq!(answer["booked"], 5);
    officer.post("/api/v1/gifts/batch", json!({"gifts": batch}), 200);
    let kept = app
        .database
        .text("SELECT string_agg(concat_ws(' ', purpose, basis, text_version, channel), ',' ORDER BY purpose) FROM consent");
    assert_eq!(kept, "SHOW_FULL_NAME CONSENT_TEXT 1 AT_GIVING,SHOW_MASKED_NAME CONSENT_TEXT 1 AT_GIVING");
    let texts = app.anonymous().get("/api/v1/public/consent-texts", 200);
    // Two versions for names, one for children's, what post-holders, the commended, donors, those in pictures and who represents a child agree to.
    assert_eq!(texts.as_array().unwrap().len(), 11);
    assert!(texts[0]["vi"].as_str().unwrap().contains("rút lại"));
    for sql in [
        "UPDATE consent SET purpose = 'SHOW_FULL_NAME'",
        "UPDATE consent_text SET vi = 'x'",
        "DELETE FROM consent_text",
        "DELETE FROM annotation; TRUNCATE annotation",
    ] {
        assert!(app.database.refuses(sql).contains("_append_only"), "{sql}");
    }
}

#[test]
fn withdrawing_hides_the_name_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = personal(&app, "Phan Zqxuyên", Some("0987654006"), "FULL_NAME", json!({}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    let quiet = personal(&app, "Phan Zqxuyên", Some("0987654006"), "ANONYMOUS", json!({}));
    officer.post("/api/v1/gifts", quiet, 201);
    let request = ask(&app, "WITHDRAW_CONSENT", json!({"party": party_of(&officer, &gift)}));
    let done = officer.post(REQUESTS, request, 201);
    assert_eq!((&done["state"], &done["gifts_changed"]), (&json!("DONE"), &json!(1)));
    assert!(app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200).get("giver").is_none());
    assert_eq!(said(&app, &code), ["AMENDMENT"]);
    assert_eq!(app.database.number("SELECT count(*) FROM consent WHERE withdrawn_at IS NULL"), 0);
    assert_eq!(officer.get(&gift_path(&gift), 200)["giver"]["name"], "Phan Zqxuyên");
    assert_eq!(app.database.text("SELECT string_agg(DISTINCT display, ',') FROM gift"), "ANONYMOUS");
}

#[test]
fn restricted_data_are_kept_and_not_used() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = personal(&app, "Phan Zqxuyên", Some("0987654006"), "MASKED", json!({}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    let party = party_of(&officer, &gift);
    assert_eq!(officer.post(REQUESTS, ask(&app, "RESTRICT", json!({"party": party})), 201)["state"], "DONE");
    assert!(app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200).get("giver").is_none());
    let own = officer.get(&gift_path(&gift), 200);
    assert_eq!((own.get("giver"), &own["giver_restricted"]), (None, &json!(true)));
    let copy = officer.get(&format!("/api/v1/parties/{party}/personal-data"), 200);
    assert_eq!(copy["party"]["name"], "Phan Zqxuyên");
    assert!(copy["restricted_since"].is_string());
}

#[test]
fn a_copy_shows_what_the_readers_chapters_hold_and_is_noted() {
    let app = TestApp::start();
    let (officer, neighbour) = (app.officer_of("23095"), app.officer_of("23059"));
    let gift = |chapter: &str| personal(&app, "Phan Zqxuyên", Some("0987654006"), "FULL_NAME", json!({"chapter": chapter}));
    let (one, two, three) = (gift("23095"), gift("23095"), gift("23059"));
    officer.post("/api/v1/gifts", one.clone(), 201);
    officer.post("/api/v1/gifts", two.clone(), 201);
    neighbour.post("/api/v1/gifts", three.clone(), 201);
    let party = party_of(&officer, &one);
    let request = ask(&app, "ACCESS", json!({"party": party, "channel": "EMAIL"}));
    assert!(officer.post(REQUESTS, request.clone(), 201).get("approver_chapter").is_none());
    let url = format!("/api/v1/parties/{party}/personal-data");
    let copy = officer.get(&url, 200);
    assert_eq!(
        (copy["gifts"].as_array().unwrap().len(), &copy["complete"], &copy["requests"][0]["kind"]),
        (2, &json!(false), &json!("ACCESS"))
    );
    assert_eq!(copy["gifts"][0]["particulars"]["bank_reference"], "FTXQZ778899");
    assert_eq!((&copy["gifts"][0]["kept_until"], copy["consents"].as_array().unwrap().len()), (&json!("2036-12-31"), 2));
    assert!(!copy.to_string().contains(three["id"].as_str().unwrap()));
    let all = app.chair_of("68").get(&url, 200);
    assert_eq!((all["gifts"].as_array().unwrap().len(), &all["complete"]), (3, &json!(false)));
    let all = app.staff(Role::Inspector, "TW").get(&url, 200);
    assert_eq!((all["gifts"].as_array().unwrap().len(), &all["complete"]), (3, &json!(true)));
    let page = officer.get(&format!("{url}?limit=1"), 200);
    let next = officer.get(&format!("{url}?limit=1&after={}", page["next"].as_str().unwrap()), 200);
    assert_ne!(page["gifts"][0]["id"], next["gifts"][0]["id"]);
    assert!(next.get("next").is_none());
    app.chair_of("01").get(&url, 404);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PERSONAL_DATA_READ'"), 7);
    officer.post(&path(&request, "/approval"), json!(null), 403);
    assert_eq!(officer.post(&path(&request, "/completion"), json!(null), 200)["state"], "DONE");
    officer.post(&path(&request, "/completion"), json!(null), 200);
}

#[test]
fn clocks_run_and_the_overdue_are_listed_first() {
    let app = TestApp::start();
    app.chair_of("68");
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let gift = |n: i64| personal(&app, &format!("Phan Zq {n}"), None, "FULL_NAME", json!({"amount_vnd": n}));
    let gifts: Vec<Value> = (1..=3).map(gift).collect();
    for gift in &gifts {
        officer.post("/api/v1/gifts", gift.clone(), 201);
    }
    // 22 November 2026 is a Sunday, the 24th a day off.
    let of = |n: usize, kind: &str, day: &str, third: bool| {
        ask(&app, kind, json!({"gift": gifts[n]["id"], "received_on": day, "third_parties": third}))
    };
    let (old, new, access) =
        (of(0, "ERASE", "2026-11-18", false), of(1, "ERASE", "2026-11-22", true), of(2, "ACCESS", "2026-11-22", false));
    let dues = |answer: Value| (answer["answer_due"].clone(), answer["due_on"].clone(), answer["overdue"].clone());
    assert_eq!(dues(officer.post(REQUESTS, new.clone(), 201)), (json!("2026-11-25"), json!("2026-12-22"), json!(false)));
    assert_eq!(dues(officer.post(REQUESTS, old.clone(), 201)), (json!("2026-11-20"), json!("2026-12-08"), json!(true)));
    assert_eq!(dues(officer.post(REQUESTS, access.clone(), 201)), (json!("2026-11-25"), json!("2026-12-02"), json!(false)));
    let inspector = app.staff(Role::Inspector, "68");
    let listed = |query: &str| -> Vec<Value> {
        let page = inspector.get(&format!("{REQUESTS}?chapter=68&{query}"), 200);
        page["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
    };
    assert_eq!(listed("state=OPEN&overdue=true"), [old["id"].clone()]);
    assert_eq!(listed("")[0], old["id"]);
    assert_eq!(listed("").len(), 3);
    let first = inspector.get(&format!("{REQUESTS}?chapter=68&limit=2"), 200);
    let rest = inspector.get(&format!("{REQUESTS}?chapter=68&limit=2&cursor={}", first["next"].as_str().unwrap()), 200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    // An answer stops the first clock; the second one counts on.
    assert_eq!(officer.post(&path(&old, "/answer"), json!(null), 200)["next_due"], "2026-12-08");
    officer.post(&path(&old, "/answer"), json!(null), 200);
    assert_eq!(listed("overdue=true"), Vec::<Value>::new());
    let extend = |days: i64, status: u16| {
        officer.post(&path(&old, "/extension"), json!({"days": days, "reason": "IDENTITY_UNCLEAR"}), status)
    };
    assert_eq!(errors(&extend(21, 422))[0].1, "OUT_OF_RANGE");
    extend(0, 422);
    assert_eq!(extend(15, 200)["due_on"], "2026-12-23");
    extend(15, 200);
    extend(3, 409);
    inspector.post(&path(&old, "/answer"), json!(null), 403);
    app.clock.advance(Duration::days(34));
    let officer = app.log_in(account);
    let late = officer.get(&format!("{REQUESTS}?chapter=23095&overdue=true"), 200);
    assert_eq!(late["items"].as_array().unwrap().len(), 3);
    app.staff(Role::Inspector, "01").get(&format!("{REQUESTS}?chapter=23095"), 404);
    assert_eq!(officer.get(&format!("{REQUESTS}?chapter=23095&state=closed"), 200)["items"], json!([]));
}

/// Gifts recorded before there were consent records.
#[test]
fn older_choices_are_taken_over() {
    let mut app = TestApp::start();
    let officer = app.officer_of("23095");
    for (kind, display) in [("PERSON", "MASKED"), ("PERSON", "ANONYMOUS"), ("ORGANISATION", "FULL_NAME")] {
        officer.post("/api/v1/gifts", app.gift(json!({"giver": {"kind": kind, "name": "Lê Cũ"}, "display": display})), 201);
    }
    app.stop();
    let mut conn = app.database.connect();
    let mut back = Vec::new();
    loop {
        let name = conn.revert_last_migration(MIGRATIONS).unwrap().to_string();
        back.push(name.clone());
        if name.starts_with("2026-11-23-060000") || name.starts_with("20261123060000") {
            break;
        }
        assert!(back.len() < 1_000, "{back:?}");
    }
    conn.run_pending_migrations(MIGRATIONS).unwrap();
    let kept = app.database.text("SELECT string_agg(concat_ws(' ', purpose, basis, text_version), ',') FROM consent");
    assert_eq!(kept, "SHOW_MASKED_NAME DISPLAY_CHOICE_AT_GIVING");
}
