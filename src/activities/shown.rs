//! What everybody may know of activities that are public. Read by the public role, which reads neither the numbers of those that reached
//! fewer than five people nor anything that has them in it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt, Text};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::ActivityState;
use super::store;
use crate::db::DbError;
use crate::db::schema::activity;
use crate::db::statement::statement;
use crate::documents::store::{self as documents, PublicDocument};
use crate::tree;

/// An activity as everybody may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicActivity {
    /// What it is called on paper and on the telephone.
    #[schema(example = "68-NV-0001")]
    pub code: String,
    /// Code of the chapter that leads it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Which of the areas of the law.
    #[schema(example = "FIRST_AID")]
    pub area: String,
    /// The movement it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TET_NHAN_AI")]
    pub movement: Option<String>,
    #[schema(example = "Ngày hội sơ cấp cứu Trường THCS Hàm Liêm")]
    pub title: String,
    /// What is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Where it is.
    #[schema(example = "Sân Trường THCS Hàm Liêm")]
    pub place: String,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// Organisations that take part.
    pub partners: Vec<String>,
    /// Codes of the chapters that deliver it.
    pub delivered_by: Vec<String>,
    pub state: ActivityState,
    /// What came of it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// People it reached, as the chapter reported; absent where it reached fewer than five.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persons: Option<i64>,
    /// How often it reached them; absent where it reached fewer than five people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_times: Option<i64>,
    /// Money, in đồng, as the chapter reported; the ledger has its own.
    pub money_vnd: i64,
    /// Goods, in đồng, as the chapter reported.
    pub goods_vnd: i64,
    /// Labour, in đồng, as the chapter reported.
    pub labour_vnd: i64,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_reason: Option<String>,
    /// Its result was written anew since it was reported first.
    pub corrected: bool,
    /// Photographs of it, as long as everybody in them agrees.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<PublicActivityPhoto>,
    /// Counts up with each change.
    pub version: i32,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
}

/// A photograph of an activity: its bytes are `GET /public/documents/{sha256}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicActivityPhoto {
    /// Of the file, hexadecimal.
    pub sha256: String,
    /// What is to be seen; it names nobody.
    #[schema(example = "Học sinh tập băng bó")]
    pub title: String,
    #[schema(example = "image/jpeg")]
    pub media_type: String,
    pub size_bytes: i64,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = activity, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    code: String,
    chapter_id: Uuid,
    area: String,
    movement: Option<String>,
    title: String,
    plan: Option<String>,
    place: String,
    pub starts_on: NaiveDate,
    ends_on: NaiveDate,
    partners: Vec<String>,
    state: String,
    result: Option<String>,
    told_persons: Option<i64>,
    told_person_times: Option<i64>,
    money_vnd: i64,
    goods_vnd: i64,
    labour_vnd: i64,
    cancelled_reason: Option<String>,
    version: i32,
    changed_at: DateTime<Utc>,
}

/// Which of them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Wanted {
    /// Those that a chapter or one below it leads.
    pub below: Option<Uuid>,
    pub area: Option<String>,
    pub movement: Option<String>,
    pub campaign: Option<Uuid>,
}

/// Activities that everybody may see, the latest first.
pub fn list(conn: &mut PgConnection, wanted: &Wanted, after: Option<(NaiveDate, Uuid)>, rows: i64) -> Result<Vec<Row>, DbError> {
    use activity as a;
    let mut query = a::table
        .filter(a::is_public)
        .order((a::starts_on.desc(), a::id.desc()))
        .limit(rows)
        .select(Row::as_select())
        .into_boxed();
    if let Some(chapter) = wanted.below {
        query = query.filter(a::chapter_id.eq_any(tree::at_and_below(chapter)));
    }
    if let Some(area) = &wanted.area {
        query = query.filter(a::area.eq(area));
    }
    if let Some(movement) = &wanted.movement {
        query = query.filter(a::movement.eq(movement));
    }
    if let Some(campaign) = wanted.campaign {
        query = query.filter(a::campaign_id.eq(campaign));
    }
    if let Some((day, id)) = after {
        query = query.filter(a::starts_on.le(day)).filter(a::starts_on.lt(day).or(a::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// Those that are on a day or later, for a calendar; the earliest first.
pub fn from_day(conn: &mut PgConnection, wanted: &Wanted, day: NaiveDate, most: i64) -> Result<Vec<Row>, DbError> {
    use activity as a;
    let mut query = a::table
        .filter(a::is_public)
        .filter(a::starts_on.ge(day))
        .order((a::starts_on, a::id))
        .limit(most)
        .select(Row::as_select())
        .into_boxed();
    if let Some(chapter) = wanted.below {
        query = query.filter(a::chapter_id.eq_any(tree::at_and_below(chapter)));
    }
    if let Some(movement) = &wanted.movement {
        query = query.filter(a::movement.eq(movement));
    }
    Ok(query.load(conn)?)
}

/// One of them.
pub fn one(conn: &mut PgConnection, code: &str) -> Result<Option<Row>, DbError> {
    use activity as a;
    Ok(a::table.filter(a::code.eq(code)).filter(a::is_public).select(Row::as_select()).first(conn).optional()?)
}

/// Rows as they are shown; a fixed number of statements.
pub fn out(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<PublicActivity>, DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let of = store::deliveries(conn, &ids)?;
    let corrected = store::corrected(conn, &ids)?;
    let mut photos: HashMap<Uuid, Vec<PublicActivityPhoto>> = HashMap::new();
    for (id, PublicDocument { sha256, size_bytes, media_type, title, .. }) in documents::published_of_each(conn, &ids)? {
        photos.entry(id).or_default().push(PublicActivityPhoto { sha256, title, media_type, size_bytes });
    }
    let chapters: Vec<Uuid> = rows.iter().map(|row| row.chapter_id).chain(of.iter().map(|(_, chapter)| *chapter)).collect();
    let codes = tree::codes(conn, chapters)?;
    let one = |row: Row| {
        let delivering = of.iter().filter(|(activity, _)| *activity == row.id);
        let mut delivered_by: Vec<String> = delivering.filter_map(|(_, chapter)| codes.get(chapter).cloned()).collect();
        delivered_by.sort();
        let photos = photos.remove(&row.id).unwrap_or_default();
        public(row, (delivered_by, photos), &codes, &corrected)
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

fn public(
    row: Row,
    (delivered_by, photos): (Vec<String>, Vec<PublicActivityPhoto>),
    codes: &HashMap<Uuid, String>,
    corrected: &[Uuid],
) -> Option<PublicActivity> {
    let state = ActivityState::parse(&row.state)?;
    let is_done = state == ActivityState::Done;
    Some(PublicActivity {
        corrected: corrected.contains(&row.id),
        code: row.code,
        chapter: codes.get(&row.chapter_id).cloned()?,
        area: row.area,
        movement: row.movement,
        title: row.title,
        plan: row.plan,
        place: row.place,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        partners: row.partners,
        delivered_by,
        state,
        result: row.result.filter(|_| is_done),
        persons: row.told_persons.filter(|_| is_done),
        person_times: row.told_person_times.filter(|_| is_done),
        money_vnd: row.money_vnd,
        goods_vnd: row.goods_vnd,
        labour_vnd: row.labour_vnd,
        cancelled_reason: row.cancelled_reason,
        photos,
        version: row.version,
        changed_at: row.changed_at,
    })
}

/// What was done in a year, in one area.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicActivityCount {
    /// Which of the areas of the law.
    #[schema(example = "FIRST_AID")]
    pub area: String,
    /// How many were done.
    pub activities: i64,
    /// People whom those reached that reached five or more.
    pub persons: i64,
    /// How often those reached them.
    pub person_times: i64,
    /// Money, goods and labour, in đồng, as the chapters reported.
    pub value_vnd: i64,
}

statement! {
    struct OfYear {
        scope: Uuid => diesel::sql_types::Uuid,
        year: i16 => SmallInt,
    } -> (Text, BigInt, BigInt, BigInt, BigInt),
    "SELECT s.area, sum(s.activities)::bigint, sum(s.told_persons)::bigint, sum(s.told_person_times)::bigint,
            sum(s.money_vnd + s.goods_vnd + s.labour_vnd)::bigint
     FROM activity_sum s WHERE s.scope_id = ? AND s.year = ? GROUP BY 1 HAVING sum(s.activities) > 0 ORDER BY 1"
}

/// What a chapter and all below it led in a year, by area; those of fewer than five people are counted, and their people are not.
pub fn of_year(conn: &mut PgConnection, scope: Uuid, year: i32) -> Result<Vec<PublicActivityCount>, DbError> {
    let year = i16::try_from(year).unwrap_or_default();
    let rows: Vec<(String, i64, i64, i64, i64)> = OfYear { scope: &scope, year: &year }.load(conn)?;
    let out = |(area, activities, persons, person_times, value_vnd)| PublicActivityCount {
        area,
        activities,
        persons,
        person_times,
        value_vnd,
    };
    Ok(rows.into_iter().map(out).collect())
}
