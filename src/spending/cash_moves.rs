//! Moves of cash: brought to the bank, fetched from it, and what a count of the till found too little or too much.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::feed;
use super::kind::Orders;
use super::model::{self, Basics, OrderKind, Particulars};
use super::order::{self, Content, Request};
use super::replacing;
use super::store::{self, OrderRow};
use super::wire::{self, MoneyOrderOut};
use crate::authz::{Read, Seen, Visit};
use crate::basics::Line;
use crate::basics::codes::codes;
use crate::db::DbError;
use crate::decisions::{self, Verdict};
use crate::house::feed::Feed;
use crate::http::{Check, FieldError, Span, note};
use crate::ledger::accounts::Account;
use crate::ledger::kinds;

const fn matter(name: &'static str, vi: &'static str, en: &'static str) -> decisions::Kind {
    decisions::Kind {
        name,
        vi,
        en,
        shown_at: "/api/v1/cash-moves/{id}",
        decided_at: "",
        actions: decisions::Actions {
            asked: "CASH_MOVE_REQUESTED",
            approved: "CASH_MOVE_APPROVED",
            refused: "CASH_MOVE_REFUSED",
            withdrawn: "CASH_MOVE_WITHDRAWN",
        },
    }
}

/// Moves of cash, as matters for a second person.
pub const DEPOSIT: &decisions::Kind = &matter("CASH_DEPOSIT", "Nộp tiền mặt vào ngân hàng", "Bring cash to the bank");
pub const WITHDRAWAL: &decisions::Kind = &matter("CASH_WITHDRAWAL", "Rút tiền gửi về quỹ", "Fetch cash from the bank");
pub const COUNT: &decisions::Kind = &matter("CASH_COUNT", "Xử lý chênh lệch kiểm quỹ", "Book what a cash count found");

codes! {
    /// How cash moves.
    pub wire enum CashMove {
        /// Nộp tiền mặt vào ngân hàng.
        Deposit = "DEPOSIT",
        /// Rút tiền gửi về quỹ.
        Withdrawal = "WITHDRAWAL",
        /// A count found too little (thiếu quỹ).
        Shortage = "SHORTAGE",
        /// A count found too much (thừa quỹ).
        Surplus = "SURPLUS",
    }
}

impl CashMove {
    fn orders(self) -> &'static CashMoves {
        match self {
            CashMove::Deposit => &DEPOSITS,
            CashMove::Withdrawal => &WITHDRAWALS,
            CashMove::Shortage | CashMove::Surplus => &COUNTS,
        }
    }

    /// What is debited, and what is credited.
    fn accounts(self) -> (Account, Account) {
        match self {
            CashMove::Deposit => (Account::InTransit, Account::CashOnHand),
            CashMove::Withdrawal => (Account::CashOnHand, Account::InTransitOut),
            CashMove::Shortage => (Account::Loss, Account::CashOnHand),
            CashMove::Surplus => (Account::CashOnHand, Account::Loss),
        }
    }

    /// Public, of what a count found.
    fn reason(self) -> Option<&'static str> {
        match self {
            CashMove::Shortage => Some("CASH_SHORTAGE"),
            CashMove::Surplus => Some("CASH_SURPLUS"),
            CashMove::Deposit | CashMove::Withdrawal => None,
        }
    }
}

/// A move of cash as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashMoveIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// How the cash moves.
    pub how: CashMove,
    /// Code of the fund whose cash it is.
    #[schema(example = "GENERAL", max_length = 60)]
    pub fund: String,
    #[schema(minimum = 1, example = 20_000_000)]
    pub amount_vnd: i64,
    /// The day on which it moved, or was counted.
    pub day: NaiveDate,
    /// Public code of an earlier deposit of the same fund whose place this one takes: that one is reversed and this one booked in one
    /// moment, so that only the difference has to be there. For DEPOSIT alone.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub instead_of: Option<String>,
    /// In words, as the voucher says it; never public.
    #[schema(example = "Nộp tiền ủng hộ tuần 48 vào tài khoản", max_length = 200)]
    pub content: String,
    /// SHA-256 of its paper (the bank's slip, the record of the count) that the chapter has uploaded for `MONEY_ORDER`, hexadecimal;
    /// the hash becomes public with the entry. A count needs its record.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A move of cash that is right in itself.
pub struct Move {
    basics: Basics,
    chapter: String,
    how: CashMove,
    fund: String,
    instead_of: Option<String>,
    particulars: Particulars,
    note: Option<Line>,
}

impl CashMoveIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Move, Vec<FieldError>> {
        let mut check = Check::default();
        let basics = model::basics(&mut check, self.id, self.amount_vnd, self.day, self.document.as_deref(), today);
        if self.how.reason().is_some() && self.document.is_none() {
            check.add(order::paper_needed());
        }
        if self.instead_of.is_some() && self.how != CashMove::Deposit {
            check.wrong("/instead_of", "NOT_NEEDED", "Chỉ dùng khi nộp tiền (DEPOSIT).", "For a DEPOSIT alone.");
        }
        let content = model::content(&mut check, "/content", &self.content);
        let note = check.read(note(self.note.as_deref()));
        let (chapter, how, fund, instead_of) = (self.chapter, self.how, self.fund, self.instead_of);
        check.done(basics.zip(content).zip(note).map(|((basics, content), note)| Move {
            basics,
            chapter,
            how,
            fund,
            instead_of: instead_of.map(|code| code.trim().to_owned()),
            particulars: Particulars { payee: None, content },
            note,
        }))
    }
}

/// Moves of cash of one kind.
pub struct CashMoves {
    kind: OrderKind,
    matter: &'static decisions::Kind,
    books: kinds::Kind,
}

/// What is said of cash that is brought to the bank.
pub static DEPOSITS: CashMoves = CashMoves { kind: OrderKind::CashDeposit, matter: DEPOSIT, books: kinds::Kind::CashDeposit };
/// What is said of cash that is fetched from the bank.
pub static WITHDRAWALS: CashMoves =
    CashMoves { kind: OrderKind::CashWithdrawal, matter: WITHDRAWAL, books: kinds::Kind::CashWithdrawal };
/// What is said of what a count found.
pub static COUNTS: CashMoves = CashMoves { kind: OrderKind::CashCount, matter: COUNT, books: kinds::Kind::CashCountDifference };

const ALL: [&CashMoves; 3] = [&DEPOSITS, &WITHDRAWALS, &COUNTS];

impl Orders for CashMoves {
    fn kind(&self) -> OrderKind {
        self.kind
    }

    fn matter(&self) -> &'static decisions::Kind {
        self.matter
    }

    fn feed(&self) -> &'static Feed {
        &feed::CASH_MOVES
    }

    fn books(&self) -> kinds::Kind {
        self.books
    }

    fn takes_place_of(&self, row: &OrderRow) -> Option<Uuid> {
        row.of_entry_id.filter(|_| self.kind == OrderKind::CashDeposit)
    }
}

/// Asks for a move of cash. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Move) -> Result<(MoneyOrderOut, bool), Fault> {
    let place = order::at(v, &ask.chapter)?;
    let Basics { id, amount, day, document } = ask.basics;
    let said = json!([ask.how, ask.fund, amount.get(), day, document, ask.instead_of]);
    let request = Request { id, day, category: None, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    let (debit, credit) = ask.how.accounts();
    order::request(v, ask.how.orders(), &place, &request, |v, _| {
        let fund = order::fund(v, "/fund", &ask.fund)?;
        let of_entry = match &ask.instead_of {
            None => None,
            Some(code) => {
                let entry = replacing::standing(v.conn, ("/instead_of", code), place.1.id, (kinds::Kind::CashDeposit, fund.id))?;
                Some(entry.map_err(|error| Fault::Fields(vec![error]))?)
            }
        };
        Ok(Content {
            fund,
            to_fund: None,
            amount_vnd: amount.get(),
            debit: Some(debit),
            credit: Some(credit),
            category: None,
            of_entry,
            reason: ask.how.reason().map(str::to_owned),
            consent: None,
            document,
            about: ask.instead_of.clone(),
        })
    })
}

/// Of which kind a stored one is.
fn of(v: &mut Visit<'_>, id: Uuid) -> Result<&'static CashMoves, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    ALL.into_iter().find(|moves| moves.kind.name() == row.kind).ok_or(Fault::Unknown)
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<MoneyOrderOut, Fault> {
    let of = of(v, id)?;
    order::decide(v, of, id, verdict)
}

/// One, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<MoneyOrderOut, Fault> {
    let of = of(v, id)?;
    order::show(v, of, id)
}

/// A chapter's moves of cash of all kinds, oldest first.
pub fn list(v: &mut Visit<'_>, here: &Seen<Read>, span: Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<OrderRow>, DbError> {
    store::list(v.conn, here, &ALL.map(|moves| moves.kind), span)
}

/// What is shown of them, in their order.
pub fn listed(v: &mut Visit<'_>, rows: Vec<OrderRow>) -> Result<Vec<MoneyOrderOut>, DbError> {
    let mut shown = Vec::with_capacity(rows.len());
    for moves in ALL {
        let of_kind = rows.iter().filter(|row| row.kind == moves.kind.name()).cloned().collect();
        shown.extend(wire::shown(v.conn, moves, of_kind)?);
    }
    shown.sort_by_key(|order| (order.requested_at, order.id));
    Ok(shown)
}
