//! Clearings of advances: what the money was spent on, line by line, and what came back. In parts, never more than is open.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::advance_store::{self, AdvanceRow, LineRow};
use super::categories::{self, Side};
use super::fault::{Fault, Undrawn};
use super::feed;
use super::kind::{Booking, Orders, detail};
use super::model::{self, Basics, MoneyBy, OrderKind, Particulars, wrong};
use super::open_advances;
use super::order::{self, Content, Request};
use super::own_costs;
use super::store::OrderRow;
use super::wire::MoneyOrderOut;
use crate::authz::{Record, Visit};
use crate::basics::{Line, PublicCode, Vnd};
use crate::db::DbError;
use crate::decisions::{self, Approval};
use crate::house::errand::Errand;
use crate::house::feed::Feed;
use crate::house::undo::CannotUndo;
use crate::http::{Check, FieldError, note};
use crate::ledger::accounts::Account;
use crate::ledger::entry::{Detail, NewEntry};
use crate::ledger::kinds;
use crate::ledger::model::{Balanced, Fund, FundId, Posting};
use crate::ledger::store as ledger;
use crate::tree::{self, ChapterId};

/// Most lines of one clearing.
const MOST_LINES: usize = 20;

/// A clearing, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "ADVANCE_CLEARING",
    vi: "Thanh toán tạm ứng",
    en: "Clear an advance",
    shown_at: "/api/v1/advance-clearings/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "ADVANCE_CLEARING_REQUESTED",
        approved: "ADVANCE_CLEARING_APPROVED",
        refused: "ADVANCE_CLEARING_REFUSED",
        withdrawn: "ADVANCE_CLEARING_WITHDRAWN",
    },
};

/// What part of an advance was spent on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearingLineIn {
    /// Of the list of the day (`GET /spending-categories`).
    #[schema(example = "FOOD_WATER_MEDICINE", max_length = 40)]
    pub category: String,
    #[schema(minimum = 1, example = 3_200_000)]
    pub amount_vnd: i64,
}

/// A clearing as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceClearingIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    /// What was spent, each category once.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub lines: Vec<ClearingLineIn>,
    /// What was not spent and is given back.
    #[serde(default)]
    #[schema(minimum = 1, example = 300_000)]
    pub returned_vnd: Option<i64>,
    /// By what it came back: in cash unless given.
    #[serde(default)]
    pub returned_by: Option<MoneyBy>,
    /// The day of the clearing.
    pub day: NaiveDate,
    /// In words, as the voucher says it; never public.
    #[schema(example = "Thanh toán tạm ứng đợt trao quà thôn 5", max_length = 200)]
    pub content: String,
    /// SHA-256 of its paper (invoices, giấy thanh toán tạm ứng) that the chapter has uploaded for `MONEY_ORDER`, hexadecimal; the
    /// hash becomes public with the entries.
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

/// A clearing that is right in itself.
pub struct Clearing {
    basics: Basics,
    lines: Vec<(String, Vnd)>,
    returned: Option<(Vnd, MoneyBy)>,
    particulars: Particulars,
    consent: Option<[u8; 32]>,
    note: Option<Line>,
}

impl AdvanceClearingIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Clearing, Vec<FieldError>> {
        let mut check = Check::default();
        let lines = check_lines(&mut check, &self.lines);
        let returned = match self.returned_vnd {
            Some(vnd) => {
                model::amount(&mut check, "/returned_vnd", vnd).map(|vnd| (vnd, self.returned_by.unwrap_or(MoneyBy::Cash)))
            }
            None => None,
        };
        if self.lines.is_empty() && self.returned_vnd.is_none() {
            check.wrong("/lines", "MISSING", "Cần khoản đã chi hoặc tiền nộp lại.", "It takes something spent or given back.");
        }
        let total: i64 =
            lines.iter().map(|(_, vnd)| vnd.get()).chain(returned.map(|(vnd, _)| vnd.get())).fold(0, i64::saturating_add);
        // What is wrong with the parts was said; of nothing at all there is no sum.
        let total = if check.is_clean() { total } else { total.max(1) };
        let basics = model::basics(&mut check, self.id, total, self.day, self.document.as_deref(), today);
        let content = model::content(&mut check, "/content", &self.content);
        let consent = model::hash(&mut check, "/own_cost_consent", self.own_cost_consent.as_deref());
        let note = check.read(note(self.note.as_deref()));
        let made = basics.zip(content).zip(consent).zip(note);
        check.done(made.map(|(((basics, content), consent), note)| Clearing {
            basics,
            lines,
            returned,
            particulars: Particulars { payee: None, content },
            consent,
            note,
        }))
    }
}

fn check_lines(check: &mut Check, lines: &[ClearingLineIn]) -> Vec<(String, Vnd)> {
    if lines.len() > MOST_LINES {
        check.wrong("/lines", "OUT_OF_RANGE", "Tối đa 20 dòng.", "At most 20 lines.");
        return Vec::new();
    }
    let mut read: Vec<(String, Vnd)> = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        if read.iter().any(|(category, _)| *category == line.category) {
            check.wrong(
                format!("/lines/{n}/category"),
                "TWICE",
                "Mục chi này đã có ở dòng trên: hãy cộng lại.",
                "This category is on a line above: add them up.",
            );
        }
        if let Some(amount) = model::amount(check, &format!("/lines/{n}/amount_vnd"), line.amount_vnd) {
            read.push((line.category.clone(), amount));
        }
    }
    read
}

/// See the module.
pub struct Clearings;

/// What is said of clearings.
pub static CLEARINGS: Clearings = Clearings;

impl Orders for Clearings {
    fn kind(&self) -> OrderKind {
        OrderKind::AdvanceClearing
    }

    fn matter(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn feed(&self) -> &'static Feed {
        &feed::ADVANCE_CLEARINGS
    }

    fn books(&self) -> kinds::Kind {
        kinds::Kind::AdvanceClearing
    }

    /// One entry a category; what came back stands in the first.
    fn balanced(&self, conn: &mut PgConnection, row: &OrderRow) -> Result<Vec<Balanced>, Undrawn> {
        let lines = lines(conn, row)?;
        let fund = FundId(row.fund_id);
        let (spent, returned): (Vec<&LineRow>, Vec<&LineRow>) = lines.iter().partition(|line| line.category.is_some());
        let parts: Vec<Vec<&LineRow>> = match spent.split_first() {
            None => vec![returned],
            Some((first, rest)) => {
                let first = [*first].into_iter().chain(returned).collect();
                [first].into_iter().chain(rest.iter().map(|line| vec![*line])).collect()
            }
        };
        let mut entries = Vec::new();
        for part in parts {
            let mut postings = Vec::new();
            for line in &part {
                let account = line.to().ok_or_else(|| Undrawn::broken("a clearing names an account that is none"))?;
                postings.push(Posting { account, fund, amount: line.amount_vnd });
            }
            let total: i64 = part.iter().map(|line| line.amount_vnd).sum();
            postings.push(Posting { account: Account::Advance, fund, amount: -total });
            entries.push(Balanced::new(self.books(), postings).map_err(Undrawn::broken)?);
        }
        Ok(entries)
    }

    fn details(&self, conn: &mut PgConnection, row: &OrderRow) -> Result<Vec<Detail>, Undrawn> {
        let of = detail(conn, self.books(), row)?;
        let lines = lines(conn, row)?;
        let categories: Vec<&str> = lines.iter().filter_map(|line| line.category.as_deref()).collect();
        Ok(match categories.is_empty() {
            true => vec![of],
            false => categories.into_iter().map(|c| Detail { category: Some(c.to_owned()), ..of.clone() }).collect(),
        })
    }

    /// What is open is looked at again, and held: two clearings of one advance come one after the other.
    fn entries(&self, v: &mut Visit<'_>, of: &Booking<'_>) -> Result<Vec<NewEntry>, Fault> {
        let entry = of.row.of_entry_id.ok_or_else(|| Fault::broken("a clearing of no advance"))?;
        open_advances::hold(v, entry, of.row.amount_vnd)?;
        self.drawn(v, of)
    }

    /// Own costs from gifts are shown; less is open from now on.
    fn booked(&self, v: &mut Visit<'_>, _: &Approval, row: &OrderRow, entries: &[Uuid]) -> Result<(), Fault> {
        if let Some(consent) = &row.consent {
            let spent = lines(v.conn, row)?;
            let spent = spent.iter().filter(|line| line.category.is_some()).zip(entries);
            let own = spent.filter(|(line, _)| line.to() == Some(Account::OperatingExpense));
            own_costs::say(v.conn, &own.map(|(_, entry)| *entry).collect::<Vec<_>>(), consent)?;
        }
        let entry = row.of_entry_id.ok_or_else(|| Fault::broken("a clearing of no advance"))?;
        Ok(advance_store::clear(v.conn, entry, row.amount_vnd)?)
    }

    fn undo(&self, errand: &mut Errand<'_>, row: &OrderRow) -> Result<(), CannotUndo> {
        let Some(entry) = row.of_entry_id else { return Ok(()) };
        advance_store::hold(errand.conn, entry)?;
        Ok(advance_store::clear(errand.conn, entry, -row.amount_vnd)?)
    }
}

fn lines(conn: &mut PgConnection, row: &OrderRow) -> Result<Vec<LineRow>, DbError> {
    Ok(advance_store::lines_of(conn, &[row.id])?.remove(&row.id).unwrap_or_default())
}

/// The advance that an address names: by its order, or by the public code of an entry.
fn advance(v: &mut Visit<'_>, named: &str) -> Result<AdvanceRow, Fault> {
    if let Ok(order) = Uuid::parse_str(named) {
        return advance_store::of_orders(v.conn, &[order])?.remove(&order).ok_or(Fault::Unknown);
    }
    let code = PublicCode::parse(named).map_err(|_| Fault::Unknown)?;
    open_advances::of_code(v.conn, &code)?.ok_or(Fault::Unknown)
}

/// Asks for the clearing of an advance. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, named: &str, ask: &Clearing) -> Result<(AdvanceClearingOut, bool), Fault> {
    let advance = advance(v, named)?;
    let chapter = ChapterId(advance.chapter_id);
    let place = (v.at::<Record>(chapter)?, tree::place_of(v.conn, chapter)?);
    let advance = open_advances::known(v.conn, advance)?.ok_or(Fault::Unknown)?;
    let Basics { id, amount, day, document } = ask.basics;
    let spent: Vec<(&str, i64)> = ask.lines.iter().map(|(category, vnd)| (category.as_str(), vnd.get())).collect();
    let returned = ask.returned.map(|(vnd, by)| (vnd.get(), by));
    let said = json!([advance.code, spent, returned, amount.get(), day, document, ask.consent]);
    let request = Request { id, day, category: None, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    let mut rows = Vec::new();
    let (order, new) = order::request(v, &CLEARINGS, &place, &request, |v, _| {
        let fund = ledger::funds(v.conn, &[FundId(advance.fund_id)])?.remove(&FundId(advance.fund_id));
        let fund = fund.ok_or_else(|| Fault::broken("an advance from no fund"))?;
        rows = looked(v, &advance, &fund, ask)?;
        Ok(Content {
            fund,
            to_fund: None,
            amount_vnd: amount.get(),
            debit: None,
            credit: Some(Account::Advance),
            category: None,
            of_entry: Some(advance.entry_id),
            reason: None,
            consent: ask.consent,
            document,
            about: Some(advance.code.clone()),
        })
    })?;
    if new {
        advance_store::insert_lines(v.conn, &rows)?;
    }
    Ok((one(v, order)?, new))
}

/// The lines as they are stored, if the fund may pay for them and there is as much open.
fn looked(v: &mut Visit<'_>, advance: &AdvanceRow, fund: &Fund, ask: &Clearing) -> Result<Vec<LineRow>, Fault> {
    let day = ask.basics.day;
    let (mut rows, mut errors, mut needs_consent) = (Vec::new(), Vec::new(), false);
    let mut line = |account: Account, category: Option<&str>, vnd: Vnd| {
        rows.push(LineRow {
            order_id: ask.basics.id,
            n: i16::try_from(rows.len() + 1).unwrap_or(i16::MAX),
            account: account.name().to_owned(),
            category: category.map(str::to_owned),
            amount_vnd: vnd.get(),
        });
    };
    for (n, (code, vnd)) in ask.lines.iter().enumerate() {
        let found: Result<Result<_, _>, DbError> =
            categories::find(v.conn, &format!("/lines/{n}/category"), code, day, &[Side::Aid, Side::Operating]);
        match found? {
            Ok(category) => {
                let own_cost = category.needs_consent;
                needs_consent |= own_cost;
                let refused = categories::may_pay(fund, &category, ask.consent.is_some() && own_cost).err();
                // The fund is that of the advance: what does not fit is the line.
                errors.extend(refused.map(|error| FieldError { pointer: format!("/lines/{n}/category"), ..error }));
                if category.needs_document && ask.basics.document.is_none() {
                    errors.push(order::paper_needed());
                }
                line(category.expense(), Some(code), *vnd);
            }
            Err(error) => errors.push(error),
        }
    }
    if ask.consent.is_some() && !needs_consent {
        errors.push(wrong(
            "/own_cost_consent",
            "NOT_NEEDED",
            "Không có chi phí của đơn vị: bỏ own_cost_consent.",
            "There are no own costs: leave own_cost_consent out.",
        ));
    }
    if let Some((vnd, by)) = ask.returned {
        line(by.into(), None, vnd);
    }
    if advance.open_vnd < ask.basics.amount.get() {
        errors.push(wrong(
            if ask.lines.is_empty() { "/returned_vnd" } else { "/lines" },
            "MORE_THAN_OPEN",
            "Nhiều hơn phần tạm ứng chưa thanh toán.",
            "More than is open of the advance.",
        ));
    }
    if errors.is_empty() { Ok(rows) } else { Err(Fault::Fields(errors)) }
}

/// A clearing, with its lines.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdvanceClearingOut {
    /// What was asked for, and what was decided.
    pub order: MoneyOrderOut,
    pub lines: Vec<ClearingLineOut>,
}

/// What part of an advance became.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClearingLineOut {
    /// What it was spent on; absent for what came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "FOOD_WATER_MEDICINE")]
    pub category: Option<String>,
    /// The account that is debited.
    #[schema(example = "AID_EXPENSE")]
    pub account: String,
    pub amount_vnd: i64,
}

/// With its lines.
pub fn one(v: &mut Visit<'_>, order: MoneyOrderOut) -> Result<AdvanceClearingOut, Fault> {
    shown(v, vec![order])?.pop().ok_or(Fault::Unknown)
}

/// With the lines of each, in their order.
pub fn shown(v: &mut Visit<'_>, orders: Vec<MoneyOrderOut>) -> Result<Vec<AdvanceClearingOut>, DbError> {
    let mut lines = advance_store::lines_of(v.conn, &orders.iter().map(|order| order.id).collect::<Vec<_>>())?;
    let line = |row: LineRow| ClearingLineOut { category: row.category, account: row.account, amount_vnd: row.amount_vnd };
    let with = |order: MoneyOrderOut| AdvanceClearingOut {
        lines: lines.remove(&order.id).unwrap_or_default().into_iter().map(line).collect(),
        order,
    };
    Ok(orders.into_iter().map(with).collect())
}
