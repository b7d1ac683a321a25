//! What everybody may know of campaigns: those that are no drafts. Read by the public role.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::CampaignState;
use crate::db::DbError;
use crate::db::schema::campaign;

/// A campaign as everybody may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicCampaign {
    pub id: Uuid,
    /// Code of the chapter that leads it.
    #[schema(example = "68")]
    pub chapter: String,
    /// The movement it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TET_NHAN_AI")]
    pub movement: Option<String>,
    #[schema(example = "Tết Nhân ái Bính Ngọ 2026")]
    pub title: String,
    /// The title in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// What it is for.
    pub about: String,
    /// The same in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about_en: Option<String>,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// The last day, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    pub state: CampaignState,
}

/// A row that everybody may see.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
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
}

impl Row {
    /// The row with the code of its chapter; `None` where it is no campaign for everybody.
    pub fn out(self, codes: &HashMap<Uuid, String>) -> Option<PublicCampaign> {
        Some(PublicCampaign {
            id: self.id,
            chapter: codes.get(&self.chapter_id).cloned()?,
            movement: self.movement,
            title: self.title,
            title_en: self.title_en,
            about: self.about,
            about_en: self.about_en,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            state: CampaignState::parse(&self.state).filter(|state| *state != CampaignState::Draft)?,
        })
    }
}

type Columns = (
    campaign::id,
    campaign::chapter_id,
    campaign::movement,
    campaign::title,
    campaign::title_en,
    campaign::about,
    campaign::about_en,
    campaign::starts_on,
    campaign::ends_on,
    campaign::state,
);
const COLUMNS: Columns = (
    campaign::id,
    campaign::chapter_id,
    campaign::movement,
    campaign::title,
    campaign::title_en,
    campaign::about,
    campaign::about_en,
    campaign::starts_on,
    campaign::ends_on,
    campaign::state,
);

/// Campaigns that are no drafts, the newest first.
pub fn list(conn: &mut PgConnection, after: Option<(NaiveDate, Uuid)>, rows: i64) -> Result<Vec<Row>, DbError> {
    use campaign as c;
    let mut query = c::table
        .filter(c::state.ne(CampaignState::Draft.name()))
        .order((c::starts_on.desc(), c::id.desc()))
        .limit(rows)
        .select(COLUMNS)
        .into_boxed();
    if let Some((day, id)) = after {
        query = query.filter(c::starts_on.le(day)).filter(c::starts_on.lt(day).or(c::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// One of them.
pub fn one(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    use campaign as c;
    Ok(c::table.find(id).filter(c::state.ne(CampaignState::Draft.name())).select(COLUMNS).first(conn).optional()?)
}
