//! A cash receipt as a page to print: A5 landscape, one file, nothing fetched.
//!
//! The style sheet stands in the page and is allowed by its hash, so the page runs under a policy that allows nothing
//! else: no script, no picture, no address.

use std::sync::LazyLock;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::labels::{Labels, MAKER};
use super::model::{CashReceipt, long_day, short_day, spaced};
use super::qr::Qr;
use crate::basics::words;
use crate::http::Lang;

const STYLE: &str = include_str!("../../templates/cash_receipt.css");

/// Value of `Content-Security-Policy` for [`html`].
pub static POLICY: LazyLock<String> =
    LazyLock::new(|| format!("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'", style_hash()));

fn style_hash() -> String {
    STANDARD.encode(Sha256::digest(STYLE))
}

#[derive(Template)]
#[template(path = "cash_receipt.html")]
struct Page<'a> {
    lang: &'static str,
    style: &'static str,
    policy: &'a str,
    l: &'a Labels,
    r: &'a CashReceipt,
    number: String,
    series: String,
    day: String,
    received_on: String,
    content: &'a str,
    maker: usize,
    note: Option<&'a str>,
    amount: String,
    in_words: String,
    code: String,
    qr_size: usize,
    qr_path: String,
    cancelled: Option<(String, String)>,
    /// Long texts are set smaller, so that the sheet stays one sheet.
    density: &'static str,
}

/// The page in one language.
pub fn html(receipt: &CashReceipt, lang: Lang) -> Result<String, askama::Error> {
    let qr = Qr::of(&receipt.public_url);
    let content = receipt.content.in_lang(lang);
    let in_words = words::dong_on_paper(receipt.amount.get());
    let issuer = &receipt.issuer;
    let optional = [&receipt.payer, &receipt.payer_address, &issuer.above, &issuer.address, &receipt.made_by];
    let letters = optional.into_iter().flatten().chain([&issuer.name, &in_words, &in_words]).map(String::as_str).chain([content]);
    let page = Page {
        lang: lang.tag(),
        style: STYLE,
        policy: &POLICY,
        l: Labels::of(lang),
        r: receipt,
        number: receipt.number.number(),
        series: receipt.number.series(),
        day: long_day(receipt.issued_on).in_lang(lang).to_owned(),
        received_on: short_day(receipt.received_on),
        content,
        maker: MAKER,
        note: receipt.note.as_ref().map(|note| note.in_lang(lang)),
        amount: format!("{} đ", receipt.amount),
        code: spaced(&receipt.code),
        qr_size: qr.as_ref().map_or(1, |qr| qr.size),
        qr_path: qr.map(|qr| qr.svg_path()).unwrap_or_default(),
        cancelled: receipt.cancelled.as_ref().map(|c| (short_day(c.on), spaced(&c.by))),
        density: match letters.map(|text| text.chars().count()).sum() {
            0..=300usize => "roomy",
            301..=560 => "dense",
            561..=800 => "tight",
            _ => "tiny",
        },
        in_words,
    };
    page.render()
}
