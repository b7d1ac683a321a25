//! A long list of volunteers whose server is killed at any step: the next one goes on with it, and nobody is entered twice.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::Value;
use so_nhan_ai::basics::failpoint;

use crate::harness::*;

const IMPORTS: &str = "/api/v1/volunteer-imports";
const ROWS: i64 = 1_200;

fn serve(folder: &Folder, dying_at: Option<&str>) -> Server {
    let mut command = folder.program(&["serve"]);
    if let Some(place) = dying_at {
        command.env(failpoint::VARIABLE, place);
    }
    Server::of(folder, command)
}

/// Letters alone: a name has no digits.
fn letters(n: i64) -> String {
    n.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}

/// A list of its own people.
fn list(of: i64) -> String {
    let rows = (0..ROWS).map(|n| 10_000 * of + n).map(|n| format!("Nguyễn Zq{},1980,09{n:08}\n", letters(n)));
    format!("Họ và tên,Năm sinh,Điện thoại\n{}", rows.collect::<String>())
}

/// Sends a list; the answer may be lost with the server.
fn send(server: &Server, token: &str, list: &str) -> Option<Value> {
    let answer = ureq::post(format!("{}{IMPORTS}?chapter=23095&enter=true&verified=true", server.base))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/csv")
        .send(list);
    answer.ok()?.body_mut().read_json().ok()
}

#[test]
fn a_server_killed_at_any_step_of_a_list_of_volunteers_leaves_it_to_the_next() {
    let folder = Folder::ready();
    let server = serve(&folder, None);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let officer = server.log_in("hanh.hamliem", PASSWORD);
    server.stop();
    let places = ["job_taken", "volunteer_part_entered", "job_step_open", "job_step_done", "job_worked"];
    for (of, place) in (1..).zip(places) {
        let mut server = serve(&folder, Some(place));
        send(&server, &officer, &list(of));
        assert!(!server.process.wait(Duration::from_secs(60)).success(), "it dies at {place}");
        let server = serve(&folder, None);
        // Nobody waits here until the dead one's lease is over.
        diesel::sql_query("UPDATE job SET due_at = now() WHERE state = 'WAITING' AND kind = 'ENTER_VOLUNTEER_LIST'")
            .execute(&mut folder.connect())
            .unwrap();
        // Whoever had no answer sends it again.
        let sent = send(&server, &officer, &list(of)).unwrap();
        let shown = format!("{IMPORTS}/{}", sent["import"]["id"].as_str().unwrap_or_else(|| panic!("{sent}")));
        let state = || -> Value { server.send("GET", &shown, Some(&officer), None).json() };
        eventually("the next one enters it", || state()["state"] == "DONE");
        let done = state();
        assert_eq!((&done["entered"], &done["refused"]), (&ROWS.into(), &Value::Array(Vec::new())), "killed at {place}");
        for table in ["person", "volunteer", "volunteer_step", "volunteer_span"] {
            assert_eq!(folder.number(&format!("SELECT count(*) FROM {table}")), ROWS * of, "{table}, killed at {place}");
        }
        assert_eq!(folder.number("SELECT count(*) FROM volunteer_import"), of);
        assert_eq!(folder.number("SELECT count(*) FROM volunteer_import_part WHERE people IS NOT NULL"), 0);
        server.stop();
    }
    let audit = folder.run(&["audit", "--database"]);
    assert!(audit.ok(), "{audit:?}");
}
