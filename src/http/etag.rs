//! Answers that are asked for again and again: a strong `ETag` over the bytes, `304` when the client has them. And the
//! other use of tags: `If-Match` on records that two people may change at once.
//!
//! What comes back is not always what was sent: a proxy that compresses makes `"1"` into `W/"1"` (nginx) or `"1-gzip"`
//! (Apache), lists are allowed, and `*` stands for whatever there is. All of these name the tag they were made from.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::problem::{Kind, Problem};

/// What servers that compress hang behind a tag instead of making it weak.
const HUNG_ON: [&str; 6] = ["--gzip", "-gzip", "-br", "-zstd", "-deflate", ";gzip"];

/// What a conditional header names.
enum Named {
    Any,
    /// The tags without their quotes, weak or strong, with and without what compressing servers hang on.
    Tags(Vec<String>),
}

/// Reads all lines of a conditional header. `Ok(None)`: there is none. `Err`: something in it is not a tag.
fn named(request: &HttpRequest, header: HeaderName) -> Result<Option<Named>, ()> {
    let (mut tags, mut found) = (Vec::new(), false);
    for line in request.headers().get_all(header) {
        found = true;
        for element in line.to_str().map_err(drop)?.split(',').map(str::trim).filter(|element| !element.is_empty()) {
            if element == "*" {
                return Ok(Some(Named::Any));
            }
            // A bare number is what people type who try the API by hand.
            let tag = match element.parse::<EntityTag>() {
                Ok(tag) => tag.tag().to_owned(),
                Err(_) if element.bytes().all(|byte| byte.is_ascii_digit()) => element.to_owned(),
                Err(_) => return Err(()),
            };
            // A tag of ours may end like that by itself, so both stand.
            tags.extend(HUNG_ON.iter().find_map(|end| tag.strip_suffix(end)).map(str::to_owned));
            tags.push(tag);
        }
    }
    match tags.is_empty() {
        true if found => Err(()),
        true => Ok(None),
        false => Ok(Some(Named::Tags(tags))),
    }
}

/// Whether the client has what this tag (with its quotes) stands for: `If-None-Match` names it. A header that cannot be
/// read asks for the answer as if it were not there.
pub fn is_known(request: &HttpRequest, tag: &HeaderValue) -> bool {
    match named(request, IF_NONE_MATCH) {
        Ok(Some(Named::Any)) => true,
        Ok(Some(Named::Tags(tags))) => tag
            .to_str()
            .is_ok_and(|ours| tags.iter().any(|tag| ours.strip_prefix('"').and_then(|o| o.strip_suffix('"')) == Some(tag))),
        Ok(None) | Err(()) => false,
    }
}

/// A serialized JSON body with its tag, ready to be sent any number of times.
#[derive(Clone)]
pub struct Tagged {
    body: Bytes,
    etag: HeaderValue,
}

impl Tagged {
    pub fn json(body: Vec<u8>) -> Self {
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..12]));
        let etag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
        Self { body: Bytes::from(body), etag }
    }

    /// Length of the body in bytes.
    pub fn len(&self) -> usize {
        self.body.len()
    }

    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// `200` with the body, or `304` when `If-None-Match` names it.
    pub fn answer(&self, request: &HttpRequest, cache_control: &'static str) -> HttpResponse {
        let known = is_known(request, &self.etag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((ETAG, self.etag.clone()))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static(cache_control)))
            .insert_header((VARY, HeaderValue::from_static("accept-encoding")));
        if known {
            response.finish()
        } else {
            response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json"))).body(self.body.clone())
        }
    }
}

/// The `ETag` of an editable record: its version.
pub fn version_tag(version: i32) -> (HeaderName, String) {
    (ETAG, format!("\"{version}\""))
}

/// The versions a client is ready to change: those it read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It did not say, or said `*`: whatever there is.
    Any,
    Versions(Vec<i32>),
}

impl Expected {
    /// Whether a record of this version may be changed by whoever saw these.
    pub fn has(&self, version: i32) -> bool {
        match self {
            Expected::Any => true,
            Expected::Versions(versions) => versions.contains(&version),
        }
    }
}

/// What the client read, from `If-Match`. Tags that are none of ours stand for no version.
pub fn if_match(request: &HttpRequest) -> Result<Expected, Problem> {
    match named(request, IF_MATCH) {
        Ok(None | Some(Named::Any)) => Ok(Expected::Any),
        Ok(Some(Named::Tags(tags))) => Ok(Expected::Versions(tags.iter().filter_map(|tag| tag.parse().ok()).collect())),
        Err(()) => Err(Problem::say(
            Kind::Malformed,
            "If-Match phải là ETag của bản đã đọc, có ngoặc kép như đã nhận, hoặc *.",
            "If-Match must be the ETag of what was read, with its quotes as it came, or *.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn expected(lines: &[&str]) -> Option<Expected> {
        let mut request = TestRequest::default();
        for line in lines {
            request = request.append_header((IF_MATCH, *line));
        }
        if_match(&request.to_http_request()).ok()
    }

    #[test]
    fn a_version_is_known_in_every_form_its_tag_comes_back_in() {
        for form in ["\"1\"", "W/\"1\"", "1", " \"1\" ", "\"1-gzip\"", "W/\"1;gzip\"", "\"1\",", "\"1--gzip\""] {
            assert_eq!(expected(&[form]), Some(Expected::Versions(vec![1])), "{form}");
        }
        assert_eq!(expected(&["\"1\", W/\"3\""]), Some(Expected::Versions(vec![1, 3])));
        assert_eq!(expected(&["\"1\"", "W/\"3\""]), Some(Expected::Versions(vec![1, 3])));
        assert_eq!(
            (expected(&[]), expected(&["*"]), expected(&["\"9\", *"])),
            (Some(Expected::Any), Some(Expected::Any), Some(Expected::Any))
        );
        assert!(Expected::Any.has(7) && Expected::Versions(vec![1, 3]).has(3) && !Expected::Versions(vec![1, 3]).has(2));
    }

    #[test]
    fn what_is_no_tag_of_ours_fits_nothing_and_what_is_no_tag_is_refused() {
        for foreign in ["\"abc\"", "W/\"\"", "\"99999999999\"", "\"1.0\""] {
            assert_eq!(expected(&[foreign]), Some(Expected::Versions(vec![])), "{foreign}");
        }
        for nonsense in ["x", "", " , ", "w/\"1\"", "\"1", "1\"", "W/1", "\"1\" \"2\""] {
            assert_eq!(expected(&[nonsense]), None, "{nonsense}");
        }
    }

    #[test]
    fn a_body_is_known_by_its_tag_weak_listed_or_by_a_star() {
        let body = Tagged::json(b"{}".to_vec());
        let tag = body.etag.to_str().unwrap().to_owned();
        let status = |known: &str| {
            let request = TestRequest::default().insert_header((IF_NONE_MATCH, known)).to_http_request();
            body.answer(&request, "no-store").status().as_u16()
        };
        let gzip = tag.replacen('"', "", 1).replace('"', "-gzip\"");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", W/{tag}"), "*".to_owned(), format!("\"{gzip}")] {
            assert_eq!(status(&known), 304, "{known}");
        }
        for other in ["\"x\"", "", "x", "W/"] {
            assert_eq!(status(other), 200, "{other}");
        }
    }
}
