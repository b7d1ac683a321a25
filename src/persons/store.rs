//! SQL of persons, and what other rooms ask of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{JoinState, PersonId, PersonKind};
use super::row::Row;
use super::sealed::{self, Known, Sealed};
use crate::authz::{Granted, KeepPeople, Right, SeePeople, Seen};
use crate::db::DbError;
use crate::db::schema::{person, person_join};
use crate::house::persons::PersonsError;
use crate::http::Span;
use crate::parties::restriction;
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

/// One person, sealed.
pub(super) fn find(conn: &mut PgConnection, id: PersonId) -> Result<Option<Row>, DbError> {
    Ok(person::table.find(id.0).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: nobody changes, joins or erases them meanwhile.
pub(super) fn held(conn: &mut PgConnection, id: PersonId) -> Result<Option<Row>, DbError> {
    Ok(person::table.find(id.0).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// A person of the chapter of a grant (or of one that it goes on for), in clear and held until the end of the transaction: for rooms
/// that write down what somebody is there. Of joined persons the one that goes on comes back. `None` where the chapter knows nobody by
/// this name, where they were erased, where their data may not be used; and of an organisation, which is nothing but a collective member
/// ([`hold_either`]). KEEP_PEOPLE, or the right to keep what somebody is to be there.
pub fn hold<R: Right>(conn: &mut PgConnection, vault: &Vault, by: &Granted<R>, id: PersonId) -> Result<Option<Known>, Fault> {
    Ok(hold_either(conn, vault, by, id)?.filter(|known| known.kind == PersonKind::Person))
}

/// [`hold`], of an organisation as well.
pub fn hold_either<R: Right>(
    conn: &mut PgConnection,
    vault: &Vault,
    by: &Granted<R>,
    id: PersonId,
) -> Result<Option<Known>, Fault> {
    let id = kept(conn, id)?;
    let Some(row) = held(conn, id)? else { return Ok(None) };
    if !tree::with_succeeded(conn, by.chapter())?.contains(&row.chapter_id) {
        return Ok(None);
    }
    usable(conn, vault, &row)
}

/// [`hold`] for looking, of many at once: those that the chapter knows and may use, by the name they were asked for.
pub fn look(
    conn: &mut PgConnection,
    vault: &Vault,
    here: &Seen<SeePeople>,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, Known>, Fault> {
    let chapters = tree::with_succeeded(conn, here.chapter())?;
    let of = names(conn, vault, ids)?;
    Ok(of.into_iter().filter(|(_, known)| chapters.contains(&known.chapter.0)).collect())
}

/// These persons in clear, whatever chapter knows them: for rooms that have asked for the right to what they show. Without those who
/// were erased or may not be used. Of joined persons each comes as it was written down.
pub fn names(conn: &mut PgConnection, vault: &Vault, ids: &[PersonId]) -> Result<HashMap<PersonId, Known>, Fault> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = person::table.filter(person::id.eq_any(&ids)).select(Row::as_select()).load(conn)?;
    let closed = restriction::of_parties(conn, &rows.iter().filter_map(|row| row.party_id).collect::<Vec<_>>())?;
    let mut known = HashMap::with_capacity(rows.len());
    for row in rows.iter().filter(|row| row.party_id.is_some_and(|party| !closed.contains(&(party, row.chapter_id)))) {
        known.extend(sealed::open(vault, row)?.map(|person| (person.id, person)));
    }
    Ok(known)
}

/// The party a person stands for, and the chapter that knows them so. `None` of nobody, and of who was erased.
pub fn stands_for(conn: &mut PgConnection, id: PersonId) -> Result<Option<(Uuid, ChapterId)>, DbError> {
    Ok(find(conn, id)?.and_then(|row| Some((row.party_id?, ChapterId(row.chapter_id)))))
}

/// A row in clear, unless it is empty or may not be used.
pub(super) fn usable(conn: &mut PgConnection, vault: &Vault, row: &Row) -> Result<Option<Known>, Fault> {
    match row.party_id {
        Some(party) if !restriction::holds(conn, party, row.chapter_id)? => Ok(sealed::open(vault, row)?),
        _ => Ok(None),
    }
}

/// Who goes on for a person who was joined to another; else the person.
pub(super) fn kept(conn: &mut PgConnection, id: PersonId) -> Result<PersonId, DbError> {
    use person_join as j;
    let standing = j::table.filter(j::joined_id.eq(id.0)).filter(j::state.eq(JoinState::Joined.name()));
    let to: Option<Uuid> = standing.select(j::kept_id).first(conn).optional()?;
    Ok(to.map_or(id, PersonId))
}

/// For each of these persons, every row anywhere that stands for the same party, itself among them: for counting what somebody is at other
/// chapters, never for showing it. Who was erased has none.
pub fn same_people(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    let other = diesel::alias!(person as other);
    Ok(person::table
        .inner_join(other.on(other.field(person::party_id).eq(person::party_id)))
        .filter(person::id.eq_any(ids))
        .select((person::id, other.field(person::id)))
        .load(conn)?)
}

/// All rows that are one person today: the one that goes on first.
pub fn all_of(conn: &mut PgConnection, id: PersonId) -> Result<Vec<PersonId>, DbError> {
    use person_join as j;
    let first = kept(conn, id)?;
    let others = j::table.filter(j::kept_id.eq(first.0)).filter(j::state.eq(JoinState::Joined.name())).order(j::joined_id);
    let others: Vec<Uuid> = others.select(j::joined_id).load(conn)?;
    Ok([first].into_iter().chain(others.into_iter().map(PersonId)).collect())
}

/// Those of these who were joined to another, or to whom another was.
pub fn joined_among(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use person_join as j;
    let standing = j::table.filter(j::state.eq(JoinState::Joined.name()));
    let either = standing.filter(j::kept_id.eq_any(ids).or(j::joined_id.eq_any(ids)));
    let rows: Vec<(Uuid, Uuid)> = either.select((j::kept_id, j::joined_id)).load(conn)?;
    let mut found: Vec<Uuid> = rows.into_iter().flat_map(|(kept, joined)| [kept, joined]).filter(|id| ids.contains(id)).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// All who are one by a join, each with who goes on.
pub fn all_joined(conn: &mut PgConnection) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    use person_join as j;
    let standing = j::table.filter(j::state.eq(JoinState::Joined.name())).order((j::kept_id, j::joined_id));
    Ok(standing.select((j::joined_id, j::kept_id)).load(conn)?)
}

/// What a new row says besides what is sealed.
pub(super) struct New<'a> {
    pub id: PersonId,
    pub kind: PersonKind,
    pub party: Uuid,
    pub confirmed_on: Option<NaiveDate>,
    pub hash: &'a [u8],
}

/// Writes a person, unless the id is taken; whether it was written.
pub(super) fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    new: &New<'_>,
    sealed: Sealed,
) -> Result<bool, DbError> {
    let row = Row {
        id: new.id.0,
        chapter_id: by.chapter().0,
        party_id: Some(new.party),
        name: Some(sealed.name),
        phone: sealed.phone,
        phone_confirmed_on: new.confirmed_on,
        particulars: sealed.particulars,
        words: sealed.words,
        request_hash: new.hash.to_vec(),
        version: 1,
        recorded_by: by.account(),
        recorded_at: at,
        erased_on: None,
        kind: new.kind.name().to_owned(),
    };
    let written = diesel::insert_into(person::table).values(&row).on_conflict(person::id).do_nothing().execute(conn)?;
    Ok(written == 1)
}

/// Writes a person anew, whose row the caller holds.
pub(super) fn change(
    conn: &mut PgConnection,
    row: &Row,
    party: Uuid,
    confirmed_on: Option<NaiveDate>,
    sealed: Sealed,
) -> Result<(), DbError> {
    use person as p;
    diesel::update(p::table.find(row.id))
        .set((
            p::party_id.eq(party),
            p::name.eq(sealed.name),
            p::phone.eq(sealed.phone),
            p::phone_confirmed_on.eq(confirmed_on),
            p::particulars.eq(sealed.particulars),
            p::words.eq(sealed.words),
            p::version.eq(row.version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// The rows that a chapter and those it goes on for have, in the order in which they were written.
pub(super) fn list(
    conn: &mut PgConnection,
    here: &Seen<SeePeople>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Row>, DbError> {
    use person as p;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let mut query = p::table
            .filter(p::chapter_id.eq(chapter))
            .filter(p::erased_on.is_null())
            .order((p::recorded_at, p::id))
            .limit(span.rows)
            .select(Row::as_select())
            .into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(p::recorded_at.ge(at)).filter(p::recorded_at.gt(at).or(p::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.recorded_at, row.id))
}

/// Rows of these chapters that have all of these hashes, at most so many.
pub(super) fn proposed(conn: &mut PgConnection, chapters: &[Uuid], hashes: &[i64], most: i64) -> Result<Vec<Row>, DbError> {
    use person as p;
    let query = p::table.filter(p::words.contains(hashes)).filter(p::chapter_id.eq_any(chapters)).limit(most);
    Ok(query.select(Row::as_select()).load(conn)?)
}

/// [`proposed`] of one chapter, by name alone.
pub(super) fn proposed_ids(conn: &mut PgConnection, chapter: Uuid, hashes: &[i64], most: i64) -> Result<Vec<PersonId>, DbError> {
    use person as p;
    let query = p::table.filter(p::words.contains(hashes)).filter(p::chapter_id.eq(chapter)).limit(most).select(p::id);
    Ok(query.load::<Uuid>(conn)?.into_iter().map(PersonId).collect())
}

/// How many of these are somebody whose data may be used.
pub(super) fn usable_among(conn: &mut PgConnection, ids: &[PersonId]) -> Result<usize, DbError> {
    use person as p;
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let somebody = p::table.filter(p::id.eq_any(&ids)).filter(p::party_id.is_not_null());
    let rows: Vec<(Uuid, Uuid)> = somebody.select((p::party_id.assume_not_null(), p::chapter_id)).load(conn)?;
    let closed = restriction::of_parties(conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    Ok(rows.iter().filter(|row| !closed.contains(row)).count())
}

/// Rows in order of id, after one of them.
pub(super) fn after(conn: &mut PgConnection, after: Uuid, most: i64) -> Result<Vec<Row>, DbError> {
    let query = person::table.filter(person::id.gt(after)).order(person::id).limit(most);
    Ok(query.select(Row::as_select()).load(conn)?)
}

/// The rows of a party at these chapters, held until the end of the transaction.
pub(super) fn of_party(conn: &mut PgConnection, party: Uuid, chapters: &[Uuid]) -> Result<Vec<Row>, DbError> {
    use person as p;
    let query = p::table.filter(p::party_id.eq(party)).filter(p::chapter_id.eq_any(chapters)).order(p::id);
    Ok(query.select(Row::as_select()).for_no_key_update().load(conn)?)
}

/// The persons that a party is at these chapters, held until the end of the transaction.
pub fn ids_of_party(conn: &mut PgConnection, party: Uuid, chapters: &[Uuid]) -> Result<Vec<PersonId>, DbError> {
    Ok(of_party(conn, party, chapters)?.into_iter().map(|row| PersonId(row.id)).collect())
}

/// What these chapters have written down of a party, in clear, also where it may not be used: for what the person asks about it.
pub fn whole_of_party(
    conn: &mut PgConnection,
    vault: &Vault,
    party: Uuid,
    chapters: &[Uuid],
) -> Result<Vec<Known>, PersonsError> {
    let mut all = Vec::new();
    for row in of_party(conn, party, chapters)? {
        all.extend(sealed::open(vault, &row)?);
    }
    Ok(all)
}

/// Writes a row as it is.
pub(super) fn write(conn: &mut PgConnection, row: &Row) -> Result<(), DbError> {
    diesel::insert_into(person::table).values(row).execute(conn)?;
    Ok(())
}

/// The chapters that know a party as a person.
pub(super) fn chapters_of(conn: &mut PgConnection, party: Uuid) -> Result<Vec<Uuid>, DbError> {
    Ok(person::table.filter(person::party_id.eq(party)).select(person::chapter_id).load(conn)?)
}

/// Empties a row for good; `hash` is what its request is known by from now on.
pub(super) fn erase(conn: &mut PgConnection, id: Uuid, day: NaiveDate, hash: &[u8]) -> Result<(), DbError> {
    use person as p;
    diesel::update(p::table.find(id))
        .set((
            p::party_id.eq(None::<Uuid>),
            p::name.eq(None::<Vec<u8>>),
            p::phone.eq(None::<Vec<u8>>),
            p::phone_confirmed_on.eq(None::<NaiveDate>),
            p::particulars.eq(None::<Vec<u8>>),
            p::words.eq(Vec::<i64>::new()),
            p::request_hash.eq(hash),
            p::erased_on.eq(day),
            p::version.eq(p::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}
