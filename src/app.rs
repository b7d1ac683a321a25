//! Builds the actix application and its OpenAPI document, in one place: the server, the tests and `openapi` all call
//! [`api`], so what is documented is what is registered.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::authz::refuse_unasked;
use crate::authz::token::TokenKeys;
use crate::basics::Clock;
use crate::calling::answering::Answering;
use crate::config::Web;
use crate::db::Db;
use crate::db::worker::Worker;
use crate::disclosure::{fair_share, labels};
use crate::documents::{Archive, paper_routes};
use crate::drives::intake::Intake as Bookings;
use crate::giving::intake::Intake;
use crate::house::persons::Dossier;
use crate::house::thread::Means;
use crate::http::answers::Answers;
use crate::http::cache::PublicCache;
use crate::http::client::TrustedProxies;
use crate::http::cors::cors;
use crate::http::limits::RateLimits;
use crate::http::metrics::Figure;
use crate::http::routing::{KnownPaths, nothing_here};
use crate::http::{Metrics, Problem, PublicUrl, finish, health};
use crate::identity::password::Passwords;
use crate::links::{self, LinkPage};
use crate::log::publisher::{LogSettings, PublicLog};
use crate::log::routes::PieceCache;
use crate::operations::{self, MetricsReaders};
use crate::outbox::Ways;
use crate::portal::Live;
use crate::privacy::retention_routes::Configured;
use crate::rooms::ROOMS;
use crate::search::{SearchIndex, SearchSettings};
use crate::vault::Vault;
use crate::vouchers::show::Called;
use crate::{contract, disclosure, log, portal, stock};

/// Everything a server process shares between its threads.
#[derive(Clone)]
pub struct Shared {
    pub db: Db,
    pub clock: Clock,
    pub vault: web::Data<Vault>,
    pub tokens: web::Data<TokenKeys>,
    pub passwords: Passwords,
    pub web: Web,
    /// What QR codes point to.
    pub public_url: PublicUrl,
    pub search: SearchSettings,
    pub archive: Archive,
    /// How the public log is signed and where it is published.
    pub log: LogSettings,
    /// By which ways messages are sent.
    pub ways: Arc<Ways>,
    /// The security dossier that was approved, if there is one.
    pub dossier: Option<Dossier>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sổ Nhân Ái",
        version = "1",
        description = "Sổ Nhân Ái: operations API and public ledger of the Vietnam Red Cross. Errors are RFC 9457 problem documents; \
                       amounts are whole đồng; times are RFC 3339 UTC; business dates are Vietnam dates.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "session", description = "Log in and out, one's own sessions and second factor"),
        (name = "audit", description = "Who did what"),
        (name = "accounts", description = "Register people, give and end their roles"),
        (name = "gifts", description = "Record gifts, print their receipts, reverse them with a second person"),
        (name = "chapters", description = "Found chapters and branches, keep their names, committees, contact and legal data"),
        (name = "bookkeeping", description = "What an accountant enters by hand, with a document and a second person"),
        (name = "appeals", description = "Draft, open and close appeals"),
        (name = "publications", description = "What the law wants published of appeals: until when, and what was"),
        (name = "documents", description = "Upload papers and photographs, link them, publish those of appeals"),
        (name = "personal-data", description = "What persons ask about their own data: erase, correct, withdraw, restrict, read"),
        (name = "public", description = "Công khai: the public ledger, no log-in"),
        (name = "operations", description = "For those who run the server")
    ),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
struct Document;

struct Bearer;

/// Shown where somebody is asked for it.
const BEARER: &str = "The `access_token` that `POST /api/v1/session` (log-in) answers with, without the word `Bearer`. \
                      Operations of `public` need none.";

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(BEARER)).build();
        document.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

fn officers_and_public(config: &mut ServiceConfig<'_>) {
    for room in ROOMS.0 {
        (room.routes)(config);
    }
    paper_routes::configure(config, ROOMS);
    disclosure::configure_officers(config);
    config.service(utoipa_actix_web::scope("/public").wrap(from_fn(fair_share::charge)).configure(disclosure::configure));
}

/// Every path of the API, registered and documented at once.
fn api(config: &mut ServiceConfig<'_>) {
    config
        .service(health::healthz)
        .service(operations::readyz)
        .service(operations::show_metrics)
        .service(utoipa_actix_web::scope("/api/v1").wrap(from_fn(refuse_unasked)).configure(officers_and_public));
}

/// What the routes say of themselves. Made once a process: it is the same for every server in it, and takes a while.
fn registered() -> &'static utoipa::openapi::OpenApi {
    static REGISTERED: OnceLock<utoipa::openapi::OpenApi> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        let mut base = Document::openapi();
        base.merge(Answers::openapi());
        base.merge(log::routes::LogPaths::openapi());
        let tags = ROOMS.0.iter().flat_map(|room| room.tags);
        let tags = tags.map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build());
        base.tags.get_or_insert_default().extend(tags);
        let (_, document) = App::new().into_utoipa_app().openapi(base).configure(api).split_for_parts();
        document
    })
}

/// What the words of `purpose` say.
const PURPOSES: &str =
    "What a document is for. Decides who may upload it, what it may be linked to, and whether it may ever be published.";

/// The OpenAPI document; needs no server, no database and no environment.
pub fn document() -> Result<serde_json::Value, serde_json::Error> {
    let purposes: Vec<&str> = ROOMS.papers().map(|paper| paper.purpose).collect();
    Ok(contract::finished(serde_json::to_value(registered())?, &[("Purpose", PURPOSES, &purposes)]))
}

/// The document and its pages as they are served, made once a process.
fn documents() -> Result<web::Data<contract::Documents>, serde_json::Error> {
    static DOCUMENTS: OnceLock<web::Data<contract::Documents>> = OnceLock::new();
    if let Some(made) = DOCUMENTS.get() {
        return Ok(made.clone());
    }
    let made = web::Data::new(contract::Documents::made(&document()?));
    Ok(DOCUMENTS.get_or_init(|| made).clone())
}

/// The document as it is committed: keys sorted, indented, a newline at the end.
pub fn document_text() -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(&document()?)? + "\n")
}

/// A running application: the HTTP server and the threads behind it.
pub struct Running {
    pub server: Server,
    pub search: SearchIndex,
    /// To be closed before the server is stopped: its streams would keep it waiting.
    pub live: Live,
    /// Dropped in this order after the server has stopped, rooms above before those they stand on: what was taken in is
    /// written, then sequenced.
    pub threads: Vec<Worker>,
}

/// What papers call kinds, accounts, units and goods.
const CALLED: Called = Called { items: stock::item_names, unit: labels::unit, account: labels::account, kind: labels::kind };

/// The database of a server: `requests` units of work at once, and what the threads behind it hold.
pub fn connect(url: &str, replica: Option<&str>, requests: u32) -> Db {
    Db::connect_with(url, replica, requests, ROOMS.threads().map(|thread| thread.declared))
}

/// Starts the threads of all rooms, from the floor upwards. Returns them in the order in which they stop, and what they hand
/// out.
fn threads(shared: &Shared, metrics: &Metrics) -> std::io::Result<(Means, Vec<Worker>)> {
    let mut means = Means::default();
    means.put(ROOMS);
    means.put(shared.db.clone());
    means.put(shared.clock.clone());
    means.put(shared.vault.clone().into_inner());
    means.put(metrics.clone());
    means.put(shared.archive.clone());
    means.put(shared.log.clone());
    means.put(shared.search.clone());
    means.put(Arc::clone(&shared.ways));
    means.put(shared.passwords.clone());
    means.put(shared.public_url.clone());
    for put in ROOMS.0.iter().flat_map(|room| room.means) {
        put(&mut means)?;
    }
    let mut started: Vec<Vec<Worker>> = Vec::new();
    for room in ROOMS.0 {
        started.push(room.threads.iter().map(|thread| (thread.start)(&mut means)).collect::<Result<_, _>>()?);
    }
    Ok((means, started.into_iter().rev().flatten().collect()))
}

/// Starts the threads and the HTTP server on an open socket. `workers` threads take requests.
pub fn start(shared: Shared, listener: TcpListener, workers: usize) -> std::io::Result<Running> {
    let metrics = Metrics::default();
    metrics.set(Figure::StartTimeSeconds, shared.clock.now().timestamp() as f64);
    let (means, threads) = threads(&shared, &metrics)?;
    let (intake, search) = (means.get::<Intake>()?, means.get::<SearchIndex>()?);
    let answering = means.get::<Answering>()?;
    let bookings = means.get::<Bookings>()?;
    let (public_log, pieces) = (web::Data::new(means.get::<PublicLog>()?), web::Data::new(PieceCache::default()));
    let for_requests = search.clone();
    let live = Live::start(shared.db.clone(), shared.clock.clone(), search.clone());
    let stream = web::Data::new(live.clone());
    let known = web::Data::new(KnownPaths::of(registered()));
    let documents = documents().map_err(std::io::Error::other)?;
    let cache = web::Data::new(PublicCache::of(shared.db.editions()));
    let pages = means.all::<LinkPage>();
    let Web { trusted_proxies, public_rate, cors_origins, metrics_from } = shared.web.clone();
    let trusted = web::Data::new(TrustedProxies(trusted_proxies));
    let limits = web::Data::new(RateLimits::new(public_rate, metrics.clone()));
    let origins: Arc<[String]> = cors_origins.into();
    let metrics = web::Data::new(metrics);
    let readers = web::Data::new(MetricsReaders(metrics_from));
    let dossier = web::Data::new(Configured(shared.dossier.clone()));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(shared.db.clone()))
            .app_data(web::Data::new(shared.clock.clone()))
            .app_data(shared.vault.clone())
            .app_data(shared.tokens.clone())
            .app_data(web::Data::new(shared.passwords.clone()))
            .app_data(web::Data::new(shared.public_url.clone()))
            .app_data(web::Data::new(shared.archive.clone()))
            .app_data(web::Data::new(intake.clone()))
            .app_data(web::Data::new(answering.clone()))
            .app_data(web::Data::new(bookings.clone()))
            .app_data(web::Data::from(Arc::clone(&shared.ways)))
            .app_data(cache.clone())
            .app_data(web::Data::new(for_requests.clone()))
            .app_data(public_log.clone())
            .app_data(pieces.clone())
            .app_data(known.clone())
            .app_data(documents.clone())
            .app_data(trusted.clone())
            .app_data(limits.clone())
            .app_data(metrics.clone())
            .app_data(readers.clone())
            .app_data(dossier.clone())
            .app_data(web::Data::new(ROOMS))
            .app_data(web::Data::new(CALLED))
            .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
            .wrap(cors(origins.clone()))
            .wrap(from_fn(finish::finish))
            .into_utoipa_app()
            .configure(api)
            .into_app()
            .app_data(stream.clone())
            .configure(links::routes::configure(pages.clone()))
            .configure(log::routes::configure)
            .configure(contract::configure)
            .configure(portal::configure)
            .default_service(web::to(nothing_here))
    })
    .workers(workers)
    .backlog(2_048)
    .max_connections(20_000)
    .client_request_timeout(std::time::Duration::from_secs(20))
    .shutdown_timeout(30)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Running { server, search, live, threads })
}
