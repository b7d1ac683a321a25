//! SQL of chapters in the tree. Everything here is public, so the functions serve officers and the public alike.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::{chapter, chapter_ancestor, chapter_version};
use crate::tree::{self, ChapterId};

/// A chapter as everyone may see it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = chapter, check_for_backend(diesel::pg::Pg))]
pub struct ChapterRow {
    pub id: Uuid,
    pub code: String,
    pub kind: String,
    pub level: String,
    pub status: String,
    pub name: String,
    pub short_name: String,
    pub unit_code: Option<String>,
    pub founded_on: NaiveDate,
}

pub fn find(conn: &mut PgConnection, code: &str) -> Result<Option<ChapterRow>, DbError> {
    Ok(chapter::table.filter(chapter::code.eq(code)).select(ChapterRow::as_select()).first(conn).optional()?)
}

/// Chapters by id.
pub fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, ChapterRow>, DbError> {
    let rows = chapter::table.filter(chapter::id.eq_any(ids)).select(ChapterRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row: ChapterRow| (row.id, row)).collect())
}

/// The chapters above, central first.
pub fn ancestors(conn: &mut PgConnection, id: Uuid) -> Result<Vec<ChapterRow>, DbError> {
    Ok(chapter_ancestor::table
        .inner_join(chapter::table.on(chapter::id.eq(chapter_ancestor::ancestor_id)))
        .filter(chapter_ancestor::chapter_id.eq(id))
        .filter(chapter_ancestor::depth.gt(0))
        .order(chapter_ancestor::depth.desc())
        .select(ChapterRow::as_select())
        .load(conn)?)
}

/// The chapters directly below, by code, after `after`.
pub fn children(conn: &mut PgConnection, id: Uuid, after: Option<&str>, limit: i64) -> Result<Vec<ChapterRow>, DbError> {
    Ok(chapter::table
        .filter(chapter::parent_id.eq(id))
        .filter(chapter::code.gt(after.unwrap_or_default()))
        .order(chapter::code)
        .limit(limit)
        .select(ChapterRow::as_select())
        .load(conn)?)
}

/// Names of chapters by code.
pub fn names(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    Ok(chapter::table
        .filter(chapter::code.eq_any(codes))
        .select((chapter::code, chapter::name))
        .load::<(String, String)>(conn)?
        .into_iter()
        .collect())
}

/// The chapter whose bank account each of these uses: its own, unless it is known to have none; else that of the nearest one above. What
/// went up in another one has no account since, and uses that one's.
pub fn bank_accounts(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    let mut lines: Vec<(Uuid, Uuid)> = Vec::new();
    // Two at most are asked about at once.
    for id in ids {
        lines.extend(tree::line(conn, ChapterId(*id))?.into_iter().map(|(above, _)| (*id, above.0)));
    }
    let has_none: Vec<Uuid> = chapter_version::table
        .inner_join(chapter::table.on(chapter::id.eq(chapter_version::chapter_id)))
        .filter(chapter_version::version.eq(chapter::version))
        .filter(chapter_version::chapter_id.eq_any(lines.iter().map(|(_, above)| *above)))
        .filter(chapter_version::own_bank_account.eq(false))
        .select(chapter_version::chapter_id)
        .load(conn)?;
    let mut accounts = HashMap::new();
    for (chapter, above) in lines.into_iter().filter(|(_, above)| !has_none.contains(above)) {
        accounts.entry(chapter).or_insert(above);
    }
    Ok(accounts)
}
