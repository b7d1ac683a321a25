//! SQL of registrations and their steps.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{OrganGift, OrganState};
use super::sealed::Sealed;
use crate::authz::{Read, SeeOrgan, Seen};
use crate::db::DbError;
use crate::db::schema::{organ_registration, organ_step};
use crate::http::Span;
use crate::tree;

/// A registration as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organ_registration, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub state: String,
    pub gives: Vec<String>,
    pub person: Option<Vec<u8>>,
    pub person_hash: Option<Vec<u8>>,
    pub words: Vec<i64>,
    pub text_version: i16,
    pub consent_on: NaiveDate,
    pub handed_on: Option<NaiveDate>,
    pub card: Option<Vec<u8>>,
    pub card_on: Option<NaiveDate>,
    pub withdrawn_on: Option<NaiveDate>,
    pub told_on: Option<NaiveDate>,
    pub request_hash: Vec<u8>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub erased_on: Option<NaiveDate>,
}

impl Row {
    pub fn state(&self) -> OrganState {
        // The database knows these words alone; what it should not know says nothing.
        OrganState::parse(&self.state).unwrap_or(OrganState::Ended)
    }

    pub fn gives(&self) -> Vec<OrganGift> {
        self.gives.iter().filter_map(|gift| OrganGift::parse(gift)).collect()
    }
}

/// What was done, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organ_step, check_for_backend(diesel::pg::Pg))]
pub struct StepRow {
    pub id: Uuid,
    pub registration_id: Uuid,
    pub kind: String,
    pub day: NaiveDate,
    pub done_by: Uuid,
    pub done_at: DateTime<Utc>,
}

/// One registration.
pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(organ_registration::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: what is done about it comes one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(organ_registration::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Writes a registration, unless the id is taken; whether it was written.
pub fn insert(conn: &mut PgConnection, row: &Row) -> Result<bool, DbError> {
    let new = diesel::insert_into(organ_registration::table).values(row);
    Ok(new.on_conflict(organ_registration::id).do_nothing().execute(conn)? == 1)
}

/// Writes what it says anew.
pub fn rewrite(conn: &mut PgConnection, id: Uuid, gives: &[String], sealed: Sealed) -> Result<(), DbError> {
    use organ_registration as r;
    diesel::update(r::table.find(id))
        .set((
            r::gives.eq(gives),
            r::person.eq(Some(sealed.person)),
            r::person_hash.eq(Some(sealed.person_hash)),
            r::words.eq(sealed.words),
            r::version.eq(r::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a step changes.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = organ_registration)]
pub struct Stands {
    pub state: &'static str,
    pub handed_on: Option<NaiveDate>,
    pub card: Option<Vec<u8>>,
    pub card_on: Option<NaiveDate>,
    pub withdrawn_on: Option<NaiveDate>,
    pub version: i32,
}

/// Where it stands after a step; what is `None` stays as it was.
pub fn stand(conn: &mut PgConnection, id: Uuid, to: &Stands) -> Result<(), DbError> {
    diesel::update(organ_registration::table.find(id)).set(to).execute(conn)?;
    Ok(())
}

/// Empties a registration for good; `hash` is what requests about it are known by from now on.
pub fn empty(conn: &mut PgConnection, id: Uuid, day: NaiveDate, told_on: Option<NaiveDate>, hash: &[u8]) -> Result<(), DbError> {
    use organ_registration as r;
    diesel::update(r::table.find(id))
        .set((
            (r::state.eq(OrganState::Ended.name()), r::erased_on.eq(Some(day)), r::told_on.eq(told_on)),
            (r::person.eq(None::<Vec<u8>>), r::person_hash.eq(None::<Vec<u8>>), r::card.eq(None::<Vec<u8>>)),
            (r::words.eq(Vec::<i64>::new()), r::gives.eq(Vec::<String>::new())),
            (r::request_hash.eq(hash), r::version.eq(r::version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A step that was entered.
pub fn step(conn: &mut PgConnection, id: Uuid) -> Result<Option<StepRow>, DbError> {
    Ok(organ_step::table.find(id).select(StepRow::as_select()).first(conn).optional()?)
}

pub fn add_step(conn: &mut PgConnection, row: &StepRow) -> Result<(), DbError> {
    diesel::insert_into(organ_step::table).values(row).execute(conn)?;
    Ok(())
}

/// What was done about it, in the order in which it was entered.
pub fn steps(conn: &mut PgConnection, id: Uuid) -> Result<Vec<StepRow>, DbError> {
    use organ_step as s;
    Ok(s::table.filter(s::registration_id.eq(id)).order(s::done_at).select(StepRow::as_select()).load(conn)?)
}

/// Registrations of a chapter, with those of chapters it goes on for, in the order in which they were written down.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<SeeOrgan>,
    state: Option<OrganState>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Row>, DbError> {
    use organ_registration as r;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = r::table.filter(r::chapter_id.eq(chapter)).order((r::recorded_at, r::id)).limit(span.rows);
        let mut query = query.select(Row::as_select()).into_boxed();
        if let Some(state) = state {
            query = query.filter(r::state.eq(state.name()));
        }
        if let Some((at, id)) = span.after {
            query = query.filter(r::recorded_at.ge(at)).filter(r::recorded_at.gt(at).or(r::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.recorded_at, row.id))
}

/// Registrations of a chapter that have all of these hashes, at most so many.
pub fn proposed(conn: &mut PgConnection, chapter: Uuid, hashes: &[i64], most: i64) -> Result<Vec<Row>, DbError> {
    use organ_registration as r;
    let query = r::table.filter(r::words.contains(hashes)).filter(r::chapter_id.eq(chapter)).limit(most);
    Ok(query.select(Row::as_select()).load(conn)?)
}

/// Registrations at these chapters of who is called so and has this number, held.
pub fn of_person(conn: &mut PgConnection, hash: &[u8], chapters: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use organ_registration as r;
    let query = r::table.filter(r::person_hash.eq(hash)).filter(r::chapter_id.eq_any(chapters)).order(r::id);
    Ok(query.select(r::id).for_no_key_update().load(conn)?)
}

/// How many there are at a chapter and all below it, by how they stand.
pub fn counts(conn: &mut PgConnection, here: &Seen<Read>) -> Result<Vec<(String, i64)>, DbError> {
    use organ_registration as r;
    let query = r::table.filter(r::chapter_id.eq_any(tree::at_and_below(here.chapter().0))).group_by(r::state);
    Ok(query.select((r::state, diesel::dsl::count_star())).load(conn)?)
}

/// How many registrations say something of somebody.
pub fn count(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(organ_registration::table.filter(organ_registration::erased_on.is_null()).count().get_result(conn)?)
}
