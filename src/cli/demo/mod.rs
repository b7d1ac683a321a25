//! `demo`: the server with demo data, for a first look and for tests from outside.
//!
//! Demo data goes only into the private database of the data folder; a `DATABASE_URL` is ignored, loudly. The log-ins
//! have known passwords, so the demo listens on loopback addresses only, and so does `serve` on what it left. Filling is repeatable: cut off in the middle,
//! the next start completes it; complete, it is left alone with whatever was added since.

mod fill;
mod people;
mod publish;
mod reverse;
mod school;
mod tour;

use serde::Serialize;

use super::{Failure, install, running, say};
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::identity::store as identity;
use crate::members;

/// The name of a demo's log.
const DEMO_ORIGIN: &str = "demo.so-nhan-ai.invalid/log";
/// Everybody's password in the demo.
const PASSWORD: &str = "nhan-ai-2026";

/// What scripts and tests need to know.
#[derive(Serialize)]
struct DemoFile {
    base_url: String,
    logins: Vec<DemoLogin>,
    appeals: Vec<DemoAppeal>,
    cards: Vec<DemoCard>,
}

#[derive(Serialize)]
struct DemoLogin {
    user: &'static str,
    password: &'static str,
    role: &'static str,
    chapter_code: &'static str,
}

#[derive(Serialize)]
struct DemoAppeal {
    code: &'static str,
    state: &'static str,
}

/// A member's card.
#[derive(Serialize)]
struct DemoCard {
    code: String,
    kind: &'static str,
}

/// Whether a database holds demo data, all of it or a part, however it came there: the account that records it is made
/// together with those whose passwords are known.
pub fn is_in(db: &Db) -> Result<bool, DbError> {
    db.tx_blocking(|conn| Ok(identity::account_by_user_name(conn, people::RECORDER)?.is_some()))
}

pub fn demo(config: &Config) -> Result<(), Failure> {
    if !running::is_loopback(config) {
        return Err("the demo has known passwords and listens on loopback addresses only, e.g. --listen 127.0.0.1:8080".into());
    }
    let mut config = config.clone();
    if config.database_url.take().is_some() {
        eprintln!("DATABASE_URL is set and ignored: demo data goes into the private database only.");
    }
    config.database_replica_url = None;
    let listener = running::bind(&config)?;
    let base_url = format!("http://{}", listener.local_addr()?);
    eprintln!("Sổ Nhân Ái: starting the private database in {} …", config.data_dir.display());
    let mut installation = install::open(&config)?;
    // Whoever meets a checkpoint of a demo should see that it is one.
    DEMO_ORIGIN.clone_into(&mut installation.shared.log.default_origin);
    fill::fill(&installation.shared)?;
    let cards = installation.shared.db.tx_blocking(members::demo::cards)?;
    let file = DemoFile {
        logins: people::STAFF
            .iter()
            .map(|p| DemoLogin { user: p.user, password: PASSWORD, role: p.role.name(), chapter_code: p.chapter })
            .collect(),
        appeals: fill::APPEALS.iter().map(|a| DemoAppeal { code: a.code, state: a.state.name() }).collect(),
        cards: cards.into_iter().map(|(kind, code)| DemoCard { code, kind: kind.name() }).collect(),
        base_url,
    };
    let path = config.data_dir.join("demo.json");
    std::fs::write(&path, serde_json::to_string_pretty(&file)? + "\n")?;
    say(&tour::text(&file, &path))?;
    running::run(&config, installation, listener, running::Hangup::Ends)
}
