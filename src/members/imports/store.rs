//! SQL of lists of members.

use std::collections::HashSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::fault::Fault;
use super::super::model::MemberState;
use super::form::Listed;
use super::wire::ListState;
use crate::authz::{Granted, KeepPeople};
use crate::basics::clock::vietnam_midnight;
use crate::db::DbError;
use crate::db::schema::{member, member_import, member_import_part, member_import_rule};
use crate::tree::ChapterId;
use crate::vault::{Place, Vault, VaultError, place};

/// Most people of a part.
pub const MOST_IN_A_PART: usize = 500;

/// A list as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_import, check_for_backend(diesel::pg::Pg))]
pub struct ImportRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub content_hash: Vec<u8>,
    pub state: String,
    pub decision_no: String,
    pub text_version: Option<i16>,
    pub paper: Option<Vec<u8>>,
    pub row_count: i32,
    pub uploaded_by: Uuid,
    pub uploaded_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl ImportRow {
    pub fn is(&self, state: ListState) -> bool {
        self.state == state.name()
    }
}

/// A row that was refused when it was to be admitted.
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
    place("member_import_part", "people", part)
}

/// The people of a list in parts, sealed. Off the database.
pub fn sealed_parts(vault: &Vault, people: &[Listed]) -> Result<Vec<SealedPart>, Fault> {
    let part = |people: &[Listed]| -> Result<_, Fault> {
        let id = Uuid::new_v4();
        let sealed = vault.seal(at(&id), &serde_json::to_vec(people).map_err(Fault::broken)?)?;
        Ok((id, people.len(), sealed))
    };
    people.chunks(MOST_IN_A_PART).map(part).collect()
}

fn opened(vault: &Vault, id: Uuid, sealed: &[u8]) -> Result<Vec<Listed>, Fault> {
    serde_json::from_slice(&vault.open(at(&id), sealed)?).map_err(Fault::broken)
}

/// Writes a list that waits, unless the same one is there.
pub fn insert(conn: &mut PgConnection, _: &Granted<KeepPeople>, row: &ImportRow, parts: &[SealedPart]) -> Result<bool, DbError> {
    use member_import_part as p;
    if diesel::insert_into(member_import::table).values(row).on_conflict_do_nothing().execute(conn)? == 0 {
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
    Ok(member_import::table.find(id).select(ImportRow::as_select()).first(conn).optional()?)
}

/// The chapter whose list it is.
pub fn chapter_of(conn: &mut PgConnection, id: Uuid) -> Result<Option<Uuid>, DbError> {
    Ok(find(conn, id)?.map(|row| row.chapter_id))
}

/// [`find`], held until the end of the transaction: whoever decides comes one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<ImportRow>, DbError> {
    Ok(member_import::table.find(id).select(ImportRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// The list of a chapter with this content, of which something came or may come.
pub fn find_same(conn: &mut PgConnection, chapter: ChapterId, content_hash: &[u8]) -> Result<Option<ImportRow>, DbError> {
    use member_import as i;
    let states = [ListState::Ready, ListState::Accepted, ListState::Done].map(ListState::name);
    let same = i::table.filter(i::chapter_id.eq(chapter.0)).filter(i::content_hash.eq(content_hash));
    Ok(same.filter(i::state.eq_any(states)).select(ImportRow::as_select()).first(conn).optional()?)
}

/// Notes what was decided of a list that waits; of one of which nothing comes its people go.
pub fn decide(conn: &mut PgConnection, id: Uuid, to: ListState, by: Uuid, at: DateTime<Utc>) -> Result<bool, DbError> {
    use member_import as i;
    let waits = i::table.find(id).filter(i::state.eq(ListState::Ready.name()));
    let done = diesel::update(waits).set((i::state.eq(to.name()), i::decided_by.eq(by), i::decided_at.eq(at))).execute(conn)?;
    if done == 1 && to != ListState::Accepted {
        diesel::delete(member_import_part::table.filter(member_import_part::import_id.eq(id))).execute(conn)?;
    }
    Ok(done == 1)
}

/// How many parts a list has.
pub fn parts(conn: &mut PgConnection, id: Uuid) -> Result<i64, DbError> {
    Ok(member_import_part::table.filter(member_import_part::import_id.eq(id)).count().get_result(conn)?)
}

/// The people of one part; nobody of one that is done, or not there.
pub fn people(conn: &mut PgConnection, vault: &Vault, import: Uuid, n: i16) -> Result<Vec<Listed>, Fault> {
    use member_import_part as p;
    let part = p::table.filter(p::import_id.eq(import)).filter(p::n.eq(n)).select((p::id, p::people));
    match part.first::<(Uuid, Option<Vec<u8>>)>(conn).optional()? {
        Some((id, Some(sealed))) => opened(vault, id, &sealed),
        _ => Ok(Vec::new()),
    }
}

/// A part that is to be admitted.
pub struct Part {
    pub id: Uuid,
    pub n: i16,
    /// All of its people; of those who are done nothing is kept.
    pub people: Vec<Listed>,
    /// How many of them are done, from the first one on.
    pub done: usize,
}

/// The next part that is not done.
pub fn next_part(conn: &mut PgConnection, vault: &Vault, import: Uuid) -> Result<Option<Part>, Fault> {
    use member_import_part as p;
    let open = p::table.filter(p::import_id.eq(import).and(p::done_at.is_null())).order(p::n).select((
        p::id,
        p::n,
        p::people,
        p::done_rows,
    ));
    let Some((id, n, Some(sealed), done)) = open.first::<(Uuid, i16, Option<Vec<u8>>, i16)>(conn).optional()? else {
        return Ok(None);
    };
    Ok(Some(Part { id, n, people: opened(vault, id, &sealed)?, done: usize::try_from(done).unwrap_or_default() }))
}

/// What became of a part.
#[derive(Debug, Default)]
pub struct Settled {
    pub admitted: usize,
    pub checked: usize,
    pub refused: Vec<Refused>,
}

/// The part once those up to a place are done: sealed again without them, or nothing when all are. Off the database.
pub fn left(vault: &Vault, part: &Part, upto: usize) -> Result<Option<Vec<u8>>, Fault> {
    if upto >= part.people.len() {
        return Ok(None);
    }
    let mut people = part.people.clone();
    people.iter_mut().take(upto).for_each(|one| one.entry = None);
    Ok(Some(vault.seal(at(&part.id), &serde_json::to_vec(&people).map_err(Fault::broken)?)?))
}

/// Notes what became of the people of a part up to a place, who are kept in it no more. `left` is what stays.
pub fn settle(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    (part, upto): (&Part, usize),
    settled: &Settled,
    left: Option<Vec<u8>>,
) -> Result<(), Fault> {
    use member_import_part as p;
    type Done = (Option<i16>, Option<i16>, Option<serde_json::Value>);
    let before: Done = p::table.find(part.id).select((p::admitted, p::checked, p::refused)).first(conn)?;
    let mut refused: Vec<Refused> =
        serde_json::from_value(before.2.unwrap_or_else(|| serde_json::json!([]))).map_err(Fault::broken)?;
    refused.extend(settled.refused.iter().cloned());
    let small = |count: usize| i16::try_from(count).unwrap_or(i16::MAX);
    diesel::update(p::table.find(part.id).filter(p::done_at.is_null()))
        .set((
            p::done_at.eq(left.is_none().then_some(at)),
            p::people.eq(left),
            p::done_rows.eq(small(upto)),
            p::admitted.eq(before.0.unwrap_or(0) + small(settled.admitted)),
            p::checked.eq(before.1.unwrap_or(0) + small(settled.checked)),
            p::refused.eq(serde_json::to_value(&refused).map_err(Fault::broken)?),
        ))
        .execute(conn)?;
    Ok(())
}

/// A list without a part that is to be admitted is done.
pub fn finish(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    use member_import as i;
    let accepted = i::table.find(id).filter(i::state.eq(ListState::Accepted.name()));
    diesel::update(accepted).set(i::state.eq(ListState::Done.name())).execute(conn)?;
    Ok(())
}

/// What became of the parts so far: admitted, checked, refused.
pub fn progress(conn: &mut PgConnection, id: Uuid) -> Result<(i64, i64, Vec<Refused>), Fault> {
    use member_import_part as p;
    type Done = (Option<i16>, Option<i16>, Option<serde_json::Value>);
    let parts = p::table.filter(p::import_id.eq(id)).order(p::n).select((p::admitted, p::checked, p::refused));
    let (mut admitted, mut checked, mut refused) = (0, 0, Vec::new());
    for (members, above, not) in parts.load::<Done>(conn)? {
        admitted += i64::from(members.unwrap_or(0));
        checked += i64::from(above.unwrap_or(0));
        if let Some(not) = not {
            refused.extend(serde_json::from_value::<Vec<Refused>>(not).map_err(Fault::broken)?);
        }
    }
    Ok((admitted, checked, refused))
}

/// How many people wait in lists, or are being admitted.
pub fn people_waiting(conn: &mut PgConnection) -> Result<i64, DbError> {
    use member_import_part as p;
    let open = p::table.filter(p::people.is_not_null()).select(diesel::dsl::sum(p::row_count));
    Ok(open.first::<Option<i64>>(conn)?.unwrap_or(0))
}

/// Lists of a chapter that wait for less than their time on a day, or are being admitted.
pub fn open(conn: &mut PgConnection, chapter: Uuid, day: NaiveDate) -> Result<i64, DbError> {
    use member_import as i;
    let of = i::table.filter(i::chapter_id.eq(chapter));
    let admitted: i64 = of.filter(i::state.eq(ListState::Accepted.name())).count().get_result(conn)?;
    let mut waiting = of.filter(i::state.eq(ListState::Ready.name())).into_boxed();
    if let Some(since) = in_time(conn, day)? {
        waiting = waiting.filter(i::uploaded_at.ge(since));
    }
    Ok(admitted + waiting.count().get_result::<i64>(conn)?)
}

/// Lists of a chapter that waited for longer than their time on a day, held.
pub fn lapsed(conn: &mut PgConnection, chapter: Uuid, day: NaiveDate) -> Result<Vec<Uuid>, DbError> {
    use member_import as i;
    let Some(since) = in_time(conn, day)? else { return Ok(Vec::new()) };
    let of = i::table.filter(i::chapter_id.eq(chapter)).filter(i::state.eq(ListState::Ready.name()));
    Ok(of.filter(i::uploaded_at.lt(since)).order(i::id).select(i::id).for_no_key_update().load(conn)?)
}

/// Since when a list that still waits must have been sent, by the rule of a day.
fn in_time(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<DateTime<Utc>>, DbError> {
    use member_import_rule as r;
    let rule = r::table.filter(r::valid_from.le(day)).filter(r::valid_to.is_null().or(r::valid_to.gt(day)));
    let days: Option<i16> = rule.order(r::valid_from.desc()).select(r::waits_days).first(conn).optional()?;
    Ok(days.map(|days| vietnam_midnight(day - Duration::days(days.into()))))
}

/// The parts at these chapters that are not done, held, with their sealed people.
pub fn waiting(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    use {member_import as i, member_import_part as p};
    let states = [ListState::Ready, ListState::Accepted].map(ListState::name);
    let lists = i::table.filter(i::chapter_id.eq_any(chapters)).filter(i::state.eq_any(states)).select(i::id);
    let lists: Vec<Uuid> = lists.load(conn)?;
    let open = p::table.filter(p::import_id.eq_any(lists).and(p::people.is_not_null())).order((p::import_id, p::n));
    Ok(open.select((p::id, p::people.assume_not_null())).for_no_key_update().load(conn)?)
}

/// The people of a sealed part; nobody of one that cannot be read.
pub fn opened_part(vault: &Vault, (part, sealed): &(Uuid, Vec<u8>)) -> Result<Vec<Listed>, VaultError> {
    Ok(serde_json::from_slice(&vault.open(at(part), sealed)?).unwrap_or_default())
}

/// Opens a part, takes somebody out of it where `change` finds them, and seals it again.
pub fn rewrite(
    conn: &mut PgConnection,
    vault: &Vault,
    (part, sealed): &(Uuid, Vec<u8>),
    change: impl Fn(&mut Listed) -> bool,
) -> Result<(), crate::house::persons::PersonsError> {
    use member_import_part as p;
    let Ok(mut people) = serde_json::from_slice::<Vec<Listed>>(&vault.open(at(part), sealed)?) else { return Ok(()) };
    if people.iter_mut().filter_map(|one| change(one).then_some(())).count() > 0 {
        let again = vault.seal(at(part), &serde_json::to_vec(&people).unwrap_or_default())?;
        diesel::update(p::table.find(part).filter(p::done_at.is_null())).set(p::people.eq(again)).execute(conn)?;
    }
    Ok(())
}

/// Which of these persons are members, or applied for.
pub fn standing(conn: &mut PgConnection, persons: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    use member as m;
    let states = [MemberState::Applied, MemberState::Checked, MemberState::Admitted].map(MemberState::name);
    let rows = m::table.filter(m::person_id.eq_any(persons)).filter(m::state.eq_any(states)).select(m::person_id);
    Ok(rows.load(conn)?.into_iter().collect())
}
