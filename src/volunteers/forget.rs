//! Applications that nobody confirms are erased after so many days, and the links that lead to them lead nowhere.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::applications::{self, ApplicationState};
use super::due::FORGET_APPLICATIONS;
use crate::db::DbError;
use crate::db::schema::volunteer_application;
use crate::jobs::{Handler, Work};

/// Erases all whose time is over, by the rule of the day.
pub fn handler() -> Handler {
    Handler::new(&FORGET_APPLICATIONS, |work: &mut Work<'_>| {
        let now = work.now();
        work.last_step(|conn, progress| {
            progress.done += i64::try_from(forget(conn, now)?).unwrap_or(0);
            Ok(())
        })
    })
}

fn forget(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    use volunteer_application as a;
    let until = now - Duration::days(applications::waits(conn, now)?);
    let over = a::table.filter(a::state.eq(ApplicationState::Unconfirmed.name())).filter(a::made_at.le(until));
    let ids: Vec<Uuid> = over.select(a::id).for_no_key_update().load(conn)?;
    applications::remove(conn, &ids, now)
}
