//! SQL of the receipts of gifts, and of what is printed on them.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, SmallInt, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{Document, Number};
use crate::authz::{Granted, Record};
use crate::db::DbError;
use crate::db::schema::{cash_receipt, number_series, voucher_note};
use crate::db::statement::statement;
use crate::http::Say;
use crate::ledger::store::BookedAt;
use crate::tree::ChapterId;

statement! {
    /// Raises each series once, in order of chapter, and numbers its receipts in the order asked.
    struct Issue {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        entries: Vec<Uuid> => Array<SqlUuid>,
        accounts: Vec<Uuid> => Array<SqlUuid>,
        year: i16 => SmallInt,
        issued_on: NaiveDate => Date,
        issued_at: DateTime<Utc> => Timestamptz,
    } -> (SqlUuid, BigInt),
    "WITH asked AS (SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::uuid[]) WITH ORDINALITY AS a(chapter_id, entry_id, issued_by, n)),
          stamp AS (SELECT ?::int2 AS year, ?::date AS issued_on, ?::timestamptz AS issued_at),
          taken AS (INSERT INTO number_series AS s (chapter_id, document, year, last_no)
                    SELECT a.chapter_id, 'CASH_RECEIPT', t.year, count(*) FROM asked a, stamp t GROUP BY a.chapter_id, t.year ORDER BY a.chapter_id
                    ON CONFLICT (chapter_id, document, year) DO UPDATE SET last_no = s.last_no + excluded.last_no
                    RETURNING chapter_id, last_no)
     INSERT INTO cash_receipt (chapter_id, year, no, entry_id, issued_on, issued_at, issued_by)
     SELECT a.chapter_id, t.year, s.last_no + 1 - row_number() OVER (PARTITION BY a.chapter_id ORDER BY a.n DESC), a.entry_id, t.issued_on, t.issued_at, a.issued_by
     FROM asked a JOIN taken s ON s.chapter_id = a.chapter_id, stamp t
     RETURNING entry_id, no"
}

/// A number that was given, without the code of its chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    pub year: i32,
    pub no: i64,
    pub issued_on: NaiveDate,
    /// The account that issued it.
    pub issued_by: Uuid,
}

impl Issued {
    /// With the code of the chapter that issued it.
    pub fn number(&self, chapter: &str) -> Number {
        Number { document: Document::CashReceipt, chapter: chapter.to_owned(), year: self.year, no: self.no }
    }
}

/// Holds a chapter's series of cash receipts, for who will give one after other sums are in hand.
pub fn hold_series(conn: &mut PgConnection, chapter: ChapterId, at: BookedAt) -> Result<(), DbError> {
    use number_series as s;
    let series = s::table.find((chapter.0, Document::CashReceipt.name(), at.day.year() as i16)).select(s::last_no);
    series.for_update().first::<i64>(conn).optional()?;
    Ok(())
}

/// Gives cash receipts to entries, in their order: one statement, whatever the number. The series stay locked until the
/// end of the transaction, so this comes after everything that may refuse, and before the totals everybody shares.
pub fn issue(
    conn: &mut PgConnection,
    at: BookedAt,
    entries: &[(&Granted<Record>, Uuid)],
) -> Result<HashMap<Uuid, Issued>, DbError> {
    if entries.is_empty() {
        return Ok(HashMap::new());
    }
    let numbers: Vec<(Uuid, i64)> = Issue {
        chapters: &entries.iter().map(|(grant, _)| grant.chapter().0).collect(),
        entries: &entries.iter().map(|(_, entry)| *entry).collect(),
        accounts: &entries.iter().map(|(grant, _)| grant.account()).collect(),
        year: &(at.day.year() as i16),
        issued_on: &at.day,
        issued_at: &at.at,
    }
    .load(conn)?;
    let accounts: HashMap<Uuid, Uuid> = entries.iter().map(|(grant, entry)| (*entry, grant.account())).collect();
    Ok(numbers
        .into_iter()
        .filter_map(|(entry, no)| {
            let issued_by = *accounts.get(&entry)?;
            Some((entry, Issued { year: at.day.year(), no, issued_on: at.day, issued_by }))
        })
        .collect())
}

/// The receipts of entries; entries without one are absent.
pub fn of_entries(conn: &mut PgConnection, entries: &[Uuid]) -> Result<HashMap<Uuid, Issued>, DbError> {
    type Row = (Uuid, i16, i64, NaiveDate, Uuid);
    let rows: Vec<Row> = cash_receipt::table
        .filter(cash_receipt::entry_id.eq_any(entries))
        .select((cash_receipt::entry_id, cash_receipt::year, cash_receipt::no, cash_receipt::issued_on, cash_receipt::issued_by))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(entry, year, no, issued_on, issued_by)| (entry, Issued { year: i32::from(year), no, issued_on, issued_by }))
        .collect())
}

/// What a person may do with a receipt of money that was received on a day, by the law in force then: for the income tax.
pub fn tax_note(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<Say>, DbError> {
    use voucher_note as n;
    let row: Option<(String, String)> = n::table
        .filter(n::code.eq("INCOME_TAX_PERSON"))
        .filter(n::valid_from.le(day))
        .filter(n::valid_to.is_null().or(n::valid_to.gt(day)))
        .order(n::valid_from.desc())
        .select((n::vi, n::en))
        .first(conn)
        .optional()?;
    Ok(row.map(|(vi, en)| Say::new(vi, en)))
}
