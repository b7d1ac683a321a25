//! A blood centre's file when things go wrong: killed at any step of carrying it over, keys changed meanwhile.

use std::fs;
use std::time::Duration;

use chrono::Utc;
use diesel::prelude::*;
use rustix::process::Signal;
use serde_json::{Value, json};
use so_nhan_ai::basics::clock::vietnam_date;
use so_nhan_ai::basics::failpoint;
use uuid::Uuid;

use crate::harness::*;

/// Three parts, as a debug build makes them.
const ROWS: i64 = 250;

fn serve(folder: &Folder, dying_at: Option<&str>) -> Server {
    let mut command = folder.program(&["serve"]);
    if let Some(place) = dying_at {
        command.env(failpoint::VARIABLE, place);
    }
    Server::of(folder, command)
}

/// Who keeps the donors of Hàm Liêm, and who decides, by their tokens.
fn keepers(folder: &Folder, server: &Server) -> (String, String) {
    folder.officer("mai.hamliem", "BLOOD_OFFICER", "23095");
    folder.officer("tam.hamliem", "CHAPTER_CHAIR", "23095");
    let chair = server.log_in("tam.hamliem", PASSWORD);
    server.add_second_factor(&chair, PASSWORD);
    (server.log_in("mai.hamliem", PASSWORD), chair)
}

fn done(server: &Server, token: &str, path: &str, body: &Value) -> Value {
    let answer = server.send("POST", path, Some(token), Some(body));
    assert!((200..300).contains(&answer.status), "{path}: {}", answer.text);
    answer.json()
}

/// Letters alone: a name has no digits.
fn letters(n: i64) -> String {
    n.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}

/// A drive of today whose file of its own people waits for a second person; the path of the file.
fn asked(folder: &Folder, server: &Server, token: &str, of: i64) -> String {
    let drive = json!({"id": Uuid::now_v7(), "chapter": "23095", "centre": "BINH_THUAN", "title": "Ngày hội", "day": vietnam_date(Utc::now()),
        "site": "Nhà văn hóa", "waiting_most": 0, "slots": [{"from": "07:00", "until": "19:00", "places": 100}]});
    let code = done(server, token, "/api/v1/drives", &drive)["code"].as_str().unwrap().to_owned();
    for step in ["opening", "beginning"] {
        done(server, token, &format!("/api/v1/drives/{code}/{step}"), &Value::Null);
    }
    let row = |n: i64| {
        let n = 10_000 * of + n;
        format!("Nguyễn Zq{},1980,09{n:08},Đạt,350,G123426{n:06},O+,BM {n:07}\n", letters(n))
    };
    let rows: String = (0..ROWS).map(row).collect();
    let answer = ureq::post(format!("{}/api/v1/drives/{code}/reconciliation?keep=true", server.base))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/csv")
        .send(format!("Họ và tên,Ngày sinh,Điện thoại,Kết quả,Thể tích,Mã túi máu,Nhóm máu,Số giấy chứng nhận\n{rows}"));
    let check: Value = answer.unwrap().body_mut().read_json().unwrap();
    let id = check["reconciliation"]["id"].as_str().unwrap_or_else(|| panic!("{check}")).to_owned();
    // Everybody came without a booking: what takes people hours.
    diesel::sql_query(
        "UPDATE drive_difference d SET state = 'SETTLED', how = 'COUNT', settled_by = f.uploaded_by, settled_at = now()
         FROM drive_file f WHERE f.id = d.file_id AND d.state = 'OPEN'",
    )
    .execute(&mut folder.connect())
    .unwrap();
    done(server, token, &format!("/api/v1/drives/{code}/reconciliation/request"), &json!({}));
    format!("/api/v1/reconciliations/{id}")
}

fn state(server: &Server, token: &str, file: &str) -> Value {
    server.send("GET", file, Some(token), None).json()["state"].clone()
}

/// Waits until a file is carried over by a server that finds it as another one left it.
fn carried(folder: &Folder, server: &Server, token: &str, file: &str) {
    // Nobody waits here until the dead one's lease is over.
    diesel::sql_query("UPDATE job SET due_at = now() WHERE state = 'WAITING' AND kind = 'CARRY_OVER_BLOOD_FILE'")
        .execute(&mut folder.connect())
        .unwrap();
    eventually("the next one carries it over", || state(server, token, file) == "DONE");
}

/// A server that dies at a place while it carries a file over.
fn dies(folder: &Folder, chair: &str, file: &str, place: &str) {
    let mut server = serve(folder, Some(place));
    // Its answer may be lost with it.
    let _ = server.try_send("POST", &format!("{file}/approval"), Some(chair), Some(&Value::Null));
    assert!(!server.process.wait(Duration::from_secs(60)).success(), "it dies at {place}");
}

/// Inside a part, which is undone whole; between two parts, of which the first is done; and when all of them are done and nobody has said so
/// yet. Where any job is taken and noted is tried with other jobs.
#[test]
fn a_server_killed_at_any_step_of_a_blood_file_leaves_it_to_the_next() {
    let folder = Folder::ready();
    let server = serve(&folder, None);
    let (officer, chair) = keepers(&folder, &server);
    let places = ["job_step_open", "blood_part_done", "job_worked"];
    let files: Vec<String> = (1..).take(places.len()).map(|of| asked(&folder, &server, &officer, of)).collect();
    // A drive of today has a reminder that is due at once: the one that dies is to find no other work.
    eventually("nothing else is due", || {
        folder.number("SELECT count(*) FROM job WHERE state = 'WAITING' AND due_at <= now()") == 0
    });
    server.stop();
    for ((of, place), file) in (1..).zip(places).zip(&files) {
        dies(&folder, &chair, file, place);
        let done =
            folder.number(&format!("SELECT done_rows::bigint FROM drive_file WHERE id = '{}'", file.rsplit('/').next().unwrap()));
        let is_so = match place {
            "job_step_open" => done == 0,
            "blood_part_done" => (1..ROWS).contains(&done),
            _ => done == ROWS,
        };
        assert!(is_so, "{done} rows are done, killed at {place}");
        let server = serve(&folder, None);
        carried(&folder, &server, &officer, file);
        for table in ["person", "donor", "donation", "blood_certificate"] {
            assert_eq!(folder.number(&format!("SELECT count(*) FROM {table}")), ROWS * of, "{table}, killed at {place}");
        }
        assert_eq!(folder.number(&format!("SELECT count(*) FROM drive_total WHERE gave = {ROWS}")), of, "killed at {place}");
        assert_eq!(
            folder.number("SELECT count(*) FROM drive_row r JOIN drive_file f ON f.id = r.file_id WHERE f.state = 'DONE' AND r.content IS NOT NULL"),
            0
        );
        server.stop();
    }
}

#[test]
fn the_vault_key_is_rotated_while_a_blood_file_is_carried_over() {
    let folder = Folder::ready();
    let server = serve(&folder, None);
    let (officer, chair) = keepers(&folder, &server);
    let file = asked(&folder, &server, &officer, 1);
    eventually("nothing else is due", || {
        folder.number("SELECT count(*) FROM job WHERE state = 'WAITING' AND due_at <= now()") == 0
    });
    server.stop();
    // After the first part: the others were sealed with the key before.
    dies(&folder, &chair, &file, "blood_part_done");
    let donors = folder.number("SELECT count(*) FROM donor");
    assert!((1..ROWS).contains(&donors), "{donors} are carried over");
    let said = folder.run(&["keys", "rotate", "--which", "vault"]);
    assert!(said.ok(), "{said:?}");
    let server = serve(&folder, None);
    carried(&folder, &server, &officer, &file);
    // A file that waits while a server that runs takes a key up: its rows are opened with the old one, people are sealed with the new one.
    let second = asked(&folder, &server, &officer, 2);
    let said = folder.run(&["keys", "rotate", "--which", "vault"]);
    assert!(said.ok(), "{said:?}");
    server.signal(Signal::HUP);
    let log = || fs::read_to_string(folder.top.join("server.log")).unwrap();
    eventually("the new key is taken up", || log().contains("the key files are taken up"));
    self::done(&server, &chair, &format!("{second}/approval"), &Value::Null);
    eventually("the second file is carried over", || state(&server, &officer, &second) == "DONE");
    assert_eq!(folder.number("SELECT count(*) FROM donation"), 2 * ROWS);
    server.stop();
    let audit = folder.run(&["audit", "--database"]);
    assert!(audit.ok(), "{audit:?}");
}
