//! The audit of opening balances: what was approved is what the books hold, and nothing else is opened.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::{self, LineRow, OpeningRow};
use crate::basics::Vnd;
use crate::db::DbError;
use crate::db::schema::{opening_balance, opening_balance_entry};
use crate::house::audit::{Audit, Audits};
use crate::ledger::accounts::Account;
use crate::ledger::audit::{Fact, facts, facts_of_reversals};
use crate::ledger::kinds::Kind;
use crate::ledger::model::{Balanced, FundId};
use crate::ledger::{public, reversal_audit, store as ledger};

const CHECK: &str = "opening_balance";
const BATCH: i64 = 500;

/// See the module.
pub struct Openings;

impl Audits for Openings {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        requests(audit)?;
        audit.findings.ask(audit.conn, "opening_balance_held", HELD)
    }

    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        let opened = opening_balance_entry::table.filter(opening_balance_entry::entry_id.eq_any(entries));
        let mut ours: Vec<Uuid> = opened.select(opening_balance_entry::entry_id).load(conn)?;
        ours.extend(reversing(conn, entries)?);
        Ok(ours)
    }
}

fn requests(audit: &mut Audit<'_>) -> Result<(), DbError> {
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<OpeningRow> = opening_balance::table
            .filter(opening_balance::id.gt(after))
            .order(opening_balance::id)
            .limit(BATCH)
            .select(OpeningRow::as_select())
            .load(audit.conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        audit.findings.looked(CHECK, rows.len());
        for row in &rows {
            check(audit, row)?;
        }
        who_reversed(audit, &rows)?;
    }
}

const HELD: &str =
    "SELECT concat_ws(' ', coalesce(l.id, h.opening_id), fund_id, account), CASE WHEN h.opening_id IS NULL THEN 'is open, but its place is free' ELSE 'its place is taken by nothing' END
         FROM (SELECT o.id, o.chapter_id, l.fund_id, l.account FROM opening_balance o JOIN opening_balance_line l ON l.opening_id = o.id WHERE o.state = 'APPROVED') l
         FULL JOIN opening_balance_held h USING (chapter_id, fund_id, account) WHERE l.id IS DISTINCT FROM h.opening_id";

/// Counts the two persons of every reversed opening among these.
fn who_reversed(audit: &mut Audit<'_>, rows: &[OpeningRow]) -> Result<(), DbError> {
    for row in rows.iter().filter(|row| row.state == "REVERSED") {
        let Some(asked) = store::reversal_of(audit.conn, row.id)? else { continue };
        let originals: Vec<Uuid> = store::entries(audit.conn, row.id)?.into_iter().map(|(_, entry)| entry).collect();
        for fact in facts_of_reversals(audit.conn, &originals)?.values() {
            reversal_audit::claim(&mut audit.claims, Kind::OpeningBalance, fact, asked.requested_by);
        }
    }
    Ok(())
}

/// One request against its entries.
fn check(audit: &mut Audit<'_>, row: &OpeningRow) -> Result<(), DbError> {
    let Audit { conn, findings, claims, .. } = audit;
    let mut wrong = |what: String| findings.found(CHECK, row.id.to_string(), what);
    let entries = store::entries(conn, row.id)?;
    claims.entries(Kind::OpeningBalance.name(), entries.len());
    let stands = ["APPROVED", "REVERSED"].contains(&row.state.as_str());
    if !stands {
        if !entries.is_empty() {
            wrong(format!("is {}, but has entries", row.state));
        }
        return Ok(());
    }
    let mut expected = BTreeMap::new();
    for (fund, lines) in by_fund(&store::lines(conn, row.id)?) {
        match Balanced::opening(FundId(fund), &lines) {
            Ok(postings) => drop(expected.insert(fund, postings)),
            Err(error) => wrong(format!("fund {fund}: {error}")),
        }
    }
    if !expected.keys().eq(entries.iter().map(|(fund, _)| fund)) {
        wrong("has not one entry for each of its funds".to_owned());
    }
    let facts: HashMap<Uuid, Fact> = facts(conn, &entries.iter().map(|(_, entry)| *entry).collect::<Vec<_>>())?;
    let codes: Vec<&str> = facts.values().map(|fact| fact.code.as_str()).collect();
    let reversals = public::reversals_of(conn, &codes)?;
    for (fund, entry) in &entries {
        let (Some(fact), Some(postings)) = (facts.get(entry), expected.get(fund)) else { continue };
        let is = (fact.kind.as_str(), fact.chapter, fact.day);
        if is != (Kind::OpeningBalance.name(), row.chapter_id, row.as_of) {
            wrong(format!("{}: kind, chapter or day differ", fact.code));
        }
        if ledger::written(conn, *entry)?.is_none_or(|written| written.postings != postings.postings()) {
            wrong(format!("{}: the postings are not the lines", fact.code));
        }
        if reversals.contains_key(&fact.code) != (row.state == "REVERSED") {
            wrong(format!("{}: is {}, the books say otherwise", fact.code, row.state));
        }
    }
    Ok(())
}

/// Lines by fund; what is not a line is left out and shows as a difference of the postings.
fn by_fund(lines: &[LineRow]) -> BTreeMap<i32, Vec<(Account, Vnd)>> {
    let mut funds: BTreeMap<i32, Vec<(Account, Vnd)>> = BTreeMap::new();
    for line in lines {
        let read = Account::parse(&line.account).zip(Vnd::parse(line.amount_vnd).ok());
        funds.entry(line.fund_id).or_default().extend(read);
    }
    funds
}

/// Those of these entries that reverse an opening balance, as two persons decided.
fn reversing(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let facts = facts(conn, ids)?;
    let originals: Vec<Uuid> = facts.values().filter_map(|fact| fact.reverses).collect();
    let ours: HashSet<Uuid> = opening_balance_entry::table
        .inner_join(opening_balance::table.on(opening_balance::id.eq(opening_balance_entry::opening_id)))
        .filter(opening_balance::state.eq("REVERSED"))
        .filter(opening_balance_entry::entry_id.eq_any(originals))
        .select(opening_balance_entry::entry_id)
        .load(conn)?
        .into_iter()
        .collect();
    Ok(facts.into_iter().filter(|(_, fact)| fact.reverses.is_some_and(|of| ours.contains(&of))).map(|(id, _)| id).collect())
}
