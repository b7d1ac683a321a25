//! Purchases: goods bought into stock with their invoice, by two persons; what was bought leaves first when it expires first.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{books, errors};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::opening_balances::opening;
use crate::papers;
use crate::stock::{agrees, decided, lots};

const PURCHASES: &str = "/api/v1/purchases";

struct People<'a> {
    officer: Caller<'a>,
    chair: Caller<'a>,
    /// SHA-256 of an invoice.
    invoice: String,
}

/// Hàm Liêm with so much cash in its general fund, and an invoice.
fn people(app: &TestApp, cash: i64) -> People<'_> {
    let officer = app.officer_of("23095");
    books(app, &officer, &app.gift(json!({"amount_vnd": cash})));
    let bytes = papers::pdf(779);
    papers::upload(&officer, "MONEY_ORDER", "application/pdf", &bytes);
    People { officer, chair: app.chair_of("23095"), invoice: papers::sha256(&bytes) }
}

fn purchase(app: &TestApp, of: &People<'_>, change: Value) -> Value {
    at(app, "23095", &of.invoice, change)
}

/// Rice and noodles for a chapter that has this invoice.
pub fn at(app: &TestApp, chapter: &str, invoice: &str, change: Value) -> Value {
    let mut ask = json!({"id": Uuid::now_v7(), "chapter": chapter, "fund": "GENERAL", "from": "CASH", "day": app.today(),
        "supplier": {"name": "Cửa hàng gạo Bảy Lúa", "account": "0071000123456"}, "invoice_no": "00000112", "invoice_on": app.today(),
        "content": "Mua gạo cứu trợ", "document": invoice, "note": "giá đã hỏi ba nơi",
        "lines": [{"item": "RICE", "quantity": "500", "unit": "KG", "value_vnd": 7_500_000, "expires_on": "2027-03-31"},
                  {"item": "INSTANT_NOODLES", "quantity": 20, "unit": "BOX", "value_vnd": 2_000_000}]});
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(ask.as_object_mut().unwrap().remove(key)),
            value => ask[key] = value.clone(),
        }
    }
    ask
}

fn bought(app: &TestApp, of: &People<'_>, change: Value) -> (Value, Value) {
    let ask = purchase(app, of, change);
    of.officer.post(PURCHASES, ask.clone(), 201);
    let done = decided(&of.chair, PURCHASES, &ask["id"], "approval", 200);
    (ask, done)
}

fn balance(app: &TestApp, account: &str) -> i64 {
    app.database.number(&format!(
        "SELECT coalesce(sum(amount_vnd), 0)::int8 FROM balance b JOIN chapter c ON c.id = b.chapter_id WHERE c.code = '23095' AND account = '{account}'"
    ))
}

/// Fifty purchases that were asked for.
pub fn fill(app: &TestApp, rows: usize) {
    let of = people(app, 90_000_000);
    (0..rows).for_each(|_| drop(of.officer.post(PURCHASES, purchase(app, &of, json!({})), 201)));
}

/// The room's operations on purchases, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let of = people(app, 100_000_000);
    let ask = || {
        let ask = purchase(app, &of, json!({}));
        of.officer.post(PURCHASES, ask.clone(), 201);
        ask["id"].as_str().unwrap().to_owned()
    };
    let one = |rest: &str| format!("{PURCHASES}/{}{rest}", ask());
    vec![
        call("POST /api/v1/purchases", PURCHASES.to_owned(), Some(purchase(app, &of, json!({}))), 404, 403, 201),
        call("GET /api/v1/purchases", format!("{PURCHASES}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/purchases/{id}", one(""), None, 404, 200, 200),
        call("POST /api/v1/purchases/{id}/approval", one("/approval"), None, 404, 403, 200),
        call("POST /api/v1/purchases/{id}/refusal", one("/refusal"), None, 404, 403, 200),
        call("POST /api/v1/purchases/{id}/withdrawal", one("/withdrawal"), None, 404, 403, 200),
    ]
}

#[test]
fn what_was_bought_is_in_stock_and_its_money_is_gone() {
    let app = TestApp::start();
    let of = people(&app, 20_000_000);
    let ask = purchase(&app, &of, json!({}));
    let asked = of.officer.post(PURCHASES, ask.clone(), 201);
    assert_eq!((&asked["order"]["state"], &asked["order"]["amount_vnd"]), (&json!("REQUESTED"), &json!(9_500_000)));
    assert_eq!(of.officer.post(PURCHASES, ask.clone(), 200), asked);
    let mut other = ask.clone();
    other["lines"][0]["quantity"] = json!("501");
    of.officer.post(PURCHASES, other, 422);
    decided(&of.officer, PURCHASES, &ask["id"], "approval", 403);
    let done = decided(&of.chair, PURCHASES, &ask["id"], "approval", 200);
    assert_eq!((balance(&app, "CASH_ON_HAND"), balance(&app, "GOODS_IN_STOCK")), (10_500_000, 9_500_000));
    let rice = lots(&of.officer, "RICE");
    assert_eq!(
        (&rice[0]["quantity"], &rice[0]["expires_on"], &rice[0]["valuation"]),
        (&json!("500"), &json!("2027-03-31"), &json!("INVOICE"))
    );
    assert_eq!(rice[0]["entry"], done["order"]["code"]);
    agrees(&app);
    // Nothing is received or spent by it, and the public sees the goods.
    app.wait_for_log();
    let code = done["order"]["code"].as_str().unwrap();
    let public = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    assert_eq!((&public["kind"], &public["amount_vnd"]), (&json!("PURCHASE"), &json!(9_500_000)));
    let leaf = app.database.text(&format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{code}'"));
    let leaf: Value = serde_json::from_str(&leaf).unwrap();
    assert_eq!(leaf["goods"].as_array().unwrap().len(), 2);
    assert!(!leaf.to_string().contains("Bảy Lúa") && !leaf.to_string().contains("2027-03-31"));
    let numbers = app.database.number("SELECT count(*) FROM voucher WHERE document IN ('CASH_PAYMENT', 'STOCK_IN')");
    assert_eq!(numbers, 2, "a phiếu chi and a phiếu nhập");
}

#[test]
fn a_purchase_is_reversed_whole_unless_its_goods_have_left() {
    let app = TestApp::start();
    let of = people(&app, 20_000_000);
    crate::stock::record(&app, "23095");
    let (_, done) = bought(&app, &of, json!({}));
    let rice = lots(&of.officer, "RICE").pop().unwrap();
    let lost = json!({"id": Uuid::now_v7(), "chapter": "23095", "fund": "GENERAL", "reason": "SPOILED", "document": crate::stock::RECORD,
        "out": [{"lot": rice["id"], "quantity": "10"}]});
    of.officer.post(crate::stock::ADJUSTMENTS, lost.clone(), 201);
    let spoiled = decided(&of.chair, crate::stock::ADJUSTMENTS, &lost["id"], "approval", 200);
    let reverse = |code: &Value| {
        let ask = json!({"id": Uuid::now_v7(), "entry": code, "reason": "OTHER"});
        of.officer.post("/api/v1/corrections", ask.clone(), 201);
        ask["id"].clone()
    };
    let accountant = app.accountant_of("23095");
    let waits = reverse(&done["order"]["code"]);
    decided(&accountant, "/api/v1/corrections", &waits, "approval", 409);
    agrees(&app);
    let first = reverse(&spoiled["entries"][0]["code"]);
    decided(&accountant, "/api/v1/corrections", &first, "approval", 200);
    decided(&accountant, "/api/v1/corrections", &waits, "approval", 200);
    assert_eq!((balance(&app, "CASH_ON_HAND"), balance(&app, "GOODS_IN_STOCK")), (20_000_000, 0));
    agrees(&app);
}

#[test]
fn goods_are_bought_on_credit_and_from_an_advance() {
    let app = TestApp::start();
    let of = people(&app, 20_000_000);
    let accountant = app.accountant_of("23095");
    bought(&app, &of, json!({"from": "PAYABLE"}));
    assert_eq!(balance(&app, "PAYABLE"), -9_500_000);
    agrees(&app);
    let advance = json!({"id": Uuid::now_v7(), "chapter": "23095", "fund": "GENERAL", "amount_vnd": 10_000_000, "from": "CASH", "day": app.today(),
        "person": {"name": "Nguyễn Văn Bình"}, "content": "Tạm ứng mua gạo"});
    of.officer.post("/api/v1/advances", advance.clone(), 201);
    let handed = decided(&of.chair, "/api/v1/advances", &advance["id"], "approval", 200);
    let code = &handed["order"]["code"];
    let (_, done) = bought(&app, &of, json!({"from": "ADVANCE", "advance": code}));
    assert_eq!(balance(&app, "ADVANCE"), 500_000);
    agrees(&app);
    // No more than is open of it.
    let again = purchase(&app, &of, json!({"from": "ADVANCE", "advance": code}));
    let told = errors(&of.officer.post(PURCHASES, again, 422));
    assert_eq!(told, [("/advance".to_owned(), "MORE_THAN_OPEN".to_owned())]);
    let ask = json!({"id": Uuid::now_v7(), "entry": done["order"]["code"], "reason": "OTHER"});
    of.officer.post("/api/v1/corrections", ask.clone(), 201);
    decided(&accountant, "/api/v1/corrections", &ask["id"], "approval", 200);
    assert_eq!(balance(&app, "ADVANCE"), 10_000_000);
    agrees(&app);
}

/// An advance of old books, approved: the id of the opening and the code of its entry.
fn of_old_books(of: &People<'_>, amount_vnd: i64) -> (Value, String) {
    let ask = opening(json!({"document": null, "lines": [{"fund": "GENERAL", "account": "ADVANCE", "amount_vnd": amount_vnd}]}));
    of.officer.post("/api/v1/opening-balances", ask.clone(), 201);
    let opened = decided(&of.chair, "/api/v1/opening-balances", &ask["id"], "approval", 200);
    (ask["id"].clone(), opened["entries"][0]["code"].as_str().unwrap().to_owned())
}

#[test]
fn an_advance_of_old_books_pays_without_having_been_cleared_before() {
    let app = TestApp::start();
    let of = people(&app, 1_000_000);
    let (_, code) = of_old_books(&of, 10_000_000);
    let elsewhere = errors(&of.officer.post(
        PURCHASES,
        purchase(&app, &of, json!({"from": "ADVANCE", "advance": code, "fund": "OPERATING"})),
        422,
    ));
    assert_eq!(elsewhere, [("/advance".to_owned(), "NO_SUCH_ADVANCE".to_owned())]);
    bought(&app, &of, json!({"from": "ADVANCE", "advance": code}));
    assert_eq!(balance(&app, "ADVANCE"), 500_000);
    let open = of.officer.get("/api/v1/open-advances?chapter=23095", 200);
    assert_eq!((&open["items"][0]["code"], &open["items"][0]["open_vnd"]), (&json!(code), &json!(500_000)));
    agrees(&app);
}

#[test]
fn nothing_is_open_of_an_advance_whose_opening_is_reversed_at_this_very_moment() {
    let app = TestApp::start();
    let of = people(&app, 1_000_000);
    let (id, code) = of_old_books(&of, 10_000_000);
    let reversal = json!({"id": Uuid::now_v7(), "reason": "WRONG_AMOUNT"});
    let path = format!("/api/v1/opening-balances/{}/reversal", id.as_str().unwrap());
    of.officer.post(&path, reversal, 201);
    let accountant = app.accountant_of("23095");
    let asks: Vec<Value> = (0..3).map(|_| purchase(&app, &of, json!({"from": "ADVANCE", "advance": code}))).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let reversed = scope.spawn(|| accountant.send("POST", &format!("{path}/approval"), Some(b"null".to_vec())).status);
        let asked = |ask: &Value| {
            let bytes = ask.to_string().into_bytes();
            let officer = &of.officer;
            scope.spawn(move || officer.send("POST", PURCHASES, Some(bytes)).status)
        };
        let asked: Vec<_> = asks.iter().map(asked).collect();
        assert_eq!(reversed.join().unwrap(), 200);
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| [201, 422].contains(status)), "{statuses:?}");
    // Asked before or after, nothing is open of it now.
    assert_eq!(app.database.number("SELECT coalesce(sum(open_vnd), 0)::int8 FROM advance"), 0);
    let late = errors(&of.officer.post(PURCHASES, purchase(&app, &of, json!({"from": "ADVANCE", "advance": code})), 422));
    assert_eq!(late[0].0, "/advance");
    agrees(&app);
}

#[test]
fn mistakes_are_named_and_nothing_is_bought_without_money() {
    let app = TestApp::start();
    let of = people(&app, 1_000_000);
    let refused = |change: Value, expected: &[(&str, &str)]| {
        let told = errors(&of.officer.post(PURCHASES, purchase(&app, &of, change), 422));
        let expected: Vec<(String, String)> = expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect();
        assert_eq!(told, expected);
    };
    let line =
        |item: &str, quantity: &str, unit: &str| json!([{"item": item, "quantity": quantity, "unit": unit, "value_vnd": 5}]);
    refused(json!({"lines": []}), &[("/lines", "OUT_OF_RANGE")]);
    refused(json!({"lines": line("BREEDING_COW", "0.5", "HEAD")}), &[("/lines/0/quantity", "NOT_WHOLE")]);
    refused(json!({"lines": line("RICE", "1", "HEAD")}), &[("/lines/0/unit", "NOT_A_UNIT")]);
    refused(json!({"lines": line("GOLD", "1", "KG")}), &[("/lines/0/item", "NO_SUCH_ITEM")]);
    refused(json!({"fund": "NONE"}), &[("/fund", "NO_SUCH_FUND")]);
    refused(json!({"from": "ADVANCE"}), &[("/advance", "REQUIRED")]);
    refused(json!({"advance": "7ZC4K0M9T2R8VQ3BV"}), &[("/advance", "NOT_NEEDED")]);
    refused(json!({"document": "00".repeat(32)}), &[("/document", "NO_SUCH_DOCUMENT")]);
    let ask = purchase(&app, &of, json!({}));
    of.officer.post(PURCHASES, ask.clone(), 201);
    decided(&of.chair, PURCHASES, &ask["id"], "approval", 409);
    assert!(lots(&of.officer, "RICE").is_empty());
    agrees(&app);
}
