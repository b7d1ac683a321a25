//! `/huy-dong/{token}`: where somebody who is called answers, without logging in and without JavaScript; a volunteer there, a donor of blood
//! under an address of their own. It is nobody's else: kept by no cache, found by no search engine, and it does not repeat its own address.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use print::Qr;
use uuid::Uuid;

use super::assets;
use super::page::{QrImage, render};
use crate::basics::Clock;
use crate::call_outs::{self, roll::CallOutRoll};
use crate::calling::answering::{Answering, Outcome, Saying};
use crate::calling::model::{CallAnswer, told, told_in_english};
use crate::calling::page::Shown;
use crate::calling::roll::Roll;
use crate::db::Db;
use crate::house::Rooms;
use crate::house::occasion::{Occasion, OccasionState};
use crate::http::{Bytes, Lang, Problem};
use crate::links::signed::Signed;
use crate::urgent_calls::{self, roll::UrgentRoll};
use crate::vault::Vault;

/// What the page shows of one who was asked, if there is anything to show.
type Look = fn(&mut PgConnection, &Vault, Rooms, DateTime<Utc>, Uuid) -> Result<Option<Shown>, Problem>;

/// Who calls: whose links, whose roll, and what is seen of it.
struct Caller {
    links: &'static Signed,
    roll: &'static dyn Roll,
    look: Look,
    /// For blood; else for volunteers.
    is_blood: bool,
}

static CALLERS: [Caller; 2] = [
    Caller {
        links: &call_outs::link::LINKS,
        roll: &CallOutRoll,
        look: |conn, vault, rooms, _, asked| Ok(call_outs::page::look(conn, vault, rooms, asked)?),
        is_blood: false,
    },
    Caller {
        links: &urgent_calls::link::LINKS,
        roll: &UrgentRoll,
        look: |conn, vault, _, now, asked| Ok(urgent_calls::page::look(conn, vault, now, asked)?),
        is_blood: true,
    },
];

/// The pages; opening one, as scanners of messages do, changes nothing.
pub fn configure(config: &mut web::ServiceConfig) {
    for caller in &CALLERS {
        let page = web::resource(format!("{}/{{token}}", caller.links.at))
            .app_data(web::Data::new(caller))
            .route(web::get().to(show))
            .route(web::head().to(show))
            .route(web::post().to(answer));
        config.service(page);
    }
}

/// Behind the address of a page that somebody is sent on to who has answered.
const SAID: &str = "da-ghi";
/// Most bytes of what is filled in.
const FORM_BYTES: usize = 2 * 1024;
/// Minutes after which somebody may say that they arrive.
const MINUTES: [i64; 6] = [15, 30, 60, 120, 240, 720];
/// Nothing comes from elsewhere, nothing is inline; the form goes to where it came from.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the page needs.
type Door = (web::Data<&'static Caller>, web::Path<String>, web::Data<Db>, web::Data<Vault>, web::Data<Rooms>, web::Data<Clock>);

async fn look(
    caller: &'static Caller,
    (db, vault, rooms, clock): (&Db, &web::Data<Vault>, Rooms, &Clock),
    token: &str,
) -> Result<Option<Shown>, Problem> {
    // Whoever has no link of ours does not come as far as the database.
    let Some(asked) = caller.links.read(vault, token) else { return Err(Problem::not_found()) };
    let (vault, now) = (vault.clone(), clock.now());
    db.read(move |conn| (caller.look)(conn, &vault, rooms, now, asked)).await
}

async fn show(request: HttpRequest, (caller, token, db, vault, rooms, clock): Door) -> Result<HttpResponse, Problem> {
    let caller = **caller;
    let shown = look(caller, (&db, &vault, **rooms, &clock), &token).await?;
    let said = Some(Told::Thanks).filter(|_| request.query_string() == SAID);
    reply(&request, caller, &clock, shown, said)
}

async fn answer(
    request: HttpRequest,
    Bytes(filled_in): Bytes<FORM_BYTES>,
    (caller, token, db, vault, rooms, clock): Door,
    answering: web::Data<Answering>,
) -> Result<HttpResponse, Problem> {
    let caller = **caller;
    let asked = caller.links.read(&vault, &token).ok_or_else(Problem::not_found)?;
    let Some((answer, minutes)) = read(&filled_in) else {
        let shown = look(caller, (&db, &vault, **rooms, &clock), &token).await?;
        return reply(&request, caller, &clock, shown, Some(Told::Choose));
    };
    let arrives_at = minutes.filter(|_| answer == CallAnswer::Yes).map(|minutes| clock.now() + Duration::minutes(minutes));
    let said = answering.say(caller.roll, Saying { asked, answer, arrives_at }).await;
    match said.map_err(|not| Problem::unavailable(not.again_after()))? {
        Outcome::Over => reply(&request, caller, &clock, None, None),
        // A page that is loaded again says nothing again.
        Outcome::Taken => Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, format!("{}?{SAID}", request.path())))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((REFERRER_POLICY, "no-referrer"))
            .finish()),
    }
}

/// What was filled in: the answer, and in how many minutes somebody arrives.
fn read(bytes: &[u8]) -> Option<(CallAnswer, Option<i64>)> {
    let mut said = (None, None, false);
    for (name, value) in form_urlencoded::parse(bytes) {
        match &*name {
            "answer" => said.0 = CallAnswer::parse(&value),
            "minutes" => said.1 = value.parse().ok().filter(|minutes| MINUTES.contains(minutes)),
            "sure" => said.2 = value == "1",
            _ => {}
        }
    }
    // Never to be asked again takes two: nobody does it by a slip of the thumb.
    let answer = said.0.filter(|answer| *answer != CallAnswer::Stop || said.2)?;
    Some((answer, said.1))
}

/// What is said above the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Thanks,
    /// Nothing was chosen that there is.
    Choose,
}

/// What they are called for, where that has a record.
struct CalledFor {
    /// What such a record is called.
    called: &'static str,
    title: String,
    /// The language of the title.
    lang: &'static str,
    href: Option<String>,
    is_off: bool,
    is_over: bool,
}

impl CalledFor {
    fn of(occasion: &Occasion, lang: Lang) -> Self {
        let english = occasion.title_en.as_ref().filter(|_| lang == Lang::En);
        Self {
            called: if lang == Lang::En { occasion.called.1 } else { occasion.called.0 },
            title: english.unwrap_or(&occasion.title).clone(),
            lang: if english.is_some() { Lang::En.tag() } else { Lang::Vi.tag() },
            href: occasion.page.clone(),
            is_off: occasion.state == OccasionState::CalledOff,
            is_over: occasion.state == OccasionState::Over,
        }
    }
}

#[derive(Template)]
#[template(path = "portal/call_out.html")]
struct CallOutPage<'a> {
    lang: &'static str,
    is_vi: bool,
    is_blood: bool,
    style: String,
    shown: Option<&'a Shown>,
    called_for: Option<CalledFor>,
    /// Whether anybody comes: it was not called off, and is not over.
    goes_on: bool,
    from: String,
    until: String,
    arrives: String,
    is_yes: bool,
    is_no: bool,
    is_stop: bool,
    thanks: bool,
    choose: bool,
    /// In how many minutes, and when that is.
    arrivals: Vec<(i64, String)>,
    qr: Option<QrImage>,
}

fn reply(
    request: &HttpRequest,
    caller: &Caller,
    clock: &Clock,
    shown: Option<Shown>,
    said: Option<Told>,
) -> Result<HttpResponse, Problem> {
    let lang = Lang::of_page(request);
    let status = match (&shown, said) {
        (None, _) => StatusCode::GONE,
        (Some(_), Some(Told::Choose)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let told: fn(DateTime<Utc>) -> String = if lang == Lang::Vi { told } else { told_in_english };
    let moment = |at: Option<DateTime<Utc>>| at.map(told).unwrap_or_default();
    let now = clock.now();
    let is = |answer: CallAnswer| shown.as_ref().is_some_and(|shown| shown.answer == Some(answer));
    let code = shown.as_ref().and_then(|shown| shown.code.as_deref()).and_then(Qr::of);
    let occasion = shown.as_ref().and_then(|shown| shown.called_for.as_ref());
    let page = CallOutPage {
        called_for: occasion.map(|occasion| CalledFor::of(occasion, lang)),
        goes_on: occasion.is_none_or(|occasion| occasion.state.calls()),
        lang: lang.tag(),
        is_vi: lang == Lang::Vi,
        is_blood: caller.is_blood,
        style: assets::address("portal.css"),
        from: moment(shown.as_ref().map(|shown| shown.from)),
        until: moment(shown.as_ref().map(|shown| shown.until)),
        arrives: moment(shown.as_ref().and_then(|shown| shown.arrives_at)),
        is_yes: is(CallAnswer::Yes),
        is_no: is(CallAnswer::No),
        is_stop: is(CallAnswer::Stop),
        thanks: said == Some(Told::Thanks) && shown.as_ref().is_some_and(|shown| shown.answer.is_some()),
        choose: said == Some(Told::Choose),
        arrivals: MINUTES.iter().map(|minutes| (*minutes, told(now + Duration::minutes(*minutes)))).collect(),
        qr: code.map(|code| QrImage { size: code.size, path: code.svg_path() }),
        shown: shown.as_ref(),
    };
    let html = render(&page)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_an_answer_or_none() {
        assert_eq!(read(b"answer=YES&minutes=30"), Some((CallAnswer::Yes, Some(30))));
        assert_eq!(read(b"answer=YES&minutes=31"), Some((CallAnswer::Yes, None)));
        assert_eq!(read(b"answer=NO"), Some((CallAnswer::No, None)));
        assert_eq!(read(b"answer=STOP&sure=1"), Some((CallAnswer::Stop, None)));
        for nothing in ["", "answer=STOP", "answer=", "answer=MAYBE", "minutes=15"] {
            assert_eq!(read(nothing.as_bytes()), None, "{nothing}");
        }
    }
}
