//! Money orders whose entries are reversed: what stands on them goes first, and what they held is free again.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::audit;
use crate::harness::TestApp;
use crate::spending::{approve, balance, carried_out, given, income, path, payment, refund};

/// Has the entry of an order reversed by two people.
fn reverse(app: &TestApp, done: &Value, status: u16) -> Value {
    let chair = app.chair_of("23095");
    let id = Uuid::now_v7();
    let ask = json!({"id": id, "entry": done["code"], "reason": "WRONG_AMOUNT"});
    app.officer_of("23095").post("/api/v1/corrections", ask, 201);
    let answer = chair.post(&format!("/api/v1/corrections/{id}/approval"), Value::Null, status);
    if status != 200 {
        chair.post(&format!("/api/v1/corrections/{id}/refusal"), Value::Null, 200);
    }
    answer
}

#[test]
fn what_was_bought_on_credit_is_reversed_after_what_paid_for_it() {
    let app = TestApp::start();
    given(&app, json!({}));
    let bought = payment(&app, json!({"from": "PAYABLE", "amount_vnd": 300_000}));
    let debt = payment(&app, json!({"pays_debt": true, "category": null, "amount_vnd": 200_000}));
    let (bought_done, debt_done) = (carried_out(&app, "payments", &bought), carried_out(&app, "payments", &debt));
    let problem = reverse(&app, &bought_done, 409);
    assert!(problem["detail"].as_str().unwrap().contains("mua chịu"), "{problem}");
    reverse(&app, &debt_done, 200);
    reverse(&app, &bought_done, 200);
    let officer = app.officer_of("23095");
    for order in [&bought, &debt] {
        let shown = officer.get(&path("payments", order, ""), 200);
        assert_eq!(shown["state"], "REVERSED");
        assert!(shown["reversed_by"].is_string());
        approve(&app.chair_of("23095"), "payments", order, 200);
    }
    assert_eq!((balance(&app, "GENERAL", "PAYABLE"), balance(&app, "GENERAL", "CASH_ON_HAND")), (0, 500_000));
    assert_eq!(balance(&app, "GENERAL", "AID_EXPENSE"), 0);
    audit(&app);
}

#[test]
fn a_gift_whose_refund_is_reversed_may_be_reversed_or_refunded_anew() {
    let app = TestApp::start();
    let gift = given(&app, json!({}));
    given(&app, json!({}));
    let done = carried_out(&app, "refunds", &refund(&app, &gift, json!({})));
    let reversal = json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"});
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    officer.post(&format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap()), reversal.clone(), 201);
    let approval = format!("/api/v1/reversals/{}/approval", reversal["id"].as_str().unwrap());
    chair.post(&approval, Value::Null, 409);
    reverse(&app, &done, 200);
    let again = carried_out(&app, "refunds", &refund(&app, &gift, json!({"amount_vnd": 1_000})));
    chair.post(&approval, Value::Null, 409);
    reverse(&app, &again, 200);
    chair.post(&approval, Value::Null, 200);
    assert_eq!((balance(&app, "GENERAL", "CASH_ON_HAND"), balance(&app, "GENERAL", "REFUNDED")), (500_000, 0));
    audit(&app);
}

#[test]
fn income_that_was_spent_is_not_reversed() {
    let app = TestApp::start();
    let grant = carried_out(&app, "incomes", &income(&app, json!({"account": "CASH", "amount_vnd": 1_000_000})));
    let spent = carried_out(&app, "payments", &payment(&app, json!({"fund": "OPERATING", "category": "STATIONERY"})));
    reverse(&app, &grant, 409);
    reverse(&app, &spent, 200);
    reverse(&app, &grant, 200);
    assert_eq!(balance(&app, "OPERATING", "CASH_ON_HAND"), 0);
    audit(&app);
}
