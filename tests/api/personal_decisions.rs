//! Requests about personal data as matters of the one inbox, and the moments at which a decision on them goes wrong.

use std::thread;

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::books::{audit, hold};
use crate::decisions::waits_at;
use crate::harness::{Account, Caller, TestApp};
use crate::personal::{REQUESTS, ask, party_of, path, personal};

const NAME: &str = "Vũ Xqzhiền";
const PHONE: &str = "0987654077";

/// A person with a gift at Hàm Liêm, as the officer there knows them.
fn known(app: &TestApp, officer: &Caller<'_>) -> (Value, String) {
    let gift = personal(app, NAME, Some(PHONE), "FULL_NAME", json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let party = party_of(officer, &gift);
    (gift, party)
}

fn asked(app: &TestApp, officer: &Caller<'_>, kind: &str, change: Value) -> Value {
    app.clock.advance(chrono::Duration::seconds(1));
    let request = ask(app, kind, change);
    officer.post(REQUESTS, request.clone(), 201);
    request
}

fn states(app: &TestApp) -> String {
    app.database.text("SELECT string_agg(matter || ' ' || state, ', ' ORDER BY asked_at) FROM decision")
}

#[test]
fn the_inbox_shows_what_is_asked_and_of_nobody_whom_it_is_about() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let (officer, chair) = (app.log_in(account), app.chair_of("23095"));
    let (gift, party) = known(&app, &officer);
    // At once, and by hand: nothing waits.
    asked(&app, &officer, "RESTRICT", json!({"party": party}));
    let by_hand = asked(&app, &officer, "ACCESS", json!({"party": party}));
    assert!(waits_at(&app, "23095").is_empty());
    let note = format!("theo lời {NAME}");
    let lifting = asked(&app, &officer, "LIFT_RESTRICTION", json!({"party": party, "note": note}));
    let correction = asked(&app, &officer, "CORRECT", json!({"gift": gift["id"], "changes": {"name": "Vũ Xqzhiển"}}));
    let erasure = asked(&app, &officer, "ERASE", json!({"party": party}));
    let waiting = waits_at(&app, "23095");
    let corrects = format!("Sửa dữ liệu người ủng hộ {}", app.database.text("SELECT code FROM entry"));
    let seen: Vec<(&str, &str)> =
        waiting.iter().map(|row| (row["matter"].as_str().unwrap(), row["subject"].as_str().unwrap())).collect();
    assert_eq!(
        seen,
        [
            ("PERSONAL_DATA_RESTRICTION_LIFTING", "Bỏ hạn chế xử lý dữ liệu người ủng hộ"),
            ("PERSONAL_DATA_CORRECTION", corrects.as_str()),
            ("PERSONAL_DATA_ERASURE", "Xóa dữ liệu người ủng hộ"),
        ]
    );
    let told = json!(waiting).to_string();
    assert!(!told.contains("Xqz") && !told.contains(PHONE) && !told.contains("amount_vnd"), "{told}");
    let user = app.database.text(&format!("SELECT user_name FROM account WHERE id = '{}'", account.id));
    for (row, request) in waiting.iter().zip([&lifting, &correction, &erasure]) {
        assert_eq!((&row["id"], &row["asked_by"], &row["chapter"]), (&request["id"], &json!(user), &json!("23095")));
        assert_eq!((&row["passed_up"], &row["steps"], &row["may_decide"]), (&json!(false), &json!(1), &json!(true)));
        chair.get(row["url"].as_str().unwrap(), 200);
    }
    chair.post(waiting[1]["refusal_url"].as_str().unwrap(), json!({"reason": "UNFOUNDED"}), 200);
    for row in [&waiting[0], &waiting[2]] {
        assert_eq!(chair.post(row["approval_url"].as_str().unwrap(), Value::Null, 200)["state"], "DONE");
    }
    assert!(waits_at(&app, "23095").is_empty());
    let decided = "PERSONAL_DATA_RESTRICTION_LIFTING APPROVED, PERSONAL_DATA_CORRECTION REFUSED, PERSONAL_DATA_ERASURE APPROVED";
    assert_eq!(states(&app), decided);
    // What takes no approval may still be refused, by somebody else than its writer.
    assert_eq!(chair.post(&path(&by_hand, "/approval"), Value::Null, 409)["detail"], "Yêu cầu này không cần duyệt.");
    let own = app.log_in(app.account_of(Some(account.officer), &[(Role::ChapterChair, "23095")]));
    own.post(&path(&by_hand, "/refusal"), json!({"reason": "OTHER"}), 403);
    assert_eq!(states(&app), decided, "what was not refused in the end left no row");
    for _ in 0..2 {
        assert_eq!(chair.post(&path(&by_hand, "/refusal"), json!({"reason": "OTHER"}), 200)["state"], "REFUSED");
    }
    // It was decided as everything is, and waited for nobody.
    assert_eq!(states(&app), format!("PERSONAL_DATA_ACCESS REFUSED, {decided}"));
    assert!(waits_at(&app, "23095").is_empty());
    let noted = "SELECT count(*) FROM audit_event WHERE action = 'PERSONAL_DATA_REQUEST_REFUSED' AND subject = ";
    assert_eq!(app.database.number(&format!("{noted}'{}'", by_hand["id"].as_str().unwrap())), 1);
    chair.post(&path(&by_hand, "/approval"), Value::Null, 409);
    audit(&app);
}

#[test]
fn what_is_left_to_those_above_waits_in_their_inbox_alone() {
    let app = TestApp::start();
    let (officer, neighbour) = (app.officer_of("23095"), app.officer_of("23059"));
    let (_, party) = known(&app, &officer);
    let theirs = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({"chapter": "23059"}));
    neighbour.post("/api/v1/gifts", theirs, 201);
    // Nobody above may decide yet: it waits at the province all the same.
    asked(&app, &officer, "WITHDRAW_CONSENT", json!({"party": party}));
    for chapter in ["23095", "23059"] {
        assert!(waits_at(&app, chapter).is_empty(), "{chapter}");
    }
    let waiting = waits_at(&app, "68");
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0]["matter"], &waiting[0]["chapter"]), (&json!("PERSONAL_DATA_CONSENT_WITHDRAWAL"), &json!("68")));
    let approval = waiting[0]["approval_url"].as_str().unwrap();
    app.chair_of("23095").post(approval, Value::Null, 404);
    assert_eq!(app.chair_of("68").post(approval, Value::Null, 200)["gifts_changed"], 1);
    audit(&app);
}

fn end(app: &TestApp, account: Account) {
    app.database.execute(&format!("UPDATE role_assignment SET ended_at = '{}' WHERE account_id = '{}'", app.now(), account.id));
}

#[test]
fn whoever_decides_holds_the_right_now_and_is_somebody_else() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let (_, party) = known(&app, &officer);
    let request = ask(&app, "ERASE", json!({"party": party}));
    officer.post(REQUESTS, request.clone(), 409);
    // An account more is nobody more: it goes up.
    let own = app.log_in(app.account_of(Some(account.officer), &[(Role::Accountant, "23095")]));
    officer.post(REQUESTS, request.clone(), 409);
    let province = app.chair_of("68");
    assert_eq!(officer.post(REQUESTS, request.clone(), 201)["approver_chapter"], "68");
    let waiting = waits_at(&app, "68");
    assert_eq!((&waiting[0]["passed_up"], &waiting[0]["chapter"]), (&json!(true), &json!("23095")));
    for (what, body) in [("/approval", Value::Null), ("/refusal", json!({"reason": "OTHER"}))] {
        let refused = own.post(&path(&request, what), body, 403);
        assert_eq!(refused["detail"], "Người ghi yêu cầu không tự duyệt: cần người thứ hai.");
    }
    // Somebody came to Hàm Liêm since, and went; who asked went, too. What was asked rightly stands.
    let gone = app.account(Role::ChapterChair, "23095");
    let left = app.log_in(gone);
    end(&app, gone);
    left.post(&path(&request, "/approval"), Value::Null, 404);
    end(&app, account);
    app.database.execute(&format!("UPDATE account SET disabled_at = '{}' WHERE id = '{}'", app.now(), account.id));
    assert_eq!(province.post(&path(&request, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(states(&app), "PERSONAL_DATA_ERASURE APPROVED");
    audit(&app);
}

#[test]
fn decided_twice_at_once_it_is_done_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (_, party) = known(&app, &officer);
    let deciders = [app.chair_of("23095"), app.chair_of("23095")];
    let request = asked(&app, &officer, "ERASE", json!({"party": party}));
    let approval = &path(&request, "/approval");
    let held = hold(&app, "personal_data_request");
    thread::scope(|scope| {
        let threads = deciders.each_ref().map(|chair| scope.spawn(move || chair.post(approval, Value::Null, 200)));
        held.release_when_waiting(&app, 2);
        for decided in threads {
            let decided = decided.join().unwrap();
            assert_eq!((&decided["state"], &decided["gifts_changed"]), (&json!("DONE"), &json!(1)));
        }
    });
    let noted = "SELECT count(*) FROM audit_event WHERE action = 'PERSONAL_DATA_REQUEST_APPROVED'";
    assert_eq!(app.database.number(noted), 1);
    deciders[0].post(&path(&request, "/refusal"), json!({"reason": "OTHER"}), 409);
    audit(&app);
}

/// The table of requests and `decision` never part, whoever writes.
#[test]
fn the_database_keeps_requests_and_their_decisions_together() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let (_, party) = known(&app, &officer);
    asked(&app, &officer, "ERASE", json!({"party": party}));
    let decided = "decided_by = (SELECT id FROM account LIMIT 1), decided_at = now()";
    for sql in [
        format!("UPDATE decision SET state = 'APPROVED', {decided}"),
        format!("UPDATE personal_data_request SET state = 'EXECUTING', {decided}"),
        format!("UPDATE personal_data_request SET state = 'REFUSED', refusal = 'OTHER', done_at = now(), {decided}"),
        "UPDATE personal_data_request SET approver_chapter_id = NULL".to_owned(),
        "INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, not_by, asked_by, asked_at)
         SELECT 'PERSONAL_DATA_CORRECTION', id, id, chapter_id, approver_chapter_id, 'ASKED', not_by, asked_by, asked_at FROM decision"
            .to_owned(),
    ] {
        assert!(app.database.refuses(&sql).contains("is decided otherwise"), "{sql}");
    }
    // What is done by hand is refused in both or in none.
    let by_hand = asked(&app, &officer, "PROTECT", json!({"party": party}));
    let id = by_hand["id"].as_str().unwrap();
    for sql in [
        format!("UPDATE personal_data_request SET state = 'REFUSED', refusal = 'OTHER', done_at = now(), {decided} WHERE id = '{id}'"),
        format!(
            "INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, not_by, asked_by, asked_at)
             SELECT 'PERSONAL_DATA_PROTECTION', '{id}', '{id}', chapter_id, approver_chapter_id, 'ASKED', not_by, asked_by, asked_at FROM decision"
        ),
    ] {
        assert!(app.database.refuses(&sql).contains("is decided otherwise"), "{sql}");
    }
    let rule = "INSERT INTO decision_rule (matter, chapter_id, from_vnd, n, valid_from, source)
         SELECT 'PERSONAL_DATA_ERASURE', id, 0, 1, '2026-01-01', 'x' FROM chapter LIMIT 1";
    assert!(app.database.refuses(rule).contains("decision_rule_matter_has_steps"));
    audit(&app);
}
