//! What chapters owe each other of dues, and what was sent of it.
//!
//! What is owed is data and no account of the books: the money lies with who collected it until an ordinary transfer takes it up.
//! Whoever sends one says that it carries dues ([`remit`]); how much it carries is what stands of it, whatever becomes of it. When a
//! sheet is reversed that was sent on already, more was sent than is owed: it comes back by a transfer down, which says the same.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::DuesSheetState;
use crate::authz::{Granted, Read, Record, Seen, Visit};
use crate::db::DbError;
use crate::db::schema::{dues_owed, dues_remittance, dues_sheet};
use crate::http::Span;
use crate::ledger::model::{FundId, Restriction};
use crate::ledger::store as ledger;
use crate::transfers::model::{Carried, TransferState};
use crate::transfers::store::{self as transfers, TransferRow};
use crate::tree::{self, ChapterId};

/// What one chapter owes another of dues.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesOwedOut {
    /// Code of the chapter that owes.
    #[schema(example = "23095")]
    pub from: String,
    /// Code of the chapter that gets it.
    #[schema(example = "68")]
    pub to: String,
    /// Of all sheets that stand.
    #[schema(example = 57_600)]
    pub owed_vnd: i64,
    /// What was sent of it, less what was sent back.
    #[schema(example = 40_000)]
    pub sent_vnd: i64,
    /// What is still to be sent; below zero, what is to come back, because a sheet was reversed that was sent on already.
    #[schema(example = 17_600)]
    pub left_vnd: i64,
}

/// Says of a transfer that it carries dues.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuesRemittanceIn {
    /// Id of the transfer, of the fund OPERATING, between two chapters of which one owes the other dues.
    pub transfer: Uuid,
}

/// A transfer that carries dues.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesRemittanceOut {
    /// Id of the transfer.
    pub transfer: Uuid,
    /// Code of the chapter that sends.
    #[schema(example = "23095")]
    pub from: String,
    /// Code of the chapter that gets it.
    #[schema(example = "68")]
    pub to: String,
    /// What stands of it now: nothing before it is sent, and less when some of it comes back.
    #[schema(example = 57_600)]
    pub amount_vnd: i64,
}

/// Who owes whom.
type Pair = (Uuid, Uuid);

/// What these chapters owe or are owed, and what was sent, by the chapters of today.
#[derive(Default)]
struct Sums(BTreeMap<Pair, (i64, i64)>);

fn pairs_of(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Sums, DbError> {
    use dues_owed as o;
    let owed: Vec<(Uuid, Uuid, i64)> = o::table
        .inner_join(dues_sheet::table.on(dues_sheet::id.eq(o::sheet_id)))
        .filter(o::from_id.eq_any(chapters).or(o::to_id.eq_any(chapters)))
        .filter(dues_sheet::state.eq(DuesSheetState::Booked.name()))
        .group_by((o::from_id, o::to_id))
        .select((o::from_id, o::to_id, sql::<BigInt>("sum(dues_owed.amount_vnd)::int8")))
        .load(conn)?;
    let sent = sent(conn, chapters)?;
    // Who owed before their chapter went up in another one: that one owes now, and nothing to itself.
    let ids: Vec<Uuid> =
        owed.iter().flat_map(|(from, to, _)| [*from, *to]).chain(sent.iter().flat_map(|(from, to, _)| [*from, *to])).collect();
    let today = tree::successors(conn, &ids)?;
    let now = |id: Uuid| today.get(&id).copied().unwrap_or(id);
    let mut sums = Sums::default();
    for (from, to, vnd) in owed {
        sums.0.entry((now(from), now(to))).or_default().0 += vnd;
    }
    for (from, to, vnd) in sent {
        let (from, to) = (now(from), now(to));
        // What was sent down again is sent less. Where nothing is owed any more, everything that went up is to come back.
        let back = sums.0.contains_key(&(to, from)) || !sums.0.contains_key(&(from, to)) && is_below(conn, to, from)?;
        let (pair, vnd) = if back { ((to, from), -vnd) } else { ((from, to), vnd) };
        sums.0.entry(pair).or_default().1 += vnd;
    }
    sums.0.retain(|(from, to), (owed, sent)| from != to && (*owed != 0 || *sent != 0));
    Ok(sums)
}

fn is_below(conn: &mut PgConnection, low: Uuid, high: Uuid) -> Result<bool, DbError> {
    Ok(tree::line(conn, ChapterId(low))?.iter().any(|(above, _)| above.0 == high))
}

/// What transfers carried, by sender and receiver.
fn sent(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Uuid, i64)>, DbError> {
    use dues_remittance as r;
    let rows: Vec<(Uuid, Uuid, Uuid)> = r::table
        .filter(r::from_id.eq_any(chapters).or(r::to_id.eq_any(chapters)))
        .order(r::transfer_id)
        .select((r::transfer_id, r::from_id, r::to_id))
        .load(conn)?;
    let standing = transfers::standing(conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    let mut sums: HashMap<Pair, i64> = HashMap::new();
    for (id, from, to) in rows {
        *sums.entry((from, to)).or_default() += standing.get(&id).copied().unwrap_or_default();
    }
    Ok(sums.into_iter().map(|((from, to), vnd)| (from, to, vnd)).collect())
}

/// What a chapter owes and is owed, with those whose matters are its own.
pub fn list(v: &mut Visit<'_>, here: &Seen<Read>, span: Span<Pair>) -> Result<Vec<(Pair, DuesOwedOut)>, Fault> {
    let chapters = tree::with_succeeded(v.conn, here.chapter())?;
    let all = pairs_of(v.conn, &chapters)?.0.into_iter();
    let most = usize::try_from(span.rows).unwrap_or_default();
    let page: Vec<_> = all.filter(|(pair, _)| span.after.is_none_or(|after| *pair > after)).take(most).collect();
    let codes = tree::codes(v.conn, page.iter().flat_map(|((from, to), _)| [*from, *to]))?;
    let code = |id: &Uuid| codes.get(id).cloned().unwrap_or_default();
    let out = |(pair, (owed, sent)): (Pair, (i64, i64))| {
        let (from, to) = (code(&pair.0), code(&pair.1));
        (pair, DuesOwedOut { from, to, owed_vnd: owed, sent_vnd: sent, left_vnd: owed - sent })
    };
    Ok(page.into_iter().map(out).collect())
}

/// Notes that a transfer carries dues. Saying it again says nothing new.
pub fn remit(v: &mut Visit<'_>, ask: &DuesRemittanceIn) -> Result<(DuesRemittanceOut, bool), Fault> {
    let row = transfers::hold(v.conn, ask.transfer)?.ok_or(Fault::Unknown)?;
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    require_dues(v, &row)?;
    let new = insert(v, &grant, &row)?;
    if new {
        v.note(&grant, "DUES_REMITTED", row.id)?;
    }
    let codes = tree::codes(v.conn, row.sides())?;
    let code = |id: Uuid| codes.get(&id).cloned().unwrap_or_default();
    let standing = transfers::standing(v.conn, &[row.id])?;
    let amount_vnd = standing.get(&row.id).copied().unwrap_or_default();
    let out = DuesRemittanceOut { transfer: row.id, from: code(row.chapter_id), to: code(row.to_chapter_id), amount_vnd };
    Ok((out, new))
}

fn require_dues(v: &mut Visit<'_>, row: &TransferRow) -> Result<(), Fault> {
    let funds = ledger::funds(v.conn, &[FundId(row.fund_id)])?;
    let own = funds.values().any(|fund| fund.restriction == Restriction::Operating);
    let gone = [TransferState::Refused, TransferState::Withdrawn, TransferState::Reversed].map(TransferState::name);
    if !own || row.source == Carried::Goods.name() || gone.contains(&row.state.as_str()) {
        return Err(Fault::field(
            "/transfer",
            "NOT_OWED",
            "Hội phí được chuyển bằng tiền của quỹ OPERATING, bằng khoản chuyển còn hiệu lực.",
            "Dues are sent in money of the fund OPERATING, by a transfer that stands.",
        ));
    }
    let mine = tree::with_succeeded(v.conn, ChapterId(row.chapter_id))?;
    let theirs = tree::with_succeeded(v.conn, ChapterId(row.to_chapter_id))?;
    if !owes(v.conn, &mine, &theirs)? {
        return Err(Fault::field(
            "/transfer",
            "NOT_OWED",
            "Hai đơn vị này chưa có hội phí phải nộp cho nhau.",
            "Neither of the two chapters has ever owed the other dues.",
        ));
    }
    Ok(())
}

/// Whether there were ever dues to be sent between the two sides, up or down.
fn owes(conn: &mut PgConnection, one: &[Uuid], other: &[Uuid]) -> Result<bool, DbError> {
    use dues_owed as o;
    let up = o::from_id.eq_any(one).and(o::to_id.eq_any(other));
    let down = o::from_id.eq_any(other).and(o::to_id.eq_any(one));
    Ok(diesel::select(diesel::dsl::exists(o::table.filter(up.or(down)))).get_result(conn)?)
}

fn insert(v: &mut Visit<'_>, by: &Granted<Record>, row: &TransferRow) -> Result<bool, DbError> {
    use dues_remittance as r;
    let values = (
        r::transfer_id.eq(row.id),
        r::from_id.eq(row.chapter_id),
        r::to_id.eq(row.to_chapter_id),
        r::noted_by.eq(by.account()),
        r::noted_at.eq(v.now),
    );
    let written = diesel::insert_into(r::table).values(values).on_conflict(r::transfer_id).do_nothing().execute(v.conn)?;
    Ok(written == 1)
}
