//! Donors who may be called when blood is wanted at once, found among millions without reading more of them than are asked for. No names.
//!
//! Two partial indexes hold those who are willing and whose group two tests agree on. By chapter it is read for the chapters near by, one walk
//! each ([`near`]). Where the whole country is asked, that would be as many walks as there are chapters, most of them for nothing when a group
//! is rare; so there it is read by group, in the order in which people may be asked ([`anywhere`]): a walk for each component that somebody
//! may have given last, none longer than the number wanted.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::DonorId;
use crate::blood_rules::{Component, Group};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::persons::PersonId;

/// Whom a call is for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Of this group, confirmed.
    pub group: Group,
    /// The day for which they are wanted.
    pub day: NaiveDate,
    /// Of each component, once, the last day on which it may have been given. Whoever gave something else last is not found; who never gave is.
    pub given_by: &'a [(Component, NaiveDate)],
    /// Without these.
    pub not: &'a [Uuid],
    pub most: i64,
}

impl Wanted<'_> {
    fn group(&self) -> (&'static str, &'static str) {
        (self.group.0.name(), self.group.1.name())
    }

    fn given_by(&self) -> (Vec<&'static str>, Vec<NaiveDate>) {
        self.given_by.iter().map(|(component, day)| (component.name(), *day)).unzip()
    }

    /// How many are still lacking.
    fn lacking(&self, found: &[Near]) -> i64 {
        (self.most - i64::try_from(found.len()).unwrap_or(i64::MAX)).max(0)
    }
}

/// A donor who may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    pub donor: DonorId,
    pub person: PersonId,
    pub chapter: Uuid,
}

type Row = (Uuid, Uuid, Uuid);

fn read(rows: Vec<Row>) -> impl Iterator<Item = Near> {
    rows.into_iter().map(|(donor, person, chapter)| Near { donor: DonorId(donor), person: PersonId(person), chapter })
}

statement! {
    struct FindNear {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        abo: &'static str => Text,
        rh: &'static str => Text,
        day: NaiveDate => Date,
        days: Vec<NaiveDate> => Array<Date>,
        components: Vec<&'static str> => Array<Text>,
        not: Vec<Uuid> => Array<SqlUuid>,
        of_each: i64 => BigInt,
        most: i64 => BigInt,
    } -> (SqlUuid, SqlUuid, SqlUuid),
    "SELECT n.id, n.person_id, n.chapter_id
     FROM unnest(?) AS c (id), LATERAL (
         SELECT d.id, d.person_id, d.chapter_id, d.last_on FROM donor d
         WHERE d.chapter_id = c.id AND d.abo = ? AND d.rh = ? AND d.state = 'ACTIVE' AND d.willing AND d.group_times = 2
           AND (d.deferred_until IS NULL OR d.deferred_until < ?)
           AND (d.last_on IS NULL OR d.last_on <= (?)[array_position(?, d.last_component)])
           AND d.id <> ALL (?)
         ORDER BY d.last_on, d.id LIMIT ?) n
     ORDER BY n.last_on, n.id LIMIT ?"
}

/// Chapters walked by one statement: about a province.
const CHAPTERS: usize = 150;

/// Those of these chapters, the first of them first, who may be called: active, willing, not put off, and given nothing too lately; of a
/// province's chapters who gave longest ago comes first. Each chapter is one walk of the index, and no more are walked than it takes.
pub fn near(conn: &mut PgConnection, chapters: &[Uuid], wanted: &Wanted<'_>) -> Result<Vec<Near>, DbError> {
    let ((abo, rh), (components, days)) = (wanted.group(), wanted.given_by());
    let mut found = Vec::new();
    for chapters in chapters.chunks(CHAPTERS) {
        let lacking = wanted.lacking(&found);
        if lacking == 0 {
            break;
        }
        let query = FindNear {
            chapters: &chapters.to_vec(),
            abo: &abo,
            rh: &rh,
            day: &wanted.day,
            days: &days,
            components: &components,
            not: &wanted.not.to_vec(),
            of_each: &lacking,
            most: &lacking,
        };
        found.extend(read(query.load(conn)?));
    }
    Ok(found)
}

statement! {
    struct FindAnywhere {
        components: Vec<&'static str> => Array<Text>,
        days: Vec<NaiveDate> => Array<Date>,
        abo: &'static str => Text,
        rh: &'static str => Text,
        day: NaiveDate => Date,
        but: Vec<Uuid> => Array<SqlUuid>,
        not: Vec<Uuid> => Array<SqlUuid>,
        of_each: i64 => BigInt,
        most: i64 => BigInt,
    } -> (SqlUuid, SqlUuid, SqlUuid),
    "SELECT n.id, n.person_id, n.chapter_id
     FROM unnest(?, ?) AS b (component, day), LATERAL (
         SELECT d.id, d.person_id, d.chapter_id, d.last_on FROM donor d
         WHERE d.abo = ? AND d.rh = ? AND d.last_component = b.component AND d.last_on <= b.day
           AND d.state = 'ACTIVE' AND d.willing AND d.group_times = 2
           AND (d.deferred_until IS NULL OR d.deferred_until < ?)
           AND d.chapter_id <> ALL (?) AND d.id <> ALL (?)
         ORDER BY d.last_on, d.id LIMIT ?) n
     ORDER BY n.last_on, n.id LIMIT ?"
}

statement! {
    struct FindWhoNeverGave {
        abo: &'static str => Text,
        rh: &'static str => Text,
        day: NaiveDate => Date,
        but: Vec<Uuid> => Array<SqlUuid>,
        not: Vec<Uuid> => Array<SqlUuid>,
        most: i64 => BigInt,
    } -> (SqlUuid, SqlUuid, SqlUuid),
    "SELECT d.id, d.person_id, d.chapter_id FROM donor d
     WHERE d.abo = ? AND d.rh = ? AND d.last_component IS NULL AND d.state = 'ACTIVE' AND d.willing AND d.group_times = 2
       AND (d.deferred_until IS NULL OR d.deferred_until < ?)
       AND d.chapter_id <> ALL (?) AND d.id <> ALL (?)
     ORDER BY d.last_component, d.last_on, d.id LIMIT ?"
}

/// [`near`] of the whole country but these chapters: who gave longest ago comes first, wherever they are.
pub fn anywhere(conn: &mut PgConnection, but: &[Uuid], wanted: &Wanted<'_>) -> Result<Vec<Near>, DbError> {
    let ((abo, rh), (components, days)) = (wanted.group(), wanted.given_by());
    let (but, not) = (but.to_vec(), wanted.not.to_vec());
    let query = FindAnywhere {
        components: &components,
        days: &days,
        abo: &abo,
        rh: &rh,
        day: &wanted.day,
        but: &but,
        not: &not,
        of_each: &wanted.most,
        most: &wanted.most,
    };
    let mut found: Vec<Near> = read(query.load(conn)?).collect();
    let lacking = wanted.lacking(&found);
    if lacking > 0 {
        let query = FindWhoNeverGave { abo: &abo, rh: &rh, day: &wanted.day, but: &but, not: &not, most: &lacking };
        found.extend(read(query.load(conn)?));
    }
    Ok(found)
}

statement! {
    struct FindAmong {
        donors: Vec<Uuid> => Array<SqlUuid>,
        abo: &'static str => Text,
        rh: &'static str => Text,
        day: NaiveDate => Date,
        days: Vec<NaiveDate> => Array<Date>,
        components: Vec<&'static str> => Array<Text>,
        not: Vec<Uuid> => Array<SqlUuid>,
    } -> (SqlUuid, SqlUuid, SqlUuid),
    "SELECT d.id, d.person_id, d.chapter_id FROM donor d
     WHERE d.id = ANY (?) AND d.abo = ? AND d.rh = ? AND d.state = 'ACTIVE' AND d.willing AND d.group_times = 2
       AND (d.deferred_until IS NULL OR d.deferred_until < ?)
       AND (d.last_on IS NULL OR d.last_on <= (?)[array_position(?, d.last_component)])
       AND d.id <> ALL (?)
     ORDER BY d.last_on, d.id"
}

/// Those of these donors who may be called, all of them, who gave longest ago first: for who asks a list of theirs.
pub fn among(conn: &mut PgConnection, donors: &[Uuid], wanted: &Wanted<'_>) -> Result<Vec<Near>, DbError> {
    let ((abo, rh), (components, days)) = (wanted.group(), wanted.given_by());
    let query = FindAmong {
        donors: &donors.to_vec(),
        abo: &abo,
        rh: &rh,
        day: &wanted.day,
        days: &days,
        components: &components,
        not: &wanted.not.to_vec(),
    };
    Ok(read(query.load(conn)?).collect())
}
