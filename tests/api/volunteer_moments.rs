//! Volunteers in their bad moments: counted twice, signing up in a flood, known by a mail address alone.

use chrono::Duration;
use serde_json::json;

use crate::harness::TestApp;
use crate::volunteers::verified;

/// Whoever writes it: by a key where both are open, by a trigger over the rest.
#[test]
fn the_database_counts_a_volunteer_once_a_day() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let id = verified(&officer, json!({"name": "Lê Zqan"}), json!({}));
    app.clock.advance(Duration::days(2));
    let span = |n: i32, from: &str, to: &str| {
        format!(
            "INSERT INTO volunteer_span (volunteer_id, n, chapter_id, party_id, kind, from_day, to_day)
             SELECT volunteer_id, n + {n}, chapter_id, NULL, kind, '{from}', {to} FROM volunteer_span WHERE volunteer_id = '{id}' AND n = 1"
        )
    };
    for (sql, name) in [
        (span(1, "2026-11-22", "'2026-11-23'"), "volunteer_span_once_a_day"),
        (span(1, "2026-11-20", "'2026-11-24'"), "volunteer_span_once_a_day"),
        (span(1, "2027-01-01", "NULL"), "volunteer_span_open_key"),
    ] {
        let refused = app.database.refuses(&sql);
        assert!(refused.contains(name), "{sql}: {refused}");
    }
    // A day before it, and a span of no day at all, are nobody's second.
    app.database.execute(&span(1, "2026-11-20", "'2026-11-22'"));
    app.database.execute(&span(2, "2026-11-22", "'2026-11-22'"));
    crate::volunteers::audited(&app);
}
