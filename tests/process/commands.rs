//! Commands beside a running server and without one: officers, the document, `migrate`, a PostgreSQL of one's own.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::json;
use so_nhan_ai::db::private::{PrivateOptions, PrivatePostgres, lock_data_dir};

use crate::harness::*;

#[test]
fn officers_are_made_disabled_and_enabled_beside_the_server() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let place = ["--role", "OFFICER", "--chapter", "23095"];
    let refused = |user: &str, more: &[&str], password: &str, says: &str| {
        let said = folder.create(user, more, password);
        assert!(said.complaint().contains(says) && said.out.is_empty(), "{user} {more:?}: {said:?}");
    };
    refused(
        "lan.hamliem",
        &["--role", "BOSS", "--chapter", "23095"],
        PASSWORD,
        "CENTRAL_ADMINISTRATOR, PROVINCIAL_ADMINISTRATOR",
    );
    refused("lan.hamliem", &["--role", "officer", "--chapter", "23095"], PASSWORD, "unknown role");
    refused("lan.hamliem", &["--role", "OFFICER", "--chapter", "99999"], PASSWORD, "99999");
    refused("hanh.hamliem", &place, PASSWORD, "taken");
    refused("HANH.hamliem", &place, PASSWORD, "taken");
    for user in ["", "1abc", "hạnh", "a b", "ab", &"a".repeat(65), "x'; DROP TABLE account; --"] {
        refused(user, &place, PASSWORD, "user name");
    }
    refused("lan.hamliem", &place, "short", "10");
    refused("lan.hamliem", &place, "", "10");
    let more = |name: &'static str, value: &'static str| [&place[..], &[name, value]].concat();
    refused("lan.hamliem", &more("--phone", "12345"), PASSWORD, "phone");
    refused("lan.hamliem", &more("--same-person-as", "nobody"), PASSWORD, "nobody");
    assert_eq!(folder.number("SELECT count(*) FROM account"), 1);
    assert_eq!(folder.number("SELECT count(*) FROM officer"), 1, "a refusal leaves nothing behind");

    let second = folder.create(
        "lan.hamliem",
        &[&place[..], &["--phone", "+84 912 345 678", "--same-person-as", "hanh.hamliem"]].concat(),
        PASSWORD,
    );
    assert!(second.ok(), "{second:?}");
    assert_eq!((folder.number("SELECT count(*) FROM account"), folder.number("SELECT count(*) FROM officer")), (2, 1));
    refused("tam.hamliem", &more("--phone", "0912345678"), PASSWORD, "phone");
    let token = server.log_in("0912.345.678", PASSWORD);
    let made = said(
        &mut folder.program(&[
            "officer",
            "create",
            "--user",
            "tam.hamliem",
            "--name",
            "Lê Văn Tâm",
            "--role",
            "CHAPTER_CHAIR",
            "--chapter",
            "23095",
            "--decision",
            "QĐ 2",
        ]),
        "",
    );
    let password = made.out.lines().find_map(|line| line.strip_prefix("password: ")).unwrap_or_else(|| panic!("{made:?}"));
    assert!(password.len() == 19, "{password}");
    server.log_in("tam.hamliem", password);

    let me = |token: &str| server.send("GET", "/api/v1/session", Some(token), None).status;
    assert_eq!(me(&token), 200);
    assert!(folder.run(&["officer", "disable", "--user", "LAN.hamliem"]).ok());
    assert_eq!(me(&token), 401);
    assert_eq!(server.post_gift(&token, &gift(5)).unwrap().status, 401);
    let again = server.send("POST", "/api/v1/session", None, Some(&json!({"user": "lan.hamliem", "password": PASSWORD})));
    assert_eq!(again.status, 403, "{}", again.text);
    assert_eq!(me(&server.log_in("hanh.hamliem", PASSWORD)), 200, "the other account of the person stays");
    assert!(folder.run(&["officer", "enable", "--user", "lan.hamliem"]).ok());
    assert_eq!(me(&token), 401, "a session that was ended stays ended");
    assert_eq!(me(&server.log_in("lan.hamliem", PASSWORD)), 200);

    // A lost password, from the command line: good for choosing another and nothing else.
    let reset = folder.run(&["officer", "one-time-password", "--user", "lan.hamliem"]);
    let one_time = reset.out.lines().find_map(|line| line.strip_prefix("password: ")).unwrap_or_else(|| panic!("{reset:?}"));
    let token = server.log_in("lan.hamliem", one_time);
    assert_eq!(me(&token), 403);
    let new = json!({"current_password": one_time, "new_password": PASSWORD});
    assert_eq!(server.send("POST", "/api/v1/session/password", Some(&token), Some(&new)).status, 204);
    assert_eq!(me(&token), 200);
    let made = folder.create("nga.hamliem", &[&place[..], &["--one-time"]].concat(), "");
    assert!(!made.ok(), "a password that was typed is no one-time password: {made:?}");
    for action in ["disable", "enable", "one-time-password"] {
        assert!(folder.run(&["officer", action, "--user", "nobody.here"]).complaint().contains("nobody.here"));
        folder.run(&["officer", action, "--user", "'"]).complaint();
    }
    // Commands leave the server's PostgreSQL running.
    assert_eq!(server.send("GET", "/readyz", None, None).status, 200);
}

#[test]
fn the_document_is_printed_without_touching_anything() {
    let folder = Folder::new();
    let printed = folder.run(&["openapi"]);
    assert!(printed.ok() && printed.err.is_empty() && !folder.data.exists(), "{}", printed.err);
    assert_eq!(printed.out, so_nhan_ai::app::document_text().unwrap());
    let committed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/v1.json");
    if committed.exists() {
        assert_eq!(printed.out, std::fs::read_to_string(committed).unwrap());
    }
    for args in [&["--version"][..], &["--help"], &["officer", "create", "--help"]] {
        let said = folder.run(args);
        assert!(said.ok() && !said.out.is_empty() && !folder.data.exists(), "{said:?}");
    }
    assert_eq!(folder.run(&["fly"]).status.code(), Some(2));
    assert_eq!(folder.run(&[]).status.code(), Some(2));
}

#[test]
fn keys_and_migrate_prepare_an_installation() {
    let folder = Folder::new();
    let made = folder.run(&["keys", "init"]);
    assert!(made.ok(), "{made:?}");
    let keys = folder.data.join("keys");
    let before = std::fs::read_to_string(keys.join("vault.keys")).unwrap();
    assert!(folder.run(&["keys", "init"]).complaint().contains("vault.keys"));
    assert_eq!(std::fs::read_to_string(keys.join("vault.keys")).unwrap(), before, "keys are never overwritten");
    for file in ["vault.keys", "token.keys"] {
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(keys.join(file)).unwrap()) & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    for _ in 0..2 {
        let migrated = folder.run(&["migrate"]);
        assert!(migrated.ok() && migrated.out.contains("up to date"), "{migrated:?}");
        assert!(folder.postmaster().is_none(), "PostgreSQL does not outlive the command");
    }
    // The first administrator, before any server ran.
    folder.officer("quan.trunguong", "CENTRAL_ADMINISTRATOR", "TW");
    let server = Server::start(&folder);
    server.log_in("quan.trunguong", PASSWORD);
    assert_eq!(folder.number("SELECT count(*) FROM chapter"), 3_356);
    assert_eq!(std::fs::read_to_string(keys.join("vault.keys")).unwrap(), before);
    assert!(folder.run(&["migrate"]).complaint().contains("--data-dir"), "the folder is in use");
}

/// A cluster of this test stands for somebody's own PostgreSQL.
#[test]
fn a_postgresql_of_ones_own_is_used_and_the_data_folder_is_not() {
    let folder = Folder::new();
    let own = folder.top.join("own");
    let postgres = PrivatePostgres::start(
        PrivateOptions { data_dir: own.clone(), pg_bin: None, durable: false },
        lock_data_dir(&own).unwrap(),
    )
    .unwrap();
    PgConnection::establish(&postgres.url("postgres")).unwrap().batch_execute("CREATE DATABASE theirs").unwrap();
    let url = postgres.url("theirs");
    let keys = folder.top.join("keys");
    let with = |args: &[&str]| {
        let mut command = folder.program(args);
        command.env("DATABASE_URL", &url).env("SNA_KEYS_DIR", &keys);
        command
    };
    for _ in 0..2 {
        let migrated = said(&mut with(&["migrate"]), "");
        assert!(migrated.ok() && !migrated.err.contains(&url), "{migrated:?}");
    }
    // Several servers may start on it at once, so none of them makes keys.
    for args in [&["serve", "--listen", "127.0.0.1:0"][..], &["officer", "disable", "--user", "hanh.hamliem"]] {
        let without = said(&mut with(args), "");
        assert!(["vault.keys", "keys init"].iter().all(|word| without.complaint().contains(word)), "{without:?}");
    }
    assert!(!keys.exists() && said(&mut with(&["keys", "init"]), "").ok() && keys.join("token.keys").exists());
    let made = said(
        &mut with(&[
            "officer",
            "create",
            "--user",
            "hanh.hamliem",
            "--name",
            "Trần Thị Hạnh",
            "--role",
            "OFFICER",
            "--chapter",
            "23095",
            "--decision",
            "QĐ 1",
            "--password-stdin",
        ]),
        PASSWORD,
    );
    assert!(made.ok(), "{made:?}");
    let server = Server::of(&folder, with(&["serve"]));
    // Any number of servers may run on one database.
    let other = Server::of(&folder, with(&["serve"]));
    let token = server.log_in("hanh.hamliem", PASSWORD);
    let sent = gift(5_000);
    assert_eq!(server.post_gift(&token, &sent).unwrap().status, 201);
    assert_eq!(other.post_gift(&token, &sent).unwrap().status, 200);
    let many: Vec<_> = (0..40).map(|n| gift(100 + n)).collect();
    std::thread::scope(|scope| {
        for server in [&server, &other] {
            let (many, token) = (&many, &token);
            scope.spawn(move || many.iter().for_each(|gift| assert!(server.post_gift(token, gift).unwrap().status <= 201)));
        }
    });
    server.stop();
    assert_eq!(other.get("/api/v1/public/totals")["gift_count"], 41);
    eventually("the other server goes on sequencing", || {
        other.get("/api/v1/public/entries?limit=1")["items"][0]["log_index"] == 40
    });
    other.stop();
    // The search index and uploaded papers live there; a private database does not.
    assert!(!folder.data.join("postgres").exists() && !folder.data.join("keys").exists(), "no database and no keys were made");
    assert!(keys.join("vault.keys").exists());
    let mut conn = PgConnection::establish(&url).unwrap();
    let gifts: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>("(SELECT count(*) FROM gift)"))
        .get_result(&mut conn)
        .unwrap();
    assert_eq!(gifts, 41);

    let nowhere = said(
        folder
            .program(&["serve", "--listen", "127.0.0.1:0"])
            .env("DATABASE_URL", "postgres://user:geheim@127.0.0.1:1/x")
            .env("SNA_KEYS_DIR", &keys),
        "",
    );
    assert!(!nowhere.complaint().is_empty() && !nowhere.err.contains("geheim"), "{nowhere:?}");
}
