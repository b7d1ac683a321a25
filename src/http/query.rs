//! Query strings, with errors that name the parameter.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use super::problem::{FieldError, Problem};
use super::shape::{unknown, wrong_shape};

/// The parameters of a request's address.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Query))
    }
}

/// Refuses whatever stands behind the `?` of an address that takes nothing there. A filter that nobody reads would be an answer
/// to another question.
pub fn nothing_asked(text: &str) -> Result<(), Problem> {
    let mut wrong: Vec<FieldError> = Vec::new();
    for (name, _) in form_urlencoded::parse(text.as_bytes()).take(MOST) {
        let pointer = if name.is_empty() { "query" } else { &*name };
        if !wrong.iter().any(|known| known.pointer == pointer) {
            wrong.push(unknown(pointer, &name, &[]));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Problem::invalid(wrong)) }
}

/// Every mistake is named: what is wrong is put aside and the rest read again.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let mut wrong: Vec<FieldError> = Vec::new();
    loop {
        let error = match parse(&pairs) {
            Ok(read) if wrong.is_empty() => return Ok(read),
            Ok(_) => return Err(Problem::invalid(wrong)),
            Err(error) => error,
        };
        let before = pairs.len();
        pairs.retain(|(name, _)| *name != error.pointer);
        // What is missing now may be what was put aside.
        if !wrong.iter().any(|known| known.pointer == error.pointer) {
            wrong.push(error);
        }
        if pairs.len() == before || wrong.len() > MOST {
            return Err(Problem::invalid(wrong));
        }
    }
}

/// As many mistakes are named as anybody corrects at once.
const MOST: usize = 20;

fn parse<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, FieldError> {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let (name, cause) = (error.path().to_string(), error.inner().to_string());
        // A parameter that is missing or sent twice has no place of its own: the words name it.
        let named =
            ["missing field `", "duplicate field `"].iter().find_map(|start| cause.strip_prefix(start)?.split('`').next());
        let pointer = if name == "." { named.unwrap_or("query").to_owned() } else { name };
        wrong_shape(pointer, &cause)
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        chapter: String,
        year: Option<i32>,
    }

    #[test]
    fn parameters_are_read_and_wrong_ones_named() {
        let all = Asked { chapter: "Hòa Bình".to_owned(), year: Some(2026) };
        assert_eq!(read::<Asked>("chapter=H%C3%B2a+B%C3%ACnh&year=2026").unwrap(), all);
        let pointer = |text: &str| read::<Asked>(text).unwrap_err().errors.remove(0).pointer;
        assert_eq!(pointer("chapter=a&year=x"), "year");
        assert_eq!(pointer("chapter=a&sort=x"), "sort");
        assert_eq!(pointer("year=1"), "chapter");
        assert_eq!(pointer("chapter=a&chapter=b"), "chapter");
    }

    #[test]
    fn what_is_not_asked_for_is_named() {
        let names = |text: &str| -> Vec<String> {
            nothing_asked(text).err().into_iter().flat_map(|problem| problem.errors).map(|error| error.pointer).collect()
        };
        assert_eq!(names("a=1&b&a=2&=3"), ["a", "b", "query"]);
        assert!(nothing_asked("").is_ok() && nothing_asked("&").is_ok());
    }

    #[test]
    fn every_mistake_is_named() {
        let wrong = |text: &str| -> Vec<(String, &str)> {
            read::<Asked>(text).unwrap_err().errors.into_iter().map(|error| (error.pointer, error.code)).collect()
        };
        let at = |pointer: &str, code: &'static str| (pointer.to_owned(), code);
        assert_eq!(
            wrong("year=x&sort=1&year=y"),
            [at("year", "WRONG_SHAPE"), at("sort", "UNKNOWN_FIELD"), at("chapter", "REQUIRED")]
        );
        assert_eq!(wrong(&"chapter=a&b=1&".repeat(50)).len(), 2);
    }
}
