//! `/api/v1/corrections`: ask for the reversal of an entry, list, decide.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::correct::{self, Ask};
use super::model::CorrectionReason;
use super::store;
use super::together::{self, JointApprovalIn, JointApprovalOut};
use super::wire::{self, CorrectionOut};
use crate::authz::{Desk, Read, Seen};
use crate::decisions::Verdict;
use crate::house::Rooms;
use crate::http::sets::{Decides, Key, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply, note};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_correction)
        .service(list_corrections)
        .service(show_correction)
        .service(approve_correction)
        .service(refuse_correction)
        .service(withdraw_correction)
        .service(approve_together);
}

/// A request to reverse an entry that is no gift.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionIn {
    /// Made by the client, once; sending the request again with it asks only once.
    id: Uuid,
    /// Public code of the entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV", max_length = 40)]
    entry: String,
    /// Public.
    reason: CorrectionReason,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Ask a second person to reverse an entry that is no gift.
///
/// A payment, a transfer, an income: gifts and opening balances are reversed where they are shown. What stands on the entry (the receipt of a transfer, goods of a
/// purchase that were used) is reversed first; the answer to an approval says what that is.
#[utoipa::path(
    tag = "corrections", request_body = CorrectionIn,
    responses((status = 201, body = CorrectionOut), (status = 200, body = CorrectionOut, description = "Was asked already"), Writes)
)]
#[post("/corrections")]
pub async fn request_correction(desk: Desk, rooms: web::Data<Rooms>, Body(body): Body<CorrectionIn>) -> Answer<CorrectionOut> {
    let note = note(body.note.as_deref())?;
    let ask = Ask { id: body.id, entry: body.entry.trim().to_owned(), reason: body.reason, note };
    desk.tx(move |v| Ok(correct::request(v, **rooms, &ask)?)).await.map(Reply::made)
}

/// A chapter's requests to reverse entries, oldest first.
#[utoipa::path(tag = "corrections", params(OfChapter), responses((status = 200, body = Page<CorrectionOut>), Reads))]
#[get("/corrections")]
pub async fn list_corrections(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<CorrectionOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(wire::shown(v.conn, rows)?),
    )
    .await
}

/// One request to reverse an entry.
#[utoipa::path(
    tag = "corrections", params(("id" = Uuid, Path, description = "The request")), responses((status = 200, body = CorrectionOut), Reads)
)]
#[get("/corrections/{id}")]
pub async fn show_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<CorrectionOut> {
    desk.read(move |v| Ok(correct::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve a reversal as the second person: the mirrored entry is booked today.
#[utoipa::path(
    tag = "corrections", params(("id" = Uuid, Path, description = "The request"), Key),
    responses((status = 200, body = CorrectionOut), Decides)
)]
#[post("/corrections/{id}/approval")]
pub async fn approve_correction(desk: Desk, rooms: web::Data<Rooms>, id: web::Path<Uuid>) -> Answer<CorrectionOut> {
    let name = id.to_string();
    desk.once("correction/approval", name, move |v| Ok(correct::decide(v, **rooms, *id, Verdict::Approve)?)).await
}

/// Refuse a reversal as the second person: the entry stands.
#[utoipa::path(
    tag = "corrections", params(("id" = Uuid, Path, description = "The request"), Key),
    responses((status = 200, body = CorrectionOut), Decides)
)]
#[post("/corrections/{id}/refusal")]
pub async fn refuse_correction(desk: Desk, rooms: web::Data<Rooms>, id: web::Path<Uuid>) -> Answer<CorrectionOut> {
    let name = id.to_string();
    desk.once("correction/refusal", name, move |v| Ok(correct::decide(v, **rooms, *id, Verdict::Refuse)?)).await
}

/// Withdraw a request by the chapter that made it: the entry stands.
#[utoipa::path(
    tag = "corrections", params(("id" = Uuid, Path, description = "The request"), Key),
    responses((status = 200, body = CorrectionOut), Decides)
)]
#[post("/corrections/{id}/withdrawal")]
pub async fn withdraw_correction(desk: Desk, rooms: web::Data<Rooms>, id: web::Path<Uuid>) -> Answer<CorrectionOut> {
    let name = id.to_string();
    desk.once("correction/withdrawal", name, move |v| Ok(correct::decide(v, **rooms, *id, Verdict::Withdraw)?)).await
}

/// Approve several requests in one moment: what covers a reversal whose money has left, and the reversal.
///
/// They are carried out in the order given; each takes the right that it takes alone, and all of it is booked or nothing.
#[utoipa::path(
    tag = "corrections", request_body = JointApprovalIn, params(Key),
    responses((status = 200, body = JointApprovalOut), Writes)
)]
#[post("/joint-approvals")]
pub async fn approve_together(
    desk: Desk,
    rooms: web::Data<Rooms>,
    Body(body): Body<JointApprovalIn>,
) -> Answer<JointApprovalOut> {
    let content = format!("{body:?}");
    let all = body.check().map_err(Problem::invalid)?;
    desk.once("joint-approval", content, move |v| Ok(together::approve(v, **rooms, all)?)).await
}
