//! Collecting what is wrong with the fields of a request: all of it is said at once, each with its pointer and its code.
//!
//! What has the wrong shape (`REQUIRED`, `UNKNOWN_FIELD`, `NOT_A_DATE`, `NOT_A_CHOICE`) is found before anything gets here, by
//! [`fit`](super::fit); this is for what the rules of a room say.

use std::borrow::Cow;

use uuid::Uuid;

use super::{FieldError, Say};

/// See the module.
#[derive(Debug, Default)]
#[must_use = "what is wrong is for whoever sent it"]
pub struct Check(Vec<FieldError>);

impl Check {
    /// A field is wrong.
    pub fn wrong(
        &mut self,
        pointer: impl Into<String>,
        code: &'static str,
        vi: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) {
        self.0.push(FieldError::new(pointer, code, Say::new(vi, en)));
    }

    /// A field is wrong, as was found elsewhere.
    pub fn add(&mut self, error: FieldError) {
        self.0.push(error);
    }

    /// What a reader of one field found, or nothing; why is kept.
    pub fn read<T>(&mut self, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|error| self.0.push(error)).ok()
    }

    /// The same for a reader of several.
    pub fn read_all<T>(&mut self, read: Result<T, Vec<FieldError>>) -> Option<T> {
        read.map_err(|errors| self.0.extend(errors)).ok()
    }

    /// An id that a client makes is its own: not all zeros, not all ones.
    pub fn own_id(&mut self, pointer: impl Into<String>, id: Uuid, vi: &'static str, en: &'static str) {
        if id.is_nil() || id.is_max() {
            self.wrong(pointer, "NOT_UNIQUE", vi, en);
        }
    }

    /// Whether nothing was wrong so far.
    pub fn is_clean(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that was wrong.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.0
    }

    /// What was made of the fields, if nothing is wrong with them. It may be missing only where something is.
    pub fn done<T>(self, made: Option<T>) -> Result<T, Vec<FieldError>> {
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(self.0),
        }
    }
}

impl Extend<FieldError> for Check {
    fn extend<I: IntoIterator<Item = FieldError>>(&mut self, errors: I) {
        self.0.extend(errors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said() {
        let mut check = Check::default();
        assert_eq!(check.read(Ok(7)), Some(7));
        check.own_id("/id", Uuid::from_u128(7), "", "");
        assert!(check.is_clean());
        let error = |pointer: &str| FieldError::new(pointer, "MISSING", Say::fixed("Thiếu.", "Missing."));
        check.own_id("/id", Uuid::nil(), "id riêng", "own id");
        check.wrong("/day", "TOO_OLD", "Cũ.", "Old.");
        assert_eq!(check.read::<()>(Err(error("/a"))), None);
        assert_eq!(check.read_all::<()>(Err(vec![error("/b"), error("/c")])), None);
        check.add(error("/d"));
        check.extend([error("/e")]);
        let said: Vec<String> = check.done(Some(1)).unwrap_err().into_iter().map(|error| error.pointer).collect();
        assert_eq!(said, ["/id", "/day", "/a", "/b", "/c", "/d", "/e"]);
        assert_eq!(Check::default().done(Some(1)), Ok(1));
    }
}
