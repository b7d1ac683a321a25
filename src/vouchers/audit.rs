//! The audit of numbered documents: every series counts its numbers without a gap, every receipt of a gift is a cash gift's, of its
//! own chapter, and everything else that moved cash or goods has its document. A cash gift without a receipt does not concern it:
//! those from before there were receipts have none.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::numbers::{Document, documents_of};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{cash_receipt, voucher};
use crate::house::audit::{Audit, Audits};
use crate::ledger::kinds::Kind;
use crate::ledger::{audit as books, moved};

const BATCH: i64 = 2_000;

/// See the module.
pub struct Receipts;

impl Audits for Receipts {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        look(audit.conn, audit.findings)
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    findings.ask(
        conn,
        "receipt_series",
        "SELECT concat_ws(' ', chapter_id, document, year),
                format('counts %s; there are %s receipts, the last is %s', coalesce(s.last_no::text, '-'), coalesce(r.n::text, '-'), coalesce(r.last::text, '-'))
         FROM (SELECT chapter_id, document, year, count(DISTINCT no) AS n, min(no) AS first, max(no) AS last
               FROM (SELECT chapter_id, 'CASH_RECEIPT' AS document, year, no FROM cash_receipt
                     UNION ALL SELECT chapter_id, document, year, no FROM voucher) a GROUP BY chapter_id, document, year) r
         FULL JOIN number_series s USING (chapter_id, document, year)
         WHERE s.last_no IS DISTINCT FROM r.n OR r.last IS DISTINCT FROM r.n OR r.first IS DISTINCT FROM 1",
    )?;
    documents(conn, findings)?;
    receipts(conn, findings)
}

/// Everything that moved cash or goods has the documents that [`documents_of`] says, of its own chapter, and no other. Goods given in
/// kind may have theirs.
fn documents(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    let mut rest: i64 = voucher::table.count().get_result(conn)?;
    let mut after = Uuid::nil();
    loop {
        let entries = moved::entries_after(conn, after, BATCH)?;
        let Some(last) = entries.last() else { break };
        after = last.id;
        findings.looked("voucher", entries.len());
        let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
        let mut written: HashMap<Uuid, Vec<Written>> = HashMap::new();
        let rows: Vec<Written> = voucher::table
            .filter(voucher::entry_id.eq_any(&ids))
            .order((voucher::entry_id, voucher::document))
            .select((voucher::entry_id, voucher::document, voucher::chapter_id, voucher::issued_on))
            .load(conn)?;
        rest -= rows.len() as i64;
        rows.into_iter().for_each(|row| written.entry(row.0).or_default().push(row));
        for entry in &entries {
            let takes: Vec<&str> = documents_of(entry.kind, &entry.postings).into_iter().map(Document::name).collect();
            let has = written.remove(&entry.id).unwrap_or_default();
            for document in takes.iter().filter(|takes| !entry.by_book && !has.iter().any(|row| row.1 == **takes)) {
                findings.found("voucher", &entry.code, format!("is a {} and has no {document}", entry.kind));
            }
            for row in has.iter().filter(|row| !takes.contains(&row.1.as_str()) || row.2 != entry.chapter || row.3 < entry.booked)
            {
                findings.found(
                    "voucher",
                    &entry.code,
                    format!("its {} is of another chapter, another time, or of nothing that moved", row.1),
                );
            }
        }
    }
    of_others(conn, findings, rest)
}

/// Entry, document, chapter and day.
type Written = (Uuid, String, Uuid, NaiveDate);

/// What the walk did not meet: documents of gifts in kind, and of what takes none.
fn of_others(conn: &mut PgConnection, findings: &mut Findings, rest: i64) -> Result<(), DbError> {
    if rest == 0 {
        return Ok(());
    }
    let mut after = Uuid::nil();
    loop {
        let ids: Vec<Uuid> = voucher::table
            .filter(voucher::entry_id.gt(after))
            .distinct()
            .order(voucher::entry_id)
            .limit(BATCH)
            .select(voucher::entry_id)
            .load(conn)?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        for fact in books::facts(conn, &ids)?.values() {
            let kind = Kind::parse(&fact.kind);
            if kind.is_some_and(|kind| kind == Kind::Reversal || kind.is_gift() && kind != Kind::GiftInKind) {
                findings.found("voucher", &fact.code, format!("is a {} and has a document that is not for it", fact.kind));
            }
        }
    }
}

fn receipts(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, Uuid, i64, NaiveDate)> = cash_receipt::table
            .filter(cash_receipt::entry_id.gt(after))
            .order(cash_receipt::entry_id)
            .limit(BATCH)
            .select((cash_receipt::entry_id, cash_receipt::chapter_id, cash_receipt::no, cash_receipt::issued_on))
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0;
        findings.looked("receipt", rows.len());
        let facts = books::facts(conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
        for (entry, chapter, no, issued_on) in rows {
            match facts.get(&entry) {
                None => findings.found("receipt", entry.to_string(), format!("receipt {no} is of no entry")),
                Some(fact) if fact.kind != "GIFT_CASH" || fact.chapter != chapter || issued_on < fact.day => {
                    findings.found(
                        "receipt",
                        &fact.code,
                        format!("receipt {no} is of another chapter, another kind of gift or another time"),
                    );
                }
                Some(_) => {}
            }
        }
    }
}
