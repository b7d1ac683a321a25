//! The second factor: enrolling, logging in with it, what needs it, recovery codes, losing it.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::identity::second_factor::Authenticator;
use uuid::Uuid;

use crate::harness::{Account, Caller, PASSWORD, TestApp};
use crate::kit::gift;
use crate::look::Dump;

/// An authenticator for an account, added in a session by the password alone.
pub fn enrol(app: &TestApp, account: Account) -> Authenticator {
    enrol_with(app, &app.log_in_plain(account)).0
}

/// The same in a given session, and the recovery codes.
fn enrol_with(app: &TestApp, caller: &Caller<'_>) -> (Authenticator, Vec<String>) {
    let offered = begin(caller);
    let authenticator = Authenticator::from_base32(offered["secret"].as_str().unwrap()).unwrap();
    let code = json!({"code": authenticator.code(app.now())});
    let confirmed = caller.post("/api/v1/second-factor/confirmation", code, 200);
    (authenticator, strings(&confirmed["recovery_codes"]))
}

fn begin(caller: &Caller<'_>) -> Value {
    caller.post("/api/v1/second-factor", json!({"id": Uuid::now_v7(), "password": PASSWORD}), 201)
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

pub fn user_name(app: &TestApp, account: Account) -> String {
    app.database.text(&format!("SELECT user_name FROM account WHERE id = '{}'", account.id))
}

fn credentials(app: &TestApp, account: Account) -> Value {
    json!({"user": user_name(app, account), "password": PASSWORD})
}

/// The token of a log-in by the password, for the second step.
pub fn first_step(app: &TestApp, account: Account) -> String {
    let answer = app.anonymous().post("/api/v1/session", credentials(app, account), 200);
    assert!(answer.get("access_token").is_none() && answer.get("refresh_token").is_none(), "{answer}");
    assert_eq!(answer["expires_in"], 300);
    answer["second_step_token"].as_str().unwrap().to_owned()
}

fn second_step(app: &TestApp, token: &str, code: &str, status: u16) -> Value {
    app.anonymous().post("/api/v1/session/second-step", json!({"second_step_token": token, "code": code}), status)
}

/// The next code, one time step later.
fn next(app: &TestApp, authenticator: &Authenticator) -> String {
    app.clock.advance(Duration::seconds(30));
    authenticator.code(app.now())
}

fn actions(app: &TestApp) -> Vec<String> {
    let all = app.database.text(
        "SELECT coalesce(string_agg(action, ' ' ORDER BY id), '') FROM audit_event WHERE action NOT IN ('LOG_IN', 'LOG_OUT')",
    );
    all.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn an_authenticator_is_added_and_then_asked_for() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let plain = app.anonymous().post("/api/v1/session", credentials(&app, account), 201);
    assert_eq!(plain["second_factor"], false);
    let caller = app.bearer(plain["access_token"].as_str().unwrap());
    assert_eq!(caller.get("/api/v1/second-factor", 200), json!({"enrolled": false, "recovery_codes_left": 0}));
    assert_eq!(caller.get("/api/v1/session", 200)["second_factor_enrolled"], false);

    let ask = json!({"id": Uuid::now_v7(), "password": PASSWORD});
    let offered = caller.post("/api/v1/second-factor", ask.clone(), 201);
    assert_eq!(caller.post("/api/v1/second-factor", ask, 200), offered, "a lost answer is answered again");
    let uri = offered["otpauth_uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/S%E1%BB%95%20Nh%C3%A2n%20%C3%81i:user"), "{uri}");
    assert!(uri.contains(offered["secret"].as_str().unwrap()) && offered["qr_svg"].as_str().unwrap().contains("<svg"));
    assert_eq!((&offered["issuer"], &offered["account"]), (&json!("Sổ Nhân Ái"), &json!(user_name(&app, account))));
    // Only offered: a log-in needs no code yet, and another offer replaces it.
    app.anonymous().post("/api/v1/session", credentials(&app, account), 201);
    let replaced = begin(&caller);
    assert_ne!(replaced["secret"], offered["secret"]);
    let old = Authenticator::from_base32(offered["secret"].as_str().unwrap()).unwrap();
    let refused = caller.post("/api/v1/second-factor/confirmation", json!({"code": old.code(app.now())}), 422);
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/code"), &json!("WRONG_CODE")));

    let authenticator = Authenticator::from_base32(replaced["secret"].as_str().unwrap()).unwrap();
    let code = json!({"code": authenticator.code(app.now())});
    let codes = strings(&caller.post("/api/v1/second-factor/confirmation", code.clone(), 200)["recovery_codes"]);
    assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 11), "{codes:?}");
    caller.post("/api/v1/second-factor/confirmation", code, 409);
    caller.post("/api/v1/second-factor", json!({"id": Uuid::now_v7(), "password": PASSWORD}), 409);
    assert_eq!(caller.get("/api/v1/second-factor", 200)["recovery_codes_left"], 10);
    let me = caller.get("/api/v1/session", 200);
    assert_eq!((&me["second_factor_enrolled"], &me["second_factor_at"]), (&json!(true), &json!(app.now())));

    // The code that confirmed is used up; the next one opens a session, in two steps and in one.
    let token = first_step(&app, account);
    let wrong = second_step(&app, &token, &authenticator.code(app.now()), 401);
    assert_eq!(wrong["type"], "/problems/wrong-code");
    let session = second_step(&app, &token, &next(&app, &authenticator), 201);
    assert_eq!(session["second_factor"], true);
    assert!(app.bearer(session["access_token"].as_str().unwrap()).get("/api/v1/session", 200)["second_factor_at"].is_string());
    let mut login = credentials(&app, account);
    login["code"] = json!(format!(" {} ", next(&app, &authenticator)));
    app.anonymous().post("/api/v1/session", login.clone(), 201);
    assert_eq!(app.anonymous().post("/api/v1/session", login.clone(), 401)["type"], "/problems/wrong-code", "used already");
    login["password"] = json!("wrong");
    login["code"] = json!(next(&app, &authenticator));
    assert_eq!(app.anonymous().post("/api/v1/session", login, 401)["type"], "/problems/wrong-credentials");
    assert_eq!(actions(&app), ["SECOND_FACTOR_ENROLLED", "SECOND_STEP_FAILED", "SECOND_STEP_FAILED", "LOG_IN_FAILED"]);
    // Neither secret nor recovery codes stand anywhere readable.
    let tables = Dump::of(&app.database);
    for secret in codes.iter().map(String::as_str).chain([authenticator.base32().as_str(), &codes[0].replace('-', "")]) {
        assert_eq!(tables.tables_with(secret), Vec::<&str>::new());
    }
}

#[test]
fn approving_needs_a_session_with_a_second_factor() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let account = app.account(Role::Accountant, "23095");
    let id = gift(&app).book(&officer).ask_to_reverse(&officer, "OTHER");
    let approval = format!("/api/v1/reversals/{id}/approval");

    let (caller, elsewhere) = (app.log_in_plain(account), app.log_in_plain(account));
    let refused = caller.post(&approval, json!(null), 403);
    assert_eq!(refused["type"], "/problems/second-factor-needed");
    assert!(refused["detail"].as_str().unwrap().contains("thêm ứng dụng xác thực"), "{refused}");
    let english = caller.with("accept-language", "en").post(&approval, json!(null), 403);
    assert!(english["detail"].as_str().unwrap().contains("second factor"), "{english}");
    // Who may not approve at all does not hear of it, and reading needs none.
    assert_eq!(
        app.log_in_plain(app.account(Role::Officer, "23095")).post(&approval, json!(null), 403)["type"],
        "/problems/forbidden"
    );
    app.log_in_plain(app.account(Role::Accountant, "23059")).post(&approval, json!(null), 404);
    caller.get(&format!("/api/v1/reversals/{id}"), 200);
    caller.post("/api/v1/gifts", app.gift(json!({})), 201);

    enrol_with(&app, &caller);
    elsewhere.post(&approval, json!(null), 401);
    caller.post(&approval, json!(null), 200);
}

#[test]
fn a_code_is_good_once_within_its_minute_and_a_half() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let authenticator = enrol(&app, account);
    // 10:05:00, far from the confirmed step.
    app.clock.advance(Duration::minutes(5));
    let now = app.now();
    let at = |seconds: i64| authenticator.code(now + Duration::seconds(seconds));
    let mut login = credentials(&app, account);
    let mut try_code = |code: String| {
        login["code"] = json!(code);
        app.anonymous().send("POST", "/api/v1/session", Some(login.to_string().into())).status
    };
    assert_eq!((try_code(at(-60)), try_code(at(60))), (401, 401), "two steps early or late");
    assert_eq!(try_code(at(-30)), 201, "one step late");
    assert_eq!((try_code(at(-30)), try_code(at(0)), try_code(at(0))), (401, 201, 401));
    assert_eq!(try_code(at(30)), 201, "one step early");
    app.clock.advance(Duration::seconds(30));
    assert_eq!((try_code(at(30)), try_code(at(0))), (401, 401), "used, and older than what was used");
}

/// The same code sent many times at once opens one session.
#[test]
fn a_code_is_good_once_also_at_the_same_moment() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let authenticator = enrol(&app, account);
    let tokens: Vec<String> = (0..5).map(|_| first_step(&app, account)).collect();
    let code = next(&app, &authenticator);
    let before = app.database.number("SELECT count(*) FROM session");
    let app = &app;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |token: &String| {
            let body = json!({"second_step_token": token, "code": code}).to_string();
            app.anonymous().send("POST", "/api/v1/session/second-step", Some(body.into())).status
        };
        let threads: Vec<_> = tokens.iter().map(|token| scope.spawn(move || send(token))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(app.database.number("SELECT count(*) FROM session"), before + 1);
}

#[test]
fn guessing_codes_costs_time_on_a_known_device_too() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let authenticator = enrol(&app, account);
    let mut login = credentials(&app, account);
    login["code"] = json!(next(&app, &authenticator));
    let device = app.anonymous().post("/api/v1/session", login.clone(), 201)["device_token"].clone();
    let wrong = |token: &str, code: &str| {
        let body = json!({"second_step_token": token, "code": code}).to_string();
        app.anonymous().send("POST", "/api/v1/session/second-step", Some(body.into()))
    };
    app.clock.advance(Duration::minutes(31));
    let token = first_step(&app, account);
    for guess in ["000000", "", "12345", "ABCDE-ABCDE", "x", &"9".repeat(1_000)] {
        assert_eq!(wrong(&token, guess).status, 401, "{guess}");
    }
    // A right password does not forgive wrong codes; neither does a new token.
    let again = first_step(&app, account);
    for token in [&token, &again] {
        let answer = wrong(token, &authenticator.code(app.now()));
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("2")), "{}", answer.text);
    }
    login["code"] = json!(authenticator.code(app.now()));
    app.anonymous().post("/api/v1/session", login.clone(), 429);
    login["device_token"] = device;
    app.anonymous().post("/api/v1/session", login, 429);
    app.clock.advance(Duration::seconds(30));
    second_step(&app, &again, &authenticator.code(app.now()), 201);
}

#[test]
fn the_token_of_the_first_step_is_good_for_one_session_within_five_minutes() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let authenticator = enrol(&app, account);
    let token = first_step(&app, account);
    app.bearer(&token).get("/api/v1/session", 401);
    app.anonymous().post("/api/v1/session/refresh", json!({"refresh_token": token}), 401);
    let session = second_step(&app, &token, &next(&app, &authenticator), 201);
    let code = next(&app, &authenticator);
    assert_eq!(second_step(&app, &token, &code, 401)["type"], "/problems/unauthenticated", "it has opened its session");
    assert_eq!(second_step(&app, session["access_token"].as_str().unwrap(), &code, 401)["type"], "/problems/unauthenticated");
    let late = first_step(&app, account);
    app.clock.advance(Duration::seconds(300));
    assert_eq!(second_step(&app, &late, &authenticator.code(app.now()), 401)["type"], "/problems/unauthenticated");
    for junk in ["", "x", &"a.".repeat(600), "\u{0}"] {
        second_step(&app, junk, "123456", 401);
    }
    let disabled = first_step(&app, account);
    app.database.execute(&format!("UPDATE account SET disabled_at = now() WHERE id = '{}'", account.id));
    second_step(&app, &disabled, &next(&app, &authenticator), 403);
}

#[test]
fn recovery_codes_are_good_once_each_and_can_be_replaced() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let other = app.account(Role::Accountant, "23095");
    let caller = app.log_in_plain(account);
    let (authenticator, codes) = enrol_with(&app, &caller);
    enrol(&app, other);
    let by = |account, code: &str| {
        let mut login = credentials(&app, account);
        login["code"] = json!(code);
        app.anonymous().send("POST", "/api/v1/session", Some(login.to_string().into())).status
    };
    assert_eq!(by(account, &codes[0].to_lowercase().replace('-', " ")), 201);
    assert_eq!((by(account, &codes[0]), by(other, &codes[1]), by(account, &codes[1])), (401, 401, 201));
    assert_eq!(caller.get("/api/v1/second-factor", 200)["recovery_codes_left"], 8);

    let refused = caller.post("/api/v1/second-factor/recovery-codes", json!({"code": codes[1]}), 422);
    assert_eq!(refused["errors"][0]["code"], "WRONG_CODE");
    let code = json!({"code": next(&app, &authenticator)});
    let fresh = strings(&caller.post("/api/v1/second-factor/recovery-codes", code, 200)["recovery_codes"]);
    assert!(fresh.len() == 10 && !fresh.contains(&codes[2]));
    assert_eq!((by(account, &codes[2]), by(account, &fresh[0])), (401, 201));
    // With a recovery code, for whoever has lost the authenticator.
    let last = strings(&caller.post("/api/v1/second-factor/recovery-codes", json!({"code": fresh[1]}), 200)["recovery_codes"]);
    assert_eq!((by(account, &fresh[2]), by(account, &last[9])), (401, 201));
    assert_eq!(actions(&app).iter().filter(|action| *action == "RECOVERY_CODE_USED").count(), 4);
}

#[test]
fn removing_takes_password_and_code_and_ends_the_other_sessions() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let caller = app.log_in_plain(account);
    let (authenticator, codes) = enrol_with(&app, &caller);
    let remove = |password: &str, code: &str, status| {
        caller.post("/api/v1/second-factor/removal", json!({"password": password, "code": code}), status)
    };
    assert_eq!(remove("wrong", &codes[0], 422)["errors"][0]["pointer"], "/password");
    assert_eq!(remove(PASSWORD, "000000", 422)["errors"][0]["pointer"], "/code");
    remove(&"x".repeat(1_001), &codes[0], 422);
    assert_eq!(caller.get("/api/v1/second-factor", 200)["recovery_codes_left"], 10, "a wrong password uses no code up");
    let approver = app.log_in(account);
    remove(PASSWORD, &next(&app, &authenticator), 204);
    remove(PASSWORD, &codes[0], 409);
    let me = caller.get("/api/v1/session", 200);
    assert_eq!((&me["second_factor_enrolled"], &me["second_factor_at"]), (&json!(false), &Value::Null), "{me}");
    approver.get("/api/v1/session", 401);
    app.anonymous().post("/api/v1/session", credentials(&app, account), 201);
    assert_eq!(app.database.number("SELECT count(*) FROM recovery_code"), 0);
    assert!(actions(&app).contains(&"SECOND_FACTOR_REMOVED".to_owned()));
    enrol_with(&app, &caller);
}

/// A stolen session alone neither adds an authenticator nor guesses its way to removing one.
#[test]
fn the_password_is_asked_for_again_and_guessing_it_costs_time() {
    let app = TestApp::start();
    let account = app.account(Role::Accountant, "23095");
    let caller = app.log_in_plain(account);
    let begin = |password: &str| {
        let body = json!({"id": Uuid::now_v7(), "password": password}).to_string();
        caller.send("POST", "/api/v1/second-factor", Some(body.into())).status
    };
    for n in 0..6 {
        assert_eq!(begin(&format!("guess {n}")), 422);
    }
    assert_eq!(begin(PASSWORD), 429);
    assert_eq!(app.database.number("SELECT count(*) FROM second_factor"), 0);
    // The owner's own log-in is not held up by it.
    app.anonymous().post("/api/v1/session", credentials(&app, account), 201);
    app.clock.advance(Duration::seconds(2));
    assert_eq!(begin(PASSWORD), 201);
    for _ in 0..6 {
        caller.post("/api/v1/second-factor/confirmation", json!({"code": "12345"}), 422);
    }
    caller.post("/api/v1/second-factor/confirmation", json!({"code": "12345"}), 429);
    for body in [json!({}), json!({"code": 5}), json!({"code": "1", "x": 1}), json!([])] {
        caller.post("/api/v1/second-factor/confirmation", body, 422);
    }
}
