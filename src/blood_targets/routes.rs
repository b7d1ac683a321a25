//! `/api/v1/blood-targets`: ask, decide, show.

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::{self, BloodTargetsDetailOut, BloodTargetsOut};
use super::wire::BloodTargetsIn;
use super::{hand_down, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

/// Longest body of a decision: a thousand lines.
const LIMIT: usize = 512 * 1024;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_blood_targets)
        .service(list_blood_targets)
        .service(show_blood_targets)
        .service(approve_blood_targets)
        .service(refuse_blood_targets)
        .service(withdraw_blood_targets);
}

/// Ask a second person to decide what chapters are to reach in a year, as those who keep a chapter's days of giving blood.
///
/// The decision names all that are given something: each directly below the chapter, and the chapter itself where nobody above gives it
/// anything. Once approved it takes the place of the one before. Sent again, it is asked once.
#[utoipa::path(
    tag = "blood targets", request_body = BloodTargetsIn,
    responses(
        (status = 201, body = BloodTargetsDetailOut),
        (status = 200, body = BloodTargetsDetailOut, description = "Was asked already"), Writes
    )
)]
#[post("/blood-targets")]
pub async fn request_blood_targets(desk: Desk, Body(body): Body<BloodTargetsIn, LIMIT>) -> Answer<BloodTargetsDetailOut> {
    let ask = body.check().map_err(Problem::invalid)?;
    let request = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = hand_down::request(v, &ask)?;
        Ok((hand_down::show(v, ask.id)?, made))
    };
    desk.tx(request).await.map(Reply::made)
}

/// Decisions of a chapter, the oldest first, without what each gives to whom.
#[utoipa::path(tag = "blood targets", params(OfChapter), responses((status = 200, body = Page<BloodTargetsOut>), Lists))]
#[get("/blood-targets")]
pub async fn list_blood_targets(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<BloodTargetsOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, &span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(out::shown(v.conn, rows)?),
    )
    .await
}

/// One decision with all that it gives.
#[utoipa::path(
    tag = "blood targets", params(("id" = Uuid, Path, description = "The decision")),
    responses((status = 200, body = BloodTargetsDetailOut), Reads)
)]
#[get("/blood-targets/{id}")]
pub async fn show_blood_targets(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodTargetsDetailOut> {
    desk.read(move |v| Ok(hand_down::show(v, *id)?)).await.map(Reply::ok)
}

/// Approve as the second person: the targets hold, are stated in public, and replace those that the chapter decided before.
#[utoipa::path(
    tag = "blood targets", params(("id" = Uuid, Path, description = "The decision"), Key),
    responses((status = 200, body = BloodTargetsDetailOut), Decides)
)]
#[post("/blood-targets/{id}/approval")]
pub async fn approve_blood_targets(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodTargetsDetailOut> {
    desk.once("blood-targets/approval", id.to_string(), move |v| Ok(hand_down::decide(v, *id, Verdict::Approve)?)).await
}

/// Refuse as the second person: what held goes on holding.
#[utoipa::path(
    tag = "blood targets", params(("id" = Uuid, Path, description = "The decision"), Key),
    responses((status = 200, body = BloodTargetsDetailOut), Decides)
)]
#[post("/blood-targets/{id}/refusal")]
pub async fn refuse_blood_targets(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodTargetsDetailOut> {
    desk.once("blood-targets/refusal", id.to_string(), move |v| Ok(hand_down::decide(v, *id, Verdict::Refuse)?)).await
}

/// Withdraw a request at the chapter that made it.
#[utoipa::path(
    tag = "blood targets", params(("id" = Uuid, Path, description = "The decision"), Key),
    responses((status = 200, body = BloodTargetsDetailOut), Decides)
)]
#[post("/blood-targets/{id}/withdrawal")]
pub async fn withdraw_blood_targets(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodTargetsDetailOut> {
    desk.once("blood-targets/withdrawal", id.to_string(), move |v| Ok(hand_down::decide(v, *id, Verdict::Withdraw)?)).await
}
