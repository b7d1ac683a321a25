//! `/api/v1/asked-gifts`: what waits for a second person, its provisional paper, and the decisions.

use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::asked;
use super::asked_decide;
use super::asked_paper;
use super::asked_wire::{AskedGift, AskedOut};
use super::wire::ChapterQuery;
use crate::authz::{Actor, Once, Turn};
use crate::basics::Clock;
use crate::db::Db;
use crate::decisions::Verdict;
use crate::http::{Cursor, Lang, Page, Problem, PublicUrl, Query, rows_a_page};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_asked_gifts)
        .service(show_asked_gift)
        .service(print_asked_gift)
        .service(approve_asked_gift)
        .service(refuse_asked_gift)
        .service(withdraw_asked_gift);
}

/// Gifts that wait for a second person at a chapter, or were recorded there and wait above; oldest first, without givers.
#[utoipa::path(tag = "gifts", params(ChapterQuery), responses((status = 200, body = Page<AskedOut>), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/asked-gifts")]
pub async fn list_asked_gifts(
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
        .read(move |conn| -> Result<Page<AskedOut>, Problem> {
            let rows = asked::waiting(conn, now, actor, &chapter, after, limit + 1)?;
            Ok(Page::of(rows, limit, &chapter, |row| (row.asked_at, row.id), |row| row))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// One asked gift, with its giver while it waits. Reading it is noted in the audit trail.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = AskedGift), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/asked-gifts/{id}")]
pub async fn show_asked_gift(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    Ok(HttpResponse::Ok().json(db.tx(move |conn| asked::show(conn, &vault, now, actor, id.into_inner())).await?))
}

/// The provisional paper of an asked gift, to print for the giver.
///
/// It says that nothing is booked yet, and what became of it once it was decided. It is no receipt and has no number.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = String, content_type = "text/html"), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/asked-gifts/{id}/paper.html")]
pub async fn print_asked_gift(
    actor: Actor,
    id: web::Path<Uuid>,
    lang: Lang,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let (asked, names) = db
        .tx(move |conn| -> Result<_, Problem> {
            let asked = asked::show(conn, &vault, now, actor, id.into_inner())?;
            let names = asked_paper::names(conn, &asked)?;
            Ok((asked, names))
        })
        .await?;
    let html = asked_paper::html(&asked, &names, &public, lang)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header((CONTENT_SECURITY_POLICY, format!("{}; frame-ancestors 'none'", *asked_paper::POLICY)))
        .body(html))
}

/// Decides once.
async fn decide(once: Once, id: web::Path<Uuid>, operation: &'static str, verdict: Verdict) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let work =
        move |conn: &mut PgConnection, turn: &Turn<'_>| asked_decide::decide(conn, turn.vault, turn.now, turn.actor, id, verdict);
    let (out, mut answer) = once.run(operation, id.to_string(), work).await?;
    Ok(answer.json(out))
}

/// Approve an asked gift as the second person: it is booked today, under its code.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = AskedOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/asked-gifts/{id}/approval")]
pub async fn approve_asked_gift(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    decide(once, id, "asked-gift/approval", Verdict::Approve).await
}

/// Refuse an asked gift as the second person: nothing is booked.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = AskedOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/asked-gifts/{id}/refusal")]
pub async fn refuse_asked_gift(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    decide(once, id, "asked-gift/refusal", Verdict::Refuse).await
}

/// Withdraw an asked gift at the chapter that recorded it: it was wrong, and is recorded anew under another id.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The client's name for this attempt; the same key with another request is 422")), responses((status = 200, body = AskedOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/asked-gifts/{id}/withdrawal")]
pub async fn withdraw_asked_gift(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    decide(once, id, "asked-gift/withdrawal", Verdict::Withdraw).await
}
