//! Lists of members when things go wrong: killed at any step, keys changed meanwhile, keys not there; and what a server says of how many
//! persons it holds when it starts.

use std::fs;
use std::time::Duration;

use diesel::prelude::*;
use rustix::process::Signal;
use serde_json::{Value, json};
use so_nhan_ai::basics::failpoint;

use crate::harness::*;

const IMPORTS: &str = "/api/v1/member-imports";
const ROWS: i64 = 1_100;

fn serve(folder: &Folder, dying_at: Option<&str>) -> Server {
    let mut command = folder.program(&["serve"]);
    if let Some(place) = dying_at {
        command.env(failpoint::VARIABLE, place);
    }
    Server::of(folder, command)
}

/// Who keeps the persons of Hàm Liêm, and who decides, by their tokens.
fn keepers(folder: &Folder, server: &Server) -> (String, String) {
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    folder.officer("tam.hamliem", "CHAPTER_CHAIR", "23095");
    let chair = server.log_in("tam.hamliem", PASSWORD);
    server.add_second_factor(&chair, PASSWORD);
    (server.log_in("hanh.hamliem", PASSWORD), chair)
}

/// Letters alone: a name has no digits.
fn letters(n: i64) -> String {
    n.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}

/// Sends a list of its own people and returns the path of the one that waits.
fn upload(server: &Server, token: &str, of: i64, rows: i64) -> String {
    let rows: String =
        (0..rows).map(|n| format!("Nguyễn Zq{},1980,09{:08}\n", letters(10_000 * of + n), 10_000 * of + n)).collect();
    let answer = ureq::post(format!("{}{IMPORTS}?chapter=23095&decision_no={of}", server.base))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/csv")
        .send(format!("Họ và tên,Năm sinh,Điện thoại\n{rows}"));
    let check: Value = answer.unwrap().body_mut().read_json().unwrap();
    format!("{IMPORTS}/{}", check["import"]["id"].as_str().unwrap_or_else(|| panic!("{check}")))
}

fn state(server: &Server, token: &str, list: &str) -> Value {
    server.send("GET", list, Some(token), None).json()
}

#[test]
fn a_server_killed_at_any_step_of_a_members_list_leaves_it_to_the_next() {
    let folder = Folder::ready();
    let server = serve(&folder, None);
    let (officer, chair) = keepers(&folder, &server);
    server.stop();
    let places = ["job_taken", "member_part_admitted", "job_step_open", "job_step_done", "job_worked"];
    for (of, place) in (1..).zip(places) {
        let mut server = serve(&folder, Some(place));
        let list = upload(&server, &officer, of, ROWS);
        // Its answer may be lost with it.
        let _ = server.try_send("POST", &format!("{list}/acceptance"), Some(&chair), Some(&Value::Null));
        assert!(!server.process.wait(Duration::from_secs(60)).success(), "it dies at {place}");
        let server = serve(&folder, None);
        // Nobody waits here until the dead one's lease is over.
        diesel::sql_query("UPDATE job SET due_at = now() WHERE state = 'WAITING' AND kind = 'ADMIT_MEMBER_LIST'")
            .execute(&mut folder.connect())
            .unwrap();
        eventually("the next one admits it", || state(&server, &officer, &list)["state"] == "DONE");
        let done = state(&server, &officer, &list);
        assert_eq!((&done["admitted"], &done["refused"]), (&json!(ROWS), &json!([])), "killed at {place}");
        for table in ["person", "member", "member_card", "member_span", "member_step"] {
            assert_eq!(folder.number(&format!("SELECT count(*) FROM {table}")), ROWS * of, "{table}, killed at {place}");
        }
        assert_eq!(folder.number("SELECT count(*) FROM member_import_part WHERE people IS NOT NULL"), 0);
        server.stop();
    }
}

#[test]
fn the_vault_key_is_rotated_while_a_members_list_is_admitted() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let (officer, chair) = keepers(&folder, &server);
    let list = upload(&server, &officer, 1, 4_000);
    let accepted = server.send("POST", &format!("{list}/acceptance"), Some(&chair), Some(&Value::Null));
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    eventually("the first are admitted", || folder.number("SELECT count(*) FROM person") > 0);
    let said = folder.run(&["keys", "rotate", "--which", "vault"]);
    assert!(said.ok(), "{said:?}");
    server.signal(Signal::HUP);
    eventually("the list is admitted", || state(&server, &officer, &list)["state"] == "DONE");
    assert_eq!(state(&server, &officer, &list)["admitted"], 4_000);
    let log = || fs::read_to_string(folder.top.join("server.log")).unwrap();
    eventually("the new key is taken up", || log().contains("the key files are taken up"));
    // What was sealed before and after is read; and another list is sealed with the new key.
    let second = upload(&server, &officer, 9, 600);
    assert_eq!(server.send("POST", &format!("{second}/acceptance"), Some(&chair), Some(&Value::Null)).status, 202);
    eventually("the second list is admitted", || state(&server, &officer, &second)["state"] == "DONE");
    let kids = "SELECT count(DISTINCT substring(name FROM 1 FOR 4)) FROM person";
    assert_eq!(folder.number(kids), 2, "sealed with the old key and with the new one");
    server.stop();
    let audit = folder.run(&["audit", "--database"]);
    assert!(audit.ok(), "{audit:?}");
}

#[test]
fn with_members_and_without_their_vault_key_no_server_starts() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let (officer, chair) = keepers(&folder, &server);
    let list = upload(&server, &officer, 1, 3);
    assert_eq!(server.send("POST", &format!("{list}/acceptance"), Some(&chair), Some(&Value::Null)).status, 202);
    eventually("the list is admitted", || state(&server, &officer, &list)["state"] == "DONE");
    upload(&server, &officer, 2, 3);
    server.stop();
    let keys = folder.data.join("keys/vault.keys");
    let kept = fs::read_to_string(&keys).unwrap();
    // A file with another key, and none at all.
    let other = |line: &str| line.strip_prefix("seal ").map_or(line.to_owned(), |rest| format!("seal zzzz{}", &rest[4..]));
    fs::write(&keys, kept.lines().map(|line| other(line) + "\n").collect::<String>()).unwrap();
    let said = folder.run(&["serve", "--listen", &free_address()]);
    assert!(said.complaint().contains("restore that key file"), "{said:?}");
    fs::write(&keys, kept).unwrap();
    let aside = folder.top.join("vault.keys");
    fs::rename(&keys, &aside).unwrap();
    let said = folder.run(&["serve", "--listen", &free_address()]);
    assert!(said.complaint().contains("vault.keys is missing"), "{said:?}");
    assert!(!keys.exists(), "no key is made in the place of one that is missing");
    fs::rename(&aside, &keys).unwrap();
    let server = Server::start(&folder);
    assert_eq!(state(&server, &officer, &list)["admitted"], 3, "with the key everything is there");
}

#[test]
fn near_the_limits_of_the_law_every_start_warns_until_the_dossier_is_configured() {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    diesel::sql_query("UPDATE persons_limit SET persons = 1 WHERE what = 'PERSONS'").execute(&mut folder.connect()).unwrap();
    diesel::sql_query("DELETE FROM persons_held").execute(&mut folder.connect()).unwrap();
    server.stop();
    let warned = || fs::read_to_string(folder.top.join("server.log")).unwrap().matches("SNA_SECURITY_DOSSIER_NO").count();
    assert_eq!(warned(), 0, "nobody was held");
    for times in 1..=2 {
        Server::start(&folder).stop();
        assert_eq!(warned(), times, "every start warns");
    }
    let mut command = folder.program(&["serve"]);
    command.env("SNA_SECURITY_DOSSIER_NO", "12/HS-ATTT").env("SNA_SECURITY_DOSSIER_DATE", "2026-11-30");
    Server::of(&folder, command).stop();
    assert_eq!(warned(), 2, "an approved dossier is configured");
    let half = folder.run(&["serve", "--listen", &free_address(), "--security-dossier-no", "12/HS-ATTT"]);
    assert!(half.complaint().contains("security_dossier_date"), "{half:?}");
}
