//! Whom a wave asks: volunteers who said that they come and fit what is wanted, of the calling chapter and all below it.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::roll::CallOutRoll;
use super::store::{self, CallOutRow};
use crate::authz::{Granted, KeepPeople};
use crate::basics::clock::vietnam_date;
use crate::calling::choice::{self, Before, Pool};
use crate::calling::model::Rule;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::persons::PersonId;
use crate::teams;
use crate::volunteers::{self, Chosen, Filter, VolunteerId, When};

/// Somebody who is to be asked.
pub type Candidate = choice::Candidate<Chosen>;

/// Volunteers who fit.
struct Volunteers(Filter);

impl Pool for Volunteers {
    type One = Chosen;

    fn some(&mut self, conn: &mut PgConnection, not: &[Uuid], limit: i64) -> Result<Vec<Chosen>, DbError> {
        self.0.not = not.iter().copied().map(VolunteerId).collect();
        self.0.limit = limit;
        volunteers::choose(conn, &self.0)
    }

    fn id(one: &Chosen) -> Uuid {
        one.volunteer.0
    }

    fn person(one: &Chosen) -> PersonId {
        one.person
    }
}

/// Those whom a wave asks, at most `wanted`: who was asked least comes first.
pub fn candidates(
    errand: &mut Errand<'_>,
    by: &Granted<KeepPeople>,
    row: &CallOutRow,
    rule: &Rule,
    wanted: usize,
) -> Result<Vec<Candidate>, Fault> {
    let asked = store::asked_of(errand.conn, row.id)?;
    let before = Before {
        ids: asked.iter().map(|asked| asked.volunteer_id).collect(),
        hashes: asked.into_iter().filter_map(|asked| asked.party_hash).collect(),
    };
    let mut filter = Filter::under(by.chapter(), vietnam_date(row.from_at), 0);
    filter.skills.clone_from(&row.skills);
    filter.when = row.available.then(|| When::at(row.from_at));
    if let Some(team) = row.team_id {
        let team = teams::of_call(errand.conn, team, vietnam_date(errand.now))?;
        filter.only = Some(team.map(|team| team.volunteers).unwrap_or_default());
    }
    Ok(choice::choose(errand, &CallOutRoll, &mut Volunteers(filter), before, rule, wanted)?)
}
