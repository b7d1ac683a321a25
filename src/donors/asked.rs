//! What other rooms ask of donors: who gave how often, what was given at a day of giving. Set-wise; no names.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{DonationProof, DonorId};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::persons::PersonId;

/// How often somebody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    pub donor: DonorId,
    pub person: PersonId,
    pub chapter: Uuid,
    pub times: i64,
    /// When they gave last.
    pub last_on: NaiveDate,
}

type TimesRow = (Uuid, Uuid, Uuid, i64, NaiveDate);

statement! {
    struct TimesAt {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        proofs: Vec<String> => Array<Text>,
        until: NaiveDate => Date,
        least: i64 => BigInt,
    } -> (SqlUuid, SqlUuid, SqlUuid, BigInt, Date),
    "SELECT d.id, d.person_id, d.chapter_id, count(*), max(g.day)
     FROM donor d JOIN donation g ON g.donor_id = d.id AND g.stands
     WHERE d.chapter_id = ANY (?) AND d.state <> 'ERASED' AND g.proof = ANY (?) AND g.day <= ?
     GROUP BY d.id HAVING count(*) >= ? ORDER BY count(*) DESC, d.id"
}

statement! {
    struct TimesOf {
        donors: Vec<Uuid> => Array<SqlUuid>,
        proofs: Vec<String> => Array<Text>,
        until: NaiveDate => Date,
    } -> (SqlUuid, SqlUuid, SqlUuid, BigInt, Date),
    "SELECT d.id, d.person_id, d.chapter_id, count(*), max(g.day)
     FROM donor d JOIN donation g ON g.donor_id = d.id AND g.stands
     WHERE d.id = ANY (?) AND d.state <> 'ERASED' AND g.proof = ANY (?) AND g.day <= ? GROUP BY d.id"
}

fn proofs(all: &[DonationProof]) -> Vec<String> {
    all.iter().map(|proof| proof.name().to_owned()).collect()
}

fn of_row((donor, person, chapter, times, last_on): TimesRow) -> Times {
    Times { donor: DonorId(donor), person: PersonId(person), chapter, times, last_on }
}

/// Donors of these chapters who gave so often by a day, of what these proofs show, the most often first: for honours.
pub fn times(
    conn: &mut PgConnection,
    chapters: &[Uuid],
    shown_by: &[DonationProof],
    until: NaiveDate,
    least: i64,
) -> Result<Vec<Times>, DbError> {
    let query = TimesAt { chapters: &chapters.to_vec(), proofs: &proofs(shown_by), until: &until, least: &least };
    Ok(query.load::<TimesRow>(conn)?.into_iter().map(of_row).collect())
}

/// [`times`] of these donors.
pub fn times_of(
    conn: &mut PgConnection,
    donors: &[DonorId],
    shown_by: &[DonationProof],
    until: NaiveDate,
) -> Result<HashMap<DonorId, Times>, DbError> {
    let donors = donors.iter().map(|donor| donor.0).collect();
    let rows: Vec<TimesRow> = TimesOf { donors: &donors, proofs: &proofs(shown_by), until: &until }.load(conn)?;
    Ok(rows.into_iter().map(of_row).map(|times| (times.donor, times)).collect())
}

/// How many gave alike at a day of giving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAt {
    pub drive: i64,
    pub component: String,
    pub volume_ml: Option<i16>,
    pub sex: Option<String>,
    /// Full years on the day.
    pub age: Option<i16>,
    pub abo: Option<String>,
    pub rh: Option<String>,
    pub count: i32,
}

type GivenRow = (i64, String, Option<i16>, Option<String>, Option<i16>, Option<String>, Option<String>, i32);

statement! {
    struct AtDrives { drives: Vec<i64> => Array<BigInt> }
        -> (BigInt, Text, Nullable<SmallInt>, Nullable<Text>, Nullable<SmallInt>, Nullable<Text>, Nullable<Text>, Integer),
    "SELECT drive_id, component, volume_ml, sex, age, abo, rh, count(*)::integer FROM donation
     WHERE drive_id = ANY (?) AND stands
     GROUP BY drive_id, component, volume_ml, sex, age, abo, rh ORDER BY drive_id, component, volume_ml, sex, age, abo, rh"
}

/// What was given at these days of giving, counted by everything it is shown by. Not folded: that is for who publishes it.
pub fn given_at(conn: &mut PgConnection, drives: &[i64]) -> Result<Vec<GivenAt>, DbError> {
    let rows: Vec<GivenRow> = AtDrives { drives: &drives.to_vec() }.load(conn)?;
    let given = |(drive, component, volume_ml, sex, age, abo, rh, count): GivenRow| GivenAt {
        drive,
        component,
        volume_ml,
        sex,
        age,
        abo,
        rh,
        count,
    };
    Ok(rows.into_iter().map(given).collect())
}
