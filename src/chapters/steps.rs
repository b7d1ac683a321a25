//! Data step: the folded names by which chapters are found and told apart, made again where letters are read otherwise than before.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::folded_name;
use crate::basics::fold;
use crate::db::schema::{chapter, chapter_former_name};
use crate::db::shown;
use crate::db::statement::statement;
use crate::vault::steps::{Note, StepError, Stepped, Work};

statement! {
    struct Twins {
        id: Uuid => SqlUuid,
        folded: str => Text,
    } -> (Text,),
    "SELECT o.code FROM chapter c JOIN chapter o ON o.parent_id = c.parent_id AND o.id <> c.id
     WHERE c.id = ? AND c.kind <> 'TERRITORIAL' AND c.status NOT IN ('MERGED', 'DISSOLVED')
       AND o.kind <> 'TERRITORIAL' AND o.status NOT IN ('MERGED', 'DISSOLVED')
       AND replace(o.folded, '''', '') = replace(?::text, '''', '') ORDER BY o.code LIMIT 1"
}

/// The folded form of a name, if the stored one is of another reading. Names of units are stored with their dashes.
fn anew(name: &str, stored: &str) -> Option<String> {
    let new = folded_name(name);
    (stored != new && stored != fold(name)).then_some(new)
}

/// All chapters at once, for they are few; then the names that were left behind. Of two siblings whose names are one by the new
/// reading the later keeps its old form, and a person is told.
pub fn folded(conn: &mut PgConnection, _work: &Work<'_>, _progress: Option<&str>) -> Result<Stepped, StepError> {
    let query = chapter::table.order(chapter::id).select((chapter::id, chapter::code, chapter::name, chapter::folded));
    let rows: Vec<(Uuid, String, String, String)> = query.load(conn)?;
    let mut did = Stepped { looked_at: rows.len() as u64, ..Stepped::default() };
    for (id, code, name, stored) in rows {
        let Some(new) = anew(&name, &stored) else { continue };
        let twins: Vec<(String,)> = Twins { id: &id, folded: &new }.load(conn)?;
        if let Some((twin,)) = twins.first() {
            did.notes
                .push(Note { subject: code, did: format!("has the name of {twin}, marks and signs aside: rename one of them") });
            continue;
        }
        shown::alters(conn);
        diesel::update(chapter::table.find(id)).set(chapter::folded.eq(new)).execute(conn)?;
        did.changed += 1;
    }
    did.changed += former_names(conn)?;
    Ok(did)
}

/// Names that were left behind are never changed; how they are found is no part of what they say.
fn former_names(conn: &mut PgConnection) -> Result<u64, StepError> {
    use chapter_former_name as n;
    let rows: Vec<(Uuid, i32, String, String)> = n::table.select((n::chapter_id, n::version, n::name, n::folded)).load(conn)?;
    let changed: HashSet<(Uuid, i32, String)> =
        rows.into_iter().filter_map(|(id, version, name, stored)| anew(&name, &stored).map(|new| (id, version, new))).collect();
    if changed.is_empty() {
        return Ok(0);
    }
    shown::alters(conn);
    conn.batch_execute("ALTER TABLE chapter_former_name DISABLE TRIGGER chapter_former_name_append_only")?;
    for (id, version, new) in &changed {
        diesel::update(n::table.find((id, version))).set(n::folded.eq(new)).execute(conn)?;
    }
    conn.batch_execute("ALTER TABLE chapter_former_name ENABLE TRIGGER chapter_former_name_append_only")?;
    Ok(changed.len() as u64)
}
