//! `/api/v1/incomes` and `/api/v1/refunds`: ask, list, show, decide.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::incomes::{self, INCOMES, IncomeIn};
use super::order;
use super::refunds::{self, REFUNDS, RefundIn};
use super::wire::MoneyOrderOut;
use crate::authz::{Desk, Read, Seen};
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key, Lists, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_income)
        .service(list_incomes)
        .service(show_income)
        .service(approve_income)
        .service(refuse_income)
        .service(withdraw_income)
        .service(request_refund)
        .service(list_refunds)
        .service(show_refund)
        .service(approve_refund)
        .service(refuse_refund)
        .service(withdraw_refund);
}

/// Ask a second person to record income that is no gift.
#[utoipa::path(
    tag = "spending", request_body = IncomeIn,
    responses((status = 201, body = MoneyOrderOut), (status = 200, body = MoneyOrderOut, description = "Was asked already"), Writes)
)]
#[post("/incomes")]
pub async fn request_income(desk: Desk, Body(body): Body<IncomeIn>) -> Answer<MoneyOrderOut> {
    let chapter = body.chapter.clone();
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx_at(chapter, move |v| Ok(incomes::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's incomes, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<MoneyOrderOut>), Lists))]
#[get("/incomes")]
pub async fn list_incomes(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<MoneyOrderOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(order::list(v, &INCOMES, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(order::listed(v, &INCOMES, rows)?),
    )
    .await
}

/// One income, with who pays or is paid. Reading it is noted in the audit trail.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path)), responses((status = 200, body = MoneyOrderOut), Acts))]
#[get("/incomes/{id}")]
pub async fn show_income(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.tx(move |v| Ok(order::show(v, &INCOMES, *id)?)).await.map(Reply::ok)
}

/// Approve an income as the next person of its chain; with the last approval it is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/incomes/{id}/approval")]
pub async fn approve_income(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("income/approval", id.to_string(), move |v| Ok(order::decide(v, &INCOMES, *id, Verdict::Approve)?)).await
}

/// Refuse an income as the next person of its chain: nothing is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/incomes/{id}/refusal")]
pub async fn refuse_income(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("income/refusal", id.to_string(), move |v| Ok(order::decide(v, &INCOMES, *id, Verdict::Refuse)?)).await
}

/// Withdraw an income that waits, as the chapter that asked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/incomes/{id}/withdrawal")]
pub async fn withdraw_income(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("income/withdrawal", id.to_string(), move |v| Ok(order::decide(v, &INCOMES, *id, Verdict::Withdraw)?)).await
}

/// Ask a second person to give a gift back to its giver, whole or in part.
#[utoipa::path(
    tag = "spending", request_body = RefundIn,
    responses((status = 201, body = MoneyOrderOut), (status = 200, body = MoneyOrderOut, description = "Was asked already"), Writes)
)]
#[post("/refunds")]
pub async fn request_refund(desk: Desk, Body(body): Body<RefundIn>) -> Answer<MoneyOrderOut> {
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(refunds::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's refunds, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<MoneyOrderOut>), Lists))]
#[get("/refunds")]
pub async fn list_refunds(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<MoneyOrderOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(order::list(v, &REFUNDS, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(order::listed(v, &REFUNDS, rows)?),
    )
    .await
}

/// One refund, with who pays or is paid. Reading it is noted in the audit trail.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path)), responses((status = 200, body = MoneyOrderOut), Acts))]
#[get("/refunds/{id}")]
pub async fn show_refund(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.tx(move |v| Ok(order::show(v, &REFUNDS, *id)?)).await.map(Reply::ok)
}

/// Approve a refund as the next person of its chain; with the last approval it is booked in the fund and chapter of its gift.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/refunds/{id}/approval")]
pub async fn approve_refund(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("refund/approval", id.to_string(), move |v| Ok(order::decide(v, &REFUNDS, *id, Verdict::Approve)?)).await
}

/// Refuse a refund as the next person of its chain: nothing is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/refunds/{id}/refusal")]
pub async fn refuse_refund(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("refund/refusal", id.to_string(), move |v| Ok(order::decide(v, &REFUNDS, *id, Verdict::Refuse)?)).await
}

/// Withdraw a refund that waits, as the chapter that asked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/refunds/{id}/withdrawal")]
pub async fn withdraw_refund(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("refund/withdrawal", id.to_string(), move |v| Ok(order::decide(v, &REFUNDS, *id, Verdict::Withdraw)?)).await
}
