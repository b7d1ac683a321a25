//! SQL of commendations, quotas and models.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, SmallInt, Text};
use uuid::Uuid;

use super::model::{CommendationState, ModelState};
use super::wire::{CommendationIn, CommendationQuotaIn, PracticeModelIn};
use crate::authz::{Granted, KeepPeople, Organise, Read, Right, RunActivities, Seen};
use crate::db::DbError;
use crate::db::schema::{commendation, commendation_citation, commendation_form, commendation_quota, practice_model};
use crate::db::shown;
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A form as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = commendation_form, check_for_backend(diesel::pg::Pg))]
pub struct FormRow {
    pub code: String,
    pub vi: String,
    pub en: String,
    pub levels: Vec<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub source: String,
}

/// A quota as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = commendation_quota, check_for_backend(diesel::pg::Pg))]
pub struct QuotaRow {
    pub id: Uuid,
    pub form: String,
    pub year: i16,
    pub quota: Option<i32>,
    pub taken: i32,
    pub decision_no: Option<String>,
}

/// A commendation as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = commendation, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub awarded_at_id: Uuid,
    pub form: String,
    pub year: i16,
    pub person_id: Option<Uuid>,
    pub collective: Option<String>,
    pub state: String,
    pub decision_no: String,
    pub proposed_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl Row {
    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }
}

/// A model as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = practice_model, check_for_backend(diesel::pg::Pg))]
pub struct ModelRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub area: String,
    pub movement: Option<String>,
    pub title: String,
    pub about: String,
    pub state: String,
    pub made_at: DateTime<Utc>,
    pub published_on: Option<NaiveDate>,
}

/// Every form there ever was, in order. Readable by the public role.
pub fn forms(conn: &mut PgConnection) -> Result<Vec<FormRow>, DbError> {
    let query = commendation_form::table.order((commendation_form::rank, commendation_form::code));
    Ok(query.select(FormRow::as_select()).load(conn)?)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(commendation::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(commendation::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those that a chapter proposed, and those it goes on for, the oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<Row>, DbError> {
    use commendation as c;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = c::table.filter(c::chapter_id.eq(chapter)).order((c::proposed_at, c::id)).limit(span.rows);
        let mut query = query.select(Row::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(c::proposed_at.ge(at)).filter(c::proposed_at.gt(at).or(c::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.proposed_at, row.id))
}

/// The sealed citation of a commendation.
pub fn citation(conn: &mut PgConnection, id: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    Ok(commendation_citation::table.find(id).select(commendation_citation::citation).first(conn).optional()?)
}

/// Writes a proposal with its sealed citation.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    new: &CommendationIn,
    awarded_at: ChapterId,
    person: Option<Uuid>,
    citation: &[u8],
) -> Result<(), DbError> {
    use commendation as c;
    use commendation_citation as t;
    shown::alters(conn);
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::chapter_id.eq(by.chapter().0), c::awarded_at_id.eq(awarded_at.0), c::form.eq(&new.form)),
            (c::year.eq(new.year), c::person_id.eq(person), c::collective.eq(new.collective.as_deref())),
            (c::document.eq(new.document.as_deref()), c::state.eq(CommendationState::Proposed.name())),
            (c::decision_no.eq(&new.decision_no), c::proposed_by.eq(by.account()), c::proposed_at.eq(at)),
        ))
        .execute(conn)?;
    diesel::insert_into(t::table).values((t::commendation_id.eq(new.id), t::citation.eq(citation))).execute(conn)?;
    Ok(())
}

/// Writes what became of a proposal that the caller holds.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    id: Uuid,
    to: CommendationState,
) -> Result<(), DbError> {
    use commendation as c;
    shown::alters(conn);
    diesel::update(c::table.find(id))
        .set((c::state.eq(to.name()), c::decided_by.eq(Some(by.account())), c::decided_at.eq(Some(at))))
        .execute(conn)?;
    Ok(())
}

statement! {
    struct Take {
        id: Uuid => diesel::sql_types::Uuid,
        chapter: Uuid => diesel::sql_types::Uuid,
        form: str => Text,
        year: i16 => SmallInt,
    } -> (Integer,),
    "INSERT INTO commendation_quota AS q (id, chapter_id, form, year, taken) VALUES (?, ?, ?, ?, 1)
     ON CONFLICT ON CONSTRAINT commendation_quota_once DO UPDATE SET taken = q.taken + 1 WHERE q.quota IS NULL OR q.taken < q.quota
     RETURNING q.taken"
}

/// Takes one of what a chapter awards of a form in a year; whether there was one. Who comes at the same moment waits.
pub fn take(conn: &mut PgConnection, at: ChapterId, form: &str, year: i16) -> Result<bool, DbError> {
    let taken: Vec<(i32,)> = Take { id: &Uuid::now_v7(), chapter: &at.0, form, year: &year }.load(conn)?;
    Ok(!taken.is_empty())
}

/// Sets how many of a form a chapter awards in a year. Fewer than were awarded are refused by `commendation_quota_kept`.
pub fn set_quota(
    conn: &mut PgConnection,
    by: &Granted<Organise>,
    at: DateTime<Utc>,
    new: &CommendationQuotaIn,
) -> Result<(), DbError> {
    use commendation_quota as q;
    let set = (
        q::quota.eq(Some(new.quota)),
        q::decision_no.eq(Some(new.decision_no.as_str())),
        q::set_account.eq(Some(by.account())),
        q::set_at.eq(Some(at)),
    );
    diesel::insert_into(q::table)
        .values((q::id.eq(new.id), q::chapter_id.eq(by.chapter().0), q::form.eq(&new.form), q::year.eq(new.year), set))
        .on_conflict((q::chapter_id, q::form, q::year))
        .do_update()
        .set(set)
        .execute(conn)?;
    Ok(())
}

/// What a chapter awards of a form in a year.
pub fn quota(conn: &mut PgConnection, here: &Seen<Read>, form: &str, year: i16) -> Result<Option<QuotaRow>, DbError> {
    use commendation_quota as q;
    let query = q::table.filter(q::chapter_id.eq(here.chapter().0)).filter(q::form.eq(form)).filter(q::year.eq(year));
    Ok(query.select(QuotaRow::as_select()).first(conn).optional()?)
}

/// What a chapter awards, by year and form.
pub fn quotas(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(i16, String)>) -> Result<Vec<QuotaRow>, DbError> {
    use commendation_quota as q;
    let query = q::table.filter(q::chapter_id.eq(here.chapter().0)).order((q::year, q::form)).limit(span.rows);
    let mut query = query.select(QuotaRow::as_select()).into_boxed();
    if let Some((year, form)) = &span.after {
        query = query.filter(q::year.ge(*year)).filter(q::year.gt(*year).or(q::form.gt(form.clone())));
    }
    Ok(query.load(conn)?)
}

statement! {
    struct Miscounted {
        most: i64 => BigInt,
    } -> (diesel::sql_types::Uuid,),
    "SELECT q.id FROM commendation_quota q
     WHERE q.taken <> (SELECT count(*) FROM commendation c WHERE c.awarded_at_id = q.chapter_id AND c.form = q.form AND c.year = q.year AND c.state = 'AWARDED')
     ORDER BY q.id LIMIT ?"
}

/// Quotas of which more or fewer are said to be taken than were awarded; there are none.
pub fn miscounted(conn: &mut PgConnection, most: i64) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = Miscounted { most: &most }.load(conn)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many quotas there are.
pub fn quota_count(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(commendation_quota::table.count().get_result(conn)?)
}

pub fn model(conn: &mut PgConnection, id: Uuid) -> Result<Option<ModelRow>, DbError> {
    Ok(practice_model::table.find(id).select(ModelRow::as_select()).first(conn).optional()?)
}

/// [`model`], held until the end of the transaction.
pub fn hold_model(conn: &mut PgConnection, id: Uuid) -> Result<Option<ModelRow>, DbError> {
    Ok(practice_model::table.find(id).select(ModelRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter and of those it goes on for, the oldest first.
pub fn models(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<ModelRow>, DbError> {
    use practice_model as m;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = m::table.filter(m::chapter_id.eq(chapter)).order((m::made_at, m::id)).limit(span.rows);
        let mut query = query.select(ModelRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(m::made_at.ge(at)).filter(m::made_at.gt(at).or(m::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &ModelRow| (row.made_at, row.id))
}

/// Writes a draft of a model, with the words by which it is found.
pub fn insert_model(
    conn: &mut PgConnection,
    by: &Granted<RunActivities>,
    at: DateTime<Utc>,
    new: &PracticeModelIn,
    words: &[String],
) -> Result<(), DbError> {
    use practice_model as m;
    shown::alters(conn);
    diesel::insert_into(m::table)
        .values((
            (m::id.eq(new.id), m::chapter_id.eq(by.chapter().0), m::area.eq(&new.area), m::movement.eq(new.movement.as_deref())),
            (m::title.eq(&new.title), m::about.eq(&new.about), m::words.eq(words), m::state.eq(ModelState::Draft.name())),
            (m::made_account.eq(by.account()), m::made_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Publishes a model that the caller holds, or takes it back.
pub fn settle_model(
    conn: &mut PgConnection,
    _: &Granted<RunActivities>,
    id: Uuid,
    to: ModelState,
    published_on: Option<NaiveDate>,
) -> Result<(), DbError> {
    use practice_model as m;
    shown::alters(conn);
    diesel::update(m::table.find(id)).set((m::state.eq(to.name()), m::published_on.eq(published_on))).execute(conn)?;
    Ok(())
}
