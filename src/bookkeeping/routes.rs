//! `/api/v1/opening-balances`: ask, list, decide, reverse.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{OpeningFault, OpeningIn};
use super::reversal::{self, Ask};
use super::wire::{self, OpeningOut};
use super::{opening, store};
use crate::authz::{Desk, Read, Seen};
use crate::decisions::{OfRequest, Verdict};
use crate::http::sets::{Decides, Key, Reads, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply, note};

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
#[utoipa::path(
    tag = "bookkeeping", request_body = OpeningIn,
    responses((status = 201, body = OpeningOut), (status = 200, body = OpeningOut, description = "Was asked already"), Writes)
)]
#[post("/opening-balances")]
pub async fn request_opening(desk: Desk, Body(body): Body<OpeningIn>) -> Answer<OpeningOut> {
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(opening::request(v, &ask)?)).await.map(Reply::made)
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
#[utoipa::path(tag = "bookkeeping", params(OpeningsQuery), responses((status = 200, body = Page<OpeningOut>), Reads))]
#[get("/opening-balances")]
pub async fn list_openings(desk: Desk, Query(query): Query<OpeningsQuery>) -> Answer<Page<OpeningOut>> {
    let OpeningsQuery { chapter, limit, cursor } = query;
    let paging = Paging::of(chapter, limit, cursor.as_deref())?;
    desk.list_of_chapter(
        paging,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(wire::shown(v.conn, rows)?),
    )
    .await
}

/// One opening balance.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path)), responses((status = 200, body = OpeningOut), Reads))]
#[get("/opening-balances/{id}")]
pub async fn show_opening(desk: Desk, id: web::Path<Uuid>) -> Answer<OpeningOut> {
    desk.read(move |v| Ok(opening::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve an opening balance as the second person: one entry a fund is booked.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path), Key), responses((status = 200, body = OpeningOut), Decides))]
#[post("/opening-balances/{id}/approval")]
pub async fn approve_opening(desk: Desk, id: web::Path<Uuid>) -> Answer<OpeningOut> {
    desk.once("opening-balance/approval", id.to_string(), move |v| Ok(opening::decide(v, *id, Verdict::Approve)?)).await
}

/// Refuse an opening balance as the second person: nothing is booked.
#[utoipa::path(tag = "bookkeeping", params(("id" = Uuid, Path), Key), responses((status = 200, body = OpeningOut), Decides))]
#[post("/opening-balances/{id}/refusal")]
pub async fn refuse_opening(desk: Desk, id: web::Path<Uuid>) -> Answer<OpeningOut> {
    desk.once("opening-balance/refusal", id.to_string(), move |v| Ok(opening::decide(v, *id, Verdict::Refuse)?)).await
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
#[utoipa::path(
    tag = "bookkeeping", params(("id" = Uuid, Path, description = "The opening balance")), request_body = OpeningReversalIn,
    responses((status = 201, body = OpeningOut), (status = 200, body = OpeningOut, description = "Was asked already"), Writes)
)]
#[post("/opening-balances/{id}/reversal")]
pub async fn request_opening_reversal(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<OpeningReversalIn>,
) -> Answer<OpeningOut> {
    let note = note(body.note.as_deref())?;
    let ask = Ask { id: body.id, opening: *id, reason: body.reason, note };
    desk.tx(move |v| Ok(reversal::request(v, &ask)?)).await.map(Reply::made)
}

/// Approve the reversal as the second person: the mirrored entries are booked today, and the places are free again.
#[utoipa::path(
    tag = "bookkeeping", params(("id" = Uuid, Path, description = "The opening balance"), Key, OfRequest),
    responses((status = 200, body = OpeningOut), Writes)
)]
#[post("/opening-balances/{id}/reversal/approval")]
pub async fn approve_opening_reversal(desk: Desk, id: web::Path<Uuid>, Query(of): Query<OfRequest>) -> Answer<OpeningOut> {
    desk.once("opening-balance-reversal/approval", of.content(*id), move |v| Ok(reversal::decide(v, *id, &of, Verdict::Approve)?))
        .await
}

/// Refuse the reversal as the second person: the opening balance stands.
#[utoipa::path(
    tag = "bookkeeping", params(("id" = Uuid, Path, description = "The opening balance"), Key, OfRequest),
    responses((status = 200, body = OpeningOut), Writes)
)]
#[post("/opening-balances/{id}/reversal/refusal")]
pub async fn refuse_opening_reversal(desk: Desk, id: web::Path<Uuid>, Query(of): Query<OfRequest>) -> Answer<OpeningOut> {
    desk.once("opening-balance-reversal/refusal", of.content(*id), move |v| Ok(reversal::decide(v, *id, &of, Verdict::Refuse)?))
        .await
}
