//! `/api/v1/vouchers`: the series of numbered documents of a chapter (phiếu thu, chi, nhập kho, xuất kho), and one of them as data,
//! as a page to print, as PDF. The receipts of gifts are in their series; the gifts show them.

use actix_web::http::header::VARY;
use actix_web::{HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{self, PdfFile};
use super::numbers::Document;
use super::show::{self, Asked, Called, SeriesOf};
use super::voucher_sheet;
use super::wire::{VoucherLineOut, VoucherOut};
use crate::authz::Desk;
use crate::http::sets::{Lists, Reads};
use crate::http::{Answer, Lang, Page, Paging, Problem, PublicUrl, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_vouchers).service(show_voucher).service(print_voucher).service(download_voucher);
}

/// Which series.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Which document.
    document: Document,
    /// Year of issue.
    #[param(minimum = 2000, maximum = 9998, example = 2026)]
    year: i32,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A series of a chapter, in the order of its numbers: none is missing.
#[utoipa::path(tag = "vouchers", params(SeriesQuery), responses((status = 200, body = Page<VoucherLineOut>), Lists))]
#[get("/vouchers")]
pub async fn list_vouchers(desk: Desk, Query(query): Query<SeriesQuery>) -> Answer<Page<VoucherLineOut>> {
    let of = SeriesOf { chapter: query.chapter, document: query.document.name(), year: query.year };
    let chapter = of.chapter.clone();
    let paging = Paging::of(of, query.limit, query.cursor.as_deref())?;
    desk.list(
        paging,
        |v, of, span| Ok(show::rows(v, of, span)?),
        |row| row.no,
        move |v, rows| Ok(show::lines(v.conn, &chapter, rows)?),
    )
    .await
}

/// The parts of a document's address.
type Address = (Document, String, i32, i64);

fn asked((document, chapter, year, no): Address) -> Asked {
    Asked { document, chapter, year, no }
}

/// A numbered document, as data. Reading it is noted in the audit trail.
#[utoipa::path(
    tag = "vouchers",
    params(("document" = Document, Path, description = "Which document"), ("chapter" = String, Path, description = "Code of the chapter"),
           ("year" = i32, Path, description = "Year of issue"), ("no" = i64, Path, description = "Its number")),
    responses((status = 200, body = VoucherOut), Reads)
)]
#[get("/vouchers/{document}/{chapter}/{year}/{no}")]
pub async fn show_voucher(
    desk: Desk,
    path: web::Path<Address>,
    lang: Lang,
    public: web::Data<PublicUrl>,
    called: web::Data<Called>,
) -> Answer<VoucherOut> {
    let voucher = desk.tx(move |v| Ok(show::show(v, &public, **called, &asked(path.into_inner()))?)).await?;
    Ok(Reply::ok(VoucherOut::of(voucher, lang)).with((VARY, "accept-language")))
}

/// A numbered document as a page to print.
#[utoipa::path(
    tag = "vouchers",
    params(("document" = Document, Path, description = "Which document"), ("chapter" = String, Path, description = "Code of the chapter"),
           ("year" = i32, Path, description = "Year of issue"), ("no" = i64, Path, description = "Its number")),
    responses((status = 200, body = String, content_type = "text/html"), Reads)
)]
#[get("/vouchers/{document}/{chapter}/{year}/{no}/sheet.html")]
pub async fn print_voucher(
    desk: Desk,
    path: web::Path<Address>,
    lang: Lang,
    public: web::Data<PublicUrl>,
    called: web::Data<Called>,
) -> Result<HttpResponse, Problem> {
    let voucher = desk.tx(move |v| Ok(show::show(v, &public, **called, &asked(path.into_inner()))?)).await?;
    answers::page(voucher_sheet::html(&voucher, lang), lang)
}

/// A numbered document as PDF/A.
#[utoipa::path(
    tag = "vouchers",
    params(("document" = Document, Path, description = "Which document"), ("chapter" = String, Path, description = "Code of the chapter"),
           ("year" = i32, Path, description = "Year of issue"), ("no" = i64, Path, description = "Its number")),
    responses((status = 200, body = PdfFile, content_type = "application/pdf"), Reads)
)]
#[get("/vouchers/{document}/{chapter}/{year}/{no}/sheet.pdf")]
pub async fn download_voucher(
    desk: Desk,
    path: web::Path<Address>,
    lang: Lang,
    public: web::Data<PublicUrl>,
    called: web::Data<Called>,
) -> Result<HttpResponse, Problem> {
    let voucher = desk.tx(move |v| Ok(show::show(v, &public, **called, &asked(path.into_inner()))?)).await?;
    let name = voucher.number.file_stem();
    answers::pdf(&name, lang, move || voucher_sheet::pdf(&voucher, lang)).await
}
