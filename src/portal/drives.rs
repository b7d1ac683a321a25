//! `/hien-mau` and `/hien-mau/{code}`: blood drives, and where somebody books a place, without an account and without script.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::drive_words::{Drives as DriveWords, Words};
use super::format;
use super::page::{Page, Section, dress, given, render, serve};
use super::sign_up::{Choice, chapters_of};
use crate::basics::Clock;
use crate::db::Db;
use crate::disclosure::drives::{self, Asked, PublicDrive};
use crate::drives::intake::Intake;
use crate::drives::model::{BookingTaken, DriveState, PlacesLeft};
use crate::drives::rules;
use crate::drives::typed::Typed;
use crate::http::{Allowance, Bytes, Class, FieldError, Kind, Lang, Problem, Query};
use crate::vault::Vault;

/// Drives of a page.
const A_PAGE: i64 = 30;
/// Most bytes of what is filled in.
const FORM_BYTES: usize = 8 * 1024;
/// The longest of what is typed into a field, in characters, that comes back with the form.
const MOST_SHOWN: usize = 300;

/// Which of them, and where in the list.
#[derive(Deserialize)]
pub struct ListForm {
    chapter: Option<String>,
    from: Option<String>,
    cursor: Option<String>,
}

/// A drive in the list.
struct Card {
    code: String,
    title: String,
    state: &'static str,
    is_full: bool,
    when: String,
    site: String,
    chapter_name: String,
}

#[derive(Template)]
#[template(path = "portal/drives.html")]
struct DrivesPage {
    p: Page,
    w: &'static DriveWords,
    chapter: String,
    from: String,
    choices: Vec<Choice>,
    nowhere: bool,
    cards: Vec<Card>,
    next: Option<String>,
}

fn state(drive: &PublicDrive, w: &DriveWords) -> &'static str {
    match drive.state {
        DriveState::Open | DriveState::Planned if drive.full => w.full,
        DriveState::Open | DriveState::Planned => w.places_left,
        DriveState::Running => w.running,
        DriveState::Cancelled => w.cancelled,
        DriveState::Reconciled | DriveState::Closed => w.over,
    }
}

/// The day, from the first slot to the last.
fn when(drive: &PublicDrive, lang: Lang) -> String {
    let day = format::day(drive.day, lang);
    match (drive.slots.first(), drive.slots.last()) {
        (Some(first), Some(last)) => format!("{day}, {}–{}", first.from, last.until),
        _ => day,
    }
}

fn card(drive: PublicDrive, w: &'static DriveWords, lang: Lang) -> Card {
    Card {
        state: state(&drive, w),
        is_full: drive.full,
        when: when(&drive, lang),
        code: drive.code,
        title: drive.title,
        site: drive.site,
        chapter_name: drive.chapter_name,
    }
}

/// `/hien-mau`.
pub async fn list_drives(request: HttpRequest, Query(form): Query<ListForm>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let (asked, cursor) = (given(form.chapter), given(form.cursor));
    let from: Option<NaiveDate> = given(form.from).and_then(|day| day.trim().parse().ok());
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (lang, today, w) = (p.lang, p.today, &Words::of(p.lang).drives);
        let chapter = asked.clone().unwrap_or_default();
        let (found, page) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let found = chapters_of(conn, asked.as_deref().unwrap_or_default().trim())?;
                let only = match found.as_slice() {
                    [one] => Some(one.code.clone()),
                    _ if asked.is_some() => return Ok((found, None)),
                    _ => None,
                };
                let page = drives::list(conn, today, &Asked { chapter: only, from, until: None }, cursor.as_deref(), A_PAGE)?;
                Ok((found, Some(page)))
            })
            .await?;
        let (items, next) = page.map_or((Vec::new(), None), |page| (page.items, page.next));
        let from = from.map(|day| day.to_string()).unwrap_or_default();
        let pairs =
            |cursor: &str| serde_urlencoded::to_string([("chapter", chapter.as_str()), ("from", &from), ("cursor", cursor)]);
        render(&DrivesPage {
            nowhere: !chapter.is_empty() && found.is_empty(),
            choices: if found.len() > 1 { found } else { Vec::new() },
            cards: items.into_iter().map(|drive| card(drive, w, lang)).collect(),
            next: next.and_then(|cursor| pairs(&cursor).ok()).map(|query| format!("/hien-mau?{query}")),
            chapter,
            from,
            w,
            p,
        })
    })
    .await
}

/// A slot to choose.
struct SlotChoice {
    n: i16,
    text: String,
    is_free: bool,
    chosen: bool,
    /// What is said of its places.
    note: &'static str,
}

/// What was filled in.
#[derive(Default, Clone)]
struct Form {
    name: String,
    contact: String,
    slot: Option<i16>,
    consent: Option<i16>,
}

impl Form {
    fn read(bytes: &[u8]) -> Self {
        let mut form = Self::default();
        for (field, text) in form_urlencoded::parse(bytes) {
            let text: String = text.chars().take(MOST_SHOWN).collect();
            match &*field {
                "name" => form.name = text,
                "contact" => form.contact = text,
                // Of no slot at all nothing is said.
                "slot" => form.slot = Some(text).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap_or_default()),
                "consent" => form.consent = text.parse().ok(),
                _ => {}
            }
        }
        form
    }
}

#[derive(Template)]
#[template(path = "portal/drive.html")]
struct DrivePage {
    p: Page,
    w: &'static DriveWords,
    code: String,
    title: String,
    state: &'static str,
    is_full: bool,
    is_open: bool,
    when: String,
    site: String,
    chapter: String,
    chapter_name: String,
    centre: String,
    form: Form,
    slots: Vec<SlotChoice>,
    text: String,
    version: i16,
    problem: Option<String>,
    wrong_name: Option<String>,
    wrong_contact: Option<String>,
    wrong_slot: Option<String>,
}

fn page(p: Page, drive: PublicDrive, text: Option<rules::ConsentText>, form: Form) -> DrivePage {
    let (lang, w) = (p.lang, &Words::of(p.lang).drives);
    let slots = drive.slots.iter().map(|slot| SlotChoice {
        n: slot.n,
        text: format!("{}–{}", slot.from, slot.until),
        is_free: slot.left != PlacesLeft::None,
        chosen: form.slot == Some(slot.n),
        note: match slot.left {
            PlacesLeft::Many => "",
            PlacesLeft::Few => w.few,
            PlacesLeft::None => w.taken,
        },
    });
    let version = text.as_ref().map(|text| text.version).unwrap_or_default();
    let said = text.map(|text| if lang == Lang::En { text.en } else { text.vi }).unwrap_or_default();
    DrivePage {
        state: state(&drive, w),
        is_full: drive.full,
        is_open: drive.state == DriveState::Open && drive.day >= p.today,
        when: when(&drive, lang),
        slots: slots.collect(),
        centre: if lang == Lang::En { drive.centre_en } else { drive.centre_vi },
        code: drive.code,
        title: drive.title,
        site: drive.site,
        chapter: drive.chapter,
        chapter_name: drive.chapter_name,
        form,
        text: said,
        version,
        problem: None,
        wrong_name: None,
        wrong_contact: None,
        wrong_slot: None,
        w,
        p,
    }
}

async fn read(p: Page, code: String, db: &Db, clock: &Clock, form: Form) -> Result<DrivePage, Problem> {
    let (today, now) = (p.today, clock.now());
    let found = db
        .read_public(move |conn| -> Result<_, Problem> {
            Ok((drives::one(conn, today, &code)?, rules::text_of_today(conn, now)?))
        })
        .await?;
    Ok(page(p, found.0, found.1, form))
}

/// `/hien-mau/{code}`, however the code is typed.
pub async fn show_drive(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        render(&read(p, code, &db, &clock, Form::default()).await?)
    })
    .await
}

/// What taking the form needs.
pub type Door = (web::Data<Db>, web::Data<Vault>, web::Data<Intake>, web::Data<Clock>);

/// Takes the form.
pub async fn book(
    request: HttpRequest,
    allowance: Allowance,
    code: web::Path<String>,
    Bytes(filled_in): Bytes<FORM_BYTES>,
    (db, vault, intake, clock): Door,
) -> Result<HttpResponse, Problem> {
    let (code, form) = (code.into_inner(), Form::read(&filled_in));
    let typed = Typed { name: &form.name, contact: &form.contact, slot: form.slot, consent: form.consent };
    let refused = match typed.check() {
        Err(errors) => Problem::invalid(errors),
        Ok(wanted) => {
            allowance.spend(Class::Booking)?;
            match drives::book(&intake, &vault, &code, wanted).await {
                Ok(BookingTaken::Held) => return Ok(lead(&code, HELD)),
                Ok(BookingTaken::Waiting) => return Ok(lead(&code, WAITING)),
                Ok(BookingTaken::Full) => full(),
                Err(problem) if problem.kind == Kind::NotFound || problem.kind.status().is_server_error() => return Err(problem),
                Err(problem) => problem,
            }
        }
    };
    let page = read(Page::new(&request, Section::Other), code, &db, &clock, form).await?;
    answer(&again(page, &refused), &refused)
}

/// Where somebody is sent on to: the same for everybody.
const HELD: &str = "da-giu-cho";
const WAITING: &str = "dang-cho";

fn lead(code: &str, what: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, format!("/hien-mau/{code}/{what}"))).finish()
}

fn full() -> Problem {
    let (vi, en) = (Words::of(Lang::Vi).drives.is_full, Words::of(Lang::En).drives.is_full);
    Problem::say(Kind::Conflict, vi, en)
}

/// The form as it was filled in, with what is wrong.
fn again(page: DrivePage, refused: &Problem) -> DrivePage {
    let lang = page.p.lang;
    let said = |pointer: &str| {
        let of = |error: &&FieldError| error.pointer == pointer;
        refused.errors.iter().find(of).map(|error| error.detail.in_lang(lang).to_owned())
    };
    let problem = match (&refused.detail, refused.errors.is_empty()) {
        (Some(detail), true) => detail.in_lang(lang).to_owned(),
        _ => said("/consent").unwrap_or_else(|| page.w.wrong.to_owned()),
    };
    DrivePage {
        problem: Some(problem),
        wrong_name: said("/name"),
        wrong_contact: said("/contact"),
        wrong_slot: said("/slot"),
        ..page
    }
}

fn answer(page: &DrivePage, refused: &Problem) -> Result<HttpResponse, Problem> {
    let status = refused.kind.status();
    let mut response = HttpResponse::build(if status.is_success() { StatusCode::UNPROCESSABLE_ENTITY } else { status });
    response.insert_header((CONTENT_TYPE, "text/html; charset=utf-8"));
    if let Some(seconds) = refused.retry_after {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    let mut response = response.body(render(page)?);
    dress(response.headers_mut(), page.p.lang);
    Ok(response)
}

#[derive(Template)]
#[template(path = "portal/drive_taken.html")]
struct TakenPage {
    p: Page,
    w: &'static DriveWords,
    code: String,
    heading: &'static str,
    text: &'static str,
}

/// `/g/{code}` of a booking: which drive it is of. Whose it is says its own link alone.
pub fn of_code(p: Page, drive: String) -> Result<String, Problem> {
    let w = &Words::of(p.lang).drives;
    render(&TakenPage { code: drive, heading: w.of_code, text: w.of_code_text, w, p })
}

/// After the form was taken: the same for everybody.
pub async fn show_taken(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let (code, what) = path.into_inner();
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (w, today) = (&Words::of(p.lang).drives, p.today);
        let (heading, text) = match what.as_str() {
            HELD => (w.held, w.held_text),
            WAITING => (w.waiting, w.waiting_text),
            _ => return Err(Problem::not_found()),
        };
        let drive = db.read_public(move |conn| drives::one(conn, today, &code)).await?;
        render(&TakenPage { code: drive.code, heading, text, w, p })
    })
    .await
}
