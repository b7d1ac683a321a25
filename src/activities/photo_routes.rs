//! `/api/v1/activities/{id}/photo-consents`: what makes it right to show photographs of an activity. They are published as papers are.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::ActivityPhotoConsentOut;
use super::photos;
use super::wire::ActivityPhotoConsentIn;
use crate::authz::{Desk, Visit};
use crate::http::sets::{Decides, Key, Reads, Writes};
use crate::http::{Answer, Body, Problem, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(agree_to_photo).service(list_photo_consents).service(withdraw_photo_consent);
}

/// Write down what makes it right to show a picture of an activity: who agreed, on what paper, or that nobody can be recognised.
///
/// The picture is published afterwards (`POST /activities/{id}/documents/{document}/publication`), and taken down with the first consent
/// that is withdrawn.
#[utoipa::path(
    tag = "activities", params(("id" = Uuid, Path, description = "The activity")), request_body = ActivityPhotoConsentIn,
    responses(
        (status = 201, body = ActivityPhotoConsentOut),
        (status = 200, body = ActivityPhotoConsentOut, description = "Was written already"), Writes
    )
)]
#[post("/activities/{id}/photo-consents")]
pub async fn agree_to_photo(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<ActivityPhotoConsentIn>,
) -> Answer<ActivityPhotoConsentOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = photos::agree(v, *id, &new)?;
        Ok((photos::one(v, *id, new.id)?, made))
    };
    desk.tx(write).await.map(Reply::made)
}

/// What makes it right to show the pictures of an activity, in the order in which it was written.
#[utoipa::path(
    tag = "activities", params(("id" = Uuid, Path, description = "The activity")),
    responses((status = 200, body = Vec<ActivityPhotoConsentOut>), Reads)
)]
#[get("/activities/{id}/photo-consents")]
pub async fn list_photo_consents(desk: Desk, id: web::Path<Uuid>) -> Answer<Vec<ActivityPhotoConsentOut>> {
    desk.read(move |v| Ok(photos::list(v, *id)?)).await.map(Reply::ok)
}

/// Withdraw a consent: the picture is taken down at once, and stays so until the same person agrees again.
#[utoipa::path(
    tag = "activities",
    params(("id" = Uuid, Path, description = "The activity"), ("consent" = Uuid, Path, description = "One of its consents"), Key),
    responses((status = 200, body = ActivityPhotoConsentOut), Decides)
)]
#[post("/activities/{id}/photo-consents/{consent}/withdrawal")]
pub async fn withdraw_photo_consent(desk: Desk, path: web::Path<(Uuid, Uuid)>) -> Answer<ActivityPhotoConsentOut> {
    let (id, consent) = path.into_inner();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        photos::withdraw(v, id, consent)?;
        Ok(photos::one(v, id, consent)?)
    };
    desk.once("activity/photo-withdrawal", format!("{id}\0{consent}"), work).await
}
