//! Data steps: each batch is done once, however often and wherever whoever does it is killed.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use so_nhan_ai::basics::Clock;
use so_nhan_ai::upkeep::UpkeepError;
use so_nhan_ai::upkeep::audit::audit_in;
use so_nhan_ai::upkeep::steps::{self, Moment, STEPS, Step};
use so_nhan_ai::vault::steps::{Note, StepError, Stepped, Work};
use so_nhan_ai::vault::{Vault, VaultKeys};

use crate::harness::Database;

const ROWS: i64 = 7;

/// Adds one to every row, in order of number.
fn add_one(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let after: i64 = progress.map_or(0, |text| text.parse().unwrap());
    let rows: Vec<Row> = diesel::sql_query("UPDATE scratch SET v = v + 1 WHERE n > $1 AND n <= $1 + $2 RETURNING n")
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(work.most)
        .load(conn)?;
    let last = rows.iter().map(|row| row.n).max();
    Ok(Stepped {
        next: last.filter(|last| *last < ROWS).map(|last| last.to_string()),
        looked_at: rows.len() as u64,
        changed: rows.len() as u64,
        notes: rows.iter().map(|row| Note { subject: row.n.to_string(), did: "one more".to_owned() }).collect(),
    })
}

/// Fails until it is asked for the third time.
fn third_time(_: &mut PgConnection, _: &Work<'_>, _: Option<&str>) -> Result<Stepped, StepError> {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    match ASKED.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Err(StepError::Other("not yet".to_owned())),
        _ => Ok(Stepped::default()),
    }
}

const OURS: &[Step] = &[Step { name: "add-one", batch: add_one }, Step { name: "third-time", batch: third_time }];

#[test]
fn a_step_that_is_killed_anywhere_does_every_row_once() {
    let database = Database::fresh();
    let mut conn = database.connect();
    conn.batch_execute(&format!("CREATE TABLE scratch AS SELECT n::bigint, 0::bigint AS v FROM generate_series(1, {ROWS}) n"))
        .unwrap();
    let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
    let clock = Clock::set_to("2026-11-29T03:00:00Z".parse().unwrap());
    // Killed at every moment: before and after the commit of each batch, and again at the same one.
    let (mut kills, mut last) = (0, None);
    loop {
        let mut once = false;
        let mut kill = |moment: Moment, name: &'static str, looked_at: u64| {
            let here = (moment, name, looked_at);
            if name == "add-one" && !once && last != Some(here) {
                (once, last) = (true, Some(here));
                return Err(UpkeepError::Refused("killed".to_owned()));
            }
            Ok(())
        };
        match steps::run_on(&mut conn, OURS, &vault, &clock, 2, &mut kill) {
            Ok(()) => break,
            Err(UpkeepError::Refused(why)) if why == "killed" => kills += 1,
            Err(error) => assert!(error.to_string().contains("third-time") && error.to_string().contains("not yet"), "{error}"),
        }
        assert!(kills < 40, "it never ends");
    }
    assert!(kills >= 8, "{kills}");
    assert_eq!(database.number("SELECT count(*) FROM scratch WHERE v = 1"), ROWS);
    assert_eq!(database.number("SELECT count(*) FROM data_step_note"), ROWS, "what was undone is not told either");
    let all = steps::store::all(&mut conn).unwrap();
    let ours = |name: &str| all.iter().find(|row| row.name == name).unwrap();
    assert_eq!((ours("add-one").looked_at, ours("add-one").changed, ours("third-time").looked_at), (ROWS, ROWS, 0));
    assert!(ours("add-one").done_at.is_some() && ours("add-one").progress.is_none());
    steps::run_on(&mut conn, OURS, &vault, &clock, 2, &mut |_, _, _| panic!("there is nothing left to do")).unwrap();
}

#[test]
fn the_audit_names_a_step_that_is_not_done() {
    let database = Database::fresh();
    let mut conn = database.connect();
    assert_eq!(steps::pending(&mut conn).unwrap(), Vec::<&str>::new(), "a new database is up to date");
    for step in STEPS {
        conn.batch_execute("UPDATE data_step SET done_at = NULL").unwrap();
        let report = audit_in(&mut conn, None, 100, None).unwrap();
        assert!(report.findings.iter().any(|f| f.check == "data_step" && f.subject == step.name), "{:?}", report.findings);
    }
    conn.batch_execute("UPDATE data_step SET changed = 1, done_at = now()").unwrap();
    if !STEPS.is_empty() {
        let down = include_str!("../../migrations/2026-11-29-020000_data_steps/down.sql");
        let refused = conn.batch_execute(down).unwrap_err().to_string();
        assert!(refused.contains(STEPS[0].name) && refused.contains("backup"), "{refused}");
    }
}
