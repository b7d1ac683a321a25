//! Opening balances from old books: two persons, one entry a fund, public and in the log, but nothing is received by them.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, counts, errors};
use crate::harness::{Caller, TestApp};
use crate::look::all;

const OPENINGS: &str = "/api/v1/opening-balances";
const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

pub fn opening(change: Value) -> Value {
    let mut ask = json!({"id": Uuid::now_v7(), "chapter": "23095", "as_of": "2025-12-31", "document_no": "02/BB-HCTĐ", "document": SHA,
        "note": "chuyển từ sổ giấy của ông Năm",
        "lines": [{"fund": "GENERAL", "account": "CASH_ON_HAND", "amount_vnd": 12_500_000},
                  {"fund": "GENERAL", "account": "BANK", "amount_vnd": 30_000_000},
                  {"fund": "GENERAL", "account": "PAYABLE", "amount_vnd": 2_500_000},
                  {"fund": "APPEAL:LULUT", "account": "GOODS_IN_STOCK", "amount_vnd": 7_000_000}]});
    ask.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    ask
}

/// A document as an upload leaves it behind.
fn paper(app: &TestApp, chapter: &str, purpose: &str, sha256: &str) {
    let account = app.account(Role::Officer, chapter).id;
    app.database.execute(&format!(
        "INSERT INTO document (id, chapter_id, purpose, sha256, size_bytes, media_type, uploaded_sha256, uploaded_bytes, name, request_hash, uploaded_by, uploaded_at)
         SELECT gen_random_uuid(), id, '{purpose}', '{sha256}', 1, 'application/pdf', '{sha256}', 1, '', '', '{account}', '2026-11-22T03:00:00Z' FROM chapter WHERE code = '{chapter}'"
    ));
}

pub struct People<'a> {
    pub officer: Caller<'a>,
    pub accountant: Caller<'a>,
    pub chair: Caller<'a>,
}

pub fn people(app: &TestApp) -> People<'_> {
    app.open_appeal("68", "LULUT");
    for chapter in ["23095", "23059"] {
        paper(app, chapter, "OPENING_BALANCE", SHA);
    }
    People { officer: app.officer_of("23095"), accountant: app.accountant_of("23095"), chair: app.chair_of("23095") }
}

fn approve(caller: &Caller<'_>, id: &Value, status: u16) -> Value {
    caller.post(&format!("{OPENINGS}/{}/approval", id.as_str().unwrap()), Value::Null, status)
}

fn balance(app: &TestApp, fund: &str, account: &str) -> i64 {
    app.database.number(&format!(
        "SELECT coalesce((SELECT amount_vnd FROM balance b JOIN fund f ON f.id = b.fund_id JOIN chapter c ON c.id = b.chapter_id
         WHERE c.code = '23095' AND f.code = '{fund}' AND b.account = '{account}'), 0)"
    ))
}

#[test]
fn old_books_are_carried_over_by_two_persons() {
    let app = TestApp::start();
    let People { officer, accountant, .. } = people(&app);
    officer.post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT"})), 201);
    let before = counts(&app);
    let ask = opening(json!({}));
    let asked = officer.post(OPENINGS, ask.clone(), 201);
    assert_eq!(
        (&asked["state"], &asked["approver_chapter"], &asked["entries"]),
        (&json!("REQUESTED"), &json!("23095"), &json!([]))
    );
    assert_eq!(asked["document"], SHA);
    assert_eq!(officer.post(OPENINGS, ask.clone(), 200), asked);
    assert_eq!(counts(&app), before, "asking books nothing");
    // The officer lacks the right; nobody approves what they asked for.
    approve(&officer, &ask["id"], 403);
    let done = approve(&accountant, &ask["id"], 200);
    assert_eq!(approve(&accountant, &ask["id"], 200), done);
    accountant.post(&format!("{OPENINGS}/{}/refusal", ask["id"].as_str().unwrap()), Value::Null, 409);
    assert_eq!(done["state"], "APPROVED");
    let entries = done["entries"].as_array().unwrap();
    let funds: Vec<&Value> = entries.iter().map(|entry| &entry["fund"]).collect();
    assert_eq!(funds, ["GENERAL", "APPEAL:LULUT"]);

    for (fund, account, amount) in [
        ("GENERAL", "CASH_ON_HAND", 12_500_000),
        ("GENERAL", "BANK", 30_000_000),
        ("GENERAL", "PAYABLE", -2_500_000),
        ("GENERAL", "FUND_BALANCE", -40_000_000),
        ("APPEAL:LULUT", "GOODS_IN_STOCK", 7_000_000),
        ("APPEAL:LULUT", "FUND_BALANCE", -7_000_000),
        ("APPEAL:LULUT", "DONATION_RESTRICTED", -500_000),
    ] {
        assert_eq!(balance(&app, fund, account), amount, "{fund} {account}");
    }
    // Visible to everybody, received by nobody.
    app.wait_for_log();
    let public = app.anonymous();
    let shown = public.get(&format!("/api/v1/public/entries/{}", entries[0]["code"].as_str().unwrap()), 200);
    assert_eq!(
        (&shown["kind"], &shown["amount_vnd"], &shown["fund"], &shown["day"], &shown["channel"]),
        (&json!("OPENING_BALANCE"), &json!(40_000_000), &json!("GENERAL"), &json!("2025-12-31"), &Value::Null)
    );
    let after = counts(&app);
    for name in ["received", "received by day", "gifts received", "gift"] {
        assert_eq!(after.of(name), before.of(name), "{name}");
    }
    assert_eq!(public.get("/api/v1/public/totals?appeal=LULUT", 200)["received_vnd"], 500_000);
    assert_eq!(public.get("/api/v1/public/chapters/23095", 200)["received_vnd"], 500_000);
    let leaf: Value = serde_json::from_str(&app.database.text(&format!(
        "SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{}'",
        entries[0]["code"].as_str().unwrap()
    )))
    .unwrap();
    assert_eq!(
        (&leaf["kind"], &leaf["doc"], &leaf["booked"]),
        (&json!("OPENING_BALANCE"), &json!("n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"), &json!("2026-11-22"))
    );
    // The note and the number of the document stay inside.
    let all_text = app.database.text("SELECT string_agg(convert_from(leaf, 'UTF8'), '') FROM log_leaf") + &shown.to_string();
    assert!(!all_text.contains("ông Năm") && !all_text.contains("02/BB"));
    assert_eq!(app.database.number("SELECT count(*) FROM opening_balance WHERE position('ông Năm'::bytea IN note) > 0"), 0);
    audit(&app);
}

#[test]
fn the_appeals_file_keeps_what_was_carried_apart_from_what_was_received() {
    let app = TestApp::start();
    let People { officer, accountant, .. } = people(&app);
    officer.post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT"})), 201);
    let ask = opening(json!({}));
    officer.post(OPENINGS, ask.clone(), 201);
    approve(&accountant, &ask["id"], 200);
    app.wait_for_log();
    let text = app.anonymous().get_text("/api/v1/public/appeals/LULUT/ledger.csv", 200);
    let rows: Vec<std::collections::HashMap<String, String>> =
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect();
    let told: Vec<[&str; 3]> = rows.iter().map(|r| ["kind", "amount_vnd", "carried_vnd"].map(|name| r[name].as_str())).collect();
    assert_eq!(told, [["GIFT_CASH", "500000", "0"], ["OPENING_BALANCE", "0", "7000000"]]);
}

#[test]
fn a_fund_and_account_is_opened_once_until_it_is_reversed() {
    let app = TestApp::start();
    let People { officer, accountant, chair } = people(&app);
    let (first, rival) = (opening(json!({})), opening(json!({"document_no": "03/BB-HCTĐ"})));
    officer.post(OPENINGS, first.clone(), 201);
    officer.post(OPENINGS, rival.clone(), 201);
    approve(&chair, &first["id"], 200);
    let before = counts(&app);
    approve(&chair, &rival["id"], 409);
    assert_eq!(counts(&app), before);
    let again = officer.post(OPENINGS, opening(json!({})), 422);
    let expected: Vec<(String, String)> = (0..4).map(|n| (format!("/lines/{n}"), "ALREADY_OPENED".to_owned())).collect();
    assert_eq!(errors(&again), expected);
    // Another account of the same fund, and the same account elsewhere, are not open yet.
    let advance = json!([{"fund": "GENERAL", "account": "ADVANCE", "amount_vnd": 5}]);
    let other = opening(json!({"lines": advance}));
    officer.post(OPENINGS, other.clone(), 201);
    approve(&chair, &other["id"], 200);
    app.officer_of("23059").post(OPENINGS, opening(json!({"chapter": "23059"})), 201);

    let path = format!("{OPENINGS}/{}/reversal", first["id"].as_str().unwrap());
    let ask = json!({"id": Uuid::now_v7(), "reason": "WRONG_AMOUNT", "note": "thiếu một số 0"});
    let asked = officer.post(&path, ask.clone(), 201);
    assert_eq!((&asked["state"], &asked["reversal"]["state"]), (&json!("APPROVED"), &json!("REQUESTED")));
    assert_eq!(officer.post(&path, ask.clone(), 200), asked);
    officer.post(&path, json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 409);
    let mut changed = ask;
    changed["reason"] = json!("OTHER");
    assert_eq!(officer.post(&path, changed, 422)["type"], "/problems/id-taken");
    officer.post(&format!("{path}/approval"), Value::Null, 403);
    let done = accountant.post(&format!("{path}/approval"), Value::Null, 200);
    assert_eq!((&done["state"], &done["reversal"]["state"]), (&json!("REVERSED"), &json!("APPROVED")));
    assert_eq!(accountant.post(&format!("{path}/approval"), Value::Null, 200), done);
    accountant.post(&format!("{path}/refusal"), Value::Null, 409);
    assert!(done["entries"].as_array().unwrap().iter().all(|entry| entry["reversed_by"].is_string()), "{done}");
    assert_eq!((balance(&app, "GENERAL", "BANK"), balance(&app, "GENERAL", "ADVANCE")), (0, 5));
    officer.post(&path, json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 409);
    app.wait_for_log();
    let reversal = done["entries"][0]["reversed_by"].as_str().unwrap();
    let shown = app.anonymous().get(&format!("/api/v1/public/entries/{reversal}"), 200);
    assert_eq!(
        (&shown["kind"], &shown["amount_vnd"], &shown["reason"]),
        (&json!("REVERSAL"), &json!(-40_000_000), &json!("WRONG_AMOUNT"))
    );

    // Now the right one can be opened, be it the rival that waited.
    approve(&chair, &rival["id"], 200);
    assert_eq!(balance(&app, "GENERAL", "BANK"), 30_000_000);
    audit(&app);
}

#[test]
fn a_refused_reversal_leaves_the_opening_as_it_is() {
    let app = TestApp::start();
    let People { officer, accountant, chair } = people(&app);
    let first = opening(json!({}));
    let path = format!("{OPENINGS}/{}/reversal", first["id"].as_str().unwrap());
    officer.post(OPENINGS, first.clone(), 201);
    officer.post(&path, json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 409);
    accountant.post(&format!("{path}/approval"), Value::Null, 409);
    approve(&chair, &first["id"], 200);
    officer.post(&path, json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 201);
    let before = counts(&app);
    let done = accountant.post(&format!("{path}/refusal"), Value::Null, 200);
    assert_eq!((&done["state"], &done["reversal"]["state"]), (&json!("APPROVED"), &json!("REFUSED")));
    assert_eq!(counts(&app), before);
    // It may be asked for again, and an accountant who asks does not decide.
    accountant.post(&path, json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"}), 201);
    accountant.post(&format!("{path}/approval"), Value::Null, 403);
    chair.post(&format!("{path}/approval"), Value::Null, 200);
    audit(&app);
}

#[test]
fn what_has_been_spent_can_not_be_reversed() {
    let app = TestApp::start();
    let People { officer, accountant, chair } = people(&app);
    let first = opening(json!({"lines": [{"fund": "GENERAL", "account": "CASH_ON_HAND", "amount_vnd": 100}]}));
    officer.post(OPENINGS, first.clone(), 201);
    approve(&chair, &first["id"], 200);
    app.database.execute("UPDATE balance SET amount_vnd = 99 WHERE account = 'CASH_ON_HAND'");
    let path = format!("{OPENINGS}/{}/reversal", first["id"].as_str().unwrap());
    officer.post(&path, json!({"id": Uuid::now_v7(), "reason": "OTHER"}), 201);
    let before = counts(&app);
    accountant.post(&format!("{path}/approval"), Value::Null, 409);
    assert_eq!(counts(&app), before);
    app.database.execute("UPDATE balance SET amount_vnd = 100 WHERE account = 'CASH_ON_HAND'");
    accountant.post(&format!("{path}/approval"), Value::Null, 200);
    audit(&app);
}

#[test]
fn who_keeps_the_books_asks_and_somebody_else_decides() {
    let app = TestApp::start();
    let People { officer, accountant, .. } = people(&app);
    for (caller, status) in [
        (app.chair_of("23095"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (app.officer_of("23059"), 404),
        (app.staff(Role::ProvincialAdministrator, "01"), 404),
    ] {
        let problem = caller.post(OPENINGS, opening(json!({})), status);
        if status == 404 {
            assert_eq!(errors(&problem), [("/chapter".to_owned(), "NO_SUCH_CHAPTER".to_owned())]);
        }
    }
    // An accountant may ask, but then another one approves — another person, not another account.
    let ask = opening(json!({}));
    accountant.post(OPENINGS, ask.clone(), 201);
    approve(&accountant, &ask["id"], 403);
    let both = app.account_of(None, &[(Role::Officer, "23095")]);
    let second = app.account_of(Some(both.officer), &[(Role::ChapterChair, "23095")]);
    let own = opening(json!({"lines": [{"fund": "OPERATING", "account": "BANK", "amount_vnd": 1}]}));
    app.log_in(both).post(OPENINGS, own.clone(), 201);
    approve(&app.log_in(second), &own["id"], 403);
    approve(&app.chair_of("23059"), &own["id"], 404);
    let id = own["id"].as_str().unwrap();
    app.officer_of("23059").get(&format!("{OPENINGS}/{id}"), 404);
    app.officer_of("23059").get(&format!("{OPENINGS}?chapter=23095"), 404);
    officer.get(&format!("{OPENINGS}/{}", Uuid::now_v7()), 404);
    let refused = app.chair_of("68").post(&format!("{OPENINGS}/{id}/refusal"), Value::Null, 200);
    assert_eq!((&refused["state"], &refused["entries"]), (&json!("REFUSED"), &json!([])));
    approve(&app.chair_of("68"), &own["id"], 409);
    let listed = all(&officer, &format!("{OPENINGS}?chapter=23095"), 1);
    let states: Vec<&Value> = listed.iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["REQUESTED", "REFUSED"]);
    assert_eq!(officer.get(&format!("{OPENINGS}/{id}"), 200), refused);
}

#[test]
fn where_nobody_else_may_approve_nothing_waits_for_nobody() {
    let app = TestApp::start();
    let ask = opening(json!({"document": null, "lines": [{"fund": "GENERAL", "account": "BANK", "amount_vnd": 1}]}));
    app.accountant_of("23095").post(OPENINGS, ask.clone(), 409);
    app.chair_of("68");
    assert_eq!(app.accountant_of("23095").post(OPENINGS, ask, 201)["approver_chapter"], "23095", "the first accountant");
}

#[test]
fn all_mistakes_are_told_at_once_and_book_nothing() {
    let app = TestApp::start();
    let People { officer, .. } = people(&app);
    let before = counts(&app);
    let bank = |fund: &str, amount: i64| json!({"fund": fund, "account": "BANK", "amount_vnd": amount});
    for (change, expected) in [
        (
            json!({"id": Uuid::nil(), "as_of": "2026-11-23", "document_no": "", "document": "xyz", "note": "a\nb"}),
            vec![
                ("/as_of", "IN_THE_FUTURE"),
                ("/document", "NOT_A_HASH"),
                ("/document_no", "NOT_A_LINE"),
                ("/id", "NOT_UNIQUE"),
                ("/note", "NOT_A_LINE"),
            ],
        ),
        (json!({"as_of": "1999-12-31", "lines": []}), vec![("/as_of", "TOO_OLD"), ("/lines", "OUT_OF_RANGE")]),
        (json!({"lines": vec![bank("GENERAL", 1); 101]}), vec![("/lines", "OUT_OF_RANGE")]),
        (json!({"lines": [bank("GENERAL", 1), bank("GENERAL", 1)]}), vec![("/lines/1", "TWICE")]),
        (
            json!({"lines": [bank("GENERAL", 0), bank("OPERATING", 1_000_000_000_000_001)]}),
            vec![("/lines/0/amount_vnd", "NOT_POSITIVE"), ("/lines/1/amount_vnd", "TOO_LARGE")],
        ),
        (
            json!({"lines": [bank("APPEAL:KHONG-CO", 1), bank("general", 1)]}),
            vec![("/lines/0/fund", "NO_SUCH_FUND"), ("/lines/1/fund", "NO_SUCH_FUND")],
        ),
        (
            json!({"lines": [bank("GENERAL", 1_000_000_000_000_000), {"fund": "GENERAL", "account": "ADVANCE", "amount_vnd": 1}]}),
            vec![("/lines", "TOO_LARGE")],
        ),
        (
            json!({"lines": [{"fund": "GENERAL", "account": "DONATION_RESTRICTED", "amount_vnd": 1}]}),
            vec![("/lines/0/account", "NOT_A_CHOICE")],
        ),
        (
            json!({"lines": [{"fund": "GENERAL", "account": "FUND_BALANCE", "amount_vnd": 1}]}),
            vec![("/lines/0/account", "NOT_A_CHOICE")],
        ),
    ] {
        let told = errors(&officer.post(OPENINGS, opening(change.clone()), 422));
        assert_eq!(told, expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect::<Vec<_>>(), "{change}");
    }
    // A paper of the neighbours, one for something else, and none at all.
    let (foreign, other) = ("ab".repeat(32), "cd".repeat(32));
    paper(&app, "23059", "OPENING_BALANCE", &foreign);
    paper(&app, "23095", "GIFT", &other);
    for sha in [foreign, other, "ef".repeat(32)] {
        let told = errors(&officer.post(OPENINGS, opening(json!({"document": sha})), 422));
        assert_eq!(told, [("/document".to_owned(), "NO_SUCH_DOCUMENT".to_owned())]);
    }
    app.database.execute("UPDATE chapter SET status = 'MERGED' WHERE code = '23095'");
    assert_eq!(errors(&officer.post(OPENINGS, opening(json!({})), 422)), [("/chapter".to_owned(), "BOOKS_CLOSED".to_owned())]);
    assert_eq!(counts(&app), before);
    assert_eq!(app.database.number("SELECT count(*) FROM opening_balance"), 0);
}

#[test]
fn sent_many_times_at_once_it_is_asked_and_booked_once() {
    let app = TestApp::start();
    let People { officer, chair, .. } = people(&app);
    let ask = opening(json!({}));
    let all_at_once = |caller: &Caller<'_>, path: &str, body: Value| -> Vec<u16> {
        std::thread::scope(|scope| {
            let send = |_: usize| {
                let (token, app, body, path) = (caller.token().to_owned(), &app, body.to_string().into_bytes(), path.to_owned());
                scope.spawn(move || app.bearer(&token).send("POST", &path, Some(body)).status)
            };
            let running: Vec<_> = (0..6).map(send).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    };
    let mut statuses = all_at_once(&officer, OPENINGS, ask.clone());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 201]);
    let path = format!("{OPENINGS}/{}/approval", ask["id"].as_str().unwrap());
    assert_eq!(all_at_once(&chair, &path, Value::Null), [200; 6]);
    assert_eq!(app.database.number("SELECT count(*) FROM entry WHERE kind = 'OPENING_BALANCE'"), 2);
    let mut other = ask;
    other["as_of"] = json!("2025-12-30");
    assert_eq!(officer.post(OPENINGS, other, 422)["type"], "/problems/id-taken");
    audit(&app);
}

#[test]
fn the_database_keeps_requests_and_decisions_too() {
    let app = TestApp::start();
    let People { officer, chair, .. } = people(&app);
    let ask = opening(json!({}));
    officer.post(OPENINGS, ask.clone(), 201);
    for sql in ["UPDATE opening_balance SET as_of = '2024-01-01'", "UPDATE opening_balance SET state = 'REVERSED'"] {
        assert!(app.database.refuses(sql).contains("opening_balance_decided_once"), "{sql}");
    }
    approve(&chair, &ask["id"], 200);
    for (sql, constraint) in [
        ("UPDATE opening_balance SET state = 'REQUESTED', decided_by = NULL, decided_at = NULL", "opening_balance_decided_once"),
        ("UPDATE opening_balance SET decided_by = requested_by", "opening_balance_decided_once"),
        ("DELETE FROM opening_balance", "opening_balance_append_only"),
        ("UPDATE opening_balance_line SET amount_vnd = 1", "opening_balance_line_append_only"),
        ("DELETE FROM opening_balance_entry", "opening_balance_entry_append_only"),
    ] {
        let refused = app.database.refuses(sql);
        assert!(refused.contains(constraint), "{sql}: {refused}");
    }
}
