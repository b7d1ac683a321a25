//! The feed of changes: whoever keeps a copy misses nothing, and notices when it is a copy of something else.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::changes::{self, Change};
use so_nhan_ai::db::DbError;
use so_nhan_ai::giving::feed::APPEALS;
use so_nhan_ai::tree;

use crate::harness::{Caller, Database, TestApp, eventually};
use crate::look::reverse;

fn pull(caller: &Caller<'_>, since: Option<&str>, limit: usize) -> Value {
    let since = since.map(|since| format!("&since={since}")).unwrap_or_default();
    caller.get(&format!("/api/v1/changes?chapter=23095&limit={limit}{since}"), 200)
}

/// A copy that follows the feed.
#[derive(Default)]
struct Copy {
    since: Option<String>,
    /// (kind, subject, state)
    seen: Vec<(String, String, String)>,
}

impl Copy {
    /// Takes what there is, page by page.
    fn follow(&mut self, caller: &Caller<'_>, limit: usize) {
        loop {
            let page = pull(caller, self.since.as_deref(), limit);
            for item in page["items"].as_array().unwrap() {
                let word = |name: &str| item[name].as_str().unwrap().to_owned();
                self.seen.push((word("kind"), word("subject"), word("state")));
            }
            self.since = Some(page["next"].as_str().unwrap().to_owned());
            if page["more"] == false {
                return;
            }
        }
    }

    fn subjects(&self) -> BTreeSet<&str> {
        self.seen.iter().map(|(_, subject, _)| subject.as_str()).collect()
    }

    /// Follows until it knows this: who wrote it may be answered a moment before it is shown.
    fn until(&mut self, caller: &Caller<'_>, subject: &str) {
        eventually("the feed says so", || {
            self.follow(caller, 3);
            self.subjects().contains(subject)
        });
    }
}

fn give(app: &TestApp, officer: &Caller<'_>) -> String {
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    gift["id"].as_str().unwrap().to_owned()
}

#[test]
fn gifts_and_appeals_are_told_of_with_everything_that_becomes_of_them() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let mut copy = Copy::default();
    copy.follow(&officer, 50);
    assert_eq!(copy.seen, []);
    let batch: Vec<Value> = (0..5).map(|_| app.gift(json!({}))).collect();
    officer.post("/api/v1/gifts/batch", json!({"gifts": batch}), 200);
    let single = give(&app, &officer);
    copy.until(&officer, &single);
    assert_eq!(copy.seen.len(), 6, "each once, page by page: {:?}", copy.seen);
    assert!(copy.seen.iter().all(|(kind, _, state)| kind == "GIFT" && state == "CHANGED"));
    assert!(batch.iter().all(|gift| copy.subjects().contains(gift["id"].as_str().unwrap())));
    for subject in copy.subjects() {
        officer.get(&format!("/api/v1/gifts/{subject}"), 200);
    }

    app.open_appeal("23095", "LULUT-1");
    copy.until(&officer, "LULUT-1");
    // Drafted and opened.
    assert!(copy.seen[6..].iter().all(|(kind, subject, _)| kind == "APPEAL" && subject == "LULUT-1"), "{:?}", copy.seen);

    copy.seen.clear();
    reverse(&app, &single, "nhầm");
    copy.until(&officer, &single);
    copy.seen.clear();
    officer.post("/api/v1/gifts", app.gift(json!({"id": batch[0]["id"]})), 200);
    copy.follow(&officer, 50);
    assert_eq!(copy.seen, [], "what is known already is no change");
}

#[test]
fn only_who_reads_the_books_is_told() {
    let app = TestApp::start();
    give(&app, &app.officer_of("23095"));
    pull(&app.staff(Role::Inspector, "68"), None, 50);
    app.officer_of("23059").get("/api/v1/changes?chapter=23095", 404);
    app.officer_of("23095").get("/api/v1/changes?chapter=NOWHERE", 404);
    let other = app.officer_of("23059");
    assert_eq!(other.get("/api/v1/changes?chapter=23059", 200)["items"], json!([]));
    let foreign = other.get("/api/v1/changes?chapter=23059", 200)["next"].as_str().unwrap().to_owned();
    app.officer_of("23095").get(&format!("/api/v1/changes?chapter=23095&since={foreign}"), 400);
    app.officer_of("23095").get("/api/v1/changes?chapter=23095&since=x", 400);
    app.officer_of("23095").get("/api/v1/changes?chapter=23095&limit=0", 422);
}

/// The row of a transaction that began first and ends last is in the feed when it ends, and nobody has gone past it.
#[test]
fn a_transaction_that_is_open_across_ten_pulls_loses_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let mut copy = Copy::default();
    let before = give(&app, &officer);
    copy.until(&officer, &before);
    let mut slow = app.database.connect();
    slow.batch_execute(
        "BEGIN; INSERT INTO change_feed (chapter_id, kind, subjects, gone)
         SELECT id, 'GIFT', '{slow}', false FROM chapter WHERE code = '23095'",
    )
    .unwrap();
    let mut given = Vec::new();
    for _ in 0..10 {
        given.push(give(&app, &officer));
        copy.follow(&officer, 2);
        assert_eq!(copy.seen.len(), 1, "what was written later waits for it: {:?}", copy.seen);
    }
    slow.batch_execute("COMMIT").unwrap();
    copy.until(&officer, given.last().unwrap());
    assert!(copy.subjects().contains("slow"));
    assert!(given.iter().all(|gift| copy.subjects().contains(gift.as_str())));
    assert_eq!(copy.seen.len(), 12, "each once");
    // One that is rolled back holds nothing up any more, in whole or to a savepoint.
    for back in ["ROLLBACK", "ROLLBACK TO before"] {
        let mut broken = app.database.connect();
        let note =
            format!("INSERT INTO change_feed SELECT id, 0, 'GIFT', '{{never}}', false FROM chapter WHERE code = '23095'; {back}");
        broken.batch_execute("BEGIN; SAVEPOINT before").unwrap();
        broken.batch_execute(&note).unwrap();
        let last = give(&app, &officer);
        copy.until(&officer, &last);
    }
    assert!(!copy.subjects().contains("never"));
}

/// What has noted no change may be open for as long as it likes, here and in another database of the cluster.
#[test]
fn what_goes_on_elsewhere_does_not_hold_the_feed_up() {
    let (app, other) = (TestApp::start(), Database::fresh());
    let officer = app.officer_of("23095");
    let (mut here, mut there) = (app.database.connect(), other.connect());
    here.batch_execute("BEGIN; SELECT pg_current_xact_id()").unwrap();
    there
        .batch_execute("BEGIN; INSERT INTO change_feed SELECT id, 0, 'GIFT', '{theirs}', false FROM chapter WHERE code = '23095'")
        .unwrap();
    let mut copy = Copy::default();
    let given = give(&app, &officer);
    copy.until(&officer, &given);
    // It may still note a change: behind every place that was given out.
    here.batch_execute("INSERT INTO change_feed SELECT id, 0, 'GIFT', '{late}', false FROM chapter WHERE code = '23095'")
        .unwrap();
    let held = give(&app, &officer);
    copy.follow(&officer, 50);
    assert!(!copy.subjects().contains(held.as_str()));
    here.batch_execute("COMMIT").unwrap();
    copy.until(&officer, &held);
    assert!(copy.subjects().contains("late") && !copy.subjects().contains("theirs"));
    // And only where each statement sees its own moment can it be read at all.
    let one_moment = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT change_feed_settled()";
    assert!(app.database.connect().batch_execute(one_moment).unwrap_err().to_string().contains("its own moment"));
}

/// Many write, some of them slowly and in another order than they began in, and a reader follows: it misses none and is told of each once.
#[test]
fn who_follows_while_many_write_misses_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let mut copy = Copy::default();
    copy.follow(&officer, 50);
    std::thread::scope(|scope| {
        let write = |writer: i32| {
            let mut conn = app.database.connect();
            scope.spawn(move || {
                for n in 0..40 {
                    let pause = f64::from((n * 7 + writer * 3) % 11) / 1_000.0;
                    let note = |name: &str| {
                        format!("INSERT INTO change_feed SELECT id, 0, 'GIFT', '{{{name}-{writer}-{n}}}', false FROM chapter WHERE code = '23095'; SELECT pg_sleep({pause});")
                    };
                    conn.batch_execute(&format!("BEGIN; SELECT pg_current_xact_id(); {} {} COMMIT", note("a"), note("b"))).unwrap();
                }
            })
        };
        let writers: Vec<_> = (0..4).map(write).collect();
        while !writers.iter().all(|writer| writer.is_finished()) {
            copy.follow(&officer, 7);
        }
    });
    copy.follow(&officer, 50);
    assert_eq!((copy.seen.len(), copy.subjects().len()), (320, 320));
}

#[test]
fn what_is_gone_is_told_of() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let mut copy = Copy::default();
    app.shared
        .db
        .tx_blocking(|conn| -> Result<(), DbError> {
            let here = tree::place(conn, "23095")?.unwrap().id;
            changes::note(
                conn,
                &[Change::of(&APPEALS, here, "A"), Change::of(&APPEALS, here, "B"), Change::gone(&APPEALS, here, "A")],
            )
        })
        .unwrap();
    copy.until(&officer, "A");
    let state = |subject: &str| copy.seen.iter().rev().find(|seen| seen.1 == subject).unwrap().2.clone();
    assert_eq!((state("A"), state("B")), ("GONE".to_owned(), "CHANGED".to_owned()));
}

/// A copy of the database may lack what readers have seen.
#[test]
fn after_a_restore_readers_begin_anew() {
    let mut app = TestApp::start();
    let mut copy = Copy::default();
    let first = give(&app, &app.officer_of("23095"));
    copy.until(&app.officer_of("23095"), &first);
    let epoch = pull(&app.officer_of("23095"), None, 50)["epoch"].clone();
    app.wait_for_checkpoint();
    app.stop();
    let restored = app.database.copy();
    let mut shared = app.shared.clone();
    shared.db = so_nhan_ai::app::connect(&restored.url(), None, 4);
    let again = TestApp::start_with(restored, shared);
    let officer = again.officer_of("23095");
    let since = copy.since.clone().unwrap();
    let refused = officer.get(&format!("/api/v1/changes?chapter=23095&since={since}"), 400);
    assert!(refused["type"].as_str().unwrap().ends_with("invalid-cursor"), "{refused}");
    let mut anew = Copy::default();
    anew.until(&officer, &first);
    assert_ne!(pull(&officer, None, 50)["epoch"], epoch);
    let second = give(&again, &officer);
    anew.until(&officer, &second);
    assert_eq!(anew.seen.len(), 2);
}
