//! `migrate --list`: how far the data steps are, and what they did.

use super::{Failure, install, say};
use crate::config::Config;
use crate::upkeep::steps::{STEPS, store};

/// Notes read at a time.
const PAGE: i64 = 1_000;

pub(super) fn list(config: &Config) -> Result<(), Failure> {
    let opened = install::open_as_it_is(config)?;
    let begun = opened.db.tx_blocking(store::all)?;
    for step in STEPS {
        let line = match begun.iter().find(|row| row.name == step.name) {
            None => "not begun".to_owned(),
            Some(row) => {
                let state = row.done_at.map_or("not done".to_owned(), |at| format!("done {}", at.format("%F %T UTC")));
                format!("{state}, {} looked at, {} changed", row.looked_at, row.changed)
            }
        };
        say(&format!("{}: {line}", step.name))?;
    }
    let mut after = 0;
    loop {
        let page = opened.db.tx_blocking(|conn| store::notes(conn, after, PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.0;
        for (_, step, subject, did) in &page {
            say(&format!("{step}: {subject}: {did}"))?;
        }
    }
}
