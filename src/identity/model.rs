//! What a log-in name may be, and how long a wrong password makes one wait.

use chrono::Duration;

use crate::basics::Phone;
use crate::basics::text::is_invisible;
use crate::basics::typing::without_blanks;

/// Lifetime of an access token.
pub const ACCESS_LIFETIME: Duration = Duration::minutes(15);
/// Lifetime of a session.
pub const SESSION_LIFETIME: Duration = Duration::days(60);
/// Time between the password and the code of the second factor.
pub const SECOND_STEP_LIFETIME: Duration = Duration::minutes(5);
/// Delays are kept this long after the last attempt.
pub const DELAYS_KEPT: Duration = Duration::days(1);
/// Failures older than this no longer count.
pub const FAILURES_FORGOTTEN: Duration = Duration::minutes(30);
const FREE_FAILURES: i32 = 5;
const MAX_DELAY_S: i64 = 300;

/// What somebody typed as the name: a user name or a phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    UserName(String),
    Phone(Phone),
}

impl Login {
    /// Reads what was typed. Anything is accepted: what fits no account fails like a wrong password.
    pub fn parse(typed: &str) -> Login {
        match Phone::sought(typed) {
            Some(phone) => Login::Phone(phone),
            None => Login::UserName(user_name_as_typed(typed)),
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Login::UserName(text) => text,
            Login::Phone(phone) => phone.as_str(),
        }
    }
}

/// A user name in the one form in which it is stored, found and compared: without blanks and what nobody sees, with plain
/// hyphens, in small letters. Marks stay: a user name is never folded.
pub fn user_name_as_typed(typed: &str) -> String {
    // PostgreSQL takes no NUL; no user name holds what stands for it here.
    without_blanks(typed).to_ascii_lowercase().replace('\0', "\u{FFFD}")
}

/// A user name as stored: a letter, then letters, digits, dots, dashes; 3 to 64 characters.
pub fn user_name(text: &str) -> Option<String> {
    // Blanks inside are somebody's two words, not what came along.
    if text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)).contains(char::is_whitespace) {
        return None;
    }
    let name = user_name_as_typed(text);
    let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let fits = (3..=64).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(rest);
    fits.then_some(name)
}

/// How long the next attempt must wait after `failures` in a row.
pub fn delay_after(failures: i32) -> Duration {
    if failures <= FREE_FAILURES {
        return Duration::zero();
    }
    let doublings = u32::try_from(failures - FREE_FAILURES).unwrap_or(0).min(16);
    Duration::seconds((1i64 << doublings).min(MAX_DELAY_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_plain() {
        assert_eq!(user_name(" Hanh.HamLiem ").as_deref(), Some("hanh.hamliem"));
        assert_eq!(user_name("\u{202A}lan\u{2011}a.23095\u{202C}\u{a0}").as_deref(), Some("lan-a.23095"));
        // The Kelvin sign is no k.
        for bad in ["ab", "1abc", "hạnh", "a b c", "a\u{a0}b c", "", "\u{212A}im.23095"] {
            assert_eq!(user_name(bad), None, "{bad}");
        }
    }

    #[test]
    fn delays_double_and_are_bounded() {
        assert_eq!(delay_after(5), Duration::zero());
        assert_eq!(delay_after(6), Duration::seconds(2));
        assert_eq!(delay_after(7), Duration::seconds(4));
        assert_eq!(delay_after(i32::MAX), Duration::seconds(300));
    }
}
