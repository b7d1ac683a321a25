//! Who issues a paper and who made it out, as papers of a chapter name them.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::Issuer;
use crate::authz::Visit;
use crate::basics::clock::vietnam_date;
use crate::chapters;
use crate::identity::store as identity;
use crate::tree::{self, ChapterId, Level};
use crate::vault::place;

/// Full name of an account's officer, for a paper they made out.
pub fn full_name(v: &mut Visit<'_>, account: Uuid) -> Result<String, Fault> {
    let maker = identity::profile(v.conn, account, vietnam_date(v.now))?;
    v.vault.open_text(place("officer", "full_name", &maker.officer), &maker.full_name).map_err(Fault::broken)
}

/// A chapter as the heading of its papers. A branch is no body of its own and issues in the name of the chapter above it; the series still
/// says whose it is.
pub fn issuer(conn: &mut PgConnection, chapter: ChapterId) -> Result<Issuer, Fault> {
    let chapter = in_whose_name(conn, chapter)?;
    let here = tree::place_of(conn, chapter)?;
    let above = here.path.iter().rev().nth(1).map(|step| step.id.0);
    let ids: Vec<Uuid> = above.into_iter().chain([here.id.0]).collect();
    let mut names = tree::labels(conn, &ids)?;
    let name = names.remove(&here.id.0).map(|label| label.name).unwrap_or(here.short_name);
    let (contact, _) = chapters::life_store::public_face(conn, here.id.0)?;
    Ok(Issuer { above: above.and_then(|id| names.remove(&id)).map(|label| label.name), name, address: contact.address })
}

/// The nearest at or above a chapter, where it stands in the tree, that is no branch.
fn in_whose_name(conn: &mut PgConnection, chapter: ChapterId) -> Result<ChapterId, Fault> {
    let place = tree::place_of(conn, chapter)?;
    for step in place.path.iter().rev() {
        if tree::level(conn, step.id)? != Some(Level::Branch) {
            return Ok(step.id);
        }
    }
    Ok(chapter)
}
