//! Refunds: a gift given back to its giver, whole or in part, from its own fund.
//!
//! Two refunds of a gift, or a refund and the gift's reversal, come one after the other: the database holds the gift's entry
//! (`money_order_refunds`, `entry_without_orders`).

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::feed;
use super::kind::Orders;
use super::model::{self, MoneyBy, OrderKind, Particulars, Payee, wrong};
use super::order::{self, Content, Request};
use super::store;
use super::wire::MoneyOrderOut;
use crate::authz::{Denied, Record, Refusal, Visit};
use crate::basics::{Line, Vnd};
use crate::decisions;
use crate::giving::store::{self as giving, GiftRow, Gifts};
use crate::house::feed::Feed;
use crate::http::{Check, FieldError, note};
use crate::ledger::accounts::Account;
use crate::ledger::kinds::{self, Channel};
use crate::ledger::store as ledger;
use crate::tree::{self, ChapterId};

/// A refund, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "REFUND",
    vi: "Hoàn trả khoản ủng hộ",
    en: "Refund the gift",
    shown_at: "/api/v1/refunds/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "REFUND_REQUESTED",
        approved: "REFUND_APPROVED",
        refused: "REFUND_REFUSED",
        withdrawn: "REFUND_WITHDRAWN",
    },
};

/// A refund as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    /// Id of the gift.
    pub gift: Uuid,
    /// What is given back; all that is left of the gift unless given.
    #[serde(default)]
    #[schema(minimum = 1, example = 500_000)]
    pub amount_vnd: Option<i64>,
    /// Why, in words, as the voucher says it; never public.
    #[schema(example = "Người ủng hộ chuyển nhầm hai lần", max_length = 200)]
    pub content: String,
    /// From what it is paid.
    pub from: MoneyBy,
    /// Who is paid, as on the voucher.
    pub payee: Payee,
    /// The day on which it was paid.
    pub day: NaiveDate,
    /// SHA-256 of its paper (the giver's request, a decision) that the chapter has uploaded for `MONEY_ORDER`, hexadecimal; the hash
    /// becomes public with the entry.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A refund that is right in itself.
pub struct Refund {
    id: Uuid,
    gift: Uuid,
    amount: Option<Vnd>,
    by: MoneyBy,
    day: NaiveDate,
    document: Option<[u8; 32]>,
    particulars: Particulars,
    note: Option<Line>,
}

impl RefundIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Refund, Vec<FieldError>> {
        let mut check = Check::default();
        model::own_id(&mut check, self.id);
        model::not_later(&mut check, self.day, today);
        let amount = match self.amount_vnd {
            None => Some(None),
            Some(amount) => model::amount(&mut check, "/amount_vnd", amount).map(Some),
        };
        let document = model::hash(&mut check, "/document", self.document.as_deref());
        let payee = self.payee.check("/payee", &mut check);
        let content = model::content(&mut check, "/content", &self.content);
        let note = check.read(note(self.note.as_deref()));
        let (id, gift, by, day) = (self.id, self.gift, self.from, self.day);
        let made = amount.zip(document).zip(payee).zip(content).zip(note);
        check.done(made.map(|((((amount, document), payee), content), note)| Refund {
            id,
            gift,
            amount,
            by,
            day,
            document,
            particulars: Particulars { payee: Some(payee), content },
            note,
        }))
    }
}

/// See the module.
pub struct Refunds;

/// What is said of refunds.
pub static REFUNDS: Refunds = Refunds;

impl Orders for Refunds {
    fn kind(&self) -> OrderKind {
        OrderKind::Refund
    }

    fn matter(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn feed(&self) -> &'static Feed {
        &feed::REFUNDS
    }

    fn books(&self) -> kinds::Kind {
        kinds::Kind::Refund
    }

    fn refused(&self, constraint: &str) -> Option<Fault> {
        match constraint {
            "money_order_gift_stands" => Some(reversed()),
            "money_order_refund_within_gift" => Some(Fault::conflict(
                "Khoản ủng hộ này đã được hoàn trả: phần còn lại không đủ.",
                "This gift was refunded meanwhile: not as much of it is left.",
            )),
            _ => None,
        }
    }
}

fn reversed() -> Fault {
    Fault::conflict(
        "Khoản ủng hộ này đã bị hủy: không còn gì để hoàn trả.",
        "This gift was reversed: there is nothing to refund.",
    )
}

fn no_such_gift() -> Fault {
    let error = wrong(
        "/gift",
        "NO_SUCH_GIFT",
        "Không có khoản ủng hộ này trong phạm vi của bạn.",
        "There is no such gift within your reach.",
    );
    Fault::NotThere(error)
}

/// Asks for a refund. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Refund) -> Result<(MoneyOrderOut, bool), Fault> {
    let gift = giving::gifts(v.conn, Gifts::One(ask.gift), 1)?.pop().ok_or_else(no_such_gift)?;
    let chapter = ChapterId(gift.chapter_id);
    let grant = v.at::<Record>(chapter).map_err(|denied| match denied {
        Denied::Refused(Refusal::Unreadable) => no_such_gift(),
        other => other.into(),
    })?;
    let here = tree::place_of(v.conn, chapter)?;
    let said = json!([ask.gift, ask.amount.map(Vnd::get), ask.by, ask.day, ask.document]);
    let request =
        Request { id: ask.id, day: ask.day, category: None, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    order::request(v, &REFUNDS, &(grant, here), &request, |v, _| look(v, ask, &gift))
}

fn look(v: &mut Visit<'_>, ask: &Refund, gift: &GiftRow) -> Result<Content, Fault> {
    if Channel::parse(&gift.channel) == Some(Channel::InKind) {
        return Err(Fault::Fields(vec![wrong(
            "/gift",
            "NOT_FOR_THIS",
            "Hiện vật không hoàn trả bằng tiền.",
            "Goods are not refunded in money.",
        )]));
    }
    let booked =
        ledger::booked(v.conn, &[gift.entry_id])?.remove(&gift.entry_id).ok_or_else(|| Fault::broken("a gift has no entry"))?;
    if booked.reversed_by.is_some() {
        return Err(reversed());
    }
    let left = gift.amount_vnd - store::sum_of(v.conn, OrderKind::Refund, gift.entry_id)?;
    let amount = ask.amount.map_or(left, Vnd::get);
    if amount > left || left == 0 {
        return Err(Fault::Fields(vec![wrong(
            "/amount_vnd",
            "MORE_THAN_OPEN",
            "Nhiều hơn phần chưa hoàn trả của khoản ủng hộ này.",
            "More than is left of this gift.",
        )]));
    }
    let fund = order::fund(v, "/gift", &booked.fund)?;
    Ok(Content {
        fund,
        to_fund: None,
        amount_vnd: amount,
        debit: Some(Account::Refunded),
        credit: Some(ask.by.out()),
        category: None,
        of_entry: Some(gift.entry_id),
        reason: None,
        consent: None,
        document: ask.document,
        about: Some(booked.code),
    })
}
