//! SQL of campaigns and programmes.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::CampaignState;
use super::wire::{NewCampaign, ProgrammeIn, ProgrammeTaskIn, ProgrammeTold, TaskResultIn, Told};
use crate::authz::{Granted, Read, RunActivities, Seen};
use crate::db::DbError;
use crate::db::schema::{campaign, campaign_appeal, campaign_drive, programme, programme_party, programme_task};
use crate::db::shown;
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A campaign as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = campaign, check_for_backend(diesel::pg::Pg))]
pub struct CampaignRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub movement: Option<String>,
    pub title: String,
    pub title_en: Option<String>,
    pub about: String,
    pub about_en: Option<String>,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub state: String,
    pub version: i32,
    pub made_at: DateTime<Utc>,
    pub programme_id: Option<Uuid>,
}

impl CampaignRow {
    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }
}

/// A programme as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = programme, check_for_backend(diesel::pg::Pg))]
pub struct ProgrammeRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub title: String,
    pub purpose: String,
    pub number: Option<String>,
    pub signed_on: NaiveDate,
    pub valid_from: NaiveDate,
    pub valid_until: NaiveDate,
    pub document: Option<String>,
    pub result: Option<String>,
    pub version: i32,
    pub made_at: DateTime<Utc>,
}

/// A task as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = programme_task, check_for_backend(diesel::pg::Pg))]
pub struct TaskRow {
    pub id: Uuid,
    pub programme_id: Uuid,
    pub task: String,
    pub due_on: NaiveDate,
    pub done_on: Option<NaiveDate>,
    pub result: Option<String>,
}

pub fn campaign(conn: &mut PgConnection, id: Uuid) -> Result<Option<CampaignRow>, DbError> {
    Ok(campaign::table.find(id).select(CampaignRow::as_select()).first(conn).optional()?)
}

/// Campaigns by id.
pub fn campaigns(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, CampaignRow>, DbError> {
    let rows: Vec<CampaignRow> = campaign::table.filter(campaign::id.eq_any(ids)).select(CampaignRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// [`campaign`], held until the end of the transaction.
pub fn hold_campaign(conn: &mut PgConnection, id: Uuid) -> Result<Option<CampaignRow>, DbError> {
    Ok(campaign::table.find(id).select(CampaignRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter and of those it goes on for, the oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<CampaignRow>, DbError> {
    use campaign as c;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = c::table.filter(c::chapter_id.eq(chapter)).order((c::made_at, c::id)).limit(span.rows);
        let mut query = query.select(CampaignRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(c::made_at.ge(at)).filter(c::made_at.gt(at).or(c::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &CampaignRow| (row.made_at, row.id))
}

/// Which appeals campaigns group: (campaign, appeal). Readable by the public role.
pub fn appeals_of(conn: &mut PgConnection, campaigns: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    use campaign_appeal as a;
    Ok(a::table.filter(a::campaign_id.eq_any(campaigns)).order((a::campaign_id, a::appeal_id)).load(conn)?)
}

/// Codes of the blood drives that campaigns group: (campaign, drive). Readable by the public role.
pub fn drives_of(conn: &mut PgConnection, campaigns: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    use campaign_drive as d;
    Ok(d::table.filter(d::campaign_id.eq_any(campaigns)).order((d::campaign_id, d::drive)).load(conn)?)
}

/// Writes a draft.
pub fn insert_campaign(
    conn: &mut PgConnection,
    by: &Granted<RunActivities>,
    at: DateTime<Utc>,
    new: &NewCampaign,
) -> Result<(), DbError> {
    use campaign as c;
    let told = &new.told;
    shown::alters(conn);
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::chapter_id.eq(by.chapter().0), c::movement.eq(told.movement.as_deref())),
            (c::title.eq(&told.title), c::title_en.eq(told.title_en.as_deref())),
            (c::about.eq(&told.about), c::about_en.eq(told.about_en.as_deref())),
            (c::starts_on.eq(told.starts_on), c::ends_on.eq(told.ends_on), c::state.eq(CampaignState::Draft.name())),
            (c::made_account.eq(by.account()), c::made_at.eq(at), c::programme_id.eq(told.programme)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes the next version of a campaign that the caller holds.
pub fn next_version(
    conn: &mut PgConnection,
    _: &Granted<RunActivities>,
    row: &CampaignRow,
    told: &Told,
    state: CampaignState,
) -> Result<(), DbError> {
    use campaign as c;
    shown::alters(conn);
    diesel::update(c::table.find(row.id))
        .set((
            (c::movement.eq(told.movement.as_deref()), c::title.eq(&told.title), c::title_en.eq(told.title_en.as_deref())),
            (c::about.eq(&told.about), c::about_en.eq(told.about_en.as_deref()), c::starts_on.eq(told.starts_on)),
            (c::ends_on.eq(told.ends_on), c::state.eq(state.name()), c::version.eq(row.version + 1)),
            c::programme_id.eq(told.programme),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a campaign groups.
#[derive(Debug, Default)]
pub struct Grouped {
    pub appeals: Vec<Uuid>,
    /// By code.
    pub drives: Vec<String>,
}

/// Lets a campaign group these and no others.
pub fn group(conn: &mut PgConnection, _: &Granted<RunActivities>, campaign: Uuid, of: &Grouped) -> Result<(), DbError> {
    use {campaign_appeal as a, campaign_drive as d};
    let appeals = &of.appeals;
    shown::alters(conn);
    diesel::delete(a::table.filter(a::campaign_id.eq(campaign)).filter(a::appeal_id.ne_all(appeals))).execute(conn)?;
    let rows: Vec<_> = appeals.iter().map(|appeal| (a::campaign_id.eq(campaign), a::appeal_id.eq(*appeal))).collect();
    diesel::insert_into(a::table).values(rows).on_conflict_do_nothing().execute(conn)?;
    diesel::delete(d::table.filter(d::campaign_id.eq(campaign)).filter(d::drive.ne_all(&of.drives))).execute(conn)?;
    let rows: Vec<_> = of.drives.iter().map(|drive| (d::campaign_id.eq(campaign), d::drive.eq(drive.as_str()))).collect();
    diesel::insert_into(d::table).values(rows).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

pub fn programme(conn: &mut PgConnection, id: Uuid) -> Result<Option<ProgrammeRow>, DbError> {
    Ok(programme::table.find(id).select(ProgrammeRow::as_select()).first(conn).optional()?)
}

/// [`programme`], held until the end of the transaction.
pub fn hold_programme(conn: &mut PgConnection, id: Uuid) -> Result<Option<ProgrammeRow>, DbError> {
    Ok(programme::table.find(id).select(ProgrammeRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter and of those it goes on for, the oldest first.
pub fn programmes(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<ProgrammeRow>, DbError> {
    use programme as p;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = p::table.filter(p::chapter_id.eq(chapter)).order((p::made_at, p::id)).limit(span.rows);
        let mut query = query.select(ProgrammeRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(p::made_at.ge(at)).filter(p::made_at.gt(at).or(p::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &ProgrammeRow| (row.made_at, row.id))
}

/// Parties of programmes, in their order.
pub fn parties_of(conn: &mut PgConnection, programmes: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>, DbError> {
    use programme_party as p;
    let query = p::table.filter(p::programme_id.eq_any(programmes)).order((p::programme_id, p::n));
    let mut of: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (programme, name) in query.select((p::programme_id, p::name)).load::<(Uuid, String)>(conn)? {
        of.entry(programme).or_default().push(name);
    }
    Ok(of)
}

/// Tasks of programmes, by the day on which each is due.
pub fn tasks_of(conn: &mut PgConnection, programmes: &[Uuid]) -> Result<Vec<TaskRow>, DbError> {
    use programme_task as t;
    let query = t::table.filter(t::programme_id.eq_any(programmes)).order((t::programme_id, t::due_on, t::id));
    Ok(query.select(TaskRow::as_select()).load(conn)?)
}

/// Writes a programme with its parties; its tasks follow.
pub fn insert_programme(
    conn: &mut PgConnection,
    by: &Granted<RunActivities>,
    at: DateTime<Utc>,
    new: &ProgrammeIn,
) -> Result<(), DbError> {
    use programme as p;
    use programme_party as r;
    diesel::insert_into(p::table)
        .values((
            (p::id.eq(new.id), p::chapter_id.eq(by.chapter().0), p::title.eq(&new.title), p::purpose.eq(&new.purpose)),
            (p::number.eq(new.number.as_deref()), p::signed_on.eq(new.signed_on), p::valid_from.eq(new.valid_from)),
            (p::valid_until.eq(new.valid_until), p::document.eq(new.document.as_deref())),
            (p::made_account.eq(by.account()), p::made_at.eq(at)),
        ))
        .execute(conn)?;
    let rows: Vec<_> = (1_i16..)
        .zip(&new.parties)
        .map(|(n, name)| (r::programme_id.eq(new.id), r::n.eq(n), r::name.eq(name.as_str())))
        .collect();
    diesel::insert_into(r::table).values(rows).execute(conn)?;
    Ok(())
}

/// Writes tasks of a programme. An id that another task has is refused by its key.
pub fn insert_tasks(
    conn: &mut PgConnection,
    _: &Granted<RunActivities>,
    programme: Uuid,
    tasks: &[ProgrammeTaskIn],
) -> Result<(), DbError> {
    use programme_task as t;
    let rows: Vec<_> = tasks
        .iter()
        .map(|one| (t::id.eq(one.id), t::programme_id.eq(programme), t::task.eq(one.task.as_str()), t::due_on.eq(one.due_on)))
        .collect();
    diesel::insert_into(t::table).values(rows).execute(conn)?;
    Ok(())
}

/// Writes what a programme that the caller holds says from now on.
pub fn change_programme(
    conn: &mut PgConnection,
    _: &Granted<RunActivities>,
    row: &ProgrammeRow,
    told: &ProgrammeTold,
) -> Result<(), DbError> {
    use programme as p;
    diesel::update(p::table.find(row.id))
        .set((
            (p::title.eq(&told.title), p::purpose.eq(&told.purpose), p::valid_until.eq(told.valid_until)),
            (p::result.eq(told.result.as_deref()), p::version.eq(row.version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what came of a task.
pub fn finish_task(conn: &mut PgConnection, _: &Granted<RunActivities>, task: Uuid, done: &TaskResultIn) -> Result<(), DbError> {
    use programme_task as t;
    let set = (t::done_on.eq(Some(done.done_on)), t::result.eq(Some(done.result.as_str())));
    diesel::update(t::table.find(task)).set(set).execute(conn)?;
    Ok(())
}
