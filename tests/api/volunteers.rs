//! Volunteers: entered, verified, changed; titles; chosen for a call-out; counted and erased.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::http::Problem;
use so_nhan_ai::tree;
use so_nhan_ai::volunteers::{self, Filter, Means, VolunteerId, When};
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::examples::Story;
use crate::harness::{Caller, TestApp, eventually};
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;
use crate::portal::page;
use crate::successions;

pub const VOLUNTEERS: &str = "/api/v1/volunteers";

/// A volunteer as a client sends them.
pub fn volunteer(person: &str, change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "person": person, "kind": "VOLUNTEER"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

/// Writes somebody down and enters them; returns the volunteer's id.
pub fn entered(officer: &Caller<'_>, person: Value, change: Value) -> Uuid {
    let body = volunteer(&record(officer, person), change);
    assert_eq!(officer.post(VOLUNTEERS, body.clone(), 201)["state"], "APPLIED");
    body["id"].as_str().unwrap().parse().unwrap()
}

/// A volunteer who is verified and comes when called out.
pub fn verified(officer: &Caller<'_>, person: Value, change: Value) -> Uuid {
    let mut offer = json!({"willing": true, "weekdays": ["SATURDAY", "SUNDAY"], "day_parts": ["MORNING", "NIGHT"]});
    offer.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let id = entered(officer, person, offer);
    assert_eq!(officer.post(&steps(id), step("VERIFY"), 201)["state"], "VERIFIED");
    id
}

pub fn at(id: impl std::fmt::Display) -> String {
    format!("{VOLUNTEERS}/{id}")
}

fn steps(id: impl std::fmt::Display) -> String {
    format!("{}/steps", at(id))
}

fn step(kind: &str) -> Value {
    json!({"id": Uuid::now_v7(), "kind": kind})
}

pub fn audited(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

/// The codes of what is wrong, with their places.
pub fn wrong(problem: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"].as_array().unwrap().iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

fn counted(app: &TestApp, chapter: &str, on: &str) -> i64 {
    let province = app.staff(Role::ProvincialAdministrator, "68");
    let counts = province.get(&format!("/api/v1/volunteer-counts?chapter={chapter}&on={on}"), 200);
    let sum: i64 = counts["rows"].as_array().unwrap().iter().map(|row| row["volunteers"].as_i64().unwrap()).sum();
    assert_eq!(counts["volunteers"], sum);
    sum
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let one = verified(&officer, json!({"name": "Người Tình Nguyện"}), json!({}));
    let waiting = entered(&officer, json!({"name": "Người Đang Chờ"}), json!({}));
    let new = volunteer(&record(&officer, json!({"name": "Người Sẽ Đến"})), json!({}));
    let given = json!({"id": Uuid::now_v7(), "title": "GOLD", "decision_no": "40/QĐ", "decision_on": app.today()});
    officer.post(&format!("{}/titles", at(one)), given.clone(), 201);
    let silver = json!({"id": Uuid::now_v7(), "title": "SILVER", "decision_no": "41/QĐ", "decision_on": app.today()});
    let withdrawal = format!("/api/v1/volunteer-titles/{}/withdrawal", given["id"].as_str().unwrap());
    vec![
        call("POST /api/v1/volunteers", VOLUNTEERS.to_owned(), Some(new), 404, 403, 201),
        call("GET /api/v1/volunteers", format!("{VOLUNTEERS}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/volunteers/file", format!("{VOLUNTEERS}/file?chapter=23095&form=CSV"), None, 404, 403, 200),
        call("GET /api/v1/volunteers/{id}", at(one), None, 404, 403, 200),
        call("PATCH /api/v1/volunteers/{id}", at(one), Some(json!({"means": ["CAR"]})), 404, 403, 200),
        call("POST /api/v1/volunteers/{id}/steps", steps(waiting), Some(step("VERIFY")), 404, 403, 201),
        call("POST /api/v1/volunteers/{id}/titles", format!("{}/titles", at(one)), Some(silver), 404, 403, 201),
        call("POST /api/v1/volunteer-titles/{id}/withdrawal", withdrawal, Some(json!({"decision_no": "50/QĐ"})), 404, 403, 200),
        call("GET /api/v1/volunteer-titles", "/api/v1/volunteer-titles".to_owned(), None, 200, 200, 200),
        call("GET /api/v1/skills", "/api/v1/skills".to_owned(), None, 200, 200, 200),
        call("GET /api/v1/volunteer-counts", "/api/v1/volunteer-counts?chapter=23095".to_owned(), None, 404, 200, 200),
    ]
}

/// Sends the examples of the room.
pub fn examples(story: &mut Story, app: &TestApp) {
    let officer = app.officer_of("23095");
    let at = "/volunteers/5c9a7e10-3f0b-4d2e-8a61-b7d40e2f9c33";
    story.post(&officer, "/volunteers", "enter_volunteer", "boatman", 201);
    story.post(&officer, &format!("{at}/steps"), "enter_volunteer_step", "verify", 201);
    let body = story.body("change_volunteer", "another_car", Value::Null);
    officer.patch(&format!("/api/v1{at}"), body, 200);
    let given = story.post(&officer, &format!("{at}/titles"), "give_volunteer_title", "silver", 201);
    let title = format!("/volunteer-titles/{}/withdrawal", given["titles"][0]["id"].as_str().unwrap());
    story.post(&officer, &title, "take_volunteer_title_back", "decision", 200);
    story.post(&officer, "/volunteer-hours", "enter_volunteer_hours", "evening", 200);
    let hours = "/volunteer-hours/0b7de5f2-6c34-4a8b-9f10-52c1d3e4a5b6/correction";
    story.post(&officer, hours, "correct_volunteer_hours", "shorter", 200);
    story.post(&app.anonymous(), "/public/volunteer-applications", "apply_as_volunteer", "by_phone", 202);
    story.post(&app.anonymous(), "/public/volunteer-applications", "apply_as_volunteer", "by_mail", 202);
    let of = |contact: &str| {
        let list = officer.get("/api/v1/volunteer-applications?chapter=23095", 200);
        let one = list["items"].as_array().unwrap().iter().find(|one| one["contact"] == contact).unwrap()["id"].clone();
        format!("/volunteer-applications/{}", one.as_str().unwrap())
    };
    let (taken, refused) = (of("0912345678"), of("binh@example.org"));
    officer.post(&format!("/api/v1{taken}/confirmation"), Value::Null, 200);
    story.post(&officer, &format!("{taken}/acceptance"), "accept_volunteer_application", "new_person", 201);
    story.post(&officer, &format!("{refused}/refusal"), "refuse_volunteer_application", "not_reached", 200);
}

/// Something of a person in every store of the room: a volunteer with a reason and hours.
pub fn held(officer: &Caller<'_>, person: &str) {
    let body = volunteer(person, json!({}));
    officer.post(VOLUNTEERS, body.clone(), 201);
    let id: Uuid = body["id"].as_str().unwrap().parse().unwrap();
    officer.post(&steps(id), json!({"id": Uuid::now_v7(), "kind": "VERIFY", "why": "gặp tận mặt"}), 201);
    officer.post(crate::volunteer_hours::HOURS, crate::volunteer_hours::evening("23095", &[id], "Phát quà"), 200);
}

/// Fills a chapter's list.
pub fn fill(app: &TestApp, most: usize) {
    let officer = app.officer_of("23095");
    for n in 0..most {
        let skills = json!([{"skill": "FIRST_AID", "level": "BASIC", "proof": "SEEN"}]);
        entered(&officer, json!({"name": format!("Tình Nguyện {n}")}), json!({"skills": skills}));
    }
}

#[test]
fn somebody_is_entered_once_verified_changed_and_ended() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let person = record(&officer, json!({"name": "Trần Thị Zqan", "phone": "0912345678", "birth": "1988"}));
    let skills = json!([
        {"skill": "FIRST_AID", "level": "GOOD", "proof": "PAPER", "valid_until": "2026-12-31"},
        {"skill": "SWIMMING", "level": "BASIC", "proof": "SAID", "valid_until": "2026-11-21"},
    ]);
    let body = volunteer(
        &person,
        json!({"skills": skills, "weekdays": ["SUNDAY", "MONDAY"], "day_parts": ["NIGHT"], "languages": ["EN", "km"],
            "means": ["BOAT", "MOTORBIKE"], "willing": true, "insured_until": "2027-03-31"}),
    );
    let made = officer.post(VOLUNTEERS, body.clone(), 201);
    assert_eq!((&made["state"], &made["weekdays"]), (&json!("APPLIED"), &json!(["MONDAY", "SUNDAY"])));
    assert_eq!((&made["languages"], &made["willing_on"]), (&json!(["en", "km"]), &json!("2026-11-22")));
    assert_eq!(officer.post(VOLUNTEERS, body.clone(), 200)["id"], body["id"], "sent again");
    let mut other = body.clone();
    other["kind"] = json!("COLLABORATOR");
    officer.post(VOLUNTEERS, other, 422);
    officer.post(VOLUNTEERS, volunteer(&person, json!({})), 409);
    let id = body["id"].as_str().unwrap();
    assert_eq!(counted(&app, "23095", "2026-11-22"), 0, "nobody is counted before they are verified");

    let verify = step("VERIFY");
    let shown = officer.post(&steps(id), verify.clone(), 201);
    assert_eq!((&shown["state"], &shown["since"]), (&json!("VERIFIED"), &json!("2026-11-22")));
    officer.post(&steps(id), verify.clone(), 200);
    officer.post(&steps(id), json!({"id": verify["id"], "kind": "PAUSE"}), 422);
    officer.post(&steps(id), step("VERIFY"), 409);
    assert_eq!(counted(&app, "68", "2026-11-22"), 1);

    // What the client has not read is not overwritten.
    let answer = officer.send("GET", &at(id), None);
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"2\"")));
    let shown = answer.json();
    let counts: Vec<bool> = shown["skills"].as_array().unwrap().iter().map(|skill| skill["counts"].as_bool().unwrap()).collect();
    assert_eq!(counts, [true, false], "what has run out does not count");
    let change = json!({"means": ["TRUCK"], "willing": null, "insured_until": null, "skills": []});
    let changed = officer.with("if-match", "\"2\"").patch(&at(id), change.clone(), 200);
    assert_eq!((&changed["means"], changed.get("willing"), changed.get("insured_until")), (&json!(["TRUCK"]), None, None));
    assert_eq!((&changed["skills"], &changed["weekdays"]), (&json!([]), &json!(["MONDAY", "SUNDAY"])));
    officer.with("if-match", "\"2\"").patch(&at(id), change, 409);

    officer.post(&steps(id), step("PAUSE"), 201);
    assert_eq!(counted(&app, "68", "2026-11-22"), 1, "whoever pauses is a volunteer still");
    let end = json!({"id": Uuid::now_v7(), "kind": "END", "why": "chuyển nơi ở"});
    let ended = officer.post(&steps(id), end, 201);
    assert_eq!(ended["steps"].as_array().unwrap().last().unwrap()["why"], "chuyển nơi ở");
    assert_eq!(counted(&app, "68", "2026-11-22"), 0);
    officer.post(&steps(id), step("RESUME"), 201);
    assert_eq!(counted(&app, "68", "2026-11-22"), 1);
    let list = officer.get(&format!("{VOLUNTEERS}?chapter=23095&state=VERIFIED"), 200);
    assert_eq!(list["items"][0]["name"], "Trần Thị Zqan");
    assert_eq!(officer.get(&format!("{VOLUNTEERS}?chapter=23095&skill=FIRST_AID"), 200)["items"], json!([]));
    // Who reads whom is noted, also where it is refused; nothing personal is.
    app.officer_of("23059").get(&at(id), 404);
    app.staff(Role::Inspector, "68").get(&at(id), 403);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'VOLUNTEER_READ'"), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PERSON_READ_REFUSED'"), 2);
    let noted = app.database.text("SELECT string_agg(detail::text, ' ') FROM audit_event WHERE detail IS NOT NULL");
    assert!(!noted.contains("Zqan") && !noted.contains("chuyển"), "{noted}");
    audited(&app);
}

#[test]
fn what_is_wrong_with_a_volunteer_is_named_and_minors_are_none() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let person = record(&officer, json!({"name": "Trần Thị Zqan"}));
    let skill = |code: &str, proof: &str| json!([{"skill": code, "level": "GOOD", "proof": proof}]);
    for (change, expected) in [
        (json!({"id": Uuid::now_v7()}), ("/id", "NOT_RANDOM")),
        (json!({"languages": ["tiếng Anh"]}), ("/languages", "NOT_A_CODE")),
        (json!({"means": ["XE_MAY"]}), ("/means/0", "NOT_A_CHOICE")),
        (json!({"insured_until": "2226-01-01"}), ("/insured_until", "OUT_OF_RANGE")),
        (json!({"skills": skill("BAY", "SAID")}), ("/skills/0/skill", "NO_SUCH_SKILL")),
        (json!({"skills": skill("BOAT", "CERTIFICATE")}), ("/skills/0/proof", "NOT_FOR_THIS")),
        (json!({"ethnicity": "Kinh"}), ("/ethnicity", "UNKNOWN_FIELD")),
    ] {
        let problem = officer.post(VOLUNTEERS, volunteer(&person, change.clone()), 422);
        assert_eq!(wrong(&problem), [(expected.0.to_owned(), expected.1.to_owned())], "{change}");
    }
    officer.post(VOLUNTEERS, volunteer(&Uuid::new_v4().to_string(), json!({})), 404);
    let child = record(&officer, json!({"name": "Em Bé Zq", "birth": "2008-11-23"}));
    let problem = officer.post(VOLUNTEERS, volunteer(&child, json!({})), 422);
    assert_eq!(wrong(&problem), [("/person".to_owned(), "OUT_OF_RANGE".to_owned())]);
    let waiting = entered(&officer, json!({"name": "Lê Zqb"}), json!({}));
    officer.post(&steps(waiting), step("REFUSE"), 422);
    officer.post(&steps(waiting), json!({"id": Uuid::now_v7(), "kind": "REFUSE", "why": "không liên lạc được"}), 201);
    officer.post(&steps(waiting), step("VERIFY"), 409);
    // Who was refused may be entered again.
    let person = officer.get(&at(waiting), 200)["person"].clone();
    officer.post(VOLUNTEERS, volunteer(person.as_str().unwrap(), json!({})), 201);
    audited(&app);
}

#[test]
fn titles_are_given_and_taken_back_by_decision() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let id = verified(&officer, json!({"name": "Trần Thị Zqan"}), json!({}));
    let titles = format!("{}/titles", at(id));
    let give =
        |title: &str, on: &str| json!({"id": Uuid::now_v7(), "title": title, "decision_no": "41/QĐ-HCTĐ", "decision_on": on});
    let silver = give("SILVER", "2026-11-20");
    let shown = officer.post(&titles, silver.clone(), 201);
    assert_eq!((&shown["titles"][0]["title"], &shown["titles"][0]["decision_no"]), (&json!("SILVER"), &json!("41/QĐ-HCTĐ")));
    officer.post(&titles, silver.clone(), 200);
    officer.post(&titles, give("SILVER", "2026-11-20"), 409);
    assert_eq!(wrong(&officer.post(&titles, give("DIAMOND", "2026-11-20"), 422))[0].1, "NO_SUCH_TITLE");
    assert_eq!(wrong(&officer.post(&titles, give("GOLD", "2017-01-01"), 422))[0].1, "NO_SUCH_TITLE");
    assert_eq!(wrong(&officer.post(&titles, give("GOLD", "2026-11-23"), 422))[0].1, "IN_THE_FUTURE");
    let back = format!("/api/v1/volunteer-titles/{}/withdrawal", silver["id"].as_str().unwrap());
    for _ in 0..2 {
        let shown = officer.post(&back, json!({"decision_no": "52/QĐ"}), 200);
        assert_eq!(shown["titles"][0]["ended_on"], "2026-11-22");
    }
    officer.post(&back, json!({"decision_no": "53/QĐ"}), 409);
    officer.post(&titles, give("SILVER", "2026-11-22"), 201);
    assert_eq!(officer.get("/api/v1/volunteer-titles", 200)[0]["code"], "PLATINUM");
    let waiting = entered(&officer, json!({"name": "Lê Zqb"}), json!({}));
    officer.post(&format!("{}/titles", at(waiting)), give("GOLD", "2026-11-20"), 409);
}

/// Who fits, asked as rooms above do.
fn chosen(app: &TestApp, chapter: &str, with: impl FnOnce(&mut Filter)) -> Vec<Uuid> {
    let today: NaiveDate = app.today();
    app.shared
        .db
        .tx_blocking(|conn| -> Result<Vec<Uuid>, Problem> {
            let place = tree::place(conn, chapter)?.unwrap();
            let mut filter = Filter::under(place.id, today, 200);
            with(&mut filter);
            Ok(volunteers::choose(conn, &filter)?.into_iter().map(|one| one.volunteer.0).collect())
        })
        .unwrap()
}

#[test]
fn those_are_chosen_who_come_can_do_it_and_have_time() {
    let app = TestApp::start();
    let (here, there) = (app.officer_of("23095"), app.officer_of("23059"));
    let skill = |code: &str, proof: &str, until: Option<&str>| json!({"skill": code, "level": "GOOD", "proof": proof, "valid_until": until});
    let boat = verified(
        &here,
        json!({"name": "Người Một"}),
        json!({"skills": [skill("BOAT", "SEEN", None), skill("SWIMMING", "SAID", None)], "means": ["MOTORBOAT"], "languages": ["en"],
            "insured_until": "2026-11-22"}),
    );
    let elsewhere =
        verified(&there, json!({"chapter": "23059", "name": "Người Hai"}), json!({"skills": [skill("BOAT", "SAID", None)]}));
    let run_out = verified(&here, json!({"name": "Người Ba"}), json!({"skills": [skill("BOAT", "SEEN", Some("2026-11-21"))]}));
    // Nobody is called out who was not asked, does not want to, or is not verified.
    verified(&here, json!({"name": "Người Bốn"}), json!({"willing": null, "skills": [skill("BOAT", "SEEN", None)]}));
    verified(&here, json!({"name": "Người Năm"}), json!({"willing": false, "skills": [skill("BOAT", "SEEN", None)]}));
    entered(&here, json!({"name": "Người Sáu"}), json!({"willing": true, "skills": [skill("BOAT", "SEEN", None)]}));
    let sorted = |mut all: Vec<Uuid>| {
        all.sort();
        all
    };
    let can = |codes: &'static [&'static str]| {
        move |filter: &mut Filter| filter.skills = codes.iter().map(|code| (*code).to_owned()).collect()
    };
    assert_eq!(chosen(&app, "68", |_| {}), sorted(vec![boat, elsewhere, run_out]));
    assert_eq!(chosen(&app, "68", can(&["BOAT"])), sorted(vec![boat, elsewhere]));
    assert_eq!(chosen(&app, "23095", can(&["BOAT"])), [boat]);
    assert_eq!(chosen(&app, "68", can(&["BOAT", "SWIMMING", "BOAT"])), [boat]);
    assert_eq!(
        chosen(&app, "68", |filter| {
            can(&["BOAT"])(filter);
            filter.proven = true;
        }),
        [boat]
    );
    let at_night = When::at("2026-11-22T18:00:00Z".parse().unwrap());
    let on_monday = When::at("2026-11-23T03:00:00Z".parse().unwrap());
    assert_eq!(chosen(&app, "68", |filter| filter.when = Some(at_night)).len(), 3);
    assert!(chosen(&app, "68", |filter| filter.when = Some(on_monday)).is_empty());
    assert_eq!(chosen(&app, "68", |filter| filter.languages = vec!["en".to_owned()]), [boat]);
    assert_eq!(chosen(&app, "68", |filter| filter.means = vec![Means::Boat, Means::Motorboat]), [boat]);
    assert_eq!(chosen(&app, "68", |filter| filter.insured = true), [boat]);
    assert_eq!(chosen(&app, "68", |filter| filter.only = Some(vec![VolunteerId(run_out)])), [run_out]);
    assert_eq!(chosen(&app, "68", |filter| filter.not = vec![VolunteerId(run_out)]), sorted(vec![boat, elsewhere]));
    assert_eq!(chosen(&app, "68", |filter| filter.limit = 1).len(), 1);
    // Paused, they are left alone.
    here.post(&steps(boat), step("PAUSE"), 201);
    assert!(chosen(&app, "23095", can(&["BOAT"])).is_empty());
}

/// One person is a member of a chapter and a volunteer of another: neither learns of it, and above both they are one volunteer.
#[test]
fn a_volunteer_who_is_also_a_member_of_another_chapter_is_no_secret_told() {
    let app = TestApp::start();
    let (here, there, chair) = (app.officer_of("23095"), app.officer_of("23059"), app.chair_of("23059"));
    let her = |chapter: &str| json!({"chapter": chapter, "name": "Trần Thị Zqan", "phone": "0912345678", "birth": "1988"});
    crate::members::admitted(&there, &chair, her("23059"));
    let one = verified(&here, her("23095"), json!({}));
    let shown = here.get(&at(one), 200).to_string();
    assert!(!shown.contains("23059"), "{shown}");
    // The chapter where she is a member makes her a volunteer as well: each counts her, and both together once.
    let person = there.get("/api/v1/persons?chapter=23059", 200)["items"][0]["id"].as_str().unwrap().to_owned();
    let body = volunteer(&person, json!({"kind": "COLLABORATOR"}));
    there.post(VOLUNTEERS, body.clone(), 201);
    there.post(&steps(body["id"].as_str().unwrap()), step("VERIFY"), 201);
    for chapter in ["23095", "23059", "68"] {
        assert_eq!(counted(&app, chapter, "2026-11-22"), 1, "{chapter}");
    }
    there.get(&at(one), 404);
    audited(&app);
}

/// An erased volunteer with hours: nothing says who it was, and what was counted stays.
#[test]
fn an_erasure_of_somebody_with_hours_leaves_what_was_counted() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let skills = json!([{"skill": "FIRST_AID", "level": "GOOD", "proof": "SEEN"}]);
    let id = verified(&officer, json!({"name": "Trần Thị Zqan", "phone": "0912345678"}), json!({"skills": skills}));
    let hours = crate::volunteer_hours::evening("23095", &[id], "Phát quà cùng bà Zqan");
    officer.post(crate::volunteer_hours::HOURS, hours.clone(), 200);
    let of = hours["volunteers"][0]["id"].as_str().unwrap();
    officer.post(
        &format!("{}/{of}/correction", crate::volunteer_hours::HOURS),
        json!({"why": "Zqan nhờ sửa",
        "instead": {"id": Uuid::new_v4(), "what": "Phát quà cùng Zqan", "from": hours["from"], "to": hours["to"]}}),
        200,
    );
    officer.post(&steps(id), json!({"id": Uuid::now_v7(), "kind": "PAUSE", "why": "Zqan nghỉ sinh"}), 201);
    app.clock.advance(Duration::days(2));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let sums = || app.staff(Role::Inspector, "68").get("/api/v1/volunteer-hour-sums?chapter=68&year=2026", 200);
    let before = (counted(&app, "68", "2026-11-23"), sums());
    assert_eq!((&before.1["volunteers"], &before.1["minutes"]), (&json!(1), &json!(180)));
    let person = officer.get(&at(id), 200)["person"].as_str().unwrap().to_owned();
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    // They may read what is kept of them.
    let copy = officer.get(&format!("/api/v1/persons/{person}/personal-data"), 200).to_string();
    assert!(copy.contains("VOLUNTEER") && copy.contains("FIRST_AID"), "{copy}");
    let erase = ask(&app, "ERASE", json!({"party": party}));
    officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!((counted(&app, "68", "2026-11-23"), sums()), before);
    assert_eq!(counted(&app, "68", "2026-11-24"), 0);
    let gone = officer.get(&at(id), 200);
    assert_eq!((&gone["state"], gone.get("name"), &gone["skills"]), (&json!("ERASED"), None, &json!([])));
    let listed = officer.get(&format!("{}?chapter=23095", crate::volunteer_hours::HOURS), 200).to_string();
    assert!(!listed.contains("Zqan"), "{listed}");
    officer.patch(&at(id), json!({"means": []}), 409);
    crate::personal::nowhere(&app, &["Zqan", "0912345678"]);
    audited(&app);
    for (sql, name) in [
        ("UPDATE volunteer_span SET kind = 'COLLABORATOR'", "volunteer_span_only_ends"),
        ("UPDATE volunteer_hours SET ends_at = ends_at + interval '1 hour'", "volunteer_hours_only_go"),
        ("UPDATE volunteer_hours SET stands = true WHERE NOT stands", "volunteer_hours_only_go"),
        ("UPDATE volunteer SET willing = true, willing_on = '2026-11-22'", "volunteer_erased_is_empty"),
    ] {
        assert!(app.database.refuses(sql).contains(name), "{sql}");
    }
}

#[test]
fn a_year_is_told_when_it_is_over_and_nobody_is_seen() {
    let app = TestApp::start();
    for (chapter, count) in [("23095", 8), ("23059", 3), ("68", 7)] {
        let officer = app.officer_of(chapter);
        for n in 0..count {
            verified(&officer, json!({"name": format!("Tình Nguyện {n}"), "chapter": chapter}), json!({}));
        }
    }
    let told = |chapter: &str| app.anonymous().get(&format!("/api/v1/public/chapters/{chapter}"), 200)["volunteers"].clone();
    assert_eq!(told("TW"), Value::Null);
    app.clock.advance(Duration::days(45));
    eventually("the year is told", || !told("TW").is_null());
    let year = |count: i64| json!([{"on": "2026-12-31", "volunteers": count, "by_kind": [{"kinds": ["VOLUNTEER"], "volunteers": count}]}]);
    for (chapter, shown) in [("TW", year(18)), ("68", year(18)), ("23095", year(8)), ("23059", Value::Null)] {
        assert_eq!(told(chapter), shown, "{chapter}");
    }
    let shown = page(&app, "/don-vi/23095");
    assert!(shown.contains("Tình nguyện viên: 8") && shown.contains("/tinh-nguyen?chapter=23095"), "{shown}");
    assert!(!page(&app, "/don-vi/23059").contains("tinh-nguyen-vien"));
    let refused = app
        .database
        .refuses("INSERT INTO public_volunteer_count SELECT chapter_id, 2025, kinds, 4 FROM public_volunteer_count LIMIT 1");
    assert!(refused.contains("public_volunteer_count_nobody_is_seen"), "{refused}");
}

/// A file for a spreadsheet, and one for programs: what stands in them is what the chapter wrote down, and that it went out is noted.
#[test]
fn volunteers_go_out_as_a_file() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let skills = json!([{"skill": "FIRST_AID", "level": "GOOD", "proof": "SEEN"}]);
    verified(
        &officer,
        json!({"name": "Trần Thị Zqan", "phone": "0912345678", "birth": "1988", "commune": "23095"}),
        json!({"skills": skills, "means": ["MOTORBIKE"]}),
    );
    entered(&officer, json!({"name": "=Lê Zqb"}), json!({}));
    let text = officer.get_text(&format!("{VOLUNTEERS}/file?chapter=23095&form=CSV"), 200);
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].sort_by_key(|line| line.starts_with('\''));
    assert!(lines[0].starts_with("\u{feff}Họ và tên (name),Ngày sinh (birth)"), "{text}");
    assert!(
        lines[1].starts_with("Trần Thị Zqan,1988,0912345678,VN-23095,Tình nguyện viên,Đang hoạt động,2026-11-22,FIRST_AID"),
        "{text}"
    );
    assert!(lines[2].starts_with("'=Lê Zqb"), "no program takes a name for a formula: {text}");
    let sheet = officer.send("GET", &format!("{VOLUNTEERS}/file?chapter=23095&form=XLSX&state=VERIFIED"), None);
    assert_eq!(sheet.status, 200);
    assert!(sheet.header("content-disposition").unwrap().contains("tinh-nguyen-vien-23095.xlsx"));
    let noted = app.database.text("SELECT string_agg(detail::text, ' ') FROM audit_event WHERE action = 'VOLUNTEERS_EXPORTED'");
    assert!(noted.contains("\"volunteers\": 2") && noted.contains("\"volunteers\": 1"), "{noted}");
}

#[test]
fn volunteers_of_a_merged_chapter_are_the_successors() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    successions::paper(&app, "68");
    let id = verified(&officer, json!({"name": "Lê Zqa"}), json!({}));
    let asked = crate::sign_up::applied(&app, "23095", "0912345679");
    app.clock.advance(Duration::days(2));
    let people = successions::Persons {
        asker: app.staff(Role::ProvincialAdministrator, "68"),
        successor: app.chair_of("23059"),
        above: app.chair_of("68"),
    };
    successions::carried(&people, &successions::plan(&app, json!({"effective_on": app.today()})));
    for (chapter, day, count) in
        [("23095", "2026-11-23", 1), ("23059", "2026-11-23", 0), ("23095", "2026-11-24", 0), ("23059", "2026-11-24", 1)]
    {
        assert_eq!(counted(&app, chapter, day), count, "{chapter} {day}");
    }
    let there = app.officer_of("23059");
    assert_eq!(there.get(&at(id), 200)["name"], "Lê Zqa");
    assert_eq!(there.get(&format!("{VOLUNTEERS}?chapter=23059"), 200)["items"][0]["name"], "Lê Zqa");
    assert_eq!(chosen(&app, "23059", |_| {}), [id]);
    let hours = crate::volunteer_hours::evening("23059", &[id], "Dọn bãi biển");
    assert_eq!(there.post(crate::volunteer_hours::HOURS, hours, 200)["items"][0]["outcome"], "ENTERED");
    // Whoever signed up at the old chapter is the successor's to answer.
    let waiting = there.get("/api/v1/volunteer-applications?chapter=23059", 200);
    assert_eq!(waiting["items"][0]["id"], json!(asked));
    there.post(&format!("/api/v1/volunteer-applications/{asked}/confirmation"), Value::Null, 200);
    there.post(&steps(id), step("END"), 201);
    assert_eq!(counted(&app, "23059", "2026-11-24"), 0);
    audited(&app);
}
