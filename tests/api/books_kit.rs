//! Books for tests: whatever the ledger allows is booked, and read page by page.

use chrono::NaiveDate;
use serde_json::Value;
use so_nhan_ai::authz::token::Purpose;
use so_nhan_ai::authz::{Actor, Record, Visit};
use so_nhan_ai::basics::PublicCode;
use so_nhan_ai::http::{Kind as ProblemKind, Problem};
use so_nhan_ai::ledger::accounts::Account;
use so_nhan_ai::ledger::draft::{Behind, Draft};
use so_nhan_ai::ledger::kinds::{Field, Kind};
use so_nhan_ai::ledger::model::{Balanced, Posting};
use so_nhan_ai::ledger::store::{self as ledger, BookError, BookedAt, Detail};

use crate::harness::{Caller, TestApp};

/// Somebody who books whatever the ledger allows, without the rooms that usually do.
pub struct Keeper<'a> {
    app: &'a TestApp,
    actor: Actor,
    chapter: &'static str,
}

impl<'a> Keeper<'a> {
    pub fn of(app: &'a TestApp, chapter: &'static str) -> Self {
        let caller = app.officer_of(chapter);
        let claims = app.shared.tokens.verify(caller.token(), Purpose::Access, app.now()).unwrap();
        Self { app, actor: Actor { account: claims.subject, session: claims.session }, chapter }
    }

    /// Books an entry of any day; `false` where there is not enough.
    pub fn try_book(&self, kind: Kind, day: NaiveDate, fund: &str, moved: &[(Account, i64)], of: Option<&str>) -> bool {
        let done = self.app.shared.db.tx_blocking(|conn| -> Result<(), Problem> {
            let mut v = Visit::enter(conn, &self.app.shared.vault, self.app.now(), self.actor)?;
            let (grant, _) = v.at_code::<Record>(self.chapter)?;
            let fund = ledger::funds_by_code(v.conn, &[fund])?.remove(fund).unwrap();
            let postings = moved.iter().map(|(account, amount)| Posting { account: *account, fund: fund.id, amount: *amount });
            let balanced = Balanced::new(kind, postings.collect()).unwrap();
            let mut draft = Draft::today(v.conn, v.vault, v.now, &grant)?;
            draft.day = day;
            draft.document = kind.says(Field::Doc).then_some([7; 32]);
            let says = |field| kind.says(field).then_some(());
            let detail = Detail {
                of: says(Field::Of).and(of).map(|of| PublicCode::parse(of).unwrap()),
                to: says(Field::To).map(|()| "68".to_owned()),
                category: says(Field::Category).map(|()| "LIVING_COST".to_owned()),
                reason: says(Field::Reason).map(|()| "SPOILED".into()),
                list: says(Field::List).map(|()| "DS-1".to_owned()),
                count: says(Field::Count).map(|()| 12),
                root: says(Field::Root).map(|()| [3; 32]),
            };
            let entry = draft.entry(balanced, Behind { name: "Nguyễn Bí Mật", ..Behind::default() }).unwrap().with_detail(detail);
            match ledger::book(v.conn, BookedAt::now(v.now), &[(fund.id, fund)].into(), vec![(&grant, entry)]) {
                Ok(()) => Ok(()),
                Err(BookError::NotCovered) => Err(Problem::new(ProblemKind::Conflict)),
                Err(error) => panic!("{kind}: {error}"),
            }
        });
        match done {
            Ok(()) => true,
            Err(problem) => {
                assert_eq!(problem.kind, ProblemKind::Conflict, "{problem:?}");
                false
            }
        }
    }

    pub fn book(&self, kind: Kind, day: NaiveDate, fund: &str, moved: &[(Account, i64)]) {
        assert!(self.try_book(kind, day, fund, moved, None), "{kind}");
    }

    /// What old books ended with: enough of everything to take from.
    pub fn open(&self, day: NaiveDate, fund: &str, each: i64) {
        use Account::{Advance, Bank, CashOnHand, FundBalance, GoodsInStock, ReceivableOther};
        let has = [CashOnHand, Bank, GoodsInStock, ReceivableOther, Advance].map(|account| (account, each));
        self.book(Kind::OpeningBalance, day, fund, &[&has[..], &[(FundBalance, -5 * each)]].concat());
    }

    /// Every pair of accounts that every kind may move, each with a sum of its own; returns how many entries.
    pub fn book_everything(&self, day: NaiveDate, fund: &str) -> usize {
        let of = self.app.database.text("SELECT code FROM entry ORDER BY id LIMIT 1");
        let mut booked = 0;
        for kind in Kind::ALL.into_iter().filter(|kind| kind.has_money() && !kind.is_gift() && *kind != Kind::Reversal) {
            let row = kind.row();
            for debit in row.debits {
                for credit in row.credits.iter().filter(|credit| *credit != debit) {
                    booked += 1;
                    let amount = 1_000 + booked as i64;
                    assert!(self.try_book(kind, day, fund, &[(*debit, amount), (*credit, -amount)], Some(&of)), "{kind}");
                }
            }
        }
        booked
    }
}

/// (account, fund, balance) of all pages.
pub fn balances(caller: &Caller<'_>, query: &str) -> Vec<(String, String, i64)> {
    rows(caller, &format!("/api/v1/balances?{query}"))
        .iter()
        .map(|row| (text(&row["account"]), text(&row["fund"]), row["balance_vnd"].as_i64().unwrap()))
        .collect()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The rows of all pages, seven a page.
pub fn rows(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = caller.get(&format!("{path}&limit=7{cursor}"), 200);
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}
