//! Chains that administrators set: who approves what from which amount on.

use chrono::Days;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::coverage::{Call, call};
use crate::harness::TestApp;

const RULES: &str = "/api/v1/decision-rules";

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    vec![
        call("GET /api/v1/decision-rules", format!("{RULES}?chapter=23095"), None, 404, 200, 200),
        call("POST /api/v1/decision-rules", RULES.to_owned(), Some(rule(app, json!({}))), 422, 422, 422),
    ]
}

fn rule(app: &TestApp, change: Value) -> Value {
    let tomorrow = app.today().checked_add_days(Days::new(1)).unwrap();
    let mut rule = json!({"chapter": "68", "matter": "ENTRY_REVERSAL", "from_vnd": 5_000_000, "steps": [null, "PROVINCE"],
        "valid_from": tomorrow, "source": "12/QĐ-HCTĐ"});
    rule.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    rule
}

#[test]
fn a_chain_is_set_once_from_a_later_day_on() {
    let app = TestApp::start();
    let admin = app.staff(Role::ProvincialAdministrator, "68");
    let set = admin.post(RULES, rule(&app, json!({})), 200);
    assert_eq!(set["steps"], json!([null, "PROVINCE"]));
    admin.post(RULES, rule(&app, json!({})), 200);
    let other = admin.post(RULES, rule(&app, json!({"steps": [null]})), 422);
    assert_eq!(other["errors"][0]["code"], "NOT_UNIQUE");
    let listed = app.officer_of("23095").get(&format!("{RULES}?chapter=23095"), 200);
    assert_eq!(listed, json!([set]), "the chapter below reads what holds for it");
    assert_eq!(app.officer_of("01").get(&format!("{RULES}?chapter=01"), 200), json!([]));
}

#[test]
fn a_chain_that_cannot_be_is_refused_with_reasons() {
    let app = TestApp::start();
    let admin = app.staff(Role::ProvincialAdministrator, "68");
    for (change, pointer) in [
        (json!({"matter": "GIFT_REVERSAL"}), "/matter"),
        (json!({"matter": "NONSENSE"}), "/matter"),
        (json!({"from_vnd": -1}), "/from_vnd"),
        (json!({"steps": []}), "/steps"),
        (json!({"valid_from": app.today()}), "/valid_from"),
        (json!({"source": " "}), "/source"),
        (json!({"chapter": "NONE"}), "/chapter"),
    ] {
        let answer = admin.post(RULES, rule(&app, change), 422);
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{answer}");
    }
    app.chair_of("68").post(RULES, rule(&app, json!({})), 403);
    let elsewhere = admin.post(RULES, rule(&app, json!({"chapter": "01"})), 422);
    assert_eq!(elsewhere["errors"][0]["pointer"], "/chapter");
}
