//! SQL of activities.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{ActivityNumbers, ActivityState};
use super::wire::Told;
use crate::authz::{Granted, Read, RunActivities, Seen};
use crate::db::DbError;
use crate::db::schema::{activity, activity_area, activity_correction, activity_delivery};
use crate::db::shown;
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// An activity as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = activity, check_for_backend(diesel::pg::Pg))]
pub struct ActivityRow {
    pub id: Uuid,
    pub code: String,
    pub chapter_id: Uuid,
    pub area: String,
    pub movement: Option<String>,
    pub campaign_id: Option<Uuid>,
    pub programme_id: Option<Uuid>,
    pub title: String,
    pub plan: Option<String>,
    pub place: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub partners: Vec<String>,
    pub is_public: bool,
    pub state: String,
    pub result: Option<String>,
    pub persons: i64,
    pub person_times: i64,
    pub money_vnd: i64,
    pub goods_vnd: i64,
    pub labour_vnd: i64,
    pub cancelled_reason: Option<String>,
    pub version: i32,
}

impl ActivityRow {
    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }

    pub fn numbers(&self) -> ActivityNumbers {
        ActivityNumbers {
            persons: self.persons,
            person_times: self.person_times,
            money_vnd: self.money_vnd,
            goods_vnd: self.goods_vnd,
            labour_vnd: self.labour_vnd,
        }
    }
}

/// An area as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = activity_area, check_for_backend(diesel::pg::Pg))]
pub struct AreaRow {
    pub code: String,
    pub vi: String,
    pub en: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub source: String,
}

/// A correction as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = activity_correction, check_for_backend(diesel::pg::Pg))]
pub struct CorrectionRow {
    pub version: i32,
    pub reason: String,
    pub activities: i16,
    pub persons: i64,
    pub person_times: i64,
    pub money_vnd: i64,
    pub goods_vnd: i64,
    pub labour_vnd: i64,
    pub old_result: Option<String>,
    pub made_at: DateTime<Utc>,
}

/// Every area there ever was, in order. Readable by the public role.
pub fn areas(conn: &mut PgConnection) -> Result<Vec<AreaRow>, DbError> {
    let query = activity_area::table.order((activity_area::rank, activity_area::code));
    Ok(query.select(AreaRow::as_select()).load(conn)?)
}

pub fn activity(conn: &mut PgConnection, id: Uuid) -> Result<Option<ActivityRow>, DbError> {
    Ok(activity::table.find(id).select(ActivityRow::as_select()).first(conn).optional()?)
}

/// [`activity`], held until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<ActivityRow>, DbError> {
    Ok(activity::table.find(id).select(ActivityRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those that a chapter leads, and those it goes on for lead, in one state if said; the earliest first.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    state: Option<ActivityState>,
    span: &Span<(NaiveDate, Uuid)>,
) -> Result<Vec<ActivityRow>, DbError> {
    use activity as a;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = a::table.filter(a::chapter_id.eq(chapter)).order((a::starts_on, a::id)).limit(span.rows);
        let mut query = query.select(ActivityRow::as_select()).into_boxed();
        if let Some(state) = state {
            query = query.filter(a::state.eq(state.name()));
        }
        if let Some((day, id)) = span.after {
            query = query.filter(a::starts_on.ge(day)).filter(a::starts_on.gt(day).or(a::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &ActivityRow| (row.starts_on, row.id))
}

/// Those that a chapter delivers for others, the earliest first.
pub fn delivered(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    state: Option<ActivityState>,
    span: &Span<(NaiveDate, Uuid)>,
) -> Result<Vec<ActivityRow>, DbError> {
    use activity as a;
    use activity_delivery as d;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let own = d::table.filter(d::chapter_id.eq(chapter)).select(d::activity_id);
        let query = a::table.filter(a::id.eq_any(own)).order((a::starts_on, a::id)).limit(span.rows);
        let mut query = query.select(ActivityRow::as_select()).into_boxed();
        if let Some(state) = state {
            query = query.filter(a::state.eq(state.name()));
        }
        if let Some((day, id)) = span.after {
            query = query.filter(a::starts_on.ge(day)).filter(a::starts_on.gt(day).or(a::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &ActivityRow| (row.starts_on, row.id))
}

/// Who delivers activities: (activity, chapter). Readable by the public role.
pub fn deliveries(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    use activity_delivery as d;
    Ok(d::table.filter(d::activity_id.eq_any(of)).order((d::activity_id, d::chapter_id)).load(conn)?)
}

/// What was written anew of an activity, in its order.
pub fn corrections(conn: &mut PgConnection, of: Uuid) -> Result<Vec<CorrectionRow>, DbError> {
    use activity_correction as c;
    let query = c::table.filter(c::activity_id.eq(of)).order(c::version);
    Ok(query.select(CorrectionRow::as_select()).load(conn)?)
}

/// How many there are.
pub fn count(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(activity::table.count().get_result(conn)?)
}

/// Which of these were written anew after they were done. Readable by the public role.
pub fn corrected(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use activity_correction as c;
    Ok(c::table.filter(c::activity_id.eq_any(of)).filter(c::activities.eq(0)).select(c::activity_id).distinct().load(conn)?)
}

/// Writes a plan.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<RunActivities>,
    at: DateTime<Utc>,
    id: Uuid,
    code: &str,
    told: &Told,
) -> Result<(), DbError> {
    use activity as a;
    shown::alters(conn);
    diesel::insert_into(a::table)
        .values((
            (a::id.eq(id), a::code.eq(code), a::chapter_id.eq(by.chapter().0), a::area.eq(&told.area)),
            (a::movement.eq(told.movement.as_deref()), a::campaign_id.eq(told.campaign), a::programme_id.eq(told.programme)),
            (a::title.eq(&told.title), a::plan.eq(told.plan.as_deref()), a::place.eq(&told.place)),
            (a::starts_on.eq(told.starts_on), a::ends_on.eq(told.ends_on), a::partners.eq(&told.partners)),
            (a::is_public.eq(told.public), a::state.eq(ActivityState::Planned.name())),
            (a::made_account.eq(by.account()), a::made_at.eq(at), a::changed_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes the next version of a plan that the caller holds.
pub fn change(
    conn: &mut PgConnection,
    _: &Granted<RunActivities>,
    at: DateTime<Utc>,
    row: &ActivityRow,
    told: &Told,
) -> Result<(), DbError> {
    use activity as a;
    shown::alters(conn);
    diesel::update(a::table.find(row.id))
        .set((
            (a::area.eq(&told.area), a::movement.eq(told.movement.as_deref()), a::campaign_id.eq(told.campaign)),
            (a::programme_id.eq(told.programme), a::title.eq(&told.title), a::plan.eq(told.plan.as_deref())),
            (a::place.eq(&told.place), a::starts_on.eq(told.starts_on), a::ends_on.eq(told.ends_on)),
            (a::partners.eq(&told.partners), a::is_public.eq(told.public), a::version.eq(row.version + 1), a::changed_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets these chapters deliver an activity and no others.
pub fn deliver(conn: &mut PgConnection, _: &Granted<RunActivities>, of: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    use activity_delivery as d;
    shown::alters(conn);
    diesel::delete(d::table.filter(d::activity_id.eq(of)).filter(d::chapter_id.ne_all(chapters))).execute(conn)?;
    let rows: Vec<_> = chapters.iter().map(|chapter| (d::activity_id.eq(of), d::chapter_id.eq(*chapter))).collect();
    diesel::insert_into(d::table).values(rows).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

/// What an activity that the caller holds becomes.
#[derive(Debug)]
pub struct Becomes<'a> {
    pub version: i32,
    pub state: ActivityState,
    pub result: Option<&'a str>,
    pub numbers: ActivityNumbers,
    pub cancelled_reason: Option<&'a str>,
    /// It is done now, for the first time.
    pub done_now: bool,
}

/// Writes what came of an activity, or that it was called off.
pub fn settle(
    conn: &mut PgConnection,
    _: &Granted<RunActivities>,
    at: DateTime<Utc>,
    id: Uuid,
    to: &Becomes<'_>,
) -> Result<(), DbError> {
    use activity as a;
    let n = to.numbers;
    shown::alters(conn);
    // What was done before keeps the moment at which that was written first.
    let done_at = to.done_now.then_some(a::done_at.eq(Some(at)));
    diesel::update(a::table.find(id))
        .set((
            (a::state.eq(to.state.name()), a::result.eq(to.result), a::cancelled_reason.eq(to.cancelled_reason)),
            (a::persons.eq(n.persons), a::person_times.eq(n.person_times), a::money_vnd.eq(n.money_vnd)),
            (a::goods_vnd.eq(n.goods_vnd), a::labour_vnd.eq(n.labour_vnd)),
            (a::version.eq(to.version), a::changed_at.eq(at)),
            done_at,
        ))
        .execute(conn)?;
    Ok(())
}

/// Something to be written anew.
#[derive(Debug)]
pub struct NewCorrection<'a> {
    pub id: Uuid,
    pub of: Uuid,
    pub version: i32,
    pub reason: &'a str,
    pub taken_back: bool,
    pub by: ActivityNumbers,
    pub old_result: Option<&'a str>,
}

pub fn insert_correction(
    conn: &mut PgConnection,
    by: &Granted<RunActivities>,
    at: DateTime<Utc>,
    new: &NewCorrection<'_>,
) -> Result<(), DbError> {
    use activity_correction as c;
    shown::alters(conn);
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::activity_id.eq(new.of), c::version.eq(new.version), c::reason.eq(new.reason)),
            (
                c::activities.eq(-i16::from(new.taken_back)),
                c::persons.eq(new.by.persons),
                c::person_times.eq(new.by.person_times),
            ),
            (c::money_vnd.eq(new.by.money_vnd), c::goods_vnd.eq(new.by.goods_vnd), c::labour_vnd.eq(new.by.labour_vnd)),
            (c::old_result.eq(new.old_result), c::made_account.eq(by.account()), c::made_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}
