//! One inbox over all matters, and the tables behind it: matters that are older than `decision` keep columns of their own.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::audit;
use crate::decisions::waits_at;
use crate::harness::{Caller, TestApp};
use crate::look::all;
use crate::opening_balances::{opening, people};
use crate::personal;

const INBOX: &str = "/api/v1/decisions";

/// A reversal, an unusual gift and an opening balance of Hàm Liêm that wait.
fn three(app: &TestApp, officer: &Caller<'_>) -> [String; 3] {
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let reversal = Uuid::now_v7().to_string();
    let path = format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap());
    officer.post(&path, json!({"id": reversal, "reason": "DUPLICATE", "note": "ông Tư báo nhầm"}), 201);
    app.clock.advance(chrono::Duration::seconds(1));
    let large = crate::unusual::ask(app, officer);
    app.clock.advance(chrono::Duration::seconds(1));
    let balance = opening(json!({}));
    officer.post("/api/v1/opening-balances", balance.clone(), 201);
    [reversal, large, balance["id"].as_str().unwrap().to_owned()]
}

#[test]
fn one_inbox_shows_what_waits_over_all_matters() {
    let app = TestApp::start();
    let people = people(&app);
    let [reversal, large, balance] = three(&app, &people.officer);
    let listed = all(&people.chair, &format!("{INBOX}?chapter=23095"), 1);
    let ids: Vec<&str> = listed.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&reversal, &large, &balance], "oldest first, page by page");
    let code = app.database.text("SELECT code FROM entry");
    assert_eq!(listed[0]["subject"], format!("Hủy khoản ủng hộ {code}"));
    assert_eq!(
        (&listed[0]["amount_vnd"], &listed[0]["passed_up"], &listed[0]["steps"]),
        (&json!(500_000), &json!(false), &json!(1))
    );
    assert_eq!(listed[2]["amount_vnd"], 52_000_000);
    assert_eq!(
        listed[0]["asked_by"],
        app.database.text("SELECT user_name FROM account JOIN reversal_request ON requested_by = account.id")
    );
    assert!(!json!(listed).to_string().contains("ông Tư") && !json!(listed).to_string().contains("giver"), "{listed:?}");
    // The note is for whoever decides, where one request is read, and for nobody else.
    let path = listed[0]["url"].as_str().unwrap();
    assert!(people.chair.get(path, 200)["note"].as_str().is_some_and(|note| note.contains("ông Tư")));
    for other in [&people.officer, &app.staff(Role::Inspector, "68")] {
        assert!(other.get(path, 200).get("note").is_none());
    }
    let english = people.chair.with("accept-language", "en").get(&format!("{INBOX}?chapter=23095"), 200);
    assert_eq!(english["items"][0]["subject"], format!("Reverse the gift {code}"));
    // Whose turn it is, and whose it is not.
    let may = |caller: &Caller<'_>| -> Vec<bool> {
        let page = caller.get(&format!("{INBOX}?chapter=23095"), 200);
        page["items"].as_array().unwrap().iter().map(|row| row["may_decide"].as_bool().unwrap()).collect()
    };
    assert_eq!((may(&people.chair), may(&people.officer)), (vec![true; 3], vec![false; 3]));
    assert_eq!(may(&app.staff(Role::Inspector, "68")), vec![false; 3]);
    app.chair_of("23059").get(&format!("{INBOX}?chapter=23095"), 404);
    app.chair_of("23095").get(&format!("{INBOX}?chapter=0"), 404);
    assert!(waits_at(&app, "68").is_empty(), "each where its turn is");
    // Every address leads where it says.
    for row in &listed {
        people.chair.get(row["url"].as_str().unwrap(), 200);
    }
    people.chair.post(listed[1]["refusal_url"].as_str().unwrap(), Value::Null, 200);
    for row in [&listed[0], &listed[2]] {
        people.chair.post(row["approval_url"].as_str().unwrap(), Value::Null, 200);
    }
    assert!(waits_at(&app, "23095").is_empty());
    let undo = format!("/api/v1/opening-balances/{balance}/reversal");
    people.officer.post(&undo, json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 201);
    let waiting = waits_at(&app, "23095");
    assert_eq!((waiting.len(), &waiting[0]["matter"]), (1, &json!("OPENING_BALANCE_REVERSAL")));
    people.chair.post(waiting[0]["approval_url"].as_str().unwrap(), Value::Null, 200);
    audit(&app);
}

/// Who decided at a chapter may go while a request waits there: it comes up to the next who may, and goes back with whoever comes.
#[test]
fn what_nobody_is_left_to_decide_comes_up() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let decider = app.account(Role::ChapterChair, "23095");
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let path = format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap());
    officer.post(&path, json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"}), 201);
    let (above, centre) = (app.chair_of("68"), app.chair_of("TW"));
    let waits = |caller: &Caller<'_>, chapter: &str| all(caller, &format!("{INBOX}?chapter={chapter}"), 1);
    assert!(waits(&above, "68").is_empty() && waits(&centre, "TW").is_empty());
    assert_eq!(waits(&officer, "23095").len(), 1);

    app.database.execute(&format!("UPDATE account SET disabled_at = '{}' WHERE id = '{}'", app.now(), decider.id));
    let waiting = waits(&above, "68");
    assert_eq!(waiting.len(), 1);
    let seen = ["passed_up", "may_decide", "chapter", "approver_chapter"].map(|name| waiting[0][name].clone());
    assert_eq!(seen, [json!(true), json!(true), json!("23095"), json!("68")]);
    assert!(waits(&centre, "TW").is_empty(), "the nearest, and nobody else");
    assert_eq!(waits(&officer, "23095").len(), 1, "it stays where it was asked");
    app.chair_of("01").get(&format!("{INBOX}?chapter=68"), 404);

    let again = app.chair_of("23095");
    assert!(waits(&above, "68").is_empty());
    assert_eq!(waits(&again, "23095")[0]["may_decide"], true);
    let chairs = "role = 'CHAPTER_CHAIR' AND chapter_id = (SELECT id FROM chapter WHERE code = '23095')";
    app.database.execute(&format!("UPDATE role_assignment SET ended_at = '{}' WHERE {chairs}", app.now()));
    let waiting = waits(&above, "68");
    above.post(waiting[0]["approval_url"].as_str().unwrap(), Value::Null, 200);
    assert!(waits(&above, "68").is_empty() && waits(&officer, "23095").is_empty());
    audit(&app);
}

/// A decision and the table of its matter never part, whoever writes.
#[test]
fn the_database_keeps_decisions_and_their_matters_together() {
    let app = TestApp::start();
    let people = people(&app);
    three(&app, &people.officer);
    let chapter = "(SELECT id FROM chapter WHERE code = '68')";
    for (sql, constraint) in [
        ("UPDATE decision SET amount_vnd = 1".to_owned(), "decision_decided_once"),
        ("UPDATE decision SET not_by = '{}'".to_owned(), "decision_decided_once"),
        ("DELETE FROM decision".to_owned(), "decision_append_only"),
        ("UPDATE decision SET state = 'REFUSED', decided_by = asked_by, decided_at = now()".to_owned(), "decision_agrees"),
        (
            "UPDATE reversal_request SET state = 'REFUSED', decided_by = requested_by, decided_at = now()".to_owned(),
            "decision_agrees",
        ),
        (format!("UPDATE reversal_request SET approver_chapter_id = {chapter}"), "decision_agrees"),
        (format!("UPDATE decision SET approver_chapter_id = {chapter} WHERE matter = 'OPENING_BALANCE'"), "decision_agrees"),
    ] {
        let said = app.database.refuses(&sql);
        assert!(
            said.contains(constraint) || constraint == "decision_agrees" && said.contains("is decided otherwise"),
            "{sql}: {said}"
        );
    }
    audit(&app);
}

/// All decisions, with persons in one order.
fn decisions(app: &TestApp) -> String {
    app.database.text(
        "SELECT string_agg(concat_ws('|', matter, id, subject_id, chapter_id, approver_chapter_id, state, amount_vnd, about, asked_by, asked_at, decided_by, decided_at,
                                     (SELECT string_agg(p::text, ',' ORDER BY p) FROM unnest(not_by) p)), E'\n' ORDER BY matter, id) FROM decision",
    )
}

/// Requests about personal data in every state: an erasure done, a correction refused, a consent withdrawn at once with a rest above
/// that waits, a lifting answered, an erasure of two chapters that waits, and a copy handed out by hand.
fn about_persons(app: &TestApp) {
    let (here, there) = (app.account(Role::Officer, "23095"), app.officer_of("23059"));
    let (officer, chair) = (app.log_in(here), app.chair_of("68"));
    let both = app.log_in(app.account_of(None, &[(Role::Accountant, "23095"), (Role::Accountant, "23059")]));
    let gift =
        |name: &str, chapter: &str| personal::personal(app, name, Some("0987654321"), "FULL_NAME", json!({"chapter": chapter}));
    let ask = |caller: &Caller<'_>, kind: &str, change: Value| {
        let request = personal::ask(app, kind, change);
        caller.post(personal::REQUESTS, request.clone(), 201);
        request
    };
    let given = |name: &str| {
        let ours = gift(name, "23095");
        officer.post("/api/v1/gifts", ours.clone(), 201);
        there.post("/api/v1/gifts", gift(name, "23059"), 201);
        personal::party_of(&officer, &ours)
    };
    let one = gift("Chỉ Một", "23095");
    officer.post("/api/v1/gifts", one.clone(), 201);
    let erasure = ask(&officer, "ERASE", json!({"gift": one["id"]}));
    chair.post(&personal::path(&erasure, "/approval"), Value::Null, 200);
    let party = given("Hai Nơi");
    let correction = ask(&both, "CORRECT", json!({"party": party, "changes": {"phone": "0987654322"}}));
    chair.post(&personal::path(&correction, "/refusal"), json!({"reason": "OTHER"}), 200);
    ask(&officer, "RESTRICT", json!({"party": party}));
    let lifting = ask(&officer, "LIFT_RESTRICTION", json!({"party": party}));
    officer.post(&personal::path(&lifting, "/answer"), Value::Null, 200);
    ask(&both, "ERASE", json!({"party": party}));
    ask(&officer, "ACCESS", json!({"party": party}));
}

/// What an installation had before there were decisions is what it would have now.
#[test]
fn the_history_of_older_matters_is_moved_as_it_is_written() {
    let app = TestApp::start();
    let people = people(&app);
    for what in ["approval", "refusal", ""] {
        let [reversal, large, balance] = three(&app, &people.officer);
        if what.is_empty() {
            people.officer.post(&format!("/api/v1/asked-gifts/{large}/withdrawal"), Value::Null, 200);
            continue;
        }
        for path in [format!("reversals/{reversal}"), format!("asked-gifts/{large}"), format!("opening-balances/{balance}")] {
            people.chair.post(&format!("/api/v1/{path}/{what}"), Value::Null, 200);
        }
        if what == "approval" {
            let path = format!("/api/v1/opening-balances/{balance}/reversal");
            people.accountant.post(&path, json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 201);
            people.chair.post(&format!("{path}/approval"), Value::Null, 200);
        }
    }
    about_persons(&app);
    let written = decisions(&app);
    assert_eq!(written.lines().count(), 15, "{written}");
    for sql in [
        include_str!("../../migrations/2026-11-30-030000_decisions_about_persons/down.sql"),
        include_str!("../../migrations/2026-11-29-097000_decisions/down.sql"),
        include_str!("../../migrations/2026-11-29-097000_decisions/up.sql"),
        include_str!("../../migrations/2026-11-30-030000_decisions_about_persons/up.sql"),
    ] {
        app.database.execute(&format!("BEGIN; {sql} COMMIT"));
    }
    assert_eq!(decisions(&app), written);
    audit(&app);
}
