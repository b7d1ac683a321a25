//! Rate limits for what nobody logs in for: a bucket of requests for each client and class of request, refilled steadily.
//!
//! They keep one machine from taking the public ledger away from everybody else; they are no accounting. Many Vietnamese
//! phones share one IPv4 address, so the buckets are generous. Buckets live in the process: N servers allow N times as
//! much. Answers from the cache cost nothing and are free; so is whoever sits on this very machine. That is the
//! operator, or a proxy we were not told to trust, whose clients would all share a single bucket. Those whom a trusted
//! proxy does not name do share one.

use std::future::{Ready, ready};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::client::{Client, Network};
use super::metrics::Metrics;
use super::problem::{Kind, Problem};
use crate::basics::codes::codes;

codes! {
    /// Kinds of requests that are counted apart.
    pub enum Class {
        /// A public question that goes to the database.
        PublicRead = "public_read",
        /// A whole ledger as a file.
        Download = "download",
        /// A password or code to be checked.
        LogIn = "log_in",
        /// Something written on a public page, for people to read.
        SignUp = "sign_up",
        /// A place that is booked: a class or a factory stands behind one address.
        Booking = "booking",
    }
}

impl Class {
    /// (requests a minute in the long run, requests at once), as multiples of the configured rate of public reads a
    /// second.
    fn quota(self, public_reads_per_second: NonZeroU32) -> Quota {
        let rate = public_reads_per_second;
        let times = |n: u32| rate.saturating_mul(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        let share = |n: u32| NonZeroU32::new(rate.get() / n).unwrap_or(NonZeroU32::MIN);
        match self {
            Class::PublicRead => Quota::per_second(rate).allow_burst(times(5)),
            Class::SignUp => Quota::per_minute(share(5)).allow_burst(share(5)),
            Class::Booking => Quota::per_minute(times(2)).allow_burst(times(2)),
            Class::Download => Quota::per_minute(share(4)).allow_burst(share(4)),
            Class::LogIn => Quota::per_minute(times(2)).allow_burst(times(2)),
        }
    }
}

/// Requests after which buckets that are full again are thrown away.
const SWEEP_EVERY: u64 = 10_000;

/// The buckets of a process.
#[derive(Clone)]
pub struct RateLimits(Option<Arc<Buckets>>);

struct Buckets {
    classes: [DefaultKeyedRateLimiter<Network>; 5],
    spent: AtomicU64,
    metrics: Metrics,
}

impl RateLimits {
    /// `public_reads_per_second` of each client; 0 means no limits at all.
    pub fn new(public_reads_per_second: u32, metrics: Metrics) -> Self {
        Self(NonZeroU32::new(public_reads_per_second).map(|rate| {
            let classes = Class::ALL.map(|class| RateLimiter::keyed(class.quota(rate)));
            Arc::new(Buckets { classes, spent: AtomicU64::new(0), metrics })
        }))
    }

    fn spend(&self, client: Client, class: Class) -> Result<(), Problem> {
        let Some(buckets) = self.0.as_deref().filter(|_| !client.is_local()) else {
            return Ok(());
        };
        let bucket = &buckets.classes[class as usize];
        if buckets.spent.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            buckets.classes.iter().for_each(RateLimiter::retain_recent);
        }
        bucket.check_key(&client.network()).map_err(|not_until| {
            buckets.metrics.rate_limited(class.name());
            let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Problem {
                retry_after: Some(wait),
                ..Problem::say(
                    Kind::RateLimited,
                    format!("Quá nhiều yêu cầu từ mạng của bạn: hãy thử lại sau {wait} giây."),
                    format!("Too many requests from your network: try again in {wait} seconds."),
                )
            }
        })
    }
}

/// What a handler spends before it does the work.
pub struct Allowance {
    client: Client,
    limits: Option<web::Data<RateLimits>>,
}

impl Allowance {
    /// Who spends.
    pub fn network(&self) -> Network {
        self.client.network()
    }

    /// 429 with `Retry-After` when the client's bucket is empty.
    pub fn spend(&self, class: Class) -> Result<(), Problem> {
        self.limits.as_ref().map_or(Ok(()), |limits| limits.spend(self.client, class))
    }
}

impl FromRequest for Allowance {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Allowance { client: Client::of(request), limits: request.app_data::<web::Data<RateLimits>>().cloned() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        Client::Peer(address.parse().unwrap())
    }

    #[test]
    fn a_client_empties_its_own_bucket_and_no_other() {
        let limits = RateLimits::new(2, Metrics::default());
        let (greedy, other) = (client("192.0.2.1"), client("192.0.2.2"));
        let taken = (0..100).take_while(|_| limits.spend(greedy, Class::PublicRead).is_ok()).count();
        assert!((10..20).contains(&taken), "{taken} of a burst of 10");
        assert!(limits.spend(other, Class::PublicRead).is_ok());
        assert!(limits.spend(greedy, Class::LogIn).is_ok(), "classes are counted apart");
        let refused = limits.spend(greedy, Class::PublicRead).unwrap_err();
        assert_eq!((refused.kind, refused.retry_after), (Kind::RateLimited, Some(1)));
    }

    #[test]
    fn an_ipv6_household_shares_a_bucket() {
        let limits = RateLimits::new(1, Metrics::default());
        let taken = (0..40).filter(|n| limits.spend(client(&format!("2001:db8::{n:x}")), Class::PublicRead).is_ok()).count();
        assert!(taken < 10, "{taken}");
    }

    #[test]
    fn this_machine_and_zero_are_free() {
        let limits = RateLimits::new(1, Metrics::default());
        assert!((0..100).all(|_| limits.spend(client("127.0.0.1"), Class::Download).is_ok()));
        let behind = (0..100).take_while(|_| limits.spend(Client::Behind, Class::LogIn).is_ok()).count();
        assert!(behind < 10, "whoever is not named is not this machine: {behind}");
        let off = RateLimits::new(0, Metrics::default());
        assert!((0..100).all(|_| off.spend(client("192.0.2.1"), Class::Download).is_ok()));
    }
}
