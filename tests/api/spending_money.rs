//! What money may be spent on and from which fund; debts; refunds of gifts and what stands against them.

use std::thread;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, party_of};
use crate::spending::{SHA, approve, balance, carried_out, given, income, paper, path, payment, refund};

/// Asked for in vain, for exactly these reasons.
#[track_caller]
fn refused(caller: &Caller<'_>, kind: &str, order: Value, status: u16, expected: &[(&str, &str)]) -> Value {
    let problem = caller.post(&format!("/api/v1/{kind}"), order.clone(), status);
    let found = errors(&problem);
    let found: Vec<(&str, &str)> = found.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(found, expected, "{order}");
    problem
}

#[test]
fn every_wrong_field_of_an_order_is_named() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let tomorrow = app.today() + chrono::Days::new(1);
    let payments: &[(Value, &[(&str, &str)])] = &[
        (
            json!({"id": Uuid::nil(), "amount_vnd": 0, "day": tomorrow, "payee": {"name": ""}, "content": "a\nb", "document": "xyz", "note": ""}),
            &[
                ("/amount_vnd", "NOT_POSITIVE"),
                ("/content", "NOT_A_LINE"),
                ("/day", "IN_THE_FUTURE"),
                ("/document", "NOT_A_HASH"),
                ("/id", "NOT_UNIQUE"),
                ("/note", "NOT_A_LINE"),
                ("/payee/name", "NOT_A_LINE"),
            ],
        ),
        (
            json!({"amount_vnd": 1_000_000_000_000_001i64, "day": "1999-12-31"}),
            &[("/amount_vnd", "TOO_LARGE"), ("/day", "TOO_OLD")],
        ),
        (json!({"category": null}), &[("/category", "REQUIRED")]),
        (json!({"pays_debt": true, "from": "PAYABLE"}), &[("/category", "NOT_NEEDED"), ("/from", "NOT_A_CHOICE")]),
        (json!({"category": "STATE_BUDGET"}), &[("/category", "NO_SUCH_CATEGORY")]),
        (json!({"fund": "APPEAL:NIX"}), &[("/fund", "NO_SUCH_FUND")]),
        (json!({"fund": "QUARANTINE:LULUT"}), &[("/fund", "QUARANTINED")]),
        (json!({"category": "OTHER"}), &[("/document", "REQUIRED")]),
        (json!({"document": SHA}), &[("/document", "NO_SUCH_DOCUMENT")]),
        (json!({"own_cost_consent": SHA}), &[("/own_cost_consent", "NOT_NEEDED")]),
        (json!({"pays_debt": true, "category": null}), &[("/amount_vnd", "MORE_THAN_OPEN")]),
    ];
    for (change, expected) in payments {
        refused(&officer, "payments", payment(&app, change.clone()), 422, expected);
    }
    refused(
        &officer,
        "incomes",
        income(&app, json!({"fund": "QUARANTINE:LULUT", "category": "TRANSPORT"})),
        422,
        &[("/category", "NO_SUCH_CATEGORY"), ("/fund", "QUARANTINED")],
    );
    for (kind, order) in
        [("payments", payment(&app, json!({"chapter": "23059"}))), ("incomes", income(&app, json!({"chapter": "23059"})))]
    {
        refused(&officer, kind, order, 404, &[("/chapter", "NO_SUCH_CHAPTER")]);
    }
    officer.post("/api/v1/payments", payment(&app, json!({"from": "PURSE"})), 422);
    app.chair_of("23095").post("/api/v1/payments", payment(&app, json!({})), 403);
    assert_eq!(app.database.number("SELECT count(*) FROM money_order"), 0);
}

#[test]
fn from_some_amount_on_an_order_needs_its_paper() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    app.database.execute(
        "INSERT INTO money_paper_rule (kind, from_vnd, valid_from, valid_to, source) VALUES ('PAYMENT', 1, '2025-01-01', '2026-11-21', 'quy chế cũ'),
         ('PAYMENT', 200000, '2026-11-22', NULL, 'quy chế chi tiêu nội bộ')",
    );
    refused(&officer, "payments", payment(&app, json!({})), 422, &[("/document", "REQUIRED")]);
    officer.post("/api/v1/payments", payment(&app, json!({"amount_vnd": 199_999})), 201);
    officer.post("/api/v1/incomes", income(&app, json!({})), 201);
    paper(&app, "23095", SHA);
    officer.post("/api/v1/payments", payment(&app, json!({"document": SHA})), 201);
    // A paper of another chapter is none of this one.
    let other = "a".repeat(64);
    paper(&app, "23059", &other);
    refused(&officer, "payments", payment(&app, json!({"document": other})), 422, &[("/document", "NO_SUCH_DOCUMENT")]);
}

#[test]
fn own_costs_are_not_paid_from_gifts_except_with_the_givers_consent() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    given(&app, json!({"appeal": "LULUT"}));
    given(&app, json!({}));
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    for fund in ["APPEAL:LULUT", "GENERAL"] {
        let costs = payment(&app, json!({"fund": fund, "category": "TRANSPORT"}));
        let problem = refused(&officer, "payments", costs, 422, &[("/fund", "OWN_COSTS_FROM_GIFTS")]);
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("Điều 12"), "{problem}");
    }
    paper(&app, "23095", SHA);
    let agreed = payment(&app, json!({"fund": "APPEAL:LULUT", "category": "TRANSPORT", "own_cost_consent": SHA}));
    let done = carried_out(&app, "payments", &agreed);
    assert_eq!((&done["own_cost_consent"], &done["debit"]), (&json!(SHA), &json!("OPERATING_EXPENSE")));
    assert_eq!(balance(&app, "APPEAL:LULUT", "OPERATING_EXPENSE"), 200_000);
    let shown = app.anonymous().get(&format!("/api/v1/public/entries/{}", done["code"].as_str().unwrap()), 200);
    assert_eq!((&shown["own_cost_consent"], &shown["category"]), (&json!(SHA), &json!("TRANSPORT")));
    audit(&app);
}

#[test]
fn what_is_bought_on_credit_is_owed_and_paid_once() {
    let app = TestApp::start();
    given(&app, json!({}));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let bought = carried_out(&app, "payments", &payment(&app, json!({"from": "PAYABLE", "amount_vnd": 300_000})));
    assert_eq!((balance(&app, "GENERAL", "PAYABLE"), balance(&app, "GENERAL", "CASH_ON_HAND")), (-300_000, 500_000));
    let debt = |amount: i64| {
        payment(&app, json!({"pays_debt": true, "category": null, "amount_vnd": amount, "content": "Trả tiền gạo"}))
    };
    refused(&officer, "payments", debt(300_001), 422, &[("/amount_vnd", "MORE_THAN_OPEN")]);
    let (first, second) = (debt(200_000), debt(200_000));
    for order in [&first, &second] {
        officer.post("/api/v1/payments", order.clone(), 201);
    }
    let done = approve(&chair, "payments", &first, 200);
    assert_eq!((&done["debit"], done.get("category")), (&json!("PAYABLE"), None));
    let problem = approve(&chair, "payments", &second, 409);
    assert!(problem["detail"].as_str().unwrap().contains("không còn nợ"), "{problem}");
    assert_eq!((balance(&app, "GENERAL", "PAYABLE"), balance(&app, "GENERAL", "CASH_ON_HAND")), (-100_000, 300_000));
    // Paying a debt spends nothing anew.
    let paid = app.database.number("SELECT coalesce(sum(own_vnd), 0)::bigint FROM total_overall WHERE measure = 'PAID'");
    assert_eq!(paid, 300_000);
    assert!(bought["code"].is_string());
    audit(&app);
}

#[test]
fn a_gift_is_given_back_from_its_own_fund_once() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let gift = given(&app, json!({"appeal": "LULUT"}));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let code = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200)["code"].clone();
    refused(&officer, "refunds", refund(&app, &gift, json!({"amount_vnd": 500_001})), 422, &[("/amount_vnd", "MORE_THAN_OPEN")]);
    let (part, rest, more) = (
        refund(&app, &gift, json!({"amount_vnd": 200_000})),
        refund(&app, &gift, json!({"amount_vnd": 300_000})),
        refund(&app, &gift, json!({})),
    );
    for order in [&part, &rest, &more] {
        officer.post("/api/v1/refunds", order.clone(), 201);
    }
    let done = approve(&chair, "refunds", &part, 200);
    assert_eq!((&done["of"], &done["fund"], &done["amount_vnd"]), (&code, &json!("APPEAL:LULUT"), &json!(200_000)));
    let problem = approve(&chair, "refunds", &more, 409);
    assert!(problem["detail"].as_str().unwrap().contains("đã được hoàn trả"), "{problem}");
    // What is left unless said.
    let whole = refund(&app, &gift, json!({}));
    assert_eq!(officer.post("/api/v1/refunds", whole.clone(), 201)["amount_vnd"], 300_000);
    let status =
        |order: &Value| app.chair_of("23095").send("POST", &path("refunds", order, "/approval"), Some(b"null".to_vec())).status;
    let mut statuses = thread::scope(|scope| {
        let (a, b) = (scope.spawn(|| status(&rest)), scope.spawn(|| status(&whole)));
        [a.join().unwrap(), b.join().unwrap()]
    });
    statuses.sort();
    assert_eq!(statuses, [200, 409]);
    refused(&officer, "refunds", refund(&app, &gift, json!({})), 422, &[("/amount_vnd", "MORE_THAN_OPEN")]);
    assert_eq!((balance(&app, "APPEAL:LULUT", "CASH_ON_HAND"), balance(&app, "APPEAL:LULUT", "REFUNDED")), (0, 500_000));
    app.wait_for_log();
    let leaf: Value = serde_json::from_str(
        &app.database
            .text(&format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{}'", done["code"].as_str().unwrap())),
    )
    .unwrap();
    assert_eq!((&leaf["kind"], &leaf["of"]), (&json!("REFUND"), &code));
    // Received stays what was received.
    assert_eq!(app.anonymous().get("/api/v1/public/totals?appeal=LULUT", 200)["received_vnd"], 500_000);
    audit(&app);
}

fn reversal_of(officer: &Caller<'_>, gift: &Value) -> String {
    let ask = json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"});
    officer.post(&format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap()), ask.clone(), 201);
    format!("/api/v1/reversals/{}/approval", ask["id"].as_str().unwrap())
}

#[test]
fn a_gift_is_reversed_or_refunded_and_never_both() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    // There is enough money of others for both.
    given(&app, json!({"amount_vnd": 5_000_000}));
    let (reversed, refunded, both) = (given(&app, json!({})), given(&app, json!({})), given(&app, json!({})));
    let late = refund(&app, &reversed, json!({}));
    officer.post("/api/v1/refunds", late.clone(), 201);
    chair.post(&reversal_of(&officer, &reversed), Value::Null, 200);
    approve(&chair, "refunds", &late, 409);
    officer.post("/api/v1/refunds", refund(&app, &reversed, json!({})), 409);

    carried_out(&app, "refunds", &refund(&app, &refunded, json!({"amount_vnd": 1_000})));
    let problem = chair.post(&reversal_of(&officer, &refunded), Value::Null, 409);
    assert!(problem["detail"].as_str().unwrap().contains("hoàn trả"), "{problem}");

    let back = refund(&app, &both, json!({}));
    officer.post("/api/v1/refunds", back.clone(), 201);
    let reversal = reversal_of(&officer, &both);
    let status = |path: &str| app.chair_of("23095").send("POST", path, Some(b"null".to_vec())).status;
    let mut statuses = thread::scope(|scope| {
        let (a, b) = (scope.spawn(|| status(&path("refunds", &back, "/approval"))), scope.spawn(|| status(&reversal)));
        [a.join().unwrap(), b.join().unwrap()]
    });
    statuses.sort();
    assert_eq!(statuses, [200, 409]);
    audit(&app);
}

#[test]
fn only_money_goes_back_and_only_where_the_gift_is() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let rice = given(
        &app,
        json!({"channel": "IN_KIND", "amount_vnd": null,
        "lines": [{"item": "RICE", "quantity": "10", "unit": "KG", "value_vnd": 200_000, "valuation": "INVOICE"}]}),
    );
    refused(&officer, "refunds", refund(&app, &rice, json!({})), 422, &[("/gift", "NOT_FOR_THIS")]);
    let gift = given(&app, json!({}));
    refused(&app.officer_of("23059"), "refunds", refund(&app, &gift, json!({})), 404, &[("/gift", "NO_SUCH_GIFT")]);
    refused(&officer, "refunds", refund(&app, &json!({"id": Uuid::now_v7()}), json!({})), 404, &[("/gift", "NO_SUCH_GIFT")]);
    refused(
        &officer,
        "refunds",
        refund(&app, &gift, json!({"amount_vnd": 0, "content": ""})),
        422,
        &[("/amount_vnd", "NOT_POSITIVE"), ("/content", "NOT_A_LINE")],
    );
    // By bank there is nothing to pay it from.
    let by_bank = refund(&app, &gift, json!({"from": "BANK"}));
    officer.post("/api/v1/refunds", by_bank.clone(), 201);
    approve(&app.chair_of("23095"), "refunds", &by_bank, 409);
}

#[test]
fn the_payee_of_a_refund_goes_with_the_giver() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let name = "Phạm Thị Hoànxqz";
    let gift = given(&app, json!({"giver": {"kind": "PERSON", "name": name, "phone": "0987654077"}, "display": "ANONYMOUS"}));
    given(&app, json!({"amount_vnd": 900_000}));
    let back = refund(&app, &gift, json!({"amount_vnd": 1_000, "payee": {"name": name, "account": "0071xqz"}}));
    carried_out(&app, "refunds", &back);
    let (waits, booked) =
        (payment(&app, json!({"content": format!("Trả {name}")})), payment(&app, json!({"content": format!("Đã trả {name}")})));
    officer.post("/api/v1/payments", waits.clone(), 201);
    carried_out(&app, "payments", &booked);
    let request = ask(&app, "ERASE", json!({"party": party_of(&officer, &gift)}));
    if officer.post(REQUESTS, request.clone(), 201)["state"] != "DONE" {
        chair.post(&crate::personal::path(&request, "/approval"), Value::Null, 200);
    }
    for (kind, order) in [("refunds", &back), ("payments", &waits)] {
        let shown = officer.get(&path(kind, order, ""), 200);
        assert_eq!((shown.get("payee"), shown.get("content")), (None, None), "{kind}");
    }
    // The same request is still known.
    assert_eq!(officer.post("/api/v1/refunds", back.clone(), 200)["state"], "APPROVED");
    // A voucher in the books says whom it paid as long as the law has it kept.
    assert!(officer.get(&path("payments", &booked, ""), 200)["payee"].is_object());
    audit(&app);
}
