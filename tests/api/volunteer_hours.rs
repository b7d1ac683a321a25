//! Hours that volunteers worked: entered once by whoever confirms them, added up once, corrected with a reason.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::transfers::at_once;
use crate::volunteers::{at, audited, entered, verified, wrong};

pub const HOURS: &str = "/api/v1/volunteer-hours";

/// What these volunteers did on the evening before tests begin, 18:00 to 21:00 in Vietnam.
pub fn evening(chapter: &str, volunteers: &[Uuid], what: &str) -> Value {
    let of: Vec<Value> = volunteers.iter().map(|id| json!({"id": Uuid::new_v4(), "volunteer": id})).collect();
    json!({"chapter": chapter, "what": what, "place": "Nhà văn hóa thôn 3", "from": "2026-11-21T11:00:00Z", "to": "2026-11-21T14:00:00Z",
        "volunteers": of})
}

/// The room's operations about hours, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let ids: Vec<Uuid> = (0..2).map(|n| verified(&officer, json!({"name": format!("Người Làm {n}")}), json!({}))).collect();
    let done = evening("23095", &ids[..1], "Phát quà");
    officer.post(HOURS, done.clone(), 200);
    let correction = format!("{HOURS}/{}/correction", done["volunteers"][0]["id"].as_str().unwrap());
    vec![
        call("POST /api/v1/volunteer-hours", HOURS.to_owned(), Some(evening("23095", &ids[1..], "Phát quà")), 404, 403, 200),
        call("GET /api/v1/volunteer-hours", format!("{HOURS}?chapter=23095"), None, 404, 403, 200),
        call("POST /api/v1/volunteer-hours/{id}/correction", correction, Some(json!({"why": "ghi nhầm"})), 404, 403, 200),
        call(
            "GET /api/v1/volunteer-hour-sums",
            "/api/v1/volunteer-hour-sums?chapter=23095&year=2026".to_owned(),
            None,
            404,
            200,
            200,
        ),
    ]
}

/// Fills a chapter's list of hours.
pub fn fill(app: &TestApp, most: usize) {
    let officer = app.officer_of("23095");
    let ids: Vec<Uuid> = (0..most).map(|n| verified(&officer, json!({"name": format!("Người Làm {n}")}), json!({}))).collect();
    officer.post(HOURS, evening("23095", &ids, "Dọn vệ sinh"), 200);
}

fn outcomes(answer: &Value) -> Vec<(&str, bool)> {
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| (item["outcome"].as_str().unwrap(), item.get("also_elsewhere") == Some(&json!(true)))).collect()
}

fn minutes(app: &TestApp, chapter: &str) -> (i64, i64) {
    let sums = app.staff(Role::Inspector, "68").get(&format!("/api/v1/volunteer-hour-sums?chapter={chapter}&year=2026"), 200);
    (sums["volunteers"].as_i64().unwrap(), sums["minutes"].as_i64().unwrap())
}

#[test]
fn an_evening_is_entered_once_and_answered_one_by_one() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let one = verified(&officer, json!({"name": "Lê Zqa"}), json!({}));
    let two = verified(&officer, json!({"name": "Lê Zqb"}), json!({}));
    let waits = entered(&officer, json!({"name": "Lê Zqc"}), json!({}));
    let theirs = verified(&app.officer_of("23059"), json!({"name": "Lê Zqd", "chapter": "23059"}), json!({}));
    let body = evening("23095", &[one, waits, theirs], "Phát quà Tết");
    let answer = officer.post(HOURS, body.clone(), 200);
    assert_eq!(outcomes(&answer), [("ENTERED", false), ("NO_SUCH_VOLUNTEER", false), ("NO_SUCH_VOLUNTEER", false)]);
    assert_eq!(outcomes(&officer.post(HOURS, body.clone(), 200))[0], ("KNOWN", false));
    let mut other = body.clone();
    other["what"] = json!("Việc khác");
    assert_eq!(outcomes(&officer.post(HOURS, other, 200))[0], ("ID_TAKEN", false));
    // Nobody works twice at a time; the other one of the list is entered all the same.
    let both = evening("23095", &[one, two], "Dọn kho");
    assert_eq!(outcomes(&officer.post(HOURS, both, 200)), [("OVERLAPS", false), ("ENTERED", false)]);
    // What follows without a gap is no overlap.
    let mut later = evening("23095", &[one], "Dọn kho");
    (later["from"], later["to"]) = (json!("2026-11-21T14:00:00Z"), json!("2026-11-21T14:30:00Z"));
    assert_eq!(outcomes(&officer.post(HOURS, later, 200)), [("ENTERED", false)]);
    assert_eq!(minutes(&app, "23095"), (2, 390));
    assert_eq!(officer.get(&at(one), 200)["worked"], json!([{"year": 2026, "minutes": 210}]));
    let list = officer.get(&format!("{HOURS}?chapter=23095&volunteer={one}"), 200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!((&list["items"][0]["what"], &list["items"][0]["minutes"]), (&json!("Phát quà Tết"), &json!(180)));
    for (change, expected) in [
        (json!({"to": "2026-11-21T10:00:00Z"}), ("/to", "OUT_OF_RANGE")),
        (json!({"to": "2026-11-22T11:00:01Z"}), ("/to", "OUT_OF_RANGE")),
        (json!({"from": "2026-11-22T02:00:00Z", "to": "2026-11-22T04:00:00Z"}), ("/to", "IN_THE_FUTURE")),
        (json!({"from": "2026-09-01T02:00:00Z", "to": "2026-09-01T04:00:00Z"}), ("/from", "TOO_OLD")),
        (json!({"what": " "}), ("/what", "NOT_A_LINE")),
        (json!({"volunteers": []}), ("/volunteers", "OUT_OF_RANGE")),
    ] {
        let mut body = evening("23095", &[two], "Phát quà");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(wrong(&officer.post(HOURS, body, 422)), [(expected.0.to_owned(), expected.1.to_owned())], "{change}");
    }
    let twice = evening("23095", &[two, two], "Phát quà");
    assert_eq!(wrong(&officer.post(HOURS, twice, 422))[0].1, "TWICE");
    audited(&app);
}

/// Two chapters enter the same evening of one person: both keep it, both are told that there is another, neither where, and above them it is
/// one evening.
#[test]
fn hours_of_one_evening_entered_by_two_chapters_are_flagged_and_added_up_once() {
    let app = TestApp::start();
    let her = |chapter: &str| json!({"chapter": chapter, "name": "Trần Thị Zqan", "phone": "0912345678"});
    let (here, there) = (app.officer_of("23095"), app.officer_of("23059"));
    let (one, other) = (verified(&here, her("23095"), json!({})), verified(&there, her("23059"), json!({})));
    let first = here.post(HOURS, evening("23095", &[one], "Phát quà"), 200);
    assert_eq!(outcomes(&first), [("ENTERED", false)]);
    let mut second = evening("23059", &[other], "Trực bờ kè");
    (second["from"], second["to"]) = (json!("2026-11-21T13:00:00Z"), json!("2026-11-21T16:00:00Z"));
    let answer = there.post(HOURS, second, 200);
    assert_eq!(outcomes(&answer), [("ENTERED", true)]);
    let list = here.get(&format!("{HOURS}?chapter=23095"), 200);
    assert_eq!(list["items"][0]["also_elsewhere"], true);
    assert!(!list.to_string().contains("23059") && !list.to_string().contains("bờ kè"), "{list}");
    assert_eq!((minutes(&app, "23095"), minutes(&app, "23059")), ((1, 180), (1, 180)));
    // 18:00 to 23:00 of one person.
    assert_eq!(minutes(&app, "68"), (1, 300));
    // One of them takes it back, and nobody is flagged any more.
    let id = first["items"][0]["id"].as_str().unwrap();
    here.post(&format!("{HOURS}/{id}/correction"), json!({"why": "ghi nhầm người"}), 200);
    let list = there.get(&format!("{HOURS}?chapter=23059"), 200);
    assert_eq!(list["items"][0].get("also_elsewhere"), None);
    assert_eq!((minutes(&app, "23095"), minutes(&app, "68")), ((0, 0), (1, 180)));
    audited(&app);
}

#[test]
fn hours_are_corrected_with_a_reason_and_long_ago_stays() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let one = verified(&officer, json!({"name": "Lê Zqa"}), json!({}));
    let body = evening("23095", &[one], "Phát quà");
    officer.post(HOURS, body.clone(), 200);
    let id = body["volunteers"][0]["id"].as_str().unwrap();
    let to = format!("{HOURS}/{id}/correction");
    let instead = json!({"id": Uuid::new_v4(), "what": "Phát quà", "from": "2026-11-21T11:00:00Z", "to": "2026-11-21T12:00:00Z"});
    let correction = json!({"why": "về sớm", "instead": instead});
    for _ in 0..2 {
        let new = officer.post(&to, correction.clone(), 200);
        assert_eq!((&new["id"], &new["corrects"], &new["minutes"]), (&instead["id"], &json!(id), &json!(60)));
    }
    officer.post(&to, json!({"why": "lại khác"}), 409);
    assert_eq!(minutes(&app, "23095"), (1, 60));
    let list = officer.get(&format!("{HOURS}?chapter=23095"), 200);
    let old = list["items"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
    assert_eq!((&old["stands"], &old["why"]), (&json!(false), &json!("về sớm")));
    app.officer_of("23059").post(&to, correction, 404);
    // In the place of hours none are put that meet others.
    let mut later = evening("23095", &[one], "Dọn kho");
    (later["from"], later["to"]) = (json!("2026-11-21T12:00:00Z"), json!("2026-11-21T13:00:00Z"));
    officer.post(HOURS, later, 200);
    let again = format!("{HOURS}/{}/correction", instead["id"].as_str().unwrap());
    let meets = json!({"id": Uuid::new_v4(), "what": "Phát quà", "from": "2026-11-21T11:00:00Z", "to": "2026-11-21T12:30:00Z"});
    officer.post(&again, json!({"why": "x", "instead": meets}), 409);
    assert_eq!(minutes(&app, "23095"), (1, 120));
    // What is over long ago is not written anew.
    app.clock.advance(Duration::days(61));
    app.officer_of("23095").post(&again, json!({"why": "muộn"}), 409);
    assert_eq!(minutes(&app, "23095"), (1, 120));
    audited(&app);
}

/// Two phones send the same evening at the same moment, one twice: it is there once.
#[test]
fn an_evening_sent_by_two_phones_at_once_is_entered_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let ids: Vec<Uuid> = (0..5).map(|n| verified(&officer, json!({"name": format!("Lê Zq{n}")}), json!({}))).collect();
    let same = evening("23095", &ids, "Phát quà");
    let back: Vec<Uuid> = ids.iter().rev().copied().collect();
    let phones: Vec<Caller<'_>> = (0..4).map(|_| app.officer_of("23095")).collect();
    // Half of them under ids of their own, in another order.
    let body = |n: usize| if n.is_multiple_of(2) { same.clone() } else { evening("23095", &back, "Phát quà") };
    let asked: Vec<(&Caller<'_>, String, Value)> =
        phones.iter().enumerate().map(|(n, phone)| (phone, HOURS.to_owned(), body(n))).collect();
    assert_eq!(at_once(&app, &asked), [200, 200, 200, 200]);
    assert_eq!(minutes(&app, "23095"), (5, 5 * 180));
    audited(&app);
}
