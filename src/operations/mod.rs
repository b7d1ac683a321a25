//! For those who run the server: `/metrics`. What is counted along the way lives in [`http::metrics`](crate::http::metrics);
//! this room adds what has to be looked up and tells it to whoever may know.
//!
//! Metrics are no secret and no public matter either: they are told to this machine and to the networks the
//! configuration names; to everybody else the path does not exist. Whoever reads them asks this server itself: what a
//! proxy passes on is refused, whomever it names.

use actix_web::{HttpRequest, HttpResponse, get, web};
use ipnet::IpNet;
use serde::Serialize;
use utoipa::ToSchema;

use crate::basics::Clock;
use crate::db::{Db, DbError};
use crate::http::client::is_forwarded;
use crate::http::metrics::Figure;
use crate::http::sets::Shows;
use crate::http::{Client, Metrics, Problem};
use crate::log::{self, publisher::PublicLog};
use crate::search::{SearchIndex, State};
use crate::{jobs, privacy};

/// Networks that may read the metrics, besides this machine.
#[derive(Debug, Clone)]
pub struct MetricsReaders(pub Vec<IpNet>);

impl MetricsReaders {
    fn may_read(&self, client: &Client) -> bool {
        client.is_local() || client.address().is_some_and(|address| self.0.iter().any(|network| network.contains(&address)))
    }
}

/// How the server is.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    #[schema(example = "ok")]
    status: &'static str,
    /// `ok`, or `stands_still`: gifts are recorded, and nothing new is signed or published until an operator has looked.
    #[schema(example = "ok")]
    log: &'static str,
}

/// The server can do its work.
#[utoipa::path(tag = "operations", responses((status = 200, body = Readiness), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/readyz")]
pub async fn readyz(db: web::Data<Db>, log: web::Data<PublicLog>) -> Result<HttpResponse, Problem> {
    db.read(|conn| -> Result<(), Problem> { Ok(diesel::RunQueryDsl::execute(diesel::sql_query("SELECT 1"), conn).map(|_| ())?) })
        .await?;
    let log = if log.state().trouble.is_some() { "stands_still" } else { "ok" };
    Ok(HttpResponse::Ok().json(Readiness { status: "ok", log }))
}

/// Metrics in OpenMetrics text, for Prometheus.
#[utoipa::path(
    tag = "operations", responses((status = 200, content_type = "application/openmetrics-text", body = String), Shows),
    security(())
)]
#[get("/metrics")]
pub async fn show_metrics(
    request: HttpRequest,
    client: Client,
    metrics: web::Data<Metrics>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    search: web::Data<SearchIndex>,
    public_log: web::Data<PublicLog>,
) -> Result<HttpResponse, Problem> {
    let readers = request.app_data::<web::Data<MetricsReaders>>();
    if is_forwarded(request.headers()) || !readers.is_some_and(|readers| readers.may_read(&client)) {
        return Err(Problem::not_found());
    }
    look_up(&metrics, &db, &clock).await;
    look_at_search(&metrics, &search);
    let log = public_log.state();
    metrics.set(Figure::LogPublishedLeaves, log.published.map_or(0.0, |signed| signed.head.size as f64));
    metrics.set(Figure::LogStandsStill, if log.trouble.is_some() { 1.0 } else { 0.0 });
    Ok(HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(metrics.text().map_err(Problem::internal)?))
}

/// A database that is away is a figure, not a failure: the rest is wanted all the more then.
async fn look_up(metrics: &Metrics, db: &Db, clock: &Clock) {
    for (pool, open, idle) in db.connections() {
        metrics.set_pool(pool, "open", open);
        metrics.set_pool(pool, "idle", idle);
    }
    let now = clock.now();
    let looked = db
        .read(move |conn| -> Result<_, DbError> {
            Ok((
                log::store::size(conn)?,
                log::store::waiting(conn)?,
                jobs::figures(conn, now)?,
                privacy::held::latest(conn)?.all(),
            ))
        })
        .await;
    metrics.set(Figure::DatabaseUp, if looked.is_ok() { 1.0 } else { 0.0 });
    if let Ok((size, waiting, jobs, held)) = looked {
        metrics.set(Figure::PersonsHeld, held.persons as f64);
        metrics.set(Figure::PersonsSensitive, held.sensitive as f64);
        metrics.set(Figure::JobsWaiting, jobs.waiting as f64);
        metrics.set(Figure::JobsDead, jobs.dead as f64);
        metrics.set(Figure::JobsOverdueSeconds, jobs.overdue_seconds as f64);
        metrics.set(Figure::LogSizeLeaves, size as f64);
        metrics.set(Figure::LogPendingLeaves, waiting as f64);
    }
    let process = Process::look();
    metrics.set(Figure::ResidentMemoryBytes, process.resident_bytes);
    metrics.set(Figure::OpenFiles, process.open_files);
}

fn look_at_search(metrics: &Metrics, search: &SearchIndex) {
    let status = search.status();
    metrics.set(Figure::SearchFollowing, if status.state == State::Following { 1.0 } else { 0.0 });
    metrics.set(Figure::SearchLagLeaves, status.lag as f64);
    metrics.set(Figure::SearchDocuments, status.documents as f64);
    metrics.set(Figure::SearchSegments, status.segments as f64);
    metrics.set(Figure::SearchAnswers, status.answered as f64);
    metrics.set(Figure::SearchDeclined, status.declined as f64);
}

/// What the operating system says of this process; 0 where it does not say (only Linux has `/proc`).
struct Process {
    resident_bytes: f64,
    open_files: f64,
}

impl Process {
    fn look() -> Self {
        let pages = std::fs::read_to_string("/proc/self/statm")
            .ok()
            .and_then(|text| text.split_whitespace().nth(1).and_then(|pages| pages.parse::<f64>().ok()));
        let open_files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        Self { resident_bytes: pages.unwrap_or_default() * rustix::param::page_size() as f64, open_files: open_files as f64 }
    }
}
