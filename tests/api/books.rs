//! What the books hold, counted and recomputed in SQL: the judge of every test about gifts.

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
        ("received", "SELECT coalesce(sum(subtree_vnd + own_vnd), 0) FROM received_overall"),
        ("received by day", "SELECT coalesce(sum(subtree_vnd + own_vnd), 0) FROM received_by_day"),
        ("gifts received", "SELECT coalesce(sum(subtree_count + own_count), 0) FROM received_overall"),
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

/// What each gift and each chapter above it should have received, from the postings alone.
const GOT: &str = "WITH got AS (
    SELECT e.id, e.chapter_id, p.fund_id, e.channel, e.day, -sum(p.amount) AS vnd, CASE WHEN e.kind = 'REVERSAL' THEN -1 ELSE 1 END AS n
    FROM entry e JOIN posting p ON p.entry_id = e.id WHERE p.account LIKE 'DONATION%' GROUP BY e.id, p.fund_id)";

fn want(day: &str) -> String {
    format!(
        "SELECT a.ancestor_id AS scope_id, fund_id, channel {day}, sum(vnd) AS subtree_vnd, sum(n) AS subtree_count,
                coalesce(sum(vnd) FILTER (WHERE a.depth = 0), 0) AS own_vnd, coalesce(sum(n) FILTER (WHERE a.depth = 0), 0) AS own_count
         FROM got JOIN chapter_ancestor a ON a.chapter_id = got.chapter_id GROUP BY 1, 2, 3 {day}"
    )
}

fn differing(stored: &str, day: &str) -> String {
    format!(
        "{GOT}, want AS ({}) SELECT count(*) FROM want w FULL JOIN {stored} t USING (scope_id, fund_id, channel {day})
         WHERE (w.subtree_vnd, w.subtree_count, w.own_vnd, w.own_count) IS DISTINCT FROM (t.subtree_vnd, t.subtree_count, t.own_vnd, t.own_count)",
        want(day)
    )
}

/// Everything stored beside the postings must be what the postings say.
pub fn audit(app: &TestApp) {
    let faults = [
        ("entries that do not balance per fund", "SELECT count(*) FROM (SELECT 1 FROM posting GROUP BY entry_id, fund_id HAVING sum(amount) <> 0) x".to_owned()),
        (
            "balances that are not the sum of their postings",
            "SELECT count(*) FROM (SELECT chapter_id, fund_id, account, sum(amount) AS s FROM entry e JOIN posting p ON p.entry_id = e.id GROUP BY 1, 2, 3) w
             FULL JOIN balance b USING (chapter_id, fund_id, account) WHERE w.s IS DISTINCT FROM b.amount_vnd"
                .to_owned(),
        ),
        ("negative balances of money or goods", "SELECT count(*) FROM balance WHERE amount_vnd < 0 AND account NOT LIKE 'DONATION%'".to_owned()),
        ("totals", differing("received_overall", "")),
        ("totals by day", differing("received_by_day", ", day")),
        (
            "public entries",
            format!(
                "{GOT} SELECT count(*) FROM (SELECT e.code, e.kind, e.channel, c.code AS chapter, e.day, e.booked, g.vnd AS amount_vnd, f.code AS fund, f.appeal,
                            o.code AS reverses, e.reason FROM entry e JOIN got g ON g.id = e.id JOIN chapter c ON c.id = e.chapter_id
                            JOIN fund f ON f.id = g.fund_id LEFT JOIN entry o ON o.id = e.reverses) w
                 FULL JOIN public_entry p USING (code)
                 WHERE (w.kind, w.channel, w.chapter, w.day, w.booked, w.amount_vnd, w.fund, w.appeal, w.reverses, w.reason)
                    IS DISTINCT FROM (p.kind, p.channel, p.chapter, p.day, p.booked, p.amount_vnd, p.fund, p.appeal, p.reverses, p.reason)"
            ),
        ),
        (
            "leaves",
            "SELECT count(*) FROM (SELECT entry AS code, leaf_hash FROM log_pending UNION ALL SELECT entry, leaf_hash FROM log_leaf) l
             FULL JOIN public_entry p USING (code) WHERE l.leaf_hash IS DISTINCT FROM p.leaf_hash"
                .to_owned(),
        ),
        ("entries without the opening of their commitment", "SELECT count(*) FROM entry e FULL JOIN pd_opening o ON o.entry = e.code WHERE e.code IS NULL OR o.entry IS NULL".to_owned()),
        (
            "gifts that are not their entries",
            "SELECT count(*) FROM gift g FULL JOIN (SELECT * FROM entry WHERE kind <> 'REVERSAL') e ON e.id = g.entry_id LEFT JOIN posting p ON p.entry_id = e.id AND p.n = 1
             WHERE (g.chapter_id, g.channel, g.received_on, g.amount_vnd) IS DISTINCT FROM (e.chapter_id, e.channel, e.day, p.amount)"
                .to_owned(),
        ),
        (
            "cash gifts without receipt, or receipts of other gifts",
            "SELECT count(*) FROM gift g FULL JOIN cash_receipt r ON r.entry_id = g.entry_id
             WHERE g.id IS NULL OR (r.entry_id IS NOT NULL) <> (g.channel = 'CASH' AND g.paper_no IS NULL) OR r.chapter_id <> g.chapter_id"
                .to_owned(),
        ),
        (
            "series with gaps",
            "SELECT count(*) FROM (SELECT chapter_id, year, count(*) AS n, max(no) AS last FROM cash_receipt GROUP BY 1, 2) r
             FULL JOIN number_series s USING (chapter_id, year) WHERE s.last_no IS DISTINCT FROM r.n OR r.last IS DISTINCT FROM r.n"
                .to_owned(),
        ),
        ("parties that belong to no gift", "SELECT count(*) FROM party p WHERE NOT EXISTS (SELECT FROM gift g WHERE g.party_id = p.id)".to_owned()),
    ];
    for (what, sql) in faults {
        // `number` wraps its query; a query that begins with WITH may stand inside brackets too.
        assert_eq!(app.database.number(&sql), 0, "audit found {what}");
    }
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
