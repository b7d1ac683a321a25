//! `/api/v1/drives/{code}/shifts`: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::hours::Outcomes;
use super::out::{DriveShiftHelpersOut, DriveShiftOut};
use super::wire::{DriveHelpersIn, DriveShiftHoursIn, DriveShiftIn, DriveShiftPatch};
use super::{help, hours, plan, show};
use crate::authz::{Desk, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Decides, Key, Reads, Writes};
use crate::http::{Answer, Body, Problem, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(plan_drive_shift)
        .service(list_drive_shifts)
        .service(change_drive_shift)
        .service(end_drive_shift)
        .service(enter_drive_helpers)
        .service(list_drive_helpers)
        .service(remove_drive_helper)
        .service(enter_drive_shift_hours);
}

/// Plan a shift of those who help at a drive.
#[utoipa::path(
    tag = "drive shifts", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    request_body = DriveShiftIn,
    responses((status = 201, body = DriveShiftOut), (status = 200, body = DriveShiftOut, description = "Was planned already"), Writes)
)]
#[post("/drives/{code}/shifts")]
pub async fn plan_drive_shift(desk: Desk, code: web::Path<String>, Body(body): Body<DriveShiftIn>) -> Answer<DriveShiftOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = plan::make(v, &code, &body, &new)?;
        Ok((show::one(v, &code, body.id)?, made))
    };
    let ((shift, version), made) = desk.tx(work).await?;
    Ok(Reply::made((shift, made)).with(version_tag(version)))
}

/// The shifts of a drive, by their time: how many are wanted and how many help. They name nobody.
#[utoipa::path(
    tag = "drive shifts", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    responses((status = 200, body = Vec<DriveShiftOut>), Reads)
)]
#[get("/drives/{code}/shifts")]
pub async fn list_drive_shifts(desk: Desk, code: web::Path<String>) -> Answer<Vec<DriveShiftOut>> {
    desk.read(move |v| Ok(show::list(v, &code)?)).await.map(Reply::ok)
}

/// Change a shift whose hours are not entered. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "drive shifts",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("shift" = Uuid, Path, description = "The shift"),
        ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")
    ),
    request_body = DriveShiftPatch, responses((status = 200, body = DriveShiftOut), Writes)
)]
#[patch("/drives/{code}/shifts/{shift}")]
pub async fn change_drive_shift(
    request: HttpRequest,
    desk: Desk,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<DriveShiftPatch>,
) -> Answer<DriveShiftOut> {
    let (expected, (code, id)) = (if_match(&request)?, path.into_inner());
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::change(v, &code, id, &expected, body)?;
        Ok(show::one(v, &code, id)?)
    };
    let (shift, version) = desk.tx(work).await?;
    Ok(Reply::ok(shift).with(version_tag(version)))
}

/// Do without a shift whose hours are not entered.
#[utoipa::path(
    tag = "drive shifts",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("shift" = Uuid, Path, description = "The shift"),
        Key
    ),
    responses((status = 200, body = DriveShiftOut), Decides)
)]
#[post("/drives/{code}/shifts/{shift}/removal")]
pub async fn end_drive_shift(desk: Desk, path: web::Path<(String, Uuid)>) -> Answer<DriveShiftOut> {
    let (code, id) = path.into_inner();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::end(v, &code, id)?;
        Ok(show::one(v, &code, id)?.0)
    };
    desk.once("drive-shift/removal", id.to_string(), work).await
}

/// Enter who helps in a shift, as those who keep the chapter's people: its volunteers one by one, or the whole team of the drive.
///
/// Who helps in it already, does. Another chapter's volunteers are entered there; nobody helps in two shifts at the same time.
#[utoipa::path(
    tag = "drive shifts",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("shift" = Uuid, Path, description = "The shift"),
        Key
    ),
    request_body = DriveHelpersIn, responses((status = 200, body = DriveShiftHelpersOut), Writes)
)]
#[post("/drives/{code}/shifts/{shift}/helpers")]
pub async fn enter_drive_helpers(
    desk: Desk,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<DriveHelpersIn>,
) -> Answer<DriveShiftHelpersOut> {
    body.check().map_err(Problem::invalid)?;
    let (code, id) = path.into_inner();
    let content = format!("{id} {body:?}");
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        help::enter(v, &code, id, &body)?;
        Ok(show::helpers(v, &code, id, &Outcomes::new())?)
    };
    desk.once("drive-shift/helpers", content, work).await
}

/// Who helps in a shift. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "drive shifts",
    params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), ("shift" = Uuid, Path, description = "The shift")),
    responses((status = 200, body = DriveShiftHelpersOut), Acts)
)]
#[get("/drives/{code}/shifts/{shift}/helpers")]
pub async fn list_drive_helpers(desk: Desk, path: web::Path<(String, Uuid)>) -> Answer<DriveShiftHelpersOut> {
    let (code, id) = path.into_inner();
    desk.tx(move |v| Ok(show::people(v, &code, id)?)).await.map(Reply::ok)
}

/// Take somebody out of a shift whose hours are not entered.
#[utoipa::path(
    tag = "drive shifts",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("shift" = Uuid, Path, description = "The shift"),
        ("volunteer" = Uuid, Path, description = "The volunteer"),
        Key
    ),
    responses((status = 200, body = DriveShiftHelpersOut), Decides)
)]
#[post("/drives/{code}/shifts/{shift}/helpers/{volunteer}/removal")]
pub async fn remove_drive_helper(desk: Desk, path: web::Path<(String, Uuid, Uuid)>) -> Answer<DriveShiftHelpersOut> {
    let (code, id, volunteer) = path.into_inner();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        help::leave(v, &code, id, volunteer)?;
        Ok(show::helpers(v, &code, id, &Outcomes::new())?)
    };
    desk.once("drive-shift/helper-removal", format!("{id} {volunteer}"), work).await
}

/// Enter the hours of a shift that is over, once: who came, and from when to when where that was not the time of the shift.
///
/// Whoever helps in it and is not said did not come. Of each it is said what became of the hours; nobody works twice at a time for one
/// chapter (`OVERLAPS`). What was entered wrong is corrected with the hours of the volunteer.
#[utoipa::path(
    tag = "drive shifts",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("shift" = Uuid, Path, description = "The shift"),
        Key
    ),
    request_body = DriveShiftHoursIn, responses((status = 200, body = DriveShiftHelpersOut), Writes)
)]
#[post("/drives/{code}/shifts/{shift}/hours")]
pub async fn enter_drive_shift_hours(
    desk: Desk,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<DriveShiftHoursIn>,
) -> Answer<DriveShiftHelpersOut> {
    let came = body.check().map_err(Problem::invalid)?;
    let (code, id) = path.into_inner();
    let content = format!("{id} {came:?}");
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let outcomes = hours::enter(v, &code, id, &came)?;
        Ok(show::helpers(v, &code, id, &outcomes)?)
    };
    desk.once("drive-shift/hours", content, work).await
}
