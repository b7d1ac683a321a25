//! A series and its documents, read for those who may read the chapter's books.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::heading;
use super::model::{Cancelled, Number};
use super::numbers::Document;
use super::store::{self, VoucherRow};
use super::voucher::{GoodsLine, Moved, Voucher};
use super::wire::{VoucherLineOut, url};
use crate::authz::{Read, Seen, Visit};
use crate::basics::{PublicCode, Vnd};
use crate::db::DbError;
use crate::http::{Lang, PublicUrl, Say, Span};
use crate::ledger::book::{self, BookLine};
use crate::ledger::kinds::Kind as EntryKind;
use crate::ledger::public::{self, PublicGoods, PublicRow};
use crate::ledger::store as ledger;
use crate::log;
use crate::tree::Place;

/// What goods are called, by code.
pub type Names = Result<HashMap<String, String>, DbError>;

/// What kinds, accounts, units and goods are called: rooms further up know, and hand it over where the app is built.
#[derive(Clone, Copy)]
pub struct Called {
    /// By code of the item.
    pub items: fn(&mut PgConnection, &[&str]) -> Names,
    pub unit: fn(&str, Lang) -> String,
    pub account: fn(&str, Lang) -> String,
    pub kind: fn(&str, Lang) -> String,
}

fn both(said: fn(&str, Lang) -> String, code: &str) -> Say {
    Say::new(said(code, Lang::Vi), said(code, Lang::En))
}

/// Which series of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SeriesOf {
    pub chapter: String,
    pub document: &'static str,
    pub year: i32,
}

/// The rows of a series.
pub(super) fn rows(v: &mut Visit<'_>, of: &SeriesOf, span: Span<i64>) -> Result<Vec<VoucherRow>, Fault> {
    let (here, _) = v.see_code::<Read>(&of.chapter)?;
    let document = Document::parse(of.document).ok_or(Fault::Unknown)?;
    Ok(store::series(v.conn, &here, document, of.year, span)?)
}

/// What is shown of them, in their order.
pub(super) fn lines(conn: &mut PgConnection, chapter: &str, rows: Vec<VoucherRow>) -> Result<Vec<VoucherLineOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.entry).collect();
    let mut entries = ledger::booked(conn, &ids)?;
    let codes: Vec<&str> = entries.values().map(|entry| entry.code.as_str()).collect();
    let mut shown = public::by_codes(conn, &codes)?;
    let postings = book::lines(conn, &ids)?;
    let line = |row: VoucherRow| {
        let entry = entries.remove(&row.entry)?;
        let number = Number { document: row.document, chapter: chapter.to_owned(), year: row.year, no: row.no };
        Some(VoucherLineOut {
            document: row.document,
            number: number.number(),
            series: number.series(),
            issued_on: row.issued_on,
            kind: shown.remove(&entry.code).map(|row| row.kind).unwrap_or_default(),
            amount_vnd: moves(row.document, postings.get(&row.entry).map_or(&[], Vec::as_slice)),
            reversed_by: entry.reversed_by,
            url: (!row.of_gift).then(|| url(row.document, chapter, row.year, row.no)),
            code: entry.code,
        })
    };
    Ok(rows.into_iter().filter_map(line).collect())
}

/// What a document moves, whichever way.
fn moves(document: Document, postings: &[BookLine]) -> i64 {
    let account = document.account().name();
    postings.iter().filter(|line| line.account == account).map(|line| line.amount).sum::<i64>().abs()
}

/// Which document is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub document: Document,
    pub chapter: String,
    pub year: i32,
    pub no: i64,
}

/// One document. Reading it is noted in the audit trail, because it may name somebody.
pub fn show(v: &mut Visit<'_>, public: &PublicUrl, called: Called, asked: &Asked) -> Result<Voucher, Fault> {
    let (seen, here) = v.see_code::<Read>(&asked.chapter)?;
    let row = store::find(v.conn, here.id, asked.document, asked.year, asked.no)?.ok_or(Fault::Unknown)?;
    if row.of_gift {
        return Err(Fault::OfGift);
    }
    let voucher = voucher(v, public, called, &here, &row)?;
    note_seen(v, &seen, row.entry)?;
    Ok(voucher)
}

fn note_seen(v: &mut Visit<'_>, seen: &Seen<Read>, entry: Uuid) -> Result<(), Fault> {
    Ok(v.note_seen(seen, "VOUCHER_READ", entry)?)
}

fn voucher(v: &mut Visit<'_>, public: &PublicUrl, called: Called, here: &Place, row: &VoucherRow) -> Result<Voucher, Fault> {
    let booked = ledger::booked(v.conn, &[row.entry])?.remove(&row.entry).ok_or(Fault::Unknown)?;
    // The entry's own leaf, written with it: a reversal or an amendment has another and leaves this one as it is.
    let shown = public::find(v.conn, &booked.code)?.ok_or_else(|| Fault::broken("an entry has no public row"))?;
    let code = code_of(&booked.code)?;
    let postings = book::lines(v.conn, &[row.entry])?.remove(&row.entry).unwrap_or_default();
    let (person, note) = behind(v, &booked.code)?;
    let amount = moves(row.document, &postings);
    let cancelled = booked.reversed_by.as_deref().map(|by| cancelled(v.conn, by)).transpose()?;
    let side = |sign: i64| -> Vec<Moved> {
        let of_side = postings.iter().filter(|line| line.amount.signum() == sign);
        let moved = |line: &BookLine| Moved {
            said: both(called.account, &line.account),
            account: line.account.clone(),
            amount: line.amount.abs(),
        };
        of_side.map(moved).collect()
    };
    Ok(Voucher {
        number: Number { document: row.document, chapter: here.code.clone(), year: row.year, no: row.no },
        issued_on: row.issued_on,
        day: shown.day,
        issuer: heading::issuer(v.conn, here.id)?,
        person,
        reason: reason(&shown.kind, both(called.kind, &shown.kind), note.as_deref()),
        amount: vnd(amount)?,
        debits: side(1),
        credits: side(-1),
        goods: if row.document.is_of_goods() { goods(v.conn, called, &shown)? } else { Vec::new() },
        public_url: public.entry(&code, &shown.leaf_hash),
        kind: shown.kind,
        code,
        cancelled,
    }
    .visible())
}

/// What the entry is and what was noted with it; of a payment the note says it all.
fn reason(kind: &str, what: Say, note: Option<&str>) -> Say {
    match note {
        Some(note) if kind == EntryKind::Payment.name() => Say::new(note.to_owned(), note.to_owned()),
        Some(note) => Say::new(format!("{}: {note}", what.vi), format!("{}: {note}", what.en)),
        None => what,
    }
}

fn vnd(amount: i64) -> Result<Vnd, Fault> {
    Vnd::parse(amount).map_err(|_| Fault::broken("a numbered document moves an impossible amount"))
}

fn code_of(text: &str) -> Result<PublicCode, Fault> {
    PublicCode::parse(text).map_err(|_| Fault::broken("an entry has a broken code"))
}

fn cancelled(conn: &mut PgConnection, by: &str) -> Result<Cancelled, Fault> {
    let on: Option<NaiveDate> = public::find(conn, by)?.map(|row| row.booked);
    Ok(Cancelled { on: on.ok_or_else(|| Fault::broken("a reversal has no public row"))?, by: code_of(by)? })
}

/// The name and the note behind an entry's commitment; nothing once they were erased.
fn behind(v: &mut Visit<'_>, code: &str) -> Result<(Option<String>, Option<String>), Fault> {
    let Some(sealed) = log::store::openings(v.conn, &[code])?.remove(code) else { return Ok((None, None)) };
    let opening = log::opening::open(v.vault, code, &sealed).map_err(Fault::broken)?;
    let field = |name: &str| {
        let found = opening.fields.iter().find(|(field, value)| field == name && !value.is_empty());
        found.map(|(_, value)| value.clone())
    };
    Ok((field("name"), field("note")))
}

fn goods(conn: &mut PgConnection, called: Called, shown: &PublicRow) -> Result<Vec<GoodsLine>, Fault> {
    let Some(goods) = &shown.goods else { return Ok(Vec::new()) };
    let lines: Vec<PublicGoods> = serde_json::from_value(goods.clone()).map_err(Fault::broken)?;
    let names = (called.items)(conn, &lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>())?;
    let line = |line: PublicGoods| -> Result<GoodsLine, Fault> {
        Ok(GoodsLine {
            name: names.get(&line.item).cloned().unwrap_or_else(|| line.item.clone()),
            unit_said: both(called.unit, &line.unit),
            value: vnd(line.value_vnd)?,
            item: line.item,
            quantity: line.quantity,
            unit: line.unit,
        })
    };
    lines.into_iter().map(line).collect()
}
