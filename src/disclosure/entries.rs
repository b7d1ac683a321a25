//! `/api/v1/public/entries`: find entries, read one by its public code.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{CACHE_CONTROL, CACHE_CONTROL_LIST, answer, tagged};
use crate::basics::PublicCode;
use crate::basics::hex;
use crate::basics::keyboard::{Typed, typed};
use crate::chapters::reread;
use crate::chapters::store as chapters;
use crate::db::Db;
use crate::giving::appeals;
use crate::http::cache::PublicCache;
use crate::http::sets::{Filters, Shows};
use crate::http::{Cursor, Kind, Page, Problem, Query, Say, one_line, rows_a_page};
use crate::ledger::annotations::{self, AnnotationRow};
use crate::ledger::goods;
use crate::ledger::kinds::{Channel, Kind as EntryKind};
use crate::ledger::public::{self, Filter, PublicGoods, PublicRow, Within};
use crate::ledger::words::Words;
use crate::search::SearchIndex;
use crate::{log, tree};

/// An entry as everyone may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryOut {
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    #[schema(example = "GIFT_CASH")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CASH")]
    pub channel: Option<String>,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68")]
    pub province: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    #[schema(example = "APPEAL:LULUT-2026")]
    pub fund: String,
    /// The day the gift was received.
    pub day: NaiveDate,
    pub booked_on: NaiveDate,
    /// Negative for a reversal.
    pub amount_vnd: i64,
    /// The giver in the form the giver chose; absent for anonymous.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub giver: Option<String>,
    /// Of a reversal: what it gives back, with a minus.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<PublicGoods>>)]
    pub goods: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_count: Option<i32>,
    /// Code of the entry this one reverses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Code of the entry that reversed this one: it no longer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
    /// What the log says of this entry since: its giver's data were corrected (`AMENDMENT`) or erased (`ERASURE`). Amounts
    /// never change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<AnnotationOut>,
    /// SHA-256 leaf hash in the public log, hexadecimal.
    pub leaf_hash: String,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<i64>,
}

impl EntryOut {
    /// Whether it is a gift, of whatever channel.
    pub fn is_gift(&self) -> bool {
        EntryKind::parse(&self.kind).is_some_and(EntryKind::is_gift)
    }
}

/// A leaf without money that speaks of an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnnotationOut {
    #[schema(example = "3MZK0T9Q4B7XH2VWE")]
    pub code: String,
    /// `AMENDMENT` or `ERASURE`.
    #[schema(example = "AMENDMENT")]
    pub kind: String,
    pub booked_on: NaiveDate,
    /// SHA-256 leaf hash in the public log, hexadecimal.
    pub leaf_hash: String,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<i64>,
}

fn entry_out(
    row: PublicRow,
    chapter_name: String,
    reversed_by: Option<String>,
    annotations: Vec<AnnotationOut>,
    log_index: Option<i64>,
) -> EntryOut {
    EntryOut {
        annotations,
        code: row.code,
        kind: row.kind,
        channel: row.channel,
        chapter: row.chapter,
        chapter_name,
        province: row.province,
        appeal: row.appeal,
        fund: row.fund,
        day: row.day,
        booked_on: row.booked,
        amount_vnd: row.amount_vnd,
        giver: row.giver,
        goods: row.goods,
        message_count: row.message_count,
        reverses: row.reverses,
        reason: row.reason,
        reversed_by,
        leaf_hash: hex(&row.leaf_hash),
        log_index,
    }
}

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

/// What rows need beside themselves, read once for a page.
struct Context {
    names: HashMap<String, String>,
    reversals: HashMap<String, String>,
    annotations: HashMap<String, Vec<AnnotationRow>>,
    indices: HashMap<String, i64>,
    given_back: HashMap<String, Vec<PublicGoods>>,
}

impl Context {
    fn read(conn: &mut PgConnection, rows: &[PublicRow]) -> Result<Self, Problem> {
        let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        let annotations = annotations::of_entries(conn, &codes)?;
        let logged: Vec<&str> =
            codes.iter().copied().chain(annotations.values().flatten().map(|said| said.code.as_str())).collect();
        Ok(Self {
            names: chapters::names(conn, &rows.iter().map(|row| row.chapter.as_str()).collect::<Vec<_>>())?,
            reversals: public::reversals_of(conn, &codes)?,
            indices: log::store::indices_of(conn, &logged)?,
            given_back: goods::given_back(conn, &rows.iter().filter_map(PublicRow::reversal).collect::<Vec<_>>())?,
            annotations,
        })
    }

    fn show(&mut self, mut row: PublicRow) -> EntryOut {
        if let Some(goods) = self.given_back.remove(&row.code) {
            row.goods = serde_json::to_value(goods).ok();
        }
        let name = self.names.get(&row.chapter).cloned().unwrap_or_default();
        let (reversed_by, index) = (self.reversals.remove(&row.code), self.indices.remove(&row.code));
        let said = self.annotations.remove(&row.code).unwrap_or_default();
        let annotations = said.into_iter().map(|a| AnnotationOut {
            log_index: self.indices.get(&a.code).copied(),
            code: a.code,
            kind: a.kind,
            booked_on: a.booked,
            leaf_hash: hex(&a.leaf_hash),
        });
        let annotations = annotations.collect();
        entry_out(row, name, reversed_by, annotations, index)
    }
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
    Ok(Some(Context::read(conn, std::slice::from_ref(&row))?.show(row)))
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
    if out.log_index.is_some() && out.annotations.iter().all(|said| said.log_index.is_some()) {
        cache.keep(edition, &out.code, body.clone());
    }
    Ok(body.answer(&request, CACHE_CONTROL))
}
