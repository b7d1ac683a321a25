//! Subscribers of a chapter that goes up in another one end: they were told what that chapter's administrators may know, and those of
//! the successor decide whom they tell.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::{delivery, subscriber};
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};

/// See the module.
pub struct Subscribers;

impl Succeeds for Subscribers {
    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError> {
        use subscriber as s;
        let here = s::table.filter(s::chapter_id.eq(going.old)).filter(s::ended_at.is_null());
        let ended: Vec<Uuid> = diesel::update(here)
            .set((
                s::ended_at.eq(Some(errand.now)),
                s::ended_by.eq(Some(going.by)),
                s::secret.eq(Vec::<u8>::new()),
                s::former_secret.eq(None::<Vec<u8>>),
                s::former_until.eq(None::<DateTime<Utc>>),
            ))
            .returning(s::id)
            .get_results(errand.conn)?;
        let waiting = delivery::table.filter(delivery::subscriber_id.eq_any(ended)).filter(delivery::state.eq("WAITING"));
        diesel::update(waiting)
            .set((
                delivery::state.eq("FAILED"),
                delivery::trouble.eq("ENDED"),
                delivery::body.eq(None::<String>),
                delivery::ended_at.eq(errand.now),
            ))
            .execute(errand.conn)?;
        Ok(())
    }
}
