//! `/api/v1/public/commendations` and `/api/v1/public/practice-models`: who was commended, as far as they agree, and what to learn from.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{CACHE_CONTROL_LIST, answer};
use crate::commendations::shown::{self, Looked, PublicCommendation, PublicPracticeModel};
use crate::db::Db;
use crate::http::sets::{Searches, Shows};
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::tree;

/// Whose.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicCommendationsQuery {
    /// Code of a chapter: what it proposed, or one below it; the whole country unless given.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// The chapter whose are wanted, with those below it; `None`: the whole country.
fn below(conn: &mut PgConnection, chapter: Option<&str>) -> Result<Option<Uuid>, Problem> {
    match chapter {
        None => Ok(None),
        Some(code) => Ok(Some(tree::place(conn, code)?.ok_or_else(Problem::not_found)?.id.0)),
    }
}

/// A page of what was awarded, the latest first: what the API and the portal show.
pub fn list(conn: &mut PgConnection, query: &PublicCommendationsQuery) -> Result<Page<PublicCommendation>, Problem> {
    let limit = rows_a_page(query.limit)?;
    let below = below(conn, query.chapter.as_deref())?;
    let after = Cursor::<(DateTime<Utc>, Uuid)>::decode(query.cursor.as_deref(), &query.chapter)?.map(|cursor| cursor.last);
    let mut rows = shown::awarded(conn, below, after, limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or_default() > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let last = rows.last().filter(|_| more).map(shown::Row::place);
    Ok(Page::walked(shown::out(conn, rows)?, last, &query.chapter))
}

/// What was awarded, the latest first. People are named where they agree to it, collectives always.
#[utoipa::path(
    tag = "public", params(PublicCommendationsQuery), responses((status = 200, body = Page<PublicCommendation>), Searches),
    security(()), operation_id = "list_public_commendations"
)]
#[get("/commendations")]
pub async fn list_commendations(
    request: HttpRequest,
    Query(query): Query<PublicCommendationsQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let page = db.read_public(move |conn| list(conn, &query)).await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PracticeModelsQuery {
    /// Words that it has, all of them, with or without marks.
    #[serde(default)]
    #[param(required = false, example = "so cap cuu", max_length = 200)]
    pub q: String,
    /// Only those of an area of the law.
    #[param(example = "FIRST_AID")]
    pub area: Option<String>,
    /// Code of a chapter: only those of it, and of those below it.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A page of models that fit, the newest first: what the API and the portal show.
pub fn search(conn: &mut PgConnection, query: &PracticeModelsQuery) -> Result<Page<PublicPracticeModel>, Problem> {
    let limit = rows_a_page(query.limit)?;
    if query.q.chars().count() > 200 {
        return Err(Problem::field("q", "TOO_LONG", "Tối đa 200 ký tự.", "At most 200 characters."));
    }
    let filter = (&query.q, &query.area, &query.chapter);
    let after = Cursor::<(NaiveDate, Uuid)>::decode(query.cursor.as_deref(), &filter)?.map(|cursor| cursor.last);
    let looked = Looked { words: &query.q, area: query.area.as_deref(), below: below(conn, query.chapter.as_deref())? };
    let mut rows = shown::search(conn, &looked, after, limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or_default() > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let last = rows.last().filter(|_| more).map(shown::ModelRow::place);
    Ok(Page::walked(shown::models_out(conn, rows)?, last, &filter))
}

/// Models of good practice, found by their words; the newest first.
#[utoipa::path(
    tag = "public", params(PracticeModelsQuery), responses((status = 200, body = Page<PublicPracticeModel>), Searches), security(()),
    operation_id = "search_practice_models"
)]
#[get("/practice-models")]
pub async fn search_practice_models(
    request: HttpRequest,
    Query(query): Query<PracticeModelsQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let page = db.read_public(move |conn| search(conn, &query)).await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// One model that is published.
pub fn one(conn: &mut PgConnection, id: Uuid) -> Result<PublicPracticeModel, Problem> {
    let row = shown::model(conn, id)?.ok_or_else(Problem::not_found)?;
    shown::models_out(conn, vec![row])?.pop().ok_or_else(Problem::not_found)
}

/// One model of good practice.
#[utoipa::path(
    tag = "public", params(("id" = Uuid, Path, description = "The model")),
    responses((status = 200, body = PublicPracticeModel), Shows), security(()), operation_id = "show_public_practice_model"
)]
#[get("/practice-models/{id}")]
pub async fn show_practice_model(request: HttpRequest, id: web::Path<Uuid>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| one(conn, *id)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
