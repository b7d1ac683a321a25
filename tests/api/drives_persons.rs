//! What somebody asks about their own data reaches their bookings: the copy, a correction, a restriction and its lifting.

use chrono::Duration;
use serde_json::{Value, json};

use crate::courses::audited;
use crate::drives::{book, bookings, opened, page_of, press, states};
use crate::harness::{Caller, TestApp, eventually};
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;

const NAME: &str = "Nguyễn Văn Hùng";
const PHONE: &str = "0912345678";

/// Somebody whom the chapter knows, with a number and an address; the person and the party.
fn known(officer: &Caller<'_>) -> (String, Value) {
    let person = record(officer, json!({"name": NAME, "phone": PHONE, "mail": "hung@example.org"}));
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    (person, party)
}

fn copy(officer: &Caller<'_>, person: &str) -> Vec<String> {
    let copy = officer.get(&format!("/api/v1/persons/{person}/personal-data"), 200);
    let held = copy["held"].as_array().unwrap().iter().filter(|one| one["what"] == "BOOKING");
    held.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

/// Asks, and a second person, who is there before, decides where that is needed.
fn done(app: &TestApp, officer: &Caller<'_>, kind: &str, what: Value) {
    let (chair, request) = (app.chair_of("23095"), ask(app, kind, what));
    let asked = officer.post(REQUESTS, request.clone(), 201);
    let done = if asked["state"] == "DONE" { asked } else { chair.post(&path(&request, "/approval"), Value::Null, 200) };
    assert_eq!(done["state"], "DONE", "{done}");
}

/// By number and by address, however it was typed; not the brother's under the same number, nor a namesake's.
#[test]
fn the_copy_has_every_booking_of_somebody_and_nobody_elses() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (person, party) = known(&officer);
    let [by_number, by_mail, of_others] = std::array::from_fn(|_| opened(&officer, json!({})));
    book(&app, &by_number, "NGUYEN VAN HUNG", PHONE, None);
    book(&app, &by_mail, NAME, "hung@example.org", None);
    book(&app, &of_others, "Nguyễn Văn Hưng", PHONE, None);
    book(&app, &of_others, NAME, "0987654321", None);
    let held = copy(&officer, &person);
    let has = |code: &str| held.iter().any(|text| text.contains(code));
    assert_eq!((held.len(), has(&by_number), has(&by_mail)), (2, true, true), "{held:?}");
    // Erased, the others keep theirs.
    done(&app, &officer, "ERASE", json!({"party": party}));
    assert_eq!(
        (states(&officer, &by_number), states(&officer, &by_mail)),
        (vec!["CANCELLED".to_owned()], vec!["CANCELLED".to_owned()])
    );
    let left: Vec<Value> = bookings(&officer, &of_others);
    let names: Vec<&str> = left.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Nguyễn Văn Hưng", NAME]);
    audited(&app);
}

/// Another name, with its mark, and another number: written into the bookings, told there, and known by them from then on.
#[test]
fn a_correction_reaches_the_bookings() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (person, party) = known(&officer);
    let slots = json!([{"from": "08:00", "until": "09:00", "places": 9}]);
    let code = opened(&officer, json!({"slots": slots}));
    book(&app, &code, NAME, PHONE, None);
    book(&app, &code, "Lê Thị Khác", PHONE, None);
    let messages = || app.database.number("SELECT count(*) FROM message WHERE purpose = 'BLOOD_DRIVE' AND content IS NOT NULL");
    eventually("both are told", || messages() == 2);
    let changes = json!({"name": "Nguyễn Văn Hưng", "phone": "0987654321"});
    done(&app, &officer, "CORRECT", json!({"party": party, "changes": changes}));
    let all = bookings(&officer, &code);
    assert_eq!((&all[0]["name"], &all[0]["contact"]), (&json!("Nguyễn Văn Hưng"), &json!("0987654321")));
    assert_eq!((&all[1]["name"], &all[1]["contact"]), (&json!("Lê Thị Khác"), &json!(PHONE)), "who shares the number keeps it");
    assert_eq!(copy(&officer, &person).len(), 1);
    // What had not gone out to the old number does not; the new one is told.
    let cancelled = "SELECT count(*) FROM message WHERE purpose = 'BLOOD_DRIVE' AND state = 'CANCELLED'";
    assert_eq!(app.database.number(cancelled), 1);
    eventually("the new number is told", || messages() == 2);
    book(&app, &code, "Nguyễn Văn Hưng", "0987654321", None);
    assert_eq!(bookings(&officer, &code).len(), 2, "known by name and number as they are right");
    book(&app, &code, NAME, PHONE, None);
    assert_eq!(bookings(&officer, &code).len(), 3, "and by the old ones no more");
    audited(&app);
}

/// Whose data may not be used is not written to, not named, and moved up by nobody; the place stays, and so does the turn.
#[test]
fn who_asked_for_restriction_is_not_reminded_and_keeps_the_place() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (_, party) = known(&officer);
    let (code, full) =
        (opened(&officer, json!({})), opened(&officer, json!({"slots": [{"from": "08:00", "until": "08:30", "places": 1}]})));
    for (name, phone) in [(NAME, PHONE), ("Lê Thị Khác", "0912345679")] {
        book(&app, &code, name, phone, None);
    }
    let pages: Vec<String> = bookings(&officer, &code).iter().map(page_of).collect();
    for page in &pages {
        assert_eq!(press(&app, page, "act=COME").status, 303);
    }
    for (name, phone) in [("Người Một", "0912345670"), (NAME, PHONE), ("Người Ba", "0912345671")] {
        book(&app, &full, name, phone, None);
    }
    let first = page_of(&bookings(&officer, &full)[0]);
    done(&app, &officer, "RESTRICT", json!({"party": party}));
    let shown = &bookings(&officer, &code)[0];
    assert_eq!((&shown["restricted"], &shown["state"]), (&json!(true), &json!("BOOKED")));
    assert!(["name", "contact", "contact_link", "link"].iter().all(|field| shown.get(field).is_none()), "{shown}");
    // Their own link is theirs.
    assert!(app.anonymous().get_text(&pages[0], 200).contains("Chào Hùng"));
    assert_eq!(press(&app, &first, "act=GIVE_UP&sure=1").status, 200);
    assert_eq!(states(&officer, &full), ["CANCELLED", "WAITING", "HELD"], "who could not be told keeps the turn");
    let last = page_of(&bookings(&officer, &full)[2]);
    assert_eq!(press(&app, &last, "act=COME").status, 303);

    // The morning before.
    app.clock.advance("2026-12-05T00:31:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    let reminded = "SELECT count(*) FROM booking WHERE reminded_of = '2026-12-06'";
    eventually("the others are reminded", || app.database.number(reminded) == 2);
    let left = "SELECT count(*) FROM job WHERE kind = 'REMIND_BOOKED' AND state <> 'DONE'";
    eventually("and nobody else", || app.database.number(left) == 0);
    assert_eq!(app.database.number(reminded), 2);
    let about = "SELECT count(*) FROM message m JOIN booking b ON b.id = m.about WHERE b.restricted_at IS NOT NULL";
    assert_eq!(app.database.number(about), 0);

    let officer = app.officer_of("23095");
    done(&app, &officer, "LIFT_RESTRICTION", json!({"party": party}));
    let shown = &bookings(&officer, &code)[0];
    assert_eq!((&shown["restricted"], &shown["name"]), (&json!(false), &json!(NAME)));
    assert_eq!(press(&app, &last, "act=GIVE_UP&sure=1").status, 200);
    assert_eq!(states(&officer, &full), ["CANCELLED", "HELD", "CANCELLED"], "and moves up again");
    app.clock.advance(Duration::hours(1));
    audited(&app);
}
