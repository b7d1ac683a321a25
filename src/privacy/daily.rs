//! What is done once a day behind the requests: people are counted, and who is needed no more is proposed.

use chrono::{DateTime, Datelike, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::{held, proposals};
use crate::basics::clock::vietnam_date;
use crate::db::{Db, DbError};
use crate::house::Rooms;
use crate::house::persons::Dossier;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::persons::retention as persons;

/// Looking for persons whom nothing needs any more.
pub static PROPOSE_ERASURES: JobKind = JobKind::own("PROPOSE_ERASURES");

/// Ids of these jobs: one a day, whichever server begins it.
const JOBS: u128 = 0x7e7e_0471_0d1d_4a70_8000_0000_0000_0000;
/// Persons looked at in one step.
const STEP: i64 = 500;

/// Counts, and expects the look of the day where anybody is old enough.
pub fn begin(conn: &mut PgConnection, now: DateTime<Utc>, rooms: Rooms) -> Result<(), DbError> {
    let day = vietnam_date(now);
    if !held::count(conn, now, rooms)? {
        return Ok(());
    }
    let before = proposals::old_enough(conn, day)?;
    if proposals::waiting(conn)? == 0 && !before.map(|than| persons::is_any_older(conn, than)).transpose()?.unwrap_or(false) {
        return Ok(());
    }
    let job = NewJob {
        id: Uuid::from_u128(JOBS | u128::from(day.num_days_from_ce().unsigned_abs())),
        kind: &PROPOSE_ERASURES,
        content: json!({}),
        total: None,
        due_at: now,
        url: None,
    };
    jobs::enqueue_for_house(conn, now, None, &job)?;
    Ok(())
}

/// What a server that starts has to say of how many people are held. See [`held::said`].
pub fn at_start(db: &Db, now: DateTime<Utc>, rooms: Rooms, dossier: Option<&Dossier>) -> Result<Option<String>, DbError> {
    db.tx_blocking(|conn| {
        begin(conn, now, rooms)?;
        held::said(conn, now, dossier)
    })
}

/// Looks, and begins a day whenever one has not been begun.
pub fn handler(rooms: Rooms) -> Handler {
    let begin = move |conn: &mut PgConnection, now: DateTime<Utc>| begin(conn, now, rooms).map(|()| 0);
    Handler::new(&PROPOSE_ERASURES, move |work| look(work, rooms)).sweeping(begin)
}

/// Step by step over all persons, then over the proposals that wait.
fn look(work: &mut Work<'_>, rooms: Rooms) -> Result<(), Failure> {
    let now = work.now();
    for (part, name) in [(over_persons as Part, "person"), (over_proposals as Part, "proposal")] {
        // A part that was gone through is not gone through again by whoever goes on.
        while !work.progress().at.get(name).is_some_and(|at| at == "done") {
            work.step(|conn, progress| {
                let after = progress.at.get(name).and_then(|at| at.as_str()?.parse().ok()).unwrap_or(Uuid::nil());
                let (done, last) = part(conn, rooms, now, after)?;
                progress.done += done;
                let mut at = progress.at.as_object().cloned().unwrap_or_default();
                at.insert(name.to_owned(), last.map_or(json!("done"), |last| json!(last)));
                progress.at = at.into();
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// One step after somebody: how many it looked at, and the last one; `None` when there are no more.
type Part = fn(&mut PgConnection, Rooms, DateTime<Utc>, Uuid) -> Result<(i64, Option<Uuid>), DbError>;

fn over_persons(conn: &mut PgConnection, rooms: Rooms, now: DateTime<Utc>, after: Uuid) -> Result<(i64, Option<Uuid>), DbError> {
    let Some(than) = proposals::old_enough(conn, vietnam_date(now))? else { return Ok((0, None)) };
    let of = persons::older(conn, than, after, STEP)?;
    proposals::propose(conn, rooms, now, &of)?;
    Ok((i64::try_from(of.len()).unwrap_or(0), of.last().map(|one| one.person)))
}

fn over_proposals(
    conn: &mut PgConnection,
    rooms: Rooms,
    now: DateTime<Utc>,
    after: Uuid,
) -> Result<(i64, Option<Uuid>), DbError> {
    Ok((0, proposals::review(conn, rooms, now, after, STEP)?))
}
