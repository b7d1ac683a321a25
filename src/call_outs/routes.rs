//! `/api/v1/call-outs`: call, ask, hear, see, close.

use actix_web::{HttpRequest, get, patch, post, web};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::heard_wire::{CallOutAnswerIn, CallOutAttendanceIn, CallOutClosingIn, CallOutShiftOfIn};
use super::list::At;
use super::out::{CallOutAskedOut, CallOutAttendanceOut, CallOutClosedOut, CallOutOut};
use super::wire::{CallOutIn, CallOutPatch, CallOutWaveIn};
use super::{attend, close, heard, list, make, shown, store};
use crate::authz::{Desk, Read, Visit};
use crate::chapters::things::Thing;
use crate::house::Rooms;
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Decides, Key, Lists, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, PublicUrl, Query, Reply};
use crate::outbox::Ways;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_call_out)
        .service(list_call_outs)
        .service(show_call_out)
        .service(change_call_out)
        .service(ask_wave)
        .service(list_asked)
        .service(record_answer)
        .service(put_into_shift)
        .service(take_call_link_back)
        .service(record_attendance)
        .service(end_call_out)
        .service(close_call_out);
}

/// Call volunteers out, as those who keep a chapter's people. Nobody is asked yet: that is a wave.
///
/// It reaches volunteers of the chapter and of all below it who said that they come when called. One for a blood drive names the drive, one
/// for a campaign the campaign: of the chapter, of one below it, or of one above it that everybody knows. Sent again, it is made once.
#[utoipa::path(
    tag = "call-outs", request_body = CallOutIn,
    responses((status = 201, body = CallOutOut), (status = 200, body = CallOutOut, description = "Was made already"), Writes)
)]
#[post("/call-outs")]
pub async fn make_call_out(desk: Desk, rooms: web::Data<Rooms>, Body(body): Body<CallOutIn>) -> Answer<CallOutOut> {
    let new = body.check(desk.now()).map_err(Problem::invalid)?;
    let make = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = make::make(v, **rooms, &new)?;
        Ok((shown::call_out(v, **rooms, new.id)?, made))
    };
    let ((call_out, version), made) = desk.tx(make).await?;
    Ok(Reply::made((call_out, made)).with(version_tag(version)))
}

/// Which call-outs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallOutsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only those for the blood drive with this code, however it is typed.
    #[param(example = "68-HM-0001", max_length = 40)]
    drive: Option<String>,
    /// Only those for this campaign.
    campaign: Option<Uuid>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a list of call-outs is of.
#[derive(Debug, Clone, Serialize)]
struct CallOutsOf {
    chapter: String,
    drive: Option<String>,
    campaign: Option<Uuid>,
}

/// The call-outs of a chapter, the oldest first: all, or those for a blood drive or a campaign. They name nobody.
#[utoipa::path(tag = "call-outs", params(CallOutsQuery), responses((status = 200, body = Page<CallOutOut>), Lists))]
#[get("/call-outs")]
pub async fn list_call_outs(desk: Desk, rooms: web::Data<Rooms>, Query(query): Query<CallOutsQuery>) -> Answer<Page<CallOutOut>> {
    let of = CallOutsOf { chapter: query.chapter, drive: query.drive, campaign: query.campaign };
    desk.list(
        Paging::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let (here, _) = v.see_code::<Read>(&of.chapter)?;
            // What is no code of a drive is the code of none.
            let drive = of.drive.as_ref().map(|typed| Thing::Drive.read(typed).unwrap_or_default());
            let wanted = store::Wanted { drive, campaign: of.campaign };
            Ok(store::list(v.conn, &here, &wanted, &span)?)
        },
        |row| (row.made_at, row.id),
        move |v, rows| Ok(shown::call_outs(v, **rooms, rows)?),
    )
    .await
}

/// One call-out: what was called, its waves, and how many answered what. It names nobody.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The call-out")), responses((status = 200, body = CallOutOut), Acts)
)]
#[get("/call-outs/{id}")]
pub async fn show_call_out(desk: Desk, rooms: web::Data<Rooms>, id: web::Path<Uuid>) -> Answer<CallOutOut> {
    let (call_out, version) = desk.read(move |v| Ok(shown::call_out(v, **rooms, *id)?)).await?;
    Ok(Reply::ok(call_out).with(version_tag(version)))
}

/// Change how many are needed, the place, the end, and the waves of an open call-out. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "call-outs",
    params(("id" = Uuid, Path, description = "The call-out"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = CallOutPatch, responses((status = 200, body = CallOutOut), Writes)
)]
#[patch("/call-outs/{id}")]
pub async fn change_call_out(
    request: HttpRequest,
    desk: Desk,
    rooms: web::Data<Rooms>,
    id: web::Path<Uuid>,
    Body(body): Body<CallOutPatch>,
) -> Answer<CallOutOut> {
    let expected = if_match(&request)?;
    let change = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        make::change(v, *id, &expected, body)?;
        Ok(shown::call_out(v, **rooms, *id)?)
    };
    let (call_out, version) = desk.tx(change).await?;
    Ok(Reply::ok(call_out).with(version_tag(version)))
}

/// Ask a wave: so many are chosen, and each is asked by a link of their own, sent if there is a way.
///
/// Whom it asks is chosen by the program: who fits, said that they come, was not asked in this call-out, not too often this month, and did
/// not ask to be left alone; the least asked first. In quiet hours it takes a reason. For a drive or a campaign that was called off, or is
/// over, nobody is asked (`409`). Sent again, it asks nobody.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The call-out")), request_body = CallOutWaveIn,
    responses((status = 201, body = CallOutOut), (status = 200, body = CallOutOut, description = "Was asked already"), Writes)
)]
#[post("/call-outs/{id}/waves")]
pub async fn ask_wave(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CallOutWaveIn>,
    rooms: web::Data<Rooms>,
    ways: web::Data<Ways>,
    public: web::Data<PublicUrl>,
) -> Answer<CallOutOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let ask = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = make::wave(v, (**rooms, &ways, &public), *id, &new)?;
        Ok((shown::call_out(v, **rooms, *id)?.0, made))
    };
    desk.tx(ask).await.map(Reply::made)
}

/// Which part of a call-out's list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfCallOut {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Those who were asked, in the order of the waves, with what they answered and how to reach them until the call-out is closed.
///
/// For those who see the calling chapter's people: first names, chapters and ways to reach those who were chosen, nothing else of those
/// of chapters below. Each page is noted in the audit trail.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The call-out"), OfCallOut),
    responses((status = 200, body = Page<CallOutAskedOut>), Records)
)]
#[get("/call-outs/{id}/asked")]
pub async fn list_asked(
    desk: Desk,
    id: web::Path<Uuid>,
    Query(query): Query<OfCallOut>,
    public: web::Data<PublicUrl>,
) -> Answer<Page<CallOutAskedOut>> {
    let paging: Paging<Uuid, At> = Paging::of(*id, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<CallOutAskedOut>()?;
        let rows = list::page(v, paging.filter, &span)?;
        let shown = |rows| Ok::<_, Problem>(list::shown(v, &public, paging.filter, rows)?);
        paging.page(rows, |row| (row.asked_at, row.id), shown)
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Write down what somebody answered by telephone, as they would have by their link.
#[utoipa::path(
    tag = "call-outs",
    params(("id" = Uuid, Path, description = "The call-out"), ("asked" = Uuid, Path, description = "Somebody who was asked in it"), Key),
    request_body = CallOutAnswerIn, responses((status = 200, body = CallOutAskedOut), Writes)
)]
#[post("/call-outs/{id}/asked/{asked}/answer")]
pub async fn record_answer(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    Body(body): Body<CallOutAnswerIn>,
    public: web::Data<PublicUrl>,
) -> Answer<CallOutAskedOut> {
    let (id, asked) = path.into_inner();
    let said = body.check(desk.now()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{asked}\0{}", said.content());
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        heard::answer(v, id, asked, &said)?;
        Ok(list::one(v, &public, id, asked)?)
    };
    desk.once("call-out/answer", content, write).await
}

/// Put somebody who was asked into a shift of the call-out, or into none.
#[utoipa::path(
    tag = "call-outs",
    params(("id" = Uuid, Path, description = "The call-out"), ("asked" = Uuid, Path, description = "Somebody who was asked in it"), Key),
    request_body = CallOutShiftOfIn, responses((status = 200, body = CallOutAskedOut), Writes)
)]
#[post("/call-outs/{id}/asked/{asked}/shift")]
pub async fn put_into_shift(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    Body(body): Body<CallOutShiftOfIn>,
    public: web::Data<PublicUrl>,
) -> Answer<CallOutAskedOut> {
    let (id, asked) = path.into_inner();
    let content = format!("{id}\0{asked}\0{:?}", body.shift);
    let put = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        heard::shift(v, id, asked, body.shift)?;
        Ok(list::one(v, &public, id, asked)?)
    };
    desk.once("call-out/shift", content, put).await
}

/// Take the link of somebody who was asked back: it says nothing any more, and no answer of theirs is taken.
#[utoipa::path(
    tag = "call-outs",
    params(("id" = Uuid, Path, description = "The call-out"), ("asked" = Uuid, Path, description = "Somebody who was asked in it"), Key),
    responses((status = 200, body = CallOutAskedOut), Decides)
)]
#[post("/call-outs/{id}/asked/{asked}/revocation")]
pub async fn take_call_link_back(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    public: web::Data<PublicUrl>,
) -> Answer<CallOutAskedOut> {
    let (id, asked) = path.into_inner();
    let take = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        heard::revoke(v, id, asked)?;
        Ok(list::one(v, &public, id, asked)?)
    };
    desk.once("call-out/revocation", format!("{id}\0{asked}"), take).await
}

/// Record who came and who left, as a telephone at the place has seen it: in any order, as often as one likes.
///
/// Each is answered by itself. What was scanned without a network is sent later, until the call-out is closed.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The call-out"), Key), request_body = CallOutAttendanceIn,
    responses((status = 200, body = CallOutAttendanceOut), Writes)
)]
#[post("/call-outs/{id}/attendance")]
pub async fn record_attendance(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CallOutAttendanceIn, 262_144>,
) -> Answer<CallOutAttendanceOut> {
    let scans = body.check(desk.now()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{scans:?}");
    desk.once("call-out/attendance", content, move |v| Ok(attend::record(v, *id, &scans)?)).await
}

/// End a call-out: nobody is asked and nobody answers any more. Attendance is still recorded.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The call-out"), Key),
    responses((status = 200, body = CallOutOut), Decides)
)]
#[post("/call-outs/{id}/ending")]
pub async fn end_call_out(desk: Desk, rooms: web::Data<Rooms>, id: web::Path<Uuid>) -> Answer<CallOutOut> {
    let id = id.into_inner();
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        make::end(v, id)?;
        Ok(shown::call_out(v, **rooms, id)?.0)
    };
    desk.once("call-out/ending", id.to_string(), end).await
}

/// Close a call-out that has ended: the hours of everybody who was seen are entered, once, and those who were asked are numbers from now on.
#[utoipa::path(
    tag = "call-outs", params(("id" = Uuid, Path, description = "The call-out"), Key), request_body = CallOutClosingIn,
    responses((status = 200, body = CallOutClosedOut), Writes)
)]
#[post("/call-outs/{id}/closing")]
pub async fn close_call_out(
    desk: Desk,
    rooms: web::Data<Rooms>,
    id: web::Path<Uuid>,
    Body(body): Body<CallOutClosingIn>,
) -> Answer<CallOutClosedOut> {
    let note = body.check().map_err(Problem::invalid)?;
    let content = format!("{id}\0{}", note.as_ref().map_or("", |note| note.as_str()));
    let close = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let closed = close::close(v, *id, note.as_ref())?;
        Ok(shown::closed(v, **rooms, *id, closed)?)
    };
    desk.once("call-out/closing", content, close).await
}
