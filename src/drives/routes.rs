//! `/api/v1/drives`, `/api/v1/blood-centres`: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{BookingState, DriveState};
use super::out::{BloodCentreOut, BookingOut, DriveOut};
use super::wire::{BookingIn, BookingSlotIn, DriveCancellationIn, DriveIn, DriveMoveIn, DrivePatch};
use super::{book, plan, show, store};
use crate::authz::{Desk, Read, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Decides, Key, Lists, Own, Reads, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, PublicUrl, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_blood_centres)
        .service(plan_drive)
        .service(list_drives)
        .service(show_drive)
        .service(change_drive)
        .service(open_drive)
        .service(move_drive)
        .service(call_drive_off)
        .service(begin_drive)
        .service(close_drive)
        .service(book_for_somebody)
        .service(list_bookings)
        .service(confirm_booking)
        .service(change_booking_slot)
        .service(cancel_booking);
}

/// Who collects blood.
#[utoipa::path(tag = "drives", responses((status = 200, body = Vec<BloodCentreOut>), Own))]
#[get("/blood-centres")]
pub async fn list_blood_centres(desk: Desk) -> Answer<Vec<BloodCentreOut>> {
    desk.read(|v| Ok(show::centres(v)?)).await.map(Reply::ok)
}

/// Plan a drive of a chapter, as who keeps its blood donors.
///
/// It has a code of its own from now on (`68-HM-0001`). Sent again, it is planned once.
#[utoipa::path(
    tag = "drives", request_body = DriveIn,
    responses((status = 201, body = DriveOut), (status = 200, body = DriveOut, description = "Was planned already"), Writes)
)]
#[post("/drives")]
pub async fn plan_drive(desk: Desk, Body(body): Body<DriveIn>) -> Answer<DriveOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (id, made) = plan::make(v, &body, &new)?;
        Ok((show::drive_of(v, id)?, made))
    };
    let ((drive, version), made) = desk.tx(work).await?;
    Ok(Reply::made((drive, made)).with(version_tag(version)))
}

/// Which drives.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DrivesQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only those that stand so.
    state: Option<DriveState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a list of drives is of.
#[derive(Debug, Clone, Serialize)]
struct DrivesOf {
    chapter: String,
    state: Option<DriveState>,
}

/// The drives of a chapter in the order in which they were planned. They name nobody.
#[utoipa::path(tag = "drives", params(DrivesQuery), responses((status = 200, body = Page<DriveOut>), Lists))]
#[get("/drives")]
pub async fn list_drives(desk: Desk, Query(query): Query<DrivesQuery>) -> Answer<Page<DriveOut>> {
    let of = DrivesOf { chapter: query.chapter, state: query.state };
    desk.list(
        Paging::<_, i64>::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let (here, _) = v.see_code::<Read>(&of.chapter)?;
            Ok(store::list(v.conn, &here, of.state, &span)?)
        },
        |row| row.id,
        |v, rows| Ok(show::drives(v, rows)?),
    )
    .await
}

/// One drive.
#[utoipa::path(
    tag = "drives", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    responses((status = 200, body = DriveOut), Reads)
)]
#[get("/drives/{code}")]
pub async fn show_drive(desk: Desk, code: web::Path<String>) -> Answer<DriveOut> {
    let (drive, version) = desk.read(move |v| Ok(show::drive(v, &code)?)).await?;
    Ok(Reply::ok(drive).with(version_tag(version)))
}

/// Change a drive that is planned or open. Send the `ETag` you read as `If-Match`.
///
/// Nobody loses a place; who comes at another time or elsewhere is told. More places: who waits moves up. Its day is changed by moving it.
#[utoipa::path(
    tag = "drives",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")
    ),
    request_body = DrivePatch, responses((status = 200, body = DriveOut), Writes)
)]
#[patch("/drives/{code}")]
pub async fn change_drive(
    request: HttpRequest,
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<DrivePatch>,
) -> Answer<DriveOut> {
    let expected = if_match(&request)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::change(v, &code, &expected, body)?;
        Ok(show::drive(v, &code)?)
    };
    let (drive, version) = desk.tx(work).await?;
    Ok(Reply::ok(drive).with(version_tag(version)))
}

/// Open a drive: people book, and everybody sees it if it is listed. The morning before, everybody is reminded.
#[utoipa::path(
    tag = "drives", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), Key),
    responses((status = 200, body = DriveOut), Decides)
)]
#[post("/drives/{code}/opening")]
pub async fn open_drive(desk: Desk, code: web::Path<String>) -> Answer<DriveOut> {
    let content = code.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::open(v, &code)?;
        Ok(show::drive(v, &code)?.0)
    };
    desk.once("drive/opening", content, work).await
}

/// Move a drive to another day. Everybody who has a place or waits is asked whether it suits.
///
/// Who does not answer loses the place the day before, and is told.
#[utoipa::path(
    tag = "drives", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), Key),
    request_body = DriveMoveIn, responses((status = 200, body = DriveOut), Writes)
)]
#[post("/drives/{code}/move")]
pub async fn move_drive(desk: Desk, code: web::Path<String>, Body(body): Body<DriveMoveIn>) -> Answer<DriveOut> {
    body.check(desk.today()).map_err(Problem::invalid)?;
    let content = format!("{code} {}", body.day);
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::move_to(v, &code, body.day)?;
        Ok(show::drive(v, &code)?.0)
    };
    desk.once("drive/move", content, work).await
}

/// Call a drive off. Whoever had a place or waited is told.
#[utoipa::path(
    tag = "drives", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), Key),
    request_body = DriveCancellationIn, responses((status = 200, body = DriveOut), Writes)
)]
#[post("/drives/{code}/cancellation")]
pub async fn call_drive_off(desk: Desk, code: web::Path<String>, Body(body): Body<DriveCancellationIn>) -> Answer<DriveOut> {
    let content = format!("{code} {}", body.why);
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::call_off(v, &code, body.why)?;
        Ok(show::drive(v, &code)?.0)
    };
    desk.once("drive/cancellation", content, work).await
}

/// Begin a drive, on its day: nobody books any more, and who still waits is told that no place became free.
#[utoipa::path(
    tag = "drives", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), Key),
    responses((status = 200, body = DriveOut), Decides)
)]
#[post("/drives/{code}/beginning")]
pub async fn begin_drive(desk: Desk, code: web::Path<String>) -> Answer<DriveOut> {
    let content = code.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::begin(v, &code)?;
        Ok(show::drive(v, &code)?.0)
    };
    desk.once("drive/beginning", content, work).await
}

/// Close a drive that is reconciled: nothing is to be done any more.
#[utoipa::path(
    tag = "drives", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), Key),
    responses((status = 200, body = DriveOut), Decides)
)]
#[post("/drives/{code}/closing")]
pub async fn close_drive(desk: Desk, code: web::Path<String>) -> Answer<DriveOut> {
    let content = code.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::close(v, &code)?;
        Ok(show::drive(v, &code)?.0)
    };
    desk.once("drive/closing", content, work).await
}

/// Book for somebody who calls, or who is there without a booking (`walk_in`).
///
/// In a place while there is one, else in the waiting list. Who is there is entered on the day, beside the places of the slots.
#[utoipa::path(
    tag = "drives", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    request_body = BookingIn,
    responses((status = 201, body = BookingOut), (status = 200, body = BookingOut, description = "Was booked already"), Writes)
)]
#[post("/drives/{code}/bookings")]
pub async fn book_for_somebody(
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<BookingIn>,
    public: web::Data<PublicUrl>,
) -> Answer<BookingOut> {
    let who = body.check(desk.today()).map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = book::book(v, &code, &body, &who)?;
        Ok((show::booking(v, &public, body.id)?, made))
    };
    desk.tx(work).await.map(Reply::made)
}

/// Which bookings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BookingsQuery {
    /// Only those that stand so.
    state: Option<BookingState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Who has booked a drive and who waits, in the order in which they came. Every page is noted in the audit trail.
#[utoipa::path(
    tag = "drives",
    params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"), BookingsQuery),
    responses((status = 200, body = Page<BookingOut>), Records)
)]
#[get("/drives/{code}/bookings")]
pub async fn list_bookings(
    desk: Desk,
    code: web::Path<String>,
    Query(query): Query<BookingsQuery>,
    public: web::Data<PublicUrl>,
) -> Answer<Page<BookingOut>> {
    let paging = Paging::<_, i64>::of((code.to_string(), query.state), query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (drive, rows) = book::list(v, &code, query.state, &paging.span::<BookingOut>()?)?;
        paging.page(rows, |row| row.turn, |rows| Ok(show::bookings_of(v, &public, &drive, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Note that somebody said that they come, on the day on which the drive is now.
///
/// Who says so after their time was over has the place again if nobody took it, else a turn in the waiting list.
#[utoipa::path(
    tag = "drives",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("id" = Uuid, Path, description = "The booking"),
        Key
    ),
    responses((status = 200, body = BookingOut), Decides)
)]
#[post("/drives/{code}/bookings/{id}/confirmation")]
pub async fn confirm_booking(desk: Desk, path: web::Path<(String, Uuid)>, public: web::Data<PublicUrl>) -> Answer<BookingOut> {
    let (code, id) = path.into_inner();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        book::confirm(v, &code, id)?;
        Ok(show::booking(v, &public, id)?)
    };
    desk.once("booking/confirmation", id.to_string(), work).await
}

/// Give somebody another slot. Who waits has the place that becomes free.
#[utoipa::path(
    tag = "drives",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("id" = Uuid, Path, description = "The booking"),
        Key
    ),
    request_body = BookingSlotIn, responses((status = 200, body = BookingOut), Writes)
)]
#[post("/drives/{code}/bookings/{id}/slot")]
pub async fn change_booking_slot(
    desk: Desk,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<BookingSlotIn>,
    public: web::Data<PublicUrl>,
) -> Answer<BookingOut> {
    let (code, id) = path.into_inner();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        book::change_slot(v, &code, id, body.slot)?;
        Ok(show::booking(v, &public, id)?)
    };
    desk.once("booking/slot", format!("{id} {}", body.slot), work).await
}

/// Give somebody's place up. Who waits first moves up and is told.
#[utoipa::path(
    tag = "drives",
    params(
        ("code" = String, Path, description = "Code of the drive", example = "68-HM-0001"),
        ("id" = Uuid, Path, description = "The booking"),
        Key
    ),
    responses((status = 200, body = BookingOut), Decides)
)]
#[post("/drives/{code}/bookings/{id}/cancellation")]
pub async fn cancel_booking(desk: Desk, path: web::Path<(String, Uuid)>, public: web::Data<PublicUrl>) -> Answer<BookingOut> {
    let (code, id) = path.into_inner();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        book::cancel(v, &code, id)?;
        Ok(show::booking(v, &public, id)?)
    };
    desk.once("booking/cancellation", id.to_string(), work).await
}
