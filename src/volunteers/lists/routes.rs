//! `/api/v1/volunteer-imports`: a list of volunteers out of a spreadsheet, looked through and entered.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::check::{self, File, Rules};
use super::enter;
use super::form::FORM;
use super::wire::{ListCheck, Outcome};
use crate::authz::{Actor, Desk, KeepPeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::listed::ImportFault;
use crate::http::query::nothing_asked;
use crate::http::sent_file::XLSX;
use crate::http::sets::{Own, Writes};
use crate::http::{Answer, Lang, Problem, Query, Reply, SentFile};
use crate::vault::Vault;

/// Of each kind of rows, most that an answer names.
const MOST_NAMED: usize = 500;
/// Files read at once, in a process: a file unpacks to a multiple of itself.
static READING: Semaphore = Semaphore::const_new(2);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(download_volunteer_template).service(import_volunteers);
}

/// The bytes of a spreadsheet.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct VolunteerSheet(Vec<u8>);

/// An empty list of volunteers to fill in, with an explanation of its columns.
#[utoipa::path(
    tag = "volunteers",
    responses((status = 200, body = VolunteerSheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), Own)
)]
#[get("/volunteer-imports/template.xlsx")]
pub async fn download_volunteer_template(desk: Desk, request: HttpRequest, lang: Lang) -> Result<HttpResponse, Problem> {
    nothing_asked(request.query_string())?;
    desk.read(|_| Ok(())).await?;
    let file = web::block(move || sheets::template(&FORM, lang == Lang::En)).await.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, XLSX))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"danh-sach-tinh-nguyen-vien.xlsx\""))
        .body(file.map_err(Problem::internal)?))
}

/// What is said of a list as a whole.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VolunteerListQuery {
    /// Code of the chapter whose volunteers they are.
    #[param(example = "23095")]
    chapter: String,
    /// Enter them, where nothing is wrong; without it the list is looked through and nothing written.
    #[serde(default)]
    #[param(required = false)]
    enter: bool,
    /// The chapter has verified each of them; without it they wait for that.
    #[serde(default)]
    #[param(required = false)]
    verified: bool,
}

/// Look through a list of volunteers, and enter them with `enter=true`: XLSX or CSV, at most 500 rows, as in the template.
///
/// A list with faults writes nothing: the answer names them row by row. One without is entered whole. The same list sent again enters
/// nobody twice.
#[utoipa::path(
    tag = "volunteers", params(VolunteerListQuery),
    request_body(
        content = VolunteerSheet, content_type = "application/octet-stream",
        description = "The file, as it is. `text/csv`, the type of XLSX and `application/vnd.ms-excel` are taken as well, or none; others are refused (`415`)"
    ),
    responses(
        (status = 201, body = ListCheck, description = "They were entered"),
        (status = 200, body = ListCheck, description = "Nothing was written: faulty, a look alone, or entered before"), Writes
    )
)]
#[post("/volunteer-imports")]
pub async fn import_volunteers(
    desk: Desk,
    Query(query): Query<VolunteerListQuery>,
    lang: Lang,
    SentFile(bytes): SentFile,
) -> Answer<ListCheck> {
    let chapter = query.chapter.clone();
    desk.read(move |v| v.at_code::<KeepPeople>(&chapter).map(drop).map_err(Problem::from)).await?;
    let (actor, now) = (desk.actor(), desk.now());
    let _turn = READING.acquire().await.map_err(Problem::internal)?;
    let sent = Sent { actor, now, lang, query };
    desk.blocking(move |db, vault, _| imported(db, vault, &sent, &bytes)).await.map(Reply::made)
}

struct Sent {
    actor: Actor,
    now: chrono::DateTime<chrono::Utc>,
    lang: Lang,
    query: VolunteerListQuery,
}

/// Reads, checks and, without a fault, enters a list that is to be; says whether it was now.
fn imported(db: &Db, vault: &Vault, sent: &Sent, bytes: &[u8]) -> Result<(ListCheck, bool), Problem> {
    let VolunteerListQuery { chapter, enter, verified } = &sent.query;
    let file = check::file(vault, chapter, *verified, bytes)?;
    let work = |conn: &mut diesel::pg::PgConnection| -> Result<(ListCheck, bool), Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, place) = v.at_code::<KeepPeople>(chapter)?;
        if !file.people.is_empty() && enter::is_entered(&mut v, &file.content_hash)? {
            return Ok((told(&file, Outcome::Entered, &[], check::Found::default(), sent.lang), false));
        }
        let rules = Rules::read(v.conn, &file.people, vietnam_date(sent.now))?;
        let mut faults = file.faults.clone();
        let candidates = check::candidates(vault, &file.people, &rules, &mut faults)?;
        let mut found = check::look(v.conn, vault, grant.chapter(), &rules, &candidates)?;
        faults.append(&mut found.faults);
        faults.sort_by_key(|fault| fault.row);
        if !faults.is_empty() {
            return Ok((told(&file, Outcome::Faulty, &faults, found, sent.lang), false));
        }
        if !enter || candidates.is_empty() {
            return Ok((told(&file, Outcome::Ready, &[], found, sent.lang), false));
        }
        if !place.accepts_entries {
            return Err(super::super::fault::Fault::conflict(
                "Đơn vị đã sáp nhập hoặc giải thể: hãy gửi danh sách cho đơn vị kế tục.",
                "The chapter has merged or dissolved: send the list to its successor.",
            )
            .into());
        }
        enter::all(&mut v, &grant, (chapter, &file.content_hash), candidates, *verified)?;
        Ok((told(&file, Outcome::Entered, &[], found, sent.lang), true))
    };
    if *enter { db.tx_blocking(work) } else { db.read_blocking(work) }
}

fn told(file: &File, outcome: Outcome, faults: &[sheets::Fault], found: check::Found, lang: Lang) -> ListCheck {
    ListCheck {
        outcome,
        rows: file.people.len(),
        fault_count: faults.len(),
        faults: faults.iter().take(MOST_NAMED).map(|fault| ImportFault::of(fault, lang)).collect(),
        alike: found.alike.into_iter().take(MOST_NAMED).collect(),
        known: found.known,
        hidden_rows: file.hidden,
        ignored_columns: file.ignored.clone(),
        ignored_sheets: file.ignored_sheets.clone(),
    }
}
