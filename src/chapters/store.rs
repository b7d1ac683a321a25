//! SQL of chapters and units. Everything here is public, so the functions serve officers and the public alike.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use uuid::Uuid;

use crate::basics::text::words;
use crate::db::DbError;
use crate::db::schema::{administrative_unit, chapter, chapter_ancestor};
use crate::db::statement::statement;

/// A chapter as everyone may see it.
#[derive(Debug, Clone, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = chapter, check_for_backend(diesel::pg::Pg))]
pub struct ChapterRow {
    pub id: Uuid,
    pub code: String,
    pub kind: String,
    pub level: String,
    pub status: String,
    pub name: String,
    pub short_name: String,
}

/// One version of an administrative unit.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = administrative_unit, check_for_backend(diesel::pg::Pg))]
pub struct UnitRow {
    pub code: String,
    pub kind: String,
    pub full_name: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub resolution: String,
}

pub fn find(conn: &mut PgConnection, code: &str) -> Result<Option<ChapterRow>, DbError> {
    Ok(chapter::table.filter(chapter::code.eq(code)).select(ChapterRow::as_select()).first(conn).optional()?)
}

/// The chapters above, central first.
pub fn ancestors(conn: &mut PgConnection, id: Uuid) -> Result<Vec<ChapterRow>, DbError> {
    Ok(chapter_ancestor::table
        .inner_join(chapter::table.on(chapter::id.eq(chapter_ancestor::ancestor_id)))
        .filter(chapter_ancestor::chapter_id.eq(id))
        .filter(chapter_ancestor::depth.gt(0))
        .order(chapter_ancestor::depth.desc())
        .select(ChapterRow::as_select())
        .load(conn)?)
}

/// The chapters directly below, by code, after `after`.
pub fn children(conn: &mut PgConnection, id: Uuid, after: Option<&str>, limit: i64) -> Result<Vec<ChapterRow>, DbError> {
    Ok(chapter::table
        .filter(chapter::parent_id.eq(id))
        .filter(chapter::code.gt(after.unwrap_or_default()))
        .order(chapter::code)
        .limit(limit)
        .select(ChapterRow::as_select())
        .load(conn)?)
}

// The table has a few thousand rows: reading it whole is cheaper than any index over word parts.
statement! {
    struct Search {
        exact: str => Text,
        words: Vec<String> => Array<Text>,
        after_rank: i64 => BigInt,
        after_code: str => Text,
        limit: i64 => BigInt,
    } -> (BigInt, diesel::sql_types::Uuid, Text, Text, Text, Text, Text, Text),
    "SELECT rank, id, code, kind, level, status, name, short_name FROM (
         SELECT c.*, CASE WHEN folded LIKE '% ' || q.exact THEN 0 WHEN folded LIKE '% ' || q.exact || '%' THEN 1 ELSE 2 END::bigint AS rank
         FROM chapter c, (SELECT ?::text AS exact) q
         WHERE NOT EXISTS (SELECT FROM unnest(?::text[]) w WHERE position(w IN c.folded) = 0)
     ) found
     WHERE (rank, code) > (?, ?) ORDER BY rank, code LIMIT ?"
}

/// Chapters whose folded name holds every word of `text`, names that end in it first. Each row with its rank.
pub fn search(
    conn: &mut PgConnection,
    text: &str,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<(i64, ChapterRow)>, DbError> {
    let words = words(text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let (rank, code) = after.unwrap_or((-1, String::new()));
    type Row = (i64, Uuid, String, String, String, String, String, String);
    let rows: Vec<Row> =
        Search { exact: &words.join(" "), words: &words, after_rank: &rank, after_code: &code, limit: &limit }.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(rank, id, code, kind, level, status, name, short_name)| {
            (rank, ChapterRow { id, code, kind, level, status, name, short_name })
        })
        .collect())
}

/// All versions of a unit, newest first.
pub fn unit_versions(conn: &mut PgConnection, code: &str) -> Result<Vec<UnitRow>, DbError> {
    Ok(administrative_unit::table
        .filter(administrative_unit::code.eq(code))
        .order(administrative_unit::valid_from.desc())
        .select(UnitRow::as_select())
        .load(conn)?)
}

/// Names of chapters by code.
pub fn names(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    Ok(chapter::table
        .filter(chapter::code.eq_any(codes))
        .select((chapter::code, chapter::name))
        .load::<(String, String)>(conn)?
        .into_iter()
        .collect())
}
