//! What people are told of their bookings: a job behind the requests, so that it makes no difference what came about by whose hand. The job
//! says which bookings; how they stand, name and number are read when it runs, and nobody is written to whose data are gone by then, or may not
//! be used.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bookings::Booking;
use super::fault::Fault;
use super::link;
use super::model::{BookingCancelled, BookingState, Content, Slot};
use super::store::{self, Drive};
use super::words::{self, About};
use crate::basics::Phone;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::booking;
use crate::http::PublicUrl;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::outbox::{self, Address, NewMessage, Ways};
use crate::tree::ChapterId;
use crate::vault::Vault;

/// Telling people of a drive how their bookings stand.
pub static TELL_BOOKED: JobKind = JobKind::own("TELL_BOOKED");
/// What the messages are for.
pub const PURPOSE: &str = "BLOOD_DRIVE";
/// People told in one step.
const AT_ONCE: i64 = 100;
/// Ids of jobs that tell somebody again begin like a booking's, and end so.
const AGAIN: u128 = 0x0a9a_0000_0000;

/// Whom a job tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// The bookings that it names, of a drive that had been moved so often.
    These { moves: i64 },
    /// Everybody who lost a place, or a turn, because the drive is called off.
    CalledOff,
    /// Everybody who has not yet agreed to the day on which the drive is now.
    Moved,
}

/// Tells these how they stand.
pub fn these(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, bookings: &[Uuid]) -> Result<(), DbError> {
    enqueue(conn, now, drive, Uuid::now_v7(), json!({"drive": drive.id, "bookings": bookings, "moves": drive.moves}))
}

/// Tells somebody again who asks again, once a day: a message may have been lost, and nobody is flooded by whoever knows a number.
pub fn again(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, booking: Uuid) -> Result<(), DbError> {
    let day = u128::from((vietnam_date(now) - NaiveDate::default()).num_days().unsigned_abs());
    let id = Uuid::from_u128(booking.as_u128() ^ (AGAIN | day));
    enqueue(conn, now, drive, id, json!({"drive": drive.id, "bookings": [booking], "moves": drive.moves}))
}

/// Tells everybody that the drive is called off.
pub fn called_off(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive) -> Result<(), DbError> {
    enqueue(conn, now, drive, Uuid::now_v7(), json!({"drive": drive.id, "called_off": true}))
}

/// Asks everybody whether the day suits on which the drive is now.
pub fn moved(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive) -> Result<(), DbError> {
    enqueue(conn, now, drive, Uuid::now_v7(), json!({"drive": drive.id, "moved": true}))
}

fn enqueue(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, id: Uuid, content: Value) -> Result<(), DbError> {
    let job = NewJob { id, kind: &TELL_BOOKED, content, total: None, due_at: now, url: None };
    jobs::enqueue_for_house(conn, now, Some(ChapterId(drive.chapter_id)), &job)?;
    Ok(())
}

/// With what people are written to.
#[derive(Clone)]
pub struct Pen {
    pub vault: Arc<Vault>,
    pub ways: Arc<Ways>,
    pub public: PublicUrl,
}

pub(super) fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Db(error) => Failure::Db(error),
        _ => Failure::Again("SEALED"),
    }
}

/// The drive of a job.
pub(super) fn drive_of(work: &Work<'_>) -> Result<i64, Failure> {
    work.content().get("drive").and_then(Value::as_i64).ok_or(Failure::Never("NO_SUCH_DRIVE"))
}

/// Tells, part by part.
pub fn handler(pen: Pen) -> Handler {
    Handler::new(&TELL_BOOKED, move |work: &mut Work<'_>| {
        let (id, job, now) = (drive_of(work)?, work.id(), work.now());
        let said = |name: &str| work.content().get(name).is_some_and(|said| said == true);
        let whom = if said("called_off") {
            Whom::CalledOff
        } else if said("moved") {
            Whom::Moved
        } else {
            Whom::These { moves: work.content().get("moves").and_then(Value::as_i64).unwrap_or_default() }
        };
        let named: Vec<Uuid> =
            work.content().get("bookings").and_then(|ids| serde_json::from_value(ids.clone()).ok()).unwrap_or_default();
        loop {
            let told = work.step(|conn, progress| {
                let Some(drive) = store::find(conn, id)? else { return Ok(0) };
                let after = progress.at.get("turn").and_then(Value::as_i64).unwrap_or_default();
                let rows = some(conn, &drive, whom, &named, after)?;
                let Some(last) = rows.last().map(|row| row.turn) else { return Ok(0) };
                write(conn, &pen, now, &drive, &rows, job, About::Standing).map_err(failure)?;
                progress.at = json!({ "turn": last });
                progress.done += i64::try_from(rows.len()).unwrap_or_default();
                Ok(rows.len())
            })?;
            if i64::try_from(told).unwrap_or_default() < AT_ONCE {
                return Ok(());
            }
        }
    })
}

/// Some of those who are to be told, after a turn.
fn some(conn: &mut PgConnection, drive: &Drive, whom: Whom, named: &[Uuid], after: i64) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    let mut query = b::table
        .filter(b::drive_id.eq(drive.id))
        .filter(b::turn.gt(after))
        .filter(b::content.is_not_null())
        .order(b::turn)
        .limit(AT_ONCE)
        .select(Booking::as_select())
        .into_boxed();
    query = match whom {
        // Whoever lost a place because the drive is called off is told so once, by the job of that; whoever is asked because it was moved
        // meanwhile, too.
        Whom::These { moves } => {
            query = query
                .filter(b::id.eq_any(named))
                .filter(b::cancelled_how.is_distinct_from(Some(BookingCancelled::DriveCancelled.name())));
            if moves < i64::from(drive.moves) {
                query.filter(b::agreed_day.eq(drive.day).or(b::state.eq(BookingState::Cancelled.name())))
            } else {
                query
            }
        }
        Whom::CalledOff => query.filter(b::cancelled_how.eq(BookingCancelled::DriveCancelled.name())),
        Whom::Moved => query.filter(b::state.ne(BookingState::Cancelled.name())).filter(b::agreed_day.ne(drive.day)),
    };
    Ok(query.load(conn)?)
}

/// Writes to the people of these bookings. Told again after a crash, it is the same message.
pub(super) fn write(
    conn: &mut PgConnection,
    pen: &Pen,
    now: DateTime<Utc>,
    drive: &Drive,
    rows: &[Booking],
    job: Uuid,
    about: About,
) -> Result<(), Fault> {
    let slots: HashMap<i16, Slot> =
        store::slots(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default().into_iter().map(|slot| (slot.n, slot)).collect();
    let chapter = store::today(conn, drive)?;
    for row in rows {
        let Some(to) = row.open(&pen.vault)?.and_then(address) else { continue };
        let slot = row.slot.and_then(|n| slots.get(&n).copied());
        let url = pen.public.page(&link::path(&pen.vault, row.id));
        let Some(text) = words::text(drive, row, slot, about, &url) else { continue };
        let id = Uuid::from_u128(job.as_u128() ^ row.id.as_u128());
        let message = NewMessage { id, to, text, purpose: PURPOSE, about: Some(row.id) };
        outbox::send_for_house(conn, &pen.vault, &pen.ways, chapter, now, &message)?;
    }
    Ok(())
}

fn address(who: Content) -> Option<Address> {
    if who.contact.contains('@') { Address::mail(&who.contact).ok() } else { Phone::today(&who.contact).map(Address::Phone) }
}
