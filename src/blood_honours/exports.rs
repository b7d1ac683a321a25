//! The honours of a chapter as rows of a file, read page by page.

use std::collections::HashMap;

use serde_json::json;
use sheets::Width;
use uuid::Uuid;

use super::fault::Fault;
use super::model::BloodHonourState;
use super::show;
use super::store::{self, ThresholdRow};
use crate::authz::{SeeBlood, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::Lang;
use crate::http::table::{Cell, Column, Sink};
use crate::tree;

/// Rows read at once.
const PAGE: i64 = 500;

/// What a file shows of each.
pub const COLUMNS: [Column; 7] = [
    ("Họ và tên hoặc gia đình", "Name or family", "name", Width::Text(36)),
    ("Số lần hiến", "Donations", "times", Width::Text(10)),
    ("Từ lần", "From", "threshold", Width::Text(8)),
    ("Hình thức", "Honour", "honour", Width::Text(40)),
    ("Tình trạng", "State", "state", Width::Text(16)),
    ("Số tờ trình", "Proposal", "decision_no", Width::Text(20)),
    ("Ngày quyết định", "Decided on", "decided_on", Width::Day),
];

fn word(state: BloodHonourState, lang: Lang) -> &'static str {
    let (vi, en) = match state {
        BloodHonourState::Proposed => ("Đã đề nghị", "Proposed"),
        BloodHonourState::Awarded => ("Đã tôn vinh", "Awarded"),
        BloodHonourState::Refused => ("Không duyệt", "Refused"),
        BloodHonourState::Withdrawn => ("Đã rút", "Withdrawn"),
    };
    if lang == Lang::En { en } else { vi }
}

/// That somebody takes a file; noted before anything goes out.
pub fn begin(v: &mut Visit<'_>, here: &Seen<SeeBlood>, form: &str) -> Result<(), Fault> {
    Ok(v.note_at(Some(here.chapter()), "BLOOD_HONOURS_EXPORTED", None, Some(&json!({"form": form})))?)
}

/// Writes the honours of a chapter. Those who were erased, or whose data may not be used, are left out.
pub fn write(v: &mut Visit<'_>, here: &Seen<SeeBlood>, lang: Lang, out: &mut Sink<'_>) -> Result<(), Fault> {
    let chapters = tree::with_succeeded(v.conn, here.chapter())?;
    let thresholds: HashMap<Uuid, ThresholdRow> = store::thresholds(v.conn)?.into_iter().map(|row| (row.id, row)).collect();
    let mut after = None;
    loop {
        let rows = store::honours_at(v.conn, &chapters, after, PAGE)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let names = show::called(v, &rows)?;
        let numbers = store::decision_numbers(v.conn, &rows.iter().map(|row| row.list_id).collect::<Vec<_>>())?;
        for row in rows {
            let Some(name) = row.donor_id.or(row.family_id).and_then(|id| names.get(&id)) else { continue };
            let Some(threshold) = thresholds.get(&row.threshold_id) else { continue };
            let title = if lang == Lang::En { &threshold.en } else { &threshold.vi };
            let cells = [
                Cell::Text(name.clone()),
                Cell::Text(row.times.to_string()),
                Cell::Text(threshold.times.to_string()),
                Cell::Text(title.clone()),
                Cell::text(row.state().map(|state| word(state, lang).to_owned())),
                Cell::text(numbers.get(&row.list_id).cloned()),
                Cell::Day(row.decided_at.map(vietnam_date)),
            ];
            out.row(&cells).map_err(|_| Fault::Broken("a file was not written"))?;
        }
    }
}
