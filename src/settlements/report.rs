//! A settlement report, added up from the books.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{ChapterTerms, FundFigures, OpenItem, SettlementFigures, Terms};
use crate::decisions;
use crate::giving::appeals::{self, AppealRow};
use crate::ledger::accounts::Account;
use crate::ledger::measures::Measure;
use crate::ledger::model::{Fund, FundId};
use crate::ledger::settling::{self, OwnSum};
use crate::log;
use crate::log::tile_store;
use crate::periods::figures::LogAt;
use crate::statements::Event;
use crate::tree;

/// As many leaves without a place, and requests to reverse something, are looked through.
const MOST: i64 = 10_000;

/// The figures of an appeal up to a day. Every entry that is counted has its place in the log.
pub fn make(conn: &mut PgConnection, appeal: &AppealRow, as_of: NaiveDate) -> Result<SettlementFigures, Fault> {
    let terms = appeals::terms(conn, &[&appeal.code])?.remove(&appeal.code).ok_or(Fault::Unknown)?;
    let funds = [terms.fund, terms.quarantine];
    let ids: Vec<FundId> = funds.iter().map(|fund| fund.id).collect();
    // In this order: what is in the sums and has no place below this size is found among those that have none.
    let head = tile_store::head(conn).map_err(Fault::broken)?;
    let size = i64::try_from(head.size).map_err(Fault::broken)?;
    let sums = settling::sums(conn, &ids, as_of)?;
    let beyond = log::store::entries_beyond(conn, size - 1, MOST)?;
    let is_behind = i64::try_from(beyond.len()).unwrap_or(i64::MAX) >= MOST;
    if is_behind || settling::among(conn, &beyond, &ids, as_of)? > 0 {
        return Err(Fault::Sealing);
    }
    let codes = tree::codes(conn, sums.iter().map(|sum| sum.chapter))?;
    let code = |chapter: Uuid| codes.get(&chapter).cloned().unwrap_or_default();
    let figures: Vec<FundFigures> = funds.iter().map(|fund| of_fund(fund, &sums, &code)).collect();
    Ok(SettlementFigures {
        v: 1,
        event: Event::SettlementReport.name().to_owned(),
        appeal: appeal.code.clone(),
        title: appeal.title.clone(),
        chapter: appeal.chapter.clone(),
        as_of,
        log: LogAt { size, root: STANDARD.encode(head.root) },
        open: open(conn, &funds, &figures, as_of)?,
        funds: figures,
    })
}

fn of_fund(fund: &Fund, sums: &[OwnSum], code: &impl Fn(Uuid) -> String) -> FundFigures {
    let of_fund: Vec<(Uuid, (Measure, &str, i64))> = sums
        .iter()
        .filter(|sum| sum.fund == fund.id)
        .filter_map(|sum| Some((sum.chapter, (Measure::parse(&sum.measure)?, sum.part.as_str(), sum.vnd))))
        .collect();
    let mut chapters: BTreeMap<String, Vec<(Measure, &str, i64)>> = BTreeMap::new();
    for (chapter, sum) in &of_fund {
        chapters.entry(code(*chapter)).or_default().push(*sum);
    }
    let total = Terms::of(of_fund.iter().map(|(_, sum)| *sum));
    FundFigures {
        fund: fund.code.clone(),
        on_the_way: total.sent - total.taken_over,
        total,
        chapters: chapters
            .into_iter()
            .map(|(chapter, sums)| ChapterTerms { chapter, terms: Terms::of(sums.into_iter()) })
            .collect(),
    }
}

/// What of an account that is not at rest would be said.
fn unsettled(account: Account) -> Option<&'static str> {
    match account {
        Account::Advance => Some("ADVANCES"),
        Account::InTransit | Account::InTransitOut => Some("NOT_CONFIRMED_BY_BANK"),
        Account::ReceivableOther => Some("OWED_TO_US"),
        Account::Payable => Some("OWED_BY_US"),
        _ => None,
    }
}

/// What is not settled at this moment.
fn open(conn: &mut PgConnection, funds: &[Fund], figures: &[FundFigures], as_of: NaiveDate) -> Result<Vec<OpenItem>, Fault> {
    let item =
        |what: &str, fund: &str, amount| OpenItem { what: what.to_owned(), fund: Some(fund.to_owned()), amount_vnd: amount };
    let mut open: Vec<OpenItem> =
        figures.iter().filter(|fund| fund.on_the_way != 0).map(|fund| item("ON_THE_WAY", &fund.fund, fund.on_the_way)).collect();
    let ids: Vec<FundId> = funds.iter().map(|fund| fund.id).collect();
    let mut sums: BTreeMap<(&'static str, &str), i64> = BTreeMap::new();
    for (id, account, amount) in settling::standing(conn, &ids)? {
        let what = Account::parse(&account).and_then(unsettled);
        if let (Some(what), Some(fund)) = (what, funds.iter().find(|fund| fund.id == id)) {
            // What came and what left by bank are both waited for.
            *sums.entry((what, &fund.code)).or_default() += amount.abs();
        }
    }
    open.extend(sums.into_iter().map(|((what, fund), amount)| item(what, fund, amount)));
    let waiting = decisions::reversals_waiting(conn, MOST)?;
    let waiting = settling::among(conn, &waiting, &ids, as_of)?;
    if waiting > 0 {
        open.push(OpenItem { what: "REVERSALS_WAITING".to_owned(), fund: None, amount_vnd: waiting });
    }
    Ok(open)
}
