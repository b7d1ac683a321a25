//! An installation made by the program of an earlier release goes on living under this one. Its data was written by
//! that program (`tests/data/make_installation.py`), not by ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use so_nhan_ai::db::migrations;
use so_nhan_ai::db::private::{NAME, PrivateOptions, PrivatePostgres, lock_data_dir};
use so_nhan_ai::upkeep::steps::STEPS;
use uuid::Uuid;

use crate::harness::*;

/// The last migration of that release.
const RELEASED: &str = "20261122070000";

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/installation-2026-11-22")
}

/// Gives the private database of a folder to psql, and stops it again.
fn psql(folder: &Folder, runs: Vec<(Vec<&str>, Stdio)>) -> String {
    let lock = lock_data_dir(&folder.data).unwrap();
    let options = PrivateOptions { data_dir: folder.data.clone(), pg_bin: None, durable: false };
    let postgres = PrivatePostgres::start(options, lock).unwrap();
    let mut said = String::new();
    for (args, stdin) in runs {
        let mut command = Command::new(postgres.bin_dir().join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &postgres.url(NAME)]).args(args).stdin(stdin);
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success());
        said.push_str(&String::from_utf8(output.stdout).unwrap());
    }
    postgres.stop().unwrap();
    said
}

fn sql(folder: &Folder, text: &str) -> String {
    psql(folder, vec![(vec!["-c", text], Stdio::null())])
}

/// Loads the old installation into a data folder, as it was left.
fn old_installation() -> (Folder, Value) {
    let folder = Folder::new();
    let mut unpacked =
        Command::new("gzip").arg("-dc").arg(data().join("installation.sql.gz")).stdout(Stdio::piped()).spawn().unwrap();
    let dump = unpacked.stdout.take().unwrap();
    psql(&folder, vec![(vec!["-c", "CREATE ROLE so_nhan_ai_public NOLOGIN"], Stdio::null()), (vec!["-1"], dump.into())]);
    assert!(unpacked.wait().unwrap().success());
    let keys = folder.data.join("keys");
    fs::create_dir(&keys).unwrap();
    for file in ["vault.keys", "token.keys"] {
        fs::copy(data().join("keys").join(file), keys.join(file)).unwrap();
        // A checkout can be read by everybody; keys in use must not be.
        fs::set_permissions(keys.join(file), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let story = serde_json::from_str(&fs::read_to_string(data().join("story.json")).unwrap()).unwrap();
    (folder, story)
}

/// Stored totals that are not the sums of their postings stop the migration that moves them, which changes nothing and
/// names the way on.
#[test]
fn wrong_totals_are_not_moved_without_a_word() {
    let (folder, _) = old_installation();
    sql(&folder, "UPDATE received_overall SET own_vnd = own_vnd + 1, subtree_vnd = subtree_vnd + 1 WHERE own_count > 0");
    let refused = folder.run(&["migrate"]);
    assert!(!refused.ok() && refused.complaint().contains("migrate --rebuild-totals"), "{refused:?}");
    assert_ne!(sql(&folder, "SELECT count(*) FROM received_overall").trim(), "0", "nothing was changed");
    let mended = folder.run(&["migrate", "--rebuild-totals"]);
    assert!(mended.ok(), "{mended:?}");
    let audited = folder.run(&["audit", "--database"]);
    assert!(audited.ok(), "{audited:?}");

    // Later on it is the same command, whatever was wrong: too much, too little, or a total of nothing.
    sql(&folder, "UPDATE total_by_day SET subtree_vnd = subtree_vnd + 7 WHERE own_count > 0");
    sql(&folder, "INSERT INTO total_overall SELECT id, 1, 'LOST', '', 5, 1, 5, 1 FROM chapter WHERE code = '01'");
    sql(&folder, "UPDATE account_by_day SET own_debit = own_debit + 1; UPDATE balance SET amount_vnd = amount_vnd + 1");
    let audited = folder.run(&["audit", "--database"]);
    assert!(audited.status.code() == Some(1) && audited.out.contains("01 GENERAL LOST"), "{audited:?}");
    assert!(folder.run(&["migrate", "--rebuild-totals"]).ok());
    assert!(folder.run(&["audit", "--database"]).ok());
}

/// Brings the stored rows up to date with a process that dies before and after the commit of every batch.
fn steps_that_are_killed(folder: &Folder) {
    let keys = folder.data.join("keys/vault.keys");
    let aside = folder.top.join("aside");
    fs::rename(&keys, &aside).unwrap();
    let no_keys = folder.run(&["migrate"]);
    assert!(no_keys.complaint().contains("vault.keys") && no_keys.complaint().contains(STEPS[0].name), "{no_keys:?}");
    fs::rename(&aside, &keys).unwrap();
    let dying = |place: &str| said(folder.program(&["migrate"]).env("SO_NHAN_AI_DIE_AT", place), "");
    assert!(!dying("data-step-uncommitted").ok());
    assert_eq!(folder.number("SELECT count(*) FROM data_step WHERE looked_at > 0 OR done_at IS NOT NULL"), 0);
    let mut kills = 0;
    loop {
        let killed = dying("data-step");
        if killed.ok() {
            break;
        }
        kills += 1;
        assert_eq!(folder.number("SELECT count(*) FROM data_step WHERE done_at IS NOT NULL"), kills, "{killed:?}");
        let left = folder.run(&["audit", "--database"]);
        let next = STEPS.get(kills as usize).map(|step| step.name);
        assert!(next.is_none_or(|name| left.status.code() == Some(1) && left.out.contains(name)), "{left:?}");
    }
    assert_eq!(kills as usize, STEPS.len(), "one batch each");
    let told = folder.run(&["migrate", "--list"]);
    assert!(told.ok() && STEPS.iter().all(|step| told.out.contains(&format!("{}: done", step.name))), "{told:?}");
}

#[test]
fn an_installation_of_the_last_release_goes_on_living() {
    let (folder, story) = old_installation();
    let newer = migrations::known().unwrap().iter().filter(|version| version.as_str() > RELEASED).count();
    let before = folder.run(&["audit", "--database"]);
    if newer > 0 {
        assert_eq!(before.status.code(), Some(2), "{before:?}");
        assert!(before.err.contains("older schema"), "{before:?}");
    }
    steps_that_are_killed(&folder);
    let server = Server::start(&folder);
    let audited = folder.run(&["audit", "--database"]);
    assert!(audited.ok(), "{audited:?}");
    for (place, old) in story["totals"].as_object().unwrap() {
        let totals = server.get(&format!("/api/v1/public/totals?chapter={place}"));
        for figure in ["received_vnd", "gift_count", "by_channel", "by_fund", "quarantined"] {
            assert_eq!(totals[figure], old[figure], "{figure} of {place}");
        }
    }
    let password = story["password"].as_str().unwrap();
    let hanh = server.log_in("hanh.hamliem", password);
    let ha = server.log_in("ha.trunguong", password);
    let retired = server.send("POST", "/api/v1/session", None, Some(&json!({"user": "cu.hamliem", "password": password})));
    assert_eq!(retired.status, 403, "{}", retired.text);

    // Every gift, sent again by a phone that never heard the answer, answers with what was booked then.
    for gift in story["gifts"].as_array().unwrap() {
        let recorder = if gift["request"]["chapter"] == "TW" { &ha } else { &hanh };
        let again = server.post_gift(recorder, &gift["request"]).unwrap();
        let body = again.json();
        assert_eq!((again.status, &body["outcome"]), (200, &json!("ALREADY_BOOKED")), "{body}");
        // A batch answered item by item.
        let booked = gift["answer"].get("gift").unwrap_or(&gift["answer"]);
        assert_eq!((&body["code"], &body["recorded_at"]), (&booked["code"], &booked["recorded_at"]), "{body}");
        let shown = server.get(&format!("/api/v1/public/entries/{}", body["code"].as_str().unwrap()));
        assert_eq!(shown["amount_vnd"], body["amount_vnd"]);
    }
    let other = json!({"id": story["gifts"][0]["request"]["id"], "chapter": "23095", "channel": "CASH", "amount_vnd": 1, "received_on": story["today"]});
    assert_eq!(server.post_gift(&hanh, &other).unwrap().status, 422, "an old id stays taken");

    // A request that waited since then is decided, and an old gift is reversed from the beginning.
    let lan = server.log_in("lan.hamliem", password);
    server.add_second_factor(&lan, password);
    let decide = |id: &str| server.send("POST", &format!("/api/v1/reversals/{id}/approval"), Some(&lan), Some(&Value::Null));
    let waiting =
        story["reversals"].as_array().unwrap().iter().find(|reversal| reversal["answer"]["state"] == "REQUESTED").unwrap();
    let decided = decide(waiting["request"]["id"].as_str().unwrap());
    assert_eq!(decided.status, 200, "{}", decided.text);
    let (id, old) = (Uuid::now_v7(), &story["gifts"][1]["request"]["id"]);
    let path = format!("/api/v1/gifts/{}/reversal", old.as_str().unwrap());
    let asked = server.send("POST", &path, Some(&hanh), Some(&json!({"id": id, "reason": "WRONG_GIVER"})));
    assert_eq!(asked.status, 201, "{}", asked.text);
    assert_eq!(decide(&id.to_string()).status, 200);
    let new = server.post_gift(&hanh, &gift(4_321)).unwrap();
    assert_eq!(new.status, 201, "{}", new.text);
    eventually("all is in the log", || folder.number("SELECT count(*) FROM log_pending") == 0);
    let audited = folder.run(&["audit", "--database"]);
    assert!(audited.ok(), "{audited:?}");
    server.stop();
}
