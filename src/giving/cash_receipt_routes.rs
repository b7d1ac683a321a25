//! `/api/v1/gifts/{id}/cash-receipt`: the *phiếu thu* of a gift as data, as a page to print, as PDF; and one for a gift
//! recorded before there were numbers.

use actix_web::http::header::VARY;
use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::cash_receipts;
use super::receipt::ReceiptOut;
use crate::authz::{Desk, Visit};
use crate::basics::words;
use crate::http::sets::{Decides, Key, Reads};
use crate::http::{Answer, Lang, Problem, PublicUrl, Reply};
use crate::vouchers::answers::{self, PdfFile};
use crate::vouchers::model::CashReceipt;
use crate::vouchers::printed::{CancelledOut, IssuerOut};
use crate::vouchers::sheet;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(issue_cash_receipt).service(show_cash_receipt).service(print_cash_receipt).service(download_cash_receipt);
}

/// A cash receipt: what the printed sheet says.
#[derive(Serialize, ToSchema)]
pub struct CashReceiptOut {
    gift: Uuid,
    #[schema(example = "000123")]
    number: String,
    #[schema(example = "PT/23095/2026")]
    series: String,
    /// Date of the document; decides the year of its series.
    issued_on: NaiveDate,
    received_on: NaiveDate,
    issuer: IssuerOut,
    /// Absent for a giver who stays unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer_address: Option<String>,
    /// How many original vouchers are enclosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    enclosed: Option<u8>,
    /// What the payer may do with the receipt, in the language asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// What the money is for, in the language asked for.
    content: String,
    amount_vnd: i64,
    #[schema(example = "1.748.935 đ")]
    in_figures: String,
    /// Vietnamese in either language.
    #[schema(example = "Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng")]
    in_words: String,
    /// Full name of whoever recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<String>,
    /// Public code of the gift's entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    code: String,
    /// What the QR code says: where everybody finds the entry. `h` is the beginning of its leaf's hash: the page says whether
    /// the entry is still the one that was printed.
    #[schema(example = "https://so.redcross.org.vn/g/7ZC4K0M9T2R8VQ3BV?h=3f786850e387550f")]
    public_url: String,
    /// Present when the gift was reversed: the receipt counts no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<CancelledOut>,
    html_url: String,
    pdf_url: String,
}

fn out(receipt: CashReceipt, booked: &ReceiptOut, lang: Lang) -> CashReceiptOut {
    let url = |ending: &str| format!("/api/v1/gifts/{}/cash-receipt.{ending}", booked.id);
    CashReceiptOut {
        gift: booked.id,
        number: receipt.number.number(),
        series: receipt.number.series(),
        issued_on: receipt.issued_on,
        received_on: receipt.received_on,
        issuer: IssuerOut::of(receipt.number.chapter, receipt.issuer),
        payer: receipt.payer,
        payer_address: receipt.payer_address,
        enclosed: receipt.enclosed,
        note: receipt.note.map(|note| note.in_lang(lang).to_owned()),
        content: receipt.content.in_lang(lang).to_owned(),
        amount_vnd: receipt.amount.get(),
        in_figures: format!("{} đ", receipt.amount),
        in_words: words::dong_on_paper(receipt.amount.get()),
        made_by: receipt.made_by,
        code: receipt.code.as_str().to_owned(),
        public_url: receipt.public_url,
        cancelled: receipt.cancelled.map(CancelledOut::from),
        html_url: url("html"),
        pdf_url: url("pdf"),
    }
}

/// Number a cash gift that was recorded before there were numbers. Ask as often as needed: it gets one number.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path, description = "The gift"), Key),
    responses(
        (status = 201, body = CashReceiptOut, description = "Numbered today"),
        (status = 200, body = CashReceiptOut, description = "Had its receipt already"), Decides
    )
)]
#[post("/gifts/{id}/cash-receipt")]
pub async fn issue_cash_receipt(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Answer<CashReceiptOut> {
    let content = id.to_string();
    let issue = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = cash_receipts::issue(v, *id)?;
        let (receipt, booked) = cash_receipts::show(v, &public, *id)?;
        Ok((out(receipt, &booked, lang), new))
    };
    desk.once("cash-receipt", content, issue).await.map(Reply::as_made)
}

/// The cash receipt of a gift, as data. Reading it is noted in the audit trail.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path, description = "The gift")), responses((status = 200, body = CashReceiptOut), Reads)
)]
#[get("/gifts/{id}/cash-receipt")]
pub async fn show_cash_receipt(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Answer<CashReceiptOut> {
    let (receipt, booked) = desk.tx(move |v| cash_receipts::show(v, &public, *id)).await?;
    Ok(Reply::ok(out(receipt, &booked, lang)).with((VARY, "accept-language")))
}

/// The cash receipt of a gift as a page to print.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path, description = "The gift")),
    responses((status = 200, body = String, content_type = "text/html"), Reads)
)]
#[get("/gifts/{id}/cash-receipt.html")]
pub async fn print_cash_receipt(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let (receipt, _) = desk.tx(move |v| cash_receipts::show(v, &public, *id)).await?;
    answers::page(sheet::html(&receipt, lang), lang)
}

/// The cash receipt of a gift as PDF/A.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path, description = "The gift")),
    responses((status = 200, body = PdfFile, content_type = "application/pdf"), Reads)
)]
#[get("/gifts/{id}/cash-receipt.pdf")]
pub async fn download_cash_receipt(
    desk: Desk,
    id: web::Path<Uuid>,
    lang: Lang,
    public: web::Data<PublicUrl>,
) -> Result<HttpResponse, Problem> {
    let (receipt, _) = desk.tx(move |v| cash_receipts::show(v, &public, *id)).await?;
    let name = receipt.number.file_stem();
    answers::pdf(&name, lang, move || sheet::pdf(&receipt, lang)).await
}
