//! Donors who may be called when blood is wanted at once, found among millions by the index of those who are willing. No names.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::DonorId;
use crate::blood_rules::{Component, Group};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::persons::PersonId;

/// Whom a call is for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// At these chapters; the first of them first.
    pub chapters: &'a [Uuid],
    /// Of this group, confirmed.
    pub group: Group,
    /// The day for which they are wanted.
    pub day: NaiveDate,
    /// Of each component the last day on which it may have been given. Whoever gave something else last is not found; who never gave is.
    pub given_by: &'a [(Component, NaiveDate)],
    /// Of these alone.
    pub only: Option<&'a [Uuid]>,
    /// Without these.
    pub not: &'a [Uuid],
    pub most: i64,
}

/// A donor who may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    pub donor: DonorId,
    pub person: PersonId,
    pub chapter: Uuid,
}

statement! {
    struct FindNear {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        abo: &'static str => Text,
        rh: &'static str => Text,
        day: NaiveDate => Date,
        components: Vec<&'static str> => Array<Text>,
        days: Vec<NaiveDate> => Array<Date>,
        anybody: bool => Bool,
        only: Vec<Uuid> => Array<SqlUuid>,
        not: Vec<Uuid> => Array<SqlUuid>,
        of_each: i64 => BigInt,
        most: i64 => BigInt,
    } -> (SqlUuid, SqlUuid, SqlUuid),
    "SELECT n.id, n.person_id, n.chapter_id
     FROM unnest(?) AS c (id), LATERAL (
         SELECT d.id, d.person_id, d.chapter_id, d.last_on FROM donor d
         WHERE d.chapter_id = c.id AND d.abo = ? AND d.rh = ? AND d.state = 'ACTIVE' AND d.willing AND d.group_times = 2
           AND (d.deferred_until IS NULL OR d.deferred_until < ?)
           AND (d.last_on IS NULL OR EXISTS (SELECT FROM unnest(?, ?) AS b (component, day) WHERE b.component = d.last_component AND d.last_on <= b.day))
           AND (? OR d.id = ANY (?)) AND d.id <> ALL (?)
         ORDER BY d.last_on, d.id LIMIT ?) n
     ORDER BY n.last_on, n.id LIMIT ?"
}

/// Chapters walked by one statement: about a province.
const CHAPTERS: usize = 150;

/// Those who may be called: active, willing, not put off, and given nothing too lately; of a province's chapters who gave longest ago comes
/// first. Each chapter is one walk of the index, and no more are walked than it takes.
pub fn near(conn: &mut PgConnection, wanted: &Wanted<'_>) -> Result<Vec<Near>, DbError> {
    let mut found = Vec::new();
    for chapters in wanted.chapters.chunks(CHAPTERS) {
        let lacking = wanted.most - i64::try_from(found.len()).unwrap_or(i64::MAX);
        if lacking <= 0 {
            break;
        }
        found.extend(at(conn, &Wanted { chapters, most: lacking, ..*wanted })?);
    }
    Ok(found)
}

fn at(conn: &mut PgConnection, wanted: &Wanted<'_>) -> Result<Vec<Near>, DbError> {
    let (abo, rh) = wanted.group;
    let (components, days): (Vec<&'static str>, Vec<NaiveDate>) =
        wanted.given_by.iter().map(|(component, day)| (component.name(), *day)).unzip();
    let rows: Vec<(Uuid, Uuid, Uuid)> = FindNear {
        chapters: &wanted.chapters.to_vec(),
        abo: &abo.name(),
        rh: &rh.name(),
        day: &wanted.day,
        components: &components,
        days: &days,
        anybody: &wanted.only.is_none(),
        only: &wanted.only.unwrap_or_default().to_vec(),
        not: &wanted.not.to_vec(),
        of_each: &wanted.most,
        most: &wanted.most,
    }
    .load(conn)?;
    let near = |(donor, person, chapter)| Near { donor: DonorId(donor), person: PersonId(person), chapter };
    Ok(rows.into_iter().map(near).collect())
}
