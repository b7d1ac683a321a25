//! `/api/v1/public/entries`: find entries, read one by its public code.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Deserialize;
use utoipa::IntoParams;

pub use super::entry_out::{AnnotationOut, EntryOut};

use super::entry_out::Context;
use super::{CACHE_CONTROL, CACHE_CONTROL_LIST, answer, tagged};
use crate::basics::PublicCode;
use crate::basics::keyboard::{Typed, typed};
use crate::chapters::reread;
use crate::db::Db;
use crate::giving::appeals;
use crate::http::cache::PublicCache;
use crate::http::sets::{Filters, Shows};
use crate::http::{Cursor, Kind, Page, Problem, Query, Say, one_line, rows_a_page};
use crate::ledger::kinds::Channel;
use crate::ledger::public::{self, Filter, Within};
use crate::ledger::words::Words;
use crate::search::SearchIndex;
use crate::{log, tree};

/// What to look for; all conditions hold together.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// Words without accents or with; every one must occur, the last may be the beginning of a word. Words in double
    /// quotes must stand together.
    #[param(example = "ham liem", max_length = 200)]
    pub q: Option<String>,
    /// Code of an appeal.
    pub appeal: Option<String>,
    /// Code of a chapter: its own entries and those of everything below it.
    #[param(example = "23095")]
    pub chapter: Option<String>,
    pub channel: Option<Channel>,
    /// First and last day received.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Exactly this amount.
    #[param(example = 500_000)]
    pub amount_vnd: Option<i64>,
    pub min_vnd: Option<i64>,
    pub max_vnd: Option<i64>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// The filter a query stands for; `None` when it can have no hit.
fn filter_of(conn: &mut PgConnection, query: &EntriesQuery) -> Result<Option<Filter>, Problem> {
    let within = match query.chapter.as_deref() {
        None => None,
        Some(code) => match tree::place(conn, code)? {
            None => return Ok(None),
            Some(here) => match here.path.len() {
                0 | 1 => None,
                2 => Some(Within::Province(here.code)),
                3 => Some(Within::Grassroots(here.code)),
                _ => Some(Within::Chapter(here.code)),
            },
        },
    };
    let words = match query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        None => None,
        Some(q) => match Words::parse(q) {
            None => return Ok(None),
            words => words,
        },
    };
    Ok(Some(Filter {
        appeal: query.appeal.clone(),
        within,
        channel: query.channel,
        from: query.from,
        to: query.to,
        min_vnd: query.amount_vnd.or(query.min_vnd),
        max_vnd: query.amount_vnd.or(query.max_vnd),
        words,
    }))
}

/// A page of entries, newest first: what the API and the portal show.
pub fn search(conn: &mut PgConnection, index: &SearchIndex, query: &EntriesQuery, limit: i64) -> Result<Page<EntryOut>, Problem> {
    Ok(search_as_meant(conn, index, query, limit)?.0)
}

/// The same. Where nothing has the words as they were typed, they are read as the code of an appeal in a bank's memo (`LULUT2026`), then
/// as words of places that a typing program changed; the second part says how.
pub fn search_as_meant(
    conn: &mut PgConnection,
    index: &SearchIndex,
    query: &EntriesQuery,
    limit: i64,
) -> Result<(Page<EntryOut>, Option<String>), Problem> {
    let found = search_as_typed(conn, index, query, limit);
    // A cursor belongs to the reading that made it.
    let nothing = match &found {
        Ok(page) => page.items.is_empty() && query.cursor.is_none(),
        Err(problem) => problem.kind == Kind::InvalidCursor,
    };
    if nothing && let Some(q) = query.q.as_deref().filter(|q| q.chars().count() <= 200) {
        for (other, read_as) in other_readings(conn, query, q)? {
            if let Ok(page) = search_as_typed(conn, index, &other, limit)
                && (!page.items.is_empty() || other.cursor.is_some())
            {
                return Ok((page, Some(read_as)));
            }
        }
    }
    Ok((found?, None))
}

fn other_readings(conn: &mut PgConnection, query: &EntriesQuery, q: &str) -> Result<Vec<(EntriesQuery, String)>, Problem> {
    let mut readings = Vec::new();
    if query.appeal.is_none()
        && let Some(code) = appeals::of_memo(conn, q)?
    {
        readings.push((EntriesQuery { q: None, appeal: Some(code.clone()), ..query.clone() }, code));
    }
    if let Some(again) = reread(q) {
        readings.push((EntriesQuery { q: Some(again.clone()), ..query.clone() }, again));
    }
    Ok(readings)
}

/// Of codes that a changed one may have been, the one that something has; `None` if nothing or more than one has.
pub fn the_one(conn: &mut PgConnection, codes: &[PublicCode]) -> Result<Option<PublicCode>, Problem> {
    let known = log::store::known(conn, &codes.iter().map(PublicCode::as_str).collect::<Vec<_>>())?;
    match known.as_slice() {
        [one] => Ok(PublicCode::parse(one).ok()),
        _ => Ok(None),
    }
}

fn search_as_typed(
    conn: &mut PgConnection,
    index: &SearchIndex,
    query: &EntriesQuery,
    limit: i64,
) -> Result<Page<EntryOut>, Problem> {
    if let Some(q) = query.q.as_deref().filter(|q| !q.trim().is_empty()) {
        one_line("q", q, 200)?;
    }
    let filter = filter_of(conn, query)?;
    let before = Cursor::<i64>::decode(query.cursor.as_deref(), &filter)?.map(|c| c.last);
    let rows = match &filter {
        Some(filter) => index.page(conn, filter, before, limit + 1)?,
        None => Vec::new(),
    };
    let mut context = Context::read(conn, &rows)?;
    Ok(Page::of(rows, limit, &filter, |row| row.seq, |row| context.show(row)))
}

/// Search the ledger, newest first.
#[utoipa::path(tag = "public", params(EntriesQuery), responses((status = 200, body = Page<EntryOut>), Filters), security(()))]
#[get("/entries")]
pub async fn search_entries(
    request: HttpRequest,
    Query(query): Query<EntriesQuery>,
    db: web::Data<Db>,
    index: web::Data<SearchIndex>,
) -> Result<HttpResponse, Problem> {
    let limit = rows_a_page(query.limit)?;
    let page = db.read_public(move |conn| search(conn, &index, &query, limit)).await?;
    answer(&request, &page, CACHE_CONTROL_LIST)
}

/// Reads a code as people write it; the refusal says what a code is.
pub fn parse_code(code: &str) -> Result<PublicCode, Problem> {
    PublicCode::parse(code).map_err(|_| no_code())
}

/// What is said of a text that is no code.
pub fn no_code() -> Problem {
    let say = Say::fixed(
        "Mã không đúng: mã có 17 ký tự, hãy xem lại từng ký tự (có ký tự kiểm tra ở cuối). Nếu đang bật bộ gõ tiếng Việt, hãy tắt rồi gõ lại.",
        "This is no code: it has 17 characters, check each (the last one is a check character). If a Vietnamese keyboard is on, turn it off and type again.",
    );
    Problem { detail: Some(say), ..Problem::not_found() }
}

/// One entry as everyone may see it.
pub fn find(conn: &mut PgConnection, code: &PublicCode) -> Result<EntryOut, Problem> {
    look_up(conn, code)?.ok_or_else(Problem::not_found)
}

/// [`find`] for a code that may be of something else, or of nothing.
pub fn look_up(conn: &mut PgConnection, code: &PublicCode) -> Result<Option<EntryOut>, Problem> {
    let Some(row) = public::find(conn, code.as_str())? else { return Ok(None) };
    let mut entry = Context::read(conn, std::slice::from_ref(&row))?.show(row);
    entry.look_closer(conn)?;
    Ok(Some(entry))
}

/// One entry by its public code, as printed, scanned or read aloud.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "7ZC4K0M9T2R8VQ3BV")),
    responses((status = 200, body = EntryOut), Shows), security(())
)]
#[get("/entries/{code}")]
pub async fn show_entry(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    cache: web::Data<PublicCache>,
) -> Result<HttpResponse, Problem> {
    if let Some(body) = cache.get(&code) {
        return Ok(body.answer(&request, CACHE_CONTROL));
    }
    let edition = cache.edition();
    let asked = typed(&code);
    let out = db
        .read_public(move |conn| match asked {
            Typed::Code(code) => find(conn, &code),
            Typed::Perhaps(codes) => {
                let code = the_one(conn, &codes)?.ok_or_else(no_code)?;
                find(conn, &code)
            }
            Typed::Broken | Typed::Words => Err(no_code()),
        })
        .await?;
    let body = tagged(&out)?;
    // Until it has its place in the log the answer is about to change.
    if out.is_settled() {
        cache.keep(edition, &out.code, body.clone());
    }
    Ok(body.answer(&request, CACHE_CONTROL))
}
