//! Reversals are booked here and counted with it: by place, month and reason, and by the public codes of the two persons.
//!
//! The counts are public. They are kept in the transaction that books, so that no page ever counts entries, and they only
//! grow: a reversal is final. Each is added to the chapter (own and subtree) and to every chapter above (subtree only), as
//! what was received is ([`super::totals`]).

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text};
use uuid::Uuid;

use super::kinds::Kind;
use super::model::{Fund, FundId};
use super::store::{self, BookError, BookedAt, NewEntry};
use crate::authz::{Approve, Granted};
use crate::db::DbError;
use crate::db::schema::{reversal_by_month, reversal_by_officer, reversal_overall};
use crate::db::shown;
use crate::db::statement::statement;
use crate::identity::officer_codes;
use crate::tree::ChapterId;

/// What a reversed gift is counted as, whatever its channel.
pub const GIFT: &str = "GIFT";

/// What an entry of a kind is counted as when it is reversed: gifts as one, everything else by its kind.
pub fn original(kind: Kind) -> &'static str {
    if kind.is_gift() { GIFT } else { kind.name() }
}

/// Who reverses: a person who asked, and another whose approval books.
pub struct TwoPersons<'a> {
    /// The officer who asked, as a person.
    pub asked: Uuid,
    pub approves: &'a Granted<Approve>,
}

/// A number of entries and what they had shown, in đồng.
#[derive(Default, Clone, Copy)]
struct Sum {
    count: i64,
    vnd: i64,
}

/// Books reversing entries of the approver's chapter ([`store::book`] refuses them) and counts them. Entries beside them that
/// reverse nothing are booked in the same moment, so that only what lies between them has to be covered.
pub fn book(
    conn: &mut PgConnection,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    by: &TwoPersons<'_>,
    entries: Vec<NewEntry>,
) -> Result<(), BookError> {
    book_and(conn, at, funds, by, entries, |_| Ok(()))
}

/// [`book`], and what else is to be written once nothing refuses any more, before the sums everybody shares.
pub fn book_and<T>(
    conn: &mut PgConnection,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    by: &TwoPersons<'_>,
    entries: Vec<NewEntry>,
    before_sums: impl FnOnce(&mut PgConnection) -> Result<T, DbError>,
) -> Result<T, BookError> {
    let mut path: Vec<ChapterId> =
        entries.first().map(|entry| entry.place.path.iter().map(|step| step.id).collect()).unwrap_or_default();
    let mut sums: BTreeMap<(&'static str, String), Sum> = BTreeMap::new();
    for entry in &entries {
        let Some((_, _, reason)) = &entry.reverses else { continue };
        let sum = sums.entry((original(entry.postings.counts_as()), reason.to_string())).or_default();
        sum.count += 1;
        // A mirror shows the negative of what it takes back.
        sum.vnd -= entry.postings.shown().map_or(0, |(_, vnd)| vnd);
    }
    let entries = entries.into_iter().map(|entry| (by.approves, entry)).collect();
    store::book_and(conn, at, funds, entries, |conn| {
        let done = before_sums(conn)?;
        count(conn, at.day, by, &mut path, &sums)?;
        Ok(done)
    })
}

/// Adds to the counts, in the order of their keys: the national ones are shared by everybody who reverses.
fn count(
    conn: &mut PgConnection,
    day: NaiveDate,
    by: &TwoPersons<'_>,
    path: &mut [ChapterId],
    sums: &BTreeMap<(&'static str, String), Sum>,
) -> Result<(), DbError> {
    if sums.is_empty() {
        return Ok(());
    }
    let (asked, approved) = (by.asked, by.approves.officer());
    let codes = officer_codes::give(conn, &[asked, approved])?;
    let code = |officer: Uuid| codes.get(&officer).cloned().ok_or(DbError::Query(diesel::result::Error::NotFound));
    let persons = BTreeMap::from([(code(asked)?, true), (code(approved)?, false)]);
    path.sort_unstable();
    let scopes: Vec<Uuid> = path.iter().map(|step| step.0).collect();
    let (chapter, month) = (by.approves.chapter().0, day.with_day(1).unwrap_or(day));
    shown::alters(conn);
    for ((original, reason), Sum { count, vnd }) in sums {
        AddOverall { scopes: &scopes, chapter: &chapter, original, reason, count, vnd }.execute(conn)?;
        AddByMonth { scopes: &scopes, chapter: &chapter, original, reason, count, vnd, month: &month }.execute(conn)?;
        for (code, asked) in &persons {
            let part = |is: bool| if is { (*count, *vnd) } else { (0, 0) };
            let (asked, approved) = (part(*asked), part(!*asked));
            AddByOfficer {
                chapter: &chapter,
                year: &day.year(),
                code,
                original,
                reason,
                asked_count: &asked.0,
                asked_vnd: &asked.1,
                approved_count: &approved.0,
                approved_vnd: &approved.1,
            }
            .execute(conn)?;
        }
    }
    Ok(())
}

statement! {
    struct AddOverall {
        scopes: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        chapter: Uuid => diesel::sql_types::Uuid,
        original: &'static str => Text,
        reason: String => Text,
        count: i64 => BigInt,
        vnd: i64 => BigInt,
    } -> (),
    "INSERT INTO reversal_overall AS t (scope_id, original, reason, own_count, own_vnd, subtree_count, subtree_vnd)
     SELECT s.id, b.original, b.reason, CASE WHEN s.id = b.chapter THEN b.n ELSE 0 END, CASE WHEN s.id = b.chapter THEN b.vnd ELSE 0 END, b.n, b.vnd
     FROM unnest(?::uuid[]) WITH ORDINALITY AS s(id, k), (SELECT ?::uuid AS chapter, ?::text AS original, ?::text AS reason, ?::int8 AS n, ?::int8 AS vnd) b
     ORDER BY s.k
     ON CONFLICT (scope_id, original, reason) DO UPDATE SET own_count = t.own_count + excluded.own_count, own_vnd = t.own_vnd + excluded.own_vnd,
         subtree_count = t.subtree_count + excluded.subtree_count, subtree_vnd = t.subtree_vnd + excluded.subtree_vnd"
}

statement! {
    struct AddByMonth {
        scopes: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        chapter: Uuid => diesel::sql_types::Uuid,
        original: &'static str => Text,
        reason: String => Text,
        count: i64 => BigInt,
        vnd: i64 => BigInt,
        month: NaiveDate => Date,
    } -> (),
    "INSERT INTO reversal_by_month AS t (scope_id, month, original, reason, own_count, own_vnd, subtree_count, subtree_vnd)
     SELECT s.id, b.month, b.original, b.reason, CASE WHEN s.id = b.chapter THEN b.n ELSE 0 END, CASE WHEN s.id = b.chapter THEN b.vnd ELSE 0 END, b.n, b.vnd
     FROM unnest(?::uuid[]) WITH ORDINALITY AS s(id, k),
          (SELECT ?::uuid AS chapter, ?::text AS original, ?::text AS reason, ?::int8 AS n, ?::int8 AS vnd, ?::date AS month) b
     ORDER BY s.k
     ON CONFLICT (scope_id, month, original, reason) DO UPDATE SET own_count = t.own_count + excluded.own_count, own_vnd = t.own_vnd + excluded.own_vnd,
         subtree_count = t.subtree_count + excluded.subtree_count, subtree_vnd = t.subtree_vnd + excluded.subtree_vnd"
}

statement! {
    struct AddByOfficer {
        chapter: Uuid => diesel::sql_types::Uuid,
        year: i32 => Integer,
        code: String => Text,
        original: &'static str => Text,
        reason: String => Text,
        asked_count: i64 => BigInt,
        asked_vnd: i64 => BigInt,
        approved_count: i64 => BigInt,
        approved_vnd: i64 => BigInt,
    } -> (),
    "INSERT INTO reversal_by_officer AS t (chapter_id, year, officer_code, original, reason, asked_count, asked_vnd, approved_count, approved_vnd)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (chapter_id, year, officer_code, original, reason) DO UPDATE SET asked_count = t.asked_count + excluded.asked_count,
         asked_vnd = t.asked_vnd + excluded.asked_vnd, approved_count = t.approved_count + excluded.approved_count,
         approved_vnd = t.approved_vnd + excluded.approved_vnd"
}

/// What was reversed for one reason, in a month or ever.
#[derive(Debug, Clone, Queryable)]
pub struct CountRow {
    pub original: String,
    pub reason: String,
    pub own_count: i64,
    pub own_vnd: i64,
    pub subtree_count: i64,
    pub subtree_vnd: i64,
}

/// All that was ever reversed at a place, by reason.
pub fn overall(conn: &mut PgConnection, scope: Uuid) -> Result<Vec<CountRow>, DbError> {
    use reversal_overall as t;
    let columns = (t::original, t::reason, t::own_count, t::own_vnd, t::subtree_count, t::subtree_vnd);
    Ok(t::table.filter(t::scope_id.eq(scope)).order((t::original, t::reason)).select(columns).load(conn)?)
}

/// What was reversed at a place in a year, by month and reason.
pub fn by_month(conn: &mut PgConnection, scope: Uuid, year: i32) -> Result<Vec<(NaiveDate, CountRow)>, DbError> {
    use reversal_by_month as t;
    let columns = (t::original, t::reason, t::own_count, t::own_vnd, t::subtree_count, t::subtree_vnd);
    Ok(t::table
        .filter(t::scope_id.eq(scope))
        .filter(t::month.between(first(year), last(year)))
        .order((t::month, t::original, t::reason))
        .select((t::month, columns))
        .load(conn)?)
}

fn first(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN)
}

fn last(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// The years in which something was reversed at a place or below it, newest first.
pub fn years(conn: &mut PgConnection, scope: Uuid) -> Result<Vec<i32>, DbError> {
    use reversal_by_month as t;
    let months: Vec<NaiveDate> =
        t::table.filter(t::scope_id.eq(scope)).distinct().order(t::month.desc()).select(t::month).load(conn)?;
    let mut years: Vec<i32> = months.into_iter().map(|month| month.year()).collect();
    years.dedup();
    Ok(years)
}

statement! {
    struct OwnOverall { scope: Uuid => diesel::sql_types::Uuid } -> (diesel::sql_types::Uuid, Text, BigInt, BigInt),
    "SELECT t.scope_id, t.original, sum(t.own_count)::int8, sum(t.own_vnd)::int8 FROM reversal_overall t JOIN chapter_ancestor a ON a.chapter_id = t.scope_id
     WHERE a.ancestor_id = ? AND t.own_count > 0 GROUP BY 1, 2"
}

statement! {
    struct OwnOfYear {
        scope: Uuid => diesel::sql_types::Uuid,
        first: NaiveDate => Date,
        last: NaiveDate => Date,
    } -> (diesel::sql_types::Uuid, Text, BigInt, BigInt),
    "SELECT t.scope_id, t.original, sum(t.own_count)::int8, sum(t.own_vnd)::int8 FROM reversal_by_month t JOIN chapter_ancestor a ON a.chapter_id = t.scope_id
     WHERE a.ancestor_id = ? AND t.month BETWEEN ? AND ? AND t.own_count > 0 GROUP BY 1, 2"
}

/// What each chapter at a place and below it reversed by itself, ever or in a year: (chapter, original, count, đồng). Never
/// more rows than twice the chapters there are.
pub fn own_below(conn: &mut PgConnection, scope: Uuid, year: Option<i32>) -> Result<Vec<(Uuid, String, i64, i64)>, DbError> {
    Ok(match year {
        None => OwnOverall { scope: &scope }.load(conn)?,
        Some(year) => OwnOfYear { scope: &scope, first: &first(year), last: &last(year) }.load(conn)?,
    })
}

/// What one officer asked for and approved, for one reason.
#[derive(Debug, Clone, Queryable)]
pub struct OfficerRow {
    pub chapter: Uuid,
    pub officer: String,
    pub original: String,
    pub reason: String,
    pub asked_count: i64,
    pub asked_vnd: i64,
    pub approved_count: i64,
    pub approved_vnd: i64,
}

/// What officers did at one chapter in a year, those with most first; at most `most` of them.
pub fn officers_of(conn: &mut PgConnection, chapter: Uuid, year: i32, most: i64) -> Result<Vec<OfficerRow>, DbError> {
    use reversal_by_officer as t;
    let here = || t::table.filter(t::chapter_id.eq(chapter)).filter(t::year.eq(year));
    let codes: Vec<String> = here()
        .group_by(t::officer_code)
        .order((sql::<BigInt>("sum(asked_count + approved_count) DESC"), t::officer_code))
        .limit(most)
        .select(t::officer_code)
        .load(conn)?;
    let rows: Vec<OfficerRow> =
        here().filter(t::officer_code.eq_any(&codes)).order((t::original, t::reason)).select(OFFICER).load(conn)?;
    let place: HashMap<&String, usize> = codes.iter().zip(0..).collect();
    let mut rows: Vec<(usize, OfficerRow)> =
        rows.into_iter().filter_map(|row| place.get(&row.officer).map(|n| (*n, row))).collect();
    rows.sort_by_key(|(n, _)| *n);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

type OfficerColumns = (
    reversal_by_officer::chapter_id,
    reversal_by_officer::officer_code,
    reversal_by_officer::original,
    reversal_by_officer::reason,
    reversal_by_officer::asked_count,
    reversal_by_officer::asked_vnd,
    reversal_by_officer::approved_count,
    reversal_by_officer::approved_vnd,
);
const OFFICER: OfficerColumns = (
    reversal_by_officer::chapter_id,
    reversal_by_officer::officer_code,
    reversal_by_officer::original,
    reversal_by_officer::reason,
    reversal_by_officer::asked_count,
    reversal_by_officer::asked_vnd,
    reversal_by_officer::approved_count,
    reversal_by_officer::approved_vnd,
);

/// The years in which an officer asked for or approved a reversal, newest first; none for a code that nobody has.
pub fn years_of(conn: &mut PgConnection, officer: &str) -> Result<Vec<i32>, DbError> {
    use reversal_by_officer as t;
    Ok(t::table.filter(t::officer_code.eq(officer)).distinct().order(t::year.desc()).select(t::year).load(conn)?)
}

/// What one officer did in a year, at every chapter.
pub fn of_officer(conn: &mut PgConnection, officer: &str, year: i32) -> Result<Vec<OfficerRow>, DbError> {
    use reversal_by_officer as t;
    Ok(t::table.filter(t::officer_code.eq(officer)).filter(t::year.eq(year)).select(OFFICER).load(conn)?)
}
