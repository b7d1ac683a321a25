//! Money orders as JSON that goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::kind::Orders;
use super::model::{OrderKind, OrderState, Payee};
use super::store::OrderRow;
use crate::basics::hex;
use crate::db::DbError;
use crate::decisions;
use crate::identity::store as identity;
use crate::ledger::entry::NewEntry;
use crate::ledger::model::{Fund, FundId};
use crate::ledger::store as ledger;
use crate::tree::{self, ChapterId, Place};

/// A money order and where it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MoneyOrderOut {
    pub id: Uuid,
    pub kind: OrderKind,
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the fund that it is paid from or comes to.
    #[schema(example = "OPERATING")]
    pub fund: String,
    /// Code of the fund that the money goes to, where it changes its fund.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GENERAL")]
    pub to_fund: Option<String>,
    pub amount_vnd: i64,
    /// The day on which the money moved.
    pub day: NaiveDate,
    /// The account that is debited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "AID_EXPENSE")]
    pub debit: Option<String>,
    /// The account that is credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CASH_ON_HAND")]
    pub credit: Option<String>,
    /// What for, or where from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "FOOD_WATER_MEDICINE")]
    pub category: Option<String>,
    /// Public code of the entry it is about: of a refund, its gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub of: Option<String>,
    /// SHA-256 of the paper in which givers agree that own costs are paid from their gifts, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_cost_consent: Option<String>,
    /// SHA-256 of its paper, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    pub state: OrderState,
    /// User name of whoever asked.
    #[schema(example = "hanh.hamliem")]
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
    /// Code of the chapter whose turn it is, or was.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Public code of its entry, once approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: Option<String>,
    /// Public code of its second entry, where it takes two.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub other_code: Option<String>,
    /// Public code of the entry that reversed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub reversed_by: Option<String>,
    /// Who is paid, or pays; where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<Payee>,
    /// What for, in words; where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mua 500 kg gạo theo hóa đơn số 112")]
    pub content: Option<String>,
    /// What was written for whoever decides; shown to them alone, where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// [`shown`] for one.
pub fn out(conn: &mut PgConnection, of: &dyn Orders, row: OrderRow) -> Result<MoneyOrderOut, DbError> {
    shown(conn, of, vec![row])?.pop().ok_or(DbError::Query(diesel::result::Error::NotFound))
}

/// What is shown of these orders of a kind, in their order, without persons; a fixed number of statements.
pub fn shown(conn: &mut PgConnection, of: &dyn Orders, rows: Vec<OrderRow>) -> Result<Vec<MoneyOrderOut>, DbError> {
    let names = Names::read(conn, of, &rows)?;
    Ok(rows.into_iter().map(|row| show(of, row, &names)).collect())
}

/// What orders name, as it is shown.
#[derive(Debug, Default)]
pub struct Names {
    funds: HashMap<i32, String>,
    /// Public codes of their entries, and of those that reversed them.
    booked: HashMap<Uuid, (String, Option<String>)>,
    about: HashMap<Uuid, String>,
    users: HashMap<Uuid, String>,
    /// Whose turn it is or was, by order.
    approvers: HashMap<Uuid, Uuid>,
    chapters: HashMap<Uuid, String>,
}

impl Names {
    fn read(conn: &mut PgConnection, of: &dyn Orders, rows: &[OrderRow]) -> Result<Self, DbError> {
        let funds: Vec<FundId> = rows.iter().flat_map(|row| [Some(row.fund_id), row.to_fund_id]).flatten().map(FundId).collect();
        let mut names = Names::default();
        names.funds(ledger::funds(conn, &funds)?.into_values());
        let booked = ledger::booked(conn, &rows.iter().flat_map(OrderRow::entries).collect::<Vec<_>>())?;
        names.booked = booked.into_iter().map(|(id, entry)| (id, (entry.code, entry.reversed_by))).collect();
        names.about = ledger::codes(conn, &rows.iter().filter_map(|row| row.of_entry_id).collect::<Vec<_>>())?;
        names.users = identity::user_names(conn, &rows.iter().map(|row| row.requested_by).collect::<Vec<_>>())?;
        names.approvers = decisions::approvers(conn, of.matter(), &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
        let chapters = rows.iter().map(|row| row.chapter_id).chain(names.approvers.values().copied());
        names.chapters = tree::codes(conn, chapters.collect::<Vec<_>>())?;
        Ok(names)
    }

    /// Of one that was just written: all of it is at hand, and nothing is read again. First the chapters on the way to its own.
    pub fn at(here: &Place) -> Self {
        Self { chapters: here.path.iter().map(|step| (step.id.0, step.code.clone())).collect(), ..Self::default() }
    }

    pub fn funds(&mut self, funds: impl Iterator<Item = Fund>) {
        self.funds.extend(funds.map(|fund| (fund.id.0, fund.code)));
    }

    /// What it is booked as, now.
    pub fn entries(&mut self, entries: &[NewEntry]) {
        self.booked.extend(entries.iter().map(|entry| (entry.id, (entry.code.as_str().to_owned(), None))));
    }

    pub fn asked_by(&mut self, account: Uuid, user_name: &str) {
        self.users.insert(account, user_name.to_owned());
    }

    /// The same of an order that somebody else asked for.
    pub fn read_asked_by(&mut self, conn: &mut PgConnection, row: &OrderRow) -> Result<(), DbError> {
        self.users = identity::user_names(conn, &[row.requested_by])?;
        Ok(())
    }

    /// Whose turn it is or was, and the entry it is about, which nearly no order has.
    pub fn decided_at(&mut self, conn: &mut PgConnection, row: &OrderRow, approver: ChapterId) -> Result<(), DbError> {
        self.about = ledger::codes(conn, &row.of_entry_id.into_iter().collect::<Vec<_>>())?;
        self.approvers.insert(row.id, approver.0);
        // Where a chapter on the way has gone up in another one, that one decides.
        let beside: Vec<Uuid> = [row.chapter_id, approver.0].into_iter().filter(|id| !self.chapters.contains_key(id)).collect();
        if !beside.is_empty() {
            self.chapters.extend(tree::codes(conn, beside)?);
        }
        Ok(())
    }
}

/// What is shown of an order, without persons.
pub fn show(of: &dyn Orders, row: OrderRow, names: &Names) -> MoneyOrderOut {
    let chapter = |id: Uuid| names.chapters.get(&id).cloned().unwrap_or_default();
    let booked = |entry: Option<Uuid>| entry.and_then(|id| names.booked.get(&id));
    let code = |entry: Option<Uuid>| booked(entry).map(|(code, _)| code.clone());
    let fund = |id: i32| names.funds.get(&id).cloned();
    MoneyOrderOut {
        id: row.id,
        kind: of.kind(),
        chapter: chapter(row.chapter_id),
        fund: fund(row.fund_id).unwrap_or_default(),
        to_fund: row.to_fund_id.and_then(fund),
        amount_vnd: row.amount_vnd,
        day: row.day,
        of: row.of_entry_id.and_then(|id| names.about.get(&id)).cloned(),
        own_cost_consent: row.consent.as_deref().map(hex),
        document: row.document.as_deref().map(hex),
        state: OrderState::parse(&row.state).unwrap_or(OrderState::Requested),
        requested_by: names.users.get(&row.requested_by).cloned().unwrap_or_default(),
        requested_at: row.requested_at,
        approver_chapter: names.approvers.get(&row.id).map(|id| chapter(*id)).unwrap_or_default(),
        decided_at: row.decided_at,
        code: code(row.entry_id),
        other_code: code(row.other_entry_id),
        reversed_by: booked(row.entry_id).and_then(|(_, reversed_by)| reversed_by.clone()),
        debit: row.debit,
        credit: row.credit,
        category: row.category,
        payee: None,
        content: None,
        note: None,
    }
}
