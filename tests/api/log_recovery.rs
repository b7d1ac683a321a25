//! The log after a restore: an older database gets back what the world has, and only that.

use std::fs;
use std::path::Path;

use serde_json::json;
use so_nhan_ai::db::Db;
use so_nhan_ai::log::folder::LogFolder;
use so_nhan_ai::log::guard::Guard;
use so_nhan_ai::log::note::Signer;
use so_nhan_ai::log::recovery::{self, Recovered, RecoveryError};
use so_nhan_ai::log::tree::Head;

use crate::harness::{Database, TestApp};
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
    shared.db = Db::connect(&backup.url(), None, 4);
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
    assert_eq!(recover(&old, &mirror).unwrap(), Recovered { head: newest, leaves: 180, without_entry: 180 });
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
