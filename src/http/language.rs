//! Vietnamese first, English when asked for.

use std::borrow::Cow;
use std::future::{Ready, ready};

use actix_web::http::header::{ACCEPT_LANGUAGE, COOKIE};
use actix_web::{FromRequest, HttpRequest, dev::Payload};

/// The language of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lang {
    Vi,
    En,
}

impl Lang {
    /// The first of our languages in order of preference; Vietnamese when neither is named.
    pub fn of(accept_language: Option<&str>) -> Lang {
        let mut best = (0.0f32, Lang::Vi);
        for part in accept_language.unwrap_or_default().split(',').take(16) {
            let mut fields = part.split(';');
            let tag = fields.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = fields.find_map(|f| f.trim().strip_prefix("q=").and_then(|q| q.parse().ok())).unwrap_or(1.0f32);
            let lang = match tag.split('-').next() {
                Some("vi") => Lang::Vi,
                Some("en") => Lang::En,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }

    pub fn of_request(request: &HttpRequest) -> Lang {
        Lang::of(request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
    }

    /// `vi` or `en`.
    pub fn parse(tag: &str) -> Option<Lang> {
        [Lang::Vi, Lang::En].into_iter().find(|lang| lang.tag() == tag)
    }

    /// The language that the address of a page asks for (`?lang=en`).
    pub fn asked(request: &HttpRequest) -> Option<Lang> {
        request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::parse)
    }

    /// The language of a page: what its address asks for, then what the reader chose before (the cookie `lang`), then
    /// what the browser prefers.
    pub fn of_page(request: &HttpRequest) -> Lang {
        let cookies = request.headers().get_all(COOKIE).filter_map(|line| line.to_str().ok());
        let mut chosen = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().strip_prefix("lang="));
        Lang::asked(request).or_else(|| chosen.find_map(Lang::parse)).unwrap_or_else(|| Lang::of_request(request))
    }

    pub fn tag(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }
}

impl FromRequest for Lang {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Lang::of_request(request)))
    }
}

/// One message in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    pub vi: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Say {
    pub const fn fixed(vi: &'static str, en: &'static str) -> Self {
        Say { vi: Cow::Borrowed(vi), en: Cow::Borrowed(en) }
    }

    pub fn new(vi: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Say { vi: vi.into(), en: en.into() }
    }

    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_speaks_as_its_address_says_then_as_chosen_then_as_the_browser_likes() {
        use actix_web::test::TestRequest;
        let lang = |uri: &str, cookie: &str, browser: &str| {
            let request = TestRequest::with_uri(uri);
            Lang::of_page(&request.insert_header((COOKIE, cookie)).insert_header((ACCEPT_LANGUAGE, browser)).to_http_request())
        };
        assert_eq!(lang("/tim?q=x&lang=vi", "lang=en", "en"), Lang::Vi);
        assert_eq!(lang("/tim?lang=xx", "a=b; lang=en", "vi"), Lang::En);
        assert_eq!(lang("/tim", "lang=<script>", "en"), Lang::En);
        assert_eq!(lang("/tim", "", ""), Lang::Vi);
    }

    #[test]
    fn vietnamese_unless_english_is_preferred() {
        assert_eq!(Lang::of(None), Lang::Vi);
        assert_eq!(Lang::of(Some("fr")), Lang::Vi);
        assert_eq!(Lang::of(Some("en-GB,en;q=0.9,vi;q=0.5")), Lang::En);
        assert_eq!(Lang::of(Some("en;q=0.4, vi-VN;q=0.9")), Lang::Vi);
        assert_eq!(Lang::of(Some(";;;,,q=1")), Lang::Vi);
    }
}
