//! What papers of this room are for.

use diesel::pg::PgConnection;

use super::store;
use crate::db::DbError;
use crate::house::papers::{Brings, Carrier, Carries, Kept, Paper, Peg, Reads};

/// Photographs and papers of an activity. Who can be recognised in a photograph has agreed to it, and the paper that says so lies beside
/// it; none of them is shown to everybody.
pub static OF_ACTIVITIES: Paper = Paper {
    purpose: "ACTIVITY",
    brought_by: Brings::RunActivities,
    read_by: Reads::Read,
    public: false,
    kept: Kept::ForGood,
    on: Some(&Peg {
        at: "/activities/{id}",
        by_uuid: true,
        one: "activity",
        a: "an activity",
        read_noted: Some("ACTIVITY_DOCUMENTS_READ"),
        published_as: None,
        records: &OneActivity,
    }),
};

struct OneActivity;

impl Carries for OneActivity {
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError> {
        let Ok(id) = key.parse() else { return Ok(None) };
        Ok(store::activity(conn, id)?.map(|row| Carrier { id: row.id, chapter: row.chapter_id }))
    }
}
