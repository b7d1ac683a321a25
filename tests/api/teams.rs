//! Teams: who is in them and leads them, what they have, how ready they are.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::day;
use crate::books::errors;
use crate::committees::person;
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::look::all;

pub const TEAMS: &str = "/api/v1/teams";

pub fn team(app: &TestApp, change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "kind": "RESPONSE_TEAM", "name": "Đội ứng phó xã Hàm Liêm",
        "place": "Nhà văn hóa thôn 3", "founded_on": day(app, -30), "decision_no": "08/QĐ-HCTĐ"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

pub fn at(team: &Value, rest: &str) -> String {
    format!("{TEAMS}/{}{rest}", team["id"].as_str().unwrap())
}

/// Enters a person in a team; the id of their time in it.
pub fn joined(officer: &Caller<'_>, team: &Value, person: &Value, from: Value) -> Value {
    let id = json!(Uuid::new_v4());
    officer.post(&at(team, "/members"), json!({"id": id, "person": person, "from": from}), 201);
    id
}

pub fn leads(member: &Value, role: &str) -> Value {
    json!({"id": Uuid::new_v4(), "member": member, "role": role})
}

/// A volunteer of a chapter who comes when called: (volunteer, person), as the chapter has verified them.
pub fn volunteer(officer: &Caller<'_>, chapter: &str, name: &str, phone: Option<&str>) -> (Uuid, Value) {
    let body = json!({"id": Uuid::new_v4(), "chapter": chapter, "name": name, "birth": "1980-03-02", "phone": phone,
        "phone_confirmed": phone.is_some()});
    officer.post("/api/v1/persons", body.clone(), 201);
    (verified(officer, &body["id"]), body["id"].clone())
}

/// Makes a person a volunteer of their chapter, who has time whenever they are called.
pub fn verified(officer: &Caller<'_>, person: &Value) -> Uuid {
    let id = Uuid::new_v4();
    let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    let new = json!({"id": id, "person": person, "kind": "VOLUNTEER", "willing": true, "weekdays": days,
        "day_parts": ["MORNING", "AFTERNOON", "EVENING", "NIGHT"]});
    officer.post("/api/v1/volunteers", new, 201);
    officer.post(&format!("/api/v1/volunteers/{id}/steps"), json!({"id": Uuid::now_v7(), "kind": "VERIFY"}), 201);
    id
}

/// What a volunteer can do, as an officer has seen.
pub fn can(app: &TestApp, volunteer: Uuid, skill: &str) {
    app.database.execute(&format!(
        "INSERT INTO volunteer_skill (volunteer_id, skill, level, proof, recorded_by, recorded_at)
         SELECT id, '{skill}', 'GOOD', 'SEEN', recorded_by, recorded_at FROM volunteer WHERE id = '{volunteer}'"
    ));
}

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let teams = [(); 2].map(|()| officer.post(TEAMS, team(app, json!({})), 201));
    let lan = joined(&officer, &teams[0], &person(&officer, "23095", "Nguyễn Thị Lan"), json!(day(app, -1)));
    let nam = joined(&officer, &teams[0], &person(&officer, "23095", "Đinh Văn Nam"), json!(day(app, -1)));
    let head = leads(&lan, "LEADER");
    officer.post(&at(&teams[0], "/leaders"), head.clone(), 201);
    let next = json!({"id": Uuid::new_v4(), "person": person(&officer, "23095", "Lê Văn Ba")});
    let (none, of) = (Some(json!({})), at(&teams[0], ""));
    let exercise = json!({"id": Uuid::now_v7(), "held_on": app.today(), "what": "Diễn tập", "came": [nam]});
    let text = |id: &Value| id.as_str().unwrap().to_owned();
    vec![
        call("POST /api/v1/teams", TEAMS.to_owned(), Some(team(app, json!({}))), 404, 403, 201),
        call("GET /api/v1/teams", format!("{TEAMS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/teams/{id}", of.clone(), None, 404, 200, 200),
        call("PATCH /api/v1/teams/{id}", of, Some(json!({"name": "Đội mới"})), 404, 403, 200),
        call("POST /api/v1/teams/{id}/ending", at(&teams[1], "/ending"), none.clone(), 404, 403, 200),
        call("POST /api/v1/teams/{id}/members", at(&teams[0], "/members"), Some(next), 404, 403, 201),
        call("POST /api/v1/teams/{id}/leaders", at(&teams[0], "/leaders"), Some(leads(&nam, "DEPUTY")), 404, 403, 201),
        call(
            "POST /api/v1/teams/{id}/leaders/{leader}/ending",
            at(&teams[0], &format!("/leaders/{}/ending", text(&head["id"]))),
            none.clone(),
            404,
            403,
            200,
        ),
        call("PUT /api/v1/teams/{id}/equipment", at(&teams[0], "/equipment"), Some(json!({"items": []})), 404, 403, 200),
        call("POST /api/v1/teams/{id}/exercises", at(&teams[0], "/exercises"), Some(exercise), 404, 403, 201),
        call("GET /api/v1/teams/{id}/exercises", at(&teams[0], "/exercises"), None, 404, 200, 200),
        call(
            "POST /api/v1/teams/{id}/members/{member}/ending",
            at(&teams[0], &format!("/members/{}/ending", text(&lan))),
            none,
            404,
            403,
            200,
        ),
    ]
}

/// Fifty teams of Hàm Liêm, and one that has everything fifty times.
pub fn fill(app: &TestApp) -> String {
    let officer = app.officer_of("23095");
    let teams: Vec<Value> = (0..52).map(|_| officer.post(TEAMS, team(app, json!({})), 201)).collect();
    let member = joined(&officer, &teams[0], &person(&officer, "23095", "Người Trong Đội"), json!(day(app, -20)));
    officer.post(&at(&teams[0], "/leaders"), leads(&member, "LEADER"), 201);
    for n in 0..52 {
        let note = format!("lần {n}");
        let exercise =
            json!({"id": Uuid::now_v7(), "held_on": day(app, -10), "what": "Diễn tập", "came": [member], "note": note});
        officer.post(&at(&teams[0], "/exercises"), exercise, 201);
    }
    at(&teams[0], "/exercises")
}

/// Somebody is in a team, and stands in a note about it.
pub fn noted(app: &TestApp, officer: &Caller<'_>, person: &Value, name: &str) {
    let made = officer.post(TEAMS, team(app, json!({})), 201);
    let member = joined(officer, &made, person, json!(day(app, -1)));
    let note = format!("{name} chèo xuồng rất giỏi");
    let exercise = json!({"id": Uuid::now_v7(), "held_on": app.today(), "what": "Diễn tập", "came": [member], "note": note});
    officer.post(&at(&made, "/exercises"), exercise, 201);
}

#[test]
fn a_team_is_made_filled_and_looked_at_before_the_rains() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let body = team(&app, json!({}));
    let made = officer.post(TEAMS, body.clone(), 201);
    assert_eq!((&made["kind_name"], &made["leadership"]), (&json!("Đội ứng phó thảm họa"), &json!("NO_LEADER")));
    assert_eq!(officer.post(TEAMS, body.clone(), 200), made, "sent again it is the same");
    officer.post(TEAMS, team(&app, json!({"id": body["id"], "name": "Đội khác"})), 422);

    let (first, lan) = volunteer(&officer, "23095", "Nguyễn Thị Lan", Some("0912345678"));
    let (second, nam) = volunteer(&officer, "23095", "Đinh Văn Nam", None);
    can(&app, first, "FIRST_AID");
    app.database.execute(&format!("UPDATE volunteer SET insured_until = '2027-01-01' WHERE id IN ('{first}', '{second}')"));
    let lan = joined(&officer, &made, &lan, json!(day(&app, -10)));
    joined(&officer, &made, &nam, Value::Null);
    let head = leads(&lan, "LEADER");
    let shown = officer.post(&at(&made, "/leaders"), head.clone(), 201);
    officer.post(&at(&made, "/leaders"), head, 200);
    assert_eq!(shown["leadership"], "LED");
    assert_eq!(shown["readiness"], json!({"people": 2, "reachable": 1, "trained": 1, "insured": 2, "ready": 1}));
    assert_eq!(
        (&shown["members"][0]["name"], &shown["members"][0]["led"][0]["role"]),
        (&json!("Nguyễn Thị Lan"), &json!("LEADER"))
    );

    // Above, numbers and nobody.
    let above = app.staff(Role::Inspector, "68").get(&at(&made, ""), 200);
    assert_eq!(above["readiness"]["ready"], 1);
    assert!(above["members"][0].get("name").is_none() && above["members"][0].get("person").is_none(), "{above}");
    app.officer_of("23059").get(&at(&made, ""), 404);

    let items = json!({"items": [{"item": "Áo phao", "quantity": 20, "place": "Kho xã", "checked_on": app.today()}]});
    let stale = officer.with("if-match", "\"9\"");
    let put = |caller: &Caller<'_>| caller.send("PUT", &at(&made, "/equipment"), Some(items.to_string().into_bytes())).status;
    assert_eq!((put(&stale), put(&officer), put(&stale)), (409, 200, 200), "what is written so already is not written again");
    let exercise =
        json!({"id": Uuid::now_v7(), "held_on": app.today(), "what": "Diễn tập cứu hộ", "came": [lan], "note": "Lan chèo xuồng"});
    officer.post(&at(&made, "/exercises"), exercise.clone(), 201);
    officer.post(&at(&made, "/exercises"), exercise, 200);
    let held = &all(&officer, &at(&made, "/exercises"), 1)[0];
    assert_eq!((&held["people"], &held["note"], &held["came"]), (&json!(1), &json!("Lan chèo xuồng"), &json!([lan])));
    let above = app.staff(Role::Inspector, "68").get(&at(&made, "/exercises"), 200);
    assert!(above["items"][0].get("note").is_none() && above["items"][0]["people"] == 1, "{above}");
    crate::committees::audit(&app);
}

#[test]
fn what_is_wrong_with_a_team_is_said_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let wrong = team(&app, json!({"name": " ", "place": "a\nb", "founded_on": day(&app, 1), "decision_no": ""}));
    let said = errors(&officer.post(TEAMS, wrong, 422));
    let said: Vec<(&str, &str)> = said.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
    let expected =
        [("/decision_no", "NOT_A_LINE"), ("/founded_on", "OUT_OF_RANGE"), ("/name", "NOT_A_LINE"), ("/place", "NOT_A_LINE")];
    assert_eq!(said, expected);
    let made = officer.post(TEAMS, team(&app, json!({})), 201);
    let lan = person(&officer, "23095", "Nguyễn Thị Lan");
    let member = joined(&officer, &made, &lan, Value::Null);
    officer.post(&at(&made, "/members"), json!({"id": Uuid::new_v4(), "person": lan}), 409);
    officer.post(&at(&made, "/members"), json!({"id": Uuid::now_v7(), "person": lan}), 422);
    let elsewhere = person(&app.officer_of("23059"), "23059", "Người Xã Khác");
    officer.post(&at(&made, "/members"), json!({"id": Uuid::new_v4(), "person": elsewhere}), 404);
    officer.post(&at(&made, "/leaders"), leads(&json!(Uuid::new_v4()), "LEADER"), 404);
    officer.post(&at(&made, "/leaders"), leads(&member, "LEADER"), 201);
    let nam = joined(&officer, &made, &person(&officer, "23095", "Đinh Văn Nam"), Value::Null);
    officer.post(&at(&made, "/leaders"), leads(&nam, "LEADER"), 409);
    officer.post(&at(&made, "/leaders"), leads(&member, "DEPUTY"), 409);
    let absent = json!({"id": Uuid::now_v7(), "held_on": day(&app, -20), "what": "Diễn tập", "came": [nam]});
    officer.post(&at(&made, "/exercises"), absent, 422);
}

/// A bad moment: somebody leads a team they have left.
#[test]
fn a_leader_whose_membership_ended_is_no_leader() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let made = officer.post(TEAMS, team(&app, json!({})), 201);
    let (volunteer, lan) = volunteer(&officer, "23095", "Nguyễn Thị Lan", None);
    let member = joined(&officer, &made, &lan, json!(day(&app, -10)));
    let head = leads(&member, "LEADER");
    officer.post(&at(&made, "/leaders"), head.clone(), 201);
    let read = app.staff(Role::Inspector, "68");
    let leaderless = || {
        let rows = all(&read, &format!("{TEAMS}?chapter=68&below=true&leaderless=true"), 1);
        rows.iter().map(|row| row["leadership"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(leaderless(), Vec::<String>::new());
    // The database keeps it: their time in the team does not end before that at its head.
    let id = member.as_str().unwrap();
    let alone = format!("BEGIN; UPDATE team_member SET until_day = '2026-11-22', ended_at = now() WHERE id = '{id}'; COMMIT");
    assert!(app.database.refuses(&alone).contains("leads a team they are not in"));
    // Who is a volunteer no longer leads nothing, though nobody has ended it.
    app.database.execute(&format!("UPDATE volunteer SET state = 'ENDED' WHERE id = '{volunteer}'"));
    assert_eq!(leaderless(), ["LEADER_GONE"]);
    app.database.execute(&format!("UPDATE volunteer SET state = 'VERIFIED' WHERE id = '{volunteer}'"));
    assert_eq!(leaderless(), Vec::<String>::new());
    let left = officer.post(&at(&made, &format!("/members/{id}/ending")), json!({}), 200);
    assert_eq!((&left["leadership"], &left["members"][0]["led"][0]["until"]), (&json!("NO_LEADER"), &json!(app.today())));
    officer.post(&at(&made, &format!("/members/{id}/ending")), json!({}), 200);
    officer.post(&at(&made, &format!("/members/{id}/ending")), json!({"until": day(&app, -1)}), 409);
    assert_eq!(leaderless(), ["NO_LEADER"]);
    officer.post(&at(&made, "/leaders"), leads(&member, "LEADER"), 409);
    let ended = officer.post(&at(&made, "/ending"), json!({"decision_no": "30/QĐ"}), 200);
    assert_eq!((&ended["leadership"], &ended["people"]), (&json!("TEAM_ENDED"), &json!(0)));
    officer.post(&at(&made, "/members"), json!({"id": Uuid::new_v4(), "person": lan}), 409);
    assert_eq!(leaderless(), Vec::<String>::new());
    crate::committees::audit(&app);
}

/// Who is erased leaves a team; that somebody was in it stays.
#[test]
fn an_erased_person_leaves_their_teams() {
    use crate::personal::{REQUESTS, ask, nowhere, path};
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let of = crate::persons::record(&officer, json!({"name": "Phạm Thị Quỳnhxqz", "phone": "0987654077"}));
    noted(&app, &officer, &json!(of), "Phạm Thị Quỳnhxqz");
    let party = officer.get(&format!("/api/v1/persons/{of}"), 200)["party"].clone();
    let copy = officer.get(&format!("/api/v1/persons/{of}/personal-data"), 200);
    assert!(copy.to_string().contains("TEAM"), "{copy}");
    let request = ask(&app, "ERASE", json!({"party": party}));
    if officer.post(REQUESTS, request.clone(), 201)["state"] != "DONE" {
        chair.post(&path(&request, "/approval"), Value::Null, 200);
    }
    let listed = officer.get(&format!("{TEAMS}?chapter=23095"), 200);
    assert_eq!(listed["items"][0]["people"], 0);
    let shown = officer.get(&at(&listed["items"][0], ""), 200);
    assert_eq!((&shown["members"][0]["until"], shown["members"][0].get("name")), (&json!(app.today()), None));
    let held = officer.get(&at(&listed["items"][0], "/exercises"), 200);
    assert_eq!((&held["items"][0]["people"], held["items"][0].get("note")), (&json!(1), None));
    nowhere(&app, &["Quỳnhxqz", "0987654077"]);
    crate::committees::audit(&app);
}
