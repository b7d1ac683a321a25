//! `/api/v1/public/blood-honours`: the donors who were honoured, as far as they agree to be named.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{CACHE_CONTROL_LIST, answer};
use crate::blood_honours::shown::{self, PublicBloodHonour};
use crate::db::Db;
use crate::http::sets::Searches;
use crate::http::{Cursor, Page, Problem, Query, rows_a_page};
use crate::tree;

/// Whose.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicBloodHonoursQuery {
    /// Code of a chapter: whom it proposed, or one below it; the whole country unless given.
    #[param(example = "68")]
    chapter: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Donors of blood who were honoured and agreed to be named, the latest first. Nobody else is listed or counted.
#[utoipa::path(
    tag = "public", params(PublicBloodHonoursQuery), responses((status = 200, body = Page<PublicBloodHonour>), Searches),
    security(()), operation_id = "list_public_blood_honours"
)]
#[get("/blood-honours")]
pub async fn list_blood_honours(
    request: HttpRequest,
    Query(query): Query<PublicBloodHonoursQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let limit = rows_a_page(query.limit)?;
    let page = db
        .read_public(move |conn| -> Result<_, Problem> {
            let below = match query.chapter.as_deref() {
                None => None,
                Some(code) => Some(tree::place(conn, code)?.ok_or_else(Problem::not_found)?.id.0),
            };
            let after =
                Cursor::<(DateTime<Utc>, Uuid)>::decode(query.cursor.as_deref(), &query.chapter)?.map(|cursor| cursor.last);
            let mut rows = shown::awarded(conn, below, after, limit + 1)?;
            let more = i64::try_from(rows.len()).unwrap_or_default() > limit;
            rows.truncate(usize::try_from(limit).unwrap_or_default());
            let last = rows.last().filter(|_| more).map(shown::Row::place);
            Ok(Page::walked(shown::out(conn, rows)?, last, &query.chapter))
        })
        .await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}
