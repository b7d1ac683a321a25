//! `/api/v1/public/courses`: courses that are open to people, as a list and as a calendar to be followed; who passed, by year.

use std::collections::HashMap;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Days, Duration, NaiveDate};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{CACHE_CONTROL as A_WHILE, CACHE_CONTROL_LIST, answer};
use crate::basics::Clock;
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::basics::ical::{Calendar, Event, MEDIA_TYPE, When};
use crate::courses::model::{CourseState, said};
use crate::courses::public::{self, At, Listed};
use crate::db::Db;
use crate::http::sets::{Filters, Searches};
use crate::http::{Cursor, Page, Problem, PublicUrl, Query, Span, rows_a_page};
use crate::tree::{self, Label};

/// Which courses.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicCoursesQuery {
    /// Code of a chapter: its own and those of all that stands below it.
    #[param(example = "68")]
    chapter: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A meeting of a course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicCourseSession {
    /// The day it is on.
    pub day: NaiveDate,
    /// Vietnamese time.
    #[schema(example = "08:00")]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "11:30")]
    pub until: String,
}

/// A course that is open.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicCourse {
    /// By which it is asked for.
    #[schema(example = "68-LT-0001")]
    pub code: String,
    /// Code of the chapter that gives it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Name of that chapter.
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    /// What is taught, as a code.
    #[schema(example = "FIRST_AID_BASIC")]
    pub course_kind: String,
    /// The kind in Vietnamese.
    #[schema(example = "Sơ cấp cứu cơ bản")]
    pub kind_vi: String,
    /// The kind in English.
    #[schema(example = "Basic first aid")]
    pub kind_en: String,
    /// What it is called.
    #[schema(example = "Sơ cấp cứu cơ bản cho thôn xóm")]
    pub title: String,
    /// Where it meets.
    #[schema(example = "Nhà văn hóa thôn 2, xã Hàm Liêm")]
    pub place: String,
    /// How many can take part.
    pub places: i16,
    /// Every place is taken; who comes now waits.
    pub full: bool,
    /// The day of its first session.
    pub first_day: NaiveDate,
    /// The day of its last session.
    pub last_day: NaiveDate,
    /// In their order.
    pub sessions: Vec<PublicCourseSession>,
}

fn labels(conn: &mut PgConnection, rows: &[Listed]) -> Result<HashMap<Uuid, Label>, Problem> {
    Ok(tree::labels(conn, &rows.iter().map(|listed| listed.row.chapter_id).collect::<Vec<_>>())?)
}

fn shown(listed: Listed, labels: &HashMap<Uuid, Label>) -> PublicCourse {
    let Listed { row, kind, sessions } = listed;
    let label = labels.get(&row.chapter_id);
    PublicCourse {
        code: row.code,
        chapter: label.map(|label| label.code.clone()).unwrap_or_default(),
        chapter_name: label.map(|label| label.name.clone()).unwrap_or_default(),
        course_kind: row.kind,
        kind_vi: kind.0,
        kind_en: kind.1,
        title: row.title,
        place: row.place,
        places: row.places,
        full: row.taken >= row.places,
        first_day: row.first_day,
        last_day: row.last_day,
        sessions: sessions
            .into_iter()
            .map(|(_, session)| PublicCourseSession { day: session.day, from: said(session.from), until: said(session.until) })
            .collect(),
    }
}

/// A page of open courses, the first to begin first: what the API and the portal show.
pub fn list(
    conn: &mut PgConnection,
    today: NaiveDate,
    chapter: Option<&str>,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<PublicCourse>, Problem> {
    let after = Cursor::<At>::decode(cursor, &chapter)?.map(|cursor| cursor.last);
    let below = match chapter {
        Some(code) => Some(tree::place(conn, code)?.ok_or_else(no_such_chapter)?.id.0),
        None => None,
    };
    let rows = public::open(conn, today, below, &Span { after, rows: limit + 1 })?;
    let labels = labels(conn, &rows)?;
    Ok(Page::of(rows, limit, &chapter, |listed| (listed.row.first_day, listed.row.id), |listed| shown(listed, &labels)))
}

fn no_such_chapter() -> Problem {
    Problem::field("chapter", "NO_SUCH_CHAPTER", "Không có đơn vị nào mang mã này.", "There is no chapter of this code.")
}

/// Courses that are open, the first to begin first. They name nobody.
#[utoipa::path(
    tag = "public", params(PublicCoursesQuery), responses((status = 200, body = Page<PublicCourse>), Filters), security(()),
    operation_id = "list_public_courses"
)]
#[get("/courses")]
pub async fn list_courses(
    request: HttpRequest,
    Query(query): Query<PublicCoursesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let PublicCoursesQuery { chapter, limit, cursor } = query;
    let (limit, today) = (rows_a_page(limit)?, vietnam_date(clock.now()));
    let list = move |conn: &mut PgConnection| list(conn, today, chapter.as_deref(), cursor.as_deref(), limit);
    answer(&request, &db.read_public(list).await?, CACHE_CONTROL_LIST)
}

/// Days for which what is over stays in the calendar.
const KEPT: Days = Days::new(30);
/// Most courses of a calendar.
const MOST: i64 = 500;

/// Open courses as iCalendar, a session an event, to be followed by a calendar program.
///
/// Times are in UTC. What is called off stays for a month, as CANCELLED.
#[utoipa::path(
    tag = "public",
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = "default", response = crate::http::answers::AnyProblem)
    ),
    security(())
)]
#[get("/courses.ics")]
pub async fn download_courses_calendar(
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let since = vietnam_date(clock.now()) - KEPT;
    let rows = db.read_public(move |conn| -> Result<_, Problem> { Ok(public::for_calendars(conn, since, MOST)?) }).await?;
    let page = public.page("/tinh-nguyen/khoa-hoc");
    let site = page.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned();
    let events = rows.iter().flat_map(|listed| events(listed, &site, &page)).collect();
    let calendar = Calendar { name: "Hội Chữ thập đỏ: khóa học".to_owned(), events };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((CACHE_CONTROL, A_WHILE))
        .body(calendar.written()))
}

fn events<'a>(listed: &'a Listed, site: &'a str, page: &'a str) -> impl Iterator<Item = Event> + 'a {
    let row = &listed.row;
    listed.sessions.iter().map(move |(n, session)| {
        let midnight = vietnam_midnight(session.day);
        let at = |minute: i16| midnight + Duration::minutes(i64::from(minute));
        Event {
            uid: format!("{}.{n}@{site}", row.code),
            when: When::Between(at(session.from), at(session.until)),
            summary: format!("{} ({})", row.title, row.code),
            location: Some(row.place.clone()),
            description: Some(listed.kind.0.clone()),
            url: Some(format!("{page}#{}", row.code)),
            sequence: row.version,
            changed_at: row.changed_at,
            cancelled: row.state == CourseState::Cancelled.name(),
        }
    })
}

/// Whose courses.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoursesToldQuery {
    /// Code of the chapter; all that stands below it counts as well.
    #[param(example = "68")]
    chapter: String,
}

/// Who passed courses of some areas of the law in a year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CoursesTold {
    /// The year in which courses were over.
    #[schema(example = 2026)]
    pub year: i32,
    /// The areas that are counted together; `SOCIETY` is what serves the society itself.
    #[schema(example = json!(["FIRST_AID"]))]
    pub areas: Vec<String>,
    /// How many passed.
    pub passed: i32,
}

/// Years that are shown, the newest.
const YEARS: usize = 10;

/// How many passed courses in each year that is over, at a chapter and all that stands below it, by area of the law.
///
/// Told once, a month after the year ends. A chapter with fewer than five, or whose figure would give away that of such a one, says
/// nothing.
#[utoipa::path(
    tag = "public", params(CoursesToldQuery), responses((status = 200, body = Vec<CoursesTold>), Searches), security(())
)]
#[get("/course-counts")]
pub async fn list_courses_told(
    request: HttpRequest,
    Query(query): Query<CoursesToldQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let told = db
        .read_public(move |conn| -> Result<_, Problem> {
            let place = tree::place(conn, &query.chapter)?.ok_or_else(Problem::not_found)?;
            Ok(public::years(conn, place.id.0, YEARS)?)
        })
        .await?;
    let rows = told
        .into_iter()
        .flat_map(|told| told.groups.into_iter().map(move |(areas, passed)| CoursesTold { year: told.year, areas, passed }));
    answer(&request, &rows.collect::<Vec<_>>(), A_WHILE)
}
