//! The thread that gives leaves their place and takes them into the tree. Every server process runs one; which of them does the work does not
//! matter, and stopping one in the middle loses nothing: a step is one transaction.

use std::io;
use std::time::Duration;

use super::clearance::Clearance;
use super::store::{self, Sequenced};
use super::tile_store::{self, Grown, TreeError};
use crate::basics::failpoint;
use crate::db::worker::{Declared, Next, Worker};
use crate::db::{Db, DbError};
use crate::house::thread::Means;
use crate::http::Metrics;

/// Longest wait between two looks at the queue.
const PAUSE: Duration = Duration::from_millis(200);
/// Wait after a failure, while the database is away.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
const MOST_PER_STEP: i64 = 10_000;

/// One connection: a step is a transaction.
pub static WORKER: Declared = Declared::new("sequencer");

/// Starts behind a server; the clearance is the publisher's to give.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    start(means.get::<Db>()?, means.get::<Metrics>()?, means.first::<Clearance>()?)
}

/// Works while this database is known to be the one that was signed.
pub fn start(db: Db, metrics: Metrics, clearance: Clearance) -> io::Result<Worker> {
    Worker::start(&WORKER, move |_| look(&db, &metrics, &clearance))
}

/// What is not done yet, or done for now.
enum Step {
    More,
    Idle,
}

fn look(db: &Db, metrics: &Metrics, clearance: &Clearance) -> Next {
    match step(db, metrics, clearance) {
        Ok(Step::More) => Next::Again,
        Ok(Step::Idle) => Next::After(PAUSE),
        Err(error @ (TreeError::Db(DbError::Query(_)) | TreeError::Tile(..) | TreeError::Edge(_) | TreeError::Root(_))) => {
            tracing::error!(%error, "sequencing failed");
            Next::After(PAUSE_AFTER_FAILURE)
        }
        Err(TreeError::Db(error)) => {
            tracing::warn!(%error, "sequencing waits for the database");
            Next::After(PAUSE_AFTER_FAILURE)
        }
    }
}

/// Places first, then the tree over them: two transactions, each of which any server may do.
fn step(db: &Db, metrics: &Metrics, clearance: &Clearance) -> Result<Step, TreeError> {
    let Some(signed) = clearance.signed() else {
        return Ok(Step::Idle);
    };
    let placed = db.tx_blocking(|conn| store::sequence(conn, MOST_PER_STEP, true, signed))?;
    if let Sequenced::Moved(leaves @ 1..) = placed {
        metrics.sequenced(leaves);
        failpoint::reached("sequenced");
    }
    let grown = db.tx_blocking(|conn| tile_store::grow(conn, MOST_PER_STEP, true))?;
    if let Grown::By(1..) = grown {
        failpoint::reached("grown");
    }
    let full = MOST_PER_STEP as usize;
    Ok(if placed == Sequenced::Moved(full) || grown == Grown::By(full) { Step::More } else { Step::Idle })
}
