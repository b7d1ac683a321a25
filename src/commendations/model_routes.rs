//! `/api/v1/practice-models`: what was good practice, for others to find.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::PracticeModelOut;
use super::wire::PracticeModelIn;
use super::{models, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::http::sets::{Decides, Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(write_practice_model)
        .service(list_practice_models)
        .service(show_practice_model)
        .service(publish_practice_model)
        .service(withdraw_practice_model);
}

/// Write a model of good practice down: a draft. Sent again, it is written once.
#[utoipa::path(
    tag = "commendations", request_body = PracticeModelIn,
    responses(
        (status = 201, body = PracticeModelOut),
        (status = 200, body = PracticeModelOut, description = "Was written already"), Writes
    )
)]
#[post("/practice-models")]
pub async fn write_practice_model(desk: Desk, Body(body): Body<PracticeModelIn>) -> Answer<PracticeModelOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = models::write(v, &new)?;
        Ok((models::show(v, new.id)?, made))
    };
    desk.tx(write).await.map(Reply::made)
}

/// A chapter's models, drafts too, the oldest first.
#[utoipa::path(tag = "commendations", params(OfChapter), responses((status = 200, body = Page<PracticeModelOut>), Lists))]
#[get("/practice-models")]
pub async fn list_practice_models(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<PracticeModelOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::models(v.conn, here, &span)?),
        |row| (row.made_at, row.id),
        |v, rows| Ok(models::shown(v, rows)?),
    )
    .await
}

/// One model.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The model")),
    responses((status = 200, body = PracticeModelOut), Reads)
)]
#[get("/practice-models/{id}")]
pub async fn show_practice_model(desk: Desk, id: web::Path<Uuid>) -> Answer<PracticeModelOut> {
    desk.read(move |v| Ok(models::show(v, *id)?)).await.map(Reply::ok)
}

/// Publish a model: everybody may find it from now on.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The model"), Key),
    responses((status = 200, body = PracticeModelOut), Decides)
)]
#[post("/practice-models/{id}/publication")]
pub async fn publish_practice_model(desk: Desk, id: web::Path<Uuid>) -> Answer<PracticeModelOut> {
    let id = id.into_inner();
    let publish = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        models::publish(v, id)?;
        Ok(models::show(v, id)?)
    };
    desk.once("practice-model/publication", id.to_string(), publish).await
}

/// Take a model back, published or not.
#[utoipa::path(
    tag = "commendations", params(("id" = Uuid, Path, description = "The model"), Key),
    responses((status = 200, body = PracticeModelOut), Decides)
)]
#[post("/practice-models/{id}/withdrawal")]
pub async fn withdraw_practice_model(desk: Desk, id: web::Path<Uuid>) -> Answer<PracticeModelOut> {
    let id = id.into_inner();
    let withdraw = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        models::withdraw(v, id)?;
        Ok(models::show(v, id)?)
    };
    desk.once("practice-model/withdrawal", id.to_string(), withdraw).await
}
