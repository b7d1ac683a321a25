//! SIGTERM: what was begun is finished, then everything ends; and nothing secret is in the log.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::flood::assert_whole;
use crate::harness::*;

/// Locks a table so that the batch is in flight for as long as the test wants.
#[test]
fn sigterm_finishes_what_was_begun_and_ends_postgresql() {
    let folder = Folder::ready();
    let mut server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let token = server.log_in("hanh.hamliem", PASSWORD);
    let postmaster = folder.postmaster().unwrap();
    let batch: Vec<Value> = (0..500).map(|n| gift(1_000 + n)).collect();
    let single = gift(77);
    // Somebody keeps a connection open without asking anything more.
    let mut idle = TcpStream::connect(server.base.strip_prefix("http://").unwrap()).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut some = [0u8; 64];
    assert!(idle.read(&mut some).unwrap() > 0);

    let mut lock = folder.connect();
    lock.batch_execute("BEGIN; LOCK TABLE gift IN EXCLUSIVE MODE").unwrap();
    let (batch_answer, single_answer) = std::thread::scope(|scope| {
        let (server_ref, token) = (&server, token.as_str());
        let in_batch =
            scope.spawn(move || server_ref.send("POST", "/api/v1/gifts/batch", Some(token), Some(&json!({"gifts": batch}))));
        let single = &single;
        let alone = scope.spawn(move || server_ref.post_gift(token, single).unwrap());
        eventually("both wait for the table", || {
            folder.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'so_nhan_ai'") == 2
        });
        server.signal(Signal::TERM);
        eventually("new connections are refused", || {
            TcpStream::connect_timeout(&server.base.strip_prefix("http://").unwrap().parse().unwrap(), Duration::from_secs(1))
                .is_err()
        });
        assert!(is_alive(server.pid()) && is_alive(postmaster), "it waits for what is in flight");
        lock.batch_execute("COMMIT").unwrap();
        drop(lock);
        (in_batch.join().unwrap(), alone.join().unwrap())
    });
    let status = server.process.wait(Duration::from_secs(60));
    assert_eq!(status.code(), Some(0));
    assert_eq!((batch_answer.status, &batch_answer.json()["booked"]), (200, &json!(500)), "{}", batch_answer.text);
    assert_eq!(single_answer.status, 201, "{}", single_answer.text);
    assert!(!is_alive(postmaster) && !folder.data.join("postgres/postmaster.pid").exists());
    let log = std::fs::read_to_string(folder.data.join("postgres.log")).unwrap();
    assert!(log.contains("database system is shut down"), "an orderly end");
    let said = std::fs::read_to_string(folder.top.join("server.log")).unwrap();
    assert!(said.contains("\"stopped\"") && said.contains("SIGTERM") && !said.contains("panicked"), "{said}");

    let server = Server::start(&folder);
    assert_eq!(folder.number("SELECT count(*) FROM gift"), 501);
    assert_whole(&folder);
    // Ctrl-C is the same.
    server.signal(Signal::INT);
    let Server { mut process, .. } = server;
    assert!(process.wait(Duration::from_secs(60)).success());
}

#[test]
fn nothing_secret_is_logged_even_at_the_finest_level() {
    let folder = Folder::new();
    let mut command = folder.program(&["serve"]);
    command.env("SNA_LOG", "trace");
    let server = Server::of(&folder, command);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let session = |password: &str| {
        server.send("POST", "/api/v1/session", None, Some(&json!({"user": "hanh.hamliem", "password": password})))
    };
    let opened = session(PASSWORD);
    assert_eq!((opened.status, session("Zq9-geheim-Zq9").status), (201, 401));
    let opened = opened.json();
    let (access, refresh) = (opened["access_token"].as_str().unwrap(), opened["refresh_token"].as_str().unwrap());
    let renewed = server.send("POST", "/api/v1/session/refresh", None, Some(&json!({"refresh_token": refresh})));
    assert_eq!(renewed.status, 200);
    let sent = gift(123_456);
    assert_eq!(server.post_gift(access, &sent).unwrap().status, 201);
    assert_eq!(server.post_gift(access, &sent).unwrap().status, 200);
    let mut broken = gift(5);
    broken["giver"]["phone"] = json!("không số 0977");
    assert_eq!(server.post_gift(access, &broken).unwrap().status, 422);
    let id = sent["id"].as_str().unwrap();
    assert_eq!(server.send("GET", &format!("/api/v1/gifts/{id}"), Some(access), None).status, 200);
    assert_eq!(server.send("GET", "/api/v1/public/entries?q=Nguy%E1%BB%85n+V%C4%83n+M%E1%BA%ADt", None, None).status, 200);
    assert_eq!(server.send("DELETE", "/api/v1/session", Some(access), None).status, 204);
    server.stop();
    let log = std::fs::read_to_string(folder.top.join("server.log")).unwrap().to_lowercase();
    assert!(log.lines().count() > 50 && log.contains("/api/v1/session"), "there is a log");
    let renewed = renewed.json();
    for secret in [
        PASSWORD,
        "geheim",
        access,
        refresh,
        renewed["access_token"].as_str().unwrap(),
        "Nguyễn Văn Mật",
        "nguyen van mat",
        "Nguy%E1%BB%85n",
        "0912345678",
        "riêng tư",
        "không số 0977",
        "Trần Thị Hạnh",
        "argon2id$",
    ] {
        let line = log.lines().find(|line| line.contains(&secret.to_lowercase()));
        assert!(line.is_none(), "{secret} is logged: {}", line.unwrap_or_default());
    }
    let keys = std::fs::read_to_string(folder.data.join("keys/token.keys")).unwrap()
        + &std::fs::read_to_string(folder.data.join("keys/vault.keys")).unwrap();
    for key in keys.split_whitespace().filter(|word| word.len() > 20) {
        assert!(!log.contains(&key.to_lowercase()));
    }
}
