//! Who helps at a blood drive, from when to when; the hours they worked, entered once.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::blood_days::{begun, of_today};
use crate::coverage::{Call, call};
use crate::drives::{at, opened};
use crate::examples::Story;
use crate::harness::{Caller, TestApp};
use crate::teams::{joined, team, volunteer};
use crate::volunteers::{audited, wrong};

pub fn shift(change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "what": "Đón tiếp, quét mã", "from": "05:30", "until": "07:00", "needed": 2});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

/// Plans a shift; its path.
pub fn planned(officer: &Caller<'_>, code: &str, change: Value) -> String {
    let made = officer.post(&at(code, "/shifts"), shift(change), 201);
    at(code, &format!("/shifts/{}", made["id"].as_str().unwrap()))
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let code = of_today(app, &officer);
    let (one, _) = volunteer(&officer, "23095", "Người Giúp Một", Some("0912377001"));
    let [first, second, third] = [("05:30", "06:20"), ("06:30", "07:20"), ("07:30", "08:20")]
        .map(|(from, until)| planned(&officer, &code, json!({"from": from, "until": until})));
    begun(&officer, &code);
    let helps = json!({"volunteers": [one]});
    officer.post(&format!("{third}/helpers"), helps.clone(), 200);
    vec![
        call("POST /api/v1/drives/{code}/shifts", at(&code, "/shifts"), Some(shift(json!({}))), 404, 403, 201),
        call("GET /api/v1/drives/{code}/shifts", at(&code, "/shifts"), None, 404, 200, 200),
        call("PATCH /api/v1/drives/{code}/shifts/{shift}", first.clone(), Some(json!({"needed": 5})), 404, 403, 200),
        call("POST /api/v1/drives/{code}/shifts/{shift}/helpers", format!("{first}/helpers"), Some(helps), 404, 403, 200),
        call("GET /api/v1/drives/{code}/shifts/{shift}/helpers", format!("{first}/helpers"), None, 404, 403, 200),
        call(
            "POST /api/v1/drives/{code}/shifts/{shift}/helpers/{volunteer}/removal",
            format!("{third}/helpers/{one}/removal"),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/drives/{code}/shifts/{shift}/hours",
            format!("{first}/hours"),
            Some(json!({"came": []})),
            404,
            403,
            200,
        ),
        call("POST /api/v1/drives/{code}/shifts/{shift}/removal", format!("{second}/removal"), Some(Value::Null), 404, 403, 200),
    ]
}

/// Sends the examples of the room, with the volunteer of another one.
pub fn examples(story: &mut Story, app: &TestApp) {
    let officer = app.officer_of("23095");
    let code = of_today(app, &officer);
    let made = story.post(&officer, &format!("/drives/{code}/shifts"), "plan_drive_shift", "door", 201);
    let path = format!("/drives/{code}/shifts/{}", made["id"].as_str().unwrap());
    let body = story.body("change_drive_shift", "more_hands", Value::Null);
    officer.patch(&format!("/api/v1{path}"), body, 200);
    story.post(&officer, &format!("{path}/helpers"), "enter_drive_helpers", "one_volunteer", 200);
    begun(&officer, &code);
    story.post(&officer, &format!("{path}/hours"), "enter_drive_shift_hours", "came_later", 200);
}

/// This volunteer helps in a shift to come.
pub fn helping(officer: &Caller<'_>, volunteer: &str) {
    let code = opened(officer, json!({}));
    let path = planned(officer, &code, json!({}));
    officer.post(&format!("{path}/helpers"), json!({"volunteers": [volunteer]}), 200);
}

fn names(shown: &Value) -> Vec<&str> {
    shown["people"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn a_drive_has_shifts_and_the_hours_of_who_came_are_entered_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let people = [("Nguyễn Thị Hoa", "0912370001"), ("Lê Văn Bình", "0912370002"), ("Trần Thị Cúc", "0912370003")];
    let [hoa, binh, cuc] = people.map(|(name, phone)| volunteer(&officer, "23095", name, Some(phone)));
    let team = officer.post(crate::teams::TEAMS, team(&app, json!({})), 201);
    joined(&officer, &team, &binh.1, Value::Null);
    joined(&officer, &team, &cuc.1, Value::Null);
    let code = of_today(&app, &officer);
    let drive = officer.send("GET", &at(&code, ""), None);
    let tag = drive.header("etag").unwrap().to_owned();
    officer.with("if-match", &tag).patch(&at(&code, ""), json!({"team": team["id"]}), 200);
    // Whoever keeps nothing but blood plans shifts and sees how many help, and nobody by name.
    let mai = app.staff(Role::BloodOfficer, "23095");
    let body = shift(json!({}));
    mai.post(&at(&code, "/shifts"), body.clone(), 201);
    mai.post(&at(&code, "/shifts"), body.clone(), 200);
    let mut other = body.clone();
    other["needed"] = json!(9);
    mai.post(&at(&code, "/shifts"), other, 422);
    let early = at(&code, &format!("/shifts/{}", body["id"].as_str().unwrap()));
    let late = planned(&mai, &code, json!({"what": "Nước, bánh", "from": "06:30", "until": "08:00"}));
    mai.post(&format!("{early}/helpers"), json!({"volunteers": [hoa.0]}), 403);
    mai.get(&format!("{early}/helpers"), 403);
    let shown = officer.post(&format!("{early}/helpers"), json!({"volunteers": [hoa.0]}), 200);
    assert_eq!((names(&shown), &shown["helpers"]), (vec!["Nguyễn Thị Hoa"], &json!(1)));
    assert_eq!(officer.post(&format!("{early}/helpers"), json!({"volunteers": [hoa.0]}), 200), shown, "once more it is the same");
    // The whole team; nobody in two shifts at the same time.
    let shown = officer.post(&format!("{late}/helpers"), json!({"team": true}), 200);
    assert_eq!(shown["helpers"], 2, "{shown}");
    let said = wrong(&officer.post(&format!("{late}/helpers"), json!({"volunteers": [hoa.0]}), 422));
    assert_eq!(said, [("/volunteers/0".to_owned(), "TWICE".to_owned())]);
    // Another chapter's volunteers are entered there, and their officers see nothing of this.
    let stranger = app.officer_of("23059");
    let (theirs, _) = volunteer(&stranger, "23059", "Người Nơi Khác", Some("0912370009"));
    let said = wrong(&officer.post(&format!("{early}/helpers"), json!({"volunteers": [theirs, Uuid::new_v4()]}), 422));
    assert_eq!(said.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>(), ["NO_SUCH_VOLUNTEER"; 2]);
    stranger.get(&at(&code, "/shifts"), 404);
    stranger.post(&format!("{early}/helpers"), json!({"volunteers": [theirs]}), 404);
    let list = app.staff(Role::Inspector, "68").get(&at(&code, "/shifts"), 200);
    assert_eq!((&list[0]["from"], &list[0]["helpers"], &list[1]["helpers"]), (&json!("05:30"), &json!(1), &json!(2)));
    // Hours when it has begun and is over; the same again is the same, and something else is corrected with the hours.
    officer.post(&format!("{late}/hours"), json!({"came": []}), 409);
    begun(&officer, &code);
    let came = json!({"came": [{"volunteer": binh.0, "from": "06:45", "until": "08:15"}]});
    let to_come = json!({"came": [{"volunteer": binh.0, "until": "23:00"}]});
    let said = wrong(&officer.post(&format!("{late}/hours"), to_come, 422));
    assert_eq!(said, [("/came/0/until".to_owned(), "IN_THE_FUTURE".to_owned())]);
    let not_in_it = json!({"came": [{"volunteer": hoa.0}]});
    assert_eq!(wrong(&officer.post(&format!("{late}/hours"), not_in_it, 422))[0].1, "NO_SUCH_VOLUNTEER");
    let done = officer.post(&format!("{late}/hours"), came.clone(), 200);
    let of = |done: &Value, who: Uuid| {
        done["people"].as_array().unwrap().iter().find(|one| one["volunteer"] == json!(who)).unwrap().clone()
    };
    assert_eq!(
        (of(&done, binh.0)["outcome"].clone(), of(&done, cuc.0)["came"].clone()),
        (json!("ENTERED"), json!(false)),
        "{done}"
    );
    assert_eq!(of(&officer.post(&format!("{late}/hours"), came, 200), binh.0)["outcome"], "KNOWN");
    officer.post(&format!("{late}/hours"), json!({"came": [{"volunteer": cuc.0}]}), 409);
    officer.post(&format!("{late}/helpers"), json!({"volunteers": [hoa.0]}), 409);
    officer.post(&format!("{late}/removal"), Value::Null, 409);
    let hours = officer.get("/api/v1/volunteer-hours?chapter=23095", 200);
    let one = &hours["items"][0];
    assert_eq!((hours["items"].as_array().unwrap().len(), &one["minutes"]), (1, &json!(90)), "{hours}");
    assert!(one["occasion"].as_str().unwrap().starts_with("DRIVE_SHIFT:") && one["what"].as_str().unwrap().contains(&code));
    assert_eq!(officer.get(&at(&code, "/shifts"), 200)[1]["came"], 1);
    audited(&app);
}

#[test]
fn shifts_are_changed_as_they_were_read_and_done_without() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({}));
    let path = planned(&officer, &code, json!({}));
    let other = planned(&officer, &code, json!({"from": "07:00", "until": "08:00"}));
    let (one, _) = volunteer(&officer, "23095", "Nguyễn Thị Hoa", Some("0912370001"));
    for shift in [&path, &other] {
        officer.post(&format!("{shift}/helpers"), json!({"volunteers": [one]}), 200);
    }
    let changed = officer.with("if-match", "\"1\"").patch(&path, json!({"needed": 7, "what": "Bưng nước"}), 200);
    assert_eq!((&changed["needed"], &changed["what"], &changed["from"]), (&json!(7), &json!("Bưng nước"), &json!("05:30")));
    officer.with("if-match", "\"1\"").patch(&path, json!({"needed": 8}), 409);
    let longer = officer.with("if-match", "\"2\"").patch(&path, json!({"until": "07:30"}), 422);
    assert_eq!(wrong(&longer), [("/from".to_owned(), "TWICE".to_owned())]);
    for (change, at, what) in [
        (json!({"until": "05:00"}), "/until", "OUT_OF_RANGE"),
        (json!({"from": "5:00"}), "/from", "NOT_A_TIME"),
        (json!({"needed": 0}), "/needed", "OUT_OF_RANGE"),
    ] {
        let said = wrong(&officer.post(&crate::drives::at(&code, "/shifts"), shift(change.clone()), 422));
        assert_eq!(said, [(at.to_owned(), what.to_owned())], "{change}");
    }
    let left = officer.post(&format!("{other}/helpers/{one}/removal"), Value::Null, 200);
    assert_eq!(left["people"], json!([]));
    assert!(officer.post(&format!("{other}/removal"), Value::Null, 200)["ended_at"].is_string());
    officer.post(&format!("{other}/removal"), Value::Null, 200);
    officer.post(&format!("{other}/helpers"), json!({"volunteers": [one]}), 404);
    assert_eq!(officer.get(&at(&code, "/shifts"), 200).as_array().unwrap().len(), 1);
    // Called off: nothing is planned any more.
    officer.post(&at(&code, "/cancellation"), json!({"why": "WEATHER"}), 200);
    officer.post(&at(&code, "/shifts"), shift(json!({})), 409);
    officer.post(&format!("{path}/hours"), json!({"came": []}), 409);
    audited(&app);
}
