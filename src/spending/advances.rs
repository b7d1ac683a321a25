//! Advances: money handed to a named person for a task (tạm ứng), to be cleared by a day that a dated rule sets.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::advance_store::{self, AdvanceRow, OpenKey};
use super::categories;
use super::fault::Fault;
use super::feed;
use super::kind::{Orders, stands_on_it};
use super::model::{self, Basics, MoneyBy, OrderKind, Particulars, Payee};
use super::order::{self, Content, Request};
use super::store::OrderRow;
use super::wire::MoneyOrderOut;
use crate::authz::{Read, Seen, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::decisions::{self, Approval};
use crate::house::errand::Errand;
use crate::house::feed::Feed;
use crate::house::undo::CannotUndo;
use crate::http::{Check, FieldError, Span, note};
use crate::ledger::accounts::Account;
use crate::ledger::kinds;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::vault::place;

/// An advance, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "ADVANCE",
    vi: "Tạm ứng",
    en: "Hand out an advance",
    shown_at: "/api/v1/advances/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "ADVANCE_REQUESTED",
        approved: "ADVANCE_APPROVED",
        refused: "ADVANCE_REFUSED",
        withdrawn: "ADVANCE_WITHDRAWN",
    },
};

/// An advance as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the fund that it comes from.
    #[schema(example = "APPEAL:LULUT-2026", max_length = 60)]
    pub fund: String,
    #[schema(minimum = 1, example = 5_000_000)]
    pub amount_vnd: i64,
    /// By what it is handed out.
    pub from: MoneyBy,
    /// Who is handed it; never public.
    pub person: Payee,
    /// The day on which it is handed out; by when it is to be cleared follows from it.
    pub day: NaiveDate,
    /// What for, in words, as the voucher says it; never public.
    #[schema(example = "Tạm ứng mua nhu yếu phẩm, thuê xe đi thôn 5", max_length = 200)]
    pub content: String,
    /// SHA-256 of its paper (giấy đề nghị tạm ứng) that the chapter has uploaded for `MONEY_ORDER`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// An advance that is right in itself.
pub struct Advance {
    basics: Basics,
    chapter: String,
    fund: String,
    from: MoneyBy,
    particulars: Particulars,
    note: Option<Line>,
}

impl AdvanceIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Advance, Vec<FieldError>> {
        let mut check = Check::default();
        let basics = model::basics(&mut check, self.id, self.amount_vnd, self.day, self.document.as_deref(), today);
        let person = self.person.check("/person", &mut check);
        let content = model::content(&mut check, "/content", &self.content);
        let note = check.read(note(self.note.as_deref()));
        let made = basics.zip(person).zip(content).zip(note);
        let (chapter, fund, from) = (self.chapter, self.fund, self.from);
        check.done(made.map(|(((basics, person), content), note)| Advance {
            basics,
            chapter,
            fund,
            from,
            particulars: Particulars { payee: Some(person), content },
            note,
        }))
    }
}

/// See the module.
pub struct Advances;

/// What is said of advances.
pub static ADVANCES: Advances = Advances;

impl Orders for Advances {
    fn kind(&self) -> OrderKind {
        OrderKind::Advance
    }

    fn matter(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn feed(&self) -> &'static Feed {
        &feed::ADVANCES
    }

    fn books(&self) -> kinds::Kind {
        kinds::Kind::Advance
    }

    /// From now on it is open. That it is open no more when it is reversed, the database sees to itself.
    fn booked(&self, v: &mut Visit<'_>, _: &Approval, row: &OrderRow, entries: &[Uuid]) -> Result<(), Fault> {
        let entry = *entries.first().ok_or_else(|| Fault::broken("an advance without an entry"))?;
        let code = ledger::codes(v.conn, &[entry])?.remove(&entry).ok_or_else(|| Fault::broken("an entry without a code"))?;
        let due_on = Some(advance_store::due_on(v.conn, row.day)?);
        let advance = AdvanceRow {
            code,
            entry_id: entry,
            chapter_id: row.chapter_id,
            fund_id: row.fund_id,
            order_id: Some(row.id),
            amount_vnd: row.amount_vnd,
            open_vnd: row.amount_vnd,
            due_on,
        };
        Ok(advance_store::insert(v.conn, &advance)?)
    }

    /// Held: whoever clears it at this moment is before or after.
    fn undo(&self, errand: &mut Errand<'_>, row: &OrderRow) -> Result<(), CannotUndo> {
        let Some(entry) = row.entry_id else { return Ok(()) };
        match advance_store::hold(errand.conn, entry)? {
            Some(advance) if advance.open_vnd < advance.amount_vnd => Err(stands_on_it()),
            _ => Ok(()),
        }
    }
}

/// Asks for an advance. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Advance) -> Result<(AdvanceOut, bool), Fault> {
    let place = order::at(v, &ask.chapter)?;
    let Basics { id, amount, day, document } = ask.basics;
    let said = json!([ask.fund, amount.get(), ask.from, day, document]);
    let request = Request { id, day, category: None, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    let (order, new) = order::request(v, &ADVANCES, &place, &request, |v, _| {
        let fund = order::fund(v, "/fund", &ask.fund)?;
        categories::may_leave(&fund).map_err(|error| Fault::Fields(vec![error]))?;
        Ok(Content {
            fund,
            to_fund: None,
            amount_vnd: amount.get(),
            debit: Some(Account::Advance),
            credit: Some(ask.from.out()),
            category: None,
            of_entry: None,
            reason: None,
            consent: None,
            document,
            about: None,
        })
    })?;
    Ok((one(v, order)?, new))
}

/// An advance, and what is open of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdvanceOut {
    /// What was asked for, and what was decided.
    pub order: MoneyOrderOut,
    /// By when it is to be cleared; once it is approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// What is not cleared yet; once it is approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_vnd: Option<i64>,
}

/// With what is open of it.
pub fn one(v: &mut Visit<'_>, order: MoneyOrderOut) -> Result<AdvanceOut, Fault> {
    shown(v, vec![order])?.pop().ok_or(Fault::Unknown)
}

/// With what is open of each, in their order.
pub fn shown(v: &mut Visit<'_>, orders: Vec<MoneyOrderOut>) -> Result<Vec<AdvanceOut>, DbError> {
    let mut open = advance_store::of_orders(v.conn, &orders.iter().map(|order| order.id).collect::<Vec<_>>())?;
    let with = |order: MoneyOrderOut| {
        let advance = open.remove(&order.id);
        AdvanceOut { due_on: advance.as_ref().and_then(|a| a.due_on), open_vnd: advance.map(|a| a.open_vnd), order }
    };
    Ok(orders.into_iter().map(with).collect())
}

/// An open advance, with who has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenAdvanceOut {
    /// Public code of its entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Its order; absent where it came with an opening balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advance: Option<Uuid>,
    /// Who has it, as long as the name is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Bình")]
    pub person: Option<String>,
    /// Code of the fund that it comes from.
    #[schema(example = "GENERAL")]
    pub fund: String,
    pub amount_vnd: i64,
    /// What is not cleared yet.
    pub open_vnd: i64,
    /// By when it is to be cleared; none for advances of old books.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    pub overdue: bool,
}

/// A chapter's open advances. Reading who has them is noted in the audit trail.
pub fn open(v: &mut Visit<'_>, here: &Seen<Read>, span: Span<OpenKey>) -> Result<Vec<AdvanceRow>, DbError> {
    let rows = advance_store::open(v.conn, here, span)?;
    if !rows.is_empty() {
        v.note_seen(here, "OPEN_ADVANCES_READ", here.chapter().0)?;
    }
    Ok(rows)
}

/// What is shown of them, in their order.
pub fn open_shown(v: &mut Visit<'_>, rows: Vec<AdvanceRow>) -> Result<Vec<OpenAdvanceOut>, Fault> {
    let today = vietnam_date(v.now);
    let funds = ledger::funds(v.conn, &rows.iter().map(|row| FundId(row.fund_id)).collect::<Vec<_>>())?;
    let sealed = advance_store::sealed_of(v.conn, &rows.iter().filter_map(|row| row.order_id).collect::<Vec<_>>())?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let person = match row.order_id.and_then(|id| Some((id, sealed.get(&id)?))) {
            Some((id, sealed)) => {
                let text = v.vault.open_text(place("money_order", "particulars", &id), sealed).map_err(Fault::broken)?;
                let particulars: Particulars = serde_json::from_str(&text).map_err(Fault::broken)?;
                particulars.payee.map(|payee| payee.name)
            }
            None => None,
        };
        shown.push(OpenAdvanceOut {
            person,
            fund: funds.get(&FundId(row.fund_id)).map(|fund| fund.code.clone()).unwrap_or_default(),
            overdue: row.due_on.is_some_and(|due_on| due_on < today),
            code: row.code,
            advance: row.order_id,
            amount_vnd: row.amount_vnd,
            open_vnd: row.open_vnd,
            due_on: row.due_on,
        });
    }
    Ok(shown)
}
