//! `Idempotency-Key` on every step that carries no id of its own: a lost answer is asked for again and nothing is done twice.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::app;
use so_nhan_ai::authz::Role;

use crate::appointments::assignment_of;
use crate::documents::appeal_document;
use crate::harness::{Caller, TestApp};
use crate::papers::pdf;

/// Asks with a key, and again. Both answers, the second of which says that it is one.
fn twice(caller: &Caller<'_>, key: &str, path: &str, body: &Value) -> (Value, Value) {
    let keyed = caller.with("idempotency-key", key);
    let ask = || keyed.send("POST", path, Some(body.to_string().into_bytes()));
    let (first, again) = (ask(), ask());
    assert!((200..300).contains(&first.status) && again.status == 200, "{path}: {} {}", first.text, again.text);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")), "{path}");
    (first.json(), again.json())
}

/// What an operation's body is called by: an id of its own, a list of things with ids, or the one thing it links.
const IDS: [&str; 6] = ["id", "gifts", "document", "items", "transfer", "volunteers"];
/// By these somebody proves to be themself; they are counted, and have ways of their own to be sent again.
const PROOFS: [&str; 2] = ["/api/v1/session", "/api/v1/second-factor"];
/// A list is the same list by what it holds, and is accepted as often as anybody likes.
const LISTS: &[&str] = &[
    "/api/v1/chapters/{code}/gift-imports",
    "/api/v1/drives/{code}/reconciliation",
    "/api/v1/gift-imports/{id}/acceptance",
    "/api/v1/member-imports",
    "/api/v1/member-imports/{id}/acceptance",
    "/api/v1/volunteer-imports",
    // Known by the address it is confirmed at, and its sender has no account that a key could belong to.
    "/api/v1/public/drives/{code}/bookings",
    "/api/v1/public/volunteer-applications",
];

#[test]
fn every_step_without_an_id_takes_a_key() {
    let document = app::document().unwrap();
    let mut missing = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(post) = item.get("post").filter(|_| !PROOFS.iter().any(|prefix| path.starts_with(prefix))) else { continue };
        let schema = &post["requestBody"]["content"]["application/json"]["schema"];
        let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()).unwrap_or_default();
        let has_id = IDS.iter().any(|id| document["components"]["schemas"][name]["properties"][id].is_object());
        let takes_key = post["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        if !has_id && !takes_key && !LISTS.contains(&path.as_str()) {
            missing.push(path.clone());
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_one_time_password_is_given_once_a_key() {
    let app = TestApp::start();
    let thu = app.staff(Role::ProvincialAdministrator, "68");
    let account = app.account(Role::Officer, "23095");
    let path = format!("/api/v1/accounts/{}/one-time-password", account.id);
    let (first, again) = twice(&thu, "mat-khau-1", &path, &json!(null));
    assert!(first["one_time_password"].is_string() && again.get("one_time_password").is_none(), "{again}");
    assert_eq!(again["new_one_time_password_at"], json!(path));
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ONE_TIME_PASSWORD_GIVEN'"), 1);
}

#[test]
fn a_role_that_was_ended_under_a_key_is_not_ended_again() {
    let app = TestApp::start();
    let thu = app.staff(Role::ProvincialAdministrator, "68");
    let body = |decision: &str| json!({"decision_no": decision, "last_day": app.today() + Duration::days(3)});
    let id = assignment_of(&app, app.account(Role::Officer, "23095"), Role::Officer);
    let path = format!("/api/v1/role-assignments/{id}/ending");
    let (first, again) = twice(&thu, "ket-thuc", &path, &body("20/QĐ"));
    assert_eq!(first["assignment"], again["assignment"]);
    // Somebody ends it at once meanwhile: the lost answer is asked for and says so.
    thu.post(&path, json!({"decision_no": "21/QĐ"}), 200);
    let keyed = thu.with("idempotency-key", "ket-thuc");
    assert_eq!(keyed.post(&path, body("20/QĐ"), 200)["assignment"]["end_decision_no"], "21/QĐ");
    assert_eq!(keyed.post(&path, body("22/QĐ"), 422)["type"], "/problems/idempotency-key-reused");
}

#[test]
fn a_document_that_was_withdrawn_is_not_published_again_by_a_lost_answer() {
    let app = TestApp::start();
    let (chair, _, path) = appeal_document(&app, &pdf(100));
    let body = json!({"title": "Quyết định mở đợt"});
    let (first, again) = twice(&chair, "cong-bo", &path, &body);
    assert_eq!((&first["published"], &again["published"]), (&json!(true), &json!(true)));
    chair.delete(&path, 204);
    let late = chair.with("idempotency-key", "cong-bo").post(&path, body.clone(), 200);
    assert_eq!(late["published"], json!(false));
    // Under another key it is another decision.
    assert_eq!(chair.with("idempotency-key", "lan-hai").post(&path, body, 201)["published"], json!(true));
}

#[test]
fn a_key_is_read_where_it_counts() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let keyed = app.chair_of("68").with("idempotency-key", "hai chữ");
    keyed.get("/api/v1/account", 200);
    assert_eq!(keyed.post("/api/v1/appeals/LULUT/closing", json!(null), 400)["type"], "/problems/malformed-request");
}
