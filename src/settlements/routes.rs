//! `/api/v1/settlement-reports`: make, list, print, decide.

use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::settle::{self, Ask};
use super::wire::{self, SettlementReportOut};
use super::{paper, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, Check, Lang, OfChapter, Page, Problem, PublicUrl, Query, Reply, note};
use crate::vouchers::answers::{self as paper_answers, PdfFile};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_settlement_report)
        .service(list_settlement_reports)
        .service(print_settlement_report)
        .service(download_settlement_report)
        .service(show_settlement_report)
        .service(approve_settlement_report)
        .service(refuse_settlement_report)
        .service(withdraw_settlement_report);
}

/// A settlement report to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementReportIn {
    /// Made by the client, once; sending the request again with it asks only once.
    id: Uuid,
    /// Code of the appeal.
    #[schema(example = "LULUT-2026", max_length = 40)]
    appeal: String,
    /// Entries of days up to this one count; not after today.
    as_of: NaiveDate,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

impl SettlementReportIn {
    fn check(self) -> Result<Ask, Problem> {
        let mut check = Check::default();
        check.own_id(
            "/id",
            self.id,
            "Mã nhận dạng phải do máy tạo riêng cho báo cáo này.",
            "The id is made for this report alone.",
        );
        let note = check.read(note(self.note.as_deref())).flatten();
        check.done(Some(Ask { id: self.id, appeal: self.appeal, as_of: self.as_of, note })).map_err(Problem::invalid)
    }
}

/// Make the settlement report of an appeal from the books, and ask a second person to approve it.
#[utoipa::path(
    tag = "settlements", request_body = SettlementReportIn,
    responses(
        (status = 201, body = SettlementReportOut),
        (status = 200, body = SettlementReportOut, description = "Was made already"), Writes
    )
)]
#[post("/settlement-reports")]
pub async fn make_settlement_report(desk: Desk, Body(body): Body<SettlementReportIn>) -> Answer<SettlementReportOut> {
    let ask = body.check()?;
    desk.tx(move |v| Ok(settle::request(v, &ask)?)).await.map(Reply::made)
}

/// A chapter's settlement reports, oldest first, without their figures.
#[utoipa::path(tag = "settlements", params(OfChapter), responses((status = 200, body = Page<SettlementReportOut>), Lists))]
#[get("/settlement-reports")]
pub async fn list_settlement_reports(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<SettlementReportOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(wire::shown(v.conn, rows)?),
    )
    .await
}

/// One settlement report with its figures.
#[utoipa::path(
    tag = "settlements", params(("id" = Uuid, Path, description = "The report")),
    responses((status = 200, body = SettlementReportOut), Reads)
)]
#[get("/settlement-reports/{id}")]
pub async fn show_settlement_report(desk: Desk, id: web::Path<Uuid>) -> Answer<SettlementReportOut> {
    desk.read(move |v| Ok(settle::show(v, *id)?)).await.map(Reply::ok)
}

/// A settlement report as a page to print and to sign.
#[utoipa::path(
    tag = "settlements", params(("id" = Uuid, Path, description = "The report")),
    responses((status = 200, body = String, content_type = "text/html"), Reads)
)]
#[get("/settlement-reports/{id}/paper.html")]
pub async fn print_settlement_report(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let sheet = desk.read(move |v| Ok(paper::show(v, &public, *id)?)).await?;
    paper_answers::page(paper::html(&sheet, lang), lang)
}

/// A settlement report as PDF/A.
#[utoipa::path(
    tag = "settlements", params(("id" = Uuid, Path, description = "The report")),
    responses((status = 200, body = PdfFile, content_type = "application/pdf"), Reads)
)]
#[get("/settlement-reports/{id}/paper.pdf")]
pub async fn download_settlement_report(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let sheet = desk.read(move |v| Ok(paper::show(v, &public, *id)?)).await?;
    paper_answers::pdf(&sheet.file_stem(), lang, move || paper::pdf(&sheet, lang)).await
}

/// Approve as the second person: the report is stated in public for good.
///
/// The day of its approval counts from now on, and it is published where the law wants it.
#[utoipa::path(
    tag = "settlements", params(("id" = Uuid, Path, description = "The report"), Key),
    responses((status = 200, body = SettlementReportOut), Writes)
)]
#[post("/settlement-reports/{id}/approval")]
pub async fn approve_settlement_report(desk: Desk, id: web::Path<Uuid>) -> Answer<SettlementReportOut> {
    desk.once("settlement-report/approval", id.to_string(), move |v| decide(v, *id, Verdict::Approve)).await
}

/// Refuse as the second person: nothing is stated.
#[utoipa::path(
    tag = "settlements", params(("id" = Uuid, Path, description = "The report"), Key),
    responses((status = 200, body = SettlementReportOut), Decides)
)]
#[post("/settlement-reports/{id}/refusal")]
pub async fn refuse_settlement_report(desk: Desk, id: web::Path<Uuid>) -> Answer<SettlementReportOut> {
    desk.once("settlement-report/refusal", id.to_string(), move |v| decide(v, *id, Verdict::Refuse)).await
}

/// Withdraw a report at the chapter that made it: another may be made.
#[utoipa::path(
    tag = "settlements", params(("id" = Uuid, Path, description = "The report"), Key),
    responses((status = 200, body = SettlementReportOut), Decides)
)]
#[post("/settlement-reports/{id}/withdrawal")]
pub async fn withdraw_settlement_report(desk: Desk, id: web::Path<Uuid>) -> Answer<SettlementReportOut> {
    desk.once("settlement-report/withdrawal", id.to_string(), move |v| decide(v, *id, Verdict::Withdraw)).await
}

fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<SettlementReportOut, Problem> {
    Ok(settle::decide(v, id, verdict)?)
}
