//! A cash receipt as a paper: what stands on the sheet, for the page and the PDF alike.

use chrono::Datelike;
use print::{About, Body, Cancelled, Foot, Issuer, Item, Labelled, Look, Page, Paper, PrintError, Signature};

use super::labels::{Labels, MAKER};
use super::model::{CashReceipt, long_day, short_day, spaced};
use crate::basics::words;
use crate::http::Lang;

/// The sheet as a page to print.
pub fn html(receipt: &CashReceipt, lang: Lang) -> Result<Page, PrintError> {
    print::html(&paper(receipt, lang))
}

/// The sheet as PDF/A-2u: one A5 sheet across.
pub fn pdf(receipt: &CashReceipt, lang: Lang) -> Result<Vec<u8>, PrintError> {
    print::pdf(&paper(receipt, lang))
}

/// What stands on it, in one language.
pub fn paper(receipt: &CashReceipt, lang: Lang) -> Paper {
    let l = Labels::of(lang);
    let (number, series, day) = (receipt.number.number(), receipt.number.series(), receipt.issued_on);
    let address = |address: &String| Labelled::new(l.address, address);
    let cancelled = receipt.cancelled.as_ref().map(|cancelled| Cancelled {
        stamp: l.stamp.to_owned(),
        said: format!("{} {} {} {}", l.cancelled_on, short_day(cancelled.on), l.cancelled_by, spaced(&cancelled.by)),
    });
    let signature = |(n, signature): (usize, &super::labels::Signature)| Signature {
        who: signature.who.to_owned(),
        hint: signature.hint.to_owned(),
        name: receipt.made_by.clone().filter(|_| n == MAKER),
    };
    Paper {
        lang: lang.tag(),
        about: About {
            title: format!("{} {number} {series}", l.title),
            id: format!("{series} {number}"),
            day: (day.year().clamp(0, 9999) as u16, day.month() as u8, day.day() as u8),
        },
        issuer: Issuer {
            above: receipt.issuer.above.clone(),
            name: receipt.issuer.name.clone(),
            address: receipt.issuer.address.as_ref().map(address),
        },
        series: Some(Labelled::new(l.series, series)),
        number: Some(Labelled::new(l.number, number)),
        link: Some(receipt.public_url.clone()),
        title: l.title.to_owned(),
        subtitle: l.subtitle.map(str::to_owned),
        day: Some(long_day(day).in_lang(lang).to_owned()),
        cancelled,
        body: Body::Slip(items(receipt, l, lang)),
        signatures: l.signatures.iter().enumerate().map(signature).collect(),
        note: receipt.note.as_ref().map(|note| note.in_lang(lang).to_owned()),
        foot: Some(Foot {
            code: Labelled::new(l.code, spaced(&receipt.code)),
            find: format!("{}: {}", l.scan, receipt.public_url),
        }),
        copies: Vec::new(),
        sheet: l.sheet,
    }
}

fn items(receipt: &CashReceipt, l: &Labels, lang: Lang) -> Vec<Item> {
    let words = format!("{}.", words::dong_on_paper(receipt.amount.get()));
    let payer = match &receipt.payer {
        Some(payer) => Item::new(l.payer, Some(payer.clone()), Look::Name),
        None => Item::new(l.payer, Some(l.payer_unknown.to_owned()), Look::Unnamed),
    };
    vec![
        payer,
        Item::new(l.address, receipt.payer_address.clone(), Look::Text),
        Item::new(l.content, Some(receipt.content.in_lang(lang).to_owned()), Look::Text),
        Item::new(l.amount, Some(format!("{} đ", receipt.amount)), Look::Amount),
        Item::new(l.in_words, Some(words.clone()), Look::Words),
        Item::new(l.enclosed, receipt.enclosed.map(|count| format!("{count} {}", l.vouchers)), Look::Plain),
        Item::new(l.received_on, Some(short_day(receipt.received_on)), Look::Plain),
        Item::new(l.in_full, Some(words), Look::Words),
    ]
}
