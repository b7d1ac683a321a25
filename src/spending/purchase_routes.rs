//! `/api/v1/purchases`: ask, list, show, decide.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::order;
use super::purchases::{self, PURCHASES, PurchaseIn, PurchaseOut};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key, Lists, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_purchase)
        .service(list_purchases)
        .service(show_purchase)
        .service(approve_purchase)
        .service(refuse_purchase)
        .service(withdraw_purchase);
}

fn decided(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<PurchaseOut, Problem> {
    let order = order::decide(v, &PURCHASES, id, verdict)?;
    Ok(purchases::one(v, order)?)
}

/// Ask a second person to buy goods into stock, with their invoice.
///
/// With the last approval the goods enter as lots, and a paper of receipt gets its number. Who approves follows from amount and chapter.
#[utoipa::path(
    tag = "spending", request_body = PurchaseIn,
    responses((status = 201, body = PurchaseOut), (status = 200, body = PurchaseOut, description = "Was asked already"), Writes)
)]
#[post("/purchases")]
pub async fn request_purchase(desk: Desk, Body(body): Body<PurchaseIn>) -> Answer<PurchaseOut> {
    let chapter = body.chapter.clone();
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx_at(chapter, move |v| Ok(purchases::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's purchases, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<PurchaseOut>), Lists))]
#[get("/purchases")]
pub async fn list_purchases(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<PurchaseOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(order::list(v, &PURCHASES, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| {
            let orders = order::listed(v, &PURCHASES, rows)?;
            Ok(purchases::shown(v, orders)?)
        },
    )
    .await
}

/// One purchase, with its supplier. Reading it is noted in the audit trail.
#[utoipa::path(
    tag = "spending", params(("id" = Uuid, Path, description = "The purchase")), responses((status = 200, body = PurchaseOut), Acts)
)]
#[get("/purchases/{id}")]
pub async fn show_purchase(desk: Desk, id: web::Path<Uuid>) -> Answer<PurchaseOut> {
    desk.tx(move |v| {
        let order = order::show(v, &PURCHASES, *id)?;
        Ok(purchases::one(v, order)?)
    })
    .await
    .map(Reply::ok)
}

/// Approve a purchase as the next person of its chain; with the last approval the goods are in stock.
#[utoipa::path(
    tag = "spending", params(("id" = Uuid, Path, description = "The purchase"), Key),
    responses((status = 200, body = PurchaseOut), Decides)
)]
#[post("/purchases/{id}/approval")]
pub async fn approve_purchase(desk: Desk, id: web::Path<Uuid>) -> Answer<PurchaseOut> {
    desk.once("purchase/approval", id.to_string(), move |v| decided(v, *id, Verdict::Approve)).await
}

/// Refuse a purchase as the next person of its chain: nothing is booked.
#[utoipa::path(
    tag = "spending", params(("id" = Uuid, Path, description = "The purchase"), Key),
    responses((status = 200, body = PurchaseOut), Decides)
)]
#[post("/purchases/{id}/refusal")]
pub async fn refuse_purchase(desk: Desk, id: web::Path<Uuid>) -> Answer<PurchaseOut> {
    desk.once("purchase/refusal", id.to_string(), move |v| decided(v, *id, Verdict::Refuse)).await
}

/// Withdraw a purchase that waits, as the chapter that asked.
#[utoipa::path(
    tag = "spending", params(("id" = Uuid, Path, description = "The purchase"), Key),
    responses((status = 200, body = PurchaseOut), Decides)
)]
#[post("/purchases/{id}/withdrawal")]
pub async fn withdraw_purchase(desk: Desk, id: web::Path<Uuid>) -> Answer<PurchaseOut> {
    desk.once("purchase/withdrawal", id.to_string(), move |v| decided(v, *id, Verdict::Withdraw)).await
}
