//! The operations on gifts that wait for a second person, and the inbox of all that waits for one.

use serde_json::Value;

use super::{Call, call};
use crate::harness::{Caller, TestApp};

pub fn calls(app: &TestApp, officer: &Caller<'_>) -> Vec<Call> {
    let asked: Vec<String> = (0..3).map(|_| crate::unusual::ask(app, officer)).collect();
    let path = |n: usize, rest: &str| format!("/api/v1/asked-gifts/{}{rest}", asked[n]);
    let nothing = || Some(Value::Null);
    vec![
        call("GET /api/v1/decisions", "/api/v1/decisions?chapter=23095".to_owned(), None, 404, 200, 200),
        call("GET /api/v1/asked-gifts", "/api/v1/asked-gifts?chapter=23095".to_owned(), None, 404, 200, 200),
        call("GET /api/v1/asked-gifts/{id}", path(0, ""), None, 404, 200, 200),
        call("GET /api/v1/asked-gifts/{id}/paper.html", path(0, "/paper.html"), None, 404, 200, 200),
        call("GET /api/v1/asked-gifts/{id}/paper.pdf", path(0, "/paper.pdf"), None, 404, 200, 200),
        call("POST /api/v1/asked-gifts/{id}/approval", path(0, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/asked-gifts/{id}/refusal", path(1, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/asked-gifts/{id}/withdrawal", path(2, "/withdrawal"), nothing(), 404, 403, 200),
    ]
}
