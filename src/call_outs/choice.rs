//! Whom a wave asks: volunteers who said that they come and fit what is wanted, of the calling chapter and all below it, without those who
//! were asked already, asked too often, or are not to be asked again. The choice is the program's: nobody sees who else there would be.

use std::collections::{HashMap, HashSet};

use super::fault::Fault;
use super::model::{MONTH, Rule};
use super::stops::{self, party_hash};
use super::store::{self, AskedRow, CallOutRow};
use crate::authz::{Granted, KeepPeople};
use crate::basics::clock::vietnam_date;
use crate::house::errand::Errand;
use crate::persons::{self, Known, PersonId};
use crate::teams;
use crate::volunteers::{self, Chosen, Filter, VolunteerId, When};

/// Somebody who is to be asked.
pub struct Candidate {
    pub chosen: Chosen,
    pub known: Known,
    pub hash: Vec<u8>,
}

/// Rounds in which those are passed over who may not be asked.
const ROUNDS: usize = 5;

/// Those whom a wave asks, at most `wanted`: who was asked least comes first.
pub fn candidates(
    errand: &mut Errand<'_>,
    by: &Granted<KeepPeople>,
    row: &CallOutRow,
    rule: &Rule,
    wanted: usize,
) -> Result<Vec<Candidate>, Fault> {
    let before = store::asked_of(errand.conn, row.id)?;
    let mut not: Vec<VolunteerId> = before.iter().map(|asked| VolunteerId(asked.volunteer_id)).collect();
    let mut taken: HashSet<Vec<u8>> = before.into_iter().filter_map(|asked: AskedRow| asked.party_hash).collect();
    let mut filter = Filter::under(by.chapter(), vietnam_date(row.from_at), 0);
    filter.skills.clone_from(&row.skills);
    filter.when = row.available.then(|| When::at(row.from_at));
    if let Some(team) = row.team_id {
        let team = teams::of_call(errand.conn, team, vietnam_date(errand.now))?;
        filter.only = Some(team.map(|team| team.volunteers).unwrap_or_default());
    }
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let lacking = wanted - found.len();
        if lacking == 0 {
            break;
        }
        // Some of them may not be asked; more than these are looked at in the next round.
        filter.limit = i64::try_from(lacking + lacking / 2 + 50).unwrap_or(i64::MAX);
        filter.not.clone_from(&not);
        let some = volunteers::choose(errand.conn, &filter)?;
        let is_all = i64::try_from(some.len()).unwrap_or(i64::MAX) < filter.limit;
        not.extend(some.iter().map(|chosen| chosen.volunteer));
        let fit = who_may_be_asked(errand, rule, some, &mut taken)?;
        found.extend(fit.into_iter().take(lacking));
        if is_all {
            break;
        }
    }
    Ok(found)
}

/// Without those who may not be asked, the least asked first. Whoever two chapters know is in it once.
fn who_may_be_asked(
    errand: &mut Errand<'_>,
    rule: &Rule,
    some: Vec<Chosen>,
    taken: &mut HashSet<Vec<u8>>,
) -> Result<Vec<Candidate>, Fault> {
    let ids: Vec<PersonId> = some.iter().map(|chosen| chosen.person).collect();
    let mut known: HashMap<PersonId, Known> = persons::names(errand.conn, errand.vault, &ids)?;
    let mut all: Vec<Candidate> = some
        .into_iter()
        .filter_map(|chosen| {
            let known = known.remove(&chosen.person)?;
            let hash = party_hash(errand.vault, known.party);
            Some(Candidate { chosen, known, hash })
        })
        .collect();
    let hashes: Vec<Vec<u8>> = all.iter().map(|one| one.hash.clone()).collect();
    let persons: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let (stopped, stopped_elsewhere) = stops::stopped(errand.conn, &persons, &hashes)?;
    let often = store::often(errand.conn, &hashes, errand.now - MONTH)?;
    let times = |one: &Candidate| often.get(&one.hash).copied().unwrap_or(0);
    all.retain(|one| {
        let is_stopped = stopped.contains(&one.known.id.0) || stopped_elsewhere.contains(&one.hash);
        !is_stopped && times(one) < rule.most_a_month
    });
    all.sort_by_key(|one| (times(one), one.chosen.volunteer.0));
    all.retain(|one| taken.insert(one.hash.clone()));
    Ok(all)
}
