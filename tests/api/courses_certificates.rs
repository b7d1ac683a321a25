//! Certificates of courses: corrected, erased, due for a refresher, counted; nobody else sees whose they are; a successor goes on.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::courses::{
    CERTIFICATES, CORRECTIONS, COURSES, ENROLMENTS, audited, close, course, elsewhere, enrolled, entry, one, opened, passed,
    passed_by, public, wrong,
};
use crate::harness::{Caller, TestApp, eventually};
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;
use crate::portal::page;
use crate::successions;

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
        let row = |row: &Value| format!("{} {}", row["course_kind"].as_str().unwrap(), row["valid_until"].as_str().unwrap());
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
    let again = passed_by(&officer, &done.person, json!({"course_kind": "FIRST_AID_REFRESHER", "sessions": session}));
    let certificate = officer.get(&format!("{CERTIFICATES}/{}", again.certificate), 200);
    let two_years: NaiveDate = day.checked_add_months(chrono::Months::new(24)).unwrap();
    assert_eq!((&certificate["course_kind"], &certificate["valid_until"]), (&json!("FIRST_AID_BASIC"), &json!(two_years)));
    assert_eq!(due(&officer, ""), both[..1]);
    audited(&app);
}

#[test]
fn officers_trained_are_counted_down_the_tree_and_the_public_is_told_no_few() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let chair = record(&officer, json!({"name": "Trần Văn Tâm", "birth": "1970"}));
    crate::committees::named(&app, &officer, &json!(chair));
    let id = opened(&officer, json!({"course_kind": "OFFICER_TRAINING"}));
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
        json!([{"course_kind": "FIRST_AID_BASIC", "area": "FIRST_AID", "courses": 1, "enrolled": 1, "passed": 1, "failed": 0, "absent": 0, "officers": 0},
            {"course_kind": "OFFICER_TRAINING", "courses": 1, "enrolled": 7, "passed": 6, "failed": 1, "absent": 0, "officers": 1}])
    );
    assert_eq!(above.get("/api/v1/course-counts?chapter=68&year=2025", 200)["rows"], json!([]));
    above.get("/api/v1/course-counts?chapter=68&year=12", 422);
    // A month after the year: seven passed; that one of them was not in the same area is not told.
    let told = |chapter: &str| app.anonymous().get(&format!("/api/v1/public/course-counts?chapter={chapter}"), 200);
    assert_eq!(told("68"), json!([]));
    app.clock.advance(Duration::days(80));
    eventually("the year is told", || told("68") != json!([]));
    for chapter in ["TW", "68", "23095"] {
        let rows = told(chapter);
        assert_eq!(
            (rows.as_array().unwrap().len(), &rows[0]["year"], &rows[0]["passed"]),
            (1, &json!(2026), &json!(7)),
            "{chapter}"
        );
        let areas = rows[0]["areas"].as_array().unwrap();
        assert!(areas.contains(&json!("FIRST_AID")) && areas.contains(&json!("SOCIETY")), "{rows}");
    }
    audited(&app);
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
    assert_eq!(wrong(&there, COURSES, course(json!({"chapter": "23095"}))), one("/chapter", "CHAPTER_CLOSED"));
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

/// Who learnt first aid is found when somebody is needed who can give it, for as long as the certificate is good.
#[test]
fn a_certificate_shows_what_a_volunteer_can_do() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (volunteer, person) = crate::teams::volunteer(&officer, "23095", "Lê Zqan", Some("0912345678"));
    let can = || officer.get(&format!("/api/v1/volunteers/{volunteer}"), 200)["skills"].clone();
    assert_eq!(can(), json!([]));
    let done = passed_by(&officer, person.as_str().unwrap(), json!({}));
    let skills = can();
    assert_eq!(
        (&skills[0]["skill"], &skills[0]["level"], &skills[0]["proof"]),
        (&json!("FIRST_AID"), &json!("GOOD"), &json!("CERTIFICATE"))
    );
    assert_eq!((&skills[0]["certificate"], &skills[0]["valid_until"]), (&json!(done.code), &json!("2028-11-22")));
    // Who teaches it goes on teaching it, whatever they attend afterwards.
    let trainer = passed_by(&officer, person.as_str().unwrap(), json!({"course_kind": "FIRST_AID_TRAINER"}));
    passed_by(&officer, person.as_str().unwrap(), json!({"course_kind": "FIRST_AID_REFRESHER"}));
    let skills = can();
    assert_eq!((&skills[0]["level"], &skills[0]["certificate"]), (&json!("INSTRUCTOR"), &json!(trainer.code)));
    // Taken away, it shows nothing.
    let body = json!({"id": Uuid::now_v7(), "result": "FAILED", "reason": "MISTYPED"});
    officer.post(&format!("{ENROLMENTS}/{}/corrections", trainer.enrolment), body.clone(), 201);
    chair.post(&format!("{CORRECTIONS}/{}/approval", body["id"].as_str().unwrap()), Value::Null, 200);
    assert_eq!(can(), json!([]));
    audited(&app);
}
