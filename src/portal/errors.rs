//! Problems as pages, for people: whatever goes wrong on an address that a browser opens is said in words, in the
//! reader's language, inside the portal. Programs go on getting problem documents.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, VARY};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use super::page::{Page, Section, dress, render};
use super::words::fill;
use crate::http::finish::{RequestId, problem_of};
use crate::http::{Kind, Problem};

/// The middleware around all pages.
pub async fn show(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?;
    if !wants_page(response.request()) {
        return Ok(response.map_into_boxed_body());
    }
    let Some(problem) = problem_of(&response) else {
        return Ok(response.map_into_boxed_body());
    };
    match page(response.request(), &problem) {
        Ok(page) => Ok(response.into_response(page)),
        Err(_) => Ok(response.map_into_boxed_body()),
    }
}

/// Browsers say that they would like HTML; what belongs to programs answers as programs expect.
fn wants_page(request: &HttpRequest) -> bool {
    let path = request.path();
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html") && !["/api/", "/log/", "/assets/"].iter().any(|programs| path.starts_with(programs))
}

#[derive(Template)]
#[template(path = "portal/error.html")]
struct ErrorPage {
    p: Page,
    title: &'static str,
    text: String,
    /// What is wrong with which parameter.
    details: Vec<String>,
    request_id: String,
    status: u16,
}

fn page(request: &HttpRequest, problem: &Problem) -> Result<HttpResponse, Problem> {
    let p = Page::new(request, Section::Other);
    let (lang, w) = (p.lang, &p.w.errors);
    let status = problem.kind.status();
    let (title, text) = match status {
        StatusCode::NOT_FOUND if request.path().starts_with("/g/") => (w.no_entry, w.no_entry_text.to_owned()),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => (w.not_found, w.not_found_text.to_owned()),
        StatusCode::TOO_MANY_REQUESTS => (w.too_many, fill(w.too_many_text, &[&problem.retry_after.unwrap_or(1).to_string()])),
        StatusCode::SERVICE_UNAVAILABLE => (w.unavailable, w.unavailable_text.to_owned()),
        _ if status.is_server_error() => (w.ours, w.ours_text.to_owned()),
        _ if problem.kind == Kind::InvalidCursor => (w.old_cursor, w.old_cursor_text.to_owned()),
        _ => (w.wrong_condition, problem.detail.as_ref().map(|say| say.in_lang(lang).to_owned()).unwrap_or_default()),
    };
    let details = problem.errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail.in_lang(lang))).collect();
    let request_id = if status.is_server_error() { RequestId::of(request) } else { String::new() };
    let html = render(&ErrorPage { p, title, text, details, request_id, status: status.as_u16() })?;
    let mut response = HttpResponse::build(status);
    response.insert_header((CONTENT_TYPE, "text/html; charset=utf-8"));
    response.insert_header((VARY, "accept, accept-language, cookie"));
    if let Some(seconds) = problem.retry_after {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    for (name, value) in &problem.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::from_str(value)) {
            response.insert_header((name, value));
        }
    }
    let mut response = response.body(html);
    dress(response.headers_mut(), lang);
    Ok(response)
}
