//! `/du-lieu-mo`: how programs read everything, and how others check it. `/kiem-tra`: where receipts are checked.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::format;
use super::log_state::LogState;
use super::page::{Page, Section, render, serve};
use super::words::fill;
use crate::db::Db;
use crate::disclosure::appeals;
use crate::giving::appeal_routes::AppealOut;
use crate::http::Problem;

/// Ledgers offered for download.
const MOST_LEDGERS: i64 = 100;

/// What identifies the log to those who verify it.
pub struct LogName {
    pub origin: String,
    pub vkey: String,
}

#[derive(Template)]
#[template(path = "portal/open_data.html")]
struct OpenDataPage {
    p: Page,
    log_size: String,
    log_name: Option<LogName>,
    appeals: Vec<AppealOut>,
}

/// `/du-lieu-mo`.
pub async fn show_open_data(request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    serve(&request, || async {
        let p = Page::new(&request, Section::OpenData);
        let (log, appeals) = db
            .read_public(move |conn| -> Result<_, Problem> {
                Ok((LogState::read(conn)?, appeals::list(conn, None, None, MOST_LEDGERS)?.items))
            })
            .await?;
        let log_size = fill(p.w.open_data.log_size, &[&format::count(log.size, p.lang)]);
        render(&OpenDataPage { p, log_size, log_name: None, appeals })
    })
    .await
}

#[derive(Template)]
#[template(path = "portal/check.html")]
struct CheckPage {
    p: Page,
}

/// `/kiem-tra`.
pub async fn show_check(request: HttpRequest) -> Result<HttpResponse, Problem> {
    serve(&request, || async { render(&CheckPage { p: Page::new(&request, Section::Check) }) }).await
}
