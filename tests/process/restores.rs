//! Getting installations back: elsewhere, under load, after an interruption, and into a PostgreSQL of one's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use so_nhan_ai::db::private::{PrivateOptions, PrivatePostgres, lock_data_dir};

use crate::backups::{backup, manifest, small_installation};
use crate::flood::Flood;
use crate::harness::*;

fn restore(folder: &Folder, from: &Path, more: &[&str]) -> Said {
    said(folder.program(&["restore", "--from"]).arg(from).args(more), "")
}

/// Gifts are posted all the while; what the backup holds is of one moment, to the đồng.
#[test]
fn a_backup_made_in_a_flood_is_restored_on_another_machine() {
    let here = Folder::ready();
    let server = Server::start(&here);
    let staff = Staff::at(&here, &server);
    let first = gift(1);
    let code = server.post_gift(&staff.officer, &first).unwrap().json()["code"].as_str().unwrap().to_owned();

    let (to, keys) = (here.top.join("backups"), here.top.join("keys copy"));
    let (made, before) = (Mutex::new(None), Mutex::new(0));
    let flood = Flood::of(&server, &staff, |flood| {
        flood.wait_for_more(100);
        *before.lock().unwrap() = flood.acknowledged.load(Ordering::Relaxed);
        *made.lock().unwrap() = Some(backup(&here, &to, &["--keys-to", keys.to_str().unwrap()]));
        flood.wait_for_more(100);
    });
    let made = made.into_inner().unwrap().unwrap();
    let manifest = manifest(&made);
    let held = manifest["gift_count"].as_i64().unwrap();
    let sent = flood.gifts();
    let rows = manifest["rows"]["gift"].as_i64().unwrap();
    let before = before.into_inner().unwrap() as i64;
    assert!(rows > before && rows < sent.len() as i64 && held <= rows, "{rows} of {}: made in the middle", sent.len());
    server.stop();

    let there = Folder::new();
    let restored = restore(&there, &to, &["--keys-from", keys.to_str().unwrap()]);
    assert!(restored.ok() && restored.out.contains("clean"), "{restored:?}");
    assert!(there.postmaster().is_none(), "PostgreSQL does not outlive the command");
    let server = Server::start(&there);
    for place in ["23095", "68", "TW"] {
        let totals = server.get(&format!("/api/v1/public/totals?chapter={place}"));
        assert_eq!(
            (&totals["received_vnd"], &totals["gift_count"]),
            (&manifest["received_vnd"], &manifest["gift_count"]),
            "{place}"
        );
    }
    // What stands there is what the phones sent: the sum of those gifts is the sum that was written down.
    let standing = "SELECT id::text FROM gift WHERE entry_id NOT IN (SELECT reverses FROM entry WHERE reverses IS NOT NULL)";
    let standing: Vec<String> =
        diesel::sql_query(standing).load::<Id>(&mut there.connect()).unwrap().into_iter().map(|row| row.id).collect();
    let all = || sent.iter().chain([&first]);
    let of_phones =
        all().filter(|gift| standing.iter().any(|id| gift["id"] == **id)).map(|gift| gift["amount_vnd"].as_i64().unwrap());
    assert_eq!(of_phones.sum::<i64>(), manifest["received_vnd"].as_i64().unwrap());
    // Everybody goes on working: the old password, the old ids, new gifts; a phone sends again what the backup missed.
    let token = server.log_in("hanh.hamliem", PASSWORD);
    let again = server.post_gift(&token, &first).unwrap();
    assert_eq!((again.status, again.json()["code"].as_str()), (200, Some(code.as_str())));
    for gift in &sent {
        assert!(server.post_gift(&token, gift).unwrap().status <= 201);
    }
    assert_eq!(there.number("SELECT count(*) FROM gift"), sent.len() as i64 + 1);
    let found = server.get(&format!("/api/v1/public/entries/{code}"));
    assert_eq!(found["amount_vnd"], 1);
    let audited = there.run(&["audit", "--database"]);
    assert!(audited.ok(), "{audited:?}");
    server.stop();
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = diesel::sql_types::Text)]
    id: String,
}

#[test]
fn nothing_is_restored_over_anything_or_without_its_keys() {
    let here = small_installation();
    let to = here.top.join("backups");
    let made = backup(&here, &to, &[]);
    let keys = here.data.join("keys");
    let occupied = restore(&here, &made, &[]);
    assert!(occupied.complaint().contains("not empty"), "{occupied:?}");
    assert!(here.run(&["audit", "--database"]).ok(), "the installation is as it was");

    let there = Folder::new();
    let without = restore(&there, &made, &[]);
    assert!(without.complaint().contains("--keys-from"), "{without:?}");
    assert!(there.run(&["keys", "init"]).ok());
    let others = restore(&there, &made, &[]);
    let kid = manifest(&made)["keys_in_use"][0][1].as_str().unwrap().to_owned();
    assert!(others.complaint().contains(&kid), "it says which key is missing: {others:?}");
    let mixed = restore(&there, &made, &["--keys-from", keys.to_str().unwrap()]);
    assert!(mixed.complaint().contains("another key file"), "{mixed:?}");
    assert!(!there.data.join("postgres").exists() && !there.data.join("restore.unfinished").exists());
    for (from, says) in [(here.top.join("nowhere"), "could not"), (here.top.clone(), "no complete backup")] {
        let refused = restore(&there, &from, &[]);
        assert!(refused.complaint().contains(says), "{refused:?}");
    }
    // A program cannot read what a newer one wrote.
    rewrite(&made, |manifest| manifest["schema"].as_array_mut().unwrap().push(json!("20991231000000")));
    let newer = restore(&there, &made, &["--keys-from", keys.to_str().unwrap()]);
    assert!(newer.complaint().contains("newer program") && newer.complaint().contains("20991231000000"), "{newer:?}");
    rewrite(&made, |manifest| manifest["format"] = json!(2));
    assert!(restore(&there, &made, &[]).complaint().contains("newer program"));
    rewrite(&made, |manifest| {
        manifest["format"] = json!(1);
        manifest["schema"].as_array_mut().unwrap().pop();
        manifest["rows"]["gift"] = json!(2);
    });
    // The hash fits, the content does not: noticed after loading, and not served from.
    fs::remove_dir_all(there.data.join("keys")).unwrap();
    let lied = restore(&there, &made, &["--keys-from", keys.to_str().unwrap()]);
    assert!(lied.complaint().contains("gift has Some(1) rows"), "{lied:?}");
    let refused = said(there.program(&["serve", "--listen", "127.0.0.1:0"]).env("SNA_LOG", "error"), "");
    assert!(refused.complaint().contains("interrupted"), "{refused:?}");
    rewrite(&made, |manifest| manifest["rows"]["gift"] = json!(1));
    let restored = restore(&there, &made, &[]);
    assert!(restored.ok() && restored.out.contains("clean"), "{restored:?}");
    Server::start(&there).stop();
}

/// Changes a manifest the way somebody would who knows how it is made.
fn rewrite(backup: &Path, change: impl FnOnce(&mut Value)) {
    let path = backup.join("manifest.json");
    let mut sealed: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut sealed["manifest"]);
    let bytes = serde_json_canonicalizer::to_vec(&sealed["manifest"]).unwrap();
    sealed["sha256"] = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    fs::write(path, sealed.to_string()).unwrap();
}

#[test]
fn a_killed_restore_is_not_served_and_is_done_again() {
    let here = small_installation();
    let to = here.top.join("backups");
    backup(&here, &to, &[]);
    let keys = here.data.join("keys");
    let there = Folder::new();
    // Killed at several moments: when the marker lies there, when PostgreSQL is up, when tables appear.
    for moment in 0..3 {
        let mut half = Mortal(there.program(&["restore", "--from"]).arg(&to).arg("--keys-from").arg(&keys).spawn().unwrap());
        eventually("the restore is in the middle", || match moment {
            0 => there.data.join("restore.unfinished").exists(),
            1 => there.postmaster().is_some(),
            _ => {
                half.0.try_wait().unwrap().is_some() || there.data.join("postgres/base").exists() && there.postmaster().is_some()
            }
        });
        half.0.kill().unwrap();
        half.0.wait().unwrap();
        assert!(there.data.join("restore.unfinished").exists(), "moment {moment}");
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"]] {
            let refused = there.run(command);
            assert!(refused.complaint().contains("run it again"), "{refused:?}");
        }
    }
    let restored = restore(&there, &to, &[]);
    assert!(restored.ok() && restored.out.contains("clean"), "{restored:?}");
    let server = Server::start(&there);
    assert_eq!(server.get("/api/v1/public/totals")["gift_count"], 1);
    server.log_in("hanh.hamliem", PASSWORD);
    server.stop();
}

/// A cluster of this test stands for somebody's own PostgreSQL, where nobody has heard of our role yet.
#[test]
fn a_backup_goes_into_a_postgresql_of_ones_own_and_out_of_it() {
    let here = small_installation();
    let to = here.top.join("backups");
    backup(&here, &to, &[]);
    let there = Folder::new();
    let own = there.top.join("own");
    let postgres = PrivatePostgres::start(
        PrivateOptions { data_dir: own.clone(), pg_bin: None, durable: false },
        lock_data_dir(&own).unwrap(),
    )
    .unwrap();
    let mut conn = PgConnection::establish(&postgres.url("postgres")).unwrap();
    conn.batch_execute("CREATE DATABASE theirs").unwrap();
    conn.batch_execute("CREATE DATABASE occupied").unwrap();
    PgConnection::establish(&postgres.url("occupied")).unwrap().batch_execute("CREATE TABLE mine (x int)").unwrap();
    let overheard = Overheard::new(&there.top, postgres.bin_dir());
    let with = |database: &str, args: &[&str]| {
        let mut command = there.program(args);
        let url = format!("{}?pass%77ord=ge%68eim", postgres.url(database));
        command.env("DATABASE_URL", url).env("SNA_KEYS_DIR", here.data.join("keys")).env("PG_BIN", &overheard.bin);
        command
    };
    let from = to.to_str().unwrap();
    let occupied = said(&mut with("occupied", &["restore", "--from", from]), "");
    assert!(occupied.complaint().contains("mine"), "{occupied:?}");
    let restored = said(&mut with("theirs", &["restore", "--from", from]), "");
    assert!(restored.ok() && restored.out.contains("clean"), "{restored:?}");
    let audited = said(&mut with("theirs", &["audit", "--database"]), "");
    assert!(audited.ok(), "{audited:?}");
    let server = Server::of(&there, with("theirs", &["serve"]));
    assert_eq!(server.get("/api/v1/public/totals")["received_vnd"], 5_000);
    let second = there.top.join("second backup");
    let made = said(with("theirs", &["backup", "--to"]).arg(&second), "");
    assert!(made.ok(), "{made:?}");
    server.stop();
    let verified = there.run(&["backup", "verify", second.to_str().unwrap()]);
    assert!(verified.ok() && verified.out.contains("1 entries"), "{verified:?}");
    overheard.no_password_on_a_command_line(&["pg_restore", "pg_dump"]);
}

/// PostgreSQL's programs behind scripts that write down how they were called.
struct Overheard {
    bin: PathBuf,
    said: PathBuf,
}

impl Overheard {
    fn new(top: &Path, real: &Path) -> Self {
        let (bin, said) = (top.join("bin"), top.join("overheard"));
        fs::create_dir(&bin).unwrap();
        for program in ["pg_dump", "pg_restore"] {
            let script = format!(
                "#!/bin/sh\n[ \"$1\" = --version ] || printf '{program} %s\\npassword %s\\n' \"$*\" \"$PGPASSWORD\" >> '{}'\nexec '{}' \"$@\"\n",
                said.display(),
                real.join(program).display()
            );
            fs::write(bin.join(program), script).unwrap();
            fs::set_permissions(bin.join(program), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }
        Self { bin, said }
    }

    fn no_password_on_a_command_line(&self, programs: &[&str]) {
        let said = fs::read_to_string(&self.said).unwrap();
        let lines: Vec<&str> = said.lines().collect();
        for program in programs {
            let at = lines.iter().position(|line| line.starts_with(program)).unwrap_or_else(|| panic!("{program}: {said}"));
            assert!(lines[at].contains("--dbname") && !lines[at].contains("heim"), "{said}");
            assert_eq!(lines[at + 1], "password geheim", "{said}");
        }
    }
}
