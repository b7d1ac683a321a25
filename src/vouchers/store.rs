//! SQL of the numbered documents of what is no gift, and the one call by which others book and number.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::numbers::{Document, documents_of};
pub use super::receipts::{Issued, hold_series, issue, of_entries, tax_note};
use crate::authz::{Granted, Read, Seen};
use crate::db::DbError;
use crate::db::schema::{cash_receipt, voucher};
use crate::db::statement::statement;
use crate::http::Span;
use crate::ledger::kinds::Kind;
use crate::ledger::model::{Fund, FundId};
use crate::ledger::reversals::{self, TwoPersons};
use crate::ledger::store::{self as ledger, BookError, BookedAt, MayBook, NewEntry};
use crate::tree::ChapterId;

statement! {
    /// Raises each series once, in order of document and chapter, and numbers in the order asked.
    struct Take {
        documents: Vec<&'static str> => Array<Text>,
        chapters: Vec<Uuid> => Array<SqlUuid>,
        entries: Vec<Uuid> => Array<SqlUuid>,
        accounts: Vec<Uuid> => Array<SqlUuid>,
        year: i16 => SmallInt,
        issued_on: NaiveDate => Date,
        issued_at: DateTime<Utc> => Timestamptz,
    } -> (SqlUuid, Text, BigInt),
    "WITH asked AS (SELECT * FROM unnest(?::text[], ?::uuid[], ?::uuid[], ?::uuid[]) WITH ORDINALITY AS a(document, chapter_id, entry_id, issued_by, n)),
          stamp AS (SELECT ?::int2 AS year, ?::date AS issued_on, ?::timestamptz AS issued_at),
          taken AS (INSERT INTO number_series AS s (chapter_id, document, year, last_no)
                    SELECT a.chapter_id, a.document, t.year, count(*) FROM asked a, stamp t
                    GROUP BY a.chapter_id, a.document, t.year ORDER BY a.document, a.chapter_id
                    ON CONFLICT (chapter_id, document, year) DO UPDATE SET last_no = s.last_no + excluded.last_no
                    RETURNING chapter_id, document, last_no)
     INSERT INTO voucher (chapter_id, document, year, no, entry_id, issued_on, issued_at, issued_by)
     SELECT a.chapter_id, a.document, t.year, s.last_no + 1 - row_number() OVER (PARTITION BY a.chapter_id, a.document ORDER BY a.n DESC),
            a.entry_id, t.issued_on, t.issued_at, a.issued_by
     FROM asked a JOIN taken s ON s.chapter_id = a.chapter_id AND s.document = a.document, stamp t
     RETURNING entry_id, document, no"
}

/// The numbers that were given, by entry and document.
pub type Numbers = HashMap<(Uuid, Document), i64>;

/// Books entries and gives each the numbered documents that it takes, in one go: what moves cash or goods of the chapter has its
/// phiếu thu, chi, nhập or xuất. Of a transfer that is settled by book, both sides in one call, nothing is handed over, and it
/// has none.
pub fn book<R: MayBook>(
    conn: &mut PgConnection,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    entries: Vec<(&Granted<R>, NewEntry)>,
) -> Result<Numbers, BookError> {
    if entries.iter().any(|(_, entry)| entry.reverses.is_some()) {
        return Err(BookError::NotCounted);
    }
    let has = |kind| entries.iter().any(|(_, entry)| entry.kind() == kind);
    let by_book = has(Kind::TransferOut) && has(Kind::TransferIn);
    let mut asked = Vec::new();
    for (grant, entry) in &entries {
        if by_book && matches!(entry.kind(), Kind::TransferOut | Kind::TransferIn) {
            continue;
        }
        asked.extend(asked_for(grant, entry));
    }
    ledger::book_and(conn, at, funds, entries, |conn| take(conn, at, &asked))
}

/// [`book`] where some of the entries reverse earlier ones, whose place the others take: the mirrors are counted and have no
/// documents of their own.
pub fn book_instead(
    conn: &mut PgConnection,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    by: &TwoPersons<'_>,
    entries: Vec<NewEntry>,
) -> Result<Numbers, BookError> {
    let anew = entries.iter().filter(|entry| entry.reverses.is_none());
    let asked: Vec<_> = anew.flat_map(|entry| asked_for(by.approves, entry)).collect();
    reversals::book_and(conn, at, funds, by, entries, |conn| take(conn, at, &asked))
}

/// The documents that an entry takes.
fn asked_for<'g, R: MayBook>(
    grant: &'g Granted<R>,
    entry: &NewEntry,
) -> impl Iterator<Item = (Document, &'g Granted<R>, Uuid)> + use<'g, R> {
    let id = entry.id;
    documents_of(entry.kind(), entry.postings.postings()).into_iter().map(move |document| (document, grant, id))
}

/// Numbers entries in their order: one statement, whatever the number. The series stay locked until the end of the transaction, so
/// this comes after everything that may refuse, and before the totals everybody shares.
fn take<R: MayBook>(conn: &mut PgConnection, at: BookedAt, asked: &[(Document, &Granted<R>, Uuid)]) -> Result<Numbers, DbError> {
    if asked.is_empty() {
        return Ok(Numbers::new());
    }
    let rows: Vec<(Uuid, String, i64)> = Take {
        documents: &asked.iter().map(|(document, _, _)| document.name()).collect(),
        chapters: &asked.iter().map(|(_, grant, _)| grant.chapter().0).collect(),
        entries: &asked.iter().map(|(_, _, entry)| *entry).collect(),
        accounts: &asked.iter().map(|(_, grant, _)| grant.account()).collect(),
        year: &(at.day.year() as i16),
        issued_on: &at.day,
        issued_at: &at.at,
    }
    .load(conn)?;
    Ok(rows.into_iter().filter_map(|(entry, document, no)| Some(((entry, Document::parse(&document)?), no))).collect())
}

/// A numbered document as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherRow {
    pub document: Document,
    pub year: i32,
    pub no: i64,
    pub entry: Uuid,
    pub issued_on: NaiveDate,
    /// The account that issued it.
    pub issued_by: Uuid,
    /// A receipt of a gift, which the gift shows.
    pub of_gift: bool,
}

type Columns = (i64, Uuid, NaiveDate, Uuid);

/// A series of a chapter in the order of its numbers. Receipts of gifts and of other money are one.
pub fn series(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    document: Document,
    year: i32,
    span: Span<i64>,
) -> Result<Vec<VoucherRow>, DbError> {
    let (chapter, after) = (here.chapter(), span.after.unwrap_or_default());
    let Ok(year_of) = i16::try_from(year) else { return Ok(Vec::new()) };
    let row = |of_gift| {
        move |(no, entry, issued_on, issued_by): Columns| VoucherRow { document, year, no, entry, issued_on, issued_by, of_gift }
    };
    use voucher as v;
    let own: Vec<Columns> = v::table
        .filter(v::chapter_id.eq(chapter.0).and(v::document.eq(document.name())).and(v::year.eq(year_of)).and(v::no.gt(after)))
        .order(v::no)
        .limit(span.rows)
        .select((v::no, v::entry_id, v::issued_on, v::issued_by))
        .load(conn)?;
    let mut rows: Vec<VoucherRow> = own.into_iter().map(row(false)).collect();
    if document == Document::CashReceipt {
        use cash_receipt as r;
        let of_gifts: Vec<Columns> = r::table
            .filter(r::chapter_id.eq(chapter.0).and(r::year.eq(year_of)).and(r::no.gt(after)))
            .order(r::no)
            .limit(span.rows)
            .select((r::no, r::entry_id, r::issued_on, r::issued_by))
            .load(conn)?;
        rows.extend(of_gifts.into_iter().map(row(true)));
        rows.sort_by_key(|row| row.no);
        rows.truncate(usize::try_from(span.rows).unwrap_or(0));
    }
    Ok(rows)
}

/// One of them.
pub fn find(
    conn: &mut PgConnection,
    chapter: ChapterId,
    document: Document,
    year: i32,
    no: i64,
) -> Result<Option<VoucherRow>, DbError> {
    let Ok(year_of) = i16::try_from(year) else { return Ok(None) };
    let row =
        |of_gift| move |(entry, issued_on, issued_by)| VoucherRow { document, year, no, entry, issued_on, issued_by, of_gift };
    use voucher as v;
    let own: Option<(Uuid, NaiveDate, Uuid)> = v::table
        .find((chapter.0, document.name(), year_of, no))
        .select((v::entry_id, v::issued_on, v::issued_by))
        .first(conn)
        .optional()?;
    if own.is_some() || document != Document::CashReceipt {
        return Ok(own.map(row(false)));
    }
    use cash_receipt as r;
    let of_gift: Option<(Uuid, NaiveDate, Uuid)> =
        r::table.find((chapter.0, year_of, no)).select((r::entry_id, r::issued_on, r::issued_by)).first(conn).optional()?;
    Ok(of_gift.map(row(true)))
}

/// (document, year, number)
pub type Numbered = (Document, i32, i64);

/// Every document of these entries, those of gifts apart, by entry.
pub fn of(conn: &mut PgConnection, entries: &[Uuid]) -> Result<HashMap<Uuid, Vec<Numbered>>, DbError> {
    use voucher as v;
    let rows: Vec<(Uuid, String, i16, i64)> = v::table
        .filter(v::entry_id.eq_any(entries))
        .order((v::entry_id, v::document))
        .select((v::entry_id, v::document, v::year, v::no))
        .load(conn)?;
    let mut numbers: HashMap<Uuid, Vec<(Document, i32, i64)>> = HashMap::new();
    for (entry, document, year, no) in rows {
        let Some(document) = Document::parse(&document) else { continue };
        numbers.entry(entry).or_default().push((document, i32::from(year), no));
    }
    Ok(numbers)
}
