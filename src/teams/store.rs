//! SQL of teams, times in them and at their head, equipment and exercises.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{TeamKind, TeamRole, Time};
use super::wire::{NewTeam, Patched, TeamItem};
use crate::authz::{Granted, KeepPeople, Read, Seen};
use crate::db::DbError;
use crate::db::schema::{team, team_exercise, team_exercise_member, team_item, team_lead, team_member};
use crate::http::Span;
use crate::persons::PersonId;
use crate::tree::{self, ChapterId};

/// A team as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = team, check_for_backend(diesel::pg::Pg))]
pub struct TeamRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub kind: String,
    pub name: String,
    pub place: Option<String>,
    pub founded_on: NaiveDate,
    pub decision_no: Option<String>,
    pub version: i32,
    pub made_at: DateTime<Utc>,
    pub ended_on: Option<NaiveDate>,
    pub end_decision_no: Option<String>,
}

impl TeamRow {
    pub fn kind(&self) -> Option<TeamKind> {
        TeamKind::parse(&self.kind)
    }

    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }

    pub fn time(&self) -> Time {
        Time { from: self.founded_on, until: self.ended_on }
    }
}

/// Somebody's time in a team.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = team_member, check_for_backend(diesel::pg::Pg))]
pub struct MemberRow {
    pub id: Uuid,
    pub team_id: Uuid,
    pub person_id: Uuid,
    pub from_day: NaiveDate,
    pub until_day: Option<NaiveDate>,
}

impl MemberRow {
    pub fn time(&self) -> Time {
        Time { from: self.from_day, until: self.until_day }
    }

    pub fn person(&self) -> PersonId {
        PersonId(self.person_id)
    }
}

/// Somebody's time at the head of a team.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = team_lead, check_for_backend(diesel::pg::Pg))]
pub struct LeadRow {
    pub id: Uuid,
    pub team_id: Uuid,
    pub member_id: Uuid,
    pub role: String,
    pub from_day: NaiveDate,
    pub until_day: Option<NaiveDate>,
}

impl LeadRow {
    pub fn time(&self) -> Time {
        Time { from: self.from_day, until: self.until_day }
    }

    pub fn role(&self) -> Option<TeamRole> {
        TeamRole::parse(&self.role)
    }
}

/// An exercise as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = team_exercise, check_for_backend(diesel::pg::Pg))]
pub struct ExerciseRow {
    pub id: Uuid,
    pub team_id: Uuid,
    pub held_on: NaiveDate,
    pub what: String,
    pub note: Option<Vec<u8>>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

/// How something ends, by whose hand: nobody's where a person was erased.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    pub until: NaiveDate,
    pub by: Option<Uuid>,
    pub at: DateTime<Utc>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<TeamRow>, DbError> {
    Ok(team::table.find(id).select(TeamRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: what changes a team comes one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<TeamRow>, DbError> {
    Ok(team::table.find(id).select(TeamRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Teams of a chapter and of what it goes on for, or of all below it too, in the order in which they were made.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    below: bool,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<TeamRow>, DbError> {
    use team as t;
    let chapters = if below { tree::goes_on_for(conn, here.chapter().0)? } else { tree::with_succeeded(conn, here.chapter())? };
    let mut query = t::table
        .filter(t::chapter_id.eq_any(chapters))
        .order((t::made_at, t::id))
        .limit(span.rows)
        .select(TeamRow::as_select())
        .into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(t::made_at.ge(at)).filter(t::made_at.gt(at).or(t::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

pub fn insert(conn: &mut PgConnection, by: &Granted<KeepPeople>, at: DateTime<Utc>, new: &NewTeam) -> Result<(), DbError> {
    use team as t;
    diesel::insert_into(t::table)
        .values((
            (t::id.eq(new.id), t::chapter_id.eq(by.chapter().0), t::kind.eq(new.kind.name()), t::name.eq(new.name.as_str())),
            (t::place.eq(new.place.as_ref().map(|line| line.as_str())), t::founded_on.eq(new.founded_on)),
            (t::decision_no.eq(new.decision_no.as_ref().map(|line| line.as_str())), t::version.eq(1)),
            (t::made_by.eq(by.account()), t::made_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes a team that the caller holds.
pub fn change(conn: &mut PgConnection, _: &Granted<KeepPeople>, id: Uuid, to: &Patched) -> Result<(), DbError> {
    use team as t;
    let place = to.place.as_ref().map(|line| line.as_str());
    diesel::update(t::table.find(id))
        .set((t::kind.eq(to.kind.name()), t::name.eq(to.name.as_str()), t::place.eq(place), t::version.eq(t::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Ends a team that the caller holds.
pub fn end(
    conn: &mut PgConnection,
    _: &Granted<KeepPeople>,
    id: Uuid,
    ending: Ending,
    decision_no: Option<&str>,
) -> Result<(), DbError> {
    use team as t;
    diesel::update(t::table.find(id))
        .set((
            (t::ended_on.eq(Some(ending.until)), t::end_decision_no.eq(decision_no)),
            (t::ended_by.eq(ending.by), t::ended_at.eq(Some(ending.at)), t::version.eq(t::version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Everybody who is or was in these teams, the earliest first.
pub fn members_of(conn: &mut PgConnection, teams: &[Uuid]) -> Result<Vec<MemberRow>, DbError> {
    use team_member as m;
    let query = m::table.filter(m::team_id.eq_any(teams)).order((m::from_day, m::entered_at, m::id));
    Ok(query.select(MemberRow::as_select()).load(conn)?)
}

/// The times of these persons in teams.
pub fn of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<MemberRow>, DbError> {
    use team_member as m;
    let query = m::table.filter(m::person_id.eq_any(persons)).order((m::from_day, m::id));
    Ok(query.select(MemberRow::as_select()).load(conn)?)
}

/// Everybody who leads or led these teams, the earliest first.
pub fn leads_of(conn: &mut PgConnection, teams: &[Uuid]) -> Result<Vec<LeadRow>, DbError> {
    use team_lead as l;
    let query = l::table.filter(l::team_id.eq_any(teams)).order((l::from_day, l::entered_at, l::id));
    Ok(query.select(LeadRow::as_select()).load(conn)?)
}

/// Enters somebody in a team that the caller holds: (id, team, person, first day).
pub fn insert_member(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    (id, team, person, from): (Uuid, Uuid, Uuid, NaiveDate),
) -> Result<(), DbError> {
    use team_member as m;
    diesel::insert_into(m::table)
        .values((
            (m::id.eq(id), m::team_id.eq(team), m::person_id.eq(person), m::from_day.eq(from)),
            (m::entered_by.eq(by.account()), m::entered_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Enters who leads a team that the caller holds: (id, team, member, role, first day).
pub fn insert_lead(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    (id, team, member, role, from): (Uuid, Uuid, Uuid, TeamRole, NaiveDate),
) -> Result<(), DbError> {
    use team_lead as l;
    diesel::insert_into(l::table)
        .values((
            (l::id.eq(id), l::team_id.eq(team), l::member_id.eq(member), l::role.eq(role.name()), l::from_day.eq(from)),
            (l::entered_by.eq(by.account()), l::entered_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends these times in teams, and the times at their head with them; what ended before stays as it is.
pub fn end_members(conn: &mut PgConnection, rows: &[&MemberRow], ending: Ending) -> Result<(), DbError> {
    use team_lead as l;
    use team_member as m;
    let open: Vec<&&MemberRow> = rows.iter().filter(|row| row.until_day.is_none()).collect();
    let ids: Vec<Uuid> = open.iter().map(|row| row.id).collect();
    let leads = l::table.filter(l::member_id.eq_any(&ids)).filter(l::until_day.is_null());
    let leads: Vec<LeadRow> = leads.select(LeadRow::as_select()).load(conn)?;
    end_leads(conn, &leads.iter().collect::<Vec<_>>(), ending)?;
    for until in days(open.iter().map(|row| row.time()), ending.until) {
        let of: Vec<Uuid> = open.iter().filter(|row| row.time().end(ending.until) == until).map(|row| row.id).collect();
        diesel::update(m::table.filter(m::id.eq_any(of)))
            .set((m::until_day.eq(Some(until)), m::ended_by.eq(ending.by), m::ended_at.eq(Some(ending.at))))
            .execute(conn)?;
    }
    Ok(())
}

/// Ends these times at the head of a team.
pub fn end_leads(conn: &mut PgConnection, rows: &[&LeadRow], ending: Ending) -> Result<(), DbError> {
    use team_lead as l;
    let open: Vec<&&LeadRow> = rows.iter().filter(|row| row.until_day.is_none()).collect();
    for until in days(open.iter().map(|row| row.time()), ending.until) {
        let of: Vec<Uuid> = open.iter().filter(|row| row.time().end(ending.until) == until).map(|row| row.id).collect();
        diesel::update(l::table.filter(l::id.eq_any(of)))
            .set((l::until_day.eq(Some(until)), l::ended_by.eq(ending.by), l::ended_at.eq(Some(ending.at))))
            .execute(conn)?;
    }
    Ok(())
}

/// The days on which times end that are ended together: what began later never held.
fn days(times: impl Iterator<Item = Time>, day: NaiveDate) -> Vec<NaiveDate> {
    let mut all: Vec<NaiveDate> = times.map(|time| time.end(day)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a team has, in its order.
pub fn items(conn: &mut PgConnection, team: Uuid) -> Result<Vec<TeamItem>, DbError> {
    use team_item as i;
    let rows: Vec<(String, i32, Option<String>, Option<NaiveDate>)> =
        i::table.filter(i::team_id.eq(team)).order(i::n).select((i::item, i::quantity, i::place, i::checked_on)).load(conn)?;
    Ok(rows.into_iter().map(|(item, quantity, place, checked_on)| TeamItem { item, quantity, place, checked_on }).collect())
}

/// Writes what a team has anew, which the caller holds.
pub fn put_items(conn: &mut PgConnection, _: &Granted<KeepPeople>, team: Uuid, items: &[TeamItem]) -> Result<(), DbError> {
    use team_item as i;
    diesel::delete(i::table.filter(i::team_id.eq(team))).execute(conn)?;
    let rows: Vec<_> = (1_i16..)
        .zip(items)
        .map(|(n, item)| {
            let what = (i::item.eq(&item.item), i::quantity.eq(item.quantity));
            (i::team_id.eq(team), i::n.eq(n), what, i::place.eq(item.place.as_deref()), i::checked_on.eq(item.checked_on))
        })
        .collect();
    diesel::insert_into(i::table).values(rows).execute(conn)?;
    diesel::update(team::table.find(team)).set(team::version.eq(team::version + 1)).execute(conn)?;
    Ok(())
}

/// Writes an exercise with who came.
pub fn insert_exercise(
    conn: &mut PgConnection,
    _: &Granted<KeepPeople>,
    row: &ExerciseRow,
    came: &[Uuid],
) -> Result<(), DbError> {
    use team_exercise_member as c;
    diesel::insert_into(team_exercise::table).values(row).execute(conn)?;
    let rows: Vec<_> = came.iter().map(|member| (c::exercise_id.eq(row.id), c::member_id.eq(*member))).collect();
    diesel::insert_into(c::table).values(rows).execute(conn)?;
    Ok(())
}

/// Exercises of a team, the earliest first.
pub fn exercises(conn: &mut PgConnection, team: Uuid, span: &Span<(NaiveDate, Uuid)>) -> Result<Vec<ExerciseRow>, DbError> {
    use team_exercise as e;
    let mut query = e::table
        .filter(e::team_id.eq(team))
        .order((e::held_on, e::id))
        .limit(span.rows)
        .select(ExerciseRow::as_select())
        .into_boxed();
    if let Some((on, id)) = span.after {
        query = query.filter(e::held_on.ge(on)).filter(e::held_on.gt(on).or(e::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

pub fn exercise(conn: &mut PgConnection, id: Uuid) -> Result<Option<ExerciseRow>, DbError> {
    Ok(team_exercise::table.find(id).select(ExerciseRow::as_select()).first(conn).optional()?)
}

/// Who came to exercises.
pub fn came(conn: &mut PgConnection, exercises: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, DbError> {
    use team_exercise_member as c;
    let rows: Vec<(Uuid, Uuid)> = c::table
        .filter(c::exercise_id.eq_any(exercises))
        .order((c::exercise_id, c::member_id))
        .select((c::exercise_id, c::member_id))
        .load(conn)?;
    let mut all: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (exercise, member) in rows {
        all.entry(exercise).or_default().push(member);
    }
    Ok(all)
}

/// Notes of exercises of teams of these chapters.
pub fn notes_at(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    use team_exercise as e;
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = e::table
        .inner_join(team::table.on(team::id.eq(e::team_id)))
        .filter(team::chapter_id.eq_any(chapters))
        .filter(e::note.is_not_null())
        .select((e::id, e::note))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, note)| Some((id, note?))).collect())
}

/// Takes the notes of exercises away.
pub fn forget_notes(conn: &mut PgConnection, exercises: &[Uuid]) -> Result<(), DbError> {
    use team_exercise as e;
    diesel::update(e::table.filter(e::id.eq_any(exercises))).set(e::note.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(())
}

/// Teams in order of id, after one of them.
pub fn after(conn: &mut PgConnection, after: Uuid, most: i64) -> Result<Vec<TeamRow>, DbError> {
    let query = team::table.filter(team::id.gt(after)).order(team::id).limit(most);
    Ok(query.select(TeamRow::as_select()).load(conn)?)
}
