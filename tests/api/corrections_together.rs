//! Reversals whose money has left: approved together with what covers them, in one moment, or not at all.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::harness::{Caller, TestApp};
use crate::spending::{SHA, approve, balance, carried_out, given, paper, path, payment};

const TOGETHER: &str = "/api/v1/joint-approvals";

/// Asks for the reversal of a gift; what it is called.
fn reversal_of(officer: &Caller<'_>, gift: &Value) -> Value {
    let ask = json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"});
    officer.post(&format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap()), ask.clone(), 201);
    json!({"matter": "GIFT_REVERSAL", "id": ask["id"]})
}

fn deposit(app: &TestApp, amount_vnd: i64, instead_of: Option<&Value>) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "how": "DEPOSIT", "fund": "GENERAL", "amount_vnd": amount_vnd,
        "day": app.today(), "content": "Nộp tiền mặt vào ngân hàng"});
    if let Some(code) = instead_of {
        body["instead_of"] = code.clone();
    }
    body
}

/// Two gifts of 500,000 in cash, of which 900,000 was banked and 400,000 spent from there.
fn banked(app: &TestApp) -> (Value, Value) {
    let twice = given(app, json!({}));
    given(app, json!({}));
    let first = carried_out(app, "cash-moves", &deposit(app, 900_000, None));
    carried_out(app, "payments", &payment(app, json!({"from": "BANK", "amount_vnd": 400_000})));
    (twice, first)
}

/// What is in the till, and what of the bank's group is left.
fn left(app: &TestApp) -> (i64, i64) {
    (balance(app, "GENERAL", "CASH_ON_HAND"), balance(app, "GENERAL", "BANK_GROUP"))
}

#[test]
fn a_gift_whose_cash_was_banked_is_reversed_with_a_smaller_deposit() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (twice, first) = banked(&app);
    let gift = reversal_of(&officer, &twice);
    chair.post(&format!("/api/v1/reversals/{}/approval", gift["id"].as_str().unwrap()), Value::Null, 409);
    // The deposit itself can not be taken back whole: a part of it is spent.
    let whole = json!({"id": Uuid::now_v7(), "entry": first["code"], "reason": "WRONG_AMOUNT"});
    officer.post("/api/v1/corrections", whole.clone(), 201);
    chair.post(&path("corrections", &whole, "/approval"), Value::Null, 409);
    chair.post(&path("corrections", &whole, "/refusal"), Value::Null, 200);

    let less = deposit(&app, 400_000, Some(&first["code"]));
    officer.post("/api/v1/cash-moves", less.clone(), 201);
    let cover = json!({"matter": "CASH_DEPOSIT", "id": less["id"]});
    // What covers comes first; the other way round nothing at all is booked.
    chair.post(TOGETHER, json!({"decisions": [gift, cover]}), 409);
    assert_eq!(left(&app), (100_000, 500_000));
    let both = json!({"decisions": [cover, gift]});
    let done = chair.post(TOGETHER, both.clone(), 200);
    assert_eq!(done["approved"], both["decisions"]);
    assert_eq!(left(&app), (100_000, 0));
    // Said again it is the same.
    chair.post(TOGETHER, both, 200);
    let shown = officer.get(&path("cash-moves", &less, ""), 200);
    assert_eq!((&shown["state"], &shown["of"]), (&json!("APPROVED"), &first["code"]));
    let old = officer.get(&path("cash-moves", &first, ""), 200);
    assert_eq!(old["state"], "REVERSED");
    assert!(old["reversed_by"].is_string());
    audit(&app);
}

#[test]
fn a_deposit_takes_the_place_of_one_that_stands_in_its_own_fund() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let (_, first) = banked(&app);
    let refused = |order: Value, pointer: &str, code: &str| {
        let problem = officer.post("/api/v1/cash-moves", order, 422);
        assert_eq!(errors(&problem), [(pointer.to_owned(), code.to_owned())]);
    };
    let mut other_fund = deposit(&app, 1_000, Some(&first["code"]));
    other_fund["fund"] = json!("APPEAL:LULUT");
    refused(other_fund, "/instead_of", "NO_SUCH_ENTRY");
    refused(deposit(&app, 1_000, Some(&json!("7ZC4K0M9T2R8VQ3BV"))), "/instead_of", "NO_SUCH_ENTRY");
    let mut fetched = deposit(&app, 1_000, Some(&first["code"]));
    fetched["how"] = json!("WITHDRAWAL");
    refused(fetched, "/instead_of", "NOT_NEEDED");
    // Two ask to take the same place: the first to be approved does.
    let (one, two) = (deposit(&app, 850_000, Some(&first["code"])), deposit(&app, 800_000, Some(&first["code"])));
    for order in [&one, &two] {
        officer.post("/api/v1/cash-moves", order.clone(), 201);
    }
    let chair = app.chair_of("23095");
    let done = approve(&chair, "cash-moves", &one, 200);
    approve(&chair, "cash-moves", &two, 409);
    assert_eq!(left(&app), (150_000, 450_000));
    refused(deposit(&app, 1_000, Some(&first["code"])), "/instead_of", "NO_SUCH_ENTRY");
    // What took a place can be replaced, and be reversed, as any other.
    let third = carried_out(&app, "cash-moves", &deposit(&app, 900_000, Some(&done["code"])));
    assert_eq!(left(&app), (100_000, 500_000));
    let back = json!({"id": Uuid::now_v7(), "entry": third["code"], "reason": "DID_NOT_HAPPEN"});
    officer.post("/api/v1/corrections", back.clone(), 201);
    chair.post(&path("corrections", &back, "/approval"), Value::Null, 409);
    audit(&app);
}

#[test]
fn money_that_left_its_fund_is_released_back_with_the_reversal() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    paper(&app, "23095", SHA);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = given(&app, json!({"appeal": "LULUT"}));
    let release = |from: &str, to: &str| {
        let body = json!({"id": Uuid::now_v7(), "chapter": "23095", "from_fund": from, "to_fund": to, "amount_vnd": 500_000, "held": "CASH",
            "day": app.today(), "content": "Theo quyết định", "document": SHA});
        match from {
            "GENERAL" => body,
            _ => {
                let mut body = body;
                body["givers_conditions"] = json!(SHA);
                body
            }
        }
    };
    carried_out(&app, "fund-releases", &release("APPEAL:LULUT", "GENERAL"));
    let reversal = reversal_of(&officer, &gift);
    let back = release("GENERAL", "APPEAL:LULUT");
    officer.post("/api/v1/fund-releases", back.clone(), 201);
    let both = json!({"decisions": [{"matter": "FUND_RELEASE", "id": back["id"]}, reversal]});
    // Neither the one who asked, nor whoever may not decide there.
    officer.post(TOGETHER, both.clone(), 403);
    app.chair_of("23059").post(TOGETHER, both.clone(), 404);
    chair.post(TOGETHER, both, 200);
    assert_eq!((balance(&app, "APPEAL:LULUT", "CASH_ON_HAND"), balance(&app, "GENERAL", "CASH_ON_HAND")), (0, 0));
    audit(&app);
}

#[test]
fn where_one_of_them_takes_another_person_none_is_approved() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    app.chair_of("68");
    let (twice, first) = banked(&app);
    let reversal = reversal_of(&officer, &twice);
    app.database.execute(
        "INSERT INTO decision_rule (matter, chapter_id, from_vnd, n, level, valid_from, source)
         SELECT 'CASH_DEPOSIT', c.id, 0, s.n, s.level, '2026-01-01', 'quy chế chi tiêu nội bộ'
         FROM chapter c, (VALUES (1, NULL), (2, 'PROVINCE')) s(n, level) WHERE c.code = '23095'",
    );
    let less = deposit(&app, 400_000, Some(&first["code"]));
    officer.post("/api/v1/cash-moves", less.clone(), 201);
    let both = json!({"decisions": [{"matter": "CASH_DEPOSIT", "id": less["id"]}, reversal]});
    let problem = chair.post(TOGETHER, both.clone(), 409);
    assert!(problem["detail"].as_str().unwrap().contains("chưa đề nghị nào"), "{problem}");
    assert_eq!(
        (left(&app), officer.get(&path("cash-moves", &less, ""), 200)["state"].clone()),
        ((100_000, 500_000), json!("REQUESTED"))
    );
    for wrong in [json!([]), json!([reversal]), json!([reversal, reversal])] {
        chair.post(TOGETHER, json!({"decisions": wrong}), 422);
    }
}
