//! Answers: one thread writes whatever answers are waiting, whoever called, together, as the intake writer does with gifts; an officer's are
//! written in the officer's own transaction by the same statements. An answer is two statements, however many come with it, and locks
//! nothing that all of them have in common but to read it.

use std::collections::{BTreeMap, HashMap};
use std::io;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::enough;
use super::model::CallAnswer;
use super::roll::{Answers, Roll};
use crate::basics::Clock;
use crate::db::together::{NotWritten, Together, each_apart};
use crate::db::worker::{Declared, Worker};
use crate::db::{Db, DbError};
use crate::house::thread::Means;

/// What somebody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saying {
    pub asked: Uuid,
    pub answer: CallAnswer,
    /// Of who comes.
    pub arrives_at: Option<DateTime<Utc>>,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It stands, now or already.
    Taken,
    /// The call has ended, or the link was taken back.
    Over,
}

/// Writes answers of one roll in the caller's transaction, by whom an officer heard them, and says of each what became of it. Of several of
/// one person the last stands.
pub fn write(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    roll: &dyn Roll,
    all: &[Saying],
    heard_by: Option<Uuid>,
) -> Result<Vec<Outcome>, DbError> {
    // In the order of ids, so that two who write at once wait for each other in one direction only.
    let last: BTreeMap<Uuid, &Saying> = all.iter().map(|saying| (saying.asked, saying)).collect();
    let answers = Answers {
        asked: last.keys().copied().collect(),
        answers: last.values().map(|saying| saying.answer.name()).collect(),
        arrives: last.values().map(|saying| saying.arrives_at).collect(),
        at: now,
        heard_by,
    };
    roll.hold_calls(conn, &answers.asked)?;
    let rows = roll.answer(conn, &answers)?;
    let mut changed: Vec<Uuid> = rows.iter().filter(|row| row.changed).map(|row| row.call).collect();
    changed.sort_unstable();
    changed.dedup();
    enough::count(conn, now, roll, &changed)?;
    let stands: HashMap<Uuid, bool> = rows.into_iter().map(|row| (row.asked, row.stands)).collect();
    let outcome = |saying: &Saying| if stands.get(&saying.asked) == Some(&true) { Outcome::Taken } else { Outcome::Over };
    Ok(all.iter().map(outcome).collect())
}

/// What somebody says to the room whose roll it is.
type Said = (&'static dyn Roll, Saying);

/// Handle to the writer; cheap to clone.
#[derive(Clone)]
pub struct Answering(Together<Said, Outcome>);

/// One connection: what is written together is a transaction.
pub static WORKER: Declared = Declared::new("answers");

/// Starts behind a server; requests get the handle.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    let (db, clock): (Db, Clock) = (means.get()?, means.get()?);
    let (queue, worker) = Together::start(&WORKER, move |all: Vec<Said>| written(&db, clock.now(), &all))?;
    means.put(Answering(queue));
    Ok(worker)
}

/// What is said to one room is one transaction.
fn written(db: &Db, now: DateTime<Utc>, all: &[Said]) -> Vec<Option<Outcome>> {
    let mut outcomes = vec![None; all.len()];
    let mut by_roll: BTreeMap<&str, (&'static dyn Roll, Vec<usize>)> = BTreeMap::new();
    for (n, (roll, _)) in all.iter().enumerate() {
        by_roll.entry(roll.name()).or_insert_with(|| (*roll, Vec::new())).1.push(n);
    }
    for (roll, places) in by_roll.into_values() {
        let sayings: Vec<Saying> = places.iter().filter_map(|n| all.get(*n)).map(|said| said.1).collect();
        let taken = each_apart(&sayings, &mut |some: &[Saying]| db.tx_blocking(|conn| write(conn, now, roll, some, None)));
        for (n, outcome) in places.into_iter().zip(taken) {
            if let Some(place) = outcomes.get_mut(n) {
                *place = outcome;
            }
        }
    }
    outcomes
}

impl Answering {
    /// Writes an answer with whatever others are waiting; it stands when this returns.
    pub async fn say(&self, roll: &'static dyn Roll, saying: Saying) -> Result<Outcome, NotWritten> {
        self.0.write((roll, saying)).await
    }
}
