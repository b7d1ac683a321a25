//! Leaves of the log that are no entries of the books: keys, publications, statements, and what is said of an entry's personal data.
//!
//! Everything comes out of the leaf's own bytes, which whoever mirrors the log has too; beside it stand the names that
//! belong to its codes.

use diesel::pg::PgConnection;

use super::statements::{StatementOut, shown as statements_shown};
use crate::basics::{PublicCode, hex};
use crate::chapters::store as chapters;
use crate::giving::appeals;
use crate::giving::model::AppealState;
use crate::http::Problem;
use crate::log;
use crate::log::leaf::Said;
use crate::publications::duties::{self, Published};
use crate::statements::store as statements;

/// A leaf as everybody may see it.
pub struct LeafOut {
    pub said: Said,
    pub index: i64,
    /// Hexadecimal.
    pub leaf_hash: String,
    pub chapter_name: String,
    pub appeal_title: Option<String>,
    /// Of a publication.
    pub published: Option<Published>,
    /// Of a statement.
    pub stated: Option<StatementOut>,
}

/// What there is under a code.
pub enum Found {
    /// It is recorded and has no place in the log yet.
    Sealing,
    Leaf(Box<LeafOut>),
}

/// The leaf that has a code.
pub fn find(conn: &mut PgConnection, code: &PublicCode) -> Result<Found, Problem> {
    let Some(leaf) = log::store::find(conn, code.as_str())? else {
        return if log::store::waits(conn, code.as_str())? { Ok(Found::Sealing) } else { Err(Problem::not_found()) };
    };
    let said = Said::read(&leaf.leaf).ok_or_else(|| Problem::internal(format!("leaf {} cannot be read", leaf.idx)))?;
    let appeal = match &said.appeal {
        Some(code) => appeals::find(conn, code)?.filter(|row| row.state != AppealState::Draft.name()),
        None => None,
    };
    let published = match &appeal {
        Some(row) => duties::published(conn, row.id, code.as_str())?,
        None => None,
    };
    let stated = match statements::find(conn, code.as_str())? {
        Some(row) => statements_shown(conn, vec![row])?.pop(),
        None => None,
    };
    Ok(Found::Leaf(Box::new(LeafOut {
        chapter_name: chapters::names(conn, &[&said.chapter])?.remove(&said.chapter).unwrap_or_else(|| said.chapter.clone()),
        appeal_title: appeal.map(|row| row.title),
        index: leaf.idx,
        leaf_hash: hex(&leaf.leaf_hash),
        published,
        stated,
        said,
    })))
}
