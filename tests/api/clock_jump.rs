//! A machine's clock that jumps, forwards and back, over midnight in Vietnam and over months: the books stay right, nobody is
//! logged out for ever, and nothing disappears from lists.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::audit;
use crate::harness::TestApp;
use crate::public_log::wait_for;

#[test]
fn gifts_before_and_after_a_jump_are_all_there_and_the_books_agree() {
    let app = TestApp::start();
    let (officer, accountant) = (app.account(so_nhan_ai::authz::Role::Officer, "23095"), app.accountant_of("23095"));
    let mut sent = Vec::new();
    // Forwards over midnight, back again, far ahead (a dead battery's favourite), and home.
    for hours in [0, 15, -15, 24 * 90, -24 * 90] {
        app.clock.advance(Duration::hours(hours));
        let gift = app.gift(json!({"amount_vnd": 1_000 + sent.len()}));
        app.log_in(officer).post("/api/v1/gifts", gift.clone(), 201);
        app.log_in(officer).post("/api/v1/gifts", gift.clone(), 200);
        sent.push(gift);
    }
    // A request made in the future is approved in its past.
    app.clock.advance(Duration::days(2));
    let ask = Uuid::now_v7();
    let reversal = format!("/api/v1/gifts/{}/reversal", sent[1]["id"].as_str().unwrap());
    app.log_in(officer).post(&reversal, json!({"id": ask, "reason": "DUPLICATE"}), 201);
    app.clock.advance(Duration::days(-2));
    accountant.post(&format!("/api/v1/reversals/{ask}/approval"), json!(null), 200);
    app.wait_for_log();
    audit(&app);

    let mut listed: Vec<i64> = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let cursor = next.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = app.log_in(officer).get(&format!("/api/v1/gifts?chapter=23095&limit=2{cursor}"), 200);
        listed.extend(page["items"].as_array().unwrap().iter().map(|gift| gift["amount_vnd"].as_i64().unwrap()));
        next = page["next"].as_str().map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    listed.sort_unstable();
    assert_eq!(listed, [1_000, 1_001, 1_002, 1_003, 1_004]);
    let totals = app.anonymous().get("/api/v1/public/totals?chapter=23095", 200);
    assert_eq!(totals["received_vnd"], 1_000 + 1_002 + 1_003 + 1_004);
}

/// A log knows order and no time: checkpoints grow while the clock goes back, and pages say when the newest one was signed.
#[test]
fn the_log_grows_on_while_the_clock_goes_back() {
    let app = TestApp::start();
    let officer = app.account(so_nhan_ai::authz::Role::Officer, "23095");
    let mut size = 0;
    for days in [2, -1, 40, -39] {
        app.clock.advance(Duration::days(days));
        app.log_in(officer).post("/api/v1/gifts", app.gift(json!({})), 201);
        size += 1;
        assert_eq!(wait_for(&app, size).size, size);
        let signed_at = app.anonymous().get("/api/v1/public/log", 200)["signed_at"].as_str().unwrap().to_owned();
        assert_eq!(signed_at.parse::<chrono::DateTime<chrono::Utc>>().unwrap(), app.now());
    }
    audit(&app);
}

#[test]
fn a_clock_set_back_logs_nobody_out_for_ever() {
    let app = TestApp::start();
    app.account(so_nhan_ai::authz::Role::Officer, "23095");
    app.clock.advance(Duration::days(400));
    let account = app.account(so_nhan_ai::authz::Role::Officer, "23095");
    let from_the_future = app.log_in(account);
    from_the_future.get("/api/v1/session", 200);
    app.clock.advance(Duration::days(-400));
    // The role begins in what is now the future, so it gives no rights; the session itself is still one.
    let me: Value = from_the_future.get("/api/v1/session", 200);
    assert_eq!(me["roles"], json!([]));
    from_the_future.post("/api/v1/gifts", app.gift(json!({})), 404);
}
