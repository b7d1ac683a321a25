//! `/api/v1/volunteer-hours`, `/api/v1/volunteer-hour-sums`: thin handlers.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::hours_wire::{CorrectionIn, HoursAnswer, HoursIn, HoursOut};
use super::sums::{self, VolunteerHourSums};
use super::worked::{self, At, Wanted};
use crate::authz::{Desk, Visit};
use crate::http::sets::{Key, Lists, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(enter_volunteer_hours)
        .service(list_volunteer_hours)
        .service(correct_volunteer_hours)
        .service(sum_volunteer_hours);
}

/// Which hours to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HoursQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only this volunteer's.
    volunteer: Option<Uuid>,
    /// Only of this year.
    #[param(example = 2026, minimum = 1946, maximum = 9000)]
    year: Option<i32>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What to add up.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HourSumsQuery {
    /// Code of the chapter; all that stands below it counts as well.
    #[param(example = "68")]
    chapter: String,
    #[param(example = 2026, minimum = 1946, maximum = 9000)]
    year: i32,
}

/// Enter what volunteers of a chapter did together: whoever enters it confirms it.
///
/// Of each volunteer it is said what became of it; what is sent again is entered once. Nobody works twice at a time for one chapter (`OVERLAPS`). Where another chapter has entered the same person for that time, both keep it
/// and are told so, and not where.
#[utoipa::path(tag = "volunteers", request_body = HoursIn, responses((status = 200, body = HoursAnswer), Writes))]
#[post("/volunteer-hours")]
pub async fn enter_volunteer_hours(desk: Desk, Body(body): Body<HoursIn>) -> Answer<HoursAnswer> {
    let new = body.check().map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> { Ok(worked::enter(v, &body, &new)?) };
    desk.tx(work).await.map(|items| Reply::ok(HoursAnswer { items }))
}

/// The hours that a chapter has entered, the oldest first, those that were corrected too. Every page is noted in the audit trail.
#[utoipa::path(tag = "volunteers", params(HoursQuery), responses((status = 200, body = Page<HoursOut>), Records))]
#[get("/volunteer-hours")]
pub async fn list_volunteer_hours(desk: Desk, Query(query): Query<HoursQuery>) -> Answer<Page<HoursOut>> {
    if query.year.is_some_and(|year| !(1946..=9_000).contains(&year)) {
        return Err(Problem::field("year", "OUT_OF_RANGE", "Năm có 4 chữ số.", "A year has four digits."));
    }
    let wanted = Wanted { volunteer: query.volunteer, year: query.year };
    let paging = Paging::<_, At>::of((query.chapter, query.volunteer, query.year), query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = worked::list(v, &paging.filter.0, &wanted, &paging.span::<HoursOut>()?)?;
        paging.page(rows, |row| row.0, |rows| Ok(rows.into_iter().map(|row| row.1).collect()))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Lay hours aside with a reason, and enter others in their place, if any were worked. What was entered long ago stays.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The hours"), Key), request_body = CorrectionIn,
    responses((status = 200, body = HoursOut), Writes)
)]
#[post("/volunteer-hours/{id}/correction")]
pub async fn correct_volunteer_hours(desk: Desk, id: web::Path<Uuid>, Body(body): Body<CorrectionIn>) -> Answer<HoursOut> {
    let (reason, new) = body.check().map_err(Problem::invalid)?;
    let content = format!("{id} {body:?}");
    // Done again it answers as the first time.
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> { Ok(worked::correct(v, *id, &body, &reason, new.as_ref())?) };
    desk.once("volunteer-hours/correction", content, work).await
}

/// What the volunteers of a chapter, and of all below it, worked in a year, for those who read the chapter's books: sums, and no person.
#[utoipa::path(tag = "volunteers", params(HourSumsQuery), responses((status = 200, body = VolunteerHourSums), Lists))]
#[get("/volunteer-hour-sums")]
pub async fn sum_volunteer_hours(desk: Desk, Query(query): Query<HourSumsQuery>) -> Answer<VolunteerHourSums> {
    desk.read(move |v| Ok(sums::of_chapter(v, &query.chapter, query.year)?)).await.map(Reply::ok)
}
