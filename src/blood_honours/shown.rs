//! What everybody may know: the donors who were honoured and agreed to be named. Read by the public role.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::BloodHonourState;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{blood_honour, blood_honour_list, blood_honour_shown, blood_honour_threshold};
use crate::tree;

/// A donor who was honoured, and agreed to be named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicBloodHonour {
    /// Code of the chapter that proposed.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the chapter that decided.
    #[schema(example = "68")]
    pub awarded_by: String,
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: String,
    /// From so many donations on it is given.
    #[schema(example = 20)]
    pub times: i16,
    /// What they are honoured with, in Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// The day on which it was decided.
    pub awarded_on: NaiveDate,
}

/// A row of it.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
    pub id: Uuid,
    chapter_id: Uuid,
    awarded_at_id: Uuid,
    name: Option<String>,
    times: i16,
    vi: String,
    en: String,
    decided_at: Option<DateTime<Utc>>,
}

impl Row {
    /// Where it stands in the list.
    pub fn place(&self) -> (DateTime<Utc>, Uuid) {
        (self.decided_at.unwrap_or_default(), self.id)
    }
}

/// Honours that stand, of a chapter and of those below it, with a name beside them; the latest first.
pub fn awarded(
    conn: &mut PgConnection,
    below: Option<Uuid>,
    after: Option<(DateTime<Utc>, Uuid)>,
    rows: i64,
) -> Result<Vec<Row>, DbError> {
    use blood_honour as h;
    use blood_honour_list as l;
    use blood_honour_shown as s;
    use blood_honour_threshold as t;
    let mut query = h::table
        .inner_join(l::table.on(l::id.eq(h::list_id)))
        .inner_join(t::table.on(t::id.eq(h::threshold_id)))
        .inner_join(s::table.on(s::honour_id.eq(h::id)))
        .filter(h::state.eq(BloodHonourState::Awarded.name()))
        .filter(s::name.is_not_null())
        .order((h::decided_at.desc(), h::id.desc()))
        .limit(rows)
        .select((h::id, h::chapter_id, l::awarded_at_id, s::name, t::times, t::vi, t::en, h::decided_at))
        .into_boxed();
    if let Some(chapter) = below {
        query = query.filter(h::chapter_id.eq_any(tree::at_and_below(chapter)));
    }
    if let Some((at, id)) = after {
        query = query.filter(h::decided_at.le(at)).filter(h::decided_at.lt(at).or(h::id.lt(id)));
    }
    Ok(query.load(conn)?)
}

/// Rows as they are shown; a fixed number of statements.
pub fn out(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<PublicBloodHonour>, DbError> {
    let chapters: Vec<Uuid> = rows.iter().flat_map(|row| [row.chapter_id, row.awarded_at_id]).collect();
    let codes: HashMap<Uuid, String> = tree::codes(conn, chapters)?;
    let one = |row: Row| {
        Some(PublicBloodHonour {
            chapter: codes.get(&row.chapter_id).cloned()?,
            awarded_by: codes.get(&row.awarded_at_id).cloned()?,
            name: row.name?,
            times: row.times,
            vi: row.vi,
            en: row.en,
            awarded_on: vietnam_date(row.decided_at?),
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}
