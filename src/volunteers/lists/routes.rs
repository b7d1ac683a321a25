//! `/api/v1/volunteer-imports`: a list of volunteers out of a spreadsheet, looked through and entered.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::fault::Fault;
use super::check::{self, Candidate, File, Found, Rules};
use super::enter::{self, Of};
use super::form::{AT_ONCE, FORM};
use super::store::ImportRow;
use super::wire::{ImportOut, ListCheck, ListState, Outcome};
use super::{long, show};
use crate::authz::{Actor, Desk, Granted, KeepPeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::listed::ImportFault;
use crate::http::query::nothing_asked;
use crate::http::sent_file::XLSX;
use crate::http::sets::{Acts, Own, Writes};
use crate::http::{Answer, Lang, Problem, Query, Reply, SentFile};
use crate::tree::Place;
use crate::vault::Vault;

/// Of each kind of rows, most that an answer names.
const MOST_NAMED: usize = 500;
/// Files read at once, in a process: a file unpacks to a multiple of itself.
static READING: Semaphore = Semaphore::const_new(2);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(download_volunteer_template).service(import_volunteers).service(show_volunteer_import);
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

/// Look through a list of volunteers, and enter them with `enter=true`: XLSX or CSV, at most 5,000 rows, as in the template.
///
/// A list with faults writes nothing: the answer names them row by row. One without is entered whole: up to 500 people at once; of more a job
/// enters them part by part, and the answer says where it is seen how far that is. The same list sent again enters nobody twice; where its
/// job came to nothing, it goes on.
#[utoipa::path(
    tag = "volunteers", params(VolunteerListQuery),
    request_body(
        content = VolunteerSheet, content_type = "application/octet-stream",
        description = "The file, as it is. `text/csv`, the type of XLSX and `application/vnd.ms-excel` are taken as well, or none; others are refused (`415`)"
    ),
    responses(
        (status = 201, body = ListCheck, description = "They were entered"),
        (status = 202, body = ListCheck, description = "They are being entered", headers(("location" = String, description = "Path of the job"))),
        (status = 200, body = ListCheck, description = "Nothing was written: faulty, a look alone, or sent before"), Writes
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
    let (check, came) = desk.blocking(move |db, vault, _| imported(db, vault, &sent, &bytes)).await?;
    let job = check.import.as_ref().map(|import| import.job);
    Ok(match (came, job) {
        (Came::Nothing, _) => Reply::ok(check),
        (Came::Entered, _) => Reply::created(check),
        (Came::Accepted, Some(job)) => Reply::accepted(check).with((LOCATION, format!("/api/v1/jobs/{job}"))),
        (Came::Accepted, None) => Reply::accepted(check),
    })
}

/// Where a list of volunteers stands that a job enters, and which of its rows were refused. It names nobody.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The list")), responses((status = 200, body = ImportOut), Acts)
)]
#[get("/volunteer-imports/{id}")]
pub async fn show_volunteer_import(desk: Desk, id: web::Path<Uuid>, lang: Lang) -> Answer<ImportOut> {
    desk.read(move |v| Ok(show::one(v, *id, lang)?)).await.map(Reply::ok)
}

struct Sent {
    actor: Actor,
    now: DateTime<Utc>,
    lang: Lang,
    query: VolunteerListQuery,
}

/// What came of a list now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Nothing,
    Entered,
    Accepted,
}

/// Reads, checks and, without a fault, enters a list that is to be, or has a job enter it.
fn imported(db: &Db, vault: &Vault, sent: &Sent, bytes: &[u8]) -> Result<(ListCheck, Came), Problem> {
    let file = check::file(vault, &sent.query.chapter, sent.query.verified, bytes)?;
    if file.people.len() > AT_ONCE { by_job(db, vault, sent, &file) } else { at_once(db, vault, sent, &file) }
}

/// A list of few people: looked through and entered in one transaction.
fn at_once(db: &Db, vault: &Vault, sent: &Sent, file: &File) -> Result<(ListCheck, Came), Problem> {
    let VolunteerListQuery { chapter, enter, verified } = &sent.query;
    let work = |conn: &mut PgConnection| -> Result<(ListCheck, Came), Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, place) = v.at_code::<KeepPeople>(chapter)?;
        if !file.people.is_empty() && enter::is_entered(&mut v, &file.content_hash)? {
            return Ok((told(file, Outcome::Entered, &[], Found::default(), sent.lang), Came::Nothing));
        }
        let rules = Rules::read(v.conn, file.people.iter(), vietnam_date(sent.now))?;
        let mut faults = file.faults.clone();
        let candidates = check::candidates(vault, &file.people, &rules, &mut faults)?;
        let mut found = check::look(v.conn, vault, grant.chapter(), &rules, &candidates)?;
        gather(&mut faults, &mut found);
        if !faults.is_empty() {
            return Ok((told(file, Outcome::Faulty, &faults, found, sent.lang), Came::Nothing));
        }
        if !enter || candidates.is_empty() {
            return Ok((told(file, Outcome::Ready, &[], found, sent.lang), Came::Nothing));
        }
        open(&place)?;
        let of = Of { code: chapter, content_hash: &file.content_hash, verified: *verified, account: grant.account() };
        enter_all(&mut v, &grant, &of, &rules, candidates)?;
        Ok((told(file, Outcome::Entered, &[], found, sent.lang), Came::Entered))
    };
    if *enter { db.tx_blocking(work) } else { db.read_blocking(work) }
}

fn enter_all(
    v: &mut Visit<'_>,
    grant: &Granted<KeepPeople>,
    of: &Of<'_>,
    rules: &Rules,
    candidates: Vec<Candidate<'_>>,
) -> Result<(), Fault> {
    let count = candidates.len();
    let mut people = Vec::with_capacity(count);
    for Candidate { place, entry, fit, .. } in candidates {
        people.push(enter::ready(v.vault, of, place, entry, fit)?);
    }
    if !enter::people(&mut v.errand(), grant, of, rules, people)?.is_empty() {
        return Err(Fault::conflict(
            "Trong lúc nhập, thông tin của người trong danh sách vừa thay đổi: hãy gửi lại danh sách.",
            "Something about people of the list has just changed: send it again.",
        ));
    }
    let detail = json!({"volunteers": count, "verified": of.verified});
    Ok(v.note_at(Some(grant.chapter()), "VOLUNTEER_LIST_ENTERED", None, Some(&detail))?)
}

/// A list of many people: looked through in transactions of its own, and kept for a job where nothing is wrong.
fn by_job(db: &Db, vault: &Vault, sent: &Sent, file: &File) -> Result<(ListCheck, Came), Problem> {
    let VolunteerListQuery { chapter, enter, verified } = &sent.query;
    let again = |conn: &mut PgConnection| -> Result<Option<ImportOut>, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, _) = v.at_code::<KeepPeople>(chapter)?;
        let same: Option<ImportRow> = long::again(&mut v, &grant, file, *enter)?;
        Ok(same.map(|row| show::out(v.conn, row, sent.lang)).transpose()?)
    };
    let same = if *enter { db.tx_blocking(again)? } else { db.read_blocking(again)? };
    if let Some(import) = same {
        return Ok((kept(told(file, Outcome::Accepted, &[], Found::default(), sent.lang), import), Came::Nothing));
    }
    let rules = db.read_blocking(|conn| Rules::read(conn, file.people.iter(), vietnam_date(sent.now)))?;
    let mut faults = file.faults.clone();
    let candidates = check::candidates(vault, &file.people, &rules, &mut faults)?;
    let mut found = db.read_blocking(|conn| -> Result<Found, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, _) = v.at_code::<KeepPeople>(chapter)?;
        Ok(check::look(v.conn, vault, grant.chapter(), &rules, &candidates)?)
    })?;
    gather(&mut faults, &mut found);
    if !faults.is_empty() {
        return Ok((told(file, Outcome::Faulty, &faults, found, sent.lang), Came::Nothing));
    }
    if !enter {
        return Ok((told(file, Outcome::Ready, &[], found, sent.lang), Came::Nothing));
    }
    let parts = long::parts(vault, file)?;
    let (import, is_new) = db.tx_blocking(|conn| -> Result<(ImportOut, bool), Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, place) = v.at_code::<KeepPeople>(chapter)?;
        open(&place)?;
        let (row, is_new) = long::keep(&mut v, &grant, (file, *verified), &parts)?;
        Ok((show::out(v.conn, row, sent.lang)?, is_new))
    })?;
    let came = if is_new { Came::Accepted } else { Came::Nothing };
    Ok((kept(told(file, Outcome::Accepted, &[], found, sent.lang), import), came))
}

/// Whether a chapter takes people.
fn open(place: &Place) -> Result<(), Fault> {
    if place.accepts_entries {
        return Ok(());
    }
    Err(Fault::conflict(
        "Đơn vị đã sáp nhập hoặc giải thể: hãy gửi danh sách cho đơn vị kế tục.",
        "The chapter has merged or dissolved: send the list to its successor.",
    ))
}

/// All faults, by row.
fn gather(faults: &mut Vec<sheets::Fault>, found: &mut Found) {
    faults.append(&mut found.faults);
    faults.sort_by_key(|fault| fault.row);
}

fn told(file: &File, outcome: Outcome, faults: &[sheets::Fault], found: Found, lang: Lang) -> ListCheck {
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
        import: None,
    }
}

/// The same with the list that a job enters, or has entered.
fn kept(check: ListCheck, import: ImportOut) -> ListCheck {
    let outcome = if import.state == ListState::Done { Outcome::Entered } else { Outcome::Accepted };
    ListCheck { outcome, import: Some(import), ..check }
}
