//! Call-outs: volunteers asked in waves, answers by link and telephone, attendance, hours.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::errors;
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::look::{Raw, all, raw};
use crate::teams::{can, volunteer};

pub const CALL_OUTS: &str = "/api/v1/call-outs";

/// A call of Hàm Liêm for tonight, for one person.
pub fn called(app: &TestApp, change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "kind": "EMERGENCY", "event": "Lũ sông Quao",
        "place": "Trụ sở UBND xã", "why": "Cần người giúp dân vùng thấp.", "from": app.now() + Duration::hours(2),
        "until": app.now() + Duration::hours(10), "needed": 1, "wave_size": 2});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

pub fn at(call: &Value, rest: &str) -> String {
    format!("{CALL_OUTS}/{}{rest}", call["id"].as_str().unwrap())
}

/// Makes a call-out and asks one wave; the call-out as it stands then.
pub fn asked(app: &TestApp, officer: &Caller<'_>, change: Value) -> Value {
    let made = officer.post(CALL_OUTS, called(app, change), 201);
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)
}

pub fn list(officer: &Caller<'_>, call: &Value) -> Vec<Value> {
    all(officer, &at(call, "/asked"), 50)
}

/// The path of somebody's page.
pub fn page(asked: &Value) -> String {
    let url = asked["url"].as_str().unwrap();
    url[url.find("/huy-dong/").unwrap()..].to_owned()
}

/// Presses a button of the page. Where it sends people on to is not gone after.
pub fn press(app: &TestApp, page: &str, form: &str) -> Raw {
    let kind = "Content-Type: application/x-www-form-urlencoded";
    raw(app, &format!("POST {page} HTTP/1.1"), &format!("{kind}\r\nContent-Length: {}\r\n", form.len()), form.as_bytes())
}

/// So many volunteers of a chapter who can be called.
pub fn volunteers(officer: &Caller<'_>, chapter: &str, count: usize) -> Vec<Uuid> {
    let one = |n: usize| volunteer(officer, chapter, &format!("Nguyễn Văn Người{n}"), Some(&format!("09123{n:05}")));
    (0..count).map(|n| one(n).0).collect()
}

/// A volunteer who is this person comes when called, and was.
pub fn with_person(app: &TestApp, officer: &Caller<'_>, person: &str) {
    let of = app.database.text(&format!("SELECT id::text FROM volunteer WHERE person_id = '{person}'"));
    officer.patch(&format!("/api/v1/volunteers/{of}"), json!({"willing": true}), 200);
    let made = asked(app, officer, json!({"needed": 10, "wave_size": 50}));
    assert_ne!(made["asked"], 0);
}

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let consent = format!("/api/v1/volunteers/{}/call-out-consent", volunteers(&officer, "23095", 3)[0]);
    let agreed = json!({"agreed_on": app.today(), "how": "PHONE"});
    let made = asked(app, &officer, json!({"needed": 5}));
    let of = list(&officer, &made);
    let (one, other) = (of[0]["id"].as_str().unwrap(), of[1]["id"].as_str().unwrap());
    let over = asked(app, &officer, json!({"needed": 5}));
    let scan = json!({"scans": [{"id": Uuid::new_v4(), "code": of[0]["code"], "what": "CAME", "how": "QR", "at": app.now()}]});
    let answer = Some(json!({"answer": "NO"}));
    vec![
        call("POST /api/v1/call-outs", CALL_OUTS.to_owned(), Some(called(app, json!({}))), 404, 403, 201),
        call("GET /api/v1/call-outs", format!("{CALL_OUTS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/call-outs/{id}", at(&made, ""), None, 404, 200, 200),
        call("PATCH /api/v1/call-outs/{id}", at(&made, ""), Some(json!({"needed": 6})), 404, 403, 200),
        call("POST /api/v1/call-outs/{id}/waves", at(&made, "/waves"), Some(json!({"id": Uuid::now_v7()})), 404, 403, 201),
        call("GET /api/v1/call-outs/{id}/asked", at(&made, "/asked"), None, 404, 403, 200),
        call(
            "POST /api/v1/call-outs/{id}/asked/{asked}/answer",
            at(&made, &format!("/asked/{one}/answer")),
            answer,
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/call-outs/{id}/asked/{asked}/shift",
            at(&made, &format!("/asked/{one}/shift")),
            Some(json!({})),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/call-outs/{id}/asked/{asked}/revocation",
            at(&made, &format!("/asked/{other}/revocation")),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call("POST /api/v1/call-outs/{id}/attendance", at(&made, "/attendance"), Some(scan), 404, 403, 200),
        call("POST /api/v1/call-outs/{id}/ending", at(&over, "/ending"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/call-outs/{id}/closing", at(&over, "/closing"), Some(json!({})), 404, 403, 200),
        call("GET /api/v1/volunteers/{id}/call-out-consent", consent.clone(), None, 404, 403, 200),
        call("POST /api/v1/volunteers/{id}/call-out-consent", consent, Some(agreed), 404, 403, 200),
    ]
}

/// Fifty call-outs of Hàm Liêm, and one that asked fifty people; the path of its list.
pub fn fill(app: &TestApp) -> String {
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 52);
    for _ in 0..51 {
        officer.post(CALL_OUTS, called(app, json!({})), 201);
    }
    let made = asked(app, &officer, json!({"needed": 10, "wave_size": 52}));
    at(&made, "/asked")
}

fn yes(officer: &Caller<'_>, call: &Value) -> (i64, bool) {
    let shown = officer.get(&at(call, ""), 200);
    (shown["yes"].as_i64().unwrap(), shown.get("enough_at").is_some())
}

/// The story: called by skill, answered by link and by telephone, seen at the place, hours entered once, a note.
#[test]
fn the_river_rises() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let able = volunteers(&officer, "23095", 4);
    let (_, unable) = volunteer(&officer, "23095", "Lê Không Biết Bơi", None);
    able.iter().for_each(|one| can(&app, *one, "SWIMMING"));
    let body = called(&app, json!({"needed": 2, "wave_size": 3, "skills": ["SWIMMING"]}));
    let made = officer.post(CALL_OUTS, body.clone(), 201);
    officer.post(CALL_OUTS, body, 200);
    assert_eq!((&made["state"], &made["asked"]), (&json!("OPEN"), &json!(0)));
    let wave = json!({"id": Uuid::now_v7()});
    let first = officer.post(&at(&made, "/waves"), wave.clone(), 201);
    assert_eq!((&first["asked"], &first["waves"][0]["asked"]), (&json!(3), &json!(3)));
    assert_eq!(officer.post(&at(&made, "/waves"), wave, 200)["asked"], 3, "sent again, nobody is asked");

    let people = list(&officer, &made);
    assert!(people.iter().all(|one| one["person"] != unable && one["by_message"] == false && one["call"].is_string()));
    // One by the link, without logging in; one by telephone.
    let answered = press(&app, &page(&people[0]), "answer=YES&minutes=30");
    assert_eq!((answered.status, answered.head.contains("?da-ghi")), (303, true), "{}", answered.head);
    assert_eq!(yes(&officer, &made), (1, false));
    let one = people[1]["id"].as_str().unwrap();
    let heard = json!({"answer": "YES", "arrives_at": app.now() + Duration::minutes(20)});
    let shown = officer.post(&at(&made, &format!("/asked/{one}/answer")), heard.clone(), 200);
    assert_eq!((&shown["answer"], shown["answers"][0]["heard_by"].is_string()), (&json!("YES"), true));
    officer.post(&at(&made, &format!("/asked/{one}/answer")), heard, 200);
    assert_eq!(yes(&officer, &made), (2, true), "enough");
    // Whoever has not answered is told so, by the page, and by a message where there is a way.
    assert!(app.anonymous().get_text(&page(&people[2]), 200).contains("Đã đủ người"));
    // Somebody changes their mind: it is not enough any more.
    press(&app, &page(&people[0]), "answer=NO");
    assert_eq!(yes(&officer, &made), (1, false));
    press(&app, &page(&people[0]), "answer=YES&minutes=60");
    assert_eq!(yes(&officer, &made), (2, true));
    let kept = &list(&officer, &made)[0];
    assert_eq!(kept["answers"].as_array().unwrap().len(), 3, "every answer is kept");

    // At the place: a code, the list, the same again, out of order.
    app.clock.advance(Duration::hours(3));
    let officer = app.officer_of("23095");
    let seen = |what: &str, who: (&str, &Value), minutes: i64| {
        let mut scan = json!({"id": Uuid::new_v4(), "what": what, "how": "QR", "at": app.now() - Duration::minutes(minutes)});
        scan[who.0] = who.1.clone();
        scan
    };
    let (code, id) = (("code", &people[0]["code"]), ("asked", &people[1]["id"]));
    let nobody = json!("XXXXXXXX");
    let scans = [seen("LEFT", code, 10), seen("CAME", code, 100), seen("CAME", id, 90), seen("CAME", ("code", &nobody), 5)];
    let told = officer.post(&at(&made, "/attendance"), json!({"scans": scans}), 200);
    let outcomes = |told: &Value| -> Vec<String> {
        told["scans"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(outcomes(&told), ["RECORDED", "RECORDED", "RECORDED", "NO_SUCH_CODE"]);
    assert_eq!(told["scans"][0]["first_name"], list(&officer, &made)[0]["first_name"]);
    let again = officer.post(&at(&made, "/attendance"), json!({"scans": scans}), 200);
    assert_eq!(outcomes(&again), ["KNOWN", "KNOWN", "KNOWN", "NO_SUCH_CODE"]);

    officer.post(&at(&made, "/closing"), json!({}), 409);
    officer.post(&at(&made, "/ending"), Value::Null, 200);
    officer.post(&at(&made, "/attendance"), json!({"scans": [seen("LEFT", id, 1)]}), 200);
    let note = json!({"note": "Đưa được 14 hộ đi tránh lũ."});
    let closed = officer.post(&at(&made, "/closing"), note.clone(), 200);
    assert_eq!((&closed["hours_entered"], &closed["hours_not_entered"]), (&json!(2), &json!(0)));
    assert_eq!((&closed["call_out"]["came"], &closed["call_out"]["note"]), (&json!(2), &note["note"]));
    officer.post(&at(&made, "/closing"), note, 200);
    let sum = "SELECT count(*) * 1000 + sum(extract(epoch FROM ends_at - starts_at) / 60)::int8 FROM volunteer_hours";
    assert_eq!(app.database.number(sum), 2 * 1_000 + 90 + 89, "once, and to the minute");
    // Who came are numbers from now on.
    let after = &list(&officer, &made)[0];
    assert!(["first_name", "call", "sms", "url", "person"].iter().all(|field| after.get(*field).is_none()), "{after}");
    assert!(app.staff(Role::Inspector, "68").get(&at(&made, ""), 200).get("note").is_none());
    crate::committees::audit(&app);
}

#[test]
fn what_is_wrong_with_a_call_is_said_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let now = app.now();
    let shift = json!({"id": Uuid::nil(), "from": now, "until": now, "needed": 0});
    let wrong = called(
        &app,
        json!({"event": "", "until": now - Duration::hours(1), "needed": 0, "wave_size": 10_001, "wave_minutes": 4, "shifts": [shift]}),
    );
    let said: BTreeSet<String> = errors(&officer.post(CALL_OUTS, wrong, 422)).into_iter().map(|error| error.0).collect();
    let expected =
        ["/event", "/needed", "/shifts/0/id", "/shifts/0/needed", "/shifts/0/until", "/until", "/wave_minutes", "/wave_size"];
    assert_eq!(said, expected.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<String>>());
    officer.post(CALL_OUTS, called(&app, json!({"skills": ["FLYING"]})), 422);
    officer.post(CALL_OUTS, called(&app, json!({"team": Uuid::now_v7()})), 404);
    let made = officer.post(CALL_OUTS, called(&app, json!({})), 201);
    officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7(), "ask": 11}), 422);
    assert_eq!(officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201)["asked"], 0, "there is nobody");
    let stale = officer.with("if-match", "\"7\"");
    stale.patch(&at(&made, ""), json!({"needed": 3}), 409);
    let changed = officer.with("if-match", "\"1\"").patch(&at(&made, ""), json!({"needed": 3, "wave_minutes": 30}), 200);
    assert_eq!((&changed["needed"], &changed["version"]), (&json!(3), &json!(2)));
}

#[test]
fn at_night_nobody_is_asked_but_for_a_reason_that_is_written_down() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 2);
    let made = officer.post(CALL_OUTS, called(&app, json!({"until": app.now() + Duration::days(1)})), 201);
    // Half past nine in the evening, in Vietnam.
    app.clock.advance("2026-11-22T14:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    let officer = app.officer_of("23095");
    let refused = officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 409);
    assert!(refused["detail"].as_str().unwrap().contains("06:00 ngày 23/11"), "{refused}");
    let reason = "Nước lên nhanh, phải sơ tán trong đêm.";
    let shown = officer.post(&at(&made, "/waves"), json!({"id": Uuid::now_v7(), "quiet_reason": reason}), 201);
    assert_eq!((&shown["asked"], &shown["waves"][0]["quiet_reason"]), (&json!(2), &json!(reason)));
}

#[test]
fn nobody_is_asked_twice_nor_too_often_nor_after_they_said_so() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 3);
    let first = asked(&app, &officer, json!({"needed": 5}));
    let second = officer.post(&at(&first, "/waves"), json!({"id": Uuid::now_v7()}), 201);
    assert_eq!(second["asked"], 3, "two, then the third, and nobody twice");
    assert_eq!(officer.post(&at(&first, "/waves"), json!({"id": Uuid::now_v7()}), 201)["asked"], 3);
    // Stop: it takes two, and holds for good.
    let people = list(&officer, &first);
    assert_eq!(press(&app, &page(&people[0]), "answer=STOP").status, 422);
    assert_eq!(press(&app, &page(&people[0]), "answer=STOP&sure=1").status, 303);
    let asks = |change: Value| -> BTreeSet<String> {
        let made = asked(&app, &officer, change);
        list(&officer, &made).iter().map(|one| one["person"].as_str().unwrap().to_owned()).collect()
    };
    let everybody = json!({"needed": 5, "wave_size": 10});
    for _ in 0..3 {
        let reached = asks(everybody.clone());
        assert_eq!((reached.len(), reached.contains(people[0]["person"].as_str().unwrap())), (2, false));
    }
    // Four times a month, and no more, by the rule of the day.
    assert_eq!(asks(everybody.clone()), BTreeSet::new());
    app.clock.advance(Duration::days(31));
    let officer = app.officer_of("23095");
    assert_eq!(list(&officer, &asked(&app, &officer, everybody)).len(), 2, "stopped for good, asked again next month");
}

/// The province calls over its communes: those whom it asks have a first name, and are nobody's register.
#[test]
fn a_province_sees_a_first_name_of_those_it_asked_and_nothing_of_the_others() {
    let app = TestApp::start();
    let (ham_liem, ham_thuan) = (app.officer_of("23095"), app.officer_of("23059"));
    volunteer(&ham_liem, "23095", "Nguyễn Thị Quỳnhxqz", Some("0912345678"));
    volunteer(&ham_thuan, "23059", "Trần Văn Namxqz", Some("0912345679"));
    // The same woman, known to both.
    volunteer(&ham_thuan, "23059", "Nguyễn Thị Quỳnhxqz", Some("0912345678"));
    let province = app.officer_of("68");
    let made = asked(&app, &province, json!({"chapter": "68", "needed": 3, "wave_size": 3}));
    assert_eq!(made["asked"], 2, "who is known to two chapters is asked once");
    let people = list(&province, &made);
    let shown = json!(people).to_string();
    assert!(people.iter().all(|one| one.get("person").is_none() && one["call"].is_string()), "{shown}");
    assert!(shown.contains("Quỳnhxqz") && !shown.contains("Nguyễn Thị") && !shown.contains("Trần"), "{shown}");
    // Each chapter reads in its own trail that its volunteers were asked.
    let trail = "SELECT count(DISTINCT chapter_id) FROM audit_event WHERE action = 'CALL_OUT_ASKED'";
    let chapters: BTreeSet<&str> = people.iter().map(|one| one["chapter"].as_str().unwrap()).collect();
    assert_eq!(app.database.number(trail), i64::try_from(chapters.len()).unwrap() + 1, "theirs and its own");
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'CALL_OUT_ASKED_READ'"), 1);
    // Neighbours and those below see nothing of it; inspectors numbers.
    ham_liem.get(&at(&made, ""), 404);
    app.staff(Role::Inspector, "68").get(&at(&made, "/asked"), 403);
    // The hours are those of the commune's volunteers, entered by who called them.
    let at_the_place = app.now() - Duration::hours(1);
    let scan = json!({"id": Uuid::new_v4(), "code": people[0]["code"], "what": "CAME", "how": "QR", "at": at_the_place});
    province.post(&at(&made, "/attendance"), json!({"scans": [scan]}), 200);
    province.post(&at(&made, "/ending"), Value::Null, 200);
    assert_eq!(province.post(&at(&made, "/closing"), json!({}), 200)["hours_entered"], 1);
    crate::committees::audit(&app);
}
