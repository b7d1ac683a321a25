//! The operations on work behind the requests, and on what has changed.

use serde_json::Value;
use uuid::Uuid;

use super::{Call, call};
use crate::harness::TestApp;

pub fn calls(app: &TestApp) -> Vec<Call> {
    let job = Uuid::now_v7();
    app.database.execute(&format!(
        "INSERT INTO job (id, kind, chapter_id, content, state, enqueued_at, due_at, attempts, done, errors, trouble, ended_at)
         SELECT '{job}', 'TRIED_IN_VAIN', id, '{{}}', 'DEAD', now(), now(), 3, 0, 0, 'SERVER_AWAY', now() FROM chapter WHERE code = '23095'"
    ));
    let message = Uuid::now_v7();
    app.database.execute(&format!(
        "INSERT INTO message (id, chapter_id, channel, purpose, state, address_hash, made_at, ended_at)
         SELECT '{message}', id, 'MAIL', 'RECEIPT', 'DONE_BY_HAND', '', now(), now() FROM chapter WHERE code = '23095'"
    ));
    vec![
        call("GET /api/v1/changes", "/api/v1/changes?chapter=23095".to_owned(), None, 404, 200, 200),
        call("GET /api/v1/jobs", "/api/v1/jobs?chapter=23095".to_owned(), None, 404, 403, 200),
        call("GET /api/v1/jobs/{id}", format!("/api/v1/jobs/{job}"), None, 404, 200, 200),
        call("GET /api/v1/messages", "/api/v1/messages?chapter=23095".to_owned(), None, 404, 403, 200),
        call("POST /api/v1/messages/{id}/done", format!("/api/v1/messages/{message}/done"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/jobs/{id}/retry", format!("/api/v1/jobs/{job}/retry"), Some(Value::Null), 404, 403, 200),
    ]
}
