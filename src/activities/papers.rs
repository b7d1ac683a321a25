//! What papers of this room are for.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::{photo_rules, photo_store, store};
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::papers::{Brings, Carrier, Carries, Kept, NoPaper, Paper, Peg, Reads};

/// Photographs and papers of an activity. A photograph is shown to everybody while who can be recognised in it agrees
/// ([`super::photos`]); the paper that says so lies beside it, and is not.
pub static OF_ACTIVITIES: Paper = Paper {
    purpose: "ACTIVITY",
    brought_by: Brings::RunActivities,
    read_by: Reads::Read,
    public: true,
    kept: Kept::ForGood,
    on: Some(&Peg {
        at: "/activities/{id}",
        by_uuid: true,
        one: "activity",
        a: "an activity",
        read_noted: Some("ACTIVITY_DOCUMENTS_READ"),
        published_as: Some("activity-document/publication"),
        records: &OneActivity,
    }),
};

struct OneActivity;

impl Carries for OneActivity {
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError> {
        let Ok(id) = key.parse() else { return Ok(None) };
        Ok(store::activity(conn, id)?.map(|row| Carrier { id: row.id, chapter: row.chapter_id }))
    }

    /// Whoever withdraws a consent comes before or after.
    fn show(&self, errand: &mut Errand<'_>, activity: Carrier, document: Uuid) -> Result<(), NoPaper> {
        let row = store::hold(errand.conn, activity.id)?.ok_or(NoPaper::Gone)?;
        let consents = photo_store::of_picture(errand.conn, activity.id, document)?;
        match photo_rules::in_the_way(&row, &consents) {
            Some(said) => Err(NoPaper::Refused(said)),
            None => Ok(()),
        }
    }
}
