//! The audit of transfers: what was sent, arrived, came back and was lost is what the books hold, and what is said to be on the way is
//! the rest.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{TransferPartKind, TransferState};
use super::open::{self, OpenTransfer};
use super::store::{self, PartRow, TransferRow};
use crate::db::DbError;
use crate::db::schema::{transfer, transfer_part};
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit::{Fact, facts};
use crate::ledger::detail::{self, DetailRow};
use crate::ledger::kinds::Kind;
use crate::ledger::measures::Measure;
use crate::ledger::model::FundId;
use crate::ledger::{public, store as ledger};
use crate::tree;

const CHECK: &str = "transfer";
const BATCH: i64 = 500;

/// See the module.
pub struct Transfers;

impl Audits for Transfers {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let mut after = Uuid::nil();
        loop {
            let rows: Vec<TransferRow> = transfer::table
                .filter(transfer::id.gt(after))
                .order(transfer::id)
                .limit(BATCH)
                .select(TransferRow::as_select())
                .load(audit.conn)?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            audit.findings.looked(CHECK, rows.len());
            compare(audit, &rows)?;
        }
        audit.findings.ask(audit.conn, "transfer_parts", PARTS)?;
        audit.findings.ask(audit.conn, "transfer_goods", GOODS)?;
        audit.findings.ask(audit.conn, "transfer_part_goods", PART_GOODS)
    }

    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        use transfer_part as p;
        let mut ours: Vec<Option<Uuid>> =
            transfer::table.filter(transfer::entry_id.eq_any(entries)).select(transfer::entry_id).load(conn)?;
        ours.extend(p::table.filter(p::entry_id.eq_any(entries)).select(p::entry_id).load::<Option<Uuid>>(conn)?);
        ours.extend(p::table.filter(p::loss_entry_id.eq_any(entries)).select(p::loss_entry_id).load::<Option<Uuid>>(conn)?);
        Ok(ours.into_iter().flatten().collect())
    }
}

/// What a transfer says of its parts.
const PARTS: &str = "SELECT t.id, format('says %s confirmed and %s back, its parts %s and %s', confirmed_vnd, returned_vnd, confirmed, returned)
    FROM transfer t, LATERAL (
        SELECT coalesce(sum(amount_vnd) FILTER (WHERE kind = 'RECEIPT'), 0) AS confirmed, coalesce(sum(amount_vnd) FILTER (WHERE kind <> 'RECEIPT'), 0) AS returned
        FROM transfer_part p WHERE p.transfer_id = t.id AND p.state = 'BOOKED') p
    WHERE (confirmed_vnd, returned_vnd) IS DISTINCT FROM (confirmed, returned)";

/// What is left of goods, and what all of them are worth.
const GOODS: &str = "SELECT concat_ws(' ', g.transfer_id, g.n), format('says %s left worth %s, its parts leave %s worth %s', left_milli, left_vnd, quantity_milli - parted, value_vnd - worth)
    FROM transfer_goods g, LATERAL (
        SELECT coalesce(sum(q.quantity_milli), 0) AS parted, coalesce(sum(q.value_vnd), 0) AS worth
        FROM transfer_part_goods q JOIN transfer_part p ON p.id = q.part_id WHERE q.transfer_id = g.transfer_id AND q.n = g.n AND p.state = 'BOOKED') p
    WHERE (left_milli, left_vnd) IS DISTINCT FROM (quantity_milli - parted, value_vnd - worth)
    UNION ALL SELECT t.id::text, format('is of %s, its goods are worth %s', t.amount_vnd, coalesce(worth, 0))
    FROM transfer t LEFT JOIN (SELECT transfer_id, sum(value_vnd) AS worth FROM transfer_goods GROUP BY 1) g ON g.transfer_id = t.id
    WHERE (t.source = 'GOODS' AND t.entry_id IS NOT NULL) <> (worth IS NOT NULL) OR worth <> t.amount_vnd";

const PART_GOODS: &str = "SELECT p.id, format('is of %s, its goods are worth %s', p.amount_vnd, coalesce(worth, 0))
    FROM transfer_part p LEFT JOIN (SELECT part_id, sum(value_vnd) AS worth FROM transfer_part_goods GROUP BY 1) g ON g.part_id = p.id
    WHERE (p.account = 'GOODS') <> (worth IS NOT NULL) OR worth <> p.amount_vnd";

/// What the books have of these transfers.
struct Books {
    facts: HashMap<Uuid, Fact>,
    details: HashMap<String, DetailRow>,
    /// By the code of what was reversed.
    reversed: HashMap<String, String>,
    funds: HashMap<i32, String>,
    chapters: HashMap<Uuid, String>,
    open: HashMap<String, OpenTransfer>,
}

impl Books {
    fn read(conn: &mut PgConnection, rows: &[TransferRow], parts: &HashMap<Uuid, Vec<PartRow>>) -> Result<Self, DbError> {
        let of_parts = parts.values().flatten().flat_map(|part| [part.entry_id, part.loss_entry_id]);
        let entries: Vec<Uuid> = rows.iter().map(|row| row.entry_id).chain(of_parts).flatten().collect();
        let facts = facts(conn, &entries)?;
        let codes: Vec<&str> = facts.values().map(|fact| fact.code.as_str()).collect();
        let funds = ledger::funds(conn, &rows.iter().map(|row| FundId(row.fund_id)).collect::<Vec<_>>())?;
        Ok(Self {
            details: detail::of(conn, &codes)?,
            reversed: public::reversals_of(conn, &codes)?,
            funds: funds.into_iter().map(|(id, fund)| (id.0, fund.code)).collect(),
            chapters: tree::codes(conn, rows.iter().flat_map(TransferRow::sides))?,
            open: open::of(conn, &codes)?.into_iter().map(|open| (open.out_code.clone(), open)).collect(),
            facts,
        })
    }
}

/// What an entry has to be.
struct Expected<'a> {
    kind: Kind,
    chapter: Uuid,
    measure: Measure,
    amount: i64,
    fund: Option<&'a str>,
    /// Code of the entry it is about.
    of: Option<&'a str>,
    to: Option<&'a str>,
    reason: Option<&'a str>,
    /// Whether it was reversed; `None` where either may be.
    reversed: Option<bool>,
}

impl Books {
    /// What of an entry is not as it has to be.
    fn differs(&self, entry: Uuid, expected: &Expected<'_>) -> Option<String> {
        let Some(fact) = self.facts.get(&entry) else { return Some("an entry of it is not there".to_owned()) };
        let is = (fact.kind.as_str(), fact.chapter, fact.public.as_ref().map(|row| row.fund.as_str()));
        let says = self.details.get(&fact.code);
        let said = says
            .map(|row| (row.of_code.as_deref(), row.to_chapter.as_deref(), row.reason.as_deref(), row.measure(expected.measure)));
        let what = match () {
            () if is != (expected.kind.name(), expected.chapter, expected.fund) => "kind, chapter or fund differ",
            () if said != Some((expected.of, expected.to, expected.reason, expected.amount)) => {
                "amount, or what it says besides, differ"
            }
            () if expected.reversed.is_some_and(|reversed| self.reversed.contains_key(&fact.code) != reversed) => {
                "it says otherwise whether it was reversed"
            }
            () => return None,
        };
        Some(format!("{}: {what}", fact.code))
    }
}

fn compare(audit: &mut Audit<'_>, rows: &[TransferRow]) -> Result<(), DbError> {
    let parts = store::parts_of(audit.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let books = Books::read(audit.conn, rows, &parts)?;
    for row in rows {
        let of_row = parts.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        for what in sent(&books, row).into_iter().chain(of_row.iter().flat_map(|part| part_of(&books, row, part))) {
            audit.findings.found(CHECK, row.id.to_string(), what);
        }
        claim(audit, row, of_row);
    }
    Ok(())
}

fn claim(audit: &mut Audit<'_>, row: &TransferRow, parts: &[PartRow]) {
    audit.claims.entries(Kind::TransferOut.name(), usize::from(row.entry_id.is_some()));
    for part in parts.iter().filter(|part| part.entry_id.is_some()) {
        let is_receipt = part.kind == TransferPartKind::Receipt.name();
        audit.claims.entries(if is_receipt { Kind::TransferIn } else { Kind::TransferReturn }.name(), 1);
        if part.loss_entry_id.is_some() {
            audit.claims.entries(loss_kind(part).name(), 1);
        }
    }
}

fn loss_kind(part: &PartRow) -> Kind {
    if part.account == "GOODS" { Kind::StockAdjustment } else { Kind::CashCountDifference }
}

/// The entry that sent it, and what everybody sees to be on the way.
fn sent(books: &Books, row: &TransferRow) -> Vec<String> {
    let Some(entry) = row.entry_id else { return Vec::new() };
    let expected = Expected {
        kind: Kind::TransferOut,
        chapter: row.chapter_id,
        measure: Measure::Sent,
        amount: row.amount_vnd,
        fund: books.funds.get(&row.fund_id).map(String::as_str),
        of: None,
        to: books.chapters.get(&row.to_chapter_id).map(String::as_str),
        reason: None,
        reversed: Some(row.state == TransferState::Reversed.name()),
    };
    let mut wrong: Vec<String> = books.differs(entry, &expected).into_iter().collect();
    let Some(fact) = books.facts.get(&entry) else { return wrong };
    let is = OpenTransfer {
        out_code: fact.code.clone(),
        from_chapter: books.chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
        to_chapter: expected.to.unwrap_or_default().to_owned(),
        fund: expected.fund.unwrap_or_default().to_owned(),
        outstanding_vnd: row.outstanding(),
        sent_on: fact.day,
    };
    if row.sent_on != Some(fact.day) || books.open.get(&fact.code) != Some(&is) {
        wrong.push("everybody is told otherwise what is on the way".to_owned());
    }
    wrong
}

/// The entries of a part.
fn part_of(books: &Books, row: &TransferRow, part: &PartRow) -> Vec<String> {
    let Some(entry) = part.entry_id else { return Vec::new() };
    let is_receipt = part.kind == TransferPartKind::Receipt.name();
    let sent = row.entry_id.and_then(|entry| books.facts.get(&entry));
    let arrived = Expected {
        kind: if is_receipt { Kind::TransferIn } else { Kind::TransferReturn },
        chapter: if is_receipt { row.to_chapter_id } else { row.chapter_id },
        measure: if is_receipt { Measure::TakenOver } else { Measure::Sent },
        amount: if is_receipt { part.amount_vnd } else { -part.amount_vnd },
        fund: books.funds.get(&row.fund_id).map(String::as_str),
        of: sent.map(|fact| fact.code.as_str()),
        to: None,
        reason: None,
        reversed: Some(part.state == "REVERSED"),
    };
    let mut wrong: Vec<String> = books.differs(entry, &arrived).into_iter().collect();
    if let Some(loss) = part.loss_entry_id {
        let lost = Expected {
            kind: loss_kind(part),
            measure: Measure::Lost,
            amount: part.amount_vnd,
            of: None,
            reason: part.reason.as_deref(),
            // What was lost may be found again, and stays with the sender.
            reversed: (part.state == "REVERSED").then_some(true),
            ..arrived
        };
        wrong.extend(books.differs(loss, &lost));
    }
    wrong
}
