//! What comes when the month of its day is closed: it is booked, and everybody is told in which month it counts.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::look::entries;
use crate::periods::{close, settle};
use crate::portal::{browser, page};
use crate::publications::set_clock;

fn give(app: &TestApp, change: Value) -> String {
    app.officer_of("23095").post("/api/v1/gifts", app.gift(change), 201)["code"].as_str().unwrap().to_owned()
}

fn public(app: &TestApp, code: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200)
}

const TAG: &str = "ghi sau khi khóa sổ; tính vào tháng 12/2026";

#[test]
fn a_gift_that_came_after_the_closing_says_so_wherever_it_is_shown() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let in_time = give(&app, json!({"appeal": "LULUT"}));
    set_clock(&app, "2026-12-01T03:00:00Z");
    // Booked in December, but before November was closed.
    let just_in_time = give(&app, json!({"appeal": "LULUT", "received_on": "2026-11-30"}));
    settle(&app);
    for path in ["/", "/keu-goi/LULUT", "/don-vi/23095", "/tim"] {
        assert!(!page(&app, path).contains("ghi sau khi khóa sổ"), "{path}");
    }
    close(&app, "23095", "2026-11");
    set_clock(&app, "2026-12-02T03:00:00Z");
    let late = give(&app, json!({"appeal": "LULUT", "received_on": "2026-11-30", "amount_vnd": 40_000}));
    let older = give(&app, json!({"appeal": "LULUT", "received_on": "2026-10-15", "amount_vnd": 50_000}));
    let of_december = give(&app, json!({"appeal": "LULUT"}));
    assert_eq!(public(&app, &late)["counts_in"], "2026-12", "also before it has its place in the log");
    app.wait_for_index();

    let said = |code: &str| public(&app, code).get("counts_in").cloned();
    let december = Some(json!("2026-12"));
    assert_eq!([&late, &older].map(|code| said(code)), [december.clone(), december]);
    assert_eq!([&in_time, &just_in_time, &of_december].map(|code| said(code)), [None, None, None]);
    for query in ["", "appeal=LULUT", "chapter=23095", "chapter=68&channel=CASH", "q=ham+liem"] {
        let listed = entries(&app, query);
        let mut late_ones: Vec<&str> =
            listed.iter().filter(|entry| entry["counts_in"] == "2026-12").map(|entry| entry["code"].as_str().unwrap()).collect();
        let mut expected = [late.as_str(), older.as_str()];
        late_ones.sort_unstable();
        expected.sort_unstable();
        assert_eq!(late_ones, expected, "{query}");
        assert_eq!(listed.iter().filter(|entry| entry.get("counts_in").is_some()).count(), 2, "{query}");
    }

    for path in ["/", "/keu-goi/LULUT", "/don-vi/23095", "/tim", "/tim?amount=40.000"] {
        let marks = if path.contains("amount") { 1 } else { 2 };
        assert_eq!(page(&app, path).matches(TAG).count(), marks, "{path}");
    }
    let html = page(&app, &format!("/g/{late}"));
    assert!(html.contains("Ghi sau khi khóa sổ, tính vào tháng 12/2026.") && html.contains("30/11/2026"), "{html}");
    assert!(!page(&app, &format!("/g/{just_in_time}")).contains("Ghi sau khi khóa sổ"));
    let english = browser(&app, "en").send("GET", &format!("/g/{late}"), None).text;
    assert!(english.contains("Booked after the month was closed, counts in Dec 2026."), "{english}");
    assert!(browser(&app, "en").send("GET", "/tim", None).text.contains("booked after closing; counts in Dec 2026"));

    // It stays what it is when December is closed in its turn.
    set_clock(&app, "2027-01-04T03:00:00Z");
    close(&app, "23095", "2026-12");
    assert_eq!(public(&app, &late)["counts_in"], "2026-12");
    assert_eq!(said(&of_december), None);
    let of_next = give(&app, json!({"received_on": "2026-12-31"}));
    assert_eq!(public(&app, &of_next)["counts_in"], "2027-01");
}

#[test]
fn the_file_of_an_appeal_has_the_month_in_its_last_column() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    give(&app, json!({"appeal": "LULUT"}));
    set_clock(&app, "2026-12-01T03:00:00Z");
    close(&app, "23095", "2026-11");
    set_clock(&app, "2026-12-02T03:00:00Z");
    give(&app, json!({"appeal": "LULUT", "received_on": "2026-11-30"}));
    settle(&app);
    let file = |form: &str| app.anonymous().get_text(&format!("/api/v1/public/appeals/LULUT/ledger.csv?form={form}"), 200);
    let last = |text: &str| text.lines().map(|line| line.rsplit(',').next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(last(&file("DATA")), ["\"counts_in\"", "", "2026-12"]);
    assert_eq!(last(&file("SPREADSHEET"))[1..], ["", "tháng 12/2026"]);
    let schema = app.anonymous().get("/api/v1/public/ledger.schema.json", 200);
    let column = schema["fields"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&column["name"], &column["type"]), (&json!("counts_in"), &json!("string")));
}
