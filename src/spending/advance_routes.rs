//! `/api/v1/advances`, `/api/v1/open-advances`, `/api/v1/advance-clearings`: ask, list, show, decide, clear.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::advance_store::OpenKey;
use super::advances::{self, ADVANCES, AdvanceIn, AdvanceOut, OpenAdvanceOut};
use super::clearings::{self, AdvanceClearingIn, AdvanceClearingOut, CLEARINGS};
use super::order;
use crate::authz::{Desk, Read, Seen, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key, Lists, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_advance)
        .service(list_advances)
        .service(list_open_advances)
        .service(show_advance)
        .service(approve_advance)
        .service(refuse_advance)
        .service(withdraw_advance)
        .service(request_advance_clearing)
        .service(list_advance_clearings)
        .service(show_advance_clearing)
        .service(approve_advance_clearing)
        .service(refuse_advance_clearing)
        .service(withdraw_advance_clearing);
}

/// Ask a second person for an advance to a named person.
///
/// By when it is to be cleared follows from the day, by a dated rule. Who approves follows from amount and chapter.
#[utoipa::path(
    tag = "spending", request_body = AdvanceIn,
    responses((status = 201, body = AdvanceOut), (status = 200, body = AdvanceOut, description = "Was asked already"), Writes)
)]
#[post("/advances")]
pub async fn request_advance(desk: Desk, Body(body): Body<AdvanceIn>) -> Answer<AdvanceOut> {
    let chapter = body.chapter.clone();
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx_at(chapter, move |v| Ok(advances::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's advances, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<AdvanceOut>), Lists))]
#[get("/advances")]
pub async fn list_advances(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<AdvanceOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(order::list(v, &ADVANCES, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| {
            let orders = order::listed(v, &ADVANCES, rows)?;
            Ok(advances::shown(v, orders)?)
        },
    )
    .await
}

/// A chapter's open advances with who has them, the longest due first. Reading them is noted in the audit trail.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<OpenAdvanceOut>), Lists))]
#[get("/open-advances")]
pub async fn list_open_advances(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<OpenAdvanceOut>> {
    let paging = query.paging::<OpenKey>()?;
    let page = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let span = paging.span::<OpenAdvanceOut>()?;
        let (here, _) = v.see_code::<Read>(&paging.filter)?;
        let rows = advances::open(v, &here, span)?;
        Ok(paging.page(rows, |row| (row.due_on, row.code.clone()), |rows| advances::open_shown(v, rows))?)
    };
    desk.tx(page).await.map(Reply::ok)
}

/// One advance, with who has it. Reading it is noted in the audit trail.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path)), responses((status = 200, body = AdvanceOut), Acts))]
#[get("/advances/{id}")]
pub async fn show_advance(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceOut> {
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let order = order::show(v, &ADVANCES, *id)?;
        Ok(advances::one(v, order)?)
    };
    desk.tx(show).await.map(Reply::ok)
}

/// Approve an advance as the next person of its chain; with the last approval it is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = AdvanceOut), Decides))]
#[post("/advances/{id}/approval")]
pub async fn approve_advance(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceOut> {
    desk.once("advance/approval", id.to_string(), move |v| decide(v, *id, Verdict::Approve)).await
}

/// Refuse an advance as the next person of its chain: nothing is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = AdvanceOut), Decides))]
#[post("/advances/{id}/refusal")]
pub async fn refuse_advance(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceOut> {
    desk.once("advance/refusal", id.to_string(), move |v| decide(v, *id, Verdict::Refuse)).await
}

/// Withdraw an advance that waits, as the chapter that asked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = AdvanceOut), Decides))]
#[post("/advances/{id}/withdrawal")]
pub async fn withdraw_advance(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceOut> {
    desk.once("advance/withdrawal", id.to_string(), move |v| decide(v, *id, Verdict::Withdraw)).await
}

fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<AdvanceOut, Problem> {
    let order = order::decide(v, &ADVANCES, id, verdict)?;
    Ok(advances::one(v, order)?)
}

/// Ask a second person for the clearing of an advance: what it was spent on, and what came back. In parts, never more than is open.
///
/// An advance of old books, which came with an opening balance, is named by the public code of that entry.
#[utoipa::path(
    tag = "spending", params(("id" = String, Path, description = "Id of the advance, or public code of the opening balance's entry")),
    request_body = AdvanceClearingIn,
    responses((status = 201, body = AdvanceClearingOut), (status = 200, body = AdvanceClearingOut, description = "Was asked already"), Writes)
)]
#[post("/advances/{id}/clearing")]
pub async fn request_advance_clearing(
    desk: Desk,
    id: web::Path<String>,
    Body(body): Body<AdvanceClearingIn>,
) -> Answer<AdvanceClearingOut> {
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(clearings::request(v, &id, &ask)?)).await.map(Reply::made)
}

/// A chapter's clearings of advances, oldest first.
#[utoipa::path(tag = "spending", params(OfChapter), responses((status = 200, body = Page<AdvanceClearingOut>), Lists))]
#[get("/advance-clearings")]
pub async fn list_advance_clearings(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<AdvanceClearingOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(order::list(v, &CLEARINGS, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| {
            let orders = order::listed(v, &CLEARINGS, rows)?;
            Ok(clearings::shown(v, orders)?)
        },
    )
    .await
}

/// One clearing, with its lines. Reading it is noted in the audit trail.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path)), responses((status = 200, body = AdvanceClearingOut), Acts))]
#[get("/advance-clearings/{id}")]
pub async fn show_advance_clearing(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceClearingOut> {
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let order = order::show(v, &CLEARINGS, *id)?;
        Ok(clearings::one(v, order)?)
    };
    desk.tx(show).await.map(Reply::ok)
}

/// Approve a clearing as the next person of its chain; with the last approval it is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = AdvanceClearingOut), Decides))]
#[post("/advance-clearings/{id}/approval")]
pub async fn approve_advance_clearing(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceClearingOut> {
    desk.once("advance-clearing/approval", id.to_string(), move |v| decide_clearing(v, *id, Verdict::Approve)).await
}

/// Refuse a clearing as the next person of its chain: nothing is booked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = AdvanceClearingOut), Decides))]
#[post("/advance-clearings/{id}/refusal")]
pub async fn refuse_advance_clearing(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceClearingOut> {
    desk.once("advance-clearing/refusal", id.to_string(), move |v| decide_clearing(v, *id, Verdict::Refuse)).await
}

/// Withdraw a clearing that waits, as the chapter that asked.
#[utoipa::path(tag = "spending", params(("id" = Uuid, Path), Key), responses((status = 200, body = AdvanceClearingOut), Decides))]
#[post("/advance-clearings/{id}/withdrawal")]
pub async fn withdraw_advance_clearing(desk: Desk, id: web::Path<Uuid>) -> Answer<AdvanceClearingOut> {
    desk.once("advance-clearing/withdrawal", id.to_string(), move |v| decide_clearing(v, *id, Verdict::Withdraw)).await
}

fn decide_clearing(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<AdvanceClearingOut, Problem> {
    let order = order::decide(v, &CLEARINGS, id, verdict)?;
    Ok(clearings::one(v, order)?)
}
