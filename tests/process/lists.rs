//! A server that dies at every step of booking a list: the next one goes on, and every row is booked once.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::json;
use so_nhan_ai::basics::failpoint;

use crate::harness::*;

const ROWS: i64 = 600;

fn serve(folder: &Folder, dying_at: Option<&str>) -> Server {
    let mut command = folder.program(&["serve"]);
    if let Some(place) = dying_at {
        command.env(failpoint::VARIABLE, place);
    }
    Server::of(folder, command)
}

/// Sends a list of its own sums and returns the path of the one that waits.
fn upload(server: &Server, token: &str, of: i64) -> String {
    let rows: String = (0..ROWS).map(|n| format!("20/11/2026,{}\n", 10_000 * of + n)).collect();
    let answer = ureq::post(format!("{}/api/v1/chapters/23095/gift-imports", server.base))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/csv")
        .send(format!("Ngày nhận,Số tiền\n{rows}"));
    let check: serde_json::Value = answer.unwrap().body_mut().read_json().unwrap();
    format!("/api/v1/gift-imports/{}", check["import"]["id"].as_str().unwrap_or_else(|| panic!("{check}")))
}

#[test]
fn a_server_killed_at_any_step_of_a_list_leaves_it_to_the_next() {
    let folder = Folder::new();
    let server = serve(&folder, None);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let token = server.log_in("hanh.hamliem", PASSWORD);
    server.stop();
    let places = ["job_taken", "list_part_booked", "job_step_open", "job_step_done", "job_worked"];
    for (of, place) in (1..).zip(places) {
        let mut server = serve(&folder, Some(place));
        let list = upload(&server, &token, of);
        // Its answer may be lost with it.
        let _ = server.try_send("POST", &format!("{list}/acceptance"), Some(&token), Some(&json!({})));
        assert!(!server.process.wait(Duration::from_secs(60)).success(), "it dies at {place}");
        let server = serve(&folder, None);
        // Nobody waits here until the dead one's lease is over.
        diesel::sql_query("UPDATE job SET due_at = now() WHERE state = 'WAITING'").execute(&mut folder.connect()).unwrap();
        eventually("the next one books it", || server.send("GET", &list, Some(&token), None).json()["state"] == "DONE");
        let done = server.send("GET", &list, Some(&token), None).json();
        assert_eq!((&done["booked"], &done["refused"]), (&json!(ROWS), &json!([])), "killed at {place}");
        assert_eq!(folder.number("SELECT count(*) FROM gift"), ROWS * of, "killed at {place}");
        eventually("the job is done", || folder.number("SELECT count(*) FROM job WHERE state <> 'DONE'") == 0);
        server.stop();
    }
}
