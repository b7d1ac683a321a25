//! `/api/v1/family-hand-overs`, `/api/v1/family-likenesses`: thin handlers.

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::fault::Fault;
use super::model::FamilyLikenessState;
use super::out::{FamilyHandOverOut, FamilyLikenessOut};
use super::wire::FamilyHandOverIn;
use super::{between_store, handing, likeness, show};
use crate::authz::{Desk, SeeFamilyLinks, Visit};
use crate::http::cursor::OfChapter;
use crate::http::sets::{Acts, Decides, Key, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(offer_family_link)
        .service(list_family_hand_overs)
        .service(show_family_hand_over)
        .service(take_family_link)
        .service(refuse_family_link)
        .service(withdraw_family_hand_over)
        .service(list_family_likenesses)
        .service(show_family_likeness)
        .service(confirm_family_likeness)
        .service(dismiss_family_likeness);
}

/// Offer a case to another chapter, or to the centre. It stays here until somebody there takes it.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The case")), request_body = FamilyHandOverIn,
    responses((status = 201, body = FamilyHandOverOut), (status = 200, body = FamilyHandOverOut, description = "Was offered already"), Writes)
)]
#[post("/family-links/{id}/hand-over")]
pub async fn offer_family_link(desk: Desk, id: web::Path<Uuid>, Body(body): Body<FamilyHandOverIn>) -> Answer<FamilyHandOverOut> {
    let note = body.check().map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Fault> {
        let new = handing::offer(v, *id, &body, &note)?;
        Ok((handing::show(v, body.id)?, new))
    };
    desk.tx(move |v| Ok(work(v)?)).await.map(Reply::made)
}

/// Cases that a chapter offered or was offered, in their order: that and when, and nothing of what they say.
#[utoipa::path(tag = "family-links", params(OfChapter), responses((status = 200, body = Page<FamilyHandOverOut>), Records))]
#[get("/family-hand-overs")]
pub async fn list_family_hand_overs(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<FamilyHandOverOut>> {
    let paging: Paging<String, (DateTime<Utc>, Uuid)> = query.paging()?;
    let find = |v: &mut Visit<'_>, here: &_, span| Ok(between_store::hand_overs(v.conn, here, &span)?);
    desk.list_of_chapter::<SeeFamilyLinks, _, _, _>(
        paging,
        find,
        |row| (row.offered_at, row.id),
        |v, rows| Ok(show::offers(v, rows)?),
    )
    .await
}

/// One offer, for both sides. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The offer")), responses((status = 200, body = FamilyHandOverOut), Acts)
)]
#[get("/family-hand-overs/{id}")]
pub async fn show_family_hand_over(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyHandOverOut> {
    desk.tx(move |v| Ok(handing::show(v, *id)?)).await.map(Reply::ok)
}

/// Take a case that was offered: it is the chapter's from now on, and whoever takes it is in charge.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The offer"), Key),
    responses((status = 200, body = FamilyHandOverOut), Decides)
)]
#[post("/family-hand-overs/{id}/taking")]
pub async fn take_family_link(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyHandOverOut> {
    desk.once("family-hand-over/taking", id.to_string(), move |v| Ok(handing::take(v, *id)?)).await
}

/// Do not take a case that was offered: it stays where it is.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The offer"), Key),
    responses((status = 200, body = FamilyHandOverOut), Decides)
)]
#[post("/family-hand-overs/{id}/refusal")]
pub async fn refuse_family_link(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyHandOverOut> {
    desk.once("family-hand-over/refusal", id.to_string(), move |v| Ok(handing::refuse(v, *id)?)).await
}

/// Take an offer back.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The offer"), Key),
    responses((status = 200, body = FamilyHandOverOut), Decides)
)]
#[post("/family-hand-overs/{id}/withdrawal")]
pub async fn withdraw_family_hand_over(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyHandOverOut> {
    desk.once("family-hand-over/withdrawal", id.to_string(), move |v| Ok(handing::withdraw(v, *id)?)).await
}

/// Cases of different chapters that may be one matter, in the order in which they were noticed: for the centre.
#[utoipa::path(tag = "family-links", params(OfChapter), responses((status = 200, body = Page<FamilyLikenessOut>), Records))]
#[get("/family-likenesses")]
pub async fn list_family_likenesses(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<FamilyLikenessOut>> {
    let paging: Paging<String, (DateTime<Utc>, Uuid)> = query.paging()?;
    let find = |v: &mut Visit<'_>, here: &_, span| Ok(between_store::likenesses(v.conn, here, &span)?);
    desk.list_of_chapter::<SeeFamilyLinks, _, _, _>(
        paging,
        find,
        |row| (row.asked_at, row.id),
        |_, rows| Ok(rows.into_iter().filter_map(likeness::listed).collect()),
    )
    .await
}

/// Two cases that may be one matter, side by side, as long as it is not decided. Noted at the centre and at both chapters.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The likeness")),
    responses((status = 200, body = FamilyLikenessOut), Acts)
)]
#[get("/family-likenesses/{id}")]
pub async fn show_family_likeness(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyLikenessOut> {
    desk.tx(move |v| Ok(likeness::show(v, *id)?)).await.map(Reply::ok)
}

async fn decide(desk: Desk, id: Uuid, operation: &'static str, state: FamilyLikenessState) -> Answer<FamilyLikenessOut> {
    desk.once(operation, id.to_string(), move |v| Ok(likeness::decide(v, id, state)?)).await
}

/// The two are one matter: both chapters learn of each other, so that one hands its case to the other.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The likeness"), Key),
    responses((status = 200, body = FamilyLikenessOut), Decides)
)]
#[post("/family-likenesses/{id}/confirmation")]
pub async fn confirm_family_likeness(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyLikenessOut> {
    decide(desk, *id, "family-likeness/confirmation", FamilyLikenessState::Same).await
}

/// The two have nothing to do with each other.
#[utoipa::path(
    tag = "family-links", params(("id" = Uuid, Path, description = "The likeness"), Key),
    responses((status = 200, body = FamilyLikenessOut), Decides)
)]
#[post("/family-likenesses/{id}/dismissal")]
pub async fn dismiss_family_likeness(desk: Desk, id: web::Path<Uuid>) -> Answer<FamilyLikenessOut> {
    decide(desk, *id, "family-likeness/dismissal", FamilyLikenessState::Other).await
}
