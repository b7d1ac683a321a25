//! Chapters that merge at a bad moment: requests in the middle of their chain, advances and debts that are open, goods that were
//! asked for, money on its way to a bank account that is closed.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::harness::{Caller, TestApp};
use crate::kit::{gift, goods};
use crate::look::all;
use crate::successions::{PLANS, carried, left, path, persons, plan};
use crate::{advances, papers, purchases, spending, stock, transfers};

fn v1(path: &str) -> String {
    format!("/api/v1/{path}")
}

/// What a list of the successor has of the old chapter's.
fn ids(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    let rows = all(caller, &v1(path), 1);
    rows.iter().map(|row| if row["order"].is_object() { &row["order"]["id"] } else { &row["id"] }.clone()).collect()
}

/// A chain of two steps for payments of 100,000 and more.
fn two_steps(app: &TestApp) {
    app.database.execute(
        "INSERT INTO decision_rule (matter, chapter_id, from_vnd, n, level, valid_from, source)
         SELECT 'PAYMENT', c.id, 100000, s.n, s.level, '2026-01-01', 'quy chế chi tiêu nội bộ'
         FROM chapter c, (VALUES (1::smallint, NULL), (2::smallint, 'PROVINCE')) s(n, level) WHERE c.code = '68'",
    );
}

#[test]
fn requests_in_the_middle_of_their_chain_go_on_at_the_successor() {
    let app = TestApp::start();
    let people = persons(&app);
    two_steps(&app);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    gift(&app).of(9_000_000).book(&officer);
    let (paid, withdrawn) = (spending::payment(&app, json!({})), spending::payment(&app, json!({})));
    for order in [&paid, &withdrawn] {
        officer.post(&v1("payments"), order.clone(), 201);
        assert_eq!(spending::approve(&chair, "payments", order, 200)["state"], "REQUESTED");
    }
    let advance = advances::advance(&app, json!({}));
    officer.post(&v1("advances"), advance.clone(), 201);
    let deposit = advances::cash_move(&app, json!({}));
    officer.post(&v1("cash-moves"), deposit.clone(), 201);
    let sending = transfers::cash("23095", "68", 500_000);
    officer.post(transfers::TRANSFERS, sending.clone(), 201);
    app.clock.advance(Duration::seconds(1));
    let done = carried(&people, &plan(&app, json!({})));
    assert_eq!(done["state"], "DONE");
    transfers::sound(&app);

    // All of it stands in the lists of the successor, whose people go on with it.
    let keeper = app.officer_of("23059");
    assert_eq!(ids(&keeper, "payments?chapter=23059"), [paid["id"].clone(), withdrawn["id"].clone()]);
    assert_eq!(ids(&keeper, "advances?chapter=23059"), [advance["id"].clone()]);
    assert_eq!(ids(&keeper, "cash-moves?chapter=23059"), [deposit["id"].clone()]);
    assert_eq!(ids(&keeper, "transfers?chapter=23059"), [sending["id"].clone()]);
    assert_eq!(ids(&people.above, "transfers?chapter=68"), [sending["id"].clone()]);
    // The first step was approved before; the second is the province's, as it was to be.
    assert_eq!(spending::approve(&people.above, "payments", &paid, 200)["state"], "APPROVED");
    assert_eq!(keeper.post(&spending::path("payments", &withdrawn, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    assert_eq!(spending::approve(&people.successor, "cash-moves", &deposit, 200)["state"], "APPROVED");
    assert_eq!(spending::approve(&people.successor, "advances", &advance, 200)["order"]["state"], "APPROVED");
    assert_eq!(people.successor.post(&transfers::path(&sending, "/approval"), Value::Null, 200)["state"], "SENT");
    assert_eq!(left(&app, "23095"), "");
    let there = left(&app, "23059");
    for line in ["GENERAL ADVANCE 3000000", "GENERAL CASH_ON_HAND 4300000", "GENERAL IN_TRANSIT 1000000"] {
        assert!(there.contains(line), "{line}: {there}");
    }
    transfers::sound(&app);
}

#[test]
fn an_advance_of_the_old_chapter_is_cleared_at_the_successor() {
    let app = TestApp::start();
    let people = persons(&app);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    gift(&app).of(9_000_000).book(&officer);
    let advance = advances::advance(&app, json!({}));
    officer.post(&v1("advances"), advance.clone(), 201);
    spending::approve(&chair, "advances", &advance, 200);
    carried(&people, &plan(&app, json!({})));
    let keeper = app.officer_of("23059");
    let open = all(&keeper, &v1("open-advances?chapter=23059"), 1);
    assert_eq!((open.len(), &open[0]["open_vnd"]), (1, &json!(3_000_000)));
    // Its paper is brought to the successor.
    let bytes = papers::pdf(321);
    papers::upload_at(&keeper, "23059", "MONEY_ORDER", "application/pdf", &bytes);
    let clearing = json!({"id": Uuid::now_v7(), "day": app.today(), "content": "Thanh toán tạm ứng", "document": papers::sha256(&bytes),
        "lines": [{"category": "FOOD_WATER_MEDICINE", "amount_vnd": 1_000_000}], "returned_vnd": 500_000});
    keeper.post(&v1(&format!("advances/{}/clearing", advance["id"].as_str().unwrap())), clearing.clone(), 201);
    spending::approve(&people.successor, "advance-clearings", &clearing, 200);
    assert_eq!(
        (left(&app, "23095"), left(&app, "23059")),
        (String::new(), "GENERAL ADVANCE 1500000\nGENERAL CASH_ON_HAND 6500000".to_owned())
    );
    // The rest of it pays for goods there.
    let code = open[0]["code"].as_str().unwrap();
    let bytes = papers::pdf(322);
    papers::upload_at(&keeper, "23059", "MONEY_ORDER", "application/pdf", &bytes);
    let bought = purchases::at(
        &app,
        "23059",
        &papers::sha256(&bytes),
        json!({"from": "ADVANCE", "advance": code,
        "lines": [{"item": "RICE", "quantity": "100", "unit": "KG", "value_vnd": 1_500_000}]}),
    );
    keeper.post(&v1("purchases"), bought.clone(), 201);
    spending::approve(&people.successor, "purchases", &bought, 200);
    assert_eq!(left(&app, "23059"), "GENERAL CASH_ON_HAND 6500000\nGENERAL GOODS_IN_STOCK 1500000");
    assert!(all(&keeper, &v1("open-advances?chapter=23059"), 50).is_empty());
    transfers::sound(&app);
}

#[test]
fn a_debt_of_the_old_chapter_is_the_successors_to_pay_or_to_take_back() {
    let app = TestApp::start();
    let people = persons(&app);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    gift(&app).of(900_000).book(&officer);
    let bought = spending::payment(&app, json!({"from": "PAYABLE", "amount_vnd": 300_000}));
    officer.post(&v1("payments"), bought.clone(), 201);
    let code = spending::approve(&chair, "payments", &bought, 200)["code"].clone();
    carried(&people, &plan(&app, json!({})));
    assert!(left(&app, "23059").contains("GENERAL PAYABLE -300000"), "{}", left(&app, "23059"));
    let keeper = app.officer_of("23059");
    let reverse = |status: u16| {
        let id = Uuid::now_v7();
        keeper.post(&v1("corrections"), json!({"id": id, "entry": code, "reason": "WRONG_AMOUNT"}), 201);
        people.successor.post(&v1(&format!("corrections/{id}/approval")), Value::Null, status);
        if status != 200 {
            people.successor.post(&v1(&format!("corrections/{id}/refusal")), Value::Null, 200);
        }
    };
    // Paid in part by the successor it stands; as it is owed whole it may be taken back.
    let debt = spending::payment(&app, json!({"chapter": "23059", "pays_debt": true, "category": null, "amount_vnd": 200_000}));
    keeper.post(&v1("payments"), debt.clone(), 201);
    let paid = spending::approve(&people.successor, "payments", &debt, 200)["code"].clone();
    reverse(409);
    let id = Uuid::now_v7();
    keeper.post(&v1("corrections"), json!({"id": id, "entry": paid, "reason": "WRONG_AMOUNT"}), 201);
    people.successor.post(&v1(&format!("corrections/{id}/approval")), Value::Null, 200);
    reverse(200);
    assert_eq!((left(&app, "23095"), left(&app, "23059")), (String::new(), "GENERAL CASH_ON_HAND 900000".to_owned()));
    transfers::sound(&app);
}

#[test]
fn what_was_asked_about_goods_is_settled_first() {
    let app = TestApp::start();
    let people = persons(&app);
    let (officer, _chair) = (app.officer_of("23095"), app.chair_of("23095"));
    gift(&app).of(9_000_000).book(&officer);
    gift(&app).goods([goods("RICE", "100", "KG", 1_500_000)]).book(&officer);
    let bytes = papers::pdf(323);
    papers::upload_at(&officer, "23095", "MONEY_ORDER", "application/pdf", &bytes);
    let bought = purchases::at(&app, "23095", &papers::sha256(&bytes), json!({}));
    officer.post(&v1("purchases"), bought.clone(), 201);
    stock::record(&app, "23095");
    let lost = stock::adjustment("LOST", stock::of_lot(&stock::lot_of(&officer, "RICE"), "3"), json!([]));
    officer.post(stock::ADJUSTMENTS, lost.clone(), 201);
    let sending = json!({"id": Uuid::now_v7(), "chapter": "23095", "to": "68", "fund": "GENERAL", "from": "GOODS",
        "lines": [{"item": "RICE", "quantity": "10", "unit": "KG"}]});
    officer.post(transfers::TRANSFERS, sending.clone(), 201);
    let ask = plan(&app, json!({}));
    people.asker.post(PLANS, ask.clone(), 201);
    people.successor.post(&path(&ask, "/approval"), Value::Null, 200);
    for (n, settled) in [
        spending::path("purchases", &bought, "/withdrawal"),
        format!("{}/{}/withdrawal", stock::ADJUSTMENTS, lost["id"].as_str().unwrap()),
        transfers::path(&sending, "/withdrawal"),
    ]
    .into_iter()
    .enumerate()
    {
        let way = people.above.get(&path(&ask, "/dry-run"), 200)["in_the_way"].clone();
        assert_eq!(way.as_array().unwrap().len(), 3 - n, "{way}");
        people.above.post(&path(&ask, "/approval"), Value::Null, 409);
        officer.post(&settled, Value::Null, 200);
    }
    assert_eq!(people.above.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "DONE");
    let keeper = app.officer_of("23059");
    assert_eq!(ids(&keeper, "stock/adjustments?chapter=23059"), [lost["id"].clone()]);
    assert_eq!(ids(&keeper, "purchases?chapter=23059"), [bought["id"].clone()]);
    transfers::sound(&app);
}

#[test]
fn goods_that_are_worth_nothing_any_more_go_over_as_well() {
    let app = TestApp::start();
    let people = persons(&app);
    let officer = app.officer_of("23095");
    gift(&app).of(300_000).book(&officer);
    for fund in ["GENERAL", "OPERATING"] {
        app.database.execute(&format!(
            "WITH lot AS (INSERT INTO stock_lot SELECT gen_random_uuid(), c.id, f.id, 'RICE', 'KG', 'INVOICE', g.entry_id, '2026-11-22', NULL, NULL, 2000, 0
                 FROM chapter c, fund f, gift g WHERE c.code = '23095' AND f.code = '{fund}' RETURNING *),
             moved AS (INSERT INTO stock_movement SELECT id, entry_id, false, quantity_milli, value_vnd, '2026-11-22T03:00:00Z' FROM lot)
             INSERT INTO stock_on_hand SELECT chapter_id, fund_id, item, unit, quantity_milli, value_vnd FROM lot"
        ));
    }
    carried(&people, &plan(&app, json!({})));
    let there = |code: &str| {
        app.database.text(&format!(
            "SELECT coalesce(string_agg(f.code || ' ' || l.quantity_milli, ',' ORDER BY f.code), '') FROM stock_lot l
             JOIN chapter c ON c.id = l.chapter_id JOIN fund f ON f.id = l.fund_id WHERE c.code = '{code}' AND l.quantity_milli > 0"
        ))
    };
    assert_eq!((there("23095"), there("23059")), (String::new(), "GENERAL 2000,OPERATING 2000".to_owned()));
    audit(&app);
}

#[test]
fn a_bank_account_ends_with_its_chapter_and_what_comes_is_the_successors() {
    let app = TestApp::start();
    let people = persons(&app);
    transfers::opened(&app, "68", &[("GENERAL", "BANK", 900_000)]);
    let (first, second) = (
        transfers::transfer("68", "23095", "GENERAL", "BANK", 400_000),
        transfers::transfer("68", "23095", "GENERAL", "BANK", 300_000),
    );
    for ask in [&first, &second] {
        transfers::sent(&app, ask.clone());
    }
    carried(&people, &plan(&app, json!({})));
    let keeper = app.officer_of("23059");
    assert_eq!(keeper.get("/api/v1/chapters/23095", 200)["legal"]["own_bank_account"], false);
    keeper.post(&transfers::path(&first, "/receipt"), transfers::receipt(400_000, "BANK"), 201);
    assert_eq!(
        (left(&app, "23095"), left(&app, "23059")),
        (String::new(), "GENERAL BANK_GROUP 400000\nGENERAL IN_TRANSIT 400000".to_owned())
    );
    // Where the successor has no account of its own, nothing came to one.
    people.successor.patch("/api/v1/chapters/23059", json!({"legal": {"own_bank_account": false}}), 200);
    let none = keeper.post(&transfers::path(&second, "/receipt"), transfers::receipt(300_000, "BANK"), 422);
    assert_eq!(errors(&none)[0].0, "/account");
    keeper.post(&transfers::path(&second, "/receipt"), transfers::receipt(300_000, "CASH"), 201);
    transfers::sound(&app);
}
