//! A phiếu thu, phiếu chi, phiếu nhập or phiếu xuất of what is no gift as a paper: what stands on the sheet, for the page and the
//! PDF alike. Cash is one A5 sheet across; goods are a table, over as many A4 sheets as it takes.

use chrono::Datelike;
use print::{
    About, Body, Cancelled, Foot, Issuer, Item, Labelled, Look, Page, Paper, Piece, PrintError, Side, Signature, Table,
    TableColumn,
};

use super::labels::Labels;
use super::model::{long_day, short_day, spaced};
use super::voucher::{GoodsLine, Moved, Voucher};
use super::voucher_labels::VoucherLabels;
use crate::basics::{Vnd, words};
use crate::http::Lang;

/// The sheet as a page to print.
pub fn html(voucher: &Voucher, lang: Lang) -> Result<Page, PrintError> {
    print::html(&paper(voucher, lang))
}

/// The sheet as PDF/A-2u.
pub fn pdf(voucher: &Voucher, lang: Lang) -> Result<Vec<u8>, PrintError> {
    print::pdf(&paper(voucher, lang))
}

/// What stands on it, in one language.
pub fn paper(voucher: &Voucher, lang: Lang) -> Paper {
    let (common, l) = (Labels::of(lang), VoucherLabels::of(voucher.number.document, lang));
    let (number, series, day) = (voucher.number.number(), voucher.number.series(), voucher.issued_on);
    let cancelled = voucher.cancelled.as_ref().map(|cancelled| Cancelled {
        stamp: common.stamp.to_owned(),
        said: format!("{} {} {} {}", common.cancelled_on, short_day(cancelled.on), common.cancelled_by, spaced(&cancelled.by)),
    });
    let signature = |of: &super::labels::Signature| Signature { who: of.who.to_owned(), hint: of.hint.to_owned(), name: None };
    Paper {
        lang: lang.tag(),
        about: About {
            title: format!("{} {number} {series}", l.title),
            id: format!("{series} {number}"),
            day: (day.year().clamp(0, 9999) as u16, day.month() as u8, day.day() as u8),
        },
        issuer: Issuer {
            above: voucher.issuer.above.clone(),
            name: voucher.issuer.name.clone(),
            address: voucher.issuer.address.as_ref().map(|address| Labelled::new(common.address, address)),
        },
        series: Some(Labelled::new(common.series, series)),
        number: Some(Labelled::new(common.number, number)),
        link: Some(voucher.public_url.clone()),
        title: l.title.to_owned(),
        subtitle: l.subtitle.map(str::to_owned),
        day: Some(long_day(day).in_lang(lang).to_owned()),
        cancelled,
        body: if voucher.number.document.is_of_goods() {
            Body::Flow(of_goods(voucher, common, l, lang))
        } else {
            Body::Slip(of_cash(voucher, common, l, lang))
        },
        signatures: l.signatures.iter().map(signature).collect(),
        note: None,
        foot: Some(Foot {
            code: Labelled::new(common.code, spaced(&voucher.code)),
            find: format!("{}: {}", common.scan, voucher.public_url),
        }),
        copies: Vec::new(),
        sheet: common.sheet,
    }
}

/// `Chi cứu trợ, nhân đạo 1.500.000 đ; …`
fn accounts(moved: &[Moved], lang: Lang) -> Option<String> {
    Some(moved.iter().map(|one| format!("{} {} đ", one.said.in_lang(lang), dots(one.amount))).collect::<Vec<_>>().join("; "))
}

fn dots(amount: i64) -> String {
    Vnd::parse(amount).map_or_else(|_| amount.to_string(), |vnd| vnd.to_string())
}

fn of_cash(voucher: &Voucher, common: &Labels, l: &VoucherLabels, lang: Lang) -> Vec<Item> {
    let words = format!("{}.", words::dong_on_paper(voucher.amount.get()));
    vec![
        Item::new(l.person, voucher.person.clone(), Look::Name),
        Item::new(common.address, None, Look::Text),
        Item::new(l.reason, Some(voucher.reason.in_lang(lang).to_owned()), Look::Text),
        Item::new(l.debit, accounts(&voucher.debits, lang), Look::Plain),
        Item::new(l.credit, accounts(&voucher.credits, lang), Look::Plain),
        Item::new(common.amount, Some(format!("{} đ", voucher.amount)), Look::Amount),
        Item::new(l.in_words, Some(words.clone()), Look::Words),
        Item::new(common.enclosed, None, Look::Plain),
        Item::new(common.in_full, Some(words), Look::Words),
    ]
}

fn of_goods(voucher: &Voucher, common: &Labels, l: &VoucherLabels, lang: Lang) -> Vec<Piece> {
    let words = format!("{}.", words::dong_on_paper(voucher.amount.get()));
    vec![
        Piece::Items(vec![
            Item::new(l.person, voucher.person.clone(), Look::Name),
            Item::new(common.address, None, Look::Text),
            Item::new(l.reason, Some(voucher.reason.in_lang(lang).to_owned()), Look::Text),
            Item::new(l.store, None, Look::Text),
            Item::new(l.debit, accounts(&voucher.debits, lang), Look::Plain),
            Item::new(l.credit, accounts(&voucher.credits, lang), Look::Plain),
        ]),
        Piece::Table(table(voucher, l, lang)),
        Piece::Items(vec![Item::new(l.in_words, Some(words), Look::Words), Item::new(common.enclosed, None, Look::Plain)]),
    ]
}

const SHARES: [(u16, Side); 8] = [
    (6, Side::Middle),
    (28, Side::Left),
    (12, Side::Left),
    (8, Side::Middle),
    (10, Side::Right),
    (10, Side::Right),
    (12, Side::Right),
    (14, Side::Right),
];

fn table(voucher: &Voucher, l: &VoucherLabels, lang: Lang) -> Table {
    let column =
        |(head, (share, side)): (&&str, &(u16, Side))| TableColumn { head: (*head).to_owned(), share: *share, side: *side };
    let row = |(n, line): (usize, &GoodsLine)| {
        let quantity = match lang {
            Lang::Vi => line.quantity.replace('.', ","),
            Lang::En => line.quantity.clone(),
        };
        vec![
            (n + 1).to_string(),
            line.name.clone(),
            line.item.clone(),
            line.unit_said.in_lang(lang).to_owned(),
            quantity.clone(),
            quantity,
            price(line).map(dots).unwrap_or_default(),
            line.value.to_string(),
        ]
    };
    let mut total = vec![String::new(); l.columns.len()];
    total[1] = l.total.to_owned();
    if let Some(last) = total.last_mut() {
        *last = voucher.amount.to_string();
    }
    Table {
        columns: l.columns.iter().zip(&SHARES).map(column).collect(),
        rows: voucher.goods.iter().enumerate().map(row).collect(),
        total: Some(total),
    }
}

/// The value of one unit, in whole đồng.
fn price(line: &GoodsLine) -> Option<i64> {
    let (whole, part) = line.quantity.split_once('.').unwrap_or((&line.quantity, ""));
    let quantity: i128 = format!("{whole}{part}").parse().ok().filter(|quantity| *quantity > 0)?;
    let scale = 10i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let price = i128::from(line.value.get()).checked_mul(scale)?.checked_add(quantity / 2)? / quantity;
    i64::try_from(price).ok()
}

#[cfg(test)]
mod tests {
    use super::super::model::{Cancelled, Document, Issuer, Number};
    use super::*;
    use crate::basics::PublicCode;
    use crate::http::Say;
    use chrono::NaiveDate;

    fn voucher(document: Document) -> Voucher {
        let moved =
            |account: &str, vi: &'static str, amount| Moved { account: account.to_owned(), said: Say::fixed(vi, vi), amount };
        let goods = |name: &str, item: &str, quantity: &str, value| GoodsLine {
            item: item.to_owned(),
            name: name.to_owned(),
            quantity: quantity.to_owned(),
            unit: "KG".to_owned(),
            unit_said: Say::fixed("kg", "kg"),
            value: Vnd::parse(value).unwrap(),
        };
        Voucher {
            number: Number { document, chapter: "23095".to_owned(), year: 2026, no: 123 },
            issued_on: NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(),
            day: NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(),
            issuer: Issuer {
                above: Some("Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned()),
                name: "Hội Chữ thập đỏ xã Hàm Liêm".to_owned(),
                address: Some("Thôn 3, xã Hàm Liêm, tỉnh Lâm Đồng".to_owned()),
            },
            person: Some("Nguyễn Thị Ánh Tuyết".to_owned()),
            reason: Say::fixed("Chi: thuê xe chở hàng cứu trợ đi thôn 5", "Payment: transport"),
            amount: Vnd::parse(1_748_935).unwrap(),
            debits: vec![moved("AID_EXPENSE", "Chi cứu trợ, nhân đạo", 1_748_935)],
            credits: vec![moved("CASH_ON_HAND", "Tiền mặt tại quỹ", 1_748_935)],
            goods: vec![goods("Gạo", "RICE", "100.5", 1_500_000), goods("Mì gói", "NOODLES", "10", 248_935)],
            kind: "PAYMENT".to_owned(),
            code: PublicCode::parse("0000000000000000 0").unwrap(),
            public_url: "https://so.redcross.org.vn/g/00000000000000000?h=0123456789abcdef".to_owned(),
            cancelled: None,
        }
    }

    /// To look at them: `SAMPLES=<folder> cargo test --lib voucher_sheet`.
    #[test]
    fn every_document_becomes_an_archival_sheet_with_what_the_form_asks_for() {
        for document in Document::ALL {
            let mut sample = voucher(document);
            for cancelled in [false, true] {
                let by = PublicCode::parse("0000000000000001 1").unwrap();
                sample.cancelled = cancelled.then_some(Cancelled { on: sample.issued_on, by });
                for lang in [Lang::Vi, Lang::En] {
                    let file = pdf(&sample, lang).unwrap();
                    assert!(file.starts_with(b"%PDF-1.") && file.len() < 100_000);
                    assert_eq!(file, pdf(&sample, lang).unwrap(), "the same document gives the same file");
                    let html = html(&sample, lang).unwrap().html;
                    let l = VoucherLabels::of(document, lang);
                    let series = sample.number.series();
                    for said in [
                        l.title,
                        l.person,
                        "000123",
                        &series,
                        "1.748.935",
                        "Hội Chữ thập đỏ xã Hàm Liêm",
                        "0000-0000-0000-0000-0",
                    ] {
                        assert!(html.contains(said), "{document}: {said}");
                    }
                    assert_eq!(html.contains(">HỦY</p>"), cancelled, "{document}");
                    if document.is_of_goods() {
                        assert!(html.contains("Gạo") && html.contains("14.925"), "{document}: a price for a unit");
                    }
                    if let Some(dir) = std::env::var_os("SAMPLES") {
                        let name = format!("{}-{}{}", document.stem(), lang.tag(), if cancelled { "-huy" } else { "" });
                        let path = std::path::Path::new(&dir).join(name);
                        std::fs::write(path.with_extension("pdf"), &file).unwrap();
                    }
                }
            }
        }
    }
}
