//! `/api/v1/successions`: plan, look what it would do, decide.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::listed::{self, PlansOf, SuccessionListed};
use super::model::{State, SuccessionIn};
use super::wire::{SuccessionDryRunOut, SuccessionOut};
use super::{ask, store};
use crate::authz::{Desk, Read};
use crate::decisions::Verdict;
use crate::house::Rooms;
use crate::http::sets::{Decides, Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, Lang, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_succession)
        .service(list_successions)
        .service(show_succession)
        .service(try_succession)
        .service(approve_succession)
        .service(refuse_succession)
        .service(withdraw_succession);
}

/// Ask for chapters to be merged, split, moved or dissolved by one plan.
///
/// Whoever organises above all of them asks; the successor's approver (of one that the plan makes, the one above it) and that of the
/// nearest chapter above all decide, each another person. It is carried out on its day, or at once when that has come.
#[utoipa::path(
    tag = "successions", request_body = SuccessionIn,
    responses((status = 201, body = SuccessionOut), (status = 200, body = SuccessionOut, description = "Was asked already"), Writes)
)]
#[post("/successions")]
pub async fn request_succession(desk: Desk, Body(body): Body<SuccessionIn>) -> Answer<SuccessionOut> {
    let plan = body.check(desk.today()).map_err(Problem::invalid)?;
    desk.tx(move |v| Ok(ask::request(v, &plan)?)).await.map(Reply::made)
}

/// Which plans.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuccessionsQuery {
    /// Code of the chapter: one that goes up, goes on or decides.
    #[param(example = "68")]
    chapter: String,
    /// Only those that stand so.
    state: Option<State>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Plans that name a chapter or that it decides on, oldest first.
#[utoipa::path(tag = "successions", params(SuccessionsQuery), responses((status = 200, body = Page<SuccessionListed>), Lists))]
#[get("/successions")]
pub async fn list_successions(desk: Desk, Query(query): Query<SuccessionsQuery>) -> Answer<Page<SuccessionListed>> {
    let of = PlansOf { chapter: query.chapter, state: query.state };
    desk.list(
        Paging::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let (here, _) = v.see_code::<Read>(&of.chapter)?;
            Ok(store::list(v.conn, &here, of.state, span)?)
        },
        |row| (row.asked_at, row.id),
        |v, rows| Ok(listed::shown(v, rows)?),
    )
    .await
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
