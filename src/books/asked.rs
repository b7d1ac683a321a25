//! What of a chapter's books is asked for, checked.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use super::fault::Fault;
use crate::authz::{Read, Visit};
use crate::http::{Check, FieldError, Say};
use crate::ledger::accounts::Account;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::ledger::sums::Scope;
use crate::tree::{self, ChapterId, Place};

/// Days of a book: from the beginning, and to the end, where one is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Days {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Which book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Book {
    /// Số dư: today where no day is said.
    Balances { day: Option<NaiveDate>, subtree: bool },
    /// Sổ chi tiết of a fund, sổ cái over all.
    AccountLedger { account: Account, fund: Option<String>, days: Days },
    /// Bảng cân đối phát sinh.
    TrialBalance { days: Days },
    /// Sổ quỹ.
    Cash { fund: Option<String>, days: Days },
}

/// A book that may be read, of a chapter and a fund that exist.
#[derive(Debug, Clone)]
pub struct Open {
    pub place: Place,
    pub book: Book,
    pub fund: Option<FundId>,
}

/// No book goes back, or ahead, as far.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

fn check_day(check: &mut Check, name: &'static str, day: Option<NaiveDate>) {
    if day.is_some_and(|day| !YEARS.contains(&day.year())) {
        check.wrong(name, "OUT_OF_RANGE", "Năm từ 1900 đến 2200.", "Years are 1900 to 2200.");
    }
}

impl Days {
    /// Refused are years that no book has, and a first day after the last one.
    pub fn checked(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check_day(&mut check, "from", from);
        check_day(&mut check, "to", to);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            let (vi, en) = ("Ngày đầu không được sau ngày cuối.", "The first day is not after the last one.");
            check.wrong("from", "OUT_OF_RANGE", vi, en);
        }
        check.done(Some(Self { from, to }))
    }

    pub fn first(self) -> NaiveDate {
        self.from.unwrap_or_else(|| NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default())
    }

    pub fn last(self) -> NaiveDate {
        self.to.unwrap_or_else(|| NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default())
    }

    /// In words, as it stands under a title.
    pub fn said(self) -> Say {
        let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
        match (self.from, self.to) {
            (None, None) => Say::fixed("Toàn bộ các ngày", "All days"),
            (Some(from), None) => Say::new(format!("Từ ngày {}", day(from)), format!("From {}", day(from))),
            (None, Some(to)) => Say::new(format!("Đến hết ngày {}", day(to)), format!("To {}", day(to))),
            (Some(from), Some(to)) => {
                Say::new(format!("Từ ngày {} đến hết ngày {}", day(from), day(to)), format!("From {} to {}", day(from), day(to)))
            }
        }
    }
}

impl Book {
    /// Refused is a day in a year that no book has.
    pub fn balances(day: Option<NaiveDate>, subtree: bool) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check_day(&mut check, "day", day);
        check.done(Some(Self::Balances { day, subtree }))
    }

    fn fund(&self) -> Option<&str> {
        match self {
            Book::AccountLedger { fund, .. } | Book::Cash { fund, .. } => fund.as_deref(),
            Book::Balances { .. } | Book::TrialBalance { .. } => None,
        }
    }

    fn with_those_below(&self) -> bool {
        matches!(self, Book::Balances { subtree: true, .. })
    }
}

impl Open {
    pub fn scope(&self) -> Scope {
        Scope { chapter: self.place.id, subtree: self.book.with_those_below() }
    }

    pub fn chapter(&self) -> ChapterId {
        self.place.id
    }
}

/// Opens a book for somebody who may read the chapter, and all chapters below it where they are in it.
pub fn open(v: &mut Visit<'_>, chapter: &str, book: Book) -> Result<Open, Fault> {
    let (_, place) = v.see_code::<Read>(chapter)?;
    if book.with_those_below() {
        let below: Vec<Uuid> = tree::at_and_below(place.id.0).load(v.conn)?;
        let below: Vec<ChapterId> = below.into_iter().map(ChapterId).collect();
        // Whoever keeps a chapter's books for it reads those, and not the ones below.
        if v.see_each(&below)?.iter().any(Option::is_none) {
            return Err(Fault::NotThoseBelow);
        }
    }
    let fund = match book.fund() {
        None => None,
        Some(code) => {
            let known = ledger::funds_by_code(v.conn, &[code])?.remove(code);
            let known = known.ok_or(Fault::NoSuchFund)?;
            Some(known.id)
        }
    };
    Ok(Open { place, book, fund })
}
