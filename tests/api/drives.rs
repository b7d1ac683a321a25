//! Blood drives: planned, opened, booked, held, closed; what officers see, and what the public sees.

use chrono::{Days, Duration};
use serde_json::{Value, json};
use uuid::Uuid;

pub use crate::call_outs::press;
use crate::courses::audited;
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp, eventually};
use crate::successions;

pub const DRIVES: &str = "/api/v1/drives";

/// A drive of Hàm Liêm as a client sends it: two slots of two places, two weeks from the first day; `change` adds, overrides or takes away.
pub fn drive(change: Value) -> Value {
    let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "centre": "BINH_THUAN", "title": "Ngày hội hiến máu", "day": "2026-12-06",
        "site": "Nhà văn hóa xã Hàm Liêm", "waiting_most": 3, "slots": [{"from": "07:30", "until": "08:00", "places": 2},
            {"from": "08:00", "until": "08:30", "places": 2}]});
    for (key, value) in change.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// One that is being planned; its code.
pub fn planned(officer: &Caller<'_>, change: Value) -> String {
    officer.post(DRIVES, drive(change), 201)["code"].as_str().unwrap().to_owned()
}

/// One that people can book; its code.
pub fn opened(officer: &Caller<'_>, change: Value) -> String {
    let code = planned(officer, change);
    assert_eq!(officer.post(&at(&code, "/opening"), Value::Null, 200)["state"], "OPEN");
    code
}

pub fn at(code: &str, rest: &str) -> String {
    format!("{DRIVES}/{code}{rest}")
}

pub fn public(code: &str) -> String {
    format!("/api/v1/public/drives/{code}/bookings")
}

/// What somebody fills in.
pub fn booking(name: &str, contact: &str, slot: Option<i16>) -> Value {
    json!({"name": name, "contact": contact, "slot": slot, "consent": 1})
}

/// Books as somebody does on the public page; how the drive stood for them.
pub fn book(app: &TestApp, code: &str, name: &str, contact: &str, slot: Option<i16>) -> String {
    app.anonymous().post(&public(code), booking(name, contact, slot), 202)["state"].as_str().unwrap().to_owned()
}

/// All bookings of a drive, in the order in which they came.
pub fn bookings(officer: &Caller<'_>, code: &str) -> Vec<Value> {
    officer.get(&at(code, "/bookings?limit=200"), 200)["items"].as_array().unwrap().clone()
}

/// How each stands, in their order.
pub fn states(officer: &Caller<'_>, code: &str) -> Vec<String> {
    bookings(officer, code).iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

/// Everybody who has a place says that they come.
pub fn all_come(app: &TestApp) {
    app.database.execute("UPDATE booking SET state = 'BOOKED', confirmed_at = made_at, answer_by = NULL WHERE state = 'HELD'");
}

/// The path of a booking's own page.
pub fn page_of(booking: &Value) -> String {
    let link = booking["link"].as_str().unwrap();
    link[link.find("/hien-mau/cho/").unwrap()..].to_owned()
}

/// A caller's own booking, as an officer enters it.
fn by_telephone(change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "name": "Lê Thị Hoa", "contact": "0912345670"});
    for (key, value) in change.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let open: Vec<String> = (0..4).map(|_| opened(&officer, json!({"waiting_most": 30}))).collect();
    let plan = planned(&officer, json!({}));
    let of_today = opened(&officer, json!({"day": app.today()}));
    let over = opened(&officer, json!({"day": app.today()}));
    for state in ["RUNNING", "RECONCILED"] {
        app.database.execute(&format!("UPDATE drive SET state = '{state}' WHERE code = '{over}'"));
    }
    let ids: Vec<String> = (0..3)
        .map(|n| {
            let body = by_telephone(json!({"name": format!("Người Đặt {n}")}));
            officer.post(&at(&open[0], "/bookings"), body, 201)["id"].as_str().unwrap().to_owned()
        })
        .collect();
    let of = |n: usize, rest: &str| at(&open[0], &format!("/bookings/{}{rest}", ids[n]));
    let nothing = || Some(Value::Null);
    vec![
        call("GET /api/v1/blood-centres", "/api/v1/blood-centres".to_owned(), None, 200, 200, 200),
        call("POST /api/v1/drives", DRIVES.to_owned(), Some(drive(json!({}))), 404, 403, 201),
        call("GET /api/v1/drives", format!("{DRIVES}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/drives/{code}", at(&open[0], ""), None, 404, 200, 200),
        call("PATCH /api/v1/drives/{code}", at(&open[0], ""), Some(json!({"title": "Chủ nhật đỏ"})), 404, 403, 200),
        call("POST /api/v1/drives/{code}/opening", at(&plan, "/opening"), nothing(), 404, 403, 200),
        call("POST /api/v1/drives/{code}/move", at(&open[1], "/move"), Some(json!({"day": "2026-12-20"})), 404, 403, 200),
        call(
            "POST /api/v1/drives/{code}/cancellation",
            at(&open[2], "/cancellation"),
            Some(json!({"why": "WEATHER"})),
            404,
            403,
            200,
        ),
        call("POST /api/v1/drives/{code}/beginning", at(&of_today, "/beginning"), nothing(), 404, 403, 200),
        call("POST /api/v1/drives/{code}/closing", at(&over, "/closing"), nothing(), 404, 403, 200),
        call("POST /api/v1/drives/{code}/bookings", at(&open[3], "/bookings"), Some(by_telephone(json!({}))), 404, 403, 201),
        call("GET /api/v1/drives/{code}/bookings", at(&open[0], "/bookings"), None, 404, 403, 200),
        call("POST /api/v1/drives/{code}/bookings/{id}/confirmation", of(0, "/confirmation"), nothing(), 404, 403, 200),
        call("POST /api/v1/drives/{code}/bookings/{id}/slot", of(1, "/slot"), Some(json!({"slot": 2})), 404, 403, 200),
        call("POST /api/v1/drives/{code}/bookings/{id}/cancellation", of(2, "/cancellation"), nothing(), 404, 403, 200),
    ]
}

/// Fills the lists of drives, and the bookings of one, whose path it returns.
pub fn fill(app: &TestApp, most: usize) -> String {
    let officer = app.officer_of("23095");
    let slots = json!([{"from": "07:00", "until": "11:00", "places": 200}]);
    let codes: Vec<String> = (0..most).map(|_| opened(&officer, json!({"slots": slots}))).collect();
    for n in 0..most {
        book(app, &codes[0], &format!("Người Đặt {n}"), &format!("09123457{n:02}"), None);
    }
    at(&codes[0], "/bookings")
}

/// Sends the examples of the document.
pub fn examples(story: &mut crate::examples::Story, app: &TestApp) {
    let officer = app.officer_of("23095");
    let code = |made: &Value| made["code"].as_str().unwrap().to_owned();
    let first = code(&story.post(&officer, "/drives", "plan_drive", "two_slots", 201));
    let off = code(&story.post(&officer, "/drives", "plan_drive", "called_off", 201));
    let body = story.body("change_drive", "more_places", Value::Null);
    officer.patch(&at(&first, ""), body, 200);
    for one in [&first, &off] {
        officer.post(&at(one, "/opening"), Value::Null, 200);
    }
    story.post(&app.anonymous(), &format!("/public/drives/{first}/bookings"), "book_drive", "in_a_slot", 202);
    let made = story.post(&officer, &format!("/drives/{first}/bookings"), "book_for_somebody", "by_telephone", 201);
    let id = made["id"].as_str().unwrap();
    story.post(&officer, &format!("/drives/{first}/bookings/{id}/slot"), "change_booking_slot", "later", 200);
    story.post(&officer, &format!("/drives/{first}/move"), "move_drive", "a_week_later", 200);
    story.post(&officer, &format!("/drives/{off}/cancellation"), "call_drive_off", "storm", 200);
}

/// The story from planning to the day: planned, opened, found, booked with three fields, confirmed by the link, begun.
#[test]
fn a_drive_is_planned_found_booked_and_held() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let body = drive(json!({"equipment": [{"what": "Giường gấp", "quantity": 4}]}));
    let made = officer.post(DRIVES, body.clone(), 201);
    let code = made["code"].as_str().unwrap();
    assert_eq!((code, &made["places"], &made["taken"], &made["state"]), ("68-HM-0001", &json!(4), &json!(0), &json!("PLANNED")));
    assert_eq!(officer.post(DRIVES, body, 200)["code"], code, "sent again it is planned once");
    // Nobody but who plans it knows of it yet.
    app.anonymous().get(&format!("/api/v1/public/drives/{code}"), 404);
    assert_eq!(app.anonymous().get("/api/v1/public/drives", 200)["items"], json!([]));
    app.anonymous().post(&public(code), booking("Nguyễn Văn Bình", "0912345678", None), 404);
    officer.post(&at(code, "/opening"), Value::Null, 200);
    let shown = app.anonymous().get("/api/v1/public/drives?chapter=68", 200);
    let one = &shown["items"][0];
    assert_eq!((&one["code"], &one["full"], &one["slots"][0]["left"]), (&json!(code), &json!(false), &json!("FEW")));
    // However it is typed.
    assert_eq!(app.anonymous().get("/api/v1/public/drives/68hm1", 200)["code"], code);

    assert_eq!(book(&app, code, "Nguyễn Văn Zqbinh", "0912 345 678", Some(2)), "HELD");
    let all = bookings(&officer, code);
    assert_eq!(
        (&all[0]["state"], &all[0]["slot"], &all[0]["name"], &all[0]["contact_link"]),
        (&json!("HELD"), &json!(2), &json!("Nguyễn Văn Zqbinh"), &json!("tel:0912345678"))
    );
    // Without mail and gateway an officer sends the message by hand; its link is the one in the list.
    let mut text = String::new();
    eventually("a message waits", || {
        let list = officer.get("/api/v1/messages?chapter=23095", 200);
        text = list["items"].as_array().unwrap().last().map(|one| one["text"].as_str().unwrap().to_owned()).unwrap_or_default();
        text.contains("/hien-mau/cho/")
    });
    assert!(text.contains(&page_of(&all[0])) && text.contains(code) && !text.contains("Zqbinh"), "{text}");
    let link = page_of(&all[0]);
    assert_eq!(press(&app, &link, "act=COME").status, 303);
    assert_eq!(states(&officer, code), ["BOOKED"]);
    let page = app.anonymous().get_text(&format!("{link}?da-ghi"), 200);
    assert!(page.contains("<svg") && page.contains("Zqbinh") && !page.contains("0912"), "{page}");
    // The QR code leads on, and says nothing of whose it is.
    let on = app.anonymous().get_text(&format!("/g/{}", all[0]["code"].as_str().unwrap()), 200);
    assert!(on.contains(code) && !on.contains("Zqbinh"), "{on}");

    officer.post(&at(code, "/beginning"), Value::Null, 409);
    officer.post(&at(code, "/bookings"), by_telephone(json!({"walk_in": true})), 409);
    app.clock.advance(Duration::days(14));
    let officer = app.officer_of("23095");
    let there = json!({"walk_in": true, "contact": null, "birth": "1990"});
    let walk_in = officer.post(&at(code, "/bookings"), by_telephone(there), 201);
    assert_eq!((&walk_in["walk_in"], &walk_in["state"], walk_in.get("slot")), (&json!(true), &json!("BOOKED"), None));
    assert_eq!(officer.post(&at(code, "/beginning"), Value::Null, 200)["state"], "RUNNING");
    officer.post(&at(code, "/closing"), Value::Null, 409);
    app.anonymous().post(&public(code), booking("Người Đến Sau", "0912345000", None), 409);
    audited(&app);
}

/// Places that are full, one after the other: another slot, the waiting list, and then no more; who gives up makes room for the next.
#[test]
fn who_comes_when_all_is_taken_waits_and_moves_up() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(
        &officer,
        json!({"waiting_most": 2, "slots": [{"from": "07:30", "until": "08:00", "places": 1},
        {"from": "08:00", "until": "08:30", "places": 1}]}),
    );
    let name = |n: usize| format!("Người Đặt {n}");
    let number = |n: usize| format!("091234567{n}");
    assert_eq!(book(&app, &code, &name(0), &number(0), Some(1)), "HELD");
    let taken = app.anonymous().post(&public(&code), booking(&name(1), &number(1), Some(1)), 422);
    assert_eq!(taken["errors"][0]["pointer"], "/slot");
    let none = app.anonymous().post(&public(&code), booking(&name(1), &number(1), Some(9)), 422);
    assert_eq!(none["errors"][0]["pointer"], "/slot");
    assert_eq!(book(&app, &code, &name(1), &number(1), None), "HELD");
    assert_eq!(book(&app, &code, &name(2), &number(2), Some(1)), "WAITING");
    assert_eq!(book(&app, &code, &name(3), &number(3), None), "WAITING");
    assert_eq!(book(&app, &code, &name(4), &number(4), None), "FULL");
    assert_eq!(states(&officer, &code), ["HELD", "HELD", "WAITING", "WAITING"]);
    all_come(&app);
    let shown = officer.get(&at(&code, ""), 200);
    assert_eq!((&shown["taken"], &shown["waiting"]), (&json!(2), &json!(2)));
    assert!(app.anonymous().get(&format!("/api/v1/public/drives/{code}"), 200)["full"] == json!(true));
    // The first gives up: the first who waits has the place, and some time to say so.
    let all = bookings(&officer, &code);
    let id = all[0]["id"].as_str().unwrap();
    officer.post(&at(&code, &format!("/bookings/{id}/cancellation")), Value::Null, 200);
    let all = bookings(&officer, &code);
    assert_eq!((&all[2]["state"], &all[2]["slot"]), (&json!("HELD"), &json!(1)));
    assert!(all[2]["answer_by"].is_string());
    // Nobody answers: it passes on by itself, and the one who lost it is told.
    app.clock.advance(Duration::hours(25));
    let officer = app.officer_of("23095");
    eventually("the place passes on", || states(&officer, &code) == ["CANCELLED", "BOOKED", "CANCELLED", "HELD"]);
    let all = bookings(&officer, &code);
    assert_eq!(all[2]["cancelled_how"], "NOT_ANSWERED");
    assert_eq!(press(&app, &page_of(&all[3]), "act=COME").status, 303);
    app.clock.advance(Duration::hours(25));
    let officer = app.officer_of("23095");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(states(&officer, &code), ["CANCELLED", "BOOKED", "CANCELLED", "BOOKED"], "who answered keeps it");
    audited(&app);
}

/// More places, fewer places, and slots that somebody has booked.
#[test]
fn nobody_loses_a_place_by_a_change() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({"slots": [{"from": "07:30", "until": "08:00", "places": 1}]}));
    assert_eq!(book(&app, &code, "Người Một", "0912345671", None), "HELD");
    assert_eq!(book(&app, &code, "Người Hai", "0912345672", None), "WAITING");
    let version = officer.send("GET", &at(&code, ""), None);
    let tag = version.header("etag").unwrap().to_owned();
    let two =
        json!({"slots": [{"from": "07:00", "until": "08:00", "places": 1}, {"from": "08:00", "until": "09:00", "places": 1}]});
    let changed = officer.with("if-match", &tag).patch(&at(&code, ""), two.clone(), 200);
    assert_eq!((&changed["taken"], &changed["waiting"]), (&json!(2), &json!(0)), "who waits moves up");
    officer.with("if-match", &tag).patch(&at(&code, ""), two, 409);
    let one = json!({"slots": [{"from": "07:00", "until": "08:00", "places": 1}]});
    assert_eq!(officer.patch(&at(&code, ""), one, 422)["errors"][0]["pointer"], "/slots");
    for wrong in [
        json!({"slots": []}),
        json!({"slots": [{"from": "08:00", "until": "07:00", "places": 1}]}),
        json!({"slots": [{"from": "25:00", "until": "26:00", "places": 0}]}),
        json!({"team": Uuid::now_v7()}),
    ] {
        officer.patch(&at(&code, ""), wrong, 422);
    }
    assert!(app.database.refuses("UPDATE drive_slot SET taken = 2").contains("drive_slot_never_over_its_places"));
    assert!(app.database.refuses("UPDATE drive SET state = 'CLOSED'").contains("goes forward step by step"));
    audited(&app);
}

/// What cannot be planned says why, all of it at once.
#[test]
fn a_drive_that_cannot_be_is_refused() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let wrong = officer.post(
        DRIVES,
        drive(json!({"title": "", "site": "\u{7}", "day": "2026-11-21", "slots": [], "waiting_most": -1})),
        422,
    );
    let pointers: Vec<&str> = wrong["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/day", "/title", "/site", "/slots", "/waiting_most"]);
    assert_eq!(officer.post(DRIVES, drive(json!({"centre": "NOWHERE"})), 422)["errors"][0]["pointer"], "/centre");
    let body = drive(json!({}));
    officer.post(DRIVES, body.clone(), 201);
    let mut other = body;
    other["title"] = json!("Ngày khác");
    officer.post(DRIVES, other, 422);
    // Another chapter's officer neither plans here nor sees who booked.
    let code = opened(&officer, json!({}));
    let stranger = app.officer_of("23059");
    stranger.post(DRIVES, drive(json!({})), 404);
    stranger.get(&at(&code, ""), 404);
    stranger.get(&at(&code, "/bookings"), 404);
    stranger.post(&at(&code, "/cancellation"), json!({"why": "WEATHER"}), 404);
    let above = app.staff(so_nhan_ai::authz::Role::ProvincialAdministrator, "68");
    above.get(&at(&code, ""), 200);
    above.get(&at(&code, "/bookings"), 403);
}

/// Lists by commune and by day, and the calendar: one event a drive, called off it stays.
#[test]
fn drives_are_found_by_place_and_day_and_followed_in_a_calendar() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let near = opened(&officer, json!({}));
    let far = opened(&officer, json!({"day": "2026-12-27"}));
    let unlisted = opened(&officer, json!({"listed": false}));
    let found = |query: &str| -> Vec<String> {
        let list = app.anonymous().get(&format!("/api/v1/public/drives{query}"), 200);
        list["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found(""), [near.clone(), far.clone()]);
    assert_eq!(found("?chapter=23095&from=2026-12-07"), std::slice::from_ref(&far));
    assert_eq!(found("?until=2026-12-07"), std::slice::from_ref(&near));
    assert_eq!(found("?chapter=23059"), Vec::<String>::new());
    app.anonymous().get("/api/v1/public/drives?chapter=no-such", 422);
    assert_eq!(book(&app, &unlisted, "Người Một", "0912345671", None), "HELD", "who has its code books");
    let calendar = app.anonymous().get_text("/api/v1/public/drives.ics", 200);
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2, "{calendar}");
    assert!(calendar.contains(&format!("UID:{near}@")) && calendar.contains("DTSTART:20261206T003000Z"), "{calendar}");
    assert!(calendar.contains("DTEND:20261206T013000Z") && calendar.contains("STATUS:CONFIRMED"), "{calendar}");
    officer.post(&at(&near, "/cancellation"), json!({"why": "CENTRE_CANNOT"}), 200);
    let calendar = app.anonymous().get_text("/api/v1/public/drives.ics", 200);
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2);
    assert!(calendar.contains("STATUS:CANCELLED") && calendar.contains("SEQUENCE:3"), "{calendar}");
    assert_eq!(found(""), [far]);
}

/// The pages, without script: found, filled in wrongly, taken, in both languages.
#[test]
fn somebody_books_on_the_page() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = opened(&officer, json!({}));
    let list = app.anonymous().get_text("/hien-mau", 200);
    assert!(list.contains(&format!("/hien-mau/{code}")) && list.contains("Ngày hội hiến máu"), "{list}");
    assert!(app.anonymous().get_text("/hien-mau?chapter=23095", 200).contains(&code));
    assert!(!app.anonymous().get_text("/hien-mau?from=2026-12-07", 200).contains(&format!("/hien-mau/{code}")));
    assert!(app.anonymous().get_text("/hien-mau?lang=en", 200).contains("Give blood"));
    let page = format!("/hien-mau/{code}");
    let shown = app.anonymous().get_text(&page, 200);
    assert!(shown.contains("07:30–08:00") && !shown.contains("<script"), "{shown}");
    app.anonymous().get_text("/hien-mau/68-HM-9999", 404);
    let wrong = press(&app, &page, "name=&contact=12&slot=1&consent=1");
    assert_eq!(
        (wrong.status, wrong.body.contains("name-wrong") && wrong.body.contains("contact-wrong")),
        (422, true),
        "{}",
        wrong.body
    );
    let taken = press(&app, &page, "name=Nguy%E1%BB%85n+V%C4%83n+B%C3%ACnh&contact=0912345678&slot=1&consent=1");
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert!(taken.head.contains(&format!("location: {page}/da-giu-cho")), "{}", taken.head);
    assert!(app.anonymous().get_text(&format!("{page}/da-giu-cho"), 200).contains("Đã giữ chỗ"));
    assert_eq!(states(&officer, &code), ["HELD"]);
    // Full to the end of the list: said, and nothing is kept.
    for n in 0..6 {
        press(&app, &page, &format!("name=Ng%C6%B0%E1%BB%9Di+{n}&contact=091234500{n}&slot=&consent=1"));
    }
    let full = press(&app, &page, "name=Lan&contact=0912345999&slot=&consent=1");
    assert_eq!((full.status, full.body.contains("Đã hết chỗ")), (409, true), "{}", full.body);
    eventually("the page says so", || app.anonymous().get_text(&page, 200).contains("danh sách chờ"));
    audited(&app);
}

/// A chapter that goes up in another hands its drives on, with their bookings and their waiting lists.
#[test]
fn a_drive_goes_on_at_the_successor() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    successions::paper(&app, "68");
    let code = opened(&officer, json!({"day": app.today() + Days::new(20)}));
    book(&app, &code, "Người Một", "0912345671", None);
    all_come(&app);
    let people = successions::persons(&app);
    assert_eq!(successions::carried(&people, &successions::plan(&app, json!({})))["state"], "DONE");
    app.clock.advance(Duration::days(1));
    let there = app.officer_of("23059");
    let listed = there.get(&format!("{DRIVES}?chapter=23059"), 200);
    assert_eq!(listed["items"][0]["code"], code.as_str());
    assert_eq!(states(&there, &code), ["BOOKED"]);
    assert_eq!(book(&app, &code, "Người Hai", "0912345672", None), "HELD");
    there.post(&at(&code, "/cancellation"), json!({"why": "NO_SITE"}), 200);
    assert_eq!(there.post(DRIVES, drive(json!({})), 422)["errors"][0]["code"], "CHAPTER_CLOSED");
    audited(&app);
}
