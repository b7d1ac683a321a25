//! Counting again: what a donor or a family has given that stands, and whether it still suffices for what they were honoured with.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::together;
use super::store::{self, HonourRow};
use super::{families, naming};
use crate::db::DbError;
use crate::donors::{self, DonationProof, DonorId, DonorState};

/// What counts: the centre's own list, and certificates that somebody has seen.
pub const SHOWN_BY: [DonationProof; 2] = [DonationProof::Centre, DonationProof::Paper];
/// Honours looked at together.
const AT_ONCE: i64 = 500;

/// How often these families gave together by a day.
pub fn of_families(conn: &mut PgConnection, families: &[Uuid], until: NaiveDate) -> Result<BTreeMap<Uuid, i64>, DbError> {
    let members = families::members(conn, families)?;
    let donors: Vec<DonorId> = members.iter().map(families::donor).collect();
    let times = donors::times_of(conn, &donors, &SHOWN_BY, until)?;
    let gave = |donor: DonorId| times.get(&donor).map_or(0, |times| times.times);
    Ok(together(&members.iter().map(|row| (row.family_id, gave(families::donor(row)))).collect::<Vec<_>>()))
}

/// Those of these honours for which too few donations stand. Of who is erased nothing can be counted any more: their honour stays.
pub fn no_longer(conn: &mut PgConnection, rows: &[HonourRow], until: NaiveDate) -> Result<Vec<Uuid>, DbError> {
    let thresholds: HashMap<Uuid, i64> = store::thresholds(conn)?.into_iter().map(|row| (row.id, i64::from(row.times))).collect();
    let donors: Vec<DonorId> = rows.iter().filter_map(|row| row.donor_id).map(DonorId).collect();
    let families: Vec<Uuid> = rows.iter().filter_map(|row| row.family_id).collect();
    let known = donors::find_all(conn, &donors)?;
    let times = donors::times_of(conn, &donors, &SHOWN_BY, until)?;
    let together = of_families(conn, &families, until)?;
    let thinned = with_erased(conn, &families)?;
    let falls_short = |row: &&HonourRow| {
        let least = thresholds.get(&row.threshold_id).copied().unwrap_or(i64::MAX);
        let counted = match (row.donor_id, row.family_id) {
            (Some(donor), _) => {
                let donor = DonorId(donor);
                if known.get(&donor).is_none_or(|row| row.state() == Some(DonorState::Erased)) {
                    return false;
                }
                times.get(&donor).map_or(0, |times| times.times)
            }
            (None, Some(family)) if thinned.contains(&family) => return false,
            (None, Some(family)) => together.get(&family).copied().unwrap_or(0),
            (None, None) => return false,
        };
        counted < least
    };
    Ok(rows.iter().filter(falls_short).map(|row| row.id).collect())
}

/// Families in which somebody was counted who is erased.
fn with_erased(conn: &mut PgConnection, families: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    let members = families::ever(conn, families)?;
    let donors: Vec<DonorId> = members.iter().map(families::donor).collect();
    let known = donors::find_all(conn, &donors)?;
    let is_erased = |donor: &DonorId| known.get(donor).is_none_or(|row| row.state() == Some(DonorState::Erased));
    Ok(members.iter().filter(|row| is_erased(&families::donor(row))).map(|row| row.family_id).collect())
}

/// Withdraws those of these that stand no more, and the names beside them.
fn withdraw(conn: &mut PgConnection, now: DateTime<Utc>, rows: &[HonourRow], today: NaiveDate) -> Result<usize, DbError> {
    let gone = no_longer(conn, rows, today)?;
    naming::forget_name(conn, &gone, None, now)?;
    store::withdraw(conn, now, &gone)
}

/// Counts a part of all honours that stand again; the last of them, and how many were withdrawn. `None` when there are no more.
pub fn part(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    today: NaiveDate,
    after: Option<Uuid>,
) -> Result<Option<(Uuid, usize)>, DbError> {
    let rows = store::standing(conn, after, AT_ONCE)?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
    Ok(Some((last, withdraw(conn, now, &rows, today)?)))
}

/// Counts the honours of these donors again, and those of families in which they are or were counted: what was corrected withdraws what rested
/// on it at once. How many were withdrawn.
pub fn of(conn: &mut PgConnection, now: DateTime<Utc>, today: NaiveDate, donors: &[DonorId]) -> Result<usize, DbError> {
    let ids: Vec<Uuid> = donors.iter().map(|donor| donor.0).collect();
    let families: Vec<Uuid> = families::of_donors(conn, &ids)?.into_iter().map(|row| row.family_id).collect();
    let mut rows = store::of_donors(conn, &ids)?;
    rows.extend(store::of_families(conn, &families)?);
    rows.retain(HonourRow::stands);
    withdraw(conn, now, &rows, today)
}

/// Counts the honours of chapters again; how many stood, and how many of them were withdrawn.
pub fn at(conn: &mut PgConnection, now: DateTime<Utc>, today: NaiveDate, chapters: &[Uuid]) -> Result<(usize, usize), DbError> {
    let (mut counted, mut withdrawn, mut after) = (0, 0, None);
    loop {
        let rows = store::honours_at(conn, chapters, after, AT_ONCE)?;
        let Some(last) = rows.last() else { return Ok((counted, withdrawn)) };
        after = Some(last.id);
        let rows: Vec<HonourRow> = rows.into_iter().filter(HonourRow::stands).collect();
        counted += rows.len();
        withdrawn += withdraw(conn, now, &rows, today)?;
    }
}
