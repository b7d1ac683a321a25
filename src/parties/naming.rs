//! Names: when two are one, when they are alike, and what is no name. Pure.

use unicode_normalization::UnicodeNormalization;

use crate::basics::fold;
use crate::http::{FieldError, Say};

/// What two spellings of one name have in common: its letters with their marks. Capitals and blanks are how it was
/// written; a mark makes another name (Hằng and Hạng may share a telephone).
pub fn one_form(name: &str) -> String {
    let small: String = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // Small letters of some capitals come apart from their marks.
    small.nfc().collect()
}

/// Two names that a person could take for one: alike without marks, and yet not one. Proposed to an officer, never acted
/// upon.
pub fn are_alike(one: &str, other: &str) -> bool {
    one_form(one) != one_form(other) && fold(&one_form(one)) == fold(&one_form(other))
}

/// Digits in a row, whatever stands between them, that make a telephone or account number out of a name.
const DIGITS_OF_A_NUMBER: usize = 7;

/// Why a text is no name: it carries what belongs in a field of its own and would be shown with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAName {
    Number,
    MailAddress,
}

impl NotAName {
    /// Why a text is no name, and what to do.
    pub fn error(self, pointer: &str) -> FieldError {
        let (code, say) = match self {
            NotAName::Number => (
                "NUMBER_IN_NAME",
                Say::fixed(
                    "Tên không được chứa số điện thoại, số tài khoản hay mã số dài: bỏ số khỏi tên, ghi số điện thoại vào ô điện thoại.",
                    "A name carries no telephone, account or other long number: leave it out of the name; a telephone number goes into phone.",
                ),
            ),
            NotAName::MailAddress => (
                "ADDRESS_IN_NAME",
                Say::fixed(
                    "Tên không được chứa ký tự @: bỏ địa chỉ thư điện tử khỏi tên.",
                    "A name has no @ in it: leave the mail address out of the name.",
                ),
            ),
        };
        FieldError::new(pointer, code, say)
    }
}

/// Refuses a name with a telephone number or a mail address in it.
pub fn check(name: &str) -> Result<(), NotAName> {
    if name.nfkc().any(|c| c == '@') {
        return Err(NotAName::MailAddress);
    }
    // Letters end a number; blanks, dots, hyphens, brackets and signs do not.
    let plain: String = name.nfkc().collect();
    let carries = plain.split(char::is_alphabetic).any(|run| {
        let groups: Vec<&str> = run.split(|c: char| !c.is_numeric()).filter(|group| !group.is_empty()).collect();
        groups.iter().map(|group| group.chars().count()).sum::<usize>() >= DIGITS_OF_A_NUMBER && !are_days(&groups)
    });
    if carries { Err(NotAName::Number) } else { Ok(()) }
}

/// Some are called by a day or by years: "Hội 30/4/1975", "khóa 2019-2022".
fn are_days(groups: &[&str]) -> bool {
    let is_year = |group: &str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    match groups {
        [from, to] => is_year(from) && is_year(to),
        [day, month, year] => day.len() <= 2 && month.len() <= 2 && is_year(year),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_make_another_name_and_capitals_and_blanks_do_not() {
        assert_eq!(one_form("Lê  Thị Hằng "), one_form("LÊ THỊ HẰNG"));
        assert_eq!(one_form("Nguye\u{302}\u{303}n An"), one_form("nguyễn\u{a0}an"));
        for (one, other) in
            [("Lê Thị Hằng", "Lê Thị Hạng"), ("Lê Thị Hằng", "Le Thi Hang"), ("Trần Đô", "Trần Dô"), ("Hoà", "Hòa")]
        {
            assert_ne!(one_form(one), one_form(other));
            assert!(are_alike(one, other) && are_alike(other, one), "{one}, {other}");
        }
        assert!(!are_alike("Lê An", "LÊ AN") && !are_alike("Lê An", "Lê Anh"));
    }

    #[test]
    fn a_number_or_an_address_is_no_name() {
        for number in [
            "0912345678 Nguyễn An",
            "Nguyễn An 0912 345 678",
            "An 0912.345.678",
            "An (0912)-345-678",
            "An 091\u{2013}234\u{a0}5678",
            "An \u{202a}0912345678\u{202c}",
            "+84912345678",
            "An ０９１２３４５６７",
            "An ٠٩١٢٣٤٥٦٧",
            "An ०९१२३४५",
            "MST 0301234567",
            "1990 1991 1992",
            "1234 5678",
        ] {
            assert_eq!(check(number), Err(NotAName::Number), "{number}");
        }
        for mail in ["an@example.org", "An ＠ chợ", "@an"] {
            assert_eq!(check(mail), Err(NotAName::MailAddress), "{mail}");
        }
        for name in [
            "Nguyễn Văn An",
            "Công ty 20/10",
            "Lớp 12A1 khóa 2019-2022",
            "Cựu học sinh 1988 – 1991",
            "Hội 30/4/1975",
            "Tổ 3, ấp 4, số 125",
            "Trường THPT số 1",
            "Đội 123456",
            "🌻",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(name in "\\PC{0,40}") {
            let once = one_form(&name);
            prop_assert_eq!(one_form(&once), once);
        }

        #[test]
        fn no_separator_hides_a_number(digits in "[0-9]{7,12}", separators in prop::collection::vec("[ .\\-–/()+_,]{0,3}", 12)) {
            let hidden: String = digits.chars().zip(&separators).flat_map(|(digit, s)| s.chars().chain([digit])).collect();
            let groups = hidden.split(|c: char| !c.is_numeric()).filter(|g| !g.is_empty()).collect::<Vec<_>>();
            prop_assume!(!are_days(&groups));
            let name = format!("Lê {hidden} An");
            prop_assert_eq!(check(&name), Err(NotAName::Number), "{}", hidden);
        }
    }
}
