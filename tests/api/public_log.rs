//! The published log: checkpoints soon after each gift, served as C2SP tlog-tiles says, never a fork.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::clearance::Clearance;
use so_nhan_ai::log::note::Verifier;
use so_nhan_ai::log::publisher;
use so_nhan_ai::log::receipt::Receipt;
use so_nhan_ai::log::tiles::{Of, Piece, read_bundle, read_hashes, right_edge};
use so_nhan_ai::log::tree::{Head, leaf_hash, root_over};

use crate::harness::{Database, TestApp, eventually};

fn keys(app: &TestApp) -> Vec<Verifier> {
    let signers = app.shared.log.keys.signers("so.example.org/log").unwrap();
    signers.iter().map(|signer| signer.verifier().clone()).collect()
}

/// The checkpoint as it is served, verified.
fn served(app: &TestApp) -> Head {
    checkpoint::open(app.anonymous().get_text("/log/checkpoint", 200).as_bytes(), &keys(app)).unwrap()
}

pub fn wait_for(app: &TestApp, size: u64) -> Head {
    let mut head = None;
    eventually(&format!("a checkpoint of {size} leaves"), || {
        let answer = app.anonymous().send("GET", "/log/checkpoint", None);
        head = (answer.status == 200).then(|| checkpoint::open(&answer.bytes, &keys(app)).unwrap());
        head.is_some_and(|head| head.size >= size)
    });
    head.unwrap()
}

/// What `/readyz` says of the log.
pub fn wait_until_log_is(app: &TestApp, state: &str) {
    eventually(&format!("the log is {state}"), || app.anonymous().get("/readyz", 200)["log"] == state);
}

fn piece(app: &TestApp, piece: Piece) -> Vec<u8> {
    let answer = app.anonymous().send("GET", &format!("/log/{}", piece.path()), None);
    assert_eq!(answer.status, 200, "{piece:?}");
    answer.bytes
}

pub fn batch(app: &TestApp, n: usize) {
    let officer = app.officer_of("23095");
    let gifts: Vec<Value> = (0..n).map(|_| app.gift(json!({}))).collect();
    let answer = officer.post("/api/v1/gifts/batch", json!({ "gifts": gifts }), 200);
    assert_eq!(answer["booked"], n);
}

#[test]
fn a_new_log_is_empty_and_signed() {
    let app = TestApp::start();
    assert_eq!(wait_for(&app, 0), Head { size: 0, root: so_nhan_ai::log::tree::empty_root() });
}

#[test]
fn what_is_recorded_is_signed_and_served() {
    let app = TestApp::start();
    wait_for(&app, 0);
    batch(&app, 300);
    let head = wait_for(&app, 300);

    // Every bundle gives the leaves of its tile, all leaves the root.
    let mut leaves = Vec::new();
    for n in 0..2 {
        let bundle = piece(&app, Piece::at(Of::Entries, n, 300).unwrap());
        let hashes: Vec<_> = read_bundle(&bundle).unwrap().into_iter().map(leaf_hash).collect();
        assert_eq!(read_hashes(&piece(&app, Piece::at(Of::Hashes(0), n, 300).unwrap())).unwrap(), hashes);
        leaves.extend(hashes);
    }
    assert_eq!(head, Head { size: 300, root: root_over(&leaves) });
    for edge in right_edge(300) {
        assert!(!piece(&app, edge).is_empty());
    }
}

#[test]
fn pieces_are_served_as_the_specification_says() {
    let app = TestApp::start();
    batch(&app, 260);
    wait_for(&app, 260);
    let anonymous = app.anonymous();
    let checkpoint = anonymous.send("GET", "/log/checkpoint", None);
    assert_eq!(checkpoint.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(checkpoint.header("cache-control"), Some("public, max-age=1"));
    let tile = anonymous.send("GET", "/log/tile/0/000", None);
    assert_eq!((tile.status, tile.bytes.len()), (200, 8192));
    assert_eq!(tile.header("content-type"), Some("application/octet-stream"));
    assert!(tile.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(anonymous.send("HEAD", "/log/tile/0/000", None).status, 200);

    // Partials of a tile that is full by now are its beginning, hashes and entries alike.
    let partial = piece(&app, Piece { of: Of::Hashes(0), n: 0, width: 7 });
    assert_eq!(partial, tile.bytes[..7 * 32]);
    let bundle = piece(&app, Piece { of: Of::Entries, n: 0, width: 7 });
    assert_eq!(read_bundle(&bundle).unwrap().len(), 7);

    let zipped = app.anonymous().with("accept-encoding", "br, gzip;q=0.8").send("GET", "/log/tile/entries/000", None);
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert!(zipped.header("vary").unwrap().starts_with("accept-encoding"));
    for refusal in ["gzip;q=0", "gzip;Q=0", "identity, gzip; q=0.000", "br", ""] {
        let refused = app.anonymous().with("accept-encoding", refusal).send("GET", "/log/tile/entries/000", None);
        assert_eq!((refused.status, refused.header("content-encoding")), (200, None), "{refusal}");
    }

    for nothing in [
        "tile/0/001.p/5",
        "tile/0/002",
        "tile/3/000",
        "tile/entries/001.p/200",
        "tile/0/0",
        "tile/0/..%2f..%2fcheckpoint",
        "tile/8/0/000",
        "tile/entries/999",
        "tile/0/000.p/256",
        "log.signed",
        ".lock",
        "../log.signed",
        "tile/entries/000.gz",
    ] {
        assert_eq!(anonymous.send("GET", &format!("/log/{nothing}"), None).status, 404, "{nothing}");
    }
}

/// Two servers on one database: what one has signed the other serves; both sign one log.
#[test]
fn two_servers_publish_one_log() {
    let app = TestApp::start();
    let mut shared = app.shared.clone();
    shared.log.folder = so_nhan_ai::log::folder::LogFolder::new(&Database::folder());
    let sister = TestApp::start_with(app.database.share(), shared);
    for n in 1..=4 {
        batch(if n % 2 == 0 { &app } else { &sister }, 90);
        let (a, b) = (wait_for(&app, n * 90), wait_for(&sister, n * 90));
        assert_eq!(a, b);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM log_checkpoint c WHERE size > (SELECT size FROM log_tree)"), 0);
}

/// A new server that does not know yet what was signed last shows what the others sign.
#[test]
fn a_server_without_a_guard_follows() {
    let app = TestApp::start();
    batch(&app, 20);
    wait_for(&app, 20);
    let mut shared = app.shared.clone();
    shared.log = Database::log_elsewhere();
    let late = TestApp::start_with(app.database.share(), shared);
    assert_eq!(wait_for(&late, 20), wait_for(&app, 20));
    wait_until_log_is(&late, "stands_still");
    batch(&app, 3);
    assert_eq!(wait_for(&late, 23), wait_for(&app, 23));
    assert!(!late.shared.log.guard.path().exists());
}

/// Pieces that are lost are written again, and a folder that is new is filled.
#[test]
fn a_lost_folder_is_filled_again() {
    let mut app = TestApp::start();
    batch(&app, 300);
    let head = wait_for(&app, 300);
    app.stop();
    let folder = app.shared.log.folder.path().to_owned();
    std::fs::remove_dir_all(folder.join("tile/0")).unwrap();
    std::fs::remove_file(folder.join("tile/entries/000")).unwrap();
    let mut app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    // Whoever asks before it is mended gets them all the same.
    assert_eq!(piece(&app, Piece { of: Of::Hashes(0), n: 0, width: 256 }).len(), 8192);
    eventually("the pieces are here", || folder.join("tile/0/000").exists() && folder.join("tile/entries/000").exists());
    app.stop();
    std::fs::remove_dir_all(&folder).unwrap();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    assert_eq!(wait_for(&app, 300), head);
    assert_eq!(std::fs::read(folder.join("tile/0/001.p/44")).unwrap().len(), 44 * 32);
}

/// What could not be mended at the start is mended as soon as it can be, though nothing new is recorded.
#[test]
fn a_folder_is_mended_until_it_is_whole() {
    let mut app = TestApp::start();
    batch(&app, 300);
    let head = wait_for(&app, 300);
    app.stop();
    let entries = app.shared.log.folder.path().join("tile/entries");
    std::fs::remove_dir_all(&entries).unwrap();
    std::fs::write(&entries, "in the way").unwrap();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    wait_until_log_is(&app, "stands_still");
    assert_eq!(served(&app), head);
    std::fs::remove_file(&entries).unwrap();
    eventually("the bundles are here", || entries.join("000").exists() && entries.join("001.p/44").exists());
    wait_until_log_is(&app, "ok");
}

/// When the newest checkpoint was signed is known after a restart, too.
#[test]
fn a_restart_does_not_change_when_it_was_signed() {
    let mut app = TestApp::start();
    batch(&app, 2);
    wait_for(&app, 2);
    let signed_at = |app: &TestApp| app.anonymous().get("/api/v1/public/log", 200)["signed_at"].clone();
    let before = signed_at(&app);
    app.stop();
    app.clock.advance(chrono::Duration::hours(5));
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    wait_for(&app, 2);
    assert_eq!(signed_at(&app), before);
}

/// Whoever asks first after a restart is answered, however long the server takes to see whether it may sign.
#[test]
fn a_restart_serves_what_was_published_from_the_first_request_on() {
    let mut app = TestApp::start();
    batch(&app, 2);
    let before = wait_for(&app, 2);
    app.stop();
    let mut holder = app.database.connect();
    holder.batch_execute("BEGIN; LOCK TABLE log_hold IN ACCESS EXCLUSIVE MODE").unwrap();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    assert_eq!(served(&app), before);
    assert_eq!(piece(&app, Piece::at(Of::Hashes(0), 0, 2).unwrap()).len(), 64);
    // The server could not end while its publisher waits for this.
    holder.batch_execute("COMMIT").unwrap();
}

/// A log that was never published is no missing page: clients come back.
#[test]
fn before_the_first_checkpoint_clients_are_asked_to_come_back() {
    let mut app = TestApp::start();
    wait_for(&app, 0);
    app.stop();
    std::fs::remove_dir_all(app.shared.log.folder.path()).unwrap();
    let mut holder = app.database.connect();
    holder.batch_execute("BEGIN; LOCK TABLE log_hold IN ACCESS EXCLUSIVE MODE").unwrap();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    let answer = app.anonymous().send("GET", "/log/checkpoint", None);
    assert_eq!((answer.status, answer.header("retry-after"), answer.header("cache-control")), (503, Some("2"), Some("no-store")));
    holder.batch_execute("COMMIT").unwrap();
    wait_for(&app, 0);
}

/// A database that is older than what was signed: nothing is sequenced or signed, the old checkpoint is served on, gifts
/// are taken, and operators are told.
#[test]
fn an_older_database_never_forks_the_log() {
    let mut app = TestApp::start();
    batch(&app, 20);
    let newest = wait_for(&app, 20);
    app.stop();
    // What a restored backup looks like: another database, the same key, guard and folder.
    let mut shared = app.shared.clone();
    let database = Database::fresh();
    shared.db = so_nhan_ai::app::connect(&database.url(), None, 4);
    let app = TestApp::start_with(database, shared);
    app.database.wait_until("EXISTS (SELECT FROM log_hold WHERE why LIKE '%20 leaves and this database has 0%log recover%')");
    wait_until_log_is(&app, "stands_still");
    batch(&app, 5);
    assert_eq!(served(&app), newest);
    assert_eq!(app.database.number("SELECT size FROM log_head"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM log_pending"), 5);
    assert!(app.anonymous().get_text("/metrics", 200).contains("sna_log_stands_still 1"));
}

/// Without the guard nobody knows what was signed last.
#[test]
fn a_lost_guard_stops_signing() {
    let mut app = TestApp::start();
    batch(&app, 3);
    wait_for(&app, 3);
    app.stop();
    std::fs::remove_file(app.shared.log.guard.path()).unwrap();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    batch(&app, 2);
    assert_eq!(wait_for(&app, 3).size, 3);
    wait_until_log_is(&app, "stands_still");
    assert_eq!(app.database.number("SELECT count(*) FROM log_pending"), 2);
}

/// Somebody with full rights on the database changes a tile: it is noticed before the next signature.
#[test]
fn a_changed_tile_stops_signing() {
    let mut app = TestApp::start();
    batch(&app, 3);
    wait_for(&app, 3);
    app.stop();
    app.database.execute(
        "ALTER TABLE log_tile DISABLE TRIGGER ALL; UPDATE log_tile SET data = set_byte(data, 5, get_byte(data, 5) # 1); \
         ALTER TABLE log_tile ENABLE TRIGGER ALL",
    );
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    app.database.wait_until("EXISTS (SELECT FROM log_hold WHERE why LIKE '%not the database that was published%')");
    assert_eq!(wait_for(&app, 3).size, 3);
    batch(&app, 2);
    assert_eq!(app.database.number("SELECT count(*) FROM log_pending"), 2);
}

/// The folder cannot be written: gifts are taken, readiness says so, and it heals.
#[test]
fn a_folder_that_can_not_be_written_heals() {
    let mut app = TestApp::start();
    batch(&app, 3);
    wait_for(&app, 3);
    app.stop();
    // A file where the folder of bundles should be; mode bits would not stop root.
    let entries = app.shared.log.folder.path().join("tile/entries");
    std::fs::remove_dir_all(&entries).unwrap();
    std::fs::write(&entries, "in the way").unwrap();
    let app = TestApp::start_with(app.database.take_over(), app.shared.clone());
    batch(&app, 2);
    wait_until_log_is(&app, "stands_still");
    std::fs::remove_file(&entries).unwrap();
    assert_eq!(wait_for(&app, 5).size, 5);
    wait_until_log_is(&app, "ok");
}

#[test]
fn the_origin_stays_once_there_are_leaves() {
    let mut app = TestApp::start();
    wait_for(&app, 0);
    app.database.execute("UPDATE log_origin SET origin = 'other.example.org/log'");
    app.database.execute("UPDATE log_origin SET origin = 'so.example.org/log'");
    batch(&app, 1);
    wait_for(&app, 1);
    app.stop();
    assert!(app.database.refuses("UPDATE log_origin SET origin = 'other.example.org/log'").contains("log_origin_stays"));
    let mut settings = app.shared.log.clone();
    settings.origin = Some("other.example.org/log".to_owned());
    let refused = publisher::start(app.shared.db.clone(), app.clock.clone(), settings, Clearance::default());
    assert!(refused.is_err_and(|error| error.to_string().contains("so.example.org/log")));
}

/// Before its first leaf a log may get another name, as an installation does that was first started without one.
#[test]
fn an_empty_log_may_get_another_name() {
    let mut app = TestApp::start();
    wait_for(&app, 0);
    app.stop();
    let mut shared = app.shared.clone();
    shared.log.origin = Some("other.example.org/log".to_owned());
    let app = TestApp::start_with(app.database.take_over(), shared);
    let named = |size: &str| {
        let answer = app.anonymous().send("GET", "/log/checkpoint", None);
        let lines: Vec<&str> = answer.text.lines().collect();
        answer.status == 200 && lines[..2] == ["other.example.org/log", size]
    };
    eventually("the empty log has its new name", || named("0"));
    batch(&app, 3);
    eventually("and goes on under it", || named("3"));
    wait_until_log_is(&app, "ok");
}

/// What the database itself refuses.
#[test]
fn tiles_trees_and_checkpoints_only_grow() {
    let app = TestApp::start();
    batch(&app, 2);
    wait_for(&app, 2);
    for (attack, constraint) in [
        ("UPDATE log_tile SET data = substr(data, 1, 32)", "log_tile_grows"),
        ("UPDATE log_tile SET data = sha256('x') || data", "log_tile_grows"),
        ("DELETE FROM log_tile", "log_tile_append_only"),
        ("UPDATE log_tree SET size = 1", "log_tree_grows"),
        ("UPDATE log_tree SET size = 3", "log_tree_grows"),
        ("DELETE FROM log_tree", "log_tree_append_only"),
        ("UPDATE log_checkpoint SET note = 'x'", "log_checkpoint_append_only"),
        ("DELETE FROM log_checkpoint", "log_checkpoint_append_only"),
        ("INSERT INTO log_checkpoint VALUES (3, sha256(''), 'x', now())", "log_checkpoint_is_of_the_tree"),
        ("DELETE FROM log_key", "log_key_append_only"),
    ] {
        assert!(app.database.refuses(attack).contains(constraint), "{attack}");
    }
}

/// The file everybody can have, and the giver's own; what is in neither.
#[test]
fn receipts_prove_and_open() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift =
        app.gift(json!({"giver": {"kind": "PERSON", "name": "Nguyễn Thị Bưởi", "phone": "0905123987"}, "memo": "cho bà con"}));
    let booked = officer.post("/api/v1/gifts", gift, 201);
    let (id, code) = (booked["id"].as_str().unwrap(), booked["code"].as_str().unwrap());
    batch(&app, 40);
    let head = wait_for(&app, 41);

    let public = app.anonymous().send("GET", &format!("/api/v1/public/entries/{code}/receipt"), None);
    assert_eq!(public.status, 200);
    assert!(public.header("content-disposition").unwrap().contains(&format!("{code}.tlog-proof")));
    let receipt = Receipt::parse(&public.bytes).unwrap();
    assert_eq!(receipt.verify(&keys(&app)), Ok(head));
    assert_eq!(receipt.opened, None);
    let leaf: Value = serde_json::from_slice(&receipt.leaf).unwrap();
    assert_eq!((leaf["entry"].as_str(), leaf["kind"].as_str()), (Some(code), Some("GIFT_CASH")));

    let own = officer.send("GET", &format!("/api/v1/gifts/{id}/receipt"), None);
    let own = Receipt::parse(&own.bytes).unwrap();
    assert_eq!(own.verify(&keys(&app)), Ok(head));
    let shown: Vec<(String, String)> =
        own.opened.as_ref().unwrap().shown().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert!(shown.contains(&("name".to_owned(), "Nguyễn Thị Bưởi".to_owned())), "{shown:?}");
    assert!(shown.contains(&("memo".to_owned(), "cho bà con".to_owned())), "{shown:?}");
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'GIFT_RECEIPT_READ'"), 1);

    // Another place's officer has no such gift; nobody without a log-in opens anything.
    app.officer_of("23059").get(&format!("/api/v1/gifts/{id}/receipt"), 404);
    app.anonymous().get(&format!("/api/v1/gifts/{id}/receipt"), 401);
    app.anonymous().get("/api/v1/public/entries/00000000000000000/receipt", 404);
    assert!(!String::from_utf8_lossy(&public.bytes).contains("Bưởi"));
}

/// While the log stands still an entry is being sealed, which is not "unknown".
#[test]
fn an_entry_that_is_being_sealed_says_so() {
    let app = TestApp::start();
    wait_for(&app, 0);
    app.database.execute("INSERT INTO log_hold VALUES (true, 'a test', now())");
    let booked = app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({})), 201);
    let answer =
        app.anonymous().send("GET", &format!("/api/v1/public/entries/{}/receipt", booked["code"].as_str().unwrap()), None);
    assert_eq!((answer.status, answer.header("retry-after")), (404, Some("2")));
    assert!(answer.text.contains("đang niêm phong"), "{}", answer.text);
    app.database.execute("DELETE FROM log_hold");
    wait_for(&app, 1);
}

#[test]
fn the_state_of_the_log_is_public() {
    let app = TestApp::start();
    batch(&app, 2);
    let head = wait_for(&app, 2);
    let state = app.anonymous().get("/api/v1/public/log", 200);
    assert_eq!((state["origin"].as_str(), state["size"].as_u64()), (Some("so.example.org/log"), Some(2)));
    assert_eq!(state["root"], so_nhan_ai::basics::hex(&head.root));
    assert_eq!(state["keys"], json!([keys(&app)[0].to_string()]));
}

/// A correction and an erasure later, every proof still holds.
#[test]
fn proofs_outlive_erasure() {
    let app = TestApp::start();
    let booked =
        app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê Văn Cam"}})), 201);
    let code = booked["code"].as_str().unwrap();
    let head = wait_for(&app, 1);
    let path = format!("/api/v1/public/entries/{code}/receipt");
    let before = Receipt::parse(app.anonymous().get_text(&path, 200).as_bytes()).unwrap();
    app.database.execute("DELETE FROM pd_opening");
    batch(&app, 3);
    let later = wait_for(&app, 4);
    let after = Receipt::parse(app.anonymous().get_text(&path, 200).as_bytes()).unwrap();
    assert_eq!((before.verify(&keys(&app)), after.verify(&keys(&app))), (Ok(head), Ok(later)));
    assert_eq!(before.leaf, after.leaf);
    let id = booked["id"].as_str().unwrap();
    let own = app.officer_of("23095").send("GET", &format!("/api/v1/gifts/{id}/receipt"), None);
    assert_eq!(Receipt::parse(&own.bytes).unwrap().opened, None);
}
