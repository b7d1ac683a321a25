//! Sheets as they are read: what was collected by everybody who reads the books, of whom by those who may see persons.

use std::collections::HashMap;

use uuid::Uuid;

use super::fault::Fault;
use super::model::{DuesGround, DuesSheetState, Month};
use super::store::{self, LineRow, OwedRow, SheetRow};
use super::wire::{DuesLineOut, DuesSheetOut, DuesSheetOwedOut};
use crate::authz::{Denied, Read, SeePeople, Visit};
use crate::identity::store as identity;
use crate::ledger::store as ledger;
use crate::spending::model::MoneyBy;
use crate::tree::{self, ChapterId};

/// One sheet. Reading it with its members is noted in the audit trail.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<DuesSheetOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = ChapterId(row.chapter_id);
    v.see::<Read>(chapter)?;
    let sees = match v.see::<SeePeople>(chapter) {
        Ok(sees) => Some(sees),
        Err(Denied::Refused(_)) => None,
        Err(denied) => return Err(denied.into()),
    };
    if let Some(here) = &sees {
        v.note_seen(here, "DUES_SHEET_READ", id)?;
    }
    out(v, &row, sees.is_some())
}

/// What is shown of one, to somebody who may see its members or may not.
pub fn out(v: &mut Visit<'_>, row: &SheetRow, with_members: bool) -> Result<DuesSheetOut, Fault> {
    let lines = if with_members { Some(store::lines(v.conn, row.id)?.iter().map(line).collect()) } else { None };
    let sheet = listed(v, vec![row.clone()])?.pop().ok_or(Fault::Unknown)?;
    Ok(DuesSheetOut { lines, ..sheet })
}

fn line(row: &LineRow) -> DuesLineOut {
    DuesLineOut {
        member: row.member_id,
        from: Month::of(row.first_month).to_string(),
        to: Month::of(row.last_month).to_string(),
        amount_vnd: row.amount_vnd,
        exempt: row.is_free(),
        ground: row.ground.as_deref().and_then(DuesGround::parse),
        decision_no: row.decision_no.clone(),
    }
}

/// What is shown of these sheets, in their order and without members; a fixed number of statements.
pub fn listed(v: &mut Visit<'_>, rows: Vec<SheetRow>) -> Result<Vec<DuesSheetOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let owed = store::owed_of(v.conn, &ids)?;
    let booked = ledger::booked(v.conn, &rows.iter().map(|row| row.entry_id).collect::<Vec<_>>())?;
    let names = identity::user_names(v.conn, &rows.iter().map(|row| row.recorded_by).collect::<Vec<_>>())?;
    let of_owed = owed.values().flatten().flat_map(|owed| [owed.from_id, owed.to_id]);
    let chapters = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id).chain(of_owed))?;
    rows.into_iter()
        .map(|row| {
            let entry = booked.get(&row.entry_id).ok_or_else(|| Fault::broken("a sheet has no entry"))?;
            let owed = owed.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            let sent: i64 = owed.iter().filter(|owed| owed.from_id == row.chapter_id).map(|owed| owed.amount_vnd).sum();
            Ok(DuesSheetOut {
                id: row.id,
                chapter: code(&chapters, row.chapter_id),
                day: row.day,
                account: MoneyBy::parse(&row.account).ok_or_else(|| Fault::broken("a sheet has an unknown account"))?,
                fund: entry.fund.clone(),
                paid: row.paid,
                exempt: row.exempt,
                amount_vnd: row.amount_vnd,
                kept_vnd: row.amount_vnd - sent,
                owed: owed.iter().map(|row| owed_out(&chapters, row)).collect(),
                state: DuesSheetState::parse(&row.state).ok_or_else(|| Fault::broken("a sheet has an unknown state"))?,
                recorded_by: names.get(&row.recorded_by).cloned().unwrap_or_default(),
                recorded_at: row.recorded_at,
                code: entry.code.clone(),
                reversed_by: entry.reversed_by.clone(),
                lines: None,
            })
        })
        .collect()
}

fn code(chapters: &HashMap<Uuid, String>, id: Uuid) -> String {
    chapters.get(&id).cloned().unwrap_or_default()
}

fn owed_out(chapters: &HashMap<Uuid, String>, row: &OwedRow) -> DuesSheetOwedOut {
    DuesSheetOwedOut { from: code(chapters, row.from_id), to: code(chapters, row.to_id), amount_vnd: row.amount_vnd }
}
