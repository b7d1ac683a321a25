//! Work behind the requests: there if and only if what asked for it is, done once, gone on with wherever it was left,
//! and never silent when it comes to nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::token::Purpose;
use so_nhan_ai::authz::{Actor, Record, Role, Visit};
use so_nhan_ai::changes::{self, Change};
use so_nhan_ai::db::worker::Worker;
use so_nhan_ai::db::{Db, DbError};
use so_nhan_ai::house::feed::Feed;
use so_nhan_ai::http::Problem;
use so_nhan_ai::jobs::{self, Enqueued, Failure, Handler, JobKind, Lane, NewJob, Work, worker};
use so_nhan_ai::tree::{self, ChapterId};
use uuid::Uuid;

use crate::harness::{Caller, TestApp, eventually};

static COUNTED: Feed = Feed { kind: "COUNTED", read_at: "/jobs/{id}" };
static COUNT: JobKind = JobKind { most_attempts: 3, ..JobKind::own("COUNT_TO_FIVE") };

fn job(app: &TestApp) -> NewJob {
    NewJob { id: Uuid::now_v7(), kind: &COUNT, content: json!({"to": 5}), total: Some(5), due_at: app.now(), url: None }
}

fn chapter(app: &TestApp, code: &str) -> ChapterId {
    app.shared.db.read_blocking(|conn| -> Result<_, DbError> { tree::place(conn, code) }).unwrap().unwrap().id
}

/// Enqueues for Hàm Liêm, in a transaction of its own.
fn enqueue(app: &TestApp) -> Uuid {
    let (job, here) = (job(app), chapter(app, "23095"));
    app.shared
        .db
        .tx_blocking(|conn| -> Result<_, DbError> { jobs::enqueue_for_house(conn, app.now(), Some(here), &job) })
        .unwrap();
    job.id
}

/// Enqueues as this officer would.
fn enqueue_by(app: &TestApp, officer: &Caller<'_>, job: &NewJob) -> Enqueued {
    let claims = app.shared.tokens.verify(officer.token(), Purpose::Access, app.now()).unwrap();
    let actor = Actor { account: claims.subject, session: claims.session };
    let here = chapter(app, "23095");
    app.shared
        .db
        .tx_blocking(|conn| -> Result<_, Problem> {
            let mut v = Visit::enter(conn, &app.shared.vault, app.now(), actor)?;
            let granted = v.at::<Record>(here)?;
            Ok(jobs::enqueue(v.conn, &granted, app.now(), job)?)
        })
        .unwrap()
}

fn work_with(app: &TestApp, db: &Db, run: impl Fn(&mut Work<'_>) -> Result<(), Failure> + Send + Sync + 'static) -> Worker {
    worker::start(db.clone(), app.clock.clone(), &[Handler::new(&COUNT, run)], Lane::Own).unwrap()
}

/// Counts on to the end, leaving a row for every number; what happens at each is given.
fn count_on(work: &mut Work<'_>, at: impl Fn(i64) -> Result<(), Failure>) -> Result<(), Failure> {
    let (id, here) = (work.id(), work.chapter().unwrap());
    while work.progress().done < work.content()["to"].as_i64().unwrap() {
        work.step(|conn, progress| {
            progress.done += 1;
            progress.at = json!(progress.done);
            changes::note(conn, &[Change::of(&COUNTED, here, format!("{id}/{}", progress.done))])?;
            at(progress.done)
        })?;
    }
    Ok(())
}

/// How often each number of a job was counted.
fn counted(app: &TestApp, id: Uuid) -> String {
    app.database.text(&format!(
        "SELECT coalesce(string_agg(subject || '×' || n, ' ' ORDER BY subject), '') FROM
         (SELECT replace(subject, '{id}/', '') AS subject, count(*) AS n FROM change_feed, unnest(subjects) subject WHERE subject LIKE '{id}%' GROUP BY 1) s"
    ))
}

const ALL_ONCE: &str = "1×1 2×1 3×1 4×1 5×1";

fn state(app: &TestApp, id: Uuid) -> String {
    app.database.text(&format!("SELECT state || ' ' || attempts FROM job WHERE id = '{id}'"))
}

fn path(id: Uuid) -> String {
    format!("/api/v1/jobs/{id}")
}

#[test]
fn a_job_is_there_exactly_if_what_asked_for_it_is() {
    let app = TestApp::start();
    let (officer, here) = (app.officer_of("23095"), chapter(&app, "23095"));
    let lost = job(&app);
    let undone = app.shared.db.tx_blocking(|conn| -> Result<(), DbError> {
        jobs::enqueue_for_house(conn, app.now(), Some(here), &lost)?;
        Err(DbError::Busy)
    });
    assert!(undone.is_err());
    assert_eq!(app.database.number("SELECT count(*) FROM job"), 0);

    let new = job(&app);
    assert_eq!(enqueue_by(&app, &officer, &new), Enqueued::New);
    assert_eq!(enqueue_by(&app, &officer, &new), Enqueued::Known, "asked twice, there once");
    let waiting = officer.get(&path(new.id), 200);
    assert_eq!((&waiting["state"], &waiting["done"], &waiting["total"]), (&json!("WAITING"), &json!(0), &json!(5)));
    let _worker = work_with(&app, &app.shared.db, |work| count_on(work, |_| Ok(())));
    eventually("the job is done", || officer.get(&path(new.id), 200)["state"] == "DONE");
    let done = officer.get(&path(new.id), 200);
    assert_eq!((&done["done"], &done["errors"], &done["chapter"]), (&json!(5), &json!(0), &json!("23095")));
    assert!(done["trouble"].is_null() && done["ended_at"].is_string());
    assert_eq!(counted(&app, new.id), ALL_ONCE);

    app.chair_of("23095").get(&path(new.id), 200);
    app.staff(Role::Inspector, "68").get(&path(new.id), 200);
    app.officer_of("23059").get(&path(new.id), 404);
    app.anonymous().get(&path(new.id), 401);
    officer.get(&path(Uuid::now_v7()), 404);
}

#[test]
fn what_belongs_to_no_chapter_is_the_central_administrators() {
    let app = TestApp::start();
    let new = job(&app);
    app.shared.db.tx_blocking(|conn| -> Result<_, DbError> { jobs::enqueue_for_house(conn, app.now(), None, &new) }).unwrap();
    let centre = app.database.text("SELECT code FROM chapter WHERE parent_id IS NULL");
    app.staff(Role::CentralAdministrator, &centre).get(&path(new.id), 200);
    app.staff(Role::Inspector, &centre).get(&path(new.id), 403);
    app.officer_of("23095").get(&path(new.id), 404);
    let listed = |caller: &Caller<'_>, chapter: &str| {
        let list = caller.get(&format!("/api/v1/jobs?chapter={chapter}&state=WAITING"), 200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(listed(&app.staff(Role::CentralAdministrator, &centre), &centre), 1);
    assert_eq!(listed(&app.staff(Role::ProvincialAdministrator, "68"), "68"), 0);
}

#[test]
fn a_job_that_always_fails_is_dead_in_the_end_and_an_administrator_begins_it_again() {
    let app = TestApp::start();
    let id = enqueue(&app);
    let away = Arc::new(AtomicBool::new(true));
    let server = Arc::clone(&away);
    let _worker = work_with(&app, &app.shared.db, move |work| {
        if server.load(Ordering::Acquire) { Err(Failure::Again("SERVER_AWAY")) } else { count_on(work, |_| Ok(())) }
    });
    for attempt in 1..3 {
        eventually("an attempt failed", || state(&app, id) == format!("WAITING {attempt}"));
        app.database.wait_until(&format!("SELECT lease IS NULL AND trouble = 'SERVER_AWAY' FROM job WHERE id = '{id}'"));
        app.clock.advance(Duration::hours(1));
    }
    eventually("it is dead", || state(&app, id) == "DEAD 3");

    let (officer, administrator) = (app.officer_of("23095"), app.staff(Role::ProvincialAdministrator, "68"));
    let dead = |caller: &Caller<'_>| caller.get("/api/v1/jobs?chapter=68", 200)["items"].as_array().unwrap().clone();
    assert_eq!(dead(&administrator).len(), 1);
    assert_eq!((&dead(&administrator)[0]["id"], &dead(&administrator)[0]["trouble"]), (&json!(id), &json!("SERVER_AWAY")));
    app.chair_of("68").get("/api/v1/jobs?chapter=68", 403);
    officer.get("/api/v1/jobs?chapter=68", 404);
    assert!(app.anonymous().get_text("/metrics", 200).contains("sna_jobs_dead 1.0\n"));

    officer.post(&format!("{}/retry", path(id)), Value::Null, 403);
    away.store(false, Ordering::Release);
    let again = administrator.with("idempotency-key", "again-1");
    again.post(&format!("{}/retry", path(id)), Value::Null, 200);
    eventually("it is done", || officer.get(&path(id), 200)["state"] == "DONE");
    assert_eq!(counted(&app, id), ALL_ONCE);
    let noted = "SELECT count(*) FROM audit_event WHERE action = 'JOB_RETRIED'";
    assert_eq!(app.database.number(noted), 1);
    administrator.post(&format!("{}/retry", path(id)), Value::Null, 409);
    assert_eq!(app.database.number(noted), 1);
    assert_eq!(dead(&administrator).len(), 0);
    assert!(app.anonymous().get_text("/metrics", 200).contains("sna_jobs_dead 0.0\n"));
}

/// Looking at what is to be done is no progress: what fails behind it, fails.
#[test]
fn a_job_that_looks_before_it_fails_comes_to_an_end() {
    let app = TestApp::start();
    let id = enqueue(&app);
    let _worker = work_with(&app, &app.shared.db, |work| {
        work.look(|conn| Ok(tree::centre(conn)?))?;
        Err(Failure::Again("SERVER_AWAY"))
    });
    eventually("it is dead", || {
        app.clock.advance(Duration::minutes(1));
        state(&app, id) == "DEAD 3"
    });
}

#[test]
fn a_step_is_whole_or_did_not_happen() {
    let app = TestApp::start();
    let id = enqueue(&app);
    let falls = Arc::new(AtomicUsize::new(0));
    let fallen = Arc::clone(&falls);
    // At every number it breaks off once in one way and once in another, in the middle of the step.
    let _worker = work_with(&app, &app.shared.db, move |work| {
        count_on(work, |_| match fallen.fetch_add(1, Ordering::AcqRel) % 3 {
            0 => panic!("as handlers do"),
            1 => Err(Failure::Again("TRIPPED")),
            _ => Ok(()),
        })
    });
    eventually("it got there", || {
        app.clock.advance(Duration::minutes(10));
        state(&app, id).starts_with("DONE")
    });
    assert_eq!(counted(&app, id), ALL_ONCE);
    assert_eq!(falls.load(Ordering::Acquire), 15, "two failures a step are no failures of the job: it went on");
}

#[test]
fn two_servers_take_every_job_once() {
    let app = TestApp::start();
    let ids: Vec<Uuid> = (0..40).map(|_| enqueue(&app)).collect();
    let taken: Arc<Mutex<BTreeMap<Uuid, usize>>> = Arc::default();
    let workers: Vec<Worker> = (0..4)
        .map(|_| {
            let (taken, db) = (Arc::clone(&taken), Db::connect(&app.database.url(), None, 1));
            work_with(&app, &db, move |work| {
                *taken.lock().unwrap().entry(work.id()).or_default() += 1;
                count_on(work, |_| Ok(()))
            })
        })
        .collect();
    eventually("all are done", || app.database.number("SELECT count(*) FROM job WHERE state = 'DONE'") == 40);
    drop(workers);
    assert!(taken.lock().unwrap().values().all(|times| *times == 1), "{taken:?}");
    for id in ids {
        assert_eq!(counted(&app, id), ALL_ONCE);
    }
}

#[test]
fn whoever_comes_back_after_its_lease_has_lost_the_job() {
    let app = TestApp::start();
    let id = enqueue(&app);
    let (arrive, arrived) = mpsc::channel();
    let (wake, woken) = mpsc::channel::<()>();
    let (arrive, woken) = (Mutex::new(arrive), Mutex::new(woken));
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let slow = work_with(&app, &Db::connect(&app.database.url(), None, 1), move |work| {
        work.step(|_, progress| {
            progress.done = 1;
            Ok(())
        })?;
        arrive.lock().unwrap().send(()).unwrap();
        woken.lock().unwrap().recv().unwrap();
        let outcome = count_on(work, |_| Ok(()));
        tell.lock().unwrap().send(matches!(outcome, Err(Failure::Lost))).unwrap();
        outcome
    });
    arrived.recv().unwrap();
    assert_eq!(app.officer_of("23095").get(&path(id), 200)["state"], "RUNNING");
    app.clock.advance(Duration::seconds(COUNT.lease + 1));
    let quick = work_with(&app, &app.shared.db, |work| count_on(work, |_| Ok(())));
    eventually("another has done it", || state(&app, id).starts_with("DONE"));
    wake.send(()).unwrap();
    assert!(told.recv().unwrap(), "the first learns that the job is no longer its");
    drop((slow, quick));
    assert!(state(&app, id).starts_with("DONE"));
    assert_eq!(counted(&app, id), "2×1 3×1 4×1 5×1");
}

#[test]
fn a_server_that_stops_gives_its_job_back_at_once() {
    let app = TestApp::start();
    let id = enqueue(&app);
    let (arrive, arrived) = mpsc::channel();
    let arrive = Mutex::new(arrive);
    let stopping = work_with(&app, &app.shared.db, move |work| {
        loop {
            work.step(|_, _| Ok(()))?;
            // Nobody listens any more once one step was seen.
            let _ = arrive.lock().unwrap().send(());
        }
    });
    arrived.recv().unwrap();
    drop(stopping);
    assert_eq!(state(&app, id), "WAITING 0");
    let _next = work_with(&app, &app.shared.db, |work| count_on(work, |_| Ok(())));
    eventually("the next goes on without waiting for a lease", || state(&app, id).starts_with("DONE"));
    assert_eq!(counted(&app, id), ALL_ONCE);
}

#[test]
fn a_job_that_kills_its_worker_comes_to_an_end() {
    let app = TestApp::start();
    let id = enqueue(&app);
    // What remains of workers that died: taken, never given back, the lease over.
    app.database.execute(&format!("UPDATE job SET attempts = 3, lease = gen_random_uuid() WHERE id = '{id}'"));
    let _worker = work_with(&app, &app.shared.db, |_| panic!("it must not be tried again"));
    eventually("it is dead", || state(&app, id) == "DEAD 4");
    assert_eq!(app.database.text(&format!("SELECT trouble FROM job WHERE id = '{id}'")), "WORKER_DIED");
}

#[test]
fn ended_jobs_are_kept_for_a_while() {
    let app = TestApp::start();
    let (old, young) = (enqueue(&app), enqueue(&app));
    app.database.execute(&format!(
        "UPDATE job SET state = 'DONE', ended_at = timestamptz '{}' - CASE id WHEN '{old}' THEN interval '31 days' ELSE interval '29 days' END",
        app.now()
    ));
    let _worker = work_with(&app, &app.shared.db, |_| Ok(()));
    eventually("the old one is forgotten", || app.database.number("SELECT count(*) FROM job") == 1);
    assert!(state(&app, young).starts_with("DONE"));
}
