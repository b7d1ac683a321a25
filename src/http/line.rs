//! One line of text or a phone number in a request, and what is said when it is none.

use super::{FieldError, Say};
use crate::basics::text::LineError;
use crate::basics::{Line, Phone};

/// The longest note for a colleague, in characters.
const MOST_NOTE: usize = 500;

/// Reads a line of 1 to `most` characters; the field error (`NOT_A_LINE`) says which of its rules is broken.
pub fn one_line(pointer: &str, text: &str, most: usize) -> Result<Line, FieldError> {
    Line::parse(text, most).map_err(|error| {
        let (vi, en) = match error {
            LineError::Empty => {
                (format!("Để trống: cần một dòng, 1 đến {most} ký tự."), format!("Empty: one line of 1 to {most} characters."))
            }
            LineError::TooLong => {
                (format!("Quá dài: một dòng, tối đa {most} ký tự."), format!("Too long: one line of at most {most} characters."))
            }
            LineError::ControlCharacter => (
                "Có chỗ xuống dòng hoặc ký tự ẩn: cần một dòng chữ thường.".to_owned(),
                "It has a line break or an invisible character: one line of plain text.".to_owned(),
            ),
        };
        FieldError::new(pointer, "NOT_A_LINE", Say::new(vi, en))
    })
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
        assert_eq!(note(None), Ok(None));
        assert_eq!(note(Some("")).unwrap_err().pointer, "/note");
        assert!(note(Some(&"x".repeat(MOST_NOTE))).is_ok() && note(Some(&"x".repeat(MOST_NOTE + 1))).is_err());
    }
}
