//! `/api/v1/subscribers`.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::wire::{self, DeliveryOut, SubscriberIn, SubscriberOut, SubscriberWithSecretOut};
use super::{manage, store};
use crate::authz::{Appoint, Desk, Seen, Visit};
use crate::http::sets::{Acts, Decides, Key, Records, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Paging, Problem, Query, Reply, Span};
use crate::outbox::Ways;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(register_subscriber)
        .service(list_subscribers)
        .service(show_subscriber)
        .service(end_subscriber)
        .service(resume_subscriber)
        .service(renew_subscriber_secret)
        .service(try_subscriber)
        .service(list_deliveries);
}

/// Register a program outside that is told what changes at a chapter: a signed POST (standardwebhooks.com) within half a minute.
///
/// It is told kinds and ids, as `GET /api/v1/changes` would from now on, and reads them with rights of its own. The secret is told
/// once. The same registration sent again is the same subscriber, and is answered without it.
#[utoipa::path(
    tag = "webhooks", request_body = SubscriberIn,
    responses(
        (status = 201, body = SubscriberWithSecretOut, description = "Registered"),
        (status = 200, body = SubscriberWithSecretOut, description = "Was registered before"),
        Writes
    )
)]
#[post("/subscribers")]
pub async fn register_subscriber(
    desk: Desk,
    Body(said): Body<SubscriberIn>,
    ways: web::Data<Ways>,
) -> Answer<SubscriberWithSecretOut> {
    let said = wire::read(said, ways.webhooks_to_private)?;
    desk.tx(move |v| manage::register(v, &said)).await.map(Reply::made)
}

/// Subscribers of a chapter, for its administrators, the newest first; those that ended, too.
#[utoipa::path(tag = "webhooks", params(OfChapter), responses((status = 200, body = Page<SubscriberOut>), Records))]
#[get("/subscribers")]
pub async fn list_subscribers(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<SubscriberOut>> {
    let find = |v: &mut Visit<'_>, here: &Seen<Appoint>, span: Span<Uuid>| -> Result<_, Problem> {
        Ok(store::list(v.conn, here, span)?)
    };
    desk.list_of_chapter(query.paging()?, find, |row| row.id, |v, rows| Ok(wire::shown(v.conn, v.now, rows)?)).await
}

/// A subscriber and where it stands.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path)), responses((status = 200, body = SubscriberOut), Acts))]
#[get("/subscribers/{id}")]
pub async fn show_subscriber(desk: Desk, id: web::Path<Uuid>) -> Answer<SubscriberOut> {
    desk.read(move |v| manage::show(v, *id)).await.map(Reply::ok)
}

/// End a subscriber: nothing is sent any more, and its secret is forgotten.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path), Key), responses((status = 200, body = SubscriberOut), Acts))]
#[post("/subscribers/{id}/ending")]
pub async fn end_subscriber(desk: Desk, id: web::Path<Uuid>) -> Answer<SubscriberOut> {
    desk.once("subscriber/ending", id.to_string(), move |v| manage::end(v, *id)).await
}

/// Go on with a subscriber that was paused: it gets what it missed.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path), Key), responses((status = 200, body = SubscriberOut), Decides))]
#[post("/subscribers/{id}/resumption")]
pub async fn resume_subscriber(desk: Desk, id: web::Path<Uuid>) -> Answer<SubscriberOut> {
    desk.once("subscriber/resumption", id.to_string(), move |v| {
        manage::resume(v, *id)?;
        manage::show(v, *id)
    })
    .await
}

/// Give a subscriber another secret; for a day deliveries are signed with both.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path), Key), responses((status = 200, body = SubscriberWithSecretOut), Decides))]
#[post("/subscribers/{id}/secret")]
pub async fn renew_subscriber_secret(desk: Desk, id: web::Path<Uuid>) -> Answer<SubscriberWithSecretOut> {
    desk.once("subscriber/secret", id.to_string(), move |v| manage::renew_secret(v, *id)).await
}

/// Send a subscriber one delivery that says nothing, to try its address; what became of it stands among its deliveries.
#[utoipa::path(tag = "webhooks", params(("id" = Uuid, Path), Key), responses((status = 200, body = DeliveryOut), Decides))]
#[post("/subscribers/{id}/trial")]
pub async fn try_subscriber(desk: Desk, id: web::Path<Uuid>) -> Answer<DeliveryOut> {
    desk.once("subscriber/trial", id.to_string(), move |v| manage::try_out(v, *id)).await
}

/// Which deliveries.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a subscriber was sent in the last thirty days, the newest first.
#[utoipa::path(
    tag = "webhooks", params(("id" = Uuid, Path), DeliveriesQuery), responses((status = 200, body = Page<DeliveryOut>), Records)
)]
#[get("/subscribers/{id}/deliveries")]
pub async fn list_deliveries(desk: Desk, id: web::Path<Uuid>, Query(query): Query<DeliveriesQuery>) -> Answer<Page<DeliveryOut>> {
    desk.list(
        Paging::of(id.into_inner(), query.limit, query.cursor.as_deref())?,
        |v, id, span| {
            let seen = manage::seen(v, *id)?;
            Ok(store::deliveries(v.conn, &seen, *id, span)?)
        },
        |row| row.id,
        |_, rows| Ok(rows.into_iter().map(DeliveryOut::from).collect()),
    )
    .await
}
