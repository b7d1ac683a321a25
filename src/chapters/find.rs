//! Finding chapters and units by what people call them, today's names and old ones. Everything here is public.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::reference::reform_day;
use super::store::{self, ChapterRow};
use super::typed::{Typed, readings};
use crate::db::DbError;
use crate::db::statement::statement;

/// A name by which a chapter was found although it is not called so (any more).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedName {
    pub chapter: Uuid,
    pub old_name: String,
    pub district: Option<String>,
    pub province: Option<String>,
    /// `None` for a name the chapter itself had.
    pub relation: Option<String>,
    pub note: Option<String>,
}

/// Ranks from this one on are matches by old names only.
pub const BY_OLD_NAME: i64 = 3;

// Ranks: 0 the name ends so, 1 has the words together, 2 has them; 3 a name the chapter had; then units that were merged
// into its unit: 4 a province, district or commune of exactly this name, 5 others.
statement! {
    struct SearchChapters {
        exact: str => Text,
        typed: str => Text,
        head: Option<String> => Nullable<Text>,
        place: Option<String> => Nullable<Text>,
        bare: str => Text,
        after_rank: i64 => BigInt,
        after_code: str => Text,
        limit: i64 => BigInt,
    } -> (BigInt, SqlUuid),
    "WITH q AS (SELECT ?::text AS exact, ?::tsquery AS typed, ?::tsquery AS head, ?::tsquery AS place, ?::text AS bare),
     hits AS (
         SELECT c.id, CASE WHEN f.name LIKE '% ' || q.exact THEN 0 WHEN f.name LIKE '% ' || q.exact || '%' THEN 1 ELSE 2 END AS rank
         FROM q, chapter c CROSS JOIN LATERAL (SELECT replace(c.folded, '''', '') AS name) f WHERE c.words @@ q.typed
         UNION ALL
         SELECT c.id, 2 FROM chapter c, q WHERE c.words @@ q.head AND folded_words(
             (SELECT string_agg(a.folded, ' ') FROM chapter_ancestor ca JOIN chapter a ON a.id = ca.ancestor_id
              WHERE ca.chapter_id = c.id AND ca.depth > 0)) @@ q.place
         UNION ALL
         SELECT n.chapter_id, 3 FROM chapter_former_name n, q WHERE n.words @@ q.typed
         UNION ALL
         SELECT c.id, CASE WHEN ' ' || replace(f.folded, '''', '') LIKE '% ' || q.bare THEN 4 ELSE 5 END
         FROM q, former_unit f JOIN unit_merger m ON m.former_id = f.id JOIN chapter c ON c.unit_code = m.new_code
         WHERE f.words @@ q.typed OR f.words @@ q.head AND folded_words(f.place) @@ q.place
     )
     SELECT h.rank, c.id
     FROM (SELECT id, min(rank)::bigint AS rank FROM hits GROUP BY id) h JOIN chapter c ON c.id = h.id
     WHERE (h.rank, c.code) > (?, ?) ORDER BY h.rank, c.code LIMIT ?"
}

fn search_one(conn: &mut PgConnection, typed: &Typed, after: (i64, &str), limit: i64) -> Result<Vec<(i64, Uuid)>, DbError> {
    let (head, place) = typed.placed.clone().unzip();
    Ok(SearchChapters {
        exact: &typed.exact,
        typed: &typed.all,
        head: &head,
        place: &place,
        bare: &typed.head,
        after_rank: &after.0,
        after_code: after.1,
        limit: &limit,
    }
    .load(conn)?)
}

/// The closest reading of a text that finds any chapter.
fn reading_of_chapters(conn: &mut PgConnection, text: &str) -> Result<Option<Typed>, DbError> {
    for typed in readings(text) {
        if !search_one(conn, &typed, (-1, ""), 1)?.is_empty() {
            return Ok(Some(typed));
        }
    }
    Ok(None)
}

/// A page of a search, each chapter with its rank, and the old names that led to some of them.
pub type FoundChapters = (Vec<(i64, ChapterRow)>, Vec<MatchedName>);

/// Chapters found by a text, today's names first; each with its rank. The second list says by which old names those
/// from [`BY_OLD_NAME`] on were found.
pub fn chapters(conn: &mut PgConnection, text: &str, after: Option<(i64, String)>, limit: i64) -> Result<FoundChapters, DbError> {
    let Some(typed) = reading_of_chapters(conn, text)? else {
        return Ok((Vec::new(), Vec::new()));
    };
    let (rank, code) = after.unwrap_or((-1, String::new()));
    let rows = search_one(conn, &typed, (rank, &code), limit)?;
    let by_old: Vec<Uuid> = rows.iter().filter(|row| row.0 >= BY_OLD_NAME).map(|row| row.1).collect();
    let names = if by_old.is_empty() { Vec::new() } else { matched_names(conn, &typed, &by_old)? };
    let mut found = store::by_ids(conn, &rows.iter().map(|row| row.1).collect::<Vec<_>>())?;
    let rows = rows.into_iter().filter_map(|(rank, id)| found.remove(&id).map(|row| (rank, row)));
    Ok((rows.collect(), names))
}

statement! {
    struct MatchedNames {
        typed: str => Text,
        head: Option<String> => Nullable<Text>,
        place: Option<String> => Nullable<Text>,
        ids: Vec<Uuid> => Array<SqlUuid>,
    } -> (SqlUuid, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<Text>),
    "WITH q AS (SELECT ?::tsquery AS typed, ?::tsquery AS head, ?::tsquery AS place, ?::uuid[] AS ids)
     SELECT * FROM (
         SELECT n.chapter_id, n.name, NULL::text AS district, NULL::text AS province, NULL::text AS relation, NULL::text AS note
         FROM chapter_former_name n, q WHERE n.chapter_id = ANY(q.ids) AND n.words @@ q.typed
         UNION ALL
         SELECT c.id, f.full_name, f.district, CASE WHEN f.level <> 'PROVINCE' THEN f.province END, m.relation, m.note
         FROM q, chapter c JOIN unit_merger m ON m.new_code = c.unit_code JOIN former_unit f ON f.id = m.former_id
         WHERE c.id = ANY(q.ids) AND (f.words @@ q.typed OR f.words @@ q.head AND folded_words(f.place) @@ q.place)
     ) found ORDER BY 1, 2, 3, 4"
}

fn matched_names(conn: &mut PgConnection, typed: &Typed, ids: &[Uuid]) -> Result<Vec<MatchedName>, DbError> {
    let (head, place) = typed.placed.clone().unzip();
    type Row = (Uuid, String, Option<String>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = MatchedNames { typed: &typed.all, head: &head, place: &place, ids: &ids.to_vec() }.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(chapter, old_name, district, province, relation, note)| MatchedName {
            chapter,
            old_name,
            district,
            province,
            relation,
            note,
        })
        .collect())
}

/// Which units a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Those of today, and the old ones that fit what was typed.
    Now,
    /// Those in force on a day since the reform.
    On(NaiveDate),
    /// Those of the last half-year before the reform.
    Before,
    /// Those that are on record for a day before that.
    Earlier(NaiveDate),
}

// `key` is the code behind 0 (provinces) or 1 for a unit, the id behind 2 for a former one.
statement! {
    struct SearchUnits {
        typed: str => Text,
        head: Option<String> => Nullable<Text>,
        place: Option<String> => Nullable<Text>,
        bare: str => Text,
        day: Option<NaiveDate> => Nullable<Date>,
        units: bool => Bool,
        former: bool => Bool,
        past: Option<NaiveDate> => Nullable<Date>,
        after_rank: i64 => BigInt,
        after_key: str => Text,
        limit: i64 => BigInt,
    } -> (BigInt, Text),
    "WITH q AS (SELECT ?::tsquery AS typed, ?::tsquery AS head, ?::tsquery AS place, ?::text AS bare, ?::date AS day,
                       ?::bool AS units, ?::bool AS former, ?::date AS past),
     hits AS (
         SELECT CASE WHEN u.parent_code IS NULL THEN '0' ELSE '1' END || u.code AS key,
                CASE WHEN ' ' || replace(u.folded, '''', '') LIKE '% ' || q.bare THEN 0 ELSE 2 END AS rank
         FROM administrative_unit u, q
         WHERE q.units AND (q.day IS NULL OR u.valid_from <= q.day AND (u.valid_to IS NULL OR u.valid_to > q.day))
           AND (folded_words(u.folded) @@ q.typed OR folded_words(u.folded) @@ q.head AND folded_words(
               (SELECT string_agg(p.folded, ' ') FROM administrative_unit p WHERE p.code = u.parent_code)) @@ q.place)
         UNION ALL
         SELECT '2' || f.id, CASE WHEN ' ' || replace(f.folded, '''', '') LIKE '% ' || q.bare THEN 1 ELSE 3 END
         FROM former_unit f, q
         WHERE q.former AND (q.past IS NULL OR f.known_from <= q.past AND f.valid_to > q.past)
           AND (f.words @@ q.typed OR f.words @@ q.head AND folded_words(f.place) @@ q.place)
     ), best AS (SELECT min(rank)::bigint AS rank, key FROM hits GROUP BY key)
     SELECT rank, key FROM best WHERE (rank, key) > (?, ?) ORDER BY rank, key LIMIT ?"
}

/// The day of which former units are meant; `None` for all of them.
pub(super) fn past(when: When) -> Option<NaiveDate> {
    match when {
        When::Now | When::On(_) => None,
        When::Before => reform_day().and_then(|day| day.pred_opt()),
        When::Earlier(day) => Some(day),
    }
}

/// A unit of today (by code) or a former one (by id).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UnitKey {
    Unit(String),
    Former(String),
}

fn key_of(key: &str) -> Option<UnitKey> {
    match key.split_at_checked(1)? {
        ("0" | "1", code) => Some(UnitKey::Unit(code.to_owned())),
        ("2", id) => Some(UnitKey::Former(id.to_owned())),
        _ => None,
    }
}

/// A place in a list of units: rank and key.
pub type Position = (i64, String);

fn search_units(
    conn: &mut PgConnection,
    typed: &Typed,
    when: When,
    after: &Position,
    limit: i64,
) -> Result<Vec<Position>, DbError> {
    let (head, place) = typed.placed.clone().unzip();
    let day = if let When::On(day) = when { Some(day) } else { None };
    Ok(SearchUnits {
        typed: &typed.all,
        head: &head,
        place: &place,
        bare: &typed.head,
        day: &day,
        units: &matches!(when, When::Now | When::On(_)),
        former: &!matches!(when, When::On(_)),
        past: &past(when),
        after_rank: &after.0,
        after_key: &after.1,
        limit: &limit,
    }
    .load(conn)?)
}

/// Units found by a text, those that are called exactly so first.
pub fn units(
    conn: &mut PgConnection,
    text: &str,
    when: When,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<(Position, UnitKey)>, DbError> {
    let after = after.unwrap_or((-1, String::new()));
    for typed in readings(text) {
        if !search_units(conn, &typed, when, &(-1, String::new()), 1)?.is_empty() {
            return Ok(keyed(search_units(conn, &typed, when, &after, limit)?));
        }
    }
    Ok(Vec::new())
}

pub(super) fn keyed(positions: Vec<Position>) -> Vec<(Position, UnitKey)> {
    positions.into_iter().filter_map(|position| key_of(&position.1).map(|key| (position.clone(), key))).collect()
}
