//! The form of a list of volunteers, and its rows. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sheets::{Column, Fault, Form, Holds, Limits, Read, Refused, Row};

use super::super::model::VolunteerKind;
use crate::basics::text::meant;
use crate::http::FieldError;
use crate::persons::sheet::{self, Cells};

/// Most rows of a list.
const MOST_ROWS: usize = 5_000;
/// So many people are entered in one transaction; a longer list is entered in parts.
pub const AT_ONCE: usize = 500;

const KINDS: Holds = Holds::Choice(&[
    ("VOLUNTEER", "Tình nguyện viên", "Volunteer"),
    ("COLLABORATOR", "Cộng tác viên", "Collaborator"),
    ("VOLUNTEER", "TNV", "TNV"),
    ("COLLABORATOR", "CTV", "CTV"),
]);
const COMES: Holds = Holds::Choice(&[("YES", "Có", "Yes"), ("NO", "Không", "No"), ("YES", "x", "x")]);

/// One person a row; only the name is required of everybody.
pub static FORM: Form = Form {
    title_vi: "Danh sách tình nguyện viên",
    title_en: "List of volunteers",
    columns: &[
        sheet::NAME,
        sheet::BIRTH,
        sheet::SEX,
        sheet::PHONE,
        Column {
            name: "mail",
            vi: "Địa chỉ thư",
            en: "Mail",
            also: &["Email", "E-mail", "Thư điện tử"],
            holds: Holds::Text,
            required: false,
            note_vi: "Không bao giờ công khai; dùng khi không có số điện thoại.",
            note_en: "Never public; used where there is no number.",
            example: "lan@example.org",
        },
        sheet::COMMUNE,
        Column {
            name: "kind",
            vi: "Loại",
            en: "Kind",
            also: &["Đối tượng", "TNV/CTV"],
            holds: KINDS,
            required: false,
            note_vi: "Tình nguyện viên hoặc Cộng tác viên; để trống là tình nguyện viên.",
            note_en: "Volunteer or Collaborator; a volunteer when empty.",
            example: "Tình nguyện viên",
        },
        Column {
            name: "skills",
            vi: "Kỹ năng",
            en: "Skills",
            also: &["Khả năng", "Sở trường"],
            holds: Holds::Text,
            required: false,
            note_vi: "Tên hoặc mã trong danh mục kỹ năng, cách nhau bằng dấu chấm phẩy; ghi là mức cơ bản, tự khai.",
            note_en: "Names or codes of skills, with semicolons between them; entered as basic, by their word.",
            example: "Sơ cấp cứu; Nấu ăn tập thể",
        },
        Column {
            name: "willing",
            vi: "Sẵn sàng khi huy động",
            en: "Comes when called out",
            also: &["Sẵn sàng huy động"],
            holds: COMES,
            required: false,
            note_vi: "Có hoặc Không, theo chính người ấy; để trống nghĩa là chưa hỏi, và không ai gọi.",
            note_en: "Yes or No, as they say themselves; empty means that nobody has asked, and they are not called.",
            example: "Có",
        },
        Column {
            name: "insured_until",
            vi: "Bảo hiểm đến",
            en: "Insured until",
            also: &["Hạn bảo hiểm"],
            holds: Holds::Day,
            required: false,
            note_vi: "Ngày cuối của bảo hiểm tai nạn, nếu có.",
            note_en: "The last day of their insurance against accidents, if any.",
            example: "31/12/2027",
        },
        sheet::CHAPTER,
    ],
    summed: None,
    rows: MOST_ROWS,
};

/// Somebody of a list, as the row says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub row: u32,
    pub cells: Cells,
    pub mail: Option<String>,
    pub kind: VolunteerKind,
    /// As they are typed.
    pub skills: Vec<String>,
    pub willing: Option<bool>,
    pub insured_until: Option<NaiveDate>,
}

/// A row of a list as it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub row: u32,
    /// `None` of whose data were erased meanwhile.
    pub entry: Option<Entry>,
}

/// Reads a file as a list of volunteers.
pub fn read(bytes: &[u8]) -> Result<sheets::Listed, Refused> {
    FORM.read_file(bytes, &Limits::LIST, &meant)
}

/// A row as somebody.
pub fn entry(row: &Row) -> Entry {
    let typed = sheet::text(&FORM, row, "skills").unwrap_or_default();
    let skills = typed.split([';', ',', '\n']).map(str::trim).filter(|skill| !skill.is_empty()).map(str::to_owned);
    Entry {
        row: row.number,
        cells: Cells::of(&FORM, row),
        mail: sheet::text(&FORM, row, "mail"),
        kind: FORM.choice(row, "kind").and_then(VolunteerKind::parse).unwrap_or(VolunteerKind::Volunteer),
        skills: skills.collect(),
        willing: FORM.choice(row, "willing").map(|code| code == "YES"),
        insured_until: if let Some(Read::Day(day)) = FORM.value(row, "insured_until") { Some(*day) } else { None },
    }
}

/// A fault of somebody as one of their row.
pub fn fault(row: u32, error: &FieldError) -> Fault {
    sheet::fault(&FORM, row, error.pointer.trim_start_matches('/'), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_headings_are_unambiguous() {
        let mut seen = std::collections::HashSet::new();
        for column in FORM.columns {
            let own: std::collections::HashSet<String> =
                [column.name, column.vi, column.en].iter().chain(column.also).map(|heading| heading.to_lowercase()).collect();
            for heading in own {
                assert!(seen.insert(heading.clone()), "{heading} stands twice");
            }
            assert!(!column.note_vi.is_empty() && !column.note_en.is_empty() && !column.example.is_empty());
        }
    }

    #[test]
    fn a_row_is_somebody_as_it_says() {
        let csv = "STT;Họ tên;Năm sinh;SĐT;Kỹ năng;Sẵn sàng huy động;Loại\n1;Lê An;1990;912345678;\"Sơ cấp cứu, BOAT\";x;CTV\n2;Lê Bé;;;;;\n";
        let listed = read(csv.as_bytes()).unwrap();
        let entries: Vec<Entry> = listed.rows.iter().map(entry).collect();
        assert_eq!(
            (entries[0].skills.as_slice(), entries[0].willing),
            (["Sơ cấp cứu".to_owned(), "BOAT".to_owned()].as_slice(), Some(true))
        );
        assert_eq!((entries[0].cells.phone.as_deref(), entries[0].cells.birth.as_deref()), (Some("0912345678"), Some("1990")));
        assert_eq!((entries[1].kind, entries[1].willing, entries[1].skills.len()), (VolunteerKind::Volunteer, None, 0));
    }
}
