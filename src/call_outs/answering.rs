//! Answers: one thread writes whatever answers are waiting, together, as the intake writer does with gifts; an officer's are written in
//! the officer's own transaction by the same statements. An answer is two statements, however many come with it, and locks nothing that
//! all of them have in common but to read it.

use std::collections::HashMap;
use std::io;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::due;
use super::model::{Agreed, CallAnswer};
use crate::basics::Clock;
use crate::db::statement::statement;
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
    /// The call-out has ended, or the link was taken back.
    Over,
}

statement! {
    struct HoldCallOuts {
        asked: Vec<Uuid> => Array<SqlUuid>,
    } -> (SqlUuid,),
    "SELECT id FROM call_out WHERE id IN (SELECT call_out_id FROM call_out_asked WHERE id = ANY(?)) ORDER BY id FOR SHARE"
}

statement! {
    struct Answer {
        asked: Vec<Uuid> => Array<SqlUuid>,
        answers: Vec<&'static str> => Array<Text>,
        arrives: Vec<Option<DateTime<Utc>>> => Array<Nullable<Timestamptz>>,
        at: DateTime<Utc> => Timestamptz,
        kept_at: DateTime<Utc> => Timestamptz,
        account: Option<Uuid> => Nullable<SqlUuid>,
        stopped_at: DateTime<Utc> => Timestamptz,
        lifted_at: DateTime<Utc> => Timestamptz,
        lifted_by: Option<Uuid> => Nullable<SqlUuid>,
        lifted_how: &'static str => Text,
    } -> (SqlUuid, SqlUuid, Bool, Bool),
    "WITH said AS (SELECT * FROM unnest(?::uuid[], ?::text[], ?::timestamptz[]) s(id, answer, arrives_at)),
     known AS (SELECT s.id, s.answer, s.arrives_at, a.call_out_id, a.answer AS before, a.revoked_at IS NULL AND c.state = 'OPEN' AS open
               FROM said s JOIN call_out_asked a ON a.id = s.id JOIN call_out c ON c.id = a.call_out_id),
     changed AS (UPDATE call_out_asked a SET answer = k.answer, arrives_at = k.arrives_at, answered_at = ?
                 FROM known k WHERE a.id = k.id AND k.open AND (a.answer IS DISTINCT FROM k.answer OR a.arrives_at IS DISTINCT FROM k.arrives_at)
                 RETURNING a.id, a.answer, a.arrives_at, a.person_id, a.party_hash),
     kept AS (INSERT INTO call_out_answer (asked_id, answer, arrives_at, answered_at, account_id)
              SELECT id, answer, arrives_at, ?, ? FROM changed),
     stopped AS (INSERT INTO call_out_stop (person_id, party_hash, stopped_at)
                 SELECT person_id, party_hash, ? FROM changed WHERE answer = 'STOP' ON CONFLICT DO NOTHING),
     lifted AS (UPDATE call_out_stop s SET lifted_at = ?, lifted_by = ?, lifted_how = ?
                FROM changed h JOIN known k ON k.id = h.id
                WHERE k.before = 'STOP' AND h.answer <> 'STOP' AND s.person_id = h.person_id AND s.lifted_at IS NULL)
     SELECT k.id, k.call_out_id, k.open, EXISTS (SELECT FROM changed WHERE changed.id = k.id) FROM known k"
}

/// Writes answers in the caller's transaction, by whom an officer heard them, and says of each what became of it. Of several of one
/// person the last stands.
pub fn write(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    all: &[Saying],
    heard_by: Option<Uuid>,
) -> Result<Vec<Outcome>, DbError> {
    // In the order of ids, so that two who write at once wait for each other in one direction only.
    let last: std::collections::BTreeMap<Uuid, &Saying> = all.iter().map(|saying| (saying.asked, saying)).collect();
    let ids: Vec<Uuid> = last.keys().copied().collect();
    // The end of a call-out waits for the answers before it, and answers after it find it ended.
    let _: Vec<(Uuid,)> = HoldCallOuts { asked: &ids }.load(conn)?;
    let rows: Vec<(Uuid, Uuid, bool, bool)> = Answer {
        asked: &ids,
        answers: &last.values().map(|saying| saying.answer.name()).collect(),
        arrives: &last.values().map(|saying| saying.arrives_at).collect(),
        at: &now,
        kept_at: &now,
        account: &heard_by,
        stopped_at: &now,
        // Who says another thing instead takes the stop back as well.
        lifted_at: &now,
        lifted_by: &heard_by,
        lifted_how: &heard_by.map_or(Agreed::Link, |_| Agreed::Phone).name(),
    }
    .load(conn)?;
    let mut changed: Vec<Uuid> = rows.iter().filter(|row| row.3).map(|row| row.1).collect();
    changed.sort_unstable();
    changed.dedup();
    due::count(conn, now, &changed)?;
    let open: HashMap<Uuid, bool> = rows.into_iter().map(|row| (row.0, row.2)).collect();
    let outcome = |saying: &Saying| if open.get(&saying.asked) == Some(&true) { Outcome::Taken } else { Outcome::Over };
    Ok(all.iter().map(outcome).collect())
}

/// Handle to the writer; cheap to clone.
#[derive(Clone)]
pub struct Answering(Together<Saying, Outcome>);

/// One connection: what is written together is a transaction.
pub static WORKER: Declared = Declared::new("answers");

/// Starts behind a server; requests get the handle.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    let (db, clock): (Db, Clock) = (means.get()?, means.get()?);
    let (queue, worker) = Together::start(&WORKER, move |sayings: Vec<Saying>| {
        let now = clock.now();
        each_apart(&sayings, &mut |some: &[Saying]| db.tx_blocking(|conn| write(conn, now, some, None)))
    })?;
    means.put(Answering(queue));
    Ok(worker)
}

impl Answering {
    /// Writes an answer with whatever others are waiting; it stands when this returns.
    pub async fn say(&self, saying: Saying) -> Result<Outcome, NotWritten> {
        self.0.write(saying).await
    }
}
