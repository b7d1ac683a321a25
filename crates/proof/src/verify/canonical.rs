//! Reads JSON that is written as RFC 8785 (JCS) writes it, and no other.
//!
//! A leaf has one meaning and one encoding: whatever parses here, written canonically again, is the same bytes. One pass
//! without copying does what parsing, writing and comparing would do. Numbers are whole and at most 2^53: leaves have no others.

use std::borrow::Cow;

/// A value; an object's members are in their canonical order, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Number(i64),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

/// Deeper nesting is refused.
const MAX_DEPTH: usize = 8;
const MAX_NUMBER: i64 = 1 << 53;

/// Not canonical JSON, from this byte on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no canonical JSON (RFC 8785): {what} at byte {at}")]
pub struct NotCanonical {
    pub what: &'static str,
    pub at: usize,
}

/// Reads a whole text.
pub fn read(bytes: &[u8]) -> Result<Value<'_>, NotCanonical> {
    let text = std::str::from_utf8(bytes).map_err(|error| NotCanonical { what: "not UTF-8", at: error.valid_up_to() })?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    if reader.at == text.len() { Ok(value) } else { Err(reader.not("something after the end")) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn not(&self, what: &'static str) -> NotCanonical {
        NotCanonical { what, at: self.at }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8, what: &'static str) -> Result<(), NotCanonical> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.not(what))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, NotCanonical> {
        if depth > MAX_DEPTH {
            return Err(self.not("too deep"));
        }
        match self.peek() {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))] {
                    if self.rest().starts_with(word) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.not("no value"))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, NotCanonical> {
        let mut members: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            let name = self.string()?;
            if members.last().is_some_and(|(last, _)| !is_before(last, &name)) {
                return Err(self.not("a name out of order"));
            }
            self.take(b':', "no colon")?;
            members.push((name, self.value(depth + 1)?));
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => break self.take(b'}', "an object without end"),
            }
        }?;
        Ok(Value::Object(members))
    }

    fn list(&mut self, depth: usize) -> Result<Value<'a>, NotCanonical> {
        let mut values = Vec::new();
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => break self.take(b']', "a list without end"),
            }
        }?;
        Ok(Value::List(values))
    }

    fn number(&mut self) -> Result<Value<'a>, NotCanonical> {
        let length = self.rest().bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let written = self.rest().get(..length).unwrap_or_default();
        let number = written.parse::<i64>().ok().filter(|n| n.abs() <= MAX_NUMBER && n.to_string() == written);
        let number = number.ok_or_else(|| self.not("a number that is not whole, too large or written in another way"))?;
        self.at += length;
        Ok(Value::Number(number))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, NotCanonical> {
        self.take(b'"', "no string")?;
        let start = self.at;
        let mut unescaped: Option<String> = None;
        let mut plain_from = start;
        loop {
            // Every byte looked at is ASCII, so slices begin and end between characters.
            match self.peek() {
                None => return Err(self.not("a string without end")),
                Some(b'"') => {
                    let plain = self.text.get(plain_from..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(plain),
                        Some(text) => Cow::Owned(text + plain),
                    });
                }
                Some(b'\\') => {
                    let plain = self.text.get(plain_from..self.at).unwrap_or_default();
                    let (c, length) =
                        escape(self.rest().as_bytes()).ok_or_else(|| self.not("an escape written in another way"))?;
                    let text = unescaped.get_or_insert_default();
                    text.push_str(plain);
                    text.push(c);
                    self.at += length;
                    plain_from = self.at;
                }
                Some(0..=0x1f) => return Err(self.not("a control character")),
                Some(_) => self.at += 1,
            }
        }
    }
}

/// The character of the escape at the beginning of `rest`, and its length: only the forms that JCS writes.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let short = match rest.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'b' => '\u{8}',
        b't' => '\t',
        b'n' => '\n',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'u' => {
            let hex = std::str::from_utf8(rest.get(2..6)?).ok()?;
            let code = u32::from_str_radix(hex, 16).ok().filter(|code| *code < 0x20 && format!("{code:04x}") == hex)?;
            let c = char::from_u32(code)?;
            return (!matches!(c, '\u{8}' | '\t' | '\n' | '\u{c}' | '\r')).then_some((c, 6));
        }
        _ => return None,
    };
    Some((short, 2))
}

/// Whether one name comes before another: by UTF-16 code units.
fn is_before(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { a < b } else { a.encode_utf16().lt(b.encode_utf16()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let text = "[ -~à-ỹđ\u{0}-\u{1f}\u{7f}\u{e000}-\u{ffff}\u{1f600}-\u{1f610}]{0,6}";
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            (-MAX_NUMBER..=MAX_NUMBER).prop_map(Into::into),
            text.prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec((text, inner), 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn as_json(value: &Value) -> serde_json::Value {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => (*n).into(),
            Value::Text(text) => text.as_ref().into(),
            Value::List(values) => values.iter().map(as_json).collect::<Vec<_>>().into(),
            Value::Object(members) => {
                serde_json::Value::Object(members.iter().map(|(name, value)| (name.to_string(), as_json(value))).collect())
            }
        }
    }

    proptest! {
        /// What the library writes is read, and read right.
        #[test]
        fn what_is_canonical_is_read(json in any_json()) {
            let bytes = serde_json_canonicalizer::to_vec(&json).unwrap();
            prop_assert_eq!(as_json(&read(&bytes).unwrap()), json);
        }

        /// Whatever is read is what the library writes: nothing else passes, however it was changed.
        #[test]
        fn what_is_not_canonical_is_refused(json in any_json(), at in any::<prop::sample::Index>(), byte in prop::sample::select(b" \n\"\\,:{}[]0-1.eE+tu/\x00\x7f\xc3aA".to_vec()), how in 0..3) {
            let mut bytes = serde_json_canonicalizer::to_vec(&json).unwrap();
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
            if read(&bytes).is_ok() {
                let again: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                prop_assert_eq!(serde_json_canonicalizer::to_vec(&again).unwrap(), bytes);
            }
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..100), text in r#"[\[\]{}",:0-9a-f\\u é-]{0,60}"#) {
            let _ = (read(&bytes), read(text.as_bytes()));
        }
    }

    #[test]
    fn other_ways_to_write_the_same_are_refused() {
        for good in
            [r#"{"a":1,"b":[],"c":{}}"#, r#"{"":0}"#, r#""\u001f\b/é""#, "9007199254740992", "{\"\u{1f600}\":1,\"\u{fb33}\":2}"]
        {
            assert!(read(good.as_bytes()).is_ok(), "{good}");
        }
        for bad in [
            "",
            " 1",
            "1 ",
            "1.0",
            "1e3",
            "-0",
            "01",
            "+1",
            "9007199254740993",
            r#"{"b":1,"a":2}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a": 1}"#,
            r#"{"a":1,}"#,
            "[1,]",
            r#""\/""#,
            r#""\u0041""#,
            r#""\u001F""#,
            r#""\u000a""#,
            "\"\n\"",
            "\"",
            "{",
            "[",
            "nul",
            "{\"\u{fb33}\":2,\"\u{1f600}\":1}",
            &"[".repeat(100_000),
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
