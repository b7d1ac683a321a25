//! Reversals of entries that are no gifts, asked for by one person and approved by another.

use serde_json::json;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::TestApp;
use crate::kit::gift;

const CORRECTIONS: &str = "/api/v1/corrections";

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    let none = Uuid::now_v7();
    let step = |step: &str| format!("{CORRECTIONS}/{none}{step}");
    let ask = json!({"id": none, "entry": "7ZC4K0M9T2R8VQ3BV", "reason": "DUPLICATE"});
    let both = json!({"decisions": [{"matter": "ENTRY_REVERSAL", "id": none}, {"matter": "GIFT_REVERSAL", "id": none}]});
    vec![
        call("GET /api/v1/corrections", format!("{CORRECTIONS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/corrections/{id}", step(""), None, 404, 404, 404),
        call("POST /api/v1/corrections", CORRECTIONS.to_owned(), Some(ask), 422, 422, 422),
        call("POST /api/v1/joint-approvals", "/api/v1/joint-approvals".to_owned(), Some(both), 404, 404, 404),
        call("POST /api/v1/corrections/{id}/approval", step("/approval"), None, 404, 404, 404),
        call("POST /api/v1/corrections/{id}/refusal", step("/refusal"), None, 404, 404, 404),
        call("POST /api/v1/corrections/{id}/withdrawal", step("/withdrawal"), None, 404, 404, 404),
    ]
}

#[test]
fn gifts_and_their_reversals_are_reversed_elsewhere() {
    let app = TestApp::start();
    let (officer, _chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let booked = gift(&app).book(&officer);
    let answer = officer.post(CORRECTIONS, json!({"id": Uuid::now_v7(), "entry": booked.code, "reason": "DUPLICATE"}), 422);
    assert_eq!(answer["errors"][0]["code"], "REVERSED_ELSEWHERE");
    let reversal = booked.reversed(&app);
    let answer = officer.post(CORRECTIONS, json!({"id": Uuid::now_v7(), "entry": reversal, "reason": "OTHER"}), 422);
    assert_eq!(answer["errors"][0]["code"], "REVERSED_ELSEWHERE");
    let answer = officer.post(CORRECTIONS, json!({"id": Uuid::now_v7(), "entry": "NONE", "reason": "OTHER"}), 422);
    assert_eq!((&answer["errors"][0]["pointer"], &answer["errors"][0]["code"]), (&json!("/entry"), &json!("NO_SUCH_ENTRY")));
}

#[test]
fn an_empty_list_is_a_list() {
    let app = TestApp::start();
    let page = app.officer_of("23095").get(&format!("{CORRECTIONS}?chapter=23095"), 200);
    assert_eq!(page["items"], json!([]));
}
