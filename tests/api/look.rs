//! What these tests share: raw requests, whole lists, and a look through every table.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Caller, Database, TestApp};

/// An answer to bytes that no well-behaved client would send.
pub struct Raw {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Sends bytes as they are on a connection of their own, with `Connection: close`.
pub fn raw(app: &TestApp, start: &str, headers: &str, body: &[u8]) -> Raw {
    let mut stream = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(format!("{start}\r\nHost: x\r\nConnection: close\r\n{headers}\r\n").as_bytes());
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Raw { status, head: head.to_owned(), body: body.to_owned() }
}

/// Percent-encodes everything but letters and digits.
pub fn escaped(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}

/// All rows of a list, page by page.
pub fn all(caller: &Caller<'_>, path: &str, limit: u32) -> Vec<Value> {
    let sep = if path.contains('?') { '&' } else { '?' };
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = caller.get(&format!("{path}{sep}limit={limit}{cursor}"), 200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit as usize);
        rows.extend(items.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
        assert!(rows.len() < 100_000, "the pages never end");
    }
}

/// The codes of rows, in order.
pub fn codes(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect()
}

/// Public entries that a query finds.
pub fn entries(app: &TestApp, query: &str) -> Vec<Value> {
    all(&app.anonymous(), &format!("/api/v1/public/entries?{query}"), 200)
}

/// Records gifts of Hàm Liêm in batches; every one must be booked.
pub fn book(officer: &Caller<'_>, gifts: &[Value]) {
    for some in gifts.chunks(500) {
        let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": some}), 200);
        assert_eq!(answer["booked"], some.len(), "{answer}");
    }
}

/// Reverses a gift with a second person; returns the reversal's public code.
pub fn reverse(app: &TestApp, gift: &str, note: &str) -> String {
    let id = Uuid::now_v7();
    let ask = json!({"id": id, "reason": "DUPLICATE", "note": note});
    app.officer_of("23095").post(&format!("/api/v1/gifts/{gift}/reversal"), ask, 201);
    let done = app.accountant_of("23095").post(&format!("/api/v1/reversals/{id}/approval"), Value::Null, 200);
    done["code"].as_str().unwrap().to_owned()
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    rows: String,
}

/// Every table's rows as one text each: bytes are in it as hexadecimal.
pub struct Dump(Vec<Named>);

impl Dump {
    pub fn of(database: &Database) -> Self {
        let mut conn = database.connect();
        let tables: Vec<Named> = diesel::sql_query(
            "SELECT relname::text AS name, '' AS rows FROM pg_class
             WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1",
        )
        .load(&mut conn)
        .unwrap();
        assert!(tables.len() > 15, "the schema has more tables than that");
        let read = |table: &Named| {
            let sql = format!("SELECT '{0}' AS name, coalesce(string_agg(t::text, ' '), '') AS rows FROM \"{0}\" t", table.name);
            let mut read: Named = diesel::sql_query(sql).get_result(&mut conn).unwrap();
            read.rows = read.rows.to_lowercase();
            read
        };
        Self(tables.iter().map(read).collect())
    }

    /// The tables in which a text occurs: in any column, as text, as JSON or as the bytes of a `bytea`.
    pub fn tables_with(&self, needle: &str) -> Vec<&str> {
        let hex: String = needle.bytes().map(|b| format!("{b:02x}")).collect();
        let forms = [needle.to_lowercase(), needle.replace('"', "\"\"").to_lowercase(), hex];
        self.0
            .iter()
            .filter(|table| forms.iter().any(|form| table.rows.contains(form)))
            .map(|table| table.name.as_str())
            .collect()
    }
}
