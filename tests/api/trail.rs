//! The audit trail: what is noted, and who may read it.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::factor::{enrol, user_name};
use crate::harness::{Account, Caller, PASSWORD, TestApp};
use crate::look::all;

fn actions(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["action"].as_str().unwrap()).collect()
}

fn of(caller: &Caller<'_>, account: &str) -> Vec<Value> {
    all(caller, &format!("/api/v1/audit-events?account={account}"), 3)
}

fn try_log_in(app: &TestApp, account: Account, password: &str) -> Value {
    let login = json!({"user": user_name(app, account), "password": password});
    app.anonymous().send("POST", "/api/v1/session", Some(login.to_string().into())).json()
}

#[test]
fn log_ins_and_what_becomes_of_sessions_are_noted() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    try_log_in(&app, account, "wrong");
    let first = try_log_in(&app, account, PASSWORD);
    let refresh = json!({"refresh_token": first["refresh_token"]});
    let second = app.anonymous().post("/api/v1/session/refresh", refresh.clone(), 200);
    app.anonymous().post("/api/v1/session/refresh", json!({"refresh_token": second["refresh_token"]}), 200);
    app.anonymous().post("/api/v1/session/refresh", refresh.clone(), 401);
    app.anonymous().post("/api/v1/session/refresh", refresh, 401);
    let session = try_log_in(&app, account, PASSWORD);
    let other = try_log_in(&app, account, PASSWORD);
    let caller = app.bearer(session["access_token"].as_str().unwrap());
    caller.delete("/api/v1/sessions", 200);
    assert!(other["access_token"].is_string());
    caller.delete("/api/v1/session", 204);
    enrol(&app, account);

    let inspector = app.staff(Role::Inspector, "68");
    let rows = of(&inspector, &user_name(&app, account));
    assert_eq!(
        actions(&rows),
        [
            "SECOND_FACTOR_ENROLLED",
            "LOG_OUT",
            "SESSION_REVOKED",
            "LOG_IN",
            "LOG_IN",
            "SESSION_ENDED_STALE_TOKEN",
            "LOG_IN",
            "LOG_IN_FAILED"
        ]
    );
    let name = user_name(&app, account);
    assert_eq!((&rows[7]["account"], &rows[7]["subject_account"]), (&Value::Null, &json!(name)), "who failed is not known");
    assert_eq!((&rows[3]["account"], &rows[3]["chapter"]), (&json!(name), &Value::Null));
    assert_eq!(rows[2]["subject"].as_str().map(str::len), Some(36));
    // By id as well, and one's own without being asked whose.
    assert_eq!(of(&inspector, &account.id.to_string()), rows);
    let own = app.log_in_plain(account);
    assert_eq!(all(&own, "/api/v1/audit-events", 5), rows);
    assert_eq!(of(&own, &name), rows);
    // Guesses at names that do not exist are noted as well, about nobody.
    app.anonymous().post("/api/v1/session", json!({"user": "nobody.here", "password": "x"}), 401);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'LOG_IN_FAILED' AND subject IS NULL"), 1);
    assert!(!app.database.text("SELECT string_agg(audit_event::text, '') FROM audit_event").contains("nobody"));
}

#[test]
fn the_trail_is_read_within_ones_reach_only() {
    let app = TestApp::start();
    let officer = app.account_of(None, &[(Role::Officer, "23095"), (Role::Officer, "01")]);
    let caller = app.log_in(officer);
    caller.post("/api/v1/gifts", app.gift(json!({})), 201);
    caller.post("/api/v1/gifts", app.gift(json!({"chapter": "01"})), 201);
    try_log_in(&app, officer, PASSWORD);
    let name = user_name(&app, officer);
    let seen = |caller: &Caller<'_>| {
        let mut found: Vec<String> = of(caller, &name)
            .iter()
            .map(|row| format!("{} {}", row["action"].as_str().unwrap(), row["chapter"].as_str().unwrap_or("-")))
            .collect();
        found.sort();
        found
    };
    let everywhere = ["GIFT_RECORDED 01", "GIFT_RECORDED 23095", "LOG_IN -"];
    assert_eq!(seen(&caller), everywhere);
    assert_eq!(seen(&app.staff(Role::CentralAdministrator, "TW")), everywhere);
    assert_eq!(seen(&app.staff(Role::Inspector, "68")), ["GIFT_RECORDED 23095", "LOG_IN -"]);
    assert_eq!(seen(&app.staff(Role::ProvincialAdministrator, "01")), ["GIFT_RECORDED 01", "LOG_IN -"]);
    let path = format!("/api/v1/audit-events?account={name}");
    for (role, chapter, status) in [
        (Role::Inspector, "23059", 404),
        (Role::Inspector, "79", 404),
        (Role::ChapterChair, "68", 403),
        (Role::Officer, "23095", 403),
        (Role::Officer, "79", 404),
    ] {
        let caller = app.staff(role, chapter);
        let problem = caller.get(&path, status);
        assert!(!problem.to_string().contains(&name), "{problem}");
        caller.get("/api/v1/audit-events?chapter=23095", status);
    }
    // Appointing takes a second factor, and so does reading by that right.
    let administrator = app.account(Role::ProvincialAdministrator, "68");
    assert_eq!(app.log_in_plain(administrator).get(&path, 403)["type"], "/problems/second-factor-needed");
    app.log_in(administrator).get(&path, 200);
    app.log_in_plain(app.account(Role::Inspector, "68")).get(&path, 200);

    // Whoever holds no role any more is still overseen from where they last did.
    app.database.execute(&format!("UPDATE role_assignment SET ended_at = now() WHERE account_id = '{}'", officer.id));
    assert_eq!(seen(&app.staff(Role::Inspector, "68")), ["GIFT_RECORDED 23095", "LOG_IN -"]);
    app.staff(Role::Inspector, "79").get(&path, 404);
}

#[test]
fn the_trail_of_a_chapter_is_paged_newest_first() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for n in 0..7 {
        officer.post("/api/v1/gifts", app.gift(json!({"amount_vnd": 1_000 + n})), 201);
    }
    app.officer_of("23059").post("/api/v1/gifts", app.gift(json!({"chapter": "23059"})), 201);
    let inspector = app.staff(Role::Inspector, "68");
    for limit in [1, 3, 7, 50] {
        let rows = all(&inspector, "/api/v1/audit-events?chapter=23095", limit);
        assert_eq!(actions(&rows), ["GIFT_RECORDED"; 7]);
        assert!(rows.windows(2).all(|pair| pair[0]["id"].as_i64() > pair[1]["id"].as_i64()));
        assert!(rows.iter().all(|row| row["chapter"] == "23095" && row["account"].is_string()));
    }
    let next = inspector.get("/api/v1/audit-events?chapter=23095&limit=2", 200)["next"].as_str().unwrap().to_owned();
    inspector.get(&format!("/api/v1/audit-events?chapter=23059&limit=2&cursor={next}"), 400);
    inspector.get("/api/v1/audit-events?chapter=23095&account=x", 422);
    for query in ["chapter=99999", "chapter=%00", "account=nobody", "account=%00", "account=", "chapter="] {
        inspector.get(&format!("/api/v1/audit-events?{query}"), 404);
    }
    inspector.get(&format!("/api/v1/audit-events?account={}", Uuid::now_v7()), 404);
    inspector.get("/api/v1/audit-events?limit=0", 422);
    inspector.get("/api/v1/audit-events?who=x", 422);
}
