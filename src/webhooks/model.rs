//! Kinds of jobs, what is sent, and secrets.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::changes::ChangesOut;
use crate::http::Problem;
use crate::jobs::{JobKind, Lane};
use crate::vault::{Vault, VaultError, place};

/// Following the feed for one subscriber, as long as there is one; the job has the subscriber's id. Twenty attempts within about thirty hours.
pub(super) static DELIVER_CHANGES: JobKind = JobKind { lane: Lane::Subscribers, ..JobKind::outward("DELIVER_CHANGES") };

/// One delivery to try an address; the job has the delivery's id.
pub(super) static DELIVER_TEST: JobKind =
    JobKind { lane: Lane::Subscribers, most_attempts: 3, first_wait: 10, ..JobKind::outward("DELIVER_TEST") };

/// Between two looks at the feed when there was nothing new.
pub(super) const PAUSE: Duration = Duration::seconds(20);

/// Most changes of one delivery.
pub(super) const MOST: i64 = 200;

/// Most subscribers of a chapter.
pub(super) const MOST_SUBSCRIBERS: i64 = 20;

/// After the secret was changed deliveries are signed with the one before, too, for so long.
pub(super) const BOTH_GOOD_FOR: Duration = Duration::days(1);

/// Random bytes of a secret.
const SECRET_BYTES: usize = 32;

pub(super) fn new_secret() -> Result<Vec<u8>, Problem> {
    let mut secret = vec![0u8; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(Problem::internal)?;
    Ok(secret)
}

pub(super) fn sealed(vault: &Vault, subscriber: Uuid, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
    vault.seal(place("subscriber", "secret", &subscriber), secret)
}

pub(super) fn opened(vault: &Vault, subscriber: Uuid, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    vault.open(place("subscriber", "secret", &subscriber), sealed)
}

/// What is said of changes: type, moment and data, as the standard advises; the data are those of `GET /changes`, and the chapter.
pub(super) fn changes_body(chapter: &str, now: DateTime<Utc>, out: &ChangesOut) -> String {
    let data = json!({"chapter": chapter, "epoch": out.epoch, "items": out.items, "next": out.next, "more": out.more});
    json!({"type": "changes", "timestamp": moment(now), "data": data}).to_string()
}

pub(super) fn test_body(chapter: &str, now: DateTime<Utc>) -> String {
    json!({"type": "test", "timestamp": moment(now), "data": {"chapter": chapter}}).to_string()
}

fn moment(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Secs, true)
}
