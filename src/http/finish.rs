//! The outermost middleware: request id, problem documents, security headers, one log line a request.
//!
//! Log lines name the route pattern, never the path or the query: both may carry personal data.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    RETRY_AFTER, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use tracing::Instrument;

use super::language::Lang;
use super::metrics::{Metrics, method_label};
use super::problem::{Kind, Problem};

/// Carries the request's id to whoever asks for it.
#[derive(Clone)]
pub struct RequestId(pub String);

impl RequestId {
    pub fn of(request: &HttpRequest) -> String {
        request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Unique per process start and request: 32 random bits taken once, then a counter.
fn next_request_id() -> String {
    static PREFIX: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let prefix = PREFIX.get_or_init(|| getrandom::u32().unwrap_or_else(|_| std::process::id()));
    format!("{prefix:08x}-{:x}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// See the module.
pub async fn finish(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = next_request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let _in_flight = metrics.as_ref().map(|metrics| metrics.begin());
    let span = tracing::info_span!("request", id = %id);
    // HEAD is GET without the body, which the connection leaves away by itself (RFC 9110 §9.3.2).
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    // Handlers, extractors, the default service and the middlewares inside this one all answer with a response.
    let response = next.call(request).instrument(span.clone()).await?;
    let _in_span = span.enter();
    let mut response = match problem_of(&response) {
        Some(problem) => {
            let mut rendered = render(&problem, response.request(), &id);
            keep_origin_headers(response.headers(), rendered.headers_mut());
            response.into_response(rendered)
        }
        None => response.map_into_boxed_body(),
    };
    let is_documentation = response.request().path().starts_with("/docs/");
    set_headers(response.headers_mut(), &id, if is_documentation { DOCUMENTATION_POLICY } else { API_POLICY });
    let took = started.elapsed();
    log(&response, took);
    if let Some(metrics) = metrics {
        let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
        metrics.answered(method_label(response.request().method()), route, response.status().as_u16(), took);
    }
    Ok(response)
}

/// A problem waiting in the response, ours or made from what the framework refused.
pub fn problem_of<B>(response: &ServiceResponse<B>) -> Option<Problem> {
    let status = response.status();
    match response.response().error() {
        Some(error) => Some(match error.as_error::<Problem>() {
            Some(problem) => problem.clone(),
            None if status.is_server_error() => Problem::internal(error),
            None => Problem::new(kind_of(status.as_u16())),
        }),
        None if (status.is_client_error() || status.is_server_error()) && !response.headers().contains_key(CONTENT_TYPE) => {
            Some(Problem::new(kind_of(status.as_u16())))
        }
        None => None,
    }
}

fn kind_of(status: u16) -> Kind {
    Kind::ALL.iter().copied().find(|kind| kind.status().as_u16() == status).unwrap_or(if status >= 500 {
        Kind::Internal
    } else {
        Kind::Malformed
    })
}

fn render(problem: &Problem, request: &HttpRequest, id: &str) -> HttpResponse<BoxBody> {
    let lang = Lang::of_request(request);
    let mut response = HttpResponse::build(problem.kind.status());
    response
        .insert_header((CONTENT_TYPE, "application/problem+json"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header((CACHE_CONTROL, "no-store"));
    if let Some(seconds) = problem.retry_after {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    for (name, value) in &problem.headers {
        response.insert_header((*name, value.as_str()));
    }
    if problem.kind.status() == actix_web::http::StatusCode::UNAUTHORIZED {
        response.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    match serde_json::to_vec(&problem.document(lang, id)) {
        Ok(body) => response.body(body),
        Err(_) => response.finish(),
    }
}

/// What was decided about the page's origin holds for the problem document too, or the page could not read it.
fn keep_origin_headers(decided: &HeaderMap, rendered: &mut HeaderMap) {
    for (name, value) in decided.iter().filter(|(name, _)| name.as_str().starts_with("access-control-") || *name == VARY) {
        rendered.append(name.clone(), value.clone());
    }
}

/// JSON needs nothing; the Swagger page needs its own scripts, styles and inline pictures.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
const DOCUMENTATION_POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

fn set_headers(headers: &mut HeaderMap, id: &str, policy: &'static str) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, value);
    }
}

/// Reads that went well are the bulk of a public ledger's traffic: they are logged at debug level only.
fn log<B>(response: &ServiceResponse<B>, took: Duration) {
    let request = response.request();
    let status = response.status().as_u16();
    if status < 400 && request.method() == Method::GET && !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let route = request.match_pattern().unwrap_or_default();
    let ms = took.as_secs_f64() * 1000.0;
    match status {
        500.. => tracing::error!(method = %request.method(), route, status, ms, "answered"),
        _ if status < 400 && request.method() == Method::GET => {
            tracing::debug!(method = %request.method(), route, status, ms, "answered")
        }
        _ => tracing::info!(method = %request.method(), route, status, ms, "answered"),
    }
}
