//! The volunteers of a chapter as rows of a file, read page by page.

use chrono::{DateTime, Utc};
use serde_json::json;
use sheets::Width;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Days, Means, Parts, VolunteerKind, VolunteerState};
use super::skills::{self, SkillRow};
use super::store::{self, Row, Wanted};
use super::words;
use crate::authz::{SeePeople, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::table::{Cell, Column, Sink};
use crate::http::{Lang, Span};
use crate::persons::{self, Known, PersonId};

/// Rows read at once.
const PAGE: i64 = 500;

/// What a file shows of each.
pub const COLUMNS: [Column; 14] = [
    ("Họ và tên", "Full name", "name", Width::Text(30)),
    ("Ngày sinh", "Born", "birth", Width::Text(12)),
    ("Điện thoại", "Phone", "phone", Width::Text(14)),
    ("Mã xã nơi ở", "Commune", "commune", Width::Text(12)),
    ("Loại", "Kind", "kind", Width::Text(16)),
    ("Tình trạng", "State", "state", Width::Text(16)),
    ("Từ ngày", "Since", "since", Width::Day),
    ("Kỹ năng", "Skills", "skills", Width::Text(36)),
    ("Ngày rảnh", "Days", "weekdays", Width::Text(24)),
    ("Buổi rảnh", "Times", "day_parts", Width::Text(20)),
    ("Ngoại ngữ", "Languages", "languages", Width::Text(12)),
    ("Phương tiện", "Means", "means", Width::Text(20)),
    ("Sẵn sàng khi huy động", "Comes when called out", "willing", Width::Text(14)),
    ("Bảo hiểm đến", "Insured until", "insured_until", Width::Day),
];

/// How many volunteers a file has that somebody takes; it is noted with that before anything goes out.
pub fn begin(v: &mut Visit<'_>, here: &Seen<SeePeople>, state: Option<VolunteerState>, form: &str) -> Result<(), Fault> {
    let volunteers = store::count(v.conn, here, state)?;
    let detail = json!({"form": form, "state": state.map(VolunteerState::name), "volunteers": volunteers});
    Ok(v.note_at(Some(here.chapter()), "VOLUNTEERS_EXPORTED", None, Some(&detail))?)
}

/// Writes the volunteers of a chapter in the order in which they were entered. Those whose data may not be used are left out.
pub fn write(
    v: &mut Visit<'_>,
    here: &Seen<SeePeople>,
    state: Option<VolunteerState>,
    lang: Lang,
    out: &mut Sink<'_>,
) -> Result<(), Fault> {
    let wanted = Wanted { state, ..Wanted::default() };
    let mut after: Option<(DateTime<Utc>, Uuid)> = None;
    loop {
        let rows = store::list(v.conn, here, &wanted, &Span { after, rows: PAGE })?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some((last.recorded_at, last.id));
        page(v, &rows, lang, out)?;
    }
}

fn page(v: &mut Visit<'_>, rows: &[Row], lang: Lang, out: &mut Sink<'_>) -> Result<(), Fault> {
    let today = vietnam_date(v.now);
    let ids: Vec<PersonId> = rows.iter().map(Row::person).collect();
    let known = persons::names(v.conn, v.vault, &ids)?;
    let mut skills = skills::of(v.conn, &rows.iter().map(Row::volunteer).collect::<Vec<_>>())?;
    for row in rows {
        let Some(person) = known.get(&row.person()) else { continue };
        let can: Vec<SkillRow> = skills.remove(&row.volunteer()).unwrap_or_default();
        let can: Vec<String> = can.into_iter().filter(|skill| skill.counts_on(today)).map(|skill| skill.skill).collect();
        out.row(&cells(row, person, &can, lang)).map_err(Fault::broken)?;
    }
    Ok(())
}

fn cells(row: &Row, person: &Known, can: &[String], lang: Lang) -> [Cell; 14] {
    let joined = |words: Vec<&'static str>| Cell::Text(words.join(", "));
    let means = row.means.iter().filter_map(|means| Means::parse(means)).map(|means| words::means(means, lang)).collect();
    [
        Cell::Text(person.name.clone()),
        Cell::text(person.birth.map(|birth| birth.to_string())),
        Cell::text(person.phone.clone()),
        // No program takes it for a number.
        Cell::text(person.commune.as_ref().map(|code| format!("VN-{code}"))),
        Cell::text(row.kind().map(|kind: VolunteerKind| words::kind(kind, lang).to_owned())),
        Cell::text(row.state().map(|state| words::state(state, lang).to_owned())),
        Cell::Day(row.since),
        Cell::Text(can.join(", ")),
        joined(Days(row.weekdays).each().into_iter().map(|day| words::day(day, lang)).collect()),
        joined(Parts(row.day_parts).each().into_iter().map(|part| words::part(part, lang)).collect()),
        Cell::Text(row.languages.join(", ")),
        joined(means),
        Cell::text(row.willing.map(|yes| words::yes(yes, lang).to_owned())),
        Cell::Day(row.insured_until),
    ]
}
