//! A gift that was booked for the wrong appeal: one request, one approval, reversed and booked anew.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::harness::TestApp;
use crate::kit::{gift, person, reached};

fn ask(instead: Value) -> Value {
    json!({"id": Uuid::now_v7(), "reason": "WRONG_APPEAL", "instead": instead})
}

#[test]
fn a_wrong_appeal_is_put_right_in_one_moment() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let giver = reached(person("Trần Thị Bưởi"), "0912345678");
    let wrong = gift(&app).of(700_000).by(giver).shown("FULL_NAME").with("wish", "cho vùng lũ").book(&officer);
    let (request, new) =
        (ask(json!({"id": Uuid::now_v7(), "appeal": "LULUT"})), |request: &Value| request["instead"]["id"].clone());
    let path = format!("{}/reversal", wrong.path());
    let asked = officer.post(&path, request.clone(), 201);
    assert_eq!(asked["instead"], request["instead"]);
    officer.post(&path, request.clone(), 200);
    let approval = format!("/api/v1/reversals/{}/approval", request["id"].as_str().unwrap());
    chair.post(&approval, Value::Null, 200);
    let booked = officer.get(&format!("/api/v1/gifts/{}", new(&request).as_str().unwrap()), 200);
    assert_eq!(
        (&booked["appeal"], &booked["amount_vnd"], &booked["fund"]),
        (&json!("LULUT"), &json!(700_000), &json!("APPEAL:LULUT"))
    );
    assert_eq!((&booked["giver"]["name"], &booked["particulars"]["wish"]), (&json!("Trần Thị Bưởi"), &json!("cho vùng lũ")));
    assert_ne!(booked["code"], json!(wrong.code));
    let totals = app.anonymous().get("/api/v1/public/totals", 200);
    assert_eq!((&totals["received_vnd"], &totals["gift_count"]), (&json!(700_000), &json!(1)));
    chair.post(&approval, Value::Null, 200);
    audit(&app);
}

#[test]
fn what_makes_no_sense_is_refused_when_it_is_asked_for() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let wrong = gift(&app).book(&officer);
    let path = format!("{}/reversal", wrong.path());
    let answer = officer.post(&path, ask(json!({"id": Uuid::now_v7(), "appeal": "NONE"})), 422);
    assert_eq!(errors(&answer), [("/instead/appeal".to_owned(), "NO_SUCH_APPEAL".to_owned())]);
    let mut other = ask(json!({"id": Uuid::now_v7()}));
    other["reason"] = json!("DUPLICATE");
    let answer = officer.post(&path, other, 422);
    assert_eq!(errors(&answer), [("/instead".to_owned(), "NOT_NEEDED".to_owned())]);
    let taken = officer.post(&path, ask(json!({"id": Uuid::nil()})), 422);
    assert_eq!(errors(&taken), [("/instead/id".to_owned(), "NOT_UNIQUE".to_owned())]);
}
