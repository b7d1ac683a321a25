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
use crate::tree::{self, ChapterId};

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

/// Donors who fit, ring by ring and group by group.
struct Donors {
    day: NaiveDate,
    /// Chapters, the nearest first.
    rings: Vec<Vec<Uuid>>,
    /// Whose blood fits, the same group first.
    groups: Vec<Group>,
    given_by: Vec<(Component, NaiveDate)>,
    /// Of these alone: a club.
    only: Option<Vec<Uuid>>,
    /// Full years that somebody has at least, and at most.
    least_age: Option<i32>,
    most_age: Option<i32>,
}

impl Pool for Donors {
    type One = Fit;

    fn some(&mut self, conn: &mut PgConnection, not: &[Uuid], limit: i64) -> Result<Vec<Fit>, DbError> {
        let mut found = Vec::new();
        for (ring, chapters) in (0_u32..).zip(&self.rings) {
            for (n, group) in (0_u32..).zip(&self.groups) {
                let left = limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
                if left <= 0 {
                    return Ok(found);
                }
                let wanted = Wanted {
                    chapters,
                    group: *group,
                    day: self.day,
                    given_by: &self.given_by,
                    only: self.only.as_deref(),
                    not,
                    most: left,
                };
                let rank = ring * RING + n;
                found.extend(callable::near(conn, &wanted)?.into_iter().map(|donor| Fit { donor, rank }));
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

/// Chapters by how near they are: the calling one, those below it, and those beside it under the one above; those that are as near as others
/// in an order of this call's own, which favours none.
fn rings(conn: &mut PgConnection, chapter: ChapterId, reach: UrgentCallReach, call: Uuid) -> Result<Vec<Vec<Uuid>>, DbError> {
    let own = tree::with_succeeded(conn, chapter)?;
    let below = tree::goes_on_for(conn, chapter.0)?;
    let mut all = vec![own, below];
    if reach == UrgentCallReach::Neighbours
        && let Some((above, _)) = tree::line(conn, chapter)?.get(1)
    {
        all.push(tree::goes_on_for(conn, above.0)?);
    }
    let mut seen = HashSet::new();
    for ring in &mut all {
        ring.retain(|chapter| seen.insert(*chapter));
        ring.sort_unstable_by_key(|chapter| chapter.as_u128() ^ call.as_u128().rotate_left(64));
    }
    Ok(all.into_iter().filter(|ring| !ring.is_empty()).collect())
}
