//! A field of a PATCH: left out, it stays; `null` clears it; a value replaces it. An `Option` cannot tell the first two apart,
//! so no PATCH takes one.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Check;

/// What a PATCH says of one field; a field with it is `#[serde(default)]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Patch<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(from)?.map_or(Patch::Null, Patch::Value))
    }
}

/// For the OpenAPI document, which says what a field is when it is left out.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Patch::Absent | Patch::Null => to.serialize_none(),
            Patch::Value(value) => to.serialize_some(value),
        }
    }
}

impl<T> Patch<T> {
    /// What becomes of a field that may be empty.
    pub fn over(self, old: Option<T>) -> Option<T> {
        match self {
            Patch::Absent => old,
            Patch::Null => None,
            Patch::Value(new) => Some(new),
        }
    }

    /// What becomes of a field that always has a value: `null` is a mistake.
    pub fn over_required(self, pointer: &str, old: T, check: &mut Check) -> T {
        match self {
            Patch::Absent => old,
            Patch::Value(new) => new,
            Patch::Null => {
                check.wrong(
                    pointer,
                    "NOT_CLEARED",
                    "Trường này không để trống được: bỏ hẳn khỏi yêu cầu nếu muốn giữ nguyên.",
                    "This cannot be cleared: leave it out of the request to keep it as it is.",
                );
                old
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        sum: Patch<i64>,
    }

    #[test]
    fn left_out_null_and_a_value_are_three_things() {
        let sum = |text: &str| serde_json::from_str::<Body>(text).map(|body| body.sum);
        assert_eq!(sum("{}").unwrap().over(Some(7)), Some(7));
        assert_eq!(sum(r#"{"sum": null}"#).unwrap().over(Some(7)), None);
        assert_eq!(sum(r#"{"sum": 8}"#).unwrap().over(Some(7)), Some(8));
        assert!(sum(r#"{"sum": "8"}"#).is_err());
        let mut check = Check::default();
        assert_eq!(sum(r#"{"sum": null}"#).unwrap().over_required("/sum", 7, &mut check), 7);
        let wrong = check.into_errors();
        assert_eq!((wrong.len(), wrong[0].code), (1, "NOT_CLEARED"));
    }
}
