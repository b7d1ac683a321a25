//! A list asks the database as often for fifty rows as for one: the statements of every list are counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use serde_json::{Value, json};
use so_nhan_ai::app;
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::advances;
use crate::committees_listed;
use crate::dues;
use crate::harness::{Caller, Database, TestApp};
use crate::opening_balances::{opening, people};
use crate::outbox;
use crate::personal;
use crate::purchases;
use crate::spending;
use crate::transfers;
use crate::unusual;

/// Statements of requests, by database. Only databases that are watched have an entry.
static SEEN: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Threads of the server's own, which ask whenever they like.
const OWN: [&str; 13] = [
    "answers",
    "bookings",
    "folding",
    "sequencer",
    "publisher",
    "intake",
    "search",
    "eraser",
    "sweeper",
    "jobs",
    "outward",
    "subscribers",
    "r2d2-worker",
];

fn database_of(url: &str) -> String {
    let path = url.split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Notes what one connection is asked.
struct Notes {
    database: String,
}

impl Instrumentation for Notes {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.database = database_of(url),
            InstrumentationEvent::StartQuery { query, .. } => {
                let thread = std::thread::current();
                let of_a_request = !thread.name().is_some_and(|name| OWN.iter().any(|own| name.starts_with(own)));
                let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(list) = seen.get_mut(&self.database).filter(|_| of_a_request) {
                    // What stands between the values is enough to know it by.
                    let asked = query.to_string().split(" -- binds").next().unwrap_or_default().to_owned();
                    // Whether a connection still lives is asked by the pool, when it has lain for a while.
                    list.extend((asked != "SELECT 1").then_some(asked));
                }
            }
            _ => {}
        }
    }
}

/// A server whose connections are all watched, and the name of its database.
pub fn watched() -> (TestApp, String) {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        set_default_instrumentation(|| Some(Box::new(Notes { database: String::new() }))).unwrap();
    });
    let database = Database::fresh();
    let name = database_of(&database.url());
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), Vec::new());
    (TestApp::start_on(database), name)
}

/// The statements of requests that are made meanwhile, and what comes back of them.
pub fn during<T>(database: &str, work: impl FnOnce() -> T) -> (Vec<String>, T) {
    let take = || std::mem::take(SEEN.lock().unwrap_or_else(PoisonError::into_inner).get_mut(database).unwrap());
    take();
    let done = work();
    (take(), done)
}

/// The statements of one GET, and how many rows came.
fn statements(caller: &Caller<'_>, database: &str, path: &str) -> (Vec<String>, usize) {
    let (asked, answer) = during(database, || caller.get(path, 200));
    let rows = ["items", "gifts"].iter().find_map(|name| answer[*name].as_array()).map_or(0, Vec::len);
    (asked, rows)
}

/// Hàm Liêm with at least fifty rows of everything that is listed. Returns the party of its gifts.
fn fill(app: &TestApp) -> Uuid {
    let of = people(app);
    let giver = json!({"kind": "PERSON", "name": "Nguyễn Văn An", "phone": "0912345678"});
    let gifts: Vec<Value> = (0..60).map(|n| app.gift(json!({"giver": giver, "amount_vnd": 100_000 + n}))).collect();
    of.officer.post("/api/v1/gifts/batch", json!({"gifts": gifts}), 200);
    // Nobody knows one of them from the other: each is a giver of their own.
    let unknown = (0..60).map(|n| app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê Tìm"}, "amount_vnd": 200_000 + n})));
    of.officer.post("/api/v1/gifts/batch", json!({"gifts": unknown.collect::<Vec<_>>()}), 200);
    for gift in gifts.iter().take(52) {
        let id = gift["id"].as_str().unwrap();
        let ask = json!({"id": Uuid::now_v7(), "reason": "DUPLICATE", "note": "ghi hai lần"});
        of.officer.post(&format!("/api/v1/gifts/{id}/reversal"), ask, 201);
        of.officer.post(personal::REQUESTS, personal::ask(app, "ERASE", json!({"gift": id})), 201);
        unusual::ask(app, &of.officer);
        of.officer.post("/api/v1/opening-balances", opening(json!({})), 201);
        of.officer.post("/api/v1/payments", spending::payment(app, json!({})), 201);
        of.officer.post("/api/v1/incomes", spending::income(app, json!({})), 201);
        of.officer.post("/api/v1/refunds", spending::refund(app, gift, json!({"amount_vnd": 1_000})), 201);
        of.officer.post("/api/v1/transfers", transfers::cash("23095", "23059", 1_000), 201);
        let inquiry = json!({"id": Uuid::now_v7(), "chapter": "23095", "appeal": "LULUT", "topic": "USE", "channel": "POST",
            "received_on": app.today(), "letter_no": "12/CV"});
        of.officer.post("/api/v1/information-requests", inquiry, 201);
        app.account(Role::Officer, "23095");
    }
    advances::fill(app, 52);
    purchases::fill(app, 52);
    committees_listed::fill(app);
    crate::campaigns::fill(app);
    crate::activities::fill(app);
    crate::commendations::fill(app);
    dues::fill(app, 52);
    for n in 0..52 {
        app.open_appeal("68", &format!("QUY-{n}"));
    }
    app.database.execute(
        "INSERT INTO balance SELECT c.id, f.id, 'OTHER_INCOME', -5 FROM chapter c, fund f WHERE c.code = '23095' AND f.appeal LIKE 'QUY-%'",
    );
    app.database.execute(
        "INSERT INTO deadline_change (request_id, what, before_on, after_on, changed_at)
         SELECT id, 'DUE_ON', due_on, due_on + 1, requested_at FROM personal_data_request",
    );
    app.database.execute(
        "INSERT INTO job (id, kind, chapter_id, content, state, enqueued_at, due_at, attempts, done, errors, trouble, ended_at)
         SELECT gen_random_uuid(), 'TRIED_IN_VAIN', c.id, '{}', 'DEAD', now(), now(), 3, 0, 0, 'SERVER_AWAY', now()
         FROM chapter c, generate_series(1, 52) WHERE c.code = '23095'",
    );
    (0..52).for_each(|_| outbox::by_hand(app, &of.officer));
    let first = gifts[0]["id"].as_str().unwrap();
    let shown = of.officer.get(&format!("/api/v1/gifts/{first}"), 200);
    shown["giver"]["id"].as_str().unwrap().parse().unwrap()
}

/// One reversal that was approved, and its counts as if there had been some in sixty chapters. Returns the asker's public code.
fn reversals(app: &TestApp) -> String {
    let of = [app.officer_of("23059"), app.chair_of("23059")];
    let gift = app.gift(json!({"chapter": "23059"}));
    of[0].post("/api/v1/gifts", gift.clone(), 201);
    let ask = json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"});
    of[0].post(&format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap()), ask.clone(), 201);
    of[1].post(&format!("/api/v1/reversals/{}/approval", ask["id"].as_str().unwrap()), Value::Null, 200);
    let code = of[0].get("/api/v1/session", 200)["public_code"].as_str().unwrap().to_owned();
    app.database.execute(&format!(
        "INSERT INTO reversal_by_officer
         SELECT c.id, 2026, '{code}', 'GIFT', 'DUPLICATE', 1, 1, 0, 0 FROM chapter c WHERE c.code <> '23059' AND length(c.code) = 5 LIMIT 60"
    ));
    app.database.execute(
        "INSERT INTO reversal_by_month
         SELECT c.id, '2026-11-01', 'GIFT', 'DUPLICATE', 1, 1, 1, 1 FROM chapter c
         WHERE c.code <> '23059' AND length(c.code) = 5 AND NOT EXISTS (SELECT FROM reversal_by_month m WHERE m.scope_id = c.id) LIMIT 60",
    );
    code
}

/// Subscribers of Hàm Liêm that have ended, and what one of them, called as told, was sent.
fn subscribers(app: &TestApp, one: Uuid) {
    app.database.execute(&format!(
        "INSERT INTO subscriber (id, chapter_id, url, kinds, secret, made_at, made_by, ended_at, ended_by)
         SELECT CASE n WHEN 1 THEN '{one}' ELSE gen_random_uuid() END, c.id, 'https://example.org/', '{{}}', '', now(), a.id, now(), a.id
         FROM chapter c, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) n WHERE c.code = '23095';
         INSERT INTO delivery (id, subscriber_id, is_test, made_at, state, attempts, ended_at)
         SELECT gen_random_uuid(), '{one}', false, now(), 'DELIVERED', 1, now() FROM generate_series(1, 52)"
    ));
}

/// Requests to reverse an entry of Hàm Liêm that were refused.
fn corrections(app: &TestApp) {
    app.database.execute(
        "INSERT INTO correction (id, entry_id, chapter_id, reason, state, requested_by, requested_at, decided_by, decided_at)
         SELECT gen_random_uuid(), e.id, c.id, 'OTHER', 'REFUSED', a.id, now(), a.id, now()
         FROM chapter c, (SELECT id FROM account LIMIT 1) a, (SELECT id FROM entry LIMIT 52) e WHERE c.code = '23095'",
    );
}

/// Plans by which Hàm Liêm was to go up in another one.
fn plans(app: &TestApp) {
    app.database.execute(
        "INSERT INTO succession (id, kind, state, above_chapter_id, effective_on, decision_no, document, plan, asked_by, asked_at, decided_at)
         SELECT gen_random_uuid(), 'MERGE', 'WITHDRAWN', c.id, '2026-12-01', '07/QĐ', decode(repeat('ab', 32), 'hex'),
                '{\"from\": [\"23095\"], \"to\": [\"23059\"], \"shares\": [], \"officers\": []}', a.id, now(), now()
         FROM chapter c, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) WHERE c.code = '68';
         INSERT INTO succession_chapter SELECT s.id, c.id, true FROM succession s, chapter c WHERE c.code = '23095'",
    );
}

/// What was stated of Hàm Liêm, and settlement reports that were refused.
fn statements_and_reports(app: &TestApp) {
    app.database.execute(
        "INSERT INTO statement (code, seq, chapter_id, event, day, body, sha256, leaf_hash, stated_on, stated_at, stated_by)
         SELECT lpad(n::text, 17, '0'), 1000000 + n, c.id, 'REPORT', '2026-11-22', '{}', encode(sha256('{}'), 'hex'), sha256('{}'), '2026-11-22', '2026-11-22T03:00:00Z', a.id
         FROM chapter c, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) n WHERE c.code = '23095';
         INSERT INTO settlement_report (id, appeal_id, chapter_id, as_of, body, sha256, state, requested_by, requested_at, decided_by, decided_at)
         SELECT gen_random_uuid(), p.id, c.id, '2026-11-22', '{}', encode(sha256('{}'), 'hex'), 'REFUSED', a.id, now(), a.id, now()
         FROM chapter c, appeal p, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) WHERE c.code = '23095' AND p.code = 'LULUT'",
    );
}

/// Goods of Hàm Liêm, whatever the books say; `one` is a lot that moved often.
fn stock(app: &TestApp, one: Uuid) {
    app.database.execute(&format!(
        "INSERT INTO item SELECT 'A_THING_' || n, 'A thing ' || n, 'A thing ' || n, 'a thing', '{{KG}}', '{{}}' FROM generate_series(1, 52) n;
         INSERT INTO stock_store SELECT gen_random_uuid(), c.id, 'Kho ' || n, NULL, a.id, now()
         FROM chapter c, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) n WHERE c.code = '23095';
         INSERT INTO stock_lot SELECT CASE n WHEN 1 THEN '{one}' ELSE gen_random_uuid() END, c.id, f.id, 'A_THING_' || n, 'KG', 'INVOICE', g.entry_id,
             '2026-11-22', '2026-12-01', (SELECT id FROM stock_store LIMIT 1), 1000, 10
         FROM chapter c, fund f, (SELECT entry_id FROM gift LIMIT 1) g, generate_series(1, 52) n WHERE c.code = '23095' AND f.code = 'GENERAL';
         INSERT INTO stock_movement SELECT '{one}', entry_id, false, 1000, 10, recorded_at FROM gift LIMIT 52;
         INSERT INTO stock_adjustment SELECT gen_random_uuid(), c.id, f.id, 'LOST', NULL, decode(repeat('ab', 32), 'hex'), 'REFUSED', a.id, now(), a.id, now()
         FROM chapter c, fund f, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) n WHERE c.code = '23095' AND f.code = 'GENERAL';
         INSERT INTO stock_adjustment_line SELECT id, 1, 'OUT', '{one}', 'A_THING_1', 'KG', 1, NULL, 'INVOICE', NULL, NULL FROM stock_adjustment;
         INSERT INTO stock_count SELECT gen_random_uuid(), c.id, '2026-11-22', decode(repeat('ab', 32), 'hex'), '', a.id, now()
         FROM chapter c, (SELECT id FROM account LIMIT 1) a, generate_series(1, 52) n WHERE c.code = '23095';
         INSERT INTO stock_count_line SELECT id, '{one}', 1000, 1000 FROM stock_count"
    ));
}

/// Paths of the API that take `limit`.
fn lists() -> BTreeSet<String> {
    let document = app::document().unwrap();
    let takes_limit =
        |get: &Value| get["parameters"].as_array().is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "limit"));
    let paths = document["paths"].as_object().unwrap().iter();
    paths.filter(|(_, item)| takes_limit(&item["get"])).map(|(path, _)| path.clone()).collect()
}

#[test]
fn fifty_rows_take_as_many_statements_as_one() {
    let (app, database) = watched();
    let party = fill(&app);
    subscribers(&app, party);
    stock(&app, party);
    let code = reversals(&app);
    app.wait_for_index();
    statements_and_reports(&app);
    corrections(&app);
    plans(&app);
    crate::persons::fill(&app, 52);
    crate::members::fill(&app, 52);
    crate::retention::fill(&app, 52);
    let exercises = crate::teams::fill(&app);
    let asked_of = crate::call_outs::fill(&app);
    let (urgently, in_club) = crate::urgent_calls::fill(&app);
    let honoured = crate::blood_honours::fill(&app);
    crate::volunteers::fill(&app, 52);
    crate::donors::fill(&app, 52);
    crate::blood_targets::fill(&app);
    crate::blood_results::fill(&app);
    crate::volunteer_hours::fill(&app, 52);
    crate::sign_up::fill(&app, 52);
    let course = crate::courses::fill(&app, 52);
    let booked = crate::drives::fill(&app, 52);
    let day = crate::blood_days::fill(&app, 52);
    crate::blood_corrections::fill(&app, day.rsplit('/').next().unwrap());
    let (came, differ) = (format!("{day}/check-ins"), format!("{day}/reconciliation/differences"));
    let (put_right, given) = (format!("{day}/corrections"), format!("{day}/donations"));
    crate::family_links::fill(&app, 52);
    crate::organs::fill(&app, 52);
    let roles = [
        (Role::ChapterChair, "23095"),
        (Role::ChapterChair, "68"),
        (Role::Inspector, "TW"),
        (Role::ProvincialAdministrator, "68"),
        (Role::Officer, "23095"),
        (Role::TracingOfficer, "23095"),
        (Role::OrganOfficer, "23095"),
        (Role::BloodOfficer, "23095"),
    ];
    let account = app.account_of(None, &roles);
    let mut sessions: Vec<Caller<'_>> = (0..51).map(|_| app.log_in(account)).collect();
    let caller = sessions.pop().unwrap();
    // (the path as the document has it, what is asked)
    let asked = [
        ("/api/v1/account-ledger", "?chapter=23095&account=CASH_ON_HAND"),
        ("/api/v1/accounts", "?chapter=23095"),
        ("/api/v1/activities", "?chapter=23095"),
        ("/api/v1/advance-clearings", "?chapter=23095"),
        ("/api/v1/advances", "?chapter=23095"),
        ("/api/v1/asked-gifts", "?chapter=23095"),
        ("/api/v1/audit-events", "?chapter=23095"),
        ("/api/v1/blood-targets", "?chapter=23095"),
        ("/api/v1/blood-clubs", "?chapter=23095"),
        ("/api/v1/blood-clubs/{id}/members", "?"),
        ("/api/v1/blood-families", "?chapter=23095"),
        ("/api/v1/blood-honours", "?chapter=23095"),
        ("/api/v1/blood-honours/{id}/honours", "?"),
        ("/api/v1/campaigns", "?chapter=23095"),
        ("/api/v1/call-outs", "?chapter=23095"),
        ("/api/v1/call-outs/{id}/asked", "?"),
        ("/api/v1/cash-moves", "?chapter=23095"),
        ("/api/v1/balances", "?chapter=23095"),
        ("/api/v1/cash-book", "?chapter=23095"),
        ("/api/v1/certificates", "?chapter=23095"),
        ("/api/v1/changes", "?chapter=23095"),
        ("/api/v1/corrections", "?chapter=23095"),
        ("/api/v1/commendation-quotas", "?chapter=23095"),
        ("/api/v1/commendations", "?chapter=23095"),
        ("/api/v1/committees", "?chapter=23095"),
        ("/api/v1/courses", "?chapter=23095"),
        ("/api/v1/courses/{id}/enrolments", "?"),
        ("/api/v1/deadline-changes", "?chapter=23095"),
        ("/api/v1/decisions", "?chapter=23095"),
        ("/api/v1/drives", "?chapter=23095"),
        ("/api/v1/drives/{code}/bookings", "?"),
        ("/api/v1/drives/{code}/check-ins", "?"),
        ("/api/v1/drives/{code}/corrections", "?"),
        ("/api/v1/drives/{code}/donations", "?"),
        ("/api/v1/drives/{code}/reconciliation/differences", "?"),
        ("/api/v1/donors", "?chapter=23095"),
        ("/api/v1/dues-sheets", "?chapter=23095"),
        ("/api/v1/dues-sheets/arrears", "?chapter=23095&day=2027-12-31"),
        ("/api/v1/dues-sheets/owed", "?chapter=23095"),
        ("/api/v1/family-hand-overs", "?chapter=23095"),
        ("/api/v1/family-likenesses", "?chapter=23095"),
        ("/api/v1/family-links", "?chapter=23095"),
        ("/api/v1/fund-releases", "?chapter=23095"),
        ("/api/v1/gifts", "?chapter=23095"),
        ("/api/v1/incomes", "?chapter=23095"),
        ("/api/v1/information-requests", "?chapter=23095"),
        ("/api/v1/jobs", "?chapter=68"),
        ("/api/v1/members", "?chapter=23095"),
        ("/api/v1/messages", "?chapter=23095"),
        ("/api/v1/open-advances", "?chapter=23095"),
        ("/api/v1/opening-balances", "?chapter=23095"),
        ("/api/v1/organ-registrations", "?chapter=23095"),
        ("/api/v1/parties", "?chapter=23095&q=le%20tim"),
        ("/api/v1/payments", "?chapter=23095"),
        ("/api/v1/parties/{id}/personal-data", "?"),
        ("/api/v1/person-joins", "?chapter=23095"),
        ("/api/v1/persons", "?chapter=23095"),
        ("/api/v1/personal-data-requests", "?chapter=23095"),
        ("/api/v1/post-counts", "?chapter=68"),
        ("/api/v1/posts", "?chapter=23095"),
        ("/api/v1/practice-models", "?chapter=23095"),
        ("/api/v1/programmes", "?chapter=23095"),
        ("/api/v1/public/activities", "?chapter=68"),
        ("/api/v1/public/appeals", "?"),
        ("/api/v1/public/blood-honours", "?chapter=68"),
        ("/api/v1/public/blood-results/drives", "?chapter=68"),
        ("/api/v1/public/campaigns", "?"),
        ("/api/v1/public/chapters", "?parent=68"),
        ("/api/v1/public/commendations", "?chapter=68"),
        ("/api/v1/public/courses", "?"),
        ("/api/v1/public/drives", "?"),
        ("/api/v1/public/entries", "?"),
        ("/api/v1/public/officers/{code}/reversals/chapters", "?year=2026"),
        ("/api/v1/public/reversals/chapters", "?chapter=TW&year=2026"),
        ("/api/v1/public/practice-models", "?q=mo%20hinh"),
        ("/api/v1/public/statements", "?chapter=23095"),
        ("/api/v1/public/units", "?parent=68"),
        ("/api/v1/publication-duties", "?chapter=68"),
        ("/api/v1/purchases", "?chapter=23095"),
        ("/api/v1/refreshers-due", "?chapter=23095&by=2030-01-01"),
        ("/api/v1/refunds", "?chapter=23095"),
        ("/api/v1/retention-proposals", "?chapter=23095"),
        ("/api/v1/reversals", "?chapter=23095"),
        ("/api/v1/role-assignments", "?chapter=23095"),
        ("/api/v1/sessions", "?"),
        ("/api/v1/settlement-reports", "?chapter=23095"),
        ("/api/v1/stock/adjustments", "?chapter=23095"),
        ("/api/v1/stock/counts", "?chapter=23095"),
        ("/api/v1/stock/items", "?q=a"),
        ("/api/v1/stock/levels", "?chapter=23095"),
        ("/api/v1/stock/lots", "?chapter=23095"),
        ("/api/v1/stock/movements", "?lot={id}"),
        ("/api/v1/stock/stores", "?chapter=23095"),
        ("/api/v1/subscribers", "?chapter=23095"),
        ("/api/v1/subscribers/{id}/deliveries", "?"),
        ("/api/v1/successions", "?chapter=23095"),
        ("/api/v1/teams", "?chapter=23095"),
        ("/api/v1/teams/{id}/exercises", "?"),
        ("/api/v1/transfers", "?chapter=23095"),
        ("/api/v1/volunteer-applications", "?chapter=23095"),
        ("/api/v1/volunteer-hours", "?chapter=23095"),
        ("/api/v1/volunteers", "?chapter=23095"),
        ("/api/v1/urgent-calls", "?chapter=23095"),
        ("/api/v1/urgent-calls/{id}/asked", "?"),
        ("/api/v1/vouchers", "?chapter=23095&document=CASH_RECEIPT&year=2026"),
        ("/api/v1/trial-balance", "?chapter=23095&from=2026-11-23"),
    ];
    assert_eq!(asked.iter().map(|(path, _)| (*path).to_owned()).collect::<BTreeSet<_>>(), lists(), "every list is asked");
    // What the server does by itself may note a change just now.
    let deadline = Instant::now() + Duration::from_secs(30);
    while statements(&caller, &database, "/api/v1/changes?chapter=23095&limit=50").1 < 50 {
        assert!(Instant::now() < deadline, "the feed of changes is held up");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut wrong = Vec::new();
    for (path, query) in asked {
        let id = if path.starts_with("/api/v1/courses/") { &course } else { &party.to_string() };
        let path = match path {
            "/api/v1/call-outs/{id}/asked" => asked_of.as_str(),
            "/api/v1/urgent-calls/{id}/asked" => urgently.as_str(),
            "/api/v1/blood-clubs/{id}/members" => in_club.as_str(),
            "/api/v1/blood-honours/{id}/honours" => honoured.as_str(),
            "/api/v1/drives/{code}/bookings" => booked.as_str(),
            "/api/v1/drives/{code}/check-ins" => came.as_str(),
            "/api/v1/drives/{code}/corrections" => put_right.as_str(),
            "/api/v1/drives/{code}/donations" => given.as_str(),
            "/api/v1/drives/{code}/reconciliation/differences" => differ.as_str(),
            "/api/v1/teams/{id}/exercises" => exercises.as_str(),
            other => other,
        };
        let (path, query) = (path.replace("{id}", id).replace("{code}", &code), query.replace("{id}", &party.to_string()));
        let of = |limit: usize| statements(&caller, &database, &format!("{path}{query}&limit={limit}").replace("?&", "?"));
        let (one, fifty) = (of(1), of(50));
        if (one.1, fifty.1) != (1, 50) {
            wrong.push(format!("{path}: {} and {} rows", one.1, fifty.1));
        }
        if one.0.len() < fifty.0.len() {
            let often = |list: &[String], one: &String| list.iter().filter(|other| *other == one).count();
            let more: BTreeSet<_> = fifty.0.iter().filter(|asked| often(&fifty.0, asked) > often(&one.0, asked)).collect();
            wrong.push(format!(
                "{path}: {} statements for one row, {} for fifty, among them {more:#?}",
                one.0.len(),
                fifty.0.len()
            ));
        }
        assert!(!fifty.0.is_empty(), "{path}: no statement was seen");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
