//! Volunteers in their bad moments: counted twice, signing up in a flood, known by a mail address alone.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Answer, Caller, TestApp};
use crate::personal::{REQUESTS, ask, nowhere, path};
use crate::sign_up::{APPLICATIONS, applied};
use crate::volunteers::{at, verified};

/// Whoever writes it: by a key where both are open, by a trigger over the rest.
#[test]
fn the_database_counts_a_volunteer_once_a_day() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let id = verified(&officer, json!({"name": "Lê Zqan"}), json!({}));
    app.clock.advance(Duration::days(2));
    let span = |n: i32, from: &str, to: &str| {
        format!(
            "INSERT INTO volunteer_span (volunteer_id, n, chapter_id, party_id, kind, from_day, to_day)
             SELECT volunteer_id, n + {n}, chapter_id, NULL, kind, '{from}', {to} FROM volunteer_span WHERE volunteer_id = '{id}' AND n = 1"
        )
    };
    for (sql, name) in [
        (span(1, "2026-11-22", "'2026-11-23'"), "volunteer_span_once_a_day"),
        (span(1, "2026-11-20", "'2026-11-24'"), "volunteer_span_once_a_day"),
        (span(1, "2027-01-01", "NULL"), "volunteer_span_open_key"),
    ] {
        let refused = app.database.refuses(&sql);
        assert!(refused.contains(name), "{sql}: {refused}");
    }
    // A day before it, and a span of no day at all, are nobody's second.
    app.database.execute(&span(1, "2026-11-20", "'2026-11-22'"));
    app.database.execute(&span(2, "2026-11-22", "'2026-11-22'"));
    crate::volunteers::audited(&app);
}

/// Accepts an application as it stands.
fn accept(officer: &Caller<'_>, application: Uuid, change: Value) -> Answer {
    let mut body = json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    officer.send("POST", &format!("{APPLICATIONS}/{application}/acceptance"), Some(body.to_string().into_bytes()))
}

/// The address by which somebody signed up is the only way to them: it is kept with the person, used, shown to them, and erased.
#[test]
fn who_signs_up_by_mail_is_reached_by_mail_until_they_are_erased() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let application = applied(&app, "23095", "zqbinh@example.org");
    officer.post(&format!("{APPLICATIONS}/{application}/confirmation"), Value::Null, 200);
    let taken = accept(&officer, application, json!({"birth": "1995"}));
    assert_eq!(taken.status, 201, "{}", taken.text);
    let volunteer = taken.json()["volunteer"].as_str().unwrap().to_owned();
    let shown = officer.get(&at(&volunteer), 200);
    let person = format!("/api/v1/persons/{}", shown["person"].as_str().unwrap());
    assert_eq!(officer.get(&person, 200)["mail"], "zqbinh@example.org");
    // Another of the same name and without a number is not taken for him.
    app.clock.advance(Duration::minutes(1));
    let other = applied(&app, "23095", "binhzq.khac@example.org");
    officer.post(&format!("{APPLICATIONS}/{other}/confirmation"), Value::Null, 200);
    let another = accept(&officer, other, json!({})).json()["volunteer"].as_str().unwrap().to_owned();
    assert_ne!(officer.get(&at(&another), 200)["person"], shown["person"]);

    let all_days = json!(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]);
    let parts = json!(["MORNING", "AFTERNOON", "EVENING", "NIGHT"]);
    officer.patch(&at(&volunteer), json!({"willing": true, "weekdays": all_days, "day_parts": parts}), 200);
    let call = crate::call_outs::asked(&app, &officer, json!({"needed": 1}));
    let asked = &crate::call_outs::list(&officer, &call)[0];
    assert_eq!((&asked["mail"], asked.get("sms")), (&json!("mailto:zqbinh@example.org"), None));
    officer.patch(&person, json!({"mail": "bình@example.org"}), 422);
    officer.patch(&person, json!({"mail": "zqmoi@example.org"}), 200);
    let copy = officer.get(&format!("{person}/personal-data"), 200).to_string();
    assert!(copy.contains("zqmoi@example.org"), "{copy}");
    let erase = ask(&app, "ERASE", json!({"party": officer.get(&person, 200)["party"]}));
    officer.post(REQUESTS, erase.clone(), 201);
    chair.post(&path(&erase, "/approval"), Value::Null, 200);
    nowhere(&app, &["zqmoi@example.org", "zqbinh@example.org"]);
    crate::volunteers::audited(&app);
}

/// A known person who signs up by mail: the address is written beside what is known, and one that stands there stays.
#[test]
fn a_known_person_keeps_the_address_that_stands_there() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let person = crate::persons::record(&officer, json!({"name": "Nguyễn Văn Zqbinh", "phone": "0912345678"}));
    let of = format!("/api/v1/persons/{person}");
    for (n, contact) in ["moi@example.org", "khac@example.org"].into_iter().enumerate() {
        app.clock.advance(Duration::minutes(1));
        let application = applied(&app, "23095", contact);
        officer.post(&format!("{APPLICATIONS}/{application}/confirmation"), Value::Null, 200);
        let taken = accept(&officer, application, json!({"person": person}));
        assert_eq!(taken.status, if n == 0 { 201 } else { 409 }, "{}", taken.text);
        assert_eq!(officer.get(&of, 200)["mail"], "moi@example.org");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PERSON_CHANGED'"), 1);
}

/// Hours, a certificate and a place in a team, all of one person: what was counted stays, and nothing says whose it was.
#[test]
fn erasure_of_somebody_with_hours_and_a_certificate() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let id = verified(&officer, json!({"name": "Trần Thị Zqan", "phone": "0912345678", "birth": "1988"}), json!({}));
    let person = officer.get(&at(id), 200)["person"].as_str().unwrap().to_owned();
    let done = crate::courses::passed_by(&officer, &person, json!({}));
    let hours = crate::volunteer_hours::evening("23095", &[id], "Phát quà cùng Zqan");
    officer.post(crate::volunteer_hours::HOURS, hours, 200);
    let sums = || {
        let hours = officer.get("/api/v1/volunteer-hour-sums?chapter=23095&year=2026", 200);
        (hours, officer.get("/api/v1/course-counts?chapter=23095", 200))
    };
    let before = sums();
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let erase = ask(&app, "ERASE", json!({"party": party}));
    officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(sums(), before);
    assert_eq!(officer.get(&at(id), 200)["state"], "ERASED");
    assert_eq!(crate::courses::public(&app, &done.code)["state"], "NO_LONGER_ON_RECORD");
    nowhere(&app, &["Zqan", "0912345678"]);
    crate::volunteers::audited(&app);
}
