//! `/api/v1/…/gift-imports`: a list of gifts out of a spreadsheet, looked through and accepted.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, LOCATION, VARY};
use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::accept;
use super::check::{self, File, Found};
use super::form::FORM;
use super::store::{self, NewImport};
use super::wire::{AcceptIn, CheckOutcome, ImportCheck, ImportFault, ImportOut};
use crate::authz::{Actor, Desk, Record, Visit};
use crate::basics::Clock;
use crate::db::Db;
use crate::giving::model::MAX_BATCH;
use crate::http::sent_file::XLSX;
use crate::http::sets::{Own, Reads, Records, Writes};
use crate::http::{Answer, Body, Lang, Problem, Reply, SentFile};
use crate::jobs::JobOut;
use crate::vault::Vault;

/// Of each kind of rows, most that an answer names.
const MOST_NAMED: usize = 500;
/// Files read at once, in a process: a file unpacks to a multiple of itself.
static READING: Semaphore = Semaphore::const_new(2);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(download_gift_template).service(check_gift_list).service(show_gift_import).service(accept_gift_import);
}

/// The bytes of a spreadsheet.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct SheetFile(Vec<u8>);

/// An empty list of gifts to fill in, with an explanation of its columns.
#[utoipa::path(
    tag = "gifts",
    responses((status = 200, body = SheetFile, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), Own)
)]
#[get("/gift-imports/template.xlsx")]
pub async fn download_gift_template(desk: Desk, lang: Lang) -> Result<HttpResponse, Problem> {
    desk.read(|_| Ok(())).await?;
    let file = web::block(move || sheets::template(&FORM, lang == Lang::En)).await.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, XLSX))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"danh-sach-ung-ho.xlsx\""))
        .body(file.map_err(Problem::internal)?))
}

/// Look through a list of gifts of a chapter: XLSX or CSV, at most 10,000 rows, as in the template.
///
/// Nothing is booked. A list with faults is not kept: the answer names them row by row. One without waits thirty days to be
/// accepted; the same list sent again is the same one.
#[utoipa::path(
    tag = "gifts", params(("code" = String, Path, description = "Code of the chapter", example = "23095")),
    request_body(
        content = SheetFile, content_type = "application/octet-stream",
        description = "The file, as it is. `text/csv`, the type of XLSX and `application/vnd.ms-excel` are taken as well, or none; others are refused (`415`)"
    ),
    responses(
        (status = 201, body = ImportCheck, description = "Right; it waits to be accepted"),
        (status = 200, body = ImportCheck, description = "Faulty and not kept, or the same list is there already"),
        Records
    )
)]
#[post("/chapters/{code}/gift-imports")]
pub async fn check_gift_list(desk: Desk, code: web::Path<String>, lang: Lang, SentFile(bytes): SentFile) -> Answer<ImportCheck> {
    let chapter = code.into_inner();
    let asked = chapter.clone();
    desk.read(move |v| v.at_code::<Record>(&asked).map(drop).map_err(Problem::from)).await?;
    let _turn = READING.acquire().await.map_err(Problem::internal)?;
    let sent = Sent { actor: desk.actor(), now: desk.now(), chapter, lang };
    desk.blocking(move |db, vault, clock| checked(db, vault, clock, &sent, &bytes)).await.map(Reply::made)
}

/// Who sent a list, when, to which chapter, and the language to answer in.
struct Sent {
    actor: Actor,
    now: DateTime<Utc>,
    chapter: String,
    lang: Lang,
}

/// Reads, checks and, without a fault, keeps a list; says whether it is new.
fn checked(db: &Db, vault: &Vault, clock: &Clock, sent: &Sent, bytes: &[u8]) -> Result<(ImportCheck, bool), Problem> {
    let mut file = check::file(vault, &sent.chapter, bytes)?;
    let mut faults = std::mem::take(&mut file.faults);
    let ready = check::drafted(vault, &file, sent.now, &mut faults)?;
    // Nothing is written, but what a gift is booked by is held as for booking, and a read-only transaction may not hold.
    let mut found = db.tx_blocking(|conn| -> Result<Found, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, _) = v.at_code::<Record>(&sent.chapter)?;
        Ok(check::look(&mut v, clock, &grant, ready)?)
    })?;
    faults.append(&mut found.faults);
    faults.sort_by_key(|fault| fault.row);
    let kept = if faults.is_empty() { Some(keep(db, vault, sent, &file, &found)?) } else { None };
    let is_new = kept.as_ref().is_some_and(|(_, is_new)| *is_new);
    let named =
        |faults: &[sheets::Fault]| faults.iter().take(MOST_NAMED).map(|fault| ImportFault::of(fault, sent.lang)).collect();
    let check = ImportCheck {
        outcome: if kept.is_some() { CheckOutcome::Ready } else { CheckOutcome::Faulty },
        rows: file.rows,
        amount_vnd: file.amount_vnd,
        fault_count: faults.len(),
        faults: named(&faults),
        unusual: named(&found.unusual),
        alike: found.alike.iter().copied().take(MOST_NAMED).collect(),
        booked_already: found.known,
        hidden_rows: file.hidden,
        ignored_columns: file.ignored,
        ignored_sheets: file.ignored_sheets,
        import: kept.map(|(out, _)| out),
    };
    Ok((check, is_new))
}

/// Keeps a list, unless the same one is there; says whether it is new.
fn keep(db: &Db, vault: &Vault, sent: &Sent, file: &File, found: &Found) -> Result<(ImportOut, bool), Problem> {
    let id = Uuid::now_v7();
    let parts = store::sealed_parts(vault, &file.gifts, MAX_BATCH)?;
    let new = NewImport {
        id,
        content_hash: &file.content_hash,
        amount_vnd: file.amount_vnd,
        unusual: found.unusual.len(),
        gifts: &file.gifts,
    };
    db.tx_blocking(|conn| -> Result<_, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, _) = v.at_code::<Record>(&sent.chapter)?;
        let is_new = store::insert(v.conn, &grant, v.now, &new, &parts)?;
        if is_new {
            v.note(&grant, "LIST_UPLOADED", id)?;
        }
        let row = store::find_same(v.conn, grant.chapter(), &file.content_hash)?;
        let row = row.ok_or_else(|| Problem::internal("a list that was just written is not there"))?;
        Ok((accept::shown(v.conn, row, sent.lang)?, is_new))
    })
}

/// Where a list of gifts stands.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path, description = "The list")), responses((status = 200, body = ImportOut), Reads))]
#[get("/gift-imports/{id}")]
pub async fn show_gift_import(desk: Desk, id: web::Path<Uuid>, lang: Lang) -> Answer<ImportOut> {
    desk.read(move |v| accept::show(v, *id, lang)).await.map(Reply::ok)
}

/// Accept a list of gifts: a job books all its rows.
///
/// The job says how far it is (`GET /api/v1/jobs/{id}`); which rows were refused and why says the list. Accept it again as often as
/// needed, after a lost answer or an interruption: it is the same job, and nothing is booked twice. A list
/// with unusually large sums is answered `409` (`/problems/unusual`) until it is sent with `"confirmed": true`.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path, description = "The list")), request_body = AcceptIn,
    responses(
        (status = 202, body = JobOut, description = "It is being booked, or was", headers(("location" = String, description = "Path of the job"))),
        Writes
    )
)]
#[post("/gift-imports/{id}/acceptance")]
pub async fn accept_gift_import(desk: Desk, id: web::Path<Uuid>, Body(said): Body<AcceptIn>) -> Answer<JobOut> {
    let id = id.into_inner();
    let job = desk.tx(move |v| accept::take(v, id, said)).await?;
    Ok(Reply::accepted(job).with((LOCATION, format!("/api/v1/jobs/{id}"))))
}
