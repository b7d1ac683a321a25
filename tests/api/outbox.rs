//! Messages: sent by mail and by a gateway where there is one, by an officer's hand where there is none; once, not at night,
//! and forgotten afterwards.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration as Wait;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::token::Purpose;
use so_nhan_ai::authz::{Actor, Record, Role, Visit};
use so_nhan_ai::http::Problem;
use so_nhan_ai::outbox::{self, Address, Gateway, Mailer, NewMessage, Text, Ways};
use uuid::Uuid;

use crate::harness::{Caller, Database, TestApp, eventually};
use crate::personal::{ask, nowhere, party_of, personal};
use crate::sink::{Mood, Sink};

const PATIENCE: Wait = Wait::from_secs(2);

/// A server that sends by these ways.
pub fn app_with(ways: Ways) -> TestApp {
    let mut app = TestApp::start();
    let mut shared = app.shared.clone();
    app.stop();
    let database: Database = app.database.take_over();
    shared.db = so_nhan_ai::app::connect(&database.url(), None, 4);
    shared.ways = Arc::new(ways);
    TestApp::start_with(database, shared)
}

pub fn by_mail(sink: &Sink) -> TestApp {
    let mail = Mailer::new(&sink.url(), "Sổ Nhân Ái <so@example.org>", PATIENCE).unwrap();
    app_with(Ways { mail: Some(mail), ..Ways::default() })
}

fn mail(about: Option<Uuid>) -> NewMessage {
    NewMessage {
        id: Uuid::now_v7(),
        to: Address::mail("lan@example.org").unwrap(),
        text: Text {
            subject: "Biên  nhận của\nchị Lan".to_owned(), body: "Cảm ơn chị.\n.Xin xem biên nhận.\n".to_owned()
        },
        purpose: "RECEIPT",
        about,
    }
}

fn sms() -> NewMessage {
    let to = Address::Phone(so_nhan_ai::basics::Phone::parse("0912345678").unwrap());
    NewMessage { to, ..mail(None) }
}

fn send(app: &TestApp, officer: &Caller<'_>, new: &NewMessage) {
    let claims = app.shared.tokens.verify(officer.token(), Purpose::Access, app.now()).unwrap();
    let actor = Actor { account: claims.subject, session: claims.session };
    app.shared
        .db
        .tx_blocking(|conn| -> Result<(), Problem> {
            let mut v = Visit::enter(conn, &app.shared.vault, app.now(), actor)?;
            let (granted, _) = v.at_code::<Record>("23095")?;
            outbox::send(v.conn, &app.shared.vault, &app.shared.ways, &granted, app.now(), new)?;
            Ok(())
        })
        .unwrap();
}

/// A message that nothing sends.
pub fn by_hand(app: &TestApp, officer: &Caller<'_>) {
    send(app, officer, &mail(None));
}

fn state(app: &TestApp, id: Uuid) -> String {
    app.database
        .text(&format!("SELECT state || CASE WHEN content IS NULL THEN ', forgotten' ELSE '' END FROM message WHERE id = '{id}'"))
}

fn job(app: &TestApp, id: Uuid) -> String {
    app.database.text(&format!("SELECT state || coalesce(' ' || trouble, '') FROM job WHERE id = '{id}'"))
}

fn messages(caller: &Caller<'_>) -> Vec<Value> {
    caller.get("/api/v1/messages?chapter=23095", 200)["items"].as_array().unwrap().clone()
}

#[test]
fn a_mail_is_sent_once_and_forgotten() {
    let sink = Sink::start(Mood::Good);
    let app = by_mail(&sink);
    let officer = app.officer_of("23095");
    let new = mail(None);
    send(&app, &officer, &new);
    send(&app, &officer, &new);
    eventually("it is sent", || state(&app, new.id) == "SENT, forgotten");
    eventually("the job is done", || job(&app, new.id) == "DONE");
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    let (head, body) = mails[0].split_once("\n\n").unwrap();
    assert!(head.contains(&format!("Message-ID: <{}@example.org>", new.id)), "{head}");
    assert!(head.contains("To: lan@example.org") && head.contains("Date: Sun, 22 Nov 2026 03:00:00 +0000"), "{head}");
    assert!(head.contains("charset=utf-8") && !body.is_empty(), "{head}");
    assert_eq!(messages(&officer), Vec::<Value>::new());
    let bytes = app.database.text(
        "SELECT coalesce(string_agg(content::text, ''), '') || (SELECT string_agg(content::text, '') FROM job) FROM message",
    );
    assert!(!bytes.contains("lan@"), "{bytes}");
}

#[test]
fn a_mail_server_that_is_away_or_busy_is_tried_again() {
    let sink = Sink::start(Mood::Later);
    let app = by_mail(&sink);
    let officer = app.officer_of("23095");
    let new = mail(None);
    send(&app, &officer, &new);
    eventually("it was put off", || job(&app, new.id) == "WAITING MAIL_LATER");
    // For an hour it takes connections and says nothing.
    sink.becomes(Mood::Silent);
    app.clock.advance(Duration::hours(1));
    eventually("it was put off", || job(&app, new.id) == "WAITING MAIL_AWAY");
    let waiting = messages(&app.officer_of("23095"));
    assert_eq!(
        (&waiting[0]["state"], &waiting[0]["to"]),
        (&json!("WAITING"), &json!("lan@example.org")),
        "meanwhile an officer can write"
    );
    sink.becomes(Mood::Good);
    app.clock.advance(Duration::hours(1));
    eventually("it is sent", || state(&app, new.id) == "SENT, forgotten");
    assert_eq!(sink.mails().len(), 1);
}

#[test]
fn a_mail_server_that_is_away_for_days_is_given_up() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mail = Mailer::new(&format!("smtp://{nobody}"), "so@example.org", PATIENCE).unwrap();
    let app = app_with(Ways { mail: Some(mail), ..Ways::default() });
    let new = self::mail(None);
    send(&app, &app.officer_of("23095"), &new);
    eventually("it is given up", || {
        app.clock.advance(Duration::minutes(30));
        job(&app, new.id) == "DEAD MAIL_AWAY"
    });
    assert_eq!(app.database.number("SELECT attempts FROM job"), 20);
    assert_eq!(messages(&app.officer_of("23095"))[0]["state"], "FAILED");
}

#[test]
fn a_mail_server_that_refuses_is_not_asked_again() {
    let sink = Sink::start(Mood::Refusing);
    let app = by_mail(&sink);
    let officer = app.officer_of("23095");
    let new = mail(None);
    send(&app, &officer, &new);
    eventually("it is given up", || job(&app, new.id) == "DEAD MAIL_REFUSED");
    let dead = app.staff(Role::ProvincialAdministrator, "68").get("/api/v1/jobs?chapter=68", 200);
    assert_eq!((&dead["items"][0]["kind"], &dead["items"][0]["trouble"]), (&json!("SEND_MESSAGE"), &json!("MAIL_REFUSED")));
    assert!(!dead.to_string().contains("lan@"), "{dead}");
    // The officer sees it and writes or calls.
    assert_eq!(messages(&officer)[0]["state"], "FAILED");
    assert!(messages(&officer)[0]["send_link"].as_str().unwrap().starts_with("mailto:lan@example.org?subject=Bi%C3%AAn%20nh"));
    officer.post(&format!("/api/v1/messages/{}/done", new.id), Value::Null, 200);
    assert_eq!(state(&app, new.id), "DONE_BY_HAND, forgotten");
}

/// The server has the mail and its answer is lost: it comes twice, under one name.
#[test]
fn what_may_have_been_sent_is_sent_again_under_the_same_name() {
    let sink = Sink::start(Mood::BreaksOff);
    let app = by_mail(&sink);
    let new = mail(None);
    send(&app, &app.officer_of("23095"), &new);
    eventually("it was put off", || job(&app, new.id) == "WAITING MAIL_AWAY");
    sink.becomes(Mood::Good);
    app.clock.advance(Duration::hours(1));
    eventually("it is sent", || state(&app, new.id) == "SENT, forgotten");
    let ids: BTreeSet<String> =
        sink.mails().iter().map(|mail| mail.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned()).collect();
    assert_eq!((sink.mails().len(), ids.len()), (2, 1));
}

#[test]
fn without_a_mail_server_and_a_gateway_officers_get_links() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (by_post, by_phone) = (mail(None), sms());
    send(&app, &officer, &by_post);
    send(&app, &officer, &by_phone);
    assert_eq!(app.database.number("SELECT count(*) FROM job"), 0);
    let list = messages(&officer);
    assert_eq!(list.len(), 2);
    assert!(list.iter().all(|message| message["state"] == "BY_HAND"));
    assert_eq!(list[1]["call_link"], "tel:0912345678");
    let link = list[1]["send_link"].as_str().unwrap();
    assert!(link.starts_with("sms:0912345678?body=C%E1%BA%A3m%20%C6%A1n%20ch%E1%BB%8B."), "{link}");
    assert_eq!(
        app.database.number("SELECT count(*) FROM audit_event WHERE action = 'MESSAGES_READ'"),
        1,
        "who read addresses is noted"
    );
    app.chair_of("23095").get("/api/v1/messages?chapter=23095", 403);
    app.officer_of("23059").get("/api/v1/messages?chapter=23095", 404);
    app.officer_of("23059").post(&format!("/api/v1/messages/{}/done", by_phone.id), Value::Null, 404);
    for _ in 0..2 {
        officer.post(&format!("/api/v1/messages/{}/done", by_phone.id), Value::Null, 200);
    }
    assert_eq!(state(&app, by_phone.id), "DONE_BY_HAND, forgotten");
    assert_eq!(messages(&officer).len(), 1);
}

/// A gateway on this machine that answers so; returns its address and what it was sent: (head, body).
pub fn gateway(status: &'static str) -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/messages", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head).unwrap() == 0 {
                    break;
                }
            }
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|n| n.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            tell.send((head, String::from_utf8(body).unwrap())).unwrap();
            stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
        }
    });
    (url, told)
}

#[test]
fn an_sms_goes_by_the_gateway_and_not_at_night() {
    let (url, told) = gateway("204 No Content");
    let app = app_with(Ways { sms: Gateway::new(&url, "a secret of some length"), ..Ways::default() });
    // Half past nine in the evening, in Vietnam.
    app.clock.advance("2026-11-22T14:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now());
    let officer = app.officer_of("23095");
    let new = sms();
    send(&app, &officer, &new);
    let due =
        format!("SELECT due_at = '2026-11-23T00:00:00Z' AND attempts = 0 AND trouble IS NULL FROM job WHERE id = '{}'", new.id);
    app.database.wait_until(&due);
    assert!(told.try_recv().is_err(), "nobody is woken");
    app.clock.advance(Duration::hours(10));
    let (head, body) = told.recv_timeout(Wait::from_secs(60)).unwrap();
    assert!(head.contains(&format!("webhook-id: {}", new.id)) && head.contains("webhook-signature: v1,"), "{head}");
    let said: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&said["to"], &said["text"]), (&json!("0912345678"), &json!(new.text.body)));
    eventually("it is noted", || state(&app, new.id) == "SENT, forgotten");
}

#[test]
fn nobody_is_sent_more_than_a_day_allows() {
    let sink = Sink::start(Mood::Good);
    let app = by_mail(&sink);
    app.database
        .execute("INSERT INTO sending_rule (channel, valid_from, most_a_day, source) VALUES ('MAIL', '2026-11-01', 2, 'test')");
    let officer = app.officer_of("23095");
    let all: Vec<NewMessage> = (0..3).map(|_| mail(None)).collect();
    for new in &all {
        send(&app, &officer, new);
    }
    eventually("two are sent", || sink.mails().len() == 2);
    app.database.wait_until("SELECT count(*) = 1 FROM job WHERE state = 'WAITING' AND due_at = '2026-11-23T03:00:00Z'");
    app.clock.advance(Duration::days(1));
    eventually("and the third a day later", || sink.mails().len() == 3);
    eventually("all are noted", || app.database.number("SELECT count(*) FROM message WHERE state = 'SENT'") == 3);
}

#[test]
fn a_message_goes_with_the_person_it_is_about() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = personal(&app, "Phạm Thị Quỳnhxqz Hương", Some("0987654077"), "FULL_NAME", json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let about = Some(gift["id"].as_str().unwrap().parse().unwrap());
    let text = Text { subject: "Gửi chị Phạm Thị Quỳnhxqz Hương".to_owned(), body: "Cảm ơn".to_owned() };
    let (linked, loose) = (NewMessage { text: text.clone(), ..mail(about) }, NewMessage { text, ..mail(None) });
    send(&app, &officer, &linked);
    send(&app, &officer, &loose);
    let other = mail(None);
    send(&app, &officer, &other);
    let request = ask(&app, "ERASE", json!({"party": party_of(&officer, &gift)}));
    let asked = officer.post(crate::personal::REQUESTS, request.clone(), 201);
    if asked["state"] != "DONE" {
        chair.post(&crate::personal::path(&request, "/approval"), Value::Null, 200);
    }
    assert_eq!(
        (state(&app, linked.id), state(&app, loose.id)),
        ("CANCELLED, forgotten".to_owned(), "CANCELLED, forgotten".to_owned())
    );
    assert_eq!(state(&app, other.id), "BY_HAND");
    assert_eq!(app.database.number("SELECT count(*) FROM message WHERE about IS NOT NULL"), 0);
    nowhere(&app, &["Quỳnhxqz", "0987654077"]);
}
