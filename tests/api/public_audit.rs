//! The running server as its verifiers see it: clean when it is right, with the entry named when somebody with full rights in the
//! database has changed one, and a receipt that is told of the reversal it cannot show.

use std::time::Duration;

use serde_json::{Value, json};
use so_nhan_ai::db::Db;
use so_nhan_ai::db::findings::Findings;
use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::note::Verifier;
use so_nhan_ai::log::receipt::Receipt;
use so_nhan_ai_proof::verify::audit::Walk;
use so_nhan_ai_proof::verify::place::Place;
use so_nhan_ai_proof::verify::published::{self, Patience};
use so_nhan_ai_proof::verify::receipt;
use so_nhan_ai_proof::verify::report::Report;
use so_nhan_ai_proof::verify::served::{self, Closely};
use so_nhan_ai_proof::verify::site::Site;
use uuid::Uuid;

use crate::harness::TestApp;
use crate::public_log::{batch, wait_for};

fn keys(app: &TestApp) -> Vec<Verifier> {
    let signers = app.shared.log.keys.signers("so.example.org/log").unwrap();
    signers.iter().map(|signer| signer.verifier().clone()).collect()
}

pub fn audit(app: &TestApp, patience: Patience) -> Report {
    let (keys, site) = (keys(app), Site::new(&app.base, None).unwrap());
    let mut walk = Walk::new(&site, 2);
    walk.grow(checkpoint::open(&site.checkpoint().unwrap(), &keys).unwrap(), &mut |_, _| ()).unwrap();
    published::compare(&mut walk, &site, &site, &keys, patience, &mut |_, _| ()).unwrap();
    walk.report("so.example.org/log")
}

/// The same of its rows: each compared with its leaf.
pub fn audit_rows(app: &TestApp) -> Report {
    let (keys, site) = (keys(app), Site::new(&app.base, None).unwrap());
    let mut walk = Walk::new(&site, 2);
    walk.keep_rows();
    walk.grow(checkpoint::open(&site.checkpoint().unwrap(), &keys).unwrap(), &mut |_, _| ()).unwrap();
    let patience = Patience { pause: Duration::from_millis(100), still: 10, lasting: 50, rounds: 60 };
    let closely = Closely { sample: 20, seed: "7".parse().unwrap() };
    served::compare(&mut walk, &site, &site, &keys, patience, closely, &mut |_, _| ()).unwrap();
    walk.report("so.example.org/log")
}

pub const SHORT: Patience = Patience { pause: Duration::from_millis(20), still: 1, lasting: 5, rounds: 9 };

fn code_of(app: &TestApp, gift: &Value) -> String {
    let id = gift["id"].as_str().unwrap();
    app.database.text(&format!("SELECT e.code FROM gift g JOIN entry e ON e.id = g.entry_id WHERE g.id = '{id}'"))
}

/// Gifts of all kinds at several places; the first, of 500,123 đồng, is reversed.
fn recorded(app: &TestApp) -> Value {
    app.open_appeal("68", "BAO-13");
    let (officer, other) = (app.officer_of("23095"), app.officer_of("23059"));
    let first = app.gift(json!({"amount_vnd": 500_123, "appeal": "BAO-13"}));
    let goods = json!([{"item": "RICE", "quantity": "100.5", "unit": "KG", "value_vnd": 1_500_000, "valuation": "MARKET_PRICE"}]);
    for gift in [
        first.clone(),
        app.gift(json!({"amount_vnd": 70_000})),
        app.gift(json!({"channel": "BANK_TRANSFER", "amount_vnd": 2_000_000, "appeal": "BAO-13", "memo": "UNG HO", "bank_reference": "FT1"})),
        app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "appeal": "BAO-13", "lines": goods})),
    ] {
        officer.post("/api/v1/gifts", gift, 201);
    }
    other.post("/api/v1/gifts", app.gift(json!({"chapter": "23059", "amount_vnd": 9_000})), 201);
    first
}

fn reverse(app: &TestApp, gift: &Value) {
    let path = format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap());
    let request = app.officer_of("23095").post(&path, json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"}), 201);
    let approval = format!("/api/v1/reversals/{}/approval", request["id"].as_str().unwrap());
    app.chair_of("68").post(&approval, json!(null), 200);
    app.wait_for_checkpoint();
}

#[test]
fn what_the_server_publishes_is_clean_and_adds_up() {
    let app = TestApp::start();
    let first = recorded(&app);
    app.wait_for_checkpoint();
    let report = audit(&app, Patience::default());
    assert!(report.clean, "{}", report.text(20));
    reverse(&app, &first);
    let report = audit(&app, Patience::default());
    assert!(report.clean && report.not_understood.is_empty(), "{}", report.text(20));
    assert_eq!((report.size, report.entries["REVERSAL"]), (6, 1));
    assert_eq!((report.totals.received.received_vnd, report.totals.received.gift_count), (3_579_000, 4));
    assert!(report.notes.iter().any(|note| note.contains("published sums compared: the same")), "{:?}", report.notes);
}

#[test]
fn a_receipt_is_told_of_the_reversal() {
    let app = TestApp::start();
    let first = recorded(&app);
    app.wait_for_checkpoint();
    let code = code_of(&app, &first);
    let file = app.anonymous().get_text(&format!("/api/v1/public/entries/{code}/receipt"), 200);
    let receipt = Receipt::parse(file.as_bytes()).unwrap();
    let head = receipt.verify(&keys(&app)).unwrap();
    let site = Site::new(&app.base, None).unwrap();
    let ask = || receipt::ask(&receipt, &head, &keys(&app), &site).unwrap();
    let online = ask();
    assert!(online.later.is_empty() && !online.is_reversed() && online.is_answered() && online.findings.total == 0, "{online:?}");
    reverse(&app, &first);
    // The page may be kept in memory from before for a moment; the reversal empties that at once.
    let online = ask();
    assert!(online.is_reversed() && online.findings.total == 0, "{online:?}");
    assert_eq!((online.later[0].reason.as_deref(), online.size), (Some("DUPLICATE"), 6));
}

/// Somebody doubles a row, changes goods, takes a row away; whatever he makes of the sums, the log says otherwise.
#[test]
fn a_changed_row_is_named() {
    let app = TestApp::start();
    let first = recorded(&app);
    reverse(&app, &first);
    app.wait_for_index();
    let report = audit_rows(&app);
    assert!(report.clean && report.size == 6, "{}", report.text(20));
    let coded = |wanted: &str| app.database.text(&format!("SELECT code FROM public_entry WHERE {wanted}"));
    let change = |sql: &str| {
        app.database.execute(&format!("SET session_replication_role = replica; {sql}; SET session_replication_role = DEFAULT"))
    };
    // In the ledger of an appeal, and of no appeal: there is no file of the latter.
    for (wanted, shown) in [("amount_vnd = 2000000", "4000000"), ("amount_vnd = 70000", "140000")] {
        let code = coded(wanted);
        change(&format!("UPDATE public_entry SET amount_vnd = amount_vnd * 2 WHERE code = '{code}'"));
        let report = audit_rows(&app);
        let says = format!("the site shows the amount {shown} đồng");
        assert!(report.findings.iter().any(|f| f.subject.contains(&code) && f.differs.contains(&says)), "{}", report.text(20));
        change(&format!("UPDATE public_entry SET amount_vnd = amount_vnd / 2 WHERE code = '{code}'"));
    }
    let goods = coded("goods IS NOT NULL");
    change(&format!("UPDATE public_entry SET goods = jsonb_set(goods, '{{0,quantity}}', '\"200.5\"') WHERE code = '{goods}'"));
    let report = audit_rows(&app);
    let says = "shows the goods RICE 200.5 KG";
    assert!(report.findings.iter().any(|f| f.subject.contains(&goods) && f.differs.contains(says)), "{}", report.text(20));
    change(&format!("DELETE FROM public_entry WHERE code = '{goods}'"));
    let report = audit_rows(&app);
    let says = "the file has no row of it";
    assert!(report.findings.iter().any(|f| f.subject.contains(&goods) && f.differs.contains(says)), "{}", report.text(20));
}

#[test]
fn a_changed_total_is_found() {
    let app = TestApp::start();
    recorded(&app);
    app.wait_for_checkpoint();
    app.database.execute(
        "SET session_replication_role = replica;
         UPDATE total_overall SET own_vnd = own_vnd + 1 WHERE scope_id = (SELECT id FROM chapter WHERE code = '23095')",
    );
    let report = audit(&app, SHORT);
    let is_named = report.findings.iter().all(|finding| finding.subject.starts_with("chapter 23095, its own"));
    assert!(report.total > 0 && is_named, "{}", report.text(20));
}

/// With triggers off, an amount is edited and what was published is taken away, so that it is made again from the database.
#[test]
fn an_edited_amount_is_found_by_its_entry() {
    let app = TestApp::start();
    let first = recorded(&app);
    app.wait_for_checkpoint();
    let code = code_of(&app, &first);
    let edited = "convert_to(replace(convert_from(leaf, 'UTF8'), '500123', '900123'), 'UTF8')";
    app.database.execute(&format!(
        "SET session_replication_role = replica;
         UPDATE log_leaf SET leaf = {edited}, leaf_hash = sha256('\\x00'::bytea || {edited}) WHERE entry = '{code}'"
    ));
    std::fs::remove_dir_all(app.shared.log.folder.path().join("tile")).unwrap();
    let report = audit(&app, SHORT);
    let named = format!("entry 0 ({code})");
    assert!(report.findings.iter().any(|f| f.check == "entry_hash" && f.subject == named), "{}", report.text(20));
}

/// What the audit of the database says of the tree when it reads one tile's width of leaves at a time.
fn tree_findings(app: &TestApp) -> Vec<String> {
    let db = Db::connect(&app.database.url(), None, 1);
    let mut findings = Findings::new(50, None);
    db.survey(|conn| so_nhan_ai::log::audit::audit_in_pages(conn, &mut findings, 256)).unwrap();
    findings.kept().iter().map(|found| format!("{}: {} {}", found.check, found.subject, found.differs)).collect()
}

/// The tile of level 1 grows in the first page of leaves and not in the last.
#[test]
fn every_tile_of_the_right_edge_is_compared_with_the_leaves() {
    let mut app = TestApp::start();
    batch(&app, 300);
    wait_for(&app, 300);
    app.stop();
    assert_eq!(tree_findings(&app), Vec::<String>::new());
    let changed = |sql: &str| app.database.execute(&format!("SET session_replication_role = replica; {sql}"));
    changed("UPDATE log_tile SET data = set_byte(data, 5, get_byte(data, 5) # 1) WHERE level = 1");
    let found = tree_findings(&app);
    assert!(found.len() == 1 && found[0].starts_with("log_tile: tile 0 of level 1, hash 0 "), "{found:?}");
    changed("DELETE FROM log_tile WHERE level = 1");
    assert_eq!(tree_findings(&app), ["log_tile: tile 0 of level 1 has 0 hashes, expected 1"]);
}

#[test]
fn a_changed_note_is_found_in_the_database() {
    let mut app = TestApp::start();
    recorded(&app);
    app.wait_for_checkpoint();
    app.stop();
    assert_eq!(tree_findings(&app), Vec::<String>::new());
    let last = app.database.text("SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1");
    let signed = |note: &str| {
        let note = note.replace('\'', "''");
        let newest = "size = (SELECT max(size) FROM log_checkpoint)";
        app.database.execute(&format!(
            "SET session_replication_role = replica; UPDATE log_checkpoint SET note = '{note}' WHERE {newest}"
        ));
        tree_findings(&app)
    };
    assert!(signed("x")[0].starts_with("log_checkpoint: checkpoint of 5 leaves its note"));
    let (text, signature) = last.split_once("\n\n").unwrap();
    assert!(
        signed(&format!("{}\n\n{signature}", text.replace("\n5\n", "\n4\n")))[0].contains("its note: "),
        "another size, not signed"
    );
    let other = app.shared.log.keys.signers("so.example.org/log").unwrap();
    let head = so_nhan_ai::log::tree::Head { size: 5, root: [1; 32] };
    assert!(signed(&checkpoint::sign("so.example.org/log", &head, &other))[0].contains("signs another size or root"));
    let elsewhere = app.shared.log.keys.signers("other.example.org/log").unwrap();
    assert!(signed(&checkpoint::sign("other.example.org/log", &head, &elsewhere))[0].contains("names another log"));
    assert_eq!(signed(&last), Vec::<String>::new());
}
