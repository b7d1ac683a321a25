//! `/api/v1/public/drives`: blood drives that are open, as a list and as a calendar to be followed; and booking a place, which is written
//! here. Whoever books learns nothing of whom the house knows.

use std::collections::HashMap;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{CACHE_CONTROL as A_WHILE, CACHE_CONTROL_LIST, answer};
use crate::basics::clock::vietnam_date;
use crate::basics::ical::{Calendar, Event, MEDIA_TYPE, When};
use crate::basics::{Clock, PublicCode};
use crate::chapters::things::Thing;
use crate::db::{Db, DbError};
use crate::drives::intake::{Answered, Ask, Intake};
use crate::drives::model::{BookingTaken, Content, DriveState, PlacesLeft, Slot};
use crate::drives::public::{self, At, Listed, Of};
use crate::drives::rules::{self, ConsentText};
use crate::drives::typed::{Ready, Typed, Wanted};
use crate::drives::words::time;
use crate::http::sets::{Filters, Sends, Shows};
use crate::http::{Allowance, Answer, Body, Class, Cursor, Kind, Page, Problem, PublicUrl, Query, Reply, Span, rows_a_page};
use crate::tree::{self, Label};
use crate::vault::Vault;

/// Which drives.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PublicDrivesQuery {
    /// Code of a chapter: its own and those of all that stands below it.
    #[param(example = "68")]
    chapter: Option<String>,
    /// From this day on; today unless given.
    from: Option<NaiveDate>,
    /// Until this day.
    until: Option<NaiveDate>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A part of the day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicDriveSlot {
    /// By which it is chosen.
    pub n: i16,
    /// Vietnamese time.
    #[schema(example = "07:30")]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "08:00")]
    pub until: String,
    /// Whether there is a place.
    pub left: PlacesLeft,
}

/// A drive.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicDrive {
    /// By which it is asked for.
    #[schema(example = "68-HM-0001")]
    pub code: String,
    /// Code of the chapter that holds it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Name of that chapter.
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    /// Who collects, in Vietnamese.
    #[schema(example = "Bệnh viện Đa khoa tỉnh Bình Thuận")]
    pub centre_vi: String,
    /// Who collects, in English.
    #[schema(example = "Bình Thuận General Hospital")]
    pub centre_en: String,
    /// What it is called.
    #[schema(example = "Ngày hội hiến máu xã Hàm Liêm")]
    pub title: String,
    /// Where: the site and its address.
    #[schema(example = "Nhà văn hóa xã Hàm Liêm")]
    pub site: String,
    /// The day it is on.
    #[schema(example = "2027-06-14")]
    pub day: NaiveDate,
    /// How it stands.
    pub state: DriveState,
    /// How many it can receive.
    #[schema(example = 120)]
    pub places: i32,
    /// Every place is taken; who comes now waits while the list has room.
    pub full: bool,
    /// In their order.
    pub slots: Vec<PublicDriveSlot>,
}

/// What drives are shown with.
struct Around {
    labels: HashMap<Uuid, Label>,
    few: i16,
}

fn around(conn: &mut PgConnection, rows: &[Listed], today: NaiveDate) -> Result<Around, DbError> {
    let labels = tree::labels(conn, &rows.iter().map(|listed| listed.row.chapter_id).collect::<Vec<_>>())?;
    let few = rules::number(conn, rules::FEW_PLACES, today)?;
    Ok(Around { labels, few: i16::try_from(few).unwrap_or(i16::MAX) })
}

fn shown(listed: Listed, around: &Around) -> Option<PublicDrive> {
    let state = listed.state()?;
    let Listed { row, centre, slots } = listed;
    let label = around.labels.get(&row.chapter_id);
    let (centre_vi, centre_en) = centre.map(|centre| (centre.vi, centre.en)).unwrap_or_default();
    let slot =
        |slot: &Slot| PublicDriveSlot { n: slot.n, from: time(slot.from), until: time(slot.until), left: slot.left(around.few) };
    Some(PublicDrive {
        code: row.code,
        chapter: label.map(|label| label.code.clone()).unwrap_or_default(),
        chapter_name: label.map(|label| label.name.clone()).unwrap_or_default(),
        centre_vi,
        centre_en,
        title: row.title,
        site: row.site,
        day: row.day,
        state,
        places: slots.iter().map(|slot| i32::from(slot.places)).sum(),
        full: slots.iter().all(|slot| slot.free() == 0),
        slots: slots.iter().map(slot).collect(),
    })
}

/// Which drives a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Asked {
    pub chapter: Option<String>,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// A page of drives, the first to begin first: what the API and the portal show.
pub fn list(
    conn: &mut PgConnection,
    today: NaiveDate,
    asked: &Asked,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<PublicDrive>, Problem> {
    let after = Cursor::<At>::decode(cursor, asked)?.map(|cursor| cursor.last);
    let below = match &asked.chapter {
        Some(code) => Some(tree::place(conn, code)?.ok_or_else(no_such_chapter)?.id.0),
        None => None,
    };
    // What is over is told elsewhere.
    let of = Of { from: asked.from.unwrap_or(today).max(today), until: asked.until, below };
    let rows = public::open(conn, &of, &Span { after, rows: limit + 1 })?;
    let around = around(conn, &rows, today)?;
    let page = Page::of(rows, limit, asked, |listed| (listed.row.day, listed.row.id), |listed| shown(listed, &around));
    Ok(Page { items: page.items.into_iter().flatten().collect(), next: page.next })
}

fn no_such_chapter() -> Problem {
    Problem::field("chapter", "NO_SUCH_CHAPTER", "Không có đơn vị nào mang mã này.", "There is no chapter of this code.")
}

/// One drive, however its code is typed.
pub fn one(conn: &mut PgConnection, today: NaiveDate, code: &str) -> Result<PublicDrive, Problem> {
    let found: Vec<Listed> = public::one(conn, code)?.into_iter().collect();
    let around = around(conn, &found, today)?;
    found.into_iter().next().and_then(|listed| shown(listed, &around)).ok_or_else(Problem::not_found)
}

/// The drive to which a code on paper leads.
pub fn of_booking(conn: &mut PgConnection, code: &PublicCode) -> Result<Option<String>, DbError> {
    public::of_booking(conn, code)
}

/// Blood drives that people can book, or that are going on, the first to begin first. They name nobody.
#[utoipa::path(
    tag = "public", params(PublicDrivesQuery), responses((status = 200, body = Page<PublicDrive>), Filters), security(()),
    operation_id = "list_public_drives"
)]
#[get("/drives")]
pub async fn list_drives(
    request: HttpRequest,
    Query(query): Query<PublicDrivesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let PublicDrivesQuery { chapter, from, until, limit, cursor } = query;
    let (limit, today) = (rows_a_page(limit)?, vietnam_date(clock.now()));
    let asked = Asked { chapter, from, until };
    let list = move |conn: &mut PgConnection| list(conn, today, &asked, cursor.as_deref(), limit);
    answer(&request, &db.read_public(list).await?, CACHE_CONTROL_LIST)
}

/// One blood drive, however its code is typed.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    responses((status = 200, body = PublicDrive), Shows), security(()), operation_id = "show_public_drive"
)]
#[get("/drives/{code}")]
pub async fn show_drive(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let drive = db.read_public(move |conn| one(conn, today, &code)).await?;
    answer(&request, &drive, CACHE_CONTROL_LIST)
}

/// Days for which what is over stays in the calendar.
const KEPT: Days = Days::new(30);
/// Most drives of a calendar.
const MOST: i64 = 500;

/// Blood drives as iCalendar, to be followed by a calendar program.
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
#[get("/drives.ics")]
pub async fn download_drives_calendar(
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let since = vietnam_date(clock.now()) - KEPT;
    let rows = db.read_public(move |conn| -> Result<_, Problem> { Ok(public::for_calendars(conn, since, MOST)?) }).await?;
    let home = public.page("/");
    let site = home.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default().to_owned();
    let events = rows.iter().filter_map(|listed| event(listed, &site, &public)).collect();
    let calendar = Calendar { name: "Hội Chữ thập đỏ: hiến máu".to_owned(), events };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((CACHE_CONTROL, A_WHILE))
        .body(calendar.written()))
}

/// One event a drive, from its first slot to the end of its last.
fn event(listed: &Listed, site: &str, public: &PublicUrl) -> Option<Event> {
    let row = &listed.row;
    let (first, last) = (listed.slots.first()?, listed.slots.last()?);
    Some(Event {
        uid: format!("{}@{site}", row.code),
        when: When::Between(first.begins(row.day), last.ends(row.day)),
        summary: format!("{} ({})", row.title, row.code),
        location: Some(row.site.clone()),
        description: listed.centre.as_ref().map(|centre| centre.vi.clone()),
        url: Some(public.page(&format!("/hien-mau/{}", row.code))),
        sequence: row.version,
        changed_at: row.changed_at,
        cancelled: listed.state() == Some(DriveState::Cancelled),
    })
}

/// Longest body of a booking.
const LIMIT: usize = 4_096;

/// Somebody who would like to give blood.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicBookingIn {
    /// Family name first.
    #[schema(example = "Nguyễn Văn Bình", max_length = 100)]
    name: String,
    /// A telephone number or a mail address, to which the link to the booking is sent.
    #[schema(example = "0912345678", max_length = 254)]
    contact: String,
    /// When (`n` of a slot); any that is free unless given.
    #[serde(default)]
    #[schema(minimum = 1, example = 3)]
    slot: Option<i16>,
    /// Version of the text they agree to (`GET /public/booking-consent-texts`).
    #[schema(example = 1)]
    consent: i16,
}

/// How the drive stands for somebody who comes now. The same answer whether the house knows them or not.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicBookingTaken {
    /// Of `HELD` and `WAITING` a message with a link tells the rest, and until when a place that is kept is to be confirmed; of `FULL` nothing
    /// is kept.
    pub state: BookingTaken,
}

/// Gives somebody what there is of a drive.
pub async fn book(intake: &Intake, vault: &Vault, typed: &str, wanted: Wanted) -> Result<BookingTaken, Problem> {
    let code = Thing::Drive.read(typed).ok_or_else(Problem::not_found)?;
    // Answered from memory, before anything is sealed.
    if intake.is_full(&code) {
        return Ok(BookingTaken::Full);
    }
    let who = Content { name: wanted.name.as_str().to_owned(), contact: wanted.address.as_str().to_owned(), birth: None };
    let ready = Ready::of(vault, &who).map_err(Problem::internal)?;
    let ask = Ask { code, slot: wanted.slot, text_version: wanted.text_version, ready };
    match intake.book(ask).await.map_err(|not| Problem::unavailable(not.again_after()))? {
        Answered::Taken(taken) => Ok(taken),
        Answered::OtherSlot => Err(Problem::field(
            "/slot",
            "NOT_A_CHOICE",
            "Khung giờ này vừa hết chỗ: hãy chọn khung giờ khác.",
            "All places of this slot are taken: choose another.",
        )),
        Answered::NoSlot => Err(Problem::field(
            "/slot",
            "NOT_A_CHOICE",
            "Không có khung giờ này: hãy chọn một khung giờ trong danh sách.",
            "There is no such slot: choose one of the list.",
        )),
        Answered::OldText => Err(Problem::field(
            "/consent",
            "OUT_OF_RANGE",
            "Bản văn đồng ý đã thay đổi: hãy đọc bản đang áp dụng rồi gửi lại.",
            "The text of consent has changed: read the one in force and send this again.",
        )),
        Answered::NotOpen => Err(Problem::say(
            Kind::Conflict,
            "Ngày hiến máu này không nhận đặt chỗ: đã bắt đầu, đã qua hoặc đã hủy.",
            "This drive takes no bookings: it has begun, is over, or is called off.",
        )),
        Answered::NoDrive => Err(Problem::not_found()),
    }
}

/// Book a place of a blood drive, without an account.
///
/// A link is sent to the number or address, by which they say that they come, change the slot or give the place up. Who does not say so in
/// time (a day, and before the slot begins) loses the place to the next. Who comes when all is taken waits, and moves up by itself. The answer is the same for whomever the house knows and for everybody else.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, description = "Code of the drive", example = "68-HM-0001")),
    request_body = PublicBookingIn,
    responses(
        (status = 202, body = PublicBookingTaken, description = "How the drive stands for somebody who comes now"),
        (status = 404, response = crate::http::answers::NotFound),
        (status = 409, response = crate::http::answers::Conflict),
        Sends
    ),
    security(())
)]
#[post("/drives/{code}/bookings")]
pub async fn book_drive(
    allowance: Allowance,
    code: web::Path<String>,
    intake: web::Data<Intake>,
    vault: web::Data<Vault>,
    Body(body): Body<PublicBookingIn, LIMIT>,
) -> Answer<PublicBookingTaken> {
    let PublicBookingIn { name, contact, slot, consent } = &body;
    let wanted = Typed { name, contact, slot: *slot, consent: Some(*consent) }.check().map_err(Problem::invalid)?;
    allowance.spend(Class::Booking)?;
    let state = book(&intake, &vault, &code, wanted).await?;
    Ok(Reply::accepted(PublicBookingTaken { state }))
}

/// A text that whoever books agrees to.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingConsentText {
    version: i16,
    valid_from: NaiveDate,
    /// The first day on which it is agreed to no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<NaiveDate>,
    /// In Vietnamese.
    vi: String,
    /// In English.
    en: String,
}

impl From<ConsentText> for BookingConsentText {
    fn from(text: ConsentText) -> Self {
        let ConsentText { version, valid_from, valid_to, vi, en } = text;
        Self { version, valid_from, valid_to, vi, en }
    }
}

/// The texts that whoever books a place of a blood drive agrees to, in all their versions.
#[utoipa::path(
    tag = "public",
    responses((status = 200, body = Vec<BookingConsentText>), (status = "default", response = crate::http::answers::AnyProblem)),
    security(())
)]
#[get("/booking-consent-texts")]
pub async fn list_booking_consent_texts(request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let texts = db.read_public(|conn| -> Result<_, Problem> { Ok(rules::texts(conn)?) }).await?;
    answer(&request, &texts.into_iter().map(BookingConsentText::from).collect::<Vec<_>>(), A_WHILE)
}
