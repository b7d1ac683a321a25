//! The form of a list of members, and its rows as they are kept. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sheets::{Column, Fault, Form, Holds, Limits, Read, Refused, Row};

use super::super::model::MemberKind;
use crate::basics::text::meant;
use crate::http::FieldError;
use crate::persons::Sex;
use crate::persons::sheet::{self, Cells};

/// Most rows of a list.
const MOST_ROWS: usize = 10_000;

const KINDS: Holds = Holds::Choice(&[
    ("MEMBER", "Hội viên", "Member"),
    ("YOUTH", "Thanh niên", "Youth"),
    ("JUNIOR", "Thiếu niên", "Junior"),
    ("HONORARY", "Danh dự", "Honorary"),
]);
const AGREED: Holds =
    Holds::Choice(&[("YES", "Có", "Yes"), ("NO", "Không", "No"), ("YES", "x", "x"), ("YES", "Đồng ý", "Agreed")]);

/// One person a row; only the name is required of everybody.
pub static FORM: Form = Form {
    title_vi: "Danh sách kết nạp hội viên",
    title_en: "List of members to be admitted",
    columns: &[
        sheet::NAME,
        sheet::BIRTH,
        sheet::SEX,
        sheet::PHONE,
        sheet::COMMUNE,
        Column {
            name: "kind",
            vi: "Loại hội viên",
            en: "Kind of member",
            also: &["Loại", "Đối tượng"],
            holds: KINDS,
            required: false,
            note_vi: "Hội viên, Thanh niên, Thiếu niên hoặc Danh dự; để trống theo loại chung của danh sách.",
            note_en: "Member, Youth, Junior or Honorary; when empty what is said of the whole list.",
            example: "Thiếu niên",
        },
        Column {
            name: "branch",
            vi: "Mã chi hội",
            en: "Branch",
            also: &["Chi hội"],
            holds: Holds::Chapter,
            required: false,
            note_vi: "Mã chi hội của đơn vị, nếu có.",
            note_en: "Code of a branch of the chapter, if any.",
            example: "23095-CH-0001",
        },
        Column {
            name: "team",
            vi: "Tổ",
            en: "Group",
            also: &["Tổ, lớp", "Lớp"],
            holds: Holds::Text,
            required: false,
            note_vi: "Tổ của đơn vị hoặc chi hội; với trường học là lớp.",
            note_en: "A group of the chapter or the branch; the class of a school.",
            example: "Lớp 6A",
        },
        Column {
            name: "guardian",
            vi: "Người đại diện",
            en: "Representative",
            also: &["Họ tên người đại diện", "Cha mẹ", "Phụ huynh", "Người giám hộ"],
            holds: Holds::Text,
            required: false,
            note_vi: "Bắt buộc với người chưa đủ 18 tuổi: người đại diện theo pháp luật đã ký đồng ý.",
            note_en: "Required below 18: the legal representative who signed.",
            example: "Nguyễn Văn Bình",
        },
        Column {
            name: "signed_on",
            vi: "Ngày ký",
            en: "Signed on",
            also: &["Ngày đồng ý", "Ngày ký đồng ý"],
            holds: Holds::Day,
            required: false,
            note_vi: "Ngày người đại diện ký vào danh sách.",
            note_en: "The day on which the representative signed the list.",
            example: "20/11/2026",
        },
        Column {
            name: "child_agreed",
            vi: "Em đồng ý",
            en: "Child agreed",
            also: &["Học sinh đồng ý", "Em có đồng ý"],
            holds: AGREED,
            required: false,
            note_vi: "Từ đủ 7 tuổi, em tự mình cũng đồng ý: Có hoặc Không.",
            note_en: "From 7 years on the child agrees as well: Yes or No.",
            example: "Có",
        },
        sheet::CHAPTER,
    ],
    summed: None,
    rows: MOST_ROWS,
};

/// Somebody of a list, as the row says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub name: String,
    pub birth: Option<String>,
    pub sex: Option<Sex>,
    pub phone: Option<String>,
    pub commune: Option<String>,
    pub kind: MemberKind,
    pub branch: Option<String>,
    pub team: Option<String>,
    pub guardian: Option<String>,
    pub signed_on: Option<NaiveDate>,
    pub child_agreed: bool,
}

/// A row of a list as it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub row: u32,
    /// `None` of whose data were erased meanwhile.
    pub entry: Option<Entry>,
}

/// Reads a file as a list of members.
pub fn read(bytes: &[u8]) -> Result<sheets::Listed, Refused> {
    FORM.read_file(bytes, &Limits::LIST, &meant)
}

/// A row as somebody; who has no name that could be read has an empty one, which stands among the faults. `kind` is that of the list.
pub fn entry(row: &Row, kind: MemberKind) -> Entry {
    let text = |name| sheet::text(&FORM, row, name);
    let Cells { name, birth, sex, phone, commune } = Cells::of(&FORM, row);
    Entry {
        name,
        birth,
        sex,
        phone,
        commune,
        kind: FORM.choice(row, "kind").and_then(MemberKind::parse).unwrap_or(kind),
        branch: text("branch"),
        team: text("team"),
        guardian: text("guardian"),
        signed_on: if let Some(Read::Day(day)) = FORM.value(row, "signed_on") { Some(*day) } else { None },
        child_agreed: FORM.choice(row, "child_agreed") == Some("YES"),
    }
}

/// A fault of somebody as one of their row.
pub fn fault(row: u32, error: &FieldError) -> Fault {
    let name = match error.pointer.trim_start_matches('/') {
        "consent" | "consent/guardian" => "guardian",
        "consent/given_on" => "signed_on",
        "consent/child_agreed" => "child_agreed",
        other => other,
    };
    sheet::fault(&FORM, row, name, error)
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
    fn every_choice_is_a_code_of_ours() {
        for (holds, is) in [
            (KINDS, (|code| MemberKind::parse(code).is_some()) as fn(&str) -> bool),
            (sheet::SEX.holds, |code| Sex::parse(code).is_some()),
            (AGREED, |code| ["YES", "NO"].contains(&code)),
        ] {
            let Holds::Choice(choices) = holds else { panic!() };
            assert!(choices.iter().all(|(code, ..)| is(code)), "{choices:?}");
        }
    }

    #[test]
    fn a_row_is_somebody_as_it_says() {
        let csv = "STT;Họ tên;Năm sinh;Giới tính;SĐT;Mã xã;Lớp;Phụ huynh;Ngày ký;Em đồng ý\n1;Lê An;2013;nữ;912345678;1234;6A;Lê Bình;20/11/2026;x\n2;Lê Bé;29/02/2020;;;;;;;\n";
        let listed = read(csv.as_bytes()).unwrap();
        assert_eq!(listed.faults, Vec::new());
        let entries: Vec<Entry> = listed.rows.iter().map(|row| entry(row, MemberKind::Junior)).collect();
        let an = Entry {
            name: "Lê An".to_owned(),
            birth: Some("2013".to_owned()),
            sex: Some(Sex::Female),
            phone: Some("0912345678".to_owned()),
            commune: Some("01234".to_owned()),
            kind: MemberKind::Junior,
            branch: None,
            team: Some("6A".to_owned()),
            guardian: Some("Lê Bình".to_owned()),
            signed_on: NaiveDate::from_ymd_opt(2026, 11, 20),
            child_agreed: true,
        };
        assert_eq!(entries[0], an);
        assert_eq!((entries[1].birth.as_deref(), entries[1].child_agreed), (Some("2020-02-29"), false));
        assert_eq!(["23095", "TW", ""].map(sheet::with_zeros), ["23095", "TW", ""]);
    }
}
