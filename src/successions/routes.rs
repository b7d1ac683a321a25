//! `/api/v1/successions`: plan, look what it would do, decide.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::ask;
use super::model::SuccessionIn;
use super::wire::{SuccessionDryRunOut, SuccessionOut};
use crate::authz::Desk;
use crate::decisions::Verdict;
use crate::house::Rooms;
use crate::http::sets::{Decides, Key, Reads, Writes};
use crate::http::{Answer, Body, Lang, Problem, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_succession)
        .service(show_succession)
        .service(try_succession)
        .service(approve_succession)
        .service(refuse_succession)
        .service(withdraw_succession);
}

/// Ask for chapters to be merged, split, moved or dissolved by one plan.
///
/// Whoever organises above all of them asks; the successor's approver and that of the nearest chapter above all decide, each another
/// person. It is carried out on its day, or at once when that has come.
#[utoipa::path(
    tag = "successions", request_body = SuccessionIn,
    responses((status = 201, body = SuccessionOut), (status = 200, body = SuccessionOut, description = "Was asked already"), Writes)
)]
#[post("/successions")]
pub async fn request_succession(desk: Desk, Body(body): Body<SuccessionIn>) -> Answer<SuccessionOut> {
    let plan = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(ask::request(v, &plan)?)).await.map(Reply::made)
}

/// One plan and where it stands.
#[utoipa::path(
    tag = "successions", params(("id" = Uuid, Path, description = "The plan")), responses((status = 200, body = SuccessionOut), Reads)
)]
#[get("/successions/{id}")]
pub async fn show_succession(desk: Desk, id: web::Path<Uuid>) -> Answer<SuccessionOut> {
    desk.read(move |v| Ok(ask::show(v, *id)?)).await.map(Reply::ok)
}

/// What a plan would do as things stand, and what is in its way. Nothing is changed.
#[utoipa::path(
    tag = "successions", params(("id" = Uuid, Path, description = "The plan")), responses((status = 200, body = SuccessionDryRunOut), Reads)
)]
#[get("/successions/{id}/dry-run")]
pub async fn try_succession(desk: Desk, lang: Lang, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<SuccessionDryRunOut> {
    let rooms = **rooms;
    desk.read(move |v| Ok(ask::dry_run(v, rooms, lang, *id)?)).await.map(Reply::ok)
}

/// Approve a plan: first at the successor, then at the chapter above all; with the last approval it is carried out, if its day has come.
#[utoipa::path(
    tag = "successions", params(("id" = Uuid, Path, description = "The plan"), Key),
    responses((status = 200, body = SuccessionOut), Decides)
)]
#[post("/successions/{id}/approval")]
pub async fn approve_succession(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<SuccessionOut> {
    let rooms = **rooms;
    desk.once("succession/approval", id.to_string(), move |v| Ok(ask::decide(v, rooms, *id, Verdict::Approve)?)).await
}

/// Refuse a plan: everything stays as it is.
#[utoipa::path(
    tag = "successions", params(("id" = Uuid, Path, description = "The plan"), Key),
    responses((status = 200, body = SuccessionOut), Decides)
)]
#[post("/successions/{id}/refusal")]
pub async fn refuse_succession(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<SuccessionOut> {
    let rooms = **rooms;
    desk.once("succession/refusal", id.to_string(), move |v| Ok(ask::decide(v, rooms, *id, Verdict::Refuse)?)).await
}

/// Withdraw a plan that waits, or one that is approved and not carried out, as who may ask for it.
#[utoipa::path(
    tag = "successions", params(("id" = Uuid, Path, description = "The plan"), Key),
    responses((status = 200, body = SuccessionOut), Decides)
)]
#[post("/successions/{id}/withdrawal")]
pub async fn withdraw_succession(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<SuccessionOut> {
    let rooms = **rooms;
    desk.once("succession/withdrawal", id.to_string(), move |v| Ok(ask::decide(v, rooms, *id, Verdict::Withdraw)?)).await
}
