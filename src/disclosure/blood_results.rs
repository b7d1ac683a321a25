//! `/api/v1/public/blood-results`, its `.csv`, `/drives`, `/drives.csv` and `/drives/{code}`: what drives of blood gave, by commune,
//! province, year and drive, beside the targets.
//!
//! Whatever is shown here was folded when the result of its drive was stated (`blood_results::fold`): the files say the same as the API.

use ::csv::QuoteStyle;
use actix_web::http::header::{CACHE_CONTROL as CACHE, CONTENT_TYPE, ContentDisposition};
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use sheets::harmless;
use utoipa::IntoParams;

use super::{CACHE_CONTROL, CACHE_CONTROL_LIST, answer, csv};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::blood_results::out::{BloodProgress, BloodResultOut, BloodResultRow, BloodResultsOut};
use crate::blood_results::shown::{self, BloodRows};
use crate::chapters::reference::CENTRAL;
use crate::chapters::things::Thing;
use crate::db::Db;
use crate::http::sets::{Searches, Shows};
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::tree;

/// Drives that a file reads at once.
const A_TIME: i64 = 1_000;

/// Whose results, and of which year.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BloodResultsQuery {
    /// Code of a chapter, with everything below it; the whole country unless given.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// This year, unless given.
    #[param(minimum = 2000, maximum = 2201, example = 2026)]
    pub year: Option<i32>,
    /// Which chapters have a row: those directly below, unless given.
    #[param(inline)]
    pub rows: Option<BloodRows>,
}

/// A year that may be asked for: the next one, for which targets may be set, is the last.
fn year_of(asked: Option<i32>, today: NaiveDate) -> Result<i32, Problem> {
    let year = asked.unwrap_or_else(|| today.year());
    if (2000..=today.year() + 1).contains(&year) {
        return Ok(year);
    }
    Err(Problem::field("year", "OUT_OF_RANGE", "Năm từ 2000 đến sang năm.", "year is 2000 to next year."))
}

/// What a chapter and all below it gave in a year: what the API and the portal show.
pub fn of_year(conn: &mut PgConnection, query: &BloodResultsQuery, today: NaiveDate) -> Result<BloodResultsOut, Problem> {
    let year = year_of(query.year, today)?;
    let place = tree::place(conn, query.chapter.as_deref().unwrap_or(CENTRAL))?.ok_or_else(Problem::not_found)?;
    let rows = query.rows.unwrap_or(BloodRows::Below);
    shown::of_year(conn, &place, year, rows, today)?.ok_or_else(Problem::not_found)
}

/// Blood donation of a chapter with everything below it: units against the target, and compared with the year before on the same day.
///
/// Units and targets are whole. Persons by sex, age, group, volume or reason for a deferral are folded, drive by drive, when the result
/// is stated: nothing under five is told, and sums are made of what was told. What units count for in đồng stands apart.
#[utoipa::path(tag = "public", params(BloodResultsQuery), responses((status = 200, body = BloodResultsOut), Searches), security(()))]
#[get("/blood-results")]
pub async fn show_blood_results(
    request: HttpRequest,
    Query(query): Query<BloodResultsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let out = db.read_public(move |conn| of_year(conn, &query, today)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}

/// The same as a file (CSV, RFC 4180, UTF-8): the chapter itself, then its rows.
#[utoipa::path(
    tag = "public", params(BloodResultsQuery),
    responses((status = 200, content_type = "text/csv", body = String, description = "One row a chapter"), Searches), security(())
)]
#[get("/blood-results.csv")]
pub async fn download_blood_results(
    Query(query): Query<BloodResultsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let out = db.read_public(move |conn| of_year(conn, &query, today)).await?;
    let name = format!("blood-results-{}-{}.csv", out.own.chapter, out.until);
    let header = [
        "year",
        "until",
        "chapter",
        "chapter_name",
        "level",
        "target_units",
        "target_statement",
        "units",
        "units_last_year",
        "drives",
    ];
    let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let record = |row: &BloodProgress| {
        vec![
            out.year.to_string(),
            out.until.to_string(),
            row.chapter.clone(),
            harmless(&row.chapter_name),
            row.level.name().to_owned(),
            text(row.target_units),
            row.target_statement.clone().unwrap_or_default(),
            row.units.to_string(),
            row.units_last_year.to_string(),
            row.drives.to_string(),
        ]
    };
    file(&name, &header, std::iter::once(&out.own).chain(&out.rows).map(record))
}

/// What a chapter and all below it gave this year, beside its target: for its own page.
pub fn of_chapter(conn: &mut PgConnection, code: &str, today: NaiveDate) -> Result<BloodProgress, Problem> {
    let place = tree::place(conn, code)?.ok_or_else(Problem::not_found)?;
    let times = shown::times(today.year(), today).ok_or_else(Problem::not_found)?;
    Ok(shown::own(conn, &place, &times)?)
}

/// Which drives.
#[derive(Debug, Clone, Default, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BloodDrivesQuery {
    /// Code of a chapter: its drives and those of the chapters below it; the whole country unless given.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// This year, unless given.
    #[param(minimum = 2000, maximum = 2201, example = 2026)]
    pub year: Option<i32>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A page of results of drives, the newest first.
pub fn drives(conn: &mut PgConnection, query: &BloodDrivesQuery, today: NaiveDate) -> Result<Page<BloodResultRow>, Problem> {
    let (year, limit) = (year_of(query.year, today)?, rows_a_page(query.limit)?);
    let place = tree::place(conn, query.chapter.as_deref().unwrap_or(CENTRAL))?.ok_or_else(Problem::not_found)?;
    let of = (&place.code, year);
    let after = Cursor::<(NaiveDate, i64)>::decode(query.cursor.as_deref(), &of)?.map(|cursor| cursor.last);
    let mut rows = shown::drives(conn, &place, year, after, limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or_default() > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let last = rows.last().filter(|_| more).map(|(key, _)| *key);
    Ok(Page::walked(rows.into_iter().map(|(_, row)| row).collect(), last, &of))
}

/// Results of the drives of a year, the newest first.
#[utoipa::path(tag = "public", params(BloodDrivesQuery), responses((status = 200, body = Page<BloodResultRow>), Searches), security(()))]
#[get("/blood-results/drives")]
pub async fn list_blood_results(
    request: HttpRequest,
    Query(query): Query<BloodDrivesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let page = db.read_public(move |conn| drives(conn, &query, today)).await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// Whose drives, and of which year.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BloodDrivesFileQuery {
    /// Code of a chapter: its drives and those of the chapters below it; the whole country unless given.
    #[param(example = "68")]
    chapter: Option<String>,
    /// This year, unless given.
    #[param(minimum = 2000, maximum = 2201, example = 2026)]
    year: Option<i32>,
}

/// The same as a file (CSV, RFC 4180, UTF-8): all of them.
#[utoipa::path(
    tag = "public", params(BloodDrivesFileQuery),
    responses((status = 200, content_type = "text/csv", body = String, description = "One row a drive"), Searches), security(())
)]
#[get("/blood-results/drives.csv")]
pub async fn download_blood_drives(
    Query(query): Query<BloodDrivesFileQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let year = year_of(query.year, vietnam_date(clock.now()))?;
    let read = move |conn: &mut PgConnection| -> Result<_, Problem> {
        let place = tree::place(conn, query.chapter.as_deref().unwrap_or(CENTRAL))?.ok_or_else(Problem::not_found)?;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let rows = shown::drives(conn, &place, year, after, A_TIME)?;
            let Some((last, _)) = rows.last() else { return Ok((place.code, all)) };
            after = Some(*last);
            all.extend(rows.into_iter().map(|(_, row)| row));
        }
    };
    let (code, rows) = db.read_public(read).await?;
    let header =
        ["drive", "day", "chapter", "chapter_name", "registered", "came", "gave", "deferred", "units", "statement", "corrected"];
    let record = |row: &BloodResultRow| {
        vec![
            row.drive.clone(),
            row.day.to_string(),
            row.chapter.clone(),
            harmless(&row.chapter_name),
            row.registered.to_string(),
            row.came.map(|many| many.to_string()).unwrap_or_default(),
            row.gave.to_string(),
            row.deferred.map(|many| many.to_string()).unwrap_or_default(),
            row.units.to_string(),
            row.statement.clone(),
            row.corrected.to_string(),
        ]
    };
    file(&format!("blood-drives-{code}-{year}.csv"), &header, rows.iter().map(record))
}

/// A file; its header is quoted, as of every file here.
fn file(name: &str, header: &[&str], records: impl Iterator<Item = Vec<String>>) -> Result<HttpResponse, Problem> {
    let header = header.iter().map(|name| (*name).to_owned()).collect();
    let text = [csv::written(QuoteStyle::Always, [header])?, csv::written(QuoteStyle::Necessary, records)?].concat();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header(ContentDisposition::attachment(name))
        .insert_header((CACHE, CACHE_CONTROL_LIST))
        .body(text))
}

/// The result of the drive of a code, however it is typed.
pub fn one(conn: &mut PgConnection, typed: &str) -> Result<BloodResultOut, Problem> {
    let code = Thing::Drive.read(typed).ok_or_else(Problem::not_found)?;
    shown::of_drive(conn, &code)?.ok_or_else(Problem::not_found)
}

/// The result of one drive, with the statements whose place it took.
#[utoipa::path(
    tag = "public",
    params(("code" = String, Path, description = "Code of the drive, in whatever way it is typed", example = "68-HM-0001")),
    responses((status = 200, body = BloodResultOut), Shows), security(())
)]
#[get("/blood-results/drives/{code}")]
pub async fn show_blood_result(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| one(conn, &code)).await?;
    answer(&request, &out, CACHE_CONTROL)
}
