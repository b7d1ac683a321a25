//! Duties to publish as lists: who sees what is late, page by page; rules that change; duties that come again.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::books;
use crate::harness::{Caller, TestApp};
use crate::kit::appeal;
use crate::look::all;
use crate::publications::{Desk, ask, leaf, set_clock};

#[test]
fn inspectors_see_what_is_late_below_them_page_by_page() {
    let app = TestApp::start();
    for (chapter, code) in [("68", "TINH"), ("23095", "HAMLIEM"), ("23059", "HAMTHUAN"), ("01", "HANOI"), ("TW", "TRUNGUONG")] {
        Desk::open(&app, chapter, code, "DECREE_93_2021", "2026-12-02");
    }
    let kept = Desk::open(&app, "23095", "XONG", "RED_CROSS_LAW", "2026-12-02");
    kept.publish("OPENING_DOCUMENT", &kept.paper(100));
    appeal(&app, "68", "NHAP").with("receive_from", "2026-11-01").with("receive_until", "2026-12-02").draft(&app.chair_of("68"));
    let list = |caller: &Caller<'_>, query: &str, limit| -> Vec<(String, String)> {
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let rows = all(caller, &format!("/api/v1/publication-duties?chapter={query}"), limit);
        rows.iter().map(|row| (text(row, "appeal"), text(row, "event"))).collect()
    };
    let (inspector, officer) = (app.account(Role::Inspector, "68"), app.account(Role::Officer, "23095"));
    assert_eq!(list(&app.log_in(inspector), "68&state=OVERDUE", 50), []);
    assert_eq!(list(&app.log_in(inspector), "68", 200).len(), 22);
    set_clock(&app, "2027-01-05T03:00:00Z");
    let late = |code: &str| -> Vec<(String, String)> {
        // Terms of receiving are advice, and when support was handed out nobody typed yet.
        let all = ["OPENING_DOCUMENT", "RESULTS_RECEIVED"];
        all.map(|event| (code.to_owned(), event.to_owned())).to_vec()
    };
    let of_kept = ("XONG".to_owned(), "RESULTS_RECEIVED".to_owned());
    let below: Vec<_> = [late("HAMLIEM"), late("HAMTHUAN"), late("TINH"), vec![of_kept.clone()]].concat();
    for limit in [1, 3, 200] {
        assert_eq!(list(&app.log_in(inspector), "68&state=OVERDUE", limit), below, "{limit}");
    }
    assert_eq!(list(&app.log_in(officer), "23095&state=OVERDUE", 50), [late("HAMLIEM"), vec![of_kept]].concat());
    assert_eq!(list(&app.log_in(officer), "23095&state=PUBLISHED", 50), [("XONG".to_owned(), "OPENING_DOCUMENT".to_owned())]);
    assert_eq!(list(&app.staff(Role::CentralAdministrator, "TW"), "TW&state=OVERDUE", 50).len(), 11);
    let row = &app.log_in(inspector).get("/api/v1/publication-duties?chapter=68&state=OVERDUE", 200)["items"][0];
    assert_eq!(
        (&row["chapter"], &row["title"], &row["due_on"], &row["days_late"]),
        (&json!("23095"), &json!("Đợt HAMLIEM"), &json!("2026-11-23"), &json!(43))
    );
    for (caller, chapter, status) in [
        (app.log_in(officer), "68", 404),
        (app.log_in(officer), "23059", 404),
        (app.log_in(inspector), "TW", 404),
        (app.log_in(inspector), "khong", 404),
        (app.anonymous(), "68", 401),
    ] {
        caller.get(&format!("/api/v1/publication-duties?chapter={chapter}"), status);
    }
    for wrong in ["?chapter=68&state=LATE", "?chapter=68&limit=0", "", "?chapter=68&limit=201"] {
        app.log_in(inspector).get(&format!("/api/v1/publication-duties{wrong}"), 422);
    }
    let next =
        app.log_in(inspector).get("/api/v1/publication-duties?chapter=68&limit=1", 200)["next"].as_str().unwrap().to_owned();
    app.log_in(inspector).get(&format!("/api/v1/publication-duties?chapter=23095&limit=1&cursor={next}"), 400);
}

/// More appeals than one step of the walk, hardly any of them late.
#[test]
fn a_long_walk_finds_the_last_one() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "ZZ", "RED_CROSS_LAW", "2026-12-02");
    let copies = "FROM generate_series(1, 1200) n";
    app.database.execute(&format!(
        "WITH f AS (INSERT INTO fund (code, restriction, appeal) SELECT r || ':A' || n, r, 'A' || n {copies}, unnest(ARRAY['APPEAL', 'QUARANTINE']) r RETURNING id, restriction, appeal),
         a AS (INSERT INTO appeal (id, code, chapter_id, regime, state, version, fund_id, quarantine_fund_id, created_at, created_by)
               SELECT gen_random_uuid(), 'A' || n, o.chapter_id, 'RED_CROSS_LAW', 'OPEN', 1, (SELECT id FROM f WHERE appeal = 'A' || n AND restriction = 'APPEAL'),
                      (SELECT id FROM f WHERE appeal = 'A' || n AND restriction = 'QUARANTINE'), o.created_at, o.created_by FROM appeal o, generate_series(1, 1200) n WHERE o.code = 'ZZ' RETURNING id, created_at, created_by)
         INSERT INTO appeal_version (appeal_id, version, title, purpose, receive_from, receive_until, state, recorded_at, recorded_by)
         SELECT id, 1, 'x', 'x', '2026-11-01', '2028-12-02', 'OPEN', '2099-01-01', created_by FROM a"
    ));
    set_clock(&app, "2026-12-01T03:00:00Z");
    let found = all(&desk.chair(), "/api/v1/publication-duties?chapter=23095&state=OVERDUE", 200);
    assert_eq!(found.iter().map(|row| row["appeal"].as_str().unwrap()).collect::<Vec<_>>(), ["ZZ"]);
    let first = desk.chair().get("/api/v1/publication-duties?chapter=23095&state=OVERDUE", 200);
    assert!(first["items"] == json!([]) && first["next"].is_string(), "a request looks at no more than it may: {first}");
}

#[test]
fn rules_are_data_and_some_duties_come_again() {
    let app = TestApp::start();
    let fund = Desk::open(&app, "68", "QUY", "DECREE_03_2026", "2027-12-31");
    let duty = fund.duty("ANNUAL_ACCOUNTS");
    assert_eq!((&duty["period"], &duty["due_on"], &duty["mark"]), (&json!("2026-12-31"), &json!("2027-03-30"), &json!("S")));
    app.database.execute(
        "INSERT INTO publication_rule (regime, event, valid_from, counts_from, every_days, amount, unit, early, keep_days, mark, source)
         VALUES ('DECREE_03_2026', 'INTERIM_RESULTS', '2026-01-01', 'EVERY', 30, 5, 'WORKING_DAY', false, 30, 'REC', 'x')",
    );
    set_clock(&app, "2027-01-04T03:00:00Z");
    let interim: Vec<(Value, Value)> = fund
        .duties()
        .iter()
        .filter(|duty| duty["event"] == "INTERIM_RESULTS")
        .map(|duty| (duty["period"].clone(), duty["state"].clone()))
        .collect();
    assert_eq!(interim, [(json!("2026-12-22"), json!("OVERDUE")), (json!("2027-01-21"), json!("DUE"))]);
    let paper = fund.paper(100);
    let of = |event: &str, period: Value| {
        let mut body = ask(event, &paper);
        body["period"] = period;
        body
    };
    fund.chair().post(&fund.path(), of("INTERIM_RESULTS", Value::Null), 422);
    fund.chair().post(&fund.path(), of("INTERIM_RESULTS", json!("2027-01-21")), 409);
    fund.chair().post(&fund.path(), of("INTERIM_RESULTS", json!("2026-12-22")), 201);
    let made = fund.chair().post(&fund.path(), of("ANNUAL_ACCOUNTS", json!("2026-12-31")), 201);
    assert_eq!(leaf(&app, &made["code"])["period"], "2026-12-31");
    let annual: Vec<Value> =
        fund.duties().iter().filter(|duty| duty["event"] == "ANNUAL_ACCOUNTS").map(|duty| duty["state"].clone()).collect();
    assert_eq!(annual, ["PUBLISHED", "DUE"]);
    // A rule that ends before what it counts from asks for nothing.
    app.database.execute("UPDATE publication_rule SET valid_to = '2026-06-01' WHERE event = 'OPENING_DOCUMENT'");
    assert!(fund.duties().iter().all(|duty| duty["event"] != "OPENING_DOCUMENT"));
    books::audit(&app);
}
