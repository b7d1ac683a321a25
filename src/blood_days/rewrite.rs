//! A day that two persons agreed on, written anew as two persons agree on a correction of it: rows that count no more, rows in their place,
//! who came after all; and the totals that follow from them.
//!
//! What a room above corrects is its business; here stands what it may ask of a day, and what the day becomes.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{FileState, Outcome};
use super::rewrite_store as rows;
use super::store::{self, FileRow, RowRow};
use super::sums::{self, TotalRow};
use crate::blood_rules::{Component, DeferralReason, Din, Group};
use crate::db::DbError;
use crate::drives::{Drive, bookings};
use crate::persons::Sex;

/// A day that two persons agreed on.
#[derive(Debug, Clone)]
pub struct Day {
    file: FileRow,
    total: TotalRow,
}

impl Day {
    /// How often they did.
    pub fn version(&self) -> i16 {
        self.total.version
    }
}

/// What two persons agreed on of a drive; `None` where they did not yet.
pub fn day(conn: &mut PgConnection, drive: &Drive) -> Result<Option<Day>, DbError> {
    let total = sums::totals(conn, &[drive.id])?.remove(&drive.id);
    let file = store::standing_file(conn, drive.id)?.filter(|file| file.is(FileState::Done));
    Ok(file.zip(total).map(|(file, total)| Day { file, total }))
}

/// Somebody who booked a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// Whether they were checked in.
    pub is_in: bool,
    /// Whether they are counted among those who came.
    pub counts: bool,
    /// The row in which they are counted among those who gave, or were put off; of who gave, the donation's id.
    pub row: Option<Uuid>,
}

/// Of these bookings, those of a drive; what is known of who booked.
pub fn came(conn: &mut PgConnection, day: &Day, ids: &[Uuid]) -> Result<HashMap<Uuid, Came>, DbError> {
    let here = bookings::by_ids(conn, ids)?.into_iter().filter(|row| row.drive_id == day.file.drive_id);
    let ids: Vec<Uuid> = here.map(|row| row.id).collect();
    let check_ins = store::check_ins(conn, &ids)?;
    let counted = rows::of_bookings(conn, day.file.id, &ids)?;
    let of = |id: Uuid| Came {
        is_in: check_ins.contains_key(&id),
        counts: check_ins.get(&id).is_some_and(|row| row.counts),
        row: counted.get(&id).copied(),
    };
    Ok(ids.into_iter().map(|id| (id, of(id))).collect())
}

/// Rows of the centre's list in which somebody is put off, by their numbers there.
pub fn put_off(conn: &mut PgConnection, day: &Day, numbers: &[i32]) -> Result<HashMap<i32, Uuid>, DbError> {
    rows::put_off(conn, day.file.id, numbers)
}

/// Whether these rows count still.
pub fn all_count(conn: &mut PgConnection, ids: &[Uuid]) -> Result<bool, DbError> {
    let found = store::rows(conn, ids)?;
    Ok(ids.iter().all(|id| found.get(id).is_some_and(|row| row.counts)))
}

/// Until when rows say that somebody is put off, of those that do.
pub fn put_off_until(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, NaiveDate>, DbError> {
    Ok(store::rows(conn, ids)?.into_values().filter_map(|row| Some((row.id, row.until?))).collect())
}

/// Somebody who gave, as it stands from now on.
#[derive(Debug, Clone)]
pub struct Gave {
    /// The donation's.
    pub id: Uuid,
    /// The row whose place it takes: of the donation that was wrong, or of who was said to have been put off.
    pub instead: Option<Uuid>,
    /// Under which booking they came; the one of that row unless it is said.
    pub booking: Option<Uuid>,
    pub component: Component,
    pub volume_ml: Option<i16>,
    pub din: Option<Din>,
    pub sex: Option<Sex>,
    pub age: Option<i16>,
    pub group: Option<Group>,
}

/// What a correction makes of a day.
#[derive(Debug, Clone, Default)]
pub struct Rewriting {
    /// Rows that count no more and have none in their place.
    pub gone: Vec<Uuid>,
    pub gave: Vec<Gave>,
    /// Bookings of those who came, and why they were put off, where they were.
    pub came: Vec<(Uuid, Option<DeferralReason>)>,
}

/// By how much the totals went up or down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct By {
    pub registered: i32,
    pub came: i32,
    pub gave: i32,
    pub deferred: i32,
    pub ml: i64,
}

/// Writes a day anew, under the id of a correction. The caller holds the drive.
pub fn rewrite(
    conn: &mut PgConnection,
    day: &Day,
    (correction, account, now): (Uuid, Uuid, DateTime<Utc>),
    of: &Rewriting,
) -> Result<By, DbError> {
    let late = count(conn, of, (account, now), day.total.made_at)?;
    let instead: Vec<Uuid> = of.gave.iter().filter_map(|gave| gave.instead).collect();
    let before = store::rows(conn, &instead)?;
    rows::count_no_more(conn, &[of.gone.as_slice(), instead.as_slice()].concat())?;
    let mut n = rows::next_n(conn, day.file.id)?;
    let mut new = Vec::with_capacity(of.gave.len() + of.came.len());
    for gave in &of.gave {
        new.push(gave_row(gave, gave.instead.and_then(|id| before.get(&id)), (day.file.id, n, correction)));
        n += 1;
    }
    for (booking, reason) in of.came.iter().filter_map(|(booking, reason)| Some((*booking, (*reason)?))) {
        new.push(put_off_row(booking, reason, (day.file.id, n, correction)));
        n += 1;
    }
    rows::insert(conn, &new)?;
    let (came, gave, deferred, ml) = sums::count(conn, day.file.id, day.file.drive_id)?;
    let total = &day.total;
    let registered = total.registered.saturating_add(late);
    let version = total.version.saturating_add(1);
    let made_at = total.made_at;
    let after = TotalRow { drive_id: total.drive_id, registered, came, gave, deferred, ml, made_at, version };
    sums::rewrite_totals(conn, day.file.id, &after)?;
    Ok(By {
        registered: after.registered - total.registered,
        came: after.came - total.came,
        gave: after.gave - total.gave,
        deferred: after.deferred - total.deferred,
        ml: after.ml - total.ml,
    })
}

/// Counts those who came, and settles what waited because of it; how many of them registered after all who had were counted.
fn count(conn: &mut PgConnection, of: &Rewriting, by: (Uuid, DateTime<Utc>), counted: DateTime<Utc>) -> Result<i32, DbError> {
    let gave = of.gave.iter().filter_map(|gave| gave.booking);
    let mut ids: Vec<Uuid> = of.came.iter().map(|(booking, _)| *booking).chain(gave).collect();
    ids.sort_unstable();
    ids.dedup();
    let check_ins = store::check_ins(conn, &ids)?;
    let walked_in: Vec<Uuid> = bookings::by_ids(conn, &ids)?.into_iter().filter(|row| row.walk_in).map(|row| row.id).collect();
    let is_new = |row: &&store::CheckInRow| row.late && !row.counts && row.entered_at >= counted;
    let late = check_ins.values().filter(is_new).filter(|row| walked_in.contains(&row.booking_id)).count();
    for booking in check_ins.values().filter(|row| !row.counts).map(|row| row.booking_id) {
        store::count_check_in(conn, booking, true)?;
    }
    store::settle_late(conn, &ids, by)?;
    Ok(i32::try_from(late).unwrap_or(i32::MAX))
}

/// A row that nobody is named in.
fn bare(id: Uuid, (file_id, n, correction): (Uuid, i32, Uuid), booking_id: Option<Uuid>) -> RowRow {
    RowRow {
        id,
        file_id,
        n,
        row_no: 0,
        content: None,
        outcome: Outcome::Gave.name().to_owned(),
        reason: None,
        until: None,
        component: Component::WholeBlood.name().to_owned(),
        volume_ml: None,
        din: None,
        sex: None,
        age: None,
        abo: None,
        rh: None,
        serial: None,
        booking_id,
        counts: true,
        correction_id: Some(correction),
    }
}

fn gave_row(gave: &Gave, before: Option<&RowRow>, place: (Uuid, i32, Uuid)) -> RowRow {
    let booking = gave.booking.or(before.and_then(|row| row.booking_id));
    RowRow {
        row_no: before.map_or(0, |row| row.row_no),
        component: gave.component.name().to_owned(),
        volume_ml: gave.volume_ml,
        din: gave.din.as_ref().map(|din| din.as_str().to_owned()),
        sex: gave.sex.map(|sex| sex.name().to_owned()),
        age: gave.age,
        abo: gave.group.map(|(abo, _)| abo.name().to_owned()),
        rh: gave.group.map(|(_, rh)| rh.name().to_owned()),
        ..bare(gave.id, place, booking)
    }
}

fn put_off_row(booking: Uuid, reason: DeferralReason, place: (Uuid, i32, Uuid)) -> RowRow {
    RowRow {
        outcome: Outcome::Deferred.name().to_owned(),
        reason: Some(reason.name().to_owned()),
        ..bare(Uuid::new_v4(), place, Some(booking))
    }
}
