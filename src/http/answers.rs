//! The error answers of the API, once, for the OpenAPI document.

use utoipa::{OpenApi, ToResponse, ToSchema};

use super::problem::ProblemDocument;

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident: $text:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(ToResponse, ToSchema)]
            #[response(description = $text, content_type = "application/problem+json")]
            #[allow(dead_code, reason = "names a response in the OpenAPI document; answers are made by `Problem`")]
            pub struct $name(ProblemDocument);
        )*

        /// The answers as components of the document.
        #[derive(OpenApi)]
        #[openapi(components(responses($($name),*), schemas(ProblemDocument, super::problem::FieldErrorOut)))]
        pub struct Answers;
    };
}

answers! {
    /// 401.
    Unauthorized: "Not logged in, or the session has ended.";
    /// 403.
    Forbidden: "Readable, but not allowed for this role.";
    /// 404.
    NotFound: "There is no such thing within the caller's reach.";
    /// 409.
    Conflict: "In conflict with the current state.";
    /// 422.
    Invalid: "The data is not valid; `errors` names every wrong field.";
    /// 429.
    TooMany: "Too many attempts; `Retry-After` says when to try again.";
    /// 507.
    StorageFull: "The server has no space left for documents; what was sent stays.";
    /// Anything else.
    AnyProblem: "Any other problem: 400, 405, 413, 415, 416, 500, 503.";
}
