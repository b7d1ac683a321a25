//! `/api/v1/public/statements`: what was stated in public, word for word.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{CACHE_CONTROL_LIST, answer};
use crate::basics::{PublicCode, hex};
use crate::db::Db;
use crate::http::etag::Tagged;
use crate::http::sets::{Searches, Shows};
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::log;
use crate::statements::Event;
use crate::statements::store::{self, Statement, Wanted};
use crate::tree;

/// The bytes of a code never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Which statements.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementsQuery {
    /// Code of the chapter that made them.
    #[param(example = "23095")]
    chapter: Option<String>,
    /// Code of the appeal they are about.
    #[param(example = "LULUT-2026")]
    appeal: Option<String>,
    event: Option<Event>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Something that was stated.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementOut {
    /// Its public code, under which its leaf stands in the log.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    #[schema(value_type = Event)]
    pub event: String,
    #[schema(example = "Báo cáo quyết toán")]
    pub name: String,
    #[schema(example = "Settlement report")]
    pub name_en: String,
    /// Code of the chapter that made it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the appeal it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    /// The day it speaks of.
    pub day: NaiveDate,
    /// The day it was stated.
    pub stated_on: NaiveDate,
    /// Where its text is: the very bytes whose hash the leaf has.
    #[schema(example = "/api/v1/public/statements/7ZC4K0M9T2R8VQ3BV")]
    pub href: String,
    /// SHA-256 of the text, hexadecimal; the leaf has it as `doc`.
    pub sha256: String,
    /// Code of the statement whose place it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Code of the statement that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// SHA-256 leaf hash in the public log, hexadecimal.
    pub leaf_hash: String,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<i64>,
}

/// Statements in their order, as everybody sees them; a fixed number of statements of SQL.
pub fn shown(conn: &mut PgConnection, rows: Vec<Statement>) -> Result<Vec<StatementOut>, Problem> {
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let indices = log::store::indices_of(conn, &codes)?;
    let mut replaced = store::replaced(conn, &codes)?;
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
    let out = |row: Statement| {
        let label = Event::parse(&row.event).map(Event::label);
        StatementOut {
            name: label.as_ref().map_or_else(|| row.event.clone(), |label| label.vi.clone().into_owned()),
            name_en: label.map_or_else(|| row.event.clone(), |label| label.en.into_owned()),
            chapter: chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
            href: format!("/api/v1/public/statements/{}", row.code),
            replaced_by: replaced.remove(&row.code),
            log_index: indices.get(&row.code).copied(),
            leaf_hash: hex(&row.leaf_hash),
            event: row.event,
            appeal: row.appeal,
            day: row.day,
            stated_on: row.stated_on,
            sha256: row.sha256,
            replaces: row.replaces,
            code: row.code,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

/// What was stated in public, the newest first.
#[utoipa::path(tag = "public", params(StatementsQuery), responses((status = 200, body = Page<StatementOut>), Searches), security(()))]
#[get("/statements")]
pub async fn list_statements(
    request: HttpRequest,
    Query(query): Query<StatementsQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let StatementsQuery { chapter, appeal, event, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let filter = (chapter.clone(), appeal.clone(), event);
    let before = Cursor::<i64>::decode(cursor.as_deref(), &filter)?.map(|cursor| cursor.last);
    let page = db
        .read_public(move |conn| -> Result<_, Problem> {
            let chapter = match chapter {
                Some(code) => Some(tree::place(conn, &code)?.ok_or_else(Problem::not_found)?.id.0),
                None => None,
            };
            let mut rows = store::list(conn, &Wanted { chapter, appeal, event }, before, limit + 1)?;
            let most = usize::try_from(limit).unwrap_or_default();
            let is_more = rows.len() > most;
            rows.truncate(most);
            let last = rows.last().map(|row| row.seq).filter(|_| is_more);
            Ok(Page::walked(shown(conn, rows)?, last, &filter))
        })
        .await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// The very text that was stated: JSON in the form of RFC 8785, whose SHA-256 the leaf of this code has as `doc`. It never changes.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, description = "The statement", example = "7ZC4K0M9T2R8VQ3BV")),
    responses((status = 200, body = serde_json::Value, description = "The statement, word for word"), Shows), security(())
)]
#[get("/statements/{code}")]
pub async fn show_statement(request: HttpRequest, code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let code = PublicCode::parse(&code).map_err(|_| Problem::not_found())?;
    let body = db.read_public(move |conn| -> Result<_, Problem> { Ok(store::body(conn, code.as_str())?) }).await?;
    Ok(Tagged::json(body.ok_or_else(Problem::not_found)?).answer(&request, FOR_EVER))
}
