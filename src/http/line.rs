//! One line of text or a phone number in a request, and what is said when it is none.

use super::{FieldError, Say};
use crate::basics::text::{LineError, meant};
use crate::basics::{Line, Phone};

/// The longest note for a colleague, in characters.
const MOST_NOTE: usize = 500;

/// Reads a line of 1 to `most` characters; the field error (`NOT_A_LINE`) says which of its rules is broken.
pub fn one_line(pointer: &str, text: &str, most: usize) -> Result<Line, FieldError> {
    Line::parse(text, most).map_err(|error| not_a_line(pointer, text, most, error))
}

/// Reads a name that stands on papers, with the reasons of [`unfit_name`] beside those of a line.
pub fn one_name(pointer: &str, text: &str, most: usize) -> Result<Line, FieldError> {
    Line::name(text, most)
        .map_err(|error| unfit_name(pointer, text, error).unwrap_or_else(|| not_a_line(pointer, text, most, error)))
}

fn not_a_line(pointer: &str, text: &str, most: usize, error: LineError) -> FieldError {
    let (vi, en) = match error {
        LineError::Empty => {
            (format!("Để trống: cần một dòng, 1 đến {most} ký tự."), format!("Empty: one line of 1 to {most} characters."))
        }
        LineError::TooLong => {
            (format!("Quá dài: một dòng, tối đa {most} ký tự."), format!("Too long: one line of at most {most} characters."))
        }
        LineError::ControlCharacter | LineError::Garbled | LineError::Unprintable(_) => {
            return unfit_name(pointer, text, error).unwrap_or_else(|| {
                let say = Say::new(
                    "Có chỗ xuống dòng hoặc ký tự ẩn: cần một dòng chữ thường.",
                    "It has a line break or an invisible character: one line of plain text.",
                );
                FieldError::new(pointer, "NOT_A_LINE", say)
            });
        }
    };
    FieldError::new(pointer, "NOT_A_LINE", Say::new(vi, en))
}

/// Why a text is no name for a paper, and what to do: `GARBLED_TEXT` (an old font, a wrong decoding), `NOT_PRINTABLE` (a letter that is
/// not Latin, what is left of a broken one). `None` for what is wrong with it as a line.
pub fn unfit_name(pointer: &str, text: &str, error: LineError) -> Option<FieldError> {
    match error {
        LineError::Garbled => {
            let meant = meant(text).unwrap_or_default();
            let say = Say::new(
                format!(
                    "Chữ bị hỏng: gõ bằng phông cũ (TCVN3, VNI) hoặc đầu đọc QR giải mã sai tiếng Việt. Hãy gõ lại bằng Unicode; có phải “{meant}”?"
                ),
                format!(
                    "Garbled: typed in an old font (TCVN3, VNI) or wrongly decoded. Type it again in Unicode; is it “{meant}”?"
                ),
            );
            Some(FieldError::new(pointer, "GARBLED_TEXT", say))
        }
        LineError::Unprintable(c) if c.is_alphabetic() => {
            let say = Say::new(
                format!(
                    "Chữ “{c}” không thuộc hệ chữ Latinh nên không in được trên giấy tờ. Có thể đầu đọc QR giải mã sai tiếng Việt: hãy gõ tên bằng chữ Latinh."
                ),
                format!(
                    "The letter “{c}” is not Latin, papers cannot print it. Perhaps a QR reader decoded Vietnamese wrongly: type the name in Latin letters."
                ),
            );
            Some(FieldError::new(pointer, "NOT_PRINTABLE", say))
        }
        LineError::Unprintable(c) => {
            let code = u32::from(c);
            let say = Say::new(
                format!("Ký tự “{c}” (U+{code:04X}) không in được trên giấy tờ: hãy bỏ đi."),
                format!("Papers cannot print the character “{c}” (U+{code:04X}): leave it out."),
            );
            Some(FieldError::new(pointer, "NOT_PRINTABLE", say))
        }
        LineError::Empty | LineError::TooLong | LineError::ControlCharacter => None,
    }
}

/// Reads a phone number; the field error (`NOT_A_PHONE`) says what to write instead.
pub fn phone(pointer: &str, typed: &str) -> Result<Phone, FieldError> {
    Phone::parse(typed).map_err(|error| {
        let (vi, en) = error.advice();
        FieldError::new(pointer, "NOT_A_PHONE", Say::new(vi, en))
    })
}

/// Reads `note`, which tells the second person why, and is never public.
pub fn note(text: Option<&str>) -> Result<Option<Line>, FieldError> {
    text.map(|text| one_line("/note", text, MOST_NOTE)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let said = |text: &str| one_line("/name", text, 5).unwrap_err().detail.vi.into_owned();
        assert!(said(" \u{a0}").contains("Để trống"));
        assert!(said("sáu chữ").contains("tối đa 5"));
        assert!(said("a\nb").contains("xuống dòng"));
        assert_eq!(one_line("/name", " Hòa ", 5).unwrap().as_str(), "Hòa");
        assert_eq!(one_line("/name", "Ольга", 5).unwrap().as_str(), "Ольга", "a line may have any letters");
        let refused = |text: &str| one_name("/name", text, 20).map_err(|error| (error.code, error.detail.vi.into_owned()));
        assert!(refused("NguyÔn V¨n A").is_err_and(|(code, vi)| code == "GARBLED_TEXT" && vi.contains("“Nguyễn Văn A”")));
        assert!(refused("Tr廕吵").is_err_and(|(code, vi)| code == "NOT_PRINTABLE" && vi.contains("QR giải mã sai tiếng Việt")));
        assert!(refused("Nguy\u{FFFD}n").is_err_and(|(code, vi)| code == "NOT_PRINTABLE" && vi.contains("U+FFFD")));
        assert!(refused("a\nb").is_err_and(|(code, _)| code == "NOT_A_LINE"));
        assert_eq!(note(None), Ok(None));
        assert_eq!(note(Some("")).unwrap_err().pointer, "/note");
        assert!(note(Some(&"x".repeat(MOST_NOTE))).is_ok() && note(Some(&"x".repeat(MOST_NOTE + 1))).is_err());
    }
}
