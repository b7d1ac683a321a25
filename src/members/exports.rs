//! The members of a chapter as rows of a file: read page by page, so that memory does not grow. The columns are those of the list
//! that brings members in, so that a file of ours can be mended and compared.

use chrono::{DateTime, Utc};
use sheets::Width;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{MemberKind, MemberState};
use super::store::{self, Row};
use super::{cards, grades};
use crate::authz::{SeePeople, Seen, Visit};
use crate::http::table::{Cell, Column, Sink};
use crate::http::{Lang, Span};
use crate::persons::{self, Known, PersonId, Sex};
use crate::tree;

/// Rows read at once.
const PAGE: i64 = 500;

/// What a file shows of each.
pub const COLUMNS: [Column; 13] = [
    ("Họ và tên", "Full name", "name", Width::Text(30)),
    ("Ngày sinh", "Born", "birth", Width::Text(12)),
    ("Giới tính", "Sex", "sex", Width::Text(10)),
    ("Điện thoại", "Phone", "phone", Width::Text(14)),
    ("Mã xã nơi ở", "Commune", "commune", Width::Text(12)),
    ("Loại hội viên", "Kind of member", "kind", Width::Text(14)),
    ("Mã chi hội", "Branch", "branch", Width::Text(18)),
    ("Tổ", "Group", "team", Width::Text(18)),
    ("Hội viên từ", "Member since", "since", Width::Day),
    ("Tình trạng", "State", "state", Width::Text(20)),
    ("Mã thẻ", "Card", "card", Width::Text(20)),
    ("Hạng", "Grade", "grade", Width::Text(12)),
    ("Người đại diện", "Representative", "representative", Width::Text(30)),
];

/// How many members a file has that somebody takes; it is noted with that before anything goes out.
pub fn begin(v: &mut Visit<'_>, here: &Seen<SeePeople>, state: Option<MemberState>, form: &str) -> Result<(), Fault> {
    let members = store::count(v.conn, here, state)?;
    let detail = serde_json::json!({"form": form, "state": state.map(MemberState::name), "members": members});
    Ok(v.note_at(Some(here.chapter()), "MEMBERS_EXPORTED", None, Some(&detail))?)
}

/// Writes the members of a chapter in the order in which they were entered. Those whose data may not be used are left out.
pub fn write(
    v: &mut Visit<'_>,
    here: &Seen<SeePeople>,
    state: Option<MemberState>,
    lang: Lang,
    out: &mut Sink<'_>,
) -> Result<(), Fault> {
    let mut after: Option<(DateTime<Utc>, Uuid)> = None;
    loop {
        let rows = store::list(v.conn, here, state, Span { after, rows: PAGE })?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some((last.recorded_at, last.id));
        page(v, &rows, lang, out)?;
    }
}

fn page(v: &mut Visit<'_>, rows: &[Row], lang: Lang, out: &mut Sink<'_>) -> Result<(), Fault> {
    let ids: Vec<PersonId> = rows.iter().map(|row| PersonId(row.person_id)).collect();
    let known = persons::names(v.conn, v.vault, &ids)?;
    let members: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let codes = cards::of_all(v.conn, &members)?;
    let grades = grades::words(v.conn, &members, lang)?;
    let branches = tree::codes(v.conn, rows.iter().filter_map(|row| row.branch_id))?;
    for row in rows {
        let Some(person) = known.get(&PersonId(row.person_id)) else { continue };
        let branch = row.branch_id.and_then(|id| branches.get(&id)).cloned();
        out.row(&cells(row, person, branch, (codes.get(&row.id).cloned(), grades.get(&row.id).cloned()), lang))
            .map_err(Fault::broken)?;
    }
    Ok(())
}

fn cells(
    row: &Row,
    person: &Known,
    branch: Option<String>,
    (card, grade): (Option<String>, Option<String>),
    lang: Lang,
) -> [Cell; 13] {
    let word = |vi: &str, en: &str| (if lang == Lang::En { en } else { vi }).to_owned();
    let sex = person.sex.map(|sex| match sex {
        Sex::Female => word("Nữ", "Female"),
        Sex::Male => word("Nam", "Male"),
    });
    let kind = row.kind().map(|kind| match kind {
        MemberKind::Member => word("Hội viên", "Member"),
        MemberKind::Youth => word("Thanh niên", "Youth"),
        MemberKind::Junior => word("Thiếu niên", "Junior"),
        MemberKind::Honorary => word("Danh dự", "Honorary"),
        MemberKind::Collective => word("Tập thể", "Collective"),
    });
    [
        Cell::Text(person.name.clone()),
        Cell::Birth(person.birth),
        Cell::text(sex),
        Cell::text(person.phone.clone()),
        // No program takes it for a number.
        Cell::text(person.commune.as_ref().map(|code| format!("VN-{code}"))),
        Cell::text(kind),
        Cell::text(branch),
        Cell::text(row.team.clone()),
        Cell::Day(row.since),
        Cell::text(row.state().map(|state| said(state, lang).to_owned())),
        Cell::text(card),
        Cell::text(grade),
        Cell::text(person.representative.clone()),
    ]
}

/// Where a membership stands, in words.
fn said(state: MemberState, lang: Lang) -> &'static str {
    let (vi, en) = match state {
        MemberState::Applied => ("Chờ kết nạp", "Applied"),
        MemberState::Checked => ("Đang kiểm tra ở cấp trên", "Being checked above"),
        MemberState::Refused => ("Không kết nạp", "Refused"),
        MemberState::Withdrawn => ("Đã rút đề nghị", "Withdrawn"),
        MemberState::Admitted => ("Hội viên", "Member"),
        MemberState::Left => ("Đã ra khỏi Hội", "Left"),
        MemberState::StruckOff => ("Đã xóa tên", "Struck off"),
        MemberState::Expelled => ("Đã khai trừ", "Expelled"),
        MemberState::Died => ("Đã mất", "Died"),
        MemberState::Transferred => ("Đã chuyển sinh hoạt", "Transferred"),
        MemberState::Erased => ("Đã xóa dữ liệu", "Erased"),
    };
    if lang == Lang::En { en } else { vi }
}
