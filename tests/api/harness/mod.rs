//! A server for every test: the real application on a fresh clone of a migrated database, with a clock the test holds
//! (`TestApp::start`), or the one that tests share which only read or keep to a chapter of their own (`TestApp::shared`).
//! Callers, not requests: `app.officer_of("23095").post("/api/v1/gifts", json!({…}), 201)` — the expected status is a
//! parameter, so no test forgets it. What is sent is made by `crate::kit`.

mod caller;
mod cluster;
mod contract;
mod scratch;
mod shared;

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::web;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use so_nhan_ai::app::{self, Shared};
use so_nhan_ai::authz::Role;
use so_nhan_ai::authz::token::{Claims, Purpose, TokenKeys};
use so_nhan_ai::basics::Clock;
use so_nhan_ai::basics::clock::vietnam_date;
use so_nhan_ai::config::Web;
use so_nhan_ai::db::Db;
use so_nhan_ai::db::worker::Declared;
use so_nhan_ai::http::PublicUrl;
use so_nhan_ai::identity::accounts;
use so_nhan_ai::identity::password::{Cost, Passwords};
use so_nhan_ai::identity::proof::Admitted;
use so_nhan_ai::identity::sessions::{self, NewSession};
use so_nhan_ai::identity::store::{self as identity, CreateError, NewAccount};
use so_nhan_ai::portal::Live;
use so_nhan_ai::search::{Pace, SearchIndex, SearchSettings};
use so_nhan_ai::tree;
use so_nhan_ai::vault::keys::TokenKeyFile;
use so_nhan_ai::vault::{Vault, VaultKeys};
use uuid::Uuid;

pub use caller::{Answer, Caller};
pub use cluster::{Database, LOG_SECRET};
pub use shared::SharedApp;

/// Waits until something holds that will: so long only because machines may be busy.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// When tests begin: 10:00 on Sunday, 22 November 2026 in Vietnam.
const START: &str = "2026-11-22T03:00:00Z";

/// Everybody's password in tests.
pub const PASSWORD: &str = "mật khẩu thử";

/// Four requests at once and their threads share eight connections: a thread that waits for one hinders no test, and each connection
/// that is opened costs PostgreSQL more than most tests ask of it.
fn few_connections(database: &Database) -> Db {
    static SPARE: Declared = Declared { name: "tests", connections: 3 };
    Db::connect_with(&database.url(), None, 4, std::iter::once(&SPARE))
}

/// A running server with its own database.
pub struct TestApp {
    pub base: String,
    pub clock: Clock,
    pub shared: Shared,
    pub database: Database,
    pub search: SearchIndex,
    server: Option<(actix_web::dev::ServerHandle, JoinHandle<()>)>,
    live: Live,
    agent: ureq::Agent,
}

/// An account made for a test.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    pub id: Uuid,
    /// The person behind it.
    pub officer: Uuid,
}

impl TestApp {
    /// At 10:00 on 22 November 2026 in Vietnam.
    pub fn start() -> Self {
        Self::start_on(Database::fresh())
    }

    /// On a database that exists already: a second server, or one started again.
    pub fn start_on(database: Database) -> Self {
        Self::start_with_web(database, Web::default())
    }

    /// With other settings of how it meets the network.
    pub fn start_with_web(database: Database, web_settings: Web) -> Self {
        Self::start_with_settings(database, web_settings, true)
    }

    /// PostgreSQL alone answers searches.
    pub fn start_without_index() -> Self {
        Self::start_with_settings(Database::fresh(), Web::default(), false)
    }

    fn start_with_settings(database: Database, web_settings: Web, on: bool) -> Self {
        let clock = Clock::set_to(START.parse().unwrap());
        let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let tokens = TokenKeys::new(&TokenKeyFile::generate().unwrap());
        let ms = Duration::from_millis;
        let pace = Pace { look: ms(100), retry: ms(200), quiet: ms(0), latest: ms(0) };
        let shared = Shared {
            db: few_connections(&database),
            clock: clock.clone(),
            vault: web::Data::new(vault),
            tokens: web::Data::new(tokens),
            passwords: Passwords::new(Cost::Cheap).unwrap(),
            web: web_settings,
            public_url: PublicUrl::parse("https://so.example.org").unwrap(),
            search: SearchSettings { folder: Database::folder(), on, pace },
            archive: database.archive(),
            log: database.log(),
            ways: Arc::default(),
            dossier: None,
        };
        Self::start_with(database, shared)
    }

    /// A server with everything given: two of these with the same `shared` keys are two servers of one installation.
    pub fn start_with(database: Database, shared: Shared) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (tell, told) = mpsc::channel();
        let for_server = shared.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app::Running { server, search, live, threads } = app::start(for_server, listener, 1).unwrap();
                tell.send((server.handle(), search, live)).unwrap();
                server.await.unwrap();
                drop(threads);
            });
        });
        let (handle, search, live) = told.recv().unwrap();
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        Self { base, clock: shared.clock.clone(), shared, database, search, server: Some((handle, thread)), live, agent }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today in Vietnam.
    pub fn today(&self) -> NaiveDate {
        vietnam_date(self.clock.now())
    }

    /// Nobody: no log-in.
    pub fn anonymous(&self) -> Caller<'_> {
        Caller::new(self, None)
    }

    /// Whoever holds this token.
    pub fn bearer(&self, token: &str) -> Caller<'_> {
        Caller::new(self, Some(token.to_owned()))
    }

    /// A new person with a role at a chapter, logged in.
    pub fn staff(&self, role: Role, chapter: &str) -> Caller<'_> {
        let account = self.account(role, chapter);
        self.log_in(account)
    }

    pub fn officer_of(&self, chapter: &str) -> Caller<'_> {
        self.staff(Role::Officer, chapter)
    }

    pub fn accountant_of(&self, chapter: &str) -> Caller<'_> {
        self.staff(Role::Accountant, chapter)
    }

    pub fn chair_of(&self, chapter: &str) -> Caller<'_> {
        self.staff(Role::ChapterChair, chapter)
    }

    /// A new account of a new person with one role.
    pub fn account(&self, role: Role, chapter: &str) -> Account {
        self.account_of(None, &[(role, chapter)])
    }

    /// A new account, of an existing person if one is named, with any roles. Its user name is `u<number>`.
    pub fn account_of(&self, officer: Option<Uuid>, roles: &[(Role, &str)]) -> Account {
        let user = next_user();
        let hash = self.shared.passwords.hash(PASSWORD).unwrap();
        let today = self.today();
        let made = self.shared.db.tx_blocking(|conn| -> Result<Account, CreateError> {
            let new = NewAccount { officer, full_name: "Người Thử", user_name: &user, phone: None, password_hash: &hash };
            let (id, officer) = identity::create_account(conn, &self.shared.vault, self.now(), &new)?;
            for (n, (role, code)) in roles.iter().enumerate() {
                let place = tree::place(conn, code)?.ok_or_else(|| CreateError::UnknownChapter((*code).to_owned()))?;
                identity::assign_role(conn, id, *role, place.id, today, "QĐ 1/TEST")?;
                if n == 0 {
                    // An account belongs where its first role is.
                    accounts::settle(conn, id, place.id, None)?;
                }
            }
            Ok(Account { id, officer })
        });
        made.unwrap()
    }

    /// A session of an account and its access token, without the detour over password and code: it has a second factor,
    /// as everybody who approves must.
    pub fn log_in(&self, account: Account) -> Caller<'_> {
        self.bearer(&self.token(account.id, Purpose::Access, chrono::Duration::minutes(15)))
    }

    /// A session by the password alone: whoever approves or appoints with it is refused.
    pub fn log_in_plain(&self, account: Account) -> Caller<'_> {
        let session = self.session(account.id, None);
        let claims = Claims { subject: account.id, session };
        self.bearer(&self.shared.tokens.sign(Purpose::Access, claims, self.now(), chrono::Duration::minutes(15)).unwrap())
    }

    fn session(&self, account: Uuid, second_factor_at: Option<DateTime<Utc>>) -> Uuid {
        let id = Uuid::now_v7();
        let hash = Uuid::new_v4();
        let new = NewSession { id, refresh_hash: hash.as_bytes(), second_factor_at, device: None, label: None };
        let opened = self.shared.db.tx_blocking(|conn| {
            let admitted = Admitted::by_hand(conn, account)?;
            sessions::open(conn, &admitted, &new, self.now())
        });
        assert!(opened.unwrap());
        id
    }

    /// A token of a new session (with a second factor) with any purpose and lifetime.
    pub fn token(&self, account: Uuid, purpose: Purpose, lifetime: chrono::Duration) -> String {
        let session = self.session(account, Some(self.now()));
        self.shared.tokens.sign(purpose, Claims { subject: account, session }, self.now(), lifetime).unwrap()
    }

    /// An open appeal of a chapter, receiving from 40 days ago to 40 days from now.
    pub fn open_appeal(&self, chapter: &str, code: &str) {
        let chair = self.chair_of(chapter);
        let day = |days: i64| self.today() + chrono::Duration::days(days);
        chair.post(
            "/api/v1/appeals",
            json!({"id": Uuid::now_v7(), "code": code, "chapter": chapter, "regime": "DECREE_93_2021", "title": format!("Đợt {code}"),
                   "purpose": "Cứu trợ", "receive_from": day(-40), "receive_until": day(40)}),
            201,
        );
        chair.post(&format!("/api/v1/appeals/{code}/opening"), json!(null), 200);
    }

    /// A cash gift for Hàm Liêm as a client would send it; `change` overrides fields, `null` removes them.
    pub fn gift(&self, change: Value) -> Value {
        let mut gift = json!({"id": Uuid::now_v7(), "chapter": "23095", "channel": "CASH", "amount_vnd": 500_000, "received_on": self.today()});
        for (key, value) in change.as_object().expect("an object of changes") {
            match value {
                Value::Null => drop(gift.as_object_mut().unwrap().remove(key)),
                value => gift[key] = value.clone(),
            }
        }
        gift
    }

    /// Waits until every leaf has its place in the log.
    pub fn wait_for_log(&self) {
        self.database.wait_until("SELECT count(*) = 0 FROM log_pending");
    }

    /// Waits until every leaf is under a published checkpoint.
    pub fn wait_for_checkpoint(&self) {
        self.wait_for_log();
        let size = self.database.text("SELECT size::text FROM log_head");
        eventually("a checkpoint of every leaf", || {
            let checkpoint = self.anonymous().send("GET", "/log/checkpoint", None);
            checkpoint.status == 200 && checkpoint.text.lines().nth(1) == Some(size.as_str())
        });
    }

    /// A second server of the same installation whose searches PostgreSQL answers alone.
    pub fn sister_without_index(&self) -> Self {
        let mut shared = self.shared.clone();
        shared.search = SearchSettings { folder: Database::folder(), on: false, ..shared.search };
        Self::start_with(self.database.share(), shared)
    }

    /// Waits until the search index, if there is one, has every entry.
    pub fn wait_for_index(&self) {
        self.wait_for_log();
        if !self.shared.search.on {
            return;
        }
        let last = self.database.number("SELECT size - 1 FROM log_head");
        eventually("the index has every entry", || self.search.status().indexed_idx == last);
    }

    /// Stops the server as SIGTERM would, waiting for the end.
    pub fn stop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            self.live.close();
            drop(handle.stop(true));
            thread.join().unwrap();
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            drop(handle.stop(false));
            if thread.join().is_err() && !std::thread::panicking() {
                panic!("the server thread panicked");
            }
        }
    }
}

fn next_user() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    format!("user{}", COUNT.fetch_add(1, Ordering::Relaxed))
}
