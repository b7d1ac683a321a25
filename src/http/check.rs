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
pub struct Check {
    errors: Vec<FieldError>,
    /// Places whose shape is wrong: what stands there now was not sent ([`Rough`](super::Rough)).
    broken: Vec<String>,
}

impl Check {
    /// A check of something of which these places have the wrong shape: of them it says nothing more.
    pub(super) fn beside(broken: Vec<String>) -> Self {
        Self { errors: Vec::new(), broken }
    }

    /// Whether these places hold what was sent. A rule that looks at several fields asks first, or it would speak of what
    /// nobody wrote.
    pub fn sound(&self, places: &[&str]) -> bool {
        places.iter().all(|place| self.broken.iter().all(|broken| !is_within(broken, place) && !is_within(place, broken)))
    }

    /// A field is wrong.
    pub fn wrong(
        &mut self,
        pointer: impl Into<String>,
        code: &'static str,
        vi: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) {
        self.add(FieldError::new(pointer, code, Say::new(vi, en)));
    }

    /// A field is wrong, as was found elsewhere.
    pub fn add(&mut self, error: FieldError) {
        if !self.broken.iter().any(|broken| is_within(&error.pointer, broken)) {
            self.errors.push(error);
        }
    }

    /// What a reader of one field found, or nothing; why is kept.
    pub fn read<T>(&mut self, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|error| self.add(error)).ok()
    }

    /// The same for a reader of several.
    pub fn read_all<T>(&mut self, read: Result<T, Vec<FieldError>>) -> Option<T> {
        read.map_err(|errors| self.extend(errors)).ok()
    }

    /// An id that a client makes is its own: not all zeros, not all ones.
    pub fn own_id(&mut self, pointer: impl Into<String>, id: Uuid, vi: &'static str, en: &'static str) {
        if id.is_nil() || id.is_max() {
            self.wrong(pointer, "NOT_UNIQUE", vi, en);
        }
    }

    /// Whether nothing was wrong so far.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// Everything that was wrong.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// What was made of the fields, if nothing is wrong with them. It may be missing only where something is.
    pub fn done<T>(self, made: Option<T>) -> Result<T, Vec<FieldError>> {
        match made {
            Some(made) if self.errors.is_empty() => Ok(made),
            _ => Err(self.errors),
        }
    }
}

impl Extend<FieldError> for Check {
    fn extend<I: IntoIterator<Item = FieldError>>(&mut self, errors: I) {
        errors.into_iter().for_each(|error| self.add(error));
    }
}

/// Whether a pointer leads to a place or below it.
fn is_within(pointer: &str, place: &str) -> bool {
    pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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

    #[test]
    fn of_what_is_broken_nothing_more_is_said() {
        let mut check = Check::beside(vec!["/giver/name".to_owned(), "/lines/1".to_owned()]);
        for pointer in ["/giver/name", "/lines/1/unit", "/giver", "/lines/10", "/lines/0/unit", "/name"] {
            check.wrong(pointer, "WRONG", "Sai.", "Wrong.");
        }
        for (place, sound) in
            [("/giver", false), ("/giver/name", false), ("/lines/1/unit", false), ("/lines/10", true), ("/day", true)]
        {
            assert_eq!(check.sound(&[place]), sound, "{place}");
        }
        assert!(check.sound(&[]) && !check.sound(&["/day", "/lines"]));
        let said: Vec<String> = check.into_errors().into_iter().map(|error| error.pointer).collect();
        assert_eq!(said, ["/giver", "/lines/10", "/lines/0/unit", "/name"]);
    }
}
