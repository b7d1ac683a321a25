//! Income that is no gift: grants from the budget, services, other. It fills the fund OPERATING, from which own costs are paid.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::categories::{self, Side};
use super::fault::Fault;
use super::feed;
use super::kind::Orders;
use super::model::{self, Basics, MoneyBy, OrderKind, Particulars, Payee, wrong};
use super::order::{self, Content, Request};
use super::store::Known;
use super::wire::MoneyOrderOut;
use crate::authz::Visit;
use crate::basics::Line;
use crate::decisions;
use crate::house::feed::Feed;
use crate::http::{Check, FieldError, note};
use crate::ledger::accounts::Account;
use crate::ledger::kinds;
use crate::ledger::model::Restriction;

/// The fund that income fills unless said otherwise.
const OPERATING: &str = "OPERATING";

/// Where it comes from.
const SIDES: &[Side] = &[Side::Income];

/// Income, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "INCOME",
    vi: "Ghi thu khác",
    en: "Record other income",
    shown_at: "/api/v1/incomes/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "INCOME_REQUESTED",
        approved: "INCOME_APPROVED",
        refused: "INCOME_REFUSED",
        withdrawn: "INCOME_WITHDRAWN",
    },
};

/// Income as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncomeIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the fund it comes to; `OPERATING` unless given.
    #[serde(default)]
    #[schema(example = "OPERATING", max_length = 60)]
    pub fund: Option<String>,
    #[schema(minimum = 1, example = 20_000_000)]
    pub amount_vnd: i64,
    /// Where from, of the list of the day (`GET /income-categories`).
    #[schema(example = "STATE_BUDGET", max_length = 40)]
    pub category: String,
    /// By what it came.
    pub account: MoneyBy,
    /// The day on which it came.
    pub day: NaiveDate,
    /// Who paid; never public.
    pub payer: Payee,
    /// What it is for, in words, as the voucher says it; never public.
    #[schema(example = "Kinh phí hỗ trợ hoạt động quý IV/2026", max_length = 200)]
    pub content: String,
    /// SHA-256 of its paper (decision, contract) that the chapter has uploaded for `MONEY_ORDER`, hexadecimal; the hash becomes
    /// public with the entry.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Income that is right in itself.
pub struct Income {
    basics: Basics,
    chapter: String,
    fund: String,
    category: String,
    by: MoneyBy,
    particulars: Particulars,
    note: Option<Line>,
}

impl IncomeIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Income, Vec<FieldError>> {
        let mut check = Check::default();
        let basics = model::basics(&mut check, self.id, self.amount_vnd, self.day, self.document.as_deref(), today);
        let payer = self.payer.check("/payer", &mut check);
        let content = model::content(&mut check, "/content", &self.content);
        let note = check.read(note(self.note.as_deref()));
        let (chapter, category, by) = (self.chapter, self.category, self.account);
        let fund = self.fund.unwrap_or_else(|| OPERATING.to_owned());
        check.done(basics.zip(payer).zip(content).zip(note).map(|(((basics, payer), content), note)| Income {
            basics,
            chapter,
            fund,
            category,
            by,
            particulars: Particulars { payee: Some(payer), content },
            note,
        }))
    }
}

/// See the module.
pub struct Incomes;

/// What is said of income.
pub static INCOMES: Incomes = Incomes;

impl Orders for Incomes {
    fn kind(&self) -> OrderKind {
        OrderKind::Income
    }

    fn matter(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn feed(&self) -> &'static Feed {
        &feed::INCOMES
    }

    fn books(&self) -> kinds::Kind {
        kinds::Kind::Income
    }
}

/// Asks for income to be recorded. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Income) -> Result<(MoneyOrderOut, bool), Fault> {
    let place = order::at(v, &ask.chapter)?;
    let Basics { id, amount, day, document } = ask.basics;
    let said = json!([ask.fund, amount.get(), ask.category, ask.by, day, document]);
    let category = Some((ask.category.as_str(), SIDES));
    let request = Request { id, day, category, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    order::request(v, &INCOMES, &place, &request, |v, known| look(v, known, ask))
}

fn look(v: &mut Visit<'_>, known: &Known, ask: &Income) -> Result<Content, Fault> {
    let fund = order::fund(v, "/fund", &ask.fund)?;
    let mut errors = Vec::new();
    if fund.restriction == Restriction::Quarantine {
        errors.push(wrong(
            "/fund",
            "QUARANTINED",
            "Quỹ giữ riêng chỉ nhận tiền ủng hộ đến muộn.",
            "What is kept apart until decided takes late gifts alone.",
        ));
    }
    match known.category {
        None => errors.push(categories::no_such("/category")),
        Some(category) if category.needs_document && ask.basics.document.is_none() => errors.push(order::paper_needed()),
        Some(_) => {}
    }
    if !errors.is_empty() {
        return Err(Fault::Fields(errors));
    }
    Ok(Content {
        fund,
        to_fund: None,
        amount_vnd: ask.basics.amount.get(),
        debit: Some(ask.by.into()),
        credit: Some(Account::OtherIncome),
        category: Some(ask.category.clone()),
        of_entry: None,
        reason: None,
        consent: None,
        document: ask.basics.document,
        about: None,
    })
}
