//! What is one and whole: things that are counted, and a paper slip however it is typed.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{audit, books, refuses};
use crate::harness::TestApp;

fn goods(app: &TestApp, item: &str, unit: &str, quantity: Value) -> Value {
    let line = json!({"item": item, "quantity": quantity, "unit": unit, "value_vnd": 1_000_000, "valuation": "INVOICE"});
    app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [line]}))
}

#[test]
fn what_is_counted_comes_in_whole_numbers() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let catalogue = app.anonymous().get("/api/v1/public/items", 200);
    let (mut counted, mut measured) = (0, 0);
    for item in catalogue.as_array().unwrap() {
        let code = item["code"].as_str().unwrap();
        for unit in item["units"].as_array().unwrap() {
            let unit = unit.as_str().unwrap();
            let counts = item["counted_units"].as_array().unwrap().contains(&json!(unit));
            assert_eq!(counts, !["KG", "TONNE", "LITRE", "M2"].contains(&unit), "{code} {unit}");
            if !counts {
                measured += 1;
                continue;
            }
            counted += 1;
            let part = [json!("1.5"), json!(2.5), json!("0.001")][counted % 3].clone();
            refuses(&app, &officer, goods(&app, code, unit, part), 422, &[("/lines/0/quantity", "NOT_WHOLE")]);
        }
    }
    assert!(counted > 20 && measured > 5, "{counted} {measured}");
    for (quantity, kept) in [(json!("2"), "2"), (json!(2.0), "2"), (json!("2.0"), "2"), (json!("1000000"), "1000000")] {
        let gift = goods(&app, "BREEDING_COW", "HEAD", quantity);
        books(&app, &officer, &gift);
        let shown = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
        assert_eq!(shown["lines"][0]["quantity"], kept);
    }
    books(&app, &officer, &goods(&app, "RICE", "KG", json!("12.5")));
    // In a batch the broken line is told where it is, and the others are booked.
    let two = json!([goods(&app, "BLANKET", "PIECE", json!("2.5")), goods(&app, "BLANKET", "PIECE", json!("2"))]);
    let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": two}), 200);
    assert_eq!((&answer["booked"], &answer["refused"]), (&json!(1), &json!(1)));
    let said = &answer["items"][0]["problem"]["errors"][0];
    assert_eq!((&said["pointer"], &said["code"]), (&json!("/lines/0/quantity"), &json!("NOT_WHOLE")));
    assert!(said["detail"].as_str().unwrap().contains("2.5"), "{said}");
    audit(&app);
}

#[test]
fn a_slip_is_one_however_it_is_typed() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let slip = |book: &str, no: &str| app.gift(json!({"paper_book": book, "paper_no": no}));
    let first = slip("Quyển A-01", "No 0012-3");
    books(&app, &officer, &first);
    for (book, no) in [
        ("Quyển A-01", "No 0012-3"),
        ("quyển a1", "no123"),
        ("QUYEN  A 1", "NO-123"),
        ("quye\u{302}\u{309}n a-001", "No. 00123"),
        ("Quyển A–01", "No\u{a0}0012\u{2011}3"),
        ("quyển_a/1", " no 12 3 "),
    ] {
        let said = refuses(&app, &officer, slip(book, no), 422, &[("/paper_no", "SLIP_TAKEN")]);
        assert!(said["errors"][0]["detail"].as_str().unwrap().starts_with("Phiếu số "), "{said}");
    }
    for (book, no) in [("Quyển A-10", "No 0012-3"), ("Quyển A-01", "No 0012-30"), ("Quyển B-01", "No 0012-3"), ("0", "0")] {
        books(&app, &officer, &slip(book, no));
    }
    for (book, no) in [("-", "1"), ("…", "1")] {
        refuses(&app, &officer, slip(book, no), 422, &[("/paper_book", "NOT_A_SLIP")]);
    }
    refuses(&app, &officer, slip("A", "- –"), 422, &[("/paper_no", "NOT_A_SLIP")]);
    // What is printed on the paper stays as it was typed.
    let kept = officer.get(&format!("/api/v1/gifts/{}", first["id"].as_str().unwrap()), 200);
    assert_eq!((&kept["paper_book"], &kept["paper_no"]), (&json!("Quyển A-01"), &json!("No 0012-3")));
    // Two ways of typing in one batch are one slip: one stands.
    let two = json!([slip("C", "7"), slip("c", "007"), slip("C", "8")]);
    let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": two}), 200);
    assert_eq!((&answer["booked"], &answer["refused"]), (&json!(2), &json!(1)));
    audit(&app);
}

/// Slips that were taken twice before are listed, and the next in line gets the slip when the first gift is reversed.
#[test]
fn slips_taken_twice_in_the_past_are_listed_and_not_lost() {
    const UP: &str = include_str!("../../migrations/2026-11-29-080000_goods_and_slips/up.sql");
    const DOWN: &str = include_str!("../../migrations/2026-11-29-080000_goods_and_slips/down.sql");
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.database.execute(DOWN);
    let old = |no: &str| {
        let gift = app.gift(json!({}));
        officer.post("/api/v1/gifts", gift.clone(), 201);
        app.database.execute(&format!(
            "BEGIN; ALTER TABLE gift DISABLE TRIGGER USER; UPDATE gift SET paper_book = 'A', paper_no = '{no}' WHERE id = {0};
             ALTER TABLE gift ENABLE TRIGGER USER;
             INSERT INTO paper_slip SELECT chapter_id, paper_book, paper_no, id FROM gift WHERE id = {0}; COMMIT",
            format_args!("'{}'", gift["id"].as_str().unwrap())
        ));
        gift["id"].as_str().unwrap().to_owned()
    };
    let gifts = [old("0012"), old("12"), old("12 "), old("13")];
    app.database.execute(UP);
    let holders = || app.database.text("SELECT string_agg(gift_id::text, ' ' ORDER BY no, gift_id) FROM paper_slip");
    let waiting = || app.database.number("SELECT count(*) FROM paper_slip_collision");
    assert_eq!((holders(), waiting()), (format!("{} {}", gifts[0], gifts[3]), 2));
    let chair = app.chair_of("23095");
    let reverse = |gift: &str| {
        let id = Uuid::now_v7();
        officer.post(&format!("/api/v1/gifts/{gift}/reversal"), json!({"id": id, "reason": "DUPLICATE"}), 201);
        chair.post(&format!("/api/v1/reversals/{id}/approval"), json!(null), 200);
    };
    let slip = || app.gift(json!({"paper_book": "a", "paper_no": "12"}));
    reverse(&gifts[1]);
    assert_eq!((holders(), waiting()), (format!("{} {}", gifts[0], gifts[3]), 1));
    reverse(&gifts[0]);
    assert_eq!(waiting(), 0);
    assert!(holders().contains(&gifts[2]), "the last one that took it holds it now");
    officer.post("/api/v1/gifts", slip(), 422);
    reverse(&gifts[2]);
    books(&app, &officer, &slip());
    // Down and up again with a slip taken twice loses nothing either.
    app.database.execute(DOWN);
    app.database.execute(UP);
    assert_eq!(app.database.number("SELECT count(*) FROM paper_slip"), 2);
}
