//! Numbered documents as JSON that goes out.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::numbers::Document;
use super::printed::{CancelledOut, IssuerOut};
use super::voucher::{Moved, Voucher};
use crate::basics::words;
use crate::http::Lang;

/// A line of a series.
#[derive(Serialize, ToSchema)]
pub struct VoucherLineOut {
    /// Which document it is.
    pub document: Document,
    /// Without gaps within its series; at least six digits.
    #[schema(example = "000123")]
    pub number: String,
    #[schema(example = "PC/23095/2026")]
    pub series: String,
    /// Date of the document; decides the year of its series.
    pub issued_on: NaiveDate,
    /// What the entry is.
    #[schema(example = "PAYMENT")]
    pub kind: String,
    /// Public code of the entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// What it moves of cash, or of goods by value.
    pub amount_vnd: i64,
    /// Public code of the entry that reversed it: the number stays, the paper counts no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
    /// Where the document is read; absent for the receipt of a gift, which the gift shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/vouchers/CASH_PAYMENT/23095/2026/123")]
    pub url: Option<String>,
}

/// A numbered document: what the printed sheet says.
#[derive(Serialize, ToSchema)]
pub struct VoucherOut {
    /// Which document it is.
    document: Document,
    /// Without gaps within its series; at least six digits.
    #[schema(example = "000123")]
    number: String,
    #[schema(example = "PC/23095/2026")]
    series: String,
    /// Date of the document; decides the year of its series.
    issued_on: NaiveDate,
    /// Business day of the entry.
    day: NaiveDate,
    issuer: IssuerOut,
    /// Who paid, was paid, or was handed an advance, where the entry says so and the name was not erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// What the entry is and what was noted with it, in the language asked for.
    reason: String,
    amount_vnd: i64,
    #[schema(example = "1.748.935 đ")]
    in_figures: String,
    /// Vietnamese in either language.
    #[schema(example = "Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng")]
    in_words: String,
    /// What was debited (Nợ).
    debits: Vec<VoucherAccountOut>,
    /// What was credited (Có).
    credits: Vec<VoucherAccountOut>,
    /// Of documents of the store.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    goods: Vec<VoucherGoodsOut>,
    #[schema(example = "PAYMENT")]
    kind: String,
    /// Public code of the entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    code: String,
    /// What the QR code says: where everybody finds the entry.
    #[schema(example = "https://so.redcross.org.vn/g/7ZC4K0M9T2R8VQ3BV?h=3f786850e387550f")]
    public_url: String,
    /// Present when the entry was reversed: the document counts no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled: Option<CancelledOut>,
    html_url: String,
    pdf_url: String,
}

/// An account of a document.
#[derive(Serialize, ToSchema)]
pub struct VoucherAccountOut {
    #[schema(example = "AID_EXPENSE")]
    account: String,
    amount_vnd: i64,
}

/// Goods of a document.
#[derive(Serialize, ToSchema)]
pub struct VoucherGoodsOut {
    /// Catalogue code.
    #[schema(example = "RICE")]
    item: String,
    name: String,
    /// Decimal text.
    #[schema(example = "100.5")]
    quantity: String,
    #[schema(example = "KG")]
    unit: String,
    value_vnd: i64,
}

/// Where a document is read.
pub(super) fn url(document: Document, chapter: &str, year: i32, no: i64) -> String {
    format!("/api/v1/vouchers/{document}/{chapter}/{year}/{no}")
}

impl VoucherOut {
    /// In a language.
    pub fn of(voucher: Voucher, lang: Lang) -> Self {
        let number = voucher.number;
        let at = url(number.document, &number.chapter, number.year, number.no);
        let account = |moved: Moved| VoucherAccountOut { account: moved.account, amount_vnd: moved.amount };
        Self {
            document: number.document,
            number: number.number(),
            series: number.series(),
            issued_on: voucher.issued_on,
            day: voucher.day,
            person: voucher.person,
            reason: voucher.reason.in_lang(lang).to_owned(),
            amount_vnd: voucher.amount.get(),
            in_figures: format!("{} đ", voucher.amount),
            in_words: words::dong_on_paper(voucher.amount.get()),
            debits: voucher.debits.into_iter().map(account).collect(),
            credits: voucher.credits.into_iter().map(account).collect(),
            goods: voucher
                .goods
                .into_iter()
                .map(|line| VoucherGoodsOut {
                    item: line.item,
                    name: line.name,
                    quantity: line.quantity,
                    unit: line.unit,
                    value_vnd: line.value.get(),
                })
                .collect(),
            kind: voucher.kind,
            code: voucher.code.as_str().to_owned(),
            public_url: voucher.public_url,
            cancelled: voucher.cancelled.map(CancelledOut::from),
            html_url: format!("{at}/sheet.html"),
            pdf_url: format!("{at}/sheet.pdf"),
            issuer: IssuerOut::of(number.chapter, voucher.issuer),
        }
    }
}
