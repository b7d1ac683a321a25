//! Runs the data steps of all rooms (`vault::steps`), each once, in the order of [`STEPS`], after the migrations and before
//! anybody is served.
//!
//! The steps run on one connection that holds the lock of the migrations: of several servers that start together one does
//! the work and the others wait. Each batch is a transaction that also says where it has come to. A step that is done
//! stays in the list for ever: databases of any age come to be migrated.

pub mod store;

use diesel::Connection;
use diesel::pg::PgConnection;

use crate::basics::{Clock, failpoint};
use crate::db::findings::Findings;
use crate::db::{DbError, migrations};
use crate::vault::Vault;
use crate::vault::steps::{StepError, Stepped, Work};
use crate::{chapters, giving, identity, parties, privacy};

use super::UpkeepError;

/// Rows a batch looks at.
const MOST: i64 = 2_000;

/// One step: its name, for ever, and what does a batch of it.
pub struct Step {
    pub name: &'static str,
    pub batch: fn(&mut PgConnection, &Work<'_>, Option<&str>) -> Result<Stepped, StepError>,
}

/// All steps, in the order in which they run. Only ever longer.
pub const STEPS: &[Step] = &[
    Step { name: "party-names-with-marks", batch: parties::steps::name_hashes },
    Step { name: "gift-names-as-given", batch: privacy::parting::step },
    Step { name: "masked-names-without-digits", batch: giving::steps::masked_digits },
    Step { name: "officer-phones-of-today", batch: identity::steps::phones },
    Step { name: "party-phones-of-today", batch: parties::phones::step },
    Step { name: "chapter-names-folded-anew", batch: chapters::steps::folded },
    Step { name: "entry-words-anew", batch: giving::steps::words },
    Step { name: "party-words", batch: giving::finding::step },
];

/// What a watcher is told of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Done, but not yet for good.
    BeforeCommit,
    AfterCommit,
}

/// Told after each batch: when, which step, how many rows it has looked at so far. An error stops the run there.
pub type Watch<'a> = &'a mut dyn FnMut(Moment, &'static str, u64) -> Result<(), UpkeepError>;

/// The names of the steps that are not done.
pub fn pending(conn: &mut PgConnection) -> Result<Vec<&'static str>, DbError> {
    let known = store::all(conn)?;
    let is_done = |name: &str| known.iter().any(|step| step.name == name && step.done_at.is_some());
    Ok(STEPS.iter().map(|step| step.name).filter(|name| !is_done(name)).collect())
}

/// Does what is left to do in the database at `url`.
pub fn run(url: &str, vault: &Vault, clock: &Clock, watch: Watch<'_>) -> Result<(), UpkeepError> {
    let mut conn = migrations::connect_alone(url).map_err(|error| UpkeepError::Refused(error.to_string()))?;
    run_on(&mut conn, STEPS, vault, clock, MOST, watch)
}

/// [`run`] for any steps, with batches of any size, on a connection that nobody disturbs.
pub fn run_on(
    conn: &mut PgConnection,
    steps: &[Step],
    vault: &Vault,
    clock: &Clock,
    most: i64,
    watch: Watch<'_>,
) -> Result<(), UpkeepError> {
    for step in steps {
        let begun = store::begin(conn, clock.now(), step.name)?;
        let (mut looked_at, mut done) = (u64::try_from(begun.looked_at).unwrap_or(0), begun.done_at.is_some());
        let mut progress = begun.progress;
        while !done {
            let work = Work { vault, now: clock.now(), most };
            let did = conn.transaction(|conn| -> Result<Stepped, UpkeepError> {
                let did = (step.batch)(conn, &work, progress.as_deref()).map_err(|error| failed(step.name, error))?;
                store::advance(conn, work.now, step.name, &did)?;
                failpoint::reached("data-step-uncommitted");
                watch(Moment::BeforeCommit, step.name, looked_at + did.looked_at)?;
                Ok(did)
            })?;
            looked_at += did.looked_at;
            failpoint::reached("data-step");
            watch(Moment::AfterCommit, step.name, looked_at)?;
            done = did.next.is_none();
            progress = did.next;
        }
    }
    Ok(())
}

fn failed(name: &'static str, error: StepError) -> UpkeepError {
    match error {
        StepError::Db(error @ DbError::Unavailable(_)) => UpkeepError::Db(error),
        other => UpkeepError::Refused(format!("the data step {name} cannot go on: {other}")),
    }
}

/// A step that is not done is a finding: what other checks say of its rows means little before it is.
pub fn audit(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    findings.looked("data_step", STEPS.len());
    for name in pending(conn)? {
        findings.found(
            "data_step",
            name,
            "is not done: run `so-nhan-ai migrate` with the key files at hand, or start the server",
        );
    }
    Ok(())
}
