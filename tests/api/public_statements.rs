//! What was stated in public, word for word.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::books::audit;
use crate::coverage::Call;
use crate::harness::TestApp;
use crate::papers::sha256;
use crate::periods::close;
use crate::publications::{leaf, set_clock};

/// September and October of Hàm Liêm, closed. Returns their statements.
fn two_months(app: &TestApp) -> [String; 2] {
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({"received_on": "2026-09-30"})), 201);
    ["2026-09", "2026-10"].map(|month| close(app, "23095", month)["closed"]["statement"].as_str().unwrap().to_owned())
}

#[test]
fn the_bytes_are_those_of_the_leaf_for_ever() {
    let mut app = TestApp::start();
    let [september, october] = two_months(&app);
    let path = format!("/api/v1/public/statements/{september}");
    let answer = app.anonymous().send("GET", &path, None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let leaf = leaf(&app, &json!(september));
    let doc = leaf["doc"].as_str().unwrap();
    let hash: Vec<u8> = URL_SAFE_NO_PAD.decode(doc).unwrap();
    let hexadecimal: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hexadecimal, sha256(answer.text.as_bytes()));
    // No more and no less than this is said for ever.
    let commitment = leaf["pd"].clone();
    assert_eq!(
        leaf,
        json!({"v": 1, "kind": "STATEMENT", "event": "PERIOD_CLOSE", "entry": september, "chapter": "23095", "province": "68",
            "day": "2026-09-30", "booked": "2026-11-22", "postings": [], "doc": doc, "pd": commitment})
    );
    // The text is in the form of RFC 8785: written again, it is the same.
    let again = serde_json_canonicalizer::to_string(&answer.json()).unwrap();
    assert_eq!(again, answer.text);
    let known = app.anonymous().with("if-none-match", answer.header("etag").unwrap()).send("GET", &path, None);
    assert_eq!((known.status, known.text.as_str()), (304, ""));

    // Another server, later, says the same.
    set_clock(&app, "2027-01-05T03:00:00Z");
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({"received_on": "2026-09-29"})), 201);
    let text = answer.text;
    let sister = app.sister_without_index();
    assert_eq!(sister.anonymous().get_text(&path, 200), text);
    app.stop();
    assert_eq!(sister.anonymous().get_text(&path, 200), text);
    for missing in ["7ZC4K0M9T2R8VQ3BV", "x", "%00"] {
        let status = sister.anonymous().send("GET", &format!("/api/v1/public/statements/{missing}"), None).status;
        assert!([400, 404].contains(&status), "{missing}: {status}");
    }
    assert_ne!(september, october);
    audit(&sister);
}

#[test]
fn statements_are_listed_the_newest_first() {
    let app = TestApp::start();
    let [september, october] = two_months(&app);
    app.wait_for_log();
    let list = |query: &str| -> Vec<Value> {
        let page = app.anonymous().get(&format!("/api/v1/public/statements{query}"), 200);
        page["items"].as_array().unwrap().clone()
    };
    let codes = |query: &str| -> Vec<String> { list(query).iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect() };
    assert_eq!(codes(""), [october.clone(), september.clone()]);
    assert_eq!(codes("?chapter=23095&event=PERIOD_CLOSE"), codes(""));
    assert_eq!(codes("?chapter=68"), [""; 0]);
    assert_eq!(codes("?appeal=LULUT"), [""; 0]);
    assert_eq!(codes("?event=SETTLEMENT_REPORT"), [""; 0]);
    let page = app.anonymous().get("/api/v1/public/statements?limit=1", 200);
    assert_eq!(page["items"][0]["code"], json!(october));
    let next = page["next"].as_str().unwrap();
    let page = app.anonymous().get(&format!("/api/v1/public/statements?limit=1&cursor={next}"), 200);
    assert_eq!((&page["items"][0]["code"], &page["next"]), (&json!(september), &Value::Null));
    let row = list("").remove(1);
    assert_eq!(
        (&row["chapter"], &row["day"], &row["stated_on"], &row["name"], &row["name_en"]),
        (&json!("23095"), &json!("2026-09-30"), &json!("2026-11-22"), &json!("Khóa sổ tháng"), &json!("Month closed"))
    );
    assert_eq!(row["href"], format!("/api/v1/public/statements/{september}"));
    assert_eq!((&row["replaces"], &row["replaced_by"]), (&Value::Null, &Value::Null));
    let page = crate::portal::page(&app, &format!("/g/{september}"));
    assert!(
        page.contains(&format!("href=\"/api/v1/public/statements/{september}\"")) && page.contains("Khóa sổ tháng"),
        "{page}"
    );
    for (query, status) in [("?event=GIFT", 422), ("?limit=0", 422), ("?chapter=KHONG", 404), ("?year=2026", 422)] {
        app.anonymous().get(&format!("/api/v1/public/statements{query}"), status);
    }
}

/// The audit finds a text that is not the one that was stated, and a leaf that stands for nothing.
#[test]
fn other_words_are_found() {
    let app = TestApp::start();
    let [september, _] = two_months(&app);
    audit(&app);
    app.database.execute(&format!(
        "ALTER TABLE statement DISABLE TRIGGER ALL; ALTER TABLE statement DROP CONSTRAINT statement_sha256_fits;
         UPDATE statement SET body = convert_to(replace(convert_from(body, 'UTF8'), '500000', '600000'), 'UTF8') WHERE code = '{september}';
         ALTER TABLE statement ENABLE TRIGGER ALL"
    ));
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    let found: Vec<(&str, &str)> = report
        .findings
        .iter()
        .map(|finding| (finding.check, finding.subject.as_str()))
        .filter(|(check, _)| *check == "statement")
        .collect();
    assert_eq!(found, [("statement", september.as_str()), ("statement", september.as_str())], "{}", report.text());
}

/// Everything here is for everybody: see `coverage/open.rs`.
pub fn calls(_: &TestApp) -> Vec<Call> {
    Vec::new()
}
