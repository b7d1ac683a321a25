//! What people type from bags and certificates: donation numbers, serials.

use super::model::serial_key;
use crate::basics::Line;
use crate::blood_rules::{Din, DinError};
use crate::http::{FieldError, Say, one_line};

/// The longest serial, in characters.
const MOST_SERIAL: usize = 60;

/// What was typed as a donation number.
pub fn din(pointer: &str, typed: &str) -> Result<Din, FieldError> {
    Din::parse(typed).map_err(|error| {
        let (code, vi, en) = match error {
            DinError::NotADin => (
                "NOT_A_DIN",
                "Mã túi máu gồm 13 chữ và số cùng ký tự kiểm tra, hoặc đúng như máy quét đọc.",
                "A donation number has thirteen characters and a check character, or is as scanned.",
            ),
            DinError::WrongCheck => (
                "WRONG_CHECK",
                "Ký tự kiểm tra không khớp: hãy xem lại từng ký tự.",
                "The check character is another one: look at each character again.",
            ),
            DinError::NoCheck => (
                "NO_CHECK",
                "Thiếu ký tự kiểm tra (ký tự trong khung, đứng sau 13 ký tự).",
                "The check character is missing (the one in a frame behind the thirteen).",
            ),
        };
        FieldError::new(pointer, code, Say::fixed(vi, en))
    })
}

/// What was typed as the serial of a certificate.
pub fn serial(pointer: &str, typed: &str) -> Result<Line, FieldError> {
    let line = one_line(pointer, typed, MOST_SERIAL)?;
    let say = || Say::fixed("Số giấy chứng nhận gồm chữ không dấu và số.", "A serial has letters without marks and digits.");
    serial_key(line.as_str()).map(|_| line).ok_or_else(|| FieldError::new(pointer, "NOT_A_SERIAL", say()))
}
