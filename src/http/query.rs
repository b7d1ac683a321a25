//! Query strings, with errors that name the parameter.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::shape::wrong_shape;

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

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let name = error.path().to_string();
        // A parameter that is missing or sent twice has no place of its own: the words name it.
        let pointer = if name == "." { "query" } else { &name };
        wrong_shape(pointer, &error.inner().to_string()).into()
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
        assert_eq!(pointer("year=1"), "query");
    }
}
