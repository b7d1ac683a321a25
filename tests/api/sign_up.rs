//! Signing up on the public page: confirmed by a link, decided by the chapter, forgotten where nobody confirms.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::config::Web;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Answer, Caller, Database, TestApp, eventually};
use crate::outbox::by_mail;
use crate::persons::record;
use crate::portal::page;
use crate::sink::{Mood, Sink};
use crate::volunteers::{at, audited, verified, wrong};

pub const PUBLIC: &str = "/api/v1/public/volunteer-applications";
pub const APPLICATIONS: &str = "/api/v1/volunteer-applications";

pub fn application(chapter: &str, contact: &str) -> Value {
    json!({"name": "Nguyễn Văn Zqbinh", "contact": contact, "chapter": chapter, "consent": 1})
}

/// The newest application.
fn newest(app: &TestApp) -> Uuid {
    app.database.text("SELECT id::text FROM volunteer_application ORDER BY made_at DESC, id LIMIT 1").parse().unwrap()
}

/// Signs up at a chapter; returns the application's id.
pub fn applied(app: &TestApp, chapter: &str, contact: &str) -> Uuid {
    app.anonymous().post(PUBLIC, application(chapter, contact), 202);
    newest(app)
}

/// The room's operations about applications, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let mut ids = Vec::new();
    for n in 0..3 {
        app.anonymous().post(PUBLIC, application("23095", &format!("091234567{n}")), 202);
        let sql =
            format!("SELECT coalesce((SELECT id::text FROM volunteer_application WHERE id <> ALL('{{{}}}')), '')", ids.join(","));
        ids.push(app.database.text(&sql));
    }
    officer.post(&format!("{APPLICATIONS}/{}/confirmation", ids[1]), Value::Null, 200);
    let accept = json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER"});
    vec![
        call("GET /api/v1/volunteer-applications", format!("{APPLICATIONS}?chapter=23095"), None, 404, 403, 200),
        call(
            "POST /api/v1/volunteer-applications/{id}/confirmation",
            format!("{APPLICATIONS}/{}/confirmation", ids[0]),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/volunteer-applications/{id}/acceptance",
            format!("{APPLICATIONS}/{}/acceptance", ids[1]),
            Some(accept),
            404,
            403,
            201,
        ),
        call(
            "POST /api/v1/volunteer-applications/{id}/refusal",
            format!("{APPLICATIONS}/{}/refusal", ids[2]),
            Some(json!({"reason": "NOT_REACHED"})),
            404,
            403,
            200,
        ),
    ]
}

/// Fills a chapter's list.
pub fn fill(app: &TestApp, most: usize) {
    for n in 0..most {
        app.anonymous().post(PUBLIC, application("23095", &format!("09123450{n:02}")), 202);
    }
}

fn page_in(text: &str) -> String {
    text[text.find("/l/").unwrap()..].split([' ', '"', '&', '%']).next().unwrap().to_owned()
}

/// The path of the link that an officer is to send by hand.
pub fn by_hand(officer: &Caller<'_>, chapter: &str) -> String {
    let list = officer.get(&format!("/api/v1/messages?chapter={chapter}"), 200);
    let message = list["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&message["state"], &message["purpose"]), (&json!("BY_HAND"), &json!("CONFIRM_VOLUNTEER")));
    assert!(message["send_link"].as_str().unwrap().starts_with("sms:0912345678?body="), "{message}");
    page_in(message["text"].as_str().unwrap())
}

pub fn press(app: &TestApp, link: &str) -> Answer {
    let browser = app.anonymous();
    browser.with("content-type", "application/x-www-form-urlencoded").send("POST", link, Some(Vec::new()))
}

fn state(app: &TestApp, id: Uuid) -> String {
    app.database.text(&format!("SELECT state FROM volunteer_application WHERE id = '{id}'"))
}

/// No mail server, no gateway: an officer sends the link by hand; a scanner opens it first; it is used once.
#[test]
fn somebody_signs_up_confirms_by_a_link_and_is_verified_without_mail_and_gateway() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let taken = app.anonymous().post(PUBLIC, application("23095", "0912 345 678"), 202);
    assert_eq!(taken, json!({"confirm_within_days": 30}));
    let id = newest(&app);
    let listed = officer.get(&format!("{APPLICATIONS}?chapter=23095"), 200);
    let one = &listed["items"][0];
    assert_eq!(
        (&one["state"], &one["name"], &one["contact_link"]),
        (&json!("UNCONFIRMED"), &json!("Nguyễn Văn Zqbinh"), &json!("tel:0912345678"))
    );
    let accept = json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER", "birth": "1995-03-08"});
    officer.post(&format!("{APPLICATIONS}/{id}/acceptance"), accept.clone(), 409);

    let link = by_hand(&officer, "23095");
    for method in ["GET", "HEAD", "GET"] {
        let shown = app.anonymous().send(method, &link, None);
        assert_eq!(shown.status, 200);
        // Forwarded, it tells nobody who signed up.
        assert!(!shown.text.contains("Zqbinh") && !shown.text.contains("0912"), "{}", shown.text);
    }
    assert_eq!(state(&app, id), "UNCONFIRMED", "opening it changes nothing");
    assert_eq!(press(&app, &link).status, 200);
    assert_eq!(state(&app, id), "CONFIRMED");
    assert_eq!(press(&app, &link).status, 410, "it is good once");
    assert_eq!(app.anonymous().send("GET", &link, None).status, 410);

    let done = officer.post(&format!("{APPLICATIONS}/{id}/acceptance"), accept.clone(), 201);
    assert_eq!((&done["state"], done.get("name"), &done["confirmed_how"]), (&json!("ACCEPTED"), None, &json!("LINK")));
    officer.post(&format!("{APPLICATIONS}/{id}/acceptance"), accept.clone(), 200);
    let volunteer = officer.get(&at(accept["id"].as_str().unwrap()), 200);
    assert_eq!(
        (&volunteer["state"], &volunteer["name"], &volunteer["phone"]),
        (&json!("VERIFIED"), &json!("Nguyễn Văn Zqbinh"), &json!("0912345678"))
    );
    officer.post(&format!("{APPLICATIONS}/{id}/refusal"), json!({"reason": "OTHER"}), 409);
    assert_eq!(
        app.database.number("SELECT count(*) FROM volunteer_application WHERE content IS NOT NULL OR address_hash IS NOT NULL"),
        0
    );
    audited(&app);
}

#[test]
fn whoever_is_known_gets_the_same_answer_as_everybody_else() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    verified(&officer, json!({"name": "Nguyễn Văn Zqbinh", "phone": "0912345678"}), json!({}));
    let answer = |contact: &str| {
        let body = serde_json::to_vec(&application("23095", contact)).unwrap();
        let answer = app.anonymous().send("POST", PUBLIC, Some(body));
        (answer.status, answer.json())
    };
    let unknown = answer("0987654321");
    for contact in ["0912345678", "0912345678", "0987654321", "binh@example.org", "BINH@EXAMPLE.ORG"] {
        assert_eq!(answer(contact), unknown, "{contact}");
    }
    // What is sent twice is there once.
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_application"), 4);
    // And so much and no more of one address, wherever.
    for chapter in ["23059", "68", "22918", "TW"] {
        assert_eq!(app.anonymous().post(PUBLIC, application(chapter, "0987654321"), 202), unknown.1);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_application"), 6);
    // The officer finds that they know him already.
    let id = officer.get(&format!("{APPLICATIONS}?chapter=23095"), 200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["contact"] == "0912345678")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    officer.post(&format!("{APPLICATIONS}/{id}/confirmation"), Value::Null, 200);
    officer.post(&format!("{APPLICATIONS}/{id}/acceptance"), json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER"}), 409);
    let refused = officer.post(&format!("{APPLICATIONS}/{id}/refusal"), json!({"reason": "KNOWN_ALREADY"}), 200);
    assert_eq!((&refused["reason"], refused.get("contact")), (&json!("KNOWN_ALREADY"), None));
    officer.post(&format!("{APPLICATIONS}/{id}/refusal"), json!({"reason": "KNOWN_ALREADY"}), 200);
    audited(&app);
}

#[test]
fn what_is_wrong_with_an_application_is_named_and_nothing_is_kept() {
    let app = TestApp::start();
    for (change, expected) in [
        (json!({"name": ""}), ("/name", "NOT_A_LINE")),
        (json!({"name": "Bình 0912345678"}), ("/name", "NUMBER_IN_NAME")),
        (json!({"contact": "12"}), ("/contact", "NOT_A_PHONE")),
        (json!({"contact": "bình@example.org"}), ("/contact", "NOT_AN_EMAIL")),
        (json!({"chapter": "99999"}), ("/chapter", "NO_SUCH_CHAPTER")),
        (json!({"consent": 99}), ("/consent", "OUT_OF_RANGE")),
        (json!({"birth": "1990"}), ("/birth", "UNKNOWN_FIELD")),
    ] {
        let mut body = application("23095", "0912345678");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(wrong(&app.anonymous().post(PUBLIC, body, 422)), [(expected.0.to_owned(), expected.1.to_owned())], "{change}");
    }
    let mut long = application("23095", "0912345678");
    long["name"] = json!("x".repeat(5_000));
    app.anonymous().post(PUBLIC, long, 413);
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_application"), 0);
    let texts = app.anonymous().get("/api/v1/public/volunteer-consent-texts", 200);
    assert!(texts[0]["vi"].as_str().unwrap().contains("30 ngày"), "{texts}");
}

/// A flood from one network is slowed down, and a chapter takes so many a day, whoever sends them.
#[test]
fn a_sign_up_flood_is_stopped_by_network_and_by_chapter() {
    let web = Web { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], ..Web::default() };
    let app = TestApp::start_with_web(Database::fresh(), web);
    let anybody = app.anonymous();
    let from = |address: &str, n: usize| {
        let body = serde_json::to_vec(&application("23095", &format!("09123{n:05}"))).unwrap();
        anybody.with("x-forwarded-for", address).send("POST", PUBLIC, Some(body))
    };
    let statuses: Vec<u16> = (0..12).map(|n| from("203.0.113.7", n).status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 202).count(), 10, "{statuses:?}");
    let refused = from("203.0.113.7", 50);
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
    // Others are not held up.
    assert_eq!(from("203.0.114.8", 51).status, 202);
    app.database.execute("UPDATE volunteer_rule SET value = 12 WHERE name = 'APPLICATIONS_A_DAY'");
    assert_eq!(from("203.0.115.9", 52).status, 202);
    let full = from("203.0.116.9", 53);
    assert_eq!((full.status, full.header("retry-after").is_some()), (429, true), "{}", full.text);
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_application"), 12);
    let body = serde_json::to_vec(&application("23059", "0987654321")).unwrap();
    assert_eq!(anybody.with("x-forwarded-for", "203.0.116.9").send("POST", PUBLIC, Some(body)).status, 202, "another chapter");
    app.clock.advance(Duration::days(1));
    assert_eq!(from("203.0.117.9", 54).status, 202, "the next day");
}

#[test]
fn an_application_that_nobody_confirms_is_erased_after_thirty_days() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.anonymous().post(PUBLIC, application("23095", "0912345678"), 202);
    let (old, link) = (newest(&app), by_hand(&officer, "23095"));
    app.anonymous().post(
        PUBLIC,
        json!({"name": "Lê Zqkhac", "contact": "zqkhac@example.org", "chapter": "23095", "consent": 1}),
        202,
    );
    let kept: Uuid =
        app.database.text(&format!("SELECT id::text FROM volunteer_application WHERE id <> '{old}'")).parse().unwrap();
    officer.post(&format!("{APPLICATIONS}/{kept}/confirmation"), Value::Null, 200);
    app.clock.advance(Duration::days(29));
    assert_eq!(app.anonymous().send("GET", &link, None).status, 200, "on the last day it is good");
    app.clock.advance(Duration::days(2));
    eventually("it is erased", || app.database.number("SELECT count(*) FROM volunteer_application") == 1);
    assert_eq!(state(&app, kept), "CONFIRMED");
    for method in ["GET", "POST"] {
        assert_eq!(
            app.anonymous().send(method, &link, Some(Vec::new()).filter(|_| method == "POST")).status,
            410,
            "after its end"
        );
    }
    assert_eq!(app.database.number(&format!("SELECT count(*) FROM message WHERE content IS NOT NULL AND about = '{old}'")), 0);
    crate::personal::nowhere(&app, &["0912345678", "Zqbinh"]);
}

#[test]
fn with_a_mail_server_the_link_goes_out_by_itself() {
    let sink = Sink::start(Mood::Good);
    let app = by_mail(&sink);
    app.anonymous().post(PUBLIC, application("23095", "binh@example.org"), 202);
    eventually("the mail is sent", || sink.mails().len() == 1);
    assert!(sink.mails()[0].contains("binh@example.org") && !sink.mails()[0].contains("Zqbinh"), "{}", sink.mails()[0]);
}

#[test]
fn somebody_who_is_known_is_attached_and_a_minor_is_not_taken() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let known = record(&officer, json!({"name": "Nguyễn Văn Bình Zq", "birth": "1990"}));
    let child = record(&officer, json!({"name": "Em Zq", "birth": "2010"}));
    app.anonymous().post(PUBLIC, application("23095", "0912345678"), 202);
    let id = newest(&app);
    officer.post(&format!("{APPLICATIONS}/{id}/confirmation"), Value::Null, 200);
    officer.post(&format!("{APPLICATIONS}/{id}/confirmation"), Value::Null, 200);
    let to = format!("{APPLICATIONS}/{id}/acceptance");
    let accept = |person: &str| json!({"id": Uuid::new_v4(), "kind": "COLLABORATOR", "person": person});
    officer.post(&to, accept(&child), 422);
    let young = json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER", "birth": "2012"});
    assert_eq!(wrong(&officer.post(&to, young, 422))[0].0, "/birth");
    let both = json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER", "person": known, "birth": "1990"});
    assert_eq!(wrong(&officer.post(&to, both, 422))[0].1, "NOT_TOGETHER");
    let body = accept(&known);
    officer.post(&to, body.clone(), 201);
    let volunteer = officer.get(&at(body["id"].as_str().unwrap()), 200);
    assert_eq!((&volunteer["person"], &volunteer["kind"]), (&json!(known), &json!("COLLABORATOR")));
    app.officer_of("23059").post(&format!("{APPLICATIONS}/{id}/refusal"), json!({"reason": "OTHER"}), 404);
    audited(&app);
}

/// Fills the form of the page in.
pub fn submit(app: &TestApp, fields: &[(&str, &str)]) -> Answer {
    let body = serde_urlencoded(fields);
    app.anonymous().with("content-type", "application/x-www-form-urlencoded").with("accept", "text/html").send(
        "POST",
        "/tinh-nguyen",
        Some(body.into_bytes()),
    )
}

fn serde_urlencoded(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields.iter().map(|(name, text)| format!("{name}={}", escaped(text))).collect::<Vec<_>>().join("&")
}

#[test]
fn the_page_works_without_script_and_finds_the_chapter_by_name() {
    let app = TestApp::start();
    let shown = page(&app, "/tinh-nguyen");
    assert!(
        shown.contains("<form class=\"filter\" action=\"/tinh-nguyen\" method=\"post\">") && shown.contains("30 ngày"),
        "{shown}"
    );
    assert!(page(&app, "/tinh-nguyen?chapter=23095").contains("value=\"23095\""));
    assert!(page(&app, "/tinh-nguyen?lang=en").contains("Become a Red Cross volunteer"));
    let right = [("name", "Nguyễn Văn Zqbinh"), ("contact", "0912345678"), ("chapter", "Hàm Liêm"), ("consent", "1")];
    let with = |field: &str, text: &'static str| right.map(|(name, old)| if name == field { (name, text) } else { (name, old) });
    for (field, text, said) in [
        ("name", "", "name-wrong"),
        ("contact", "12", "contact-wrong"),
        ("chapter", "Không Có Nơi Này", "chapter-wrong"),
        ("consent", "", "consent-wrong"),
    ] {
        let answer = submit(&app, &with(field, text));
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert!(answer.text.contains(said), "{field}: {}", answer.text);
        // What was right comes back.
        assert!(field == "name" || answer.text.contains("value=\"Nguyễn Văn Zqbinh\""), "{}", answer.text);
    }
    // Several chapters fit: they choose.
    let several = submit(&app, &with("chapter", "Hàm"));
    assert!(several.status == 422 && several.text.contains("<option value=\"23095\">"), "{}", several.text);
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_application"), 0);
    let taken = submit(&app, &right);
    // The browser is led to a page that can be loaded again.
    assert!(taken.status == 200 && taken.text.contains("hreflang=\"vi\" href=\"/tinh-nguyen/da-nhan"), "{}", taken.text);
    assert_eq!(submit(&app, &right).text, taken.text, "sent twice, answered the same");
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_application"), 1);
    let after = page(&app, "/tinh-nguyen/da-nhan");
    assert!(after.contains("Đã nhận đăng ký") && after.contains("30 ngày"), "{after}");
    let escaped = submit(&app, &[("name", "<script>alert(1)</script>"), ("contact", "12"), ("chapter", "\"><script>alert(2)")]);
    assert!(escaped.status == 422 && !escaped.text.contains("<script>alert"), "{}", escaped.text);
    assert_eq!(app.anonymous().send("PUT", "/tinh-nguyen", None).status, 405);
}
