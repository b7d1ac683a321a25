//! A settlement report as a sheet to print and to sign: the terms of the fund, what was paid for what, and what is open. Its chapters
//! stand in the text that is stated; the sheet says where that is.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use print::{
    About, Body, Cancelled, Foot, Issuer, Item, Labelled, Look, Page, Paper, Piece, PrintError, Side, Signature, Table,
    TableColumn,
};
use uuid::Uuid;

use super::fault::Fault;
use super::model::{FundFigures, SettlementFigures};
use super::settle;
use super::store::{self, ReportRow};
use crate::authz::{Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::{PublicCode, hex};
use crate::decisions::State;
use crate::http::{Lang, PublicUrl};
use crate::ledger::measures::Measure;
use crate::spending::categories;
use crate::statements::store as statements;
use crate::tree::ChapterId;
use crate::vouchers::heading::{full_name, issuer};
use crate::vouchers::model::{self as vouchers, long_day, short_day, spaced};

/// What stands on the sheet.
pub struct Sheet {
    id: Uuid,
    figures: SettlementFigures,
    issuer: vouchers::Issuer,
    /// The day it was approved, or made.
    day: NaiveDate,
    is_approved: bool,
    sha256: String,
    made_by: String,
    /// What money is spent on, by code: Vietnamese, English.
    categories: HashMap<String, (String, String)>,
    /// Its public code and where it is found.
    stated: Option<(PublicCode, String)>,
}

impl Sheet {
    /// Name of a file that holds it; letters, digits, dashes only.
    pub fn file_stem(&self) -> String {
        let safe: String = self.figures.appeal.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("quyet-toan-{safe}-{}", self.figures.as_of)
    }

    fn category(&self, code: &str, lang: Lang) -> String {
        let name = self.categories.get(code).map(|(vi, en)| if lang == Lang::En { en } else { vi });
        name.cloned().unwrap_or_else(|| code.to_owned())
    }
}

/// The sheet of a report, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, public: &PublicUrl, id: Uuid) -> Result<Sheet, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let stated = stated(v, public, &row)?;
    let mut issuer = issuer(v.conn, ChapterId(row.chapter_id))?;
    issuer.keep_visible();
    let mut made_by = full_name(v, row.requested_by)?;
    vouchers::keep_visible(&mut made_by);
    let figures = settle::figures(v, id)?;
    let paid = figures.funds.iter().flat_map(|fund| &fund.total.paid_by_category);
    let categories = categories::names(v.conn, &paid.map(|paid| paid.category.as_str()).collect::<Vec<_>>())?;
    Ok(Sheet {
        id,
        figures,
        categories,
        issuer,
        day: vietnam_date(row.decided_at.unwrap_or(row.requested_at)),
        is_approved: row.state == State::Approved.name(),
        sha256: row.sha256,
        made_by,
        stated,
    })
}

fn stated(v: &mut Visit<'_>, public: &PublicUrl, row: &ReportRow) -> Result<Option<(PublicCode, String)>, Fault> {
    let Some(code) = &row.statement else { return Ok(None) };
    let statement = statements::find(v.conn, code)?.ok_or_else(|| Fault::broken("an approved report without statement"))?;
    let code = PublicCode::parse(code).map_err(|_| Fault::broken("a statement has a broken code"))?;
    let url = public.entry(&code, &statement.leaf_hash);
    Ok(Some((code, url)))
}

/// The sheet as a page to print.
pub fn html(sheet: &Sheet, lang: Lang) -> Result<Page, PrintError> {
    print::html(&paper(sheet, lang))
}

/// The sheet as PDF/A-2u.
pub fn pdf(sheet: &Sheet, lang: Lang) -> Result<Vec<u8>, PrintError> {
    print::pdf(&paper(sheet, lang))
}

/// The words of the sheet: Vietnamese, English.
fn said(lang: Lang, vi: &'static str, en: &'static str) -> &'static str {
    if lang == Lang::En { en } else { vi }
}

fn term(measure: Option<Measure>, lang: Lang) -> &'static str {
    let (vi, en) = match measure {
        Some(Measure::Received) => ("Đã tiếp nhận", "Received"),
        Some(Measure::Opened) => ("Số dư mang sang", "Brought forward"),
        Some(Measure::OtherIncome) => ("Thu khác", "Other income"),
        Some(Measure::Released) => ("Điều chuyển giữa các quỹ", "Released between funds"),
        Some(Measure::TakenOver) => ("Nhận từ đơn vị khác", "Taken over from other chapters"),
        Some(Measure::Sent) => ("Chuyển cho đơn vị khác", "Sent to other chapters"),
        Some(Measure::HandedOut) => ("Đã trao", "Handed out"),
        Some(Measure::Paid) => ("Đã chi", "Paid"),
        Some(Measure::Refunded) => ("Đã hoàn trả", "Refunded"),
        Some(Measure::Lost) => ("Hao hụt, mất mát", "Lost"),
        None => ("Còn lại", "Left"),
    };
    said(lang, vi, en)
}

fn open(what: &str, lang: Lang) -> &'static str {
    let (vi, en) = match what {
        "ON_THE_WAY" => ("Đang chuyển giữa các đơn vị", "On the way between chapters"),
        "ADVANCES" => ("Tạm ứng chưa thanh toán", "Advances not cleared"),
        "NOT_CONFIRMED_BY_BANK" => ("Ngân hàng chưa xác nhận", "Not confirmed by the bank"),
        "OWED_TO_US" => ("Phải thu", "Owed to us"),
        "OWED_BY_US" => ("Phải trả", "Owed by us"),
        _ => ("Đề nghị hủy đang chờ (số đề nghị)", "Requests to reverse that wait (how many)"),
    };
    said(lang, vi, en)
}

/// `1.500.000`, below zero with its sign.
fn grouped(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let grouped: Vec<String> =
        digits.as_bytes().rchunks(3).rev().map(|three| String::from_utf8_lossy(three).into_owned()).collect();
    format!("{}{}", if amount < 0 { "-" } else { "" }, grouped.join("."))
}

fn columns(head: &'static str, lang: Lang) -> Vec<TableColumn> {
    vec![
        TableColumn { head: head.to_owned(), share: 7, side: Side::Left },
        TableColumn { head: said(lang, "Số tiền (đồng)", "Amount (đồng)").to_owned(), share: 3, side: Side::Right },
    ]
}

/// The terms of a fund that are not zero, and what is left.
fn terms(fund: &FundFigures, head: &'static str, lang: Lang) -> Table {
    let all = fund.total.all();
    let row = |(measure, amount): &(Option<Measure>, i64)| vec![term(*measure, lang).to_owned(), grouped(*amount)];
    let rows = all.iter().filter(|(measure, amount)| measure.is_some_and(|m| m == Measure::Received || *amount != 0)).map(row);
    Table { columns: columns(head, lang), rows: rows.collect(), total: all.last().map(row) }
}

fn pieces(sheet: &Sheet, lang: Lang) -> Vec<Piece> {
    let figures = &sheet.figures;
    let mut pieces = vec![Piece::Items(vec![
        Item::new(said(lang, "Đợt vận động", "Appeal"), Some(format!("{} ({})", figures.title, figures.appeal)), Look::Name),
        Item::new(said(lang, "Tính đến hết ngày", "Up to the end of"), Some(short_day(figures.as_of)), Look::Plain),
        Item::new(
            said(lang, "Kích thước sổ công khai", "Size of the public log"),
            Some(figures.log.size.to_string()),
            Look::Plain,
        ),
    ])];
    let heads = [
        said(lang, "Quỹ của đợt", "Fund of the appeal"),
        said(lang, "Nhận sau khi đợt kết thúc (theo dõi riêng)", "Received after the end (kept apart)"),
    ];
    for (fund, head) in figures.funds.iter().zip(heads) {
        if fund.chapters.is_empty() && head == heads[1] {
            continue;
        }
        pieces.push(Piece::Table(terms(fund, head, lang)));
        let paid = &fund.total.paid_by_category;
        if !paid.is_empty() {
            let rows = paid.iter().map(|paid| vec![sheet.category(&paid.category, lang), grouped(paid.amount_vnd)]).collect();
            pieces
                .push(Piece::Table(Table { columns: columns(said(lang, "Đã chi cho", "Paid for"), lang), rows, total: None }));
        }
    }
    if !figures.open.is_empty() {
        let rows = figures.open.iter().map(|item| vec![open(&item.what, lang).to_owned(), grouped(item.amount_vnd)]).collect();
        let head = said(lang, "Chưa quyết toán xong khi lập", "Not settled when it was made");
        pieces.push(Piece::Table(Table { columns: columns(head, lang), rows, total: None }));
    }
    pieces.push(Piece::Text(format!("SHA-256: {}", sheet.sha256)));
    pieces
}

/// What stands on it, in one language.
fn paper(sheet: &Sheet, lang: Lang) -> Paper {
    let title = "BÁO CÁO QUYẾT TOÁN";
    let sign = |who: &str, name: Option<String>| Signature {
        who: who.to_owned(),
        hint: said(lang, "(Ký, họ tên)", "(Signature, full name)").to_owned(),
        name,
    };
    let about = format!("{title} {}", sheet.figures.appeal);
    Paper {
        lang: lang.tag(),
        about: About {
            title: about,
            id: hex(sheet.id.as_bytes()),
            day: (sheet.day.year().clamp(0, 9999) as u16, sheet.day.month() as u8, sheet.day.day() as u8),
        },
        issuer: Issuer {
            above: sheet.issuer.above.clone(),
            name: sheet.issuer.name.clone(),
            address: sheet.issuer.address.as_ref().map(|address| Labelled::new(said(lang, "Địa chỉ", "Address"), address)),
        },
        series: None,
        number: None,
        link: sheet.stated.as_ref().map(|(_, url)| url.clone()),
        title: title.to_owned(),
        subtitle: (lang == Lang::En).then(|| "Settlement report".to_owned()),
        day: Some(long_day(sheet.day).in_lang(lang).to_owned()),
        cancelled: (!sheet.is_approved).then(|| Cancelled {
            stamp: "CHƯA DUYỆT".to_owned(),
            said: said(lang, "Chưa được người thứ hai duyệt", "Not approved by a second person").to_owned(),
        }),
        body: Body::Flow(pieces(sheet, lang)),
        signatures: vec![
            sign(said(lang, "Người lập", "Made by"), Some(sheet.made_by.clone())),
            sign(said(lang, "Phụ trách kế toán", "Accountant in charge"), None),
            sign(said(lang, "Thủ trưởng đơn vị", "Head of the chapter"), None),
        ],
        note: None,
        foot: sheet.stated.as_ref().map(|(code, url)| Foot {
            code: Labelled::new(said(lang, "Mã công khai", "Public code"), spaced(code)),
            find: format!("{}: {url}", said(lang, "Quét mã hoặc mở", "Scan, or open")),
        }),
        copies: Vec::new(),
        sheet: said(lang, "Trang", "Sheet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_three() {
        let said = [0, 7, 999, 1_000, -1_234_567, i64::MIN].map(grouped);
        assert_eq!(said, ["0", "7", "999", "1.000", "-1.234.567", "-9.223.372.036.854.775.808"]);
    }
}
