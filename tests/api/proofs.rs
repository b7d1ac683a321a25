//! A session opens only for an account that is still what it was when its password was verified; attempts and log-ins at the
//! same moment; codes counted by account; what is said when a typing program is on.

use chrono::Duration;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::identity::sessions::EndReason;
use so_nhan_ai::identity::{accounts, second_factor, second_factor_store as factors, sessions, store};
use uuid::Uuid;

use crate::accounts::{account_path, caller, change, field, log_in, registration, thu};
use crate::factor::{enrol, first_step, user_name};
use crate::harness::{Account, Answer, PASSWORD, TestApp};

/// What is done to an account (with its user name) inside a transaction.
type Change = Box<dyn Fn(&mut PgConnection, Account, &str)>;

const NEW: &str = "sân đình giếng làng";

fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.anonymous().send("POST", path, Some(body.to_string().into()))
}

fn credentials(app: &TestApp, account: Account) -> Value {
    json!({"user": user_name(app, account), "password": PASSWORD})
}

/// The answer to a request that has done everything but open a session, when the account is changed at that moment: its row
/// is locked until the request waits for it.
fn meanwhile(app: &TestApp, account: Account, path: &str, body: &Value, change: impl FnOnce(&mut PgConnection)) -> Answer {
    let mut conn = app.database.connect();
    conn.batch_execute(&format!("BEGIN; SELECT 1 FROM account WHERE id = '{}' FOR UPDATE", account.id)).unwrap();
    std::thread::scope(|scope| {
        let request = scope.spawn(|| post(app, path, body));
        app.database.wait_until(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        change(&mut conn);
        conn.batch_execute("COMMIT").unwrap();
        request.join().unwrap()
    })
}

fn living(app: &TestApp, account: Account) -> i64 {
    app.database.number(&format!("SELECT count(*) FROM session WHERE ended_at IS NULL AND account_id = '{}'", account.id))
}

/// What changes an account while a log-in is under way: the log-in fails, and nobody is in.
#[test]
fn a_log_in_under_way_does_not_outlive_a_change_of_the_account() {
    let app = TestApp::start();
    let now = app.now();
    let hash = app.shared.passwords.hash(NEW).unwrap();
    let vault = app.shared.vault.clone();
    let changes: Vec<(&str, Change)> = vec![
        ("password changed", {
            let hash = hash.clone();
            Box::new(move |conn, account, _| {
                let (_, was) = store::log_in_of(conn, account.id).unwrap();
                assert!(accounts::change_password(conn, account.id, &was.password_hash, &hash, Uuid::now_v7(), now).unwrap());
            })
        }),
        (
            "password reset",
            Box::new(move |conn, account, _| {
                accounts::reset_password(conn, account.id, &hash, now).unwrap();
            }),
        ),
        (
            "disabled and enabled again",
            Box::new(move |conn, _, user| {
                assert!(store::set_disabled(conn, user, Some(now)).unwrap());
                assert!(store::set_disabled(conn, user, None).unwrap());
            }),
        ),
        (
            "second factor added",
            Box::new(move |conn, account, _| {
                let secret = second_factor::new_secret().unwrap();
                factors::offer(conn, &vault, account.id, Uuid::now_v7(), &secret, now).unwrap();
                factors::confirm(conn, account.id, 1, Uuid::now_v7(), now).unwrap();
            }),
        ),
        (
            "all sessions ended by their owner",
            Box::new(move |conn, account, _| {
                sessions::shut_out(conn, account.id, None, EndReason::Revoked, now).unwrap();
            }),
        ),
    ];
    for (what, change) in changes {
        let account = app.account(Role::Officer, "23095");
        let user = user_name(&app, account);
        let body = credentials(&app, account);
        let answer = meanwhile(&app, account, "/api/v1/session", &body, |conn| change(conn, account, &user));
        assert_eq!((answer.status, living(&app, account)), (401, 0), "{what}: {}", answer.text);
        assert_eq!(answer.json()["type"], "/problems/unauthenticated", "{what}");
    }
    // Disabled and left so: said as ever.
    let account = app.account(Role::Officer, "23095");
    let user = user_name(&app, account);
    let body = credentials(&app, account);
    let answer = meanwhile(&app, account, "/api/v1/session", &body, |conn| {
        store::set_disabled(conn, &user, Some(now)).unwrap();
    });
    assert_eq!((answer.status, living(&app, account)), (403, 0));
    // A change that is none of these disturbs nobody.
    let account = app.account(Role::Officer, "23095");
    let body = credentials(&app, account);
    let answer = meanwhile(&app, account, "/api/v1/session", &body, |conn| {
        conn.batch_execute(&format!("UPDATE account SET phone = NULL WHERE id = '{}'", account.id)).unwrap();
    });
    assert_eq!((answer.status, living(&app, account)), (201, 1), "{}", answer.text);
}

/// Whoever is between the two steps: the token of the first is of the account as it was then.
#[test]
fn the_token_of_the_first_step_does_not_outlive_a_change_of_the_account() {
    let app = TestApp::start();
    let thu = thu(&app);
    let user_of = |account| user_name(&app, account);
    let step =
        |token: &str, code: &str| post(&app, "/api/v1/session/second-step", &json!({"second_step_token": token, "code": code}));
    let prepare = || {
        let account = app.account(Role::Accountant, "23095");
        let authenticator = enrol(&app, account);
        (account, authenticator, first_step(&app, account))
    };
    let refuse = |what: &str, account: Account, token: &str, code: &str| {
        let before = living(&app, account);
        let answer = step(token, code);
        assert_eq!(
            (answer.status, &answer.json()["type"]),
            (401, &json!("/problems/unauthenticated")),
            "{what}: {}",
            answer.text
        );
        assert_eq!(living(&app, account), before, "{what}");
    };
    app.clock.advance(Duration::seconds(30));

    let (account, authenticator, token) = prepare();
    let own = app.log_in_plain(account);
    own.post("/api/v1/session/password", change(PASSWORD, NEW), 204);
    app.clock.advance(Duration::seconds(30));
    refuse("password changed", account, &token, &authenticator.code(app.now()));

    let (account, authenticator, token) = prepare();
    thu.post(&format!("/api/v1/accounts/{}/one-time-password", account.id), json!(null), 200);
    app.clock.advance(Duration::seconds(30));
    refuse("password reset", account, &token, &authenticator.code(app.now()));

    let (account, authenticator, token) = prepare();
    for what in ["disabling", "enabling"] {
        thu.post(&format!("/api/v1/accounts/{}/{what}", account.id), json!(null), 200);
    }
    app.clock.advance(Duration::seconds(30));
    refuse("disabled and enabled", account, &token, &authenticator.code(app.now()));

    let (account, authenticator, token) = prepare();
    app.log_in(account).delete("/api/v1/sessions", 200);
    app.clock.advance(Duration::seconds(30));
    refuse("all others ended", account, &token, &authenticator.code(app.now()));

    let (account, authenticator, token) = prepare();
    app.clock.advance(Duration::seconds(30));
    let body = json!({"password": PASSWORD, "code": authenticator.code(app.now())});
    app.log_in(account).post("/api/v1/second-factor/removal", body, 204);
    let authenticator = enrol(&app, account);
    app.clock.advance(Duration::seconds(30));
    refuse("another second factor", account, &token, &authenticator.code(app.now()));

    // While a code is being looked at.
    let (account, authenticator, token) = prepare();
    app.clock.advance(Duration::seconds(30));
    let hash = app.shared.passwords.hash(NEW).unwrap();
    let now = app.now();
    let body = json!({"second_step_token": token, "code": authenticator.code(now)});
    let answer = meanwhile(&app, account, "/api/v1/session/second-step", &body, |conn| {
        accounts::reset_password(conn, account.id, &hash, now).unwrap();
    });
    assert_eq!((answer.status, living(&app, account)), (401, 0));
    assert_eq!(post(&app, "/api/v1/session", &json!({"user": user_of(account), "password": PASSWORD})).status, 401);
}

/// What was let in without the second factor is out once there is one; the session that added it goes on.
#[test]
fn adding_a_second_factor_ends_the_other_sessions_and_forgets_their_devices() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let [own, other] = [0, 1].map(|_| app.anonymous().post("/api/v1/session", credentials(&app, account), 201));
    let (mine, elsewhere) = (caller(&app, &own), caller(&app, &other));
    let offered = mine.post("/api/v1/second-factor", json!({"id": Uuid::now_v7(), "password": PASSWORD}), 201);
    let authenticator = second_factor::Authenticator::from_base32(offered["secret"].as_str().unwrap()).unwrap();
    // An offer alone ends nothing.
    elsewhere.get("/api/v1/session", 200);
    let code = json!({"code": authenticator.code(app.now())});
    mine.post("/api/v1/second-factor/confirmation", code, 200);
    mine.get("/api/v1/session", 200);
    elsewhere.get("/api/v1/session", 401);
    app.anonymous().post("/api/v1/session/refresh", json!({"refresh_token": other["refresh_token"]}), 401);
    let devices = format!("SELECT count(*) FROM known_device WHERE account_id = '{}'", account.id);
    assert_eq!(app.database.number(&devices), 1);
    assert_eq!(app.database.text("SELECT string_agg(ended_reason, '') FROM session"), "SECOND_FACTOR_CHANGED");
    // The forgotten device is as good as none; the kept one is known.
    for (session, known) in [(&other, false), (&own, true)] {
        app.clock.advance(Duration::seconds(30));
        let mut login = credentials(&app, account);
        login["code"] = json!(authenticator.code(app.now()));
        login["device_token"] = session["device_token"].clone();
        let again = app.anonymous().post("/api/v1/session", login, 201);
        assert_eq!(again["device_token"] == session["device_token"], known);
    }
}

/// A hundred wrong codes are a hundred wrong codes, whatever they come by.
#[test]
fn wrong_codes_are_counted_by_account_wherever_they_come_from() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let authenticator = enrol(&app, account);
    app.clock.advance(Duration::seconds(30));
    let mut login = credentials(&app, account);
    login["code"] = json!(authenticator.code(app.now()));
    let device = app.anonymous().post("/api/v1/session", login, 201)["device_token"].clone();
    let sessions: Vec<_> = (0..5).map(|_| app.log_in(account)).collect();
    let tokens: Vec<String> = (0..5).map(|_| first_step(&app, account)).collect();
    let mut refused = 0;
    let mut guess = |n: usize| {
        let answer = match n % 5 {
            0 => sessions[n % 4].send(
                "POST",
                "/api/v1/second-factor/recovery-codes",
                Some(json!({"code": "000000"}).to_string().into()),
            ),
            1 => {
                let body = json!({"password": PASSWORD, "code": "222222"}).to_string();
                sessions[n % 5].send("POST", "/api/v1/second-factor/removal", Some(body.into()))
            }
            2 => post(&app, "/api/v1/session/second-step", &json!({"second_step_token": tokens[n % 4], "code": "111111"})),
            3 => post(
                &app,
                "/api/v1/session/second-step",
                &json!({"second_step_token": tokens[n % 5], "code": "AAAAA-AAAAA", "device_token": device}),
            ),
            _ => {
                let mut login = credentials(&app, account);
                (login["code"], login["device_token"]) = (json!("333333"), device.clone());
                post(&app, "/api/v1/session", &login)
            }
        };
        match answer.status {
            429 => assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1),
            401 | 422 => refused += 1,
            other => panic!("{n}: {other} {}", answer.text),
        }
    };
    for n in 0..30 {
        guess(n);
    }
    assert_eq!(refused, 6, "judged before the account has to wait");
    // The right one waits too, and is judged afterwards.
    app.clock.advance(Duration::minutes(6));
    let body = json!({"second_step_token": first_step(&app, account), "code": authenticator.code(app.now())});
    assert_eq!(post(&app, "/api/v1/session/second-step", &body).status, 201);
}

fn at_once(app: &TestApp, bodies: &[Value]) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = bodies.iter().map(|body| scope.spawn(move || post(app, "/api/v1/session", body))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// An office that begins at seven under one name, a phone that sends twice: right passwords are let in, all of them.
#[test]
fn right_passwords_at_the_same_moment_are_all_let_in() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let body = credentials(&app, account);
    let statuses = |answers: &[Answer]| answers.iter().map(|answer| answer.status).collect::<Vec<_>>();
    let answers = at_once(&app, &vec![body.clone(); 24]);
    assert_eq!(statuses(&answers), [201; 24], "{:?}", answers.iter().find(|a| a.status != 201).map(|a| &a.text));
    let devices = format!("SELECT count(*) FROM known_device WHERE account_id = '{}'", account.id);
    assert_eq!(app.database.number(&devices), 20, "as many as are remembered");

    // From known devices, while others are being forgotten.
    let mut bodies = Vec::new();
    for answer in &answers {
        let mut body = body.clone();
        body["device_token"] = answer.json()["device_token"].clone();
        bodies.extend([body.clone(), body]);
    }
    let answers = at_once(&app, &bodies);
    assert_eq!(statuses(&answers), vec![201; 48], "{:?}", answers.iter().find(|a| a.status != 201).map(|a| &a.text));

    // Guesses among them cost nobody an answer that helps nobody.
    let mut wrong = body.clone();
    wrong["password"] = json!("not this one");
    let mixed: Vec<Value> = (0..24).map(|n| if n % 2 == 0 { body.clone() } else { wrong.clone() }).collect();
    for (answer, sent) in at_once(&app, &mixed).iter().zip(&mixed) {
        let right = sent["password"] == PASSWORD;
        match answer.status {
            201 => assert!(right),
            401 => assert!(!right),
            429 => assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() >= 1, "{}", answer.text),
            other => panic!("{other} {}", answer.text),
        }
    }
}

/// A device that is forgotten while its log-in is under way is a new one then.
#[test]
fn a_device_forgotten_meanwhile_is_a_new_one() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let mut body = credentials(&app, account);
    let first = app.anonymous().post("/api/v1/session", body.clone(), 201);
    body["device_token"] = first["device_token"].clone();
    let answer = meanwhile(&app, account, "/api/v1/session", &body, |conn| {
        conn.batch_execute("DELETE FROM known_device").unwrap();
    });
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_ne!(answer.json()["device_token"], first["device_token"]);
    assert_eq!(app.database.number("SELECT count(*) FROM session WHERE device_id IS NULL"), 1, "the first one's");
}

/// A lost answer is answered again, by the session that asked and for these two passwords; nothing else is told it is done.
#[test]
fn a_wrong_current_password_never_changes_one() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let (asks, other) = (app.log_in_plain(account), app.log_in_plain(account));
    let path = "/api/v1/session/password";
    let wrong = |answer: &Value| assert_eq!(field(answer), ("/current_password", "WRONG_PASSWORD"), "{answer}");
    // A guess at the password in use is none as long as the current one is wrong.
    wrong(&asks.post(path, change("not this one", PASSWORD), 422));
    asks.post(path, change(PASSWORD, NEW), 204);
    other.get("/api/v1/session", 401);
    for current in ["not this one", "", NEW, &format!("{PASSWORD} "), &PASSWORD.to_uppercase()] {
        let answer = asks.post(path, change(current, NEW), 422);
        if current != NEW {
            wrong(&answer);
        }
        app.clock.advance(Duration::seconds(31));
    }
    asks.post(path, change(PASSWORD, NEW), 204);
    app.clock.advance(Duration::seconds(31));
    // In another session it was not this request whose answer was lost.
    let later = app.log_in_plain(account);
    wrong(&later.post(path, change(PASSWORD, NEW), 422));
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PASSWORD_CHANGED'"), 1);
    later.post(path, change(NEW, "cây đa bến nước"), 204);
    asks.post(path, change(PASSWORD, NEW), 401);
}

#[test]
fn a_lost_answer_is_told_again_after_a_one_time_password_too() {
    let app = TestApp::start();
    let made = thu(&app).post("/api/v1/accounts", registration(json!({})), 201);
    let slip = made["one_time_password"].as_str().unwrap();
    let lan = caller(&app, &log_in(&app, "0912345678", &slip.to_uppercase().replace('-', " "), 201));
    lan.post("/api/v1/session/password", change(&slip.replace('-', ""), NEW), 204);
    lan.post("/api/v1/session/password", change(slip, NEW), 204);
    assert_eq!(field(&lan.post("/api/v1/session/password", change("2222-3333-2222-3333", NEW), 422)).1, "WRONG_PASSWORD");
    assert_eq!(log_in(&app, "lan.23095", slip, 401)["type"], "/problems/wrong-credentials");
}

/// Telex and VNI stand between the keys and the fields: secrets pass, and who is changed by them is told.
#[test]
fn a_typing_program_is_hinted_at() {
    use so_nhan_ai::basics::typing::survives;
    let app = TestApp::start();
    let thu = thu(&app);
    let mut names = Vec::new();
    for n in 0..3 {
        let made = thu.post("/api/v1/accounts", registration(json!({"phone": format!("091234567{n}")})), 201);
        let (user, slip) = (made["account"]["user_name"].as_str().unwrap(), made["one_time_password"].as_str().unwrap());
        assert!(survives(user) && survives(slip), "{user} {slip}");
        names.push(user.to_owned());
        if n == 0 {
            thu.post(&account_path(&made, "/one-time-password"), json!(null), 200);
        }
    }
    assert_eq!(names, ["lan.23095", "lan.23095.2", "lan.23095.3"]);
    let central = app.staff(Role::CentralAdministrator, "TW");
    let made = central.post("/api/v1/accounts", registration(json!({"chapter": "TW", "phone": "0912345679"})), 201);
    assert_eq!(made["account"]["user_name"], "lan.trunguong");

    let delays = || app.database.number("SELECT count(*) FROM login_delay");
    let events = || app.database.number("SELECT count(*) FROM audit_event");
    let before = (delays(), events());
    for user in ["làn.23095", "la\u{300}n.23095", "lân.23095", "nhung.tư", "đat.68", "LẢN.23095", "nobody.ờ"] {
        for _ in 0..10 {
            let answer = post(&app, "/api/v1/session", &json!({"user": user, "password": PASSWORD}));
            assert_eq!((answer.status, &answer.json()["type"]), (401, &json!("/problems/wrong-credentials")), "{user}");
            assert!(answer.json()["detail"].as_str().unwrap().contains("bộ gõ"), "{}", answer.text);
        }
    }
    assert_eq!((delays(), events()), before, "nothing was looked for, counted or noted");
    // Never folded: it would be somebody else.
    let account = app.account(Role::Officer, "23095");
    app.database.execute(&format!("UPDATE account SET user_name = 'lan.hamliem' WHERE id = '{}'", account.id));
    assert_eq!(post(&app, "/api/v1/session", &json!({"user": "lán.hamliem", "password": PASSWORD})).status, 401);
    for user in ["lan.hamliem", "\u{202A}Lan.HamLiem\u{202C}", "lan.hamliem\u{a0}", "lan.\u{200B}hamliem", "lan. hamliem"] {
        log_in(&app, user, PASSWORD, 201);
    }
    let wrong = post(&app, "/api/v1/session", &json!({"user": "lan.hamliem", "password": PASSWORD.to_uppercase()})).json();
    assert!(wrong["detail"].as_str().unwrap().contains("Caps Lock"), "{wrong}");

    let own = app.log_in_plain(account);
    let ask =
        |current: &str, new: &str| own.send("POST", "/api/v1/session/password", Some(change(current, new).to_string().into()));
    assert!(ask("wrong", NEW).json()["errors"][0]["detail"].as_str().unwrap().contains("bộ gõ"));
    for (current, new, hint) in [(PASSWORD, "con meo treo cay", None), ("con meo treo cay", NEW, Some("MARKED_LETTERS"))] {
        let answer = ask(current, new);
        assert_eq!((answer.status, answer.header("x-hint")), (204, hint), "{}", answer.text);
    }
    let told = thu.post("/api/v1/accounts", registration(json!({"phone": "0912345671", "user_name": "làn.x"})), 422);
    assert!(told["errors"][0]["detail"].as_str().unwrap().contains("bộ gõ"), "{told}");
}
