//! SQL of gifts and reversal requests.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use uuid::Uuid;

use super::looked;
use super::prepare::Prepared;
use super::receipt::{CashReceiptRef, ReceiptOut};
use super::unusual::Concern;
use crate::authz::{Granted, Record, Right};
use crate::db::DbError;
use crate::db::schema::{appeal, gift, gift_line, paper_slip, paper_slip_collision, reversal_request};
use crate::db::statement::statement;
use crate::ledger::store as ledger;
use crate::parties::restriction;
use crate::tree;
use crate::vouchers::store as vouchers;

/// A gift about to be written.
pub(super) struct NewRow<'a> {
    pub grant: &'a Granted<Record>,
    pub gift: &'a Prepared,
    pub appeal: Option<Uuid>,
    pub party: Option<Uuid>,
    pub display: &'static str,
    /// Above a limit: confirmed, or approved.
    pub unusual: bool,
}

statement! {
    struct InsertGifts {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        entries: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        chapters: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        appeals: Vec<Option<Uuid>> => Array<Nullable<diesel::sql_types::Uuid>>,
        parties: Vec<Option<Uuid>> => Array<Nullable<diesel::sql_types::Uuid>>,
        channels: Vec<&'static str> => Array<Text>,
        amounts: Vec<i64> => Array<BigInt>,
        days: Vec<NaiveDate> => Array<Date>,
        displays: Vec<&'static str> => Array<Text>,
        particulars: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        books: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        numbers: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        messages: Vec<Option<i32>> => Array<Nullable<Integer>>,
        captured: Vec<Option<DateTime<Utc>>> => Array<Nullable<Timestamptz>>,
        hashes: Vec<&'a [u8]> => Array<Binary>,
        accounts: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        names: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        likenesses: Vec<Option<i64>> => Array<Nullable<BigInt>>,
        references: Vec<Option<i64>> => Array<Nullable<BigInt>>,
        unusual: Vec<bool> => Array<Bool>,
        at: DateTime<Utc> => Timestamptz,
    } -> (diesel::sql_types::Uuid,),
    "INSERT INTO gift (id, entry_id, chapter_id, appeal_id, party_id, channel, amount_vnd, received_on, display, particulars,
                       paper_book, paper_no, message_count, captured_at, request_hash, recorded_by, giver_name, likeness, reference_likeness,
                       unusual, recorded_at)
     SELECT a.*, b.* FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::int8[], ?::date[], ?::text[], ?::bytea[],
                                 ?::text[], ?::text[], ?::int4[], ?::timestamptz[], ?::bytea[], ?::uuid[], ?::bytea[], ?::int8[], ?::int8[],
                                 ?::bool[]) a, (SELECT ?::timestamptz) b
     ON CONFLICT (id) DO NOTHING RETURNING id"
}

statement! {
    struct InsertLines {
        gifts: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        numbers: Vec<i16> => Array<SmallInt>,
        items: Vec<&'a str> => Array<Text>,
        quantities: Vec<i64> => Array<BigInt>,
        units: Vec<&'a str> => Array<Text>,
        values: Vec<i64> => Array<BigInt>,
        valuations: Vec<&'static str> => Array<Text>,
    } -> (),
    "INSERT INTO gift_line (gift_id, n, item, quantity_milli, unit, value_vnd, valuation)
     SELECT * FROM unnest(?::uuid[], ?::int2[], ?::text[], ?::int8[], ?::text[], ?::int8[], ?::text[])"
}

/// Writes the gifts whose id is new; rows must come in order of id, so that two writers of the same ids do not wait
/// for each other in a circle. Returns the ids written: a missing one was written by somebody else meanwhile.
pub(super) fn insert_gifts(conn: &mut PgConnection, at: DateTime<Utc>, rows: &[NewRow<'_>]) -> Result<HashSet<Uuid>, DbError> {
    let written: Vec<(Uuid,)> = InsertGifts {
        ids: &rows.iter().map(|r| r.gift.gift.id).collect(),
        entries: &rows.iter().map(|r| r.gift.entry_id).collect(),
        chapters: &rows.iter().map(|r| r.grant.chapter().0).collect(),
        appeals: &rows.iter().map(|r| r.appeal).collect(),
        parties: &rows.iter().map(|r| r.party).collect(),
        channels: &rows.iter().map(|r| r.gift.gift.channel.name()).collect(),
        amounts: &rows.iter().map(|r| r.gift.gift.amount.get()).collect(),
        days: &rows.iter().map(|r| r.gift.gift.received_on).collect(),
        displays: &rows.iter().map(|r| r.display).collect(),
        particulars: &rows.iter().map(|r| r.gift.particulars.as_deref()).collect(),
        books: &rows.iter().map(|r| r.gift.gift.paper_slip.as_ref().map(|s| s.0.as_str())).collect(),
        numbers: &rows.iter().map(|r| r.gift.gift.paper_slip.as_ref().map(|s| s.1.as_str())).collect(),
        messages: &rows.iter().map(|r| r.gift.gift.message_count).collect(),
        captured: &rows.iter().map(|r| r.gift.gift.captured_at).collect(),
        hashes: &rows.iter().map(|r| r.gift.request_hash.as_slice()).collect(),
        accounts: &rows.iter().map(|r| r.grant.account()).collect(),
        names: &rows.iter().map(|r| r.gift.giver_name.as_deref()).collect(),
        likenesses: &rows.iter().map(|r| r.gift.likeness).collect(),
        references: &rows.iter().map(|r| r.gift.reference_likeness).collect(),
        unusual: &rows.iter().map(|r| r.unusual).collect(),
        at: &at,
    }
    .load(conn)?;
    Ok(written.into_iter().map(|(id,)| id).collect())
}

statement! {
    struct InsertSlips {
        chapters: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        books: Vec<&'a str> => Array<Text>,
        numbers: Vec<&'a str> => Array<Text>,
        gifts: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
    } -> (),
    "INSERT INTO paper_slip (chapter_id, book, no, gift_id)
     SELECT s.* FROM unnest(?::uuid[], ?::text[], ?::text[], ?::uuid[]) s(chapter, book, no, gift)
     ORDER BY s.chapter, slip_form(s.book), slip_form(s.no), s.gift"
}

/// Takes the paper slips of gifts, in order of slip for the same reason. A slip is one however it was typed.
pub(super) fn insert_slips(conn: &mut PgConnection, gifts: &[(Uuid, &Prepared)]) -> Result<(), DbError> {
    let slips: Vec<_> = gifts
        .iter()
        .filter_map(|(chapter, g)| g.gift.paper_slip.as_ref().map(|(book, no)| (*chapter, book.as_str(), no.as_str(), g.gift.id)))
        .collect();
    if slips.is_empty() {
        return Ok(());
    }
    InsertSlips {
        chapters: &slips.iter().map(|s| s.0).collect(),
        books: &slips.iter().map(|s| s.1).collect(),
        numbers: &slips.iter().map(|s| s.2).collect(),
        gifts: &slips.iter().map(|s| s.3).collect(),
    }
    .execute(conn)?;
    Ok(())
}

statement! {
    struct NextOfSlip { gift: Uuid => diesel::sql_types::Uuid } -> (diesel::sql_types::Uuid, diesel::sql_types::Uuid, Text, Text),
    "WITH gone AS (DELETE FROM paper_slip WHERE gift_id = ? RETURNING chapter_id, book, no), next AS (
         DELETE FROM paper_slip_collision c USING (
             SELECT c.gift_id FROM gone s
             JOIN paper_slip_collision c ON (c.chapter_id, slip_form(c.book), slip_form(c.no)) = (s.chapter_id, slip_form(s.book), slip_form(s.no))
             JOIN gift g ON g.id = c.gift_id ORDER BY g.recorded_at, g.id LIMIT 1) oldest
         WHERE c.gift_id = oldest.gift_id RETURNING c.*)
     SELECT gift_id, chapter_id, book, no FROM next"
}

/// A reversed gift gives its slip back: to the oldest of those that took it while it could be taken twice, if there are any.
pub fn release_slip(conn: &mut PgConnection, gift_id: Uuid) -> Result<(), DbError> {
    use paper_slip_collision as c;
    diesel::delete(c::table.find(gift_id)).execute(conn)?;
    let next: Option<(Uuid, Uuid, String, String)> = NextOfSlip { gift: &gift_id }.get_result(conn).optional()?;
    if let Some((gift, chapter, book, no)) = next {
        use paper_slip as s;
        let row = (s::chapter_id.eq(chapter), s::book.eq(book), s::no.eq(no), s::gift_id.eq(gift));
        diesel::insert_into(s::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Writes the goods of gifts.
pub(super) fn insert_lines(conn: &mut PgConnection, gifts: &[&Prepared]) -> Result<(), DbError> {
    let lines: Vec<_> =
        gifts.iter().flat_map(|g| g.gift.lines.iter().zip(1i16..).map(|(line, n)| (g.gift.id, n, line))).collect();
    if lines.is_empty() {
        return Ok(());
    }
    InsertLines {
        gifts: &lines.iter().map(|(id, _, _)| *id).collect(),
        numbers: &lines.iter().map(|(_, n, _)| *n).collect(),
        items: &lines.iter().map(|(_, _, l)| l.item.as_str()).collect(),
        quantities: &lines.iter().map(|(_, _, l)| l.quantity.milli()).collect(),
        units: &lines.iter().map(|(_, _, l)| l.unit.as_str()).collect(),
        values: &lines.iter().map(|(_, _, l)| l.value.get()).collect(),
        valuations: &lines.iter().map(|(_, _, l)| l.valuation.name()).collect(),
    }
    .execute(conn)?;
    Ok(())
}

statement! {
    struct Known { ids: Vec<Uuid> => Array<diesel::sql_types::Uuid> } -> (diesel::sql_types::Uuid, Binary),
    "SELECT id, request_hash FROM gift WHERE id = ANY(?)"
}

/// Which of these ids are taken, and by what content.
pub(super) fn known(conn: &mut PgConnection, ids: &Vec<Uuid>) -> Result<HashMap<Uuid, Vec<u8>>, DbError> {
    let rows: Vec<(Uuid, Vec<u8>)> = Known { ids }.load(conn)?;
    Ok(rows.into_iter().collect())
}

/// A gift's concerns, in order, with what its fund says.
pub(super) fn with_quarantine(mut concerns: Vec<Concern>, fund: &str) -> Vec<Concern> {
    concerns.extend(fund.starts_with("QUARANTINE:").then_some(Concern::Quarantined));
    concerns.sort_unstable();
    concerns
}

/// What was booked for these gifts, read from the books.
pub fn receipts(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, ReceiptOut>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    type Row = (Uuid, Uuid, Uuid, Option<String>, i64, NaiveDate);
    let rows: Vec<Row> = gift::table
        .left_join(appeal::table.on(appeal::id.nullable().eq(gift::appeal_id)))
        .filter(gift::id.eq_any(ids))
        .select((gift::id, gift::entry_id, gift::chapter_id, appeal::code.nullable(), gift::amount_vnd, gift::received_on))
        .load(conn)?;
    let entries: Vec<Uuid> = rows.iter().map(|row| row.1).collect();
    let mut booked = ledger::booked(conn, &entries)?;
    let numbers = vouchers::of_entries(conn, &entries)?;
    let labels = tree::labels(conn, &rows.iter().map(|row| row.2).collect::<Vec<_>>())?;
    let mut concerns = looked::concerns_of(conn, ids)?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, entry, chapter, appeal, amount_vnd, received_on)| {
            let (booked, label) = (booked.remove(&entry)?, labels.get(&chapter)?);
            let number = numbers.get(&entry).map(|issued| issued.number(&label.code));
            let concerns = with_quarantine(concerns.remove(&id).unwrap_or_default(), &booked.fund);
            let receipt = ReceiptOut {
                concerns,
                id,
                code: booked.code,
                chapter: label.code.clone(),
                appeal,
                fund: booked.fund,
                amount_vnd,
                received_on,
                booked_on: booked.booked,
                recorded_at: booked.recorded_at,
                reversed_by: booked.reversed_by,
                cash_receipt: number.map(|number| CashReceiptRef::new(id, &number)),
            };
            Some((id, receipt))
        })
        .collect())
}

/// A gift as its own chapter sees it.
#[derive(Debug, Clone, Queryable)]
pub struct GiftRow {
    pub id: Uuid,
    pub entry_id: Uuid,
    pub chapter_id: Uuid,
    pub party_id: Option<Uuid>,
    pub channel: String,
    pub display: String,
    pub particulars: Option<Vec<u8>>,
    pub paper_book: Option<String>,
    pub paper_no: Option<String>,
    pub message_count: Option<i32>,
    pub captured_at: Option<DateTime<Utc>>,
    /// The account that recorded it.
    pub recorded_by: Uuid,
    /// The giver's name as given, sealed, where it is not the party's alone.
    pub giver_name: Option<Vec<u8>>,
    pub amount_vnd: i64,
}

/// Whether the gift's chapter may keep its giver's data and not use them.
pub fn is_restricted(conn: &mut PgConnection, row: &GiftRow) -> Result<bool, DbError> {
    row.party_id.map_or(Ok(false), |party| restriction::holds(conn, party, row.chapter_id))
}

/// Gifts by id, or a chapter's gifts newest first after `before`.
pub fn gifts(conn: &mut PgConnection, of: Gifts, limit: i64) -> Result<Vec<GiftRow>, DbError> {
    let mut query = gift::table
        .select((
            gift::id,
            gift::entry_id,
            gift::chapter_id,
            gift::party_id,
            gift::channel,
            gift::display,
            gift::particulars,
            gift::paper_book,
            gift::paper_no,
            gift::message_count,
            gift::captured_at,
            gift::recorded_by,
            gift::giver_name,
            gift::amount_vnd,
        ))
        .order((gift::recorded_at.desc(), gift::id.desc()))
        .limit(limit)
        .into_boxed();
    query = match of {
        Gifts::One(id) => query.filter(gift::id.eq(id)),
        Gifts::OfChapter { chapter, before } => {
            let query = query.filter(gift::chapter_id.eq(chapter));
            match before {
                Some((at, id)) => query.filter(gift::recorded_at.le(at)).filter(gift::recorded_at.lt(at).or(gift::id.lt(id))),
                None => query,
            }
        }
    };
    Ok(query.load(conn)?)
}

/// Which gifts to read.
pub enum Gifts {
    One(Uuid),
    OfChapter { chapter: Uuid, before: Option<(DateTime<Utc>, Uuid)> },
}

/// Goods of a gift as they were written.
#[derive(Debug, Clone, Queryable)]
pub struct LineRow {
    pub item: String,
    pub quantity_milli: i64,
    pub unit: String,
    pub value_vnd: i64,
    pub valuation: String,
}

/// The goods of a gift, in order.
pub fn lines(conn: &mut PgConnection, id: Uuid) -> Result<Vec<LineRow>, DbError> {
    Ok(gift_line::table
        .filter(gift_line::gift_id.eq(id))
        .order(gift_line::n)
        .select((gift_line::item, gift_line::quantity_milli, gift_line::unit, gift_line::value_vnd, gift_line::valuation))
        .load(conn)?)
}

/// A request to reverse a gift.
#[derive(Debug, Clone, Queryable)]
pub struct ReversalRow {
    pub id: Uuid,
    pub gift_id: Uuid,
    pub gift_chapter_id: Uuid,
    pub reason: String,
    pub request_hash: Vec<u8>,
    pub state: String,
    pub approver_chapter_id: Uuid,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub entry_id: Option<Uuid>,
}

/// The sealed note of a request to reverse.
pub fn reversal_note(conn: &mut PgConnection, id: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    Ok(reversal_request::table.find(id).select(reversal_request::note).first(conn)?)
}

/// A new request.
pub struct NewReversal<'a> {
    pub id: Uuid,
    pub gift: Uuid,
    pub reason: &'static str,
    pub note: Option<&'a [u8]>,
    pub request_hash: &'a [u8],
    pub approver_chapter: Uuid,
}

/// Holds a gift until the end of the transaction: requests to reverse it come one after the other.
pub fn hold_gift(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    gift::table.find(id).select(gift::id).for_no_key_update().first::<Uuid>(conn).optional()?;
    Ok(())
}

pub fn insert_reversal(
    conn: &mut PgConnection,
    by: &Granted<Record>,
    at: DateTime<Utc>,
    new: &NewReversal<'_>,
) -> Result<(), DbError> {
    use reversal_request as r;
    diesel::insert_into(r::table)
        .values((
            r::id.eq(new.id),
            r::gift_id.eq(new.gift),
            r::reason.eq(new.reason),
            r::note.eq(new.note),
            r::request_hash.eq(new.request_hash),
            r::state.eq("REQUESTED"),
            r::approver_chapter_id.eq(new.approver_chapter),
            r::requested_by.eq(by.account()),
            r::requested_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which requests to read.
pub enum Reversals {
    /// One, locked for a decision.
    ForDecision(Uuid),
    One(Uuid),
    OfGift(Uuid),
    /// Waiting for a chapter to decide, oldest first.
    WaitingAt {
        chapters: Vec<Uuid>,
        after: Option<(DateTime<Utc>, Uuid)>,
    },
}

pub fn reversals(conn: &mut PgConnection, of: Reversals, limit: i64) -> Result<Vec<ReversalRow>, DbError> {
    use reversal_request as r;
    if let Reversals::ForDecision(id) = of {
        r::table.find(id).select(r::id).for_update().first::<Uuid>(conn).optional()?;
    }
    let mut query = r::table
        .inner_join(gift::table.on(gift::id.eq(r::gift_id)))
        .select((
            r::id,
            r::gift_id,
            gift::chapter_id,
            r::reason,
            r::request_hash,
            r::state,
            r::approver_chapter_id,
            r::requested_by,
            r::requested_at,
            r::decided_at,
            r::entry_id,
        ))
        .order((r::requested_at, r::id))
        .limit(limit)
        .into_boxed();
    query = match of {
        Reversals::ForDecision(id) | Reversals::One(id) => query.filter(r::id.eq(id)),
        Reversals::OfGift(id) => query.filter(r::gift_id.eq(id)),
        Reversals::WaitingAt { chapters, after } => {
            let query = query.filter(r::approver_chapter_id.eq_any(chapters)).filter(r::state.eq("REQUESTED"));
            match after {
                Some((at, id)) => query.filter(r::requested_at.ge(at)).filter(r::requested_at.gt(at).or(r::id.gt(id))),
                None => query,
            }
        }
    };
    Ok(query.load(conn)?)
}

/// Which of these gifts somebody asked to reverse: `REQUESTED` or `APPROVED`. At most one request of a gift stands.
pub fn standing_reversals(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    use reversal_request as r;
    let standing = r::table.filter(r::gift_id.eq_any(gifts)).filter(r::state.ne("REFUSED"));
    Ok(standing.select((r::gift_id, r::state)).load(conn)?.into_iter().collect())
}

/// Settles a request that waits: APPROVED with its entry, or REFUSED.
pub fn decide_reversal<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    id: Uuid,
    entry: Option<Uuid>,
) -> Result<(), DbError> {
    use reversal_request as r;
    diesel::update(r::table.find(id).filter(r::state.eq("REQUESTED")))
        .set((
            r::state.eq(if entry.is_some() { "APPROVED" } else { "REFUSED" }),
            r::decided_by.eq(by.account()),
            r::decided_at.eq(at),
            r::entry_id.eq(entry),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many gifts there are.
pub fn count(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(gift::table.count().get_result(conn)?)
}
