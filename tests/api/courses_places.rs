//! Places of courses: the last one, the waiting list, giving one up by a link; courses that are moved or called off.

use chrono::Duration;
use serde_json::{Value, json};

use crate::courses::{COURSES, ENROLMENTS, audited, course, enrolled, entry, opened};
use crate::harness::{Caller, TestApp, eventually};
use crate::persons::record;
use crate::portal::page;

fn states(officer: &Caller<'_>, course: &str) -> Vec<(i64, String)> {
    let list = officer.get(&format!("{COURSES}/{course}/enrolments?limit=200"), 200);
    let row = |row: &Value| (row["turn"].as_i64().unwrap(), row["state"].as_str().unwrap().to_owned());
    list["items"].as_array().unwrap().iter().map(row).collect()
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
        list["items"].as_array().unwrap().iter().any(|message| message["text"].as_str().unwrap_or_default().contains(what))
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
    let all = listed();
    let shown = &all[0];
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
        list["items"].as_array().unwrap().iter().any(|message| message["text"].as_str().unwrap_or_default().contains(what))
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
