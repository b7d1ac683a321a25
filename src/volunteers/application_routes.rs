//! `/api/v1/volunteer-applications`: what came from the public page, for the chapter's officers.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::accept::{self, At};
use super::application_wire::{AcceptanceIn, ApplicationOut, RefusalIn};
use super::applications::ApplicationState;
use crate::authz::{Attempt, Desk, Visit};
use crate::http::sets::{Decides, Key, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_volunteer_applications)
        .service(confirm_volunteer_application)
        .service(accept_volunteer_application)
        .service(refuse_volunteer_application);
}

/// Which applications to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only those that stand so; left out: all that wait.
    state: Option<ApplicationState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Applications from the public page, the oldest first. Every page is noted in the audit trail.
///
/// Where the server sends neither mail nor SMS, their links stand among the messages to be sent by hand (`GET /messages`).
#[utoipa::path(tag = "volunteers", params(ApplicationsQuery), responses((status = 200, body = Page<ApplicationOut>), Records))]
#[get("/volunteer-applications")]
pub async fn list_volunteer_applications(desk: Desk, Query(query): Query<ApplicationsQuery>) -> Answer<Page<ApplicationOut>> {
    let state = query.state;
    let filter = (query.chapter, state.map(ApplicationState::name));
    let paging = Paging::<_, At>::of(filter, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = accept::list(v, &paging.filter.0, state, &paging.span::<ApplicationOut>()?)?;
        paging.page(rows, |row| row.0, |rows| Ok(rows.into_iter().map(|row| row.1).collect()))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Confirm for somebody whom one has spoken with: the link is not needed any more.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The application"), Key),
    responses((status = 200, body = ApplicationOut), Decides)
)]
#[post("/volunteer-applications/{id}/confirmation")]
pub async fn confirm_volunteer_application(desk: Desk, id: web::Path<Uuid>) -> Answer<ApplicationOut> {
    let name = id.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        match v.attempt() {
            Attempt::First => accept::confirm(v, *id)?,
            Attempt::Replay => accept::may(v, *id)?,
        }
        Ok(accept::out(v, *id)?)
    };
    desk.once("volunteer-application/confirmation", name, work).await
}

/// Make a volunteer of whoever sent a confirmed application: somebody the chapter knows, or somebody who is written down by that.
///
/// They are verified.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The application")), request_body = AcceptanceIn,
    responses((status = 201, body = ApplicationOut), (status = 200, body = ApplicationOut, description = "Was accepted already"), Writes)
)]
#[post("/volunteer-applications/{id}/acceptance")]
pub async fn accept_volunteer_application(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<AcceptanceIn>,
) -> Answer<ApplicationOut> {
    body.check().map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = accept::accept(v, *id, &body)?;
        Ok((accept::out(v, *id)?, new))
    };
    desk.tx(work).await.map(Reply::made)
}

/// Refuse an application, with a reason. What they wrote is erased.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The application"), Key), request_body = RefusalIn,
    responses((status = 200, body = ApplicationOut), Writes)
)]
#[post("/volunteer-applications/{id}/refusal")]
pub async fn refuse_volunteer_application(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<RefusalIn>,
) -> Answer<ApplicationOut> {
    let content = format!("{id} {}", body.reason);
    // Done again it answers as the first time.
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        accept::refuse(v, *id, body.reason)?;
        Ok(accept::out(v, *id)?)
    };
    desk.once("volunteer-application/refusal", content, work).await
}
