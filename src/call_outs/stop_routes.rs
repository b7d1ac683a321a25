//! `/api/v1/volunteers/{id}/call-out-consent`: whether somebody asked not to be called out any more, and that they agreed again.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::heard_wire::CallOutConsentIn;
use super::out::CallOutConsentOut;
use super::stops;
use crate::authz::{Desk, Visit};
use crate::http::sets::{Acts, Key, Writes};
use crate::http::{Answer, Body, Problem, Reply};
use crate::volunteers::VolunteerId;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(show_call_out_consent).service(agree_to_call_outs);
}

/// Whether a volunteer asked not to be called out any more, for those who see the chapter's people. Each reading is noted.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The volunteer")),
    responses((status = 200, body = CallOutConsentOut), Acts)
)]
#[get("/volunteers/{id}/call-out-consent")]
pub async fn show_call_out_consent(desk: Desk, id: web::Path<Uuid>) -> Answer<CallOutConsentOut> {
    desk.tx(move |v| Ok(stops::show(v, VolunteerId(*id))?)).await.map(Reply::ok)
}

/// Write down that a volunteer who had stopped agreed to be called out again: they said so themselves, on that day, to the officer.
///
/// It holds wherever they are known, as the stop did. They can stop again at any time.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The volunteer"), Key), request_body = CallOutConsentIn,
    responses((status = 200, body = CallOutConsentOut), Writes)
)]
#[post("/volunteers/{id}/call-out-consent")]
pub async fn agree_to_call_outs(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CallOutConsentIn>,
) -> Answer<CallOutConsentOut> {
    let said = body.check(desk.today()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{}\0{}", said.agreed_on, said.how);
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> { Ok(stops::lift(v, VolunteerId(*id), &said)?) };
    desk.once("call-out/consent", content, write).await
}
