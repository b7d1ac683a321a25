//! Opening balances as JSON that goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::store::{self, LineRow, OpeningRow, ReversalRow};
use crate::basics::hex;
use crate::db::DbError;
use crate::ledger::model::{Fund, FundId};
use crate::ledger::public;
use crate::ledger::store as ledger;
use crate::tree;

/// An opening balance and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    pub as_of: NaiveDate,
    #[schema(example = "02/BB-HCTĐ")]
    pub document_no: String,
    /// SHA-256, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// `REQUESTED`, `APPROVED`, `REFUSED` or `REVERSED`.
    #[schema(example = "REQUESTED")]
    pub state: String,
    pub requested_at: DateTime<Utc>,
    /// Code of the nearest chapter with a second person who can decide.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// What was written for whoever decides; shown to them alone, where one opening balance is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub lines: Vec<OpeningLineOut>,
    /// The booked entries, one a fund, once approved.
    pub entries: Vec<EntryOfFund>,
    /// The newest request to reverse it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversal: Option<OpeningReversalOut>,
}

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningLineOut {
    #[schema(example = "GENERAL")]
    pub fund: String,
    #[schema(example = "CASH_ON_HAND")]
    pub account: String,
    pub amount_vnd: i64,
}

/// The entry of one fund.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryOfFund {
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Public code.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Public code of the entry that reversed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
}

/// A request to reverse an opening balance.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningReversalOut {
    pub id: Uuid,
    #[schema(example = "WRONG_AMOUNT")]
    pub reason: String,
    /// `REQUESTED`, `APPROVED` or `REFUSED`.
    #[schema(example = "REQUESTED")]
    pub state: String,
    pub requested_at: DateTime<Utc>,
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// What was written for whoever decides; shown to them alone, where one opening balance is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is shown of these opening balances, in their order.
pub(super) fn shown(conn: &mut PgConnection, rows: Vec<OpeningRow>) -> Result<Vec<OpeningOut>, DbError> {
    let around = Around::read(conn, &rows)?;
    Ok(rows.into_iter().map(|row| around.show(row)).collect())
}

/// [`shown`] for one.
pub(super) fn out(conn: &mut PgConnection, row: OpeningRow) -> Result<OpeningOut, Fault> {
    shown(conn, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// What stands around opening balances, read for all of them at once.
struct Around {
    lines: HashMap<Uuid, Vec<LineRow>>,
    funds: HashMap<FundId, Fund>,
    entries: HashMap<Uuid, Vec<(i32, Uuid)>>,
    /// Public codes by entry.
    codes: HashMap<Uuid, String>,
    /// By public code of what was reversed.
    reversed_by: HashMap<String, String>,
    asked: HashMap<Uuid, ReversalRow>,
    chapters: HashMap<Uuid, String>,
}

impl Around {
    fn read(conn: &mut PgConnection, rows: &[OpeningRow]) -> Result<Self, DbError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let (lines, entries) = (store::lines_of(conn, &ids)?, store::entries_of(conn, &ids)?);
        let funds = ledger::funds(conn, &lines.values().flatten().map(|line| FundId(line.fund_id)).collect::<Vec<_>>())?;
        let booked = ledger::booked(conn, &entries.values().flatten().map(|(_, entry)| *entry).collect::<Vec<_>>())?;
        let codes: HashMap<Uuid, String> = booked.into_iter().map(|(id, entry)| (id, entry.code)).collect();
        let reversed_by = public::reversals_of(conn, &codes.values().map(String::as_str).collect::<Vec<_>>())?;
        let asked = store::reversals_of(conn, &ids)?;
        let of_rows = rows.iter().flat_map(|row| [row.chapter_id, row.approver_chapter_id]);
        let chapters = tree::codes(conn, of_rows.chain(asked.values().map(|row| row.approver_chapter_id)))?;
        Ok(Self { lines, funds, entries, codes, reversed_by, asked, chapters })
    }

    fn fund(&self, id: i32) -> String {
        self.funds.get(&FundId(id)).map(|fund| fund.code.clone()).unwrap_or_default()
    }

    fn chapter(&self, id: Uuid) -> String {
        self.chapters.get(&id).cloned().unwrap_or_default()
    }

    fn show(&self, row: OpeningRow) -> OpeningOut {
        let lines = self.lines.get(&row.id).into_iter().flatten();
        let entries = self.entries.get(&row.id).into_iter().flatten();
        OpeningOut {
            id: row.id,
            chapter: self.chapter(row.chapter_id),
            as_of: row.as_of,
            document_no: row.document_no,
            document: row.document.as_deref().map(hex),
            state: row.state,
            requested_at: row.requested_at,
            approver_chapter: self.chapter(row.approver_chapter_id),
            decided_at: row.decided_at,
            note: None,
            lines: lines
                .map(|line| OpeningLineOut {
                    fund: self.fund(line.fund_id),
                    account: line.account.clone(),
                    amount_vnd: line.amount_vnd,
                })
                .collect(),
            entries: entries
                .filter_map(|(fund, entry)| {
                    let code = self.codes.get(entry)?.clone();
                    Some(EntryOfFund { fund: self.fund(*fund), reversed_by: self.reversed_by.get(&code).cloned(), code })
                })
                .collect(),
            reversal: self.asked.get(&row.id).map(|asked| OpeningReversalOut {
                id: asked.id,
                reason: asked.reason.clone(),
                state: asked.state.clone(),
                requested_at: asked.requested_at,
                approver_chapter: self.chapter(asked.approver_chapter_id),
                decided_at: asked.decided_at,
                note: None,
            }),
        }
    }
}
