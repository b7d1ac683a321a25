//! Somebody who calls the API.

use serde_json::Value;

use super::{TestApp, eventually};

/// A caller with or without a token.
pub struct Caller<'a> {
    app: &'a TestApp,
    token: Option<String>,
    headers: Vec<(String, String)>,
}

/// An answer in full.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// The body; lossy where it is no text.
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
        }
    }
}

impl<'a> Caller<'a> {
    pub(super) fn new(app: &'a TestApp, token: Option<String>) -> Self {
        Self { app, token, headers: Vec::new() }
    }

    /// The access token, for requests made by hand.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same caller with one more header.
    pub fn with(&self, name: &str, value: &str) -> Caller<'a> {
        let mut headers = self.headers.clone();
        headers.push((name.to_owned(), value.to_owned()));
        Caller { app: self.app, token: self.token.clone(), headers }
    }

    pub fn get(&self, path: &str, status: u16) -> Value {
        self.expect("GET", path, None, status).json()
    }

    /// The answer's text, whatever its type.
    pub fn get_text(&self, path: &str, status: u16) -> String {
        self.expect("GET", path, None, status).text
    }

    pub fn post(&self, path: &str, body: Value, status: u16) -> Value {
        self.expect("POST", path, Some(body), status).json()
    }

    pub fn patch(&self, path: &str, body: Value, status: u16) -> Value {
        self.expect("PATCH", path, Some(body), status).json()
    }

    pub fn delete(&self, path: &str, status: u16) -> Value {
        self.expect("DELETE", path, None, status).json()
    }

    fn expect(&self, method: &str, path: &str, body: Option<Value>, status: u16) -> Answer {
        let body = body.map(|body| body.to_string().into_bytes());
        let mut answer = self.send(method, path, body.clone());
        // A server on a machine that is too busy asks clients to come back, and this one does.
        eventually("the server has time for this", || {
            let asked_to_come_back = answer.status == 503 && status != 503 && answer.header("retry-after").is_some();
            if asked_to_come_back {
                answer = self.send(method, path, body.clone());
            }
            !asked_to_come_back
        });
        assert_eq!(answer.status, status, "{method} {path} answered {}: {}", answer.status, answer.text);
        if status >= 400 {
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{method} {path}: {}", answer.text);
            assert_eq!(answer.json()["status"], status, "{method} {path}");
        }
        answer
    }

    /// Sends bytes as they are and returns whatever comes back.
    pub fn send(&self, method: &str, path: &str, body: Option<Vec<u8>>) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.app.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let own_type = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if body.is_some() && !own_type {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &self.headers {
            // As bytes: a header may hold what is no ASCII.
            request = request.header(name, value.as_bytes());
        }
        let response = match body {
            Some(body) => self.app.agent.run(request.body(body).unwrap()),
            None => self.app.agent.run(request.body(()).unwrap()),
        };
        let mut response = response.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned())).collect(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        };
        super::contract::hold(method, path, &answer);
        answer
    }
}
