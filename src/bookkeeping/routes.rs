//! `/api/v1/opening-balances`: ask, list, decide, reverse.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{OpeningFault, OpeningIn, Verdict};
use super::opening::{self, OpeningOut};
use super::reversal::{self, Ask};
use crate::authz::{Actor, Once, Turn};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::cache::PublicCache;
use crate::http::{Body, Cursor, Page, Problem, Query, note, rows_a_page};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_opening)
        .service(list_openings)
        .service(show_opening)
        .service(approve_opening)
        .service(refuse_opening)
        .service(request_opening_reversal)
        .service(approve_opening_reversal)
        .service(refuse_opening_reversal);
}

/// Ask a second person to open a chapter's books with what the old ones ended with.
#[utoipa::path(tag = "bookkeeping", request_body = OpeningIn, responses((status = 201, body = OpeningOut), (status = 200, body = OpeningOut, description = "Was asked already"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 409, response = crate::http::answers::Conflict), (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/opening-balances")]
pub async fn request_opening(
    actor: Actor,
    Body(body): Body<OpeningIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let ask = body.check(vietnam_date(now)).map_err(Problem::invalid)?;
    let (out, new) = db.tx(move |conn| opening::request(conn, &vault, now, actor, &ask)).await?;
    Ok(if new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(out))
}

/// Whose opening balances.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpeningsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A chapter's opening balances, oldest first.
#[utoipa::path(tag = "bookkeeping", params(OpeningsQuery), responses((status = 200, body = Page<OpeningOut>), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/opening-balances")]
pub async fn list_openings(
    actor: Actor,
    Query(query): Query<OpeningsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let OpeningsQuery { chapter, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let after = Cursor::<(DateTime<Utc>, Uuid)>::decode(cursor.as_deref(), &chapter)?.map(|c| c.last);
    let now = clock.now();
    let page = db
        .read(move |conn| -> Result<Page<OpeningOut>, Problem> {
            let rows = opening::list(conn, now, actor, &chapter, after, limit + 1)?;
            Ok(Page::of(rows, limit, &chapter, |row| (row.requested_at, row.id), |row| row))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// One opening balance.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path)), responses((status = 200, body = OpeningOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/opening-balances/{id}")]
pub async fn show_opening(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    Ok(HttpResponse::Ok().json(db.read(move |conn| opening::show(conn, now, actor, id.into_inner())).await?))
}

/// Decides on an opening balance or on the reversal of one.
type Decide = fn(&mut PgConnection, &Vault, DateTime<Utc>, Actor, Uuid, Verdict) -> Result<OpeningOut, Problem>;

/// Decides once.
async fn step(
    once: Once,
    id: web::Path<Uuid>,
    operation: &'static str,
    verdict: Verdict,
    decide: Decide,
) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let work = move |conn: &mut PgConnection, turn: &Turn<'_>| decide(conn, turn.vault, turn.now, turn.actor, id, verdict);
    let (out, mut answer) = once.run(operation, id.to_string(), work).await?;
    Ok(answer.json(out))
}

/// Approve an opening balance as the second person: one entry a fund is booked.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = OpeningOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/opening-balances/{id}/approval")]
pub async fn approve_opening(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    step(once, id, "opening-balance/approval", Verdict::Approve, opening::decide).await
}

/// Refuse an opening balance as the second person: nothing is booked.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = OpeningOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/opening-balances/{id}/refusal")]
pub async fn refuse_opening(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    step(once, id, "opening-balance/refusal", Verdict::Refuse, opening::decide).await
}

/// A request to reverse an opening balance.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningReversalIn {
    /// Made by the client, once; sending the request again with it asks only once.
    id: Uuid,
    /// Public.
    reason: OpeningFault,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Ask a second person to reverse an approved opening balance, whole.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path, description = "The opening balance")), request_body = OpeningReversalIn, responses(
    (status = 201, body = OpeningOut), (status = 200, body = OpeningOut, description = "Was asked already"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 409, response = crate::http::answers::Conflict), (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/opening-balances/{id}/reversal")]
pub async fn request_opening_reversal(
    actor: Actor,
    id: web::Path<Uuid>,
    Body(body): Body<OpeningReversalIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let note = note(body.note.as_deref())?;
    let ask = Ask { id: body.id, opening: id.into_inner(), reason: body.reason, note };
    let now = clock.now();
    let (out, new) = db.tx(move |conn| reversal::request(conn, &vault, now, actor, &ask)).await?;
    Ok(if new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(out))
}

/// Approve the reversal as the second person: the mirrored entries are booked today, and the places are free again.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path, description = "The opening balance"), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = OpeningOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/opening-balances/{id}/reversal/approval")]
pub async fn approve_opening_reversal(
    once: Once,
    id: web::Path<Uuid>,
    cache: web::Data<PublicCache>,
) -> Result<HttpResponse, Problem> {
    let decided = step(once, id, "opening-balance-reversal/approval", Verdict::Approve, reversal::decide).await?;
    // The originals' public pages say from now on that they were reversed.
    cache.forget_all();
    Ok(decided)
}

/// Refuse the reversal as the second person: the opening balance stands.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path, description = "The opening balance"), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = OpeningOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/opening-balances/{id}/reversal/refusal")]
pub async fn refuse_opening_reversal(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    step(once, id, "opening-balance-reversal/refusal", Verdict::Refuse, reversal::decide).await
}
