//! `/api/v1/drives/{code}/check-ins`, `/api/v1/drives/{code}/reconciliation`, `/api/v1/reconciliations`: thin handlers.

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::compare::{self, Frame};
use super::form::File;
use super::model::DifferenceKind;
use super::out::{BloodFileCheck, BloodFileFault, CheckInOut, CheckInsOut, DifferenceCount, DifferenceOut, ReconciliationOut};
use super::show::Which;
use super::wire::{CheckInsIn, MOST_AT_ONCE, SettlementIn};
use super::{check_in, matter, settle, show};
use crate::authz::{Actor, Desk, Visit};
use crate::db::Db;
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Reads, Records, Writes};
use crate::http::{Answer, Body, Lang, Page, Paging, Problem, Query, Reply, SentFile, note};
use crate::vault::Vault;

/// Most faults that an answer names.
const MOST_NAMED: usize = 500;
/// Files read at once, in a process: a file unpacks to a multiple of itself.
static READING: Semaphore = Semaphore::const_new(1);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(check_in_at_drive)
        .service(list_check_ins)
        .service(send_blood_file)
        .service(show_drive_reconciliation)
        .service(list_drive_differences)
        .service(settle_drive_difference)
        .service(ask_for_reconciliation)
        .service(lay_blood_file_aside)
        .service(show_reconciliation)
        .service(approve_reconciliation)
        .service(refuse_reconciliation)
        .service(withdraw_reconciliation);
}

/// Check people in at a drive, as phones at the door send it; each item is answered by itself.
///
/// By the code of their booking, by the booking (found in the list by name), or without one. The same item sent again, and the same person
/// from two phones, came once. Batches from phones that had no network are taken whenever they come; once the centre's file is there,
/// somebody says whether they count.
#[utoipa::path(
    tag = "blood_days", params(("code" = String, Path, description = "Code of the drive")), request_body = CheckInsIn,
    responses((status = 200, body = CheckInsOut), Writes)
)]
#[post("/drives/{code}/check-ins")]
pub async fn check_in_at_drive(
    desk: Desk,
    code: web::Path<String>,
    lang: Lang,
    Body(body): Body<CheckInsIn>,
) -> Answer<CheckInsOut> {
    if body.items.is_empty() || body.items.len() > MOST_AT_ONCE {
        return Err(Problem::field("/items", "OUT_OF_RANGE", "Mỗi lần từ 1 đến 200 lượt.", "From 1 to 200 at once."));
    }
    let items = desk.tx(move |v| Ok(check_in::take(v, &code, &body.items, lang)?)).await?;
    Ok(Reply::ok(CheckInsOut { items }))
}

/// Where a page ended.
type At = (DateTime<Utc>, Uuid);

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CheckInsQuery {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Who came to a drive, in the order in which they were checked in. Every page is noted in the audit trail.
#[utoipa::path(
    tag = "blood_days", params(("code" = String, Path, description = "Code of the drive"), CheckInsQuery),
    responses((status = 200, body = Page<CheckInOut>), Records)
)]
#[get("/drives/{code}/check-ins")]
pub async fn list_check_ins(desk: Desk, code: web::Path<String>, Query(query): Query<CheckInsQuery>) -> Answer<Page<CheckInOut>> {
    let paging = Paging::<_, At>::of(code.into_inner(), query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = check_in::list(v, &paging.filter, &paging.span::<CheckInOut>()?)?;
        paging.page(rows, |row| (row.entered_at, row.id), |rows| Ok(check_in::shown(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// The bytes of a blood centre's list.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct BloodCentreFile(Vec<u8>);

/// How a file is to be read, and whether it is to be kept.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BloodFileQuery {
    /// By which layout (`layouts` of the reconciliation); `GENERAL` unless given.
    #[param(example = "GENERAL", max_length = 40)]
    layout: Option<String>,
    /// Whether a file without faults is kept with its differences; it is looked through alone unless given.
    keep: Option<bool>,
}

struct Sent {
    actor: Actor,
    now: DateTime<Utc>,
    lang: Lang,
    frame: Frame,
    keep: bool,
}

/// Send the blood centre's list of a drive: XLSX or CSV, at most 50,000 rows.
///
/// It is looked through row by row and compared with who was checked in. With faults nothing is kept; without, and with `keep`, its
/// differences wait to be settled. The same list sent again is the same one. A reason of a deferral that is not on the public list is
/// kept as `CENTRE_DECISION`; what the file said is kept nowhere.
#[utoipa::path(
    tag = "blood_days", params(("code" = String, Path, description = "Code of the drive"), BloodFileQuery),
    request_body(
        content = BloodCentreFile, content_type = "application/octet-stream",
        description = "The file, as it is. `text/csv`, the type of XLSX and `application/vnd.ms-excel` are taken as well, or none; others are refused (`415`)"
    ),
    responses(
        (status = 201, body = BloodFileCheck, description = "Right; it is kept, and its differences wait to be settled"),
        (status = 200, body = BloodFileCheck, description = "Not kept: faulty, or a look alone; or the same file is there already"),
        Writes
    )
)]
#[post("/drives/{code}/reconciliation")]
pub async fn send_blood_file(
    desk: Desk,
    code: web::Path<String>,
    Query(query): Query<BloodFileQuery>,
    lang: Lang,
    SentFile(bytes): SentFile,
) -> Answer<BloodFileCheck> {
    let layout = query.layout.unwrap_or_else(|| "GENERAL".to_owned());
    // Whoever may not send it is told so at once, and waits for nobody's file.
    let frame = desk.tx(move |v| Ok(compare::frame(v, &code, &layout)?)).await?;
    let sent = Sent { actor: desk.actor(), now: desk.now(), lang, frame, keep: query.keep.unwrap_or(false) };
    let _turn = READING.acquire().await.map_err(Problem::internal)?;
    desk.blocking(move |db, vault, _| checked(db, vault, &sent, &bytes)).await.map(Reply::made)
}

/// Reads, compares and, where that is asked, keeps a file; says whether it is new.
fn checked(db: &Db, vault: &Vault, sent: &Sent, bytes: &[u8]) -> Result<(BloodFileCheck, bool), Problem> {
    let frame = &sent.frame;
    let file = compare::read(frame, bytes)?;
    db.tx_blocking(|conn| -> Result<_, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        if !sent.keep || !file.faults.is_empty() {
            let found = compare::look(&mut v, frame, &file.entries)?;
            return Ok((check(&file, compare::counted(&found), None, sent.lang), false));
        }
        let (row, is_new) = compare::keep(&mut v, frame, &file.entries)?;
        let shown = show::out(&mut v, &frame.drive, Some(row))?;
        let differences = shown.differences.clone();
        Ok((check(&file, differences, Some(shown), sent.lang), is_new))
    })
}

fn check(
    file: &File,
    differences: Vec<DifferenceCount>,
    reconciliation: Option<ReconciliationOut>,
    lang: Lang,
) -> BloodFileCheck {
    let (gave, deferred, ml) = compare::sums(&file.entries);
    BloodFileCheck {
        ready: file.faults.is_empty(),
        rows: file.rows,
        gave,
        deferred,
        ml,
        fault_count: file.faults.len(),
        faults: file.faults.iter().take(MOST_NAMED).map(|fault| BloodFileFault::of(fault, lang)).collect(),
        differences,
        hidden_rows: file.hidden,
        ignored_columns: file.ignored.clone(),
        reconciliation,
    }
}

/// How a drive came out, or stands: counts, and no person.
#[utoipa::path(
    tag = "blood_days", params(("code" = String, Path, description = "Code of the drive")),
    responses((status = 200, body = ReconciliationOut), Reads)
)]
#[get("/drives/{code}/reconciliation")]
pub async fn show_drive_reconciliation(desk: Desk, code: web::Path<String>) -> Answer<ReconciliationOut> {
    desk.read(move |v| Ok(show::reconciliation(v, &code)?)).await.map(Reply::ok)
}

/// Which differences to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DifferencesQuery {
    /// Only of this kind.
    kind: Option<DifferenceKind>,
    /// Only those that wait to be settled.
    open: Option<bool>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// In what the centre's file and the check-ins of a drive differ. Every page is noted in the audit trail.
#[utoipa::path(
    tag = "blood_days", params(("code" = String, Path, description = "Code of the drive"), DifferencesQuery),
    responses((status = 200, body = Page<DifferenceOut>), Records)
)]
#[get("/drives/{code}/reconciliation/differences")]
pub async fn list_drive_differences(
    desk: Desk,
    code: web::Path<String>,
    Query(query): Query<DifferencesQuery>,
) -> Answer<Page<DifferenceOut>> {
    let which = Which { kind: query.kind, open: query.open.unwrap_or(false) };
    let filter = (code.into_inner(), which.kind.map(DifferenceKind::name), which.open);
    let paging = Paging::<_, At>::of(filter, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = show::differences(v, &paging.filter.0, which, &paging.span::<DifferenceOut>()?)?;
        paging.page(rows, |row| (row.found_at, row.id), |rows| Ok(show::shown(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Settle a difference, with what was found out.
///
/// Of a check-in that came after two persons agreed on the result it is said that they came and gave nothing, and why, or that it is not
/// counted; neither changes the result. Whoever is to be counted after all is asked for as a correction.
#[utoipa::path(
    tag = "blood_days",
    params(
        ("code" = String, Path, description = "Code of the drive"),
        ("difference" = Uuid, Path, description = "The difference"),
        Key
    ),
    request_body = SettlementIn, responses((status = 200, body = DifferenceOut), Writes)
)]
#[post("/drives/{code}/reconciliation/differences/{difference}/settlement")]
pub async fn settle_drive_difference(
    desk: Desk,
    path: web::Path<(String, Uuid)>,
    Body(body): Body<SettlementIn>,
) -> Answer<DifferenceOut> {
    let (code, id) = path.into_inner();
    let (settled, note) = body.check().map_err(Problem::invalid)?;
    let content = format!("{code}\0{id}\0{}\0{:?}\0{}", body.how, body.why, note.as_str());
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let row = settle::settle(v, &code, id, settled, &note)?;
        show::shown(v, vec![row])?.pop().ok_or_else(Problem::not_found)
    };
    desk.once("drive/settlement", content, work).await
}

/// What whoever decides is told.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationRequestIn {
    /// For who decides.
    #[serde(default)]
    #[schema(example = "Đã xử lý hai khác biệt, có biên bản.", max_length = 300)]
    note: Option<String>,
}

/// Ask a second person to agree to the result, once every difference is settled.
///
/// Neither who sent the file nor who settled a difference decides. When it is approved, donations and certificates are written down with
/// the donors, and the drive is reconciled.
#[utoipa::path(
    tag = "blood_days", params(("code" = String, Path, description = "Code of the drive"), Key),
    request_body = ReconciliationRequestIn, responses((status = 200, body = ReconciliationOut), Writes)
)]
#[post("/drives/{code}/reconciliation/request")]
pub async fn ask_for_reconciliation(
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<ReconciliationRequestIn>,
) -> Answer<ReconciliationOut> {
    let said = note(body.note.as_deref())?;
    let content = format!("{code}\0{}", said.as_ref().map_or("", |line| line.as_str()));
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        settle::ask(v, &code, said.as_ref())?;
        Ok(show::reconciliation(v, &code)?)
    };
    desk.once("drive/reconciliation-request", content, work).await
}

/// Lay a drive's file aside: nothing of it is kept, and another may come.
#[utoipa::path(
    tag = "blood_days", params(("code" = String, Path, description = "Code of the drive"), Key),
    responses((status = 200, body = ReconciliationOut), Decides)
)]
#[post("/drives/{code}/reconciliation/removal")]
pub async fn lay_blood_file_aside(desk: Desk, code: web::Path<String>) -> Answer<ReconciliationOut> {
    let content = code.clone();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        settle::lay_aside(v, &code)?;
        Ok(show::reconciliation(v, &code)?)
    };
    desk.once("drive/reconciliation-removal", content, work).await
}

/// The result of a drive that a decision is about: counts, and no person.
#[utoipa::path(
    tag = "blood_days", params(("id" = Uuid, Path, description = "The file")), responses((status = 200, body = ReconciliationOut), Reads)
)]
#[get("/reconciliations/{id}")]
pub async fn show_reconciliation(desk: Desk, id: web::Path<Uuid>) -> Answer<ReconciliationOut> {
    desk.read(move |v| Ok(show::one(v, *id)?)).await.map(Reply::ok)
}

async fn decide(desk: Desk, id: Uuid, operation: &'static str, verdict: Verdict) -> Answer<ReconciliationOut> {
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let row = matter::decide(v, id, verdict)?;
        Ok(show::of(v, row)?)
    };
    desk.once(operation, id.to_string(), work).await
}

/// Agree to the result of a drive as the second person: a job writes donations and certificates down with the donors.
#[utoipa::path(
    tag = "blood_days", params(("id" = Uuid, Path, description = "The file"), Key), responses((status = 200, body = ReconciliationOut), Decides)
)]
#[post("/reconciliations/{id}/approval")]
pub async fn approve_reconciliation(desk: Desk, id: web::Path<Uuid>) -> Answer<ReconciliationOut> {
    decide(desk, *id, "reconciliation/approval", Verdict::Approve).await
}

/// Refuse the result of a drive as the second person: nothing of the file is kept, and another may come.
#[utoipa::path(
    tag = "blood_days", params(("id" = Uuid, Path, description = "The file"), Key), responses((status = 200, body = ReconciliationOut), Decides)
)]
#[post("/reconciliations/{id}/refusal")]
pub async fn refuse_reconciliation(desk: Desk, id: web::Path<Uuid>) -> Answer<ReconciliationOut> {
    decide(desk, *id, "reconciliation/refusal", Verdict::Refuse).await
}

/// Withdraw the result of a drive by the chapter that asked: nothing of the file is kept, and another may come.
#[utoipa::path(
    tag = "blood_days", params(("id" = Uuid, Path, description = "The file"), Key), responses((status = 200, body = ReconciliationOut), Decides)
)]
#[post("/reconciliations/{id}/withdrawal")]
pub async fn withdraw_reconciliation(desk: Desk, id: web::Path<Uuid>) -> Answer<ReconciliationOut> {
    decide(desk, *id, "reconciliation/withdrawal", Verdict::Withdraw).await
}
