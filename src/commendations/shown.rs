//! What everybody may know: what was awarded, with the names of collectives and of those who agreed; models that are published. Read by
//! the public role.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CommendationState, ModelState};
use super::models::words_of;
use super::naming;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{commendation, practice_model};
use crate::tree;

/// Something that was awarded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicCommendation {
    /// Code of the chapter that proposed.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the chapter that awarded.
    #[schema(example = "68")]
    pub awarded_by: String,
    /// With what (`GET /commendation-forms`).
    #[schema(example = "GOOD_PEOPLE_GOOD_DEEDS")]
    pub form: String,
    #[schema(example = 2026)]
    pub year: i16,
    /// Whether a person or a collective.
    pub is_person: bool,
    /// The name of the collective, or of the person where they agree to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Đội thanh niên tình nguyện xã Hàm Liêm")]
    pub name: Option<String>,
    /// Number of the decision.
    #[schema(example = "45/QĐ-HCTĐ")]
    pub decision_no: String,
    /// The day on which it was decided.
    pub awarded_on: NaiveDate,
}

/// A row of it.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
    pub id: Uuid,
    chapter_id: Uuid,
    awarded_at_id: Uuid,
    form: String,
    year: i16,
    collective: Option<String>,
    decision_no: String,
    decided_at: Option<DateTime<Utc>>,
}

impl Row {
    /// Where it stands in the list.
    pub fn place(&self) -> (DateTime<Utc>, Uuid) {
        (self.decided_at.unwrap_or_default(), self.id)
    }
}

/// What was awarded on proposals of a chapter and of those below it, the latest first.
pub fn awarded(
    conn: &mut PgConnection,
    below: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid)>,
    rows: i64,
) -> Result<Vec<Row>, DbError> {
    use commendation as c;
    let mut query = c::table
        .filter(c::state.eq(CommendationState::Awarded.name()))
        .order((c::decided_at.desc(), c::id.desc()))
        .limit(rows)
        .select((c::id, c::chapter_id, c::awarded_at_id, c::form, c::year, c::collective, c::decision_no, c::decided_at))
        .into_boxed();
    if let Some(chapter) = below {
        query = query.filter(c::chapter_id.eq_any(tree::at_and_below(chapter)));
    }
    if let Some((at, id)) = after {
        query = query.filter(c::decided_at.le(at)).filter(c::decided_at.lt(at).or(c::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// Rows as they are shown; a fixed number of statements.
pub fn out(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<PublicCommendation>, DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut names: HashMap<Uuid, String> = naming::names(conn, &ids)?.into_iter().collect();
    let chapters: Vec<Uuid> = rows.iter().flat_map(|row| [row.chapter_id, row.awarded_at_id]).collect();
    let codes = tree::codes(conn, chapters)?;
    let one = |row: Row| {
        Some(PublicCommendation {
            chapter: codes.get(&row.chapter_id).cloned()?,
            awarded_by: codes.get(&row.awarded_at_id).cloned()?,
            form: row.form,
            year: row.year,
            is_person: row.collective.is_none(),
            name: row.collective.or_else(|| names.remove(&row.id)),
            decision_no: row.decision_no,
            awarded_on: vietnam_date(row.decided_at?),
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

/// A model of good practice that everybody may read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicPracticeModel {
    pub id: Uuid,
    /// Code of the chapter whose model it is.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Which of the areas of the law.
    #[schema(example = "FIRST_AID")]
    pub area: String,
    /// The movement it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movement: Option<String>,
    #[schema(example = "Góc sơ cấp cứu trong trường học")]
    pub title: String,
    /// What is done, how, and what came of it.
    pub about: String,
    pub published_on: NaiveDate,
}

/// A row of it.
#[derive(Debug, Clone, Queryable)]
pub struct ModelRow {
    pub id: Uuid,
    chapter_id: Uuid,
    area: String,
    movement: Option<String>,
    title: String,
    about: String,
    published_on: Option<NaiveDate>,
}

impl ModelRow {
    /// Where it stands in the list.
    pub fn place(&self) -> (NaiveDate, Uuid) {
        (self.published_on.unwrap_or_default(), self.id)
    }
}

type ModelColumns = (
    practice_model::id,
    practice_model::chapter_id,
    practice_model::area,
    practice_model::movement,
    practice_model::title,
    practice_model::about,
    practice_model::published_on,
);
const MODEL: ModelColumns = (
    practice_model::id,
    practice_model::chapter_id,
    practice_model::area,
    practice_model::movement,
    practice_model::title,
    practice_model::about,
    practice_model::published_on,
);

/// Which models are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Looked<'a> {
    /// All of them, whatever their marks.
    pub words: &'a str,
    pub area: Option<&'a str>,
    /// A chapter, and those below it.
    pub below: Option<Uuid>,
}

/// Published models that fit, the newest first.
pub fn search(
    conn: &mut PgConnection,
    looked: &Looked<'_>,
    after: Option<(NaiveDate, Uuid)>,
    rows: i64,
) -> Result<Vec<ModelRow>, DbError> {
    use practice_model as m;
    let mut query = m::table
        .filter(m::state.eq(ModelState::Published.name()))
        .order((m::published_on.desc(), m::id.desc()))
        .limit(rows)
        .select(MODEL)
        .into_boxed();
    let words = words_of(&[looked.words]);
    if !words.is_empty() {
        query = query.filter(m::words.contains(words));
    }
    if let Some(area) = looked.area {
        query = query.filter(m::area.eq(area.to_owned()));
    }
    if let Some(chapter) = looked.below {
        query = query.filter(m::chapter_id.eq_any(tree::at_and_below(chapter)));
    }
    if let Some((day, id)) = after {
        query = query.filter(m::published_on.le(day)).filter(m::published_on.lt(day).or(m::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// One of them.
pub fn model(conn: &mut PgConnection, id: Uuid) -> Result<Option<ModelRow>, DbError> {
    use practice_model as m;
    Ok(m::table.find(id).filter(m::state.eq(ModelState::Published.name())).select(MODEL).first(conn).optional()?)
}

/// Models as they are shown; a fixed number of statements.
pub fn models_out(conn: &mut PgConnection, rows: Vec<ModelRow>) -> Result<Vec<PublicPracticeModel>, DbError> {
    let codes = tree::codes(conn, rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let one = |row: ModelRow| {
        Some(PublicPracticeModel {
            id: row.id,
            chapter: codes.get(&row.chapter_id).cloned()?,
            area: row.area,
            movement: row.movement,
            title: row.title,
            about: row.about,
            published_on: row.published_on?,
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}
