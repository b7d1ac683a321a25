//! `/api/v1/transfers`: ask, decide, confirm, return, write off.

use actix_web::{get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{Carried, PartIn, ReceiptRefusal, ReturnReason, TransferIn, TransferLossReason, TransferPartLineIn};
use super::wire::{self, ChapterTransferOut};
use super::{look, loss, parts, send, store};
use crate::authz::{Desk, Read, Seen};
use crate::decisions::{OfRequest, Verdict};
use crate::http::sets::{Decides, Key, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_transfer)
        .service(list_transfers)
        .service(show_transfer)
        .service(approve_transfer)
        .service(refuse_transfer)
        .service(withdraw_transfer)
        .service(confirm_transfer)
        .service(refuse_transfer_receipt)
        .service(return_transfer)
        .service(request_transfer_loss)
        .service(approve_transfer_loss)
        .service(refuse_transfer_loss)
        .service(withdraw_transfer_loss);
}

/// Ask for a transfer of money or goods to another chapter; the chain of the sender decides.
///
/// Chapters that use one bank account transfer by book: then both sides approve, and the receiver has it at once.
#[utoipa::path(
    tag = "transfers", request_body = TransferIn,
    responses((status = 201, body = ChapterTransferOut), (status = 200, body = ChapterTransferOut, description = "Was asked already"), Writes)
)]
#[post("/transfers")]
pub async fn request_transfer(desk: Desk, Body(body): Body<TransferIn>) -> Answer<ChapterTransferOut> {
    let chapter = body.chapter.clone();
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx_at(chapter, move |v| Ok(send::request(v, &ask)?)).await.map(Reply::made)
}

/// Transfers from a chapter or to it, oldest first.
#[utoipa::path(tag = "transfers", params(OfChapter), responses((status = 200, body = Page<ChapterTransferOut>), Reads))]
#[get("/transfers")]
pub async fn list_transfers(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<ChapterTransferOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(wire::shown(v.conn, rows)?),
    )
    .await
}

/// One transfer, for those who may read the sender's or the receiver's books.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer")), responses((status = 200, body = ChapterTransferOut), Reads)
)]
#[get("/transfers/{id}")]
pub async fn show_transfer(desk: Desk, id: web::Path<Uuid>) -> Answer<ChapterTransferOut> {
    desk.read(move |v| Ok(look::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve a transfer as another person: with the last approval it is booked and on the way.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer"), Key),
    responses((status = 200, body = ChapterTransferOut), Decides)
)]
#[post("/transfers/{id}/approval")]
pub async fn approve_transfer(desk: Desk, id: web::Path<Uuid>) -> Answer<ChapterTransferOut> {
    desk.once("transfer/approval", id.to_string(), move |v| Ok(send::decide(v, *id, Verdict::Approve)?)).await
}

/// Refuse a transfer as another person: nothing is booked.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer"), Key),
    responses((status = 200, body = ChapterTransferOut), Decides)
)]
#[post("/transfers/{id}/refusal")]
pub async fn refuse_transfer(desk: Desk, id: web::Path<Uuid>) -> Answer<ChapterTransferOut> {
    desk.once("transfer/refusal", id.to_string(), move |v| Ok(send::decide(v, *id, Verdict::Refuse)?)).await
}

/// Withdraw a transfer at the sender while it waits: it was wrong, and is asked for anew under another id.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer"), Key),
    responses((status = 200, body = ChapterTransferOut), Decides)
)]
#[post("/transfers/{id}/withdrawal")]
pub async fn withdraw_transfer(desk: Desk, id: web::Path<Uuid>) -> Answer<ChapterTransferOut> {
    desk.once("transfer/withdrawal", id.to_string(), move |v| Ok(send::decide(v, *id, Verdict::Withdraw)?)).await
}

/// What arrived.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferReceiptIn {
    /// Made by the client, once; sending it again confirms once.
    id: Uuid,
    /// How much money, at most what is on the way.
    #[serde(default)]
    #[schema(minimum = 1, example = 1_900_000_000)]
    amount_vnd: Option<i64>,
    /// As what money arrived.
    #[serde(default)]
    account: Option<Carried>,
    /// Which goods, of a transfer of goods; all that are on the way unless given.
    #[serde(default)]
    #[schema(max_items = 100)]
    lines: Vec<TransferPartLineIn>,
    /// The day on which it arrived; today unless given.
    #[serde(default)]
    day: Option<NaiveDate>,
    /// SHA-256 of the paper of the hand-over, uploaded by the receiver for the purpose `TRANSFER_RECEIPT`, hexadecimal. Needed where
    /// less arrived than is on the way; public with the entry.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    document: Option<String>,
    /// For those who work with the transfer; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Confirm at the receiver that it arrived, whole or in part, once or several times: that much is booked there.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer")), request_body = TransferReceiptIn,
    responses((status = 201, body = ChapterTransferOut), (status = 200, body = ChapterTransferOut, description = "Was confirmed already"), Writes)
)]
#[post("/transfers/{id}/receipt")]
pub async fn confirm_transfer(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<TransferReceiptIn>,
) -> Answer<ChapterTransferOut> {
    let TransferReceiptIn { id: own, amount_vnd, account, lines, day, document, note } = body;
    let part = PartIn { id: own, amount_vnd, account, lines, day, document, note, reason: None };
    let ask = part.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(parts::confirm(v, *id, &ask)?)).await.map(Reply::made)
}

/// Why the receiver does not take it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRefusalIn {
    reason: ReceiptRefusal,
}

/// Say at the receiver that what is on the way is not taken. Nothing is booked: the sender says when it came back.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer"), Key), request_body = ReceiptRefusalIn,
    responses((status = 200, body = ChapterTransferOut), Writes)
)]
#[post("/transfers/{id}/refusal-of-receipt")]
pub async fn refuse_transfer_receipt(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<ReceiptRefusalIn>,
) -> Answer<ChapterTransferOut> {
    let content = format!("{id} {}", body.reason);
    desk.once("transfer/refusal-of-receipt", content, move |v| Ok(parts::refuse(v, *id, body.reason)?)).await
}

/// What came back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferReturnIn {
    /// Made by the client, once; sending it again books once.
    id: Uuid,
    /// How much money, at most what is on the way.
    #[serde(default)]
    #[schema(minimum = 1, example = 100_000_000)]
    amount_vnd: Option<i64>,
    /// As what money came back.
    #[serde(default)]
    account: Option<Carried>,
    /// Which goods, of a transfer of goods; all that are on the way unless given.
    #[serde(default)]
    #[schema(max_items = 100)]
    lines: Vec<TransferPartLineIn>,
    reason: ReturnReason,
    /// The day on which it came back; today unless given.
    #[serde(default)]
    day: Option<NaiveDate>,
    /// SHA-256 of the paper of the hand-over, uploaded by the sender for the purpose `TRANSFER_RECEIPT`, hexadecimal; public with the
    /// entry.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    document: Option<String>,
    /// For those who work with the transfer; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Say at the sender that what was not confirmed came back, whole or in part: that much is booked there again.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer")), request_body = TransferReturnIn,
    responses((status = 201, body = ChapterTransferOut), (status = 200, body = ChapterTransferOut, description = "Was booked already"), Writes)
)]
#[post("/transfers/{id}/return")]
pub async fn return_transfer(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TransferReturnIn>) -> Answer<ChapterTransferOut> {
    let TransferReturnIn { id: own, amount_vnd, account, lines, reason, day, document, note } = body;
    let part = PartIn { id: own, amount_vnd, account, lines, day, document, note, reason: Some(reason.name()) };
    let ask = part.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(parts::take_back(v, *id, &ask)?)).await.map(Reply::made)
}

/// What was lost on the way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferLossIn {
    /// Made by the client, once; sending it again asks once.
    id: Uuid,
    /// How much money, at most what is on the way.
    #[serde(default)]
    #[schema(minimum = 1, example = 5_000_000)]
    amount_vnd: Option<i64>,
    /// Which goods, of a transfer of goods; all that are on the way unless given.
    #[serde(default)]
    #[schema(max_items = 100)]
    lines: Vec<TransferPartLineIn>,
    /// Public with the entry of the loss.
    reason: TransferLossReason,
    /// SHA-256 of the minutes of the loss, uploaded by the sender for the purpose `TRANSFER_RECEIPT`, hexadecimal; public with the
    /// entries.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    document: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Ask a second person of the sender to write off what was lost on the way.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer")), request_body = TransferLossIn,
    responses((status = 201, body = ChapterTransferOut), (status = 200, body = ChapterTransferOut, description = "Was asked already"), Writes)
)]
#[post("/transfers/{id}/loss")]
pub async fn request_transfer_loss(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<TransferLossIn>,
) -> Answer<ChapterTransferOut> {
    let TransferLossIn { id: own, amount_vnd, lines, reason, document, note } = body;
    let part = PartIn { id: own, amount_vnd, account: None, lines, day: None, document, note, reason: Some(reason.name()) };
    let ask = part.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(loss::request(v, *id, ask)?)).await.map(Reply::made)
}

/// Approve the loss as the second person: it is booked as come back, and as lost.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer"), Key, OfRequest),
    responses((status = 200, body = ChapterTransferOut), Writes)
)]
#[post("/transfers/{id}/loss/approval")]
pub async fn approve_transfer_loss(desk: Desk, id: web::Path<Uuid>, Query(of): Query<OfRequest>) -> Answer<ChapterTransferOut> {
    desk.once("transfer-loss/approval", of.content(*id), move |v| Ok(loss::decide(v, *id, &of, Verdict::Approve)?)).await
}

/// Refuse the loss as the second person: it stays on the way.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer"), Key, OfRequest),
    responses((status = 200, body = ChapterTransferOut), Writes)
)]
#[post("/transfers/{id}/loss/refusal")]
pub async fn refuse_transfer_loss(desk: Desk, id: web::Path<Uuid>, Query(of): Query<OfRequest>) -> Answer<ChapterTransferOut> {
    desk.once("transfer-loss/refusal", of.content(*id), move |v| Ok(loss::decide(v, *id, &of, Verdict::Refuse)?)).await
}

/// Withdraw the loss at the sender while it waits: it stays on the way.
#[utoipa::path(
    tag = "transfers", params(("id" = Uuid, Path, description = "The transfer"), Key, OfRequest),
    responses((status = 200, body = ChapterTransferOut), Writes)
)]
#[post("/transfers/{id}/loss/withdrawal")]
pub async fn withdraw_transfer_loss(desk: Desk, id: web::Path<Uuid>, Query(of): Query<OfRequest>) -> Answer<ChapterTransferOut> {
    desk.once("transfer-loss/withdrawal", of.content(*id), move |v| Ok(loss::decide(v, *id, &of, Verdict::Withdraw)?)).await
}
