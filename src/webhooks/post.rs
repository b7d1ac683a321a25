//! The request of a delivery.

use std::time::Duration;

use chrono::{DateTime, Utc};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use uuid::Uuid;

use super::target;
use crate::basics::webhook::sign;
use crate::jobs::Failure;

/// For a whole request; whoever is slower is tried again later.
const PATIENCE: Duration = Duration::from_secs(15);

/// Looks names up, and takes of their addresses those of the internet. A name that stands for another address a moment later is of no
/// use: the connection is made to what was judged.
#[derive(Debug)]
struct Judging {
    to_private: bool,
    inner: DefaultResolver,
}

impl Resolver for Judging {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.to_private {
            return Ok(found);
        }
        let mut public = self.empty();
        found.iter().filter(|address| target::is_public(address.ip())).for_each(|address| public.push(*address));
        if public.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(public) }
    }
}

/// Who carries deliveries out.
pub(super) struct Post(ureq::Agent);

/// What became of a request: the status of the answer if there was one, and the failure unless it was taken.
pub(super) struct Answered {
    pub status: Option<u16>,
    pub failure: Option<Failure>,
}

impl Post {
    pub fn new(to_private: bool) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // Whoever moves registers anew: a redirect could lead anywhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            // The addresses would be judged by somebody else.
            .proxy(None)
            .user_agent("so-nhan-ai")
            .timeout_global(Some(PATIENCE))
            .build();
        let judging = Judging { to_private, inner: DefaultResolver::default() };
        Self(ureq::Agent::with_parts(config, DefaultConnector::new(), judging))
    }

    /// Sends a body signed with each of the secrets. Of the answer only the status is looked at; its body is not read.
    pub fn send(&self, url: &str, secrets: &[Vec<u8>], id: Uuid, now: DateTime<Utc>, body: &str) -> Answered {
        let (id, at) = (id.to_string(), now.timestamp().to_string());
        let signatures: Option<Vec<String>> = secrets.iter().map(|secret| sign(secret, &id, &at, body)).collect();
        let Some(signatures) = signatures else {
            return Answered { status: None, failure: Some(Failure::Never("SIGNATURE")) };
        };
        let answer = self
            .0
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", &signatures.join(" "))
            .send(body);
        let status = answer.ok().map(|answer| answer.status().as_u16());
        Answered { status, failure: failure_of(status) }
    }
}

/// What an answer means for the delivery.
fn failure_of(status: Option<u16>) -> Option<Failure> {
    match status {
        Some(200..300) => None,
        // The standard's way to say: never again.
        Some(410) => Some(Failure::Never("SUBSCRIBER_GONE")),
        Some(300..400) => Some(Failure::Again("SUBSCRIBER_MOVED")),
        Some(_) => Some(Failure::Again("SUBSCRIBER_REFUSED")),
        None => Some(Failure::Again("SUBSCRIBER_AWAY")),
    }
}
