//! The operations on chapters and on their old books, for the table above.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Call, call};
use crate::harness::{Caller, TestApp};

/// A school chapter of Hàm Liêm.
pub fn school(name: &str) -> Value {
    json!({"id": Uuid::now_v7(), "parent": "23095", "level": "GRASSROOTS", "kind": "SCHOOL", "name": name, "decision_no": "1/QĐ"})
}

/// What Hàm Liêm's old books said of one account.
pub fn opening(account: &str) -> Value {
    json!({"id": Uuid::now_v7(), "chapter": "23095", "as_of": "2025-12-31", "document_no": "1/BB",
        "lines": [{"fund": "OPERATING", "account": account, "amount_vnd": 1_000}]})
}

/// Makes what these operations work on, at Hàm Liêm, and lists them.
pub fn calls(app: &TestApp, officer: &Caller<'_>) -> Vec<Call> {
    app.chair_of("23095").post("/api/v1/chapters", school("Trường Một"), 201);
    let rename = json!({"id": Uuid::now_v7(), "kind": "RENAME", "name": "Trường Ba", "decision_no": "2/QĐ"});
    // Old books: two that wait, one approved, two whose reversal waits.
    let old_books: Vec<String> = ["BANK", "CASH_ON_HAND", "PAYABLE", "GOODS_IN_STOCK", "RECEIVABLE_OTHER"]
        .iter()
        .enumerate()
        .map(|(n, account)| {
            let ask = opening(account);
            let path = format!("/opening-balances/{}", ask["id"].as_str().unwrap());
            officer.post("/api/v1/opening-balances", ask, 201);
            if n >= 2 {
                app.chair_of("23095").post(&format!("/api/v1{path}/approval"), json!(null), 200);
            }
            if n >= 3 {
                officer.post(&format!("/api/v1{path}/reversal"), json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 201);
            }
            path
        })
        .collect();
    let old_books = |n: usize, rest: &str| format!("{}{rest}", old_books[n]);
    let v1 = |rest: &str| format!("/api/v1{rest}");
    let nothing = || Some(json!(null));
    vec![
        call("POST /api/v1/chapters", v1("/chapters"), Some(school("Trường Hai")), 404, 403, 201),
        call("GET /api/v1/chapters/{code}", v1("/chapters/23095"), None, 404, 200, 200),
        call(
            "PATCH /api/v1/chapters/{code}",
            v1("/chapters/23095"),
            Some(json!({"contact": {"phone": "02523865123"}})),
            404,
            403,
            200,
        ),
        call("GET /api/v1/chapters/{code}/versions", v1("/chapters/23095/versions"), None, 404, 200, 200),
        // The school below Hàm Liêm: a chapter's own people do not decide on it.
        call("POST /api/v1/chapters/{code}/decisions", v1("/chapters/68-TH-0001/decisions"), Some(rename), 404, 403, 201),
        call("POST /api/v1/opening-balances", v1("/opening-balances"), Some(opening("ADVANCE")), 404, 403, 201),
        call("GET /api/v1/opening-balances", v1("/opening-balances?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/opening-balances/{id}", v1(&old_books(0, "")), None, 404, 200, 200),
        call("POST /api/v1/opening-balances/{id}/approval", v1(&old_books(0, "/approval")), nothing(), 404, 403, 200),
        call("POST /api/v1/opening-balances/{id}/refusal", v1(&old_books(1, "/refusal")), nothing(), 404, 403, 200),
        call(
            "POST /api/v1/opening-balances/{id}/reversal",
            v1(&old_books(2, "/reversal")),
            Some(json!({"id": Uuid::now_v7(), "reason": "OTHER"})),
            404,
            403,
            201,
        ),
        call(
            "POST /api/v1/opening-balances/{id}/reversal/approval",
            v1(&old_books(3, "/reversal/approval")),
            nothing(),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/opening-balances/{id}/reversal/refusal",
            v1(&old_books(4, "/reversal/refusal")),
            nothing(),
            404,
            403,
            200,
        ),
    ]
}
