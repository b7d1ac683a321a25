//! Refresh tokens: each is followed by the next, a lost answer is forgiven, a stale token ends the session.

use chrono::Duration;
use proptest::prelude::*;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::factor::user_name;
use crate::harness::{Account, PASSWORD, TestApp};

fn log_in(app: &TestApp, account: Account) -> (String, String) {
    let login = json!({"user": user_name(app, account), "password": PASSWORD});
    let session = app.anonymous().post("/api/v1/session", login, 201);
    (text(&session["refresh_token"]), text(&session["access_token"]))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The status and, if good, the next refresh token and an access token; a while after whatever was before.
fn refresh(app: &TestApp, token: &str) -> Result<(String, String), (u16, String)> {
    app.clock.advance(Duration::seconds(11));
    refresh_at_once(app, token)
}

/// The same without a pause.
fn refresh_at_once(app: &TestApp, token: &str) -> Result<(String, String), (u16, String)> {
    let answer =
        app.anonymous().send("POST", "/api/v1/session/refresh", Some(json!({"refresh_token": token}).to_string().into()));
    let body = answer.json();
    match answer.status {
        200 => Ok((text(&body["refresh_token"]), text(&body["access_token"]))),
        status => Err((status, text(&body["type"]))),
    }
}

const STALE: &str = "/problems/stale-refresh-token";

fn stale<T>() -> Result<T, (u16, String)> {
    Err((401, STALE.to_owned()))
}

/// On a train the answer is lost, again and again: the phone sends the old token and goes on.
#[test]
fn a_lost_answer_is_forgiven() {
    let app = TestApp::start();
    let (first, _) = log_in(&app, app.account(Role::Officer, "23095"));
    for _ in 0..20 {
        refresh(&app, &first).unwrap();
        app.clock.advance(Duration::minutes(1));
    }
    let (second, access) = refresh(&app, &first).unwrap();
    app.bearer(&access).get("/api/v1/session", 200);
    let (third, _) = refresh(&app, &second).unwrap();
    let (again, access) = refresh(&app, &second).unwrap();
    app.bearer(&access).get("/api/v1/session", 200);
    assert!(third != again && third != second);
    refresh(&app, &again).unwrap();
}

#[test]
fn an_older_token_ends_the_session_and_says_why() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let (kept, kept_access) = log_in(&app, account);
    let (stolen, first_access) = log_in(&app, account);
    let (second, _) = refresh(&app, &stolen).unwrap();
    let (third, access) = refresh(&app, &second).unwrap();
    // The thief comes too late, and neither of them goes on.
    assert_eq!(refresh(&app, &stolen), stale());
    for token in [&stolen, &second, &third] {
        assert_eq!(refresh(&app, token), stale());
    }
    for access in [&first_access, &access] {
        app.bearer(access).get("/api/v1/session", 401);
    }
    let said =
        app.anonymous().with("accept-language", "en").post("/api/v1/session/refresh", json!({"refresh_token": third}), 401);
    assert!(said["detail"].as_str().unwrap().contains("An old refresh token was sent"), "{said}");
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'SESSION_ENDED_STALE_TOKEN'"), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM session WHERE ended_reason = 'STALE_TOKEN'"), 1);
    // The other session of the account is not touched.
    app.bearer(&kept_access).get("/api/v1/session", 200);
    refresh(&app, &kept).unwrap();
}

/// The thief is faster: the phone still sends the token that the thief has used.
#[test]
fn a_thief_who_is_first_is_noticed_when_both_have_gone_on() {
    let app = TestApp::start();
    let (stolen, _) = log_in(&app, app.account(Role::Officer, "23095"));
    let (of_thief, _) = refresh(&app, &stolen).unwrap();
    let (of_phone, _) = refresh(&app, &stolen).unwrap();
    let (of_thief, access) = refresh(&app, &of_thief).unwrap();
    assert_eq!(refresh(&app, &of_phone), stale());
    assert_eq!(refresh(&app, &of_thief), stale());
    app.bearer(&access).get("/api/v1/session", 401);
}

#[test]
fn both_of_two_requests_at_once_can_go_on() {
    let app = TestApp::start();
    for kept in 0..2 {
        let (mut token, _) = log_in(&app, app.account(Role::Officer, "23095"));
        for _ in 0..5 {
            let (app, sent) = (&app, &token);
            let both: Vec<(String, String)> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..2).map(|_| scope.spawn(move || refresh(app, sent).unwrap())).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            for (_, access) in &both {
                app.bearer(access).get("/api/v1/session", 200);
            }
            token = both[kept].0.clone();
        }
        refresh(&app, &token).unwrap();
    }
}

/// Tabs that know nothing of each other stay one branch, as long as they refresh within seconds.
#[test]
fn two_tabs_within_seconds_are_one_branch() {
    let app = TestApp::start();
    let (mut token, _) = log_in(&app, app.account(Role::Officer, "23095"));
    for _ in 0..5 {
        app.clock.advance(Duration::minutes(15));
        let (of_one, access) = refresh_at_once(&app, &token).unwrap();
        app.clock.advance(Duration::seconds(9));
        let (of_other, other_access) = refresh_at_once(&app, &token).unwrap();
        assert_eq!(of_one, of_other);
        for access in [&access, &other_access] {
            app.bearer(access).get("/api/v1/session", 200);
        }
        token = of_other;
    }
    // Really at once, and more than two.
    let (shared, sent) = (&app, &token);
    app.clock.advance(Duration::minutes(15));
    let all: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(move || refresh_at_once(shared, sent).unwrap().0)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().all(|token| *token == all[0]), "{all:?}");
    assert_eq!(app.database.number("SELECT length(sibling_hashes) FROM session"), 0, "one successor, not many");
    // After the seconds each has its own again, and only one of them goes on.
    let (late, _) = refresh(&app, &token).unwrap();
    assert_ne!(late, all[0]);
    refresh(&app, &late).unwrap();
    assert_eq!(refresh(&app, &all[0]), stale());
}

/// A thief who comes within those seconds holds the very token of the owner, and is noticed with the next one.
#[test]
fn a_thief_within_the_seconds_is_noticed_at_the_next_refresh() {
    let app = TestApp::start();
    for thief_is_first in [false, true] {
        let (stolen, _) = log_in(&app, app.account(Role::Officer, "23095"));
        let (of_phone, _) = refresh_at_once(&app, &stolen).unwrap();
        let (of_thief, _) = refresh_at_once(&app, &stolen).unwrap();
        assert_eq!(of_phone, of_thief);
        let (first, _) = refresh(&app, &of_phone).unwrap();
        let (second, _) = refresh(&app, &of_phone).unwrap();
        let (kept, other) = if thief_is_first { (first, second) } else { (second, first) };
        refresh(&app, &kept).unwrap();
        assert_eq!(refresh(&app, &other), stale());
    }
}

/// Sessions from before tokens changed with every use go on, and are protected from their next refresh.
#[test]
fn a_session_of_the_version_before_goes_on() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let old = "A".repeat(43);
    let hash = app.shared.vault.hash("session.refresh", old.as_bytes());
    let opened = app.shared.db.tx_blocking(|conn| so_nhan_ai::identity::store::open_session(conn, account.id, &hash, app.now()));
    opened.unwrap();
    refresh(&app, &old).unwrap();
    let (second, _) = refresh(&app, &old).unwrap();
    let (third, _) = refresh(&app, &second).unwrap();
    refresh(&app, &third).unwrap();
    assert_eq!(refresh(&app, &old), Err((401, "/problems/unauthenticated".to_owned())));
    refresh(&app, &third).unwrap();
}

#[test]
fn made_up_tokens_end_nothing() {
    let app = TestApp::start();
    let (token, _) = log_in(&app, app.account(Role::Officer, "23095"));
    let unknown = Err((401, "/problems/unauthenticated".to_owned()));
    for at in 0..token.len() {
        let mut forged = token.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        // The last character carries bits that do not count.
        if at + 1 < token.len() {
            assert_eq!(refresh(&app, &forged), unknown, "{at}");
        }
    }
    for made_up in ["", "x", "\u{0}", "ổ", &"A".repeat(75), &"A".repeat(60_000), &format!("{token}{token}")] {
        assert_eq!(refresh(&app, made_up), unknown);
    }
    refresh(&app, &token).unwrap();
}

#[test]
fn only_keyed_hashes_are_stored_and_only_of_living_tokens() {
    let app = TestApp::start();
    let (mut token, _) = log_in(&app, app.account(Role::Officer, "23095"));
    let mut all = vec![token.clone()];
    for n in 0..30 {
        let (next, _) = refresh(&app, &token).unwrap();
        all.push(next.clone());
        if n % 3 > 0 {
            token = next;
        }
    }
    let tables = crate::look::Dump::of(&app.database);
    for token in &all {
        assert_eq!(tables.tables_with(token), Vec::<&str>::new());
    }
    let bytes = app.database.number("SELECT length(sibling_hashes) + length(refresh_hash) + length(previous_hash) FROM session");
    assert!(bytes <= 32 * 10, "{bytes}");
}

/// One thing that happens to a session.
#[derive(Debug, Clone, Copy)]
enum Step {
    Refresh,
    LoseAnswer,
    Replay(prop::sample::Index),
}

/// Through HTTP and the database the rule is the same as in the model: a token is good while every token used before
/// lies on the way to it.
#[test]
fn random_histories_end_as_the_rule_says() {
    let app = TestApp::start();
    let step = prop_oneof![
        4 => Just(Step::Refresh),
        3 => Just(Step::LoseAnswer),
        1 => any::<prop::sample::Index>().prop_map(Step::Replay),
    ];
    let config = proptest::test_runner::Config { cases: 24, failure_persistence: None, ..Default::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let account = app.account(Role::Officer, "23095");
    let outcome = runner.run(&prop::collection::vec(step, 1..9), |steps| {
        let (first, _) = log_in(&app, account);
        // (token, parent); used ones; whose turn.
        let (mut tokens, mut used, mut phone) = (vec![(first, 0usize)], vec![false], 0usize);
        for step in steps {
            let asked = match step {
                Step::Replay(which) => which.index(tokens.len()),
                _ => phone,
            };
            let mut way = vec![asked];
            while let Some(last) = way.last().copied().filter(|last| *last != 0) {
                way.push(tokens[last].1);
            }
            let good = (0..tokens.len()).all(|other| !used[other] || way.contains(&other));
            match refresh(&app, &tokens[asked].0) {
                Ok((next, _)) => {
                    prop_assert!(good, "token {} of {:?} was accepted", asked, used);
                    used[asked] = true;
                    tokens.push((next, asked));
                    used.push(false);
                    if let Step::Refresh = step {
                        phone = tokens.len() - 1;
                    }
                }
                refused => {
                    prop_assert!(!good, "token {} was refused", asked);
                    prop_assert_eq!(refused, stale());
                    for (token, _) in &tokens {
                        prop_assert_eq!(refresh(&app, token), stale(), "the whole family has ended");
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    });
    outcome.unwrap();
}
