//! `/api/v1/gifts/{id}/reversal` and `/api/v1/reversals`: ask, list, decide.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::reversal::{self, Decision, Reason, Request, ReversalOut};
use super::wire::ChapterQuery;
use crate::authz::{self, Actor, Attempt, IdempotencyKey};
use crate::basics::{Clock, Line};
use crate::db::Db;
use crate::http::cache::PublicCache;
use crate::http::{Body, Cursor, Page, Problem, rows_a_page};
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
    let note = body.note.as_deref().map(|note| Line::parse(note, 500)).transpose().map_err(|_| {
        Problem::field(
            "/note",
            "NOT_A_LINE",
            "Ghi chú từ 1 đến 500 ký tự, một dòng.",
            "A note is one line of 1 to 500 characters.",
        )
    })?;
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
    query: web::Query<ChapterQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let ChapterQuery { chapter, limit, cursor } = query.into_inner();
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
pub async fn approve_reversal(
    actor: Actor,
    key: IdempotencyKey,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    cache: web::Data<PublicCache>,
) -> Result<HttpResponse, Problem> {
    let decided = decide(&db, &vault, clock.now(), actor, &key, id.into_inner(), Decision::Approve).await?;
    // The original's public page says from now on that it was reversed.
    cache.forget_all();
    Ok(decided)
}

/// Decides under the request's key, if it has one.
async fn decide(
    db: &Db,
    vault: &web::Data<Vault>,
    now: DateTime<Utc>,
    actor: Actor,
    key: &IdempotencyKey,
    id: Uuid,
    decision: Decision,
) -> Result<HttpResponse, Problem> {
    let (vault, key) = (vault.clone(), key.clone());
    let operation = match decision {
        Decision::Approve => "reversal/approval",
        Decision::Refuse => "reversal/refusal",
    };
    let (out, attempt) = db
        .tx(move |conn| -> Result<(ReversalOut, Attempt), Problem> {
            authz::authenticate(conn, now, actor)?;
            let attempt = key.claim(conn, &vault, actor.account, now, operation, &id.to_string())?;
            Ok((reversal::decide(conn, &vault, now, actor, id, decision)?, attempt))
        })
        .await?;
    Ok(attempt.mark(HttpResponse::Ok()).json(out))
}

/// Refuse a reversal as the second person: the gift stands.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = ReversalOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/reversals/{id}/refusal")]
pub async fn refuse_reversal(
    actor: Actor,
    key: IdempotencyKey,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    decide(&db, &vault, clock.now(), actor, &key, id.into_inner(), Decision::Refuse).await
}
