//! The examples of teams and call-outs, as the document shows them, sent one after the other.

use serde_json::{Value, json};

use crate::examples::Story;
use crate::harness::TestApp;

/// Sends them all.
pub fn send(story: &mut Story, app: &TestApp) {
    let officer = app.officer_of("23095");
    let person = json!({"id": "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a7001", "chapter": "23095", "name": "Lê Thị Trong Đội", "phone": "0912345670",
        "phone_confirmed": true, "birth": "1980-03-02"});
    officer.post("/api/v1/persons", person, 201);
    let team = story.post(&officer, "/teams", "make_team", "response_team", 201);
    let at = |rest: &str| crate::teams::at(&team, rest).replace("/api/v1", "");
    let body = story.body("change_team", "moves", Value::Null);
    officer.patch(&crate::teams::at(&team, ""), body, 200);
    story.post(&officer, &at("/members"), "enter_team_member", "joins", 201);
    story.post(&officer, &at("/leaders"), "enter_team_leader", "leads", 201);
    story.post(&officer, &at("/leaders/7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a7003/ending"), "end_team_leader", "stays_in_it", 200);
    let body = story.body("write_team_equipment", "boats_and_vests", Value::Null);
    let put = officer.send("PUT", &crate::teams::at(&team, "/equipment"), Some(body.to_string().into_bytes()));
    assert_eq!(put.status, 200, "{}", put.text);
    story.post(&officer, &at("/exercises"), "record_team_exercise", "flood", 201);
    story.post(&officer, &at("/members/7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a7002/ending"), "end_team_member", "leaves", 200);
    story.post(&officer, &at("/ending"), "end_team", "by_decision", 200);

    let call = story.post(&officer, "/call-outs", "make_call_out", "flood", 201);
    let at = |rest: &str| crate::call_outs::at(&call, rest).replace("/api/v1", "");
    let volunteer = crate::teams::volunteer(&officer, "23095", "Nguyễn Văn Được Gọi", Some("0912345671"));
    crate::teams::can(app, volunteer.0, "FIRST_AID");
    let body = story.body("change_call_out", "more", Value::Null);
    officer.patch(&crate::call_outs::at(&call, ""), body, 200);
    story.post(&officer, &at("/waves"), "ask_wave", "next", 201);
    story.post(&officer, &at("/waves"), "ask_wave", "at_night", 201);
    let asked = crate::call_outs::list(&officer, &call)[0]["id"].as_str().unwrap().to_owned();
    story.post(&officer, &at(&format!("/asked/{asked}/answer")), "record_answer", "comes", 200);
    story.post(&officer, &at(&format!("/asked/{asked}/shift")), "put_into_shift", "first", 200);
    story.post(&officer, &at("/attendance"), "record_attendance", "scanned", 200);
    let consent = format!("/volunteers/{}/call-out-consent", volunteer.0);
    story.post(&officer, &consent, "agree_to_call_outs", "by_phone", 200);
    officer.post(&crate::call_outs::at(&call, "/ending"), Value::Null, 200);
    story.post(&officer, &at("/closing"), "close_call_out", "note", 200);
}
