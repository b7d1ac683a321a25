//! One-time passwords: made by us, told once to whoever registers or resets an account, good for a week, and good for
//! one thing only, to be changed (`authz::authenticate` refuses everything else).
//!
//! Hạnh reads hers from a slip of paper: four groups of four letters and digits, none of which can be mistaken for
//! another, and what she types is read generously.

use chrono::{DateTime, Duration, Utc};

use crate::basics::PublicCode;
use crate::http::{Kind, Problem};

/// How long one may wait before it is used.
pub const GOOD_FOR: Duration = Duration::days(7);

/// Four groups of four characters: 80 random bits.
pub fn make() -> Result<String, getrandom::Error> {
    let code = PublicCode::random()?;
    let text = code.as_str().to_ascii_lowercase();
    Ok([&text[0..4], &text[4..8], &text[8..12], &text[12..16]].join("-"))
}

/// What was typed, in the form in which it was made: any case, with or without dashes and blanks, `o` for 0, `i` and
/// `l` for 1. What can be no one-time password comes back as it is.
pub fn as_made(typed: &str) -> String {
    let plain: Option<String> = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '–' | '.'))
        .map(|c| match c.to_ascii_lowercase() {
            'o' => Some('0'),
            'i' | 'l' => Some('1'),
            c if c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        })
        .collect();
    match plain {
        Some(text) if text.len() == 16 => [&text[0..4], &text[4..8], &text[8..12], &text[12..16]].join("-"),
        _ => typed.to_owned(),
    }
}

/// Refuses an account whose one-time password has run out. Asked after the password was right, so a stranger learns
/// nothing.
pub fn refuse_if_over(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), Problem> {
    match until {
        Some(until) if until <= now => Err(Problem::say(
            Kind::OneTimePasswordOver,
            "Mật khẩu một lần này đã hết hạn: hãy xin người quản trị cấp lại.",
            "This one-time password has run out: ask the administrator for a new one.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_readable_and_never_the_same() {
        let all: std::collections::HashSet<String> = (0..200).map(|_| make().unwrap()).collect();
        assert_eq!(all.len(), 200);
        for password in &all {
            let groups: Vec<&str> = password.split('-').collect();
            assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4, 4]);
            assert!(!password.contains(['i', 'l', 'o', 'u']), "{password}");
        }
    }

    #[test]
    fn what_is_typed_is_read_generously() {
        let made = "0a1b-c2d3-e4f5-1gh0";
        for typed in ["0a1b-c2d3-e4f5-1gh0", "0A1B C2D3 E4F5 1GH0", "oa1bc2d3e4f5lghO", " 0a1b–c2d3–e4f5–igh0 "] {
            assert_eq!(as_made(typed), made, "{typed}");
        }
        for typed in ["", "mật khẩu của tôi", "0a1b-c2d3-e4f5-1gh", "0a1b-c2d3-e4f5-1gh0-0"] {
            assert_eq!(as_made(typed), typed);
        }
    }
}
