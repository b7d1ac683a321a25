//! Bookings from the public page: one thread gives whatever is waiting what there is, together, in the order in which it came.
//!
//! A moment's bookings are a handful of statements, however many come for one drive; what needs keys was done before ([`Ready`]). A drive
//! that is full to the end of its waiting list is remembered as such for a moment: whoever comes then is answered from memory, without a
//! transaction and without a lock. Places are given under the drive's row, so that several servers give each of them once.
//!
//! What is answered says how the drive stands for somebody who comes now, and nothing of who it is. Who is given a place has until a deadline
//! to say that they come.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::bookings::{self, Known};
use super::due;
use super::model::{BookingState, BookingTaken, DriveState, Free, Given};
use super::places;
use super::rules;
use super::store::{self, Drive};
use super::tell;
use super::typed::Ready;
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::schema::{booking, drive};
use crate::db::together::{NotWritten, Together, each_apart};
use crate::db::worker::{Declared, Worker};
use crate::db::{Db, DbError, shown};
use crate::house::thread::Means;

/// For so long a drive that was full is taken to be full.
const FULL_FOR: Duration = Duration::from_millis(500);
/// Drives that are remembered as full; there are not so many at a time.
const MOST_FULL: usize = 10_000;

/// Somebody who books.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The drive's.
    pub code: String,
    pub slot: Option<i16>,
    pub text_version: i16,
    pub ready: Ready,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Taken(BookingTaken),
    /// The slot that was chosen is taken, and another is not.
    OtherSlot,
    /// The drive has no such slot.
    NoSlot,
    /// The drive is not open to bookings.
    NotOpen,
    /// There is no such drive.
    NoDrive,
    /// The text that was agreed to is not the one of today.
    OldText,
}

/// Drives that were full a moment ago.
#[derive(Default)]
struct Full(RwLock<HashMap<String, Instant>>);

impl Full {
    fn has(&self, code: &str) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(code).is_some_and(|since| since.elapsed() < FULL_FOR)
    }

    fn note(&self, codes: &BTreeSet<&str>) {
        if codes.is_empty() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, since| since.elapsed() < FULL_FOR);
        for code in codes.iter().filter(|_| known.len() < MOST_FULL).copied().map(str::to_owned).collect::<Vec<_>>() {
            known.insert(code, Instant::now());
        }
    }
}

/// Handle to the thread; cheap to clone.
#[derive(Clone)]
pub struct Intake {
    queue: Together<Ask, Answered>,
    full: Arc<Full>,
}

/// One connection: what is given together is a transaction.
pub static WORKER: Declared = Declared::new("bookings");

/// Starts behind a server; requests get the handle.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    let (db, clock): (Db, Clock) = (means.get()?, means.get()?);
    let full = Arc::new(Full::default());
    let noted = Arc::clone(&full);
    let (queue, worker) = Together::start(&WORKER, move |asks: Vec<Ask>| {
        let now = clock.now();
        let answers = each_apart(&asks, &mut |some: &[Ask]| db.tx_blocking(|conn| take(conn, now, some)));
        let is_full = |answer: &Option<Answered>| *answer == Some(Answered::Taken(BookingTaken::Full));
        noted.note(&asks.iter().zip(&answers).filter(|(_, answer)| is_full(answer)).map(|(ask, _)| ask.code.as_str()).collect());
        answers
    })?;
    means.put(Intake { queue, full });
    Ok(worker)
}

impl Intake {
    /// Whether a drive was full a moment ago: asked before anything is sealed.
    pub fn is_full(&self, code: &str) -> bool {
        self.full.has(code)
    }

    /// Gives somebody what there is, with whoever else is waiting; it stands when this returns.
    pub async fn book(&self, ask: Ask) -> Result<Answered, NotWritten> {
        self.queue.write(ask).await
    }
}

/// A drive as it stands while places of it are given.
struct Standing {
    drive: Drive,
    /// When each slot begins.
    slots: HashMap<i16, DateTime<Utc>>,
    free: Free,
    /// Its last slot has begun.
    is_over: bool,
}

/// How drives stand, by their codes.
fn standing(conn: &mut PgConnection, drives: Vec<Drive>, now: DateTime<Utc>) -> Result<HashMap<String, Standing>, DbError> {
    let ids: Vec<i64> = drives.iter().map(|drive| drive.id).collect();
    let (mut slots, waiting) = (store::slots(conn, &ids)?, bookings::waiting(conn, &ids)?);
    let stands = |drive: Drive| {
        let slots = slots.remove(&drive.id).unwrap_or_default();
        let waiting = waiting.get(&drive.id).copied().unwrap_or_default();
        let free = Free::of(&slots, drive.day, waiting, drive.waiting_most, now);
        let slots: HashMap<i16, DateTime<Utc>> = slots.iter().map(|slot| (slot.n, slot.begins(drive.day))).collect();
        let is_over = slots.values().all(|begins| *begins <= now);
        (drive.code.clone(), Standing { slots, free, is_over, drive })
    };
    Ok(drives.into_iter().map(stands).collect())
}

/// Gives each what there is, in their order, and says what became of it.
pub fn take(conn: &mut PgConnection, now: DateTime<Utc>, asks: &[Ask]) -> Result<Vec<Answered>, DbError> {
    let codes: Vec<&str> = asks.iter().map(|ask| ask.code.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let seen: Vec<Drive> = drive::table.filter(drive::code.eq_any(&codes)).select(Drive::as_select()).load(conn)?;
    let looked = standing(conn, seen, now)?;
    // Looked at first: a drive that is full, or not open, is not held.
    let given = |code: &&str| looked.get(*code).is_some_and(|one| is_open(one) && one.free.given(None) != Given::Nothing);
    let wanted: Vec<&str> = codes.iter().copied().filter(given).collect();
    let held = if wanted.is_empty() { Vec::new() } else { store::hold_codes(conn, &wanted)? };
    let held = standing(conn, held, now)?;
    let text = rules::text_of_today(conn, now)?.map(|text| text.version);
    let mut giving = Giving::of(conn, now, held, asks)?;
    let answers: Vec<Answered> = asks
        .iter()
        .map(|ask| match looked.get(&ask.code) {
            None => Answered::NoDrive,
            // What is still being planned is nobody's.
            Some(seen) if seen.drive.is(DriveState::Planned) => Answered::NoDrive,
            Some(_) if text != Some(ask.text_version) => Answered::OldText,
            Some(seen) => giving.give(ask, seen),
        })
        .collect();
    giving.write(conn)?;
    Ok(answers)
}

fn is_open(one: &Standing) -> bool {
    one.drive.is(DriveState::Open) && !one.is_over
}

/// A booking that is to be written.
#[derive(Insertable)]
#[diesel(table_name = booking, check_for_backend(diesel::pg::Pg))]
pub struct NewBooking<'a> {
    pub id: Uuid,
    pub drive_id: i64,
    pub slot: Option<i16>,
    pub state: &'static str,
    pub code: &'a str,
    pub content: &'a [u8],
    pub person_hash: &'a [u8],
    pub name_hash: Option<&'a [u8]>,
    pub contact_hash: &'a [u8],
    pub text_version: Option<i16>,
    pub walk_in: bool,
    pub agreed_day: chrono::NaiveDate,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub answer_by: Option<DateTime<Utc>>,
    pub made_at: DateTime<Utc>,
    pub made_by: Option<Uuid>,
}

/// What is given in one transaction.
struct Giving<'a> {
    now: DateTime<Utc>,
    drives: HashMap<String, Standing>,
    /// Who has booked already.
    known: Already,
    /// How many have booked with a number.
    of_number: HashMap<(i64, Vec<u8>), i64>,
    most_of_number: i64,
    /// Until when somebody is to say that they come, wherever their slot does not begin before.
    confirm_by: DateTime<Utc>,
    rows: Vec<NewBooking<'a>>,
    taken: HashMap<(i64, i16), i16>,
    /// Bookings of people who ask again.
    again: Vec<(i64, Uuid)>,
}

impl<'a> Giving<'a> {
    fn of(
        conn: &mut PgConnection,
        now: DateTime<Utc>,
        drives: HashMap<String, Standing>,
        asks: &'a [Ask],
    ) -> Result<Self, DbError> {
        let ids: Vec<i64> = drives.values().map(|one| one.drive.id).collect();
        let today = vietnam_date(now);
        let most = rules::number(conn, rules::BOOKINGS_OF_A_NUMBER, today)?;
        let hours = rules::number(conn, rules::CONFIRM_HOURS, today)?;
        let (known, of_number) = if ids.is_empty() { Default::default() } else { already(conn, &ids, asks)? };
        Ok(Self {
            now,
            drives,
            known,
            of_number,
            most_of_number: i64::from(most),
            confirm_by: now + chrono::Duration::hours(i64::from(hours)),
            rows: Vec::new(),
            taken: HashMap::new(),
            again: Vec::new(),
        })
    }

    /// What somebody is given; `seen` is the drive as it was looked at before.
    fn give(&mut self, ask: &'a Ask, seen: &Standing) -> Answered {
        let now = self.now;
        let Some(one) = self.drives.get_mut(&ask.code) else {
            // It was not held: it is not open, or full.
            return if is_open(seen) { Answered::Taken(BookingTaken::Full) } else { Answered::NotOpen };
        };
        // It may have been closed between looking and holding.
        if !is_open(one) {
            return Answered::NotOpen;
        }
        if ask.slot.is_some_and(|n| !one.slots.contains_key(&n)) {
            return Answered::NoSlot;
        }
        let given = one.free.given(ask.slot);
        let (drive, ready) = (&one.drive, &ask.ready);
        let number = (drive.id, ready.contact_hash.clone());
        let answer = match given {
            Given::Place(_) => Answered::Taken(BookingTaken::Held),
            Given::Wait => Answered::Taken(BookingTaken::Waiting),
            Given::Nothing => return Answered::Taken(BookingTaken::Full),
            Given::OtherSlot => return Answered::OtherSlot,
        };
        if let Some(booking) = self.known.booking(drive.id, &ready.known()) {
            self.again.push((drive.id, booking));
            return answer;
        }
        let of_number = self.of_number.entry(number).or_default();
        if *of_number >= self.most_of_number {
            return answer;
        }
        *of_number += 1;
        let (slot, state) = match given {
            Given::Place(n) => (Some(n), BookingState::Held),
            _ => (None, BookingState::Waiting),
        };
        self.rows.push(NewBooking {
            id: ready.id,
            drive_id: drive.id,
            slot,
            state: state.name(),
            code: &ready.code,
            content: &ready.content,
            person_hash: &ready.person_hash,
            name_hash: ready.name_hash.as_deref(),
            contact_hash: &ready.contact_hash,
            text_version: Some(ask.text_version),
            walk_in: false,
            agreed_day: drive.day,
            confirmed_at: None,
            answer_by: slot.and_then(|n| Some(self.confirm_by.min(*one.slots.get(&n)?))),
            made_at: now,
            made_by: None,
        });
        if let Some(n) = slot {
            *self.taken.entry((drive.id, n)).or_default() += 1;
        }
        one.free.take(given);
        self.known.note(drive.id, &ready.known(), ready.id);
        answer
    }

    /// Writes what was given, and sees to it that people are told.
    fn write(self, conn: &mut PgConnection) -> Result<(), DbError> {
        let by_id: HashMap<i64, &Drive> = self.drives.values().map(|one| (one.drive.id, &one.drive)).collect();
        for (drive, booking) in &self.again {
            if let Some(drive) = by_id.get(drive) {
                tell::again(conn, self.now, drive, *booking)?;
            }
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        shown::adds(conn);
        diesel::insert_into(booking::table).values(&self.rows).execute(conn)?;
        store::take(conn, &self.taken)?;
        for (id, drive) in by_id {
            let new: Vec<Uuid> = self.rows.iter().filter(|row| row.drive_id == id).map(|row| row.id).collect();
            if !new.is_empty() {
                tell::these(conn, self.now, drive, &new)?;
            }
            let deadlines = self.rows.iter().filter(|row| row.drive_id == id).filter_map(|row| row.answer_by);
            places::expect_answers(conn, self.now, drive, deadlines)?;
        }
        due::forget_unconfirmed(conn, self.now)
    }
}

/// Who has booked already: of a drive, by number and letters of the name, each with the name's marks and their booking.
#[derive(Default)]
struct Already(HashMap<(i64, Vec<u8>), Alike>);

/// Bookings of one number and one name but for its marks: the marks of each, hashed, and its id.
type Alike = Vec<(Option<Vec<u8>>, Uuid)>;

impl Already {
    fn booking(&self, drive: i64, who: &Known<'_>) -> Option<Uuid> {
        let alike = self.0.get(&(drive, who.person.to_vec()))?;
        alike.iter().find(|(name, _)| who.is_named(name.as_deref())).map(|(_, booking)| *booking)
    }

    fn note(&mut self, drive: i64, who: &Known<'_>, booking: Uuid) {
        self.0.entry((drive, who.person.to_vec())).or_default().push((who.name.map(<[u8]>::to_vec), booking));
    }
}

/// How many have booked a drive with a number.
type OfNumber = HashMap<(i64, Vec<u8>), i64>;

/// A booking's drive, person, name and id.
type KnownRow = (i64, Option<Vec<u8>>, Option<Vec<u8>>, Uuid);

fn already(conn: &mut PgConnection, drives: &[i64], asks: &[Ask]) -> Result<(Already, OfNumber), DbError> {
    use booking as b;
    let persons: Vec<&[u8]> = asks.iter().map(|ask| ask.ready.person_hash.as_slice()).collect();
    let numbers: Vec<&[u8]> = asks.iter().map(|ask| ask.ready.contact_hash.as_slice()).collect();
    let known: Vec<KnownRow> = b::table
        .filter(b::drive_id.eq_any(drives))
        .filter(b::person_hash.eq_any(&persons))
        .filter(b::state.ne(BookingState::Cancelled.name()))
        .order(b::turn)
        .select((b::drive_id, b::person_hash, b::name_hash, b::id))
        .load(conn)?;
    let of_number: Vec<(i64, Option<Vec<u8>>)> = b::table
        .filter(b::contact_hash.eq_any(&numbers))
        .filter(b::drive_id.eq_any(drives))
        .filter(b::state.ne(BookingState::Cancelled.name()))
        .select((b::drive_id, b::contact_hash))
        .load(conn)?;
    let mut counts = OfNumber::new();
    for (drive, number) in of_number {
        *counts.entry((drive, number.unwrap_or_default())).or_default() += 1;
    }
    let mut all = Already::default();
    for (drive, person, name, id) in known {
        let person = person.unwrap_or_default();
        all.note(drive, &Known { person: &person, name: name.as_deref() }, id);
    }
    Ok((all, counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_is_full_for_a_moment() {
        let full = Full::default();
        full.note(&BTreeSet::from(["68-HM-0001"]));
        assert!(full.has("68-HM-0001") && !full.has("68-HM-0002"));
        std::thread::sleep(FULL_FOR);
        assert!(!full.has("68-HM-0001"));
    }
}
