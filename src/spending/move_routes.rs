//! `/api/v1/cash-moves` and `/api/v1/fund-releases`: ask, list, show, decide.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::cash_moves::{self, CashMoveIn};
use super::order;
use super::releases::{self, FundReleaseIn, RELEASES};
use super::wire::MoneyOrderOut;
use crate::authz::{Desk, Read, Seen};
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key, Lists, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_cash_move)
        .service(list_cash_moves)
        .service(show_cash_move)
        .service(approve_cash_move)
        .service(refuse_cash_move)
        .service(withdraw_cash_move)
        .service(request_fund_release)
        .service(list_fund_releases)
        .service(show_fund_release)
        .service(approve_fund_release)
        .service(refuse_fund_release)
        .service(withdraw_fund_release);
}

/// Ask a second person for a move of cash: to the bank, from the bank, or what a count of the till found.
///
/// What is brought to the bank is on its way until the bank's statement says so. What a count found takes its record.
#[utoipa::path(
    tag = "spending", request_body = CashMoveIn,
    responses((status = 201, body = MoneyOrderOut), (status = 200, body = MoneyOrderOut, description = "Was asked already"), Writes)
)]
#[post("/cash-moves")]
pub async fn request_cash_move(desk: Desk, Body(body): Body<CashMoveIn>) -> Answer<MoneyOrderOut> {
    let chapter = body.chapter.clone();
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx_at(chapter, move |v| Ok(cash_moves::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's moves of cash, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<MoneyOrderOut>), Lists))]
#[get("/cash-moves")]
pub async fn list_cash_moves(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<MoneyOrderOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(cash_moves::list(v, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(cash_moves::listed(v, rows)?),
    )
    .await
}

/// One move of cash. Reading it is noted in the audit trail.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path)), responses((status = 200, body = MoneyOrderOut), Acts))]
#[get("/cash-moves/{id}")]
pub async fn show_cash_move(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.tx(move |v| Ok(cash_moves::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve a move of cash as the next person of its chain; with the last approval it is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/cash-moves/{id}/approval")]
pub async fn approve_cash_move(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("cash-move/approval", id.to_string(), move |v| Ok(cash_moves::decide(v, *id, Verdict::Approve)?)).await
}

/// Refuse a move of cash as the next person of its chain: nothing is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/cash-moves/{id}/refusal")]
pub async fn refuse_cash_move(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("cash-move/refusal", id.to_string(), move |v| Ok(cash_moves::decide(v, *id, Verdict::Refuse)?)).await
}

/// Withdraw a move of cash that waits, as the chapter that asked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/cash-moves/{id}/withdrawal")]
pub async fn withdraw_cash_move(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("cash-move/withdrawal", id.to_string(), move |v| Ok(cash_moves::decide(v, *id, Verdict::Withdraw)?)).await
}

/// Ask a second person to release money from one fund to another, by a decision.
///
/// Two entries are booked in one moment. Money leaves the fund of an appeal only with the paper in which those who gave agree.
#[utoipa::path(
    tag = "spending", request_body = FundReleaseIn,
    responses((status = 201, body = MoneyOrderOut), (status = 200, body = MoneyOrderOut, description = "Was asked already"), Writes)
)]
#[post("/fund-releases")]
pub async fn request_fund_release(desk: Desk, Body(body): Body<FundReleaseIn>) -> Answer<MoneyOrderOut> {
    let chapter = body.chapter.clone();
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx_at(chapter, move |v| Ok(releases::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's releases between funds, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<MoneyOrderOut>), Lists))]
#[get("/fund-releases")]
pub async fn list_fund_releases(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<MoneyOrderOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(order::list(v, &RELEASES, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(order::listed(v, &RELEASES, rows)?),
    )
    .await
}

/// One release between funds. Reading it is noted in the audit trail.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path)), responses((status = 200, body = MoneyOrderOut), Acts))]
#[get("/fund-releases/{id}")]
pub async fn show_fund_release(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.tx(move |v| Ok(order::show(v, &RELEASES, *id)?)).await.map(Reply::ok)
}

/// Approve a release between funds as the next person of its chain; with the last approval it is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/fund-releases/{id}/approval")]
pub async fn approve_fund_release(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("fund-release/approval", id.to_string(), move |v| Ok(order::decide(v, &RELEASES, *id, Verdict::Approve)?)).await
}

/// Refuse a release between funds as the next person of its chain: nothing is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/fund-releases/{id}/refusal")]
pub async fn refuse_fund_release(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("fund-release/refusal", id.to_string(), move |v| Ok(order::decide(v, &RELEASES, *id, Verdict::Refuse)?)).await
}

/// Withdraw a release between funds that waits, as the chapter that asked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/fund-releases/{id}/withdrawal")]
pub async fn withdraw_fund_release(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("fund-release/withdrawal", id.to_string(), move |v| Ok(order::decide(v, &RELEASES, *id, Verdict::Withdraw)?)).await
}
