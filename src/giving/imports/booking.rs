//! The job that books an accepted list, part by part through the way of every batch, and goes on where it was left.
//!
//! A part is booked in transactions of its own and then noted as done. Whatever happens between, booking it again books nothing
//! twice: the ids of its gifts are fixed since the list was looked through.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::check;
use super::store::{self, Listed, PartError, Refused, Settled};
use crate::authz::{self, Actor, Ask, Record};
use crate::basics::{Clock, failpoint};
use crate::db::Db;
use crate::giving::record::{Outcome, Submission, record_all};
use crate::http::{Kind, Problem};
use crate::jobs::{Failure, Handler, JobKind, Work};
use crate::tree::ChapterId;
use crate::vault::Vault;

/// Booking one list; the job has the list's id.
pub static BOOK_GIFT_LIST: JobKind = JobKind::own("BOOK_GIFT_LIST");

/// Whoever accepted the list may no longer record at its chapter.
pub const NOT_ALLOWED: &str = "NOT_ALLOWED";

/// Books lists, and forgets those that nobody accepted.
pub fn handler(vault: Arc<Vault>) -> Handler {
    let run = move |work: &mut Work<'_>| carry_on(work, &vault);
    Handler::new(&BOOK_GIFT_LIST, run).sweeping(store::forget_old)
}

/// The next part of a list.
struct Part {
    id: Uuid,
    gifts: Vec<Listed>,
    confirmed: bool,
}

fn carry_on(work: &mut Work<'_>, vault: &Vault) -> Result<(), Failure> {
    let (list, now) = (work.id(), work.now());
    let actor = Actor::of_job(work.account().ok_or(Failure::Never(NOT_ALLOWED))?);
    while let Some(part) = work.look(|conn| next(conn, vault, list, actor, now))? {
        let settled = book(work.db(), work.clock(), vault, actor, part.gifts, part.confirmed)?;
        failpoint::reached("list_part_booked");
        // A server that is being stopped notes this all the same, or it would be looked through again.
        work.last_step(|conn, progress| {
            store::settle(conn, now, part.id, &settled).map_err(failure_of)?;
            let (booked, asked, refused) = store::progress(conn, list).map_err(failure_of)?;
            progress.errors = i64::try_from(refused.len()).unwrap_or(i64::MAX);
            progress.done = booked + asked + progress.errors;
            Ok(())
        })?;
    }
    work.last_step(|conn, _| Ok(store::finish(conn, list)?))
}

/// The next part, if whoever accepted the list may still record there. (Each part asks again in the transaction that books it.)
fn next(conn: &mut PgConnection, vault: &Vault, list: Uuid, actor: Actor, now: DateTime<Utc>) -> Result<Option<Part>, Failure> {
    let row = store::find(conn, list)?.ok_or(Failure::Never("NO_SUCH_LIST"))?;
    let ask = Ask { actor, chapter: ChapterId(row.chapter_id) };
    if authz::decide::<Record>(conn, now, &[ask])?.iter().any(Result::is_err) {
        return Err(Failure::Never(NOT_ALLOWED));
    }
    let part = store::next_part(conn, vault, list).map_err(failure_of)?;
    Ok(part.map(|(id, gifts)| Part { id, gifts, confirmed: row.confirmed }))
}

fn failure_of(error: PartError) -> Failure {
    match error {
        PartError::Db(error) => Failure::Db(error),
        PartError::Vault(_) | PartError::Json(_) => Failure::Again("SEALED"),
    }
}

/// What a refusal that is no fault of a gift means for the job.
fn failure_of_all(problem: &Problem) -> Failure {
    match problem.kind {
        Kind::Unauthenticated | Kind::Forbidden | Kind::NotFound | Kind::PasswordChangeNeeded => Failure::Never(NOT_ALLOWED),
        _ => Failure::Again("DATABASE"),
    }
}

fn book(
    db: &Db,
    clock: &Clock,
    vault: &Vault,
    actor: Actor,
    mut gifts: Vec<Listed>,
    confirmed: bool,
) -> Result<Settled, Failure> {
    gifts.iter_mut().for_each(|listed| listed.gift.confirmed = confirmed);
    let mut faults = Vec::new();
    let ready = check::prepared(vault, &gifts, clock.now(), &mut faults).map_err(|_| Failure::Again("SEALED"))?;
    let (rows, submissions): (Vec<u32>, Vec<Submission>) =
        ready.into_iter().map(|(row, gift)| (row, Submission { actor, gift: Arc::new(gift) })).unzip();
    let (mut stands, mut asked) = (0, 0);
    for (row, outcome) in rows.into_iter().zip(record_all(db, clock, &submissions)) {
        match outcome {
            Outcome::Booked(_) | Outcome::AlreadyBooked(_) => stands += 1,
            Outcome::Asked(_) => asked += 1,
            Outcome::Refused(problem) if is_of_the_gift(&problem) => faults.extend(check::faults_of(row, &problem)),
            Outcome::Refused(problem) => return Err(failure_of_all(&problem)),
        }
    }
    // A row is refused once, whatever the number of its faults.
    faults.sort_by_key(|fault| fault.row);
    faults.dedup_by_key(|fault| fault.row);
    let refused = faults.into_iter().map(|fault| Refused {
        row: fault.row.unwrap_or_default(),
        column: fault.column.map(str::to_owned),
        code: fault.code.to_owned(),
        vi: fault.said.vi,
        en: fault.said.en,
    });
    Ok(Settled { stands, asked, refused: refused.collect() })
}

/// Whether the same gift would be refused again, and the others not.
fn is_of_the_gift(problem: &Problem) -> bool {
    matches!(problem.kind, Kind::Invalid | Kind::IdTaken | Kind::Unusual | Kind::Conflict)
}
