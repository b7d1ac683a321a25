//! The main job, end to end: an officer logs gifts, they are booked once, the public finds them, the totals agree.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::TestApp;

/// Received money of an appeal as three independent readers see it: stored totals, postings, the CSV.
fn three_ways(app: &TestApp, appeal: &str) -> [i64; 3] {
    let stored = app.anonymous().get(&format!("/api/v1/public/totals?appeal={appeal}"), 200)["received_vnd"].as_i64().unwrap();
    let postings = app.database.number(&format!(
        "SELECT coalesce(-sum(p.amount), 0) FROM posting p JOIN fund f ON f.id = p.fund_id
         WHERE f.code = 'APPEAL:{appeal}' AND p.account LIKE 'DONATION%'"
    ));
    [stored, postings, csv_rows(app, appeal).iter().filter(|row| row["fund"] == format!("APPEAL:{appeal}")).map(amount).sum()]
}

fn amount(row: &HashMap<String, String>) -> i64 {
    row["amount_vnd"].parse().unwrap()
}

fn csv_rows(app: &TestApp, appeal: &str) -> Vec<HashMap<String, String>> {
    app.wait_for_log();
    let text = app.anonymous().get_text(&format!("/api/v1/public/appeals/{appeal}/ledger.csv"), 200);
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn gift(app: &TestApp, change: Value) -> Value {
    let mut gift = app.gift(change);
    gift["appeal"] = json!("LULUT");
    gift
}

#[test]
fn an_officer_logs_gifts_and_the_public_finds_them() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");

    let cash = gift(&app, json!({"amount_vnd": 512_345}));
    let booked = officer.post("/api/v1/gifts", cash.clone(), 201);
    let again = officer.post("/api/v1/gifts", cash.clone(), 200);
    assert_eq!((&booked["outcome"], &again["outcome"]), (&json!("BOOKED"), &json!("ALREADY_BOOKED")));
    assert_eq!((&booked["code"], &booked["recorded_at"]), (&again["code"], &again["recorded_at"]));
    officer.post(
        "/api/v1/gifts",
        gift(&app, json!({"channel": "BANK_TRANSFER", "amount_vnd": 1_000_000, "memo": "UNG HO"})),
        201,
    );
    let goods = json!([
        {"item": "RICE", "quantity": "100.5", "unit": "KG", "value_vnd": 1_809_000, "valuation": "MARKET_PRICE"},
        {"item": "BLANKET", "quantity": 20, "unit": "PIECE", "value_vnd": 3_000_000, "valuation": "DONOR_STATED"},
        {"item": "INSTANT_NOODLES", "quantity": "30", "unit": "BOX", "value_vnd": 3_600_000, "valuation": "INVOICE"}
    ]);
    let in_kind =
        officer.post("/api/v1/gifts", gift(&app, json!({"channel": "IN_KIND", "amount_vnd": null, "lines": goods})), 201);
    assert_eq!(in_kind["amount_vnd"], 8_409_000);

    let mut batch: Vec<Value> = (0..200).map(|n| gift(&app, json!({"amount_vnd": 10_000 + n}))).collect();
    batch[5]["amount_vnd"] = json!(0);
    batch[50]["chapter"] = json!("99999");
    batch[100]["surprise"] = json!(true);
    let first = officer.post("/api/v1/gifts/batch", json!({"gifts": batch}), 200);
    assert_eq!((&first["booked"], &first["already_booked"], &first["refused"]), (&json!(197), &json!(0), &json!(3)));
    let refused: Vec<&Value> = first["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["outcome"] == "REFUSED")
        .map(|item| &item["index"])
        .collect();
    assert_eq!(refused, [5, 50, 100]);
    let second = officer.post("/api/v1/gifts/batch", json!({"gifts": batch}), 200);
    assert_eq!((&second["booked"], &second["already_booked"], &second["refused"]), (&json!(0), &json!(197), &json!(3)));

    // A second person reverses the cash gift.
    let accountant = app.accountant_of("23095");
    let id = cash["id"].as_str().unwrap();
    let ask = json!({"id": Uuid::now_v7(), "reason": "DUPLICATE", "note": "ghi nhầm hai lần"});
    let request = officer.post(&format!("/api/v1/gifts/{id}/reversal"), ask.clone(), 201);
    assert_eq!((&request["state"], &request["approver_chapter"]), (&json!("REQUESTED"), &json!("23095")));
    let approval = format!("/api/v1/reversals/{}/approval", ask["id"].as_str().unwrap());
    officer.post(&approval, json!(null), 403);
    let approved = accountant.post(&approval, json!(null), 200);
    assert_eq!(approved["state"], "APPROVED");

    // An officer of another commune is refused.
    app.officer_of("23059").post("/api/v1/gifts", gift(&app, json!({})), 404);

    app.wait_for_log();
    let public = app.anonymous();
    let found = |query: &str| public.get(&format!("/api/v1/public/entries?{query}"), 200)["items"].as_array().unwrap().clone();
    for query in [
        "amount_vnd=512345",
        "q=ham+liem&min_vnd=512345&max_vnd=512345",
        "q=H%C3%A0m+Li%C3%AAm&amount_vnd=512345",
        "q=%22ham+liem%22&amount_vnd=512345",
    ] {
        let hits = found(query);
        assert_eq!(hits.len(), 1, "{query}");
        assert_eq!((&hits[0]["code"], &hits[0]["reversed_by"]), (&booked["code"], &approved["code"]), "{query}");
    }
    assert_eq!(found(&format!("from={0}&to={0}&limit=200", app.today())).len(), 200);
    assert_eq!(found("from=2026-11-01&to=2026-11-21").len(), 0);
    assert_eq!(found("q=gao+chan")[0]["code"], in_kind["code"]);
    assert_eq!(found("chapter=68&channel=IN_KIND").len(), 1);
    assert_eq!(found("chapter=01").len(), 0);

    let expected: i64 = 1_000_000 + 8_409_000 + (0..200).filter(|n| ![5, 50, 100].contains(n)).map(|n| 10_000 + n).sum::<i64>();
    assert_eq!(three_ways(&app, "LULUT"), [expected; 3]);
    for place in ["23095", "68", "TW"] {
        assert_eq!(public.get(&format!("/api/v1/public/totals?chapter={place}"), 200)["received_vnd"], expected, "{place}");
        assert_eq!(public.get(&format!("/api/v1/public/chapters/{place}"), 200)["totals"]["received_vnd"], expected, "{place}");
    }
    assert_eq!(public.get("/api/v1/public/totals?chapter=23095", 200)["own"]["received_vnd"], expected);
    assert_eq!(public.get("/api/v1/public/totals?chapter=68", 200)["own"]["received_vnd"], 0);
    let rows = csv_rows(&app, "LULUT");
    assert_eq!(rows.len(), 3 + 197 + 1);
    assert!(rows.iter().all(|row| row["leaf_hash"].len() == 64));
}
