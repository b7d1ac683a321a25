//! `/api/v1/public/officers/{code}/reversals` and its `/chapters`: what one person, known by a public code alone, asked to be reversed and
//! approved, at every chapter. The person finds the code at `GET /session` and can check what is said here.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpRequest, HttpResponse, get, web};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::reversals::{OfficerReason, Part, YearQuery, checked, reason_of};
use super::{CACHE_CONTROL_LIST, answer};
use crate::db::{Db, DbError};
use crate::http::sets::Searches;
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::ledger::reversals::{self, OfficerRow};
use crate::tree;

/// What a person did at one chapter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfficerAtChapter {
    /// The chapter of the reversed entries.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub name: String,
    #[serde(flatten)]
    pub part: Part,
}

/// The reversals of one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerOut {
    #[schema(example = "CB-7K3M9QXT")]
    pub officer: String,
    #[schema(example = 2026)]
    pub year: i32,
    /// Years in which this person asked for or approved a reversal, newest first.
    pub years: Vec<i32>,
    #[serde(flatten)]
    pub part: Part,
    pub by_reason: Vec<OfficerReason>,
}

/// Which year, and where in the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfficerChaptersQuery {
    /// The year in which the reversals were booked; the newest with any unless given.
    #[param(example = 2026, minimum = 2000, maximum = 2200)]
    pub year: Option<i32>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// What one person did: what the API and the portal show. A code that nobody has is not found, nor is one of somebody who
/// never took part in a reversal: no such code was ever given.
pub fn load(conn: &mut PgConnection, code: &str, year: Option<i32>) -> Result<OfficerOut, Problem> {
    let (officer, year, years) = known(conn, code, year)?;
    let rows = reversals::of_officer(conn, &officer, year)?;
    let mut part = Part::default();
    rows.iter().for_each(|row| part.add(row));
    Ok(OfficerOut { by_reason: by_reason(&rows), officer, year, years, part })
}

/// The code as it is stored, the year to show, and the years there are.
fn known(conn: &mut PgConnection, code: &str, year: Option<i32>) -> Result<(String, i32, Vec<i32>), Problem> {
    let year = checked(year)?;
    let officer = code.trim().to_ascii_uppercase();
    let years = reversals::years_of(conn, &officer)?;
    let newest = years.first().copied().ok_or_else(Problem::not_found)?;
    Ok((officer, year.unwrap_or(newest), years))
}

/// A page of the chapters at which one person did something in a year: what the API and the portal show.
pub fn chapters(conn: &mut PgConnection, code: &str, query: &OfficerChaptersQuery) -> Result<Page<OfficerAtChapter>, Problem> {
    let limit = rows_a_page(query.limit)?;
    let (officer, year, _) = known(conn, code, query.year)?;
    let filter = (&officer, year);
    let after = Cursor::<(i64, String)>::decode(query.cursor.as_deref(), &filter)?.map(|cursor| cursor.last);
    let rows = reversals::of_officer(conn, &officer, year)?;
    let chapters = at_chapters(conn, &rows)?.into_iter();
    let chapters = chapters.filter(|row| after.as_ref().is_none_or(|after| place_of(row) > (-after.0, after.1.clone())));
    let rest = chapters.take(usize::try_from(limit).unwrap_or(0) + 1).collect();
    let key = |row: &OfficerAtChapter| (row.part.count(), row.chapter.clone());
    Ok(Page::of(rest, limit, &filter, key, |row| row))
}

/// Where a chapter stands in the list: most first, then by code.
fn place_of(row: &OfficerAtChapter) -> (i64, String) {
    (-row.part.count(), row.chapter.clone())
}

fn at_chapters(conn: &mut PgConnection, rows: &[OfficerRow]) -> Result<Vec<OfficerAtChapter>, DbError> {
    let mut sums: HashMap<Uuid, Part> = HashMap::new();
    rows.iter().for_each(|row| sums.entry(row.chapter).or_default().add(row));
    let labels = tree::labels(conn, &sums.keys().copied().collect::<Vec<_>>())?;
    let mut all: Vec<OfficerAtChapter> = labels
        .into_iter()
        .filter_map(|(id, label)| Some(OfficerAtChapter { chapter: label.code, name: label.name, part: sums.remove(&id)? }))
        .collect();
    all.sort_by_cached_key(place_of);
    Ok(all)
}

fn by_reason(rows: &[OfficerRow]) -> Vec<OfficerReason> {
    let mut reasons: BTreeMap<(&str, &str), OfficerReason> = BTreeMap::new();
    for row in rows {
        match reasons.get_mut(&(row.original.as_str(), row.reason.as_str())) {
            Some(sum) => sum.part.add(row),
            None => drop(reasons.insert((&row.original, &row.reason), reason_of(row))),
        }
    }
    reasons.into_values().collect()
}

/// What one person asked to be reversed and what they approved in a year, by reason.
///
/// The code is drawn at random and the same at every chapter and for every account of the person; who it is, is not public.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "CB-7K3M9QXT"), YearQuery),
    responses((status = 200, body = OfficerOut), Searches), security(())
)]
#[get("/officers/{code}/reversals")]
pub async fn show_officer_reversals(
    request: HttpRequest,
    code: web::Path<String>,
    Query(query): Query<YearQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| load(conn, &code, query.year)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}

/// The chapters whose entries one person asked to be reversed or approved in a year, most first.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "CB-7K3M9QXT"), OfficerChaptersQuery),
    responses((status = 200, body = Page<OfficerAtChapter>), Searches), security(())
)]
#[get("/officers/{code}/reversals/chapters")]
pub async fn list_officer_chapters(
    request: HttpRequest,
    code: web::Path<String>,
    Query(query): Query<OfficerChaptersQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| chapters(conn, &code, &query)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
