//! SQL of lists that a job enters.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::fault::Fault;
use super::form::{AT_ONCE, Listed};
use super::wire::ListState;
use crate::authz::{Granted, KeepPeople};
use crate::db::DbError;
use crate::db::schema::{volunteer_import, volunteer_import_part};
use crate::house::persons::PersonsError;
use crate::tree::ChapterId;
use crate::vault::{Place, Vault, VaultError, place};

/// A list as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer_import, check_for_backend(diesel::pg::Pg))]
pub struct ImportRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub content_hash: Vec<u8>,
    pub state: String,
    pub verified: bool,
    pub row_count: i32,
    pub uploaded_by: Uuid,
    pub uploaded_at: DateTime<Utc>,
}

impl ImportRow {
    pub fn is_done(&self) -> bool {
        self.state == ListState::Done.name()
    }
}

/// A row that was refused when it was to be entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub row: u32,
    pub column: Option<String>,
    pub code: String,
    pub vi: String,
    pub en: String,
}

/// A part sealed: its id, how many people, their bytes.
pub type SealedPart = (Uuid, usize, Vec<u8>);

fn at(part: &Uuid) -> Place<'_> {
    place("volunteer_import_part", "people", part)
}

fn sealed(vault: &Vault, id: &Uuid, people: &[Listed]) -> Result<Vec<u8>, Fault> {
    Ok(vault.seal(at(id), &serde_json::to_vec(people).map_err(Fault::broken)?)?)
}

/// The people of a list in parts, sealed. Off the database.
pub fn sealed_parts(vault: &Vault, people: &[Listed]) -> Result<Vec<SealedPart>, Fault> {
    let part = |people: &[Listed]| -> Result<_, Fault> {
        let id = Uuid::new_v4();
        Ok((id, people.len(), sealed(vault, &id, people)?))
    };
    people.chunks(AT_ONCE).map(part).collect()
}

/// Writes a list, unless the same one is there.
pub fn insert(conn: &mut PgConnection, _: &Granted<KeepPeople>, row: &ImportRow, parts: &[SealedPart]) -> Result<bool, DbError> {
    use volunteer_import_part as p;
    if diesel::insert_into(volunteer_import::table).values(row).on_conflict_do_nothing().execute(conn)? == 0 {
        return Ok(false);
    }
    let part = |(n, (id, count, sealed)): (i16, &SealedPart)| {
        let count = i16::try_from(*count).unwrap_or(i16::MAX);
        (p::id.eq(*id), p::import_id.eq(row.id), p::n.eq(n), p::row_count.eq(count), p::people.eq(sealed.clone()))
    };
    diesel::insert_into(p::table).values((0i16..).zip(parts).map(part).collect::<Vec<_>>()).execute(conn)?;
    Ok(true)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<ImportRow>, DbError> {
    Ok(volunteer_import::table.find(id).select(ImportRow::as_select()).first(conn).optional()?)
}

/// The list of a chapter with this content.
pub fn find_same(conn: &mut PgConnection, chapter: ChapterId, content_hash: &[u8]) -> Result<Option<ImportRow>, DbError> {
    use volunteer_import as i;
    let same = i::table.filter(i::chapter_id.eq(chapter.0)).filter(i::content_hash.eq(content_hash));
    Ok(same.select(ImportRow::as_select()).first(conn).optional()?)
}

/// A part that is to be entered.
pub struct Part {
    pub id: Uuid,
    pub n: i16,
    pub people: Vec<Listed>,
    /// As they were read.
    sealed: Vec<u8>,
}

/// The next part that is not done.
pub fn next_part(conn: &mut PgConnection, vault: &Vault, import: Uuid) -> Result<Option<Part>, Fault> {
    use volunteer_import_part as p;
    let open = p::table.filter(p::import_id.eq(import).and(p::done_at.is_null())).order(p::n);
    let next: Option<(Uuid, i16, Option<Vec<u8>>)> = open.select((p::id, p::n, p::people)).first(conn).optional()?;
    let Some((id, n, Some(sealed))) = next else { return Ok(None) };
    let people = serde_json::from_slice(&vault.open(at(&id), &sealed)?).map_err(Fault::broken)?;
    Ok(Some(Part { id, n, people, sealed }))
}

/// Whether a part, held from now on, has the people that were read: nobody was taken out of it meanwhile.
pub fn hold(conn: &mut PgConnection, part: &Part) -> Result<bool, DbError> {
    use volunteer_import_part as p;
    let held: Option<Option<Vec<u8>>> = p::table.find(part.id).select(p::people).for_no_key_update().first(conn).optional()?;
    Ok(held.flatten().as_deref() == Some(part.sealed.as_slice()))
}

/// Notes what became of a part, whose people it keeps no more.
pub fn settle(conn: &mut PgConnection, now: DateTime<Utc>, part: &Part, refused: &[Refused]) -> Result<(), Fault> {
    use volunteer_import_part as p;
    let entered = i16::try_from(part.people.len() - refused.len()).unwrap_or(i16::MAX);
    diesel::update(p::table.find(part.id).filter(p::done_at.is_null()))
        .set((
            (p::done_at.eq(Some(now)), p::people.eq(None::<Vec<u8>>), p::entered.eq(Some(entered))),
            p::refused.eq(Some(serde_json::to_value(refused).map_err(Fault::broken)?)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A list without a part that is to be entered is done.
pub fn finish(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    use volunteer_import as i;
    diesel::update(i::table.find(id)).set(i::state.eq(ListState::Done.name())).execute(conn)?;
    Ok(())
}

/// A list that waits still, with all that is known of its people, is there no more.
pub fn lapse(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    use {volunteer_import as i, volunteer_import_part as p};
    let waits: Option<Uuid> =
        i::table.find(id).filter(i::state.eq(ListState::Accepted.name())).select(i::id).for_update().first(conn).optional()?;
    if waits.is_some() {
        diesel::delete(p::table.filter(p::import_id.eq(id))).execute(conn)?;
        diesel::delete(i::table.find(id)).execute(conn)?;
    }
    Ok(())
}

/// What became of the parts so far: how many were entered, and which rows were refused.
pub fn progress(conn: &mut PgConnection, id: Uuid) -> Result<(i64, Vec<Refused>), Fault> {
    use volunteer_import_part as p;
    type Done = (Option<i16>, Option<serde_json::Value>);
    let parts: Vec<Done> = p::table.filter(p::import_id.eq(id)).order(p::n).select((p::entered, p::refused)).load(conn)?;
    let (mut entered, mut refused) = (0, Vec::new());
    for (volunteers, not) in parts {
        entered += i64::from(volunteers.unwrap_or(0));
        if let Some(not) = not {
            refused.extend(serde_json::from_value::<Vec<Refused>>(not).map_err(Fault::broken)?);
        }
    }
    Ok((entered, refused))
}

/// How many people wait in lists.
pub fn people_waiting(conn: &mut PgConnection) -> Result<i64, DbError> {
    use volunteer_import_part as p;
    let open = p::table.filter(p::people.is_not_null()).select(diesel::dsl::sum(p::row_count));
    Ok(open.first::<Option<i64>>(conn)?.unwrap_or(0))
}

/// The parts at these chapters that are not done, held, with their sealed people.
pub fn waiting(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    use {volunteer_import as i, volunteer_import_part as p};
    let lists = i::table.filter(i::chapter_id.eq_any(chapters)).filter(i::state.eq(ListState::Accepted.name())).select(i::id);
    let lists: Vec<Uuid> = lists.load(conn)?;
    let open = p::table.filter(p::import_id.eq_any(lists).and(p::people.is_not_null())).order((p::import_id, p::n));
    Ok(open.select((p::id, p::people.assume_not_null())).for_no_key_update().load(conn)?)
}

/// The people of a sealed part; nobody of one that cannot be read.
pub fn opened_part(vault: &Vault, (part, sealed): &(Uuid, Vec<u8>)) -> Result<Vec<Listed>, VaultError> {
    Ok(serde_json::from_slice(&vault.open(at(part), sealed)?).unwrap_or_default())
}

/// Opens a part, takes somebody out of it where `take_out` finds them, and seals it again.
pub fn rewrite(
    conn: &mut PgConnection,
    vault: &Vault,
    part: &(Uuid, Vec<u8>),
    take_out: impl Fn(&Listed) -> bool,
) -> Result<(), PersonsError> {
    use volunteer_import_part as p;
    let mut people = opened_part(vault, part)?;
    let mut found = false;
    for one in people.iter_mut().filter(|one| take_out(one)) {
        (one.entry, found) = (None, true);
    }
    if found {
        let again = vault.seal(at(&part.0), &serde_json::to_vec(&people).unwrap_or_default())?;
        diesel::update(p::table.find(part.0).filter(p::done_at.is_null())).set(p::people.eq(Some(again))).execute(conn)?;
    }
    Ok(())
}
