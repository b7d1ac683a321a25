//! Which web pages of other origins may call the API from a browser.
//!
//! What is public may be read from any page: it is the point of open data. The officers' API answers pages of the
//! configured origins only. No cookies are used anywhere, so no credentials are allowed across origins.

use std::sync::Arc;

use actix_cors::Cors;
use actix_web::dev::RequestHead;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH,
    RETRY_AFTER,
};

/// A preflight's answer may be kept for so many seconds.
const MAX_AGE_SECONDS: usize = 3_600;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// The middleware; `origins` like `https://so.example.org.vn`, exactly as browsers write them.
pub fn cors(origins: Arc<[String]>) -> Cors {
    Cors::default()
        .allowed_origin_fn(move |origin, request| is_allowed(&origins, origin, request))
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, IDEMPOTENCY_KEY, UPLOAD_OFFSET])
        .expose_headers([
            ETAG,
            RETRY_AFTER,
            CONTENT_DISPOSITION,
            UPLOAD_OFFSET,
            HeaderName::from_static("x-hint"),
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("x-log-size"),
            HeaderName::from_static("x-reversed-by"),
            HeaderName::from_static("idempotency-replayed"),
        ])
        .max_age(MAX_AGE_SECONDS)
        // A page that may not read the answer simply does not get to read it; the request is no attack by itself.
        .block_on_origin_mismatch(false)
}

fn is_allowed(origins: &[String], origin: &HeaderValue, request: &RequestHead) -> bool {
    let path = request.uri.path();
    let is_public = ["/api/v1/public/", "/api/openapi.json", "/log/"].iter().any(|open| path.starts_with(open));
    is_public || origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}
