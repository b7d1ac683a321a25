//! Persons in lists out of spreadsheets: the columns that every list of people has, and what their rows say. Pure.

use serde::{Deserialize, Serialize};
use sheets::{Column, Fault, Form, Holds, Read, Refused, Row, Said};

use super::model::{Sex, Told};
use crate::http::{FieldError, Say};

const SEXES: Holds = Holds::Choice(&[("FEMALE", "Nữ", "Female"), ("MALE", "Nam", "Male")]);

/// The only one that is required of everybody.
pub const NAME: Column = Column {
    name: "name",
    vi: "Họ và tên",
    en: "Full name",
    also: &["Họ tên", "Tên", "Họ và tên học sinh", "Họ và tên hội viên", "Họ và tên tình nguyện viên"],
    holds: Holds::Text,
    required: true,
    note_vi: "Như trong giấy tờ, viết bằng Unicode.",
    note_en: "As in the person's papers, in Unicode.",
    example: "Nguyễn Thị Lan",
};
pub const BIRTH: Column = Column {
    name: "birth",
    vi: "Ngày sinh",
    en: "Born",
    also: &["Năm sinh", "Ngày tháng năm sinh", "Sinh ngày"],
    holds: Holds::Birth,
    required: false,
    note_vi: "Ngày/tháng/năm, hoặc chỉ năm khi không biết ngày.",
    note_en: "Day/month/year, or the year alone where the day is not known.",
    example: "25/11/2013",
};
pub const SEX: Column = Column {
    name: "sex",
    vi: "Giới tính",
    en: "Sex",
    also: &["Nam/Nữ", "Phái"],
    holds: SEXES,
    required: false,
    note_vi: "Nam hoặc Nữ, như trong giấy tờ.",
    note_en: "Female or Male, as in the papers.",
    example: "Nữ",
};
pub const PHONE: Column = Column {
    name: "phone",
    vi: "Điện thoại",
    en: "Phone",
    also: &["Số điện thoại", "SĐT", "ĐT"],
    holds: Holds::Phone,
    required: false,
    note_vi: "Không bao giờ công khai; chưa xác nhận cho đến khi có người trả lời. Số 0 ở đầu bị mất được thêm lại.",
    note_en: "Never public; unconfirmed until somebody answers. A zero lost at the beginning is put back.",
    example: "0912345678",
};
pub const COMMUNE: Column = Column {
    name: "commune",
    vi: "Mã xã nơi ở",
    en: "Commune",
    also: &["Mã xã", "Mã xã, phường"],
    holds: Holds::Chapter,
    required: false,
    note_vi: "Mã 5 chữ số của xã, phường, đặc khu nơi ở.",
    note_en: "Code of 5 digits of the commune, ward or special zone where they live.",
    example: "23095",
};
/// Of whom a list is, where its rows say it.
pub const CHAPTER: Column = Column {
    name: "chapter",
    vi: "Mã đơn vị",
    en: "Chapter",
    also: &[],
    holds: Holds::Chapter,
    required: false,
    note_vi: "Nếu có thì phải đúng mã của đơn vị nhận danh sách.",
    note_en: "If it is there, it must be the code of the chapter the list is sent to.",
    example: "23095",
};

/// What a row says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    /// Empty where no name could be read, which stands among the faults.
    pub name: String,
    pub birth: Option<String>,
    pub sex: Option<Sex>,
    pub phone: Option<String>,
    pub commune: Option<String>,
}

impl Cells {
    pub fn of(form: &Form, row: &Row) -> Self {
        let birth = match form.value(row, "birth") {
            Some(Read::Day(day)) => Some(day.to_string()),
            Some(Read::Whole(year)) => Some(format!("{year:04}")),
            _ => None,
        };
        Self {
            name: text(form, row, "name").unwrap_or_default(),
            birth,
            sex: form.choice(row, "sex").and_then(Sex::parse),
            phone: text(form, row, "phone"),
            commune: text(form, row, "commune").map(|code| with_zeros(&code)),
        }
    }

    /// To be checked as if they were written down alone.
    pub fn told(&self) -> Told<'_> {
        Told {
            name: &self.name,
            phone: self.phone.as_deref(),
            birth: self.birth.as_deref(),
            sex: self.sex,
            commune: self.commune.as_deref(),
            ..Told::default()
        }
    }
}

/// The text that a row has in a column.
pub fn text(form: &Form, row: &Row, name: &str) -> Option<String> {
    form.text(row, name).map(str::to_owned)
}

/// A spreadsheet program takes the zeros in front of a code of five digits.
pub fn with_zeros(code: &str) -> String {
    let code = code.trim();
    if !code.is_empty() && code.len() < 5 && code.bytes().all(|b| b.is_ascii_digit()) {
        format!("{code:0>5}")
    } else {
        code.to_owned()
    }
}

/// That a row names another chapter than the list was sent to.
pub fn other_chapter(form: &Form, row: &Row, chapter: &str) -> Option<Fault> {
    let said = text(form, row, "chapter").filter(|said| !said.eq_ignore_ascii_case(chapter) && with_zeros(said) != chapter)?;
    Some(Fault {
        row: Some(row.number),
        column: Some("chapter"),
        code: "OTHER_CHAPTER",
        said: Said::new(
            format!("Dòng này của đơn vị {said}, còn danh sách gửi cho đơn vị {chapter}. Hãy tách ra và gửi cho đúng đơn vị."),
            format!("This row is of chapter {said}, and the list was sent to {chapter}. Take it out and send it to its chapter."),
        ),
    })
}

/// What is wrong with somebody as a fault of their row; `column` is the one that a pointer means.
pub fn fault(form: &Form, row: u32, column: &str, error: &FieldError) -> Fault {
    let column = form.columns.iter().map(|known| known.name).find(|name| *name == column);
    Fault { row: Some(row), column, code: error.code, said: Said::new(error.detail.vi.to_string(), error.detail.en.to_string()) }
}

/// What a whole file is refused with, as one of the request's body.
pub fn refusal(refused: Refused) -> FieldError {
    FieldError::new("", refused.code, Say::new(refused.said.vi, refused.said.en))
}

/// That somebody stands in a list twice.
pub fn twice(first: u32) -> FieldError {
    let said = Say::new(
        format!(
            "Người này đã có ở dòng {first}: cùng họ tên, cùng số điện thoại. Hãy bỏ một dòng, hoặc bỏ số nếu là người khác."
        ),
        format!(
            "This person stands in row {first}: the same name and number. Take one out, or the number if it is somebody else."
        ),
    );
    FieldError::new("/name", "TWICE", said)
}

/// That somebody's data may not be used.
pub fn restricted() -> FieldError {
    let said = Say::fixed(
        "Người này đã yêu cầu hạn chế xử lý dữ liệu: chỉ được lưu giữ, không được dùng.",
        "This person asked for restriction: their data are kept and not used.",
    );
    FieldError::new("/name", "RESTRICTED", said)
}
