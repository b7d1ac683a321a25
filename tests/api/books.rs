//! What the books hold, counted, and audited: the judge of every test about gifts.

use chrono::Duration;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use serde_json::Value;

use crate::harness::{Caller, TestApp};

/// Rows and sums that a refused gift must not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts(Vec<(&'static str, i64)>);

pub fn counts(app: &TestApp) -> Counts {
    let all = [
        ("gift", "SELECT count(*) FROM gift"),
        ("gift_line", "SELECT count(*) FROM gift_line"),
        ("party", "SELECT count(*) FROM party"),
        ("entry", "SELECT count(*) FROM entry"),
        ("posting", "SELECT count(*) FROM posting"),
        ("leaves", "SELECT (SELECT count(*) FROM log_pending) + (SELECT count(*) FROM log_leaf)"),
        ("pd_opening", "SELECT count(*) FROM pd_opening"),
        ("cash_receipt", "SELECT count(*) FROM cash_receipt"),
        ("numbers taken", "SELECT coalesce(sum(last_no), 0) FROM number_series"),
        ("public_entry", "SELECT count(*) FROM public_entry"),
        ("balances", "SELECT coalesce(sum(abs(amount_vnd)), 0) FROM balance"),
        ("received", "SELECT coalesce(sum(subtree_vnd + own_vnd), 0) FROM total_overall WHERE measure = 'RECEIVED'"),
        ("received by day", "SELECT coalesce(sum(subtree_vnd + own_vnd), 0) FROM total_by_day WHERE measure = 'RECEIVED'"),
        ("gifts received", "SELECT coalesce(sum(subtree_count + own_count), 0) FROM total_overall WHERE measure = 'RECEIVED'"),
    ];
    // One statement is one moment: the sequencer moves leaves meanwhile.
    let columns: Vec<String> = all.iter().map(|(_, sql)| format!("({sql})::bigint")).collect();
    let text = app.database.text(&format!("SELECT array_to_string(ARRAY[{}], ',')", columns.join(", ")));
    Counts(all.iter().map(|(name, _)| *name).zip(text.split(',').map(|n| n.parse().unwrap())).collect())
}

impl Counts {
    pub fn of(&self, name: &str) -> i64 {
        self.0.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("no count of {name}")).1
    }

    pub fn gifts(&self) -> i64 {
        self.of("gift")
    }
}

/// Everything stored beside the postings must be what the postings say: the product's own audit, with the keys.
#[track_caller]
pub fn audit(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
    let strangers = "SELECT count(*) FROM party p WHERE NOT EXISTS (SELECT FROM gift g WHERE g.party_id = p.id)";
    assert_eq!(app.database.number(strangers), 0, "parties that belong to no gift");
    // Only gifts recorded before there were receipts have none; in a test there are no such gifts.
    let without = "SELECT count(*) FROM gift g FULL JOIN cash_receipt r ON r.entry_id = g.entry_id
                   WHERE g.id IS NULL OR (r.entry_id IS NOT NULL) <> (g.channel = 'CASH' AND g.paper_no IS NULL)";
    assert_eq!(app.database.number(without), 0, "cash gifts without receipt, or receipts of other gifts");
}

/// (pointer, code) of every error of a problem, in order of pointers.
pub fn errors(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> = problem["errors"]
        .as_array()
        .map(|errors| errors.iter().map(|e| (text(&e["pointer"]), text(&e["code"]))).collect())
        .unwrap_or_default();
    all.sort();
    all
}

/// A problem without what differs from request to request.
pub fn anonymised(mut problem: Value) -> Value {
    problem["request_id"] = Value::Null;
    problem
}

/// Posts a gift that must be refused for exactly these reasons; afterwards the books are as before. Returns the problem.
#[track_caller]
pub fn refuses(app: &TestApp, caller: &Caller<'_>, gift: Value, status: u16, expected: &[(&str, &str)]) -> Value {
    let before = counts(app);
    let answer = caller.send("POST", "/api/v1/gifts", Some(gift.to_string().into_bytes()));
    assert_eq!(answer.status, status, "{gift} → {}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{gift}");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    let found = errors(&problem);
    let found: Vec<(&str, &str)> = found.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    assert_eq!(found, expected, "{gift}");
    assert_eq!(counts(app), before, "a refused gift left something behind: {gift}");
    problem
}

/// Posts a gift that must be booked, and exactly once; returns the answer.
#[track_caller]
pub fn books(app: &TestApp, caller: &Caller<'_>, gift: &Value) -> Value {
    let before = counts(app);
    let booked = caller.post("/api/v1/gifts", gift.clone(), 201);
    assert_eq!(booked["outcome"], "BOOKED");
    let after = counts(app);
    for what in ["gift", "entry", "leaves", "public_entry", "pd_opening"] {
        assert_eq!(after.of(what), before.of(what) + 1, "{what} of {gift}");
    }
    assert_eq!(after.of("posting"), before.of("posting") + 2);
    booked
}

/// Moves the clock and logs the account in anew: access tokens are short-lived.
pub fn later<'a>(app: &'a TestApp, account: crate::harness::Account, by: Duration) -> Caller<'a> {
    app.clock.advance(by);
    app.log_in(account)
}

/// A table held against writers until dropped, so that a test decides who meets whom.
pub struct Held(PgConnection);

pub fn hold(app: &TestApp, table: &str) -> Held {
    let mut conn = app.database.connect();
    conn.batch_execute(&format!("BEGIN; LOCK TABLE {table} IN SHARE MODE")).unwrap();
    Held(conn)
}

impl Held {
    /// Waits until `n` statements queue for the table, then lets them go.
    pub fn release_when_waiting(mut self, app: &TestApp, n: usize) {
        app.database.wait_until(&format!(
            "SELECT count(*) >= {n} FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ));
        self.0.batch_execute("COMMIT").unwrap();
    }
}
