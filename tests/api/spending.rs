//! Money out of a chapter: payments, refunds; other income. The way of an order, and who decides.

use std::thread;

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::coverage::{Call, call};
use crate::guards::all_refused;
use crate::harness::{Caller, TestApp};
use crate::look::all;

pub const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// A paper of a money order, as an upload leaves it behind.
pub fn paper(app: &TestApp, chapter: &str, sha256: &str) {
    let account = app.account(Role::Officer, chapter).id;
    app.database.execute(&format!(
        "INSERT INTO document (id, chapter_id, purpose, sha256, size_bytes, media_type, uploaded_sha256, uploaded_bytes, name, request_hash, uploaded_by, uploaded_at)
         SELECT gen_random_uuid(), id, 'MONEY_ORDER', '{sha256}', 1, 'application/pdf', '{sha256}', 1, '', '', '{account}', '2026-11-22T03:00:00Z' FROM chapter WHERE code = '{chapter}'"
    ));
}

fn with(mut body: Value, change: Value) -> Value {
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
            value => body[key] = value.clone(),
        }
    }
    body
}

/// Food in cash from the general fund of Hàm Liêm.
pub fn payment(app: &TestApp, change: Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "chapter": "23095", "fund": "GENERAL", "amount_vnd": 200_000, "category": "FOOD_WATER_MEDICINE",
        "from": "CASH", "payee": {"name": "Cửa hàng gạo Bảy Lúaxqz", "account": "0071000123456", "address": "Chợ Hàm Liêm"}, "day": app.today(),
        "content": "Mua gạo theo hóa đơn 112xqz"});
    with(body, change)
}

/// A grant from the budget, by bank.
pub fn income(app: &TestApp, change: Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "chapter": "23095", "amount_vnd": 20_000_000, "category": "STATE_BUDGET", "account": "BANK",
        "payer": {"name": "Ủy ban nhân dân xã Hàm Liêm"}, "day": app.today(), "content": "Kinh phí hỗ trợ hoạt động"});
    with(body, change)
}

pub fn refund(app: &TestApp, gift: &Value, change: Value) -> Value {
    let body = json!({"id": Uuid::now_v7(), "gift": gift["id"], "content": "Chuyển nhầm hai lần", "from": "CASH",
        "payee": {"name": "Nguyễn Thị Hoàn", "account": "0123456789"}, "day": app.today()});
    with(body, change)
}

pub fn path(kind: &str, order: &Value, rest: &str) -> String {
    format!("/api/v1/{kind}/{}{rest}", order["id"].as_str().unwrap())
}

pub fn approve(caller: &Caller<'_>, kind: &str, order: &Value, status: u16) -> Value {
    caller.post(&path(kind, order, "/approval"), Value::Null, status)
}

/// Asked by one and approved by another.
pub fn carried_out(app: &TestApp, kind: &str, order: &Value) -> Value {
    let chair = app.chair_of("23095");
    app.officer_of("23095").post(&format!("/api/v1/{kind}"), order.clone(), 201);
    approve(&chair, kind, order, 200)
}

/// A gift that stands in the books of Hàm Liêm.
pub fn given(app: &TestApp, change: Value) -> Value {
    let gift = app.gift(change);
    app.officer_of("23095").post("/api/v1/gifts", gift.clone(), 201);
    gift
}

pub fn balance(app: &TestApp, fund: &str, account: &str) -> i64 {
    app.database.number(&format!(
        "SELECT coalesce((SELECT amount_vnd FROM balance b JOIN fund f ON f.id = b.fund_id JOIN chapter c ON c.id = b.chapter_id
         WHERE c.code = '23095' AND f.code = '{fund}' AND b.account = '{account}'), 0)"
    ))
}

/// Makes one more order of a kind and answers with it.
type Made<'a> = Box<dyn Fn() -> Value + 'a>;

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let nothing = || Some(Value::Null);
    let gift = given(app, json!({"amount_vnd": 900_000}));
    let mut calls = vec![
        call("GET /api/v1/spending-categories", "/api/v1/spending-categories".to_owned(), None, 200, 200, 200),
        call("GET /api/v1/income-categories", "/api/v1/income-categories?day=2026-11-01".to_owned(), None, 200, 200, 200),
    ];
    let kinds: [(&str, [&'static str; 6], Made<'_>); 3] = [
        (
            "payments",
            [
                "POST /api/v1/payments",
                "GET /api/v1/payments",
                "GET /api/v1/payments/{id}",
                "POST /api/v1/payments/{id}/approval",
                "POST /api/v1/payments/{id}/refusal",
                "POST /api/v1/payments/{id}/withdrawal",
            ],
            Box::new(|| payment(app, json!({"amount_vnd": 1_000}))),
        ),
        (
            "incomes",
            [
                "POST /api/v1/incomes",
                "GET /api/v1/incomes",
                "GET /api/v1/incomes/{id}",
                "POST /api/v1/incomes/{id}/approval",
                "POST /api/v1/incomes/{id}/refusal",
                "POST /api/v1/incomes/{id}/withdrawal",
            ],
            Box::new(|| income(app, json!({}))),
        ),
        (
            "refunds",
            [
                "POST /api/v1/refunds",
                "GET /api/v1/refunds",
                "GET /api/v1/refunds/{id}",
                "POST /api/v1/refunds/{id}/approval",
                "POST /api/v1/refunds/{id}/refusal",
                "POST /api/v1/refunds/{id}/withdrawal",
            ],
            Box::new(|| refund(app, &gift, json!({"amount_vnd": 1_000}))),
        ),
    ];
    for (kind, [ask, list, show, approval, refusal, withdrawal], new) in &kinds {
        let asked: Vec<Value> = (0..3).map(|_| new()).collect();
        for order in &asked {
            officer.post(&format!("/api/v1/{kind}"), order.clone(), 201);
        }
        calls.extend([
            call(ask, format!("/api/v1/{kind}"), Some(new()), 404, 403, 201),
            call(list, format!("/api/v1/{kind}?chapter=23095"), None, 404, 200, 200),
            call(show, path(kind, &asked[0], ""), None, 404, 200, 200),
            call(approval, path(kind, &asked[0], "/approval"), nothing(), 404, 403, 200),
            call(refusal, path(kind, &asked[1], "/refusal"), nothing(), 404, 403, 200),
            call(withdrawal, path(kind, &asked[2], "/withdrawal"), nothing(), 404, 403, 200),
        ]);
    }
    calls
}

#[test]
fn rice_from_the_appeal_and_transport_from_the_budget_grant() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    paper(&app, "23095", SHA);
    given(&app, json!({"appeal": "LULUT", "amount_vnd": 10_000_000}));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));

    // The commune's grant fills OPERATING.
    let grant = carried_out(&app, "incomes", &income(&app, json!({"document": SHA})));
    assert_eq!(
        (&grant["state"], &grant["fund"], &grant["debit"]),
        (&json!("APPROVED"), &json!("OPERATING"), &json!("IN_TRANSIT"))
    );

    // Rice, with its invoice: asked, seen in the chair's inbox, approved.
    let rice = payment(&app, json!({"fund": "APPEAL:LULUT", "amount_vnd": 9_250_000, "document": SHA, "note": "gấp"}));
    let asked = officer.post("/api/v1/payments", rice.clone(), 201);
    assert_eq!(officer.post("/api/v1/payments", rice.clone(), 200), asked);
    assert_eq!((&asked["state"], &asked["approver_chapter"], asked.get("code")), (&json!("REQUESTED"), &json!("23095"), None));
    let waits = crate::decisions::waits_at(&app, "23095");
    assert_eq!(
        (&waits[0]["matter"], &waits[0]["subject"], &waits[0]["amount_vnd"]),
        (&json!("PAYMENT"), &json!("Chi tiền"), &json!(9_250_000))
    );
    assert_eq!(balance(&app, "APPEAL:LULUT", "CASH_ON_HAND"), 10_000_000, "asking books nothing");
    let shown = chair.get(&path("payments", &rice, ""), 200);
    assert_eq!((&shown["payee"], &shown["content"], &shown["note"]), (&rice["payee"], &rice["content"], &json!("gấp")));
    assert_eq!(officer.get(&path("payments", &rice, ""), 200).get("note"), None, "the note is for who decides");
    let done = approve(&chair, "payments", &rice, 200);
    assert_eq!(approve(&chair, "payments", &rice, 200), done);
    chair.post(&path("payments", &rice, "/refusal"), Value::Null, 409);
    assert_eq!(officer.post("/api/v1/payments", rice.clone(), 200)["state"], "APPROVED");

    // Transport is own cost: by bank from OPERATING.
    let lorry = payment(&app, json!({"fund": "OPERATING", "category": "TRANSPORT", "amount_vnd": 1_500_000, "from": "BANK"}));
    let lorry = carried_out(&app, "payments", &lorry);

    for (fund, account, amount) in [
        ("APPEAL:LULUT", "CASH_ON_HAND", 750_000),
        ("APPEAL:LULUT", "AID_EXPENSE", 9_250_000),
        ("OPERATING", "IN_TRANSIT", 20_000_000),
        ("OPERATING", "OTHER_INCOME", -20_000_000),
        ("OPERATING", "IN_TRANSIT_OUT", -1_500_000),
        ("OPERATING", "OPERATING_EXPENSE", 1_500_000),
        ("OPERATING", "BANK_GROUP", 18_500_000),
    ] {
        assert_eq!(balance(&app, fund, account), amount, "{fund} {account}");
    }
    app.wait_for_log();
    let leaf = |code: &Value| -> Value {
        let sql = format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{}'", code.as_str().unwrap());
        serde_json::from_str(&app.database.text(&sql)).unwrap()
    };
    let rice_leaf = leaf(&done["code"]);
    assert_eq!((&rice_leaf["kind"], &rice_leaf["category"]), (&json!("PAYMENT"), &json!("FOOD_WATER_MEDICINE")));
    assert_eq!(rice_leaf["doc"], "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg");
    assert_eq!(leaf(&grant["code"])["category"], "STATE_BUDGET");
    assert_eq!(leaf(&lorry["code"])["category"], "TRANSPORT");
    let public = app.anonymous().get(&format!("/api/v1/public/entries/{}", done["code"].as_str().unwrap()), 200);
    assert_eq!((&public["kind"], &public["amount_vnd"]), (&json!("PAYMENT"), &json!(9_250_000)));
    assert_eq!(app.anonymous().get("/api/v1/public/totals?appeal=LULUT", 200)["received_vnd"], 10_000_000);
    // Who is paid, and the words, are sealed and nowhere public.
    let listed = all(&officer, "/api/v1/payments?chapter=23095", 1);
    assert_eq!((listed.len(), listed[0].get("payee"), listed[0].get("content")), (2, None, None));
    let leaves = app.database.text("SELECT string_agg(convert_from(leaf, 'UTF8'), '') FROM log_leaf");
    assert!(!leaves.contains("Lúaxqz") && !public.to_string().contains("Lúaxqz") && !leaves.contains("112xqz"));
    assert_eq!(crate::look::Dump::of(&app.database).tables_with("xqz"), Vec::<&str>::new());
    audit(&app);
}

#[test]
fn what_is_refused_or_withdrawn_books_nothing() {
    let app = TestApp::start();
    given(&app, json!({}));
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (refused, withdrawn) = (payment(&app, json!({})), payment(&app, json!({})));
    for order in [&refused, &withdrawn] {
        officer.post("/api/v1/payments", order.clone(), 201);
    }
    assert_eq!(chair.post(&path("payments", &refused, "/refusal"), Value::Null, 200)["state"], "REFUSED");
    assert_eq!(officer.post(&path("payments", &withdrawn, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    approve(&chair, "payments", &refused, 409);
    approve(&chair, "payments", &withdrawn, 409);
    assert_eq!(app.database.number("SELECT count(*) FROM entry"), 1);
    audit(&app);
}

#[test]
fn two_people_spend_the_last_dong_at_once() {
    let app = TestApp::start();
    given(&app, json!({}));
    let (officer, chair, accountant) = (app.officer_of("23095"), app.chair_of("23095"), app.accountant_of("23095"));
    let orders: Vec<Value> = (0..2).map(|_| payment(&app, json!({"amount_vnd": 500_000}))).collect();
    for order in &orders {
        officer.post("/api/v1/payments", order.clone(), 201);
    }
    let decide = |caller: &Caller<'_>, order: &Value| {
        let answer = caller.send("POST", &path("payments", order, "/approval"), Some(b"null".to_vec()));
        (answer.status, answer.json())
    };
    let mut answers = thread::scope(|scope| {
        let (a, b) = (scope.spawn(|| decide(&chair, &orders[0])), scope.spawn(|| decide(&accountant, &orders[1])));
        [a.join().unwrap(), b.join().unwrap()]
    });
    answers.sort_by_key(|answer| answer.0);
    assert_eq!(answers.each_ref().map(|answer| answer.0), [200, 409], "{answers:?}");
    assert!(answers[1].1["detail"].as_str().unwrap().contains("không còn đủ tiền"), "{answers:?}");
    assert_eq!(balance(&app, "GENERAL", "CASH_ON_HAND"), 0);
    // The other one still waits, and is approved once there is money.
    let waits = crate::decisions::waits_at(&app, "23095");
    assert_eq!(waits.len(), 1);
    given(&app, json!({}));
    let left = orders.iter().find(|order| order["id"] == waits[0]["id"]).unwrap();
    approve(&chair, "payments", left, 200);
    audit(&app);
}

/// The first payments of a fund make the rows of balances and totals that all of them share: nobody is told to come again.
#[test]
fn the_first_payments_of_a_fund_are_approved_at_once() {
    let app = TestApp::start();
    given(&app, json!({}));
    let officer = app.officer_of("23095");
    // As many as there are connections: on a busy machine others are told to come again.
    let chairs: Vec<Caller<'_>> = (0..4).map(|_| app.chair_of("23095")).collect();
    let orders: Vec<Value> = chairs.iter().map(|_| payment(&app, json!({"amount_vnd": 1_000}))).collect();
    for order in &orders {
        officer.post("/api/v1/payments", order.clone(), 201);
    }
    let statuses: Vec<u16> = thread::scope(|scope| {
        let approval = |(chair, order)| {
            let path = path("payments", order, "/approval");
            scope.spawn(move || Caller::send(chair, "POST", &path, Some(b"null".to_vec())).status)
        };
        let all: Vec<_> = chairs.iter().zip(&orders).map(approval).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 4]);
    assert_eq!((balance(&app, "GENERAL", "CASH_ON_HAND"), balance(&app, "GENERAL", "AID_EXPENSE")), (496_000, 4_000));
    audit(&app);
}

#[test]
fn only_a_second_person_with_the_right_approves() {
    let app = TestApp::start();
    given(&app, json!({}));
    let maker = app.account(Role::Accountant, "23095");
    let chair = app.account(Role::ChapterChair, "23095");
    let (first, second) = (payment(&app, json!({})), payment(&app, json!({})));
    for order in [&first, &second] {
        app.log_in(maker).post("/api/v1/payments", order.clone(), 201);
    }
    approve(&app.log_in(maker), "payments", &first, 403);
    let other_account = app.account_of(Some(maker.officer), &[(Role::ChapterChair, "23095")]);
    approve(&app.log_in(other_account), "payments", &first, 403);
    approve(&app.officer_of("23095"), "payments", &first, 403);
    approve(&app.chair_of("23059"), "payments", &first, 404);
    approve(&app.log_in_plain(chair), "payments", &first, 403);
    let caller = app.log_in(chair);
    approve(&caller, "payments", &first, 200);
    // The right has ended since.
    app.database.execute(&format!("UPDATE role_assignment SET ended_at = '{}' WHERE account_id = '{}'", app.now(), chair.id));
    approve(&caller, "payments", &second, 404);
    approve(&app.chair_of("68"), "payments", &second, 200);
    audit(&app);
}

/// A chain for payments of a chapter from an amount on.
fn chain(app: &TestApp, chapter: &str, from_vnd: i64, levels: &[Option<&str>]) {
    for (n, level) in (1..).zip(levels) {
        let level = level.map_or("NULL".to_owned(), |level| format!("'{level}'"));
        app.database.execute(&format!(
            "INSERT INTO decision_rule (matter, chapter_id, from_vnd, n, level, valid_from, source)
             SELECT 'PAYMENT', id, {from_vnd}, {n}, {level}, '2026-01-01', 'quy chế chi tiêu nội bộ' FROM chapter WHERE code = '{chapter}'"
        ));
    }
}

#[test]
fn large_payments_take_a_chain_that_stays_as_it_was_when_asked() {
    let app = TestApp::start();
    given(&app, json!({"amount_vnd": 9_000_000}));
    chain(&app, "68", 2_000_000, &[None, Some("PROVINCE")]);
    let (officer, chair, province) = (app.officer_of("23095"), app.chair_of("23095"), app.chair_of("68"));
    let (small, large) = (payment(&app, json!({"amount_vnd": 1_999_999})), payment(&app, json!({"amount_vnd": 2_000_000})));
    for order in [&small, &large] {
        officer.post("/api/v1/payments", order.clone(), 201);
    }
    assert_eq!(approve(&chair, "payments", &small, 200)["state"], "APPROVED");
    // The chain changes while the request waits.
    app.database.execute("UPDATE decision_rule SET valid_to = '2026-11-21'");
    let waits = approve(&chair, "payments", &large, 200);
    assert_eq!((&waits["state"], &waits["approver_chapter"]), (&json!("REQUESTED"), &json!("68")));
    assert_eq!(balance(&app, "GENERAL", "CASH_ON_HAND"), 7_000_001);
    approve(&app.accountant_of("23095"), "payments", &large, 403);
    assert_eq!(approve(&province, "payments", &large, 200)["state"], "APPROVED");
    let new = payment(&app, json!({"amount_vnd": 2_000_000}));
    officer.post("/api/v1/payments", new.clone(), 201);
    assert_eq!(approve(&chair, "payments", &new, 200)["state"], "APPROVED");
    audit(&app);
}

#[test]
fn an_order_keeps_what_was_asked() {
    let mut app = TestApp::start();
    given(&app, json!({}));
    let officer = app.officer_of("23095");
    let waiting = payment(&app, json!({}));
    officer.post("/api/v1/payments", waiting.clone(), 409);
    app.chair_of("23095");
    officer.post("/api/v1/payments", waiting.clone(), 201);
    for change in [
        json!({"amount_vnd": 1}),
        json!({"payee": {"name": "Người khác"}}),
        json!({"content": "khác"}),
        json!({"note": "khác"}),
        json!({"from": "BANK"}),
        json!({"category": "HOUSING"}),
    ] {
        let other = with(waiting.clone(), change);
        assert_eq!(officer.post("/api/v1/payments", other, 422)["type"].as_str().unwrap().rsplit('/').next(), Some("id-taken"));
    }
    officer.post("/api/v1/incomes", income(&app, json!({"id": waiting["id"]})), 422);
    let done = payment(&app, json!({}));
    carried_out(&app, "payments", &done);
    let (waiting, done) = (waiting["id"].as_str().unwrap(), done["id"].as_str().unwrap());
    app.stop();
    let set = |what: &str, id: &str| format!("UPDATE money_order SET {what} WHERE id = '{id}'");
    let decided = "decided_by = requested_by, decided_at = requested_at";
    all_refused(
        &app.database,
        &[
            ("another amount", set("amount_vnd = 1", waiting), "money_order_content_stays"),
            ("another payee", set("particulars = '\\x00', particulars_hash = '\\x00'", waiting), "money_order_content_stays"),
            ("another fund", set("fund_id = (SELECT id FROM fund WHERE code = 'OPERATING')", done), "money_order_content_stays"),
            (
                "back to asked",
                set("state = 'REQUESTED', decided_by = NULL, decided_at = NULL, entry_id = NULL", done),
                "money_order_decided_once",
            ),
            ("refused after all", set("state = 'REFUSED'", done), "money_order_decided_once"),
            ("reversed before approved", set(&format!("state = 'REVERSED', {decided}"), waiting), "money_order_decided_once"),
            (
                "approved without an entry",
                set(&format!("state = 'APPROVED', {decided}"), waiting),
                "money_order_booked_when_approved",
            ),
            ("decided by nobody's decision", set(&format!("state = 'REFUSED', {decided}"), waiting), "money_order_agrees"),
            (
                "a decision alone",
                format!(
                    "UPDATE decision SET state = 'REFUSED', decided_by = asked_by, decided_at = asked_at WHERE id = '{waiting}'"
                ),
                "money_order_agrees",
            ),
        ],
    );
    assert!(app.database.refuses("DELETE FROM money_order").contains("money_order"));
}

#[test]
fn the_audit_names_an_order_that_the_books_do_not_bear_out() {
    let app = TestApp::start();
    given(&app, json!({}));
    let done = carried_out(&app, "payments", &payment(&app, json!({})));
    audit(&app);
    app.database
        .execute("ALTER TABLE money_order DISABLE TRIGGER USER; UPDATE money_order SET amount_vnd = 1, category = 'HOUSING'");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    let text = report.text();
    assert!(text.contains("the postings are not what was ordered") && text.contains("its category is not"), "{text}");
    assert!(text.contains(done["code"].as_str().unwrap()));
    app.database
        .execute("SET session_replication_role = replica; DELETE FROM money_order; SET session_replication_role = DEFAULT");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.text().contains("is a PAYMENT that no record stands behind"), "{}", report.text());
}

#[test]
fn what_may_be_spent_on_follows_the_day() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let codes = |path: &str| -> Vec<String> {
        let answer = officer.get(path, 200);
        answer["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
    };
    let now = codes("/api/v1/spending-categories");
    assert!(
        now.contains(&"LIVING_COSTS".to_owned())
            && now.contains(&"TRANSPORT".to_owned())
            && !now.contains(&"STATE_BUDGET".to_owned())
    );
    let before = codes("/api/v1/spending-categories?day=2021-12-10");
    assert!(!before.contains(&"LIVING_COSTS".to_owned()) && before.contains(&"RED_CROSS_ACTIVITY".to_owned()));
    assert_eq!(codes("/api/v1/income-categories"), ["OTHER_INCOME", "SERVICES", "STATE_BUDGET"]);
    officer.get("/api/v1/spending-categories?day=x", 422);
    app.chair_of("23095");
    let old = payment(&app, json!({"day": "2021-12-10"}));
    assert_eq!(errors(&officer.post("/api/v1/payments", old, 422)), [("/category".to_owned(), "NO_SUCH_CATEGORY".to_owned())]);
}
