//! SMS, by somebody else's gateway: a signed POST (a webhook, as standardwebhooks.com has it) for each message.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::Content;
use crate::basics::webhook::sign;
use crate::jobs::Failure;

/// For a whole request; a gateway that is slower is tried again later.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where messages are handed over, and the secret they are signed with.
pub struct Gateway {
    url: String,
    secret: Vec<u8>,
    agent: ureq::Agent,
}

impl Gateway {
    /// `None` unless it is an http(s) address and a secret of at least 16 bytes.
    pub fn new(url: &str, secret: &str) -> Option<Self> {
        let fits = (url.starts_with("https://") || url.starts_with("http://")) && secret.len() >= 16;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A gateway that moves is told to us, not followed with people's numbers.
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        fits.then(|| Self { url: url.to_owned(), secret: secret.as_bytes().to_vec(), agent })
    }

    /// The same message has the same `webhook-id`, however often it is sent.
    pub(super) fn send(&self, id: Uuid, now: DateTime<Utc>, content: &Content) -> Result<(), Failure> {
        let body = json!({"id": id, "to": content.to, "text": content.text.body}).to_string();
        let (id, at) = (id.to_string(), now.timestamp().to_string());
        let signature = sign(&self.secret, &id, &at, &body).ok_or(Failure::Never("SIGNATURE"))?;
        let answer = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", &signature)
            .send(body.as_str());
        match answer.map(|answer| answer.status().as_u16()) {
            Ok(200..300) => Ok(()),
            Ok(401 | 403) => Err(Failure::Again("GATEWAY_LOGIN")),
            Ok(408 | 425 | 429 | 300..=399 | 500..) => Err(Failure::Again("GATEWAY_LATER")),
            Ok(_) => Err(Failure::Never("GATEWAY_REFUSED")),
            Err(_) => Err(Failure::Again("GATEWAY_AWAY")),
        }
    }
}
