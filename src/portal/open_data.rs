//! `/du-lieu-mo`: how programs read everything, and how others check it. `/kiem-tra`: the verifier, one file.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::format;
use super::log_state::LogState;
use super::page::{Page, Section, dress, render, serve};
use super::verifier;
use super::words::{Words, fill};
use crate::db::Db;
use crate::disclosure::appeals;
use crate::giving::appeal_shown::AppealOut;
use crate::http::{Lang, Problem, PublicUrl, Rendered};
use crate::log::publisher::PublicLog;
use crate::log::tiles::{Of, Piece};
use crate::log::tree::TILE_WIDTH;

/// Ledgers offered for download.
const MOST_LEDGERS: i64 = 100;

/// What identifies the log to those who verify it.
pub struct LogName {
    pub origin: String,
    pub vkey: String,
    /// The leaves that told of keys, in the order of the keys.
    pub changes: Vec<KeyChange>,
}

/// A leaf that told of a key.
pub struct KeyChange {
    pub code: String,
    pub text: &'static str,
}

#[derive(Template)]
#[template(path = "portal/open_data.html")]
struct OpenDataPage {
    p: Page,
    log_size: String,
    log_name: Option<LogName>,
    appeals: Vec<AppealOut>,
    /// Where the public reaches this installation, for commands.
    site: String,
    /// The key that signs longest from now, for commands.
    newest_key: String,
    last_files: Vec<LastFile>,
}

/// A file at the end of the log, and what to keep it as.
struct LastFile {
    name: &'static str,
    path: String,
}

/// The last bundle and the last tile of the lowest level, of a log of so many entries.
fn last_files(size: i64) -> Vec<LastFile> {
    let size = u64::try_from(size).unwrap_or_default();
    let last = size.saturating_sub(1) / TILE_WIDTH;
    let file = |(name, of)| Piece::at(of, last, size).map(|piece| LastFile { name, path: piece.path() });
    [("entries", Of::Entries), ("hashes", Of::Hashes(0))].into_iter().filter_map(file).collect()
}

/// `/du-lieu-mo`.
pub async fn show_open_data(
    request: HttpRequest,
    db: web::Data<Db>,
    log_here: web::Data<PublicLog>,
    here: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    serve(&request, || async {
        let p = Page::new(&request, Section::OpenData);
        let (log, appeals) = db
            .read_public(move |conn| -> Result<_, Problem> {
                Ok((LogState::read(conn)?, appeals::list(conn, None, None, MOST_LEDGERS)?.items))
            })
            .await?;
        let log_size = fill(p.w.open_data.log_size, &[&format::count(log.size, p.lang)]);
        let log_name = name_of(&log_here, p.w);
        let newest_key = log_here.keys().last().map(|key| key.vkey.clone()).unwrap_or_default();
        let (site, last_files) = (here.page(""), last_files(log.size));
        render(&OpenDataPage { p, log_size, log_name: Some(log_name), appeals, site, newest_key, last_files })
    })
    .await
}

fn name_of(log: &PublicLog, w: &Words) -> LogName {
    let keys = log.keys();
    let signing: Vec<&str> = keys.iter().filter(|key| key.retired.is_none()).map(|key| key.vkey.as_str()).collect();
    let changes = keys.iter().flat_map(|key| {
        let added = key.entry.iter().map(|code| KeyChange { code: code.clone(), text: w.leaf.key_added });
        added.chain(key.retired.iter().map(|retired| KeyChange { code: retired.entry.clone(), text: w.leaf.key_retired }))
    });
    LogName { origin: log.origin.to_string(), vkey: signing.join(" "), changes: changes.collect() }
}

/// `/kiem-tra`: served whole, under a policy of its own, so that it can be kept and opened from a disk.
pub async fn show_check(
    request: HttpRequest,
    log: web::Data<PublicLog>,
    here: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let lang = Lang::of_page(&request);
    // Retired ones too: receipts from before stay good.
    let keys: Vec<String> = log.keys().iter().map(|key| key.vkey.clone()).collect();
    let page = verifier::page(&keys.join("\n"), &here.page(""), lang);
    let mut response = Rendered::html(page).answer(&request, "public, max-age=300", "accept-encoding, accept-language, cookie");
    dress(response.headers_mut(), lang);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&verifier::POLICY).map_err(Problem::internal)?);
    Ok(response)
}
