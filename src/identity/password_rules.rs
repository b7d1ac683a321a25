//! What a password that somebody chooses must and must not be. Length is what counts; letters, marks, blanks and signs
//! are free. Refused is only what a guesser tries first: the commonest passwords, here and in the world, and what stands
//! on the person's own card.

use unicode_normalization::UnicodeNormalization;

use crate::basics::text::fold;
use crate::http::{FieldError, Say};

/// Characters, after normalisation.
pub const MIN_CHARS: usize = 10;
/// Bytes, after normalisation.
pub const MAX_BYTES: usize = 256;

/// One folded word a line; digits and signs around a word do not make it less common.
const COMMON: &str = include_str!("../../data/common-passwords.txt");

/// The form in which passwords are hashed and compared: NFC, because keyboards differ in how they send `ậ`.
pub fn normal(password: &str) -> String {
    password.nfc().collect()
}

/// Checks a new password of the account with this user name and phone number.
pub fn check(password: &str, user_name: &str, phone: Option<&str>) -> Result<(), FieldError> {
    let refused = |code, vi: &'static str, en: &'static str| Err(FieldError::new("/new_password", code, Say::fixed(vi, en)));
    // Bytes bound the work of what follows; NFC makes at most three times as much of a text.
    if password.len() > 4 * MAX_BYTES {
        return refused("TOO_LONG", "Mật khẩu dài tối đa 256 byte.", "A password has at most 256 bytes.");
    }
    let password = normal(password);
    if password.len() > MAX_BYTES {
        return refused("TOO_LONG", "Mật khẩu dài tối đa 256 byte.", "A password has at most 256 bytes.");
    }
    if password.chars().count() < MIN_CHARS {
        return refused("TOO_SHORT", "Mật khẩu có ít nhất 10 ký tự.", "A password has at least 10 characters.");
    }
    if names_its_owner(&password, user_name, phone) {
        return refused(
            "NAMES_ITS_OWNER",
            "Mật khẩu không được là tên đăng nhập hay số điện thoại của bạn.",
            "A password is not one's user name or phone number.",
        );
    }
    if is_common(&password) {
        return refused(
            "TOO_COMMON",
            "Mật khẩu này ai cũng đoán được: hãy ghép vài từ của riêng bạn.",
            "This password is among the first to be guessed: join a few words of your own.",
        );
    }
    Ok(())
}

/// Folded letters and digits only.
fn plain(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The user name or the phone number, perhaps with a few characters around it.
fn names_its_owner(password: &str, user_name: &str, phone: Option<&str>) -> bool {
    let password = plain(password);
    let mut names = vec![plain(user_name)];
    // 0912345678, 84912345678 and 912345678 are one number.
    names.extend(phone.map(|phone| phone.trim_start_matches('0').to_owned()));
    let left = |name: &String| password.len().saturating_sub(name.len());
    names.iter().any(|name| name.len() >= 3 && password.contains(name.as_str()) && left(name) < 4)
}

fn is_common(password: &str) -> bool {
    let plain = plain(password);
    let distinct: std::collections::HashSet<char> = fold(password).chars().collect();
    let word = plain.trim_matches(|c: char| c.is_ascii_digit());
    let digits_around = plain.len() - word.len();
    distinct.len() < 4 || is_run(&plain) || COMMON.lines().any(|common| common == plain || (common == word && digits_around <= 8))
}

/// `1234567890`, `9876543210`, `abcdefghij`: every step is one up, or every step is one down.
fn is_run(text: &str) -> bool {
    let steps: Vec<i64> = text.as_bytes().windows(2).map(|pair| i64::from(pair[1]) - i64::from(pair[0])).collect();
    // After 9 comes 0.
    let all = |step: i64| !steps.is_empty() && steps.iter().all(|s| *s == step || *s == -9 * step);
    all(1) || all(-1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(password: &str) -> Option<&'static str> {
        check(password, "lan.hamliem", Some("0912345678")).err().map(|error| error.code)
    }

    #[test]
    fn length_is_counted_in_characters_and_bounded_in_bytes() {
        assert_eq!(code("gió mùa đô"), None);
        assert_eq!(code("gió mùa đ"), Some("TOO_SHORT"));
        assert_eq!(code(""), Some("TOO_SHORT"));
        // Decomposed marks are no characters of their own.
        assert_eq!(code("gio\u{301} mu\u{300}a d"), Some("TOO_SHORT"));
        assert_eq!(code(&"gió mùa đông bắc ".repeat(11)), None, "253 bytes");
        assert_eq!(code(&"gió mùa đông bắc ".repeat(20)), Some("TOO_LONG"));
        assert_eq!(code(&"x".repeat(1_000_000)), Some("TOO_LONG"));
    }

    #[test]
    fn the_owner_is_not_the_secret() {
        for password in [
            "lan.hamliem",
            "LAN.HAMLIEM",
            "lanhamliem1",
            "Lan_Hàm_Liêm!",
            "0912345678",
            "+84 912 345 678",
            "84912345678",
            "a0912.345.678",
        ] {
            assert_eq!(code(password), Some("NAMES_ITS_OWNER"), "{password}");
        }
        assert_eq!(code("hoa mai nở ở lan.hamliem năm nay"), None);
        assert_eq!(check("hoa mai nở sớm", "hoa", None).map_err(|e| e.code), Ok(()));
    }

    #[test]
    fn what_everybody_has_is_refused() {
        for password in [
            "1234567890",
            "0123456789",
            "9876543210",
            "12345678910",
            "123456789a",
            "aaaaaaaaaaaa",
            "1111111111",
            "1212121212",
            "password123",
            "Password2026!",
            "P@ssword1234",
            "qwertyuiop",
            "1q2w3e4r5t",
            "matkhau123",
            "Mật khẩu 123",
            "MẬT KHẨU 2026",
            "anhyeuem123",
            "Anh yêu em 1314",
            "emyeuanh520",
            "vietnam2026",
            "Việt Nam 1975",
            "hochiminh1890",
            "chuthapdo123",
            "Hội Chữ thập đỏ",
            "sonhanai2026",
            "Sổ Nhân Ái 2026",
            "iloveyou123",
            "abcdefghij",
            "abcd123456",
            "xinchao123",
            "khongbiet123",
        ] {
            assert_eq!(code(password), Some("TOO_COMMON"), "{password}");
        }
        for password in ["con mèo trèo cây cau", "Trời hôm nay 27 độ", "xK3-vuông-tròn", "password của tôi là mèo"]
        {
            assert_eq!(code(password), None, "{password}");
        }
    }

    #[test]
    fn the_list_is_written_as_it_is_compared() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() > 150);
        for line in &lines {
            assert!(line.len() >= 4 && plain(line) == *line, "{line:?}");
        }
        let mut sorted = lines.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(lines, sorted, "sorted, each once");
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer_and_both_forms_the_same(text in "\\PC{0,60}") {
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(code(&text), code(&decomposed));
        }

        #[test]
        fn random_letters_pass(text in "[a-hj-z]{4}-[0-9][a-z]{5}-[a-z][0-9]{2}[a-z]{3}") {
            prop_assert_eq!(code(&text), None);
        }
    }
}
