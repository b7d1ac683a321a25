//! What a log-in name may be, and how long a wrong password makes one wait.

use chrono::Duration;

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
    Phone(String),
}

impl Login {
    /// Reads what was typed. Anything is accepted: what fits no account fails like a wrong password.
    pub fn parse(typed: &str) -> Login {
        match phone(typed) {
            Some(phone) => Login::Phone(phone),
            // PostgreSQL takes no NUL; no user name holds what stands for it here.
            None => Login::UserName(typed.trim().to_lowercase().replace('\0', "\u{FFFD}")),
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Login::UserName(text) | Login::Phone(text) => text,
        }
    }
}

/// A Vietnamese phone number in national form (`0912345678`), from any usual spelling.
pub fn phone(typed: &str) -> Option<String> {
    let plain: String = typed.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
    let national = match plain.strip_prefix("+84").or_else(|| plain.strip_prefix("84").filter(|rest| rest.len() >= 9)) {
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None => plain,
    };
    let fits = national.starts_with('0') && (10..=11).contains(&national.len()) && national.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(national)
}

/// A user name as stored: a letter, then letters, digits, dots, dashes; 3 to 64 characters.
pub fn user_name(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_lowercase();
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
    fn phone_numbers_have_one_form() {
        for typed in ["0912345678", "+84912345678", "84912345678", "0912.345.678", "+84 (0)912 345 678"] {
            assert_eq!(phone(typed).as_deref(), Some("0912345678"), "{typed}");
        }
        for typed in ["", "hanh", "12345", "09123456789012", "84abc"] {
            assert_eq!(phone(typed), None, "{typed}");
        }
    }

    #[test]
    fn user_names_are_plain() {
        assert_eq!(user_name(" Hanh.HamLiem ").as_deref(), Some("hanh.hamliem"));
        for bad in ["ab", "1abc", "hạnh", "a b c", ""] {
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
