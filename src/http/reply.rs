//! What a handler answers when it went well: a JSON body, whether the thing is new, and headers that belong to it.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, TryIntoHeaderPair};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::problem::Problem;

/// What a handler with a JSON answer returns.
pub type Answer<T> = Result<Reply<T>, Problem>;

/// A JSON answer.
#[derive(Debug)]
pub struct Reply<T> {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: T,
}

impl<T> Reply<T> {
    /// 200.
    pub fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body }
    }

    /// 201.
    pub fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    /// 202: it is taken down, and done behind the requests.
    pub fn accepted(body: T) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(body) }
    }

    /// 201 for what is new; 200 for what was there already, because the request came before.
    pub fn made((body, new): (T, bool)) -> Self {
        if new { Self::created(body) } else { Self::ok(body) }
    }

    /// With a header more. One that cannot be written is left out.
    pub fn with(mut self, header: impl TryIntoHeaderPair) -> Self {
        self.headers.extend(header.try_into_pair().ok());
        self
    }

    /// The same answer with another body.
    pub fn map<U>(self, body: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { status: self.status, headers: self.headers, body: body(self.body) }
    }

    /// The body, and the answer without it: for bodies that are worked on before they go out.
    pub fn split(self) -> (T, Reply<()>) {
        (self.body, Reply { status: self.status, headers: self.headers, body: () })
    }
}

impl<T> Reply<(T, bool)> {
    /// 201 where the thing is new, with the headers as they are.
    pub fn as_made(self) -> Reply<T> {
        let (body, new) = self.body;
        Reply { status: if new { StatusCode::CREATED } else { self.status }, headers: self.headers, body }
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for header in self.headers {
            response.append_header(header);
        }
        response.json(self.body)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_is_new_is_created_and_headers_go_along() {
        let request = TestRequest::default().to_http_request();
        let answer = |reply: Reply<i32>| {
            let response = reply.respond_to(&request);
            (response.status().as_u16(), response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned))
        };
        assert_eq!(answer(Reply::made((1, true)).with(("etag", "\"1\""))), (201, Some("\"1\"".to_owned())));
        assert_eq!(answer(Reply::made((1, false))), (200, None));
        assert_eq!(Reply::ok(1).map(|n| n + 1).split().0, 2);
    }
}
