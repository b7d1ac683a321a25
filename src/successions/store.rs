//! SQL of plans.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

use super::model::{Content, Kind, State};
use crate::authz::{Granted, Organise, Read, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{succession, succession_chapter, succession_entry};
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A plan as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = succession, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub kind: String,
    pub state: String,
    pub above_chapter_id: Uuid,
    pub effective_on: NaiveDate,
    pub decision_no: String,
    pub document: Vec<u8>,
    pub plan: Value,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
    pub approved_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub done_at: Option<DateTime<Utc>>,
}

impl Row {
    /// What goes where. `None` where it is not as it must be.
    pub fn content(&self) -> Option<Content> {
        serde_json::from_value(self.plan.clone()).ok()
    }

    pub fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    pub fn state(&self) -> Option<State> {
        State::parse(&self.state)
    }
}

/// One about to be written.
pub struct New<'a> {
    pub id: Uuid,
    pub kind: Kind,
    /// The chapter that decides.
    pub above: ChapterId,
    pub effective_on: NaiveDate,
    pub decision_no: &'a str,
    pub document: &'a [u8],
    pub plan: Value,
    pub from: &'a [Uuid],
    /// Those that go on; for one that is yet to be made, the one above it.
    pub to: &'a BTreeSet<Uuid>,
}

pub fn insert(conn: &mut PgConnection, by: &Granted<Organise>, now: DateTime<Utc>, new: &New<'_>) -> Result<(), DbError> {
    use succession as s;
    diesel::insert_into(s::table)
        .values((
            (s::id.eq(new.id), s::kind.eq(new.kind.name()), s::state.eq(State::Asked.name())),
            (s::above_chapter_id.eq(new.above.0), s::effective_on.eq(new.effective_on), s::decision_no.eq(new.decision_no)),
            (s::document.eq(new.document), s::plan.eq(&new.plan), s::asked_by.eq(by.account()), s::asked_at.eq(now)),
        ))
        .execute(conn)?;
    let going = new.from.iter().map(|id| (*id, true));
    let rows: Vec<_> = going
        .chain(new.to.iter().map(|id| (*id, false)))
        .map(|(id, goes)| {
            use succession_chapter as c;
            (c::succession_id.eq(new.id), c::chapter_id.eq(id), c::goes.eq(goes))
        })
        .collect();
    diesel::insert_into(succession_chapter::table).values(rows).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(succession::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: it is decided, and carried out, once.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(succession::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Plans after an id, in order of id.
pub fn after(conn: &mut PgConnection, id: Uuid, limit: i64) -> Result<Vec<Row>, DbError> {
    use succession as s;
    Ok(s::table.filter(s::id.gt(id)).order(s::id).limit(limit).select(Row::as_select()).load(conn)?)
}

/// The chapters of these that go up by another plan that is approved and not carried out yet, or asked for.
pub fn planned_elsewhere(conn: &mut PgConnection, chapters: &[Uuid], but: Uuid) -> Result<Vec<Uuid>, DbError> {
    use succession as s;
    use succession_chapter as c;
    Ok(c::table
        .inner_join(s::table.on(s::id.eq(c::succession_id)))
        .filter(c::chapter_id.eq_any(chapters))
        .filter(c::goes)
        .filter(s::id.ne(but))
        .filter(s::state.eq_any([State::Asked.name(), State::Approved.name()]))
        .order(c::chapter_id)
        .select(c::chapter_id)
        .distinct()
        .load(conn)?)
}

/// Notes how it was decided. Only an approval has somebody who will have carried it out.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    state: State,
) -> Result<(), DbError> {
    use succession as s;
    let approved_by = (state == State::Approved).then(|| by.account());
    diesel::update(s::table.find(id))
        .set((s::state.eq(state.name()), s::approved_by.eq(approved_by), s::decided_at.eq(Some(now))))
        .execute(conn)?;
    Ok(())
}

/// Notes that chapters which it has made go on for others.
pub fn made(conn: &mut PgConnection, id: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    use succession_chapter as c;
    let rows: Vec<_> = chapters.iter().map(|made| (c::succession_id.eq(id), c::chapter_id.eq(made), c::goes.eq(false))).collect();
    diesel::insert_into(c::table).values(rows).execute(conn)?;
    Ok(())
}

/// The chapters that a plan names.
pub fn named(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    use succession_chapter as c;
    Ok(c::table.filter(c::succession_id.eq(id)).order(c::chapter_id).select(c::chapter_id).load(conn)?)
}

/// Plans that a chapter decides on, or that name it or one that it goes on for, oldest first.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    state: Option<State>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Row>, DbError> {
    use succession as s;
    use succession_chapter as c;
    let here = tree::with_succeeded(conn, here.chapter())?;
    // A chapter goes through a few of them in its life.
    let named: Vec<Uuid> = c::table.filter(c::chapter_id.eq_any(&here)).select(c::succession_id).distinct().load(conn)?;
    let mut query = s::table
        .filter(s::above_chapter_id.eq_any(here).or(s::id.eq_any(named)))
        .order((s::asked_at, s::id))
        .limit(span.rows)
        .select(Row::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(s::state.eq(state.name()));
    }
    if let Some((at, id)) = span.after {
        query = query.filter(s::asked_at.gt(at).or(s::asked_at.eq(at).and(s::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Notes that it is done, and by which entries the books went over.
pub fn done(conn: &mut PgConnection, now: DateTime<Utc>, id: Uuid, entries: &[Uuid]) -> Result<(), DbError> {
    use succession as s;
    use succession_entry as e;
    let rows: Vec<_> = entries.iter().map(|entry| (e::entry_id.eq(entry), e::succession_id.eq(id))).collect();
    diesel::insert_into(e::table).values(rows).execute(conn)?;
    diesel::update(s::table.find(id)).set((s::state.eq(State::Done.name()), s::done_at.eq(Some(now)))).execute(conn)?;
    Ok(())
}

/// The entries by which the books went over, in the order in which they were made.
pub fn entries(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    use succession_entry as e;
    Ok(e::table.filter(e::succession_id.eq(id)).order(e::entry_id).select(e::entry_id).load(conn)?)
}

/// Those of these entries by which books went over.
pub fn among(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use succession_entry as e;
    Ok(e::table.filter(e::entry_id.eq_any(ids)).select(e::entry_id).load(conn)?)
}

#[derive(QueryableByName)]
struct IsText {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    by_code: bool,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// How many rows of each of these columns (`table.column`, as rooms say them) name a chapter.
pub fn count(
    conn: &mut PgConnection,
    columns: &[&'static str],
    chapter: Uuid,
    code: &str,
) -> Result<HashMap<String, i64>, DbError> {
    let kinds: Vec<IsText> = diesel::sql_query(
        "SELECT c.relname || '.' || a.attname AS name, a.atttypid <> 'uuid'::regtype AS by_code
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname || '.' || a.attname = ANY ($1)",
    )
    .bind::<diesel::sql_types::Array<Text>, _>(columns)
    .load(conn)?;
    let part = |column: &IsText| {
        let (table, name) = column.name.split_once('.')?;
        let value = if column.by_code { "$2" } else { "$1" };
        Some(format!("SELECT '{table}.{name}'::text AS name, count(*) AS rows FROM {table} WHERE {name} = {value}"))
    };
    // The words are those that rooms say of themselves, and the database's own.
    let parts: Vec<String> = kinds.iter().filter_map(part).collect();
    if parts.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!("WITH asked AS (SELECT $1::uuid, $2::text) {}", parts.join(" UNION ALL "));
    let counted: Vec<Counted> = diesel::sql_query(text).bind::<SqlUuid, _>(chapter).bind::<Text, _>(code).load(conn)?;
    Ok(counted.into_iter().map(|row| (row.name, row.rows)).collect())
}
