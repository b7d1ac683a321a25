//! `/api/v1/drives/{code}/corrections`, `/api/v1/drive-corrections`: ask, decide, show.

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::{DriveCorrectionOut, DriveCorrectionPieceOut};
use super::wire::DriveCorrectionIn;
use super::{ask, carry, show};
use crate::authz::{Desk, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};

/// Longest body of a correction: a hundred pieces.
const LIMIT: usize = 128 * 1024;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_drive_correction)
        .service(list_drive_corrections)
        .service(show_drive_correction)
        .service(list_drive_correction_pieces)
        .service(approve_drive_correction)
        .service(refuse_drive_correction)
        .service(withdraw_drive_correction);
}

/// Ask a second person for a correction of a drive that is reconciled, as its blood centre says afterwards.
///
/// Once approved, donations are put right with their donors; certificates and honours that rested on what was wrong do not stand any more;
/// the totals of the drive follow, and where its result was published, a new statement takes the place of the old one. One waits at a time.
/// A unit that the centre discards after a test was given: that is no correction. Sent again, it is asked once.
#[utoipa::path(
    tag = "blood corrections", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    request_body = DriveCorrectionIn,
    responses(
        (status = 201, body = DriveCorrectionOut),
        (status = 200, body = DriveCorrectionOut, description = "Was asked already"), Writes
    )
)]
#[post("/drives/{code}/corrections")]
pub async fn request_drive_correction(
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<DriveCorrectionIn, LIMIT>,
) -> Answer<DriveCorrectionOut> {
    let ask = body.check(desk.today()).map_err(Problem::invalid)?;
    let request = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = ask::request(v, &code, &ask)?;
        Ok((show::one(v, ask.id)?, made))
    };
    desk.tx(request).await.map(Reply::made)
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DriveCorrectionsQuery {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The corrections of a drive, the oldest first: who asked and who decided, when, and what became of the totals. They name no donor.
#[utoipa::path(
    tag = "blood corrections",
    params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), DriveCorrectionsQuery),
    responses((status = 200, body = Page<DriveCorrectionOut>), Lists)
)]
#[get("/drives/{code}/corrections")]
pub async fn list_drive_corrections(
    desk: Desk,
    code: web::Path<String>,
    Query(query): Query<DriveCorrectionsQuery>,
) -> Answer<Page<DriveCorrectionOut>> {
    desk.list(
        Paging::<_, (DateTime<Utc>, Uuid)>::of(code.into_inner(), query.limit, query.cursor.as_deref())?,
        |v, code, span| Ok(show::list(v, code, &span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(show::shown(v, rows)?),
    )
    .await
}

/// One correction: counts, and no person.
#[utoipa::path(
    tag = "blood corrections", params(("id" = Uuid, Path, description = "The correction")),
    responses((status = 200, body = DriveCorrectionOut), Reads)
)]
#[get("/drive-corrections/{id}")]
pub async fn show_drive_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<DriveCorrectionOut> {
    desk.read(move |v| Ok(show::one(v, *id)?)).await.map(Reply::ok)
}

/// What a correction says, piece by piece. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "blood corrections", params(("id" = Uuid, Path, description = "The correction")),
    responses((status = 200, body = Vec<DriveCorrectionPieceOut>), Acts)
)]
#[get("/drive-corrections/{id}/pieces")]
pub async fn list_drive_correction_pieces(desk: Desk, id: web::Path<Uuid>) -> Answer<Vec<DriveCorrectionPieceOut>> {
    desk.tx(move |v| Ok(show::pieces(v, *id)?)).await.map(Reply::ok)
}

async fn decide(desk: Desk, id: Uuid, operation: &'static str, verdict: Verdict) -> Answer<DriveCorrectionOut> {
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let row = carry::decide(v, id, verdict)?;
        Ok(show::of(v, row)?)
    };
    desk.once(operation, id.to_string(), work).await
}

/// Agree to a correction as the second person: all of it is done in that moment.
#[utoipa::path(
    tag = "blood corrections", params(("id" = Uuid, Path, description = "The correction"), Key),
    responses((status = 200, body = DriveCorrectionOut), Decides)
)]
#[post("/drive-corrections/{id}/approval")]
pub async fn approve_drive_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<DriveCorrectionOut> {
    decide(desk, *id, "drive-correction/approval", Verdict::Approve).await
}

/// Refuse a correction as the second person: the result stays as it was.
#[utoipa::path(
    tag = "blood corrections", params(("id" = Uuid, Path, description = "The correction"), Key),
    responses((status = 200, body = DriveCorrectionOut), Decides)
)]
#[post("/drive-corrections/{id}/refusal")]
pub async fn refuse_drive_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<DriveCorrectionOut> {
    decide(desk, *id, "drive-correction/refusal", Verdict::Refuse).await
}

/// Withdraw a correction by the chapter that asked: the result stays as it was.
#[utoipa::path(
    tag = "blood corrections", params(("id" = Uuid, Path, description = "The correction"), Key),
    responses((status = 200, body = DriveCorrectionOut), Decides)
)]
#[post("/drive-corrections/{id}/withdrawal")]
pub async fn withdraw_drive_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<DriveCorrectionOut> {
    decide(desk, *id, "drive-correction/withdrawal", Verdict::Withdraw).await
}
