//! What dues ask of the members: the one place that knows how somebody is one.
//!
//! A membership belongs to a chapter and perhaps to a branch of it. Who was transferred is a member by another id at the other chapter; the
//! first of all memberships that came one from the other stands for all of them, so that a month is settled once.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use crate::authz::{Granted, KeepPeople, Visit};
use crate::db::DbError;
use crate::house::persons::OfParty;
use crate::members::{MemberRow, MemberState, asked};
use crate::persons::{self, PersonId};
use crate::tree::{self, ChapterId};

/// A member whose dues are recorded.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// The first of their memberships.
    pub first: Uuid,
    /// As what kind of member.
    pub kind: String,
}

/// Those of these who are members of a chapter or of a branch today and whose data may be used, held until the end of the transaction and
/// in the order of their ids.
pub fn hold(
    v: &mut Visit<'_>,
    by: &Granted<KeepPeople>,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Enrolled>, Fault> {
    let units = tree::with_succeeded(v.conn, by.chapter())?;
    let ids: Vec<Uuid> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    let mut rows: Vec<MemberRow> = asked::hold_all(v.conn, &ids)?;
    rows.retain(|row| is_here(row, &units));
    let persons: Vec<PersonId> = rows.iter().map(|row| PersonId(row.person_id)).collect();
    let usable = persons::names(v.conn, v.vault, &persons).map_err(unreadable)?;
    rows.retain(|row| usable.contains_key(&PersonId(row.person_id)));
    let firsts = asked::firsts(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let enrolled = |row: MemberRow| (row.id, Enrolled { first: firsts.get(&row.id).copied().unwrap_or(row.id), kind: row.kind });
    Ok(rows.into_iter().map(enrolled).collect())
}

fn unreadable(fault: persons::Fault) -> Fault {
    match fault {
        persons::Fault::Db(error) => Fault::Db(error),
        other => Fault::Broken(format!("{other:?}")),
    }
}

fn is_here(row: &MemberRow, units: &[Uuid]) -> bool {
    let unit = units.contains(&row.chapter_id) || row.branch_id.is_some_and(|branch| units.contains(&branch));
    unit && row.state() == Some(MemberState::Admitted)
}

/// How many members that pay a chapter has on a day, with those of its branches.
pub fn count(conn: &mut PgConnection, chapter: ChapterId, day: NaiveDate, kinds: &Vec<String>) -> Result<i64, DbError> {
    let units: Vec<Uuid> = tree::at_and_below(chapter.0).load(conn)?;
    asked::count(conn, &units, day, kinds)
}

/// Every membership that a party has or had at some chapters.
pub fn of_party(conn: &mut PgConnection, of: &OfParty<'_>) -> Result<Vec<Uuid>, DbError> {
    let persons: Vec<Uuid> = persons::ids_of_party(conn, of.party, of.chapters)?.into_iter().map(|id| id.0).collect();
    asked::of_persons(conn, &persons)
}
