//! SQL of members and of what was decided about them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{KindRule, MemberKind, MemberState, StepKind, StepState};
use crate::authz::{Granted, KeepPeople, SeePeople, Seen};
use crate::db::DbError;
use crate::db::schema::{member, member_kind_rule, member_step};
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree;

/// A membership as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = member, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub person_id: Uuid,
    pub kind: String,
    pub state: String,
    pub branch_id: Option<Uuid>,
    pub team: Option<String>,
    pub since: Option<NaiveDate>,
    pub came_from: Option<Uuid>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl Row {
    pub fn kind(&self) -> Option<MemberKind> {
        MemberKind::parse(&self.kind)
    }

    pub fn state(&self) -> Option<MemberState> {
        MemberState::parse(&self.state)
    }
}

/// A step as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_step, check_for_backend(diesel::pg::Pg))]
pub(super) struct StepRow {
    pub id: Uuid,
    pub member_id: Uuid,
    pub kind: String,
    pub chapter_id: Uuid,
    pub to_chapter_id: Option<Uuid>,
    pub decision_no: Option<String>,
    pub state: String,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub became: Option<Uuid>,
    /// Code of the grade that is given.
    pub grade: Option<String>,
}

impl StepRow {
    pub fn kind(&self) -> Option<StepKind> {
        StepKind::parse(&self.kind)
    }
}

/// One membership.
pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(member::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: steps come one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(member::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter and of those it goes on for, in the order in which they were entered.
pub(super) fn list(
    conn: &mut PgConnection,
    here: &Seen<SeePeople>,
    state: Option<MemberState>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Row>, DbError> {
    use member as m;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = m::table.filter(m::chapter_id.eq(chapter)).order((m::recorded_at, m::id)).limit(span.rows);
        let mut query = query.select(Row::as_select()).into_boxed();
        if let Some(state) = state {
            query = query.filter(m::state.eq(state.name()));
        }
        if let Some((at, id)) = span.after {
            query = query.filter(m::recorded_at.ge(at)).filter(m::recorded_at.gt(at).or(m::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.recorded_at, row.id))
}

/// How many those are.
pub(super) fn count(conn: &mut PgConnection, here: &Seen<SeePeople>, state: Option<MemberState>) -> Result<i64, DbError> {
    use member as m;
    let mut query = m::table.filter(m::chapter_id.eq_any(tree::with_succeeded(conn, here.chapter())?)).into_boxed();
    if let Some(state) = state {
        query = query.filter(m::state.eq(state.name()));
    }
    Ok(query.count().get_result(conn)?)
}

/// Those of them who are members now: all, or these alone.
pub(super) fn admitted(conn: &mut PgConnection, here: &Seen<SeePeople>, only: Option<&[Uuid]>) -> Result<Vec<Row>, DbError> {
    use member as m;
    let here = m::chapter_id.eq_any(tree::with_succeeded(conn, here.chapter())?);
    let mut query = m::table.filter(here).filter(m::state.eq(MemberState::Admitted.name())).into_boxed();
    if let Some(only) = only {
        query = query.filter(m::id.eq_any(only.to_vec()));
    }
    Ok(query.order((m::recorded_at, m::id)).select(Row::as_select()).load(conn)?)
}

pub(super) fn insert(conn: &mut PgConnection, row: &Row) -> Result<(), DbError> {
    diesel::insert_into(member::table).values(row).execute(conn)?;
    Ok(())
}

/// What a membership is from now on; the first admission gives it its day.
pub(super) fn become_(conn: &mut PgConnection, id: Uuid, state: MemberState, since: Option<NaiveDate>) -> Result<(), DbError> {
    use member as m;
    diesel::update(m::table.find(id)).set((m::state.eq(state.name()), m::since.eq(since))).execute(conn)?;
    Ok(())
}

/// Where and as what a member stands in the chapter.
pub(super) fn place(
    conn: &mut PgConnection,
    _: &Granted<KeepPeople>,
    id: Uuid,
    kind: MemberKind,
    (branch, team): (Option<Uuid>, Option<&str>),
) -> Result<(), DbError> {
    use member as m;
    diesel::update(m::table.find(id)).set((m::kind.eq(kind.name()), m::branch_id.eq(branch), m::team.eq(team))).execute(conn)?;
    Ok(())
}

/// The memberships of these persons, held until the end of the transaction.
pub(super) fn of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<Row>, DbError> {
    let query = member::table.filter(member::person_id.eq_any(persons)).order(member::id).select(Row::as_select());
    Ok(query.for_no_key_update().load(conn)?)
}

/// The memberships that came from one of these.
pub(super) fn came_from_any(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    Ok(member::table.filter(member::came_from.eq_any(ids)).select(member::id).load(conn)?)
}

/// Whether one of these is the membership of somebody who was not erased.
pub(super) fn is_anybody(conn: &mut PgConnection, ids: &[Uuid]) -> Result<bool, DbError> {
    let standing = member::table.filter(member::id.eq_any(ids)).filter(member::state.ne(MemberState::Erased.name()));
    Ok(diesel::select(diesel::dsl::exists(standing)).get_result(conn)?)
}

pub(super) fn step(conn: &mut PgConnection, id: Uuid) -> Result<Option<StepRow>, DbError> {
    Ok(member_step::table.find(id).select(StepRow::as_select()).first(conn).optional()?)
}

/// The steps of a membership, oldest first.
pub(super) fn steps(conn: &mut PgConnection, member: Uuid) -> Result<Vec<StepRow>, DbError> {
    use member_step as s;
    let query = s::table.filter(s::member_id.eq(member)).order((s::asked_at, s::id));
    Ok(query.select(StepRow::as_select()).load(conn)?)
}

pub(super) fn insert_step(conn: &mut PgConnection, row: &StepRow) -> Result<(), DbError> {
    diesel::insert_into(member_step::table).values(row).execute(conn)?;
    Ok(())
}

/// Notes what became of a step.
pub(super) fn settle(
    conn: &mut PgConnection,
    id: Uuid,
    state: StepState,
    (by, at): (Uuid, DateTime<Utc>),
    became: Option<Uuid>,
) -> Result<(), DbError> {
    use member_step as s;
    let set = (s::state.eq(state.name()), s::decided_by.eq(by), s::decided_at.eq(at), s::became.eq(became));
    diesel::update(s::table.find(id)).set(set).execute(conn)?;
    Ok(())
}

statement! {
    struct HoldChecks { account: Uuid => diesel::sql_types::Uuid } -> (),
    "SELECT pg_advisory_xact_lock(hashtextextended('member checks ' || ?::uuid::text, 0))"
}

/// Whoever leaves applications of an account to chapters above does so one after the other, on whatever server: what they count before
/// stays true until they have written. Until the end of the transaction.
pub(super) fn hold_checks(conn: &mut PgConnection, account: Uuid) -> Result<(), DbError> {
    HoldChecks { account: &account }.execute(conn)?;
    Ok(())
}

/// How many applications of an account were left to a chapter above since a moment.
pub(super) fn checks_since(conn: &mut PgConnection, account: Uuid, since: DateTime<Utc>) -> Result<i64, DbError> {
    use member_step as s;
    let query = s::table.filter(s::asked_by.eq(account)).filter(s::asked_at.gt(since));
    Ok(query.filter(s::kind.eq(StepKind::Likeness.name())).count().get_result(conn)?)
}

/// The ages of a kind of member, by the rule of a day.
pub(super) fn rule(conn: &mut PgConnection, kind: MemberKind, day: NaiveDate) -> Result<Option<KindRule>, DbError> {
    use member_kind_rule as r;
    let row: Option<(Option<i16>, Option<i16>, String)> = r::table
        .filter(r::kind.eq(kind.name()))
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.gt(day)))
        .select((r::least_age, r::most_age, r::source))
        .first(conn)
        .optional()?;
    Ok(row.map(|(least_age, most_age, source)| KindRule { least_age, most_age, source }))
}
