//! One-time passwords and the change to one's own: what each of them opens, for how long, and by which rules.

use chrono::Duration;
use serde_json::json;
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::accounts::{account_path, caller, change, field, log_in, registration, thu};
use crate::harness::{Account, PASSWORD, TestApp};
use crate::look::Dump;

fn user_name(app: &TestApp, account: Account) -> String {
    app.database.text(&format!("SELECT user_name FROM account WHERE id = '{}'", account.id))
}

/// Every operation of the document, so that a new one cannot be forgotten.
#[test]
fn with_a_one_time_password_every_other_request_is_refused() {
    let app = TestApp::start();
    let every = app.account_of(None, &Role::ALL.map(|role| (role, "23095")));
    let before = app.database.number("SELECT count(*) FROM audit_event");
    let caller = app.log_in(every);
    caller.get("/api/v1/session", 200);
    app.database.execute(&format!("UPDATE account SET one_time_until = '2026-11-29T00:00:00Z' WHERE id = '{}'", every.id));
    let calls = crate::session::operations(&app, &Uuid::now_v7().to_string(), &Uuid::now_v7().to_string());
    let mut refused = 0;
    for (method, path, body) in calls {
        if path == "/api/v1/session/password" {
            continue;
        }
        let answer = caller.send(method, &path, body.map(|body| body.to_string().into()));
        assert_eq!(answer.status, 403, "{method} {path}: {}", answer.text);
        assert_eq!(answer.json()["type"], "/problems/password-change-needed", "{method} {path}");
        refused += 1;
    }
    assert!(refused > 25, "{refused}");
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event"), before);
    caller.post("/api/v1/session/password", change(PASSWORD, "cây đa bến nước"), 204);
    caller.get("/api/v1/session", 200);
}

#[test]
fn a_one_time_password_runs_out_after_a_week_and_can_be_had_again() {
    let app = TestApp::start();
    let thu = thu(&app);
    let thu_id = thu.get("/api/v1/account", 200)["id"].clone();
    let made = thu.post("/api/v1/accounts", registration(json!({})), 201);
    let first = made["one_time_password"].as_str().unwrap();
    let early = caller(&app, &log_in(&app, "0912345678", first, 201));
    app.clock.advance(Duration::days(7) - Duration::seconds(1));
    log_in(&app, "0912345678", first, 201);
    app.clock.advance(Duration::seconds(1));
    let over = log_in(&app, "0912345678", first, 403);
    assert_eq!(over["type"], "/problems/one-time-password-over");
    // Only who knows it learns that it ran out.
    assert_eq!(log_in(&app, "0912345678", "0000-0000-0000-0000", 401)["type"], "/problems/wrong-credentials");
    early.post("/api/v1/session/password", change(first, "cây đa bến nước"), 401);

    // The administrator's access token has run out as well; the session has not.
    let account = Account { id: serde_json::from_value(thu_id).unwrap(), officer: Uuid::nil() };
    let thu = app.log_in(account);
    let again = thu.post(&account_path(&made, "/one-time-password"), json!(null), 200);
    let second = again["one_time_password"].as_str().unwrap();
    assert_ne!(first, second);
    log_in(&app, "0912345678", first, 401);
    let lan = caller(&app, &log_in(&app, "0912345678", second, 201));
    // Reset once more: the session that had begun is over, and so is its password.
    let third = thu.post(&account_path(&made, "/one-time-password"), json!(null), 200);
    lan.post("/api/v1/session/password", change(second, "cây đa bến nước"), 401);
    let lan = caller(&app, &log_in(&app, "0912345678", third["one_time_password"].as_str().unwrap(), 201));
    // In a session that lives on past the week the change comes too late.
    app.clock.advance(Duration::minutes(10));
    app.database.execute("UPDATE account SET one_time_until = '2026-11-29T03:00:00Z' WHERE one_time_until IS NOT NULL");
    let late = lan.post("/api/v1/session/password", change(third["one_time_password"].as_str().unwrap(), "cây đa bến nước"), 403);
    assert_eq!(late["type"], "/problems/one-time-password-over");
}

#[test]
fn passwords_are_changed_by_the_rules() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let user = user_name(&app, account);
    let caller = app.log_in(account);
    let refuse = |current: &str, new: &str| caller.post("/api/v1/session/password", change(current, new), 422);
    for (new, code) in [
        ("ngắn quá", "TOO_SHORT"),
        ("", "TOO_SHORT"),
        (&"dài ".repeat(80), "TOO_LONG"),
        ("Mật khẩu 123", "TOO_COMMON"),
        ("1234567890", "TOO_COMMON"),
        // Long enough, however short the name.
        (&format!("{user}.........."), "NAMES_ITS_OWNER"),
        (PASSWORD, "SAME_AS_BEFORE"),
    ] {
        assert_eq!(field(&refuse(PASSWORD, new)), ("/new_password", code), "{new}");
    }
    // The same in decomposed form is the same.
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(PASSWORD).collect();
    assert_ne!(decomposed, PASSWORD);
    assert_eq!(field(&refuse(PASSWORD, &decomposed)), ("/new_password", "SAME_AS_BEFORE"));
    assert_eq!(field(&refuse("không phải", "cây đa bến nước")), ("/current_password", "WRONG_PASSWORD"));
    for body in [json!({"new_password": "cây đa bến nước"}), json!({"current_password": 1, "new_password": "x"}), json!([])]
    {
        assert_eq!(caller.post("/api/v1/session/password", body, 422)["type"], "/problems/invalid");
    }
    app.anonymous().post("/api/v1/session/password", change(PASSWORD, "cây đa bến nước"), 401);

    // Typed decomposed on one phone, composed on the other: one password.
    let new = "cây đa bến nước";
    let other: String = unicode_normalization::UnicodeNormalization::nfd(new).collect();
    caller.post("/api/v1/session/password", change(&decomposed, &other), 204);
    log_in(&app, &user, new, 201);
    log_in(&app, &user, &other, 201);
    log_in(&app, &user, PASSWORD, 401);
    // The answer was lost and the phone sends it again: it is done.
    caller.post("/api/v1/session/password", change(PASSWORD, new), 204);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PASSWORD_CHANGED'"), 1);
    let tables = Dump::of(&app.database);
    assert_eq!(tables.tables_with(new), Vec::<&str>::new());
}

#[test]
fn guesses_at_the_current_password_are_delayed_like_log_ins() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let caller = app.log_in(account);
    for n in 0..12 {
        // What the rules refuse is no guess.
        assert_eq!(field(&caller.post("/api/v1/session/password", change("x", "ngắn"), 422)).1, "TOO_SHORT", "{n}");
    }
    for _ in 0..6 {
        caller.post("/api/v1/session/password", change("không phải", "cây đa bến nước"), 422);
    }
    let wait = caller.send("POST", "/api/v1/session/password", Some(change(PASSWORD, "cây đa bến nước").to_string().into()));
    assert_eq!((wait.status, wait.header("retry-after")), (429, Some("2")));
    // Somebody's guesses in a stolen session keep nobody from logging in.
    log_in(&app, &user_name(&app, account), PASSWORD, 201);
    app.clock.advance(Duration::seconds(2));
    caller.post("/api/v1/session/password", change(PASSWORD, "cây đa bến nước"), 204);
}

/// Two changes at the same moment: one holds, the other is told so, and only one password works.
#[test]
fn two_changes_at_once_leave_one_password() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let callers = [app.log_in(account), app.log_in(account)];
    let new = ["cây đa bến nước", "sân đình giếng làng"];
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = callers
            .iter()
            .zip(new)
            .map(|(caller, new)| {
                let body = change(PASSWORD, new).to_string().into_bytes();
                scope.spawn(move || caller.send("POST", "/api/v1/session/password", Some(body)).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    // The loser was ended by the winner, or found another password than the one it had checked.
    assert!(statuses.iter().all(|status| [204, 401, 409, 422].contains(status)), "{statuses:?}");
    let user = user_name(&app, account);
    let works = new.map(|new| {
        app.anonymous().send("POST", "/api/v1/session", Some(json!({"user": user, "password": new}).to_string().into())).status
    });
    assert_eq!(works.iter().filter(|status| **status == 201).count(), 1, "{works:?}");
}
