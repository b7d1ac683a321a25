//! The audit of money orders: what was approved is what the books hold.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Undrawn;
use super::kind::Orders;
use super::model::OrderState;
use super::own_costs;
use super::registry;
use super::store::{self, OrderRow};
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};
use crate::ledger::accounts::Account;
use crate::ledger::audit::{Fact, facts, facts_of_reversals};
use crate::ledger::entry::Detail;
use crate::ledger::kinds::Kind;
use crate::ledger::{detail, public, reversal_audit, store as ledger};

const CHECK: &str = "money_order";
const BATCH: i64 = 500;

/// See the module.
pub struct MoneyOrders;

impl Audits for MoneyOrders {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let mut after = Uuid::nil();
        loop {
            let rows = store::after(audit.conn, after, BATCH)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            audit.findings.looked(CHECK, rows.len());
            let entries: Vec<Uuid> = rows.iter().flat_map(OrderRow::entries).collect();
            let facts = facts(audit.conn, &entries)?;
            let codes: Vec<&str> = facts.values().map(|fact| fact.code.as_str()).collect();
            let reversals = public::reversals_of(audit.conn, &codes)?;
            for row in &rows {
                check(audit, row, &facts, &reversals)?;
            }
            replaced(audit, &rows)?;
        }
    }

    /// Its own entries, and the mirrors of those whose place they took.
    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        let mut behind = store::behind(conn, entries)?;
        let mirrors: Vec<(Uuid, Uuid)> =
            facts(conn, entries)?.into_iter().filter_map(|(id, fact)| Some((id, fact.reverses?))).collect();
        let replaced = store::replaced(conn, &mirrors.iter().map(|(_, of)| *of).collect::<Vec<_>>())?;
        behind.extend(mirrors.into_iter().filter(|(_, of)| replaced.contains(of)).map(|(id, _)| id));
        Ok(behind)
    }
}

/// Orders that took the place of others: those are reversed, by the two persons of these.
fn replaced(audit: &mut Audit<'_>, rows: &[OrderRow]) -> Result<(), DbError> {
    let old = |row: &OrderRow| registry::of(&row.kind).filter(|_| row.is_booked()).and_then(|of| of.takes_place_of(row));
    let pairs: Vec<(&OrderRow, Uuid)> = rows.iter().filter_map(|row| Some((row, old(row)?))).collect();
    let olds: Vec<Uuid> = pairs.iter().map(|(_, old)| *old).collect();
    let (originals, reversals) = (facts(audit.conn, &olds)?, facts_of_reversals(audit.conn, &olds)?);
    for (row, old) in pairs {
        let kind = originals.get(&old).and_then(|fact| Kind::parse(&fact.kind));
        let reversal = reversals.values().find(|fact| fact.reverses == Some(old));
        match kind.zip(reversal) {
            Some((kind, fact)) => reversal_audit::claim(&mut audit.claims, kind, fact, row.requested_by),
            None => audit.findings.found(CHECK, row.id.to_string(), "took the place of an entry that is not reversed"),
        }
    }
    Ok(())
}

/// One order against its entries.
fn check(
    audit: &mut Audit<'_>,
    row: &OrderRow,
    facts: &HashMap<Uuid, Fact>,
    reversals: &HashMap<String, String>,
) -> Result<(), DbError> {
    let Some(of) = registry::of(&row.kind) else {
        audit.findings.found(CHECK, row.id.to_string(), format!("is a {} that this program does not know", row.kind));
        return Ok(());
    };
    if !row.is_booked() {
        return Ok(());
    }
    audit.claims.entries(of.books().name(), row.entries().count());
    for entry in row.entries() {
        let Some(fact) = facts.get(&entry) else { continue };
        let is = (fact.kind.as_str(), fact.chapter, fact.day);
        if is != (of.books().name(), row.chapter_id, row.day) {
            audit.findings.found(CHECK, row.id.to_string(), format!("{}: kind, chapter or day differ", fact.code));
        }
        if reversals.contains_key(&fact.code) != (row.state == OrderState::Reversed.name()) {
            let what = format!("{}: is {}, the books say otherwise", fact.code, row.state);
            audit.findings.found(CHECK, row.id.to_string(), what);
        }
    }
    books(audit, of, row, facts)
}

/// What stands in the books is what the order says.
fn books(audit: &mut Audit<'_>, of: &dyn Orders, row: &OrderRow, facts: &HashMap<Uuid, Fact>) -> Result<(), DbError> {
    let expected = match of.balanced(audit.conn, row) {
        Ok(expected) => expected,
        Err(Undrawn::Db(error)) => return Err(error),
        Err(Undrawn::Broken(what)) => {
            audit.findings.found(CHECK, row.id.to_string(), what);
            return Ok(());
        }
    };
    if expected.len() != row.entries().count() {
        audit.findings.found(CHECK, row.id.to_string(), "has not as many entries as it should");
    }
    let details = match of.details(audit.conn, row) {
        Ok(details) => details,
        Err(Undrawn::Db(error)) => return Err(error),
        Err(Undrawn::Broken(what)) => {
            audit.findings.found(CHECK, row.id.to_string(), what);
            return Ok(());
        }
    };
    let said = details.into_iter().chain(std::iter::repeat_with(Detail::default));
    for ((entry, postings), said) in row.entries().zip(&expected).zip(said) {
        let Some(fact) = facts.get(&entry) else { continue };
        if ledger::written(audit.conn, entry)?.is_none_or(|written| written.postings != postings.postings()) {
            audit.findings.found(CHECK, row.id.to_string(), format!("{}: the postings are not what was ordered", fact.code));
        }
        // What the givers agreed to is shown of own costs alone.
        let is_own_cost = postings.postings().iter().any(|p| p.account == Account::OperatingExpense);
        let consent = row.consent.as_ref().filter(|_| is_own_cost);
        if own_costs::consents(audit.conn, &[&fact.code])?.get(&fact.code) != consent {
            let what = format!("{}: the consent to own costs is not what was shown", fact.code);
            audit.findings.found(CHECK, row.id.to_string(), what);
        }
        let stands = detail::of(audit.conn, &[&fact.code])?.remove(&fact.code);
        if stands.is_none_or(|stands| stands.category != said.category) {
            audit.findings.found(CHECK, row.id.to_string(), format!("{}: its category is not what was ordered", fact.code));
        }
    }
    Ok(())
}
