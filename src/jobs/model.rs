//! Kinds of jobs, when a failed one is tried again, and what a failure is.

use chrono::Duration;
use serde_json::Value;

use crate::db::DbError;

/// What a job's work meets; each lane has a thread of its own, so that a slow mail server holds up no import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Our own database only.
    Own,
    /// Other people's servers: mail and the gateway.
    Outward,
    /// Servers of whoever wants to be told, which nobody here looks after.
    Subscribers,
}

/// A kind of job, as the room that has the work declares it.
#[derive(Debug, PartialEq, Eq)]
pub struct JobKind {
    /// What the API calls it, e.g. `SEND_MESSAGE`; capitals, digits, `_`.
    pub name: &'static str,
    pub lane: Lane,
    /// Attempts in a row without any progress; after the last one the job is dead.
    pub most_attempts: i32,
    /// Wait after the first failure, in seconds; it doubles with each further one.
    pub first_wait: i64,
    /// Longest wait between two attempts, in seconds.
    pub longest_wait: i64,
    /// How long one step may take, in seconds; then the worker counts as dead and another goes on.
    pub lease: i64,
}

impl JobKind {
    /// A kind for work in our own database: eight attempts within about half an hour, five minutes a step.
    pub const fn own(name: &'static str) -> Self {
        Self { name, lane: Lane::Own, most_attempts: 8, first_wait: 10, longest_wait: 600, lease: 300 }
    }

    /// A kind for other people's servers, which may be away for a day: twenty attempts within about 30 hours.
    pub const fn outward(name: &'static str) -> Self {
        Self { name, lane: Lane::Outward, most_attempts: 20, first_wait: 30, longest_wait: 7_200, lease: 300 }
    }

    /// The wait after the given number of attempts in a row have failed; `None`: enough.
    pub fn wait_after(&self, failed: i32) -> Option<Duration> {
        if failed >= self.most_attempts {
            return None;
        }
        let doubled = u32::try_from(failed - 1).ok().and_then(|times| self.first_wait.checked_shl(times.min(30)));
        Some(Duration::seconds(doubled.unwrap_or(self.first_wait).clamp(0, self.longest_wait)))
    }

    pub(super) fn lease(&self) -> Duration {
        Duration::seconds(self.lease)
    }
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pieces done, those in error included.
    pub done: i64,
    /// Pieces there are, once that is known.
    pub total: Option<i64>,
    /// Pieces that could not be done and are reported elsewhere.
    pub errors: i64,
    /// Where to go on, in the handler's own form; names ids, never persons.
    pub at: Value,
}

/// Why a job, or a step of it, is not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It may go better later. The code is shown to administrators, so it names no person.
    #[error("{0}")]
    Again(&'static str),
    /// Not before this moment; that is no failure and counts as no attempt.
    #[error("to be done later")]
    NotBefore(chrono::DateTime<chrono::Utc>),
    /// It will never be done, however often it is tried.
    #[error("{0}")]
    Never(&'static str),
    /// The lease is over: somebody else goes on. Whatever this worker still does is not noted.
    #[error("another worker has taken the job")]
    Lost,
    /// The server is being stopped: another goes on at once.
    #[error("the server is being stopped")]
    Stopped,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Failure::Db(error.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIND: JobKind = JobKind::outward("SEND_SOMETHING");

    #[test]
    fn a_server_that_is_away_for_a_day_is_tried_again_afterwards() {
        let waits: Vec<i64> = (1..).map_while(|failed| KIND.wait_after(failed)).map(|wait| wait.num_seconds()).collect();
        assert_eq!(waits[..4], [30, 60, 120, 240]);
        assert_eq!(waits.len(), 19);
        assert!(waits.iter().sum::<i64>() > 24 * 3_600, "{waits:?}");
        let own: i64 = (1..).map_while(|failed| JobKind::own("X").wait_after(failed)).map(|wait| wait.num_seconds()).sum();
        assert!((600..3_600).contains(&own), "{own}");
    }

    proptest! {
        #[test]
        fn waits_grow_to_their_limit(failed in -3i32..1_000, first in 0i64..1_000, longest in 0i64..100_000) {
            let kind = JobKind { first_wait: first, longest_wait: longest, most_attempts: 500, ..KIND };
            match kind.wait_after(failed) {
                None => prop_assert!(failed >= 500),
                Some(wait) => {
                    prop_assert!(wait.num_seconds() >= 0 && wait.num_seconds() <= longest);
                    if let Some(next) = kind.wait_after(failed + 1) && failed >= 1 {
                        prop_assert!(next >= wait, "{} then {}", wait, next);
                    }
                }
            }
        }
    }
}
