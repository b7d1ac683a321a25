//! The second person, once for every matter: who may decide and when, chains of steps, two chapters.
//!
//! What only some matters have is tried with one that exists here alone, on the functions that every room calls.

use std::cell::Cell;
use std::sync::Mutex;

use chrono::Days;
use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use serde_json::{Value, json};
use so_nhan_ai::authz::token::Purpose;
use so_nhan_ai::authz::{Actor, Granted, Read, Record, Right, Role, Visit};
use so_nhan_ai::basics::Line;
use so_nhan_ai::db::DbError;
use so_nhan_ai::decisions::{self, Actions, Approval, Asked, Content, Matter, New, State, Verdict, inbox, persons::Notes};
use so_nhan_ai::house::errand::Errand;
use so_nhan_ai::house::persons::{Called, HoldsPersons, Mentioned};
use so_nhan_ai::http::{Kind, Lang, Problem, Span};
use so_nhan_ai::tree::{self, ChapterId};
use uuid::Uuid;

use crate::books::{audit, hold};
use crate::harness::{Account, TestApp};
use crate::look::all;

const PAYMENT: &decisions::Kind = &decisions::Kind {
    name: "TEST_PAYMENT",
    vi: "Chi thử",
    en: "A payment to try",
    shown_at: "/api/v1/test-payments/{id}",
    decided_at: "",
    actions: Actions {
        asked: "TEST_PAYMENT_ASKED",
        approved: "TEST_PAYMENT_APPROVED",
        refused: "TEST_PAYMENT_REFUSED",
        withdrawn: "TEST_PAYMENT_WITHDRAWN",
    },
};

/// A matter of nothing: it remembers what became of it.
#[derive(Default)]
struct Payment {
    /// The chapter whose approval carried it out, and the one that had confirmed before.
    done: Mutex<Vec<(ChapterId, Option<ChapterId>)>>,
    laid_aside: Mutex<Vec<State>>,
    fails: bool,
}

impl Matter for Payment {
    type Asks = Record;
    type Fault = Problem;

    fn kind(&self) -> &'static decisions::Kind {
        PAYMENT
    }

    fn carry_out(&self, _: &mut Visit<'_>, by: &Approval) -> Result<(), Problem> {
        if self.fails {
            return Err(Problem::new(Kind::Conflict));
        }
        let other = by.other_side.as_ref().map(Granted::chapter);
        self.done.lock().unwrap().push((by.grant.chapter(), other));
        Ok(())
    }

    fn lay_aside<R: Right>(&self, _: &mut Visit<'_>, _: &Granted<R>, state: State) -> Result<(), Problem> {
        self.laid_aside.lock().unwrap().push(state);
        Ok(())
    }
}

impl Payment {
    fn times(&self) -> usize {
        self.done.lock().unwrap().len()
    }
}

pub fn actor(app: &TestApp, account: Account) -> Actor {
    let caller = app.log_in(account);
    let claims = app.shared.tokens.verify(caller.token(), Purpose::Access, app.now()).unwrap();
    Actor { account: claims.subject, session: claims.session }
}

/// Work of somebody, in a transaction of its own.
pub fn by<T>(app: &TestApp, actor: Actor, work: impl FnOnce(&mut Visit<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
    app.shared.db.tx_blocking(|conn| work(&mut Visit::enter(conn, &app.shared.vault, app.now(), actor)?))
}

fn chapter(app: &TestApp, code: &str) -> ChapterId {
    app.shared.db.read_blocking(|conn| -> Result<_, DbError> { Ok(tree::place(conn, code)?.unwrap().id) }).unwrap()
}

/// What is asked at Hàm Liêm.
#[derive(Clone)]
struct Request {
    id: Uuid,
    amount: i64,
    text: &'static str,
    note: Option<&'static str>,
    with: Option<ChapterId>,
}

fn payment(amount: i64) -> Request {
    Request { id: Uuid::now_v7(), amount, text: "chi", note: None, with: None }
}

fn ask(app: &TestApp, who: Actor, request: &Request) -> Result<Asked, Problem> {
    let note = request.note.map(|text| Line::parse(text, 500).unwrap());
    by(app, who, |v| {
        let (grant, _) = v.at_code::<Record>("23095")?;
        let new = New {
            kind: PAYMENT,
            id: request.id,
            subject: request.id,
            about: Some("PC-1"),
            amount_vnd: Some(request.amount),
            not_by: &[],
            with: request.with,
        };
        Ok(decisions::ask(v, &grant, &new, Content { text: request.text, note: note.as_ref() })?)
    })
}

fn decide(app: &TestApp, who: Actor, matter: &Payment, id: Uuid, verdict: Verdict) -> Result<State, Kind> {
    by(app, who, |v| Ok(decisions::decide(v, matter, id, verdict)?)).map_err(|problem| problem.kind)
}

fn officer(app: &TestApp) -> Actor {
    actor(app, app.account(Role::Officer, "23095"))
}

fn chair(app: &TestApp, chapter: &str) -> Actor {
    actor(app, app.account(Role::ChapterChair, chapter))
}

/// A step of the chain of payments of a chapter.
fn rule(app: &TestApp, chapter: &str, from_vnd: i64, n: i16, level: Option<&str>) {
    let level = level.map_or("NULL".to_owned(), |level| format!("'{level}'"));
    app.database.execute(&format!(
        "INSERT INTO decision_rule (matter, chapter_id, from_vnd, n, level, valid_from, source)
         SELECT 'TEST_PAYMENT', id, {from_vnd}, {n}, {level}, '2026-01-01', 'quy chế chi tiêu nội bộ' FROM chapter WHERE code = '{chapter}'"
    ));
}

pub fn waits_at(app: &TestApp, chapter: &str) -> Vec<Value> {
    all(&app.chair_of(chapter), &format!("/api/v1/decisions?chapter={chapter}"), 50)
}

#[test]
fn what_is_asked_is_decided_once_by_somebody_else() {
    let app = TestApp::start();
    let (asker, matter) = (officer(&app), Payment::default());
    let request = Request { note: Some("gấp"), ..payment(1_000) };
    assert_eq!(ask(&app, asker, &request).unwrap_err().kind, Kind::Conflict, "nobody else may approve");
    let decider = chair(&app, "23095");
    assert_eq!(ask(&app, asker, &request).unwrap(), Asked::Now);
    assert_eq!(ask(&app, asker, &request).unwrap(), Asked::Before);
    for other in [Request { note: Some("khác"), ..request.clone() }, Request { text: "khác", ..request.clone() }] {
        assert_eq!(ask(&app, asker, &other).unwrap_err().kind, Kind::IdTaken);
    }
    // The note is for whoever decides.
    let note = |who| by(&app, who, |v| Ok(decisions::note_of(v, PAYMENT, request.id)?)).unwrap();
    assert_eq!((note(decider).as_deref(), note(asker)), (Some("gấp"), None));
    // The asker lacks the right; a stranger sees nothing; what is unknown is not there.
    assert_eq!(decide(&app, asker, &matter, request.id, Verdict::Approve), Err(Kind::Forbidden));
    assert_eq!(decide(&app, chair(&app, "23059"), &matter, request.id, Verdict::Approve), Err(Kind::NotFound));
    assert_eq!(decide(&app, decider, &matter, Uuid::now_v7(), Verdict::Approve), Err(Kind::NotFound));
    // What cannot be carried out is not approved.
    let failing = Payment { fails: true, ..Payment::default() };
    assert_eq!(decide(&app, decider, &failing, request.id, Verdict::Approve), Err(Kind::Conflict));
    assert_eq!(app.database.text("SELECT state FROM decision"), "ASKED");
    assert_eq!(decide(&app, decider, &matter, request.id, Verdict::Approve), Ok(State::Approved));
    assert_eq!(decide(&app, decider, &matter, request.id, Verdict::Approve), Ok(State::Approved), "said again");
    for otherwise in [Verdict::Refuse, Verdict::Withdraw] {
        let who = if otherwise == Verdict::Withdraw { asker } else { decider };
        assert_eq!(decide(&app, who, &matter, request.id, otherwise), Err(Kind::Conflict));
    }
    assert_eq!((matter.times(), matter.laid_aside.lock().unwrap().len()), (1, 0));
    assert_eq!(ask(&app, asker, &request).unwrap(), Asked::Before, "it is still the same request");
    let trail = "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_event WHERE action LIKE 'TEST_PAYMENT%'";
    assert_eq!(app.database.text(trail), "TEST_PAYMENT_ASKED TEST_PAYMENT_APPROVED");
    audit(&app);
}

#[test]
fn a_second_account_of_the_same_person_is_no_second_person() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let (asker, matter, request) = (actor(&app, account), Payment::default(), payment(1));
    let again = actor(&app, app.account_of(Some(account.officer), &[(Role::Accountant, "23095")]));
    assert_eq!(ask(&app, asker, &request).unwrap_err().kind, Kind::Conflict, "an account more is nobody more");
    chair(&app, "68");
    ask(&app, asker, &request).unwrap();
    for verdict in [Verdict::Approve, Verdict::Refuse] {
        assert_eq!(decide(&app, again, &matter, request.id, verdict), Err(Kind::Forbidden));
    }
    assert_eq!(app.database.text("SELECT c.code FROM decision d JOIN chapter c ON c.id = d.approver_chapter_id"), "68");
    assert!(waits_at(&app, "23095").is_empty());
    assert_eq!(waits_at(&app, "68")[0]["passed_up"], true);
    audit(&app);
}

#[test]
fn who_decides_needs_the_right_now_and_what_was_asked_rightly_stands() {
    let app = TestApp::start();
    let (asker, matter, request) = (officer(&app), Payment::default(), payment(1));
    let (gone, stays) = (chair(&app, "23095"), chair(&app, "23095"));
    ask(&app, asker, &request).unwrap();
    let end = |who: Actor| {
        app.database.execute(&format!(
            "UPDATE role_assignment SET ended_at = '{}' WHERE account_id = '{}'",
            app.now(),
            who.account
        ));
    };
    end(gone);
    assert_eq!(decide(&app, gone, &matter, request.id, Verdict::Approve), Err(Kind::NotFound));
    end(asker);
    app.database.execute(&format!("UPDATE account SET disabled_at = '{}' WHERE id = '{}'", app.now(), asker.account));
    assert_eq!(decide(&app, asker, &matter, request.id, Verdict::Withdraw), Err(Kind::Unauthenticated));
    assert_eq!(decide(&app, stays, &matter, request.id, Verdict::Approve), Ok(State::Approved));
    assert_eq!(matter.times(), 1);
    audit(&app);
}

#[test]
fn twice_at_once_is_once() {
    let app = TestApp::start();
    let (asker, matter, request) = (officer(&app), Payment::default(), payment(1));
    let deciders = [chair(&app, "23095"), chair(&app, "23095")];
    ask(&app, asker, &request).unwrap();
    let (held, id) = (hold(&app, "decision"), request.id);
    let states = std::thread::scope(|scope| {
        let threads = deciders.map(|who| {
            let (app, matter) = (&app, &matter);
            scope.spawn(move || decide(app, who, matter, id, Verdict::Approve))
        });
        held.release_when_waiting(&app, 2);
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(states, [Ok(State::Approved), Ok(State::Approved)]);
    assert_eq!(matter.times(), 1);
    // The same asked twice at once is asked once.
    let request = payment(2);
    let held = hold(&app, "decision");
    let mut asked = std::thread::scope(|scope| {
        let threads = [(), ()].map(|()| scope.spawn(|| ask(&app, asker, &request).unwrap()));
        held.release_when_waiting(&app, 2);
        threads.map(|thread| thread.join().unwrap())
    });
    asked.sort_by_key(|asked| *asked == Asked::Before);
    assert_eq!(asked, [Asked::Now, Asked::Before]);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'TEST_PAYMENT_ASKED'"), 2);
    audit(&app);
}

#[test]
fn the_chapter_that_asked_withdraws() {
    let app = TestApp::start();
    let (asker, matter, request) = (officer(&app), Payment::default(), payment(1));
    let decider = chair(&app, "23095");
    ask(&app, asker, &request).unwrap();
    assert_eq!(decide(&app, decider, &matter, request.id, Verdict::Withdraw), Err(Kind::Forbidden), "a chair does not record");
    let colleague = officer(&app);
    assert_eq!(decide(&app, colleague, &matter, request.id, Verdict::Withdraw), Ok(State::Withdrawn));
    assert_eq!(decide(&app, asker, &matter, request.id, Verdict::Withdraw), Ok(State::Withdrawn));
    for verdict in [Verdict::Approve, Verdict::Refuse] {
        assert_eq!(decide(&app, decider, &matter, request.id, verdict), Err(Kind::Conflict));
    }
    assert_eq!((matter.times(), matter.laid_aside.lock().unwrap().clone()), (0, vec![State::Withdrawn]));
    assert!(waits_at(&app, "23095").is_empty());
    audit(&app);
}

#[test]
fn an_erased_note_leaves_the_request_known() {
    let app = TestApp::start();
    let asker = officer(&app);
    chair(&app, "23095");
    let named = Request { note: Some("theo lời bà Đặng Thị Mất"), ..payment(1) };
    let other = Request { note: Some("theo lời ông Khác"), ..payment(1) };
    for request in [&named, &other] {
        ask(&app, asker, request).unwrap();
    }
    let of = Mentioned {
        called: Called { name: "Đặng Thị Mất".to_owned(), phone: None },
        chapters: vec![chapter(&app, "23095").0],
    };
    app.shared
        .db
        .tx_blocking(|conn| -> Result<(), DbError> {
            let mut errand = Errand { conn, now: app.now(), vault: &app.shared.vault };
            Notes.erase_mentions(&mut errand, &of).unwrap();
            Ok(())
        })
        .unwrap();
    let left = "SELECT string_agg(id::text, ' ') FROM decision WHERE note IS NOT NULL AND request_hash <> bare_hash";
    assert_eq!(app.database.text(left), other.id.to_string(), "one note is gone, and with it what it was hashed in");
    assert_eq!(ask(&app, asker, &named).unwrap(), Asked::Before);
    assert_eq!(ask(&app, asker, &Request { text: "khác", ..named.clone() }).unwrap_err().kind, Kind::IdTaken);
    assert!(app.database.refuses("UPDATE decision SET note = '\\x00' WHERE note IS NULL").contains("decision_decided_once"));
}

#[test]
fn a_chain_asks_by_amount_and_passes_up_a_step_without_a_second_person() {
    let app = TestApp::start();
    let (asker, matter) = (officer(&app), Payment::default());
    let (here, centre, other) = (chair(&app, "23095"), chair(&app, "TW"), chair(&app, "TW"));
    for (n, level) in [(1, None), (2, Some("PROVINCE")), (3, Some("CENTRAL"))] {
        rule(&app, "TW", 50_000_000, n, level);
    }
    let (small, large) = (payment(49_999_999), payment(50_000_000));
    for request in [&small, &large] {
        ask(&app, asker, request).unwrap();
    }
    assert_eq!(decide(&app, here, &matter, small.id, Verdict::Approve), Ok(State::Approved), "one step below the amount");
    // Who may approve above cannot jump the steps: the province's is theirs only because the province has nobody.
    assert_eq!(decide(&app, here, &matter, large.id, Verdict::Approve), Ok(State::Asked));
    assert_eq!(decide(&app, here, &matter, large.id, Verdict::Approve), Ok(State::Asked), "said again, nothing more");
    assert_eq!(decide(&app, chair(&app, "23095"), &matter, large.id, Verdict::Approve), Err(Kind::Forbidden));
    assert!(waits_at(&app, "23095").is_empty());
    let waiting = waits_at(&app, "TW");
    let seen = ["matter", "step", "steps", "passed_up", "chapter", "approver_chapter"].map(|name| waiting[0][name].clone());
    assert_eq!(seen, [json!("TEST_PAYMENT"), json!(2), json!(3), json!(true), json!("23095"), json!("TW")]);
    let passed = "SELECT detail->>'passed_up' FROM audit_event WHERE action = 'DECISION_STEP_APPROVED' ORDER BY id DESC LIMIT 1";
    assert_eq!(app.database.text(passed), "true");
    assert_eq!(decide(&app, centre, &matter, large.id, Verdict::Approve), Ok(State::Asked));
    assert_eq!((waits_at(&app, "TW")[0]["step"].clone(), waits_at(&app, "TW")[0]["passed_up"].clone()), (json!(3), json!(false)));
    assert_eq!(matter.times(), 1, "only the small one");
    assert_eq!(decide(&app, centre, &matter, large.id, Verdict::Refuse), Err(Kind::Forbidden), "every step is another person's");
    assert_eq!(decide(&app, other, &matter, large.id, Verdict::Approve), Ok(State::Approved));
    assert_eq!(matter.times(), 2);
    // It is carried out at the chapter that asked, whoever had the last word.
    assert_eq!(matter.done.lock().unwrap()[1], (chapter(&app, "23095"), None));
    audit(&app);
    for sql in [
        "UPDATE decision_step SET decided_by = NULL, decided_at = NULL",
        "UPDATE decision_step SET chapter_id = of_chapter_id, n = n + 10",
    ] {
        assert!(app.database.refuses(sql).contains("decision_step_decided_once"), "{sql}");
    }
}

#[test]
fn a_chain_stops_where_nobody_is_left_and_a_no_ends_it() {
    let app = TestApp::start();
    let (asker, matter) = (officer(&app), Payment::default());
    let centre = chair(&app, "TW");
    rule(&app, "68", 0, 1, Some("PROVINCE"));
    rule(&app, "68", 0, 2, Some("CENTRAL"));
    let request = payment(1);
    ask(&app, asker, &request).unwrap();
    // The one person there is would be both steps.
    assert_eq!(decide(&app, centre, &matter, request.id, Verdict::Approve), Err(Kind::Conflict));
    assert_eq!(app.database.number("SELECT count(*) FROM decision_step WHERE decided_at IS NULL"), 2, "nothing was kept of it");
    let province = chair(&app, "68");
    assert_eq!(decide(&app, province, &matter, request.id, Verdict::Approve), Ok(State::Asked));
    assert_eq!(decide(&app, centre, &matter, request.id, Verdict::Refuse), Ok(State::Refused));
    assert_eq!((matter.times(), matter.laid_aside.lock().unwrap().clone()), (0, vec![State::Refused]));
    // A rule of yesterday or of tomorrow asks for nothing.
    let (yesterday, tomorrow) = (app.today() - Days::new(1), app.today() + Days::new(1));
    app.database.execute(&format!("UPDATE decision_rule SET valid_to = '{yesterday}'"));
    rule(&app, "68", 0, 3, Some("CENTRAL"));
    app.database.execute(&format!("UPDATE decision_rule SET valid_from = '{tomorrow}' WHERE n = 3"));
    let request = payment(1);
    ask(&app, asker, &request).unwrap();
    assert_eq!(decide(&app, province, &matter, request.id, Verdict::Approve), Ok(State::Approved));
    audit(&app);
}

#[test]
fn a_middle_step_goes_up_when_its_person_has_spoken_or_left() {
    let app = TestApp::start();
    let (asker, matter) = (officer(&app), Payment::default());
    let (centre, other) = (chair(&app, "TW"), chair(&app, "TW"));
    for (n, level) in [(1, None), (2, Some("PROVINCE")), (3, Some("CENTRAL"))] {
        rule(&app, "TW", 0, n, level);
    }
    // One person answers for the commune and for the province: they are one step.
    let here = app.account(Role::ChapterChair, "23095");
    let both = app.account_of(Some(here.officer), &[(Role::ChapterChair, "68")]);
    let (here, above) = (actor(&app, here), actor(&app, both));
    let leaves = chair(&app, "68");
    let request = payment(1);
    ask(&app, asker, &request).unwrap();
    app.database.execute(&format!(
        "UPDATE role_assignment SET ended_at = '{}' WHERE account_id = '{}'",
        app.now(),
        leaves.account
    ));
    assert_eq!(decide(&app, here, &matter, request.id, Verdict::Approve), Ok(State::Asked));
    assert_eq!(decide(&app, above, &matter, request.id, Verdict::Approve), Ok(State::Asked), "said before, and no step more");
    assert_eq!(decide(&app, above, &matter, request.id, Verdict::Refuse), Err(Kind::Forbidden));
    assert!(waits_at(&app, "68").is_empty());
    let waiting = waits_at(&app, "TW");
    assert_eq!((&waiting[0]["step"], &waiting[0]["passed_up"]), (&json!(2), &json!(true)));
    for (who, state) in [(centre, State::Asked), (other, State::Approved)] {
        assert_eq!(decide(&app, who, &matter, request.id, Verdict::Approve), Ok(state));
    }
    assert_eq!(matter.times(), 1);
    audit(&app);
}

#[test]
fn what_two_chapters_do_both_confirm() {
    let app = TestApp::start();
    let (asker, matter) = (officer(&app), Payment::default());
    let (from, to) = (chair(&app, "23095"), chair(&app, "23059"));
    let request = Request { with: Some(chapter(&app, "23059")), ..payment(5) };
    ask(&app, asker, &request).unwrap();
    assert_eq!(decide(&app, to, &matter, request.id, Verdict::Approve), Err(Kind::NotFound), "the side that asks comes first");
    assert_eq!(decide(&app, from, &matter, request.id, Verdict::Approve), Ok(State::Asked));
    assert_eq!(matter.times(), 0);
    assert_eq!(decide(&app, chair(&app, "23095"), &matter, request.id, Verdict::Approve), Err(Kind::Forbidden));
    let waiting = waits_at(&app, "23059");
    assert_eq!((&waiting[0]["chapter"], &waiting[0]["passed_up"]), (&json!("23095"), &json!(false)));
    // Who has confirmed for one side does not for the other, whatever account they use.
    let person = app.database.text(&format!("SELECT officer_id FROM account WHERE id = '{}'", from.account)).parse().unwrap();
    let again = actor(&app, app.account_of(Some(person), &[(Role::ChapterChair, "23059")]));
    assert_eq!(decide(&app, again, &matter, request.id, Verdict::Approve), Err(Kind::NotFound), "said at the other chapter");
    assert_eq!(decide(&app, again, &matter, request.id, Verdict::Refuse), Err(Kind::Forbidden));
    assert_eq!(matter.times(), 0);
    // What was confirmed stands when the right behind it has ended.
    let role = format!("role_assignment SET ended_at = '{}' WHERE account_id = '{}'", app.now(), from.account);
    app.database.execute(&format!("UPDATE {role}"));
    assert_eq!(decide(&app, to, &matter, request.id, Verdict::Approve), Ok(State::Approved));
    assert_eq!(matter.done.lock().unwrap().clone(), [(chapter(&app, "23059"), Some(chapter(&app, "23095")))]);
    let from = chair(&app, "23095");
    // The other side may say no, and the one that asked may withdraw until both have said yes.
    for (who, verdict, state) in [(to, Verdict::Refuse, State::Refused), (asker, Verdict::Withdraw, State::Withdrawn)] {
        let request = Request { id: Uuid::now_v7(), ..request.clone() };
        ask(&app, asker, &request).unwrap();
        decide(&app, from, &matter, request.id, Verdict::Approve).unwrap();
        assert_eq!(decide(&app, who, &matter, request.id, verdict), Ok(state));
    }
    assert_eq!(matter.times(), 1);
    audit(&app);
}

/// Statements of one page of the inbox.
fn statements(app: &TestApp, who: Actor, rows: i64) -> (usize, usize) {
    thread_local!(static ASKED: Cell<usize> = const { Cell::new(0) });
    let mut conn = app.database.connect();
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { .. } = event {
            ASKED.set(ASKED.get() + 1);
        }
    });
    let mut v = Visit::enter(&mut conn, &app.shared.vault, app.now(), who).unwrap();
    ASKED.set(0);
    let (here, _) = v.see_code::<Read>("23095").unwrap();
    let found = inbox::waiting(&mut v, &here, Span { after: None, rows }).unwrap();
    let shown = inbox::shown(&mut v, |name: &str| (name == PAYMENT.name).then_some(PAYMENT), Lang::Vi, found).unwrap();
    assert!(shown.iter().all(|row| row.subject == "Chi thử PC-1"));
    (shown.len(), ASKED.get())
}

#[test]
fn fifty_rows_take_as_many_statements_as_one() {
    let app = TestApp::start();
    let (asker, reader) = (officer(&app), chair(&app, "23095"));
    rule(&app, "TW", 40, 1, None);
    rule(&app, "TW", 40, 2, Some("CENTRAL"));
    chair(&app, "TW");
    for n in 0..50 {
        ask(&app, asker, &payment(n)).unwrap();
    }
    let (one, many) = (statements(&app, reader, 1), statements(&app, reader, 50));
    assert_eq!((one.0, many.0), (1, 50));
    assert_eq!(one.1, many.1);
}
