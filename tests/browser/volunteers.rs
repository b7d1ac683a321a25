//! Volunteers as the public meets them: the form to sign up and the link that confirms it, the page of a call-out, a certificate's code, the
//! list of courses and the link of a place, and what chapters do. All of it works without JavaScript, and nothing names anybody who did not
//! agree to it.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::basics::Clock;
use so_nhan_ai::basics::clock::vietnam_date;
use uuid::Uuid;

use crate::Scenario;
use crate::access::{complaints, too_small};
use crate::driver::Browser;
use crate::harness::{Folder, Server, Staff};

pub const SCENARIOS: &[Scenario] = &[("volunteers: sign-up, call-outs, certificates, courses, activities", volunteers)];

/// What a page may be wide, and is looked at: a desk and a phone.
const WIDTHS: [Option<u32>; 2] = [None, Some(390)];
/// Whom nothing public names.
const HER: &str = "Trần Thị Xqhoa";

struct House {
    server: Server,
    staff: Staff,
    folder: Folder,
}

/// Somebody who signed up and was accepted.
struct Volunteer {
    id: String,
    person: Value,
}

fn volunteers(browser: &Browser) {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    let house = House { server, staff, folder };
    // From here on the cookie says it.
    house.open(browser, "/?lang=vi");
    let application = she_signs_up(browser, &house);
    she_confirms_by_her_link(browser, &house, &application);
    let her = house.accepted(&application);
    she_answers_a_call_out(browser, &house, &her);
    her_certificate_is_checked(browser, &house, &her);
    she_gives_a_place_up(browser, &house, &her);
    what_the_chapter_does(browser, &house);
    house.server.stop();
    drop(house.folder);
}

fn day(days: i64) -> String {
    (vietnam_date(Clock::System.now()) + Duration::days(days)).to_string()
}

/// The path of a link in a text.
fn path_in(text: &str, from: &str) -> String {
    text[text.find(from).unwrap()..].split([' ', '"', '&', '\n']).next().unwrap().to_owned()
}

impl House {
    fn send(&self, path: &str, body: Value) -> Value {
        let answer = self.server.send("POST", path, Some(&self.staff.officer), Some(&body));
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text);
        answer.json()
    }

    fn change(&self, path: &str, body: Value) {
        let answer = self.server.send("PATCH", path, Some(&self.staff.officer), Some(&body));
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }

    fn read(&self, path: &str) -> Value {
        let answer = self.server.send("GET", path, Some(&self.staff.officer), None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    fn open(&self, browser: &Browser, path: &str) {
        browser.open(&format!("{}{path}", self.server.base));
    }

    /// As a browser without JavaScript loads it. The driver needs scripts to look at a page and to press its buttons; the page has run none.
    fn open_without_scripts(&self, browser: &Browser, path: &str) {
        browser.scripts(false);
        self.open(browser, path);
        browser.scripts(true);
    }

    /// The text of a page wide and on a phone: nothing sticks out of it, one heading, and axe finds nothing.
    fn look(&self, browser: &Browser, path: &str, picture: &str) -> String {
        let mut text = String::new();
        for width in WIDTHS {
            browser.narrow(width);
            self.open_without_scripts(browser, path);
            let wide = browser.eval("document.documentElement.scrollWidth").as_u64().unwrap();
            assert!(width.is_none_or(|width| wide <= u64::from(width)), "{path} is {wide} wide");
            assert_eq!(browser.eval("document.querySelectorAll('h1').length"), 1, "{path}");
            let said = complaints(browser);
            assert!(said.is_empty(), "{path} at {width:?}: {}", said.join("\n"));
            browser.picture(&format!("{picture} {}", width.map_or("wide", |_| "phone")));
            text = browser.text_of("main");
        }
        browser.narrow(None);
        text
    }

    /// [`House::look`] of a page of the portal, in a language: on a phone it has something for a finger to hit.
    fn look_in(&self, browser: &Browser, path: &str, lang: &str, picture: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        let text = self.look(browser, &format!("{path}{mark}lang={lang}"), &format!("{picture} {lang}"));
        assert_eq!(browser.eval("document.documentElement.lang"), lang, "{path}");
        browser.narrow(Some(390));
        assert_eq!(too_small(browser), Vec::<String>::new(), "{path}");
        browser.narrow(None);
        text
    }

    /// Accepts an application, and lets her come whenever she is called.
    fn accepted(&self, application: &str) -> Volunteer {
        let id = Uuid::new_v4().to_string();
        let accept = json!({"id": id, "kind": "VOLUNTEER", "birth": "1988-05-01"});
        self.send(&format!("/api/v1/volunteer-applications/{application}/acceptance"), accept);
        let path = format!("/api/v1/volunteers/{id}");
        self.change(&path, json!({"willing": true}));
        Volunteer { person: self.read(&path)["person"].clone(), id }
    }

    fn application(&self) -> Value {
        self.read("/api/v1/volunteer-applications?chapter=23095")["items"][0].clone()
    }
}

/// What a page says, with every name that it must not say.
#[track_caller]
fn says(text: &str, said: &[&str], hidden: &[&str]) {
    let lower = text.to_lowercase();
    for word in said {
        assert!(lower.contains(&word.to_lowercase()), "{word} in {text}");
    }
    for word in hidden {
        assert!(!lower.contains(&word.to_lowercase()), "{word} in {text}");
    }
}

/// The form, on a phone: what is wrong is said at its field and what was typed stands there still; then it is taken. The id of what came.
fn she_signs_up(browser: &Browser, house: &House) -> String {
    says(&house.look_in(browser, "/tinh-nguyen", "en", "sign up"), &["volunteer", "30 days"], &[]);
    says(&house.look_in(browser, "/tinh-nguyen", "vi", "sign up"), &["tình nguyện viên", "30 ngày"], &[]);
    browser.narrow(Some(390));
    house.open_without_scripts(browser, "/tinh-nguyen");
    browser.type_into("#name", HER);
    browser.type_into("#contact", "0912");
    browser.type_into("#chapter", "Hàm Liêm");
    browser.click("input[name=consent]");
    browser.click("form.filter button[type=submit]");
    browser.wait_for("the number is wrong", "document.querySelector('#contact')?.getAttribute('aria-invalid') === 'true'");
    assert_eq!(browser.eval("document.getElementById('name').value"), HER);
    let said = complaints(browser);
    assert!(said.is_empty(), "{}", said.join("\n"));
    browser.picture("sign up mistaken phone");
    assert!(house.application().is_null(), "nothing is kept of it");
    browser.run("document.getElementById('contact').value = ''");
    browser.type_into("#contact", "0912 345 678");
    browser.click("input[name=consent]");
    browser.click("form.filter button[type=submit]");
    browser.wait_for("it is taken", "location.pathname === '/tinh-nguyen/da-nhan' && document.readyState === 'complete'");
    says(&browser.text_of("main"), &["30 ngày"], &["Xqhoa", "0912"]);
    browser.narrow(None);
    // The browser says on its console that the first answer was 422.
    browser.console();
    says(&house.look_in(browser, "/tinh-nguyen/da-nhan", "en", "signed up"), &["30 days"], &["Xqhoa"]);
    house.open(browser, "/?lang=vi");
    let application = house.application();
    assert_eq!(application["state"], "UNCONFIRMED");
    application["id"].as_str().unwrap().to_owned()
}

/// The officer sends it by hand; opened by whoever, it says nothing of her and does nothing; its button confirms, once.
fn she_confirms_by_her_link(browser: &Browser, house: &House, application: &str) {
    let messages = house.read("/api/v1/messages?chapter=23095")["items"].clone();
    let message = messages.as_array().unwrap().last().unwrap();
    let link = path_in(message["text"].as_str().unwrap(), "/l/");
    says(&house.look(browser, &link, "confirm"), &[], &["Xqhoa", "0912"]);
    assert_eq!(house.application()["state"], "UNCONFIRMED", "opening it does nothing");
    browser.narrow(Some(390));
    house.open_without_scripts(browser, &link);
    browser.click("form button");
    browser.wait_for("it is confirmed", "document.readyState === 'complete' && document.querySelector('form') === null");
    assert_eq!((&house.application()["id"], &house.application()["state"]), (&json!(application), &json!("CONFIRMED")));
    house.open_without_scripts(browser, &link);
    assert_eq!(browser.eval("document.querySelectorAll('form').length"), 0, "it is good once");
    says(&browser.text_of("body"), &[], &["Xqhoa", "0912"]);
    browser.narrow(None);
    browser.console();
}

/// Yes with a time, the code to show; never again, and a change of mind; nothing after the end.
fn she_answers_a_call_out(browser: &Browser, house: &House, her: &Volunteer) {
    let now = Clock::System.now();
    let call = json!({"id": Uuid::now_v7(), "chapter": "23095", "kind": "EMERGENCY", "event": "Lũ sông Quao", "place": "Trụ sở UBND xã",
        "why": "Cần người giúp dân vùng thấp.", "from": now + Duration::hours(2), "until": now + Duration::hours(10), "needed": 1, "wave_size": 2});
    let made = house.send("/api/v1/call-outs", call);
    let at = |rest: &str| format!("/api/v1/call-outs/{}{rest}", made["id"].as_str().unwrap());
    // Whatever the hour at which this is tried.
    house.send(&at("/waves"), json!({"id": Uuid::now_v7(), "quiet_reason": "Nước lên nhanh."}));
    let asked = house.read(&at("/asked"))["items"][0].clone();
    assert_eq!(asked["person"], her.person);
    let page = path_in(asked["url"].as_str().unwrap(), "/huy-dong/");
    let hidden = ["Trần Thị", "0912"];
    says(&house.look_in(browser, &page, "en", "call-out"), &["Xqhoa", "I will come", "Lũ sông Quao"], &hidden);
    says(&house.look_in(browser, &page, "vi", "call-out"), &["Xqhoa", "Tôi sẽ đến", "Trụ sở UBND xã"], &hidden);
    let answer = || house.read(&at("/asked"))["items"][0]["answer"].clone();
    assert_eq!(answer(), Value::Null, "opening it says nothing");

    browser.narrow(Some(390));
    house.open_without_scripts(browser, &page);
    browser.click("button[value=YES]");
    browser.wait_for("she is thanked", "location.search === '?da-ghi' && document.querySelector('[role=status]') !== null");
    says(&browser.text_of("main"), &["Cảm ơn", "sẽ đến", asked["code"].as_str().unwrap()], &hidden);
    assert_eq!(browser.eval("document.querySelectorAll('svg[role=img] path').length"), 1, "a code for the officer's telephone");
    assert_eq!((answer(), complaints(browser)), (json!("YES"), Vec::new()));
    browser.picture("call-out yes phone");
    // Never again takes two; another answer takes it back.
    browser.click("summary");
    browser.click("input[name=sure]");
    browser.click("button[value=STOP]");
    browser.wait_for("she is asked no more", "document.querySelector('[role=status]')?.innerText.includes('không hỏi') ?? false");
    let consent = format!("/api/v1/volunteers/{}/call-out-consent", her.id);
    assert!(house.read(&consent)["stopped_at"].is_string());
    browser.click("button[value=NO]");
    browser.wait_for(
        "she only cannot come",
        "document.querySelector('[role=status]')?.innerText.includes('không đến được') ?? false",
    );
    assert!(house.read(&consent)["stopped_at"].is_null());
    house.send(&at("/ending"), Value::Null);
    says(&house.look(browser, &page, "call-out over"), &["hết hiệu lực"], &["Xqhoa", "Lũ sông Quao", "0912"]);
    // The browser says on its console that this page was answered 410.
    browser.console();
}

/// Anybody who has the code; her name only while she agrees.
fn her_certificate_is_checked(browser: &Browser, house: &House, her: &Volunteer) {
    let course = json!({"id": Uuid::now_v7(), "chapter": "23095", "course_kind": "FIRST_AID_BASIC", "title": "Sơ cấp cứu cơ bản", "places": 30,
        "place": "Nhà văn hóa thôn 2", "sessions": [{"day": day(-1), "from": "08:00", "until": "11:30"}]});
    let made = house.send("/api/v1/courses", course);
    let at = |rest: &str| format!("/api/v1/courses/{}{rest}", made["id"].as_str().unwrap());
    house.send(&at("/opening"), Value::Null);
    let place = house.send(&at("/enrolments"), json!({"id": Uuid::new_v4(), "person": her.person}))["id"].clone();
    house.send(&at("/closing"), json!({"results": [{"enrolment": place, "result": "PASSED"}]}));
    let shown = house.read(&format!("/api/v1/course-enrolments/{}", place.as_str().unwrap()));
    let certificate = format!("/api/v1/certificates/{}", shown["certificate"].as_str().unwrap());
    let path = format!("/g/{}", house.read(&certificate)["code"].as_str().unwrap());
    says(
        &house.look_in(browser, &path, "en", "certificate"),
        &["This certificate is valid", "Basic first aid"],
        &["Xqhoa", "1988"],
    );
    says(&house.look_in(browser, &path, "vi", "certificate"), &["còn giá trị", "Hàm Liêm"], &["Xqhoa", "1988", "0912"]);
    assert_eq!(browser.eval("document.querySelector('meta[name=robots]').content"), "noindex");
    house.send(&format!("{certificate}/name"), json!({"text_version": 1, "given_on": day(0)}));
    browser.wait_for_reload("her name stands there", "document.querySelector('main').innerText.includes('Trần Thị Xqhoa')");
    house.send(&format!("{certificate}/name/withdrawal"), Value::Null);
    browser.wait_for_reload("her name is gone", "!document.querySelector('main').innerText.includes('Xqhoa')");
}

/// A course with one place: everybody sees that it is full, and that it is not after she has pressed the button of her link.
fn she_gives_a_place_up(browser: &Browser, house: &House, her: &Volunteer) {
    let course = json!({"id": Uuid::now_v7(), "chapter": "23095", "course_kind": "FIRST_AID_BASIC", "title": "Sơ cấp cứu Xqlớp", "places": 1,
        "place": "Nhà văn hóa thôn 3", "sessions": [{"day": day(14), "from": "08:00", "until": "11:30"}]});
    let made = house.send("/api/v1/courses", course);
    let at = |rest: &str| format!("/api/v1/courses/{}{rest}", made["id"].as_str().unwrap());
    house.send(&at("/opening"), Value::Null);
    says(&house.look_in(browser, "/tinh-nguyen/khoa-hoc", "en", "courses"), &["Xqlớp"], &["Xqhoa"]);
    let place =
        house.send(&at("/enrolments"), json!({"id": Uuid::new_v4(), "person": her.person}))["id"].as_str().unwrap().to_owned();
    says(&house.look_in(browser, "/tinh-nguyen/khoa-hoc", "vi", "courses"), &["Xqlớp", "Nhà văn hóa thôn 3"], &["Xqhoa"]);
    let place = format!("/api/v1/course-enrolments/{place}");
    let link = path_in(house.send(&format!("{place}/link"), json!({}))["url"].as_str().unwrap(), "/l/");
    let code = made["code"].as_str().unwrap();
    says(&house.look(browser, &link, "place of a course"), &[code], &["Xqhoa"]);
    assert_eq!(house.read(&place)["state"], "ENROLLED", "opening it does nothing");
    browser.narrow(Some(390));
    house.open_without_scripts(browser, &link);
    browser.click("form button");
    browser.wait_for("it is given up", "document.readyState === 'complete' && document.querySelector('form') === null");
    assert_eq!(house.read(&place)["cancelled_how"], "BY_LINK");
    browser.narrow(None);
    browser.console();
}

fn what_the_chapter_does(browser: &Browser, house: &House) {
    let activity = |change: Value| {
        let mut body = json!({"id": Uuid::now_v7(), "chapter": "23095", "area": "FIRST_AID", "title": "Ngày hội sơ cấp cứu Xqtrường",
            "place": "Sân Trường THCS Hàm Liêm", "starts_on": day(0), "partners": ["Trạm Y tế xã Hàm Liêm"]});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        house.send("/api/v1/activities", body)
    };
    let numbers = json!({"persons": 1_200, "person_times": 1_500, "goods_vnd": 6_000_000});
    let done = activity(json!({"result": {"result": "Học sinh thực hành băng bó", "numbers": numbers}}));
    activity(
        json!({"title": "Trao quà Tết Xqquà", "area": "RELIEF_AND_ASSISTANCE", "movement": "TET_NHAN_AI", "starts_on": day(30)}),
    );
    let both = ["Xqtrường", "Xqquà", "1.200"];
    house.open(browser, "/hoat-dong?lang=vi");
    browser.wait_for_reload("both are there", "document.querySelectorAll('main .card').length >= 2");
    says(&house.look_in(browser, "/hoat-dong", "vi", "activities"), &both, &["Xqhoa"]);
    says(&house.look_in(browser, "/hoat-dong", "en", "activities"), &["Xqtrường", "1,200", "Xqquà"], &["Xqhoa"]);
    says(&house.look_in(browser, "/hoat-dong?movement=TET_NHAN_AI", "vi", "activities of a movement"), &["Xqquà"], &["Xqtrường"]);
    let path = format!("/hoat-dong/{}", done["code"].as_str().unwrap());
    says(&house.look_in(browser, &path, "en", "activity"), &["Xqtrường", "1,200", "Trạm Y tế"], &["Xqhoa"]);
    says(&house.look_in(browser, &path, "vi", "activity"), &["băng bó", "1.200", "6.000.000"], &["Xqhoa"]);
    browser.click("main a[href='/don-vi/23095']");
    browser.wait_for("the chapter opens", "location.pathname === '/don-vi/23095' && document.readyState === 'complete'");
}
