//! `/api/v1/public/reversals`, its `/chapters`, and `…/chapters/{code}/reversals`: how often entries are reversed, where, why,
//! and by which two persons. A reversal stands beside its original; who only looks at totals never sees it.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpRequest, HttpResponse, get, web};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{CACHE_CONTROL_LIST, answer};
use crate::chapters::reference::CENTRAL;
use crate::db::{Db, DbError};
use crate::http::sets::Searches;
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::ledger::reversals::{self, CountRow, OfficerRow};
use crate::ledger::totals;
use crate::tree;

/// Officers named with one chapter: more than reverse anything there in a year.
const MOST_OFFICERS: i64 = 200;

/// A number of reversed entries, and what they had shown. A reversed opening balance that owed more than it held is
/// negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reversed {
    pub count: i64,
    pub amount_vnd: i64,
}

impl Reversed {
    pub(super) fn add(&mut self, count: i64, vnd: i64) {
        self.count += count;
        self.amount_vnd += vnd;
    }
}

/// What a person had to do with it: nobody approves what they asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    pub asked: Reversed,
    pub approved: Reversed,
}

impl Part {
    pub(super) fn add(&mut self, row: &OfficerRow) {
        self.asked.add(row.asked_count, row.asked_vnd);
        self.approved.add(row.approved_count, row.approved_vnd);
    }

    /// Reversals they had a part in.
    pub fn count(&self) -> i64 {
        self.asked.count + self.approved.count
    }
}

/// What was reversed for one reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonOut {
    /// What was reversed: `GIFT` or `OPENING_BALANCE`.
    #[schema(example = "GIFT")]
    pub original: String,
    #[schema(example = "DUPLICATE")]
    pub reason: String,
    #[serde(flatten)]
    pub reversed: Reversed,
}

/// Of all gifts ever recorded, those that were reversed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct GiftShare {
    /// Recorded here, whether they still stand or not.
    pub recorded_count: i64,
    pub reversed_count: i64,
}

/// A chapter that reversed something, by itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChapterReversals {
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub name: String,
    #[serde(flatten)]
    pub reversed: Reversed,
    /// Only when no year was asked for: a gift may be reversed in another year than it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gifts: Option<GiftShare>,
}

/// What was reversed at a place and everything below it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReversalsOut {
    #[schema(example = "TW")]
    pub chapter: String,
    pub name: String,
    /// Absent for all time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 2026)]
    pub year: Option<i32>,
    /// Years in which something was reversed here or below, newest first.
    pub years: Vec<i32>,
    #[serde(flatten)]
    pub reversed: Reversed,
    /// Only for all time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gifts: Option<GiftShare>,
    /// Most frequent first.
    pub by_reason: Vec<ReasonOut>,
}

/// Of which place and year.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReversalsQuery {
    /// Code of a chapter, with everything below it; the whole country unless given.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// The year in which the reversals were booked; all time unless given.
    #[param(example = 2026, minimum = 2000, maximum = 2200)]
    pub year: Option<i32>,
}

/// Of which place and year, and where in the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReversingQuery {
    /// Code of a chapter, with everything below it; the whole country unless given.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// The year in which the reversals were booked; all time unless given.
    #[param(example = 2026, minimum = 2000, maximum = 2200)]
    pub year: Option<i32>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// One year.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct YearQuery {
    /// The year in which the reversals were booked; the newest with any unless given.
    #[param(example = 2026, minimum = 2000, maximum = 2200)]
    pub year: Option<i32>,
}

pub(super) fn checked(year: Option<i32>) -> Result<Option<i32>, Problem> {
    match year {
        Some(year) if !(2000..=2200).contains(&year) => {
            Err(Problem::field("year", "OUT_OF_RANGE", "Năm từ 2000 đến 2200.", "A year from 2000 to 2200."))
        }
        year => Ok(year),
    }
}

/// What a query asks for: what the API and the portal show.
pub fn load(conn: &mut PgConnection, query: &ReversalsQuery) -> Result<ReversalsOut, Problem> {
    let year = checked(query.year)?;
    let here = tree::place(conn, query.chapter.as_deref().unwrap_or(CENTRAL))?.ok_or_else(Problem::not_found)?;
    let rows = of_year(conn, here.id.0, year)?;
    let mut reversed = Reversed::default();
    rows.iter().for_each(|row| reversed.add(row.subtree_count, row.subtree_vnd));
    let gifts = match year {
        None => shares(conn, &[here.id.0], &HashMap::from([(here.id.0, reversed_gifts(&rows))]), false)?.remove(&here.id.0),
        Some(_) => None,
    };
    let name = tree::labels(conn, &[here.id.0])?.remove(&here.id.0).map(|label| label.name).unwrap_or_default();
    let years = reversals::years(conn, here.id.0)?;
    Ok(ReversalsOut { by_reason: by_reason(rows), chapter: here.code, name, year, years, reversed, gifts })
}

/// A page of the chapters that reversed something by themselves, most first: what the API and the portal show.
pub fn reversing(conn: &mut PgConnection, query: &ReversingQuery) -> Result<Page<ChapterReversals>, Problem> {
    let (year, limit) = (checked(query.year)?, rows_a_page(query.limit)?);
    let here = tree::place(conn, query.chapter.as_deref().unwrap_or(CENTRAL))?.ok_or_else(Problem::not_found)?;
    let filter = (&here.code, year);
    let after = Cursor::<(i64, String)>::decode(query.cursor.as_deref(), &filter)?.map(|cursor| cursor.last);
    let own = own_of_chapters(conn, here.id.0, year)?;
    let own = own.into_iter().filter(|row| after.as_ref().is_none_or(|after| place_of(row) > (-after.0, after.1.clone())));
    let rest: Vec<Own> = own.take(usize::try_from(limit).unwrap_or(0) + 1).collect();
    let shares = match year {
        None => own_shares(conn, &rest)?,
        Some(_) => HashMap::new(),
    };
    let key = |row: &Own| (row.reversed.count, row.code.clone());
    Ok(Page::of(rest, limit, &filter, key, |row| ChapterReversals {
        chapter: row.code,
        name: row.name,
        reversed: row.reversed,
        gifts: shares.get(&row.id).copied(),
    }))
}

/// One row a reason, ever or in a year.
fn of_year(conn: &mut PgConnection, scope: Uuid, year: Option<i32>) -> Result<Vec<CountRow>, DbError> {
    let Some(year) = year else { return reversals::overall(conn, scope) };
    let mut sums: BTreeMap<(String, String), CountRow> = BTreeMap::new();
    for (_, row) in reversals::by_month(conn, scope, year)? {
        match sums.get_mut(&(row.original.clone(), row.reason.clone())) {
            Some(sum) => {
                sum.own_count += row.own_count;
                sum.own_vnd += row.own_vnd;
                sum.subtree_count += row.subtree_count;
                sum.subtree_vnd += row.subtree_vnd;
            }
            None => drop(sums.insert((row.original.clone(), row.reason.clone()), row)),
        }
    }
    Ok(sums.into_values().collect())
}

/// Most frequent first.
fn by_reason(rows: Vec<CountRow>) -> Vec<ReasonOut> {
    let mut reasons: Vec<ReasonOut> = rows
        .into_iter()
        .map(|row| ReasonOut {
            reversed: Reversed { count: row.subtree_count, amount_vnd: row.subtree_vnd },
            original: row.original,
            reason: row.reason,
        })
        .collect();
    reasons.sort_by_key(|reason| -reason.reversed.count);
    reasons
}

fn reversed_gifts(rows: &[CountRow]) -> i64 {
    rows.iter().filter(|row| row.original == reversals::GIFT).map(|row| row.subtree_count).sum()
}

/// What a chapter reversed by itself.
struct Own {
    id: Uuid,
    code: String,
    name: String,
    reversed: Reversed,
    gifts: i64,
}

/// Where a chapter stands in the list: most first, then by code.
fn place_of(row: &Own) -> (i64, String) {
    (-row.reversed.count, row.code.clone())
}

/// Every chapter at a place and below that reversed something, in the order of the list. At most one row a chapter there is
/// in the country, so it is sorted here.
fn own_of_chapters(conn: &mut PgConnection, scope: Uuid, year: Option<i32>) -> Result<Vec<Own>, DbError> {
    let mut sums: HashMap<Uuid, (Reversed, i64)> = HashMap::new();
    for (chapter, original, count, vnd) in reversals::own_below(conn, scope, year)? {
        let (reversed, gifts) = sums.entry(chapter).or_default();
        reversed.add(count, vnd);
        *gifts += if original == reversals::GIFT { count } else { 0 };
    }
    let mut labels = tree::labels(conn, &sums.keys().copied().collect::<Vec<_>>())?;
    let mut all: Vec<Own> = sums
        .into_iter()
        .filter_map(|(id, (reversed, gifts))| {
            labels.remove(&id).map(|label| Own { id, code: label.code, name: label.name, reversed, gifts })
        })
        .collect();
    all.sort_by_cached_key(place_of);
    Ok(all)
}

fn own_shares(conn: &mut PgConnection, rows: &[Own]) -> Result<HashMap<Uuid, GiftShare>, DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    shares(conn, &ids, &rows.iter().map(|row| (row.id, row.gifts)).collect(), true)
}

/// Of all gifts recorded at places, those reversed. What stands in the totals no longer counts what was reversed, so it is
/// added again.
fn shares(
    conn: &mut PgConnection,
    scopes: &[Uuid],
    reversed: &HashMap<Uuid, i64>,
    own: bool,
) -> Result<HashMap<Uuid, GiftShare>, DbError> {
    let share = |id: &Uuid| reversed.get(id).copied().unwrap_or_default();
    let mut shares: HashMap<Uuid, GiftShare> =
        scopes.iter().map(|id| (*id, GiftShare { recorded_count: share(id), reversed_count: share(id) })).collect();
    for (scope, row) in totals::received_of_scopes(conn, scopes, None)? {
        shares.entry(scope).or_default().recorded_count += if own { row.own_count } else { row.subtree_count };
    }
    Ok(shares)
}

/// How often entries are reversed, where and why.
///
/// A reversal is an entry of its own beside the one it takes back, asked for by one person and approved by another. These
/// are counts of all of them, exact at the moment of asking, by the chapter of the reversed entry.
#[utoipa::path(tag = "public", params(ReversalsQuery), responses((status = 200, body = ReversalsOut), Searches), security(()))]
#[get("/reversals")]
pub async fn show_reversal_counts(
    request: HttpRequest,
    Query(query): Query<ReversalsQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| load(conn, &query)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}

/// The chapters that reversed something by themselves, most first.
///
/// Those without any are not listed. An entry counts for the chapter that had it, not for those above.
#[utoipa::path(
    tag = "public", params(ReversingQuery), responses((status = 200, body = Page<ChapterReversals>), Searches), security(())
)]
#[get("/reversals/chapters")]
pub async fn list_reversing_chapters(
    request: HttpRequest,
    Query(query): Query<ReversingQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| reversing(conn, &query)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}

/// What was reversed in a month for one reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MonthOut {
    #[schema(example = "2026-11")]
    pub month: String,
    #[schema(example = "GIFT")]
    pub original: String,
    #[schema(example = "DUPLICATE")]
    pub reason: String,
    /// The chapter's own.
    pub own: Reversed,
    /// With everything below it.
    pub subtree: Reversed,
}

/// What one person asked for and approved, for one reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfficerReason {
    #[schema(example = "GIFT")]
    pub original: String,
    #[schema(example = "DUPLICATE")]
    pub reason: String,
    #[serde(flatten)]
    pub part: Part,
}

/// One person, by public code.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfficerReversals {
    /// A code that says nothing of the person, the same at every chapter.
    #[schema(example = "CB-7K3M9QXT")]
    pub officer: String,
    #[serde(flatten)]
    pub part: Part,
    pub by_reason: Vec<OfficerReason>,
}

/// The reversals of one chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterReversalsOut {
    #[schema(example = "23095")]
    pub chapter: String,
    pub name: String,
    /// The year shown; absent when nothing was ever reversed here or below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 2026)]
    pub year: Option<i32>,
    /// Years with reversals here or below, newest first.
    pub years: Vec<i32>,
    /// The chapter's own, in the year.
    pub own: Reversed,
    /// With everything below it, in the year.
    pub subtree: Reversed,
    /// The chapter's own gifts, of all time.
    pub gifts: GiftShare,
    pub months: Vec<MonthOut>,
    /// Who asked and who approved at this chapter in the year, most first; at most 200.
    pub officers: Vec<OfficerReversals>,
}

/// What was reversed at one chapter in a year: what the API and the portal show.
pub fn of_chapter(conn: &mut PgConnection, code: &str, year: Option<i32>) -> Result<ChapterReversalsOut, Problem> {
    let year = checked(year)?;
    let here = tree::place(conn, code)?.ok_or_else(Problem::not_found)?;
    let id = here.id.0;
    let years = reversals::years(conn, id)?;
    let ever = reversals::overall(conn, id)?;
    let gifts: i64 = ever.iter().filter(|row| row.original == reversals::GIFT).map(|row| row.own_count).sum();
    let gifts = shares(conn, &[id], &HashMap::from([(id, gifts)]), true)?.remove(&id).unwrap_or_default();
    let (mut own, mut subtree) = (Reversed::default(), Reversed::default());
    let (mut months, mut officers) = (Vec::new(), Vec::new());
    let year = year.or(years.first().copied());
    if let Some(year) = year {
        for (month, row) in reversals::by_month(conn, id, year)? {
            own.add(row.own_count, row.own_vnd);
            subtree.add(row.subtree_count, row.subtree_vnd);
            months.push(MonthOut {
                month: month.format("%Y-%m").to_string(),
                original: row.original,
                reason: row.reason,
                own: Reversed { count: row.own_count, amount_vnd: row.own_vnd },
                subtree: Reversed { count: row.subtree_count, amount_vnd: row.subtree_vnd },
            });
        }
        officers = by_officer(reversals::officers_of(conn, id, year, MOST_OFFICERS)?);
    }
    let name = tree::labels(conn, &[id])?.remove(&id).map(|label| label.name).unwrap_or_default();
    Ok(ChapterReversalsOut { chapter: here.code, name, year, years, own, subtree, gifts, months, officers })
}

/// Rows of one officer stand together.
fn by_officer(rows: Vec<OfficerRow>) -> Vec<OfficerReversals> {
    let mut officers: Vec<OfficerReversals> = Vec::new();
    for row in rows {
        let known = officers.last().is_some_and(|last| last.officer == row.officer);
        if !known {
            officers.push(OfficerReversals { officer: row.officer.clone(), part: Part::default(), by_reason: Vec::new() });
        }
        if let Some(last) = officers.last_mut() {
            last.part.add(&row);
            last.by_reason.push(reason_of(&row));
        }
    }
    officers
}

pub(super) fn reason_of(row: &OfficerRow) -> OfficerReason {
    let mut part = Part::default();
    part.add(row);
    OfficerReason { original: row.original.clone(), reason: row.reason.clone(), part }
}

/// What one chapter reversed in a year: month by month, why, and by which two persons.
///
/// Persons appear under a public code that says nothing of who they are; the names stay with the Red Cross.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "23095"), YearQuery),
    responses((status = 200, body = ChapterReversalsOut), Searches), security(())
)]
#[get("/chapters/{code}/reversals")]
pub async fn show_chapter_reversals(
    request: HttpRequest,
    code: web::Path<String>,
    Query(query): Query<YearQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| of_chapter(conn, &code, query.year)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
