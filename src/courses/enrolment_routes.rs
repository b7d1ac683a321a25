//! `/api/v1/courses/{id}/enrolments`, `/api/v1/course-enrolments`, `/api/v1/course-corrections`.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::CourseEnrolmentState;
use super::out::{CourseCorrectionOut, CourseEnrolmentOut, CourseLinkOut};
use super::wire::{CourseCorrectionIn, CourseEnrolmentIn, CourseLinkIn};
use super::{correct, enrol, place_link, show};
use crate::authz::{Desk, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Acts, Decides, Key, Records, Writes};
use crate::http::{Answer, Body, Check, Page, Paging, Problem, PublicUrl, Query, Reply, note};
use crate::outbox::Ways;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(enrol_in_course)
        .service(list_enrolments)
        .service(show_enrolment)
        .service(cancel_enrolment)
        .service(make_enrolment_link)
        .service(correct_result)
        .service(show_course_correction)
        .service(approve_course_correction)
        .service(refuse_course_correction)
        .service(withdraw_course_correction);
}

/// Enrol a person of the chapter: in a place while there is one, else in the waiting list.
///
/// They are told by message, where a telephone number is known. Sent again, they are enrolled once.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course")), request_body = CourseEnrolmentIn,
    responses((status = 201, body = CourseEnrolmentOut), (status = 200, body = CourseEnrolmentOut, description = "Was enrolled already"), Writes)
)]
#[post("/courses/{id}/enrolments")]
pub async fn enrol_in_course(desk: Desk, id: web::Path<Uuid>, Body(body): Body<CourseEnrolmentIn>) -> Answer<CourseEnrolmentOut> {
    body.check().map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = enrol::enrol(v, *id, &body)?;
        Ok((show::enrolment(v, body.id)?, new))
    };
    desk.tx(work).await.map(Reply::made)
}

/// Which of those in a course.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EnrolmentsQuery {
    /// Only those that stand so.
    state: Option<CourseEnrolmentState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Who takes part in a course and who waits, in the order in which they came. Every page is noted in the audit trail.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course"), EnrolmentsQuery),
    responses((status = 200, body = Page<CourseEnrolmentOut>), Records)
)]
#[get("/courses/{id}/enrolments")]
pub async fn list_enrolments(
    desk: Desk,
    id: web::Path<Uuid>,
    Query(query): Query<EnrolmentsQuery>,
) -> Answer<Page<CourseEnrolmentOut>> {
    let filter = (*id, query.state);
    let paging = Paging::<_, i32>::of(filter, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = enrol::list(v, *id, query.state, &paging.span::<CourseEnrolmentOut>()?)?;
        let (course, _) = show::course_for_people(v, *id)?;
        paging.page(rows, |row| row.turn, |rows| Ok(show::enrolments(v, &course, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// One enrolment. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The enrolment")),
    responses((status = 200, body = CourseEnrolmentOut), Acts)
)]
#[get("/course-enrolments/{id}")]
pub async fn show_enrolment(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseEnrolmentOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let enrolment = desk.tx(move |v| Ok(enrol::show(v, *id)?)).await??;
    Ok(Reply::ok(enrolment))
}

/// Give somebody's place up. Who waits first moves up and is told.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The enrolment"), Key),
    responses((status = 200, body = CourseEnrolmentOut), Decides)
)]
#[post("/course-enrolments/{id}/cancellation")]
pub async fn cancel_enrolment(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseEnrolmentOut> {
    let content = id.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        enrol::cancel(v, *id)?;
        Ok(show::enrolment(v, *id)?)
    };
    desk.once("course-enrolment/cancellation", content, work).await
}

/// Make a link with which somebody gives up their own place: good once, until the course is over; the one before is good no more.
///
/// Without `send` it is told here, once, to be handed over.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The enrolment"), Key), request_body = CourseLinkIn,
    responses((status = 200, body = CourseLinkOut), Writes)
)]
#[post("/course-enrolments/{id}/link")]
pub async fn make_enrolment_link(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CourseLinkIn>,
    ways: web::Data<Ways>,
    public: web::Data<PublicUrl>,
) -> Answer<CourseLinkOut> {
    let content = format!("{id} {}", body.send);
    let make = move |v: &mut Visit<'_>| Ok(place_link::make(v, (&**ways, &**public), *id, body.send)?);
    desk.once("course-enrolment/link", content, make).await
}

/// Correct a result that was given, with a reason. Where it takes a certificate away, a second person approves.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The enrolment")), request_body = CourseCorrectionIn,
    responses((status = 201, body = CourseCorrectionOut), (status = 200, body = CourseCorrectionOut, description = "Was entered already"), Writes)
)]
#[post("/course-enrolments/{id}/corrections")]
pub async fn correct_result(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CourseCorrectionIn>,
) -> Answer<CourseCorrectionOut> {
    let mut check = Check::default();
    check.own_id("/id", body.id, "id phải là UUID riêng của yêu cầu này.", "id must be a UUID of its own.");
    check.done(Some(())).map_err(Problem::invalid)?;
    let said = note(body.note.as_deref())?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = correct::enter(v, *id, &body, said.as_ref())?;
        Ok((correct::shown(v, body.id)?, new))
    };
    desk.tx(work).await.map(Reply::made)
}

/// One correction of a result, also for whoever decides it. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The correction")),
    responses((status = 200, body = CourseCorrectionOut), Acts)
)]
#[get("/course-corrections/{id}")]
pub async fn show_course_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseCorrectionOut> {
    desk.tx(move |v| Ok(correct::shown(v, *id)?)).await.map(Reply::ok)
}

async fn decide(desk: Desk, id: Uuid, operation: &'static str, verdict: Verdict) -> Answer<CourseCorrectionOut> {
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        correct::decide(v, id, verdict)?;
        Ok(correct::after(v, id)?)
    };
    desk.once(operation, id.to_string(), work).await
}

/// Approve a correction as the second person: the certificate is taken away.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The correction"), Key),
    responses((status = 200, body = CourseCorrectionOut), Decides)
)]
#[post("/course-corrections/{id}/approval")]
pub async fn approve_course_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseCorrectionOut> {
    decide(desk, *id, "course-correction/approval", Verdict::Approve).await
}

/// Refuse a correction as the second person: the result stays what it is.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The correction"), Key),
    responses((status = 200, body = CourseCorrectionOut), Decides)
)]
#[post("/course-corrections/{id}/refusal")]
pub async fn refuse_course_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseCorrectionOut> {
    decide(desk, *id, "course-correction/refusal", Verdict::Refuse).await
}

/// Withdraw a correction by the chapter that asked for it.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The correction"), Key),
    responses((status = 200, body = CourseCorrectionOut), Decides)
)]
#[post("/course-corrections/{id}/withdrawal")]
pub async fn withdraw_course_correction(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseCorrectionOut> {
    decide(desk, *id, "course-correction/withdrawal", Verdict::Withdraw).await
}
