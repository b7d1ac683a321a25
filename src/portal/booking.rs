//! `/hien-mau/cho/{token}`: the page of a booking, for whoever has its link, without logging in and without JavaScript. It is nobody's else:
//! kept by no cache, found by no search engine, and it does not repeat its own address.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use print::Qr;

use super::assets;
use super::drive_words::{Booking as BookingWords, Drives as DriveWords, Words};
use super::format;
use super::page::{QrImage, render};
use super::words::fill;
use crate::basics::Clock;
use crate::db::Db;
use crate::drives::link;
use crate::drives::model::{BookingState, Slot};
use crate::drives::page::{self, Act, Acted, Late, Shown};
use crate::drives::words::{moment, time};
use crate::http::{Bytes, Lang, Problem, PublicUrl};
use crate::vault::Vault;

/// The page; opening it, as scanners of messages do, changes nothing.
pub fn configure(config: &mut web::ServiceConfig) {
    let page = web::resource(format!("{}/{{token}}", link::AT))
        .route(web::get().to(show))
        .route(web::head().to(show))
        .route(web::post().to(act));
    config.service(page);
}

/// Behind the address of a page that somebody is sent on to who has done something: what is said then.
const DONE: [(&str, Told); 3] = [("da-ghi", Told::Done), ("con-cho", Told::StillThere), ("cho-lai", Told::WaitsAgain)];
/// Most bytes of what is filled in.
const FORM_BYTES: usize = 2 * 1024;
/// Nothing comes from elsewhere, nothing is inline; the form goes to where it came from.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the page needs.
type Door = (web::Path<String>, web::Data<Db>, web::Data<Vault>, web::Data<Clock>, web::Data<PublicUrl>);

async fn look(db: &Db, vault: &web::Data<Vault>, clock: &Clock, token: &str) -> Result<Option<Shown>, Problem> {
    // Whoever has no link of ours does not come as far as the database.
    let booking = link::read(vault, token).ok_or_else(Problem::not_found)?;
    let (vault, now) = (vault.clone(), clock.now());
    db.read(move |conn| Ok::<_, Problem>(page::look(conn, &vault, now, booking)?)).await
}

async fn show(request: HttpRequest, (token, db, vault, clock, public): Door) -> Result<HttpResponse, Problem> {
    let shown = look(&db, &vault, &clock, &token).await?;
    let said = DONE.iter().find(|(name, _)| request.query_string() == *name).map(|(_, told)| *told);
    reply(&request, &public, shown, said)
}

async fn act(
    request: HttpRequest,
    Bytes(filled_in): Bytes<FORM_BYTES>,
    (token, db, vault, clock, public): Door,
) -> Result<HttpResponse, Problem> {
    let booking = link::read(&vault, &token).ok_or_else(Problem::not_found)?;
    let Some(what) = read(&filled_in) else {
        let shown = look(&db, &vault, &clock, &token).await?;
        return reply(&request, &public, shown, Some(Told::Choose));
    };
    let now = clock.now();
    let acted = db.tx(move |conn| Ok::<_, Problem>(page::act(conn, now, booking, what)?)).await?;
    match acted {
        Acted::GivenUp => reply(&request, &public, None, Some(Told::GivenUp)),
        Acted::Over => reply(&request, &public, None, None),
        Acted::Done => Ok(lead_on(&request, Told::Done)),
        Acted::Late(Late::Place) => Ok(lead_on(&request, Told::StillThere)),
        Acted::Late(Late::Waiting) => Ok(lead_on(&request, Told::WaitsAgain)),
        Acted::Taken | Acted::Late(_) => {
            let shown = look(&db, &vault, &clock, &token).await?;
            reply(&request, &public, shown, Some(refusal(acted)))
        }
    }
}

/// Why nothing was done.
fn refusal(acted: Acted) -> Told {
    match acted {
        Acted::Late(Late::OtherSlot) => Told::OtherSlots,
        Acted::Late(Late::BookedAnew) => Told::BookedAnew,
        Acted::Late(_) => Told::Full,
        _ => Told::Taken,
    }
}

/// A page that is loaded again does nothing again.
fn lead_on(request: &HttpRequest, told: Told) -> HttpResponse {
    let done = DONE.iter().find(|(_, of)| *of == told).map_or("", |(name, _)| *name);
    HttpResponse::SeeOther()
        .insert_header((LOCATION, format!("{}?{done}", request.path())))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .finish()
}

/// What was filled in.
fn read(bytes: &[u8]) -> Option<Act> {
    let mut said = (None, None, false);
    for (name, value) in form_urlencoded::parse(bytes) {
        match &*name {
            "act" => said.0 = Some(value.into_owned()),
            "slot" => said.1 = value.parse().ok(),
            "sure" => said.2 = value == "1",
            _ => {}
        }
    }
    match said.0?.as_str() {
        "COME" => Some(Act::Come),
        "SLOT" => said.1.map(Act::Slot),
        // A place is not given up by a slip of the thumb.
        "GIVE_UP" if said.2 => Some(Act::GiveUp),
        _ => None,
    }
}

/// What is said above the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Done,
    GivenUp,
    /// All places of the slot were taken meanwhile.
    Taken,
    /// It was after their time, and the place was still there.
    StillThere,
    /// It was after their time: no place is left, and they wait.
    WaitsAgain,
    /// It was after their time, and places are left in other slots alone.
    OtherSlots,
    /// It was after their time, and nothing is left.
    Full,
    /// It was after their time, and they have booked anew.
    BookedAnew,
    /// Nothing was chosen that there is.
    Choose,
}

impl Told {
    /// What was done.
    fn notice(self, w: &'static BookingWords) -> Option<&'static str> {
        match self {
            Told::Done => Some(w.done),
            Told::StillThere => Some(w.still_there),
            Told::WaitsAgain => Some(w.waits_again),
            _ => None,
        }
    }

    /// Why nothing was.
    fn wrong(self, w: &'static BookingWords) -> Option<&'static str> {
        match self {
            Told::Taken => Some(w.taken),
            Told::OtherSlots => Some(w.other_slots),
            Told::Full => Some(w.late_and_full),
            Told::BookedAnew => Some(w.booked_anew),
            Told::Choose => Some(w.not_understood),
            _ => None,
        }
    }
}

/// What stands above the buttons.
struct Said {
    notice: Option<&'static str>,
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "portal/booking.html")]
struct BookingPage<'a> {
    lang: &'static str,
    style: String,
    w: &'static BookingWords,
    d: &'static DriveWords,
    said: Said,
    given_up: bool,
    shown: Option<&'a Shown>,
    hello: String,
    when: String,
    stands: String,
    deadline: Option<String>,
    has_place: bool,
    /// Their time to say that they come is over.
    late: bool,
    /// Whether there is something to say yes to.
    asks: bool,
    /// What stands on the button.
    yes: &'static str,
    slots: Vec<(i16, String)>,
    spaced: String,
    qr: Option<QrImage>,
}

fn span(slot: &Slot) -> String {
    format!("{}–{}", time(slot.from), time(slot.until))
}

fn stands(shown: &Shown, w: &'static BookingWords) -> &'static str {
    match shown.state {
        _ if shown.late => w.late,
        _ if shown.asked_to_move => w.moved,
        BookingState::Held => w.held,
        BookingState::Booked => w.booked,
        BookingState::Waiting | BookingState::Cancelled => w.waiting,
    }
}

fn reply(request: &HttpRequest, public: &PublicUrl, shown: Option<Shown>, told: Option<Told>) -> Result<HttpResponse, Problem> {
    let lang = Lang::of_page(request);
    let (w, d) = (&Words::of(lang).booking, &Words::of(lang).drives);
    let status = match (&shown, told) {
        (None, Some(Told::GivenUp)) => StatusCode::OK,
        (None, _) => StatusCode::GONE,
        (Some(_), Some(Told::Choose)) => StatusCode::UNPROCESSABLE_ENTITY,
        (Some(_), Some(told)) if told.wrong(w).is_some() => StatusCode::CONFLICT,
        _ => StatusCode::OK,
    };
    let html = render(&page_of(lang, w, d, public, shown.as_ref(), told))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language, cookie"))
        .insert_header(("x-robots-tag", "noindex, nofollow"))
        .body(html))
}

fn page_of<'a>(
    lang: Lang,
    w: &'static BookingWords,
    d: &'static DriveWords,
    public: &PublicUrl,
    shown: Option<&'a Shown>,
    told: Option<Told>,
) -> BookingPage<'a> {
    let is = |state: BookingState| shown.is_some_and(|shown| shown.state == state && !shown.late);
    let has_place = is(BookingState::Held) || is(BookingState::Booked);
    let late = shown.is_some_and(|shown| shown.late);
    let code = shown.filter(|_| has_place).map(|shown| public.page(&format!("/g/{}", shown.code)));
    let when = |shown: &Shown| {
        let day = format::day(shown.day, lang);
        shown.slot.as_ref().map_or_else(|| day.clone(), |slot| format!("{day}, {}", span(slot)))
    };
    let changeable = shown.filter(|shown| shown.may_change && (has_place || late));
    BookingPage {
        lang: lang.tag(),
        style: assets::address("portal.css"),
        said: Said {
            notice: told.filter(|_| shown.is_some()).and_then(|told| told.notice(w)),
            wrong: told.and_then(|told| told.wrong(w)),
        },
        given_up: told == Some(Told::GivenUp),
        hello: shown.map(|shown| fill(w.hello, &[&shown.first_name])).unwrap_or_default(),
        when: shown.map(when).unwrap_or_default(),
        stands: shown.map(|shown| stands(shown, w).to_owned()).unwrap_or_default(),
        deadline: shown.filter(|_| !late).and_then(|shown| shown.answer_by).map(|until| fill(w.answer_by, &[&moment(until)])),
        has_place,
        late,
        asks: shown.is_some_and(|shown| shown.may_change && (shown.asked_to_move || !is(BookingState::Booked))),
        yes: match () {
            () if late => w.come_all_the_same,
            () if is(BookingState::Waiting) => w.keep_waiting,
            () => w.come,
        },
        slots: changeable.map(|shown| shown.free.iter().map(|slot| (slot.n, span(slot))).collect()).unwrap_or_default(),
        spaced: shown.map(|shown| format::spaced(&shown.code, 4)).unwrap_or_default(),
        qr: code.and_then(|url| Qr::of(&url)).map(|qr| QrImage { size: qr.size, path: qr.svg_path() }),
        shown,
        w,
        d,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_an_act_or_none() {
        assert_eq!(read(b"act=COME"), Some(Act::Come));
        assert_eq!(read(b"act=SLOT&slot=3"), Some(Act::Slot(3)));
        assert_eq!(read(b"act=GIVE_UP&sure=1"), Some(Act::GiveUp));
        for nothing in ["", "act=GIVE_UP", "act=SLOT", "act=SLOT&slot=x", "slot=3", "act=OTHER"] {
            assert_eq!(read(nothing.as_bytes()), None, "{nothing}");
        }
    }
}
