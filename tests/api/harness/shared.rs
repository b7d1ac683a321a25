//! One server with one database, for tests that leave nothing others could trip over.
//!
//! They read what every installation has, or keep to a chapter of their own ([`SharedApp::chapter`]). Others work on it at
//! the same time, so nobody here moves the clock, founds chapters, counts the rows of whole tables, or expects the lists
//! and totals of the country to stand still. Whoever needs that has a server of their own: [`TestApp::start`].

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use so_nhan_ai::config::Web;

use super::{Database, START, TestApp};

/// A hold on the server that tests share.
pub struct SharedApp(&'static TestApp);

impl Deref for SharedApp {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        self.0
    }
}

impl TestApp {
    /// The server that tests share; it lives as long as they do.
    pub fn shared() -> SharedApp {
        static APP: OnceLock<TestApp> = OnceLock::new();
        // All of them are one client: how much a client may ask for is tested elsewhere.
        let web = Web { public_rate: 0, ..Web::default() };
        let app = APP.get_or_init(|| TestApp::start_with_web(Database::fresh(), web));
        assert_eq!(
            app.now(),
            START.parse::<chrono::DateTime<chrono::Utc>>().unwrap(),
            "somebody moved the clock of the server that tests share"
        );
        SharedApp(app)
    }
}

impl SharedApp {
    /// The code of a commune's chapter that no other test gets.
    pub fn chapter(&self) -> String {
        static TAKEN: AtomicUsize = AtomicUsize::new(0);
        // Lâm Đồng is where tests with a server of their own live: what is written of it is read by name.
        let free = "SELECT c.code FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE c.level = 'COMMUNE' AND p.code > '68'
                    ORDER BY c.code LIMIT 1 OFFSET";
        self.database.text(&format!("{free} {}", TAKEN.fetch_add(1, Ordering::Relaxed)))
    }
}

impl Database {
    /// A migrated database that nobody writes to.
    pub fn untouched() -> Self {
        static FIRST: Mutex<Option<Database>> = Mutex::new(None);
        let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(Self::fresh).share()
    }
}
