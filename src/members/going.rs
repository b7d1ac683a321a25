//! Members of a chapter that goes up in another one: from then on they are counted there, and their cards say its name.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Uuid as SqlUuid};
use uuid::Uuid;

use crate::basics::clock::vietnam_date;
use crate::db::statement::statement;
use crate::db::{DbError, shown};
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};

statement! {
    struct Count {
        to: NaiveDate => Date,
        old: Uuid => SqlUuid,
        new: Uuid => SqlUuid,
        from: NaiveDate => Date,
    } -> (),
    "WITH ended AS (UPDATE member_span SET to_day = ? WHERE chapter_id = ? AND to_day IS NULL RETURNING *)
     INSERT INTO member_span (member_id, n, chapter_id, branch_id, party_id, kind, sex, birth_year, sector, from_day)
     SELECT member_id, n + 1, ?, branch_id, party_id, kind, sex, birth_year, sector, ? FROM ended"
}

statement! {
    struct Card { new: Uuid => SqlUuid, old: Uuid => SqlUuid } -> (),
    "UPDATE public_card SET chapter_id = ? WHERE chapter_id = ?"
}

/// See the module. A day that is over stays as it was counted, so they are counted there from today on.
pub struct Counted;

impl Succeeds for Counted {
    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError> {
        let day = going.since.max(vietnam_date(errand.now));
        Count { to: &day, old: &going.old, new: &going.new, from: &day }.execute(errand.conn)?;
        Card { new: &going.new, old: &going.old }.execute(errand.conn)?;
        shown::alters(errand.conn);
        Ok(())
    }
}
