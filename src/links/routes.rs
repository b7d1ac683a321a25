//! `/l/{token}`: the page of a link. Plain HTML that works without JavaScript, under a policy that fetches nothing.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::pages::{LinkPage, Shown};
use super::store::{self, Link, Standing};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::{Lang, Problem, Say};
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
    Page(Shown),
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
                Ok((link, page)) => Ok(Told::Page((page.show)(conn, &link)?)),
                Err(over) => Ok(Told::Over(over)),
            }
        })
        .await?;
    answer(&request, told)
}

async fn use_link(request: HttpRequest, (token, pages, db, clock, vault): Door) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let told = db
        .tx(move |conn| -> Result<Told, Problem> {
            match good(store::redeem(conn, &vault, now, &token)?, &pages) {
                Ok((link, page)) => Ok(Told::Done((page.act)(conn, &link, now)?)),
                Err(over) => Ok(Told::Over(over)),
            }
        })
        .await?;
    answer(&request, told)
}

/// Nothing is fetched; the form goes to where it came from.
const POLICY: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "link.html")]
struct Page<'a> {
    lang: &'static str,
    title: &'a str,
    text: &'a str,
    button: Option<&'a str>,
}

fn answer(request: &HttpRequest, told: Told) -> Result<HttpResponse, Problem> {
    let lang = Lang::of_request(request);
    let (status, title, text, button) = match told {
        Told::Page(shown) => (StatusCode::OK, shown.title, shown.text, Some(shown.button)),
        Told::Done(said) => (StatusCode::OK, Say::fixed("Đã xong", "Done"), said, None),
        Told::Over(over) => {
            let (status, text) = over.says();
            (status, Say::fixed("Liên kết không dùng được", "This link can not be used"), text, None)
        }
    };
    let page = Page {
        lang: lang.tag(),
        title: title.in_lang(lang),
        text: text.in_lang(lang),
        button: button.as_ref().map(|button| button.in_lang(lang)),
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
