//! The feed in the database.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use crate::db::DbError;
use crate::db::statement::statement;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// A record that is not what it was.
#[derive(Debug, Clone)]
pub struct Change {
    pub chapter: ChapterId,
    /// What it is.
    pub feed: &'static Feed,
    /// The name under which the API shows it.
    pub subject: String,
    /// It is no longer there, or not shown at this chapter any more.
    pub gone: bool,
}

impl Change {
    /// A record that is new or has changed.
    pub fn of(feed: &'static Feed, chapter: ChapterId, subject: impl ToString) -> Self {
        Self { chapter, feed, subject: subject.to_string(), gone: false }
    }

    /// A record that is no longer there.
    pub fn gone(feed: &'static Feed, chapter: ChapterId, subject: impl ToString) -> Self {
        Self { gone: true, ..Self::of(feed, chapter, subject) }
    }
}

// The database gives each row its place.
statement! {
    struct Note {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        kinds: Vec<&'static str> => Array<Text>,
        subjects: Vec<&'a str> => Array<Text>,
        gone: Vec<bool> => Array<Bool>,
    } -> (),
    "INSERT INTO change_feed (chapter_id, kind, subjects, gone)
     SELECT chapter, kind, array_agg(subject), gone
     FROM unnest(?::uuid[], ?::text[], ?::text[], ?::bool[]) u(chapter, kind, subject, gone) GROUP BY chapter, kind, gone"
}

/// Notes changes in one statement, in the transaction that makes them; of several of one record the last counts. A row for
/// each chapter and kind, not for each record: that costs a gift a fifth.
pub fn note(conn: &mut PgConnection, changes: &[Change]) -> Result<(), DbError> {
    if changes.is_empty() {
        return Ok(());
    }
    let changes = &last_of_each(changes);
    Note {
        chapters: &changes.iter().map(|change| change.chapter.0).collect(),
        kinds: &changes.iter().map(|change| change.feed.kind).collect(),
        subjects: &changes.iter().map(|change| change.subject.as_str()).collect(),
        gone: &changes.iter().map(|change| change.gone).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// Of changes of one record the last; the order is that of the first ones. Where nothing goes, all are alike.
fn last_of_each(changes: &[Change]) -> Vec<&Change> {
    if changes.iter().all(|change| !change.gone) {
        return changes.iter().collect();
    }
    let mut at = HashMap::new();
    let mut kept: Vec<&Change> = Vec::new();
    for change in changes {
        let place = *at.entry((change.chapter, change.feed.kind, change.subject.as_str())).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known) => *known = change,
            None => kept.push(change),
        }
    }
    kept
}

/// How far a reader has come: behind this name in this row.
pub(super) type Place = (i64, i64);

statement! {
    struct Settled { one: bool => Bool } -> (BigInt,),
    "SELECT change_feed_settled() WHERE ?"
}

/// The last place that nothing can be written before any more. What is read up to it is read by a later statement, in a transaction in
/// which each sees its own moment: the database refuses any other.
fn settled(conn: &mut PgConnection) -> Result<i64, DbError> {
    let (place,) = Settled { one: &true }.get_result(conn)?;
    Ok(place)
}

statement! {
    struct After {
        chapter: Uuid => SqlUuid,
        from: i64 => BigInt,
        upto: i64 => BigInt,
        rows: i64 => BigInt,
        seq: i64 => BigInt,
        n: i64 => BigInt,
        limit: i64 => BigInt,
    } -> (BigInt, BigInt, Text, Text, Bool),
    "SELECT f.seq, s.n, f.kind, s.subject, f.gone
     FROM (SELECT * FROM change_feed WHERE chapter_id = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?) f,
          unnest(f.subjects) WITH ORDINALITY s(subject, n)
     WHERE (f.seq, s.n) > (?, ?) ORDER BY f.seq, s.n LIMIT ?"
}

/// Rows of a chapter behind a place: (place, kind, subject, gone). Whether it may be seen is asked by whoever shows them.
pub(super) fn after(
    conn: &mut PgConnection,
    here: ChapterId,
    place: Place,
    limit: i64,
) -> Result<Vec<(Place, String, String, bool)>, DbError> {
    type Row = (i64, i64, String, String, bool);
    let (seq, n) = place;
    let upto = settled(conn)?;
    // Every row has a name at least, and the first one may have none left.
    let after = After { chapter: &here.0, from: &seq, upto: &upto, rows: &(limit + 1), seq: &seq, n: &n, limit: &limit };
    let rows: Vec<Row> = after.load(conn)?;
    Ok(rows.into_iter().map(|(seq, n, kind, subject, gone)| ((seq, n), kind, subject, gone)).collect())
}

statement! {
    struct Last { chapter: Uuid => SqlUuid, upto: i64 => BigInt } -> (BigInt, BigInt),
    "SELECT seq, cardinality(subjects)::bigint FROM change_feed WHERE chapter_id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1"
}

/// The place of the last name of a chapter that is shown; the beginning where there is none.
pub(super) fn last(conn: &mut PgConnection, here: ChapterId) -> Result<Place, DbError> {
    let upto = settled(conn)?;
    Ok(Last { chapter: &here.0, upto: &upto }.get_result(conn).optional()?.unwrap_or_default())
}

// Which cluster, which database in it, on which of its timelines; the last place that was drawn.
statement! {
    struct Here { one: bool => Bool } -> (Text, BigInt, Nullable<SqlUuid>, Nullable<Text>),
    "SELECT h.identity, s.last_value, e.epoch, e.identity
     FROM (SELECT concat_ws('/', s.system_identifier, d.oid, substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)) AS identity
           FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()) h
     CROSS JOIN change_place_seq s LEFT JOIN change_epoch e ON e.id = ?"
}

/// What the feed's places mean just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Epoch {
    /// `None` until [`settle`] has seen the database in which it lives.
    pub epoch: Option<Uuid>,
    /// Nothing has a place behind this one yet.
    pub drawn: i64,
}

/// The epoch, if it is the one of this very database.
pub(super) fn epoch(conn: &mut PgConnection) -> Result<Epoch, DbError> {
    let (here, drawn, epoch, identity): (String, i64, Option<Uuid>, Option<String>) = Here { one: &true }.get_result(conn)?;
    Ok(Epoch { epoch: epoch.filter(|_| identity == Some(here)), drawn })
}

/// Sees to it that the epoch is the one of this database: in a new one all places that were given out are void.
pub fn settle(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), DbError> {
    if epoch(conn)?.epoch.is_some() {
        return Ok(());
    }
    // Servers that start together settle it once.
    conn.batch_execute("SET LOCAL statement_timeout = 0; LOCK TABLE change_epoch IN EXCLUSIVE MODE")?;
    if epoch(conn)?.epoch.is_some() {
        return Ok(());
    }
    let (here, ..): (String, i64, Option<Uuid>, Option<String>) = Here { one: &true }.get_result(conn)?;
    Begin { epoch: &Uuid::new_v4(), identity: &here, now: &now }.execute(conn)?;
    Ok(())
}

statement! {
    struct Begin {
        epoch: Uuid => SqlUuid,
        identity: String => Text,
        now: DateTime<Utc> => Timestamptz,
    } -> (),
    "INSERT INTO change_epoch (id, epoch, identity, began_at) VALUES (true, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, identity = excluded.identity, began_at = excluded.began_at"
}

#[cfg(test)]
mod tests {
    use super::*;

    static THINGS: Feed = Feed { kind: "THING", read_at: "/things/{id}" };

    #[test]
    fn of_several_changes_of_a_record_the_last_counts() {
        let (here, there) = (ChapterId(Uuid::now_v7()), ChapterId(Uuid::now_v7()));
        let of = |subject: &str| Change::of(&THINGS, here, subject);
        let changes = [
            of("a"),
            of("b"),
            Change::gone(&THINGS, here, "a"),
            Change::of(&THINGS, there, "a"),
            Change::gone(&THINGS, here, "c"),
            of("c"),
        ];
        let kept: Vec<(&str, bool)> =
            last_of_each(&changes).into_iter().map(|change| (change.subject.as_str(), change.gone)).collect();
        assert_eq!(kept, [("a", true), ("b", false), ("a", false), ("c", false)]);
    }
}
