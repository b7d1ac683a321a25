//! The log after a restore: an older database gets back what the world has, and only that.

use std::fs;
use std::path::Path;

use serde_json::json;
use so_nhan_ai::db::Db;
use so_nhan_ai::log::folder::LogFolder;
use so_nhan_ai::log::guard::Guard;
use so_nhan_ai::log::keys::LogKeys;
use so_nhan_ai::log::note::Signer;
use so_nhan_ai::log::recovery::{self, Recovered, RecoveryError};
use so_nhan_ai::log::tile_store;
use so_nhan_ai::log::tiles::{Of, Piece};
use so_nhan_ai::log::tree::Head;

use crate::harness::{Database, TestApp};
use crate::log_keys::{SECOND, verifier, wait_for_signed};
use crate::public_log::{batch, wait_for, wait_until_log_is};

fn signers(app: &TestApp) -> Vec<Signer> {
    app.shared.log.keys.signers("so.example.org/log").unwrap()
}

/// Copies the published folder as a mirror would have it.
fn mirror(of: &Path) -> LogFolder {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let folder = Database::folder();
    copy(of, &folder);
    LogFolder::new(&folder)
}

/// A server with 300 published leaves, and one on a backup that was made at 120. Both have the same key and guard.
fn restored() -> (TestApp, TestApp, Head) {
    let mut app = TestApp::start();
    batch(&app, 120);
    wait_for(&app, 120);
    app.stop();
    let backup = app.database.copy();
    let mut app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    batch(&app, 180);
    let newest = wait_for(&app, 300);
    app.stop();
    let mut shared = app.shared.clone();
    shared.db = so_nhan_ai::app::connect(&backup.url(), None, 4);
    let old = TestApp::start_with(backup, shared);
    wait_until_log_is(&old, "stands_still");
    (app, old, newest)
}

fn recover(app: &TestApp, mirror: &LogFolder) -> Result<Recovered, RecoveryError> {
    recovery::recover(&app.shared.db, &signers(app), &app.shared.log.guard, mirror, app.now())
}

#[test]
fn missing_leaves_come_back_from_a_mirror() {
    let (gone, old, newest) = restored();
    let mirror = mirror(gone.shared.log.folder.path());
    // Gifts are taken all the while, and get their places behind those that come back.
    batch(&old, 7);
    assert_eq!(recover(&old, &mirror).unwrap(), Recovered { head: newest, leaves: 180, without_entry: 180, guarded: true });
    let after = wait_for(&old, 307);
    assert_eq!(after.size, 307);
    assert_eq!(old.database.number("SELECT count(*) FROM log_recovered"), 180);
    wait_until_log_is(&old, "ok");
    // Its code is in every mirror, so it has a page, which says that the books lack it.
    let lost = old.database.text("SELECT entry FROM log_recovered LIMIT 1");
    let page = crate::portal::page(&old, &format!("/g/{lost}"));
    assert!(page.contains("không có khoản tương ứng trong sổ sách") && !page.contains("500.000"), "{page}");
    // Once more changes nothing but is no harm either.
    assert!(recover(&old, &mirror).is_err(), "the mirror is older now");
}

#[test]
fn only_what_was_signed_comes_back() {
    let (gone, old, _) = restored();
    let bad = mirror(gone.shared.log.folder.path());
    let bundle = bad.path().join("tile/entries/001.p/44");
    let mut bytes = fs::read(&bundle).unwrap();
    let at = bytes.windows(6).position(|window| window == b"500000").unwrap();
    bytes[at] = b'9';
    fs::write(&bundle, bytes).unwrap();
    assert!(recover(&old, &bad).is_err_and(|error| error.to_string().contains("another log")));
    fs::remove_file(&bundle).unwrap();
    assert!(recover(&old, &bad).is_err_and(|error| error.to_string().contains("lacks tile/entries/001.p/44")));
    assert!(recover(&old, &LogFolder::new(&Database::folder())).is_err(), "an empty folder is no mirror");
    assert_eq!(old.database.number("SELECT size FROM log_head"), 120);
    assert_eq!(old.database.number("SELECT count(*) FROM log_recovered"), 0);
    assert_eq!(old.anonymous().get("/readyz", 200), json!({"status": "ok", "log": "stands_still"}));
}

#[test]
fn a_server_without_a_guard_adopts_what_was_published() {
    let mut app = TestApp::start();
    batch(&app, 30);
    let newest = wait_for(&app, 30);
    app.stop();
    fs::remove_file(app.shared.log.guard.path()).unwrap();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    batch(&app, 2);
    let adopt = |head: Head, guard: &Guard| {
        app.shared
            .db
            .tx_blocking(|conn| recovery::adopt(conn, "so.example.org/log", &signers(&app), guard, &head))
            .map_err(|error| error.to_string())
    };
    let guard = &app.shared.log.guard;
    assert!(adopt(Head { size: 31, ..newest }, guard).unwrap_err().contains("recover"));
    assert!(adopt(Head { root: [1; 32], ..newest }, guard).unwrap_err().contains("another root"));
    assert!(adopt(Head { size: 0, root: so_nhan_ai::log::tree::empty_root() }, guard).unwrap_err().contains("newer checkpoint"));
    adopt(newest, guard).unwrap();
    assert_eq!(wait_for(&app, 32).size, 32);
    assert!(adopt(newest, guard).unwrap_err().contains("nothing to adopt"));
}

/// Without a guard nobody here knows what was signed last, and a mirror may be older than that: what comes back from it
/// is no leave to sign.
#[test]
fn a_mirror_does_not_say_what_was_signed_last() {
    let mut app = TestApp::start();
    batch(&app, 20);
    wait_for(&app, 20);
    app.stop();
    let backup = app.database.copy();
    let mut app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    batch(&app, 5);
    wait_for(&app, 25);
    let stale = mirror(app.shared.log.folder.path());
    batch(&app, 5);
    let newest = wait_for(&app, 30);
    app.stop();
    let newer = mirror(app.shared.log.folder.path());
    // A new machine: the key was kept, guard and folder are gone.
    let mut shared = app.shared.clone();
    shared.db = so_nhan_ai::app::connect(&backup.url(), None, 4);
    shared.log = Database::log_elsewhere();
    let old = TestApp::start_with(backup, shared);
    wait_until_log_is(&old, "stands_still");
    batch(&old, 2);
    let recovered = recover(&old, &stale).unwrap();
    assert_eq!((recovered.head.size, recovered.guarded), (25, false));
    wait_until_log_is(&old, "stands_still");
    let adopt = || {
        let (signers, guard) = (signers(&old), &old.shared.log.guard);
        old.shared.db.tx_blocking(|conn| recovery::adopt(conn, "so.example.org/log", &signers, guard, &newest))
    };
    assert!(adopt().unwrap_err().to_string().contains("log recover"));
    assert_eq!(old.database.number("SELECT size FROM log_head"), 25);
    assert_eq!(recover(&old, &newer).unwrap().leaves, 5);
    adopt().unwrap();
    assert_eq!(wait_for(&old, 32).size, 32);
}

/// The database is set back to an older state while the server runs on it: nothing gets a place that is taken.
#[test]
fn a_database_that_becomes_older_under_a_running_server_gives_no_places() {
    let mut app = TestApp::start();
    batch(&app, 10);
    wait_for(&app, 10);
    app.stop();
    let backup = app.database.copy();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    batch(&app, 10);
    let newest = wait_for(&app, 20);
    app.database.becomes(backup);
    batch(&app, 5);
    app.database.wait_until("EXISTS (SELECT FROM log_hold WHERE why LIKE '%20 leaves and this database has 10%')");
    wait_until_log_is(&app, "stands_still");
    assert_eq!(app.database.number("SELECT count(*) FROM log_pending"), 5);
    let folder = mirror(app.shared.log.folder.path());
    assert_eq!(recover(&app, &folder).unwrap().head, newest);
    assert_eq!(wait_for(&app, 25).size, 25);
}

/// A log that parted from the published one elsewhere, longer than that by now, is not written over it.
#[test]
fn another_branch_of_the_log_is_not_published_over_it() {
    let (gone, mut old, newest) = restored();
    old.stop();
    // Somebody lets the old backup go on, with a guard and a folder of its own and a wrong word about what was signed.
    let mut apart = old.shared.clone();
    apart.log = Database::log_elsewhere();
    old.database.execute("DELETE FROM log_hold");
    let head = old.shared.db.read_blocking(tile_store::head).unwrap();
    old.shared
        .db
        .tx_blocking(|conn| recovery::adopt(conn, "so.example.org/log", &signers(&old), &apart.log.guard, &head))
        .unwrap();
    let mut branch = TestApp::start_with(old.database.take_over(), apart);
    batch(&branch, 190);
    wait_for(&branch, 310);
    branch.stop();
    let mut shared = gone.shared.clone();
    shared.db = so_nhan_ai::app::connect(&branch.database.url(), None, 4);
    let published = gone.shared.log.folder.path().to_owned();
    let before = fs::read(published.join("tile/entries/000")).unwrap();
    // With its guard, and without: then the published folder is what is left to compare with.
    let mut database = branch.database.take_over();
    for guarded in [true, false] {
        if !guarded {
            fs::remove_file(shared.log.guard.path()).unwrap();
            database.execute("DELETE FROM log_hold");
            let head = shared.db.read_blocking(tile_store::head).unwrap();
            let adopted = shared
                .db
                .tx_blocking(|conn| recovery::adopt(conn, "so.example.org/log", &signers(&gone), &shared.log.guard, &head));
            adopted.unwrap();
        }
        let mut app = TestApp::start_with(database.take_over(), shared.clone());
        app.database.wait_until("EXISTS (SELECT FROM log_hold WHERE why LIKE '%not the database that was published%')");
        wait_until_log_is(&app, "stands_still");
        assert_eq!(wait_for(&app, 300), newest);
        assert_eq!(fs::read(published.join("tile/entries/000")).unwrap(), before);
        app.stop();
        database = app.database.take_over();
    }
}

/// A folder that another log has left behind is written anew, whatever lies in it.
#[test]
fn nothing_of_another_logs_folder_is_kept() {
    let mut other = TestApp::start();
    batch(&other, 300);
    wait_for(&other, 300);
    other.stop();
    let database = Database::fresh();
    let mut log = database.log();
    log.keys = LogKeys::of_secret(SECOND);
    log.folder = other.shared.log.folder.clone();
    let mut shared = other.shared.clone();
    shared.db = so_nhan_ai::app::connect(&database.url(), None, 4);
    shared.log = log;
    let app = TestApp::start_with(database, shared);
    batch(&app, 300);
    wait_for_signed(&app, 300, &[&verifier(&SECOND)]);
    for piece in [Piece::at(Of::Hashes(0), 0, 300), Piece::at(Of::Entries, 0, 300), Piece::at(Of::Hashes(1), 0, 300)] {
        let piece = piece.unwrap();
        let own = app.shared.db.read_blocking(|conn| tile_store::piece(conn, piece)).unwrap();
        assert_eq!(app.shared.log.folder.read(piece).unwrap(), own, "{piece:?}");
    }
}

/// What `audit --database` says of a log that somebody with all rights has changed.
#[test]
fn the_audit_names_the_entry_where_the_tree_parts() {
    let mut app = TestApp::start();
    batch(&app, 300);
    wait_for(&app, 300);
    app.stop();
    let findings = || {
        let db = Db::connect(&app.database.url(), None, 1);
        let mut findings = so_nhan_ai::db::findings::Findings::new(50, None);
        db.survey(|conn| so_nhan_ai::log::audit::audit(conn, &mut findings)).unwrap();
        findings.kept().iter().map(|found| format!("{}: {} {}", found.check, found.subject, found.differs)).collect::<Vec<_>>()
    };
    assert_eq!(findings(), Vec::<String>::new());
    // Leaf, hash and all: only the tree remembers.
    let entry = app.database.text("SELECT entry FROM log_leaf WHERE idx = 257");
    app.database.execute(
        "ALTER TABLE log_leaf DISABLE TRIGGER ALL; \
         UPDATE log_leaf SET leaf = replace(convert_from(leaf, 'UTF8'), '500000', '900000')::bytea, \
             leaf_hash = sha256('\\x00'::bytea || replace(convert_from(leaf, 'UTF8'), '500000', '900000')::bytea) WHERE idx = 257; \
         ALTER TABLE log_leaf ENABLE TRIGGER ALL",
    );
    let found = findings();
    assert!(found.iter().any(|f| f.starts_with(&format!("log_tile: {entry} "))), "{found:?}");
    assert!(found.iter().any(|f| f.starts_with("log_checkpoint: checkpoint of 300 leaves")), "{found:?}");
}
