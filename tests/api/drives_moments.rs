//! Blood drives in their bad moments: the last place many times, a cancellation that crosses a promotion or a reminder, one person under two
//! numbers and two under one, midnight in Vietnam, links that are scanned, used twice and over, a flood, a restart, an erasure.

use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use serde_json::{Value, json};
use so_nhan_ai::config::Web;
use uuid::Uuid;

use crate::courses::audited;
use crate::drives::{DRIVES, all_come, at, book, booking, bookings, drive, opened, page_of, press, public, states};
use crate::harness::{Caller, Database, TestApp, eventually};
use crate::personal::{REQUESTS, ask, nowhere, path};

/// Books as many people at once as there are threads; how the drive stood for each.
fn at_once(app: &TestApp, code: &str, people: usize, threads: usize) -> Vec<String> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut told = Vec::new();
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= people {
                            return told;
                        }
                        told.push(book(app, code, &format!("Người Zq {n}"), &format!("0912{n:06}"), None));
                    }
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn count(told: &[String], state: &str) -> usize {
    told.iter().filter(|one| *one == state).count()
}

/// Hundreds come in one moment: each place is given once, the waiting list is filled once, and the rest is told so.
#[test]
fn each_place_is_given_once_to_a_crowd() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let slots: Vec<Value> =
        (8..12).map(|hour| json!({"from": format!("{hour:02}:00"), "until": format!("{hour:02}:30"), "places": 3})).collect();
    let code = opened(&officer, json!({"slots": slots, "waiting_most": 5}));
    let told = at_once(&app, &code, 200, 20);
    assert_eq!((count(&told, "HELD"), count(&told, "WAITING"), count(&told, "FULL")), (12, 5, 183));
    let all = states(&officer, &code);
    assert_eq!((count(&all, "HELD"), count(&all, "WAITING"), all.len()), (12, 5, 17));
    let shown = officer.get(&at(&code, ""), 200);
    assert!(shown["slots"].as_array().unwrap().iter().all(|slot| slot["taken"] == 3), "{shown}");
    audited(&app);
}

#[test]
fn the_last_place_is_given_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for _ in 0..3 {
        let code = opened(&officer, json!({"slots": [{"from": "08:00", "until": "08:30", "places": 1}], "waiting_most": 0}));
        let told = at_once(&app, &code, 16, 16);
        assert_eq!((count(&told, "HELD"), count(&told, "FULL")), (1, 15), "{told:?}");
        assert_eq!(states(&officer, &code), ["HELD"]);
    }
}

/// People give their places up by their links and change slots while others book and wait: never too many, nobody waits for nothing.
#[test]
fn giving_up_and_moving_cross_those_who_move_up() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let slots = json!([{"from": "08:00", "until": "08:30", "places": 4}, {"from": "08:30", "until": "09:00", "places": 4}]);
    let code = opened(&officer, json!({"slots": slots, "waiting_most": 20}));
    at_once(&app, &code, 20, 10);
    let pages: Vec<(String, bool)> = bookings(&officer, &code).iter().map(|one| (page_of(one), one["state"] == "HELD")).collect();
    std::thread::scope(|scope| {
        for (n, (page, has_place)) in pages.iter().enumerate() {
            let app = &app;
            scope.spawn(move || {
                // Of those with a place one half gives it up and the other wants another; of those who wait some leave.
                let form = match (has_place, n % 2) {
                    (true, 0) => "act=GIVE_UP&sure=1",
                    (true, _) => "act=SLOT&slot=2",
                    (false, 0) => "act=COME",
                    (false, _) => "act=GIVE_UP&sure=1",
                };
                let status = press(app, page, form).status;
                assert!([200, 303, 409, 410].contains(&status), "{form}: {status}");
            });
        }
        let (app, code) = (&app, &code);
        scope.spawn(move || (0..5).for_each(|n| drop(book(app, code, &format!("Người Sau {n}"), &format!("0987{n:06}"), None))));
    });
    let shown = officer.get(&at(&code, ""), 200);
    let (taken, waiting) = (shown["taken"].as_i64().unwrap(), shown["waiting"].as_i64().unwrap());
    assert!(taken == 8 || waiting == 0, "{shown}");
    let all = states(&officer, &code);
    assert_eq!((count(&all, "HELD") + count(&all, "BOOKED")) as i64, taken);
    audited(&app);
}

/// The drive is called off at the moment at which everybody is reminded: whoever was reminded learns that it is off, and nobody is reminded
/// of it afterwards.
#[test]
fn a_drive_is_called_off_while_people_are_reminded() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let slots = json!([{"from": "08:00", "until": "11:30", "places": 150}]);
    let code = opened(&officer, json!({"slots": slots}));
    at_once(&app, &code, 130, 10);
    let messages =
        |sql: &str| app.database.number(&format!("SELECT count(*) FROM message WHERE purpose = 'BLOOD_DRIVE' AND {sql}"));
    eventually("everybody is told of their place", || messages("content IS NOT NULL") == 130);
    all_come(&app);
    // Whoever comes first, the reminder or the officer, waits for the drive.
    let mut other = app.database.connect();
    diesel::sql_query("BEGIN").execute(&mut other).unwrap();
    diesel::sql_query(format!("SELECT id FROM drive WHERE code = '{code}' FOR UPDATE")).execute(&mut other).unwrap();
    app.clock.advance(Duration::days(13) + Duration::hours(3));
    let officer = app.officer_of("23095");
    let locked = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    app.database.wait_until(locked);
    std::thread::scope(|scope| {
        let off = scope.spawn(|| officer.post(&at(&code, "/cancellation"), json!({"why": "WEATHER"}), 200));
        std::thread::sleep(std::time::Duration::from_millis(200));
        diesel::sql_query("COMMIT").execute(&mut other).unwrap();
        off.join().unwrap();
    });
    eventually("everybody is told that it is off", || messages("content IS NOT NULL") == 130);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(messages("content IS NOT NULL"), 130, "one message each, of the end");
    assert!(states(&officer, &code).iter().all(|state| state == "CANCELLED"));
    let list = officer.get("/api/v1/messages?chapter=23095&limit=200", 200);
    assert!(list["items"].as_array().unwrap().iter().all(|one| one["text"].as_str().unwrap().contains("đã hủy")), "{list}");
    audited(&app);
}

/// The morning before, everybody with a place is reminded once, with their link; a job that is killed after a part goes on with the rest.
#[test]
fn people_are_reminded_the_morning_before() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"waiting_most": 2, "slots": [{"from": "08:00", "until": "08:30", "places": 2}]}));
    for n in 0..3 {
        book(&app, &code, &format!("Người Zq {n}"), &format!("091234567{n}"), None);
    }
    eventually("all are told", || app.database.number("SELECT count(*) FROM message WHERE purpose = 'BLOOD_DRIVE'") == 3);
    all_come(&app);
    let reminders = || {
        let officer = app.officer_of("23095");
        let list = officer.get("/api/v1/messages?chapter=23095&limit=200", 200);
        let all = list["items"].as_array().unwrap().clone();
        all.into_iter().filter(|one| one["text"].as_str().unwrap().contains("Ngày mai")).collect::<Vec<_>>()
    };
    // 07:29 in Vietnam on the day before.
    app.clock.advance("2026-12-05T00:29:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    assert_eq!(reminders().len(), 0);
    app.clock.advance(Duration::minutes(2));
    eventually("they are reminded", || reminders().len() == 2);
    assert!(reminders().iter().all(|one| one["text"].as_str().unwrap().contains("/hien-mau/cho/")));
    assert_eq!(app.database.number("SELECT count(*) FROM booking WHERE reminded_of = '2026-12-06'"), 2);
}

/// Moved to another day: each is asked; who agrees keeps the place, who does not answer loses it the day before, and is told.
#[test]
fn a_drive_is_moved_with_the_consent_of_each() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({}));
    // The server is busy: what tells them that they booked runs after the drive was moved, and does not ask them twice.
    app.database.execute(
        "CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.due_at := NEW.due_at + interval '1 hour'; RETURN NEW; END $$;
         CREATE TRIGGER busy BEFORE INSERT ON job FOR EACH ROW WHEN (NEW.kind = 'TELL_BOOKED') EXECUTE FUNCTION busy()",
    );
    for n in 0..3 {
        book(&app, &code, &format!("Người Zq {n}"), &format!("091234567{n}"), None);
    }
    let pages: Vec<String> = bookings(&officer, &code).iter().map(page_of).collect();
    assert_eq!(press(&app, &pages[0], "act=COME").status, 303);
    app.database.execute("DROP TRIGGER busy ON job; DROP FUNCTION busy()");
    let tomorrow = app.today() + Duration::days(1);
    let near = officer.post(&at(&code, "/move"), json!({"day": tomorrow}), 422);
    assert_eq!(near["errors"][0]["pointer"], "/day");
    let moved = officer.post(&at(&code, "/move"), json!({"day": "2026-12-13"}), 200);
    assert_eq!((&moved["day"], &moved["moves"]), (&json!("2026-12-13"), &json!(1)));
    assert!(bookings(&officer, &code).iter().all(|one| one["agreed"] == false));
    let asked = || {
        let list = officer.get("/api/v1/messages?chapter=23095&limit=200", 200);
        list["items"].as_array().unwrap().iter().filter(|one| one["text"].as_str().unwrap().contains("dời sang")).count()
    };
    eventually("each is asked", || asked() == 3);
    app.database.execute("UPDATE job SET due_at = due_at - interval '1 hour' WHERE state = 'WAITING' AND kind = 'TELL_BOOKED'");
    let left = "SELECT count(*) FROM job WHERE kind = 'TELL_BOOKED' AND state <> 'DONE'";
    eventually("the server has caught up", || app.database.number(left) == 0);
    assert_eq!(asked(), 3);
    let page = app.anonymous().get_text(&pages[0], 200);
    assert!(page.contains("đã dời") && page.contains("13/12/2026"), "{page}");
    assert_eq!(press(&app, &pages[0], "act=COME").status, 303);
    assert_eq!(press(&app, &pages[1], "act=GIVE_UP&sure=1").status, 200);
    // Who books now is asked nothing.
    book(&app, &code, "Người Mới", "0912345679", None);
    assert_eq!(press(&app, &page_of(&bookings(&officer, &code)[3]), "act=COME").status, 303);
    app.clock.advance("2026-12-12T01:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    let officer = app.officer_of("23095");
    eventually("who did not answer loses the place", || {
        states(&officer, &code) == ["BOOKED", "CANCELLED", "CANCELLED", "BOOKED"]
    });
    let all = bookings(&officer, &code);
    assert_eq!((&all[1]["cancelled_how"], &all[2]["cancelled_how"]), (&json!("BY_LINK"), &json!("MOVED_AND_NOT_AGREED")));
    let told = || {
        let list = officer.get("/api/v1/messages?chapter=23095&limit=200", 200);
        list["items"].as_array().unwrap().iter().any(|one| one["text"].as_str().unwrap().contains("chưa trả lời"))
    };
    eventually("they are told", told);
    let calendar = app.anonymous().get_text("/api/v1/public/drives.ics", 200);
    assert!(calendar.contains("DTSTART:20261213T003000Z"), "{calendar}");
    audited(&app);
}

/// One person who books twice has one place, whatever marks are typed; the answer is the same as for a stranger. Two with one number are two.
#[test]
fn one_person_has_one_booking_and_two_with_one_telephone_have_two() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": [{"from": "08:00", "until": "09:00", "places": 10}]}));
    for name in ["Trần Thị Zqlan", "TRẦN THỊ ZQLAN", "tran thi zqlan"] {
        assert_eq!(book(&app, &code, name, "0912 345 678", None), "HELD", "known or not, the answer is the same");
    }
    assert_eq!(states(&officer, &code), ["HELD"]);
    assert_eq!(book(&app, &code, "Trần Văn Minh", "0912345678", None), "HELD");
    assert_eq!(book(&app, &code, "Trần Thị Zqlan", "0987654321", None), "HELD");
    let all = bookings(&officer, &code);
    assert_eq!(all.len(), 3);
    let alike: Vec<i64> = all.iter().map(|one| one["namesakes"].as_i64().unwrap()).collect();
    assert_eq!(alike, [1, 0, 1], "perhaps one person under two numbers");
    let again = json!({"id": Uuid::new_v4(), "name": "Trần Thị Zqlan", "contact": "0912345678"});
    officer.post(&at(&code, "/bookings"), again, 409);
    // A number books for a family and for no village; the answer is the same.
    for n in 0..8 {
        assert_eq!(book(&app, &code, &format!("Người Nhà {n}"), "0912345678", None), "HELD");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM booking"), 7);
    // Who gave up may come again.
    assert_eq!(press(&app, &page_of(&all[0]), "act=GIVE_UP&sure=1").status, 200);
    book(&app, &code, "Trần Thị Zqlan", "0912345678", None);
    assert_eq!(app.database.number("SELECT count(*) FROM booking WHERE state = 'HELD'"), 7, "she has a place again");
    audited(&app);
}

/// A day is a day in Vietnam: at a minute before midnight there people book for it, and see it.
#[test]
fn midnight_is_in_vietnam() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let slots = json!([{"from": "00:00", "until": "01:00", "places": 5}, {"from": "08:00", "until": "09:00", "places": 5}]);
    let code = opened(&officer, json!({"slots": slots}));
    let to = |moment: &str| app.clock.advance(moment.parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    to("2026-12-05T16:59:00Z");
    let officer = app.officer_of("23095");
    assert_eq!(book(&app, &code, "Người Một", "0912345671", Some(1)), "HELD");
    officer.post(&at(&code, "/beginning"), Value::Null, 409);
    to("2026-12-05T17:00:00Z");
    app.anonymous().post(&public(&code), booking("Người Hai", "0912345672", Some(1)), 422);
    assert_eq!(book(&app, &code, "Người Hai", "0912345672", None), "HELD");
    assert_eq!(bookings(&officer, &code)[1]["slot"], 2);
    let listed = |app: &TestApp| app.anonymous().get("/api/v1/public/drives", 200)["items"].as_array().unwrap().len();
    assert_eq!(listed(&app), 1, "still today in Vietnam");
    to("2026-12-06T16:59:00Z");
    let officer = app.officer_of("23095");
    app.anonymous().post(&public(&code), booking("Người Ba", "0912345673", None), 409);
    let link = page_of(&bookings(&officer, &code)[0]);
    assert_eq!(app.anonymous().send("GET", &link, None).status, 200);
    to("2026-12-06T17:00:00Z");
    assert_eq!(app.anonymous().send("GET", &link, None).status, 410, "the day is over");
    eventually("the list has it no more", || listed(&app) == 0);
}

/// What of bookings changes by links.
const BOOKED: &str = "SELECT coalesce(string_agg(b::text, ' ' ORDER BY b.id), '') FROM booking b";

#[test]
fn a_booking_opened_by_a_scanner_changes_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({}));
    book(&app, &code, "Phạm Thị Quỳnhxqz Hương", "0987654077", None);
    let link = page_of(&bookings(&officer, &code)[0]);
    let before = app.database.text(BOOKED);
    let shown = app.anonymous().send("GET", &link, None);
    assert_eq!((shown.status, shown.text.contains("Hương")), (200, true), "{}", shown.text);
    for secret in ["Quỳnhxqz", "Phạm", "0987654077", &link] {
        assert!(!shown.text.contains(secret), "{secret}: {}", shown.text);
    }
    for (header, sign) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("content-security-policy", "default-src 'none'"),
    ] {
        assert!(shown.header(header).unwrap().contains(sign), "{header}");
    }
    assert_eq!(app.anonymous().send("HEAD", &link, None).status, 200);
    app.anonymous().get_text(&format!("{link}?act=GIVE_UP&sure=1"), 200);
    assert_eq!(press(&app, &link, "act=GIVE_UP").status, 422, "not by a slip of the thumb");
    assert_eq!(press(&app, &link, "").status, 422);
    assert_eq!(app.database.text(BOOKED), before);
    let forged = format!("{}x", &link[..link.len() - 1]);
    let other = link[..link.len() - 3].to_owned();
    for nothing in [forged.as_str(), other.as_str(), "/hien-mau/cho/x"] {
        if nothing != link {
            assert_ne!(app.anonymous().send("GET", nothing, None).status, 200, "{nothing}");
            assert_ne!(press(&app, nothing, "act=COME").status, 303, "{nothing}");
        }
    }
    let english = app.anonymous().with("accept-language", "en").get_text(&link, 200);
    assert!(english.contains("I will come"), "{english}");
}

#[test]
fn a_booking_s_link_used_twice_and_after_the_end() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({}));
    for n in 0..3 {
        book(&app, &code, &format!("Người Zq {n}"), &format!("091234567{n}"), Some(1 + (n as i16) / 2));
    }
    let pages: Vec<String> = bookings(&officer, &code).iter().map(page_of).collect();
    for _ in 0..2 {
        assert_eq!(press(&app, &pages[0], "act=COME").status, 303);
        assert_eq!(press(&app, &pages[0], "act=SLOT&slot=2").status, 303);
    }
    assert_eq!((&bookings(&officer, &code)[0]["slot"], &bookings(&officer, &code)[0]["state"]), (&json!(2), &json!("BOOKED")));
    // The second slot is full now: who wants it is told so, and keeps theirs.
    let taken = press(&app, &pages[1], "act=SLOT&slot=2");
    assert_eq!((taken.status, taken.body.contains("vừa hết chỗ")), (409, true), "{}", taken.body);
    assert_eq!(bookings(&officer, &code)[1]["slot"], 1);
    assert_eq!(press(&app, &pages[1], "act=GIVE_UP&sure=1").status, 200);
    assert_eq!(press(&app, &pages[1], "act=GIVE_UP&sure=1").status, 410);
    assert_eq!(press(&app, &pages[1], "act=COME").status, 410, "what was given up does not come back");
    officer.post(&at(&code, "/cancellation"), json!({"why": "TOO_FEW"}), 200);
    for page in &pages {
        let (opened, pressed) = (app.anonymous().send("GET", page, None), press(&app, page, "act=COME"));
        assert_eq!((opened.status, pressed.status), (410, 410));
        assert!(!opened.text.contains("Người") && !pressed.body.contains("Zq"), "{}", opened.text);
    }
    let shown = officer.get(&at(&code, ""), 200);
    assert_eq!((&shown["taken"], &shown["state"]), (&json!(0), &json!("CANCELLED")));
    audited(&app);
}

/// A flood from one network is slowed down; others are not held up.
#[test]
fn a_flood_of_bookings_is_stopped_by_network() {
    let web = Web { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..Web::default() };
    let app = TestApp::start_with_web(Database::fresh(), web);
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": [{"from": "08:00", "until": "09:00", "places": 300}]}));
    let anybody = app.anonymous();
    let from = |address: &str, n: usize| {
        let body = serde_json::to_vec(&booking(&format!("Người Zq {n}"), &format!("09123{n:05}"), None)).unwrap();
        anybody.with("x-forwarded-for", address).send("POST", &public(&code), Some(body))
    };
    let refused = (0..200).map(|n| from("203.0.113.7", n)).find(|answer| answer.status != 202).unwrap();
    assert_eq!((refused.status, refused.header("retry-after").is_some()), (429, true), "{}", refused.text);
    assert_eq!(from("203.0.114.8", 900).status, 202);
    let booked = app.database.number("SELECT count(*) FROM booking");
    assert!((50..200).contains(&booked), "{booked}");
}

/// The server stops while people book: who was told has what they were told, and messages go on afterwards.
#[test]
fn bookings_outlast_a_restart() {
    let mut app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": [{"from": "08:00", "until": "09:00", "places": 300}]}));
    let told = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let (app, code, told) = (&app, &code, &told);
            scope.spawn(move || {
                for n in 0..20 {
                    book(app, code, &format!("Người Zq {thread} {n}"), &format!("0912{:06}", thread * 100 + n), None);
                    told.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    app.stop();
    let shared = app.shared.clone();
    let app = TestApp::start_with(app.database.take_over(), shared);
    assert_eq!(app.database.number("SELECT count(*) FROM booking WHERE state = 'HELD'"), told.load(Ordering::Relaxed) as i64);
    assert_eq!(app.database.number("SELECT taken FROM drive_slot"), told.load(Ordering::Relaxed) as i64);
    eventually("all are told", || {
        app.database.number("SELECT count(DISTINCT about) FROM message WHERE purpose = 'BLOOD_DRIVE'")
            == told.load(Ordering::Relaxed) as i64
    });
    audited(&app);
}

/// Nobody confirms: the place passes on after a day, and after thirty what was known is gone with the number. What is confirmed stays; long
/// after the drive it says no more whose it was.
#[test]
fn a_booking_that_nobody_confirms_is_erased_after_thirty_days() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"day": "2027-01-20", "slots": [{"from": "08:00", "until": "08:30", "places": 2}]}));
    book(&app, &code, "Người Zqmot", "0912345671", None);
    book(&app, &code, "Người Zqhai", "0912345672", None);
    let all = bookings(&officer, &code);
    assert_eq!(press(&app, &page_of(&all[1]), "act=COME").status, 303);
    app.clock.advance(Duration::days(20));
    let officer = app.officer_of("23095");
    eventually("the place passes on", || states(&officer, &code) == ["CANCELLED", "BOOKED"]);
    book(&app, &code, "Người Zqba", "0912345673", None);
    assert_eq!(states(&officer, &code), ["CANCELLED", "BOOKED", "HELD"]);
    app.clock.advance(Duration::days(9));
    let officer = app.officer_of("23095");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(bookings(&officer, &code)[0]["name"], "Người Zqmot", "on the last day it is known");
    app.clock.advance(Duration::days(2));
    let officer = app.officer_of("23095");
    eventually("it is erased", || bookings(&officer, &code)[0].get("name").is_none());
    nowhere(&app, &["Zqmot", "0912345671"]);
    assert_eq!(app.anonymous().send("GET", &page_of(&all[0]), None).status, 410);
    app.clock.advance(Duration::days(90 + 35));
    eventually("long after the drive nobody's", || {
        app.database.number("SELECT count(*) FROM booking WHERE content IS NOT NULL") == 0
    });
    nowhere(&app, &["Zqhai", "0912345672", "Zqba"]);
    assert_eq!(app.database.number("SELECT count(*) FROM booking WHERE state = 'BOOKED'"), 1, "that somebody came is counted");
}

fn erased(chair: &Caller<'_>, officer: &Caller<'_>, app: &TestApp, party: &Value) {
    let erase = ask(app, "ERASE", json!({ "party": party }));
    officer.post(REQUESTS, erase.clone(), 201);
    chair.post(&path(&erase, "/approval"), Value::Null, 200);
}

/// Somebody whom the chapter knows asks for a copy, and to be erased: their booking is in the one, and goes with the other; who waits moves up.
#[test]
fn a_booking_is_in_the_copy_and_goes_with_its_person() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let person = crate::persons::record(&officer, json!({"name": "Nguyễn Văn Zqbinh", "phone": "0912345678"}));
    let code = opened(&officer, json!({"slots": [{"from": "08:00", "until": "08:30", "places": 1}]}));
    book(&app, &code, "Nguyễn Văn Zqbinh", "0912345678", None);
    book(&app, &code, "Người Chờ", "0912345699", None);
    let shown = officer.get(&format!("/api/v1/persons/{person}"), 200);
    let copy = officer.get(&format!("/api/v1/persons/{person}/personal-data"), 200).to_string();
    assert!(copy.contains(&code) && copy.contains("BOOKING"), "{copy}");
    erased(&chair, &officer, &app, &shown["party"]);
    assert_eq!(states(&officer, &code), ["CANCELLED", "HELD"]);
    nowhere(&app, &["Zqbinh", "0912345678"]);
    audited(&app);
}

/// What is sent twice is done once, in whatever order; and what another drive's officer names is not found.
#[test]
fn an_officer_books_by_telephone_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": [{"from": "08:00", "until": "08:30", "places": 1}], "waiting_most": 1}));
    let other = opened(&officer, json!({}));
    let body = |n: usize| json!({"id": Uuid::new_v4(), "name": format!("Người Zq {n}"), "contact": format!("091234567{n}")});
    let first = body(1);
    let made = officer.post(&at(&code, "/bookings"), first.clone(), 201);
    assert_eq!((&made["state"], &made["slot"]), (&json!("BOOKED"), &json!(1)));
    assert_eq!(officer.post(&at(&code, "/bookings"), first.clone(), 200)["id"], made["id"]);
    let mut changed = first;
    changed["name"] = json!("Người Khác");
    officer.post(&at(&code, "/bookings"), changed, 422);
    assert_eq!(officer.post(&at(&code, "/bookings"), body(2), 201)["state"], "WAITING");
    officer.post(&at(&code, "/bookings"), body(3), 409);
    let id = made["id"].as_str().unwrap();
    officer.post(&at(&other, &format!("/bookings/{id}/cancellation")), Value::Null, 404);
    officer.post(&at(&code, &format!("/bookings/{id}/slot")), json!({"slot": 9}), 422);
    let wrong = officer.post(&at(&code, "/bookings"), json!({"id": Uuid::now_v7(), "name": "", "birth": "1850"}), 422);
    let pointers: Vec<&str> = wrong["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/id", "/name", "/contact", "/birth"]);
    for _ in 0..2 {
        officer.post(&at(&code, &format!("/bookings/{id}/cancellation")), Value::Null, 200);
    }
    assert_eq!(states(&officer, &code), ["CANCELLED", "HELD"]);
    // One that is over is moved no more, and one that has begun takes no bookings.
    let today: NaiveDate = app.today();
    let on = opened(&officer, json!({"day": today}));
    officer.post(&at(&on, "/beginning"), Value::Null, 200);
    officer.post(&at(&on, "/beginning"), Value::Null, 200);
    officer.post(&at(&on, "/move"), json!({"day": "2026-12-20"}), 409);
    officer.post(&at(&on, "/cancellation"), json!({"why": "OTHER"}), 409);
    officer.post(DRIVES, drive(json!({"day": "2029-12-06"})), 422);
    audited(&app);
}
