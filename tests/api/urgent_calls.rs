//! Urgent calls for blood: whom they reach, in which order, how often; clubs of donors.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::errors;
use crate::coverage::{Call, call};
use crate::donors::{donation, entered};
use crate::examples::Story;
use crate::harness::{Caller, TestApp};
use crate::look::all;

pub const CALLS: &str = "/api/v1/urgent-calls";
const CLUBS: &str = "/api/v1/blood-clubs";

/// Red cells for somebody of B−, two units, within two hours.
pub fn called(app: &TestApp, change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "component": "RED_CELLS", "abo": "B", "rh": "NEGATIVE", "units": 2,
        "hospital": "Bệnh viện Đa khoa", "reason": "Kho máu nhóm hiếm đã hết.", "until": app.now() + Duration::hours(2), "wave_size": 2});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

pub fn at(call: &Value, rest: &str) -> String {
    format!("{CALLS}/{}{rest}", call["id"].as_str().unwrap())
}

/// Makes a call and asks one wave; the call as it stands then.
pub fn asked(app: &TestApp, officer: &Caller<'_>, change: Value) -> Value {
    let made = officer.post(CALLS, called(app, change), 201);
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)
}

pub fn list(officer: &Caller<'_>, call: &Value) -> Vec<Value> {
    all(officer, &at(call, "/asked"), 50)
}

/// The path of somebody's page.
pub fn page(asked: &Value) -> String {
    let url = asked["url"].as_str().unwrap();
    url[url.find("/can-mau/").unwrap()..].to_owned()
}

/// A donor of a group who comes when called, and the person they are.
pub fn donor(
    app: &TestApp,
    officer: &Caller<'_>,
    chapter: &str,
    name: &str,
    phone: &str,
    group: (&str, &str),
) -> (String, String) {
    born(app, officer, chapter, (name, phone, "1990-03-02"), group)
}

/// [`donor`] who was born on a day.
fn born(
    app: &TestApp,
    officer: &Caller<'_>,
    chapter: &str,
    (name, phone, birth): (&str, &str, &str),
    group: (&str, &str),
) -> (String, String) {
    let body =
        json!({"id": Uuid::new_v4(), "chapter": chapter, "name": name, "birth": birth, "phone": phone, "phone_confirmed": true});
    let person = officer.post("/api/v1/persons", body, 201)["id"].as_str().unwrap().to_owned();
    (willing(app, officer, chapter, &person, group), person)
}

/// Makes a person a donor of a group who comes when called.
pub fn willing(app: &TestApp, officer: &Caller<'_>, chapter: &str, person: &str, (abo, rh): (&str, &str)) -> String {
    let id = entered(officer, json!({"chapter": chapter, "person": person, "willing": true}));
    app.database.execute(&format!(
        "UPDATE donor SET abo = '{abo}', rh = '{rh}', group_times = 2, group_on = '2026-01-01' WHERE id = '{id}'"
    ));
    id
}

/// So many donors of B− at Hàm Liêm.
pub fn donors(app: &TestApp, officer: &Caller<'_>, count: usize) {
    for n in 0..count {
        donor(app, officer, "23095", &format!("Trần Văn Hiến{n}"), &format!("09125{n:05}"), ("B", "NEGATIVE"));
    }
}

/// Somebody who is this person comes when called, was, and is in a club.
pub fn with_person(app: &TestApp, officer: &Caller<'_>, person: &str) {
    let of = format!("SELECT coalesce(max(id::text), '') FROM donor WHERE person_id = '{person}'");
    let mut known = app.database.text(&of);
    if known.is_empty() {
        known = willing(app, officer, "23095", person, ("B", "NEGATIVE"));
    }
    app.database.execute(&format!(
        "UPDATE donor SET state = 'ACTIVE', abo = 'B', rh = 'NEGATIVE', group_times = 2, group_on = '2026-01-01', willing = true,
             willing_on = '2026-01-01', deferred_until = NULL WHERE id = '{known}'"
    ));
    asked(app, officer, json!({"units": 10, "wave_size": 50}));
    let club = officer.post(CLUBS, club(), 201);
    join(app, officer, &club, &known);
}

fn club() -> Value {
    json!({"id": Uuid::now_v7(), "chapter": "23095", "name": "Ngân hàng máu sống"})
}

fn members(club: &Value) -> String {
    format!("{CLUBS}/{}/members", club["id"].as_str().unwrap())
}

fn join(app: &TestApp, officer: &Caller<'_>, club: &Value, donor: &str) -> Value {
    officer.post(&members(club), json!({"id": Uuid::new_v4(), "donor": donor, "joined_on": app.today()}), 201)
}

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    donors(app, &officer, 3);
    let made = asked(app, &officer, json!({"units": 5}));
    let of = list(&officer, &made);
    let (one, other) = (of[0]["id"].as_str().unwrap(), of[1]["id"].as_str().unwrap());
    let (ends, club, ending) = (
        officer.post(CALLS, called(app, json!({})), 201),
        officer.post(CLUBS, self::club(), 201),
        officer.post(CLUBS, self::club(), 201),
    );
    let (donor, _) = donor(app, &officer, "23095", "Lê Thị Câu Lạc", "0912400001", ("O", "POSITIVE"));
    let member = join(app, &officer, &club, of[0]["donor"].as_str().unwrap());
    let leaves = format!("{}/{}/ending", members(&club), member["id"].as_str().unwrap());
    let joins = json!({"id": Uuid::new_v4(), "donor": donor, "joined_on": app.today()});
    let wave = json!({"id": Uuid::now_v7()});
    vec![
        call("POST /api/v1/urgent-calls", CALLS.to_owned(), Some(called(app, json!({}))), 404, 403, 201),
        call("GET /api/v1/urgent-calls", format!("{CALLS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/urgent-calls/{id}", at(&made, ""), None, 404, 200, 200),
        call("PATCH /api/v1/urgent-calls/{id}", at(&made, ""), Some(json!({"units": 6})), 404, 403, 200),
        call("POST /api/v1/urgent-calls/{id}/waves", at(&made, "/waves"), Some(wave), 404, 403, 201),
        call("GET /api/v1/urgent-calls/{id}/asked", at(&made, "/asked"), None, 404, 403, 200),
        call(
            "POST /api/v1/urgent-calls/{id}/asked/{asked}/answer",
            at(&made, &format!("/asked/{one}/answer")),
            Some(json!({"answer": "NO"})),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/urgent-calls/{id}/asked/{asked}/revocation",
            at(&made, &format!("/asked/{other}/revocation")),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call("POST /api/v1/urgent-calls/{id}/ending", at(&ends, "/ending"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/blood-clubs", CLUBS.to_owned(), Some(self::club()), 404, 403, 201),
        call("GET /api/v1/blood-clubs", format!("{CLUBS}?chapter=23095"), None, 404, 200, 200),
        call("POST /api/v1/blood-clubs/{id}/members", members(&club), Some(joins), 404, 403, 201),
        call("GET /api/v1/blood-clubs/{id}/members", members(&club), None, 404, 403, 200),
        call("POST /api/v1/blood-clubs/{id}/members/{member}/ending", leaves, Some(Value::Null), 404, 403, 200),
        call(
            "POST /api/v1/blood-clubs/{id}/ending",
            format!("{CLUBS}/{}/ending", ending["id"].as_str().unwrap()),
            Some(Value::Null),
            404,
            403,
            200,
        ),
    ]
}

/// Fifty calls of Hàm Liêm, one that asked fifty donors, fifty clubs, and one with fifty in it; the paths of the two lists.
pub fn fill(app: &TestApp) -> (String, String) {
    let officer = app.officer_of("23095");
    donors(app, &officer, 52);
    let club = officer.post(CLUBS, self::club(), 201);
    for _ in 0..51 {
        officer.post(CALLS, called(app, json!({})), 201);
        officer.post(CLUBS, self::club(), 201);
    }
    let made = asked(app, &officer, json!({"units": 10, "wave_size": 52}));
    for one in list(&officer, &made) {
        join(app, &officer, &club, one["donor"].as_str().unwrap());
    }
    (at(&made, "/asked"), members(&club))
}

/// Sends the examples of the room.
pub fn examples(story: &mut Story, app: &TestApp) {
    let officer = app.staff(Role::BloodOfficer, "23095");
    let people = app.officer_of("23095");
    donor(app, &people, "23095", "Lê Thị Hiến", "0912400002", ("B", "NEGATIVE"));
    entered(&people, json!({"id": "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7ab403", "name": "Lê Thị Cùng Hiến"}));
    let club = story.post(&officer, "/blood-clubs", "make_blood_club", "living_bank", 201);
    let joins = story.body("enter_blood_club_member", "joins", Value::Null);
    officer.post(&members(&club), joins, 201);
    let made = story.post(&officer, "/urgent-calls", "make_urgent_call", "b_negative", 201);
    let path = |rest: &str| at(&made, rest).replace("/api/v1", "");
    let body = story.body("change_urgent_call", "further", Value::Null);
    officer.patch(&at(&made, ""), body, 200);
    story.post(&officer, &path("/waves"), "ask_urgent_wave", "next", 201);
    let asked = list(&officer, &made)[0]["id"].as_str().unwrap().to_owned();
    story.post(&officer, &path(&format!("/asked/{asked}/answer")), "record_urgent_answer", "comes", 200);
}

fn yes(officer: &Caller<'_>, call: &Value) -> (i64, bool) {
    let shown = officer.get(&at(call, ""), 200);
    (shown["yes"].as_i64().unwrap(), shown.get("enough_at").is_some())
}

fn names(people: &[Value]) -> Vec<&str> {
    people.iter().map(|one| one["first_name"].as_str().unwrap()).collect()
}

/// The story: B− first, then O−, never B+; by link and by telephone; enough; the end.
#[test]
fn the_hospital_needs_two_units_of_b_negative() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let of = |name: &str, n: u32, group| donor(&app, &officer, "23095", name, &format!("09123{n:05}"), group).0;
    of("Trần Văn Không", 1, ("O", "NEGATIVE"));
    of("Phạm Thị Bê", 2, ("B", "NEGATIVE"));
    of("Lê Văn Dương", 3, ("B", "POSITIVE"));
    of("Đỗ Thị A", 4, ("A", "NEGATIVE"));
    let body = called(&app, json!({}));
    let made = officer.post(CALLS, body.clone(), 201);
    officer.post(CALLS, body, 200);
    let wave = json!({"id": Uuid::now_v7(), "ask": 1});
    assert_eq!(officer.post(&at(&made, "/waves"), wave.clone(), 201)["asked"], 1);
    assert_eq!(officer.post(&at(&made, "/waves"), wave, 200)["asked"], 1, "sent again, nobody is asked");
    assert_eq!(names(&list(&officer, &made)), ["Bê"], "the same group first");
    for _ in 0..2 {
        assert_eq!(
            officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)["asked"],
            2,
            "nobody else's blood fits"
        );
    }
    let mut people = list(&officer, &made);
    // What was asked at one moment has no order.
    people.sort_by_key(|one| one["first_name"].to_string());
    assert_eq!(names(&people), ["Bê", "Không"]);
    assert!(
        people.iter().all(|one| one["by_message"] == false && one["call"].is_string() && one["sms"].is_string()),
        "{people:?}"
    );
    // One by the link, without logging in; one by telephone.
    let shown = app.anonymous().get_text(&page(&people[0]), 200);
    assert!(shown.contains("khối hồng cầu cho người nhóm B−") && shown.contains("Bê") && !shown.contains("Phạm"), "{shown}");
    let answered = crate::call_outs::press(&app, &page(&people[0]), "answer=YES&minutes=30");
    assert_eq!((answered.status, answered.head.contains("?da-ghi")), (303, true), "{}", answered.head);
    assert_eq!(yes(&officer, &made), (1, false));
    let other = at(&made, &format!("/asked/{}/answer", people[1]["id"].as_str().unwrap()));
    let heard = officer.post(&other, json!({"answer": "YES", "arrives_at": app.now() + Duration::minutes(20)}), 200);
    assert_eq!((&heard["answer"], heard["answers"][0]["heard_by"].is_string()), (&json!("YES"), true));
    assert_eq!(yes(&officer, &made), (2, true), "enough");
    officer.post(&other, json!({"answer": "NO"}), 200);
    assert_eq!(yes(&officer, &made), (1, false), "somebody cannot come after all");
    // Who was asked, by whom and why, is read in the trail.
    let trail =
        "SELECT count(*) FROM audit_event WHERE action IN ('URGENT_CALL_MADE', 'URGENT_CALL_ASKED', 'URGENT_CALL_ANSWER_HEARD')";
    assert_eq!(app.database.number(trail), 1 + 3 + 2);
    officer.post(&at(&made, "/ending"), Value::Null, 200);
    let after = &list(&officer, &made)[0];
    assert!(["first_name", "call", "sms", "url", "donor"].iter().all(|field| after.get(*field).is_none()), "{after}");
    crate::committees::audit(&app);
}

#[test]
fn what_is_wrong_with_a_call_is_said_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let wrong = called(
        &app,
        json!({"component": "STEM_CELLS", "units": 0, "hospital": "", "until": app.now() - Duration::hours(1), "wave_size": 1_001, "wave_minutes": 4}),
    );
    let said: BTreeSet<String> = errors(&officer.post(CALLS, wrong, 422)).into_iter().map(|error| error.0).collect();
    let expected = ["/component", "/hospital", "/units", "/until", "/wave_minutes", "/wave_size"];
    assert_eq!(said, expected.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<String>>());
    officer.post(CALLS, called(&app, json!({"until": app.now() + Duration::days(8)})), 422);
    officer.post(CALLS, called(&app, json!({"club": Uuid::now_v7()})), 404);
    let made = officer.post(CALLS, called(&app, json!({})), 201);
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7(), "ask": 41}), 422);
    assert_eq!(officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)["asked"], 0, "there is nobody");
    officer.with("if-match", "\"7\"").patch(&at(&made, ""), json!({"units": 3}), 409);
    let changed = officer.with("if-match", "\"1\"").patch(&at(&made, ""), json!({"units": 3, "wave_minutes": 30}), 200);
    assert_eq!((&changed["units"], &changed["version"]), (&json!(3), &json!(2)));
    app.staff(Role::Inspector, "68").get(&at(&made, "/asked"), 403);
}

/// Who gave too lately, is put off, too old, not willing, of no group that two tests found, or restricted, is not asked.
#[test]
fn only_who_may_give_today_is_asked() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let of = |n: u32, birth: &str| {
        let (name, phone) = (format!("Nguyễn Thị Số{n}"), format!("09123{n:05}"));
        born(&app, &officer, "23095", (&name, &phone, birth), ("B", "NEGATIVE")).0
    };
    let all: Vec<String> = (0..7).map(|n| of(n, "1990-03-02")).collect();
    of(7, "1965-11-22");
    of(8, "1965-11-23");
    of(9, "2008-11-23");
    let set = |n: usize, what: &str| app.database.execute(&format!("UPDATE donor SET {what} WHERE id = '{}'", all[n]));
    set(0, "willing = false");
    set(1, "deferred_until = '2026-11-22'");
    set(2, "group_times = 1");
    set(3, "state = 'ENDED'");
    // Whole blood 83 days ago; platelets 14 days ago, and red cells 84.
    for (n, component, day) in [(4, "WHOLE_BLOOD", "2026-08-31"), (5, "PLATELETS", "2026-11-08"), (6, "RED_CELLS", "2026-08-30")]
    {
        let body = donation(json!({"component": component, "day": day, "abo": "B", "rh": "NEGATIVE"}));
        officer.post(&format!("{}/donations", crate::donors::at(&all[n])), body, 201);
        app.database.execute(&format!("UPDATE donor SET group_times = 2 WHERE id = '{}'", all[n]));
    }
    let made = asked(&app, &officer, json!({"units": 5, "wave_size": 20}));
    let mut reached = names(&list(&officer, &made)).into_iter().map(str::to_owned).collect::<Vec<_>>();
    reached.sort_unstable();
    assert_eq!(reached, ["Số5", "Số6", "Số8"], "61 today is too old, 18 tomorrow too young");
}

/// First those of the calling chapter, then those beside it; of another chapter's donors a first name and no more.
#[test]
fn another_chapters_donors_are_asked_last_and_are_nobodys_register() {
    let app = TestApp::start();
    let (officer, beside) = (app.officer_of("23095"), app.officer_of("23059"));
    donor(&app, &beside, "23059", "Trần Văn Namxqz", "0912345679", ("B", "NEGATIVE"));
    donor(&app, &officer, "23095", "Nguyễn Thị Lanxqz", "0912345678", ("O", "NEGATIVE"));
    // The same woman, known to both.
    donor(&app, &beside, "23059", "Nguyễn Thị Lanxqz", "0912345678", ("O", "NEGATIVE"));
    let made = asked(&app, &officer, json!({"wave_size": 5}));
    assert_eq!(names(&list(&officer, &made)), ["Lanxqz"], "it reaches its own");
    officer.patch(&at(&made, ""), json!({"reach": "NEIGHBOURS"}), 200);
    app.clock.advance(Duration::minutes(1));
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201);
    let people = list(&officer, &made);
    assert_eq!(names(&people), ["Lanxqz", "Namxqz"], "who is known to two chapters is asked once");
    assert_eq!((people[0].get("donor").is_some(), people[1].get("donor").is_some()), (true, false));
    let shown = json!(people).to_string();
    assert!(!shown.contains("Trần") && !shown.contains("Nguyễn"), "{shown}");
    let trail = "SELECT count(*) FROM audit_event e JOIN chapter c ON c.id = e.chapter_id WHERE e.action = 'URGENT_CALL_ASKED' AND c.code = '23059'";
    assert_eq!(app.database.number(trail), 1, "and its chapter reads so");
    beside.get(&at(&made, ""), 404);
    beside.get(&at(&made, "/asked"), 404);
}

/// A province asks its own first, whatever their group, and then the country: who gave longest ago, wherever they are, who never gave last.
#[test]
fn a_province_reaches_the_whole_country() {
    let app = TestApp::start();
    let (officer, commune) = (app.officer_of("68"), app.officer_of("23095"));
    let (north, south) = (app.officer_of("01"), app.officer_of("79"));
    donor(&app, &commune, "23095", "Lê Văn Gần", "0912300001", ("O", "NEGATIVE"));
    let gave = |donor: &str, component: &str, day: &str| {
        let said = format!("last_on = '{day}', last_component = '{component}', donations = 1");
        app.database.execute(&format!("UPDATE donor SET {said} WHERE id = '{donor}'"));
    };
    donor(&app, &south, "79", "Lê Văn Chưa", "0912300002", ("B", "NEGATIVE"));
    gave(&donor(&app, &north, "01", "Lê Văn Lâu", "0912300003", ("B", "NEGATIVE")).0, "PLATELETS", "2024-05-05");
    gave(&donor(&app, &south, "79", "Lê Văn Vừa", "0912300004", ("B", "NEGATIVE")).0, "WHOLE_BLOOD", "2025-05-05");
    gave(&donor(&app, &south, "79", "Lê Văn Mới", "0912300005", ("B", "NEGATIVE")).0, "WHOLE_BLOOD", "2026-11-01");
    let call = called(&app, json!({"chapter": "68", "units": 5, "wave_size": 1, "reach": "NEIGHBOURS"}));
    let made = officer.post(CALLS, call, 201);
    let mut order: Vec<String> = Vec::new();
    for _ in 0..5 {
        officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201);
        let people = list(&officer, &made);
        let new = names(&people).into_iter().find(|name| !order.iter().any(|known| known == name));
        order.extend(new.map(str::to_owned));
    }
    assert_eq!(order, ["Gần", "Lâu", "Vừa", "Chưa"], "who gave three weeks ago is not asked");
    // The same from the centre, where nobody is below but everybody.
    let all = asked(&app, &app.officer_of("TW"), json!({"chapter": "TW", "units": 5, "wave_size": 10}));
    assert_eq!(all["asked"], 4);
}

#[test]
fn a_club_is_asked_and_nobody_else() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    donors(&app, &officer, 2);
    let (one, _) = donor(&app, &officer, "23095", "Lê Thị Lan", "0912400003", ("B", "NEGATIVE"));
    let club = officer.post(CLUBS, self::club(), 201);
    let member = join(&app, &officer, &club, &one);
    officer.post(&members(&club), json!({"id": Uuid::new_v4(), "donor": one, "joined_on": app.today()}), 409);
    officer.post(&members(&club), json!({"id": Uuid::new_v4(), "donor": Uuid::new_v4(), "joined_on": app.today()}), 404);
    let of_club = json!({"club": club["id"], "wave_size": 10});
    assert_eq!(names(&list(&officer, &asked(&app, &officer, of_club.clone()))), ["Lan"]);
    assert_eq!(all(&officer, &members(&club), 50)[0]["name"], "Lê Thị Lan");
    officer.post(&format!("{}/{}/ending", members(&club), member["id"].as_str().unwrap()), Value::Null, 200);
    assert_eq!(asked(&app, &officer, of_club.clone())["asked"], 0);
    let shown = officer.post(&format!("{CLUBS}/{}/ending", club["id"].as_str().unwrap()), Value::Null, 200);
    assert_eq!((&shown["state"], &shown["members"]), (&json!("ENDED"), &json!(0)));
    officer.post(CALLS, called(&app, of_club), 404);
}

/// Three times a month and no more, even if many call at one moment: of five more calls one asks each.
#[test]
fn nobody_is_asked_too_often_by_calls_of_one_moment() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    donors(&app, &officer, 3);
    for _ in 0..2 {
        assert_eq!(asked(&app, &officer, json!({"units": 5, "wave_size": 3}))["asked"], 3);
    }
    let made: Vec<Value> = (0..5).map(|_| officer.post(CALLS, called(&app, json!({"units": 5, "wave_size": 3})), 201)).collect();
    std::thread::scope(|threads| {
        for one in &made {
            threads.spawn(|| officer.post(&at(one, "/waves"), json!({"id": Uuid::now_v7()}), 201));
        }
    });
    let most = "SELECT max(n) FROM (SELECT count(*) AS n FROM urgent_call_asked GROUP BY person_id) x";
    assert_eq!(app.database.number(most), 3);
    assert_eq!(app.database.number("SELECT count(*) FROM urgent_call_asked"), 9, "and each of them three times");
    app.clock.advance(Duration::days(31));
    let officer = app.officer_of("23095");
    assert_eq!(asked(&app, &officer, json!({"units": 5, "wave_size": 3}))["asked"], 3, "asked again next month");
}
