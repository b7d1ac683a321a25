//! Links by which somebody chooses their own password: nothing happens until they do, once, within a day, and nobody else reads them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::coverage::{Call, call};
use crate::factor::user_name;
use crate::harness::{Account, Answer, Caller, PASSWORD, TestApp, eventually};
use crate::outbox::by_mail;
use crate::sink::{Mood, Sink};

const CHOSEN: &str = "con mèo trèo cây cau";

fn administrator(app: &TestApp) -> Caller<'_> {
    app.staff(Role::ProvincialAdministrator, "68")
}

fn path_of(account: Account) -> String {
    format!("/api/v1/accounts/{}/password-link", account.id)
}

/// Makes a link to be handed over; returns the path of its page.
fn link(app: &TestApp, account: Account) -> String {
    let made = administrator(app).post(&path_of(account), json!({}), 200);
    assert_eq!(made["mailed"], false);
    assert!(made["qr_svg"].as_str().unwrap().contains("<svg"), "{made}");
    page_in(made["url"].as_str().unwrap())
}

fn page_in(text: &str) -> String {
    text[text.find("/l/").unwrap()..].split_whitespace().next().unwrap().to_owned()
}

/// Fills the page's form in.
fn choose(app: &TestApp, page: &str, password: &str, again: &str) -> Answer {
    let form = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let body = format!("password={}&again={}", form(password), form(again));
    let browser = app.anonymous();
    let browser = browser.with("content-type", "application/x-www-form-urlencoded");
    browser.send("POST", page, Some(body.into_bytes()))
}

fn log_in(app: &TestApp, account: Account, password: &str, status: u16) -> Value {
    app.anonymous().post("/api/v1/session", json!({"user": user_name(app, account), "password": password}), status)
}

pub fn calls(app: &TestApp) -> Vec<Call> {
    let invited = app.account(Role::Officer, "23095");
    let nothing = || Some(Value::Null);
    vec![
        call("POST /api/v1/accounts/{id}/password-link", path_of(invited), Some(json!({})), 404, 403, 200),
        call(
            "POST /api/v1/accounts/{id}/password-link/revocation",
            format!("{}/revocation", path_of(invited)),
            nothing(),
            404,
            403,
            200,
        ),
    ]
}

#[test]
fn somebody_chooses_their_first_password_by_a_link() {
    let app = TestApp::start();
    let id = uuid::Uuid::now_v7();
    let body = json!({"id": id, "chapter": "23095", "full_name": "Nguyễn Thị Lan", "phone": "0912000111"});
    let registered = administrator(&app).post("/api/v1/accounts", body, 201);
    let lan = Account { id, officer: uuid::Uuid::nil() };
    let page = link(&app, lan);
    let before = app
        .database
        .text("SELECT (SELECT string_agg(l::text, '') FROM link l) || (SELECT string_agg(a::text, '') FROM account a)");
    let shown = app.anonymous().send("GET", &page, None);
    assert_eq!(
        (shown.status, shown.header("referrer-policy"), shown.header("cache-control")),
        (200, Some("no-referrer"), Some("no-store"))
    );
    assert!(shown.text.contains(&user_name(&app, lan)) && shown.text.contains("name=\"password\""), "{}", shown.text);
    assert!(!shown.text.contains("<script") && shown.text.contains("viewport"), "{}", shown.text);
    assert_eq!(app.anonymous().send("HEAD", &page, None).status, 200);
    let in_english = app.anonymous();
    assert!(in_english.with("accept-language", "en").send("GET", &page, None).text.contains("Choose your password"));
    // What cannot be taken leaves the link as it was.
    for (password, again, says) in
        [(CHOSEN, "khác hẳn đấy nhé", "không giống nhau"), ("matkhau123", "matkhau123", "đoán được"), ("", "", "ít nhất 10")]
    {
        let refused = choose(&app, &page, password, again);
        assert!(refused.status == 422 && refused.text.contains(says) && refused.text.contains("<form"), "{}", refused.text);
    }
    let after = app
        .database
        .text("SELECT (SELECT string_agg(l::text, '') FROM link l) || (SELECT string_agg(a::text, '') FROM account a)");
    assert_eq!(before, after, "nothing has changed");
    log_in(&app, lan, registered["one_time_password"].as_str().unwrap(), 201);

    let done = choose(&app, &page, CHOSEN, CHOSEN);
    assert!(done.status == 200 && done.text.contains("đã được đặt"), "{}", done.text);
    log_in(&app, lan, registered["one_time_password"].as_str().unwrap(), 401);
    let session = log_in(&app, lan, CHOSEN, 201);
    // It is their own: nothing is left to be changed first.
    app.bearer(session["access_token"].as_str().unwrap()).get("/api/v1/account", 200);
    assert_eq!(choose(&app, &page, "một mật khẩu khác nữa", "một mật khẩu khác nữa").status, 410);
    let noted = app.database.text("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_event WHERE action LIKE 'PASSWORD%'");
    assert_eq!(noted, "PASSWORD_LINK_MADE PASSWORD_CHOSEN_BY_LINK");
    let secret = page.trim_start_matches("/l/");
    let bytes = app.database.text("SELECT (SELECT string_agg(l::text, '') FROM link l) || (SELECT string_agg(a::text, '') FROM audit_event a) || (SELECT coalesce(string_agg(k::text, ''), '') FROM idempotency_key k)");
    assert!(!bytes.contains(secret) && !bytes.contains(CHOSEN));
    assert!(!app.anonymous().get_text("/metrics", 200).contains(secret));
}

#[test]
fn whoever_forgot_theirs_is_logged_out_everywhere_and_keeps_the_second_factor() {
    let app = TestApp::start();
    let officer = app.account(Role::Officer, "23095");
    let session = app.log_in_plain(officer);
    let page = link(&app, officer);
    session.get("/api/v1/account", 200);
    assert_eq!(choose(&app, &page, CHOSEN, CHOSEN).status, 200);
    session.get("/api/v1/account", 401);
    log_in(&app, officer, PASSWORD, 401);
    log_in(&app, officer, CHOSEN, 201);
}

#[test]
fn a_link_is_void_when_the_account_has_changed_or_it_was_taken_back() {
    let app = TestApp::start();
    let officer = app.account(Role::Officer, "23095");
    let at = |what: &str| format!("/api/v1/accounts/{}/{what}", officer.id);
    let is_void = |page: &str, why: &str| {
        for answer in [app.anonymous().send("GET", page, None), choose(&app, page, CHOSEN, CHOSEN)] {
            assert_eq!(answer.status, 410, "{why}: {}", answer.text);
        }
    };
    let first = link(&app, officer);
    let second = link(&app, officer);
    is_void(&first, "there is another");
    administrator(&app).post(&at("one-time-password"), Value::Null, 200);
    is_void(&second, "another password was given");
    let third = link(&app, officer);
    administrator(&app).post(&at("disabling"), Value::Null, 200);
    administrator(&app).post(&path_of(officer), json!({}), 409);
    is_void(&third, "disabled");
    administrator(&app).post(&at("enabling"), Value::Null, 200);
    is_void(&third, "and enabled again");
    let fourth = link(&app, officer);
    let taken_back =
        |app: &TestApp| administrator(app).post(&at("password-link/revocation"), Value::Null, 200)["taken_back"].clone();
    assert_eq!((taken_back(&app), taken_back(&app)), (json!(true), json!(false)));
    is_void(&fourth, "taken back");
    let fifth = link(&app, officer);
    app.clock.advance(Duration::hours(24));
    is_void(&fifth, "a day is over");
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PASSWORD_CHOSEN_BY_LINK'"), 0);
}

#[test]
fn only_whoever_manages_an_account_makes_a_link_and_is_told_it_once() {
    let app = TestApp::start();
    let officer = app.account(Role::Officer, "23095");
    let path = path_of(officer);
    app.chair_of("23095").post(&path, json!({}), 403);
    app.staff(Role::ProvincialAdministrator, "01").post(&path, json!({}), 404);
    let own = app.account(Role::ProvincialAdministrator, "68");
    app.log_in(own).post(&path_of(own), json!({}), 409);
    // A colleague's password would open more than one's own.
    let above = app.account_of(None, &[(Role::Officer, "23095"), (Role::Accountant, "TW")]);
    administrator(&app).post(&path_of(above), json!({}), 403);
    let caller = administrator(&app);
    let keyed = caller.with("idempotency-key", "lan-1");
    let (first, again) = (keyed.post(&path, json!({}), 200), keyed.post(&path, json!({}), 200));
    assert!(first["url"].is_string() && again["url"].is_null() && again["qr_svg"].is_null());
    assert_eq!(first["id"], again["id"]);
    let refused = caller.post(&path, json!({"mail": "lan@example.org"}), 422);
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/mail"), &json!("NO_MAIL")));
    assert_eq!(caller.post(&path, json!({"mail": "lấn@example.org"}), 422)["errors"][0]["code"], "NOT_AN_EMAIL");
    // What was refused has not touched the link that is there.
    assert_eq!(app.anonymous().send("GET", &page_in(first["url"].as_str().unwrap()), None).status, 200);
}

/// The text of a mail, whichever way it was packed.
fn unpacked(mail: &str) -> String {
    let (head, body) = mail.split_once("\n\n").unwrap();
    if head.contains("base64") {
        return String::from_utf8(STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap()).unwrap();
    }
    let joined = body.replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let Some((first, more)) = rest.split_first() {
        let coded =
            more.get(..2).filter(|_| *first == b'=').and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(coded.unwrap_or(*first));
        rest = if coded.is_some() { &more[2..] } else { more };
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn by_mail_nobody_reads_it_but_whom_it_is_for() {
    let sink = Sink::start(Mood::Later);
    let app = by_mail(&sink);
    let officer = app.account(Role::Officer, "23095");
    let sent = |app: &TestApp| administrator(app).post(&path_of(officer), json!({"mail": "lan@example.org"}), 200);
    let made = sent(&app);
    assert_eq!((&made["mailed"], &made["url"], &made["qr_svg"]), (&json!(true), &Value::Null, &Value::Null));
    let waits = |n: i64| app.database.number("SELECT count(*) FROM message WHERE content IS NOT NULL") == n;
    eventually("it was put off", || app.database.number("SELECT count(*) FROM job WHERE trouble = 'MAIL_LATER'") == 1);
    assert!(waits(1));
    let colleague = app.officer_of("23095");
    assert_eq!(colleague.get("/api/v1/messages?chapter=23095", 200)["items"], json!([]), "no colleague reads the link");
    colleague.post(&format!("/api/v1/messages/{}/done", made["id"].as_str().unwrap()), Value::Null, 404);
    // Taken back it is not sent any more; nor is one that another has replaced.
    administrator(&app).post(&format!("{}/revocation", path_of(officer)), Value::Null, 200);
    assert!(waits(0));
    sent(&app);
    sent(&app);
    assert!(waits(1));
    sink.becomes(Mood::Good);
    app.clock.advance(Duration::minutes(5));
    eventually("it is sent", || sink.mails().len() == 1);
    let text = unpacked(&sink.mails()[0]);
    assert!(text.contains(&user_name(&app, officer)) && text.contains("24 giờ"), "{text}");
    assert_eq!(choose(&app, &page_in(&text), CHOSEN, CHOSEN).status, 200);
    log_in(&app, officer, CHOSEN, 201);
    eventually("and forgotten", || waits(0));
}

#[test]
fn a_link_that_could_not_be_mailed_is_forgotten() {
    let sink = Sink::start(Mood::Refusing);
    let app = by_mail(&sink);
    let officer = app.account(Role::Officer, "23095");
    administrator(&app).post(&path_of(officer), json!({"mail": "lan@example.org"}), 200);
    eventually("it is given up", || app.database.number("SELECT count(*) FROM job WHERE state = 'DEAD'") == 1);
    app.clock.advance(Duration::days(3));
    eventually("it is forgotten", || app.database.number("SELECT count(*) FROM message WHERE content IS NOT NULL") == 0);
}
