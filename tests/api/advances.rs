//! Advances and what becomes of them, moves of cash, releases between funds: two persons each, never more than there is.

use std::thread;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, books, counts, errors};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::opening_balances::opening;
use crate::papers;

struct People<'a> {
    officer: Caller<'a>,
    chair: Caller<'a>,
}

/// Hàm Liêm with so much cash in its general fund.
fn people(app: &TestApp, cash: i64) -> People<'_> {
    let people = People { officer: app.officer_of("23095"), chair: app.chair_of("23095") };
    books(app, &people.officer, &app.gift(json!({"amount_vnd": cash})));
    people
}

fn with(mut body: Value, change: Value) -> Value {
    for (key, value) in change.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

pub fn advance(app: &TestApp, change: Value) -> Value {
    with(
        json!({"id": Uuid::now_v7(), "chapter": "23095", "fund": "GENERAL", "amount_vnd": 3_000_000, "from": "CASH", "day": app.today(),
               "person": {"name": "Nguyễn Văn Bình"}, "content": "Tạm ứng mua nhu yếu phẩm"}),
        change,
    )
}

fn clearing(app: &TestApp, change: Value) -> Value {
    with(
        json!({"id": Uuid::now_v7(), "day": app.today(), "content": "Thanh toán tạm ứng",
               "lines": [{"category": "FOOD_WATER_MEDICINE", "amount_vnd": 1_000_000}]}),
        change,
    )
}

pub fn cash_move(app: &TestApp, change: Value) -> Value {
    with(
        json!({"id": Uuid::now_v7(), "chapter": "23095", "how": "DEPOSIT", "fund": "GENERAL", "amount_vnd": 1_000_000, "day": app.today(),
               "content": "Nộp tiền vào ngân hàng"}),
        change,
    )
}

fn id_of(body: &Value) -> &str {
    body["id"].as_str().unwrap()
}

/// Asks and has it approved.
fn done(of: &People<'_>, at: &str, decided_at: &str, body: &Value) -> Value {
    of.officer.post(&format!("/api/v1{at}"), body.clone(), 201);
    of.chair.post(&format!("/api/v1{decided_at}/{}/approval", id_of(body)), Value::Null, 200)
}

fn handed_out(app: &TestApp, of: &People<'_>, change: Value) -> String {
    let ask = advance(app, change);
    let out = done(of, "/advances", "/advances", &ask);
    assert_eq!(out["order"]["state"], "APPROVED", "{out}");
    id_of(&ask).to_owned()
}

fn balance(app: &TestApp, fund: &str, account: &str) -> i64 {
    app.database.number(&format!(
        "SELECT coalesce((SELECT amount_vnd FROM balance b JOIN fund f ON f.id = b.fund_id JOIN chapter c ON c.id = b.chapter_id
         WHERE c.code = '23095' AND f.code = '{fund}' AND b.account = '{account}'), 0)"
    ))
}

/// A paper that the chapter has uploaded; its hash.
fn paper(caller: &Caller<'_>, length: usize) -> String {
    let bytes = papers::pdf(length);
    papers::upload(caller, "MONEY_ORDER", "application/pdf", &bytes);
    papers::sha256(&bytes)
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let of = people(app, 100_000_000);
    let order = |path: &str, body: Value| {
        of.officer.post(&format!("/api/v1{path}"), body.clone(), 201);
        id_of(&body).to_owned()
    };
    let ask = || order("/advances", advance(app, json!({})));
    let open = handed_out(app, &of, json!({}));
    let clear = || order(&format!("/advances/{open}/clearing"), clearing(app, json!({"returned_vnd": 1_000})));
    let moved = || order("/cash-moves", cash_move(app, json!({})));
    let sha = paper(&of.officer, 777);
    let release = || {
        json!({"id": Uuid::now_v7(), "chapter": "23095", "from_fund": "GENERAL", "to_fund": "APPEAL:LULUT", "amount_vnd": 1_000, "held": "CASH",
               "day": app.today(), "content": "Theo quyết định", "document": sha})
    };
    let released = || order("/fund-releases", release());
    let v1 = |rest: String| format!("/api/v1{rest}");
    let nothing = || Some(Value::Null);
    let mut calls = vec![
        call("POST /api/v1/advances", v1("/advances".into()), Some(advance(app, json!({}))), 404, 403, 201),
        call("GET /api/v1/advances", v1("/advances?chapter=23095".into()), None, 404, 200, 200),
        call("GET /api/v1/open-advances", v1("/open-advances?chapter=23095".into()), None, 404, 200, 200),
        call("GET /api/v1/advances/{id}", v1(format!("/advances/{open}")), None, 404, 200, 200),
        call(
            "POST /api/v1/advances/{id}/clearing",
            v1(format!("/advances/{open}/clearing")),
            Some(clearing(app, json!({}))),
            404,
            403,
            201,
        ),
        call("GET /api/v1/advance-clearings", v1("/advance-clearings?chapter=23095".into()), None, 404, 200, 200),
        call("GET /api/v1/advance-clearings/{id}", v1(format!("/advance-clearings/{}", clear())), None, 404, 200, 200),
        call("POST /api/v1/cash-moves", v1("/cash-moves".into()), Some(cash_move(app, json!({}))), 404, 403, 201),
        call("GET /api/v1/cash-moves", v1("/cash-moves?chapter=23095".into()), None, 404, 200, 200),
        call("GET /api/v1/cash-moves/{id}", v1(format!("/cash-moves/{}", moved())), None, 404, 200, 200),
        call("POST /api/v1/fund-releases", v1("/fund-releases".into()), Some(release()), 404, 403, 201),
        call("GET /api/v1/fund-releases", v1("/fund-releases?chapter=23095".into()), None, 404, 200, 200),
        call("GET /api/v1/fund-releases/{id}", v1(format!("/fund-releases/{}", released())), None, 404, 200, 200),
    ];
    for (step, name) in [("approval", 0), ("refusal", 1), ("withdrawal", 2)] {
        let operations: [&'static str; 4] = [
            [
                "POST /api/v1/advances/{id}/approval",
                "POST /api/v1/advances/{id}/refusal",
                "POST /api/v1/advances/{id}/withdrawal",
            ][name],
            [
                "POST /api/v1/advance-clearings/{id}/approval",
                "POST /api/v1/advance-clearings/{id}/refusal",
                "POST /api/v1/advance-clearings/{id}/withdrawal",
            ][name],
            [
                "POST /api/v1/cash-moves/{id}/approval",
                "POST /api/v1/cash-moves/{id}/refusal",
                "POST /api/v1/cash-moves/{id}/withdrawal",
            ][name],
            [
                "POST /api/v1/fund-releases/{id}/approval",
                "POST /api/v1/fund-releases/{id}/refusal",
                "POST /api/v1/fund-releases/{id}/withdrawal",
            ][name],
        ];
        let ids = [ask(), clear(), moved(), released()];
        for ((operation, id), at) in
            operations.into_iter().zip(ids).zip(["advances", "advance-clearings", "cash-moves", "fund-releases"])
        {
            calls.push(call(operation, v1(format!("/{at}/{id}/{step}")), nothing(), 404, 403, 200));
        }
    }
    calls
}

/// Hàm Liêm with so many of everything that is listed here.
pub fn fill(app: &TestApp, count: usize) {
    let of = people(app, 1_000_000);
    let decision = paper(&of.officer, 900);
    let first = handed_out(app, &of, json!({"amount_vnd": 100_000}));
    for _ in 0..count {
        handed_out(app, &of, json!({"amount_vnd": 1_000}));
        let line = json!([{"category": "HOUSING", "amount_vnd": 10}]);
        of.officer.post(&format!("/api/v1/advances/{first}/clearing"), clearing(app, json!({"lines": line})), 201);
        of.officer.post("/api/v1/cash-moves", cash_move(app, json!({})), 201);
        let release = json!({"id": Uuid::now_v7(), "chapter": "23095", "from_fund": "GENERAL", "to_fund": "APPEAL:LULUT", "amount_vnd": 10,
            "held": "CASH", "day": app.today(), "content": "Theo quyết định", "document": decision});
        of.officer.post("/api/v1/fund-releases", release, 201);
    }
}

#[test]
fn an_advance_is_handed_out_by_two_persons_and_cleared_in_parts() {
    let app = TestApp::start();
    let of = people(&app, 10_000_000);
    let before = counts(&app);
    let ask = advance(&app, json!({}));
    let asked = of.officer.post("/api/v1/advances", ask.clone(), 201);
    assert_eq!((&asked["order"]["state"], asked.get("due_on")), (&json!("REQUESTED"), None));
    assert_eq!(of.officer.post("/api/v1/advances", ask.clone(), 200), asked);
    of.officer.post("/api/v1/advances", with(ask.clone(), json!({"amount_vnd": 1})), 422);
    of.officer.post("/api/v1/advances", with(ask.clone(), json!({"person": {"name": "Người Khác"}})), 422);
    assert_eq!(counts(&app), before, "asking books nothing");
    let at = format!("/api/v1/advances/{}", id_of(&ask));
    of.officer.post(&format!("{at}/approval"), Value::Null, 403);
    let out = of.chair.post(&format!("{at}/approval"), Value::Null, 200);
    assert_eq!((&out["due_on"], &out["open_vnd"]), (&json!(app.today() + Duration::days(30)), &json!(3_000_000)));
    assert_eq!((balance(&app, "GENERAL", "ADVANCE"), balance(&app, "GENERAL", "CASH_ON_HAND")), (3_000_000, 7_000_000));
    let voucher = of.officer.get("/api/v1/vouchers/CASH_PAYMENT/23095/2026/1", 200);
    assert_eq!((&voucher["kind"], &voucher["person"]), (&json!("ADVANCE"), &json!("Nguyễn Văn Bình")));
    let open = of.officer.get("/api/v1/open-advances?chapter=23095", 200);
    assert_eq!((&open["items"][0]["person"], &open["items"][0]["overdue"]), (&json!("Nguyễn Văn Bình"), &json!(false)));

    // Two categories and some cash back: two entries, one receipt.
    let clears = format!("/advances/{}/clearing", id_of(&ask));
    let first = clearing(
        &app,
        json!({"lines": [{"category": "FOOD_WATER_MEDICINE", "amount_vnd": 1_000_000}, {"category": "HOUSING", "amount_vnd": 700_000}, {"category": "SANITATION_DISEASE", "amount_vnd": 100_000}],
               "returned_vnd": 200_000}),
    );
    let out = done(&of, &clears, "/advance-clearings", &first);
    assert_eq!((out["lines"].as_array().unwrap().len(), &out["order"]["amount_vnd"]), (4, &json!(2_000_000)));
    assert_eq!(balance(&app, "GENERAL", "ADVANCE"), 1_000_000);
    assert_eq!(balance(&app, "GENERAL", "AID_EXPENSE"), 1_800_000);
    assert_eq!(balance(&app, "GENERAL", "CASH_ON_HAND"), 7_200_000);
    assert_eq!(app.database.number("SELECT count(*) FROM entry WHERE kind = 'ADVANCE_CLEARING'"), 3);
    let about = "SELECT count(*) FROM entry_detail d JOIN advance a ON a.code = d.of_code WHERE d.category IS NOT NULL";
    assert_eq!(app.database.number(about), 3, "each names its advance and its category");
    let receipt = of.officer.get("/api/v1/vouchers/CASH_RECEIPT/23095/2026/2", 200);
    assert_eq!((&receipt["kind"], &receipt["amount_vnd"]), (&json!("ADVANCE_CLEARING"), &json!(200_000)));
    assert_eq!(of.officer.get(&at, 200)["open_vnd"], 1_000_000);
    // The same id clears once; more than is open is refused.
    of.officer.post(&format!("/api/v1{clears}"), first.clone(), 200);
    of.chair.post(&format!("/api/v1/advance-clearings/{}/approval", id_of(&first)), Value::Null, 200);
    let more = clearing(&app, json!({"lines": [{"category": "HOUSING", "amount_vnd": 1_000_001}]}));
    assert_eq!(errors(&of.officer.post(&format!("/api/v1{clears}"), more, 422)), [("/lines".into(), "MORE_THAN_OPEN".into())]);
    assert_eq!(balance(&app, "GENERAL", "ADVANCE"), 1_000_000);
    // All of the rest comes back.
    let rest = clearing(&app, json!({"lines": [], "returned_vnd": 1_000_000, "returned_by": "BANK"}));
    done(&of, &clears, "/advance-clearings", &rest);
    assert_eq!((balance(&app, "GENERAL", "ADVANCE"), balance(&app, "GENERAL", "IN_TRANSIT")), (0, 1_000_000));
    assert_eq!(of.officer.get("/api/v1/open-advances?chapter=23095", 200)["items"], json!([]));
    audit(&app);
}

#[test]
fn wrong_fields_are_named() {
    let app = TestApp::start();
    let of = people(&app, 10_000_000);
    let id = handed_out(&app, &of, json!({}));
    let at = format!("/api/v1/advances/{id}/clearing");
    let line = |category: &str, amount: i64| json!({"category": category, "amount_vnd": amount});
    for (change, expected) in [
        (json!({"lines": []}), vec![("/lines", "MISSING")]),
        (json!({"lines": [line("HOUSING", 0)]}), vec![("/lines/0/amount_vnd", "NOT_POSITIVE")]),
        (json!({"lines": [line("HOUSING", 1), line("HOUSING", 1)]}), vec![("/lines/1/category", "TWICE")]),
        (json!({"lines": [line("NOTHING", 1)]}), vec![("/lines/0/category", "NO_SUCH_CATEGORY")]),
        (json!({"lines": [line("TRANSPORT", 1)]}), vec![("/lines/0/category", "OWN_COSTS_FROM_GIFTS")]),
        (json!({"returned_vnd": 0}), vec![("/returned_vnd", "NOT_POSITIVE")]),
        (json!({"day": "2099-01-01"}), vec![("/day", "IN_THE_FUTURE")]),
    ] {
        let expected: Vec<(String, String)> = expected.into_iter().map(|(at, code)| (at.to_owned(), code.to_owned())).collect();
        assert_eq!(errors(&of.officer.post(&at, clearing(&app, change.clone()), 422)), expected, "{change}");
    }
    of.officer.post(&format!("/api/v1/advances/{}/clearing", Uuid::now_v7()), clearing(&app, json!({})), 404);
    of.officer.post("/api/v1/advances/7ZC4K0M9T2R8VQ3BV/clearing", clearing(&app, json!({})), 404);
    app.officer_of("23059").post(&at, clearing(&app, json!({})), 404);
    let cases = [
        (advance(&app, json!({"fund": "NOTHING"})), "/fund", "NO_SUCH_FUND"),
        (advance(&app, json!({"document": "ab"})), "/document", "NOT_A_HASH"),
        (advance(&app, json!({"amount_vnd": 0})), "/amount_vnd", "NOT_POSITIVE"),
    ];
    for (body, pointer, code) in cases {
        assert_eq!(errors(&of.officer.post("/api/v1/advances", body, 422)), [(pointer.into(), code.into())]);
    }
    // More than there is in cash: asked for, and not approved.
    let much = advance(&app, json!({"amount_vnd": 50_000_000}));
    of.officer.post("/api/v1/advances", much.clone(), 201);
    let before = counts(&app);
    of.chair.post(&format!("/api/v1/advances/{}/approval", id_of(&much)), Value::Null, 409);
    assert_eq!(counts(&app), before, "no number was taken");
    audit(&app);
}

#[test]
fn an_advance_is_never_cleared_twice_even_at_once() {
    let app = TestApp::start();
    let of = people(&app, 10_000_000);
    let id = handed_out(&app, &of, json!({}));
    // Each would fit alone.
    let asks: Vec<Value> =
        (0..6).map(|_| clearing(&app, json!({"lines": [{"category": "HOUSING", "amount_vnd": 1_000_000}]}))).collect();
    for ask in &asks {
        of.officer.post(&format!("/api/v1/advances/{id}/clearing"), ask.clone(), 201);
    }
    let answers: Vec<u16> = thread::scope(|scope| {
        let all: Vec<_> = asks
            .iter()
            .flat_map(|ask| [ask, ask])
            .map(|ask| {
                let (chair, path) = (&of.chair, format!("/api/v1/advance-clearings/{}/approval", id_of(ask)));
                scope.spawn(move || chair.send("POST", &path, Some(b"null".to_vec())).status)
            })
            .collect();
        all.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|status| [200, 409].contains(status)), "{answers:?}");
    assert_eq!(app.database.number("SELECT count(*) FROM entry WHERE kind = 'ADVANCE_CLEARING'"), 3);
    assert_eq!((balance(&app, "GENERAL", "ADVANCE"), app.database.number("SELECT open_vnd FROM advance")), (0, 0));
    audit(&app);
}

#[test]
fn what_is_overdue_is_known_by_the_rule_of_its_day() {
    let app = TestApp::start();
    let of = people(&app, 10_000_000);
    app.database.execute(
        "UPDATE advance_rule SET valid_to = '2026-10-31';
         INSERT INTO advance_rule (days, valid_from, mark, source) VALUES (10, '2026-11-01', 'REC', 'test')",
    );
    handed_out(&app, &of, json!({"day": "2026-10-31", "amount_vnd": 1_000_000}));
    handed_out(&app, &of, json!({"day": "2026-11-01", "amount_vnd": 2_000_000}));
    let open = of.officer.get("/api/v1/open-advances?chapter=23095", 200);
    let said: Vec<_> =
        open["items"].as_array().unwrap().iter().map(|one| (one["due_on"].clone(), one["overdue"].clone())).collect();
    assert_eq!(said, [(json!("2026-11-11"), json!(true)), (json!("2026-11-30"), json!(false))]);
    let page = of.officer.get("/api/v1/open-advances?chapter=23095&limit=1", 200);
    let next =
        of.officer.get(&format!("/api/v1/open-advances?chapter=23095&limit=1&cursor={}", page["next"].as_str().unwrap()), 200);
    assert_eq!(next["items"][0]["due_on"], "2026-11-30");
    audit(&app);
}

/// Asks for the reversal of an entry and has it approved.
fn reverse(app: &TestApp, of: &People<'_>, code: &Value, status: u16) -> Value {
    let (ask, accountant) = (Uuid::now_v7(), app.accountant_of("23095"));
    of.officer.post("/api/v1/corrections", json!({"id": ask, "entry": code, "reason": "WRONG_AMOUNT"}), 201);
    accountant.post(&format!("/api/v1/corrections/{ask}/approval"), Value::Null, status)
}

#[test]
fn a_clearing_taken_back_opens_the_advance_again() {
    let app = TestApp::start();
    let of = people(&app, 10_000_000);
    let id = handed_out(&app, &of, json!({}));
    let ask = clearing(
        &app,
        json!({"lines": [{"category": "FOOD_WATER_MEDICINE", "amount_vnd": 1_000_000}, {"category": "HOUSING", "amount_vnd": 700_000}, {"category": "SANITATION_DISEASE", "amount_vnd": 100_000}]}),
    );
    let cleared = done(&of, &format!("/advances/{id}/clearing"), "/advance-clearings", &ask);
    let code = of.officer.get(&format!("/api/v1/advances/{id}"), 200)["order"]["code"].clone();
    reverse(&app, &of, &code, 409);
    // The second entry takes the others with it.
    reverse(&app, &of, &cleared["order"]["other_code"], 200);
    assert_eq!(of.officer.get(&format!("/api/v1/advance-clearings/{}", id_of(&ask)), 200)["order"]["state"], "REVERSED");
    assert_eq!(of.officer.get(&format!("/api/v1/advances/{id}"), 200)["open_vnd"], 3_000_000);
    audit(&app);
    let html = of.officer.get_text("/api/v1/vouchers/CASH_PAYMENT/23095/2026/1/sheet.html", 200);
    assert!(!html.contains(">HỦY</p>"));
    let asked = of.officer.get("/api/v1/corrections?chapter=23095", 200)["items"].clone();
    let waiting = asked.as_array().unwrap().iter().find(|one| one["state"] == "REQUESTED").unwrap()["id"].clone();
    app.accountant_of("23095").post(&format!("/api/v1/corrections/{}/approval", waiting.as_str().unwrap()), Value::Null, 200);
    assert_eq!((balance(&app, "GENERAL", "ADVANCE"), balance(&app, "GENERAL", "CASH_ON_HAND")), (0, 10_000_000));
    assert_eq!(of.officer.get(&format!("/api/v1/advances/{id}"), 200)["open_vnd"], 0);
    let html = of.officer.get_text("/api/v1/vouchers/CASH_PAYMENT/23095/2026/1/sheet.html", 200);
    assert!(html.contains(">HỦY</p>") && html.contains("000001"), "a reversed document keeps its number");
    audit(&app);
}

#[test]
fn an_advance_of_old_books_is_cleared_by_the_code_of_its_opening() {
    let app = TestApp::start();
    let of = people(&app, 1_000_000);
    let ask = opening(json!({"document": null, "lines": [{"fund": "GENERAL", "account": "ADVANCE", "amount_vnd": 2_000_000}]}));
    of.officer.post("/api/v1/opening-balances", ask.clone(), 201);
    let opened = of.chair.post(&format!("/api/v1/opening-balances/{}/approval", id_of(&ask)), Value::Null, 200);
    let code = opened["entries"][0]["code"].as_str().unwrap();
    let at = format!("/advances/{code}/clearing");
    done(&of, &at, "/advance-clearings", &clearing(&app, json!({"returned_vnd": 500_000})));
    let open = of.officer.get("/api/v1/open-advances?chapter=23095", 200);
    assert_eq!((&open["items"][0]["open_vnd"], open["items"][0].get("due_on")), (&json!(500_000), None));
    let more = clearing(&app, json!({"returned_vnd": 500_001, "lines": []}));
    assert_eq!(errors(&of.officer.post(&format!("/api/v1{at}"), more, 422)), [("/returned_vnd".into(), "MORE_THAN_OPEN".into())]);
    audit(&app);
}

#[test]
fn cash_goes_to_the_bank_and_back_and_a_count_takes_its_record() {
    let app = TestApp::start();
    let of = people(&app, 5_000_000);
    done(&of, "/cash-moves", "/cash-moves", &cash_move(&app, json!({"amount_vnd": 4_000_000})));
    assert_eq!((balance(&app, "GENERAL", "CASH_ON_HAND"), balance(&app, "GENERAL", "BANK_GROUP")), (1_000_000, 4_000_000));
    // More than there is in cash.
    let much = cash_move(&app, json!({"amount_vnd": 1_000_001}));
    of.officer.post("/api/v1/cash-moves", much.clone(), 201);
    let before = counts(&app);
    of.chair.post(&format!("/api/v1/cash-moves/{}/approval", id_of(&much)), Value::Null, 409);
    assert_eq!(counts(&app), before);
    of.chair.post(&format!("/api/v1/cash-moves/{}/refusal", id_of(&much)), Value::Null, 200);
    done(&of, "/cash-moves", "/cash-moves", &cash_move(&app, json!({"how": "WITHDRAWAL", "amount_vnd": 500_000})));
    assert_eq!((balance(&app, "GENERAL", "CASH_ON_HAND"), balance(&app, "GENERAL", "BANK_GROUP")), (1_500_000, 3_500_000));
    let count =
        |change: Value| cash_move(&app, with(json!({"how": "SHORTAGE", "amount_vnd": 20_000, "content": "Kiểm quỹ"}), change));
    let bare = of.officer.post("/api/v1/cash-moves", count(json!({})), 422);
    assert_eq!(errors(&bare), [("/document".into(), "REQUIRED".into())]);
    let unknown = of.officer.post("/api/v1/cash-moves", count(json!({"document": "ab".repeat(32)})), 422);
    assert_eq!(errors(&unknown), [("/document".into(), "NO_SUCH_DOCUMENT".into())]);
    let record = paper(&of.officer, 500);
    let short = done(&of, "/cash-moves", "/cash-moves", &count(json!({"document": record})));
    assert_eq!(short["kind"], "CASH_COUNT");
    done(&of, "/cash-moves", "/cash-moves", &count(json!({"document": record, "how": "SURPLUS", "amount_vnd": 5_000})));
    assert_eq!((balance(&app, "GENERAL", "LOSS"), balance(&app, "GENERAL", "CASH_ON_HAND")), (15_000, 1_485_000));
    assert_eq!(of.officer.get("/api/v1/cash-moves?chapter=23095", 200)["items"].as_array().unwrap().len(), 5);
    reverse(&app, &of, &short["code"], 200);
    assert_eq!(balance(&app, "GENERAL", "LOSS"), -5_000);
    audit(&app);
}

#[test]
fn money_changes_its_fund_by_a_decision_alone() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let of = people(&app, 5_000_000);
    books(&app, &of.officer, &app.gift(json!({"appeal": "LULUT", "amount_vnd": 3_000_000})));
    let (decision, agreed) = (paper(&of.officer, 600), paper(&of.officer, 601));
    let release = |change: Value| {
        with(
            json!({"id": Uuid::now_v7(), "chapter": "23095", "from_fund": "GENERAL", "to_fund": "APPEAL:LULUT", "amount_vnd": 2_000_000,
                   "held": "CASH", "day": app.today(), "content": "Quyết định 12/QĐ", "document": decision}),
            change,
        )
    };
    let back = json!({"from_fund": "APPEAL:LULUT", "to_fund": "GENERAL"});
    for (change, pointer, code) in [
        (json!({"to_fund": "GENERAL"}), "/to_fund", "SAME_FUND"),
        (json!({"to_fund": "OPERATING"}), "/to_fund", "NOT_RELEASABLE"),
        (json!({"document": "ab".repeat(32)}), "/document", "NO_SUCH_DOCUMENT"),
        (json!({"givers_conditions": agreed}), "/givers_conditions", "NOT_NEEDED"),
        (back.clone(), "/givers_conditions", "REQUIRED"),
    ] {
        let refused = of.officer.post("/api/v1/fund-releases", release(change.clone()), 422);
        assert_eq!(errors(&refused), [(pointer.into(), code.into())], "{change}");
    }
    let out = done(&of, "/fund-releases", "/fund-releases", &release(json!({})));
    assert!(out["code"].is_string() && out["other_code"].is_string(), "{out}");
    assert_eq!((balance(&app, "GENERAL", "CASH_ON_HAND"), balance(&app, "APPEAL:LULUT", "CASH_ON_HAND")), (3_000_000, 5_000_000));
    let about = format!(
        "SELECT count(*) FROM entry_detail WHERE code = '{}' AND of_code = '{}'",
        out["other_code"].as_str().unwrap(),
        out["code"].as_str().unwrap()
    );
    assert_eq!(app.database.number(&about), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM voucher"), 0, "nothing left the till");
    let released = |fund: &str| {
        app.database.number(&format!(
            "SELECT coalesce(sum(own_vnd), 0) FROM total_overall t JOIN fund f ON f.id = t.fund_id WHERE f.code = '{fund}' AND measure = 'RELEASED'"
        ))
    };
    assert_eq!((released("GENERAL"), released("APPEAL:LULUT")), (-2_000_000, 2_000_000));
    // Not covered: asked for, and not approved.
    let much = release(json!({"amount_vnd": 3_000_001}));
    of.officer.post("/api/v1/fund-releases", much.clone(), 201);
    of.chair.post(&format!("/api/v1/fund-releases/{}/approval", id_of(&much)), Value::Null, 409);
    let bank = release(json!({"held": "BANK", "amount_vnd": 1}));
    of.officer.post("/api/v1/fund-releases", bank.clone(), 201);
    of.chair.post(&format!("/api/v1/fund-releases/{}/approval", id_of(&bank)), Value::Null, 409);
    // Out of the appeal with the paper of those who gave.
    done(
        &of,
        "/fund-releases",
        "/fund-releases",
        &release(with(back, json!({"givers_conditions": agreed, "amount_vnd": 500_000}))),
    );
    assert_eq!(balance(&app, "APPEAL:LULUT", "CASH_ON_HAND"), 4_500_000);
    // Both entries go together.
    reverse(&app, &of, &out["other_code"], 200);
    assert_eq!((balance(&app, "GENERAL", "CASH_ON_HAND"), balance(&app, "APPEAL:LULUT", "CASH_ON_HAND")), (5_500_000, 2_500_000));
    audit(&app);
}

#[test]
fn who_has_an_advance_is_read_by_those_of_the_chapter_and_noted() {
    let app = TestApp::start();
    let of = people(&app, 10_000_000);
    let id = handed_out(&app, &of, json!({}));
    app.staff(Role::Inspector, "68").get("/api/v1/open-advances?chapter=23095", 200);
    app.officer_of("23059").get("/api/v1/open-advances?chapter=23095", 404);
    app.officer_of("23059").get(&format!("/api/v1/advances/{id}"), 404);
    assert!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'OPEN_ADVANCES_READ'") >= 1);
    let shown = of.officer.get(&format!("/api/v1/advances/{id}"), 200);
    assert_eq!(
        (&shown["order"]["payee"]["name"], &shown["order"]["content"]),
        (&json!("Nguyễn Văn Bình"), &json!("Tạm ứng mua nhu yếu phẩm"))
    );
    let listed = of.officer.get("/api/v1/advances?chapter=23095", 200);
    assert!(listed["items"][0]["order"].get("payee").is_none(), "a list names nobody");
}
