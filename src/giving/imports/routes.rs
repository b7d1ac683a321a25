//! `/api/v1/…/gift-imports`: a list of gifts out of a spreadsheet, looked through and accepted.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use actix_web::{HttpResponse, get, post, web};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::accept;
use super::check::{self, File, Found};
use super::form::FORM;
use super::store::{self, NewImport};
use super::wire::{AcceptIn, CheckOutcome, ImportCheck, ImportFault, ImportOut};
use crate::authz::{self, Actor, AuditEvent};
use crate::basics::Clock;
use crate::db::Db;
use crate::giving::model::MAX_BATCH;
use crate::http::{Body, Bytes, Lang, Problem};
use crate::vault::Vault;

/// XLSX as it is named on the way.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Longest file; [`sheets::Limits::LIST`] has the same.
const FILE_BYTES: usize = 8 * 1024 * 1024;
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
#[utoipa::path(tag = "gifts", responses((status = 200, body = SheetFile, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = 401, response = crate::http::answers::Unauthorized),
    (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/gift-imports/template.xlsx")]
pub async fn download_gift_template(
    actor: Actor,
    lang: Lang,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    db.read(move |conn| authz::authenticate(conn, now, actor).map(|_| ())).await?;
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
/// Nothing is booked. A list with faults is not kept: the answer names them row by row. One without waits seven days to be
/// accepted; the same list sent again is the same one.
#[utoipa::path(tag = "gifts", params(("code" = String, Path, example = "23095")),
    request_body(content = SheetFile, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), responses(
    (status = 201, body = ImportCheck, description = "Right; it waits to be accepted"),
    (status = 200, body = ImportCheck, description = "Faulty and not kept, or the same list is there already"),
    (status = 401, response = crate::http::answers::Unauthorized), (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound),
    (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/chapters/{code}/gift-imports")]
pub async fn check_gift_list(
    actor: Actor,
    code: web::Path<String>,
    lang: Lang,
    Bytes(bytes): Bytes<FILE_BYTES>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let (now, chapter) = (clock.now(), code.into_inner());
    let asked = chapter.clone();
    db.read(move |conn| check::right(conn, now, actor, &asked).map(|_| ())).await?;
    let _turn = READING.acquire().await.map_err(Problem::internal)?;
    let (check, is_new) = db.blocking(move |db| checked(db, &clock, &vault, actor, &chapter, &bytes, lang)).await?;
    Ok(if is_new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(check))
}

/// Reads, checks and, without a fault, keeps a list.
fn checked(
    db: &Db,
    clock: &Clock,
    vault: &Vault,
    actor: Actor,
    chapter: &str,
    bytes: &[u8],
    lang: Lang,
) -> Result<(ImportCheck, bool), Problem> {
    let mut file = check::file(vault, chapter, bytes)?;
    let mut faults = std::mem::take(&mut file.faults);
    let ready = check::prepared(vault, &file.gifts, clock.now(), &mut faults)?;
    let mut found = db.read_blocking(|conn| -> Result<Found, Problem> {
        let grant = check::right(conn, clock.now(), actor, chapter)?;
        Ok(check::look(conn, clock, actor, &grant, ready)?)
    })?;
    faults.append(&mut found.faults);
    faults.sort_by_key(|fault| fault.row);
    let kept = if faults.is_empty() { Some(keep(db, clock, vault, actor, chapter, &file, &found, lang)?) } else { None };
    let is_new = kept.as_ref().is_some_and(|(_, is_new)| *is_new);
    let named = |faults: &[sheets::Fault]| faults.iter().take(MOST_NAMED).map(|fault| ImportFault::of(fault, lang)).collect();
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
        import: kept.map(|(out, _)| out),
    };
    Ok((check, is_new))
}

/// Keeps a list, unless the same one is there; says whether it is new.
#[allow(clippy::too_many_arguments, reason = "what a request has and what the look found")]
fn keep(
    db: &Db,
    clock: &Clock,
    vault: &Vault,
    actor: Actor,
    chapter: &str,
    file: &File,
    found: &Found,
    lang: Lang,
) -> Result<(ImportOut, bool), Problem> {
    let (id, now) = (Uuid::now_v7(), clock.now());
    let parts = store::sealed_parts(vault, &file.gifts, MAX_BATCH)?;
    let new = NewImport {
        id,
        content_hash: &file.content_hash,
        amount_vnd: file.amount_vnd,
        unusual: found.unusual.len(),
        gifts: &file.gifts,
    };
    db.tx_blocking(|conn| -> Result<_, Problem> {
        let grant = check::right(conn, now, actor, chapter)?;
        store::forget_old(conn, now)?;
        let is_new = store::insert(conn, &grant, now, &new, &parts)?;
        if is_new {
            let event = AuditEvent {
                account: Some(grant.account()),
                action: "LIST_UPLOADED",
                subject: Some(id),
                chapter: Some(grant.chapter().0),
            };
            authz::audit(conn, now, &[event])?;
        }
        let row = store::find_same(conn, grant.chapter(), &file.content_hash)?;
        let row = row.ok_or_else(|| Problem::internal("a list that was just written is not there"))?;
        Ok((accept::shown(conn, row, lang)?, is_new))
    })
}

/// Where a list of gifts stands.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = ImportOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
#[get("/gift-imports/{id}")]
pub async fn show_gift_import(
    actor: Actor,
    id: web::Path<Uuid>,
    lang: Lang,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    Ok(HttpResponse::Ok().json(db.read(move |conn| accept::show(conn, &clock, actor, id, lang)).await?))
}

/// Accept a list of gifts: all its rows are booked.
///
/// Accept it again as often as needed, after a lost answer or an interruption: what is left is booked, and nothing twice. A list
/// with unusually large sums is answered `409` (`/problems/unusual`) until it is sent with `"confirmed": true`.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), request_body = AcceptIn, responses((status = 200, body = ImportOut), (status = 401, response = crate::http::answers::Unauthorized),
    (status = 403, response = crate::http::answers::Forbidden), (status = 404, response = crate::http::answers::NotFound), (status = 409, response = crate::http::answers::Conflict),
    (status = 422, response = crate::http::answers::Invalid), (status = "default", response = crate::http::answers::AnyProblem)))]
#[post("/gift-imports/{id}/acceptance")]
pub async fn accept_gift_import(
    actor: Actor,
    id: web::Path<Uuid>,
    Body(said): Body<AcceptIn>,
    lang: Lang,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let out = db
        .blocking(move |db| -> Result<ImportOut, Problem> {
            let list = db.tx_blocking(|conn| accept::take(conn, &clock, actor, id, said))?;
            accept::carry_on(db, &clock, &vault, actor, &list)?;
            db.read_blocking(|conn| accept::show(conn, &clock, actor, id, lang))
        })
        .await?;
    Ok(HttpResponse::Ok().json(out))
}
