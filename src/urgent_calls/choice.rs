//! Whom a wave asks: donors whose blood fits and who may give today, the same group first and the nearest; of the calling chapter and all
//! below it, and, where the call reaches so far, of those beside it.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::clubs;
use super::fault::Fault;
use super::model::{UrgentCallReach, given_by};
use super::roll::UrgentRoll;
use super::store::{self, CallRow};
use crate::authz::{Granted, KeepBlood};
use crate::basics::clock::vietnam_date;
use crate::blood_rules::{Component, Group, Rules, compatible};
use crate::calling::choice::{self, Before, Pool};
use crate::calling::model::Rule;
use crate::db::DbError;
use crate::donors::callable::{self, Near, Wanted};
use crate::house::errand::Errand;
use crate::persons::{Known, PersonId};
use crate::tree::{self, ChapterId, Level};

/// A donor who fits.
#[derive(Clone, Copy)]
pub struct Fit {
    pub donor: Near,
    /// How far they are, and how near their group is to what is wanted.
    rank: u32,
}

/// Somebody who is to be asked.
pub type Candidate = choice::Candidate<Fit>;

/// Places between two rings: there are fewer groups.
const RING: u32 = 100;

/// Those who are equally near.
enum Ring {
    /// Of these chapters.
    Chapters(Vec<Uuid>),
    /// Of every chapter that stands in no ring before.
    Rest,
}

/// Donors who fit, ring by ring and group by group.
struct Donors {
    day: NaiveDate,
    /// The nearest first.
    rings: Vec<Ring>,
    /// Whose blood fits, the same group first.
    groups: Vec<Group>,
    given_by: Vec<(Component, NaiveDate)>,
    /// Of these alone: a club.
    only: Option<Vec<Uuid>>,
    /// Full years that somebody has at least, and at most.
    least_age: Option<i32>,
    most_age: Option<i32>,
}

impl Donors {
    fn wanted<'a>(&'a self, group: Group, not: &'a [Uuid], most: i64) -> Wanted<'a> {
        Wanted { group, day: self.day, given_by: &self.given_by, not, most }
    }

    /// The chapters of all rings; the rest are those that are not among them.
    fn named(&self) -> Vec<Uuid> {
        let chapters = |ring: &Ring| if let Ring::Chapters(chapters) = ring { chapters.clone() } else { Vec::new() };
        self.rings.iter().flat_map(chapters).collect()
    }

    /// In which ring a chapter is, if the call reaches it.
    fn ring_of(&self, chapter: Uuid) -> Option<u32> {
        let is_in = |ring: &Ring| matches!(ring, Ring::Chapters(chapters) if chapters.contains(&chapter));
        let rest = || self.rings.iter().position(|ring| matches!(ring, Ring::Rest));
        u32::try_from(self.rings.iter().position(is_in).or_else(rest)?).ok()
    }

    /// Those of a club: so many as it has, and not as many as there are where they live.
    fn of_club(&self, conn: &mut PgConnection, club: &[Uuid], not: &[Uuid], limit: i64) -> Result<Vec<Fit>, DbError> {
        let mut found = Vec::new();
        for (n, group) in (0_u32..).zip(&self.groups) {
            let fit = |donor: Near| Some(Fit { donor, rank: self.ring_of(donor.chapter)? * RING + n });
            found.extend(callable::among(conn, club, &self.wanted(*group, not, limit))?.into_iter().filter_map(fit));
        }
        found.sort_by_key(|one| one.rank);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }
}

impl Pool for Donors {
    type One = Fit;

    fn some(&mut self, conn: &mut PgConnection, not: &[Uuid], limit: i64) -> Result<Vec<Fit>, DbError> {
        if let Some(club) = &self.only {
            return self.of_club(conn, club, not, limit);
        }
        let (named, mut found) = (self.named(), Vec::new());
        for (ring, reached) in (0_u32..).zip(&self.rings) {
            for (n, group) in (0_u32..).zip(&self.groups) {
                let left = limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
                if left <= 0 {
                    return Ok(found);
                }
                let wanted = self.wanted(*group, not, left);
                let some = match reached {
                    Ring::Chapters(chapters) => callable::near(conn, chapters, &wanted)?,
                    Ring::Rest => callable::anywhere(conn, &named, &wanted)?,
                };
                let rank = ring * RING + n;
                found.extend(some.into_iter().map(|donor| Fit { donor, rank }));
            }
        }
        Ok(found)
    }

    fn id(one: &Fit) -> Uuid {
        one.donor.donor.0
    }

    fn person(one: &Fit) -> PersonId {
        one.donor.person
    }

    fn rank(one: &Fit) -> u32 {
        one.rank
    }

    /// By their age, where it is known; whoever is of an age that only the centre can tell is asked.
    fn fits(&self, _: &Fit, known: &Known) -> bool {
        let Some(birth) = known.birth else { return true };
        let reached = |age: Option<i32>| age.and_then(|age| birth.has_reached(age, self.day));
        reached(self.least_age) != Some(false) && reached(self.most_age.map(|age| age + 1)) != Some(true)
    }
}

/// Those whom a wave asks, at most `wanted`: the nearest, and of these who was asked least comes first.
pub fn candidates(
    errand: &mut Errand<'_>,
    by: &Granted<KeepBlood>,
    row: &CallRow,
    rule: &Rule,
    wanted: usize,
) -> Result<Vec<Candidate>, Fault> {
    let asked = store::asked_of(errand.conn, row.id)?;
    let before = Before {
        ids: asked.iter().map(|asked| asked.donor_id).collect(),
        hashes: asked.into_iter().filter_map(|asked| asked.party_hash).collect(),
    };
    let mut donors = donors(errand, by, row)?;
    Ok(choice::choose(errand, &UrgentRoll, &mut donors, before, rule, wanted)?)
}

fn donors(errand: &mut Errand<'_>, by: &Granted<KeepBlood>, row: &CallRow) -> Result<Donors, Fault> {
    let day = vietnam_date(errand.now);
    let rules = Rules::on(errand.conn, day)?;
    let whole = (row.component(), row.abo(), row.rh(), row.reach());
    let (Some(component), Some(abo), Some(rh), Some(reach)) = whole else {
        return Err(Fault::Broken("an urgent call for nothing"));
    };
    let limit = |name: &str| rules.limits().into_iter().find(|limit| limit.name == name).map(|limit| i32::from(limit.value));
    Ok(Donors {
        day,
        rings: rings(errand.conn, by.chapter(), reach, row.id)?,
        groups: compatible(&rules, component, (abo, rh)),
        given_by: given_by(&rules, day),
        only: row.club_id.map(|club| clubs::donors_of(errand.conn, club)).transpose()?,
        least_age: limit("LEAST_AGE"),
        most_age: limit("MOST_AGE"),
    })
}

/// Who is near, and who nearest: the calling chapter, those below it, and those beside it under the one above; chapters that are as near as
/// others in an order of this call's own, which favours none. Below the centre, and beside a province, is everybody else of the country.
fn rings(conn: &mut PgConnection, chapter: ChapterId, reach: UrgentCallReach, call: Uuid) -> Result<Vec<Ring>, DbError> {
    let line = tree::line(conn, chapter)?;
    let mut widths = vec![Some(tree::with_succeeded(conn, chapter)?), below(conn, &line, 0)?];
    if reach == UrgentCallReach::Neighbours && line.len() > 1 {
        widths.push(below(conn, &line, 1)?);
    }
    let mut seen = HashSet::new();
    let mut rings = Vec::new();
    for chapters in widths {
        let Some(mut chapters) = chapters else {
            rings.push(Ring::Rest);
            break;
        };
        chapters.retain(|chapter| seen.insert(*chapter));
        chapters.sort_unstable_by_key(|chapter| chapter.as_u128() ^ call.as_u128().rotate_left(64));
        if !chapters.is_empty() {
            rings.push(Ring::Chapters(chapters));
        }
    }
    Ok(rings)
}

/// The chapters at and below one of a line, and those that they go on for; `None` of the top, below which are all.
fn below(conn: &mut PgConnection, line: &[(ChapterId, Level)], n: usize) -> Result<Option<Vec<Uuid>>, DbError> {
    match line.get(n) {
        Some(_) if n + 1 == line.len() => Ok(None),
        Some((chapter, _)) => tree::goes_on_for(conn, chapter.0).map(Some),
        None => Ok(Some(Vec::new())),
    }
}
