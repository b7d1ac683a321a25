//! Months that are closed: what they held is stated in public, and what comes late is shown in the next.
//!
//! The tests begin on Sunday, 22 November 2026.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::periods;
use uuid::Uuid;

use crate::books::audit;
use crate::coverage::{Call, call};
use crate::guards::all_refused;
use crate::harness::TestApp;
use crate::publications::set_clock;

pub fn at(rest: &str) -> String {
    format!("/api/v1/period-closings/{rest}")
}

fn closing(chapter: &str, month: &str) -> String {
    format!("/api/v1/periods/{chapter}/{month}/closing")
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Waits until the tree has every leaf: what is closed now has all that was booked before.
pub fn settle(app: &TestApp) {
    app.wait_for_log();
    app.database.wait_until("SELECT (SELECT size FROM log_tree) = (SELECT size FROM log_head)");
}

/// The accountant asks.
pub fn asked(app: &TestApp, chapter: &str, month: &str) -> String {
    // Somebody has to be there to decide.
    app.account(Role::ChapterChair, chapter);
    let id = Uuid::now_v7().to_string();
    app.accountant_of(chapter).post(&closing(chapter, month), json!({"id": id, "note": "đã đối chiếu sổ quỹ với chị Hoa"}), 201);
    id
}

/// Closes a month by two persons.
pub fn close(app: &TestApp, chapter: &str, month: &str) -> Value {
    let id = asked(app, chapter, month);
    settle(app);
    app.chair_of(chapter).post(&at(&format!("{id}/approval")), Value::Null, 200)
}

/// What a closed month stated.
pub fn stated(app: &TestApp, closed: &Value) -> Value {
    app.anonymous().get(closed["closed"]["href"].as_str().unwrap(), 200)
}

/// (fund, account) → opening, debit, credit, closing.
fn accounts(figures: &Value) -> BTreeMap<(String, String), [i64; 4]> {
    let lines = figures["accounts"].as_array().unwrap().iter();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    let amount = |line: &Value, name: &str| text(line, name).parse::<i64>().unwrap();
    lines
        .map(|line| {
            (
                (text(line, "fund"), text(line, "account")),
                ["opening", "debit", "credit", "closing"].map(|name| amount(line, name)),
            )
        })
        .collect()
}

fn line(fund: &str, account: &str, amounts: [i64; 4]) -> ((String, String), [i64; 4]) {
    ((fund.to_owned(), account.to_owned()), amounts)
}

fn give(app: &TestApp, change: Value) -> Value {
    app.officer_of("23095").post("/api/v1/gifts", app.gift(change), 201)
}

/// The place of an entry in the log.
fn index(app: &TestApp, code: &Value) -> i64 {
    app.wait_for_log();
    app.database.number(&format!("SELECT idx FROM log_leaf WHERE entry = '{}'", code.as_str().unwrap()))
}

/// What the accounts stand at and what closed months have of them.
pub fn compare(app: &TestApp, figures: &Value) {
    let stored = app.database.text(
        "SELECT coalesce(string_agg(concat_ws(' ', f.code, b.account, b.amount_vnd), ',' ORDER BY f.code, b.account COLLATE \"C\"), '')
         FROM balance b JOIN fund f ON f.id = b.fund_id JOIN chapter c ON c.id = b.chapter_id
         WHERE c.code = '23095' AND b.account <> 'BANK_GROUP' AND b.amount_vnd <> 0",
    );
    let closed: Vec<String> = accounts(figures)
        .into_iter()
        .filter(|(_, amounts)| amounts[3] != 0)
        .map(|((fund, account), amounts)| format!("{fund} {account} {}", amounts[3]))
        .collect();
    assert_eq!(closed.join(","), stored);
}

#[test]
fn a_phone_that_was_offline_over_a_closing() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    give(&app, json!({"amount_vnd": 500_000}));
    give(&app, json!({"amount_vnd": 300_000, "appeal": "LULUT"}));
    give(&app, json!({"amount_vnd": 200_000, "appeal": "LULUT", "channel": "BANK_TRANSFER"}));
    set_clock(&app, "2026-12-01T03:00:00Z");
    let of_december = give(&app, json!({"amount_vnd": 70_000}));
    let closed = close(&app, "23095", "2026-11");
    assert_eq!(
        (&closed["state"], &closed["month"], &closed["chapter"]),
        (&json!("APPROVED"), &json!("2026-11"), &json!("23095"))
    );
    assert_eq!((&closed["closed"]["entries"], &closed["closed"]["late"]), (&json!(3), &json!(0)));
    let november = stated(&app, &closed);
    let expected = BTreeMap::from([
        line("APPEAL:LULUT", "CASH_ON_HAND", [0, 300_000, 0, 300_000]),
        line("APPEAL:LULUT", "DONATION_RESTRICTED", [0, 0, 500_000, -500_000]),
        line("APPEAL:LULUT", "IN_TRANSIT", [0, 200_000, 0, 200_000]),
        line("GENERAL", "CASH_ON_HAND", [0, 500_000, 0, 500_000]),
        line("GENERAL", "DONATION_UNRESTRICTED", [0, 0, 500_000, -500_000]),
    ]);
    assert_eq!(accounts(&november), expected);
    assert_eq!(
        november["measures"],
        json!([
            {"fund": "APPEAL:LULUT", "measure": "RECEIVED", "part": "BANK_TRANSFER", "amount": "200000"},
            {"fund": "APPEAL:LULUT", "measure": "RECEIVED", "part": "CASH", "amount": "300000"},
            {"fund": "GENERAL", "measure": "RECEIVED", "part": "CASH", "amount": "500000"}
        ])
    );
    let size = november["log"]["size"].as_i64().unwrap();
    assert_eq!(
        (november["entries"].as_i64(), &closed["closed"]["log_size"], &november["follows"]),
        (Some(3), &json!(size), &Value::Null)
    );
    let root = app.database.text("SELECT replace(encode(root, 'base64'), E'\\n', '') FROM closed_period");
    assert_eq!(november["log"]["root"], root);

    // On the 2nd the phone finds the network again: the gift of the 30th is booked at once, with its day.
    set_clock(&app, "2026-12-02T03:00:00Z");
    let late = give(&app, json!({"amount_vnd": 40_000, "received_on": "2026-11-30"}));
    assert_eq!(late["received_on"], "2026-11-30");
    let shown =
        app.database.text(&format!("SELECT day || ' ' || booked FROM entry WHERE code = '{}'", late["code"].as_str().unwrap()));
    assert_eq!(shown, "2026-11-30 2026-12-02");
    let place = index(&app, &late["code"]);
    assert!(place >= size);
    let looked = periods::late(
        &mut app.database.connect(),
        &[
            ("23095", day("2026-11-30"), Some(place)),
            ("23095", day("2026-11-30"), None),
            ("23095", day("2026-11-30"), Some(size - 1)),
            ("23095", day("2026-12-01"), Some(place)),
            ("68", day("2026-11-30"), Some(place)),
            ("KHONG", day("2026-11-30"), Some(place)),
        ],
    );
    let december_one = Some(day("2026-12-01"));
    assert_eq!(looked.unwrap(), [december_one, december_one, None, None, None, None]);
    assert_eq!(stated(&app, &closed), november, "figures of a closed month stand");

    let list = app.officer_of("23095").get("/api/v1/periods?chapter=23095", 200);
    let months: Vec<(&Value, &Value)> =
        list["months"].as_array().unwrap().iter().map(|month| (&month["month"], &month["state"])).collect();
    assert_eq!(list["next"], "2026-12");
    assert_eq!(months[10..], [(&json!("2026-11"), &json!("CLOSED")), (&json!("2026-12"), &json!("OPEN"))]);
    assert_eq!(list["months"][10]["closed"], closed["closed"]);

    set_clock(&app, "2027-01-04T03:00:00Z");
    let closed = close(&app, "23095", "2026-12");
    let december = stated(&app, &closed);
    assert_eq!((&december["entries"], &december["late"]), (&json!(2), &json!(1)));
    assert_eq!(december["follows"], app.database.text("SELECT statement FROM closed_period WHERE month = '2026-11-01'"));
    assert_eq!(accounts(&december)[&("GENERAL".to_owned(), "CASH_ON_HAND".to_owned())], [500_000, 110_000, 0, 610_000]);
    assert_eq!(accounts(&december)[&("APPEAL:LULUT".to_owned(), "IN_TRANSIT".to_owned())], [200_000, 0, 0, 200_000]);
    assert!(index(&app, &of_december["code"]) < size, "booked before November was closed, and still December's");
    compare(&app, &december);
    audit(&app);
}

#[test]
fn months_close_in_order_by_two_persons_and_once() {
    let app = TestApp::start();
    give(&app, json!({"received_on": "2026-09-30"}));
    let ask = || json!({"id": Uuid::now_v7()});
    let (accountant, account) = (app.accountant_of("23095"), app.account_of(None, &[(Role::Accountant, "23095")]));
    for (month, status) in [
        ("2026-11", 409),
        ("2026-12", 409),
        ("2027-01", 409),
        ("2026-10", 409),
        ("2026-08", 409),
        ("2026-13", 422),
        ("2026-9", 422),
        ("thang-9", 422),
    ] {
        accountant.post(&closing("23095", month), ask(), status);
    }
    accountant.post(&closing("23095", "2026-09"), json!({"id": Uuid::nil()}), 422);
    accountant.post(&closing("23059", "2026-09"), ask(), 404);
    accountant.post(&closing("KHONG", "2026-09"), ask(), 404);
    app.chair_of("23095").post(&closing("23095", "2026-09"), ask(), 403);
    app.anonymous().post(&closing("23095", "2026-09"), ask(), 401);

    let one = ask();
    let waits = accountant.post(&closing("23095", "2026-09"), one.clone(), 201);
    assert_eq!((&waits["state"], &waits["closed"], &waits["note"]), (&json!("ASKED"), &Value::Null, &Value::Null));
    assert_eq!(accountant.post(&closing("23095", "2026-09"), one.clone(), 200), waits, "sent again it is the same");
    accountant.post(&closing("23095", "2026-09"), ask(), 409);
    accountant.post(&closing("23095", "2026-09"), json!({"id": one["id"], "note": "khác"}), 422);
    let id = one["id"].as_str().unwrap();
    settle(&app);
    // The maker may approve others' requests, and not this one; nor may a neighbour.
    accountant.post(&at(&format!("{id}/approval")), Value::Null, 403);
    app.officer_of("23095").post(&at(&format!("{id}/approval")), Value::Null, 403);
    app.chair_of("23059").post(&at(&format!("{id}/approval")), Value::Null, 404);
    let inbox = app.log_in(account).get("/api/v1/decisions?chapter=23095", 200);
    assert_eq!(
        (&inbox["items"][0]["matter"], &inbox["items"][0]["subject"], &inbox["items"][0]["may_decide"]),
        (&json!("PERIOD_CLOSE"), &json!("Khóa sổ tháng 09/2026"), &json!(true))
    );
    app.chair_of("23095").post(&at(&format!("{id}/refusal")), Value::Null, 200);
    app.chair_of("23095").post(&at(&format!("{id}/approval")), Value::Null, 409);

    let id = asked(&app, "23095", "2026-09");
    app.officer_of("23095").post(&at(&format!("{id}/withdrawal")), Value::Null, 200);
    let id = asked(&app, "23095", "2026-09");
    assert_eq!(app.chair_of("23095").get(&at(&id), 200)["note"], "đã đối chiếu sổ quỹ với chị Hoa");
    assert_eq!(app.officer_of("23095").get(&at(&id), 200)["note"], Value::Null);
    app.officer_of("23059").get(&at(&id), 404);
    let chair = app.chair_of("23095");
    settle(&app);
    let done = chair.post(&at(&format!("{id}/approval")), Value::Null, 200);
    assert_eq!(chair.post(&at(&format!("{id}/approval")), Value::Null, 200), done, "approved again it is the same");
    accountant.post(&closing("23095", "2026-09"), ask(), 409);
    assert_eq!(app.database.text("SELECT count(*) || ' ' || count(DISTINCT statement) FROM closed_period"), "1 1");

    // A month in which nothing happened, and a chapter that has no books yet.
    let empty = stated(&app, &close(&app, "23095", "2026-10"));
    assert_eq!((&empty["entries"], &empty["measures"]), (&json!(0), &json!([])));
    assert_eq!(accounts(&empty)[&("GENERAL".to_owned(), "CASH_ON_HAND".to_owned())], [500_000, 0, 0, 500_000]);
    let nothing = stated(&app, &close(&app, "23059", "2026-10"));
    assert_eq!((&nothing["accounts"], &nothing["entries"]), (&json!([]), &json!(0)));
    assert!(!stated(&app, &done).to_string().contains("Hoa"));
    audit(&app);
}

#[test]
fn what_was_reversed_later_and_old_books() {
    let app = TestApp::start();
    let of = crate::opening_balances::people(&app);
    let opening = json!({"id": Uuid::now_v7(), "chapter": "23095", "as_of": "2025-12-31", "document_no": "1/BB",
        "lines": [{"fund": "GENERAL", "account": "CASH_ON_HAND", "amount_vnd": 1_000_000}]});
    of.officer.post("/api/v1/opening-balances", opening.clone(), 201);
    let approval = format!("/api/v1/opening-balances/{}/approval", opening["id"].as_str().unwrap());
    of.accountant.post(&approval, Value::Null, 200);
    let gift = give(&app, json!({"amount_vnd": 500_000}));
    set_clock(&app, "2026-12-01T03:00:00Z");
    // The books begin with the first gift: what they were opened with is older.
    let november = stated(&app, &close(&app, "23095", "2026-11"));
    let cash = ("GENERAL".to_owned(), "CASH_ON_HAND".to_owned());
    assert_eq!(accounts(&november)[&cash], [1_000_000, 500_000, 0, 1_500_000]);
    assert_eq!(accounts(&november)[&("GENERAL".to_owned(), "FUND_BALANCE".to_owned())], [-1_000_000, 0, 0, -1_000_000]);
    assert_eq!(november["entries"], 1);
    crate::look::reverse(&app, gift["id"].as_str().unwrap(), "ghi hai lần");
    set_clock(&app, "2027-01-04T03:00:00Z");
    let closed = close(&app, "23095", "2026-12");
    let december = stated(&app, &closed);
    assert_eq!(accounts(&december)[&cash], [1_500_000, 0, 500_000, 1_000_000]);
    assert_eq!(december["measures"], json!([{"fund": "GENERAL", "measure": "RECEIVED", "part": "CASH", "amount": "-500000"}]));
    compare(&app, &december);
    audit(&app);
}

/// Nobody who books waits for who closes, and whatever is booked meanwhile counts in one month.
#[test]
fn gifts_that_come_while_a_month_is_closed() {
    let app = TestApp::start();
    give(&app, json!({}));
    set_clock(&app, "2026-12-01T03:00:00Z");
    let (done, officers): (_, Vec<_>) = (AtomicBool::new(false), (0..3).map(|_| app.officer_of("23095")).collect());
    let id = asked(&app, "23095", "2026-11");
    let chairs: Vec<_> = (0..2).map(|_| app.chair_of("23095")).collect();
    let booked: i64 = std::thread::scope(|scope| {
        let books: Vec<_> = officers
            .iter()
            .enumerate()
            .map(|(n, officer)| {
                let (app, done) = (&app, &done);
                scope.spawn(move || {
                    let mut booked = 0;
                    while booked < 10 || !done.load(Ordering::Relaxed) && booked < 200 {
                        let on = ["2026-11-30", "2026-12-01"][(booked as usize + n) % 2];
                        officer.post("/api/v1/gifts", app.gift(json!({"received_on": on, "amount_vnd": 1_000})), 201);
                        booked += 1;
                    }
                    booked
                })
            })
            .collect();
        // Two approve at once, again and again until the log has all of the month.
        let closes: Vec<_> = chairs
            .iter()
            .map(|chair| {
                let (id, done) = (&id, &done);
                scope.spawn(move || {
                    loop {
                        let answer = chair.send("POST", &at(&format!("{id}/approval")), None);
                        match answer.status {
                            200 => break,
                            409 => std::thread::yield_now(),
                            other => panic!("{other}: {}", answer.text),
                        }
                    }
                    done.store(true, Ordering::Relaxed);
                })
            })
            .collect();
        closes.into_iter().for_each(|close| close.join().unwrap());
        books.into_iter().map(|book| book.join().unwrap()).sum()
    });
    let november = stated(&app, &app.chair_of("23095").get(&at(&id), 200));
    set_clock(&app, "2027-01-04T03:00:00Z");
    let december = stated(&app, &close(&app, "23095", "2026-12"));
    assert_eq!(november["entries"].as_i64().unwrap() + december["entries"].as_i64().unwrap(), booked + 1);
    compare(&app, &december);
    audit(&app);
}

#[test]
fn all_of_a_closing_or_nothing() {
    let mut app = TestApp::start();
    give(&app, json!({}));
    set_clock(&app, "2026-12-01T03:00:00Z");
    let id = asked(&app, "23095", "2026-11");
    settle(&app);
    let there = |app: &TestApp| {
        app.database.text(
            "SELECT concat_ws(' ', (SELECT count(*) FROM statement), (SELECT count(*) FROM closed_period), (SELECT count(*) FROM log_leaf) + (SELECT count(*) FROM log_pending),
                (SELECT string_agg(state, ',') FROM period_closing), (SELECT count(*) FROM change_feed))",
        )
    };
    let before = there(&app);
    app.database.execute(
        "CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$;
         CREATE TRIGGER stop_here AFTER INSERT ON closed_period FOR EACH STATEMENT EXECUTE FUNCTION stop_here()",
    );
    app.chair_of("23095").post(&at(&format!("{id}/approval")), Value::Null, 500);
    assert_eq!(there(&app), before);
    app.database.execute("DROP TRIGGER stop_here ON closed_period");
    app.chair_of("23095").post(&at(&format!("{id}/approval")), Value::Null, 200);
    assert_ne!(there(&app), before);
    // What is closed stays so, whoever has the database.
    settle(&app);
    app.stop();
    let earlier = "INSERT INTO closed_period SELECT chapter_id, '2026-09-01', closing_id, size, root, 0, 0, statement, closed_at FROM closed_period";
    all_refused(
        &app.database,
        &[
            ("another size", "UPDATE closed_period SET size = size + 1".into(), "closed_period_append_only"),
            ("opened again", "DELETE FROM closed_period".into(), "closed_period_append_only"),
            ("other words", "UPDATE statement SET body = '{}'".into(), "statement_append_only"),
            ("not stated", "DELETE FROM statement".into(), "statement_append_only"),
            (
                "asked again",
                "UPDATE period_closing SET state = 'ASKED', decided_by = NULL, decided_at = NULL".into(),
                "period_closing_keeps",
            ),
            ("out of order", earlier.into(), "closed_period_follows"),
        ],
    );
    audit(&app);
}

/// The audit names a month whose figures are not what the log has.
#[test]
fn a_closed_month_that_says_something_else_is_found() {
    let app = TestApp::start();
    give(&app, json!({}));
    set_clock(&app, "2026-12-01T03:00:00Z");
    close(&app, "23095", "2026-11");
    audit(&app);
    app.database.execute(
        "ALTER TABLE closed_period DISABLE TRIGGER closed_period_append_only; UPDATE closed_period SET size = 0, entries = 5;
         ALTER TABLE closed_period ENABLE TRIGGER closed_period_append_only",
    );
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.check).collect();
    assert!(!found.is_empty() && found.iter().all(|check| *check == "period"), "{}", report.text());
}

/// The room's operations, for the table of who gets what. September is closed, so that something is stated; in October nothing
/// happened.
pub fn calls(app: &TestApp) -> Vec<Call> {
    give(app, json!({"received_on": "2026-09-30"}));
    close(app, "23095", "2026-09");
    let steps = ["refusal", "withdrawal"].map(|step| {
        let id = asked(app, "23095", "2026-10");
        let by = if step == "refusal" { app.chair_of("23095") } else { app.accountant_of("23095") };
        by.post(&at(&format!("{id}/{step}")), Value::Null, 200);
        id
    });
    let waits = json!({"id": Uuid::now_v7()});
    app.accountant_of("23095").post(&closing("23095", "2026-10"), waits.clone(), 201);
    let id = waits["id"].as_str().unwrap().to_owned();
    settle(app);
    let nothing = || Some(Value::Null);
    vec![
        call("GET /api/v1/periods", "/api/v1/periods?chapter=23095".to_owned(), None, 404, 200, 200),
        call("POST /api/v1/periods/{chapter}/{month}/closing", closing("23095", "2026-10"), Some(waits), 404, 403, 200),
        call("GET /api/v1/period-closings/{id}", at(&id), None, 404, 200, 200),
        call("POST /api/v1/period-closings/{id}/approval", at(&format!("{id}/approval")), nothing(), 404, 403, 200),
        call("POST /api/v1/period-closings/{id}/refusal", at(&format!("{}/refusal", steps[0])), nothing(), 404, 403, 200),
        call("POST /api/v1/period-closings/{id}/withdrawal", at(&format!("{}/withdrawal", steps[1])), nothing(), 404, 403, 200),
    ]
}
