//! `/l/{token}`: the page of a link. Plain HTML that works without JavaScript, under a policy that fetches nothing.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::pages::{Acted, Field, Form, LinkPage, Shown};
use super::store::{self, Link, Standing};
use crate::basics::Clock;
use crate::db::{Db, DbError};
use crate::http::{Bytes, Lang, Problem, Say};
use crate::vault::Vault;

/// The purposes there are.
#[derive(Clone)]
struct Pages(Arc<[LinkPage]>);

impl Pages {
    fn of(&self, link: &Link) -> Option<LinkPage> {
        self.0.iter().find(|page| page.purpose == link.purpose).cloned()
    }
}

/// The pages of these purposes; without any there is no path.
pub fn configure(pages: Vec<LinkPage>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        if !pages.is_empty() {
            let page = web::resource("/l/{token}").route(web::get().to(show_link)).route(web::post().to(use_link));
            config.app_data(web::Data::new(Pages(pages.into()))).service(page);
        }
    }
}

/// What is answered.
enum Told {
    /// With why what was filled in was not taken.
    Page(Shown, Option<Say>),
    /// It was done, in these words.
    Done(Say),
    Over(Over),
}

/// Why a link is good for nothing.
#[derive(Clone, Copy)]
enum Over {
    Used,
    Ended,
    Revoked,
    Unknown,
}

/// A standing that is good, with its page.
fn good(standing: Standing, pages: &Pages) -> Result<(Link, LinkPage), Over> {
    match standing {
        Standing::Good(link) => {
            let page = pages.of(&link).ok_or(Over::Unknown)?;
            Ok((link, page))
        }
        Standing::Used => Err(Over::Used),
        Standing::Ended => Err(Over::Ended),
        Standing::Revoked => Err(Over::Revoked),
        Standing::Unknown => Err(Over::Unknown),
    }
}

/// What both ways to a link need.
type Door = (web::Path<String>, web::Data<Pages>, web::Data<Db>, web::Data<Clock>, web::Data<Vault>);

async fn show_link(request: HttpRequest, (token, pages, db, clock, vault): Door) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let told = db
        .read(move |conn| -> Result<Told, Problem> {
            match good(store::look(conn, &vault, now, &token)?, &pages) {
                Ok((link, page)) => {
                    Ok((page.show)(conn, &link)?.map_or(Told::Over(Over::Revoked), |shown| Told::Page(shown, None)))
                }
                Err(over) => Ok(Told::Over(over)),
            }
        })
        .await?;
    answer(&request, told)
}

/// Most bytes of what is filled in.
const FORM_BYTES: usize = 8 * 1024;

/// Why the transaction that uses a link is taken back.
enum Stop {
    Problem(Problem),
    /// What was filled in cannot be taken: the page again, and why.
    Refused(Box<(Shown, Say)>),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Problem(problem)
    }
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Stop::Problem(error.into())
    }
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

async fn use_link(
    request: HttpRequest,
    Bytes(filled_in): Bytes<FORM_BYTES>,
    (token, pages, db, clock, vault): Door,
) -> Result<HttpResponse, Problem> {
    let (now, form) = (clock.now(), Form::read(&filled_in));
    let told = db
        .tx(move |conn| -> Result<Told, Stop> {
            let (link, page) = match good(store::redeem(conn, &vault, now, &token)?, &pages) {
                Ok(good) => good,
                Err(over) => return Ok(Told::Over(over)),
            };
            let Some(shown) = (page.show)(conn, &link)? else { return Ok(Told::Over(Over::Revoked)) };
            match (page.act)(conn, &link, &form, now)? {
                Acted::Done(said) => Ok(Told::Done(said)),
                Acted::Refused(why) => Err(Stop::Refused(Box::new((shown, why)))),
                Acted::Over => Ok(Told::Over(Over::Revoked)),
            }
        })
        .await;
    match told {
        Ok(told) => answer(&request, told),
        Err(Stop::Refused(again)) => answer(&request, Told::Page(again.0, Some(again.1))),
        Err(Stop::Problem(problem)) => Err(problem),
    }
}

/// Nothing is fetched; the form goes to where it came from.
const POLICY: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "link.html")]
struct Page<'a> {
    lang: &'static str,
    title: &'a str,
    text: &'a str,
    refused: Option<&'a str>,
    /// Name and label of what is to be filled in.
    fields: Vec<(&'static str, &'a str)>,
    button: Option<&'a str>,
}

fn answer(request: &HttpRequest, told: Told) -> Result<HttpResponse, Problem> {
    let lang = Lang::of_request(request);
    let (status, title, text, refused, form) = match told {
        Told::Page(shown, refused) => {
            let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            (status, shown.title, shown.text, refused, Some((shown.button, shown.fields)))
        }
        Told::Done(said) => (StatusCode::OK, Say::fixed("Đã xong", "Done"), said, None, None),
        Told::Over(over) => {
            let (status, text) = over.says();
            (status, Say::fixed("Liên kết không dùng được", "This link cannot be used"), text, None, None)
        }
    };
    let fields = form.as_ref().map(|(_, fields)| fields.as_slice()).unwrap_or_default();
    let page = Page {
        lang: lang.tag(),
        title: title.in_lang(lang),
        text: text.in_lang(lang),
        refused: refused.as_ref().map(|why| why.in_lang(lang)),
        fields: fields.iter().map(|Field { name, label }| (*name, label.in_lang(lang))).collect(),
        button: form.as_ref().map(|(button, _)| button.in_lang(lang)),
    };
    let html = page.render().map_err(Problem::internal)?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header(("x-robots-tag", "noindex, nofollow"))
        .body(html))
}

impl Over {
    fn says(self) -> (StatusCode, Say) {
        match self {
            Over::Used => (
                StatusCode::GONE,
                Say::fixed(
                    "Liên kết này chỉ dùng một lần và đã được dùng. Nếu không phải bạn, hãy gọi cho Hội đã gửi liên kết.",
                    "This link is good once, and was used. If that was not you, call the chapter that sent it.",
                ),
            ),
            Over::Ended => (
                StatusCode::GONE,
                Say::fixed(
                    "Liên kết đã hết hạn. Hãy gọi cho Hội đã gửi để nhận liên kết mới.",
                    "This link has run out. Call the chapter that sent it for a new one.",
                ),
            ),
            Over::Revoked => (
                StatusCode::GONE,
                Say::fixed(
                    "Hội đã thu hồi liên kết này. Hãy gọi cho Hội để hỏi.",
                    "The chapter has taken this link back. Call it to ask.",
                ),
            ),
            Over::Unknown => (
                StatusCode::NOT_FOUND,
                Say::fixed(
                    "Không có liên kết này. Hãy kiểm tra xem đã chép đủ địa chỉ chưa.",
                    "There is no such link. See whether you have copied the whole address.",
                ),
            ),
        }
    }
}
