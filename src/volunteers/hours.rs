//! Hours that volunteers worked: entered once, set-wise, by whoever confirms them. From when to when stays; what and where is sealed and
//! goes with the person.
//!
//! Nobody works twice at the same time for one chapter: the database refuses it. What two chapters enter of one evening is kept by both
//! and flagged at both, without saying where else.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::Fault;
use super::model::VolunteerId;
use super::store;
use crate::authz::{Granted, KeepPeople};
use crate::basics::Line;
use crate::basics::codes::codes;
use crate::db::DbError;
use crate::db::schema::volunteer_hours;
use crate::house::errand::Errand;
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::{Vault, VaultError, place};

/// Hours of somebody, to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Made once, by chance alone: entering them again with it enters them once.
    pub id: Uuid,
    pub volunteer: VolunteerId,
    /// What it was part of, as `KIND:id`: `CALL_OUT:…`.
    pub occasion: Option<String>,
    pub what: Line,
    pub place: Option<Line>,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

codes! {
    /// What became of hours that were to be entered.
    #[schema(as = HoursOutcome)]
    pub wire enum Entered {
        Now = "ENTERED",
        /// They were entered with this id before.
        Known = "KNOWN",
        /// The id stands for other hours.
        IdTaken = "ID_TAKEN",
        /// The chapter has no such volunteer, they were never verified, or their data may not be used.
        NotHere = "NO_SUCH_VOLUNTEER",
        /// They worked for the chapter at that time already.
        Overlaps = "OVERLAPS",
    }
}

/// What is sealed of hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// Hours as they are stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer_hours, check_for_backend(diesel::pg::Pg))]
pub(super) struct HoursRow {
    pub id: Uuid,
    pub volunteer_id: Uuid,
    pub chapter_id: Uuid,
    pub party_id: Option<Uuid>,
    pub occasion: Option<String>,
    pub content: Option<Vec<u8>>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub request_hash: Vec<u8>,
    pub entered_by: Uuid,
    pub entered_at: DateTime<Utc>,
    pub corrects: Option<Uuid>,
    pub stands: bool,
}

/// Enters hours of volunteers of the granted chapter, in a fixed number of statements, and says of each in their order what became of
/// it. Whoever holds the grant confirms them.
pub fn record(errand: &mut Errand<'_>, by: &Granted<KeepPeople>, all: &[Hours]) -> Result<Vec<Entered>, Fault> {
    let chapters = tree::with_succeeded(errand.conn, by.chapter())?;
    record_at(errand, by, &chapters, all)
}

/// [`record`] of those whom the granted chapter called out, its own volunteers and those of chapters below it: the call-out is the open
/// matter that names them.
pub fn record_called(errand: &mut Errand<'_>, by: &Granted<KeepPeople>, all: &[Hours]) -> Result<Vec<Entered>, Fault> {
    let chapters = tree::goes_on_for(errand.conn, by.chapter().0)?;
    record_at(errand, by, &chapters, all)
}

fn record_at(errand: &mut Errand<'_>, by: &Granted<KeepPeople>, chapters: &[Uuid], all: &[Hours]) -> Result<Vec<Entered>, Fault> {
    let parties = parties(errand, chapters, all)?;
    let mut rows = Vec::with_capacity(all.len());
    let mut ids = HashSet::new();
    for hours in all {
        // An id that comes twice in one list is entered once.
        if let Some(party) = parties.get(&hours.volunteer)
            && ids.insert(hours.id)
        {
            rows.push(row(errand, by, hours, *party, None)?);
        }
    }
    let new: HashSet<Uuid> = insert(errand.conn, &rows)?.into_iter().collect();
    let known = hashes(errand.conn, &all.iter().map(|hours| hours.id).collect::<Vec<_>>())?;
    let outcome = |hours: &Hours| match (parties.contains_key(&hours.volunteer), known.get(&hours.id)) {
        (_, Some(hash)) if *hash != hash_of(errand.vault, hours, None) => Entered::IdTaken,
        (_, Some(_)) if new.contains(&hours.id) => Entered::Now,
        (true, Some(_)) => Entered::Known,
        (true, None) => Entered::Overlaps,
        // Of another chapter, perhaps: nothing is said of it.
        (false, _) => Entered::NotHere,
    };
    Ok(all.iter().map(outcome).collect())
}

/// Who of them may be entered, with their parties.
fn parties(errand: &mut Errand<'_>, chapters: &[Uuid], all: &[Hours]) -> Result<HashMap<VolunteerId, Uuid>, Fault> {
    let ids: Vec<VolunteerId> = all.iter().map(|hours| hours.volunteer).collect();
    // Held, so that two who enter the same evening wait for one another and do not meet half-way.
    let mut found = store::hold_all(errand.conn, &ids)?;
    found.retain(|_, row| row.is_one() && chapters.contains(&row.chapter_id));
    let persons: Vec<PersonId> = found.values().map(store::Row::person).collect();
    let known = persons::names(errand.conn, errand.vault, &persons)?;
    Ok(found.into_iter().filter_map(|(id, row)| Some((id, known.get(&row.person())?.party))).collect())
}

/// Hours as a row, sealed.
pub(super) fn row(
    errand: &Errand<'_>,
    by: &Granted<KeepPeople>,
    hours: &Hours,
    party: Uuid,
    corrects: Option<Uuid>,
) -> Result<HoursRow, Fault> {
    let content =
        Content { what: hours.what.as_str().to_owned(), place: hours.place.as_ref().map(|place| place.as_str().to_owned()) };
    let text = serde_json::to_vec(&content).map_err(Fault::broken)?;
    Ok(HoursRow {
        id: hours.id,
        volunteer_id: hours.volunteer.0,
        chapter_id: by.chapter().0,
        party_id: Some(party),
        occasion: hours.occasion.clone(),
        content: Some(errand.vault.seal(place("volunteer_hours", "content", &hours.id), &text)?),
        starts_at: hours.from,
        ends_at: hours.to,
        request_hash: hash_of(errand.vault, hours, corrects),
        entered_by: by.account(),
        entered_at: errand.now,
        corrects,
        stands: true,
    })
}

/// What the same hours are known by when they come again.
pub(super) fn hash_of(vault: &Vault, hours: &Hours, corrects: Option<Uuid>) -> Vec<u8> {
    let Hours { id: _, volunteer, occasion, what, place, from, to } = hours;
    let said = serde_json::json!([volunteer, occasion, what.as_str(), place.as_ref().map(Line::as_str), from, to, corrects]);
    vault.hash("volunteer_hours.request", said.to_string().as_bytes()).to_vec()
}

/// Opens what is sealed; nothing of somebody who was erased.
pub(super) fn open(vault: &Vault, row: &HoursRow) -> Result<Option<Content>, VaultError> {
    let Some(sealed) = &row.content else { return Ok(None) };
    let text = vault.open(place("volunteer_hours", "content", &row.id), sealed)?;
    serde_json::from_slice(&text).map(Some).map_err(|_| VaultError::Damaged)
}

/// Writes rows, but those that are there or overlap; which it wrote.
pub(super) fn insert(conn: &mut PgConnection, rows: &[HoursRow]) -> Result<Vec<Uuid>, DbError> {
    let mut written = Vec::with_capacity(rows.len());
    // A statement has so many places and no more.
    for some in rows.chunks(2_000) {
        let insert = diesel::insert_into(volunteer_hours::table).values(some).on_conflict_do_nothing();
        written.extend(insert.returning(volunteer_hours::id).load::<Uuid>(conn)?);
    }
    Ok(written)
}

fn hashes(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<u8>>, DbError> {
    use volunteer_hours as h;
    let rows: Vec<(Uuid, Vec<u8>)> = h::table.filter(h::id.eq_any(ids)).select((h::id, h::request_hash)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// One row, held until the end of the transaction.
pub(super) fn held(conn: &mut PgConnection, id: Uuid) -> Result<Option<HoursRow>, DbError> {
    Ok(volunteer_hours::table.find(id).select(HoursRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Rows do not stand any more.
pub(super) fn lay_aside(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    diesel::update(volunteer_hours::table.find(id)).set(volunteer_hours::stands.eq(false)).execute(conn)?;
    Ok(())
}

/// Of these volunteers nobody says any more what they did where, and by which party it was.
pub(super) fn forget(conn: &mut PgConnection, vault: &Vault, volunteers: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use volunteer_hours as h;
    let ids: Vec<Uuid> = h::table.filter(h::volunteer_id.eq_any(volunteers)).select(h::id).load(conn)?;
    for id in &ids {
        let hash = vault.hash("volunteer_hours.erased", id.as_bytes()).to_vec();
        let nothing = (h::content.eq(None::<Vec<u8>>), h::party_id.eq(None::<Uuid>), h::request_hash.eq(hash));
        diesel::update(h::table.find(id)).set(nothing).execute(conn)?;
    }
    Ok(ids)
}
