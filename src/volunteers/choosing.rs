//! Choosing volunteers, for whoever calls some out: those who said they come, can do what is wanted, and have time. It names ids alone;
//! who they are is asked of `persons` by whoever may see them there.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, SmallInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{Means, VolunteerId, When};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::persons::PersonId;
use crate::tree::{self, ChapterId};

/// Whom somebody wants. What is left empty is not asked for.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of this chapter and all that stands below it today.
    pub under: ChapterId,
    /// The day for which skills and insurance have to be good.
    pub on: NaiveDate,
    /// Codes of skills; each of them is wanted.
    pub skills: Vec<String>,
    /// Only skills that more than their word shows.
    pub proven: bool,
    pub when: Option<When>,
    /// ISO 639 codes; each of them is wanted.
    pub languages: Vec<String>,
    /// One of them is wanted.
    pub means: Vec<Means>,
    pub insured: bool,
    /// Of these alone: a team, say.
    pub only: Option<Vec<VolunteerId>>,
    /// Those who were asked already.
    pub not: Vec<VolunteerId>,
    pub limit: i64,
}

impl Filter {
    /// Everybody who comes when called out.
    pub fn under(chapter: ChapterId, on: NaiveDate, limit: i64) -> Self {
        Self {
            under: chapter,
            on,
            skills: Vec::new(),
            proven: false,
            when: None,
            languages: Vec::new(),
            means: Vec::new(),
            insured: false,
            only: None,
            not: Vec::new(),
            limit,
        }
    }
}

/// Somebody who fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub volunteer: VolunteerId,
    /// The chapter whose volunteer they are, as it was written: today another one may go on for it.
    pub chapter: ChapterId,
    pub person: PersonId,
}

statement! {
    struct Choose {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        any_time: bool => Bool,
        days: i16 => SmallInt,
        parts: i16 => SmallInt,
        languages: Vec<String> => Array<Text>,
        no_means: bool => Bool,
        means: Vec<&'static str> => Array<Text>,
        no_insurance: bool => Bool,
        insured: NaiveDate => Date,
        anybody: bool => Bool,
        only: Vec<Uuid> => Array<SqlUuid>,
        not: Vec<Uuid> => Array<SqlUuid>,
        no_skill: bool => Bool,
        skills: Vec<String> => Array<Text>,
        on: NaiveDate => Date,
        unproven: bool => Bool,
        count: i64 => BigInt,
        limit: i64 => BigInt,
    } -> (SqlUuid, SqlUuid, SqlUuid),
    "SELECT v.id, v.chapter_id, v.person_id FROM volunteer v
     WHERE v.state = 'VERIFIED' AND v.willing AND v.chapter_id = ANY(?)
       AND (? OR (v.weekdays & ?) <> 0 AND (v.day_parts & ?) <> 0)
       AND v.languages @> ? AND (? OR v.means && ?) AND (? OR v.insured_until >= ?)
       AND (? OR v.id = ANY(?)) AND v.id <> ALL(?)
       AND (? OR v.id IN (SELECT s.volunteer_id FROM volunteer_skill s
                          WHERE s.skill = ANY(?) AND (s.expires_on IS NULL OR s.expires_on > ?) AND (? OR s.proof <> 'SAID')
                          GROUP BY s.volunteer_id HAVING count(*) = ?))
     ORDER BY v.id LIMIT ?"
}

/// Those who fit, at most `limit`, in an order that favours nobody and is the same each time.
pub fn choose(conn: &mut PgConnection, filter: &Filter) -> Result<Vec<Chosen>, DbError> {
    let mut skills = filter.skills.clone();
    skills.sort_unstable();
    skills.dedup();
    let ids = |of: &[VolunteerId]| of.iter().map(|id| id.0).collect::<Vec<Uuid>>();
    let chapters = tree::goes_on_for(conn, filter.under.0)?;
    let rows: Vec<(Uuid, Uuid, Uuid)> = Choose {
        chapters: &chapters,
        any_time: &filter.when.is_none(),
        days: &filter.when.map_or(0, |when| when.days.0),
        parts: &filter.when.map_or(0, |when| when.parts.0),
        languages: &filter.languages,
        no_means: &filter.means.is_empty(),
        means: &filter.means.iter().map(|means| means.name()).collect(),
        no_insurance: &!filter.insured,
        insured: &filter.on,
        anybody: &filter.only.is_none(),
        only: &ids(filter.only.as_deref().unwrap_or_default()),
        not: &ids(&filter.not),
        no_skill: &skills.is_empty(),
        skills: &skills,
        on: &filter.on,
        unproven: &!filter.proven,
        count: &i64::try_from(skills.len()).unwrap_or(i64::MAX),
        limit: &filter.limit,
    }
    .load(conn)?;
    let chosen =
        |(id, chapter, person)| Chosen { volunteer: VolunteerId(id), chapter: ChapterId(chapter), person: PersonId(person) };
    Ok(rows.into_iter().map(chosen).collect())
}
