//! What is said of a body or a query that does not have the shape its type asks for.
//!
//! The parsers' words are English and made for programmers: the usual ones are put into plain words of both languages here, and
//! the others are passed on. They name fields and what was expected, and repeat no more than a short value.

use super::{FieldError, Say};

/// The longest part of a parser's words that is passed on, in characters.
const MOST: usize = 200;

/// One field error for what a parser refused.
pub(super) fn wrong_shape(pointer: impl Into<String>, cause: &str) -> FieldError {
    let cause: String = cause.split(" at line ").next().unwrap_or_default().chars().take(MOST).collect();
    FieldError::new(pointer, "WRONG_SHAPE", said(&cause))
}

fn said(cause: &str) -> Say {
    if let Some(name) = cause.strip_prefix("missing field ") {
        return Say::new(format!("Thiếu {name}."), format!("{name} is missing."));
    }
    if let Some(name) = cause.strip_prefix("duplicate field ") {
        return Say::new(format!("{name} được gửi hai lần."), format!("{name} is sent twice."));
    }
    if let Some((name, known)) = cause.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", ")) {
        let names = choices(known);
        return Say::new(format!("Không có {name}; có thể gửi: {names}."), format!("There is no {name}; known are: {names}."));
    }
    if let Some((name, known)) = cause.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", ")) {
        let names = choices(known);
        return Say::new(format!("{name} không có trong các lựa chọn: {names}."), format!("{name} is none of: {names}."));
    }
    if cause.contains("invalid digit found") || cause.contains("cannot parse integer") || cause.contains("too large to fit") {
        return Say::fixed("Cần một số nguyên, chỉ gồm chữ số.", "A whole number is needed, digits only.");
    }
    if cause.contains("was not `true` or `false`") {
        return Say::fixed("Cần true hoặc false.", "true or false is needed.");
    }
    if DATE.iter().any(|words| cause.contains(words)) {
        return Say::fixed(
            "Cần ngày có thật, viết năm-tháng-ngày, ví dụ 2026-11-22.",
            "A real date is needed, written year-month-day, for example 2026-11-22.",
        );
    }
    if cause.contains("UUID") {
        return Say::fixed(
            "Cần một UUID, ví dụ 01932f8e-7c1a-7e60-9d43-5a6f1c2b3d4e.",
            "A UUID is needed, for example 01932f8e-7c1a-7e60-9d43-5a6f1c2b3d4e.",
        );
    }
    if let Some((found, expected)) = cause.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected ")) {
        let (vi, en) = kind_of(expected);
        return Say::new(format!("Cần {vi}, không phải {found}."), format!("This must be {en}, not {found}."));
    }
    Say::new(format!("Sai kiểu hoặc không đọc được: {cause}."), format!("Of the wrong type or unreadable: {cause}."))
}

/// What chrono says of a text that is no date.
const DATE: [&str; 6] = [
    "input contains invalid characters",
    "premature end of input",
    "trailing input",
    "input is out of range",
    "input is not enough for unique date",
    "no possible date and time",
];

/// "expected one of `a`, `b`", "expected `a` or `b`" and "expected `a`" as a list; "there are no fields" is an empty one.
fn choices(known: &str) -> String {
    let names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

/// A type by the word a parser has for it, in both languages.
fn kind_of(expected: &str) -> (&str, &str) {
    match expected {
        "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => ("một số nguyên", "a whole number"),
        "a boolean" => ("true hoặc false", "true or false"),
        "a string" | "string or map" | "str" => ("chữ trong ngoặc kép", "text in quotes"),
        "a sequence" => ("một danh sách […]", "a list […]"),
        "a formatted date string" => ("một ngày viết \"năm-tháng-ngày\"", "a date written \"year-month-day\""),
        "a UUID string" | "a formatted UUID string" => ("một UUID trong ngoặc kép", "a UUID in quotes"),
        other if other.starts_with("struct ") || other == "a map" => ("một đối tượng {…}", "an object {…}"),
        other if other.starts_with("enum ") => ("một trong các lựa chọn, trong ngoặc kép", "one of the choices, in quotes"),
        other => (other, other),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use serde::Deserialize;
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, Deserialize)]
    enum Channel {
        #[serde(rename = "CASH")]
        _Cash,
        #[serde(rename = "BANK")]
        _Bank,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct All {
        #[serde(rename = "amount")]
        _amount: i64,
        #[serde(rename = "day")]
        _day: Option<NaiveDate>,
        #[serde(rename = "id")]
        _id: Option<Uuid>,
        #[serde(rename = "open")]
        _open: Option<bool>,
        #[serde(rename = "channel")]
        _channel: Option<Channel>,
        #[serde(rename = "name")]
        _name: Option<String>,
        #[serde(rename = "tags")]
        _tags: Option<Vec<String>>,
        #[serde(rename = "inner")]
        _inner: Option<Box<All>>,
    }

    /// What serde_json and serde_urlencoded really say, so that other words in a new version of theirs are noticed.
    #[test]
    fn parsers_words_become_plain_ones() {
        let json = |text: &str| wrong_shape("", &serde_json::from_str::<All>(text).unwrap_err().to_string()).detail.vi;
        let query = |text: &str| wrong_shape("", &serde_urlencoded::from_str::<All>(text).unwrap_err().to_string()).detail.vi;
        assert_eq!(json("{}"), "Thiếu `amount`.");
        assert!(json(r#"{"amont": 1}"#).starts_with("Không có `amont`; có thể gửi: amount, day, "));
        assert_eq!(query("amount=1&amount=2"), "`amount` được gửi hai lần.");
        assert_eq!(json(r#"{"channel": "GOLD"}"#), "`GOLD` không có trong các lựa chọn: CASH, BANK.");
        for (wrong, part) in [
            (r#"{"amount": "1"}"#, "Cần một số nguyên, không phải string \"1\"."),
            (r#"{"amount": 1.5}"#, "Cần một số nguyên, không phải floating point `1.5`."),
            (r#"{"amount": null}"#, "Cần một số nguyên"),
            (r#"{"open": 1}"#, "Cần true hoặc false"),
            (r#"{"name": 1}"#, "Cần chữ trong ngoặc kép"),
            (r#"{"tags": "a"}"#, "Cần một danh sách"),
            (r#"{"inner": "a"}"#, "Cần một đối tượng"),
            (r#"{"day": "22/11/2026"}"#, "2026-11-22"),
            (r#"{"day": "2026-02-30"}"#, "2026-11-22"),
            (r#"{"day": 20261122}"#, "năm-tháng-ngày"),
            (r#"{"id": "1"}"#, "Cần một UUID"),
            (r#"{"id": 1}"#, "Cần một UUID"),
        ] {
            assert!(json(wrong).contains(part), "{wrong}: {}", json(wrong));
        }
        for (wrong, part) in [
            ("amount=", "số nguyên"),
            ("amount=abc", "số nguyên"),
            ("amount=99999999999999999999", "số nguyên"),
            ("amount=1&day=", "2026-11-22"),
            ("amount=1&day=2026-13-01", "2026-11-22"),
            ("amount=1&day=yesterday", "2026-11-22"),
            ("amount=1&id=7", "UUID"),
            ("amount=1&open=yes", "true hoặc false"),
        ] {
            assert!(query(wrong).contains(part), "{wrong}: {}", query(wrong));
        }
    }

    #[test]
    fn other_words_are_passed_on_and_kept_short() {
        let odd = wrong_shape("/a", &format!("something else {}", "x".repeat(1_000)));
        assert!(odd.detail.en.contains("something else") && odd.detail.en.chars().count() < 300);
        assert_eq!(wrong_shape("/a", "odd at line 3 column 4").detail.en, "Of the wrong type or unreadable: odd.");
    }
}
