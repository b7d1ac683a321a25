//! Members of the whole country on any day, by chapter and kind: the same as counted one by one, with tallies or without.

use chrono::Duration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::db::DbError;
use so_nhan_ai::members::tallies;

use crate::coverage::{Call, call};
use crate::harness::TestApp;
use crate::members::{MEMBERS, admitted};

const COUNTS: &str = "/api/v1/member-counts/chapters";

/// The operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    vec![call("GET /api/v1/member-counts/chapters", format!("{COUNTS}?chapter=23095"), None, 404, 200, 200)]
}

fn keep(app: &TestApp, most: i64) {
    app.shared.db.tx_blocking(|conn| -> Result<_, DbError> { tallies::keep_after(conn, app.now(), most) }).unwrap();
}

#[test]
fn a_chapter_and_all_below_it_are_counted_by_chapter_and_kind() {
    let app = TestApp::start();
    let people = [("23095", "Lê Zqan"), ("23095", "Lê Zqbình"), ("23059", "Lê Zqchi"), ("68", "Lê Zqdũng")];
    let members = people.map(|(chapter, name)| {
        let (officer, chair) = (app.officer_of(chapter), app.chair_of(chapter));
        admitted(&officer, &chair, json!({"chapter": chapter, "name": name}))
    });
    let province = app.staff(Role::ProvincialAdministrator, "68");
    let of = |day: &str| province.get(&format!("{COUNTS}?chapter=68&on={day}"), 200);
    let kinds = |n: i64| json!([{"kind": "MEMBER", "members": n}]);
    let chapter = |code: &str, n: i64| json!({"chapter": code, "members": n, "kinds": kinds(n)});
    let first = json!({"chapter": "68", "on": "2026-11-22", "members": 4,
                       "chapters": [chapter("23059", 1), chapter("23095", 2), chapter("68", 1)]});
    assert_eq!(of("2026-11-22"), first);
    assert_eq!((&of("2026-11-21")["members"], &of("2026-11-21")["chapters"]), (&json!(0), &json!([])));
    province.get(&format!("{COUNTS}?chapter=68&on=2026-11-23"), 422);
    app.officer_of("23059").get(&format!("{COUNTS}?chapter=23095"), 404);
    // On the next day there is a tally; the answers stay what they were.
    app.clock.advance(Duration::days(1));
    keep(&app, 1);
    assert_eq!(app.database.text("SELECT string_agg(day::text, ',') FROM member_tally_day"), "2026-11-22");
    let officer = app.officer_of("23095");
    let leave = json!({"id": uuid::Uuid::now_v7(), "kind": "LEAVE"});
    officer.post(&format!("{MEMBERS}/{}/steps", members[0]), leave, 201);
    let province = app.staff(Role::ProvincialAdministrator, "68");
    let of = |day: &str| province.get(&format!("{COUNTS}?chapter=68&on={day}"), 200);
    assert_eq!((of("2026-11-22"), &of("2026-11-23")["members"]), (first, &json!(3)));
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
    // Kept for good, and counted again by the audit.
    assert!(app.database.refuses("UPDATE member_tally SET members = 9").contains("member_tally"));
    app.database.execute("ALTER TABLE member_tally DISABLE TRIGGER USER; UPDATE member_tally SET members = 9 WHERE members = 2");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(!report.clean && report.text().contains("member_tally"), "{}", report.text());
}

#[test]
fn a_day_that_is_not_settled_has_no_tally() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    admitted(&officer, &chair, json!({}));
    // 10:00, 23:59, 02:59 and 03:00 of the next day in Vietnam.
    for (minutes, tallies) in [(0, 0), (839, 0), (180, 0), (1, 1)] {
        app.clock.advance(Duration::minutes(minutes));
        keep(&app, 1);
        assert_eq!(app.database.number("SELECT count(*) FROM member_tally_day"), tallies, "{minutes}");
    }
}

/// Spans of made-up members at three chapters over eighty days, and a question for each of those days.
#[test]
fn with_tallies_every_day_says_what_the_spans_say() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let member = admitted(&officer, &chair, json!({}));
    let central = app.staff(Role::CentralAdministrator, "TW");
    let spans = proptest::collection::vec((0usize..3, 0usize..2, 0i64..80, proptest::option::of(0i64..40)), 1..40);
    let mut runner = TestRunner::new(Config { cases: 6, failure_persistence: None, ..Config::default() });
    let run = std::cell::Cell::new(0);
    runner
        .run(&(spans, 1i64..9), |(spans, most)| {
            run.set(run.get() + 1);
            let chapters = ["23095", "23059", "68"];
            let rows: String = spans
                .iter()
                .map(|(chapter, kind, from, long)| {
                    let kind = ["MEMBER", "HONORARY"][*kind];
                    let to = long.map_or("NULL".to_owned(), |long| format!("date '2026-09-01' + {}", from + long));
                    format!(
                        "WITH m AS (INSERT INTO member (id, chapter_id, person_id, kind, state, since, recorded_by, recorded_at)
                             SELECT gen_random_uuid(), chapter_id, gen_random_uuid(), kind, state, since, recorded_by, recorded_at FROM member LIMIT 1 RETURNING id)
                         INSERT INTO member_span (member_id, n, chapter_id, kind, sector, from_day, to_day)
                         SELECT m.id, 1, c.id, '{kind}', 'WARD', date '2026-09-01' + {from}, {to} FROM m, chapter c WHERE c.code = '{}';",
                        chapters[*chapter]
                    )
                })
                .collect();
            app.database.execute(&format!(
                "SET session_replication_role = replica; DELETE FROM member_tally; DELETE FROM member_tally_day; DELETE FROM member_span;
                 DELETE FROM member WHERE id <> '{member}'; {rows} SET session_replication_role = origin"
            ));
            keep(&app, most);
            for day in (0..83).step_by(7) {
                let said = central.get(&format!("{COUNTS}?chapter=TW&on={}", app.database.text(&format!("SELECT (date '2026-09-01' + {day})::text"))), 200);
                let counted: i64 = app.database.number(&format!(
                    "SELECT count(*) FROM member_span WHERE from_day <= date '2026-09-01' + {day} AND (to_day IS NULL OR to_day > date '2026-09-01' + {day})"
                ));
                let sum = |said: &Value| said["chapters"].as_array().unwrap().iter().map(|one| one["members"].as_i64().unwrap()).sum::<i64>();
                prop_assert_eq!((said["members"].as_i64(), sum(&said)), (Some(counted), counted));
            }
            let report = app.database.number(
                "SELECT count(*) FROM member_tally t FULL JOIN (SELECT d.day, s.chapter_id, s.kind, count(*) AS n FROM member_tally_day d
                 JOIN member_span s ON s.from_day <= d.day AND (s.to_day IS NULL OR s.to_day > d.day) GROUP BY 1, 2, 3) c USING (day, chapter_id, kind)
                 WHERE t.members IS DISTINCT FROM c.n",
            );
            prop_assert_eq!(report, 0);
            Ok(())
        })
        .unwrap();
    assert!(run.get() >= 6);
}

/// Whoever writes it: by keys where both are open, by a trigger over the rest.
#[test]
fn the_database_counts_one_person_once_a_day() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let first = admitted(&officer, &chair, json!({"name": "Lê Zqan"}));
    app.clock.advance(Duration::days(2));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let second = admitted(&officer, &chair, json!({"name": "Lê Zqbình"}));
    let of_first = format!("(SELECT party_id FROM member_span WHERE member_id = '{first}')");
    let span = |party: &str, from: &str, to: &str| {
        format!(
            "INSERT INTO member_span (member_id, n, chapter_id, party_id, kind, sector, from_day, to_day)
             SELECT member_id, n + 1, chapter_id, {party}, kind, sector, '{from}', '{to}' FROM member_span WHERE member_id = '{second}'"
        )
    };
    for (sql, name) in [
        (span("NULL", "2026-11-24", "2026-11-25"), "member_span_once_a_day"),
        (span(&of_first, "2026-11-22", "2026-11-23"), "member_span_person_once_a_day"),
        (format!("UPDATE member_span SET party_id = {of_first} WHERE member_id = '{second}'"), "member_span_person_open_key"),
    ] {
        let refused = app.database.refuses(&sql);
        assert!(refused.contains(name), "{sql}: {refused}");
    }
    // A day before either, and a span of no day at all, are nobody's second.
    app.database.execute(&span(&of_first, "2026-11-20", "2026-11-22"));
    app.database.execute(&span(&of_first, "2026-11-22", "2026-11-22").replace("n + 1", "n + 2"));
}
