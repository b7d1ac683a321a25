//! `/api/v1/member-steps`: what is decided about members.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::wire::StepOut;
use super::{show, steps};
use crate::authz::Desk;
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key};
use crate::http::{Answer, Problem, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(show_member_step).service(approve_member_step).service(refuse_member_step).service(withdraw_member_step);
}

/// One step about a member, also for whoever decides it. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The step")), responses((status = 200, body = StepOut), Acts)
)]
#[get("/member-steps/{id}")]
pub async fn show_member_step(desk: Desk, id: web::Path<Uuid>) -> Answer<StepOut> {
    let work = move |v: &mut crate::authz::Visit<'_>| -> Result<_, Problem> {
        let (row, note) = steps::show(v, *id)?;
        Ok(show::step(v, row, note)?)
    };
    desk.tx(work).await.map(Reply::ok)
}

async fn decide(desk: Desk, id: Uuid, operation: &'static str, verdict: Verdict) -> Answer<StepOut> {
    let work = move |v: &mut crate::authz::Visit<'_>| -> Result<_, Problem> {
        let row = steps::decide(v, id, verdict)?;
        Ok(show::step(v, row, None)?)
    };
    desk.once(operation, id.to_string(), work).await
}

/// Approve a step as the second person. A transfer takes one of each chapter.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The step"), Key), responses((status = 200, body = StepOut), Decides)
)]
#[post("/member-steps/{id}/approval")]
pub async fn approve_member_step(desk: Desk, id: web::Path<Uuid>) -> Answer<StepOut> {
    decide(desk, *id, "member-step/approval", Verdict::Approve).await
}

/// Refuse a step as the second person: the member stays what they are.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The step"), Key), responses((status = 200, body = StepOut), Decides)
)]
#[post("/member-steps/{id}/refusal")]
pub async fn refuse_member_step(desk: Desk, id: web::Path<Uuid>) -> Answer<StepOut> {
    decide(desk, *id, "member-step/refusal", Verdict::Refuse).await
}

/// Withdraw a step by the chapter that asked for it.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The step"), Key), responses((status = 200, body = StepOut), Decides)
)]
#[post("/member-steps/{id}/withdrawal")]
pub async fn withdraw_member_step(desk: Desk, id: web::Path<Uuid>) -> Answer<StepOut> {
    decide(desk, *id, "member-step/withdrawal", Verdict::Withdraw).await
}
