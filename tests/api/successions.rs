//! Chapters merged, split, moved and dissolved by one plan: every đồng, open matter, appeal, officer and duty is where the plan says,
//! old pages lead on, sums of the past do not change.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, counts, errors};
use crate::coverage::{Call, call};
use crate::harness::{Account, Caller, TestApp, eventually};
use crate::kit::{gift, goods};
use crate::look::all;
use crate::opening_balances::{opening, people};
use crate::{personal, spending, transfers};

const PLANS: &str = "/api/v1/successions";
pub const SHA: &str = "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730";

/// The decision's paper, as an upload at the chapter that decides leaves it behind.
pub fn paper(app: &TestApp, chapter: &str) {
    let account = app.account(Role::ChapterChair, chapter).id;
    app.database.execute(&format!(
        "INSERT INTO document (id, chapter_id, purpose, sha256, size_bytes, media_type, uploaded_sha256, uploaded_bytes, name, request_hash, uploaded_by, uploaded_at)
         SELECT gen_random_uuid(), id, 'SUCCESSION', '{SHA}', 1, 'application/pdf', '{SHA}', 1, '', '', '{account}', '2026-11-22T03:00:00Z' FROM chapter
         WHERE code = '{chapter}' AND NOT EXISTS (SELECT FROM document d WHERE d.chapter_id = chapter.id AND d.sha256 = '{SHA}')"
    ));
}

/// Hàm Liêm goes up in Hàm Thuận, today.
fn plan(app: &TestApp, change: Value) -> Value {
    let mut plan = json!({"id": Uuid::now_v7(), "kind": "MERGE", "from": ["23095"], "to": ["23059"], "effective_on": app.today(),
        "decision_no": "07/QĐ-HCTĐ", "document": SHA, "note": "theo Đề án của ông Bảy"});
    plan.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    plan
}

fn path(plan: &Value, what: &str) -> String {
    format!("{PLANS}/{}{what}", plan["id"].as_str().unwrap())
}

/// Who asks, who takes over, who decides above.
struct Persons<'a> {
    asker: Caller<'a>,
    successor: Caller<'a>,
    above: Caller<'a>,
}

fn persons(app: &TestApp) -> Persons<'_> {
    paper(app, "68");
    Persons { asker: app.staff(Role::ProvincialAdministrator, "68"), successor: app.chair_of("23059"), above: app.chair_of("68") }
}

/// Asks, approves twice, and returns what the last approval answers.
fn carried(people: &Persons<'_>, plan: &Value) -> Value {
    people.asker.post(PLANS, plan.clone(), 201);
    approved(people, plan)
}

fn approved(people: &Persons<'_>, plan: &Value) -> Value {
    assert_eq!(people.successor.post(&path(plan, "/approval"), Value::Null, 200)["state"], "ASKED");
    people.above.post(&path(plan, "/approval"), Value::Null, 200)
}

/// What is left at a chapter, line by line.
fn left(app: &TestApp, chapter: &str) -> String {
    app.database.text(&format!(
        "SELECT coalesce(string_agg(concat_ws(' ', f.code, b.account, b.amount_vnd), E'\\n' ORDER BY f.code, b.account), '')
         FROM balance b JOIN chapter c ON c.id = b.chapter_id JOIN fund f ON f.id = b.fund_id
         WHERE c.code = '{chapter}' AND b.amount_vnd <> 0
           AND b.account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'IN_TRANSIT_OUT', 'RECEIVABLE_OTHER', 'ADVANCE', 'PAYABLE', 'GOODS_IN_STOCK', 'BANK_GROUP')"
    ))
}

fn totals(app: &TestApp, chapter: &str) -> Value {
    let totals = app.anonymous().get(&format!("/api/v1/public/totals?chapter={chapter}"), 200);
    json!([totals["received_vnd"], totals["gift_count"], totals["own"]["received_vnd"]])
}

fn assignment(app: &TestApp, account: Account) -> Value {
    json!(app.database.text(&format!("SELECT id::text FROM role_assignment WHERE account_id = '{}'", account.id)))
}

/// Gifts by every channel, for the chapter and for an appeal of its own, and what old books had.
fn one_of_everything(app: &TestApp, officer: &Caller<'_>, accountant: &Caller<'_>) {
    app.open_appeal("23095", "HAMLIEM");
    for gift in [
        gift(app).of(300_000),
        gift(app).of(700_000).to("HAMLIEM"),
        gift(app).of(2_000_000).through("BANK_TRANSFER"),
        gift(app).goods([goods("RICE", "100", "KG", 1_500_000)]),
    ] {
        gift.book(officer);
    }
    let old = opening(json!({}));
    officer.post("/api/v1/opening-balances", old.clone(), 201);
    accountant.post(&format!("/api/v1/opening-balances/{}/approval", old["id"].as_str().unwrap()), Value::Null, 200);
}

#[test]
fn a_chapter_goes_up_in_another_with_everything_it_holds() {
    let app = TestApp::start();
    let old = people(&app);
    let people = persons(&app);
    one_of_everything(&app, &old.officer, &old.accountant);
    let keeper = app.account(Role::Officer, "23095");
    // What is in the middle of its way: a reversal, an unusual gift, an opening, a person's request, a program that is told.
    let mistaken = gift(&app).of(40_000).by(crate::kit::person("Lê Văn Xqz")).book(&old.officer);
    mistaken.ask_to_reverse(&old.officer, "DUPLICATE");
    let unusual = crate::unusual::ask(&app, &old.officer);
    let more = opening(
        json!({"document_no": "03/BB", "lines": [{"fund": "OPERATING", "account": "CASH_ON_HAND", "amount_vnd": 9_000}]}),
    );
    old.officer.post("/api/v1/opening-balances", more.clone(), 201);
    for (kind, name) in [("ERASE", "Trần Thị Xqzvương"), ("RESTRICT", "Phạm Thị Xqzba")] {
        let about = gift(&app).of(60_000).by(crate::kit::person(name)).book(&old.officer);
        let party = personal::party_of(&old.officer, &json!({"id": about.id}));
        old.officer.post(personal::REQUESTS, personal::ask(&app, kind, json!({"party": party})), 201);
    }
    people.asker.post(
        "/api/v1/subscribers",
        json!({"id": Uuid::now_v7(), "chapter": "23095", "url": "https://nhan.example.org/tin", "kinds": ["GIFT"]}),
        201,
    );
    let held = left(&app, "23095");
    assert!(held.contains("APPEAL:HAMLIEM CASH_ON_HAND 700000") && held.contains("GENERAL PAYABLE -2500000"), "{held}");
    let before = (totals(&app, "23095"), totals(&app, "68"), totals(&app, "TW"));
    app.clock.advance(Duration::seconds(1));

    let ask = plan(&app, json!({"officers": [{"assignment": assignment(&app, keeper), "to": "23059"}]}));
    let asked = people.asker.post(PLANS, ask.clone(), 201);
    assert_eq!((&asked["state"], &asked["above"]), (&json!("ASKED"), &json!("68")));
    assert_eq!(people.asker.post(PLANS, ask.clone(), 200), asked);
    // The dry run shows what would go where, and changes nothing.
    let rows = counts(&app);
    let dry = people.above.get(&path(&ask, "/dry-run"), 200);
    assert_eq!((counts(&app), &dry["in_the_way"]), (rows, &json!([])));
    let going = &dry["chapters"][0];
    assert_eq!(going["balances"].as_array().unwrap().len(), held.lines().filter(|line| !line.contains("BANK_GROUP")).count());
    assert_eq!(going["appeals"][0]["code"], "HAMLIEM");
    assert_eq!(going["decisions"].as_array().unwrap().len(), 4, "{dry}");
    let named = |column: &str| going["rows"].as_array().unwrap().iter().any(|row| row["column"] == column);
    for column in
        ["role_assignment.chapter_id", "appeal.chapter_id", "decision.chapter_id", "subscriber.chapter_id", "document.chapter_id"]
    {
        assert!(named(column), "{column}: {dry}");
    }
    assert!(!named("entry.chapter_id"), "what was stays");
    assert_eq!(going["officers"].as_array().unwrap().iter().filter(|one| one["to"] == "23059").count(), 1);

    let done = approved(&people, &ask);
    assert_eq!(done["state"], "DONE");
    assert_eq!(people.above.post(&path(&ask, "/approval"), Value::Null, 200), done, "twice is once");
    let rice = "SELECT coalesce(sum(quantity_milli), 0) FROM stock_lot l JOIN chapter c ON c.id = l.chapter_id WHERE l.item = 'RICE' AND c.code = ";
    assert_eq!(["23095", "23059"].map(|code| app.database.number(&format!("{rice}'{code}'"))), [0, 100_000]);
    // Every đồng.
    assert_eq!((left(&app, "23095"), left(&app, "23059")), (String::new(), held.clone()));
    assert_eq!((totals(&app, "23095"), totals(&app, "68"), totals(&app, "TW")), before);
    let pairs = done["entries"].as_array().unwrap();
    assert!(pairs.len() >= 6 && pairs.len().is_multiple_of(2), "{done}");
    audit(&app);

    // Old pages lead on and keep what they had.
    app.wait_for_log();
    let public = app.anonymous();
    let page = public.get("/api/v1/public/chapters/23095", 200);
    assert_eq!((&page["status"], &page["successors"][0]["code"]), (&json!("MERGED"), &json!("23059")));
    assert_eq!(public.get("/api/v1/public/chapters/23059", 200)["predecessors"][0]["code"], "23095");
    assert!(public.get_text("/don-vi/23095", 200).contains("href=\"/don-vi/23059\""));
    assert_eq!(people.successor.get("/api/v1/chapters/23095", 200)["successors"][0]["since"], json!(app.today()));

    // Officers: those named go on, the others end.
    old.officer.get("/api/v1/gifts?chapter=23095", 404);
    old.chair.get("/api/v1/decisions?chapter=23095", 404);
    let keeper = app.log_in(keeper);
    assert_eq!(keeper.get("/api/v1/gifts?chapter=23095&limit=50", 200)["items"].as_array().unwrap().len(), 7);
    let late = errors(&keeper.post("/api/v1/gifts", gift(&app).body(), 422));
    assert_eq!(late, [("/chapter".to_owned(), "BOOKS_CLOSED".to_owned())]);
    // The appeal goes on: received for, and run, at the successor.
    gift(&app).at("23059").of(5_000).to("HAMLIEM").book(&keeper);
    people.successor.post("/api/v1/appeals/HAMLIEM/closing", Value::Null, 200);
    assert_eq!(app.database.number("SELECT count(*) FROM subscriber WHERE ended_at IS NULL"), 0);

    // Open matters wait at the successor, and what becomes of them passes on.
    let waiting = all(&people.successor, "/api/v1/decisions?chapter=23059", 50);
    assert_eq!(waiting.len(), 4, "{waiting:?}");
    let places: Vec<&Value> = waiting.iter().map(|row| &row["approver_chapter"]).collect();
    assert_eq!(places, [&json!("23059"); 4]);
    for row in &waiting {
        assert_eq!(row["may_decide"], true, "{row}");
        people.successor.post(row["approval_url"].as_str().unwrap(), Value::Null, 200);
    }
    assert!(all(&people.successor, "/api/v1/decisions?chapter=23059", 50).is_empty());
    assert_eq!(left(&app, "23095"), "");
    assert!(left(&app, "23059").contains("OPERATING CASH_ON_HAND 9000"), "{}", left(&app, "23059"));
    let mirrored = app.database.text(&format!(
        "SELECT c.code FROM entry r JOIN entry o ON o.id = r.reverses JOIN chapter c ON c.id = r.chapter_id WHERE o.code = '{}'",
        mistaken.code
    ));
    assert_eq!(mirrored, "23095", "a reversal stands where its original does");
    assert_eq!(app.database.number(&format!("SELECT count(*) FROM gift WHERE id = '{unusual}'")), 1);
    let restricted =
        "SELECT string_agg(c.code, ',' ORDER BY c.code) FROM party_restriction r JOIN chapter c ON c.id = r.chapter_id";
    assert_eq!(app.database.text(restricted), "23059,23095", "what may not be used there may not be used here");
    audit(&app);
}

#[test]
fn what_may_not_be_planned_is_refused_and_nobody_decides_alone() {
    let app = TestApp::start();
    let people = persons(&app);
    let own = app.staff(Role::ProvincialAdministrator, "01");
    assert_eq!(errors(&own.post(PLANS, plan(&app, json!({})), 404)), [("/from/0".to_owned(), "NO_SUCH_CHAPTER".to_owned())]);
    people.successor.post(PLANS, plan(&app, json!({})), 404);
    app.staff(Role::Inspector, "68").post(PLANS, plan(&app, json!({})), 403);
    for (change, pointer, code) in [
        (json!({"to": ["23095"]}), "/to/0", "TWICE"),
        (json!({"kind": "SPLIT"}), "/kind", "NOT_FOR_THIS"),
        (json!({"document": "00".repeat(32)}), "/document", "NO_SUCH_DOCUMENT"),
        (json!({"from": ["68"], "to": ["23095"]}), "/to/0", "NOT_UNDER_THIS"),
        (json!({"kind": "MOVE"}), "/to/0", "NOT_FOR_THIS"),
        (json!({"officers": [{"assignment": Uuid::now_v7(), "to": "23059"}]}), "/officers/0/assignment", "NO_SUCH_ACCOUNT"),
    ] {
        let said = errors(&people.asker.post(PLANS, plan(&app, change.clone()), 422));
        assert!(said.contains(&(pointer.to_owned(), code.to_owned())), "{change}: {said:?}");
    }
    // Who asked is not who approves, whatever account they use; the same person approves one step only.
    let chair = app.account(Role::ChapterChair, "68");
    let again = app.log_in(app.account_of(Some(chair.officer), &[(Role::Accountant, "68")]));
    let chair = app.log_in(chair);
    let ask = plan(&app, json!({}));
    chair.post(PLANS, ask.clone(), 201);
    people.successor.post(&path(&ask, "/approval"), Value::Null, 200);
    for caller in [&chair, &again] {
        caller.post(&path(&ask, "/approval"), Value::Null, 403);
    }
    people.successor.post(&path(&ask, "/refusal"), Value::Null, 403);
    own.get(&path(&ask, ""), 404);
    own.post(&path(&ask, "/approval"), Value::Null, 404);
    assert!(people.above.get(&path(&ask, ""), 200)["note"].as_str().unwrap().contains("ông Bảy"));
    assert!(app.staff(Role::Inspector, "68").get(&path(&ask, ""), 200).get("note").is_none());
    // Another plan for the same chapter stands in the way of both until one is gone.
    let other = plan(&app, json!({"decision_no": "08/QĐ"}));
    people.asker.post(PLANS, other.clone(), 201);
    assert_eq!(people.above.get(&path(&ask, "/dry-run"), 200)["in_the_way"][0]["chapter"], "23095");
    let rows = counts(&app);
    people.above.post(&path(&ask, "/approval"), Value::Null, 409);
    assert_eq!(counts(&app), rows);
    assert_eq!(people.asker.post(&path(&other, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    assert_eq!(people.above.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "DONE");
    people.above.post(&path(&ask, "/refusal"), Value::Null, 409);
    // Nothing comes back, and nothing is done at what went up.
    let said = errors(&people.asker.post(PLANS, plan(&app, json!({})), 422));
    assert!(said.contains(&("/from/0".to_owned(), "CHAPTER_CLOSED".to_owned())), "{said:?}");
    audit(&app);
}

#[test]
fn killed_half_way_nothing_has_happened_and_twice_at_once_is_once() {
    let app = TestApp::start();
    let people = persons(&app);
    let officer = app.officer_of("23095");
    gift(&app).of(300_000).book(&officer);
    let ask = plan(&app, json!({}));
    people.asker.post(PLANS, ask.clone(), 201);
    people.successor.post(&path(&ask, "/approval"), Value::Null, 200);
    let all = "SELECT string_agg(t, E'\\n') FROM (SELECT balance::text AS t FROM balance UNION ALL SELECT chapter::text FROM chapter WHERE code IN ('23095', '23059')
               UNION ALL SELECT role_assignment::text FROM role_assignment UNION ALL SELECT succession::text FROM succession
               UNION ALL SELECT count(*)::text FROM entry UNION ALL SELECT count(*)::text FROM chapter_version ORDER BY 1) x";
    let before = app.database.text(all);
    // Each of these fails at a later moment than the one before.
    for (table, column) in [("succession_entry", "entry_id"), ("chapter_successor", "old_id"), ("chapter_version", "chapter_id")]
    {
        app.database.execute(&format!("ALTER TABLE {table} ADD CONSTRAINT {table}_boom CHECK ({column} IS NULL) NOT VALID"));
        assert!(people.above.send("POST", &path(&ask, "/approval"), None).status >= 400);
        assert_eq!(app.database.text(all), before, "{table}");
        app.database.execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {table}_boom"));
    }
    let other = app.accountant_of("68");
    std::thread::scope(|scope| {
        for caller in [&people.above, &other] {
            let path = path(&ask, "/approval");
            scope.spawn(move || assert!([200, 409].contains(&caller.send("POST", &path, None).status)));
        }
    });
    assert_eq!(people.asker.get(&path(&ask, ""), 200)["entries"].as_array().unwrap().len(), 2);
    assert_eq!(left(&app, "23059"), "GENERAL CASH_ON_HAND 300000");
    audit(&app);
}

#[test]
fn a_plan_for_a_later_day_is_carried_out_on_it() {
    let app = TestApp::start();
    let people = persons(&app);
    let officer = app.officer_of("23095");
    gift(&app).of(300_000).book(&officer);
    let ask = plan(&app, json!({"effective_on": app.today() + Duration::days(1)}));
    assert_eq!(carried(&people, &ask)["state"], "APPROVED");
    // Until then the chapter works as ever.
    gift(&app).of(50_000).book(&officer);
    app.clock.advance(Duration::hours(15));
    let state = || app.database.text("SELECT state FROM succession");
    eventually("the plan is carried out", || state() == "DONE");
    assert_eq!((left(&app, "23095"), left(&app, "23059")), (String::new(), "GENERAL CASH_ON_HAND 350000".to_owned()));
    assert_eq!(app.database.text("SELECT status FROM chapter WHERE code = '23095'"), "MERGED");
    audit(&app);
}

/// Two plans for one chapter, both approved for a later day, stand in each other's way until one is called off.
#[test]
fn an_approved_plan_is_called_off_before_its_day() {
    let app = TestApp::start();
    let people = persons(&app);
    let tomorrow = app.today() + Duration::days(1);
    let (first, second) = (plan(&app, json!({"effective_on": tomorrow})), plan(&app, json!({"effective_on": tomorrow})));
    for ask in [&first, &second] {
        assert_eq!(carried(&people, ask)["state"], "APPROVED");
    }
    app.officer_of("23095").post(&path(&first, "/withdrawal"), Value::Null, 404);
    assert_eq!(people.asker.post(&path(&first, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    app.clock.advance(Duration::hours(15));
    let state =
        |ask: &Value| app.database.text(&format!("SELECT state FROM succession WHERE id = '{}'", ask["id"].as_str().unwrap()));
    eventually("the other plan is carried out", || state(&second) == "DONE");
    assert_eq!(state(&first), "WITHDRAWN");
    // Of the next day, with a session of that day.
    persons(&app).asker.post(&path(&second, "/withdrawal"), Value::Null, 409);
    audit(&app);
}

#[test]
fn a_chapter_is_split_by_funds_and_accounts_and_another_dissolved() {
    let app = TestApp::start();
    let old = people(&app);
    let people = persons(&app);
    one_of_everything(&app, &old.officer, &old.accountant);
    let third = app.database.text(
        "SELECT c.code FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE p.code = '68' AND c.code NOT IN ('23095', '23059') ORDER BY 1 LIMIT 1",
    );
    let shares = json!([{"fund": "APPEAL:HAMLIEM", "to": third}, {"fund": "GENERAL", "account": "CASH_ON_HAND", "to": third}]);
    let ask = plan(&app, json!({"kind": "SPLIT", "to": ["23059", third], "shares": shares}));
    carried(&people, &ask);
    assert_eq!(left(&app, "23095"), "");
    let there = left(&app, &third);
    assert!(there.contains("APPEAL:HAMLIEM CASH_ON_HAND 700000") && there.contains("GENERAL CASH_ON_HAND"), "{there}");
    assert!(!left(&app, "23059").contains("CASH_ON_HAND"), "{}", left(&app, "23059"));
    // The leading one goes on; the other one looks.
    assert!(app.chair_of("23059").get("/api/v1/decisions?chapter=23095", 200)["items"].is_array());
    let other = app.chair_of(&third);
    other.get("/api/v1/chapters/23095", 200);
    other.post("/api/v1/appeals/HAMLIEM/closing", Value::Null, 403);
    audit(&app);
    // What the third had goes to the province when it is dissolved, and its people find it there.
    let end = plan(&app, json!({"kind": "DISSOLVE", "from": [third], "to": ["68"]}));
    let second = app.accountant_of("68");
    people.asker.post(PLANS, end.clone(), 201);
    people.above.post(&path(&end, "/approval"), Value::Null, 200);
    assert_eq!(second.post(&path(&end, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!((left(&app, &third), left(&app, "68")), (String::new(), there));
    assert_eq!(app.anonymous().get(&format!("/api/v1/public/chapters/{third}"), 200)["status"], "DISSOLVED");
    audit(&app);
}

#[test]
fn a_school_moves_to_another_commune_and_its_branches_answer_to_it() {
    let app = TestApp::start();
    let people = persons(&app);
    let found = |parent: &str, name: &str, branches: Value| {
        let new = crate::chapter_life::school(json!({"parent": parent, "name": name, "branches": branches}));
        people.asker.post("/api/v1/chapters", new, 201)
    };
    let school =
        found("23095", "Hội Chữ thập đỏ Trường THCS Hàm Chính", json!([{"id": Uuid::now_v7(), "name": "Chi hội lớp 6A"}]));
    let there = found("23059", "Hội Chữ thập đỏ Trường THCS Hàm Thắng", json!([]));
    let (from, to) = (school["code"].as_str().unwrap(), there["code"].as_str().unwrap());
    let branch = school["branches"][0]["code"].as_str().unwrap();
    gift(&app).at(from).of(20_000).book(&app.officer_of(from));
    let class = app.officer_of(branch);
    let (before, after) = (app.chair_of("23095"), app.chair_of("23059"));
    let ask = plan(&app, json!({"kind": "MOVE", "from": [from], "to": [to]}));
    people.asker.post(PLANS, ask.clone(), 201);
    // Nobody approves at the school: its commune does, and then the province.
    after.post(&path(&ask, "/approval"), Value::Null, 200);
    assert_eq!(people.above.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(left(&app, to), "GENERAL CASH_ON_HAND 20000");
    // What the branch asks is decided in the commune it is in now; the one it was in may still look.
    let mistaken = gift(&app).at(branch).of(7_000).book(&class);
    mistaken.ask_to_reverse(&class, "DUPLICATE");
    let waiting = all(&after, "/api/v1/decisions?chapter=23059", 50);
    assert_eq!((waiting.len(), &waiting[0]["chapter"]), (1, &json!(branch)));
    before.get(&mistaken.path(), 200);
    before.post(waiting[0]["approval_url"].as_str().unwrap(), Value::Null, 403);
    after.post(waiting[0]["approval_url"].as_str().unwrap(), Value::Null, 200);
    // What is founded below it later answers to it as well.
    audit(&app);
}

/// What a chapter was sent, and what it asked to pay, in the middle of their way.
#[test]
fn what_is_on_the_way_arrives_and_what_was_asked_is_paid_by_way_of_the_successor() {
    let app = TestApp::start();
    let people = persons(&app);
    transfers::opened(&app, "68", &[("GENERAL", "CASH_ON_HAND", 900_000)]);
    let on_the_way = transfers::cash("68", "23095", 400_000);
    transfers::sent(&app, on_the_way.clone());
    let (officer, _chair) = (app.officer_of("23095"), app.chair_of("23095"));
    gift(&app).of(300_000).book(&officer);
    let order = spending::payment(&app, json!({}));
    officer.post("/api/v1/payments", order.clone(), 201);
    carried(&people, &plan(&app, json!({})));
    transfers::sound(&app);
    // The transfer still stands as it was sent, and whoever keeps the successor's books confirms it.
    let keeper = app.officer_of("23059");
    keeper.post(&transfers::path(&on_the_way, "/receipt"), transfers::receipt(400_000, "CASH"), 201);
    assert_eq!((left(&app, "23095"), left(&app, "23059")), (String::new(), "GENERAL CASH_ON_HAND 700000".to_owned()));
    transfers::sound(&app);
    // The payment is the old chapter's, and the successor's cash.
    let waiting = all(&people.successor, "/api/v1/decisions?chapter=23059", 50);
    assert_eq!((waiting.len(), &waiting[0]["matter"]), (1, &json!("PAYMENT")));
    spending::approve(&people.successor, "payments", &order, 200);
    assert_eq!((left(&app, "23095"), left(&app, "23059")), (String::new(), "GENERAL CASH_ON_HAND 500000".to_owned()));
    let paid = "SELECT c.code || ' ' || t.own_vnd FROM total_overall t JOIN chapter c ON c.id = t.scope_id WHERE t.measure = 'PAID' AND t.own_vnd <> 0";
    assert_eq!(app.database.text(paid), "23095 200000");
    // Nothing new is asked there.
    let late = errors(&keeper.post("/api/v1/payments", spending::payment(&app, json!({})), 422));
    assert_eq!(late, [("/chapter".to_owned(), "BOOKS_CLOSED".to_owned())]);
    transfers::sound(&app);
}

/// The communes of 30 June 2025 that went up whole in two of today's, as the resolutions have them.
#[test]
fn real_mergers_are_carried_out() {
    let app = TestApp::start();
    let people = persons(&app);
    app.database.execute(
        "INSERT INTO chapter (id, code, kind, level, status, parent_id, name, short_name, folded, founded_on)
         SELECT gen_random_uuid(), 'CU' || u.code, 'TERRITORIAL', 'COMMUNE', 'ACTIVE', p.id, 'Hội Chữ thập đỏ ' || u.full_name, u.full_name, u.folded, '2000-01-01'
         FROM former_unit u JOIN unit_merger m ON m.former_id = u.id, chapter p
         WHERE u.level = 'COMMUNE' AND m.new_code IN ('23095', '23059') AND m.relation = 'WHOLE' AND p.code = '68'",
    );
    let mut sums = 0;
    for (n, new) in ["23095", "23059"].into_iter().enumerate() {
        let olds = app.database.text(&format!(
            "SELECT string_agg('CU' || u.code, ',' ORDER BY u.code) FROM former_unit u JOIN unit_merger m ON m.former_id = u.id
             WHERE u.level = 'COMMUNE' AND m.new_code = '{new}' AND m.relation = 'WHOLE'"
        ));
        let olds: Vec<&str> = olds.split(',').collect();
        assert!(olds.len() >= 2, "{new}: {olds:?}");
        for old in &olds {
            gift(&app).at(old).of(10_000).book(&app.officer_of(old));
        }
        sums += 10_000 * olds.len();
        let ask = plan(&app, json!({"from": olds, "to": [new], "decision_no": format!("{n}/QĐ")}));
        people.asker.post(PLANS, ask.clone(), 201);
        app.chair_of(new).post(&path(&ask, "/approval"), Value::Null, 200);
        assert_eq!(people.above.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "DONE");
        assert_eq!(left(&app, new), format!("GENERAL CASH_ON_HAND {}", 10_000 * olds.len()));
        for old in olds {
            assert_eq!((left(&app, old), &totals(&app, old)[2]), (String::new(), &json!(10_000)));
        }
    }
    assert_eq!(totals(&app, "68")[0], json!(sums));
    audit(&app);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    paper(app, "23095");
    let people = crate::chapter_life::school(json!({"name": "Hội Chữ thập đỏ Trường Kế Tục Một", "id": Uuid::now_v7()}));
    let other = crate::chapter_life::school(json!({"name": "Hội Chữ thập đỏ Trường Kế Tục Hai", "id": Uuid::now_v7()}));
    let chair = app.chair_of("23095");
    let codes = [people, other].map(|school| chair.post("/api/v1/chapters", school, 201)["code"].clone());
    let ask = |no: &str| plan(app, json!({"from": [codes[0]], "to": [codes[1]], "decision_no": no}));
    let [seen, approved, refused, withdrawn] = ["1/QĐ", "2/QĐ", "3/QĐ", "4/QĐ"].map(|no| {
        let ask = ask(no);
        app.chair_of("23095").post(PLANS, ask.clone(), 201);
        ask
    });
    let nothing = || Some(json!(null));
    vec![
        call("POST /api/v1/successions", PLANS.to_owned(), Some(ask("5/QĐ")), 404, 403, 201),
        call("GET /api/v1/successions/{id}", path(&seen, ""), None, 404, 200, 200),
        call("GET /api/v1/successions/{id}/dry-run", path(&seen, "/dry-run"), None, 404, 200, 200),
        call("POST /api/v1/successions/{id}/approval", path(&approved, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/successions/{id}/refusal", path(&refused, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/successions/{id}/withdrawal", path(&withdrawn, "/withdrawal"), nothing(), 404, 403, 200),
    ]
}
