//! `/api/v1/courses`, `/api/v1/course-kinds`, `/api/v1/course-counts`: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::CourseState;
use super::out::{CourseCounts, CourseKindOut, CourseOut};
use super::wire::{CourseAttendanceIn, CourseCancellationIn, CourseClosingIn, CourseIn, CoursePatch};
use super::{counts, plan, results, show, store};
use crate::authz::{Desk, Read, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Decides, Key, Lists, Own, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_course_kinds)
        .service(plan_course)
        .service(list_courses)
        .service(show_course)
        .service(change_course)
        .service(open_course)
        .service(call_course_off)
        .service(note_course_attendance)
        .service(close_course)
        .service(count_courses);
}

/// What is taught today, and for how long certificates are good.
#[utoipa::path(tag = "courses", responses((status = 200, body = Vec<CourseKindOut>), Own))]
#[get("/course-kinds")]
pub async fn list_course_kinds(desk: Desk) -> Answer<Vec<CourseKindOut>> {
    desk.read(|v| Ok(show::kinds(v)?)).await.map(Reply::ok)
}

/// Plan a course of a chapter, as who keeps its people.
///
/// It has a code of its own from now on (`68-LT-0001`). Sent again, it is planned once.
#[utoipa::path(
    tag = "courses", request_body = CourseIn,
    responses((status = 201, body = CourseOut), (status = 200, body = CourseOut, description = "Was planned already"), Writes)
)]
#[post("/courses")]
pub async fn plan_course(desk: Desk, Body(body): Body<CourseIn>) -> Answer<CourseOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = plan::make(v, &body, &new)?;
        Ok((show::course(v, body.id)?, made))
    };
    let ((course, version), made) = desk.tx(work).await?;
    Ok(Reply::made((course, made)).with(version_tag(version)))
}

/// Which courses.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoursesQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only those that stand so.
    state: Option<CourseState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a list of courses is of.
#[derive(Debug, Clone, Serialize)]
struct CoursesOf {
    chapter: String,
    state: Option<CourseState>,
}

/// The courses of a chapter in the order in which they were planned. They name nobody.
#[utoipa::path(tag = "courses", params(CoursesQuery), responses((status = 200, body = Page<CourseOut>), Lists))]
#[get("/courses")]
pub async fn list_courses(desk: Desk, Query(query): Query<CoursesQuery>) -> Answer<Page<CourseOut>> {
    let of = CoursesOf { chapter: query.chapter, state: query.state };
    desk.list(
        Paging::<_, (DateTime<Utc>, Uuid)>::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let (here, _) = v.see_code::<Read>(&of.chapter)?;
            Ok(store::list(v.conn, &here, of.state, &span)?)
        },
        |row| (row.recorded_at, row.id),
        |v, rows| Ok(show::courses(v, rows)?),
    )
    .await
}

/// One course. Who teaches it is shown to those who see the chapter's people, which is noted in the audit trail.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course")), responses((status = 200, body = CourseOut), Acts)
)]
#[get("/courses/{id}")]
pub async fn show_course(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseOut> {
    let (course, version) = desk.tx(move |v| Ok(show::course(v, *id)?)).await?;
    Ok(Reply::ok(course).with(version_tag(version)))
}

/// Change a course that is planned or open. Send the `ETag` you read as `If-Match`.
///
/// Who has a place keeps it, and is told of another day or place. More places: who waits moves up.
#[utoipa::path(
    tag = "courses",
    params(("id" = Uuid, Path, description = "The course"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = CoursePatch, responses((status = 200, body = CourseOut), Writes)
)]
#[patch("/courses/{id}")]
pub async fn change_course(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<CoursePatch>,
) -> Answer<CourseOut> {
    let expected = if_match(&request)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::change(v, *id, &expected, body)?;
        Ok(show::course(v, *id)?)
    };
    let (course, version) = desk.tx(work).await?;
    Ok(Reply::ok(course).with(version_tag(version)))
}

/// Open a course: people may be enrolled, and everybody sees it if it is listed.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course"), Key),
    responses((status = 200, body = CourseOut), Decides)
)]
#[post("/courses/{id}/opening")]
pub async fn open_course(desk: Desk, id: web::Path<Uuid>) -> Answer<CourseOut> {
    let content = id.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::open(v, *id)?;
        Ok(show::course(v, *id)?.0)
    };
    desk.once("course/opening", content, work).await
}

/// Call a course off. Whoever had a place or waited is told.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course"), Key), request_body = CourseCancellationIn,
    responses((status = 200, body = CourseOut), Writes)
)]
#[post("/courses/{id}/cancellation")]
pub async fn call_course_off(desk: Desk, id: web::Path<Uuid>, Body(body): Body<CourseCancellationIn>) -> Answer<CourseOut> {
    let content = format!("{id} {}", body.why);
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::call_off(v, *id, body.why)?;
        Ok(show::course(v, *id)?.0)
    };
    desk.once("course/cancellation", content, work).await
}

/// Note who was there at a session. Said again, it is as it was said last.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course"), Key), request_body = CourseAttendanceIn,
    responses((status = 200, body = CourseOut), Writes)
)]
#[post("/courses/{id}/attendance")]
pub async fn note_course_attendance(desk: Desk, id: web::Path<Uuid>, Body(body): Body<CourseAttendanceIn>) -> Answer<CourseOut> {
    let content = format!("{id} {body:?}");
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        results::attend(v, *id, &body)?;
        Ok(show::course(v, *id)?.0)
    };
    desk.once("course/attendance", content, work).await
}

/// Close a course with the results of everybody who had a place. Who passed has a certificate from then on.
#[utoipa::path(
    tag = "courses", params(("id" = Uuid, Path, description = "The course"), Key), request_body = CourseClosingIn,
    responses((status = 200, body = CourseOut), Writes)
)]
#[post("/courses/{id}/closing")]
pub async fn close_course(desk: Desk, id: web::Path<Uuid>, Body(body): Body<CourseClosingIn>) -> Answer<CourseOut> {
    let content = format!("{id} {body:?}");
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        results::close(v, *id, &body.results)?;
        Ok(show::course(v, *id)?.0)
    };
    desk.once("course/closing", content, work).await
}

/// What to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CourseCountsQuery {
    /// Code of the chapter; all that stands below it counts as well.
    #[param(example = "68")]
    chapter: String,
    /// The year in which courses were over; this year unless given.
    #[param(example = 2026)]
    year: Option<i32>,
}

/// What was taught in a year, by kind, and how many officers were among those who passed: counts, and no person.
#[utoipa::path(tag = "courses", params(CourseCountsQuery), responses((status = 200, body = CourseCounts), Lists))]
#[get("/course-counts")]
pub async fn count_courses(desk: Desk, Query(query): Query<CourseCountsQuery>) -> Answer<CourseCounts> {
    desk.read(move |v| Ok(counts::of(v, &query.chapter, query.year)?)).await.map(Reply::ok)
}
