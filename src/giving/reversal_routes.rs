//! `/api/v1/gifts/{id}/reversal` and `/api/v1/reversals`: ask, list, decide.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::reversal::{self, Decision, Reason, Request, ReversalOut};
use super::wire::ChapterQuery;
use crate::authz::{Actor, Once, Turn};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::cache::PublicCache;
use crate::http::{Body, Cursor, Page, Problem, Query, note, rows_a_page};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_reversal)
        .service(list_reversals)
        .service(show_reversal)
        .service(approve_reversal)
        .service(refuse_reversal);
}

/// A request to reverse a gift.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReversalIn {
    /// Made by the client, once; sending the request again with it asks only once.
    id: Uuid,
    /// Public.
    reason: Reason,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Ask a second person to reverse a gift.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path, description = "The gift")), request_body = ReversalIn, responses(
    (status = 201, body = ReversalOut), (status = 200, body = ReversalOut, description = "Was asked already"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 409, response = crate::http::answers::Conflict), (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/gifts/{id}/reversal")]
pub async fn request_reversal(
    actor: Actor,
    gift: web::Path<Uuid>,
    Body(body): Body<ReversalIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let note = note(body.note.as_deref())?;
    let ask = Request { id: body.id, gift: gift.into_inner(), reason: body.reason, note };
    let now = clock.now();
    let (out, new) = db.tx(move |conn| reversal::request(conn, &vault, now, actor, &ask)).await?;
    Ok(if new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(out))
}

/// Requests that wait for a chapter's decision, oldest first.
#[utoipa::path(tag = "gifts", params(ChapterQuery), responses((status = 200, body = Page<ReversalOut>), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/reversals")]
pub async fn list_reversals(
    actor: Actor,
    Query(query): Query<ChapterQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let ChapterQuery { chapter, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let after = Cursor::<(DateTime<Utc>, Uuid)>::decode(cursor.as_deref(), &chapter)?.map(|c| c.last);
    let now = clock.now();
    let page = db
        .read(move |conn| -> Result<Page<ReversalOut>, Problem> {
            let rows = reversal::waiting(conn, now, actor, &chapter, after, limit + 1)?;
            Ok(Page::of(rows, limit, &chapter, |row| (row.requested_at, row.id), |row| row))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// One request.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = ReversalOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/reversals/{id}")]
pub async fn show_reversal(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    Ok(HttpResponse::Ok().json(db.read(move |conn| reversal::show(conn, now, actor, id.into_inner())).await?))
}

/// Approve a reversal as the second person: the mirrored entry is booked today.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = ReversalOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/reversals/{id}/approval")]
pub async fn approve_reversal(once: Once, id: web::Path<Uuid>, cache: web::Data<PublicCache>) -> Result<HttpResponse, Problem> {
    let decided = decide(once, id, "reversal/approval", Decision::Approve).await?;
    // The original's public page says from now on that it was reversed.
    cache.forget_all();
    Ok(decided)
}

/// Decides once.
async fn decide(once: Once, id: web::Path<Uuid>, operation: &'static str, decision: Decision) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let work =
        move |conn: &mut PgConnection, turn: &Turn<'_>| reversal::decide(conn, turn.vault, turn.now, turn.actor, id, decision);
    let (out, mut answer) = once.run(operation, id.to_string(), work).await?;
    Ok(answer.json(out))
}

/// Refuse a reversal as the second person: the gift stands.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = ReversalOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/reversals/{id}/refusal")]
pub async fn refuse_reversal(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    decide(once, id, "reversal/refusal", Decision::Refuse).await
}
