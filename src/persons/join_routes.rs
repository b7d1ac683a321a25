//! `/api/v1/person-joins`: two who turned out to be one.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::joins::{self, PersonJoinIn, PersonJoinOut};
use crate::authz::{Desk, SeePeople, Seen};
use crate::decisions::Verdict;
use crate::house::Rooms;
use crate::http::sets::{Acts, Decides, Key, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Query, Reply, note};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_person_join)
        .service(list_person_joins)
        .service(show_person_join)
        .service(approve_person_join)
        .service(refuse_person_join)
        .service(withdraw_person_join)
        .service(part_persons);
}

/// Ask a second person to join two persons of a chapter who are one.
#[utoipa::path(
    tag = "persons", request_body = PersonJoinIn,
    responses((status = 201, body = PersonJoinOut), (status = 200, body = PersonJoinOut, description = "Was asked already"), Writes)
)]
#[post("/person-joins")]
pub async fn request_person_join(desk: Desk, Body(body): Body<PersonJoinIn>) -> Answer<PersonJoinOut> {
    let note = note(body.note.as_deref())?;
    desk.tx(move |v| Ok(joins::request(v, &body, note.as_ref())?)).await.map(Reply::made)
}

/// A chapter's joins, oldest first.
#[utoipa::path(tag = "persons", params(OfChapter), responses((status = 200, body = Page<PersonJoinOut>), Acts))]
#[get("/person-joins")]
pub async fn list_person_joins(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<PersonJoinOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<SeePeople>, span| Ok(joins::list(v.conn, here, span)?),
        |row| (row.asked_at, row.id),
        |v, rows| Ok(joins::shown(v, rows)?),
    )
    .await
}

/// One join with the two persons, also for whoever decides it. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "persons", params(("id" = Uuid, Path, description = "The join")), responses((status = 200, body = PersonJoinOut), Acts)
)]
#[get("/person-joins/{id}")]
pub async fn show_person_join(desk: Desk, id: web::Path<Uuid>) -> Answer<PersonJoinOut> {
    desk.tx(move |v| Ok(joins::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve a join as the second person: the two are one from now on.
#[utoipa::path(
    tag = "persons", params(("id" = Uuid, Path, description = "The join"), Key), responses((status = 200, body = PersonJoinOut), Decides)
)]
#[post("/person-joins/{id}/approval")]
pub async fn approve_person_join(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<PersonJoinOut> {
    let name = id.to_string();
    desk.once("person-join/approval", name, move |v| Ok(joins::decide(v, **rooms, *id, Verdict::Approve)?)).await
}

/// Refuse a join as the second person: the two stay two.
#[utoipa::path(
    tag = "persons", params(("id" = Uuid, Path, description = "The join"), Key), responses((status = 200, body = PersonJoinOut), Decides)
)]
#[post("/person-joins/{id}/refusal")]
pub async fn refuse_person_join(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<PersonJoinOut> {
    let name = id.to_string();
    desk.once("person-join/refusal", name, move |v| Ok(joins::decide(v, **rooms, *id, Verdict::Refuse)?)).await
}

/// Withdraw a join by the chapter that asked for it.
#[utoipa::path(
    tag = "persons", params(("id" = Uuid, Path, description = "The join"), Key), responses((status = 200, body = PersonJoinOut), Decides)
)]
#[post("/person-joins/{id}/withdrawal")]
pub async fn withdraw_person_join(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<PersonJoinOut> {
    let name = id.to_string();
    desk.once("person-join/withdrawal", name, move |v| Ok(joins::decide(v, **rooms, *id, Verdict::Withdraw)?)).await
}

/// Part two who were joined by mistake. Each has again what it had; what came meanwhile stays with the one that went on.
#[utoipa::path(
    tag = "persons", params(("id" = Uuid, Path, description = "The join"), Key), responses((status = 200, body = PersonJoinOut), Decides)
)]
#[post("/person-joins/{id}/parting")]
pub async fn part_persons(desk: Desk, id: web::Path<Uuid>, rooms: web::Data<Rooms>) -> Answer<PersonJoinOut> {
    let name = id.to_string();
    desk.once("person-join/parting", name, move |v| Ok(joins::part(v, **rooms, *id)?)).await
}
