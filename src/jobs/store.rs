//! Jobs in the database.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

use super::model::{JobKind, Progress};
use super::shown::JobRow;
use crate::authz::{Appoint, Granted, Right, Seen};
use crate::db::DbError;
use crate::db::schema::job;
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree;

/// What ended well is kept for so long, for whoever asks how it went.
const KEPT_DONE: Duration = Duration::days(30);
/// What ended badly is kept longer: somebody has to look at it.
const KEPT_DEAD: Duration = Duration::days(180);

/// Work to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// A name of the caller's, so that asking twice makes one job.
    pub id: Uuid,
    pub kind: &'static JobKind,
    /// What the handler needs to know: ids, never persons.
    pub content: Value,
    /// Pieces there are, if known.
    pub total: Option<i64>,
    /// Not before this moment.
    pub due_at: DateTime<Utc>,
    /// Where what it is about is shown, as a path of the API.
    pub url: Option<String>,
}

/// Whether a job is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    New,
    /// A job of this id is known, whatever has become of it.
    Known,
}

/// Writes a job of the granted chapter, asked for by whoever holds the grant. Whoever may read the chapter sees how far it is.
pub fn enqueue<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    new: &NewJob,
) -> Result<Enqueued, DbError> {
    insert(conn, now, new, Some(by.chapter().0), Some(by.account()))
}

/// Writes a job that nobody asked for by name. Only the administrators of the whole house see it; with a chapter, whoever
/// may read that too.
pub fn enqueue_for_house(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    chapter: Option<tree::ChapterId>,
    new: &NewJob,
) -> Result<Enqueued, DbError> {
    insert(conn, now, new, chapter.map(|chapter| chapter.0), None)
}

fn insert(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    new: &NewJob,
    chapter: Option<Uuid>,
    account: Option<Uuid>,
) -> Result<Enqueued, DbError> {
    let written = diesel::insert_into(job::table)
        .values((
            job::id.eq(new.id),
            job::kind.eq(new.kind.name),
            job::chapter_id.eq(chapter),
            job::account_id.eq(account),
            job::content.eq(&new.content),
            job::state.eq("WAITING"),
            job::enqueued_at.eq(now),
            job::due_at.eq(new.due_at.max(now)),
            job::attempts.eq(0),
            job::done.eq(0),
            job::total.eq(new.total),
            job::errors.eq(0),
            job::url.eq(new.url.as_deref()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(if written == 1 { Enqueued::New } else { Enqueued::Known })
}

/// A job that this worker has taken.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub id: Uuid,
    pub lease: Uuid,
    pub kind: String,
    pub chapter: Option<Uuid>,
    pub account: Option<Uuid>,
    pub content: Value,
    /// This one included.
    pub attempts: i32,
    pub progress: Progress,
}

statement! {
    struct Take {
        lease: Uuid => SqlUuid,
        now: DateTime<Utc> => Timestamptz,
        kinds: Vec<&'static str> => Array<Text>,
        leases: Vec<i64> => Array<BigInt>,
        due: DateTime<Utc> => Timestamptz,
        own: Vec<&'static str> => Array<Text>,
    } -> (SqlUuid, Text, Nullable<SqlUuid>, Nullable<SqlUuid>, Jsonb, Integer, BigInt, Nullable<BigInt>, BigInt, Nullable<Jsonb>),
    "UPDATE job SET lease = ?, attempts = job.attempts + 1,
        due_at = ? + make_interval(secs => (SELECT k.lease FROM unnest(?::text[], ?::bigint[]) k(kind, lease) WHERE k.kind = job.kind))
     WHERE id = (SELECT id FROM job WHERE state = 'WAITING' AND due_at <= ? AND kind = ANY(?)
                 ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, kind, chapter_id, account_id, content, attempts, done, total, errors, step"
}

/// Takes the job that has been due longest, of these kinds, if nobody else has it.
pub(super) fn take(conn: &mut PgConnection, now: DateTime<Utc>, kinds: &[&'static JobKind]) -> Result<Option<Taken>, DbError> {
    type Row = (Uuid, String, Option<Uuid>, Option<Uuid>, Value, i32, i64, Option<i64>, i64, Option<Value>);
    let lease = Uuid::new_v4();
    let names: Vec<&'static str> = kinds.iter().map(|kind| kind.name).collect();
    let leases: Vec<i64> = kinds.iter().map(|kind| kind.lease().num_seconds()).collect();
    let row: Option<Row> =
        Take { lease: &lease, now: &now, kinds: &names, leases: &leases, due: &now, own: &names }.get_result(conn).optional()?;
    Ok(row.map(|(id, kind, chapter, account, content, attempts, done, total, errors, at)| Taken {
        id,
        lease,
        kind,
        chapter,
        account,
        content,
        attempts,
        progress: Progress { done, total, errors, at: at.unwrap_or_default() },
    }))
}

/// Locks a job for the end of this transaction; `false` when the lease is no longer ours.
pub(super) fn hold(conn: &mut PgConnection, id: Uuid, lease: Uuid) -> Result<bool, DbError> {
    let held: Option<Uuid> =
        job::table.find(id).filter(job::lease.eq(lease)).select(job::id).for_update().first(conn).optional()?;
    Ok(held.is_some())
}

/// Notes how far a held job is; the attempts are counted anew, for it goes on.
pub(super) fn note(conn: &mut PgConnection, id: Uuid, until: DateTime<Utc>, progress: &Progress) -> Result<(), DbError> {
    diesel::update(job::table.find(id))
        .set((
            job::due_at.eq(until),
            job::attempts.eq(1),
            job::done.eq(progress.done),
            job::total.eq(progress.total),
            job::errors.eq(progress.errors),
            job::step.eq(Some(&progress.at).filter(|at| !at.is_null())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends a job, or gives it back to be due at another moment; nothing happens when the lease is no longer ours.
pub(super) fn release(conn: &mut PgConnection, taken: &Taken, end: &End) -> Result<bool, DbError> {
    let ours = job::table.find(taken.id).filter(job::lease.eq(taken.lease));
    let nobody = job::lease.eq(None::<Uuid>);
    let changed = match end {
        End::Done(at) => diesel::update(ours)
            .set((nobody, job::state.eq("DONE"), job::ended_at.eq(Some(*at)), job::trouble.eq(None::<&str>)))
            .execute(conn)?,
        End::Dead(at, trouble) => diesel::update(ours)
            .set((nobody, job::state.eq("DEAD"), job::ended_at.eq(Some(*at)), job::trouble.eq(Some(*trouble))))
            .execute(conn)?,
        End::Later(due, trouble) => {
            diesel::update(ours).set((nobody, job::due_at.eq(*due), job::trouble.eq(Some(*trouble)))).execute(conn)?
        }
        End::Uncounted(due, attempts) => {
            diesel::update(ours).set((nobody, job::due_at.eq(*due), job::attempts.eq(*attempts))).execute(conn)?
        }
    };
    Ok(changed == 1)
}

/// What becomes of a job that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Done(DateTime<Utc>),
    /// When it died, and of what.
    Dead(DateTime<Utc>, &'static str),
    /// When it is due again after a failure, and why.
    Later(DateTime<Utc>, &'static str),
    /// When it is due again, and the attempts without this one.
    Uncounted(DateTime<Utc>, i32),
}

/// Removes jobs that ended long ago; returns how many.
pub(super) fn forget(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    let over = |state: &'static str, kept: Duration| job::state.eq(state).and(job::ended_at.lt(now - kept));
    Ok(diesel::delete(job::table.filter(over("DONE", KEPT_DONE).or(over("DEAD", KEPT_DEAD)))).execute(conn)?)
}

/// Which of these jobs failed for good, and why, as a code.
pub fn troubles(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    let dead = job::table.filter(job::id.eq_any(ids)).filter(job::state.eq("DEAD"));
    let rows: Vec<(Uuid, String)> = dead.select((job::id, job::trouble.assume_not_null())).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Which of these jobs failed for good.
pub fn dead_among(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let dead = job::table.filter(job::id.eq_any(ids)).filter(job::state.eq("DEAD"));
    Ok(dead.select(job::id).load(conn)?)
}

/// For those who watch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Waiting or being worked at.
    pub waiting: i64,
    pub dead: i64,
    /// For how many seconds the longest has been due; 0 when none is.
    pub overdue_seconds: i64,
}

/// How many jobs there are, and since when the oldest is due.
pub fn figures(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Figures, DbError> {
    use diesel::dsl::{count_star, min};
    let (waiting, oldest): (i64, Option<DateTime<Utc>>) =
        job::table.filter(job::state.eq("WAITING")).select((count_star(), min(job::due_at))).first(conn)?;
    let dead = job::table.filter(job::state.eq("DEAD")).count().get_result(conn)?;
    Ok(Figures { waiting, dead, overdue_seconds: oldest.map_or(0, |due| (now - due).num_seconds().max(0)) })
}

pub(super) fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<JobRow>, DbError> {
    Ok(job::table.find(id).select(JobRow::as_select()).first(conn).optional()?)
}

/// Jobs of a chapter and those below it in one state, the newest first; of the whole house, too, where the chapter is the
/// central one.
pub(super) fn list(conn: &mut PgConnection, by: &Seen<Appoint>, state: &str, span: Span<Uuid>) -> Result<Vec<JobRow>, DbError> {
    let here = by.chapter();
    let mut query = job::table.filter(job::state.eq(state)).into_boxed();
    // At the central chapter everything is in reach, and so is what belongs to no chapter.
    if tree::centre(conn)? != here {
        query = query.filter(job::chapter_id.assume_not_null().eq_any(tree::at_and_below(here.0)));
    }
    if let Some(before) = span.after {
        query = query.filter(job::id.lt(before));
    }
    Ok(query.order(job::id.desc()).limit(span.rows).select(JobRow::as_select()).load(conn)?)
}

/// Begins a dead job of the granted chapter again, from now on in the name of whoever holds the grant; `false` when there is none.
pub fn take_over<R: Right>(conn: &mut PgConnection, by: &Granted<R>, now: DateTime<Utc>, id: Uuid) -> Result<bool, DbError> {
    let dead = job::table.find(id).filter(job::chapter_id.eq(by.chapter().0)).filter(job::state.eq("DEAD"));
    let begun = diesel::update(dead)
        .set((
            job::state.eq("WAITING"),
            job::account_id.eq(Some(by.account())),
            job::ended_at.eq(None::<DateTime<Utc>>),
            job::due_at.eq(now),
            job::attempts.eq(0),
        ))
        .execute(conn)?;
    Ok(begun == 1)
}

/// Begins a dead job again; `false` when it is not dead.
pub(super) fn revive(conn: &mut PgConnection, _: &Granted<Appoint>, now: DateTime<Utc>, id: Uuid) -> Result<bool, DbError> {
    let dead = job::table.find(id).filter(job::state.eq("DEAD"));
    let revived = diesel::update(dead)
        .set((job::state.eq("WAITING"), job::ended_at.eq(None::<DateTime<Utc>>), job::due_at.eq(now), job::attempts.eq(0)))
        .execute(conn)?;
    Ok(revived == 1)
}
