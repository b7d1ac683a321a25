//! Courses: places and the waiting list, attendance, results, corrections; certificates that anybody checks; erasure; successors.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::persons::record;
use crate::portal::page;

pub const COURSES: &str = "/api/v1/courses";
pub const ENROLMENTS: &str = "/api/v1/course-enrolments";
pub const CORRECTIONS: &str = "/api/v1/course-corrections";
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
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "course_kind": "FIRST_AID_BASIC", "title": "Sơ cấp cứu cơ bản", "places": 30,
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

pub fn entry(person: &str) -> Value {
    json!({"id": Uuid::new_v4(), "person": person})
}

/// Enrols somebody; the id of their enrolment.
pub fn enrolled(officer: &Caller<'_>, course: &str, person: &str) -> String {
    let made = officer.post(&format!("{COURSES}/{course}/enrolments"), entry(person), 201);
    made["id"].as_str().unwrap().to_owned()
}

pub fn close(officer: &Caller<'_>, course: &str, results: &[(&str, &str)]) -> Value {
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

pub fn elsewhere(person: &str, change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "chapter": "23095", "person": person, "course_kind": "WATER_RESCUE",
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

pub fn public(app: &TestApp, code: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/certificates/{code}"), 200)
}

pub fn wrong(officer: &Caller<'_>, path: &str, body: Value) -> Vec<(String, String)> {
    let problem = officer.post(path, body, 422);
    let said = |e: &Value| (e["pointer"].as_str().unwrap().to_owned(), e["code"].as_str().unwrap().to_owned());
    problem["errors"].as_array().unwrap().iter().map(said).collect()
}

pub fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

pub fn audited(app: &TestApp) {
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
        json!({"code": code, "state": "VALID", "course_kind": "FIRST_AID_BASIC", "kind_vi": "Sơ cấp cứu cơ bản", "kind_en": "Basic first aid",
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
    assert_eq!(wrong(&officer, COURSES, course(json!({"course_kind": "SWIMMING"}))), one("/course_kind", "NOT_A_CHOICE"));
    let nobody = Uuid::new_v4();
    assert_eq!(wrong(&officer, COURSES, course(json!({"trainers": [nobody]}))), one("/trainers/0", "NO_SUCH_PERSON"));
    assert_eq!(app.database.number("SELECT count(*) FROM course"), 0);
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
