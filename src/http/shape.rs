//! What is said of a body or a query that does not have the shape its type asks for.
//!
//! The parsers' words are English and made for programmers: those that come are put into plain words of both languages here. They
//! name fields and what was expected, and repeat no more than a short value.

use serde_json::Value;

use super::{FieldError, Say};

/// The longest value that is repeated, in characters.
const MOST: usize = 40;

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Text,
    Integer,
    Boolean,
    List,
    Object,
    Date,
    Time,
    Uuid,
    Choice,
    /// Something that nobody here has words for.
    Other,
}

impl Wanted {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Wanted::Text => ("chữ trong ngoặc kép", "text in quotes"),
            Wanted::Integer => ("một số nguyên", "a whole number"),
            Wanted::Boolean => ("true hoặc false", "true or false"),
            Wanted::List => ("một danh sách […]", "a list […]"),
            Wanted::Object => ("một đối tượng {…}", "an object {…}"),
            Wanted::Date => ("một ngày viết \"năm-tháng-ngày\"", "a date written \"year-month-day\""),
            Wanted::Time => ("một thời điểm trong ngoặc kép", "a time in quotes"),
            Wanted::Uuid => ("một UUID trong ngoặc kép", "a UUID in quotes"),
            Wanted::Choice => ("một trong các lựa chọn, trong ngoặc kép", "one of the choices, in quotes"),
            Wanted::Other => ("kiểu khác", "something else"),
        }
    }

    /// A type by the word a parser has for it.
    fn of(expected: &str) -> Self {
        match expected {
            "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => Wanted::Integer,
            "a boolean" => Wanted::Boolean,
            "a string" | "string or map" | "str" => Wanted::Text,
            "a sequence" => Wanted::List,
            "a formatted date string" => Wanted::Date,
            "an RFC 3339 formatted date and time string or a unix timestamp" | "an RFC 3339 formatted date and time string" => {
                Wanted::Time
            }
            "a UUID string" | "a formatted UUID string" => Wanted::Uuid,
            other if other.starts_with("struct ") || other == "a map" => Wanted::Object,
            other if other.starts_with("enum ") => Wanted::Choice,
            _ => Wanted::Other,
        }
    }
}

/// `REQUIRED`: the field is not there.
pub(super) fn missing(pointer: &str, name: &str) -> FieldError {
    FieldError::new(pointer, "REQUIRED", Say::new(format!("Thiếu `{name}`."), format!("`{name}` is missing.")))
}

/// `UNKNOWN_FIELD`: there is none of this name; `known` are those there are.
pub(super) fn unknown(pointer: &str, name: &str, known: &[&str]) -> FieldError {
    let (name, names) = (short(name), if known.is_empty() { "–".to_owned() } else { known.join(", ") });
    let say = Say::new(format!("Không có `{name}`; có thể gửi: {names}."), format!("There is no `{name}`; known are: {names}."));
    FieldError::new(pointer, "UNKNOWN_FIELD", say)
}

/// `NOT_A_CHOICE`: none of the words there are.
pub fn no_choice(pointer: &str, sent: &str, words: &[&str]) -> FieldError {
    let (sent, words) = (short(sent), words.join(", "));
    let say = Say::new(format!("`{sent}` không có trong các lựa chọn: {words}."), format!("`{sent}` is none of: {words}."));
    FieldError::new(pointer, "NOT_A_CHOICE", say)
}

/// `NOT_A_DATE`.
pub(super) fn no_date(pointer: &str) -> FieldError {
    let say = Say::fixed(
        "Cần ngày có thật, viết năm-tháng-ngày, ví dụ 2026-11-22.",
        "A real date is needed, written year-month-day, for example 2026-11-22.",
    );
    FieldError::new(pointer, "NOT_A_DATE", say)
}

/// `NOT_A_TIME`.
pub(super) fn no_time(pointer: &str) -> FieldError {
    let say = Say::fixed(
        "Cần thời điểm có thật với múi giờ, ví dụ 2026-11-22T08:00:00+07:00.",
        "A real time with its zone is needed, for example 2026-11-22T08:00:00+07:00.",
    );
    FieldError::new(pointer, "NOT_A_TIME", say)
}

pub(super) fn no_uuid(pointer: &str) -> FieldError {
    let say = Say::fixed(
        "Cần một UUID, ví dụ 01932f8e-7c1a-7e60-9d43-5a6f1c2b3d4e.",
        "A UUID is needed, for example 01932f8e-7c1a-7e60-9d43-5a6f1c2b3d4e.",
    );
    FieldError::new(pointer, "WRONG_SHAPE", say)
}

/// `WRONG_SHAPE`: something of another type.
pub(super) fn wrong_kind(pointer: &str, wanted: Wanted, sent: &Value) -> FieldError {
    let (vi, en) = match sent {
        Value::Null => ("null".to_owned(), "null".to_owned()),
        Value::Bool(value) => (value.to_string(), value.to_string()),
        Value::Number(number) => {
            (format!("số {}", short(&number.to_string())), format!("the number {}", short(&number.to_string())))
        }
        Value::String(text) => (format!("chữ \"{}\"", short(text)), format!("the text \"{}\"", short(text))),
        Value::Array(_) => ("danh sách".to_owned(), "a list".to_owned()),
        Value::Object(_) => ("đối tượng".to_owned(), "an object".to_owned()),
    };
    instead(pointer, wanted, &vi, &en)
}

fn instead(pointer: &str, wanted: Wanted, vi: &str, en: &str) -> FieldError {
    let (wanted_vi, wanted_en) = wanted.words();
    let say = Say::new(format!("Cần {wanted_vi}, không phải {vi}."), format!("This must be {wanted_en}, not {en}."));
    FieldError::new(pointer, "WRONG_SHAPE", say)
}

/// A value as it is repeated: whole when it is short, else its beginning.
fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(MOST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// One field error for what a parser refused at a place.
pub(super) fn wrong_shape(pointer: impl Into<String>, cause: &str) -> FieldError {
    let (pointer, cause) = (pointer.into(), cause.split(" at line ").next().unwrap_or_default());
    let quoted = |rest: &str| rest.split('`').nth(1).unwrap_or_default().to_owned();
    if let Some(name) = cause.strip_prefix("missing field ").map(quoted) {
        return missing(&pointer, &name);
    }
    if let Some(name) = cause.strip_prefix("duplicate field ").map(quoted) {
        let say = Say::new(format!("`{name}` được gửi hai lần."), format!("`{name}` is sent twice."));
        return FieldError::new(pointer, "WRONG_SHAPE", say);
    }
    if let Some((name, known)) = cause.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", ")) {
        return unknown(&pointer, &quoted(name), &choices(known));
    }
    if let Some((name, known)) = cause.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", ")) {
        return no_choice(&pointer, &quoted(name), &choices(known));
    }
    if let Some((found, expected)) = cause.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected ")) {
        let (vi, en) = found_words(found);
        return instead(&pointer, Wanted::of(expected), &vi, &en);
    }
    if DATE.iter().any(|words| cause.contains(words)) {
        return no_date(&pointer);
    }
    if cause.contains("UUID") {
        return no_uuid(&pointer);
    }
    let say = if cause.starts_with("invalid value: integer") {
        Say::fixed("Số này quá lớn hoặc quá nhỏ.", "This number is too large or too small.")
    } else if ["invalid digit found", "cannot parse integer", "too large to fit", "too small to fit"]
        .iter()
        .any(|words| cause.contains(words))
    {
        Say::fixed("Cần một số nguyên, chỉ gồm chữ số.", "A whole number is needed, digits only.")
    } else if cause.contains("was not `true` or `false`") {
        Say::fixed("Cần true hoặc false.", "true or false is needed.")
    } else {
        // What nobody here has put into plain words is English: nothing for the middle of a Vietnamese sentence.
        Say::new("Sai kiểu hoặc không đọc được.", format!("Of the wrong type or unreadable: {}.", cut_at_a_word(cause)))
    };
    FieldError::new(pointer, "WRONG_SHAPE", say)
}

/// What a parser found, in both languages: "string \"1\"", "integer `5`", "null", "map".
fn found_words(found: &str) -> (String, String) {
    let value = |rest: &str| short(rest.trim().trim_matches(['`', '"']));
    for (start, vi, en) in
        [("string", "chữ", "the text"), ("integer", "số", "the number"), ("floating point", "số", "the number")]
    {
        if let Some(rest) = found.strip_prefix(start) {
            return (format!("{vi} \"{}\"", value(rest)), format!("{en} \"{}\"", value(rest)));
        }
    }
    match found {
        "sequence" => ("danh sách".to_owned(), "a list".to_owned()),
        "map" => ("đối tượng".to_owned(), "an object".to_owned()),
        "null" => ("null".to_owned(), "null".to_owned()),
        _ if found.starts_with("boolean") => {
            (value(found.trim_start_matches("boolean")), value(found.trim_start_matches("boolean")))
        }
        _ => ("kiểu này".to_owned(), "this type".to_owned()),
    }
}

/// At most 200 characters, and no half a word.
fn cut_at_a_word(cause: &str) -> String {
    match cause.char_indices().nth(200) {
        None => cause.to_owned(),
        Some((end, _)) => {
            let start = cause.get(..end).unwrap_or_default();
            format!("{} …", start.rsplit_once(' ').map_or(start, |(whole, _)| whole))
        }
    }
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
fn choices(known: &str) -> Vec<&str> {
    known.split('`').skip(1).step_by(2).collect()
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
            (r#"{"amount": "1"}"#, "Cần một số nguyên, không phải chữ \"1\"."),
            (r#"{"amount": 1.5}"#, "Cần một số nguyên, không phải số \"1.5\"."),
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
    fn a_code_says_what_kind_of_mistake_it_is() {
        let code = |text: &str| wrong_shape("", &serde_json::from_str::<All>(text).unwrap_err().to_string()).code;
        assert_eq!(code("{}"), "REQUIRED");
        assert_eq!(code(r#"{"amont": 1}"#), "UNKNOWN_FIELD");
        assert_eq!(code(r#"{"channel": "GOLD"}"#), "NOT_A_CHOICE");
        assert_eq!(code(r#"{"day": "22/11/2026"}"#), "NOT_A_DATE");
        assert_eq!(code(r#"{"amount": "1"}"#), "WRONG_SHAPE");
    }

    #[test]
    fn other_words_are_for_readers_of_english_and_never_cut_in_the_middle() {
        let odd = wrong_shape("/a", &format!("something else {}", "word ".repeat(1_000)));
        assert!(odd.detail.en.contains("something else") && odd.detail.en.chars().count() < 300);
        assert!(odd.detail.en.ends_with("word …."), "{}", odd.detail.en);
        assert_eq!(odd.detail.vi, "Sai kiểu hoặc không đọc được.");
        assert_eq!(short(&"ă".repeat(41)), format!("{}…", "ă".repeat(40)));
        assert_eq!(wrong_shape("/a", "odd at line 3 column 4").detail.en, "Of the wrong type or unreadable: odd.");
    }
}
