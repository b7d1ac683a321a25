//! `/api/v1/commendations`: propose, decide, name; how many there may be.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::{CommendationDetailOut, CommendationFormOut, CommendationOut, CommendationQuotaOut};
use super::wire::{CommendationIn, CommendationNameIn, CommendationQuotaIn};
use super::{model_routes, naming, propose, quotas, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Lists, Own, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_commendation_forms)
        .service(set_commendation_quota)
        .service(list_commendation_quotas)
        .service(propose_commendation)
        .service(list_commendations)
        .service(show_commendation)
        .service(approve_commendation)
        .service(refuse_commendation)
        .service(withdraw_commendation)
        .service(show_commendation_name)
        .service(withdraw_commendation_name)
        .configure(model_routes::configure);
}

/// What may be awarded, and at which levels.
#[utoipa::path(tag = "commendations", responses((status = 200, body = Vec<CommendationFormOut>), Own))]
#[get("/commendation-forms")]
pub async fn list_commendation_forms(desk: Desk) -> Answer<Vec<CommendationFormOut>> {
    desk.read(|v| Ok(propose::forms(v)?)).await.map(Reply::ok)
}

/// Set how many of a form a chapter awards in a year, as those who organise it. Set anew, the newest number holds.
#[utoipa::path(
    tag = "commendations", request_body = CommendationQuotaIn,
    responses(
        (status = 201, body = CommendationQuotaOut),
        (status = 200, body = CommendationQuotaOut, description = "Was set already"), Writes
    )
)]
#[post("/commendation-quotas")]
pub async fn set_commendation_quota(desk: Desk, Body(body): Body<CommendationQuotaIn>) -> Answer<CommendationQuotaOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let set = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = quotas::set(v, &new)?;
        Ok((quotas::one(v, &new)?, made))
    };
    desk.tx(set).await.map(Reply::made)
}

/// What a chapter awards, by year and form, and how many it has.
#[utoipa::path(tag = "commendations", params(OfChapter), responses((status = 200, body = Page<CommendationQuotaOut>), Lists))]
#[get("/commendation-quotas")]
pub async fn list_commendation_quotas(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<CommendationQuotaOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::quotas(v.conn, here, &span)?),
        |row| (row.year, row.form.clone()),
        |_, rows| Ok(rows.into_iter().map(quotas::out).collect()),
    )
    .await
}

/// Propose somebody, as those who keep the chapter's people.
///
/// A second person of the chapter approves; where a level above awards, somebody there decides then. Sent again, it is proposed once.
#[utoipa::path(
    tag = "commendations", request_body = CommendationIn,
    responses(
        (status = 201, body = CommendationDetailOut),
        (status = 200, body = CommendationDetailOut, description = "Was proposed already"), Writes
    )
)]
#[post("/commendations")]
pub async fn propose_commendation(desk: Desk, Body(body): Body<CommendationIn>) -> Answer<CommendationDetailOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let propose = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = propose::propose(v, &new)?;
        Ok((propose::show(v, new.of.id)?, made))
    };
    desk.tx(propose).await.map(Reply::made)
}

/// What a chapter proposed, the oldest first. It names no person.
#[utoipa::path(tag = "commendations", params(OfChapter), responses((status = 200, body = Page<CommendationOut>), Lists))]
#[get("/commendations")]
pub async fn list_commendations(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<CommendationOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, &span)?),
        |row| (row.proposed_at, row.id),
        |v, rows| Ok(propose::shown(v, rows)?),
    )
    .await
}

/// One commendation.
///
/// Whom it is for is shown to those who see the chapter's people, and to who decides while it waits; reading it is noted.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The commendation")),
    responses((status = 200, body = CommendationDetailOut), Reads)
)]
#[get("/commendations/{id}")]
pub async fn show_commendation(desk: Desk, id: web::Path<Uuid>) -> Answer<CommendationDetailOut> {
    desk.tx(move |v| Ok(propose::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve as the second person, or decide at the level that awards, within its quota.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The commendation"), Key),
    responses((status = 200, body = CommendationDetailOut), Decides)
)]
#[post("/commendations/{id}/approval")]
pub async fn approve_commendation(desk: Desk, id: web::Path<Uuid>) -> Answer<CommendationDetailOut> {
    desk.once("commendation/approval", id.to_string(), move |v| Ok(propose::decide(v, *id, Verdict::Approve)?)).await
}

/// Refuse as the second person, or at the level that awards.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The commendation"), Key),
    responses((status = 200, body = CommendationDetailOut), Decides)
)]
#[post("/commendations/{id}/refusal")]
pub async fn refuse_commendation(desk: Desk, id: web::Path<Uuid>) -> Answer<CommendationDetailOut> {
    desk.once("commendation/refusal", id.to_string(), move |v| Ok(propose::decide(v, *id, Verdict::Refuse)?)).await
}

/// Withdraw a proposal at the chapter that made it.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The commendation"), Key),
    responses((status = 200, body = CommendationDetailOut), Decides)
)]
#[post("/commendations/{id}/withdrawal")]
pub async fn withdraw_commendation(desk: Desk, id: web::Path<Uuid>) -> Answer<CommendationDetailOut> {
    desk.once("commendation/withdrawal", id.to_string(), move |v| Ok(propose::decide(v, *id, Verdict::Withdraw)?)).await
}

/// Record that somebody commended agrees to be named in public.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The commendation")), request_body = CommendationNameIn,
    responses(
        (status = 201, body = CommendationDetailOut),
        (status = 200, body = CommendationDetailOut, description = "Was recorded already"), Writes
    )
)]
#[post("/commendations/{id}/name")]
pub async fn show_commendation_name(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CommendationNameIn>,
) -> Answer<CommendationDetailOut> {
    let agreed = body.check(desk.today()).map_err(Problem::invalid)?;
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = naming::show(v, *id, &agreed)?;
        Ok((propose::show(v, *id)?, made))
    };
    desk.tx(show).await.map(Reply::made)
}

/// Take the name away again: its bearer agrees no longer. The commendation goes on being shown.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The commendation"), Key),
    responses((status = 200, body = CommendationDetailOut), Decides)
)]
#[post("/commendations/{id}/name/withdrawal")]
pub async fn withdraw_commendation_name(desk: Desk, id: web::Path<Uuid>) -> Answer<CommendationDetailOut> {
    let id = id.into_inner();
    let withdraw = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        naming::withdraw(v, id)?;
        Ok(propose::show(v, id)?)
    };
    desk.once("commendation/name/withdrawal", id.to_string(), withdraw).await
}
