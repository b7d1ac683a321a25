//! Webhooks: told in order, each once if all goes well and never not at all, signed, never into our own network, and never silent when
//! nobody takes them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::basics::webhook::sign;
use so_nhan_ai::outbox::Ways;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp, eventually};
use crate::outbox::app_with;
use crate::receiver::{Manner, Receiver, Taken};

const PATH: &str = "/api/v1/subscribers";

fn app() -> TestApp {
    app_with(Ways { webhooks_to_private: true, ..Ways::default() })
}

fn administrator(app: &TestApp) -> Caller<'_> {
    app.staff(Role::ProvincialAdministrator, "68")
}

fn subscriber(url: &str, kinds: &[&str]) -> Value {
    json!({"id": Uuid::now_v7(), "chapter": "23095", "url": url, "kinds": kinds})
}

/// Registers; returns its path and its secret.
fn register(app: &TestApp, receiver: &Receiver, kinds: &[&str]) -> (String, Vec<u8>) {
    let made = administrator(app).post(PATH, subscriber(&receiver.url(), kinds), 201);
    assert_eq!(made["subscriber"]["state"], "ACTIVE");
    (format!("{PATH}/{}", made["subscriber"]["id"].as_str().unwrap()), secret(&made))
}

fn secret(answer: &Value) -> Vec<u8> {
    STANDARD.decode(answer["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap()).unwrap()
}

/// Waits while the server's clock goes on, a few seconds at a time.
fn in_time(app: &TestApp, step: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    eventually(what, || {
        let done = holds();
        if !done {
            app.clock.advance(step);
        }
        done
    });
}

fn soon(app: &TestApp, what: &str, holds: impl FnMut() -> bool) {
    in_time(app, Duration::seconds(3), what, holds);
}

fn give(app: &TestApp) -> String {
    let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": "Trần Thị Xqz", "phone": "0987654321"}}));
    app.officer_of("23095").post("/api/v1/gifts", gift.clone(), 201);
    gift["id"].as_str().unwrap().to_owned()
}

/// What was told, request by request: the subjects.
fn subjects(taken: &Taken) -> Vec<String> {
    let body: Value = serde_json::from_str(&taken.body).unwrap();
    let items = body["data"]["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["subject"].as_str().unwrap().to_owned()).collect()
}

fn told(receiver: &Receiver) -> Vec<String> {
    receiver.taken().iter().flat_map(subjects).collect()
}

/// The signatures that hold of a request, by these secrets.
fn signed_by(taken: &Taken, secrets: &[&Vec<u8>]) -> Vec<bool> {
    let (id, at) = (taken.header("webhook-id"), taken.header("webhook-timestamp"));
    let said: Vec<&str> = taken.header("webhook-signature").split(' ').collect();
    assert!(said.iter().all(|one| one.starts_with("v1,")), "{said:?}");
    secrets.iter().map(|secret| said.contains(&sign(secret, id, at, &taken.body).unwrap().as_str())).collect()
}

fn deliveries(app: &TestApp, path: &str) -> Vec<Value> {
    administrator(app).get(&format!("{path}/deliveries"), 200)["items"].as_array().unwrap().clone()
}

/// State, attempts, status and trouble of the newest delivery.
fn newest(app: &TestApp) -> String {
    app.database.text(
        "SELECT coalesce((SELECT concat_ws(' ', state, attempts, status, trouble) FROM delivery ORDER BY id DESC LIMIT 1), '')",
    )
}

pub fn calls(app: &TestApp) -> Vec<Call> {
    let id = Uuid::now_v7();
    let one = json!({"id": id, "chapter": "23095", "url": "https://subscriber.example.org/"});
    administrator(app).post(PATH, one, 201);
    let other = json!({"id": Uuid::now_v7(), "chapter": "23095", "url": "https://subscriber.example.org/x"});
    let at = |rest: &str| format!("{PATH}/{id}{rest}");
    let nothing = || Some(Value::Null);
    vec![
        call("POST /api/v1/subscribers", PATH.to_owned(), Some(other), 404, 403, 201),
        call("GET /api/v1/subscribers", format!("{PATH}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/subscribers/{id}", at(""), None, 404, 403, 200),
        call("GET /api/v1/subscribers/{id}/deliveries", at("/deliveries"), None, 404, 403, 200),
        call("POST /api/v1/subscribers/{id}/resumption", at("/resumption"), nothing(), 404, 403, 200),
        call("POST /api/v1/subscribers/{id}/secret", at("/secret"), nothing(), 404, 403, 200),
        call("POST /api/v1/subscribers/{id}/trial", at("/trial"), nothing(), 404, 403, 200),
        call("POST /api/v1/subscribers/{id}/ending", at("/ending"), nothing(), 404, 403, 200),
    ]
}

#[test]
fn a_subscriber_is_told_what_the_feed_says_and_no_person() {
    let app = app();
    let receiver = Receiver::start(Manner::Good);
    let before = give(&app);
    // What was there before is read, not told. (The feed waits for other databases of the same PostgreSQL.)
    let feed =
        |app: &TestApp| app.officer_of("23095").get("/api/v1/changes?chapter=23095", 200)["items"].as_array().unwrap().clone();
    eventually("the feed has it", || feed(&app).len() == 1);
    let (path, secret) = register(&app, &receiver, &[]);
    let gift = give(&app);
    soon(&app, "it is told", || !receiver.taken().is_empty());
    let taken = receiver.taken().remove(0);
    let body: Value = serde_json::from_str(&taken.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["chapter"]), (&json!("changes"), &json!("23095")));
    assert_eq!(body["data"]["items"], json!([{"kind": "GIFT", "subject": gift, "state": "CHANGED"}]));
    let since = app.officer_of("23095").get("/api/v1/changes?chapter=23095", 200);
    assert_eq!(body["data"]["next"], since["next"], "a reader can go on from there");
    assert!(!taken.body.contains("Xqz") && !taken.body.contains(&before) && !taken.body.contains("098765"), "{}", taken.body);
    assert_eq!(signed_by(&taken, &[&secret, &b"another".to_vec()]), [true, false]);
    assert_eq!(taken.header("content-type"), "application/json");
    soon(&app, "it is noted", || newest(&app) == "DELIVERED 1 204");
    let listed = deliveries(&app, &path);
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &json!(taken.header("webhook-id"))));
    assert_eq!(app.database.number("SELECT count(*) FROM delivery WHERE body IS NOT NULL"), 0);
    let next = give(&app);
    soon(&app, "the next is told", || told(&receiver) == [gift.clone(), next.clone()]);
    let bytes = app
        .database
        .text("SELECT (SELECT string_agg(s::text, '') FROM subscriber s) || (SELECT string_agg(a::text, '') FROM audit_event a)");
    assert!(!bytes.contains(&STANDARD.encode(&secret)), "{bytes}");
}

#[test]
fn one_that_is_away_misses_nothing_and_knows_again_what_comes_twice() {
    let app = app();
    let receiver = Receiver::start(Manner::Broken);
    let (_, secret) = register(&app, &receiver, &[]);
    let first = give(&app);
    soon(&app, "it is tried", || newest(&app) == "WAITING 1 500 SUBSCRIBER_REFUSED");
    // An hour later it is still broken, and more has happened.
    let second = give(&app);
    in_time(&app, Duration::minutes(5), "it is tried again and again", || receiver.taken().len() >= 3);
    receiver.becomes(Manner::Good);
    let before = receiver.taken().len();
    in_time(&app, Duration::minutes(5), "it is told the rest", || told(&receiver).contains(&second));
    let taken = receiver.taken();
    let ids: Vec<&str> = taken.iter().map(|one| one.header("webhook-id")).collect();
    assert!(ids[..=before].iter().all(|id| *id == ids[0]), "the same delivery, until it is taken: {ids:?}");
    assert!(taken[..=before].iter().all(|one| subjects(one) == [first.clone()] && one.body == taken[0].body));
    assert_eq!(taken[before + 1..].iter().flat_map(subjects).collect::<Vec<_>>(), [second], "then what has happened meanwhile");
    assert!(taken.iter().all(|one| signed_by(one, &[&secret]) == [true]));
}

#[test]
fn nobody_is_followed_listened_to_or_waited_for() {
    let app = app();
    let receiver = Receiver::start(Manner::Moved);
    register(&app, &receiver, &[]);
    let gift = give(&app);
    soon(&app, "it is tried", || newest(&app) == "WAITING 1 307 SUBSCRIBER_MOVED");
    assert!(receiver.taken().iter().all(|one| one.path == "/hook"), "nobody is followed");
    receiver.becomes(Manner::Silent);
    in_time(&app, Duration::seconds(30), "it is given up", || newest(&app).ends_with("SUBSCRIBER_AWAY"));
    receiver.becomes(Manner::Endless);
    in_time(&app, Duration::minutes(5), "a yes is enough", || newest(&app).starts_with("DELIVERED"));
    assert!(told(&receiver).iter().all(|subject| *subject == gift));
}

#[test]
fn one_that_fails_for_long_is_paused_and_goes_on_where_it_was() {
    let app = app();
    let receiver = Receiver::start(Manner::Broken);
    let (path, _) = register(&app, &receiver, &[]);
    let gift = give(&app);
    let state = |app: &TestApp| {
        let shown = administrator(app).get(&path, 200);
        (shown["state"].as_str().unwrap().to_owned(), shown["trouble"].as_str().unwrap_or_default().to_owned())
    };
    let is_dead = "SELECT count(*) FROM job WHERE state = 'DEAD'";
    in_time(&app, Duration::minutes(30), "it is paused", || app.database.number(is_dead) == 1);
    assert_eq!(receiver.taken().len(), 20, "as often as within thirty hours");
    assert_eq!(state(&app), ("PAUSED".to_owned(), "SUBSCRIBER_REFUSED".to_owned()));
    // It stands in the administrators' list, with where to look.
    let dead = administrator(&app).get("/api/v1/jobs?chapter=68", 200);
    assert_eq!((&dead["items"][0]["kind"], &dead["items"][0]["url"]), (&json!("DELIVER_CHANGES"), &json!(path)));
    assert!(app.anonymous().get_text("/metrics", 200).contains("sna_jobs_dead 1.0\n"));
    receiver.becomes(Manner::Good);
    let meanwhile = give(&app);
    administrator(&app).post(&format!("{path}/resumption"), Value::Null, 200);
    soon(&app, "it gets what it missed", || told(&receiver).ends_with(&[gift.clone(), meanwhile.clone()]));
    assert_eq!(state(&app).0, "ACTIVE");
    // One that says it is gone is not asked twice.
    receiver.becomes(Manner::Gone);
    let before = receiver.taken().len();
    give(&app);
    soon(&app, "it is paused at once", || app.database.number(is_dead) == 1);
    assert_eq!((receiver.taken().len(), state(&app).1), (before + 1, "SUBSCRIBER_GONE".to_owned()));
}

#[test]
fn a_changed_secret_and_the_one_before_hold_for_a_day() {
    let app = app();
    let receiver = Receiver::start(Manner::Good);
    let (path, old) = register(&app, &receiver, &[]);
    let caller = administrator(&app);
    let keyed = caller.with("idempotency-key", "anew");
    let answer = keyed.post(&format!("{path}/secret"), Value::Null, 200);
    let new = secret(&answer);
    assert_ne!(old, new);
    assert_eq!(keyed.post(&format!("{path}/secret"), Value::Null, 200)["secret"], Value::Null, "told once");
    let signed = |app: &TestApp| {
        let before = receiver.taken().len();
        give(app);
        soon(app, "it is told", || receiver.taken().len() > before);
        signed_by(receiver.taken().last().unwrap(), &[&new, &old])
    };
    assert_eq!(signed(&app), [true, true]);
    app.clock.advance(Duration::days(1));
    assert_eq!(signed(&app), [true, false]);
    eventually("it is forgotten", || app.database.number("SELECT count(*) FROM subscriber WHERE former_secret IS NULL") == 1);
}

#[test]
fn an_address_is_tried_and_a_kind_that_is_not_wanted_is_not_told() {
    let app = app();
    let receiver = Receiver::start(Manner::Good);
    let (path, secret) = register(&app, &receiver, &["APPEAL"]);
    let trial = administrator(&app).post(&format!("{path}/trial"), Value::Null, 200);
    assert_eq!((&trial["test"], &trial["state"]), (&json!(true), &json!("WAITING")));
    soon(&app, "it is tried", || receiver.taken().len() == 1);
    let taken = receiver.taken().remove(0);
    assert_eq!((taken.header("webhook-id"), signed_by(&taken, &[&secret])), (trial["id"].as_str().unwrap(), vec![true]));
    assert!(taken.body.contains("\"type\":\"test\""), "{}", taken.body);
    give(&app);
    app.open_appeal("23095", "LULUT-1");
    soon(&app, "it is told", || told(&receiver).contains(&"LULUT-1".to_owned()));
    assert!(told(&receiver).iter().all(|subject| subject == "LULUT-1"), "{:?}", told(&receiver));
    // A trial that fails says so, and is no dead letter.
    receiver.becomes(Manner::Broken);
    administrator(&app).post(&format!("{path}/trial"), Value::Null, 200);
    soon(&app, "it has failed", || newest(&app) == "FAILED 1 500 SUBSCRIBER_REFUSED");
    assert_eq!(app.database.number("SELECT count(*) FROM job WHERE state = 'DEAD'"), 0);
    // One that has ended is told nothing, and has no secret.
    receiver.becomes(Manner::Good);
    let ended = administrator(&app).post(&format!("{path}/ending"), Value::Null, 200);
    assert_eq!(ended["state"], "ENDED");
    administrator(&app).post(&format!("{path}/ending"), Value::Null, 200);
    for step in ["trial", "secret", "resumption"] {
        administrator(&app).post(&format!("{path}/{step}"), Value::Null, 409);
    }
    let before = receiver.taken().len();
    app.open_appeal("23095", "LULUT-2");
    soon(&app, "its job is over", || {
        app.database.number("SELECT count(*) FROM job WHERE kind = 'DELIVER_CHANGES' AND state = 'DONE'") == 1
    });
    assert_eq!(receiver.taken().len(), before);
    assert_eq!(app.database.number("SELECT count(*) FROM subscriber WHERE length(secret) > 0"), 0);
}

#[test]
fn only_administrators_register_and_only_addresses_of_the_internet() {
    let app = TestApp::start();
    let good = subscriber("https://subscriber.example.org/hook", &["GIFT"]);
    app.officer_of("23095").post(PATH, good.clone(), 403);
    app.chair_of("23095").post(PATH, good.clone(), 403);
    app.staff(Role::ProvincialAdministrator, "01").post(PATH, good.clone(), 404);
    let caller = administrator(&app);
    for (url, code) in [
        ("http://subscriber.example.org/", "NOT_HTTPS"),
        ("https://127.0.0.1:5432/", "PRIVATE_ADDRESS"),
        ("https://localhost/", "PRIVATE_ADDRESS"),
        ("https://169.254.169.254/", "PRIVATE_ADDRESS"),
        ("https://[::ffff:10.0.0.1]/", "PRIVATE_ADDRESS"),
        ("subscriber.example.org", "NOT_A_URL"),
    ] {
        let refused = caller.post(PATH, subscriber(url, &[]), 422);
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/url"), &json!(code)), "{url}");
    }
    assert_eq!(caller.post(PATH, subscriber("https://a.example.org/", &["gift"]), 422)["errors"][0]["code"], "NOT_KINDS");
    let made = caller.post(PATH, good.clone(), 201);
    assert!(made["secret"].is_string());
    assert_eq!(caller.post(PATH, good.clone(), 200)["secret"], Value::Null, "told once");
    let mut other = good;
    other["url"] = json!("https://other.example.org/");
    assert_eq!(caller.post(PATH, other, 422)["type"], "/problems/id-taken");
    for _ in 1..20 {
        caller.post(PATH, subscriber("https://subscriber.example.org/hook", &[]), 201);
    }
    caller.post(PATH, subscriber("https://subscriber.example.org/hook", &[]), 409);
    assert_eq!(app.database.number("SELECT count(*) FROM subscriber"), 20);
}
