//! The thread that finishes what was decided: requests of people with many gifts, and what another server left behind.
//! Every server process runs one; a request that one holds is passed over by the others.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::fault::Fault;
use super::{execute, store};
use crate::basics::Clock;
use crate::db::Db;
use crate::db::worker::{Declared, Next, Worker};
use crate::house::Rooms;
use crate::house::errand::Errand;
use crate::house::thread::Means;
use crate::vault::Vault;

/// Longest wait between two looks.
const PAUSE: Duration = Duration::from_millis(1_000);

/// One connection: a step is a transaction.
pub static WORKER: Declared = Declared::new("eraser");

/// Starts the thread.
pub fn start(means: &mut Means) -> io::Result<Worker> {
    let (db, vault, clock, rooms) =
        (means.get::<Db>()?, means.get::<Arc<Vault>>()?, means.get::<Clock>()?, means.get::<Rooms>()?);
    // Requests take turns, so that one which fails does not hold up the others.
    let mut after = Uuid::nil();
    Worker::start(&WORKER, move |_| step(&db, &vault, &clock, rooms, &mut after))
}

fn step(db: &Db, vault: &Vault, clock: &Clock, rooms: Rooms, after: &mut Uuid) -> Next {
    let looked = db.tx_blocking(|conn| -> Result<Option<Uuid>, Fault> {
        let Some(row) = store::hold_executing(conn, *after)? else { return Ok(None) };
        *after = row.id;
        let id = row.id;
        execute::step(&mut Errand { conn, now: clock.now(), vault }, rooms, row)?;
        Ok(Some(id))
    });
    match looked {
        Ok(Some(_)) => {}
        Ok(None) if *after != Uuid::nil() => *after = Uuid::nil(),
        Ok(None) => return Next::After(PAUSE),
        Err(fault) => {
            tracing::warn!(request = %after, %fault, "a request of a data subject could not be carried on");
            return Next::After(PAUSE);
        }
    }
    Next::Again
}
