//! What becomes of a transfer: goods in parts, losses on the way, transfers by book, reversals, and the persons in notes.

use serde_json::{Value, json};
use so_nhan_ai::house::errand::Errand;
use so_nhan_ai::house::persons::{Called, HoldsPersons, Mentioned, PersonsError};
use so_nhan_ai::transfers::persons::Notes;
use so_nhan_ai::tree;
use uuid::Uuid;

use crate::books::errors;
use crate::harness::TestApp;
use crate::transfers::{TRANSFERS, at_once, balance, cash, opened, paper, path, receipt, sent, sound, transfer};

const PROVINCE: &str = "68";
const HERE: &str = "23095";
const THERE: &str = "23059";

fn rice(quantity: &str, value: i64) -> Value {
    json!({"item": "RICE", "quantity": quantity, "unit": "KG", "value_vnd": value, "valuation": "MARKET_PRICE"})
}

/// Goods that a chapter was given, and a transfer of all of them.
fn goods(app: &TestApp, lines: &[Value]) -> Value {
    let gift = app.gift(json!({"chapter": PROVINCE, "channel": "IN_KIND", "amount_vnd": null, "lines": lines}));
    app.officer_of(PROVINCE).post("/api/v1/gifts", gift, 201);
    // What they are worth, their lots say.
    let line = |line: &Value| json!({"item": line["item"], "quantity": line["quantity"], "unit": line["unit"]});
    let lines: Vec<Value> = lines.iter().map(line).collect();
    json!({"id": Uuid::now_v7(), "chapter": PROVINCE, "to": HERE, "fund": "GENERAL", "from": "GOODS", "lines": lines})
}

#[test]
fn goods_arrive_in_parts_and_what_is_spoiled_on_the_way_is_written_off() {
    let app = TestApp::start();
    let blankets = json!({"item": "BLANKET", "quantity": 10, "unit": "PIECE", "value_vnd": 1_000_001, "valuation": "INVOICE"});
    let ask = goods(&app, &[rice("100.5", 2_000_000), blankets]);
    let mut more = ask.clone();
    more["lines"][0]["quantity"] = json!("100.501");
    let refused = errors(&app.officer_of(PROVINCE).post(TRANSFERS, more, 422));
    assert_eq!(refused, [("/lines/0/quantity".to_owned(), "NOT_ENOUGH".to_owned())]);
    let out = sent(&app, ask.clone());
    assert_eq!((&out["amount_vnd"], &out["lines"][0]["outstanding"]), (&json!(3_000_001), &json!("100.5")));
    assert_eq!(balance(&app, PROVINCE, "GENERAL", "GOODS_IN_STOCK"), 0);
    sound(&app);

    let officer = app.officer_of(HERE);
    let refuses = |lines: Value, pointer: &str, code: &str| {
        let part = json!({"id": Uuid::now_v7(), "lines": lines});
        assert_eq!(errors(&officer.post(&path(&ask, "/receipt"), part, 422)), [(pointer.to_owned(), code.to_owned())]);
    };
    refuses(json!([{"line": 1, "quantity": "100.6"}]), "/lines/0/quantity", "OUT_OF_RANGE");
    refuses(json!([{"line": 3, "quantity": "1"}]), "/lines/0/line", "OUT_OF_RANGE");
    refuses(json!([{"line": 2, "quantity": "0.5"}]), "/lines/0/quantity", "NOT_WHOLE");
    refuses(json!([{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "2"}]), "/lines/1/line", "TWICE");
    let part = json!({"id": Uuid::now_v7(), "document": paper(&app, HERE), "note": "thiếu 3 cái chăn",
        "lines": [{"line": 2, "quantity": "7"}, {"line": 1, "quantity": "50.5"}]});
    let some = officer.post(&path(&ask, "/receipt"), part.clone(), 201);
    assert_eq!(officer.post(&path(&ask, "/receipt"), part, 200), some);
    assert_eq!(some["state"], "PARTLY_CONFIRMED");
    let left: Vec<&Value> = some["lines"].as_array().unwrap().iter().map(|line| &line["outstanding"]).collect();
    assert_eq!(left, [&json!("50"), &json!("3")]);
    assert_eq!(officer.get(&path(&ask, ""), 200)["parts"][0]["note"], "thiếu 3 cái chăn");
    sound(&app);

    let sender = app.officer_of(PROVINCE);
    let loss = json!({"id": Uuid::now_v7(), "reason": "SPOILED", "lines": [{"line": 1, "quantity": 50}], "note": "mưa ướt"});
    sender.post(&path(&ask, "/loss"), loss.clone(), 201);
    sender.post(&path(&ask, "/loss"), loss.clone(), 200);
    sender.post(&path(&ask, "/loss"), json!({"id": Uuid::now_v7(), "reason": "STOLEN"}), 409);
    let chair = app.chair_of(PROVINCE);
    assert_eq!(chair.get(&path(&ask, ""), 200)["parts"][1]["note"], "mưa ướt");
    sender.post(&path(&ask, "/loss/approval"), Value::Null, 403);
    let lost = chair.post(&path(&ask, "/loss/approval"), Value::Null, 200);
    assert_eq!(chair.post(&path(&ask, "/loss/approval"), Value::Null, 200), lost);
    assert_eq!((&lost["parts"][1]["state"], &lost["parts"][1]["loss_reason"]), (&json!("BOOKED"), &json!("SPOILED")));
    assert_eq!((balance(&app, PROVINCE, "GENERAL", "GOODS_IN_STOCK"), lost["lines"][0]["outstanding"].as_str()), (0, Some("0")));
    sound(&app);

    // The rest comes back, without counting it again.
    let rest = json!({"id": Uuid::now_v7(), "reason": "NOT_NEEDED"});
    let done = sender.post(&path(&ask, "/return"), rest, 201);
    assert_eq!((&done["state"], &done["outstanding_vnd"]), (&json!("CONFIRMED"), &json!(0)));
    let at = |chapter| balance(&app, chapter, "GENERAL", "GOODS_IN_STOCK");
    assert_eq!(at(PROVINCE) + at(HERE) + balance(&app, PROVINCE, "GENERAL", "LOSS"), 3_000_001);
    sound(&app);

    // Backwards, each step puts the goods where they were.
    let code = |n: usize, name: &str| done["parts"][n][name].clone();
    reversed(&app, PROVINCE, &done["sent_by"], 409);
    reversed(&app, PROVINCE, &code(2, "code"), 200);
    reversed(&app, PROVINCE, &code(1, "code"), 409);
    reversed(&app, PROVINCE, &code(1, "loss_code"), 200);
    reversed(&app, PROVINCE, &code(1, "code"), 200);
    reversed(&app, HERE, &code(0, "code"), 200);
    sound(&app);
    reversed(&app, PROVINCE, &done["sent_by"], 200);
    assert_eq!((at(PROVINCE), at(HERE)), (3_000_001, 0));
    sound(&app);
}

/// Two slips for the last sack: one is sent, the other waits.
#[test]
fn the_last_goods_are_sent_once() {
    let app = TestApp::start();
    let ask = goods(&app, &[rice("50", 1_000_000)]);
    let mut other = ask.clone();
    other["id"] = json!(Uuid::now_v7());
    let officer = app.officer_of(PROVINCE);
    let chairs = [app.chair_of(PROVINCE), app.chair_of(PROVINCE)];
    for ask in [&ask, &other] {
        officer.post(TRANSFERS, ask.clone(), 201);
    }
    let approvals: Vec<_> =
        chairs.iter().zip([&ask, &other]).map(|(chair, ask)| (chair, path(ask, "/approval"), Value::Null)).collect();
    assert_eq!(at_once(&app, &approvals), [200, 409]);
    sound(&app);
}

#[test]
fn money_that_was_lost_on_the_way_is_lost_at_the_sender_by_two_persons() {
    let app = TestApp::start();
    opened(&app, PROVINCE, &[("GENERAL", "CASH_ON_HAND", 10_000_000)]);
    let ask = cash(PROVINCE, HERE, 10_000_000);
    sent(&app, ask.clone());
    let (officer, chair, receiver) = (app.officer_of(PROVINCE), app.chair_of(PROVINCE), app.officer_of(HERE));
    chair.post(&path(&ask, "/loss/approval"), Value::Null, 409);
    let loss = |amount: i64| json!({"id": Uuid::now_v7(), "amount_vnd": amount, "reason": "STOLEN"});
    receiver.post(&path(&ask, "/loss"), loss(1), 403);
    officer.post(&path(&ask, "/loss"), loss(10_000_001), 422);
    let first = loss(4_000_000);
    officer.post(&path(&ask, "/loss"), first.clone(), 201);
    // What was said to be lost arrives while the loss waits.
    let mut part = receipt(7_000_000, "CASH");
    part["document"] = paper(&app, HERE);
    receiver.post(&path(&ask, "/receipt"), part, 201);
    chair.post(&path(&ask, "/loss/approval"), Value::Null, 409);
    chair.post(&path(&ask, "/loss/refusal"), Value::Null, 200);
    let second = loss(3_000_000);
    officer.post(&path(&ask, "/loss"), second.clone(), 201);
    // Who still looks at the first one decides on that, not on what came after.
    let of = |loss: &Value| path(&ask, &format!("/loss/approval?request={}", loss["id"].as_str().unwrap()));
    chair.post(&of(&first), Value::Null, 409);
    let waiting = chair.get(&format!("/api/v1/decisions?chapter={PROVINCE}"), 200)["items"].clone();
    assert_eq!(waiting[0]["approval_url"], of(&second));
    let done = chair.post(&of(&second), Value::Null, 200);
    assert_eq!((&done["state"], &done["returned_vnd"]), (&json!("CONFIRMED"), &json!(3_000_000)));
    assert_eq!((balance(&app, PROVINCE, "GENERAL", "CASH_ON_HAND"), balance(&app, PROVINCE, "GENERAL", "LOSS")), (0, 3_000_000));
    sound(&app);

    // What was lost is found: first it is the sender's again, then on the way again.
    let [back, loss] = ["code", "loss_code"].map(|name| done["parts"][2][name].clone());
    reversed(&app, PROVINCE, &back, 409);
    reversed(&app, PROVINCE, &loss, 200);
    assert_eq!(balance(&app, PROVINCE, "GENERAL", "CASH_ON_HAND"), 3_000_000);
    sound(&app);
    reversed(&app, PROVINCE, &back, 200);
    let again = officer.get(&path(&ask, ""), 200);
    assert_eq!((&again["state"], &again["outstanding_vnd"]), (&json!("PARTLY_CONFIRMED"), &json!(3_000_000)));
    assert_eq!(balance(&app, PROVINCE, "GENERAL", "CASH_ON_HAND"), 0);
    sound(&app);
}

/// Asks for the reversal of an entry, and decides.
fn reversed(app: &TestApp, chapter: &str, code: &Value, status: u16) -> Value {
    let ask = json!({"id": Uuid::now_v7(), "entry": code, "reason": "DID_NOT_HAPPEN"});
    let chair = app.chair_of(chapter);
    app.officer_of(chapter).post("/api/v1/corrections", ask.clone(), 201);
    let at = format!("/api/v1/corrections/{}", ask["id"].as_str().unwrap());
    let answer = chair.post(&format!("{at}/approval"), Value::Null, status);
    if status != 200 {
        chair.post(&format!("{at}/refusal"), Value::Null, 200);
    }
    answer
}

#[test]
fn what_was_sent_is_not_reversed_while_something_of_it_stands() {
    let app = TestApp::start();
    opened(&app, PROVINCE, &[("GENERAL", "CASH_ON_HAND", 10_000_000)]);
    let ask = cash(PROVINCE, HERE, 10_000_000);
    let out = sent(&app, ask.clone())["sent_by"].clone();
    let (officer, receiver) = (app.officer_of(PROVINCE), app.officer_of(HERE));
    let mut part = receipt(6_000_000, "CASH");
    part["document"] = paper(&app, HERE);
    let part = receiver.post(&path(&ask, "/receipt"), part, 201)["parts"][0]["code"].clone();
    let back = json!({"id": Uuid::now_v7(), "amount_vnd": 4_000_000, "account": "CASH", "reason": "REFUSED"});
    let back = officer.post(&path(&ask, "/return"), back, 201)["parts"][1]["code"].clone();
    reversed(&app, PROVINCE, &out, 409);
    reversed(&app, HERE, &part, 200);
    let now = officer.get(&path(&ask, ""), 200);
    assert_eq!((&now["state"], &now["outstanding_vnd"]), (&json!("SENT"), &json!(6_000_000)));
    assert_eq!((&now["parts"][0]["state"], balance(&app, HERE, "GENERAL", "CASH_ON_HAND")), (&json!("REVERSED"), 0));
    sound(&app);
    reversed(&app, PROVINCE, &out, 409);
    reversed(&app, PROVINCE, &back, 200);
    reversed(&app, PROVINCE, &out, 200);
    let now = officer.get(&path(&ask, ""), 200);
    assert_eq!((&now["state"], &now["outstanding_vnd"]), (&json!("REVERSED"), &json!(0)));
    assert!(now["reversed_by"].is_string());
    assert_eq!(balance(&app, PROVINCE, "GENERAL", "CASH_ON_HAND"), 10_000_000);
    receiver.post(&path(&ask, "/receipt"), receipt(1, "CASH"), 409);
    sound(&app);
}

#[test]
fn chapters_of_one_bank_account_transfer_by_book() {
    let app = TestApp::start();
    let fund = "GENERAL";
    opened(&app, HERE, &[(fund, "BANK", 3_000_000), (fund, "CASH_ON_HAND", 1_000_000)]);
    let (officer, chair) = (app.officer_of(HERE), app.chair_of(HERE));
    officer.post("/api/v1/gifts", app.gift(json!({"channel": "BANK_TRANSFER", "amount_vnd": 2_000_000})), 201);
    // As long as nobody knows, it has an account of its own.
    let unknown = transfer(HERE, PROVINCE, fund, "BANK", 1);
    assert_eq!(officer.post(TRANSFERS, unknown.clone(), 201)["by_book"], false);
    officer.post(&path(&unknown, "/withdrawal"), Value::Null, 200);
    chair.patch("/api/v1/chapters/23095", json!({"legal": {"own_bank_account": false}}), 200);

    let elsewhere = errors(&officer.post(TRANSFERS, transfer(HERE, THERE, fund, "BANK", 1), 422));
    assert_eq!(elsewhere, [("/from".to_owned(), "NOT_FOR_THIS_CHAPTER".to_owned())]);
    let elsewhere = errors(&app.officer_of(THERE).post(TRANSFERS, transfer(THERE, HERE, fund, "BANK", 1), 422));
    assert_eq!(elsewhere, [("/to".to_owned(), "NOT_FOR_THIS_CHAPTER".to_owned())]);

    let ask = transfer(HERE, PROVINCE, fund, "BANK", 4_000_000);
    let province = [app.officer_of(PROVINCE), app.chair_of(PROVINCE)];
    assert_eq!(officer.post(TRANSFERS, ask.clone(), 201)["by_book"], true);
    assert_eq!(chair.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "REQUESTED", "both sides approve");
    let done = province[1].post(&path(&ask, "/approval"), Value::Null, 200);
    assert_eq!((&done["state"], &done["outstanding_vnd"]), (&json!("CONFIRMED"), &json!(0)));
    let has = |chapter, account| balance(&app, chapter, fund, account);
    assert_eq!((has(HERE, "BANK"), has(HERE, "IN_TRANSIT")), (0, 1_000_000));
    assert_eq!(
        (has(PROVINCE, "BANK"), has(PROVINCE, "IN_TRANSIT"), has(PROVINCE, "BANK_GROUP")),
        (3_000_000, 1_000_000, 4_000_000)
    );
    app.officer_of(PROVINCE).post(&path(&ask, "/receipt"), receipt(1, "BANK"), 409);
    sound(&app);

    // More than there is waits.
    let more = transfer(HERE, PROVINCE, fund, "BANK", 1_000_001);
    officer.post(TRANSFERS, more.clone(), 201);
    chair.post(&path(&more, "/approval"), Value::Null, 200);
    app.chair_of(PROVINCE).post(&path(&more, "/approval"), Value::Null, 409);
    assert_eq!(officer.get(&path(&more, ""), 200)["state"], "REQUESTED");
    // Cash goes from hand to hand whatever the bank, and does not come to an account that is none.
    let hand = cash(PROVINCE, HERE, 500);
    opened(&app, PROVINCE, &[(fund, "CASH_ON_HAND", 500)]);
    sent(&app, hand.clone());
    let refused = errors(&officer.post(&path(&hand, "/receipt"), receipt(500, "BANK"), 422));
    assert_eq!(refused, [("/account".to_owned(), "NOT_FOR_THIS_CHAPTER".to_owned())]);
    sound(&app);

    // Opposite ways at the same moment.
    let there = transfer(PROVINCE, HERE, fund, "BANK", 1_000_000);
    let back = transfer(HERE, PROVINCE, fund, "BANK", 1_000_000);
    province[0].post(TRANSFERS, there.clone(), 201);
    officer.post(TRANSFERS, back.clone(), 201);
    province[1].post(&path(&there, "/approval"), Value::Null, 200);
    chair.post(&path(&back, "/approval"), Value::Null, 200);
    let approvals = [(&chair, path(&there, "/approval"), Value::Null), (&province[1], path(&back, "/approval"), Value::Null)];
    assert_eq!(at_once(&app, &approvals), [200, 200]);
    sound(&app);

    // First what arrived is taken back, then what was sent.
    reversed(&app, HERE, &done["sent_by"], 409);
    reversed(&app, PROVINCE, &done["parts"][0]["code"], 200);
    reversed(&app, HERE, &done["sent_by"], 200);
    assert_eq!(officer.get(&path(&ask, ""), 200)["state"], "REVERSED");
    sound(&app);
}

/// Who goes is taken out of the notes beside what arrived, and what is sent again is still known.
#[test]
fn somebody_who_is_erased_is_in_no_note() {
    let app = TestApp::start();
    opened(&app, PROVINCE, &[("GENERAL", "CASH_ON_HAND", 500)]);
    let ask = cash(PROVINCE, HERE, 500);
    sent(&app, ask.clone());
    let officer = app.officer_of(HERE);
    let mut part = receipt(500, "CASH");
    part["note"] = json!("bà Phạm Thị Quỳnhxqz mang đến");
    officer.post(&path(&ask, "/receipt"), part.clone(), 201);
    let sealed = app.database.number("SELECT count(*) FROM transfer_part WHERE position('Quỳnhxqz'::bytea IN note) > 0");
    assert_eq!(sealed, 0);
    let erased: Result<(), PersonsError> = app.shared.db.tx_blocking(|conn| {
        let chapters = vec![tree::place(conn, HERE)?.unwrap().id.0];
        let called = Called { name: "Phạm Thị Quỳnhxqz".to_owned(), phone: None };
        let mut errand = Errand { conn, now: app.now(), vault: &app.shared.vault };
        Notes.erase_mentions(&mut errand, &Mentioned { called, chapters }).map(drop)
    });
    erased.unwrap();
    assert_eq!(app.database.number("SELECT count(*) FROM transfer_part WHERE note IS NOT NULL"), 0);
    officer.post(&path(&ask, "/receipt"), part, 200);
    sound(&app);
}
