//! The thread that finishes what was decided: requests of people with many gifts, and what another server left behind.
//! Every server process runs one; a request that one holds is passed over by the others.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::fault::Fault;
use super::{execute, store};
use crate::basics::Clock;
use crate::db::Db;
use crate::db::worker::{Declared, Next, Worker};
use crate::http::cache::PublicCache;
use crate::vault::Vault;

/// Longest wait between two looks.
const PAUSE: Duration = Duration::from_millis(1_000);

/// One connection: a step is a transaction.
pub static WORKER: Declared = Declared::new("eraser");

/// Starts the thread.
pub fn start(db: Db, vault: Arc<Vault>, clock: Clock, cache: PublicCache) -> std::io::Result<Worker> {
    // Requests take turns, so that one which fails does not hold up the others.
    let mut after = Uuid::nil();
    Worker::start(&WORKER, move |_| step(&db, &vault, &clock, &cache, &mut after))
}

fn step(db: &Db, vault: &Vault, clock: &Clock, cache: &PublicCache, after: &mut Uuid) -> Next {
    let looked = db.tx_blocking(|conn| -> Result<Option<Uuid>, Fault> {
        let Some(row) = store::hold_executing(conn, *after)? else { return Ok(None) };
        *after = row.id;
        let id = row.id;
        execute::step(conn, vault, clock.now(), row)?;
        Ok(Some(id))
    });
    match looked {
        Ok(Some(_)) => cache.forget_all(),
        Ok(None) if *after != Uuid::nil() => *after = Uuid::nil(),
        Ok(None) => return Next::After(PAUSE),
        Err(fault) => {
            tracing::warn!(request = %after, %fault, "a request of a data subject could not be carried on");
            return Next::After(PAUSE);
        }
    }
    Next::Again
}
