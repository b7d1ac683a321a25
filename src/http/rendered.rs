//! Text that is made once and sent many times: pages and their assets, plain and compressed, each with its tag.

use std::io::Write as _;

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::etag::is_known;

/// Compressing harder costs more time than the network saves.
const LEVEL: u32 = 5;
/// Smaller texts fit into a packet as they are.
const WORTH_IT: usize = 1_000;

/// A text, ready to be sent. Cheap to clone.
#[derive(Clone)]
pub struct Rendered {
    kind: &'static str,
    plain: (Bytes, HeaderValue),
    gzip: Option<(Bytes, HeaderValue)>,
}

impl Rendered {
    pub fn new(kind: &'static str, body: impl Into<Bytes>) -> Self {
        let body: Bytes = body.into();
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..12]);
        // The compressed bytes are other bytes, so they have another tag.
        let tag =
            |suffix: &str| HeaderValue::from_str(&format!("\"{hash}{suffix}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        let gzip = (body.len() >= WORTH_IT).then(|| compress(&body)).flatten().map(|bytes| (bytes, tag("-gz")));
        Self { kind, gzip, plain: (body, tag("")) }
    }

    pub fn html(body: String) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    /// The text as it is.
    pub fn bytes(&self) -> &Bytes {
        &self.plain.0
    }

    /// `200` with the text as the client likes it, or `304` when it has it already.
    pub fn answer(&self, request: &HttpRequest, cache_control: &'static str, vary: &'static str) -> HttpResponse {
        let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let packed = self.gzip.as_ref().filter(|_| header(ACCEPT_ENCODING).is_some_and(accepts_gzip));
        let (body, tag) = packed.unwrap_or(&self.plain);
        let known = is_known(request, tag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((ETAG, tag.clone()))
            .insert_header((CACHE_CONTROL, HeaderValue::from_static(cache_control)))
            .insert_header((VARY, HeaderValue::from_static(vary)));
        if known {
            return response.finish();
        }
        if packed.is_some() {
            response.insert_header((CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static(self.kind))).body(body.clone())
    }
}

fn compress(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::new(LEVEL));
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|part| {
        let mut fields = part.split(';').map(str::trim);
        let coding = fields.next().unwrap_or_default();
        let refused = fields.filter_map(|field| field.strip_prefix("q=")).any(|q| q.parse() == Ok(0.0f32));
        (coding.eq_ignore_ascii_case("gzip") || coding == "*") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::IF_NONE_MATCH;
    use actix_web::test::TestRequest;

    #[test]
    fn a_text_goes_out_compressed_to_those_who_can_read_it_so_and_once() {
        let page = Rendered::html("<p>xin chào</p>".repeat(200));
        let answer = |encoding: &str, known: &str| {
            let request = TestRequest::get().insert_header((ACCEPT_ENCODING, encoding)).insert_header((IF_NONE_MATCH, known));
            page.answer(&request.to_http_request(), "public, max-age=3", "accept-encoding")
        };
        let packed = answer("br, gzip", "");
        assert_eq!(packed.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes), Some(&b"gzip"[..]));
        let tag = packed.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).unwrap().to_owned();
        assert_eq!(answer("gzip", &format!("\"x\", W/{tag}")).status(), 304);
        for plain in ["", "identity", "gzip;q=0"] {
            let response = answer(plain, &tag);
            assert_eq!((response.status().as_u16(), response.headers().contains_key(CONTENT_ENCODING)), (200, false), "{plain}");
        }
    }
}
