//! The roll of a room: its tables of those who were asked, and the statements over them that are the same for every room. The statements
//! are written out for each room by [`roll!`], in the room itself: a table is touched by who owns it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::db::DbError;
use crate::jobs::JobKind;

/// Answers to be written together, of each of those asked one, in the order of their ids.
pub struct Answers {
    pub asked: Vec<Uuid>,
    pub answers: Vec<&'static str>,
    pub arrives: Vec<Option<DateTime<Utc>>>,
    pub at: DateTime<Utc>,
    /// Who heard them by telephone.
    pub heard_by: Option<Uuid>,
}

/// What became of one of them.
pub struct Answered {
    pub asked: Uuid,
    pub call: Uuid,
    /// The call goes on and the link is good: it stands.
    pub stands: bool,
    /// It says something else than before.
    pub changed: bool,
}

/// A call that has enough people now, or has not any more.
pub struct Enough {
    pub call: Uuid,
    pub chapter: Uuid,
    pub is: bool,
}

/// See the module.
pub trait Roll: Send + Sync {
    /// A word of its own; what its jobs call a call.
    fn name(&self) -> &'static str;

    /// The job that tells the rest of a call that enough come.
    fn enough_job(&self) -> &'static JobKind;

    /// In what word a party is hashed: the same person at all chapters.
    fn party_word(&self) -> &'static str;

    /// Holds the calls of those asked for reading: their end waits for the answers before it, and answers after it find them ended.
    fn hold_calls(&self, conn: &mut PgConnection, asked: &[Uuid]) -> Result<(), DbError>;

    /// Writes answers, keeps each, and notes who is not to be asked again, or may be after all.
    fn answer(&self, conn: &mut PgConnection, all: &Answers) -> Result<Vec<Answered>, DbError>;

    /// Notes which open calls of these have enough people now, or have not any more; those of which it was noted.
    fn enough(&self, conn: &mut PgConnection, now: DateTime<Utc>, calls: &[Uuid]) -> Result<Vec<Enough>, DbError>;

    /// How often each of these parties was asked since a moment.
    fn often(&self, conn: &mut PgConnection, hashes: &[Vec<u8>], since: DateTime<Utc>) -> Result<HashMap<Vec<u8>, i64>, DbError>;

    /// Of these, who is not to be asked any more: by what they are, or by who they were when they said so.
    fn stopped(&self, conn: &mut PgConnection, persons: &[Uuid], hashes: &[Vec<u8>]) -> Result<Stopped, DbError>;
}

/// Persons, and hashes of parties.
pub type Stopped = (HashSet<Uuid>, HashSet<Vec<u8>>);

/// Makes a type the roll over the tables `call`, `call_asked`, `call_answer` and `call_stop`, where `call` is the word given; a call is
/// `call_id` in them, and a stop has who lifted it, when and how. Of a call it takes `id`, `chapter_id`, `needed`, `state` (`OPEN` while it
/// goes on) and `enough_at`.
#[macro_export]
macro_rules! roll {
    ($(#[$doc:meta])* $vis:vis struct $name:ident of $call:literal, told by $enough:path) => {
        $(#[$doc])*
        $vis struct $name;

        const _: () = {
            use ::chrono::{DateTime, Utc};
            use ::diesel::pg::PgConnection;
            use ::diesel::prelude::*;
            use ::diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
            use ::std::collections::HashMap;
            use ::uuid::Uuid;
            use $crate::calling::model::Agreed;
            use $crate::calling::roll::{Answered, Answers, Enough, Roll, Stopped};
            use $crate::db::DbError;
            use $crate::db::statement::statement;

            statement! {
                struct HoldCalls {
                    asked: Vec<Uuid> => Array<SqlUuid>,
                } -> (SqlUuid,),
                concat!("SELECT id FROM ", $call, " WHERE id IN (SELECT ", $call, "_id FROM ", $call, "_asked WHERE id = ANY(?)) ORDER BY id FOR SHARE")
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
                concat!("WITH said AS (SELECT * FROM unnest(?::uuid[], ?::text[], ?::timestamptz[]) s(id, answer, arrives_at)),
                 known AS (SELECT s.id, s.answer, s.arrives_at, a.", $call, "_id AS call_id, a.answer AS before, a.revoked_at IS NULL AND c.state = 'OPEN' AS open
                           FROM said s JOIN ", $call, "_asked a ON a.id = s.id JOIN ", $call, " c ON c.id = a.", $call, "_id),
                 changed AS (UPDATE ", $call, "_asked a SET answer = k.answer, arrives_at = k.arrives_at, answered_at = ?
                             FROM known k WHERE a.id = k.id AND k.open AND (a.answer IS DISTINCT FROM k.answer OR a.arrives_at IS DISTINCT FROM k.arrives_at)
                             RETURNING a.id, a.answer, a.arrives_at, a.person_id, a.party_hash),
                 kept AS (INSERT INTO ", $call, "_answer (asked_id, answer, arrives_at, answered_at, account_id)
                          SELECT id, answer, arrives_at, ?, ? FROM changed),
                 stopped AS (INSERT INTO ", $call, "_stop (person_id, party_hash, stopped_at)
                             SELECT person_id, party_hash, ? FROM changed WHERE answer = 'STOP' ON CONFLICT DO NOTHING),
                 lifted AS (UPDATE ", $call, "_stop s SET lifted_at = ?, lifted_by = ?, lifted_how = ?
                            FROM changed h JOIN known k ON k.id = h.id
                            WHERE k.before = 'STOP' AND h.answer <> 'STOP' AND s.person_id = h.person_id AND s.lifted_at IS NULL)
                 SELECT k.id, k.call_id, k.open, EXISTS (SELECT FROM changed WHERE changed.id = k.id) FROM known k")
            }

            statement! {
                struct Count {
                    of: Vec<Uuid> => Array<SqlUuid>,
                    now: DateTime<Utc> => Timestamptz,
                } -> (SqlUuid, SqlUuid, Bool),
                concat!("WITH counted AS (
                     SELECT c.id, c.enough_at IS NOT NULL AS was,
                            (SELECT count(*) FROM (SELECT FROM ", $call, "_asked a WHERE a.", $call, "_id = c.id AND a.answer = 'YES' LIMIT c.needed) y) >= c.needed AS is
                     FROM ", $call, " c WHERE c.id = ANY(?) AND c.state = 'OPEN')
                 UPDATE ", $call, " c SET enough_at = CASE WHEN n.is THEN ? END FROM counted n WHERE n.id = c.id AND n.was <> n.is
                 RETURNING c.id, c.chapter_id, n.is")
            }

            statement! {
                struct Often {
                    hashes: Vec<Vec<u8>> => Array<Binary>,
                    since: DateTime<Utc> => Timestamptz,
                } -> (Binary, BigInt),
                concat!("SELECT party_hash, count(*) FROM ", $call, "_asked WHERE party_hash = ANY(?) AND asked_at > ? GROUP BY party_hash")
            }

            statement! {
                struct Stop {
                    persons: Vec<Uuid> => Array<SqlUuid>,
                    hashes: Vec<Vec<u8>> => Array<Binary>,
                } -> (SqlUuid, Nullable<Binary>),
                concat!("SELECT person_id, party_hash FROM ", $call, "_stop WHERE (person_id = ANY(?) OR party_hash = ANY(?)) AND lifted_at IS NULL")
            }

            impl Roll for $name {
                fn name(&self) -> &'static str {
                    $call
                }

                fn enough_job(&self) -> &'static $crate::jobs::JobKind {
                    &$enough
                }

                fn party_word(&self) -> &'static str {
                    concat!($call, ".party")
                }

                fn hold_calls(&self, conn: &mut PgConnection, asked: &[Uuid]) -> Result<(), DbError> {
                    let _: Vec<(Uuid,)> = HoldCalls { asked: &asked.to_vec() }.load(conn)?;
                    Ok(())
                }

                fn answer(&self, conn: &mut PgConnection, all: &Answers) -> Result<Vec<Answered>, DbError> {
                    let rows: Vec<(Uuid, Uuid, bool, bool)> = Answer {
                        asked: &all.asked,
                        answers: &all.answers,
                        arrives: &all.arrives,
                        at: &all.at,
                        kept_at: &all.at,
                        account: &all.heard_by,
                        stopped_at: &all.at,
                        // Who says another thing instead takes the stop back as well.
                        lifted_at: &all.at,
                        lifted_by: &all.heard_by,
                        lifted_how: &all.heard_by.map_or(Agreed::Link, |_| Agreed::Phone).name(),
                    }
                    .load(conn)?;
                    Ok(rows.into_iter().map(|(asked, call, stands, changed)| Answered { asked, call, stands, changed }).collect())
                }

                fn enough(&self, conn: &mut PgConnection, now: DateTime<Utc>, calls: &[Uuid]) -> Result<Vec<Enough>, DbError> {
                    let rows: Vec<(Uuid, Uuid, bool)> = Count { of: &calls.to_vec(), now: &now }.load(conn)?;
                    Ok(rows.into_iter().map(|(call, chapter, is)| Enough { call, chapter, is }).collect())
                }

                fn often(
                    &self,
                    conn: &mut PgConnection,
                    hashes: &[Vec<u8>],
                    since: DateTime<Utc>,
                ) -> Result<HashMap<Vec<u8>, i64>, DbError> {
                    let rows: Vec<(Vec<u8>, i64)> = Often { hashes: &hashes.to_vec(), since: &since }.load(conn)?;
                    Ok(rows.into_iter().collect())
                }

                fn stopped(&self, conn: &mut PgConnection, persons: &[Uuid], hashes: &[Vec<u8>]) -> Result<Stopped, DbError> {
                    let rows: Vec<(Uuid, Option<Vec<u8>>)> =
                        Stop { persons: &persons.to_vec(), hashes: &hashes.to_vec() }.load(conn)?;
                    Ok((rows.iter().map(|row| row.0).collect(), rows.into_iter().filter_map(|row| row.1).collect()))
                }
            }
        };
    };
}

pub use roll;
