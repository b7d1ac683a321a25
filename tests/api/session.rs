//! Log in, go on, log out: wrong passwords cost time, ended sessions and disabled accounts are out at once.

use std::time::Instant;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::contract::examples;
use so_nhan_ai::db::DbError;
use so_nhan_ai::identity::password::{Cost, Passwords};
use so_nhan_ai::identity::store::{self as identity, CreateError, NewAccount};
use so_nhan_ai::tree;
use uuid::Uuid;

use crate::harness::{Database, PASSWORD, TestApp};
use crate::look::Dump;

/// An officer of Hàm Liêm who logs in for real.
fn officer(app: &TestApp, user: &str, phone: Option<&str>) {
    let hash = app.shared.passwords.hash(PASSWORD).unwrap();
    let made = app.shared.db.tx_blocking(|conn| -> Result<(), CreateError> {
        let new = NewAccount { officer: None, full_name: "Trần Thị Hạnh", user_name: user, phone, password_hash: &hash };
        let (id, _) = identity::create_account(conn, &app.shared.vault, app.now(), &new)?;
        let place = tree::place(conn, "23095")?.unwrap();
        identity::assign_role(conn, id, Role::Officer, place.id, app.today(), "QĐ 1/TEST")?;
        Ok(())
    });
    made.unwrap();
}

fn set_disabled(app: &TestApp, user: &str, disabled: bool) {
    let at = disabled.then(|| app.now());
    assert!(app.shared.db.tx_blocking(|conn| -> Result<bool, DbError> { identity::set_disabled(conn, user, at) }).unwrap());
}

fn credentials(user: &str, password: &str) -> Value {
    json!({"user": user, "password": password})
}

fn log_in(app: &TestApp, user: &str) -> Value {
    app.anonymous().post("/api/v1/session", credentials(user, PASSWORD), 201)
}

/// Status, `Retry-After`, and the body without its request id.
fn attempt(app: &TestApp, user: &str, password: &str) -> (u16, Option<i64>, Value) {
    let answer = app.anonymous().send("POST", "/api/v1/session", Some(credentials(user, password).to_string().into()));
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("request_id");
    (answer.status, answer.header("retry-after").map(|s| s.parse().unwrap()), body)
}

#[test]
fn a_name_in_any_case_and_a_phone_in_any_spelling_log_in() {
    let app = TestApp::start();
    officer(&app, "hanh.hamliem", Some("0912345678"));
    for user in [
        "hanh.hamliem",
        "Hanh.HamLiem",
        " HANH.HAMLIEM ",
        "0912345678",
        "+84912345678",
        "84912345678",
        "0912.345.678",
        "0912 345 678",
        "(091) 234-5678",
        "+84 (0)912 345 678",
        "0084912345678",
        "\u{202D}0912\u{a0}345\u{a0}678\u{202C}",
        "0912\u{2011}345\u{2013}678",
        "0912/345/678\u{200B}",
    ] {
        let session = log_in(&app, user);
        let me = app.bearer(session["access_token"].as_str().unwrap()).get("/api/v1/session", 200);
        assert_eq!((&me["user"], &me["full_name"]), (&json!("hanh.hamliem"), &json!("Trần Thị Hạnh")), "{user}");
        assert_eq!(
            me["roles"][0]["rights"],
            json!(["READ", "RECORD", "HAND_OVER", "KEEP_PEOPLE", "SEE_PEOPLE", "RUN_ACTIVITIES", "KEEP_BLOOD", "SEE_BLOOD"])
        );
        assert_eq!(session["expires_in"], 900);
    }
    for user in ["hanh", "hanh.hamlie", "0912345679", "+1 912345678", "hanh%", "hanh.hamliem'--"] {
        assert_eq!(attempt(&app, user, PASSWORD).0, 401, "{user}");
    }
}

#[test]
fn wrong_password_and_unknown_name_are_one_answer() {
    let app = TestApp::start();
    officer(&app, "hanh.hamliem", Some("0912345678"));
    let wrong = attempt(&app, "hanh.hamliem", "not the password");
    assert_eq!((wrong.0, &wrong.2["type"]), (401, &json!("/problems/wrong-credentials")));
    for (user, password) in [
        ("hanh.hamliem", ""),
        ("hanh.hamliem", &PASSWORD.to_uppercase()),
        ("hanh.hamliem", &format!("{PASSWORD} ")),
        ("nobody", PASSWORD),
        ("0912345678", "x"),
        ("0999999999", PASSWORD),
        ("", ""),
        ("", PASSWORD),
        ("\u{0}", PASSWORD),
        ("hanh\u{0}.hamliem", PASSWORD),
        ("hanh.hamliem\u{0}", "x"),
        ("\u{202E}", "x"),
        (&"a".repeat(201), PASSWORD),
        (&"ạ".repeat(190), PASSWORD),
        ("other", &"x".repeat(1_001)),
        ("other", &"x".repeat(60_000)),
    ] {
        let shown: String = user.chars().take(20).collect();
        assert_eq!(attempt(&app, user, password), wrong, "{shown:?} {}", password.len());
    }
    app.anonymous().post("/api/v1/session", credentials("hanh.hamliem", &"x".repeat(70_000)), 413);
}

#[test]
fn an_unknown_name_costs_as_much_work() {
    let database = Database::fresh();
    let first = TestApp::start_on(database.share());
    let mut shared = first.shared.clone();
    shared.passwords = Passwords::new(Cost::Standard).unwrap();
    let app = TestApp::start_with(database, shared);
    let mut times: Vec<[u128; 2]> = Vec::new();
    for n in 0..7 {
        let user = format!("known{n}");
        officer(&app, &user, None);
        times.push([user, format!("unknown{n}")].map(|user| {
            let begun = Instant::now();
            assert_eq!(attempt(&app, &user, "wrong").0, 401);
            begun.elapsed().as_micros()
        }));
    }
    let median = |which: usize| {
        let mut sorted: Vec<u128> = times.iter().map(|pair| pair[which]).collect();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    };
    let (known, unknown) = (median(0), median(1));
    assert!(unknown * 2 > known && known * 2 > unknown, "a known name takes {known} µs, an unknown one {unknown} µs");
}

#[test]
fn the_sixth_failure_delays_known_and_unknown_names_alike() {
    let app = TestApp::start();
    officer(&app, "hanh.hamliem", Some("0912345678"));
    officer(&app, "lan.hamliem", None);
    let mut answers = ["hanh.hamliem", "nobody.here", "0988888888"].map(|user| {
        let mut heard = Vec::new();
        for n in 1..=6 {
            let answer = attempt(&app, user, "wrong");
            assert_eq!(answer.0, 401, "attempt {n}");
            heard.push(answer);
        }
        // From now on even the right password waits.
        heard.push(attempt(&app, user, PASSWORD));
        heard.push(attempt(&app, &format!(" {} ", user.to_uppercase()), "wrong"));
        heard
    });
    assert_eq!((answers[0][6].0, answers[0][6].1), (429, Some(2)));
    let first = std::mem::take(&mut answers[0]);
    assert!(answers[1] == first && answers[2] == first, "{first:?} {answers:?}");

    log_in(&app, "lan.hamliem");
    app.clock.advance(Duration::milliseconds(1_500));
    assert_eq!(attempt(&app, "hanh.hamliem", PASSWORD).1, Some(1));
    app.clock.advance(Duration::milliseconds(500));
    assert_eq!(attempt(&app, "hanh.hamliem", "wrong").0, 401);
    assert_eq!(attempt(&app, "hanh.hamliem", PASSWORD).1, Some(4), "each failure doubles");
    app.clock.advance(Duration::seconds(4));
    log_in(&app, "hanh.hamliem");
    for _ in 0..5 {
        assert_eq!(attempt(&app, "hanh.hamliem", "wrong").0, 401, "success has reset the count");
    }
    log_in(&app, "hanh.hamliem");
    // A long pause forgets failures too.
    assert_eq!(attempt(&app, "nobody.here", "wrong").0, 401);
    assert_eq!(attempt(&app, "nobody.here", "wrong").1, Some(4));
    app.clock.advance(Duration::minutes(31));
    for _ in 0..6 {
        assert_eq!(attempt(&app, "nobody.here", "wrong").0, 401);
    }
    assert_eq!(attempt(&app, "nobody.here", "wrong").1, Some(2));
}

/// Attempts sent at the same moment count too: no more than six passwords are tried before the delay.
#[test]
fn attempts_at_once_are_all_counted() {
    let app = TestApp::start();
    officer(&app, "hanh.hamliem", None);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..24).map(|_| scope.spawn(|| attempt(&app, "hanh.hamliem", "wrong").0)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let count = |status| statuses.iter().filter(|s| **s == status).count();
    assert_eq!((count(401), count(429)), (6, 18), "{statuses:?}");
}

/// Every operation that needs a log-in, with a body that is right in itself.
pub fn operations(app: &TestApp, gift: &str, reversal: &str) -> Vec<(&'static str, String, Option<Value>)> {
    let document = so_nhan_ai::app::document().unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let operation = &item[method.to_lowercase()];
            if operation.is_null() || operation["security"] == json!([{}]) {
                continue;
            }
            let thing = if path.contains("/reversals/") { reversal } else { gift };
            let path = path.replace("/vouchers/{document}", "/vouchers/CASH_PAYMENT");
            let mut place = path.replace("{code}", "LULUT").replace("{chapter}", "23095").replace("{month}", "2026-10");
            place = place.replace("{year}", "2026").replace("{no}", "1");
            // Whatever else an address names is a thing with an id.
            while let Some((head, rest)) = place.split_once('{') {
                place = format!("{head}{thing}{}", rest.split_once('}').unwrap().1);
            }
            if operation["parameters"]
                .as_array()
                .is_some_and(|all| all.iter().any(|p| p["name"] == "chapter" && p["in"] == "query"))
            {
                place += "?chapter=23095";
            }
            if path == "/api/v1/parties" {
                place += "&q=le%20an";
            }
            // What else a list wants to know.
            for (name, value) in
                [("account", "CASH_ON_HAND"), ("form", "CSV"), ("document", "CASH_RECEIPT"), ("year", "2026"), ("lot", thing)]
            {
                let wanted = |p: &Value| p["name"] == name && p["in"] == "query" && p["required"] == true;
                if operation["parameters"].as_array().is_some_and(|all| all.iter().any(wanted)) {
                    place += &format!("{}{name}={value}", if place.contains('?') { "&" } else { "?" });
                }
            }
            let body = match (method, path.rsplit('/').next().unwrap()) {
                ("POST", "gifts") => Some(app.gift(json!({}))),
                ("POST", "batch") => Some(json!({"gifts": [app.gift(json!({})), {"broken": true}]})),
                ("POST", "reversal") => Some(json!({"id": Uuid::now_v7(), "reason": "OTHER"})),
                ("POST", "appeals") => {
                    Some(json!({"id": Uuid::now_v7(), "code": "NEW", "chapter": "68", "regime": "RED_CROSS_LAW",
                    "title": "x", "purpose": "x", "receive_from": "2026-11-01", "receive_until": "2026-12-01"}))
                }
                ("POST", "second-factor") => Some(json!({"id": Uuid::now_v7(), "password": PASSWORD})),
                ("POST", "confirmation" | "recovery-codes") => Some(json!({"code": "123456"})),
                ("POST", "removal") => Some(json!({"password": PASSWORD, "code": "123456"})),
                ("POST", "uploads") => Some(crate::papers::announcement("GIFT", "image/png", &crate::papers::png())),
                ("POST", "documents") => Some(json!({"document": Uuid::now_v7()})),
                ("POST", "publications") => {
                    Some(json!({"id": Uuid::now_v7(), "event": "OPENING_DOCUMENT", "document": Uuid::now_v7(), "title": "x"}))
                }
                ("POST", "milestones") => Some(
                    json!({"id": Uuid::now_v7(), "milestone": "DISTRIBUTION_STARTED", "day": "2026-11-20", "document": Uuid::now_v7()}),
                ),
                ("POST", "information-requests") => {
                    Some(json!({"id": Uuid::now_v7(), "chapter": "23095", "topic": "USE", "channel": "POST",
                    "received_on": "2026-11-20"}))
                }
                ("POST", "closing") if path.contains("/information-requests/") => Some(json!({"outcome": "ANSWERED"})),
                ("POST", "publication") => Some(json!({"title": "x"})),
                ("POST", "acceptance") if path.contains("/volunteer-applications/") => {
                    Some(json!({"id": Uuid::new_v4(), "kind": "VOLUNTEER"}))
                }
                ("POST", "acceptance" | "password-link") => Some(json!({})),
                ("POST", "subscribers") => {
                    Some(json!({"id": Uuid::now_v7(), "chapter": "23095", "url": "https://example.org/x"}))
                }
                ("PATCH", "{code}") if path.contains("/chapters/") => Some(json!({"contact": {"phone": "02523865123"}})),
                ("PATCH", "{code}") => Some(json!({"title": "x"})),
                ("POST", "chapters") => Some(crate::coverage::tree::school("Trường Mới")),
                ("POST", "decisions") => Some(json!({"id": Uuid::now_v7(), "kind": "MAKE_REGULAR", "decision_no": "1"})),
                ("POST", "opening-balances") => Some(crate::coverage::tree::opening("BANK")),
                ("POST", "password") => Some(json!({"current_password": PASSWORD, "new_password": "gió mùa đông bắc"})),
                ("POST", "accounts") => {
                    Some(json!({"id": Uuid::now_v7(), "chapter": "23095", "full_name": "Lan", "phone": "0912000111"}))
                }
                ("POST", "role-assignments") => {
                    Some(json!({"id": Uuid::now_v7(), "account": Uuid::now_v7(), "role": "OFFICER", "chapter": "23095",
                    "valid_from": "2026-11-22", "decision_no": "1"}))
                }
                ("POST", "acts-for") => {
                    Some(json!({"id": Uuid::now_v7(), "chapter": "23059", "valid_from": "2026-11-22", "decision_no": "1"}))
                }
                ("POST", "ending") => Some(json!({"decision_no": "1"})),
                ("POST", "personal-data-requests") => Some(crate::personal::ask(app, "ACCESS", json!({"gift": Uuid::now_v7()}))),
                ("POST", "extension") => Some(json!({"days": 5, "reason": "OTHER"})),
                ("POST", "refusal") => Some(json!({"reason": "OTHER"})),
                // What the document shows is right in itself.
                _ => {
                    let uses = examples::all().into_iter().find(|(id, _)| operation["operationId"] == id.as_str());
                    uses.and_then(|(_, uses)| uses.into_iter().next()).map(|one| one.body)
                }
            };
            found.push((method, place, body));
        }
    }
    assert!(found.len() >= 15, "{found:?}");
    // Logging out comes last: until then the token is alive.
    found.sort_by_key(|(method, path, _)| (*method, path.as_str()) == ("DELETE", "/api/v1/session"));
    found
}

#[test]
fn a_disabled_account_is_out_at_once_from_everything() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    officer(&app, "hanh.hamliem", None);
    let session = log_in(&app, "hanh.hamliem");
    let caller = app.bearer(session["access_token"].as_str().unwrap());
    let gift = caller.post("/api/v1/gifts", app.gift(json!({})), 201)["id"].as_str().unwrap().to_owned();
    let ask = json!({"id": Uuid::now_v7(), "reason": "OTHER"});
    let reversal = caller.post(&format!("/api/v1/gifts/{gift}/reversal"), ask, 201)["id"].as_str().unwrap().to_owned();

    set_disabled(&app, "hanh.hamliem", true);
    let before = app.database.number("SELECT count(*) FROM audit_event");
    for (method, path, body) in operations(&app, &gift, &reversal) {
        let answer = caller.send(method, &path, body.map(|body| body.to_string().into()));
        assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event"), before);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    app.anonymous().post("/api/v1/session/refresh", refresh.clone(), 401);

    let right = attempt(&app, "hanh.hamliem", PASSWORD);
    assert_eq!((right.0, &right.2["type"]), (403, &json!("/problems/forbidden")));
    assert_eq!(attempt(&app, "hanh.hamliem", "wrong"), attempt(&app, "nobody", "wrong"));
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM session WHERE account_id = (SELECT id FROM account WHERE user_name = 'hanh.hamliem')"),
        1
    );

    set_disabled(&app, "hanh.hamliem", false);
    caller.get("/api/v1/session", 200);
    app.anonymous().post("/api/v1/session/refresh", refresh, 200);
    log_in(&app, "hanh.hamliem");
}

#[test]
fn a_log_out_ends_the_session_at_once_on_every_server() {
    let app = TestApp::start();
    let other = TestApp::start_with(app.database.share(), app.shared.clone());
    officer(&app, "hanh.hamliem", None);
    let (session, kept) = (log_in(&app, "hanh.hamliem"), log_in(&other, "hanh.hamliem"));
    let token = session["access_token"].as_str().unwrap();
    for server in [&app, &other] {
        server.bearer(token).get("/api/v1/session", 200);
    }
    other.bearer(token).delete("/api/v1/session", 204);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    for server in [&app, &other] {
        for (method, path, body) in operations(server, &Uuid::now_v7().to_string(), &Uuid::now_v7().to_string()) {
            let answer = server.bearer(token).send(method, &path, body.map(|body| body.to_string().into()));
            assert_eq!(answer.status, 401, "{method} {path}: {}", answer.text);
        }
        server.anonymous().post("/api/v1/session/refresh", refresh.clone(), 401);
        server.bearer(kept["access_token"].as_str().unwrap()).get("/api/v1/session", 200);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 0);
}

#[test]
fn tokens_run_out() {
    let app = TestApp::start();
    officer(&app, "hanh.hamliem", None);
    let session = log_in(&app, "hanh.hamliem");
    let mut refresh = json!({"refresh_token": session["refresh_token"]});
    let first = app.bearer(session["access_token"].as_str().unwrap());
    app.clock.advance(Duration::seconds(15 * 60 - 1));
    first.get("/api/v1/session", 200);
    app.clock.advance(Duration::seconds(2));
    first.get("/api/v1/session", 401);

    let renewed = app.anonymous().post("/api/v1/session/refresh", refresh.clone(), 200);
    assert_eq!(renewed["session_expires_at"], session["session_expires_at"], "going on does not make it longer");
    assert_ne!(renewed["refresh_token"], refresh["refresh_token"]);
    refresh["refresh_token"] = renewed["refresh_token"].clone();
    app.bearer(renewed["access_token"].as_str().unwrap()).get("/api/v1/session", 200);
    for unknown in ["", "x", &"A".repeat(43), &"x".repeat(5_000), session["access_token"].as_str().unwrap(), "\u{0}"] {
        app.anonymous().post("/api/v1/session/refresh", json!({"refresh_token": unknown}), 401);
    }
    // The refresh token is no access token.
    app.bearer(session["refresh_token"].as_str().unwrap()).get("/api/v1/session", 401);

    app.clock.advance(Duration::days(60) - Duration::minutes(16));
    let last = app.anonymous().post("/api/v1/session/refresh", refresh.clone(), 200);
    refresh["refresh_token"] = last["refresh_token"].clone();
    let last = app.bearer(last["access_token"].as_str().unwrap());
    last.get("/api/v1/session", 200);
    app.clock.advance(Duration::minutes(2));
    last.get("/api/v1/session", 401);
    app.anonymous().post("/api/v1/session/refresh", refresh, 401);
}

#[test]
fn passwords_and_tokens_are_repeated_nowhere() {
    let app = TestApp::start();
    officer(&app, "hanh.hamliem", None);
    let secret = "Zq9-geheim-Zq9";
    let caller = app.anonymous();
    for (body, status) in [
        (json!({"user": "hanh.hamliem", "password": secret}), 401),
        (json!({"user": "hanh.hamliem", "password": secret, "remember": true}), 422),
        (json!({"user": "hanh.hamliem", "password": [secret]}), 422),
        (json!({"user": "hanh.hamliem", "password": {"is": secret}}), 422),
        (json!({"user": 5, "password": secret}), 422),
        (json!({"password": secret}), 422),
        (json!([secret]), 422),
    ] {
        let problem = caller.post("/api/v1/session", body.clone(), status);
        assert!(!problem.to_string().contains("geheim"), "{body} → {problem}");
    }
    let extra = caller.post("/api/v1/session", json!({"user": "a", "password": "b", "remember": true}), 422);
    assert_eq!((&extra["type"], &extra["errors"][0]["pointer"]), (&json!("/problems/invalid"), &json!("/remember")));
    let broken =
        caller.send("POST", "/api/v1/session", Some(format!("{{\"user\":\"a\",\n\"password\":\"{secret}\"").into_bytes()));
    assert!(broken.status == 400 && !broken.text.contains("geheim"), "{}", broken.text);

    let session = log_in(&app, "hanh.hamliem");
    let (access, refresh) = (session["access_token"].as_str().unwrap(), session["refresh_token"].as_str().unwrap());
    let renewed = caller.post("/api/v1/session/refresh", json!({"refresh_token": refresh}), 200);
    let me = app.bearer(access).get("/api/v1/session", 200).to_string();
    let tables = Dump::of(&app.database);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = [
        text(&session["access_token"]),
        text(&session["refresh_token"]),
        text(&session["device_token"]),
        text(&renewed["access_token"]),
        text(&renewed["refresh_token"]),
        PASSWORD.to_owned(),
        secret.to_owned(),
    ];
    for token in all.iter().map(String::as_str) {
        assert!(!me.contains(token));
        assert_eq!(tables.tables_with(token), Vec::<&str>::new(), "{token}");
    }
}
