//! A log, and the API beside it, behind HTTP: with limits on time and size, patience with a server that is busy, and nothing else.

use std::io::Read;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use serde::de::DeserializeOwned;

use super::place::{Place, PlaceError, limited};
use crate::note::MAX_NOTE;

/// How often a request is tried when the server is busy or away.
const TRIES: u32 = 4;
/// Answers of the API that are longer are refused, in bytes.
const MAX_ANSWER: usize = 4 << 20;
/// A ledger as a file may take so long; then the line is given up.
const MOST_STREAMING: Duration = Duration::from_secs(3_600);

/// An answer that is read as it comes.
pub struct Streamed {
    /// The size of the log it is of, if it says so.
    pub log_size: Option<u64>,
    pub body: Box<dyn Read>,
}

/// A site. The log is at `<address>/log` unless another place is given.
#[derive(Debug, Clone)]
pub struct Site {
    agent: ureq::Agent,
    log: String,
    api: String,
    is_told: bool,
}

impl Site {
    /// `url` is the log's prefix, `https://so.example.vn/log`, or the site it belongs to, `https://so.example.vn`. The API is looked
    /// for at the site, unless `api` says where it is; whatever the server answers, it is looked for somewhere.
    pub fn new(url: &str, api: Option<&str>) -> Result<Self, PlaceError> {
        let url = url.trim_end_matches('/');
        if !(url.starts_with("http://") || url.starts_with("https://")) || url.contains(['?', '#']) {
            return Err(PlaceError::unreachable(url, "this is no address like https://so.example.vn/log"));
        }
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(3)
            .user_agent(concat!("so-nhan-ai/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_recv_body(Some(Duration::from_secs(60)))
            .max_idle_connections_per_host(16)
            .build()
            .into();
        let above = url.strip_suffix("/log");
        let beside = api.map_or(above.unwrap_or(url), |api| api.trim_end_matches('/')).to_owned();
        let mut site = Self { agent, log: url.to_owned(), api: beside, is_told: api.is_some() };
        let at_root = || site.once(&format!("{url}/checkpoint"), "checkpoint", MAX_NOTE);
        if above.is_none() && matches!(at_root(), Err((PlaceError::Missing(_), _))) {
            site.log = format!("{url}/log");
        }
        Ok(site)
    }

    /// Whether somebody said where the API is; otherwise a site may have none.
    pub fn is_told(&self) -> bool {
        self.is_told
    }

    /// What the API answers to `path`, which begins with a slash; `None` when it has no such thing.
    pub fn api<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, PlaceError> {
        match self.get(&format!("{}{path}", self.api), path, MAX_ANSWER) {
            Ok(bytes) => Ok(Some(
                serde_json::from_slice(&bytes).map_err(|error| PlaceError::damaged(path, format!("cannot be read: {error}")))?,
            )),
            Err(PlaceError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the API answers to `path`, as it comes; `None` when it has no such thing.
    pub fn stream(&self, path: &str) -> Result<Option<Streamed>, PlaceError> {
        let url = format!("{}{path}", self.api);
        let answered = patiently(|| {
            let request = self.agent.get(&url).config().timeout_recv_body(Some(MOST_STREAMING)).build();
            self.answered(request, path)
        });
        let answer = match answered {
            Ok(answer) => answer,
            Err(PlaceError::Missing(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let log_size = answer.headers().get("x-log-size").and_then(|size| size.to_str().ok()?.parse().ok());
        let packed = is_packed(&answer);
        let body = answer.into_body().into_reader();
        Ok(Some(Streamed { log_size, body: if packed { Box::new(MultiGzDecoder::new(body)) } else { Box::new(body) } }))
    }

    fn get(&self, url: &str, path: &str, most: usize) -> Result<Vec<u8>, PlaceError> {
        patiently(|| self.once(url, path, most))
    }

    /// One try. With the error comes how long to wait before another, if another makes sense.
    fn once(&self, url: &str, path: &str, most: usize) -> Result<Vec<u8>, Again> {
        let answer = self.answered(self.agent.get(url), path)?;
        let packed = is_packed(&answer);
        let body = answer.into_body().into_reader();
        // Counted after unpacking: a small answer may be a large one.
        let read = if packed { limited(MultiGzDecoder::new(body), path, most) } else { limited(body, path, most) };
        read.map_err(|error| match error {
            error @ PlaceError::Unreachable { .. } => (error, SOON),
            error => (error, None),
        })
    }

    /// An answer that is one.
    fn answered(&self, request: Request, path: &str) -> Result<Answer, Again> {
        let answer = request.header("accept-encoding", "gzip").call().map_err(|error| match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::TooManyRedirects => {
                (PlaceError::unreachable(path, error), None)
            }
            error => (PlaceError::unreachable(path, error), SOON),
        })?;
        match answer.status().as_u16() {
            200 => Ok(answer),
            404 | 410 => Err((PlaceError::Missing(path.to_owned()), None)),
            status @ (429 | 500..) => {
                let asked = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
                let pause = Duration::from_secs(asked.unwrap_or(1u64).clamp(1, 10));
                Err((PlaceError::unreachable(path, format!("the server answers {status}")), Some(pause)))
            }
            status => Err((PlaceError::unreachable(path, format!("the server answers {status}")), None)),
        }
    }
}

type Request = ureq::RequestBuilder<ureq::typestate::WithoutBody>;
type Answer = ureq::http::Response<ureq::Body>;
/// An error, and how long to wait before another try, if another makes sense.
type Again = (PlaceError, Option<Duration>);

const SOON: Option<Duration> = Some(Duration::from_secs(1));

fn is_packed(answer: &Answer) -> bool {
    answer.headers().get("content-encoding").is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"gzip"))
}

/// Tries again when the server is busy or away.
fn patiently<T>(mut once: impl FnMut() -> Result<T, Again>) -> Result<T, PlaceError> {
    let mut tried = 1;
    loop {
        match once() {
            Ok(answer) => return Ok(answer),
            Err((_, Some(pause))) if tried < TRIES => std::thread::sleep(pause * tried),
            Err((error, _)) => return Err(error),
        }
        tried += 1;
    }
}

impl Place for Site {
    fn file(&self, path: &str, most: usize) -> Result<Vec<u8>, PlaceError> {
        self.get(&format!("{}/{path}", self.log), path, most)
    }
}
