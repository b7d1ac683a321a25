//! `/api/v1/public/activities`, `…/activities.ics`, `…/activity-counts`, campaigns and movements: what chapters do, for everybody.

use actix_web::http::header::{CACHE_CONTROL as CACHE, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Datelike, Days, NaiveDate};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::appeals;
use super::{CACHE_CONTROL, CACHE_CONTROL_LIST, answer};
use crate::activities::model::ActivityState;
use crate::activities::shown::{self, PublicActivity, PublicActivityCount, Wanted};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::basics::ical::{Calendar, Event, MEDIA_TYPE, When};
use crate::campaigns::movements::{self, HumanitarianMovementOut};
use crate::campaigns::shown::{self as campaigns, PublicCampaign};
use crate::campaigns::store as campaign_store;
use crate::chapters::reference::CENTRAL;
use crate::chapters::store as chapters;
use crate::chapters::things::Thing;
use crate::db::Db;
use crate::drives::DriveState;
use crate::drives::public::{self as drives, ListedRow};
use crate::giving::appeals as giving;
use crate::http::answers::AnyProblem;
use crate::http::sets::{Filters, Searches, Shows};
use crate::http::{Cursor, Page, Problem, PublicUrl, Query, rows_a_page};
use crate::tree;

/// Most events of one calendar.
const MOST_EVENTS: i64 = 1_000;
/// How long what is over stays in the calendar, in days.
const BACK: Days = Days::new(60);

/// Which activities.
#[derive(Debug, Clone, Default, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicActivitiesQuery {
    /// Code of a chapter: those that it leads, or one below it; the whole country unless given.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// Only those of an area of the law.
    #[param(example = "FIRST_AID")]
    pub area: Option<String>,
    /// Only those of a movement.
    #[param(example = "TET_NHAN_AI")]
    pub movement: Option<String>,
    /// Only those of a campaign.
    pub campaign: Option<Uuid>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// The chapter of a code as a filter; one that there is not is not found.
fn below(conn: &mut PgConnection, code: Option<&str>) -> Result<Option<Uuid>, Problem> {
    match code {
        None => Ok(None),
        Some(code) => Ok(Some(tree::place(conn, code)?.ok_or_else(Problem::not_found)?.id.0)),
    }
}

/// A page of activities, the latest first: what the API and the portal show.
pub fn list(conn: &mut PgConnection, query: &PublicActivitiesQuery) -> Result<Page<PublicActivity>, Problem> {
    let limit = rows_a_page(query.limit)?;
    let wanted = Wanted {
        below: below(conn, query.chapter.as_deref())?,
        area: query.area.clone(),
        movement: query.movement.clone(),
        campaign: query.campaign,
    };
    let after = Cursor::<(NaiveDate, Uuid)>::decode(query.cursor.as_deref(), &wanted)?.map(|cursor| cursor.last);
    let mut rows = shown::list(conn, &wanted, after, limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or_default() > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let last = rows.last().filter(|_| more).map(|row| (row.starts_on, row.id));
    Ok(Page::walked(shown::out(conn, rows)?, last, &wanted))
}

/// Activities that everybody may see, planned and done, the latest first.
#[utoipa::path(
    tag = "public", params(PublicActivitiesQuery), responses((status = 200, body = Page<PublicActivity>), Searches), security(()),
    operation_id = "list_public_activities"
)]
#[get("/activities")]
pub async fn list_activities(
    request: HttpRequest,
    Query(query): Query<PublicActivitiesQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let page = db.read_public(move |conn| list(conn, &query)).await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// One activity, however its code is typed.
pub fn one(conn: &mut PgConnection, typed: &str) -> Result<PublicActivity, Problem> {
    let code = Thing::Activity.read(typed).ok_or_else(Problem::not_found)?;
    let row = shown::one(conn, &code)?.ok_or_else(Problem::not_found)?;
    shown::out(conn, vec![row])?.pop().ok_or_else(Problem::not_found)
}

/// One activity by its code.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, description = "Code of the activity, in whatever way it is typed", example = "68-NV-0001")),
    responses((status = 200, body = PublicActivity), Shows), security(()), operation_id = "show_public_activity"
)]
#[get("/activities/{code}")]
pub async fn show_activity(request: HttpRequest, code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| one(conn, &code)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}

/// Which calendar.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    /// Code of a chapter: those that it leads, or one below it; the whole country unless given.
    #[param(example = "68")]
    chapter: Option<String>,
    /// Only those of a movement.
    #[param(example = "TET_NHAN_AI")]
    movement: Option<String>,
}

/// An activity in a calendar. Its address and its name there are those of this installation.
fn event(activity: PublicActivity, url: &PublicUrl) -> Event {
    let page = url.page(&format!("/hoat-dong/{}", activity.code));
    let host = page.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Event {
        uid: format!("{}@{host}", activity.code),
        when: When::Days(activity.starts_on, activity.ends_on),
        summary: activity.title,
        location: Some(activity.place),
        description: activity.cancelled_reason.or(activity.plan),
        sequence: activity.version,
        changed_at: activity.changed_at,
        cancelled: activity.state == ActivityState::Cancelled,
        url: Some(page),
    }
}

fn calendar(conn: &mut PgConnection, query: &CalendarQuery, today: NaiveDate, url: &PublicUrl) -> Result<Calendar, Problem> {
    let wanted = Wanted { below: below(conn, query.chapter.as_deref())?, movement: query.movement.clone(), ..Wanted::default() };
    let rows = shown::from_day(conn, &wanted, today - BACK, MOST_EVENTS)?;
    let of = match &query.chapter {
        Some(code) => chapters::names(conn, &[code])?.remove(code).unwrap_or_default(),
        None => "Hội Chữ thập đỏ Việt Nam".to_owned(),
    };
    let events = shown::out(conn, rows)?.into_iter().map(|activity| event(activity, url)).collect();
    Ok(Calendar { name: format!("Hoạt động – {of}"), events })
}

/// Activities as a calendar that others follow (iCalendar): from two months ago on. What is called off stays, as cancelled.
#[utoipa::path(
    tag = "public", params(CalendarQuery),
    responses((status = 200, content_type = "text/calendar", body = String, description = "One event an activity"), Searches),
    security(())
)]
#[get("/activities.ics")]
pub async fn activities_calendar(
    Query(query): Query<CalendarQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    url: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let text = db.read_public(move |conn| calendar(conn, &query, today, &url)).await?.written();
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, MEDIA_TYPE)).insert_header((CACHE, CACHE_CONTROL)).body(text))
}

/// Of which chapter and year.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActivityYearQuery {
    /// Code of a chapter, with everything below it; the whole country unless given.
    #[param(example = "68")]
    chapter: Option<String>,
    /// This year, unless given.
    #[param(minimum = 1946, maximum = 2200, example = 2026)]
    year: Option<i32>,
}

/// What was done in a year. Activities that reached fewer than five people are counted, and their people are in no sum, so that nothing
/// said here or elsewhere gives them away.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicActivityYear {
    /// Code of the chapter.
    #[schema(example = "68")]
    pub chapter: String,
    #[schema(example = 2026)]
    pub year: i32,
    /// By area of the law; areas without any are left out.
    pub by_area: Vec<PublicActivityCount>,
}

/// What a chapter and all below it did in a year.
pub fn year(conn: &mut PgConnection, chapter: &str, year: i32) -> Result<PublicActivityYear, Problem> {
    let place = tree::place(conn, chapter)?.ok_or_else(Problem::not_found)?;
    Ok(PublicActivityYear { by_area: shown::of_year(conn, place.id.0, year)?, chapter: place.code, year })
}

/// Activities of a year by area, each once, under the chapter that leads it.
#[utoipa::path(
    tag = "public", params(ActivityYearQuery), responses((status = 200, body = PublicActivityYear), Searches), security(())
)]
#[get("/activity-counts")]
pub async fn count_activities_of_year(
    request: HttpRequest,
    Query(query): Query<ActivityYearQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let asked = query.year.unwrap_or_else(|| vietnam_date(clock.now()).year());
    if !(1946..=2200).contains(&asked) {
        return Err(Problem::field("year", "OUT_OF_RANGE", "Năm từ 1946 đến 2200.", "year is 1946 to 2200."));
    }
    let chapter = query.chapter.unwrap_or_else(|| CENTRAL.to_owned());
    let out = db.read_public(move |conn| year(conn, &chapter, asked)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}

/// Every movement there is or was, with its editions by year.
#[utoipa::path(
    tag = "public", responses((status = 200, body = Vec<HumanitarianMovementOut>), (status = "default", response = AnyProblem)), security(()),
    operation_id = "list_public_humanitarian_movements"
)]
#[get("/movements")]
pub async fn list_humanitarian_movements(request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let out = db.read_public(|conn| -> Result<_, Problem> { Ok(movements::all(conn)?) }).await?;
    answer(&request, &out, CACHE_CONTROL)
}

/// Where in the list of campaigns.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CampaignsQuery {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Campaigns, open and closed, the newest first.
#[utoipa::path(
    tag = "public", params(CampaignsQuery), responses((status = 200, body = Page<PublicCampaign>), Filters), security(()),
    operation_id = "list_public_campaigns"
)]
#[get("/campaigns")]
pub async fn list_campaigns(
    request: HttpRequest,
    Query(query): Query<CampaignsQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let limit = rows_a_page(query.limit)?;
    let page = db
        .read_public(move |conn| -> Result<_, Problem> {
            let after = Cursor::<(NaiveDate, Uuid)>::decode(query.cursor.as_deref(), &"campaigns")?.map(|cursor| cursor.last);
            let rows = campaigns::list(conn, after, limit + 1)?;
            let codes = tree::codes(conn, rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
            let mut rows = rows;
            let more = i64::try_from(rows.len()).unwrap_or_default() > limit;
            rows.truncate(usize::try_from(limit).unwrap_or_default());
            let last = rows.last().filter(|_| more).map(|row| (row.starts_on, row.id));
            Ok(Page::walked(rows.into_iter().filter_map(|row| row.out(&codes)).collect(), last, &"campaigns"))
        })
        .await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// A campaign with what it groups.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicCampaignDetail {
    #[serde(flatten)]
    pub campaign: PublicCampaign,
    /// What its appeals received so far, added up from the books: it holds no money of its own.
    pub received_vnd: i64,
    /// In how many gifts.
    pub gift_count: i64,
    /// Its appeals, by code.
    pub appeals: Vec<CampaignAppeal>,
    /// Its blood drives, the first to begin first.
    pub drives: Vec<CampaignDrive>,
}

/// A blood drive of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignDrive {
    #[schema(example = "68-HM-0001")]
    pub code: String,
    #[schema(example = "Ngày hội hiến máu xã Hàm Liêm")]
    pub title: String,
    /// The day it is on.
    pub day: NaiveDate,
    /// How it stands.
    pub state: DriveState,
}

/// An appeal of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignAppeal {
    #[schema(example = "TET-2027")]
    pub code: String,
    #[schema(example = "Tết Nhân ái Đinh Mùi")]
    pub title: String,
    /// What it received so far, in đồng.
    pub received_vnd: i64,
    /// In how many gifts.
    pub gift_count: i64,
}

/// One campaign, with its appeals and what they received.
pub fn campaign(conn: &mut PgConnection, id: Uuid) -> Result<PublicCampaignDetail, Problem> {
    let row = campaigns::one(conn, id)?.ok_or_else(Problem::not_found)?;
    let codes = tree::codes(conn, [row.chapter_id])?;
    let ids: Vec<Uuid> = campaign_store::appeals_of(conn, &[id])?.into_iter().map(|(_, appeal)| appeal).collect();
    let mut named: Vec<String> = giving::named(conn, &ids)?.into_values().map(|(code, _)| code).collect();
    named.sort();
    let received = appeals::received(conn)?;
    let mut of = Vec::with_capacity(named.len());
    for code in named {
        // An appeal that is grouped is public.
        let Some(title) = appeals::title(conn, &code)? else { continue };
        let sum = received.get(&code).copied().unwrap_or_default();
        of.push(CampaignAppeal { code, title, received_vnd: sum.received_vnd, gift_count: sum.gift_count });
    }
    let codes_of_drives: Vec<String> = campaign_store::drives_of(conn, &[id])?.into_iter().map(|(_, drive)| drive).collect();
    let drive = |row: ListedRow| {
        Some(CampaignDrive { state: DriveState::parse(&row.state)?, code: row.code, title: row.title, day: row.day })
    };
    Ok(PublicCampaignDetail {
        drives: drives::by_codes(conn, &codes_of_drives)?.into_iter().filter_map(drive).collect(),
        campaign: row.out(&codes).ok_or_else(Problem::not_found)?,
        received_vnd: of.iter().map(|appeal| appeal.received_vnd).sum(),
        gift_count: of.iter().map(|appeal| appeal.gift_count).sum(),
        appeals: of,
    })
}

/// One campaign, with its appeals and what they received.
#[utoipa::path(
    tag = "public", params(("id" = Uuid, Path, description = "The campaign")),
    responses((status = 200, body = PublicCampaignDetail), Shows), security(()), operation_id = "show_public_campaign"
)]
#[get("/campaigns/{id}")]
pub async fn show_campaign(request: HttpRequest, id: web::Path<Uuid>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| campaign(conn, *id)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
