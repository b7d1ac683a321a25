//! What a kind of money order says of itself. Everything else is the same for all of them ([`super::order`]).

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::{Fault, Undrawn};
use super::model::{OrderKind, Particulars};
use super::store::OrderRow;
use crate::authz::{Approve, Granted, Visit};
use crate::basics::{PublicCode, Vnd};
use crate::decisions::{self, Approval};
use crate::house::errand::Errand;
use crate::house::feed::Feed;
use crate::house::undo::CannotUndo;
use crate::http::Say;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::entry::{Detail, NewEntry};
use crate::ledger::kinds::{Field, Kind};
use crate::ledger::model::{Balanced, Fund, FundId};
use crate::ledger::store as ledger;

/// An order on its way into the books.
pub struct Booking<'a> {
    pub row: &'a OrderRow,
    /// Its fund, and the one it goes to.
    pub funds: &'a HashMap<FundId, Fund>,
    /// Of its day and with its paper.
    pub draft: &'a Draft<'a>,
    pub particulars: &'a Particulars,
    /// The last approval, which books.
    pub by: &'a Granted<Approve>,
}

impl Booking<'_> {
    /// What the entries commit to, as far as their kind does.
    pub fn behind(&self) -> Behind<'_> {
        let payee = self.particulars.payee.as_ref();
        Behind {
            account: payee.and_then(|payee| payee.account.as_deref()).unwrap_or_default(),
            name: payee.map(|payee| payee.name.as_str()).unwrap_or_default(),
            note: &self.particulars.content,
        }
    }
}

/// See the module. Only what is different has to be said; most kinds move one sum between two accounts of one fund.
pub trait Orders: Sync {
    fn kind(&self) -> OrderKind;

    fn matter(&self) -> &'static decisions::Kind;

    fn feed(&self) -> &'static Feed;

    /// The kind of its entries.
    fn books(&self) -> Kind;

    /// What it becomes in the books, in order, from what is stored alone: an audit asks as well.
    fn balanced(&self, _: &mut PgConnection, row: &OrderRow) -> Result<Vec<Balanced>, Undrawn> {
        let (Some(to), Some(from)) = (row.debited(), row.credited()) else {
            return Err(Undrawn::broken("an order names no accounts"));
        };
        let amount = Vnd::parse(row.amount_vnd).map_err(|_| Undrawn::broken("an order has an impossible amount"))?;
        let moved = Balanced::moved(self.books(), FundId(row.fund_id), amount, from, to).map_err(Undrawn::broken)?;
        Ok(vec![moved])
    }

    /// What its entries say besides, in their order, from what is stored alone.
    fn details(&self, conn: &mut PgConnection, row: &OrderRow) -> Result<Vec<Detail>, Undrawn> {
        Ok(vec![detail(conn, self.books(), row)?])
    }

    /// Its entries. A kind that says more (goods) or has to look again before it is booked does so here.
    fn entries(&self, v: &mut Visit<'_>, of: &Booking<'_>) -> Result<Vec<NewEntry>, Fault> {
        self.drawn(v, of)
    }

    /// The entries as [`Orders::balanced`] and [`Orders::details`] say them.
    fn drawn(&self, v: &mut Visit<'_>, of: &Booking<'_>) -> Result<Vec<NewEntry>, Fault> {
        let mut details = self.details(v.conn, of.row)?.into_iter();
        let mut entries = Vec::new();
        for postings in self.balanced(v.conn, of.row)? {
            let detail = details.next().unwrap_or_default();
            entries.push(of.draft.entry(postings, of.behind()).map_err(Fault::broken)?.with_detail(detail));
        }
        Ok(entries)
    }

    /// What else follows in the same transaction, once its entries are written.
    fn booked(&self, _: &mut Visit<'_>, _: &Approval, _: &OrderRow, _entries: &[Uuid]) -> Result<(), Fault> {
        Ok(())
    }

    /// What a constraint of the database that stands in the way means.
    fn refused(&self, _constraint: &str) -> Option<Fault> {
        None
    }

    /// Puts back what [`Orders::booked`] did, before an entry of it is reversed.
    fn undo(&self, _: &mut Errand<'_>, _: &OrderRow) -> Result<(), CannotUndo> {
        Ok(())
    }
}

/// What an entry of a kind says of an order besides its postings.
pub fn detail(conn: &mut PgConnection, kind: Kind, row: &OrderRow) -> Result<Detail, Undrawn> {
    let of = match row.of_entry_id.filter(|_| kind.says(Field::Of)) {
        Some(id) => {
            let code = ledger::codes(conn, &[id])?.remove(&id).ok_or_else(|| Undrawn::broken("an order is about no entry"))?;
            Some(PublicCode::parse(&code).map_err(|_| Undrawn::broken("an entry has a broken code"))?)
        }
        None => None,
    };
    Ok(Detail {
        of,
        category: row.category.clone().filter(|_| kind.says(Field::Category)),
        reason: row.reason.clone().filter(|_| kind.says(Field::Reason)).map(Into::into),
        ..Detail::default()
    })
}

/// What was booked later needs this entry.
pub fn stands_on_it() -> CannotUndo {
    CannotUndo::StandsOnIt(Say::fixed(
        "Đã có khoản khác dựa trên bút toán này: hãy hủy khoản đó trước.",
        "Something else stands on this entry: reverse that first.",
    ))
}
