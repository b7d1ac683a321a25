//! Whom a wave asks: of those a room has, without those who were asked already, asked too often, or are not to be asked again; the least
//! asked first. The choice is the program's: nobody sees who else there would be.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{MONTH, Rule};
use super::roll::Roll;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::parties;
use crate::persons::{self, Known, PersonId};
use crate::vault::Vault;

/// Those whom a room could ask.
pub trait Pool {
    /// One of them.
    type One: Copy;

    /// Some more of them, at most `limit` and none of `not`; the nearest, where a room knows who is near. Fewer than that are all.
    fn some(&mut self, conn: &mut PgConnection, not: &[Uuid], limit: i64) -> Result<Vec<Self::One>, DbError>;

    /// By what `not` names them.
    fn id(one: &Self::One) -> Uuid;

    /// As which person their chapter knows them.
    fn person(one: &Self::One) -> PersonId;

    /// Whether somebody may be asked, by what is known of them.
    fn fits(&self, _: &Self::One, _: &Known) -> bool {
        true
    }

    /// Who has a lower one is asked first, however often.
    fn rank(_: &Self::One) -> u32 {
        0
    }
}

/// Somebody who is to be asked.
pub struct Candidate<T> {
    pub of: T,
    pub known: Known,
    pub hash: Vec<u8>,
}

/// Who was asked in a call before.
#[derive(Default)]
pub struct Before {
    pub ids: Vec<Uuid>,
    pub hashes: HashSet<Vec<u8>>,
}

/// By what a person is the same at all chapters.
pub fn party_hash(vault: &Vault, roll: &dyn Roll, party: Uuid) -> Vec<u8> {
    vault.hash(roll.party_word(), party.as_bytes()).to_vec()
}

/// Rounds in which those are passed over who may not be asked.
const ROUNDS: usize = 5;

/// Those whom a wave asks, at most `wanted`. They are held until the end of the transaction by their parties, in one order for everybody:
/// whoever asks them in another call at the same moment waits, and counts this time too.
pub fn choose<P: Pool>(
    errand: &mut Errand<'_>,
    roll: &dyn Roll,
    pool: &mut P,
    before: Before,
    rule: &Rule,
    wanted: usize,
) -> Result<Vec<Candidate<P::One>>, persons::Fault> {
    let Before { ids: mut not, hashes: mut taken } = before;
    let mut found: Vec<Candidate<P::One>> = Vec::new();
    for _ in 0..ROUNDS {
        let lacking = wanted - found.len();
        if lacking == 0 {
            break;
        }
        // Some of them may not be asked; more than these are looked at in the next round.
        let limit = i64::try_from(lacking + lacking / 2 + 50).unwrap_or(i64::MAX);
        let some = pool.some(errand.conn, &not, limit)?;
        let is_all = i64::try_from(some.len()).unwrap_or(i64::MAX) < limit;
        not.extend(some.iter().map(P::id));
        let fit = known(errand, roll, pool, some)?;
        let fit = who_may_be_asked::<P>(errand, roll, rule, fit)?;
        found.extend(fit.into_iter().filter(|one| taken.insert(one.hash.clone())).take(lacking));
        if is_all {
            break;
        }
    }
    let held: Vec<Uuid> = found.iter().map(|one| one.known.party).collect();
    parties::hold_turns(errand.conn, &held)?;
    // Somebody else may have asked them meanwhile, or they may have said that they are not to be asked.
    Ok(who_may_be_asked::<P>(errand, roll, rule, found)?)
}

fn known<P: Pool>(
    errand: &mut Errand<'_>,
    roll: &dyn Roll,
    pool: &P,
    some: Vec<P::One>,
) -> Result<Vec<Candidate<P::One>>, persons::Fault> {
    let ids: Vec<PersonId> = some.iter().map(P::person).collect();
    let mut known: HashMap<PersonId, Known> = persons::names(errand.conn, errand.vault, &ids)?;
    let candidate = |of: P::One| {
        let known = known.remove(&P::person(&of)).filter(|known| pool.fits(&of, known))?;
        let hash = party_hash(errand.vault, roll, known.party);
        Some(Candidate { of, known, hash })
    };
    Ok(some.into_iter().filter_map(candidate).collect())
}

/// Without those who may not be asked, the least asked first; who was asked as often as another keeps their place.
fn who_may_be_asked<P: Pool>(
    errand: &mut Errand<'_>,
    roll: &dyn Roll,
    rule: &Rule,
    mut all: Vec<Candidate<P::One>>,
) -> Result<Vec<Candidate<P::One>>, DbError> {
    let hashes: Vec<Vec<u8>> = all.iter().map(|one| one.hash.clone()).collect();
    let persons: Vec<Uuid> = all.iter().map(|one| one.known.id.0).collect();
    let (stopped, stopped_elsewhere) = roll.stopped(errand.conn, &persons, &hashes)?;
    let often = roll.often(errand.conn, &hashes, errand.now - MONTH)?;
    let times = |one: &Candidate<P::One>| often.get(&one.hash).copied().unwrap_or(0);
    all.retain(|one| {
        let is_stopped = stopped.contains(&one.known.id.0) || stopped_elsewhere.contains(&one.hash);
        !is_stopped && times(one) < rule.most_a_month
    });
    all.sort_by_key(|one| (P::rank(&one.of), times(one)));
    Ok(all)
}
