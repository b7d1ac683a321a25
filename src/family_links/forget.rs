//! What a case said is forgotten when its time of keeping is over: a job that is due then, and looks whether it still is.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::{between_store as between, papers, rules, store};
use crate::authz::Visit;
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::PersonsError;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::vault::Vault;

/// Forgetting what one case said.
pub static FORGET_FAMILY_LINK: JobKind = JobKind::own("FORGET_FAMILY_LINK");

/// Has a case forgotten that ends now.
pub fn expect(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let today = vietnam_date(v.now);
    let Some(rule) = rules::rule(v.conn, today)? else { return Ok(()) };
    Ok(enqueue(v.conn, v.now, id, today + rule.kept)?)
}

fn enqueue(conn: &mut PgConnection, now: DateTime<Utc>, id: Uuid, day: NaiveDate) -> Result<(), DbError> {
    let job = NewJob {
        id: Uuid::new_v4(),
        kind: &FORGET_FAMILY_LINK,
        content: json!({ "family_link": id }),
        total: None,
        due_at: vietnam_midnight(day),
        url: None,
    };
    // Of the house: whoever reads the chapter's jobs is not to learn that there is a case.
    jobs::enqueue_for_house(conn, now, None, &job)?;
    Ok(())
}

/// Forgets, unless the case goes on again, or ended once more since: then it is due later.
pub fn handler(vault: Arc<Vault>) -> Handler {
    Handler::new(&FORGET_FAMILY_LINK, move |work: &mut Work<'_>| {
        let id = work.content().get("family_link").and_then(|id| id.as_str()?.parse().ok());
        let id: Uuid = id.ok_or(Failure::Never("NO_SUCH_CASE"))?;
        let now = work.now();
        work.last_step(|conn, _| {
            when_due(conn, &vault, now, id).map_err(|error| match error {
                PersonsError::Db(error) => Failure::Db(error),
                PersonsError::Vault(_) => Failure::Again("KEYS"),
            })
        })
    })
}

fn when_due(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, id: Uuid) -> Result<(), PersonsError> {
    let today = vietnam_date(now);
    let Some(row) = store::hold(conn, id)?.filter(|row| row.erased_on.is_none()) else { return Ok(()) };
    let (Some(ended), Some(rule)) = (row.ended_at, rules::rule(conn, today)?) else { return Ok(()) };
    let due: NaiveDate = vietnam_date(ended) + rule.kept;
    match due <= today {
        true => empty(&mut Errand { conn, now, vault }, id),
        false => Ok(enqueue(conn, now, id, due)?),
    }
}

/// Empties a case for good; requests about it that come again are known by nothing any more.
pub fn empty(errand: &mut Errand<'_>, id: Uuid) -> Result<(), PersonsError> {
    papers::let_go(errand, id)?;
    let hash = errand.vault.hash("family_link.erased", id.as_bytes());
    store::empty(errand.conn, id, errand.now, vietnam_date(errand.now), &hash)?;
    Ok(between::forget_notes(errand.conn, id, &hash)?)
}
