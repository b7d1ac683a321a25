//! What the server counts about itself, for Prometheus. Names begin with `sna_` and carry their unit.
//!
//! Cheap to clone; every clone counts into the same numbers. Labels are route patterns and codes, never anything a
//! client can make up, so their number is bounded.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    method: &'static str,
    route: String,
    status: u16,
}

/// One label for one small, fixed set of words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct What {
    what: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct GiftLabels {
    path: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolLabels {
    pool: &'static str,
    state: &'static str,
}

/// Figures that are looked up when somebody asks, instead of being counted along the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    DatabaseUp,
    LogSizeLeaves,
    LogPendingLeaves,
    LogPublishedLeaves,
    LogStandsStill,
    ResidentMemoryBytes,
    OpenFiles,
    StartTimeSeconds,
    SearchFollowing,
    SearchLagLeaves,
    SearchDocuments,
    SearchSegments,
    SearchAnswers,
    SearchDeclined,
    JobsWaiting,
    JobsDead,
    JobsOverdueSeconds,
    PersonsHeld,
    PersonsSensitive,
}

impl Figure {
    pub const ALL: [Figure; 19] = [
        Figure::DatabaseUp,
        Figure::LogSizeLeaves,
        Figure::LogPendingLeaves,
        Figure::LogPublishedLeaves,
        Figure::LogStandsStill,
        Figure::ResidentMemoryBytes,
        Figure::OpenFiles,
        Figure::StartTimeSeconds,
        Figure::SearchFollowing,
        Figure::SearchLagLeaves,
        Figure::SearchDocuments,
        Figure::SearchSegments,
        Figure::SearchAnswers,
        Figure::SearchDeclined,
        Figure::JobsWaiting,
        Figure::JobsDead,
        Figure::JobsOverdueSeconds,
        Figure::PersonsHeld,
        Figure::PersonsSensitive,
    ];

    fn name_and_help(self) -> (&'static str, &'static str) {
        match self {
            Figure::DatabaseUp => ("database_up", "1 when the database answered this scrape"),
            Figure::LogSizeLeaves => ("log_size_leaves", "Leaves that have their place in the log"),
            Figure::LogPendingLeaves => ("log_pending_leaves", "Leaves waiting for their place, counted up to 10000"),
            Figure::LogPublishedLeaves => ("log_published_leaves", "Leaves of the newest checkpoint this process has published"),
            Figure::LogStandsStill => ("log_stands_still", "1 when nothing new can be signed or published"),
            Figure::ResidentMemoryBytes => ("process_resident_memory_bytes", "Memory this process holds"),
            Figure::OpenFiles => ("process_open_files", "Open file descriptors of this process"),
            Figure::StartTimeSeconds => ("process_start_time_seconds", "When this process began, Unix time"),
            Figure::SearchFollowing => ("search_following", "1 when the search index is in step with the log"),
            Figure::SearchLagLeaves => ("search_lag_leaves", "Leaves of the log that the search index does not have"),
            Figure::SearchDocuments => ("search_documents", "Entries in the search index"),
            Figure::SearchSegments => ("search_segments", "Segments of the search index"),
            Figure::SearchAnswers => ("search_answers", "Searches answered through the index since the start"),
            Figure::SearchDeclined => ("search_declined", "Searches the index could not answer since the start"),
            Figure::JobsWaiting => ("jobs_waiting", "Jobs to be done or being done"),
            Figure::JobsDead => ("jobs_dead", "Jobs that failed for good and wait for an administrator"),
            Figure::JobsOverdueSeconds => ("jobs_overdue_seconds", "For how long the oldest job has been due"),
            Figure::PersonsHeld => ("persons_held", "People of whom something is held, counted once a day"),
            Figure::PersonsSensitive => ("persons_sensitive", "People of whom sensitive data are held, counted once a day"),
        }
    }
}

/// See the module.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    answers: Family<AnswerLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    limited: Family<What, Counter>,
    cache: Family<What, Counter>,
    gifts: Family<GiftLabels, Counter>,
    together: Histogram,
    queued: Gauge,
    sequenced: Counter,
    figures: [Gauge<f64, AtomicU64>; Figure::ALL.len()],
    pools: Family<PoolLabels, Gauge>,
}

/// Upper bounds in seconds: from a cached answer to what a client gives up on.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const TOGETHER: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut inner = Inner {
            registry: Registry::with_prefix("sna"),
            answers: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            in_flight: Gauge::default(),
            limited: Family::default(),
            cache: Family::default(),
            gifts: Family::default(),
            together: Histogram::new(TOGETHER),
            queued: Gauge::default(),
            sequenced: Counter::default(),
            figures: Default::default(),
            pools: Family::default(),
        };
        let registry = &mut inner.registry;
        registry.register("http_answers", "Requests answered", inner.answers.clone());
        registry.register_with_unit("http_answer", "Time from request to answer", Unit::Seconds, inner.seconds.clone());
        registry.register("http_requests_in_flight", "Requests being answered", inner.in_flight.clone());
        registry.register("rate_limited", "Requests refused with 429, by class", inner.limited.clone());
        registry.register("public_cache", "Public entries asked for: hit or miss", inner.cache.clone());
        registry.register("gifts", "Gifts by way in and outcome", inner.gifts.clone());
        registry.register("intake_batch_gifts", "Single gifts written in one transaction", inner.together.clone());
        registry.register("intake_queue_gifts", "Single gifts waiting for the intake writer", inner.queued.clone());
        registry.register("log_leaves_sequenced", "Leaves this process gave their place", inner.sequenced.clone());
        registry.register("db_connections", "Connections by pool and state", inner.pools.clone());
        for (figure, gauge) in Figure::ALL.into_iter().zip(&inner.figures) {
            let (name, help) = figure.name_and_help();
            registry.register(name, help, gauge.clone());
        }
        Metrics(Arc::new(inner))
    }
}

impl Metrics {
    /// A request begins; it ends when the guard goes, whichever way.
    pub fn begin(&self) -> InFlight {
        self.0.in_flight.inc();
        InFlight(self.clone())
    }

    pub fn answered(&self, method: &'static str, route: String, status: u16, took: Duration) {
        self.0.seconds.get_or_create(&RouteLabels { method, route: route.clone() }).observe(took.as_secs_f64());
        self.0.answers.get_or_create(&AnswerLabels { method, route, status }).inc();
    }

    pub fn rate_limited(&self, class: &'static str) {
        self.0.limited.get_or_create(&What { what: class }).inc();
    }

    pub fn cache(&self, hit: bool) {
        self.0.cache.get_or_create(&What { what: if hit { "hit" } else { "miss" } }).inc();
    }

    /// Gifts by the path they came (`single`, `batch`) and what became of them.
    pub fn gifts(&self, path: &'static str, outcome: &'static str, count: u64) {
        if count > 0 {
            self.0.gifts.get_or_create(&GiftLabels { path, outcome }).inc_by(count);
        }
    }

    pub fn intake_queued(&self) {
        self.0.queued.inc();
    }

    /// It was counted and the queue did not take it.
    pub fn intake_not_queued(&self) {
        self.0.queued.dec();
    }

    /// The intake writer has taken so many gifts from its queue for one transaction.
    pub fn intake_taken(&self, gifts: usize) {
        self.0.queued.dec_by(gifts as i64);
        self.0.together.observe(gifts as f64);
    }

    pub fn sequenced(&self, leaves: usize) {
        self.0.sequenced.inc_by(leaves as u64);
    }

    /// A figure that is looked up when somebody asks.
    pub fn set(&self, figure: Figure, value: f64) {
        self.0.figures[figure as usize].set(value);
    }

    pub fn set_pool(&self, pool: &'static str, state: &'static str, connections: u32) {
        self.0.pools.get_or_create(&PoolLabels { pool, state }).set(i64::from(connections));
    }

    /// All of it in OpenMetrics text.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::with_capacity(16 * 1024);
        text::encode(&mut out, &self.0.registry)?;
        Ok(out)
    }
}

/// Counts a request as being answered while it lives.
pub struct InFlight(Metrics);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.0.in_flight.dec();
    }
}

/// A method's name as a label: what is not ours is one label, or clients could make up as many as they like.
pub fn method_label(method: &actix_web::http::Method) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].into_iter().find(|name| *name == method.as_str()).unwrap_or("OTHER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_told() {
        let metrics = Metrics::default();
        {
            let _request = metrics.begin();
            assert!(metrics.text().unwrap().contains("sna_http_requests_in_flight 1\n"));
        }
        metrics.answered("GET", "/healthz".to_owned(), 200, Duration::from_millis(3));
        metrics.gifts("batch", "BOOKED", 197);
        metrics.gifts("batch", "REFUSED", 0);
        metrics.set(Figure::LogPendingLeaves, 2.0);
        let text = metrics.text().unwrap();
        for line in [
            "sna_http_requests_in_flight 0\n",
            "sna_http_answers_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1\n",
            "sna_http_answer_seconds_bucket{le=\"0.005\",method=\"GET\",route=\"/healthz\"} 1\n",
            "sna_gifts_total{path=\"batch\",outcome=\"BOOKED\"} 197\n",
            "sna_log_pending_leaves 2.0\n",
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
        assert!(!text.contains("REFUSED"));
        assert!(text.ends_with("# EOF\n"));
    }
}
