//! How often chapters and officers reverse: counted with the reversal, to the đồng, and public without a name.

use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::upkeep::audit::audit_in;
use uuid::Uuid;

use crate::books::{audit, errors, later};
use crate::harness::{Account, Caller, TestApp};
use crate::kit::{Booked, gift};
use crate::look::all;
use crate::opening_balances;

/// The counts of a place as the public sees them; `query` begins with `?`.
pub fn counted(app: &TestApp, query: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/reversals{query}"), 200)
}

/// A page of the chapters that reversed something.
fn listed(app: &TestApp, query: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/reversals/chapters{query}"), 200)
}

fn of_chapter(app: &TestApp, rest: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/chapters/{rest}"), 200)
}

fn sum(count: i64, amount_vnd: i64) -> Value {
    json!({"count": count, "amount_vnd": amount_vnd})
}

/// A gift of an amount, recorded by an officer of a chapter.
fn given(app: &TestApp, chapter: &str, amount_vnd: i64) -> Booked {
    gift(app).at(chapter).of(amount_vnd).book(&app.officer_of(chapter))
}

/// Asks for the reversal of a gift; the id of the request.
fn asked(caller: &Caller<'_>, gift: &Booked, reason: &str) -> Uuid {
    gift.ask_to_reverse(caller, reason)
}

fn approve(caller: &Caller<'_>, request: Uuid) {
    caller.post(&format!("/api/v1/reversals/{request}/approval"), Value::Null, 200);
}

fn reversed(asker: &Caller<'_>, approver: &Caller<'_>, gift: &Booked, reason: &str) {
    approve(approver, asked(asker, gift, reason));
}

fn code_of(app: &TestApp, person: Account) -> String {
    app.database.text(&format!("SELECT code FROM officer_code WHERE officer_id = '{}'", person.officer))
}

#[test]
fn where_nothing_was_reversed_there_is_nothing_to_count() {
    let app = TestApp::start();
    given(&app, "23095", 500_000);
    let country = counted(&app, "");
    assert_eq!((&country["chapter"], &country["count"], &country["amount_vnd"]), (&json!("TW"), &json!(0), &json!(0)));
    assert_eq!(country["gifts"], json!({"recorded_count": 1, "reversed_count": 0}));
    assert_eq!((&country["by_reason"], &country["years"], listed(&app, "")), (&json!([]), &json!([]), json!({"items": []})));
    let here = of_chapter(&app, "23095/reversals");
    assert_eq!((here.get("year"), &here["own"], &here["officers"]), (None, &sum(0, 0), &json!([])));
    assert_eq!(of_chapter(&app, "23095/reversals?year=2026")["months"], json!([]));
    app.anonymous().get("/api/v1/public/officers/CB-00000000/reversals", 404);
    for (path, pointer) in [
        ("reversals?year=26", "year"),
        ("reversals?year=2201", "year"),
        ("reversals/chapters?year=1999", "year"),
        ("reversals/chapters?limit=0", "limit"),
        ("chapters/23095/reversals?year=1999", "year"),
    ] {
        let problem = app.anonymous().get(&format!("/api/v1/public/{path}"), 422);
        assert_eq!(errors(&problem), [(pointer.to_owned(), "OUT_OF_RANGE".to_owned())], "{path}");
    }
    for path in [
        "reversals?year=x",
        "reversals?chapters=68",
        "chapters/23095/reversals?limit=1",
        "reversals/chapters?cursor=x",
        "reversals?cursor=x",
    ] {
        let status = app.anonymous().send("GET", &format!("/api/v1/public/{path}"), None).status;
        assert!([400, 422].contains(&status), "{path}: {status}");
    }
    for path in [
        "reversals?chapter=99999",
        "reversals/chapters?chapter=x",
        "chapters/99999/reversals",
        "officers/x/reversals",
        "officers/x/reversals/chapters",
    ] {
        app.anonymous().get(&format!("/api/v1/public/{path}"), 404);
    }
    audit(&app);
}

#[test]
fn a_reversal_is_counted_for_its_chapter_and_everything_above_it() {
    let app = TestApp::start();
    let (asker, approver) = (app.account(Role::Officer, "23095"), app.account(Role::ChapterChair, "68"));
    let (officer, chair) = (app.log_in(asker), app.log_in(approver));
    let gifts: Vec<Booked> = [1_000, 20_000, 300_000, 4_000_000].map(|amount| given(&app, "23095", amount)).into();
    reversed(&officer, &chair, &gifts[0], "DUPLICATE");
    reversed(&officer, &chair, &gifts[1], "DUPLICATE");
    reversed(&officer, &chair, &gifts[2], "NOT_RECEIVED");
    // Asked for and waiting, or refused: nothing was reversed.
    let waiting = asked(&officer, &gifts[3], "OTHER");
    chair.post(&format!("/api/v1/reversals/{waiting}/refusal"), Value::Null, 200);
    asked(&officer, &gifts[3], "OTHER");
    reversed(&app.officer_of("23059"), &chair, &given(&app, "23059", 50), "OTHER");
    given(&app, "00004", 7);

    let country = counted(&app, "");
    assert_eq!((&country["count"], &country["amount_vnd"]), (&json!(4), &json!(321_050)));
    assert_eq!(country["gifts"], json!({"recorded_count": 6, "reversed_count": 4}));
    let reasons = json!([
        {"original": "GIFT", "reason": "DUPLICATE", "count": 2, "amount_vnd": 21_000},
        {"original": "GIFT", "reason": "NOT_RECEIVED", "count": 1, "amount_vnd": 300_000},
        {"original": "GIFT", "reason": "OTHER", "count": 1, "amount_vnd": 50}]);
    assert_eq!(country["by_reason"], reasons);
    let list = listed(&app, "");
    let rows: Vec<(&Value, &Value, &Value)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["chapter"], &row["count"], &row["gifts"]["recorded_count"]))
        .collect();
    assert_eq!(rows, [(&json!("23095"), &json!(3), &json!(4)), (&json!("23059"), &json!(1), &json!(1))]);
    let province = counted(&app, "?chapter=68&year=2026");
    assert_eq!((&province["by_reason"], &province["year"], &province["years"]), (&reasons, &json!(2026), &json!([2026])));
    assert!(province.get("gifts").is_none() && listed(&app, "?year=2026")["items"][1].get("gifts").is_none());
    assert_eq!(listed(&app, "?chapter=01"), json!({"items": []}));
    assert_eq!(counted(&app, "?chapter=01")["count"], 0);
    assert_eq!(counted(&app, "?year=2025")["count"], 0);

    let here = of_chapter(&app, "23095/reversals");
    assert_eq!((&here["year"], &here["own"], &here["subtree"]), (&json!(2026), &sum(3, 321_000), &sum(3, 321_000)));
    assert_eq!(here["gifts"], json!({"recorded_count": 4, "reversed_count": 3}));
    assert_eq!(
        here["months"][0],
        json!({"month": "2026-11", "original": "GIFT", "reason": "DUPLICATE", "own": sum(2, 21_000), "subtree": sum(2, 21_000)})
    );
    let above = of_chapter(&app, "68/reversals");
    assert_eq!((&above["own"], &above["subtree"], &above["officers"]), (&sum(0, 0), &sum(4, 321_050), &json!([])));
    let (asks, approves) = (code_of(&app, asker), code_of(&app, approver));
    let mut persons = here["officers"].as_array().unwrap().clone();
    persons.sort_by_key(|person| person["asked"]["count"].as_i64());
    assert_eq!(
        (&persons[0]["officer"], &persons[0]["asked"], &persons[0]["approved"]),
        (&json!(approves), &sum(0, 0), &sum(3, 321_000))
    );
    assert_eq!(
        (&persons[1]["officer"], &persons[1]["asked"], &persons[1]["approved"]),
        (&json!(asks), &sum(3, 321_000), &sum(0, 0))
    );
    assert_eq!(
        persons[1]["by_reason"],
        json!([{"original": "GIFT", "reason": "DUPLICATE", "asked": sum(2, 21_000), "approved": sum(0, 0)},
               {"original": "GIFT", "reason": "NOT_RECEIVED", "asked": sum(1, 300_000), "approved": sum(0, 0)}])
    );
    // The approver at every chapter, those with most first.
    let path = format!("/api/v1/public/officers/{}/reversals", approves.to_lowercase());
    let (chair, list) = (app.anonymous().get(&path, 200), app.anonymous().get(&format!("{path}/chapters"), 200));
    let chapters: Vec<(&Value, &Value)> =
        list["items"].as_array().unwrap().iter().map(|row| (&row["chapter"], &row["approved"])).collect();
    assert_eq!(chapters, [(&json!("23095"), &sum(3, 321_000)), (&json!("23059"), &sum(1, 50))]);
    assert_eq!((&chair["approved"], &chair["asked"], &chair["year"]), (&sum(4, 321_050), &sum(0, 0), &json!(2026)));
    audit(&app);
}

/// An approved opening balance that somebody asked to be reversed, and its path.
fn opening_to_be_reversed<'a>(app: &'a TestApp, reason: &str) -> (opening_balances::People<'a>, String) {
    let people = opening_balances::people(app);
    let opening = opening_balances::opening(json!({}));
    let path = format!("/api/v1/opening-balances/{}", opening["id"].as_str().unwrap());
    people.officer.post("/api/v1/opening-balances", opening, 201);
    people.chair.post(&format!("{path}/approval"), Value::Null, 200);
    people.officer.post(&format!("{path}/reversal"), json!({"id": Uuid::now_v7(), "reason": reason}), 201);
    (people, path)
}

#[test]
fn an_opening_balance_is_counted_by_its_entries_and_apart_from_gifts() {
    let app = TestApp::start();
    let (people, path) = opening_to_be_reversed(&app, "WRONG_FUND");
    assert_eq!(counted(&app, "")["count"], 0, "asked for is not reversed");
    for _ in 0..2 {
        people.accountant.post(&format!("{path}/reversal/approval"), Value::Null, 200);
    }
    let country = counted(&app, "");
    let expected = json!([{"original": "OPENING_BALANCE", "reason": "WRONG_FUND", "count": 2, "amount_vnd": 47_000_000}]);
    assert_eq!((&country["by_reason"], &country["gifts"]["reversed_count"]), (&expected, &json!(0)));
    let here = of_chapter(&app, "23095/reversals?year=2026");
    let asked: Vec<i64> = here["officers"].as_array().unwrap().iter().map(|p| p["asked"]["count"].as_i64().unwrap()).collect();
    assert_eq!((asked.iter().sum::<i64>(), asked.len(), &here["gifts"]["recorded_count"]), (2, 2, &json!(0)));
    audit(&app);
}

#[test]
fn a_person_is_one_code_whatever_accounts_and_chapters_they_use() {
    let app = TestApp::start();
    let person = app.account(Role::Officer, "23095");
    let second = app.account_of(Some(person.officer), &[(Role::Officer, "23059"), (Role::ChapterChair, "00004")]);
    let me = |account: Account| app.log_in(account).get("/api/v1/session", 200);
    assert!(me(person).get("public_code").is_none(), "nobody has a code before there is something to count");
    let chair = app.chair_of("TW");
    reversed(&app.log_in(person), &chair, &given(&app, "23095", 10), "OTHER");
    let first = me(person)["public_code"].clone();
    reversed(&app.log_in(second), &chair, &given(&app, "23059", 20), "OTHER");
    reversed(&app.officer_of("00004"), &app.log_in(second), &given(&app, "00004", 40), "WRONG_GIVER");
    assert_eq!((&me(person)["public_code"], &me(second)["public_code"]), (&first, &first));
    let code = first.as_str().unwrap();
    assert!(
        code.len() == 11 && code.starts_with("CB-") && code[3..].bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    );
    let said = app.anonymous().get(&format!("/api/v1/public/officers/{code}/reversals"), 200);
    assert_eq!((&said["asked"], &said["approved"]), (&sum(2, 30), &sum(1, 40)));
    let path = format!("/api/v1/public/officers/{code}/reversals/chapters");
    let list = app.anonymous().get(&path, 200);
    let chapters: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|row| &row["chapter"]).collect();
    assert_eq!(chapters, ["00004", "23059", "23095"]);
    assert_eq!(app.database.number("SELECT count(*) FROM officer_code"), 3);
    // Pages of one: each chapter once, and a cursor belongs to its own question.
    let of = |rows: &[Value]| rows.iter().map(|row| row["chapter"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(of(&all(&app.anonymous(), &format!("{path}?year=2026"), 1)), ["00004", "23059", "23095"]);
    let places = "/api/v1/public/reversals/chapters?year=2026";
    assert_eq!(of(&all(&app.anonymous(), places, 2)), ["00004", "23059", "23095"]);
    let page = app.anonymous().get(&format!("{path}?limit=1"), 200);
    app.anonymous().get(&format!("/api/v1/public/reversals/chapters?cursor={}", page["next"].as_str().unwrap()), 400);
    // Nothing public leads from the code to the person.
    let text = format!("{said}{list}");
    assert!(!text.contains("Người Thử") && !text.contains(&person.officer.to_string()) && !text.contains(&person.id.to_string()));
    audit(&app);
}

#[test]
fn sent_twice_and_approved_by_many_at_once_it_counts_once() {
    let app = TestApp::start();
    let asker = app.officer_of("23095");
    let approvers = [app.accountant_of("23095"), app.chair_of("23095"), app.chair_of("68")];
    let requests: Vec<Uuid> = (1..=6).map(|amount| asked(&asker, &given(&app, "23095", amount), "OTHER")).collect();
    // Elsewhere in the country at the same time: the national counts are one row for all.
    let (other, chair) = (app.officer_of("00004"), app.chair_of("01"));
    let elsewhere: Vec<Uuid> = (1..=6).map(|_| asked(&other, &given(&app, "00004", 100), "OTHER")).collect();
    thread::scope(|scope| {
        for request in &requests {
            for approver in &approvers {
                scope.spawn(move || approve(approver, *request));
            }
        }
        for request in &elsewhere {
            let chair = &chair;
            scope.spawn(move || approve(chair, *request));
        }
    });
    let country = counted(&app, "");
    assert_eq!((&country["count"], &country["amount_vnd"]), (&json!(12), &json!(621)));
    let here = of_chapter(&app, "23095/reversals");
    let approved: i64 = here["officers"].as_array().unwrap().iter().map(|p| p["approved"]["count"].as_i64().unwrap()).sum();
    assert_eq!((approved, &here["own"]), (6, &sum(6, 21)));
    audit(&app);
}

#[test]
fn a_year_is_the_year_in_which_it_was_reversed() {
    let app = TestApp::start();
    let (asker, approver) = (app.account(Role::Officer, "23095"), app.account(Role::ChapterChair, "23095"));
    let gifts = [given(&app, "23095", 10), given(&app, "23095", 20)];
    reversed(&app.log_in(asker), &app.log_in(approver), &gifts[0], "OTHER");
    // 23:59:59 on 31 December 2026 in Vietnam, and a second later.
    let to_midnight = "2026-12-31T16:59:59Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - app.now();
    let officer = later(&app, asker, to_midnight);
    let request = asked(&officer, &gifts[1], "OTHER");
    app.clock.advance(chrono::Duration::seconds(1));
    approve(&app.log_in(approver), request);
    assert_eq!(
        (counted(&app, "?year=2026")["amount_vnd"].clone(), counted(&app, "?year=2027")["amount_vnd"].clone()),
        (json!(10), json!(20))
    );
    assert_eq!(counted(&app, "")["years"], json!([2027, 2026]));
    let here = of_chapter(&app, "23095/reversals");
    assert_eq!((&here["year"], &here["months"][0]["month"], &here["own"]), (&json!(2027), &json!("2027-01"), &sum(1, 20)));
    assert_eq!(of_chapter(&app, "23095/reversals?year=2026")["officers"][0]["by_reason"].as_array().unwrap().len(), 1);
    audit(&app);
}

/// Audits what `sql` makes of the books, in a transaction that is then forgotten: what is found, by check and subject.
fn found(app: &TestApp, sql: &str) -> Vec<(&'static str, String)> {
    let mut conn = app.database.connect();
    conn.begin_test_transaction().unwrap();
    conn.batch_execute("SET LOCAL session_replication_role = replica").unwrap();
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let report = audit_in(&mut conn, None, 100, None).unwrap();
    report.findings.into_iter().map(|finding| (finding.check, finding.subject)).collect()
}

#[test]
fn the_audit_counts_again() {
    let app = TestApp::start();
    let (asker, approver) = (app.account(Role::Officer, "23095"), app.account(Role::ChapterChair, "68"));
    reversed(&app.log_in(asker), &app.log_in(approver), &given(&app, "23095", 10), "OTHER");
    app.wait_for_log();
    audit(&app);
    let code = code_of(&app, asker);
    for (sql, check, subject) in [
        ("UPDATE reversal_by_month SET own_count = 0", "reversal_by_month", "23095 GIFT OTHER 2026-11-01"),
        ("UPDATE reversal_by_month SET subtree_vnd = subtree_vnd + 1", "reversal_by_month", "TW GIFT OTHER 2026-11-01"),
        ("DELETE FROM reversal_overall", "reversal_overall", "68 GIFT OTHER"),
        ("UPDATE reversal_overall SET reason = 'DUPLICATE'", "reversal_overall", "TW GIFT DUPLICATE"),
        (
            "UPDATE reversal_by_officer SET asked_count = asked_count + 1",
            "reversal_by_officer",
            &format!("23095 2026 {code} GIFT OTHER"),
        ),
        ("UPDATE reversal_by_officer SET year = 2025", "reversal_by_officer", &format!("23095 2025 {code} GIFT OTHER")),
        ("DELETE FROM reversal_by_officer", "reversal_by_officer", &format!("23095 2026 {code} GIFT OTHER")),
    ] {
        let found = found(&app, sql);
        assert!(found.contains(&(check, subject.to_owned())), "{sql}: {found:?}");
    }
    let swapped = "UPDATE reversal_by_officer SET (asked_count, asked_vnd, approved_count, approved_vnd) = (approved_count, approved_vnd, asked_count, asked_vnd)";
    assert_eq!(found(&app, swapped).len(), 2);
    assert!(found(&app, "DELETE FROM officer_code").iter().any(|(check, _)| *check == "reversal_by_officer"));
    for sql in ["DELETE FROM reversal_by_month", "TRUNCATE reversal_by_officer", "UPDATE officer_code SET code = 'CB-00000000'"] {
        assert!(app.database.connect().batch_execute(sql).is_err(), "the database let pass: {sql}");
    }
}

/// What an older program reversed without counting it is counted by the migration, as this one would have.
#[test]
fn the_migration_counts_what_was_reversed_before_it() {
    let app = TestApp::start();
    let (people, path) = opening_to_be_reversed(&app, "OTHER");
    people.accountant.post(&format!("{path}/reversal/approval"), Value::Null, 200);
    for (chapter, amount) in [("23095", 10), ("23095", 20), ("23059", 40)] {
        reversed(&app.officer_of(chapter), &app.chair_of("68"), &given(&app, chapter, amount), "WRONG_AMOUNT");
    }
    let refused = asked(&people.officer, &given(&app, "23095", 80), "OTHER");
    people.chair.post(&format!("/api/v1/reversals/{refused}/refusal"), Value::Null, 200);
    // Codes are drawn anew: persons are compared by who they are.
    let tables = "SELECT concat_ws(E'\\n', (SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM reversal_by_month t), (SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM reversal_overall t),
        (SELECT string_agg(concat_ws(',', o.officer_id, t.chapter_id, t.year, t.original, t.reason, t.asked_count, t.asked_vnd, t.approved_count, t.approved_vnd), ' '
                           ORDER BY o.officer_id, t.chapter_id, t.original, t.reason) FROM reversal_by_officer t JOIN officer_code o ON o.code = t.officer_code))";
    let before = app.database.text(tables);
    assert!(before.len() > 1_000, "{before}");
    app.database.execute(include_str!("../../migrations/2026-11-25-010000_reversal_counts/down.sql"));
    app.database
        .connect()
        .transaction(|conn| conn.batch_execute(include_str!("../../migrations/2026-11-25-010000_reversal_counts/up.sql")))
        .unwrap();
    assert_eq!(app.database.text(tables), before);
    audit(&app);
    reversed(&people.officer, &people.chair, &given(&app, "23095", 160), "OTHER");
    assert_eq!(counted(&app, "?chapter=23095")["amount_vnd"], 47_000_000 + 190);
    audit(&app);
}
