//! What every page has around its content, and how a page is answered: from the cache, with its language, its policy
//! and its tag.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use print::Qr;

use super::assets;
use super::format;
use super::words::{Words, fill};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::http::cache::PublicCache;
use crate::http::{Lang, Problem, PublicUrl, Rendered};

/// Everything comes from here, nothing is inline, nobody frames us.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                          form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// Totals change with every gift.
const CACHE: &str = "public, max-age=3";
/// The longest address drawn as a QR code: more could not be scanned from paper.
const LONGEST_SCANNED: usize = 300;
/// A page that sets a cookie is the reader's own.
const CACHE_OWN: &str = "private, no-cache";
const VARY: &str = "accept-encoding, accept-language, cookie";

/// The entries of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Home,
    Appeals,
    Chapters,
    Search,
    Check,
    OpenData,
    /// Pages the menu does not name.
    Other,
}

/// What stands around the content of a page.
pub struct Page {
    pub lang: Lang,
    pub w: &'static Words,
    pub today: NaiveDate,
    section: Section,
    /// Path and query without the choice of language.
    here: String,
    /// The page's own address with its conditions, for paper.
    pub url: String,
}

/// A line of the menu.
pub struct MenuItem {
    pub href: &'static str,
    pub text: &'static str,
    pub current: bool,
}

/// A QR code, ready for SVG.
pub struct QrImage {
    pub size: usize,
    pub path: String,
}

impl Page {
    pub fn new(request: &HttpRequest, section: Section) -> Self {
        let lang = Lang::of_page(request);
        let query: Vec<&str> =
            request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
        let path = request.path();
        let here = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) };
        let now = request.app_data::<web::Data<Clock>>().map(|clock| clock.now());
        let url = request.app_data::<web::Data<PublicUrl>>().map(|public| public.page(&here)).unwrap_or_default();
        Self { lang, w: Words::of(lang), today: now.map(vietnam_date).unwrap_or_default(), section, here, url }
    }

    pub fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    pub fn other_tag(&self) -> &'static str {
        match self.lang {
            Lang::Vi => Lang::En.tag(),
            Lang::En => Lang::Vi.tag(),
        }
    }

    /// This page in a language, as an address.
    pub fn in_lang(&self, tag: &str) -> String {
        format!("{}{}lang={tag}", self.here, if self.here.contains('?') { '&' } else { '?' })
    }

    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    pub fn menu(&self) -> [MenuItem; 5] {
        let w = &self.w.common;
        let item = |href, text, section| MenuItem { href, text, current: self.section == section };
        [
            item("/keu-goi", w.appeals, Section::Appeals),
            item("/don-vi", w.chapters, Section::Chapters),
            item("/tim", w.search, Section::Search),
            item("/kiem-tra", w.check, Section::Check),
            item("/du-lieu-mo", w.open_data, Section::OpenData),
        ]
    }

    pub fn printed(&self) -> String {
        fill(self.w.common.printed, &[&format::day(self.today, self.lang)])
    }

    /// The page's address as a QR code, for paper; none where it is too long.
    pub fn qr(&self) -> Option<QrImage> {
        let code = Some(&self.url).filter(|url| url.len() <= LONGEST_SCANNED).and_then(|url| Qr::of(url))?;
        Some(QrImage { size: code.size, path: code.svg_path() })
    }

    pub fn fill(&self, text: &str, value: &str) -> String {
        fill(text, &[value])
    }
}

/// A part of an address that is left empty says nothing, as a field of a form does.
pub fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// The text of a page; a template that fails is our fault.
pub fn render(template: &impl Template) -> Result<String, Problem> {
    template.render().map_err(Problem::internal)
}

/// Answers with a page from the cache, or with the one `make` makes; of many who ask at once one makes it.
pub async fn serve<F>(request: &HttpRequest, make: impl FnOnce() -> F) -> Result<HttpResponse, Problem>
where
    F: Future<Output = Result<String, Problem>>,
{
    let place = request.app_data::<web::Data<PublicCache>>().and_then(|cache| cache.page(request));
    let rendered = match place {
        Some(place) => place.get_or_try_init(|| async { make().await.map(Rendered::html) }).await?.clone(),
        None => Rendered::html(make().await?),
    };
    let asked = Lang::asked(request);
    let mut response = rendered.answer(request, if asked.is_some() { CACHE_OWN } else { CACHE }, VARY);
    dress(response.headers_mut(), Lang::of_page(request));
    if let Some(lang) = asked {
        let cookie = format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", lang.tag());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// The headers of every page, errors included.
pub fn dress(headers: &mut HeaderMap, lang: Lang) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
