//! The one writer of the ledger, and what it needs to read.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Text};
use uuid::Uuid;

use super::accounts::{Account, Guard};
pub use super::entry::{BookError, BookedAt, Detail, Goods, NewEntry};
use super::kinds::{Channel, Field, Kind};
use super::model::{Fund, FundId, Posting, Restriction};
use super::{adding, detail, passing, public, writing};
use crate::authz::{Approve, Granted, Record, Right};
use crate::db::DbError;
use crate::db::schema::{entry, fund, posting};
use crate::db::shown;
use crate::db::statement::statement;
use crate::log;
use crate::log::leaf::{Core, LeafGoods, LeafPosting, LeafV1};

/// Rights that let one write into a chapter's books.
pub trait MayBook: Right {}
impl MayBook for Record {}
impl MayBook for Approve {}

/// Writes entries with postings, leaves, public rows, balances and totals: a few set-based statements, whatever the
/// number. Totals come last and in key order, because the national ones are shared by everybody who books. Reversals are
/// booked by [`super::reversals::book`], which counts them.
pub fn book<R: MayBook>(
    conn: &mut PgConnection,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    entries: Vec<(&Granted<R>, NewEntry)>,
) -> Result<(), BookError> {
    if entries.iter().any(|(_, entry)| entry.reverses.is_some()) {
        return Err(BookError::NotCounted);
    }
    book_and(conn, at, funds, entries, |_| Ok(()))
}

/// [`book`], and what else belongs to the entries but locks something of the chapter (a number series): done when the
/// entries stand, and before the totals, which nobody should hold for longer than needed.
pub fn book_and<R: MayBook, T>(
    conn: &mut PgConnection,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    entries: Vec<(&Granted<R>, NewEntry)>,
    before_totals: impl FnOnce(&mut PgConnection) -> Result<T, DbError>,
) -> Result<T, BookError> {
    if entries.is_empty() {
        return Ok(before_totals(conn)?);
    }
    if entries.iter().any(|(grant, entry)| grant.chapter() != entry.place.id) {
        return Err(BookError::WrongPlace);
    }
    let successors = passing::successors(conn, &entries)?;
    if successors.is_empty() {
        return write(conn, at, funds, entries, before_totals);
    }
    let (entries, pairs) = passing::with_pairs(entries, &successors, at.day)?;
    passing::allow(conn, true)?;
    let done = write(conn, at, funds, entries, before_totals)?;
    passing::allow(conn, false)?;
    passing::note(conn, &pairs)?;
    Ok(done)
}

fn write<R: MayBook, T>(
    conn: &mut PgConnection,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    entries: Vec<(&Granted<R>, NewEntry)>,
    before_totals: impl FnOnce(&mut PgConnection) -> Result<T, DbError>,
) -> Result<T, BookError> {
    writing::insert(conn, at, &entries).map_err(|error| match error.constraint() {
        Some("posting_books_open") => BookError::Closed,
        _ => BookError::Db(error),
    })?;
    let mut leaves = Vec::with_capacity(entries.len());
    for (_, entry) in &entries {
        leaves.push(leaf_of(entry, at, funds)?);
    }
    let numbers = log::store::append(conn, &leaves)?;
    let shown = entries
        .iter()
        .zip(&leaves)
        .zip(&numbers)
        .map(|(((_, entry), leaf), seq)| public::row_of(entry, at, funds, *seq, leaf.leaf.hash));
    public::insert(conn, shown.collect::<Option<Vec<_>>>().ok_or(BookError::UnknownFund)?)?;
    add_balances(conn, &entries)?;
    let done = before_totals(conn)?;
    adding::add(conn, entries.iter().map(|(_, entry)| entry))?;
    Ok(done)
}

pub(super) fn leaf_of(entry: &NewEntry, at: BookedAt, funds: &HashMap<FundId, Fund>) -> Result<log::store::NewLeaf, BookError> {
    let mut postings = Vec::new();
    let mut appeal = None;
    for p in entry.postings.postings() {
        let fund = funds.get(&p.fund).ok_or(BookError::UnknownFund)?;
        appeal = appeal.or(fund.appeal.as_deref());
        postings.push(LeafPosting { account: p.account.name(), fund: &fund.code, amount: p.amount.to_string() });
    }
    let mut leaf = LeafV1::of(Core {
        kind: entry.postings.kind().name(),
        entry: entry.code.as_str(),
        chapter: &entry.place.code,
        province: entry.place.leaf_province(),
        day: entry.day,
        booked: at.day,
        pd: entry.pd,
    });
    leaf.channel = entry.channel.map(Channel::name);
    leaf.appeal = appeal;
    leaf.postings = postings;
    leaf.doc = entry.document;
    let goods = entry.goods.iter().map(|g| LeafGoods {
        item: &g.item,
        qty: g.quantity.clone(),
        unit: &g.unit,
        value: g.value_vnd.to_string(),
        valuation: &g.valuation,
    });
    leaf.goods = goods.collect();
    say_detail(&mut leaf, entry)?;
    Ok(log::store::NewLeaf { entry: entry.code.as_str().to_owned(), leaf: leaf.encode()?, opening: entry.opening.clone() })
}

/// Writes what the kind says besides; what it does not say is refused, or it would be booked and not be in the log.
fn say_detail<'a>(leaf: &mut LeafV1<'a>, entry: &'a NewEntry) -> Result<(), BookError> {
    let kind = entry.postings.kind();
    let Detail { of, to, category, reason, list, count, root } = &entry.detail;
    let said = [
        (Field::Of, of.is_some()),
        (Field::To, to.is_some()),
        (Field::Category, category.is_some() && kind != Kind::Reversal),
        (Field::Reason, reason.is_some()),
        (Field::List, list.is_some()),
        (Field::Count, count.is_some()),
        (Field::Root, root.is_some()),
        (Field::Goods, !entry.goods.is_empty()),
    ];
    if said.into_iter().any(|(field, says)| says && !kind.says(field)) {
        return Err(BookError::NotOfItsKind);
    }
    let reversed = entry.reverses.as_ref();
    leaf.of = reversed.map(|r| r.1.as_str()).or(of.as_ref().map(|of| of.as_str()));
    leaf.reason = reversed.map(|r| r.2.as_ref()).or(reason.as_deref());
    leaf.to = to.as_deref();
    leaf.category = category.as_deref().filter(|_| kind.says(Field::Category));
    leaf.list = list.as_deref();
    leaf.count = *count;
    leaf.root = *root;
    Ok(())
}

/// (chapter, fund, row of `balance`) → change, in the one order in which everybody locks balances.
type Changes = BTreeMap<(Uuid, i32, &'static str), i64>;

macro_rules! balance_statement {
    ($name:ident -> $row:ty, $text:expr) => {
        statement! {
            struct $name {
                chapters: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
                funds: Vec<i32> => Array<Integer>,
                accounts: Vec<&'static str> => Array<Text>,
                amounts: Vec<i64> => Array<BigInt>,
            } -> $row, $text
        }

        impl $name<'_> {
            fn run(conn: &mut PgConnection, changes: &Changes) -> QueryResult<usize> {
                $name {
                    chapters: &changes.keys().map(|k| k.0).collect(),
                    funds: &changes.keys().map(|k| k.1).collect(),
                    accounts: &changes.keys().map(|k| k.2).collect(),
                    amounts: &changes.values().copied().collect(),
                }
                .execute(conn)
            }
        }
    };
}

balance_statement!(MoveBalances -> (),
    "WITH asked AS MATERIALIZED (
         SELECT * FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::int8[]) WITH ORDINALITY AS c(chapter_id, fund_id, account, amount, n)),
     held AS MATERIALIZED (
         SELECT b.chapter_id, b.fund_id, b.account, c.amount
         FROM asked c JOIN balance b ON (b.chapter_id, b.fund_id, b.account) = (c.chapter_id, c.fund_id, c.account)
         ORDER BY c.n FOR NO KEY UPDATE OF b)
     UPDATE balance b SET amount_vnd = b.amount_vnd + h.amount FROM held h
     WHERE (b.chapter_id, b.fund_id, b.account) = (h.chapter_id, h.fund_id, h.account)
       AND (SELECT count(*) FROM held) = (SELECT count(*) FROM asked)");
balance_statement!(LockBalances -> (),
    "INSERT INTO balance AS b (chapter_id, fund_id, account, amount_vnd)
     SELECT c.chapter_id, c.fund_id, c.account, 0 * c.amount FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::int8[]) AS c(chapter_id, fund_id, account, amount)
     ON CONFLICT (chapter_id, fund_id, account) DO UPDATE SET amount_vnd = 0 WHERE false");
balance_statement!(AddBalances -> (),
    "INSERT INTO balance AS b (chapter_id, fund_id, account, amount_vnd) SELECT * FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::int8[])
     ON CONFLICT (chapter_id, fund_id, account) DO UPDATE SET amount_vnd = b.amount_vnd + excluded.amount_vnd");
balance_statement!(TakeBalances -> (),
    "UPDATE balance b SET amount_vnd = b.amount_vnd + c.amount
     FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::int8[]) AS c(chapter_id, fund_id, account, amount)
     WHERE (b.chapter_id, b.fund_id, b.account) = (c.chapter_id, c.fund_id, c.account)");

/// Keeps balances. What only grows is one upsert. Taking from what is guarded goes by UPDATE, because a CHECK is
/// tested on the row an upsert proposes as well; then everything is locked first, in the same key order as the upsert
/// of others, so that two bookings never wait for each other in a circle. What is not there yet is made, at its place in that
/// order: an upsert whose update never applies locks all the same. Nearly always all of them are there, and one statement holds and
/// moves them.
fn add_balances<R: MayBook>(conn: &mut PgConnection, entries: &[(&Granted<R>, NewEntry)]) -> Result<(), BookError> {
    let mut changes = Changes::new();
    for (_, entry) in entries {
        for p in entry.postings.postings() {
            for row in rows_of(p.account) {
                *changes.entry((entry.place.id.0, p.fund.0, row)).or_default() += p.amount;
            }
        }
    }
    let guarded = |row: &str| Guard::parse(row).is_some();
    let (taken, added): (Changes, Changes) = changes.iter().partition(|((_, _, row), amount)| **amount < 0 && guarded(row));
    let not_covered = |error: diesel::result::Error| match DbError::from(error) {
        error if error.constraint() == Some("balance_outflow_covered") => BookError::NotCovered,
        error => BookError::Db(error),
    };
    if !taken.is_empty() {
        if MoveBalances::run(conn, &changes).map_err(not_covered)? == changes.len() {
            return Ok(());
        }
        LockBalances::run(conn, &changes)?;
        let covered = TakeBalances::run(conn, &taken).map_err(not_covered)?;
        if covered != taken.len() {
            return Err(BookError::NotCovered);
        }
    }
    AddBalances::run(conn, &added)?;
    Ok(())
}

/// The rows of `balance` that a posting moves: the account's own, and that of the bank group where it is part of it.
fn rows_of(account: Account) -> impl Iterator<Item = &'static str> {
    let group = account.guard().map(Guard::name).filter(|guard| *guard != account.name());
    [account.name()].into_iter().chain(group)
}

pub(super) fn fund_of((id, code, restriction, appeal): (i32, String, String, Option<String>)) -> Result<Fund, DbError> {
    let restriction = Restriction::parse(&restriction).ok_or(DbError::Query(diesel::result::Error::NotFound))?;
    Ok(Fund { id: FundId(id), code, restriction, appeal })
}

/// Funds by id.
pub fn funds(conn: &mut PgConnection, ids: &[FundId]) -> Result<HashMap<FundId, Fund>, DbError> {
    let rows = fund::table
        .filter(fund::id.eq_any(ids.iter().map(|id| id.0)))
        .select((fund::id, fund::code, fund::restriction, fund::appeal))
        .load::<(i32, String, String, Option<String>)>(conn)?;
    rows.into_iter().map(|row| fund_of(row).map(|fund| (fund.id, fund))).collect()
}

/// Funds by code; unknown codes are absent.
pub fn funds_by_code(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, Fund>, DbError> {
    let rows = fund::table
        .filter(fund::code.eq_any(codes))
        .select((fund::id, fund::code, fund::restriction, fund::appeal))
        .load::<(i32, String, String, Option<String>)>(conn)?;
    rows.into_iter().map(|row| fund_of(row).map(|fund| (fund.code.clone(), fund))).collect()
}

/// The national general fund.
pub fn general_fund(conn: &mut PgConnection) -> Result<Fund, DbError> {
    fund_of(
        fund::table
            .filter(fund::code.eq("GENERAL"))
            .select((fund::id, fund::code, fund::restriction, fund::appeal))
            .first(conn)?,
    )
}

/// Opens a fund; its code says what it is for.
pub fn open_fund(conn: &mut PgConnection, restriction: Restriction, appeal: &str) -> Result<FundId, DbError> {
    shown::adds(conn);
    let id = diesel::insert_into(fund::table)
        .values((
            fund::code.eq(format!("{}:{appeal}", restriction.name())),
            fund::restriction.eq(restriction.name()),
            fund::appeal.eq(appeal),
        ))
        .returning(fund::id)
        .get_result(conn)?;
    Ok(FundId(id))
}

/// When and into which fund an entry was booked.
#[derive(Debug, Clone)]
pub struct Booked {
    pub code: String,
    pub fund: String,
    pub booked: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    /// Public code of the entry that reversed it.
    pub reversed_by: Option<String>,
}

/// What was booked, by entry. The first posting names the fund.
pub fn booked(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Booked>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String, String, NaiveDate, DateTime<Utc>)> = entry::table
        .inner_join(posting::table.on(posting::entry_id.eq(entry::id).and(posting::n.eq(1))))
        .inner_join(fund::table.on(fund::id.eq(posting::fund_id)))
        .filter(entry::id.eq_any(ids))
        .select((entry::id, entry::code, fund::code, entry::booked, entry::recorded_at))
        .load(conn)?;
    let reversals: Vec<(Option<Uuid>, String)> =
        entry::table.filter(entry::reverses.eq_any(ids)).select((entry::reverses, entry::code)).load(conn)?;
    let mut reversals: HashMap<Uuid, String> = reversals.into_iter().filter_map(|(of, code)| Some((of?, code))).collect();
    Ok(rows
        .into_iter()
        .map(|(id, code, fund, booked, recorded_at)| {
            (id, Booked { code, fund, booked, recorded_at, reversed_by: reversals.remove(&id) })
        })
        .collect())
}

/// Entries by public code: (code, day it was booked), by id.
pub fn by_codes(conn: &mut PgConnection, codes: &[String]) -> Result<HashMap<Uuid, (String, NaiveDate)>, DbError> {
    let rows: Vec<(Uuid, String, NaiveDate)> =
        entry::table.filter(entry::code.eq_any(codes)).select((entry::id, entry::code, entry::booked)).load(conn)?;
    Ok(rows.into_iter().map(|(id, code, booked)| (id, (code, booked))).collect())
}

/// The public codes of entries.
pub fn codes(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(entry::table.filter(entry::id.eq_any(ids)).select((entry::id, entry::code)).load(conn)?.into_iter().collect())
}

/// Whether a public code stands for an entry.
pub fn has_code(conn: &mut PgConnection, code: &str) -> Result<bool, DbError> {
    Ok(diesel::select(diesel::dsl::exists(entry::table.filter(entry::code.eq(code)))).get_result(conn)?)
}

/// A written entry, as its reversal needs it.
pub struct Written {
    pub code: String,
    pub kind: Kind,
    pub channel: Option<Channel>,
    pub chapter: Uuid,
    pub day: NaiveDate,
    pub postings: Vec<Posting>,
    /// What it was spent on or came from, of the kinds that say so.
    pub category: Option<String>,
    pub recorded_by: Uuid,
}

/// Reads an entry with its postings; `None` when there is none or this program does not know its kind.
pub fn written(conn: &mut PgConnection, id: Uuid) -> Result<Option<Written>, DbError> {
    type Header = (String, String, Option<String>, Uuid, NaiveDate, Uuid);
    let columns = (entry::code, entry::kind, entry::channel, entry::chapter_id, entry::day, entry::recorded_by);
    let header: Option<Header> = entry::table.find(id).select(columns).first(conn).optional()?;
    let Some((code, kind, channel, chapter, day, recorded_by)) = header else {
        return Ok(None);
    };
    let category = detail::of(conn, &[&code])?.remove(&code).and_then(|row| row.category);
    let rows: Vec<(String, i32, i64)> = posting::table
        .filter(posting::entry_id.eq(id))
        .order(posting::n)
        .select((posting::account, posting::fund_id, posting::amount))
        .load(conn)?;
    let postings = rows
        .into_iter()
        .map(|(account, fund, amount)| Account::parse(&account).map(|account| Posting { account, fund: FundId(fund), amount }))
        .collect::<Option<Vec<_>>>();
    Ok(Kind::parse(&kind).zip(postings).map(|(kind, postings)| Written {
        code,
        kind,
        channel: channel.as_deref().and_then(Channel::parse),
        chapter,
        day,
        postings,
        category,
        recorded_by,
    }))
}
