//! Answers that are asked for again and again: a strong `ETag` over the bytes, `304` when the client has them. And the
//! other use of tags: `If-Match` on records that two people may change at once.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_MATCH, IF_NONE_MATCH, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::problem::{Kind, Problem};

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
        let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| {
            tags == "*" || tags.split(',').any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == self.etag.as_bytes())
        });
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
pub fn version_tag(version: i32) -> (actix_web::http::header::HeaderName, String) {
    (ETAG, format!("\"{version}\""))
}

/// The version the client read, from `If-Match`; `None` when it sent none.
pub fn if_match(request: &HttpRequest) -> Result<Option<i32>, Problem> {
    let Some(value) = request.headers().get(IF_MATCH) else {
        return Ok(None);
    };
    let version = value.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
    version.map(Some).ok_or_else(|| {
        Problem::say(Kind::Malformed, "If-Match phải là ETag của bản đã đọc.", "If-Match must be the ETag of what was read.")
    })
}
