//! `/api/v1/payments`: ask, list, show, decide; and the categories of a day.

use actix_web::{get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::categories::{self, CategoriesOut, Side};
use super::order;
use super::payments::{self, PAYMENTS, PaymentIn};
use super::wire::MoneyOrderOut;
use crate::authz::{Desk, Read, Seen};
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key, Lists, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_spending_categories)
        .service(list_income_categories)
        .service(request_payment)
        .service(list_payments)
        .service(show_payment)
        .service(approve_payment)
        .service(refuse_payment)
        .service(withdraw_payment);
}

/// Of which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CategoriesQuery {
    /// Today unless given.
    day: Option<NaiveDate>,
}

/// What money may be spent on, by the law of a day.
#[utoipa::path(tag = "spending", params(CategoriesQuery), responses((status = 200, body = CategoriesOut), Lists))]
#[get("/spending-categories")]
pub async fn list_spending_categories(desk: Desk, Query(query): Query<CategoriesQuery>) -> Answer<CategoriesOut> {
    categories_of(&desk, query.day, &[Side::Aid, Side::Operating]).await
}

/// Where income that is no gift comes from, by the law of a day.
#[utoipa::path(tag = "spending", params(CategoriesQuery), responses((status = 200, body = CategoriesOut), Lists))]
#[get("/income-categories")]
pub async fn list_income_categories(desk: Desk, Query(query): Query<CategoriesQuery>) -> Answer<CategoriesOut> {
    categories_of(&desk, query.day, &[Side::Income]).await
}

async fn categories_of(desk: &Desk, day: Option<NaiveDate>, sides: &'static [Side]) -> Answer<CategoriesOut> {
    let day = day.unwrap_or_else(|| desk.today());
    desk.read(move |v| Ok(CategoriesOut { day, items: categories::of_day(v.conn, day, sides)? })).await.map(Reply::ok)
}

/// Ask a second person for a payment: aid, own costs, or what is owed.
///
/// Own costs are paid from the fund OPERATING; from gifts only with the givers' recorded consent. From some amount on, and for some
/// categories always, it takes its paper. Who approves follows from amount and chapter.
#[utoipa::path(
    tag = "spending", request_body = PaymentIn,
    responses((status = 201, body = MoneyOrderOut), (status = 200, body = MoneyOrderOut, description = "Was asked already"), Writes)
)]
#[post("/payments")]
pub async fn request_payment(desk: Desk, Body(body): Body<PaymentIn>) -> Answer<MoneyOrderOut> {
    let chapter = body.chapter.clone();
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx_at(chapter, move |v| Ok(payments::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's payments, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<MoneyOrderOut>), Lists))]
#[get("/payments")]
pub async fn list_payments(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<MoneyOrderOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(order::list(v, &PAYMENTS, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(order::listed(v, &PAYMENTS, rows)?),
    )
    .await
}

/// One payment, with who is paid. Reading it is noted in the audit trail.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path)), responses((status = 200, body = MoneyOrderOut), Acts))]
#[get("/payments/{id}")]
pub async fn show_payment(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.tx(move |v| Ok(order::show(v, &PAYMENTS, *id)?)).await.map(Reply::ok)
}

/// Approve a payment as the next person of its chain; with the last approval it is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/payments/{id}/approval")]
pub async fn approve_payment(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("payment/approval", id.to_string(), move |v| Ok(order::decide(v, &PAYMENTS, *id, Verdict::Approve)?)).await
}

/// Refuse a payment as the next person of its chain: nothing is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/payments/{id}/refusal")]
pub async fn refuse_payment(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("payment/refusal", id.to_string(), move |v| Ok(order::decide(v, &PAYMENTS, *id, Verdict::Refuse)?)).await
}

/// Withdraw a payment that waits, as the chapter that asked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = MoneyOrderOut), Decides))]
#[post("/payments/{id}/withdrawal")]
pub async fn withdraw_payment(desk: Desk, id: web::Path<Uuid>) -> Answer<MoneyOrderOut> {
    desk.once("payment/withdrawal", id.to_string(), move |v| Ok(order::decide(v, &PAYMENTS, *id, Verdict::Withdraw)?)).await
}
