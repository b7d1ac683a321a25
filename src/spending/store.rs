//! SQL of money orders.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::categories::{Category, Side};
use super::model::{OrderKind, OrderState};
use crate::authz::{Approve, Granted, Read, Record, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{fund_release_rule, money_order};
use crate::db::statement::statement;
use crate::http::Span;
use crate::ledger::accounts::Account;
use crate::ledger::model::Restriction;
use crate::tree::{self, ChapterId};

/// An order as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = money_order, check_for_backend(diesel::pg::Pg))]
pub struct OrderRow {
    pub id: Uuid,
    pub kind: String,
    pub chapter_id: Uuid,
    pub fund_id: i32,
    pub to_fund_id: Option<i32>,
    pub amount_vnd: i64,
    pub day: NaiveDate,
    /// The accounts between which the sum moves, where that is all of it.
    pub debit: Option<String>,
    pub credit: Option<String>,
    pub category: Option<String>,
    /// The entry it is about.
    pub of_entry_id: Option<Uuid>,
    pub reason: Option<String>,
    /// SHA-256 of the paper in which givers agree that own costs are paid from their gifts.
    pub consent: Option<Vec<u8>>,
    pub document: Option<Vec<u8>>,
    /// Who and what for, sealed; gone with the person.
    pub particulars: Option<Vec<u8>>,
    pub particulars_hash: Option<Vec<u8>>,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub entry_id: Option<Uuid>,
    /// The second entry of what takes two.
    pub other_entry_id: Option<Uuid>,
    /// Those after the second, of what takes more.
    pub more_entry_ids: Vec<Uuid>,
}

impl OrderRow {
    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }

    /// Whether its entries are in the books, reversed or not.
    pub fn is_booked(&self) -> bool {
        [OrderState::Approved.name(), OrderState::Reversed.name()].contains(&self.state.as_str())
    }

    pub fn entries(&self) -> impl Iterator<Item = Uuid> + '_ {
        [self.entry_id, self.other_entry_id].into_iter().flatten().chain(self.more_entry_ids.iter().copied())
    }

    pub fn debited(&self) -> Option<Account> {
        self.debit.as_deref().and_then(Account::parse)
    }

    pub fn credited(&self) -> Option<Account> {
        self.credit.as_deref().and_then(Account::parse)
    }
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<OrderRow>, DbError> {
    Ok(money_order::table.find(id).select(OrderRow::as_select()).first(conn).optional()?)
}

/// [`find`] of a kind, held until the end of the transaction: decisions on it come one after the other.
pub fn hold(conn: &mut PgConnection, kind: OrderKind, id: Uuid) -> Result<Option<OrderRow>, DbError> {
    let one = money_order::table.find(id).filter(money_order::kind.eq(kind.name()));
    Ok(one.select(OrderRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// The order behind an entry, whichever of its entries that is.
fn id_of_entry(conn: &mut PgConnection, entry: Uuid) -> Result<Option<Uuid>, DbError> {
    use money_order as o;
    let first = o::table.filter(o::entry_id.eq(entry).or(o::other_entry_id.eq(entry))).select(o::id).first(conn).optional()?;
    if first.is_some() {
        return Ok(first);
    }
    Ok(o::table.filter(o::more_entry_ids.contains(vec![entry])).select(o::id).first(conn).optional()?)
}

/// The order behind an entry, held.
pub fn hold_of_entry(conn: &mut PgConnection, entry: Uuid) -> Result<Option<OrderRow>, DbError> {
    let Some(id) = id_of_entry(conn, entry)? else { return Ok(None) };
    Ok(money_order::table.find(id).select(OrderRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Every entry of the order behind one of them; that one alone where there is none.
pub fn together(conn: &mut PgConnection, entry: Uuid) -> Result<Vec<Uuid>, DbError> {
    let found = match id_of_entry(conn, entry)? {
        Some(id) => find(conn, id)?,
        None => None,
    };
    Ok(found.map_or_else(|| vec![entry], |row| row.entries().collect()))
}

/// A chapter's orders of these kinds, and those of what it goes on for, oldest first.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    kinds: &[OrderKind],
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<OrderRow>, DbError> {
    use money_order as o;
    let of = |conn: &mut PgConnection, chapter: Uuid| -> Result<Vec<OrderRow>, DbError> {
        let mut query = o::table
            .filter(o::chapter_id.eq(chapter))
            .filter(o::kind.eq_any(kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>()))
            .order((o::requested_at, o::id))
            .limit(span.rows)
            .select(OrderRow::as_select())
            .into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(o::requested_at.ge(at)).filter(o::requested_at.gt(at).or(o::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, of, |row| (row.requested_at, row.id))
}

/// How many orders of a kind wait at a chapter.
pub fn waiting(conn: &mut PgConnection, chapter: Uuid, kind: OrderKind) -> Result<i64, DbError> {
    use money_order as o;
    let waiting = o::table.filter(o::chapter_id.eq(chapter)).filter(o::kind.eq(kind.name()));
    Ok(waiting.filter(o::state.eq(OrderState::Requested.name())).count().get_result(conn)?)
}

/// Orders by id after `after`, for an audit.
pub fn after(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<OrderRow>, DbError> {
    let rows = money_order::table.filter(money_order::id.gt(after)).order(money_order::id).limit(limit);
    Ok(rows.select(OrderRow::as_select()).load(conn)?)
}

/// Those of these entries that an order stands behind.
pub fn behind(conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use money_order as o;
    let first: Vec<Option<Uuid>> = o::table.filter(o::entry_id.eq_any(entries)).select(o::entry_id).load(conn)?;
    let other: Vec<Option<Uuid>> = o::table.filter(o::other_entry_id.eq_any(entries)).select(o::other_entry_id).load(conn)?;
    let more: Vec<Vec<Uuid>> =
        o::table.filter(o::more_entry_ids.overlaps_with(entries.to_vec())).select(o::more_entry_ids).load(conn)?;
    let more = more.into_iter().flatten().filter(|entry| entries.contains(entry));
    Ok(first.into_iter().chain(other).flatten().chain(more).collect())
}

/// Those of these entries whose place another took.
pub fn replaced(conn: &mut PgConnection, entries: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    use money_order as o;
    let by = o::table
        .filter(o::of_entry_id.eq_any(entries))
        .filter(o::kind.eq(OrderKind::CashDeposit.name()))
        .filter(o::entry_id.is_not_null());
    let found: Vec<Option<Uuid>> = by.select(o::of_entry_id).load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

statement! {
    struct Insert {
        id: Uuid => SqlUuid,
        kind: &'a str => Text,
        chapter: Uuid => SqlUuid,
        fund: i32 => Integer,
        to_fund: Option<i32> => Nullable<Integer>,
        amount: i64 => BigInt,
        day: NaiveDate => Date,
        debit: Option<String> => Nullable<Text>,
        credit: Option<String> => Nullable<Text>,
        category: Option<String> => Nullable<Text>,
        of_entry: Option<Uuid> => Nullable<SqlUuid>,
        reason: Option<String> => Nullable<Text>,
        consent: Option<Vec<u8>> => Nullable<Binary>,
        document: Option<Vec<u8>> => Nullable<Binary>,
        particulars: Option<Vec<u8>> => Nullable<Binary>,
        particulars_hash: Option<Vec<u8>> => Nullable<Binary>,
        state: &'a str => Text,
        requested_by: Uuid => SqlUuid,
        requested_at: DateTime<Utc> => Timestamptz,
    } -> (),
    "INSERT INTO money_order (id, kind, chapter_id, fund_id, to_fund_id, amount_vnd, day, debit, credit, category, of_entry_id, reason, consent,
                              document, particulars, particulars_hash, state, requested_by, requested_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
}

/// Writes a request unless its id is taken; as it was written.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: OrderRow) -> Result<Option<OrderRow>, DbError> {
    let row = OrderRow { chapter_id: by.chapter().0, requested_by: by.account(), ..row };
    let written = Insert {
        id: &row.id,
        kind: &row.kind.as_str(),
        chapter: &row.chapter_id,
        fund: &row.fund_id,
        to_fund: &row.to_fund_id,
        amount: &row.amount_vnd,
        day: &row.day,
        debit: &row.debit,
        credit: &row.credit,
        category: &row.category,
        of_entry: &row.of_entry_id,
        reason: &row.reason,
        consent: &row.consent,
        document: &row.document,
        particulars: &row.particulars,
        particulars_hash: &row.particulars_hash,
        state: &row.state.as_str(),
        requested_by: &row.requested_by,
        requested_at: &row.requested_at,
    }
    .execute(conn)?;
    Ok((written == 1).then_some(row))
}

statement! {
    struct Approved {
        state: &'static str => Text,
        by: Uuid => SqlUuid,
        at: DateTime<Utc> => Timestamptz,
        entry: Option<Uuid> => Nullable<SqlUuid>,
        other: Option<Uuid> => Nullable<SqlUuid>,
        more: Vec<Uuid> => Array<SqlUuid>,
        id: Uuid => SqlUuid,
        chapter: Uuid => SqlUuid,
    } -> (),
    "UPDATE money_order SET state = ?, decided_by = ?, decided_at = ?, entry_id = ?, other_entry_id = ?, more_entry_ids = ?
     WHERE id = ? AND chapter_id = ?"
}

/// Notes the approval, with the entries about to be written: what stands against it is found here, before anything is booked. The
/// order as it is since.
pub fn approve(
    conn: &mut PgConnection,
    by: &Granted<Approve>,
    now: DateTime<Utc>,
    row: &OrderRow,
    entries: &[Uuid],
) -> Result<OrderRow, DbError> {
    let row = OrderRow {
        state: OrderState::Approved.name().to_owned(),
        decided_by: Some(by.account()),
        decided_at: Some(now),
        entry_id: entries.first().copied(),
        other_entry_id: entries.get(1).copied(),
        more_entry_ids: entries.get(2..).unwrap_or_default().to_vec(),
        ..row.clone()
    };
    let noted = Approved {
        state: &OrderState::Approved.name(),
        by: &by.account(),
        at: &now,
        entry: &row.entry_id,
        other: &row.other_entry_id,
        more: &row.more_entry_ids,
        id: &row.id,
        chapter: &by.chapter().0,
    }
    .execute(conn)?;
    if noted == 1 { Ok(row) } else { Err(diesel::result::Error::NotFound.into()) }
}

/// Notes that nothing comes of it.
pub fn lay_aside<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    state: OrderState,
) -> Result<(), DbError> {
    use money_order as o;
    diesel::update(o::table.find(id).filter(o::chapter_id.eq(by.chapter().0)))
        .set((o::state.eq(state.name()), o::decided_by.eq(by.account()), o::decided_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Notes that its entries are reversed. On an errand of whoever reverses.
pub fn reverse(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    diesel::update(money_order::table.find(id)).set(money_order::state.eq(OrderState::Reversed.name())).execute(conn)?;
    Ok(())
}

/// Whether a standing order is about an entry.
pub fn stands_on(conn: &mut PgConnection, entry: Uuid) -> Result<bool, DbError> {
    use money_order as o;
    let standing = o::table
        .filter(o::of_entry_id.eq(entry))
        .filter(o::state.eq(OrderState::Approved.name()))
        // A deposit took the place of the one it names.
        .filter(o::kind.ne(OrderKind::CashDeposit.name()));
    Ok(diesel::select(diesel::dsl::exists(standing)).get_result(conn)?)
}

/// What standing orders of a kind about an entry come to, in đồng.
pub fn sum_of(conn: &mut PgConnection, kind: OrderKind, entry: Uuid) -> Result<i64, DbError> {
    use money_order as o;
    let standing = o::table
        .filter(o::of_entry_id.eq(entry))
        .filter(o::kind.eq(kind.name()))
        .filter(o::state.eq(OrderState::Approved.name()));
    // A chapter refunds one gift a few times at most.
    let amounts: Vec<i64> = standing.select(o::amount_vnd).load(conn)?;
    Ok(amounts.into_iter().sum())
}

statement! {
    struct Before {
        id: Uuid => SqlUuid,
        kind: &'static str => Text,
        day: NaiveDate => Date,
        category: Option<&'a str> => Nullable<Text>,
        sides: Vec<&'static str> => Array<Text>,
    } -> (Nullable<Text>, Nullable<BigInt>, Nullable<Text>, Nullable<Bool>, Nullable<Bool>),
    "SELECT o.kind, p.from_vnd, c.side, c.needs_consent, c.needs_document
     FROM (SELECT ?::uuid AS id, ?::text AS kind, ?::date AS day, ?::text AS category, ?::text[] AS sides) a
     LEFT JOIN money_order o ON o.id = a.id
     LEFT JOIN LATERAL (
         SELECT r.from_vnd FROM money_paper_rule r
         WHERE r.kind = a.kind AND r.valid_from <= a.day AND (r.valid_to IS NULL OR r.valid_to >= a.day)
         ORDER BY r.valid_from DESC LIMIT 1) p ON true
     LEFT JOIN LATERAL (
         SELECT m.side, m.needs_consent, m.needs_document FROM money_category m
         WHERE m.code = a.category AND m.side = ANY (a.sides) AND m.valid_from <= a.day AND (m.valid_to IS NULL OR m.valid_to >= a.day)
         ORDER BY m.valid_from DESC LIMIT 1) c ON true"
}

/// What an order about to be asked for is looked at with.
#[derive(Debug, Clone)]
pub struct Known {
    /// The kind of the order that has its id already.
    pub taken_by: Option<String>,
    /// From which amount on an order of its kind needs its paper on its day.
    pub paper_from: Option<i64>,
    /// What it is spent on or came from, as that holds on its day.
    pub category: Option<Category>,
}

/// All of it in one look. The category is one of these sides.
pub fn before(
    conn: &mut PgConnection,
    (id, kind, day): (Uuid, OrderKind, NaiveDate),
    category: Option<(&str, &[Side])>,
) -> Result<Known, DbError> {
    type Row = (Option<String>, Option<i64>, Option<String>, Option<bool>, Option<bool>);
    let (code, sides): (Option<&str>, &[Side]) = match category {
        Some((code, sides)) => (Some(code), sides),
        None => (None, &[]),
    };
    let sides: Vec<&'static str> = sides.iter().map(|side| side.name()).collect();
    let (taken_by, paper_from, side, needs_consent, needs_document): Row =
        Before { id: &id, kind: &kind.name(), day: &day, category: &code, sides: &sides }.get_result(conn)?;
    let category = side.as_deref().and_then(Side::parse).map(|side| Category {
        side,
        needs_consent: needs_consent.unwrap_or(true),
        needs_document: needs_document.unwrap_or(true),
    });
    Ok(Known { taken_by, paper_from, category })
}

/// Whether money may go from a fund of one kind to one of the other, by the rule of a day, and if so whether it takes the paper of those
/// who gave.
pub fn release_needs_conditions(
    conn: &mut PgConnection,
    (from, to): (Restriction, Restriction),
    day: NaiveDate,
) -> Result<Option<bool>, DbError> {
    use fund_release_rule as r;
    let rule = r::table
        .filter(r::from_restriction.eq(from.name()))
        .filter(r::to_restriction.eq(to.name()))
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.ge(day)))
        .order(r::valid_from.desc())
        .select(r::needs_conditions);
    Ok(rule.first(conn).optional()?)
}

/// A refund of a gift: the order, its entry, what is sealed, the gift's entry.
pub type Refund = (Uuid, Option<Uuid>, Option<Vec<u8>>, Option<Uuid>);

/// The refunds of the gifts of these entries, whatever became of them.
pub fn refunds_of(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<Vec<Refund>, DbError> {
    use money_order as o;
    let refunds = o::table.filter(o::of_entry_id.eq_any(gifts)).filter(o::kind.eq(OrderKind::Refund.name()));
    Ok(refunds.order(o::id).select((o::id, o::entry_id, o::particulars, o::of_entry_id)).load(conn)?)
}

/// An order, and who and what for as it is sealed.
pub type Sealed = (Uuid, Option<Vec<u8>>);

/// What is sealed of the orders of chapters that were never booked.
pub fn sealed_of_unbooked(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<Sealed>, DbError> {
    use money_order as o;
    let booked = [OrderState::Approved.name(), OrderState::Reversed.name()];
    let rows =
        o::table.filter(o::chapter_id.eq_any(chapters)).filter(o::state.ne_all(booked)).filter(o::particulars.is_not_null());
    Ok(rows.order(o::id).select((o::id, o::particulars)).load(conn)?)
}

/// Forgets who these orders name, and their words. On an errand of whoever erases.
pub fn forget_particulars(conn: &mut PgConnection, orders: &[Uuid]) -> Result<(), DbError> {
    use money_order as o;
    diesel::update(o::table.filter(o::id.eq_any(orders)))
        .set((o::particulars.eq(None::<Vec<u8>>), o::particulars_hash.eq(None::<Vec<u8>>)))
        .execute(conn)?;
    Ok(())
}
