//! Courses: places and the waiting list, attendance, results, corrections; certificates that anybody checks; erasure; successors.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp, eventually};
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;
use crate::portal::page;
use crate::successions;

pub const COURSES: &str = "/api/v1/courses";
const ENROLMENTS: &str = "/api/v1/course-enrolments";
const CORRECTIONS: &str = "/api/v1/course-corrections";
pub const CERTIFICATES: &str = "/api/v1/certificates";

/// A certificate that is nobody's, where [`some_certificate`] put it.
pub const CODE: &str = "7ZC4K0M9T2R8VQ3BV";

/// A certificate that was revoked, under a code that is known beforehand.
pub fn some_certificate(app: &TestApp) {
    app.database.execute(&format!("INSERT INTO public_certificate (code, state) VALUES ('{CODE}', 'REVOKED')"));
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    some_certificate(app);
    let open: Vec<String> = (0..4).map(|_| opened(&officer, json!({}))).collect();
    let planned = officer.post(COURSES, course(json!({})), 201);
    let places: Vec<String> =
        (0..3).map(|n| enrolled(&officer, &open[0], &record(&officer, json!({"name": format!("Học Viên {n}")})))).collect();
    let done: Vec<Done> = (0..5).map(|n| passed(&officer, &format!("Người Đạt {n}"))).collect();
    let corrections: Vec<String> = done.iter().take(4).map(|one| taken_away(&officer, one)).collect();
    let at = |id: &str, rest: &str| format!("{COURSES}/{id}{rest}");
    let place = |n: usize, rest: &str| format!("{ENROLMENTS}/{}{rest}", places[n]);
    let correction = |n: usize, rest: &str| format!("{CORRECTIONS}/{}{rest}", corrections[n]);
    let certificate = |rest: &str| format!("{CERTIFICATES}/{}{rest}", done[4].certificate);
    let person = record(&officer, json!({"name": "Người Sẽ Học"}));
    let other = elsewhere(&person, json!({}));
    let new = json!({"id": Uuid::new_v4(), "person": person});
    let corrected = json!({"id": Uuid::now_v7(), "result": "FAILED", "reason": "MISTYPED"});
    let agreed = json!({"text_version": 1, "given_on": app.today()});
    let nothing = || Some(Value::Null);
    vec![
        call("GET /api/v1/course-kinds", "/api/v1/course-kinds".to_owned(), None, 200, 200, 200),
        call("GET /api/v1/certificate-name-texts", "/api/v1/certificate-name-texts".to_owned(), None, 200, 200, 200),
        call("POST /api/v1/courses", COURSES.to_owned(), Some(course(json!({}))), 404, 403, 201),
        call("GET /api/v1/courses", format!("{COURSES}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/courses/{id}", at(&open[0], ""), None, 404, 200, 200),
        call("PATCH /api/v1/courses/{id}", at(&open[0], ""), Some(json!({"places": 40})), 404, 403, 200),
        call("POST /api/v1/courses/{id}/opening", at(planned["id"].as_str().unwrap(), "/opening"), nothing(), 404, 403, 200),
        call(
            "POST /api/v1/courses/{id}/cancellation",
            at(&open[1], "/cancellation"),
            Some(json!({"why": "WEATHER"})),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/courses/{id}/attendance",
            at(&open[0], "/attendance"),
            Some(json!({"session": 1, "present": []})),
            404,
            403,
            200,
        ),
        call("POST /api/v1/courses/{id}/closing", at(&open[2], "/closing"), Some(json!({"results": []})), 404, 403, 200),
        call("POST /api/v1/courses/{id}/enrolments", at(&open[0], "/enrolments"), Some(new), 404, 403, 201),
        call("GET /api/v1/courses/{id}/enrolments", at(&open[0], "/enrolments"), None, 404, 403, 200),
        call("GET /api/v1/courses/{id}/certificates/file", at(&done[4].course, "/certificates/file"), None, 404, 403, 200),
        call("GET /api/v1/course-enrolments/{id}", place(0, ""), None, 404, 403, 200),
        call("POST /api/v1/course-enrolments/{id}/cancellation", place(1, "/cancellation"), nothing(), 404, 403, 200),
        call("POST /api/v1/course-enrolments/{id}/link", place(2, "/link"), Some(json!({})), 404, 403, 200),
        call(
            "POST /api/v1/course-enrolments/{id}/corrections",
            format!("{ENROLMENTS}/{}/corrections", done[4].enrolment),
            Some(corrected),
            404,
            403,
            201,
        ),
        call("GET /api/v1/course-corrections/{id}", correction(0, ""), None, 404, 403, 200),
        call("POST /api/v1/course-corrections/{id}/approval", correction(1, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/course-corrections/{id}/refusal", correction(2, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/course-corrections/{id}/withdrawal", correction(3, "/withdrawal"), nothing(), 404, 403, 200),
        call("GET /api/v1/course-counts", "/api/v1/course-counts?chapter=23095".to_owned(), None, 404, 200, 200),
        call("POST /api/v1/certificates", CERTIFICATES.to_owned(), Some(other), 404, 403, 201),
        call("GET /api/v1/certificates", format!("{CERTIFICATES}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/certificates/{id}", certificate(""), None, 404, 403, 200),
        call("GET /api/v1/certificates/{id}/file", certificate("/file"), None, 404, 403, 200),
        call("POST /api/v1/certificates/{id}/name", certificate("/name"), Some(agreed), 404, 403, 200),
        call("POST /api/v1/certificates/{id}/name/withdrawal", certificate("/name/withdrawal"), nothing(), 404, 403, 200),
        call("GET /api/v1/refreshers-due", "/api/v1/refreshers-due?chapter=23095".to_owned(), None, 404, 403, 200),
    ]
}

/// A course of Hàm Liêm as a client sends it, that was over this morning; `change` adds, overrides or takes away.
pub fn course(change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "kind": "FIRST_AID_BASIC", "title": "Sơ cấp cứu cơ bản", "places": 30,
        "place": "Nhà văn hóa thôn 2", "sessions": [{"day": "2026-11-21", "from": "08:00", "until": "11:30"},
            {"day": "2026-11-22", "from": "07:00", "until": "09:30"}]});
    for (key, value) in change.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// One that people can be enrolled in; its id.
pub fn opened(officer: &Caller<'_>, change: Value) -> String {
    let id = officer.post(COURSES, course(change), 201)["id"].as_str().unwrap().to_owned();
    assert_eq!(officer.post(&format!("{COURSES}/{id}/opening"), Value::Null, 200)["state"], "OPEN");
    id
}

fn entry(person: &str) -> Value {
    json!({"id": Uuid::new_v4(), "person": person})
}

/// Enrols somebody; the id of their enrolment.
pub fn enrolled(officer: &Caller<'_>, course: &str, person: &str) -> String {
    let made = officer.post(&format!("{COURSES}/{course}/enrolments"), entry(person), 201);
    made["id"].as_str().unwrap().to_owned()
}

fn close(officer: &Caller<'_>, course: &str, results: &[(&str, &str)]) -> Value {
    let results: Vec<Value> = results.iter().map(|(id, result)| json!({"enrolment": id, "result": result})).collect();
    officer.post(&format!("{COURSES}/{course}/closing"), json!({"results": results}), 200)
}

/// Somebody who passed a course.
pub struct Done {
    pub course: String,
    pub person: String,
    pub enrolment: String,
    pub certificate: String,
    pub code: String,
}

/// Makes somebody who passed a course of their own.
pub fn passed(officer: &Caller<'_>, name: &str) -> Done {
    let person = record(officer, json!({"name": name, "birth": "1988"}));
    passed_by(officer, &person, json!({}))
}

/// Lets a person pass a course of their own.
pub fn passed_by(officer: &Caller<'_>, person: &str, change: Value) -> Done {
    let course = opened(officer, change);
    let enrolment = enrolled(officer, &course, person);
    close(officer, &course, &[(&enrolment, "PASSED")]);
    let shown = officer.get(&format!("{ENROLMENTS}/{enrolment}"), 200);
    let certificate = shown["certificate"].as_str().unwrap().to_owned();
    let code = officer.get(&format!("{CERTIFICATES}/{certificate}"), 200)["code"].as_str().unwrap().to_owned();
    Done { course, person: person.to_owned(), enrolment, certificate, code }
}

/// Somebody who took part, teaches, agreed to be named and has a certificate of another body: for the stores of persons.
pub fn learner(app: &TestApp, officer: &Caller<'_>, person: &str) {
    let done = passed_by(officer, person, json!({}));
    let agreed = json!({"text_version": 1, "given_on": app.today()});
    officer.post(&format!("{CERTIFICATES}/{}/name", done.certificate), agreed, 200);
    officer.post(CERTIFICATES, elsewhere(person, json!({})), 201);
    officer.post(COURSES, course(json!({"trainers": [person]})), 201);
}

fn elsewhere(person: &str, change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "chapter": "23095", "person": person, "kind": "WATER_RESCUE",
        "issuer": "Trường Cao đẳng Y tế Bình Thuận", "serial": "0123/CN-ZQ", "given_on": "2025-03-01", "valid_until": "2027-02-28"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

/// Asks to take somebody's certificate away; the id of the correction.
fn taken_away(officer: &Caller<'_>, of: &Done) -> String {
    let body = json!({"id": Uuid::now_v7(), "result": "FAILED", "reason": "WRONG_PERSON", "note": "nhầm với chị Zqnhung"});
    let made = officer.post(&format!("{ENROLMENTS}/{}/corrections", of.enrolment), body, 201);
    assert_eq!(made["state"], "ASKED");
    made["id"].as_str().unwrap().to_owned()
}

fn public(app: &TestApp, code: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/certificates/{code}"), 200)
}

fn states(officer: &Caller<'_>, course: &str) -> Vec<(i64, String)> {
    let list = officer.get(&format!("{COURSES}/{course}/enrolments?limit=200"), 200);
    let row = |row: &Value| (row["turn"].as_i64().unwrap(), row["state"].as_str().unwrap().to_owned());
    list["items"].as_array().unwrap().iter().map(row).collect()
}

fn wrong(officer: &Caller<'_>, path: &str, body: Value) -> Vec<(String, String)> {
    let problem = officer.post(path, body, 422);
    let said = |e: &Value| (e["pointer"].as_str().unwrap().to_owned(), e["code"].as_str().unwrap().to_owned());
    problem["errors"].as_array().unwrap().iter().map(said).collect()
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

fn audited(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

#[test]
fn a_course_is_filled_and_closed_and_anybody_checks_its_certificates() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let trainer = record(&officer, json!({"name": "Bác Sĩ Zqthầy"}));
    let body = course(json!({"places": 2, "trainers": [trainer]}));
    let made = officer.post(COURSES, body.clone(), 201);
    assert_eq!(
        (&made["code"], &made["state"], &made["last_day"]),
        (&json!("68-LT-0001"), &json!("PLANNED"), &json!("2026-11-22"))
    );
    assert_eq!((&made["trainers"][0]["name"], &made["kind_vi"]), (&json!("Bác Sĩ Zqthầy"), &json!("Sơ cấp cứu cơ bản")));
    officer.post(COURSES, body.clone(), 200);
    let mut other = body.clone();
    other["places"] = json!(3);
    officer.post(COURSES, other, 422);
    assert_eq!(officer.post(COURSES, course(json!({})), 201)["code"], "68-LT-0002");
    let id = made["id"].as_str().unwrap();
    let to = format!("{COURSES}/{id}/enrolments");
    let people: Vec<String> =
        (0..3).map(|n| record(&officer, json!({"name": format!("Học Zq {n}"), "birth": "1990-05-01"}))).collect();
    officer.post(&to, entry(&people[0]), 409);
    officer.post(&format!("{COURSES}/{id}/opening"), Value::Null, 200);
    officer.post(&format!("{COURSES}/{id}/opening"), Value::Null, 200);

    // Two have places, the third waits; nobody is in it twice, and who teaches does not take part.
    let first = entry(&people[0]);
    assert_eq!(officer.post(&to, first.clone(), 201)["state"], "ENROLLED");
    officer.post(&to, first.clone(), 200);
    officer.post(&to, json!({"id": first["id"], "person": people[1]}), 422);
    officer.post(&to, entry(&people[0]), 409);
    officer.post(&to, entry(&trainer), 409);
    assert_eq!(wrong(&officer, &to, entry(&Uuid::new_v4().to_string())), one("/person", "NO_SUCH_PERSON"));
    assert_eq!(wrong(&officer, &to, json!({"id": Uuid::now_v7(), "person": people[1]})), one("/id", "NOT_RANDOM"));
    let second = enrolled(&officer, id, &people[1]);
    let third = enrolled(&officer, id, &people[2]);
    let shown = officer.get(&format!("{COURSES}/{id}"), 200);
    assert_eq!((&shown["taken"], &shown["waiting"]), (&json!(2), &json!(1)));
    let first = first["id"].as_str().unwrap();

    // Who was there, and what came of it.
    let attendance = format!("{COURSES}/{id}/attendance");
    assert_eq!(wrong(&officer, &attendance, json!({"session": 3, "present": []})), one("/session", "NOT_A_CHOICE"));
    assert_eq!(wrong(&officer, &attendance, json!({"session": 1, "present": [third]})), one("/present/0", "NOT_A_CHOICE"));
    officer.post(&attendance, json!({"session": 1, "present": [first, second]}), 200);
    officer.post(&attendance, json!({"session": 1, "present": [first]}), 200);
    let closing = format!("{COURSES}/{id}/closing");
    let result = |id: &str, result: &str| json!({"enrolment": id, "result": result});
    assert_eq!(wrong(&officer, &closing, json!({"results": [result(first, "PASSED")]})), one("/results", "MISSING"));
    let absent = json!({"results": [result(first, "PASSED"), result(&second, "PASSED")]});
    assert_eq!(wrong(&officer, &closing, absent), one("/results/1/result", "NOT_TOGETHER"));
    let twice = json!({"results": [result(first, "PASSED"), result(first, "FAILED"), result(&second, "ABSENT")]});
    assert_eq!(wrong(&officer, &closing, twice), one("/results/1/enrolment", "TWICE"));
    let closed = close(&officer, id, &[(first, "PASSED"), (&second, "ABSENT")]);
    assert_eq!((&closed["state"], &closed["closed_on"]), (&json!("CLOSED"), &json!("2026-11-22")));
    officer.post(&closing, json!({"results": []}), 409);
    assert_eq!(officer.get(&format!("{ENROLMENTS}/{third}"), 200)["cancelled_how"], "COURSE_CLOSED");
    officer.post(&to, entry(&people[2]), 409);

    // Everybody learns what it is and how long it is good, and not whose.
    let shown = officer.get(&format!("{ENROLMENTS}/{first}"), 200);
    assert_eq!((&shown["result"], &shown["attended"]), (&json!("PASSED"), &json!([1])));
    let path = format!("{CERTIFICATES}/{}", shown["certificate"].as_str().unwrap());
    let certificate = officer.get(&path, 200);
    let code = certificate["code"].as_str().unwrap();
    assert_eq!(
        public(&app, code),
        json!({"code": code, "state": "VALID", "kind": "FIRST_AID_BASIC", "kind_vi": "Sơ cấp cứu cơ bản", "kind_en": "Basic first aid",
            "course": "68-LT-0001", "chapter": "23095", "chapter_name": "Hội Chữ thập đỏ xã Hàm Liêm", "given_on": "2026-11-22",
            "valid_until": "2028-11-22"})
    );
    let shown = page(&app, &format!("/g/{code}"));
    assert!(shown.contains("còn giá trị") && shown.contains("22/11/2028") && !shown.contains("Zq"), "{shown}");
    let forged = so_nhan_ai::basics::PublicCode::random().unwrap();
    app.anonymous().get(&format!("/api/v1/public/certificates/{}", forged.as_str()), 404);
    app.anonymous().get(&format!("/api/v1/public/certificates/{code}9"), 404);
    // The name only while she agrees, to a text of the day.
    let agreed = |version: i64, day: &str| json!({"text_version": version, "given_on": day});
    let name = format!("{path}/name");
    assert_eq!(wrong(&officer, &name, agreed(9, "2026-11-22")), one("/text_version", "NOT_A_CHOICE"));
    assert_eq!(wrong(&officer, &name, agreed(1, "2026-11-23")), one("/given_on", "IN_THE_FUTURE"));
    assert_eq!(officer.post(&name, agreed(1, "2026-11-22"), 200)["name_shown"], true);
    assert_eq!(public(&app, code)["name"], "Học Zq 0");
    assert!(page(&app, &format!("/g/{code}")).contains("Học Zq 0"));
    officer.post(&format!("{name}/withdrawal"), Value::Null, 200);
    assert_eq!(public(&app, code).get("name"), None);

    // On paper: one to be signed, and cards of all.
    for file in [format!("{path}/file"), format!("{COURSES}/{id}/certificates/file")] {
        let answer = officer.send("GET", &file, None);
        assert!(answer.status == 200 && answer.bytes.starts_with(b"%PDF"), "{file}");
    }
    // Two years on it is over.
    app.clock.advance(Duration::days(732));
    assert_eq!(public(&app, code)["state"], "EXPIRED");
    assert!(page(&app, &format!("/g/{code}")).contains("đã hết hạn"));
    audited(&app);
}

#[test]
fn nothing_public_names_a_minor() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for birth in [Some("2010-01-01"), None] {
        let person = record(&officer, json!({"name": "Em Zqbé", "birth": birth}));
        let done = passed_by(&officer, &person, json!({}));
        let agreed = json!({"text_version": 1, "given_on": app.today()});
        officer.post(&format!("{CERTIFICATES}/{}/name", done.certificate), agreed, 409);
        assert_eq!(public(&app, &done.code).get("name"), None);
    }
}

#[test]
fn what_is_wrong_with_a_course_is_said_all_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let session = |day: &str, from: &str, until: &str| json!({"day": day, "from": from, "until": until});
    let sessions = [
        session("2026-11-22", "8:00", "11:30"),
        session("2029-11-22", "08:00", "11:30"),
        session("2026-11-23", "11:30", "08:00"),
        session("2026-11-24", "08:00", "11:30"),
        session("2026-11-24", "11:00", "12:00"),
    ];
    let body = course(json!({"title": " ", "place": "x\ny", "places": 0, "sessions": sessions}));
    let found = wrong(&officer, COURSES, body);
    let expected = [
        ("/sessions/0/from", "NOT_A_TIME"),
        ("/sessions/1/day", "OUT_OF_RANGE"),
        ("/sessions/2/until", "OUT_OF_RANGE"),
        ("/sessions/4/from", "TWICE"),
        ("/title", "NOT_A_LINE"),
        ("/place", "NOT_A_LINE"),
        ("/places", "OUT_OF_RANGE"),
    ];
    assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    assert_eq!(wrong(&officer, COURSES, course(json!({"sessions": []}))), one("/sessions", "OUT_OF_RANGE"));
    assert_eq!(wrong(&officer, COURSES, course(json!({"kind": "SWIMMING"}))), one("/kind", "NOT_A_CHOICE"));
    let nobody = Uuid::new_v4();
    assert_eq!(wrong(&officer, COURSES, course(json!({"trainers": [nobody]}))), one("/trainers/0", "NO_SUCH_PERSON"));
    assert_eq!(app.database.number("SELECT count(*) FROM course"), 0);
}

/// Ten come in one moment for the last place of a course: one has it, and the others wait in their order.
#[test]
fn the_last_place_of_a_course_is_given_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let id = opened(&officer, json!({"places": 1}));
    let bodies: Vec<Value> = (0..10).map(|n| entry(&record(&officer, json!({"name": format!("Học Zq {n}")})))).collect();
    let to = format!("{COURSES}/{id}/enrolments");
    let states_told: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = bodies
            .iter()
            .map(|body| {
                let (officer, to) = (&officer, &to);
                scope.spawn(move || officer.post(to, body.clone(), 201)["state"].as_str().unwrap().to_owned())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(states_told.iter().filter(|state| *state == "ENROLLED").count(), 1, "{states_told:?}");
    let all = states(&officer, &id);
    assert_eq!(all.iter().map(|(turn, _)| *turn).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    assert_eq!(all[0].1, "ENROLLED");
    // The same request many times at once is one.
    let person = record(&officer, json!({"name": "Học Zq lại"}));
    let same = entry(&person);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (officer, to, same) = (&officer, &to, same.to_string());
                scope.spawn(move || officer.send("POST", to, Some(same.into_bytes())).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 201].contains(status)), "{statuses:?}");
    let refused = app.database.refuses("UPDATE course SET taken = 2");
    assert!(refused.contains("course_never_over_its_places"), "{refused}");
    audited(&app);
}

/// Places are given up and taken in one moment, by several hands: never too many, and nobody waits for nothing.
#[test]
fn the_waiting_list_moves_up_while_somebody_cancels() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let id = opened(&officer, json!({"places": 3}));
    let to = format!("{COURSES}/{id}/enrolments");
    let places: Vec<String> =
        (0..9).map(|n| enrolled(&officer, &id, &record(&officer, json!({"name": format!("Học Zq {n}")})))).collect();
    let late: Vec<Value> = (0..4).map(|n| entry(&record(&officer, json!({"name": format!("Muộn Zq {n}")})))).collect();
    std::thread::scope(|scope| {
        for n in [0, 1, 4, 2] {
            let (officer, path) = (&officer, format!("{ENROLMENTS}/{}/cancellation", places[n]));
            scope.spawn(move || officer.post(&path, Value::Null, 200));
        }
        for body in &late {
            let (officer, to) = (&officer, &to);
            scope.spawn(move || officer.post(to, body.clone(), 201));
        }
    });
    let all = states(&officer, &id);
    let with: Vec<i64> = all.iter().filter(|(_, state)| state == "ENROLLED").map(|(turn, _)| *turn).collect();
    // Those who came first of the ones that are left.
    assert_eq!(with, [4, 6, 7], "{all:?}");
    assert_eq!(all.iter().filter(|(_, state)| state == "WAITING").count(), 6);
    let moved = officer.get(&format!("{ENROLMENTS}/{}", places[5]), 200);
    assert_eq!((&moved["state"], moved["moved_up_at"].is_string()), (&json!("ENROLLED"), true));
    // A larger room: three more.
    assert_eq!(officer.patch(&format!("{COURSES}/{id}"), json!({"places": 6}), 200)["taken"], 6);
    assert_eq!(officer.get(&format!("{COURSES}/{id}"), 200)["waiting"], 3);
    let too_small = officer.patch(&format!("{COURSES}/{id}"), json!({"places": 5}), 422);
    assert_eq!(too_small["errors"][0]["pointer"], "/places");
    audited(&app);
}

/// The link of a place: a scanner that opens it changes nothing, its button gives the place up, once; who waits moves up and is told.
#[test]
fn somebody_gives_their_place_up_by_their_link() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let id = opened(&officer, json!({"places": 1, "sessions": [{"day": "2026-12-05", "from": "08:00", "until": "11:30"}]}));
    let first = enrolled(&officer, &id, &record(&officer, json!({"name": "Học Zq 1"})));
    let next = enrolled(&officer, &id, &record(&officer, json!({"name": "Học Zq 2", "phone": "0912345678"})));
    let link = format!("{ENROLMENTS}/{first}/link");
    // This server sends nothing: it is handed over.
    officer.post(&link, json!({"send": true}), 409);
    let old = officer.post(&link, json!({}), 200)["url"].as_str().unwrap().to_owned();
    let made = officer.post(&link, json!({}), 200);
    assert_eq!((&made["sent"], &made["ends_at"]), (&json!(false), &json!("2026-12-05T17:00:00Z")));
    let at = |url: &str| url.strip_prefix("https://so.example.org").unwrap().to_owned();
    let (old, url) = (at(&old), at(made["url"].as_str().unwrap()));
    let nobody = app.anonymous();
    assert_eq!(nobody.send("GET", &old, None).status, 410);
    for _ in 0..3 {
        let shown = nobody.send("GET", &url, None);
        assert!(shown.status == 200 && shown.text.contains("68-LT-0001") && !shown.text.contains("Zq"), "{}", shown.text);
    }
    let state = |id: &str| officer.get(&format!("{ENROLMENTS}/{id}"), 200)["state"].clone();
    assert_eq!((state(&first), state(&next)), (json!("ENROLLED"), json!("WAITING")));
    assert_eq!(nobody.send("POST", &url, Some(Vec::new())).status, 200);
    assert_eq!((state(&first), state(&next)), (json!("CANCELLED"), json!("ENROLLED")));
    assert_eq!(officer.get(&format!("{ENROLMENTS}/{first}"), 200)["cancelled_how"], "BY_LINK");
    assert_eq!(nobody.send("POST", &url, Some(Vec::new())).status, 410);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'COURSE_PLACE_GIVEN_UP_BY_LINK'"), 1);
    // There is no way to send: an officer finds what to tell her.
    let told = |what: &str| {
        let list = officer.get("/api/v1/messages?chapter=23095", 200);
        list["items"].as_array().unwrap().iter().any(|message| message["body"].as_str().unwrap_or_default().contains(what))
    };
    eventually("she is told that she has a place", || told("Bạn có chỗ trong lớp 68-LT-0001"));
    // Nobody moves into a place by a link whose course is over.
    let last = officer.post(&format!("{ENROLMENTS}/{next}/link"), json!({}), 200);
    app.clock.advance(Duration::days(14));
    assert_eq!(nobody.send("POST", &at(last["url"].as_str().unwrap()), Some(Vec::new())).status, 410);
    audited(&app);
}

#[test]
fn a_course_that_is_moved_or_called_off_is_told_and_stays_in_calendars() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let sessions = json!([{"day": "2026-12-05", "from": "08:00", "until": "11:30"}, {"day": "2026-12-06", "from": "08:00", "until": "11:30"}]);
    let body = course(json!({"sessions": sessions, "title": "Sơ cấp cứu; thôn 2, 3"}));
    let planned = officer.post(COURSES, body.clone(), 201);
    let id = planned["id"].as_str().unwrap();
    let listed = || app.anonymous().get("/api/v1/public/courses", 200)["items"].clone();
    let calendar = || app.anonymous().get_text("/api/v1/public/courses.ics", 200).replace("\r\n ", "");
    assert_eq!(listed(), json!([]));
    officer.post(&format!("{COURSES}/{id}/opening"), Value::Null, 200);
    eventually("everybody sees it", || listed()[0]["code"] == "68-LT-0001");
    let shown = &listed()[0];
    assert_eq!(
        (&shown["full"], &shown["chapter"], &shown["sessions"][0]["from"]),
        (&json!(false), &json!("23095"), &json!("08:00"))
    );
    assert_eq!(app.anonymous().get("/api/v1/public/courses?chapter=68", 200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(app.anonymous().get("/api/v1/public/courses?chapter=01", 200)["items"], json!([]));
    app.anonymous().get("/api/v1/public/courses?chapter=nope", 422);
    assert!(page(&app, "/tinh-nguyen/khoa-hoc").contains("Sơ cấp cứu; thôn 2, 3"));
    let written = calendar();
    assert!(
        written.contains("UID:68-LT-0001.1@so.example.org\r\n") && written.contains("DTSTART:20261205T010000Z\r\n"),
        "{written}"
    );
    assert!(
        written.contains("SUMMARY:Sơ cấp cứu\\; thôn 2\\, 3 (68-LT-0001)\r\n") && !written.contains("CANCELLED"),
        "{written}"
    );
    let sequence =
        |text: &str| -> i64 { text.lines().find_map(|line| line.strip_prefix("SEQUENCE:")).unwrap().trim().parse().unwrap() };

    let person = record(&officer, json!({"name": "Học Zq 1", "phone": "0912345678"}));
    enrolled(&officer, id, &person);
    let read = officer.send("GET", &format!("{COURSES}/{id}"), None);
    let tag = read.header("etag").unwrap().to_owned();
    let path = format!("{COURSES}/{id}");
    let mut moved = sessions.clone();
    moved[0]["day"] = json!("2026-12-04");
    officer.with("if-match", "\"99\"").patch(&path, json!({"sessions": moved}), 409);
    officer.with("if-match", &tag).patch(&path, json!({"sessions": moved, "place": "Trường Tiểu học Hàm Liêm 1"}), 200);
    officer.with("if-match", &tag).patch(&path, json!({"places": 9}), 409);
    let fewer = officer.patch(&path, json!({"sessions": [moved[0]]}), 422);
    assert_eq!(fewer["errors"][0]["pointer"], "/sessions");
    assert_eq!(officer.patch(&path, json!({"title": null}), 422)["errors"][0]["code"], "NOT_CLEARED");
    let again = calendar();
    assert!(again.contains("UID:68-LT-0001.1@") && again.contains("DTSTART:20261204T010000Z"), "{again}");
    assert!(sequence(&again) > sequence(&written));
    let told = |what: &str| {
        let list = officer.get("/api/v1/messages?chapter=23095", 200);
        list["items"].as_array().unwrap().iter().any(|message| message["body"].as_str().unwrap_or_default().contains(what))
    };
    eventually("she is told of the other place", || told("Trường Tiểu học Hàm Liêm 1"));

    let cancellation = format!("{path}/cancellation");
    officer.post(&cancellation, json!({"why": "WEATHER"}), 200);
    officer.post(&cancellation, json!({"why": "WEATHER"}), 200);
    officer.post(&cancellation, json!({"why": "TOO_FEW"}), 409);
    officer.patch(&path, json!({"places": 9}), 409);
    eventually("she is told that it is called off", || told("đã hủy"));
    eventually("nobody is led to it", || listed() == json!([]));
    let off = calendar();
    assert_eq!(off.matches("STATUS:CANCELLED").count(), 2, "{off}");
    assert!(sequence(&off) > sequence(&again));
    // One that is not listed is nobody's to see.
    opened(&officer, json!({"listed": false, "sessions": sessions}));
    assert!(!calendar().contains("68-LT-0002"));
    let refused = app.database.refuses("UPDATE course SET state = 'OPEN', cancelled_why = NULL WHERE state = 'CANCELLED'");
    assert!(refused.contains("course_goes_forward"), "{refused}");
    audited(&app);
}

#[test]
fn a_result_is_corrected_with_a_reason_and_a_certificate_taken_away_by_two() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let id = opened(&officer, json!({}));
    let people: Vec<String> =
        (0..2).map(|n| enrolled(&officer, &id, &record(&officer, json!({"name": format!("Học Zq {n}")})))).collect();
    let to = |n: usize| format!("{ENROLMENTS}/{}/corrections", people[n]);
    let body = |result: &str| json!({"id": Uuid::now_v7(), "result": result, "reason": "EXAMINED_AGAIN"});
    officer.post(&to(0), body("FAILED"), 409);
    close(&officer, &id, &[(&people[0], "PASSED"), (&people[1], "FAILED")]);
    // Who failed passes after all: at once, with a certificate.
    let up = body("PASSED");
    assert_eq!(officer.post(&to(1), up.clone(), 201)["state"], "DONE");
    officer.post(&to(1), up, 200);
    officer.post(&to(1), body("PASSED"), 409);
    let certificate = |n: usize| officer.get(&format!("{ENROLMENTS}/{}", people[n]), 200)["certificate"].clone();
    assert!(certificate(1).is_string());

    // Who passed did not: a second person decides, and sees whom it is about and why.
    let code =
        officer.get(&format!("{CERTIFICATES}/{}", certificate(0).as_str().unwrap()), 200)["code"].as_str().unwrap().to_owned();
    let ask = json!({"id": Uuid::now_v7(), "result": "FAILED", "reason": "WRONG_PERSON", "note": "nhầm với chị Zqnhung"});
    let asked = officer.post(&to(0), ask.clone(), 201);
    assert_eq!((&asked["state"], asked.get("note")), (&json!("ASKED"), None));
    officer.post(&to(0), ask.clone(), 200);
    officer.post(&to(0), body("ABSENT"), 409);
    let at = |rest: &str| format!("{CORRECTIONS}/{}{rest}", ask["id"].as_str().unwrap());
    officer.post(&at("/approval"), Value::Null, 403);
    assert_eq!(public(&app, &code)["state"], "VALID");
    let shown = chair.get(&at(""), 200);
    assert_eq!((&shown["person"]["name"], &shown["note"]), (&json!("Học Zq 0"), &json!("nhầm với chị Zqnhung")));
    assert_eq!(chair.post(&at("/approval"), Value::Null, 200)["state"], "DONE");
    chair.post(&at("/approval"), Value::Null, 200);
    assert_eq!(certificate(0), Value::Null);
    assert_eq!(public(&app, &code), json!({"code": code, "state": "REVOKED"}));
    assert!(page(&app, &format!("/g/{code}")).contains("đã bị thu hồi"));
    // Given back, it is another one: a code that was revoked stays so.
    officer.post(&to(0), body("PASSED"), 201);
    assert_eq!(public(&app, &code)["state"], "REVOKED");
    assert!(certificate(0).is_string());
    assert_eq!(app.database.number("SELECT count(DISTINCT code) FROM certificate"), 3);
    // What is refused leaves everything as it is.
    let again = body("ABSENT");
    officer.post(&to(0), again.clone(), 201);
    let refusal = format!("{CORRECTIONS}/{}/refusal", again["id"].as_str().unwrap());
    assert_eq!(chair.post(&refusal, Value::Null, 200)["state"], "REFUSED");
    assert!(certificate(0).is_string());
    audited(&app);
}

/// Of somebody who is erased: the certificate is no longer on record, the place goes to who waits, what was counted stays counted.
#[test]
fn erasure_of_somebody_with_a_certificate() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let person = record(&officer, json!({"name": "Lê Zqan", "phone": "0912345678", "birth": "1988"}));
    let done = passed_by(&officer, &person, json!({}));
    officer.post(&format!("{CERTIFICATES}/{}/name", done.certificate), json!({"text_version": 1, "given_on": app.today()}), 200);
    let other = officer.post(CERTIFICATES, elsewhere(&person, json!({})), 201);
    assert_eq!((&other["serial"], other.get("code")), (&json!("0123/CN-ZQ"), None));
    let open = opened(&officer, json!({"places": 1}));
    let hers = enrolled(&officer, &open, &person);
    let next = enrolled(&officer, &open, &record(&officer, json!({"name": "Học Bq 2"})));
    officer.post(&format!("{COURSES}/{open}/attendance"), json!({"session": 1, "present": [hers]}), 200);
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].as_str().unwrap().to_owned();
    let copy = officer.get(&format!("/api/v1/persons/{person}/personal-data"), 200);
    let held: Vec<&str> = copy["held"].as_array().unwrap().iter().map(|held| held["what"].as_str().unwrap()).collect();
    assert_eq!(held.iter().filter(|what| **what == "CERTIFICATE").count(), 2, "{held:?}");
    assert_eq!(held.iter().filter(|what| **what == "COURSE").count(), 2, "{held:?}");
    let counted = || officer.get("/api/v1/course-counts?chapter=23095", 200);
    let before = counted();
    eventually("messages are written", || app.database.number("SELECT count(*) FROM message WHERE about IS NOT NULL") > 0);

    let erase = ask(&app, "ERASE", json!({"party": party}));
    officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(public(&app, &done.code), json!({"code": done.code, "state": "NO_LONGER_ON_RECORD"}));
    assert!(page(&app, &format!("/g/{}", done.code)).contains("không còn trong sổ"));
    let state = |id: &str| officer.get(&format!("{ENROLMENTS}/{id}"), 200);
    assert_eq!((&state(&hers)["cancelled_how"], &state(&next)["state"]), (&json!("ERASED"), &json!("ENROLLED")));
    assert_eq!(state(&hers).get("person"), None);
    let gone = officer.get(&format!("{CERTIFICATES}/{}", other["id"].as_str().unwrap()), 200);
    assert_eq!((&gone["state"], gone.get("serial"), gone.get("person")), (&json!("ERASED"), None, None));
    assert_eq!(counted(), before);
    // She can not be named again, nor her result be corrected into another certificate.
    officer.post(&format!("{CERTIFICATES}/{}/name", done.certificate), json!({"text_version": 1, "given_on": app.today()}), 409);
    let correct = json!({"id": Uuid::now_v7(), "result": "FAILED", "reason": "MISTYPED"});
    officer.post(&format!("{ENROLMENTS}/{}/corrections", done.enrolment), correct, 409);
    crate::personal::nowhere(&app, &["Zqan", "0912345678", "0123/CN-ZQ"]);
    audited(&app);
}

#[test]
fn what_may_not_be_used_is_not_shown_beside_a_certificate() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let done = passed(&officer, "Lê Zqan");
    officer.post(&format!("{CERTIFICATES}/{}/name", done.certificate), json!({"text_version": 1, "given_on": app.today()}), 200);
    let party = officer.get(&format!("/api/v1/persons/{}", done.person), 200)["party"].clone();
    officer.patch(&format!("/api/v1/persons/{}", done.person), json!({"birth": "1988-02-01"}), 200);
    assert_eq!(officer.post(REQUESTS, ask(&app, "RESTRICT", json!({"party": party})), 201)["state"], "DONE");
    assert_eq!(
        (public(&app, &done.code)["state"].clone(), public(&app, &done.code).get("name").cloned()),
        (json!("VALID"), None)
    );
    audited(&app);
}

#[test]
fn refreshers_are_due_until_a_newer_certificate_takes_the_place() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let done = passed(&officer, "Lê Zqan");
    let person = record(&officer, json!({"name": "Lê Zqb"}));
    officer.post(CERTIFICATES, elsewhere(&person, json!({})), 201);
    assert_eq!(
        wrong(&officer, CERTIFICATES, elsewhere(&person, json!({"given_on": "2026-11-23", "valid_until": "2026-11-20"}))),
        [("/given_on", "IN_THE_FUTURE"), ("/valid_until", "BEFORE_THE_START")].map(|(at, code)| (at.to_owned(), code.to_owned()))
    );
    let due = |officer: &Caller<'_>, rest: &str| -> Vec<String> {
        let list = officer.get(&format!("/api/v1/refreshers-due?chapter=23095{rest}"), 200);
        let row = |row: &Value| format!("{} {}", row["kind"].as_str().unwrap(), row["valid_until"].as_str().unwrap());
        list["items"].as_array().unwrap().iter().map(row).collect()
    };
    assert_eq!(due(&officer, ""), Vec::<String>::new());
    assert_eq!(due(&officer, "&by=2027-02-28"), ["WATER_RESCUE 2027-02-28"]);
    let both = ["WATER_RESCUE 2027-02-28", "FIRST_AID_BASIC 2028-11-22"];
    assert_eq!(due(&officer, "&by=2030-01-01"), both);
    let first = officer.get("/api/v1/refreshers-due?chapter=23095&by=2030-01-01&limit=1", 200);
    let next = format!("&by=2030-01-01&limit=1&cursor={}", first["next"].as_str().unwrap());
    assert_eq!(due(&officer, &next), both[1..]);
    // A refresher makes the basic certificate good again, for as long as that is.
    app.clock.advance(Duration::days(700));
    let officer = app.officer_of("23095");
    assert_eq!(due(&officer, ""), both);
    let day = app.today();
    let session = json!([{"day": day, "from": "08:00", "until": "11:30"}]);
    let again = passed_by(&officer, &done.person, json!({"kind": "FIRST_AID_REFRESHER", "sessions": session}));
    let certificate = officer.get(&format!("{CERTIFICATES}/{}", again.certificate), 200);
    let two_years: NaiveDate = day.checked_add_months(chrono::Months::new(24)).unwrap();
    assert_eq!((&certificate["kind"], &certificate["valid_until"]), (&json!("FIRST_AID_BASIC"), &json!(two_years)));
    assert_eq!(due(&officer, ""), both[..1]);
    audited(&app);
}

#[test]
fn officers_trained_are_counted_down_the_tree_and_the_public_is_told_no_few() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let chair = record(&officer, json!({"name": "Trần Văn Tâm", "birth": "1970"}));
    crate::committees::named(&app, &officer, &json!(chair));
    let id = opened(&officer, json!({"kind": "OFFICER_TRAINING"}));
    let hers = enrolled(&officer, &id, &chair);
    let others: Vec<String> =
        (0..6).map(|n| enrolled(&officer, &id, &record(&officer, json!({"name": format!("Học Zq {n}")})))).collect();
    let mut results: Vec<(&str, &str)> = others.iter().map(|id| (id.as_str(), "PASSED")).collect();
    results[0].1 = "FAILED";
    results.push((&hers, "PASSED"));
    close(&officer, &id, &results);
    passed(&officer, "Lê Zqan");
    let above = app.staff(Role::ProvincialAdministrator, "68");
    let counts = above.get("/api/v1/course-counts?chapter=68&year=2026", 200);
    assert_eq!(
        counts["rows"],
        json!([{"kind": "FIRST_AID_BASIC", "area": "FIRST_AID", "courses": 1, "enrolled": 1, "passed": 1, "failed": 0, "absent": 0, "officers": 0},
            {"kind": "OFFICER_TRAINING", "courses": 1, "enrolled": 7, "passed": 6, "failed": 1, "absent": 0, "officers": 1}])
    );
    assert_eq!(above.get("/api/v1/course-counts?chapter=68&year=2025", 200)["rows"], json!([]));
    above.get("/api/v1/course-counts?chapter=68&year=12", 422);
    // A month after the year: seven passed; that one of them was not in the same area is not told.
    let told = |chapter: &str| app.anonymous().get(&format!("/api/v1/public/course-counts?chapter={chapter}"), 200);
    assert_eq!(told("68"), json!([]));
    app.clock.advance(Duration::days(80));
    eventually("the year is told", || told("68") != json!([]));
    for chapter in ["TW", "68", "23095"] {
        assert_eq!(told(chapter), json!([{"year": 2026, "areas": ["FIRST_AID", "SOCIETY"], "passed": 7}]), "{chapter}");
    }
    audited(&app);
}

/// Another chapter learns nothing; who reads the books sees courses and no people; each look at people is noted.
#[test]
fn nobody_else_sees_who_takes_part() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let done = passed(&officer, "Lê Zqan");
    let (other, above) = (app.officer_of("23059"), app.staff(Role::ProvincialAdministrator, "68"));
    let people = [
        format!("{COURSES}/{}/enrolments", done.course),
        format!("{ENROLMENTS}/{}", done.enrolment),
        format!("{CERTIFICATES}/{}", done.certificate),
        format!("{CERTIFICATES}?chapter=23095"),
        format!("{CERTIFICATES}/{}/file", done.certificate),
        format!("{COURSES}/{}/certificates/file", done.course),
    ];
    for path in &people {
        other.get(path, 404);
        above.get(path, 403);
    }
    other.get(&format!("{COURSES}/{}", done.course), 404);
    assert!(!above.get(&format!("{COURSES}/{}", done.course), 200).to_string().contains("Zqan"));
    // A person of another chapter is nobody here.
    let stranger = record(&other, json!({"name": "Người Nơi Khác", "chapter": "23059"}));
    let id = opened(&officer, json!({}));
    assert_eq!(wrong(&officer, &format!("{COURSES}/{id}/enrolments"), entry(&stranger)), one("/person", "NO_SUCH_PERSON"));
    assert_eq!(wrong(&officer, CERTIFICATES, elsewhere(&stranger, json!({}))), one("/person", "NO_SUCH_PERSON"));
    for action in ["COURSE_ENROLMENT_READ", "CERTIFICATE_READ", "PERSON_READ_REFUSED"] {
        assert!(app.database.number(&format!("SELECT count(*) FROM audit_event WHERE action = '{action}'")) > 0, "{action}");
    }
}

/// A chapter merges while a course runs: the successor goes on with it, codes and certificates stay.
#[test]
fn a_course_goes_on_at_the_successor() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    successions::paper(&app, "68");
    let done = passed(&officer, "Lê Zqan");
    let id = opened(&officer, json!({"sessions": [{"day": "2026-11-25", "from": "08:00", "until": "11:30"}]}));
    let hers = enrolled(&officer, &id, &record(&officer, json!({"name": "Học Zq 1"})));
    let people = successions::persons(&app);
    assert_eq!(successions::carried(&people, &successions::plan(&app, json!({})))["state"], "DONE");
    app.clock.advance(Duration::days(3));
    let there = app.officer_of("23059");
    assert_eq!(there.get(&format!("{COURSES}?chapter=23059"), 200)["items"].as_array().unwrap().len(), 2);
    let new = record(&there, json!({"name": "Học Zq 2", "chapter": "23059"}));
    let second = enrolled(&there, &id, &new);
    let closed = close(&there, &id, &[(&hers, "PASSED"), (&second, "PASSED")]);
    assert_eq!(closed["code"], "68-LT-0002");
    assert_eq!(there.get(&format!("{CERTIFICATES}?chapter=23059"), 200)["items"].as_array().unwrap().len(), 3);
    assert_eq!(
        (public(&app, &done.code)["state"].clone(), public(&app, &done.code)["chapter"].clone()),
        (json!("VALID"), json!("23095"))
    );
    there.send("GET", &format!("{CERTIFICATES}/{}/file", done.certificate), None);
    there.post(&format!("{CERTIFICATES}/{}/name", done.certificate), json!({"text_version": 1, "given_on": app.today()}), 200);
    there.post(COURSES, course(json!({"chapter": "23095"})), 404);
    audited(&app);
}

/// Fills a chapter's lists.
pub fn fill(app: &TestApp, most: usize) -> String {
    let officer = app.officer_of("23095");
    let session = json!([{"day": "2026-11-22", "from": "07:00", "until": "09:30"}]);
    let id = opened(&officer, json!({"places": 100, "sessions": session}));
    let mut results = Vec::new();
    for n in 0..most {
        officer.post(COURSES, course(json!({})), 201);
        results.push(enrolled(&officer, &id, &record(&officer, json!({"name": format!("Học Viên {n}")}))));
    }
    let results: Vec<(&str, &str)> = results.iter().map(|id| (id.as_str(), "PASSED")).collect();
    close(&officer, &id, &results);
    let later = json!([{"day": "2026-12-05", "from": "07:00", "until": "09:30"}]);
    for _ in 0..most {
        opened(&officer, json!({"sessions": later}));
    }
    id
}
