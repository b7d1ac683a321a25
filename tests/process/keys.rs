//! Keys are rotated under a running server, and second factors are handled from the command line.

use std::fs;
use std::os::unix::fs::MetadataExt;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::harness::*;

/// (current, older ones) of a purpose, as `keys list` prints them.
fn listed(folder: &Folder, purpose: &str) -> (String, Vec<String>) {
    let said = folder.run(&["keys", "list"]);
    assert!(said.ok(), "{said:?}");
    let lines: Vec<Vec<&str>> = said.out.lines().map(|line| line.split_whitespace().collect()).collect();
    let of = |wanted: bool| {
        lines
            .iter()
            .filter(move |line| line[0] == purpose && line[2].starts_with("current") == wanted)
            .map(|line| line[1].to_owned())
    };
    (of(true).next().unwrap(), of(false).collect())
}

fn rotate(folder: &Folder, which: &str) {
    let said = folder.run(&["keys", "rotate", "--which", which]);
    assert!(said.ok() && said.out.contains("SIGHUP"), "{said:?}");
}

/// Sends SIGHUP and waits until the server says what came of it.
fn hang_up(server: &Server, folder: &Folder, says: &str) {
    let count = || fs::read_to_string(folder.top.join("server.log")).unwrap().matches(says).count();
    let before = count();
    server.signal(Signal::HUP);
    eventually(says, || count() > before);
}

fn log_in(server: &Server) -> Value {
    let login = json!({"user": "hanh.hamliem", "password": PASSWORD});
    server.send("POST", "/api/v1/session", None, Some(&login)).json()
}

/// The key that signed a token.
fn kid(session: &Value) -> String {
    use base64::Engine;
    let header = session["access_token"].as_str().unwrap().split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

fn me(server: &Server, session: &Value) -> (u16, Value) {
    let answer = server.send("GET", "/api/v1/session", session["access_token"].as_str(), None);
    (answer.status, answer.json())
}

#[test]
fn keys_are_rotated_under_a_running_server() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let keys = folder.data.join("keys");
    let before = log_in(&server);
    let (first, none) = listed(&folder, "token");
    assert!(kid(&before) == first && none.is_empty());

    rotate(&folder, "token");
    rotate(&folder, "vault");
    assert_eq!(kid(&log_in(&server)), first, "nothing changes before the server is told");
    hang_up(&server, &folder, "the key files are taken up");
    let after = log_in(&server);
    let (second, older) = listed(&folder, "token");
    assert_eq!((kid(&after), older), (second.clone(), vec![first.clone()]));
    for session in [&before, &after] {
        let (status, me) = me(&server, session);
        assert_eq!((status, &me["full_name"].is_string()), (200, &true), "{me}");
    }
    for file in ["token.keys", "vault.keys"] {
        assert_eq!(fs::metadata(keys.join(file)).unwrap().mode() & 0o777, 0o600, "{file}");
    }
    // A token of the old key may be good for another quarter of an hour; sealed names need the old vault key for ever.
    let (new_seal, old_seal) = listed(&folder, "seal");
    let drop = |which: &str, kid: &str| folder.run(&["keys", "drop", "--which", which, "--kid", kid]);
    for (which, kid, says) in [
        ("token", first.as_str(), "drop it after that"),
        ("token", &second, "current"),
        ("token", "zzzz", "no such key"),
        ("vault", &new_seal, "current"),
        ("vault", "zzzz", "no such key"),
        ("vault", &old_seal[0], "officer.full_name"),
    ] {
        let said = drop(which, kid);
        assert!(said.complaint().contains(says), "{which} {kid}: {said:?}");
    }
    // Rotated again, the key in between has sealed a session's name by now; one that sealed nothing can go.
    rotate(&folder, "vault");
    let (third_seal, _) = listed(&folder, "seal");
    let said = drop("vault", &old_seal[0]);
    assert!(said.complaint().contains(&third_seal) && said.complaint().contains("SIGHUP"), "{said:?}");
    rotate(&folder, "vault");
    hang_up(&server, &folder, "the key files are taken up");
    assert!(drop("vault", &third_seal).ok());
    assert_eq!(listed(&folder, "seal").1, [new_seal, old_seal[0].clone()]);

    // A broken file changes nothing, and says so.
    let text = fs::read_to_string(keys.join("token.keys")).unwrap();
    fs::write(keys.join("token.keys"), "token abcd oops\n").unwrap();
    hang_up(&server, &folder, "the keys stay as they were");
    assert_eq!(me(&server, &after).0, 200);
    // The date of a rotation long ago lets the old key go.
    let old = text.lines().next().unwrap().rsplit_once(' ').unwrap().0.to_owned() + " 2026-01-01T00:00:00Z\n";
    let rest: String = text.lines().skip(1).map(|line| format!("{line}\n")).collect();
    fs::write(keys.join("token.keys"), old + &rest).unwrap();
    assert!(drop("token", &first).ok());
    hang_up(&server, &folder, "the key files are taken up");
    assert_eq!((me(&server, &before).0, me(&server, &after).0), (401, 200));
    server.stop();
    let server = Server::start(&folder);
    assert_eq!(me(&server, &after).0, 200, "a restart needs nothing that was dropped");
}

/// Two servers of one installation: one has taken up new keys, the other finds them when it meets what they made.
#[test]
fn a_server_that_was_not_told_finds_new_keys_by_itself() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    rotate(&folder, "token");
    rotate(&folder, "vault");
    // The command reads the new keys, as another server would: the account's name is sealed with the new one.
    let place = ["--role", "OFFICER", "--chapter", "23095"];
    assert!(folder.create("lan.hamliem", &place, PASSWORD).ok());
    let login = json!({"user": "lan.hamliem", "password": PASSWORD});
    let session = server.send("POST", "/api/v1/session", None, Some(&login)).json();
    let (status, me) = me(&server, &session);
    assert_eq!((status, me["full_name"].is_string()), (200, true), "{me}");
}

#[test]
fn codes_are_printed_and_lost_second_factors_taken_away() {
    let folder = Folder::new();
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let code = |args: &[&str], stdin: &str| said(&mut folder.program(&[&["officer", "code"][..], args].concat()), stdin);
    let printed = code(&["--secret", secret], "");
    assert!(printed.ok() && printed.out.trim().len() == 6 && !folder.data.exists(), "{printed:?}");
    assert!(code(&[], &format!("{}\n", secret.to_lowercase())).ok());
    for bad in ["", "A", "not base32!", "GEZDGNBV"] {
        assert!(code(&["--secret", bad], "").complaint().contains("base32"), "{bad}");
    }

    let server = Server::start(&folder);
    folder.officer("lan.hamliem", "ACCOUNTANT", "23095");
    let reset = |user: &str| folder.run(&["officer", "reset-second-factor", "--user", user]);
    assert!(reset("nobody.here").complaint().contains("nobody.here"));
    assert!(reset("lan.hamliem").complaint().contains("no second factor"));
    let token = server.log_in("lan.hamliem", PASSWORD);
    let send = |path: &str, body: Value| {
        let answer = server.send("POST", &format!("/api/v1/second-factor{path}"), Some(&token), Some(&body));
        assert!(answer.status < 300, "{}", answer.text);
        answer.json()
    };
    let offered = send("", json!({"id": uuid::Uuid::now_v7(), "password": PASSWORD}));
    let current = code(&[], offered["secret"].as_str().unwrap());
    send("/confirmation", json!({"code": current.out.trim()}));
    let login = json!({"user": "lan.hamliem", "password": PASSWORD});
    let first_step = || server.send("POST", "/api/v1/session", None, Some(&login)).status;
    assert_eq!(first_step(), 200, "a code must follow");
    let done = reset("LAN.hamliem");
    assert!(done.ok() && done.out.contains("sessions have ended"), "{done:?}");
    assert_eq!(server.send("GET", "/api/v1/session", Some(&token), None).status, 401);
    assert_eq!(first_step(), 201);
    assert_eq!(folder.number("SELECT count(*) FROM audit_event WHERE action = 'SECOND_FACTOR_RESET'"), 1);
}
