//! Volunteers of a chapter that goes up in another one are counted there from then on. Everything else of them follows by itself.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Uuid as SqlUuid};
use uuid::Uuid;

use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};

statement! {
    struct Count {
        to: NaiveDate => Date,
        old: Uuid => SqlUuid,
        new: Uuid => SqlUuid,
        from: NaiveDate => Date,
    } -> (),
    "WITH ended AS (UPDATE volunteer_span SET to_day = ? WHERE chapter_id = ? AND to_day IS NULL RETURNING *)
     INSERT INTO volunteer_span (volunteer_id, n, chapter_id, party_id, kind, from_day)
     SELECT volunteer_id, n + 1, ?, party_id, kind, ? FROM ended"
}

/// See the module. A day that is over stays as it was counted, so they are counted there from today on.
pub struct Counted;

impl Succeeds for Counted {
    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError> {
        let day = going.since.max(vietnam_date(errand.now));
        Count { to: &day, old: &going.old, new: &going.new, from: &day }.execute(errand.conn)?;
        Ok(())
    }
}
