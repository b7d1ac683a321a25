//! The log's keys are exchanged in the open: a new one signs beside the old one and is announced by a leaf, an old one retires
//! by a leaf, and nothing that was signed before becomes worthless.

use serde_json::{Value, json};
use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::folder::LogFolder;
use so_nhan_ai::log::key_log;
use so_nhan_ai::log::keys::LogKeys;
use so_nhan_ai::log::note::{self, Signer, Verifier};
use so_nhan_ai::log::receipt::Receipt;
use so_nhan_ai::log::recovery;
use so_nhan_ai::upkeep::audit;
use so_nhan_ai::vault::keys::{Key, LogKeyFile};

use crate::harness::{LOG_SECRET, TestApp, eventually};
use crate::public_log::{batch, wait_for, wait_until_log_is};

const ORIGIN: &str = "so.example.org/log";
pub const SECOND: [u8; 32] = [0x22; 32];

pub fn verifier(secret: &[u8; 32]) -> Verifier {
    Signer::new(ORIGIN, secret).unwrap().verifier().clone()
}

/// The key every test's log begins with.
fn first(app: &TestApp) -> Verifier {
    wait_for(app, 0);
    Verifier::parse(app.anonymous().get("/api/v1/public/log", 200)["key_history"][0]["vkey"].as_str().unwrap()).unwrap()
}

/// The secrets of the harness's key and of the second one, the newest first.
pub fn file(secrets: &[[u8; 32]]) -> LogKeyFile {
    LogKeyFile { keys: secrets.iter().map(|secret| Key { kid: "0000".to_owned(), secret: *secret }).collect() }
}

fn checkpoint_text(app: &TestApp) -> String {
    app.anonymous().get_text("/log/checkpoint", 200)
}

/// The newest checkpoint is signed by all of these and covers so many leaves.
pub fn wait_for_signed(app: &TestApp, size: u64, by: &[&Verifier]) {
    eventually("a checkpoint signed by these", || {
        let note = checkpoint_text(app);
        by.iter().all(|key| checkpoint::open(note.as_bytes(), &[(*key).clone()]).is_ok_and(|head| head.size >= size))
    });
}

fn receipt(app: &TestApp, code: &str) -> Receipt {
    let answer = app.anonymous().send("GET", &format!("/api/v1/public/entries/{code}/receipt"), None);
    assert_eq!(answer.status, 200);
    Receipt::parse(&answer.bytes).unwrap()
}

fn recorded(app: &TestApp) -> String {
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({})), 201)["code"].as_str().unwrap().to_owned()
}

/// What the log's leaves of kind KEY say, in order.
fn key_leaves(app: &TestApp) -> Vec<(String, String)> {
    let text = app.database.text(
        "SELECT coalesce(json_agg(convert_from(leaf, 'UTF8')::json ORDER BY idx), '[]')::text FROM log_leaf \
         WHERE convert_from(leaf, 'UTF8')::json ->> 'kind' = 'KEY'",
    );
    let leaves: Vec<Value> = serde_json::from_str(&text).unwrap();
    leaves.iter().map(|leaf| (leaf["reason"].as_str().unwrap().to_owned(), leaf["key"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn a_second_key_signs_beside_the_first_and_is_announced() {
    let app = TestApp::start();
    let old_code = recorded(&app);
    let old = first(&app);
    wait_for_signed(&app, 1, &[&old]);
    let old_receipt = receipt(&app, &old_code);
    let new = verifier(&SECOND);
    assert!(old_receipt.verify(std::slice::from_ref(&new)).is_err());

    app.shared.log.keys.take_up(&file(&[SECOND, LOG_SECRET]));
    // Nobody records anything: the leaf about the key makes the log grow, and is under a checkpoint of both.
    wait_for_signed(&app, 2, &[&old, &new]);
    assert_eq!(key_leaves(&app), [("ADDED".to_owned(), new.to_string())]);
    eventually("both keys are named", || {
        app.anonymous().get("/api/v1/public/log", 200)["keys"] == json!([old.to_string(), new.to_string()])
    });
    let history = &app.anonymous().get("/api/v1/public/log", 200)["key_history"];
    assert_eq!((&history[0]["added_by"], history[1]["added_by"].is_string()), (&Value::Null, true));
    assert!(app.anonymous().get_text(&format!("/g/{old_code}"), 200).contains(&format!("{old} {new}")));
    // A receipt that is fetched now is good for those who know either key.
    for key in [&old, &new] {
        assert!(receipt(&app, &old_code).verify(std::slice::from_ref(key)).is_ok());
    }
    assert!(old_receipt.verify(&[old.clone(), new.clone()]).is_ok());

    // The same keys once more say nothing new; a leaf about a key has a receipt of its own and is no entry of the API.
    app.shared.log.keys.take_up(&file(&[SECOND, LOG_SECRET]));
    batch(&app, 3);
    wait_for_signed(&app, 5, &[&old, &new]);
    assert_eq!(key_leaves(&app).len(), 1);
    let code = history[1]["added_by"].as_str().unwrap().to_owned();
    assert!(receipt(&app, &code).verify(&[new]).is_ok());
    app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 404);

    let report = audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{:?}", report.findings);
}

#[test]
fn a_retired_key_signs_no_more_and_what_it_signed_stays_good() {
    let mut app = TestApp::start();
    let old = first(&app);
    let code = recorded(&app);
    wait_for_signed(&app, 1, &[&old]);
    let old_receipt = receipt(&app, &code);
    let new = verifier(&SECOND);
    app.shared.log.keys.take_up(&file(&[SECOND, LOG_SECRET]));
    wait_for_signed(&app, 2, &[&old, &new]);

    let now = app.now();
    let retire = || app.shared.db.tx_blocking(|conn| key_log::retire(conn, &old.to_string(), now)).unwrap();
    assert!(retire() && !retire(), "once");
    // The server finds it in the database, whatever its own file says.
    wait_for_signed(&app, 3, &[&new]);
    eventually("the old key no longer signs", || {
        batch(&app, 1);
        checkpoint::open(checkpoint_text(&app).as_bytes(), std::slice::from_ref(&old)).is_err()
    });
    assert_eq!(key_leaves(&app), [("ADDED".to_owned(), new.to_string()), ("RETIRED".to_owned(), old.to_string())]);
    let log = app.anonymous().get("/api/v1/public/log", 200);
    assert_eq!(log["keys"], json!([new.to_string()]));
    assert!(log["key_history"][0]["retired_at"].is_string() && log["key_history"][0]["retired_by"].is_string());
    assert!(old_receipt.verify(std::slice::from_ref(&old)).is_ok());
    assert!(receipt(&app, &code).verify(std::slice::from_ref(&new)).is_ok());
    // Offline, the page that verifies still knows both.
    let page = app.anonymous().get_text("/kiem-tra", 200);
    assert!(
        page.contains(old.to_string().split('+').nth(1).unwrap()) && page.contains(new.to_string().split('+').nth(1).unwrap())
    );

    let report = audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{:?}", report.findings);
    // A server that has only the retired key does not sign, and says so; gifts are taken.
    app.wait_for_log();
    app.stop();
    let mut shared = app.shared.clone();
    shared.log.keys = LogKeys::of_secret(LOG_SECRET);
    let late = TestApp::start_with(app.database.take_over(), shared);
    let before = checkpoint_text(&late);
    batch(&late, 2);
    wait_until_log_is(&late, "stands_still");
    assert_eq!(checkpoint_text(&late), before);
    assert_eq!(app.database.number("SELECT count(*) FROM log_pending"), 2);
}

/// While the server runs, too: what is not compared with this key's own guard is not announced.
#[test]
fn a_key_nobody_vouches_for_is_not_taken_up() {
    let app = TestApp::start();
    batch(&app, 2);
    wait_for(&app, 2);
    let before = checkpoint_text(&app);
    app.shared.log.keys.take_up(&file(&[SECOND]));
    wait_until_log_is(&app, "stands_still");
    batch(&app, 1);
    assert_eq!(key_leaves(&app), []);
    assert_eq!((checkpoint_text(&app), app.database.number("SELECT count(*) FROM log_pending")), (before, 1));
    app.shared.log.keys.take_up(&file(&[LOG_SECRET]));
    wait_for(&app, 3);
    wait_until_log_is(&app, "ok");
}

/// Key and guard are lost and made anew: "nothing signed yet" is true of the key and not of the log.
#[test]
fn a_new_key_is_no_word_about_what_was_signed() {
    let mut app = TestApp::start();
    let old = first(&app);
    batch(&app, 2);
    wait_for_signed(&app, 2, &[&old]);
    app.stop();
    std::fs::remove_file(app.shared.log.guard.path()).unwrap();
    app.shared.log.guard.begin().unwrap();
    let mut shared = app.shared.clone();
    shared.log.keys = LogKeys::of_secret(SECOND);
    let app = TestApp::start_with(app.database.take_over(), shared);
    batch(&app, 1);
    wait_until_log_is(&app, "stands_still");
    assert_eq!(key_leaves(&app), []);
    assert!(checkpoint::open(checkpoint_text(&app).as_bytes(), &[old]).is_ok_and(|head| head.size == 2));
}

/// A server that does not write the folder itself learns of new keys and of retired ones from the others.
#[test]
fn a_server_that_only_follows_knows_the_keys_of_today() {
    let app = TestApp::start();
    let old = first(&app);
    let mut shared = app.shared.clone();
    shared.db = so_nhan_ai::app::connect(&app.database.url(), None, 4);
    shared.log.keys = LogKeys::of_secret(LOG_SECRET);
    let follower = TestApp::start_with(app.database.share(), shared);
    let new = verifier(&SECOND);
    app.shared.log.keys.take_up(&file(&[SECOND, LOG_SECRET]));
    eventually("the new key signs beside the old one", || {
        batch(&app, 1);
        note::open(checkpoint_text(&app).as_bytes(), &[old.clone(), new.clone()]).is_ok_and(|(_, by)| by.len() == 2)
    });
    let now = app.now();
    assert!(app.shared.db.tx_blocking(|conn| key_log::retire(conn, &old.to_string(), now)).unwrap());
    app.shared.log.keys.take_up(&file(&[SECOND]));
    eventually("the follower serves what the new key alone has signed", || {
        batch(&app, 1);
        let text = checkpoint_text(&follower);
        let signed_by = |key: &Verifier| checkpoint::open(text.as_bytes(), std::slice::from_ref(key)).is_ok();
        signed_by(&new) && !signed_by(&old)
    });
    let keys = || follower.anonymous().get("/api/v1/public/log", 200)["keys"].clone();
    eventually("and says so", || keys() == json!([new.to_string()]));
}

/// The key file was exchanged as a whole: nobody who knows the old key would believe the new signatures.
#[test]
fn a_key_nobody_vouches_for_does_not_sign() {
    let mut app = TestApp::start();
    let old = first(&app);
    batch(&app, 2);
    wait_for_signed(&app, 2, &[&old]);
    app.stop();
    let mut shared = app.shared.clone();
    shared.log.keys = LogKeys::of_secret(SECOND);
    let app = TestApp::start_with(app.database.take_over(), shared);
    batch(&app, 1);
    wait_until_log_is(&app, "stands_still");
    assert!(checkpoint::open(checkpoint_text(&app).as_bytes(), &[old]).is_ok_and(|head| head.size == 2));
    assert!(key_leaves(&app).is_empty());
}

/// The new key's leaf came after the backup: it comes back with the others, and is known again.
#[test]
fn keys_come_back_from_a_mirror() {
    let mut app = TestApp::start();
    let old = first(&app);
    batch(&app, 3);
    wait_for_signed(&app, 3, &[&old]);
    app.stop();
    let backup = app.database.copy();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    let new = verifier(&SECOND);
    app.shared.log.keys.take_up(&file(&[SECOND, LOG_SECRET]));
    wait_for_signed(&app, 4, &[&old, &new]);
    let mut app = app;
    app.stop();

    let mut shared = app.shared.clone();
    shared.db = so_nhan_ai::app::connect(&backup.url(), None, 4);
    let restored = TestApp::start_with(backup, shared);
    wait_until_log_is(&restored, "stands_still");
    let signers = restored.shared.log.keys.signers(ORIGIN).unwrap();
    let mirror = LogFolder::new(restored.shared.log.folder.path());
    let recovered =
        recovery::recover(&restored.shared.db, &signers, &restored.shared.log.guard, &mirror, restored.now()).unwrap();
    assert_eq!((recovered.leaves, recovered.without_entry), (1, 0));
    batch(&restored, 1);
    wait_for_signed(&restored, 5, &[&old, &new]);
    assert_eq!(key_leaves(&restored), [("ADDED".to_owned(), new.to_string())], "announced once");
    assert_eq!(restored.database.number("SELECT count(*) FROM log_key"), 2);
    let report = audit::audit(&restored.shared.db, Some(&restored.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{:?}", report.findings);
}

/// Somebody with all rights on the database puts another key beside ours: its leaf says something else.
#[test]
fn an_exchanged_key_is_found() {
    let app = TestApp::start();
    let old = first(&app);
    app.shared.log.keys.take_up(&file(&[SECOND, LOG_SECRET]));
    wait_for_signed(&app, 1, &[&old, &verifier(&SECOND)]);
    assert!(app.database.refuses("UPDATE log_key SET added_at = now()").contains("log_key_append_only"));
    let other = verifier(&[0x33; 32]);
    app.database.execute(&format!(
        "ALTER TABLE log_key DISABLE TRIGGER ALL; UPDATE log_key SET vkey = '{other}' WHERE entry IS NOT NULL; \
         ALTER TABLE log_key ENABLE TRIGGER ALL"
    ));
    let report = audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.check, finding.differs.as_str())).collect();
    assert!(found.contains(&("log_key", "its leaf says something else")), "{found:?}");
    let entry = app.database.text("SELECT entry FROM log_key WHERE entry IS NOT NULL");
    assert!(
        app.database.refuses(&format!("INSERT INTO log_key_retired VALUES ('nobody', '{entry}', now())")).contains("vkey_fk")
    );
}
