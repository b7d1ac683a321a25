//! Backups of the real program: what they hold, what they refuse, and what an interrupted one leaves.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::harness::*;

/// Runs `backup` and returns the new folder.
pub fn backup(folder: &Folder, to: &Path, more: &[&str]) -> PathBuf {
    let made = said(folder.program(&["backup", "--to"]).arg(to).args(more), "");
    assert!(made.ok(), "{made:?}");
    let line = made.out.lines().next().unwrap_or_else(|| panic!("{made:?}"));
    PathBuf::from(line.split(": ").next().unwrap())
}

pub fn manifest(backup: &Path) -> Value {
    let text = fs::read_to_string(backup.join("manifest.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["manifest"].clone()
}

/// What lies in a folder, hidden files included.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn backups_in(folder: &Path) -> Vec<String> {
    names(folder).into_iter().filter(|name| name.starts_with("so-nhan-ai-")).collect()
}

/// An installation with an officer and one gift, its server stopped.
pub fn small_installation() -> Folder {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let token = server.log_in("hanh.hamliem", PASSWORD);
    assert_eq!(server.post_gift(&token, &gift(5_000)).unwrap().status, 201);
    eventually("the gift is in the log", || folder.number("SELECT count(*) FROM log_pending") == 0);
    server.stop();
    folder
}

/// PostgreSQL's programs run from another folder than the one the command is given in.
#[test]
fn a_folder_is_meant_from_where_the_command_is_given() {
    let folder = small_installation();
    let from_here = |args: &[&str]| said(folder.program(args).current_dir(&folder.top), "");
    let made = from_here(&["backup", "--to", "backups", "--keys-to", "keys-kept"]);
    assert!(made.ok(), "{made:?}");
    let read = from_here(&["backup", "verify", "backups"]);
    assert!(read.ok(), "{read:?}");
    let elsewhere = Folder::new();
    let from = ["restore", "--from", "backups", "--keys-from", "keys-kept"];
    let restored = said(elsewhere.program(&from).current_dir(&folder.top), "");
    assert!(restored.ok() && restored.out.contains("clean"), "{restored:?}");
}

#[test]
fn a_backup_says_what_it_holds_and_holds_no_keys() {
    let folder = small_installation();
    let to = folder.top.join("backups");
    let one = backup(&folder, &to, &[]);
    assert!(folder.postmaster().is_none(), "PostgreSQL does not outlive the command");
    let manifest = manifest(&one);
    assert_eq!((&manifest["received_vnd"], &manifest["gift_count"]), (&json!(5_000), &json!(1)));
    assert_eq!((&manifest["log"]["size"], &manifest["rows"]["entry"]), (&json!(1), &json!(1)));
    assert_eq!(manifest["log"]["last_leaf_hash"].as_str().unwrap().len(), 64);
    assert_eq!(manifest["schema"].as_array().unwrap().len(), so_nhan_ai::db::migrations::known().unwrap().len());
    assert_eq!(manifest["keys_in_use"].as_array().unwrap().len(), 2);
    let mode = |path: &Path| std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o077;
    assert_eq!((mode(&one), mode(&to)), (0, 0), "nobody else looks in");
    let secrets = fs::read_to_string(folder.data.join("keys/vault.keys")).unwrap();
    for secret in secrets.lines().map(|line| line.split_whitespace().nth(2).unwrap()) {
        for file in ["manifest.json", "documents.list", "database.dump"] {
            let bytes = fs::read(one.join(file)).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "a key in {file}");
        }
    }
    // Keys go somewhere else, by a word of their own.
    let keys = folder.top.join("elsewhere");
    let made = said(folder.program(&["backup", "--to"]).arg(&to).arg("--keys-to").arg(&keys), "");
    assert!(made.ok() && made.out.contains("vault.keys"), "{made:?}");
    assert_eq!(fs::read_to_string(keys.join("vault.keys")).unwrap(), secrets);
    assert_eq!(mode(&keys), 0);
    for bad in [folder.data.join("keys"), folder.data.join("keys/backup"), folder.data.clone(), keys.join("x")] {
        let refused = said(folder.program(&["backup", "--to"]).arg(&bad).arg("--keys-to").arg(&keys), "");
        assert!(refused.complaint().contains("keys"), "{bad:?}");
    }
    let verified = folder.run(&["backup", "verify", to.to_str().unwrap()]);
    assert!(verified.ok() && verified.out.contains("whole"), "{verified:?}");
    assert_eq!(folder.run(&["backup"]).status.code(), Some(2));
}

#[test]
fn only_the_newest_are_kept_and_only_backups_are_removed() {
    let folder = small_installation();
    let server = Server::start(&folder);
    let to = folder.top.join("backups");
    let made: Vec<PathBuf> = (0..3).map(|_| backup(&folder, &to, &[])).collect();
    assert_eq!(backups_in(&to).len(), 3, "one a second would be too few names");
    // Not ours, not complete, not whole: none of our business.
    for other in ["so-nhan-ai-notes", "photos", "so-nhan-ai-20200101T000000Z"] {
        fs::create_dir(to.join(other)).unwrap();
        fs::write(to.join(other).join("file"), "x").unwrap();
    }
    fs::write(to.join("so-nhan-ai-20200101T000000Z/manifest.json"), "{}").unwrap();
    let newest = backup(&folder, &to, &["--keep", "2"]);
    assert!(!made[0].exists() && !made[1].exists() && made[2].exists() && newest.exists());
    for other in ["so-nhan-ai-notes/file", "photos/file", "so-nhan-ai-20200101T000000Z/file"] {
        assert!(to.join(other).exists(), "{other}");
    }
    assert_eq!(folder.run(&["backup", "--to", to.to_str().unwrap(), "--keep", "0"]).status.code(), Some(2));
    server.stop();
}

#[test]
fn a_killed_backup_leaves_nothing_that_looks_complete() {
    let folder = small_installation();
    let server = Server::start(&folder);
    let to = folder.top.join("backups");
    // pg_dump has to wait for this table, so the backup is killed in the middle.
    let mut holder = folder.connect();
    holder.batch_execute("CREATE TABLE awaited (x int) PARTITION BY LIST (x)").unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE awaited IN ACCESS EXCLUSIVE MODE").unwrap();
    let mut half = Mortal(folder.program(&["backup", "--to"]).arg(&to).spawn().unwrap());
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'pg_dump'";
    eventually("pg_dump waits", || folder.number(waits) > 0);
    // Nobody else works in this folder meanwhile.
    let second = said(folder.program(&["backup", "--to"]).arg(&to), "");
    assert!(second.complaint().contains("another backup"), "{second:?}");
    half.0.kill().unwrap();
    half.0.wait().unwrap();
    assert_eq!(backups_in(&to), Vec::<String>::new());
    assert!(names(&to).iter().any(|name| name.starts_with(".unfinished-")));
    let refused = folder.run(&["backup", "verify", to.to_str().unwrap()]);
    assert!(refused.complaint().contains("no complete backup"), "{refused:?}");
    holder.batch_execute("ROLLBACK").unwrap();
    let whole = backup(&folder, &to, &[]);
    assert_eq!(backups_in(&to).len(), 1);
    assert!(!names(&to).iter().any(|name| name.starts_with(".unfinished-")), "{:?}", names(&to));
    assert!(folder.run(&["backup", "verify", whole.to_str().unwrap()]).ok());
    server.stop();
}

/// A limit on the size of files stands for a disk that is full: the system refuses to write on.
#[test]
fn a_full_disk_is_a_clear_error_and_leaves_nothing() {
    let folder = small_installation();
    let server = Server::start(&folder);
    let to = folder.top.join("backups");
    let whole = folder.program(&[]);
    let mut limited = Command::new("/bin/sh");
    limited
        .args(["-c", r#"trap "" XFSZ; ulimit -f 100; exec "$@""#, "sh"])
        .arg(whole.get_program())
        .args(["backup", "--to"])
        .arg(&to);
    limited.env_clear().envs(whole.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let failed = said(&mut limited, "");
    let complaint = failed.complaint();
    assert!(complaint.contains("pg_dump failed") && complaint.contains("File too large"), "{complaint}");
    assert_eq!(names(&to), [".lock"], "nothing half is left");
    backup(&folder, &to, &[]);
    assert_eq!(server.send("GET", "/readyz", None, None).status, 200);
    server.stop();
}

#[test]
fn damage_is_noticed_byte_by_byte() {
    let folder = small_installation();
    let to = folder.top.join("backups");
    let good = backup(&folder, &to, &[]);
    let fresh = folder.top.join("fresh");
    let keys = folder.data.join("keys");
    let restore = |from: &Path| {
        let mut command = folder.program(&["restore", "--from"]);
        said(command.arg(from).arg("--keys-from").arg(&keys).env("SNA_DATA_DIR", &fresh), "")
    };
    for file in ["database.dump", "documents.list", "manifest.json"] {
        let bytes = fs::read(good.join(file)).unwrap();
        let mut ways: Vec<Vec<u8>> = vec![[&bytes[..], b"x"].concat(), Vec::new()];
        for at in [0, bytes.len() / 3, bytes.len().saturating_sub(2)] {
            if let Some(byte) = bytes.get(at) {
                let mut changed = bytes.clone();
                changed[at] = byte ^ 1;
                ways.push(changed);
            }
        }
        if !bytes.is_empty() {
            ways.push(bytes[..bytes.len() - 1].to_vec());
        }
        for changed in ways.into_iter().filter(|changed| *changed != bytes) {
            // The end of the text of the manifest is a line feed nobody misses.
            if file == "manifest.json"
                && String::from_utf8_lossy(&changed).trim_end() == String::from_utf8_lossy(&bytes).trim_end()
            {
                continue;
            }
            fs::write(good.join(file), &changed).unwrap();
            for refused in [folder.run(&["backup", "verify", good.to_str().unwrap()]), restore(&good)] {
                let complaint = refused.complaint();
                assert!(complaint.contains("damaged") && complaint.contains(file), "{file}: {complaint}");
            }
            assert!(!fresh.exists(), "nothing was written");
        }
        fs::write(good.join(file), bytes).unwrap();
    }
    fs::rename(good.join("database.dump"), good.join("gone")).unwrap();
    restore(&good).complaint();
    fs::rename(good.join("gone"), good.join("database.dump")).unwrap();
    let restored = restore(&to);
    assert!(restored.ok() && restored.out.contains("clean"), "{restored:?}");
}

#[test]
fn the_audit_answers_with_its_exit_code() {
    let folder = small_installation();
    let clean = folder.run(&["audit", "--database"]);
    assert!(clean.ok() && clean.out.contains("1 entries") && clean.out.contains("clean") && clean.err.is_empty(), "{clean:?}");
    assert!(folder.postmaster().is_none(), "PostgreSQL does not outlive the command");
    let server = Server::start(&folder);
    let json = folder.run(&["audit", "--database", "--format", "json"]);
    let report: Value = serde_json::from_str(&json.out).unwrap_or_else(|error| panic!("{error}: {json:?}"));
    assert_eq!((json.status.code(), &report["clean"], &report["entries"]["GIFT_CASH"]), (Some(0), &json!(true), &json!(1)));
    let code: String = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("(SELECT code FROM entry)"))
        .get_result(&mut folder.connect())
        .unwrap();
    folder
        .connect()
        .batch_execute("SET session_replication_role = replica; UPDATE public_entry SET amount_vnd = 6000; UPDATE balance SET amount_vnd = 1")
        .unwrap();
    let found = folder.run(&["audit", "--database"]);
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    assert!(found.out.contains(&format!("public_entry: {code}: amount_vnd is 6000, expected 5000")), "{found:?}");
    let json = folder.run(&["audit", "--database", "--format", "json", "--most", "1"]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.status.code(), report["findings"].as_array().unwrap().len()), (Some(1), 1));
    assert!(report["total"].as_u64().unwrap() > 3, "{report}");
    server.stop();

    let nowhere = said(folder.program(&["audit", "--database"]).env("SNA_DATA_DIR", folder.top.join("typo")), "");
    assert_eq!(nowhere.status.code(), Some(2), "{nowhere:?}");
    assert!(nowhere.err.contains("there is no installation") && !folder.top.join("typo").exists(), "{nowhere:?}");
    let mut away = folder.program(&["audit", "--database"]);
    let away = said(away.env("DATABASE_URL", "postgres://u:geheim@127.0.0.1:1/x"), "");
    assert_eq!(away.status.code(), Some(2), "{away:?}");
    assert!(!away.err.contains("geheim") && !away.err.contains("panicked"), "{away:?}");
    assert_eq!(folder.run(&["audit"]).status.code(), Some(2));
    // Without keys everything that is not sealed is still checked.
    fs::rename(folder.data.join("keys"), folder.top.join("keys")).unwrap();
    let keyless = folder.run(&["audit", "--database"]);
    assert_eq!(keyless.status.code(), Some(1));
    assert!(keyless.out.contains("without keys") && keyless.out.contains(&code), "{keyless:?}");
    assert!(!folder.data.join("keys").exists(), "an audit makes no keys");
}
