//! Payments: what is spent on aid or on running the chapter, and what is owed for goods and work that came before (mua chịu).

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::categories::{self, Side};
use super::fault::Fault;
use super::kind::Orders;
use super::model::{self, Basics, OrderKind, PaidFrom, Particulars, Payee, wrong};
use super::order::{self, Content, Request};
use super::own_costs;
use super::store::{Known, OrderRow};
use super::wire::MoneyOrderOut;
use super::{debts, feed};
use crate::authz::Visit;
use crate::basics::Line;
use crate::decisions::{self, Approval};
use crate::house::errand::Errand;
use crate::house::feed::Feed;
use crate::house::undo::CannotUndo;
use crate::http::{Check, FieldError, note};
use crate::ledger::accounts::Account;
use crate::ledger::held;
use crate::ledger::kinds;
use crate::ledger::model::{Fund, FundId};
use crate::tree::ChapterId;

/// What is paid for.
const SIDES: &[Side] = &[Side::Aid, Side::Operating];

/// A payment, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "PAYMENT",
    vi: "Chi tiền",
    en: "Make a payment",
    shown_at: "/api/v1/payments/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "PAYMENT_REQUESTED",
        approved: "PAYMENT_APPROVED",
        refused: "PAYMENT_REFUSED",
        withdrawn: "PAYMENT_WITHDRAWN",
    },
};

/// A payment as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the fund that pays: `OPERATING` for own costs, `APPEAL:LULUT-2026` or `GENERAL` for aid.
    #[schema(example = "APPEAL:LULUT-2026", max_length = 60)]
    pub fund: String,
    #[schema(minimum = 1, example = 9_250_000)]
    pub amount_vnd: i64,
    /// What for, of the list of the day (`GET /spending-categories`). Not of a debt: what it was for was said when it came about.
    #[serde(default)]
    #[schema(example = "FOOD_WATER_MEDICINE", max_length = 40)]
    pub category: Option<String>,
    /// It pays what the fund owes (mua chịu) and spends nothing anew.
    #[serde(default)]
    pub pays_debt: bool,
    /// From what it is paid.
    pub from: PaidFrom,
    /// Who is paid; never public.
    pub payee: Payee,
    /// The day on which it was paid, or came to be owed.
    pub day: NaiveDate,
    /// What for, in words, as the voucher says it; never public.
    #[schema(example = "Mua 500 kg gạo theo hóa đơn số 112", max_length = 200)]
    pub content: String,
    /// SHA-256 of its paper (invoice, decision) that the chapter has uploaded for `MONEY_ORDER`, hexadecimal; the hash becomes
    /// public with the entry.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// SHA-256 of the paper in which the givers agree that own costs are paid from their gifts; uploaded in the same way.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub own_cost_consent: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A payment that is right in itself.
pub struct Payment {
    basics: Basics,
    chapter: String,
    fund: String,
    /// `None`: it pays a debt.
    category: Option<String>,
    from: PaidFrom,
    particulars: Particulars,
    consent: Option<[u8; 32]>,
    note: Option<Line>,
}

impl PaymentIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Payment, Vec<FieldError>> {
        let mut check = Check::default();
        let basics = model::basics(&mut check, self.id, self.amount_vnd, self.day, self.document.as_deref(), today);
        match (&self.category, self.pays_debt) {
            (None, false) => {
                check.wrong("/category", "REQUIRED", "Cần mục chi của danh sách.", "It takes a category of the list.")
            }
            (Some(_), true) => check.wrong(
                "/category",
                "NOT_NEEDED",
                "Trả nợ không ghi mục chi: mục chi đã ghi khi mua chịu.",
                "Paying a debt has no category: that was said when it came about.",
            ),
            _ => {}
        }
        if self.pays_debt && self.from == PaidFrom::Payable {
            check.wrong("/from", "NOT_A_CHOICE", "Trả nợ bằng tiền mặt hoặc chuyển khoản.", "A debt is paid in cash or by bank.");
        }
        let payee = self.payee.check("/payee", &mut check);
        let content = model::content(&mut check, "/content", &self.content);
        let consent = model::hash(&mut check, "/own_cost_consent", self.own_cost_consent.as_deref());
        let note = check.read(note(self.note.as_deref()));
        let made = basics.zip(payee).zip(content).zip(consent).zip(note);
        let (chapter, fund, category, from) = (self.chapter, self.fund, self.category, self.from);
        check.done(made.map(|((((basics, payee), content), consent), note)| Payment {
            basics,
            chapter,
            fund,
            category,
            from,
            particulars: Particulars { payee: Some(payee), content },
            consent,
            note,
        }))
    }
}

/// See the module.
pub struct Payments;

/// What is said of payments.
pub static PAYMENTS: Payments = Payments;

impl Orders for Payments {
    fn kind(&self) -> OrderKind {
        OrderKind::Payment
    }

    fn matter(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn feed(&self) -> &'static Feed {
        &feed::PAYMENTS
    }

    fn books(&self) -> kinds::Kind {
        kinds::Kind::Payment
    }

    /// Own costs from gifts are shown. No debt is paid that is not owed: the balance is held by what was just booked.
    fn booked(&self, v: &mut Visit<'_>, _: &Approval, row: &OrderRow, entries: &[Uuid]) -> Result<(), Fault> {
        if let Some(consent) = &row.consent {
            own_costs::say(v.conn, entries, consent)?;
        }
        let pays_debt = row.debited() == Some(Account::Payable);
        if pays_debt && held::now(v.conn, row.chapter(), FundId(row.fund_id), Account::Payable)? > 0 {
            return Err(Fault::conflict(
                "Quỹ này không còn nợ nhiều như vậy: khoản nợ đã được trả.",
                "The fund does not owe that much any more: the debt was paid.",
            ));
        }
        Ok(())
    }

    /// What was bought on credit stands as long as it is paid for.
    fn undo(&self, errand: &mut Errand<'_>, row: &OrderRow) -> Result<(), CannotUndo> {
        debts::require_owed(errand.conn, row)
    }
}

/// Asks for a payment. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Payment) -> Result<(MoneyOrderOut, bool), Fault> {
    let place = order::at(v, &ask.chapter)?;
    let Basics { id, amount, day, document } = ask.basics;
    let said = json!([ask.fund, amount.get(), ask.category, ask.from, day, document, ask.consent]);
    let category = ask.category.as_deref().map(|code| (code, SIDES));
    let request = Request { id, day, category, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    let here = place.1.id;
    order::request(v, &PAYMENTS, &place, &request, |v, known| look(v, known, here, ask))
}

fn look(v: &mut Visit<'_>, known: &Known, here: ChapterId, ask: &Payment) -> Result<Content, Fault> {
    let fund = order::fund(v, "/fund", &ask.fund)?;
    let debit = match &ask.category {
        Some(_) => spent(&fund, known, ask)?,
        None => owed(v, here, &fund, ask)?,
    };
    Ok(Content {
        fund,
        to_fund: None,
        amount_vnd: ask.basics.amount.get(),
        debit: Some(debit),
        credit: Some(ask.from.account()),
        category: ask.category.clone(),
        of_entry: None,
        reason: None,
        consent: ask.consent,
        document: ask.basics.document,
        about: None,
    })
}

/// What it is spent on, if the fund may pay for that.
fn spent(fund: &Fund, known: &Known, ask: &Payment) -> Result<Account, Fault> {
    let category = known.category.ok_or_else(|| Fault::Fields(vec![categories::no_such("/category")]))?;
    let mut errors: Vec<FieldError> = categories::may_pay(fund, &category, ask.consent.is_some()).err().into_iter().collect();
    if category.needs_document && ask.basics.document.is_none() {
        errors.push(order::paper_needed());
    }
    if errors.is_empty() { Ok(category.expense()) } else { Err(Fault::Fields(errors)) }
}

/// The debt of the fund, if there is as much.
fn owed(v: &mut Visit<'_>, here: ChapterId, fund: &Fund, ask: &Payment) -> Result<Account, Fault> {
    categories::may_leave(fund).map_err(|error| Fault::Fields(vec![error]))?;
    if ask.consent.is_some() {
        return Err(Fault::Fields(vec![wrong(
            "/own_cost_consent",
            "NOT_NEEDED",
            "Trả nợ không cần văn bản đồng ý: đã ghi khi mua chịu.",
            "Paying a debt needs no consent: it was named when it came about.",
        )]));
    }
    if -held::now(v.conn, here, fund.id, Account::Payable)? < ask.basics.amount.get() {
        return Err(Fault::Fields(vec![wrong(
            "/amount_vnd",
            "MORE_THAN_OPEN",
            "Quỹ này của đơn vị không nợ nhiều như vậy.",
            "The chapter's fund does not owe that much.",
        )]));
    }
    Ok(Account::Payable)
}
