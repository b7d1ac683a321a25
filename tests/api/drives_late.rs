//! Bookings that nobody confirms in time: the place passes on, whoever says so a second too late is told and has what is left; and two
//! persons who share a telephone.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::courses::audited;
use crate::drives::{at, book, bookings, opened, page_of, press, states};
use crate::harness::{Caller, TestApp, eventually};

/// One place at eight, and more slots after it where there are more numbers.
fn slots(places: &[i16]) -> Value {
    let slot = |(n, places): (usize, &i16)| json!({"from": format!("{:02}:00", 8 + n), "until": format!("{:02}:30", 8 + n), "places": places});
    places.iter().enumerate().map(slot).collect()
}

/// So many people who book one after the other, each with a number of their own.
fn book_all(app: &TestApp, code: &str, people: usize) {
    for n in 0..people {
        book(app, code, &format!("Người Zq {n}"), &format!("091234567{n}"), None);
    }
}

/// A second after everybody's day is over who has booked now, mostly before a job has looked; the officer, logged in again.
fn a_second_too_late(app: &TestApp) -> Caller<'_> {
    app.clock.advance(Duration::hours(24) + Duration::seconds(1));
    app.officer_of("23095")
}

/// When a job has looked; so many bookings have lost their places.
fn a_minute_too_late<'a>(app: &'a TestApp, lost: i64) -> Caller<'a> {
    app.clock.advance(Duration::hours(24) + Duration::seconds(61));
    let gone = "SELECT count(*) FROM booking WHERE cancelled_how IN ('NOT_CONFIRMED', 'NOT_ANSWERED')";
    eventually("places pass on", || app.database.number(gone) == lost);
    app.officer_of("23095")
}

fn moment(of: &Value) -> DateTime<Utc> {
    of.as_str().unwrap().parse().unwrap()
}

/// How many messages of Hàm Liêm say this.
fn told(app: &TestApp, words: &str) -> usize {
    let list = app.officer_of("23095").get("/api/v1/messages?chapter=23095&limit=200", 200);
    list["items"].as_array().unwrap().iter().filter(|one| one["text"].as_str().unwrap_or_default().contains(words)).count()
}

#[test]
fn a_place_that_nobody_confirms_passes_on_after_a_day() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[1]), "waiting_most": 2}));
    book_all(&app, &code, 2);
    let first = &bookings(&officer, &code)[0];
    assert_eq!(moment(&first["answer_by"]) - moment(&first["made_at"]), Duration::hours(24));
    eventually("the message says until when", || told(&app, "Xác nhận trước 10:0") == 1);
    app.clock.advance(Duration::hours(23));
    let officer = app.officer_of("23095");
    assert_eq!(states(&officer, &code), ["HELD", "WAITING"]);
    app.clock.advance(Duration::minutes(62));
    let officer = app.officer_of("23095");
    eventually("the place passes on", || states(&officer, &code) == ["CANCELLED", "HELD"]);
    let all = bookings(&officer, &code);
    assert_eq!(
        (&all[0]["cancelled_how"], &all[0]["name"]),
        (&json!("NOT_CONFIRMED"), &json!("Người Zq 0")),
        "what is known stays for a while"
    );
    assert!(moment(&all[1]["answer_by"]) > app.now(), "and the next has a day");
    eventually("both are told", || (told(&app, "chưa được xác nhận"), told(&app, "Đã có chỗ cho bạn")) == (1, 1));
    audited(&app);
}

/// A slot of today in three hours: until then, and where it is put earlier, until it begins.
#[test]
fn nobody_has_longer_than_until_their_slot_begins() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let at_one = json!([{"from": "13:00", "until": "13:30", "places": 1}]);
    let code = opened(&officer, json!({"day": app.today(), "slots": at_one}));
    book_all(&app, &code, 2);
    assert_eq!(bookings(&officer, &code)[0]["answer_by"], "2026-11-22T06:00:00Z");
    officer.patch(&at(&code, ""), json!({"slots": [{"from": "12:00", "until": "13:30", "places": 1}]}), 200);
    assert_eq!(bookings(&officer, &code)[0]["answer_by"], "2026-11-22T05:00:00Z");
    app.clock.advance("2026-11-22T05:00:01Z".parse::<DateTime<Utc>>().unwrap() - app.now());
    let officer = app.officer_of("23095");
    // Nobody moves up into a slot that has begun.
    eventually("nobody has it any more", || states(&officer, &code) == ["CANCELLED", "WAITING"]);
    audited(&app);
}

/// The place is still there: it is theirs, and they read that it was late.
#[test]
fn who_confirms_a_second_too_late_has_the_place_if_nobody_has_it() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[2])}));
    book_all(&app, &code, 2);
    let pages: Vec<String> = bookings(&officer, &code).iter().map(page_of).collect();
    let officer = a_second_too_late(&app);
    let shown = app.anonymous().get_text(&pages[0], 200);
    assert!(
        shown.contains("Thời hạn xác nhận đã qua") && shown.contains("Tôi vẫn muốn đến") && !shown.contains("<svg"),
        "{shown}"
    );
    let pressed = press(&app, &pages[0], "act=COME");
    assert_eq!((pressed.status, pressed.head.contains("?con-cho")), (303, true), "{}", pressed.head);
    let shown = app.anonymous().get_text(&format!("{}?con-cho", pages[0]), 200);
    assert!(shown.contains("sau thời hạn") && shown.contains("<svg"), "{shown}");
    assert_eq!(press(&app, &pages[0], "act=COME").status, 303, "once more it is theirs");
    assert_eq!(states(&officer, &code), ["BOOKED", "CANCELLED"]);
    // By telephone it is the same.
    let id = bookings(&officer, &code)[1]["id"].as_str().unwrap().to_owned();
    let confirmed = officer.post(&at(&code, &format!("/bookings/{id}/confirmation")), Value::Null, 200);
    assert_eq!((&confirmed["state"], &confirmed["slot"], confirmed.get("cancelled_how")), (&json!("BOOKED"), &json!(1), None));
    assert_eq!(officer.get(&at(&code, ""), 200)["taken"], 2);
    audited(&app);
}

/// No place is left: a turn behind all others.
#[test]
fn who_confirms_too_late_waits_where_no_place_is_left() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[1, 1]), "waiting_most": 1}));
    book_all(&app, &code, 3);
    let pages: Vec<String> = bookings(&officer, &code).iter().map(page_of).collect();
    assert_eq!(press(&app, &pages[1], "act=COME").status, 303);
    let officer = a_second_too_late(&app);
    // The third moves up into the first slot, whose place was not confirmed.
    let late = press(&app, &pages[0], "act=COME");
    assert_eq!((late.status, late.head.contains("?cho-lai")), (303, true), "{}", late.head);
    assert!(app.anonymous().get_text(&format!("{}?cho-lai", pages[0]), 200).contains("cuối danh sách chờ"));
    assert_eq!(states(&officer, &code), ["BOOKED", "HELD", "WAITING"], "behind who came after them");
    assert_eq!(press(&app, &pages[1], "act=GIVE_UP&sure=1").status, 200);
    let last = &bookings(&officer, &code)[2];
    assert_eq!(
        (&last["state"], &last["slot"], last["answer_by"].is_string()),
        (&json!("HELD"), &json!(2), true),
        "and moves up like all"
    );
    audited(&app);
}

/// Nothing is left at all.
#[test]
fn who_confirms_too_late_is_told_that_all_is_taken() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[1]), "waiting_most": 1}));
    book_all(&app, &code, 2);
    let all = bookings(&officer, &code);
    let id = |n: usize| all[n]["id"].as_str().unwrap();
    let officer = a_minute_too_late(&app, 1);
    officer.post(&at(&code, &format!("/bookings/{}/confirmation", id(1))), Value::Null, 200);
    assert_eq!(book(&app, &code, "Người Mới", "0987654321", None), "WAITING");
    let refused = press(&app, &page_of(&all[0]), "act=COME");
    assert_eq!((refused.status, refused.body.contains("danh sách chờ cũng đã đầy")), (409, true), "{}", refused.body);
    let said = officer.post(&at(&code, &format!("/bookings/{}/confirmation", id(0))), Value::Null, 409);
    assert!(said["detail"].as_str().unwrap().contains("hết chỗ"), "{said}");
    assert_eq!(states(&officer, &code), ["CANCELLED", "BOOKED", "WAITING"]);
    audited(&app);
}

/// Their own time is another's, and another has a place: it is offered, and taken by choosing it.
#[test]
fn who_confirms_too_late_chooses_another_time() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[1, 1]), "waiting_most": 1}));
    book_all(&app, &code, 3);
    let all = bookings(&officer, &code);
    let pages: Vec<String> = all.iter().map(page_of).collect();
    assert_eq!(press(&app, &pages[1], "act=COME").status, 303);
    let officer = a_minute_too_late(&app, 1);
    assert_eq!(states(&officer, &code), ["CANCELLED", "BOOKED", "HELD"]);
    assert_eq!(press(&app, &pages[1], "act=GIVE_UP&sure=1").status, 200);
    let refused = press(&app, &pages[0], "act=COME");
    assert_eq!((refused.status, refused.body.contains("Giờ khác còn chỗ")), (409, true), "{}", refused.body);
    assert!(refused.body.contains("<option value=\"2\">09:00–09:30</option>"), "{}", refused.body);
    let id = all[0]["id"].as_str().unwrap();
    officer.post(&at(&code, &format!("/bookings/{id}/confirmation")), Value::Null, 409);
    assert_eq!(press(&app, &pages[0], "act=SLOT&slot=9").status, 409, "there is no such slot");
    assert_eq!(press(&app, &pages[0], "act=SLOT&slot=2").status, 303);
    let shown = &bookings(&officer, &code)[0];
    assert_eq!((&shown["state"], &shown["slot"]), (&json!("BOOKED"), &json!(2)));
    audited(&app);
}

#[test]
fn who_booked_anew_has_the_new_booking() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[2])}));
    book_all(&app, &code, 1);
    let page = page_of(&bookings(&officer, &code)[0]);
    let officer = a_minute_too_late(&app, 1);
    book_all(&app, &code, 1);
    let refused = press(&app, &page, "act=COME");
    assert_eq!((refused.status, refused.body.contains("đã đặt chỗ lại")), (409, true), "{}", refused.body);
    assert_eq!(press(&app, &page, "act=GIVE_UP&sure=1").status, 200, "there is nothing to give up");
    assert_eq!(states(&officer, &code), ["CANCELLED", "HELD"]);
}

/// Everybody says so at once, a second too late, while the waiting list moves up: no place is given twice.
#[test]
fn late_confirmations_cross_those_who_move_up() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[2, 3]), "waiting_most": 7}));
    book_all(&app, &code, 9);
    let pages: Vec<String> = bookings(&officer, &code).iter().map(page_of).collect();
    let officer = a_second_too_late(&app);
    std::thread::scope(|scope| {
        for page in &pages {
            let app = &app;
            scope.spawn(move || {
                let status = press(app, page, "act=COME").status;
                assert!([303, 409].contains(&status), "{status}");
            });
        }
    });
    let shown = officer.get(&at(&code, ""), 200);
    assert_eq!(shown["taken"], 5, "{shown}");
    let all = states(&officer, &code);
    assert_eq!(all.iter().filter(|state| *state == "HELD" || *state == "BOOKED").count(), 5, "{all:?}");
    assert!(shown["waiting"].as_i64().unwrap() <= 7, "{shown}");
    audited(&app);
}

/// Hùng and Hưng share their mother's telephone; who types without marks is one of them.
#[test]
fn two_names_with_one_telephone_are_compared_with_their_marks() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": slots(&[9])}));
    for name in ["Trần Văn Hùng", "Trần Văn Hưng", "TRẦN VĂN HÙNG", "tran van hung", "Trần Văn Hưng"] {
        assert_eq!(book(&app, &code, name, "0912345678", None), "HELD");
    }
    let names = |all: &[Value]| all.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let all = bookings(&officer, &code);
    assert_eq!(names(&all), ["Trần Văn Hùng", "Trần Văn Hưng"]);
    assert!(all.iter().all(|one| one["namesakes"] == 0), "{all:?}");
    let by_telephone = |name: &str| json!({"id": Uuid::new_v4(), "name": name, "contact": "0912345678"});
    officer.post(&at(&code, "/bookings"), by_telephone("trần văn hưng"), 409);
    officer.post(&at(&code, "/bookings"), by_telephone("Tran Van Hung"), 409);
    officer.post(&at(&code, "/bookings"), by_telephone("Trần Văn Hứng"), 201);
    // Typed without marks first, it is whoever comes later with that number.
    book(&app, &code, "le thi hoa", "0987654321", None);
    book(&app, &code, "Lê Thị Hoà", "0987654321", None);
    assert_eq!(names(&bookings(&officer, &code)), ["Trần Văn Hùng", "Trần Văn Hưng", "Trần Văn Hứng", "le thi hoa"]);
    let twice = "INSERT INTO booking (id, drive_id, slot, state, code, content, person_hash, name_hash, contact_hash, agreed_day, made_at)
        SELECT gen_random_uuid(), drive_id, slot, state, 'X', content, person_hash, name_hash, contact_hash, agreed_day, made_at FROM booking LIMIT 1";
    assert!(app.database.refuses(twice).contains("booking_once_key"));
    audited(&app);
}
