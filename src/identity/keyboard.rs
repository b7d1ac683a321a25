//! What is said when a Vietnamese typing program seems to stand between the keys and a field.
//!
//! User names are never folded (folded, `lản.23095` would be `lan.23095`: another person) and passwords are never varied: who
//! types something else is told where to look, and nothing more.

use crate::basics::Phone;
use crate::basics::typing::has_marked_letters;
use crate::http::{FieldError, Kind, Problem, Say};

/// A user name with a marked letter is nobody's. Found before anything is looked up or counted, it tells nothing about
/// accounts.
pub fn is_on(user: &str) -> Option<Problem> {
    has_marked_letters(user).then(|| {
        Problem::say(
            Kind::WrongCredentials,
            "Tên đăng nhập không có chữ có dấu: hình như bộ gõ tiếng Việt đang bật. Hãy tắt bộ gõ rồi gõ lại; lần này không tính là sai.",
            "User names have no marked letters: a Vietnamese typing program seems to be on. Turn it off and type again; this did not count as a failure.",
        )
    })
}

/// The one answer to a wrong name and a wrong password.
pub fn wrong_credentials() -> Problem {
    Problem::say(
        Kind::WrongCredentials,
        "Hãy kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi gõ lại. Nếu quên mật khẩu, hãy xin người quản trị cấp mật khẩu một lần.",
        "Check the Vietnamese typing program and Caps Lock and type again. If the password is forgotten, ask the administrator for a one-time password.",
    )
}

/// A password asked for once more is wrong.
pub fn wrong_password(pointer: &str) -> Problem {
    Problem::field(
        pointer,
        "WRONG_PASSWORD",
        "Sai mật khẩu: hãy kiểm tra bộ gõ tiếng Việt và phím Caps Lock.",
        "Wrong password: check the Vietnamese typing program and Caps Lock.",
    )
}

/// What a user name may be, when it is not.
pub fn not_a_user_name(typed: &str) -> FieldError {
    let say = if has_marked_letters(typed) {
        Say::fixed(
            "Tên đăng nhập chỉ có chữ cái không dấu: hãy tắt bộ gõ tiếng Việt rồi gõ lại.",
            "A user name has no marked letters: turn the Vietnamese typing program off and type again.",
        )
    } else if Phone::parse(typed).is_ok() {
        Say::fixed(
            "Đây là số điện thoại, đã dùng được để đăng nhập: hãy để trống tên đăng nhập hoặc chọn tên khác.",
            "This is a phone number, which logs in already: leave the user name out or choose another.",
        )
    } else {
        Say::fixed(
            "Tên đăng nhập: một chữ cái, rồi 2 đến 63 chữ cái không dấu, chữ số, dấu chấm, gạch.",
            "A user name is a letter, then 2 to 63 plain letters, digits, dots, dashes.",
        )
    };
    FieldError::new("/user_name", "NOT_A_USER_NAME", say)
}
