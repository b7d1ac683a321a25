//! One-time passwords: made by us, told once to whoever registers or resets an account, good for a week, and good for
//! one thing only, to be changed (`authz::authenticate` refuses everything else).
//!
//! Hạnh reads hers from a slip of paper: four groups of four letters and digits, none of which can be mistaken for
//! another or means anything to a Vietnamese typing program, and what she types is read generously. Those made before that
//! rule are read as ever.

use chrono::{DateTime, Duration, Utc};

use crate::basics::typing;
use crate::http::{Kind, Problem};

/// How long one may wait before it is used.
pub const GOOD_FOR: Duration = Duration::days(7);

/// Four groups of four characters: 73 random bits.
pub fn make() -> Result<String, getrandom::Error> {
    Ok(in_groups(&typing::draw(LEN)?.to_ascii_lowercase()))
}

const LEN: usize = 16;

fn in_groups(text: &str) -> String {
    [&text[0..4], &text[4..8], &text[8..12], &text[12..16]].join("-")
}

/// What was typed, in the form in which it was made: any case, with or without dashes and blanks, `o` for 0, `i` and
/// `l` for 1. What can be no one-time password comes back as it is.
pub fn as_made(typed: &str) -> String {
    let plain: Option<String> = typing::without_blanks(typed)
        .chars()
        .filter(|c| !matches!(c, '-' | '.'))
        .map(|c| match c.to_ascii_lowercase() {
            'o' => Some('0'),
            'i' | 'l' => Some('1'),
            c if c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        })
        .collect();
    match plain {
        Some(text) if text.len() == LEN => in_groups(&text),
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
            assert!(!password.contains(['i', 'l', 'o', 'u', 'a', 'e', 'y', 'w', 'd', '0', '1']), "{password}");
            assert!(typing::survives(password) && typing::survives(&password.replace('-', "")), "{password}");
            assert_eq!(as_made(&password.to_uppercase().replace('-', "\u{a0}")), *password);
        }
    }

    #[test]
    fn what_is_typed_is_read_generously() {
        let made = "0a1b-c2d3-e4f5-1gh0";
        for typed in [
            "0a1b-c2d3-e4f5-1gh0",
            "0A1B C2D3 E4F5 1GH0",
            "oa1bc2d3e4f5lghO",
            " 0a1b–c2d3–e4f5–igh0 ",
            "\u{202A}0a1b\u{2011}c2d3\u{a0}e4f51gh0\u{202C}\n",
        ] {
            assert_eq!(as_made(typed), made, "{typed}");
        }
        for typed in ["", "mật khẩu của tôi", "0a1b-c2d3-e4f5-1gh", "0a1b-c2d3-e4f5-1gh0-0"] {
            assert_eq!(as_made(typed), typed);
        }
    }
}
