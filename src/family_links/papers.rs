//! What papers of this room are for: the signed consent, a letter, a photograph that somebody kept. They hang on a case, are brought and read
//! by tracing officers of the chapter that holds it, each reading of the list is noted, and none is ever public.
//!
//! Papers are read by right and not by charge, so a guarded case takes none: its officer keeps them, and steps name their hash. When a case
//! becomes guarded, is handed on or is forgotten, the copies go for good; the papers themselves go with the case, by hand.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store;
use crate::db::DbError;
use crate::documents::of_people;
use crate::house::errand::Errand;
use crate::house::papers::{Brings, Carrier, Carries, Kept, NoPaper, Paper, Peg, Reads};
use crate::house::persons::PersonsError;
use crate::http::Say;
use crate::tree;

/// See the module.
pub static OF_FAMILY_LINKS: Paper = Paper {
    purpose: "FAMILY_LINK",
    brought_by: Brings::KeepFamilyLinks,
    read_by: Reads::SeeFamilyLinks,
    public: false,
    kept: Kept::WithThePerson,
    on: Some(&Peg {
        at: "/family-links/{id}",
        by_uuid: true,
        one: "family_link",
        a: "a case of family links",
        read_noted: Some("FAMILY_LINK_DOCUMENTS_READ"),
        published_as: None,
        records: &OneCase,
    }),
};

struct OneCase;

impl Carries for OneCase {
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError> {
        let Ok(id) = key.parse() else { return Ok(None) };
        let Some(row) = store::find(conn, id)? else { return Ok(None) };
        let today = tree::successors(conn, &[row.chapter_id])?;
        Ok(Some(Carrier { id, chapter: today.get(&row.chapter_id).copied().unwrap_or(row.chapter_id) }))
    }

    /// What was forgotten does not come back with a paper.
    fn take(&self, errand: &mut Errand<'_>, of: Carrier) -> Result<(), NoPaper> {
        let row = store::hold(errand.conn, of.id)?.filter(|row| row.erased_on.is_none()).ok_or(NoPaper::Gone)?;
        match row.guarded {
            false => Ok(()),
            true => Err(NoPaper::Refused(Say::fixed(
                "Hồ sơ được bảo vệ: giấy tờ do người phụ trách giữ, không gắn vào hồ sơ.",
                "A guarded case: its officer keeps the papers, none hangs on it.",
            ))),
        }
    }
}

/// Takes the copies of a case's papers away for good.
pub fn let_go(errand: &mut Errand<'_>, case: Uuid) -> Result<(), PersonsError> {
    let known = of_people::on_record(errand.conn, &OF_FAMILY_LINKS, case)?;
    let go: Vec<Uuid> = known.into_iter().map(|paper| paper.id).collect();
    match go.is_empty() {
        true => Ok(()),
        false => of_people::let_go(errand, case, &go, &[]),
    }
}
