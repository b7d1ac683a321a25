//! A gift that was booked for the wrong appeal: one request, one approval, reversed and booked anew.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::harness::TestApp;
use crate::kit::{gift, goods, person, reached};
use crate::stock::{agrees, lots};

fn ask(instead: Value) -> Value {
    json!({"id": Uuid::now_v7(), "reason": "WRONG_APPEAL", "instead": instead})
}

#[test]
fn a_wrong_appeal_is_put_right_in_one_moment() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let giver = reached(person("Trần Thị Bưởi"), "0912345678");
    let wrong = gift(&app).of(700_000).by(giver).shown("FULL_NAME").with("wish", "cho vùng lũ").book(&officer);
    let (request, new) =
        (ask(json!({"id": Uuid::now_v7(), "appeal": "LULUT"})), |request: &Value| request["instead"]["id"].clone());
    let path = format!("{}/reversal", wrong.path());
    let asked = officer.post(&path, request.clone(), 201);
    assert_eq!(asked["instead"], request["instead"]);
    officer.post(&path, request.clone(), 200);
    let approval = format!("/api/v1/reversals/{}/approval", request["id"].as_str().unwrap());
    chair.post(&approval, Value::Null, 200);
    let booked = officer.get(&format!("/api/v1/gifts/{}", new(&request).as_str().unwrap()), 200);
    assert_eq!(
        (&booked["appeal"], &booked["amount_vnd"], &booked["fund"]),
        (&json!("LULUT"), &json!(700_000), &json!("APPEAL:LULUT"))
    );
    assert_eq!((&booked["giver"]["name"], &booked["particulars"]["wish"]), (&json!("Trần Thị Bưởi"), &json!("cho vùng lũ")));
    assert_ne!(booked["code"], json!(wrong.code));
    let totals = app.anonymous().get("/api/v1/public/totals", 200);
    assert_eq!((&totals["received_vnd"], &totals["gift_count"]), (&json!(700_000), &json!(1)));
    chair.post(&approval, Value::Null, 200);
    audit(&app);
}

#[test]
fn goods_stay_where_they_lie_and_are_good_as_long() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let store = json!({"id": Uuid::now_v7(), "chapter": "23095", "name": "Kho xã Hàm Liêm"});
    officer.post("/api/v1/stock/stores", store.clone(), 201);
    // Two lines that differ by nothing but their quantity, and one more.
    let lines =
        [goods("RICE", "100.5", "KG", 1_500_001), goods("RICE", "2", "KG", 30_000), goods("BLANKET", "10", "PIECE", 2_000_000)];
    let wrong = gift(&app).goods(lines).book(&officer);
    let places: Vec<Value> =
        ["2027-01-31", "2027-06-30"].into_iter().map(|day| json!({"expires_on": day, "store": store["id"]})).collect();
    for (lot, place) in lots(&officer, "RICE").iter().zip(&places) {
        officer.post(&format!("/api/v1/stock/lots/{}/placement", lot["id"].as_str().unwrap()), place.clone(), 200);
    }
    let told = |item: &str| {
        let mut told: Vec<String> = (lots(&officer, item).iter().filter(|lot| lot["quantity"] != "0"))
            .map(|lot| format!("{} {} {}", lot["quantity"], lot["expires_on"], lot["store"]))
            .collect();
        told.sort();
        told
    };
    let before = (told("RICE"), told("BLANKET"));
    let request = ask(json!({"id": Uuid::now_v7(), "appeal": "LULUT"}));
    officer.post(&format!("{}/reversal", wrong.path()), request.clone(), 201);
    chair.post(&format!("/api/v1/reversals/{}/approval", request["id"].as_str().unwrap()), Value::Null, 200);
    assert_eq!((told("RICE"), told("BLANKET")), before);
    let funds = app.database.number(
        "SELECT count(*) FROM stock_lot l JOIN fund f ON f.id = l.fund_id WHERE f.code = 'APPEAL:LULUT' AND l.quantity_milli > 0",
    );
    assert_eq!(funds, 3);
    agrees(&app);
}

/// There and back between two funds, while others give to both: everybody waits for a moment, and nobody for ever.
#[test]
fn gifts_booked_anew_in_both_directions_do_not_wait_for_each_other_in_a_circle() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let batch = |n: usize| {
        let of = |n: usize| {
            gift(&app).of(1_000 + n as i64).with("appeal", if n.is_multiple_of(2) { json!("LULUT") } else { Value::Null }).body()
        };
        json!({"gifts": (0..n).map(of).collect::<Vec<_>>()}).to_string().into_bytes()
    };
    for _ in 0..3 {
        let approvals: Vec<String> = (0..6)
            .map(|n| {
                let (from, to) = if n % 2 == 0 { (json!("LULUT"), Value::Null) } else { (Value::Null, json!("LULUT")) };
                let wrong = gift(&app).with("appeal", from).book(&officer);
                let request = ask(json!({"id": Uuid::now_v7(), "appeal": to}));
                officer.post(&format!("{}/reversal", wrong.path()), request.clone(), 201);
                format!("/api/v1/reversals/{}/approval", request["id"].as_str().unwrap())
            })
            .collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let (officer, chair) = (&officer, &chair);
            let batches = (0..3).map(|_| batch(20)).map(|bytes| ("/api/v1/gifts/batch".to_owned(), officer, bytes));
            let all = approvals.iter().map(|path| (path.clone(), chair, b"null".to_vec())).chain(batches);
            let threads: Vec<_> =
                all.map(|(path, caller, bytes)| scope.spawn(move || caller.send("POST", &path, Some(bytes)).status)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    }
    audit(&app);
}

#[test]
fn what_makes_no_sense_is_refused_when_it_is_asked_for() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let wrong = gift(&app).book(&officer);
    let path = format!("{}/reversal", wrong.path());
    let answer = officer.post(&path, ask(json!({"id": Uuid::now_v7(), "appeal": "NONE"})), 422);
    assert_eq!(errors(&answer), [("/instead/appeal".to_owned(), "NO_SUCH_APPEAL".to_owned())]);
    let mut other = ask(json!({"id": Uuid::now_v7()}));
    other["reason"] = json!("DUPLICATE");
    let answer = officer.post(&path, other, 422);
    assert_eq!(errors(&answer), [("/instead".to_owned(), "NOT_NEEDED".to_owned())]);
    let taken = officer.post(&path, ask(json!({"id": Uuid::nil()})), 422);
    assert_eq!(errors(&taken), [("/instead/id".to_owned(), "NOT_UNIQUE".to_owned())]);
}
