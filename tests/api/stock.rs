//! Goods lot by lot: what enters by gifts, what is lost, found and counted, by two persons; and that lots are worth what the books say.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::kit::{Booked, gift, goods};
use crate::look::all;
use crate::opening_balances::opening;

pub const ADJUSTMENTS: &str = "/api/v1/stock/adjustments";
const COUNTS: &str = "/api/v1/stock/counts";
pub const RECORD: &str = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

/// The record of an adjustment, as an upload leaves it behind.
pub fn record(app: &TestApp, chapter: &str) {
    paper(app, chapter, "STOCK_ADJUSTMENT");
}

/// A paper of a purpose, as an upload leaves it behind.
pub fn paper(app: &TestApp, chapter: &str, purpose: &str) {
    let account = app.account(Role::Officer, chapter).id;
    app.database.execute(&format!(
        "INSERT INTO document (id, chapter_id, purpose, sha256, size_bytes, media_type, uploaded_sha256, uploaded_bytes, name, request_hash, uploaded_by, uploaded_at)
         SELECT gen_random_uuid(), id, '{purpose}', '{RECORD}', 1, 'application/pdf', '{RECORD}', 1, '', '', '{account}', '2026-11-22T03:00:00Z' FROM chapter WHERE code = '{chapter}'"
    ));
}

/// 100 kg of rice for 1,500,000 đồng.
pub fn rice(app: &TestApp, officer: &Caller<'_>) -> Booked {
    gift(app).goods([goods("RICE", "100", "KG", 1_500_000)]).book(officer)
}

/// The lots of Hàm Liêm, empty ones as well.
pub fn lots(caller: &Caller<'_>, item: &str) -> Vec<Value> {
    all(caller, &format!("/api/v1/stock/lots?chapter=23095&all=true&item={item}"), 50)
}

pub fn lot_of(caller: &Caller<'_>, item: &str) -> Value {
    lots(caller, item).pop().unwrap()["id"].clone()
}

pub fn adjustment(reason: &str, out: Value, found: Value) -> Value {
    json!({"id": Uuid::now_v7(), "chapter": "23095", "fund": "GENERAL", "reason": reason, "document": RECORD, "note": "bao rách",
        "out": out, "found": found})
}

pub fn of_lot(lot: &Value, quantity: &str) -> Value {
    json!([{"lot": lot, "quantity": quantity}])
}

pub fn decided(caller: &Caller<'_>, path: &str, id: &Value, step: &str, status: u16) -> Value {
    caller.post(&format!("{path}/{}/{step}", id.as_str().unwrap()), Value::Null, status)
}

/// What the books say is in stock at Hàm Liêm, over all funds.
fn in_the_books(app: &TestApp) -> i64 {
    app.database.number(
        "SELECT coalesce(sum(amount_vnd), 0)::int8 FROM balance b JOIN chapter c ON c.id = b.chapter_id WHERE c.code = '23095' AND account = 'GOODS_IN_STOCK'",
    )
}

/// Lots, public sums and books say the same.
pub fn agrees(app: &TestApp) {
    let sum = |table: &str| {
        app.database.number(&format!(
            "SELECT coalesce(sum(value_vnd), 0)::int8 FROM {table} s JOIN chapter c ON c.id = s.chapter_id WHERE c.code = '23095'"
        ))
    };
    assert_eq!((sum("stock_lot"), sum("stock_on_hand")), (in_the_books(app), in_the_books(app)));
    audit(app);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    record(app, "23095");
    let officer = app.officer_of("23095");
    rice(app, &officer);
    let lot = lot_of(&officer, "RICE");
    let ask = |quantity: &str| {
        let ask = adjustment("LOST", of_lot(&lot, quantity), json!([]));
        officer.post(ADJUSTMENTS, ask.clone(), 201);
        ask["id"].as_str().unwrap().to_owned()
    };
    let (first, second, third) = (ask("1"), ask("2"), ask("3"));
    let count = |quantity: &str| {
        json!({"id": Uuid::now_v7(), "chapter": "23095", "counted_on": app.today(), "document": RECORD,
            "lines": [{"lot": lot, "quantity": quantity}]})
    };
    let counted = count("99");
    officer.post(COUNTS, counted.clone(), 201);
    let store = json!({"id": Uuid::now_v7(), "chapter": "23095", "name": "Kho xã"});
    let v1 = |path: &str| format!("/api/v1/stock{path}");
    let one = |id: &str, rest: &str| v1(&format!("/adjustments/{id}{rest}"));
    let lot_path = |rest: &str| v1(&format!("/lots/{}{rest}", lot.as_str().unwrap()));
    vec![
        call("GET /api/v1/stock/items", v1("/items?q=gao"), None, 200, 200, 200),
        call("POST /api/v1/stock/stores", v1("/stores"), Some(store), 404, 403, 201),
        call("GET /api/v1/stock/stores", v1("/stores?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/stock/lots", v1("/lots?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/stock/lots/{id}", lot_path(""), None, 404, 200, 200),
        call("POST /api/v1/stock/lots/{id}/placement", lot_path("/placement"), Some(json!({})), 404, 403, 200),
        call("GET /api/v1/stock/levels", v1("/levels?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/stock/movements", v1(&format!("/movements?lot={}", lot.as_str().unwrap())), None, 404, 200, 200),
        call(
            "POST /api/v1/stock/adjustments",
            v1("/adjustments"),
            Some(adjustment("LOST", of_lot(&lot, "3"), json!([]))),
            404,
            403,
            201,
        ),
        call("GET /api/v1/stock/adjustments", v1("/adjustments?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/stock/adjustments/{id}", one(&first, ""), None, 404, 200, 200),
        call("POST /api/v1/stock/adjustments/{id}/approval", one(&first, "/approval"), None, 404, 403, 200),
        call("POST /api/v1/stock/adjustments/{id}/refusal", one(&second, "/refusal"), None, 404, 403, 200),
        call("POST /api/v1/stock/adjustments/{id}/withdrawal", one(&third, "/withdrawal"), None, 404, 403, 200),
        call("POST /api/v1/stock/counts", v1("/counts"), Some(count("98")), 404, 403, 201),
        call("GET /api/v1/stock/counts", v1("/counts?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/stock/counts/{id}", v1(&format!("/counts/{}", counted["id"].as_str().unwrap())), None, 404, 200, 200),
    ]
}

#[test]
fn goods_given_enter_by_the_gifts_own_entry_and_leave_with_its_reversal() {
    let app = TestApp::start();
    let (officer, _) = (app.officer_of("23095"), app.chair_of("23095"));
    let booked = gift(&app)
        .goods([goods("RICE", "100.5", "KG", 1_500_001), goods("BREEDING_COW", "2", "HEAD", 30_000_000)])
        .book(&officer);
    gift(&app).book(&officer);
    let rows = lots(&officer, "RICE");
    assert_eq!(rows.len(), 1);
    for (name, value) in
        [("quantity", json!("100.5")), ("unit", json!("KG")), ("value_vnd", json!(1_500_001)), ("entry", json!(booked.code))]
    {
        assert_eq!(rows[0][name], value, "{name}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM stock_lot"), 2, "money makes no lot");
    let levels = officer.get("/api/v1/stock/levels?chapter=23095", 200)["items"].clone();
    assert_eq!(
        (&levels[1]["item"], &levels[1]["quantity"], &levels[1]["item_name"]),
        (&json!("RICE"), &json!("100.5"), &json!("Gạo"))
    );
    agrees(&app);
    let back = booked.reversed(&app);
    let moved = officer.get(&format!("/api/v1/stock/movements?lot={}", rows[0]["id"].as_str().unwrap()), 200)["items"].clone();
    let told: Vec<(&Value, &Value)> = moved.as_array().unwrap().iter().map(|m| (&m["entry"], &m["quantity"])).collect();
    assert_eq!(told, [(&json!(booked.code), &json!("100.5")), (&json!(back), &json!("-100.5"))]);
    assert_eq!(lots(&officer, "RICE")[0]["quantity"], "0");
    assert_eq!(officer.get("/api/v1/stock/lots?chapter=23095", 200)["items"], json!([]));
    agrees(&app);
}

#[test]
fn what_is_lost_leaves_by_two_persons_and_can_come_back() {
    let app = TestApp::start();
    record(&app, "23095");
    let (officer, accountant, chair) = (app.officer_of("23095"), app.accountant_of("23095"), app.chair_of("23095"));
    let booked = rice(&app, &officer);
    let lot = lot_of(&officer, "RICE");
    let ask = adjustment("SPOILED", of_lot(&lot, "33.333"), json!([]));
    let asked = officer.post(ADJUSTMENTS, ask.clone(), 201);
    assert_eq!((&asked["state"], &asked["entries"], &asked["note"]), (&json!("ASKED"), &json!([]), &Value::Null));
    assert_eq!(officer.post(ADJUSTMENTS, ask.clone(), 200), asked);
    let mut other = ask.clone();
    other["out"] = of_lot(&lot, "33.334");
    officer.post(ADJUSTMENTS, other, 422);
    decided(&officer, ADJUSTMENTS, &ask["id"], "approval", 403);
    assert_eq!(accountant.get(&format!("{ADJUSTMENTS}/{}", ask["id"].as_str().unwrap()), 200)["note"], "bao rách");
    let done = decided(&accountant, ADJUSTMENTS, &ask["id"], "approval", 200);
    assert_eq!(decided(&accountant, ADJUSTMENTS, &ask["id"], "approval", 200), done);
    decided(&accountant, ADJUSTMENTS, &ask["id"], "refusal", 409);
    let shown = officer.get(&format!("/api/v1/stock/lots/{}", lot.as_str().unwrap()), 200);
    assert_eq!((&shown["quantity"], &shown["value_vnd"]), (&json!("66.667"), &json!(1_000_005)));
    agrees(&app);

    // The leaf says what was lost and why, and nothing of lots.
    app.wait_for_log();
    let code = done["entries"][0]["code"].as_str().unwrap();
    let leaf: Value = serde_json::from_str(
        &app.database.text(&format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{code}'")),
    )
    .unwrap();
    assert_eq!((&leaf["kind"], &leaf["reason"]), (&json!("STOCK_ADJUSTMENT"), &json!("SPOILED")));
    assert_eq!(
        leaf["goods"],
        json!([{"item": "RICE", "qty": "33.333", "unit": "KG", "valuation": "INVOICE", "value": "499995"}])
    );
    let public = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    assert_eq!((&public["kind"], &public["amount_vnd"]), (&json!("STOCK_ADJUSTMENT"), &json!(499_995)));

    // The gift's rice was used: its reversal waits, until the loss is reversed itself.
    let wait = booked.ask_to_reverse(&officer, "NOT_RECEIVED");
    accountant.post(&format!("/api/v1/reversals/{wait}/approval"), Value::Null, 409);
    let correction = json!({"id": Uuid::now_v7(), "entry": code, "reason": "WRONG_AMOUNT"});
    officer.post("/api/v1/corrections", correction.clone(), 201);
    decided(&chair, "/api/v1/corrections", &correction["id"], "approval", 200);
    assert_eq!(lots(&officer, "RICE")[0]["value_vnd"], 1_500_000);
    agrees(&app);
    accountant.post(&format!("/api/v1/reversals/{wait}/approval"), Value::Null, 200);
    assert_eq!(in_the_books(&app), 0);
    agrees(&app);
}

#[test]
fn what_is_found_is_a_lot_and_is_not_taken_back_once_it_was_used() {
    let app = TestApp::start();
    record(&app, "23095");
    let (officer, accountant, chair) = (app.officer_of("23095"), app.accountant_of("23095"), app.chair_of("23095"));
    let store = json!({"id": Uuid::now_v7(), "chapter": "23095", "name": "Kho xã Hàm Liêm", "address": "Thôn 2"});
    officer.post("/api/v1/stock/stores", store.clone(), 201);
    officer.post("/api/v1/stock/stores", store.clone(), 200);
    let found = json!([{"item": "BLANKET", "unit": "PIECE", "quantity": 10, "value_vnd": 2_000_000, "valuation": "MARKET_PRICE",
        "expires_on": "2027-06-30", "store": store["id"]}]);
    let ask = adjustment("FOUND", json!([]), found);
    officer.post(ADJUSTMENTS, ask.clone(), 201);
    let done = decided(&accountant, ADJUSTMENTS, &ask["id"], "approval", 200);
    let lot = lots(&officer, "BLANKET").pop().unwrap();
    assert_eq!((&lot["store_name"], &lot["expires_on"]), (&json!("Kho xã Hàm Liêm"), &json!("2027-06-30")));
    let more = adjustment("FOUND", json!([]), of_lot(&lot["id"], "1"));
    officer.post(ADJUSTMENTS, more.clone(), 201);
    decided(&accountant, ADJUSTMENTS, &more["id"], "approval", 200);
    assert_eq!(lots(&officer, "BLANKET")[0]["value_vnd"], 2_200_000);
    agrees(&app);
    // Lost more than was found the second time: the first finding cannot be taken back.
    let lost = adjustment("LOST", of_lot(&lot["id"], "2"), json!([]));
    officer.post(ADJUSTMENTS, lost.clone(), 201);
    decided(&accountant, ADJUSTMENTS, &lost["id"], "approval", 200);
    let correction = json!({"id": Uuid::now_v7(), "entry": done["entries"][0]["code"], "reason": "OTHER"});
    officer.post("/api/v1/corrections", correction.clone(), 201);
    decided(&chair, "/api/v1/corrections", &correction["id"], "approval", 409);
    agrees(&app);
}

#[test]
fn mistakes_are_named() {
    let app = TestApp::start();
    record(&app, "23095");
    let officer = app.officer_of("23095");
    gift(&app).goods([goods("BREEDING_COW", "2", "HEAD", 30_000_000)]).book(&officer);
    let cow = lot_of(&officer, "BREEDING_COW");
    let refused = |ask: Value, expected: &[(&str, &str)]| {
        let told = errors(&officer.post(ADJUSTMENTS, ask, 422));
        let expected: Vec<(String, String)> = expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect();
        assert_eq!(told, expected);
    };
    // Half a cow, more cows than there are, a cow that does not expire.
    refused(adjustment("LOST", of_lot(&cow, "0.5"), json!([])), &[("/out/0/quantity", "NOT_WHOLE")]);
    refused(adjustment("LOST", of_lot(&cow, "3"), json!([])), &[("/out/0/quantity", "NOT_ENOUGH")]);
    refused(adjustment("EXPIRED", of_lot(&cow, "1"), json!([])), &[("/out/0/lot", "NOT_EXPIRED")]);
    // A lot of another chapter, and of another fund.
    record(&app, "23059");
    let elsewhere = app.officer_of("23059");
    let mut theirs = adjustment("LOST", of_lot(&cow, "1"), json!([]));
    theirs["chapter"] = json!("23059");
    assert_eq!(errors(&elsewhere.post(ADJUSTMENTS, theirs, 422))[0].1, "NO_SUCH_LOT");
    elsewhere.get(&format!("/api/v1/stock/lots/{}", cow.as_str().unwrap()), 404);
    let mut operating = adjustment("LOST", of_lot(&cow, "1"), json!([]));
    operating["fund"] = json!("OPERATING");
    refused(operating, &[("/out/0/lot", "NO_SUCH_LOT")]);
    let mut nowhere = adjustment("LOST", of_lot(&cow, "1"), json!([]));
    nowhere["document"] = json!("00".repeat(32));
    refused(nowhere, &[("/document", "NO_SUCH_DOCUMENT")]);
    let odd = |item: &str, unit: &str| json!([{"item": item, "unit": unit, "quantity": 1, "value_vnd": 5, "valuation": "INVOICE", "store": Uuid::now_v7()}]);
    refused(
        adjustment("FOUND", json!([]), odd("GOLD", "KG")),
        &[("/found/0/item", "NO_SUCH_ITEM"), ("/found/0/store", "NO_SUCH_STORE")],
    );
    refused(
        adjustment("FOUND", json!([]), odd("RICE", "HEAD")),
        &[("/found/0/store", "NO_SUCH_STORE"), ("/found/0/unit", "NOT_A_UNIT")],
    );
    agrees(&app);
}

#[test]
fn what_has_expired_leaves_by_an_adjustment_alone() {
    let app = TestApp::start();
    record(&app, "23095");
    let (officer, accountant) = (app.officer_of("23095"), app.accountant_of("23095"));
    rice(&app, &officer);
    let lot = lot_of(&officer, "RICE");
    let placement = format!("/api/v1/stock/lots/{}/placement", lot.as_str().unwrap());
    officer.post(&placement, json!({"expires_on": "2026-11-21"}), 200);
    officer.post(&placement, json!({"store": Uuid::now_v7()}), 422);
    let levels = officer.get("/api/v1/stock/levels?chapter=23095", 200)["items"].clone();
    assert_eq!((&levels[0]["expired"], &levels[0]["expiring_soon"]), (&json!("100"), &json!("0")));
    let ask = adjustment("EXPIRED", of_lot(&lot, "100"), json!([]));
    officer.post(ADJUSTMENTS, ask.clone(), 201);
    decided(&accountant, ADJUSTMENTS, &ask["id"], "approval", 200);
    assert_eq!((in_the_books(&app), &lots(&officer, "RICE")[0]["quantity"]), (0, &json!("0")));
    agrees(&app);
}

#[test]
fn two_slips_on_one_lot_do_not_take_it_twice() {
    let app = TestApp::start();
    record(&app, "23095");
    let officer = app.officer_of("23095");
    rice(&app, &officer);
    let lot = lot_of(&officer, "RICE");
    let accountants: Vec<Caller<'_>> = (0..6).map(|_| app.accountant_of("23095")).collect();
    let asks: Vec<Value> = (0..6).map(|_| adjustment("LOST", of_lot(&lot, "30"), json!([]))).collect();
    asks.iter().for_each(|ask| drop(officer.post(ADJUSTMENTS, ask.clone(), 201)));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = asks
            .iter()
            .zip(&accountants)
            .map(|(ask, accountant)| {
                let path = format!("{ADJUSTMENTS}/{}/approval", ask["id"].as_str().unwrap());
                scope.spawn(move || accountant.send("POST", &path, Some(b"null".to_vec())).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 3, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    assert_eq!(lots(&officer, "RICE")[0]["quantity"], "10");
    agrees(&app);
}

#[test]
fn a_count_proposes_what_differs() {
    let app = TestApp::start();
    record(&app, "23095");
    let (officer, accountant) = (app.officer_of("23095"), app.accountant_of("23095"));
    rice(&app, &officer);
    gift(&app).goods([goods("BLANKET", "10", "PIECE", 2_000_000), goods("MEDICINE", "4", "BOX", 400_000)]).book(&officer);
    let lot = |item: &str| lot_of(&officer, item);
    let count = json!({"id": Uuid::now_v7(), "chapter": "23095", "counted_on": app.today(), "document": RECORD, "note": "kiểm kê",
        "lines": [{"lot": lot("RICE"), "quantity": "97.5"}, {"lot": lot("BLANKET"), "quantity": 12}, {"lot": lot("MEDICINE"), "quantity": "4"}]});
    let counted = officer.post(COUNTS, count.clone(), 201);
    assert_eq!(officer.post(COUNTS, count.clone(), 200), counted);
    let proposed = counted["adjustments"].as_array().unwrap();
    assert_eq!(proposed.len(), 1);
    let shown = officer.get(&format!("{ADJUSTMENTS}/{}", proposed[0].as_str().unwrap()), 200);
    assert_eq!((&shown["reason"], &shown["count"]), (&json!("COUNTED"), &count["id"]));
    let waiting = accountant.get("/api/v1/decisions?chapter=23095", 200)["items"].clone();
    assert_eq!(waiting[0]["matter"], "STOCK_ADJUSTMENT");
    let done = decided(&accountant, ADJUSTMENTS, &proposed[0], "approval", 200);
    assert_eq!(done["entries"].as_array().unwrap().len(), 2, "what is gone and what was found are two entries");
    assert_eq!(
        (&lots(&officer, "RICE")[0]["quantity"], &lots(&officer, "BLANKET")[0]["value_vnd"]),
        (&json!("97.5"), &json!(2_400_000))
    );
    agrees(&app);
    // Half a blanket, nothing there at all, and everything as it should be.
    let with = |quantity: Value| {
        let mut again = count.clone();
        (again["id"], again["lines"]) = (json!(Uuid::now_v7()), json!([{"lot": lot("BLANKET"), "quantity": quantity}]));
        again
    };
    officer.post(COUNTS, with(json!("1.5")), 422);
    let none = officer.post(COUNTS, with(json!(0)), 201)["adjustments"].as_array().unwrap().clone();
    assert_eq!(none.len(), 1);
    assert_eq!(officer.post(COUNTS, with(json!("12")), 201)["adjustments"], json!([]));
    // What the first of them proposed is out of date.
    decided(&accountant, ADJUSTMENTS, &none[0], "approval", 409);
    assert_eq!(decided(&officer, ADJUSTMENTS, &none[0], "withdrawal", 200)["state"], "WITHDRAWN");
    agrees(&app);
}

#[test]
fn goods_of_old_books_are_one_set_until_they_are_listed() {
    let app = TestApp::start();
    record(&app, "23095");
    let people = crate::opening_balances::people(&app);
    let ask = opening(json!({"lines": [{"fund": "GENERAL", "account": "GOODS_IN_STOCK", "amount_vnd": 7_000_000}]}));
    people.officer.post("/api/v1/opening-balances", ask.clone(), 201);
    decided(&people.accountant, "/api/v1/opening-balances", &ask["id"], "approval", 200);
    let old = lots(&people.officer, "OTHER_GOODS").pop().unwrap();
    assert_eq!((&old["quantity"], &old["unit"], &old["valuation"]), (&json!("1"), &json!("SET"), &json!("OLD_BOOKS")));
    agrees(&app);
    let found = json!([{"item": "RICE", "unit": "KG", "quantity": "400", "value_vnd": 6_000_000, "valuation": "MARKET_PRICE"},
        {"item": "BLANKET", "unit": "PIECE", "quantity": 5, "value_vnd": 1_000_000, "valuation": "MARKET_PRICE"}]);
    let listed = adjustment("ITEMISED", of_lot(&old["id"], "1"), found);
    people.officer.post(ADJUSTMENTS, listed.clone(), 201);
    decided(&people.accountant, ADJUSTMENTS, &listed["id"], "approval", 200);
    assert_eq!((in_the_books(&app), &lots(&people.officer, "RICE")[0]["value_vnd"]), (7_000_000, &json!(6_000_000)));
    agrees(&app);
    // What was listed stands on the opening: it is not reversed under it.
    let reversal = json!({"id": Uuid::now_v7(), "reason": "WRONG_AMOUNT"});
    let path = format!("/api/v1/opening-balances/{}/reversal", ask["id"].as_str().unwrap());
    people.officer.post(&path, reversal, 201);
    people.chair.post(&format!("{path}/approval"), Value::Null, 409);
    agrees(&app);
}

#[test]
fn only_goods_of_old_books_are_listed_item_by_item() {
    let app = TestApp::start();
    record(&app, "23095");
    let officer = app.officer_of("23095");
    rice(&app, &officer);
    let found = json!([{"item": "BLANKET", "unit": "PIECE", "quantity": 5, "value_vnd": 1_000_000, "valuation": "MARKET_PRICE"}]);
    let ask = adjustment("ITEMISED", of_lot(&lot_of(&officer, "RICE"), "1"), found);
    let told = errors(&officer.post(ADJUSTMENTS, ask, 422));
    assert_eq!(told, [("/out/0/lot".to_owned(), "NOT_OF_OLD_BOOKS".to_owned())]);
}

/// What could never be approved, because no entry may say so much, is not asked for.
#[test]
fn what_is_worth_too_much_together_is_refused_when_it_is_asked_for() {
    let app = TestApp::start();
    record(&app, "23095");
    let officer = app.officer_of("23095");
    let line = |item: &str| json!({"item": item, "unit": "BOX", "quantity": 1, "value_vnd": 600_000_000_000_000i64, "valuation": "INVOICE"});
    let found = |lines: Value| adjustment("FOUND", json!([]), lines);
    let told = errors(&officer.post(ADJUSTMENTS, found(json!([line("MEDICINE"), line("INSTANT_NOODLES")])), 422));
    assert_eq!(told, [("/found".to_owned(), "TOO_LARGE".to_owned())]);

    // A gram of something dear, of which a count finds tonnes.
    let dear = || goods("RICE", "0.001", "KG", 1_500_000);
    gift(&app).goods([dear(), dear()]).book(&officer);
    let lots: Vec<Value> = lots(&officer, "RICE").into_iter().map(|lot| lot["id"].clone()).collect();
    let counted = |quantities: [&str; 2]| {
        let lines: Vec<Value> = lots.iter().zip(quantities).map(|(lot, n)| json!({"lot": lot, "quantity": n})).collect();
        let count =
            json!({"id": Uuid::now_v7(), "chapter": "23095", "counted_on": app.today(), "document": RECORD, "lines": lines});
        errors(&officer.post(COUNTS, count, 422))
    };
    assert_eq!(counted(["0.001", "700000"]), [("/lines/1/quantity".to_owned(), "TOO_LARGE".to_owned())]);
    assert_eq!(counted(["400000", "400000"]), [("/lines".to_owned(), "TOO_LARGE".to_owned())]);
    assert_eq!(app.database.number("SELECT count(*) FROM stock_count"), 0);
    agrees(&app);
}

#[test]
fn an_audit_names_lots_that_are_not_what_moved() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    rice(&app, &officer);
    app.wait_for_log();
    audit(&app);
    let refused = app.database.refuses("UPDATE stock_lot SET quantity_milli = quantity_milli - 200000");
    assert!(refused.contains("stock_lot_not_below_zero"), "{refused}");
    for (sql, constraint) in [
        ("UPDATE stock_lot SET item = 'BLANKET'", "stock_lot_stays"),
        ("DELETE FROM stock_movement", "stock_movement"),
        ("UPDATE stock_movement SET value_vnd = 1", "stock_movement"),
    ] {
        let refused = app.database.refuses(sql);
        assert!(refused.contains(constraint), "{sql}: {refused}");
    }
}

#[test]
fn the_catalogue_is_searched_as_people_type() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let codes = |q: &str| -> Vec<Value> {
        let page = officer.get(&format!("/api/v1/stock/items?q={q}"), 200);
        page["items"].as_array().unwrap().iter().map(|item| item["code"].clone()).collect()
    };
    assert_eq!(
        (codes("gao"), codes("RICE"), codes("b%C3%B2%20gi%E1%BB%91ng")),
        (vec![json!("RICE")], vec![json!("RICE")], vec![json!("BREEDING_COW")])
    );
    assert_eq!(all(&officer, "/api/v1/stock/items", 10).len(), app.database.number("SELECT count(*) FROM item") as usize);
}
