//! SQL of decisions of targets, and of what they give.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, SmallInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::wire::Ask;
use crate::authz::{Approve, Granted, KeepBlood, Read, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{blood_target, blood_target_decision};
use crate::db::shown;
use crate::db::statement::statement;
use crate::decisions::State;
use crate::http::Span;
use crate::tree;

/// A decision as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = blood_target_decision, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub year: i16,
    pub decision_no: String,
    pub state: String,
    /// What the chapter itself was given when it asked.
    pub own_units: Option<i32>,
    /// The decision that gave it.
    pub under_id: Option<Uuid>,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub statement: Option<String>,
    pub replaced_by_id: Option<Uuid>,
}

/// What a decision gives one chapter, as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = blood_target, check_for_backend(diesel::pg::Pg))]
pub struct LineRow {
    pub decision_id: Uuid,
    pub n: i16,
    pub chapter_id: Uuid,
    pub units: i32,
    /// Hundredths of a unit per thousand inhabitants.
    pub per_mille: Option<i32>,
    pub population: Option<i32>,
    pub population_source: Option<String>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(blood_target_decision::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: decisions on it come one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(blood_target_decision::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// What holds at a chapter for a year, held until the end of the transaction.
pub fn hold_standing(conn: &mut PgConnection, chapter: Uuid, year: i16) -> Result<Option<Row>, DbError> {
    use blood_target_decision as d;
    Ok(d::table
        .filter(d::chapter_id.eq(chapter))
        .filter(d::year.eq(year))
        .filter(d::state.eq(State::Approved.name()))
        .filter(d::replaced_by_id.is_null())
        .select(Row::as_select())
        .for_no_key_update()
        .first(conn)
        .optional()?)
}

/// Decisions of a chapter and of those it goes on for, the oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<Row>, DbError> {
    use blood_target_decision as d;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = d::table.filter(d::chapter_id.eq(chapter)).order((d::requested_at, d::id)).limit(span.rows);
        let mut query = query.select(Row::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(d::requested_at.ge(at)).filter(d::requested_at.gt(at).or(d::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.requested_at, row.id))
}

/// What decisions give, each in its order.
pub fn lines(conn: &mut PgConnection, decisions: &[Uuid]) -> Result<Vec<LineRow>, DbError> {
    use blood_target as t;
    let query = t::table.filter(t::decision_id.eq_any(decisions)).order((t::decision_id, t::n));
    Ok(query.select(LineRow::as_select()).load(conn)?)
}

/// The statement of a decision that was replaced, and the decision that replaced it.
pub type Replaced = (Option<String>, Option<Uuid>);

/// What decisions replaced.
pub fn replaced_by(conn: &mut PgConnection, decisions: &[Uuid]) -> Result<Vec<Replaced>, DbError> {
    use blood_target_decision as d;
    Ok(d::table.filter(d::replaced_by_id.eq_any(decisions)).select((d::statement, d::replaced_by_id)).load(conn)?)
}

/// Writes what the granted chapter asks to have decided; fails on `blood_target_decision_waiting_key` where one waits. `own` is what the
/// chapter itself was given, and by which decision; `places` are the chapters of the lines in their order.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepBlood>,
    now: DateTime<Utc>,
    ask: &Ask,
    own: Option<(Uuid, i32)>,
    places: &[Uuid],
) -> Result<(), DbError> {
    use blood_target_decision as d;
    shown::adds(conn);
    diesel::insert_into(d::table)
        .values((
            (
                d::id.eq(ask.id),
                d::chapter_id.eq(by.chapter().0),
                d::year.eq(ask.year),
                d::decision_no.eq(ask.decision_no.as_str()),
            ),
            (
                d::state.eq(State::Asked.name()),
                d::under_id.eq(own.map(|(under, _)| under)),
                d::own_units.eq(own.map(|(_, units)| units)),
            ),
            (d::requested_by.eq(by.account()), d::requested_at.eq(now)),
        ))
        .execute(conn)?;
    let rows: Vec<LineRow> = (1i16..)
        .zip(ask.lines.iter().zip(places))
        .map(|(n, (line, place))| LineRow {
            decision_id: ask.id,
            n,
            chapter_id: *place,
            units: line.units,
            per_mille: line.rate.as_ref().map(|rate| rate.per_mille.hundredths()),
            population: line.rate.as_ref().map(|rate| rate.population),
            population_source: line.rate.as_ref().map(|rate| rate.source.as_str().to_owned()),
        })
        .collect();
    diesel::insert_into(blood_target::table).values(&rows).execute(conn)?;
    Ok(())
}

/// Writes how a decision that the caller holds was refused or withdrawn.
pub fn lay_aside<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    to: State,
) -> Result<(), DbError> {
    use blood_target_decision as d;
    shown::adds(conn);
    diesel::update(d::table.find(id).filter(d::chapter_id.eq(by.chapter().0)))
        .set((d::state.eq(to.name()), d::decided_by.eq(Some(by.account())), d::decided_at.eq(Some(now))))
        .execute(conn)?;
    Ok(())
}

/// Writes that a decision which the caller holds holds from now on, in the place of another.
pub fn approve(
    conn: &mut PgConnection,
    by: &Granted<Approve>,
    now: DateTime<Utc>,
    id: Uuid,
    statement: &str,
    replaces: Option<Uuid>,
) -> Result<(), DbError> {
    use blood_target_decision as d;
    shown::alters(conn);
    if let Some(old) = replaces {
        diesel::update(d::table.find(old)).set(d::replaced_by_id.eq(Some(id))).execute(conn)?;
    }
    diesel::update(d::table.find(id).filter(d::chapter_id.eq(by.chapter().0)))
        .set((
            d::state.eq(State::Approved.name()),
            d::decided_by.eq(Some(by.account())),
            d::decided_at.eq(Some(now)),
            d::statement.eq(Some(statement)),
        ))
        .execute(conn)?;
    Ok(())
}

statement! {
    struct OfChapter {
        chapter: Uuid => SqlUuid,
        year: i16 => SmallInt,
    } -> (SqlUuid, Integer, SqlUuid, Text),
    "SELECT t.decision_id, t.units, d.chapter_id, d.statement
     FROM blood_target t JOIN blood_target_decision d ON d.id = t.decision_id
     WHERE t.chapter_id = ? AND d.year = ? AND d.state = 'APPROVED' AND d.replaced_by_id IS NULL
     ORDER BY d.chapter_id = t.chapter_id, d.decided_at DESC, d.id LIMIT 1"
}

/// What a chapter is to reach: the decision, the units, whose decision it is, its statement. What the level above gave comes before what
/// the chapter set itself. Allowed to the public role.
pub fn of_chapter(conn: &mut PgConnection, chapter: Uuid, year: i16) -> Result<Option<(Uuid, i32, Uuid, String)>, DbError> {
    Ok(OfChapter { chapter: &chapter, year: &year }.load(conn)?.pop())
}

statement! {
    struct Below {
        above: Uuid => SqlUuid,
        year: i16 => SmallInt,
    } -> (SqlUuid, Integer, Text),
    "SELECT DISTINCT ON (t.chapter_id) t.chapter_id, t.units, d.statement
     FROM blood_target_decision d JOIN blood_target t ON t.decision_id = d.id
     JOIN chapter_ancestor a ON a.chapter_id = t.chapter_id AND a.ancestor_id = ?
     WHERE d.year = ? AND d.state = 'APPROVED' AND d.replaced_by_id IS NULL
     ORDER BY t.chapter_id, d.chapter_id = t.chapter_id, d.decided_at DESC, d.id"
}

/// [`of_chapter`] for every chapter at and below one: chapter, units, statement. Allowed to the public role.
pub fn below(conn: &mut PgConnection, above: Uuid, year: i16) -> Result<Vec<(Uuid, i32, String)>, DbError> {
    Ok(Below { above: &above, year: &year }.load(conn)?)
}

statement! {
    struct HandedOn {
        chapter: Uuid => SqlUuid,
        year: i16 => SmallInt,
    } -> (Nullable<Text>, diesel::sql_types::BigInt),
    "SELECT d.statement, coalesce(sum(t.units) FILTER (WHERE t.chapter_id <> d.chapter_id), 0)::bigint
     FROM blood_target_decision d JOIN blood_target t ON t.decision_id = d.id
     WHERE d.chapter_id = ? AND d.year = ? AND d.state = 'APPROVED' AND d.replaced_by_id IS NULL GROUP BY d.id"
}

/// What a chapter hands on to those below it: the statement that says so, and the sum. Allowed to the public role.
pub fn handed_on(conn: &mut PgConnection, chapter: Uuid, year: i16) -> Result<Option<(Option<String>, i64)>, DbError> {
    Ok(HandedOn { chapter: &chapter, year: &year }.load(conn)?.pop())
}

/// Approved decisions in the order of their ids, after one of them: what an audit walks.
pub fn after(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<Row>, DbError> {
    use blood_target_decision as d;
    let query = d::table.filter(d::state.eq(State::Approved.name())).filter(d::id.gt(after)).order(d::id).limit(limit);
    Ok(query.select(Row::as_select()).load(conn)?)
}
