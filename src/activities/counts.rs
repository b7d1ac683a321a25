//! What was done in a year, by area, month and level: each once, under the chapter that leads it, and every chapter above. The database
//! keeps the sums; the audit compares them with the activities.
//!
//! As it stands now, or as it stood at the end of a day: then what was written later is left out, and what was corrected later is
//! counted as it was. So the report of a year goes on saying what it said.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, SmallInt, Text, Timestamptz};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use crate::authz::{Read, Visit};
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::{FieldError, Say};
use crate::tree::{self, Level};

/// Activities of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityCountsOut {
    /// Code of the chapter, which is counted with everything below it.
    #[schema(example = "68")]
    pub chapter: String,
    #[schema(example = 2026)]
    pub year: i32,
    /// As it stood at the end of this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
    /// Of this movement alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TET_NHAN_AI")]
    pub movement: Option<String>,
    /// All that were led by the chapter or below it.
    pub led: ActivityCount,
    /// Of them by month and area; what has none is left out.
    pub by_month: Vec<ActivityCountOfMonth>,
    /// Of them by area.
    pub by_area: Vec<ActivityCountOfArea>,
    /// Of them by the level of the chapter that led.
    pub by_level: Vec<ActivityCountOfLevel>,
    /// Activities that the chapter or one below it delivered for whoever leads, each once. They may be among those led.
    pub delivered: i64,
}

/// How many activities there were, and what they came to.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct ActivityCount {
    /// How many were done.
    pub activities: i64,
    /// People they reached, added up over activities: who was at two of them is counted twice.
    pub persons: i64,
    /// How often they reached them.
    pub person_times: i64,
    /// Money, in đồng, as reported.
    pub money_vnd: i64,
    /// Goods, in đồng, as reported.
    pub goods_vnd: i64,
    /// Labour, in đồng, as reported.
    pub labour_vnd: i64,
}

/// Of one month and area.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityCountOfMonth {
    /// The month in which they began, 1 to 12.
    #[schema(minimum = 1, maximum = 12)]
    pub month: i16,
    /// Which of the areas of the law.
    #[schema(example = "FIRST_AID")]
    pub area: String,
    #[serde(flatten)]
    pub count: ActivityCount,
}

/// Of one area.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityCountOfArea {
    /// Which of the areas of the law.
    #[schema(example = "FIRST_AID")]
    pub area: String,
    #[serde(flatten)]
    pub count: ActivityCount,
}

/// Of chapters of one level.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityCountOfLevel {
    pub level: Level,
    #[serde(flatten)]
    pub count: ActivityCount,
}

/// Month, area, level, activities, persons, times, money, goods, labour.
type Counted = (i16, String, String, i64, i64, i64, i64, i64, i64);
type CountedSql = (SmallInt, Text, Text, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt);

statement! {
    struct Now {
        scope: Uuid => diesel::sql_types::Uuid,
        year: i16 => SmallInt,
        any: str => Text,
        movement: str => Text,
    } -> CountedSql,
    "SELECT s.month, s.area, s.level, sum(s.activities)::bigint, sum(s.persons)::bigint, sum(s.person_times)::bigint,
            sum(s.money_vnd)::bigint, sum(s.goods_vnd)::bigint, sum(s.labour_vnd)::bigint
     FROM activity_sum s WHERE s.scope_id = ? AND s.year = ? AND (? = '' OR s.movement = ?)
     GROUP BY 1, 2, 3 HAVING sum(s.activities) > 0 ORDER BY 1, 2, 3"
}

statement! {
    struct AsOf {
        corrected: DateTime<Utc> => Timestamptz,
        from: NaiveDate => Date,
        until: NaiveDate => Date,
        written: DateTime<Utc> => Timestamptz,
        whole: bool => Bool,
        scope: Uuid => diesel::sql_types::Uuid,
        any: str => Text,
        movement: str => Text,
    } -> CountedSql,
    "SELECT extract(month FROM a.starts_on)::smallint, a.area, c.level, count(*), sum(a.persons - k.persons)::bigint,
            sum(a.person_times - k.person_times)::bigint, sum(a.money_vnd - k.money_vnd)::bigint, sum(a.goods_vnd - k.goods_vnd)::bigint,
            sum(a.labour_vnd - k.labour_vnd)::bigint
     FROM activity a JOIN chapter c ON c.id = a.chapter_id
     CROSS JOIN LATERAL (
         SELECT coalesce(min(o.activities), 0) AS activities, coalesce(sum(o.persons), 0) AS persons, coalesce(sum(o.person_times), 0) AS person_times,
                coalesce(sum(o.money_vnd), 0) AS money_vnd, coalesce(sum(o.goods_vnd), 0) AS goods_vnd, coalesce(sum(o.labour_vnd), 0) AS labour_vnd
         FROM activity_correction o WHERE o.activity_id = a.id AND o.made_at >= ?) k
     WHERE a.starts_on >= ? AND a.starts_on <= ? AND a.done_at < ? AND (a.state = 'DONE' OR k.activities < 0)
       AND (? OR a.chapter_id IN (SELECT x.chapter_id FROM chapter_ancestor x WHERE x.ancestor_id = ?))
       AND (? = '' OR a.movement = ?)
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
}

// Whoever delivers below one level counts there once, however many of them there are.
statement! {
    struct Delivered {
        scope: Uuid => diesel::sql_types::Uuid,
        year: i16 => SmallInt,
        any: str => Text,
        movement: str => Text,
    } -> (BigInt,),
    "SELECT coalesce(sum(d.activities), 0)::bigint FROM activity_delivered d WHERE d.scope_id = ? AND d.year = ? AND (? = '' OR d.movement = ?)"
}

/// What is counted.
#[derive(Debug)]
pub struct Asked {
    pub chapter: String,
    pub year: i32,
    pub movement: Option<String>,
    pub as_of: Option<NaiveDate>,
}

/// The activities of a chapter and of all below it in a year.
pub fn of(v: &mut Visit<'_>, asked: Asked) -> Result<ActivityCountsOut, Fault> {
    let (here, place) = v.see_code::<Read>(&asked.chapter)?;
    if asked.as_of.is_some_and(|day| day > vietnam_date(v.now)) {
        return Err(Fault::Fields(vec![FieldError::new(
            "as_of",
            "IN_THE_FUTURE",
            Say::fixed("Ngày này chưa tới.", "This day lies in the future."),
        )]));
    }
    let scope = here.chapter().0;
    let whole = tree::centre(v.conn)? == here.chapter();
    let rows = counted(v.conn, scope, whole, &asked)?;
    let delivered = delivered(v.conn, scope, &asked)?;
    Ok(told(place.code, asked, rows, delivered))
}

fn days(year: i32) -> (NaiveDate, NaiveDate) {
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    (day(1, 1), day(12, 31))
}

/// The rows that are counted: of today from the sums, of another day from the activities themselves.
fn counted(conn: &mut PgConnection, scope: Uuid, whole: bool, asked: &Asked) -> Result<Vec<Counted>, DbError> {
    let movement = asked.movement.as_deref().unwrap_or_default();
    match asked.as_of.and_then(|day| day.succ_opt()) {
        None => Ok(Now { scope: &scope, year: &year_of(asked), any: movement, movement }.load(conn)?),
        Some(next) => {
            let (at, (from, until)) = (vietnam_midnight(next), days(asked.year));
            let (from, until, whole, scope) = (&from, &until, &whole, &scope);
            Ok(AsOf { corrected: &at, from, until, written: &at, whole, scope, any: movement, movement }.load(conn)?)
        }
    }
}

fn year_of(asked: &Asked) -> i16 {
    i16::try_from(asked.year).unwrap_or_default()
}

fn delivered(conn: &mut PgConnection, scope: Uuid, asked: &Asked) -> Result<i64, DbError> {
    let movement = asked.movement.as_deref().unwrap_or_default();
    let (count,): (i64,) = Delivered { scope: &scope, year: &year_of(asked), any: movement, movement }.get_result(conn)?;
    Ok(count)
}

impl ActivityCount {
    fn add(&mut self, row: &Counted) {
        self.activities += row.3;
        self.persons += row.4;
        self.person_times += row.5;
        self.money_vnd += row.6;
        self.goods_vnd += row.7;
        self.labour_vnd += row.8;
    }
}

fn told(chapter: String, asked: Asked, rows: Vec<Counted>, delivered: i64) -> ActivityCountsOut {
    let mut led = ActivityCount::default();
    let mut months: BTreeMap<(i16, String), ActivityCount> = BTreeMap::new();
    let mut areas: BTreeMap<String, ActivityCount> = BTreeMap::new();
    let mut levels: BTreeMap<String, ActivityCount> = BTreeMap::new();
    for row in &rows {
        led.add(row);
        months.entry((row.0, row.1.clone())).or_default().add(row);
        areas.entry(row.1.clone()).or_default().add(row);
        levels.entry(row.2.clone()).or_default().add(row);
    }
    let of_level = |level: Level| Some(ActivityCountOfLevel { level, count: levels.get(level.name()).copied()? });
    ActivityCountsOut {
        chapter,
        year: asked.year,
        as_of: asked.as_of,
        movement: asked.movement,
        led,
        by_month: months.into_iter().map(|((month, area), count)| ActivityCountOfMonth { month, area, count }).collect(),
        by_area: areas.into_iter().map(|(area, count)| ActivityCountOfArea { area, count }).collect(),
        by_level: Level::ALL.into_iter().filter_map(of_level).collect(),
        delivered,
    }
}

statement! {
    struct Unequal {
        most: i64 => BigInt,
    } -> (diesel::sql_types::Uuid,),
    "SELECT coalesce(s.scope_id, a.scope_id)
     FROM (SELECT scope_id, year, month, area, movement, level, activities, persons, person_times, money_vnd, goods_vnd, labour_vnd, told_persons, told_person_times
           FROM activity_sum WHERE activities > 0) s
     FULL JOIN (SELECT x.ancestor_id AS scope_id, extract(year FROM a.starts_on)::smallint AS year, extract(month FROM a.starts_on)::smallint AS month, a.area,
                       coalesce(a.movement, '') AS movement, c.level, count(*) AS activities, sum(a.persons) AS persons, sum(a.person_times) AS person_times,
                       sum(a.money_vnd) AS money_vnd, sum(a.goods_vnd) AS goods_vnd, sum(a.labour_vnd) AS labour_vnd,
                       coalesce(sum(a.told_persons), 0) AS told_persons, coalesce(sum(a.told_person_times), 0) AS told_person_times
                FROM activity a JOIN chapter_ancestor x ON x.chapter_id = a.chapter_id JOIN chapter c ON c.id = a.chapter_id
                WHERE a.state = 'DONE' GROUP BY 1, 2, 3, 4, 5, 6) a USING (scope_id, year, month, area, movement, level)
     WHERE (s.activities, s.persons, s.person_times, s.money_vnd, s.goods_vnd, s.labour_vnd, s.told_persons, s.told_person_times)
           IS DISTINCT FROM (a.activities, a.persons, a.person_times, a.money_vnd, a.goods_vnd, a.labour_vnd, a.told_persons, a.told_person_times)
     LIMIT ?"
}

statement! {
    struct UnequalDelivered {
        most: i64 => BigInt,
    } -> (diesel::sql_types::Uuid,),
    "SELECT coalesce(s.scope_id, a.scope_id)
     FROM (SELECT scope_id, year, movement, activities FROM activity_delivered WHERE activities > 0) s
     FULL JOIN (SELECT x.ancestor_id AS scope_id, extract(year FROM a.starts_on)::smallint AS year, coalesce(a.movement, '') AS movement,
                       count(DISTINCT a.id) AS activities
                FROM activity a JOIN activity_delivery d ON d.activity_id = a.id JOIN chapter_ancestor x ON x.chapter_id = d.chapter_id
                WHERE a.state = 'DONE' GROUP BY 1, 2, 3) a USING (scope_id, year, movement)
     WHERE s.activities IS DISTINCT FROM a.activities LIMIT ?"
}

/// Chapters whose sums are not those of their activities; there are none.
pub fn unequal(conn: &mut PgConnection, most: i64) -> Result<Vec<Uuid>, DbError> {
    let mut rows: Vec<(Uuid,)> = Unequal { most: &most }.load(conn)?;
    rows.extend(UnequalDelivered { most: &most }.load::<(Uuid,)>(conn)?);
    let mut ids: Vec<Uuid> = rows.into_iter().map(|(id,)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
