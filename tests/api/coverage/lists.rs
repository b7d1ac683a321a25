//! The operations on spreadsheets: lists of gifts, and a chapter's book.

use serde_json::{Value, json};

use super::{Call, call};
use crate::harness::TestApp;

pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let list = |sum: u32| format!("Ngày nhận,Số tiền\n20/11/2026,{sum}\n");
    let path = "/api/v1/chapters/23095/gift-imports".to_owned();
    let kept = officer.with("content-type", "text/csv").send("POST", &path, Some(list(20_000).into_bytes())).json();
    let import = |rest: &str| format!("/api/v1/gift-imports/{}{rest}", kept["import"]["id"].as_str().unwrap());
    vec![
        // Everybody who is logged in.
        call("GET /api/v1/gift-imports/template.xlsx", "/api/v1/gift-imports/template.xlsx".to_owned(), None, 200, 200, 200),
        call("POST /api/v1/chapters/{code}/gift-imports", path, Some(Value::String(list(30_000))), 404, 403, 201),
        call("GET /api/v1/gift-imports/{id}", import(""), None, 404, 200, 200),
        call("POST /api/v1/gift-imports/{id}/acceptance", import("/acceptance"), Some(json!({})), 404, 403, 202),
        call("GET /api/v1/chapters/{code}/ledger.xlsx", "/api/v1/chapters/23095/ledger.xlsx".to_owned(), None, 404, 200, 200),
    ]
}
