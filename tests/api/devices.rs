//! One's own sessions, device by device, and devices that strangers cannot lock out.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::factor::user_name;
use crate::harness::{Account, PASSWORD, TestApp};
use crate::look::{Dump, all};

/// A log-in with more fields; status and body.
fn attempt(app: &TestApp, account: Account, password: &str, more: Value) -> (u16, Value) {
    let mut login = json!({"user": user_name(app, account), "password": password});
    for (key, value) in more.as_object().unwrap() {
        login[key] = value.clone();
    }
    let answer = app.anonymous().send("POST", "/api/v1/session", Some(login.to_string().into()));
    (answer.status, answer.json())
}

fn log_in(app: &TestApp, account: Account, more: Value) -> Value {
    let (status, session) = attempt(app, account, PASSWORD, more);
    assert_eq!(status, 201, "{session}");
    session
}

fn access(session: &Value) -> &str {
    session["access_token"].as_str().unwrap()
}

#[test]
fn sessions_are_listed_by_device_and_ended_one_by_one() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let phone = log_in(&app, account, json!({"device_name": "  Điện thoại của Hạnh "}));
    app.clock.advance(Duration::minutes(3));
    let login = json!({"user": user_name(&app, account), "password": PASSWORD});
    let browser = app.anonymous().with(
        "user-agent",
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
    );
    let browser = browser.post("/api/v1/session", login, 201);
    let stranger = log_in(&app, app.account(Role::Officer, "23095"), json!({}));
    app.clock.advance(Duration::minutes(10));
    let caller = app.bearer(access(&phone));
    app.anonymous().post("/api/v1/session/refresh", json!({"refresh_token": browser["refresh_token"]}), 200);

    let page = caller.get("/api/v1/sessions", 200);
    let listed = page["items"].as_array().unwrap();
    let column = |name: &str| listed.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("device"), [json!("Chrome · Android"), json!("Điện thoại của Hạnh")]);
    assert_eq!(column("current"), [false, true]);
    assert_eq!(column("created_at"), ["2026-11-22T03:03:00Z", "2026-11-22T03:00:00Z"]);
    assert_eq!(column("last_used_at"), ["2026-11-22T03:13:00Z", "2026-11-22T03:00:00Z"]);
    assert_eq!(column("expires_at"), ["2027-01-21T03:03:00Z", "2027-01-21T03:00:00Z"]);
    assert_eq!(column("second_factor"), [false, false]);
    assert_eq!(Dump::of(&app.database).tables_with("Điện thoại của Hạnh"), Vec::<&str>::new(), "names of devices are sealed");

    let id = listed[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/sessions/{id}");
    app.bearer(access(&stranger)).delete(&path, 404);
    app.bearer(access(&browser)).get("/api/v1/session", 200);
    caller.delete(&path, 204);
    caller.delete(&path, 204);
    app.bearer(access(&browser)).get("/api/v1/session", 401);
    app.anonymous().post("/api/v1/session/refresh", json!({"refresh_token": browser["refresh_token"]}), 401);
    assert_eq!(caller.get("/api/v1/sessions", 200)["items"].as_array().unwrap().len(), 1);
    for other in [Uuid::now_v7().to_string(), "x".to_owned(), Uuid::nil().to_string()] {
        caller.delete(&format!("/api/v1/sessions/{other}"), 404);
    }
    let own = listed[1]["id"].as_str().unwrap();
    caller.delete(&format!("/api/v1/sessions/{own}"), 204);
    caller.get("/api/v1/sessions", 401);
}

#[test]
fn all_other_sessions_end_at_once() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let sessions: Vec<Value> = (0..5).map(|n| log_in(&app, account, json!({"device_name": format!("Máy {n}")}))).collect();
    let stranger = log_in(&app, app.account(Role::Officer, "23095"), json!({}));
    let kept = app.bearer(access(&sessions[2]));
    let listed = all(&kept, "/api/v1/sessions", 2);
    assert_eq!(
        listed.iter().map(|row| row["device"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Máy 4", "Máy 3", "Máy 2", "Máy 1", "Máy 0"]
    );
    assert_eq!(kept.delete("/api/v1/sessions", 200), json!({"ended": 4}));
    assert_eq!(kept.delete("/api/v1/sessions", 200), json!({"ended": 0}));
    for (n, session) in sessions.iter().enumerate() {
        app.bearer(access(session)).get("/api/v1/session", if n == 2 { 200 } else { 401 });
    }
    app.bearer(access(&stranger)).get("/api/v1/session", 200);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'SESSION_REVOKED'"), 4);
    // Only the kept device is still known.
    assert_eq!(app.database.number(&format!("SELECT count(*) FROM known_device WHERE account_id = '{}'", account.id)), 1);
}

#[test]
fn requests_write_nothing_about_the_session() {
    let app = TestApp::start();
    let caller = app.officer_of("23095");
    let row = || app.database.text("SELECT string_agg(xmin::text || session::text, ',') FROM session");
    let before = row();
    for _ in 0..5 {
        app.clock.advance(Duration::minutes(2));
        caller.get("/api/v1/session", 200);
        caller.post("/api/v1/gifts", app.gift(json!({})), 201);
        caller.get("/api/v1/sessions", 200);
    }
    assert_eq!(row(), before);
}

#[test]
fn strangers_never_make_a_known_device_wait() {
    let app = TestApp::start();
    let (account, other) = (app.account(Role::Officer, "23095"), app.account(Role::Officer, "23095"));
    let device = log_in(&app, account, json!({}))["device_token"].clone();
    let with = json!({"device_token": device});
    for _ in 0..6 {
        assert_eq!(attempt(&app, account, "wrong", json!({})).0, 401);
    }
    assert_eq!(attempt(&app, account, PASSWORD, json!({})).0, 429, "somebody unknown waits");
    // From the same network, but known: at once, and the token stays the same.
    let session = log_in(&app, account, with.clone());
    assert_eq!(session["device_token"], device);
    assert_eq!(attempt(&app, account, PASSWORD, json!({})).0, 429, "its success does not help the strangers");
    // A token of another account, a made-up or a forgotten one is no device.
    let foreign = log_in(&app, other, json!({}))["device_token"].clone();
    for token in [foreign, json!("x"), json!(""), json!("\u{0}"), json!("A".repeat(300))] {
        assert_eq!(attempt(&app, account, PASSWORD, json!({"device_token": token})).0, 429, "{token}");
    }
    // Who guesses on the device itself waits too.
    for _ in 0..6 {
        assert_eq!(attempt(&app, account, "wrong", with.clone()).0, 401);
    }
    assert_eq!(attempt(&app, account, PASSWORD, with.clone()).0, 429);
    app.clock.advance(Duration::seconds(2));
    let session = log_in(&app, account, with.clone());

    // Revoking the session forgets the device.
    for _ in 0..6 {
        attempt(&app, account, "wrong", json!({}));
    }
    let caller = app.bearer(access(&session));
    let id = all(&caller, "/api/v1/sessions", 50).into_iter().find(|row| row["current"] == true).unwrap()["id"].clone();
    caller.delete(&format!("/api/v1/sessions/{}", id.as_str().unwrap()), 204);
    assert_eq!(attempt(&app, account, PASSWORD, with).0, 429);
}

#[test]
fn devices_are_remembered_up_to_a_limit_those_in_use_first() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let device = log_in(&app, account, json!({}))["device_token"].clone();
    app.clock.advance(Duration::days(1));
    assert_eq!(log_in(&app, account, json!({"device_token": device}))["device_token"], device);
    let tokens: Vec<Value> = (0..30)
        .map(|_| {
            app.clock.advance(Duration::minutes(1));
            log_in(&app, account, json!({}))["device_token"].clone()
        })
        .collect();
    assert_eq!(app.database.number("SELECT count(*) FROM known_device"), 20);
    // The one that came back is kept; of the others, the newest.
    for known in [&device, &tokens[29], &tokens[12]] {
        assert_eq!(&log_in(&app, account, json!({"device_token": known}))["device_token"], known);
    }
    assert_ne!(log_in(&app, account, json!({"device_token": tokens[0]}))["device_token"], tokens[0]);
}

#[test]
fn names_of_devices_are_one_line() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    for name in ["", " ", "a\nb", "\u{0}", "\u{202E}x", &"x".repeat(101), &"ạ".repeat(9_000)] {
        let (status, problem) = attempt(&app, account, PASSWORD, json!({"device_name": name}));
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/device_name")), "{problem}");
    }
    log_in(&app, account, json!({"device_name": "ạ".repeat(100)}));
    assert_eq!(app.database.number("SELECT count(*) FROM session"), 1);
}

/// Strangers try endless names: what they leave behind is thrown away.
#[test]
fn old_delays_are_thrown_away() {
    let app = TestApp::start();
    for n in 0..15 {
        app.anonymous().post("/api/v1/session", json!({"user": format!("name{n}"), "password": "x"}), 401);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM login_delay"), 15);
    app.clock.advance(Duration::hours(25));
    app.anonymous().post("/api/v1/session", json!({"user": "another", "password": "x"}), 401);
    assert_eq!(app.database.number("SELECT count(*) FROM login_delay"), 1);
}
