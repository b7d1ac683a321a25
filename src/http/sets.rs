//! Which problems an operation answers with, by what it does, for the OpenAPI document: an operation names its own answer
//! and one of these, and what is rare about it besides.

use std::collections::BTreeMap;

use utoipa::openapi::{Ref, RefOr, Response};
use utoipa::{IntoParams, IntoResponses, ToResponse};

use super::answers::{AnyProblem, Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthorized};

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident: $($status:literal $answer:ident),+;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let answer = |name: &str| RefOr::Ref(Ref::from_response_name(name));
                BTreeMap::from([$(($status.to_owned(), answer($answer::response().0))),+, ("default".to_owned(), answer(AnyProblem::response().0))])
            }
        }
    )*};
}

sets! {
    /// Everybody may see it, where there is such a thing.
    Shows: "404" NotFound;
    /// [`Shows`], with parameters that can be wrong.
    Searches: "404" NotFound, "422" Invalid;
    /// A list for everybody, with parameters that can be wrong.
    Filters: "422" Invalid;
    /// Something that everybody may write, so much at a time.
    Sends: "422" Invalid, "429" TooMany;
    /// What concerns nobody but who asks.
    Own: "401" Unauthorized;
    /// What one proves to be oneself by.
    Proves: "401" Unauthorized, "409" Conflict, "422" Invalid, "429" TooMany;
    /// Reads of records of a chapter.
    Reads: "401" Unauthorized, "404" NotFound;
    /// [`Reads`], with parameters that can be wrong.
    Lists: "401" Unauthorized, "404" NotFound, "422" Invalid;
    /// A right is asked for, and nothing can be in the way.
    Acts: "401" Unauthorized, "403" Forbidden, "404" NotFound;
    /// [`Acts`], with content that can be wrong.
    Records: "401" Unauthorized, "403" Forbidden, "404" NotFound, "422" Invalid;
    /// A step from one state to another, without content of its own.
    Decides: "401" Unauthorized, "403" Forbidden, "404" NotFound, "409" Conflict;
    /// [`Decides`], with content that can be wrong.
    Writes: "401" Unauthorized, "403" Forbidden, "404" NotFound, "409" Conflict, "422" Invalid;
}

/// The header of requests that carry no id of their own.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "names a parameter in the OpenAPI document; the desk reads it")]
pub struct Key {
    /// The client's name for this attempt; the same key with another request is 422
    #[param(rename = "Idempotency-Key")]
    key: Option<String>,
}
