//! Something that was sent and may have the wrong shape, for rooms that look at the rest of it all the same.
//!
//! Whoever fills in a form corrects it once: a date that is none and a sum that cannot be are said in one answer. What is broken
//! is replaced by something that fits, so that the rules of the content can be asked about the other fields. Nothing that was
//! mended gets out of here: [`Rough::judge`] refuses it, whatever the rules say.

use super::{Check, FieldError};

/// See the module. As an argument of a handler it is a JSON body of at most 64 KiB.
#[derive(Debug)]
pub struct Rough<T> {
    value: T,
    /// What is wrong with the shape; empty when `value` is what was sent.
    wrong: Vec<FieldError>,
}

impl<T> Rough<T> {
    pub(super) fn whole(value: T) -> Self {
        Self { value, wrong: Vec::new() }
    }

    pub(super) fn mended(value: T, wrong: Vec<FieldError>) -> Self {
        Self { value, wrong }
    }

    /// The thing for looking at these places, if what stands there was sent.
    pub fn sound(&self, places: &[&str]) -> Option<&T> {
        self.check().sound(places).then_some(&self.value)
    }

    /// What the rules make of the thing, or everything that is wrong with it, its shape first.
    pub fn judge<U>(self, rules: impl FnOnce(T, Check) -> Result<U, Vec<FieldError>>) -> Result<U, Vec<FieldError>> {
        let check = self.check();
        match rules(self.value, check) {
            Ok(made) if self.wrong.is_empty() => Ok(made),
            Ok(_) => Err(self.wrong),
            Err(found) => Err([self.wrong, found].concat()),
        }
    }

    fn check(&self) -> Check {
        Check::beside(self.wrong.iter().map(|error| error.pointer.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Say;
    use super::*;

    #[test]
    fn what_was_mended_is_refused_whatever_the_rules_say() {
        let error = |pointer: &str| FieldError::new(pointer, "WRONG", Say::fixed("Sai.", "Wrong."));
        let mended = || Rough::mended(7, vec![error("/a")]);
        let judged = |rough: Rough<i32>, rules: fn(i32, Check) -> Result<i32, Vec<FieldError>>| {
            rough.judge(rules).map_err(|errors| errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>())
        };
        assert_eq!(judged(Rough::whole(7), |value, check| check.done(Some(value))), Ok(7));
        assert_eq!(judged(mended(), |value, check| check.done(Some(value))), Err(vec!["/a".to_owned()]));
        let strict: fn(i32, Check) -> _ = |_, mut check| {
            check.wrong("/a", "ODD", "", "");
            check.wrong("/b", "ODD", "", "");
            check.done(None)
        };
        assert_eq!(judged(mended(), strict), Err(vec!["/a".to_owned(), "/b".to_owned()]));
        assert_eq!((mended().sound(&["/a"]), mended().sound(&["/b"])), (None, Some(&7)));
    }
}
