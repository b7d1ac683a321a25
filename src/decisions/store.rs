//! SQL of decisions, their steps and their rules.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::expression::SqlLiteral;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{Rule, State};
use crate::authz::{Granted, Right};
use crate::db::DbError;
use crate::db::schema::{decision, decision_rule, decision_step};
use crate::db::statement::statement;
use crate::house::matter::Matter as Kind;
use crate::tree::{ChapterId, Level};

/// A decision as it stands.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = decision, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub matter: String,
    pub id: Uuid,
    pub subject_id: Uuid,
    pub chapter_id: Uuid,
    pub approver_chapter_id: Uuid,
    pub state: String,
    pub amount_vnd: Option<i64>,
    pub about: Option<String>,
    /// Persons who may not decide.
    pub not_by: Vec<Uuid>,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
    pub request_hash: Option<Vec<u8>>,
}

/// A step of one that takes several.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = decision_step, check_for_backend(diesel::pg::Pg))]
pub struct StepRow {
    pub matter: String,
    pub decision_id: Uuid,
    pub n: i16,
    /// The side it speaks for.
    pub of_chapter_id: Uuid,
    /// Where it is to be decided.
    pub chapter_id: Uuid,
    /// Where it is decided: above, where nobody else may approve.
    pub approver_chapter_id: Uuid,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// One about to be written.
pub struct NewRow<'a> {
    pub kind: &'a Kind,
    pub id: Uuid,
    pub subject: Uuid,
    pub chapter: ChapterId,
    pub approver: ChapterId,
    pub amount_vnd: Option<i64>,
    pub about: Option<&'a str>,
    pub not_by: &'a [Uuid],
    pub note: Option<&'a [u8]>,
    /// Whole and bare.
    pub hashes: Option<(&'a [u8], &'a [u8])>,
}

/// The rules of a matter that hold on a day at any of these chapters for an amount. Of rules for one place and amount those that
/// began last.
pub fn rules(conn: &mut PgConnection, kind: &Kind, chapters: &[Uuid], day: NaiveDate, amount: i64) -> Result<Vec<Rule>, DbError> {
    use decision_rule as r;
    type Found = (Uuid, i64, i16, Option<String>, NaiveDate);
    let rows: Vec<Found> = r::table
        .filter(r::matter.eq(kind.name))
        .filter(r::chapter_id.eq_any(chapters))
        .filter(r::from_vnd.le(amount))
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.ge(day)))
        .order((r::chapter_id, r::from_vnd, r::n))
        .select((r::chapter_id, r::from_vnd, r::n, r::level, r::valid_from))
        .load(conn)?;
    let mut newest: HashMap<(Uuid, i64), NaiveDate> = HashMap::new();
    for (chapter, from, _, _, begun) in &rows {
        let known = newest.entry((*chapter, *from)).or_insert(*begun);
        *known = (*known).max(*begun);
    }
    let counts = |(chapter, from, _, _, begun): &Found| newest.get(&(*chapter, *from)) == Some(begun);
    let rule = |(chapter, from_vnd, n, level, _): Found| Rule {
        chapter: ChapterId(chapter),
        from_vnd,
        n,
        level: level.as_deref().and_then(Level::parse),
    };
    Ok(rows.into_iter().filter(counts).map(rule).collect())
}

statement! {
    struct Insert {
        matter: &'static str => Text,
        id: Uuid => SqlUuid,
        subject: Uuid => SqlUuid,
        chapter: Uuid => SqlUuid,
        approver: Uuid => SqlUuid,
        state: &'static str => Text,
        amount: Option<i64> => Nullable<BigInt>,
        about: Option<&'a str> => Nullable<Text>,
        not_by: Vec<Uuid> => Array<SqlUuid>,
        asked_by: Uuid => SqlUuid,
        asked_at: DateTime<Utc> => Timestamptz,
        note: Option<&'a [u8]> => Nullable<Binary>,
        request_hash: Option<&'a [u8]> => Nullable<Binary>,
        bare_hash: Option<&'a [u8]> => Nullable<Binary>,
    } -> (),
    "INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, amount_vnd, about, not_by, asked_by, asked_at, note,
                           request_hash, bare_hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (matter, id) DO NOTHING"
}

/// Writes one unless its id is taken; whether it was written. A concurrent twin waits for the first.
pub fn insert(conn: &mut PgConnection, (account, at): (Uuid, DateTime<Utc>), new: &NewRow<'_>) -> Result<bool, DbError> {
    let written = Insert {
        matter: &new.kind.name,
        id: &new.id,
        subject: &new.subject,
        chapter: &new.chapter.0,
        approver: &new.approver.0,
        state: &State::Asked.name(),
        amount: &new.amount_vnd,
        about: &new.about,
        not_by: &new.not_by.to_vec(),
        asked_by: &account,
        asked_at: &at,
        note: &new.note,
        request_hash: &new.hashes.map(|(whole, _)| whole),
        bare_hash: &new.hashes.map(|(_, bare)| bare),
    }
    .execute(conn)?;
    Ok(written == 1)
}

/// Writes the steps of one that takes several.
pub fn insert_steps(conn: &mut PgConnection, steps: &[StepRow]) -> Result<(), DbError> {
    diesel::insert_into(decision_step::table).values(steps).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut PgConnection, kind: &Kind, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(decision::table.find((kind.name, id)).select(Row::as_select()).first(conn).optional()?)
}

/// Whether a request was approved, by all that it takes.
pub fn is_approved(conn: &mut PgConnection, kind: &Kind, id: Uuid) -> Result<bool, DbError> {
    let one = decision::table.find((kind.name, id)).filter(decision::state.eq(State::Approved.name()));
    Ok(diesel::select(diesel::dsl::exists(one)).get_result(conn)?)
}

/// [`find`], held until the end of the transaction: decisions come one after the other. And whether it takes several steps, which
/// are written with it or never.
pub fn hold(conn: &mut PgConnection, kind: &Kind, id: Uuid) -> Result<Option<(Row, bool)>, DbError> {
    use decision_step as s;
    let steps = s::table.filter(s::matter.eq(kind.name)).filter(s::decision_id.eq(id));
    let one = decision::table.find((kind.name, id)).select((Row::as_select(), diesel::dsl::exists(steps)));
    Ok(one.for_no_key_update().first(conn).optional()?)
}

/// Written out, not bound: only so the indexes of what waits serve.
fn is_waiting() -> SqlLiteral<Bool> {
    diesel::dsl::sql("decision.state = 'ASKED'")
}

/// What requests are about that wait and would reverse something: public codes, of any matter called so. At most `limit`.
pub fn reversals_waiting(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, DbError> {
    use decision as d;
    let rows: Vec<Option<String>> = d::table
        .filter(is_waiting())
        .filter(d::matter.like("%REVERSAL"))
        .order((d::asked_at, d::id))
        .limit(limit)
        .select(d::about)
        .load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}

/// Where requests of a matter are decided.
pub fn approvers(conn: &mut PgConnection, kind: &Kind, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    use decision as d;
    let rows = d::table.filter(d::matter.eq(kind.name)).filter(d::id.eq_any(ids)).select((d::id, d::approver_chapter_id));
    Ok(rows.load::<(Uuid, Uuid)>(conn)?.into_iter().collect())
}

/// Where a request is decided, and the note it came with, sealed.
pub fn note(conn: &mut PgConnection, kind: &Kind, id: Uuid) -> Result<Option<(Uuid, Vec<u8>)>, DbError> {
    use decision as d;
    let row: Option<(Uuid, Option<Vec<u8>>)> =
        d::table.find((kind.name, id)).select((d::approver_chapter_id, d::note)).first(conn).optional()?;
    Ok(row.and_then(|(approver, note)| Some((approver, note?))))
}

/// The steps of a decision in their order; none where it takes one.
pub fn steps(conn: &mut PgConnection, kind: &Kind, id: Uuid) -> Result<Vec<StepRow>, DbError> {
    use decision_step as s;
    Ok(s::table
        .filter(s::matter.eq(kind.name))
        .filter(s::decision_id.eq(id))
        .order(s::n)
        .select(StepRow::as_select())
        .load(conn)?)
}

/// The steps of many decisions, whatever their matters.
pub fn steps_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<StepRow>, DbError> {
    use decision_step as s;
    Ok(s::table.filter(s::decision_id.eq_any(ids)).order((s::decision_id, s::n)).select(StepRow::as_select()).load(conn)?)
}

/// Notes that a step was approved.
pub fn decide_step<R: Right>(conn: &mut PgConnection, at: DateTime<Utc>, by: &Granted<R>, step: &StepRow) -> Result<(), DbError> {
    use decision_step as s;
    diesel::update(s::table.find((&step.matter, step.decision_id, step.n)))
        .set((s::decided_by.eq(by.account()), s::decided_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// Whose turn it is from now on, and who may not decide any more.
pub fn pass_on(conn: &mut PgConnection, row: &Row, step: &StepRow, to: ChapterId, not_by: &[Uuid]) -> Result<(), DbError> {
    use decision as d;
    use decision_step as s;
    diesel::update(d::table.find((&row.matter, row.id)))
        .set((d::approver_chapter_id.eq(to.0), d::not_by.eq(not_by)))
        .execute(conn)?;
    if step.approver_chapter_id != to.0 {
        diesel::update(s::table.find((&step.matter, step.decision_id, step.n)))
            .set(s::approver_chapter_id.eq(to.0))
            .execute(conn)?;
    }
    Ok(())
}

statement! {
    struct Settle {
        state: &'static str => Text,
        decided_by: Uuid => SqlUuid,
        decided_at: DateTime<Utc> => Timestamptz,
        matter: &'a str => Text,
        id: Uuid => SqlUuid,
    } -> (),
    "UPDATE decision SET state = ?, decided_by = ?, decided_at = ? WHERE matter = ? AND id = ?"
}

/// Notes how it was decided.
pub fn settle<R: Right>(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    by: &Granted<R>,
    row: &Row,
    state: State,
) -> Result<(), DbError> {
    let (matter, account) = (row.matter.as_str(), by.account());
    Settle { state: &state.name(), decided_by: &account, decided_at: &at, matter: &matter, id: &row.id }.execute(conn)?;
    Ok(())
}

/// Withdraws one that waits, for an errand that has no right of its own: nobody decided in time. Whether it waited.
pub fn lapse(conn: &mut PgConnection, at: DateTime<Utc>, by: Uuid, kind: &Kind, id: Uuid) -> Result<bool, DbError> {
    use decision as d;
    let waits = d::table.find((kind.name, id)).filter(d::state.eq(State::Asked.name()));
    let set = (d::state.eq(State::Withdrawn.name()), d::decided_by.eq(by), d::decided_at.eq(at));
    Ok(diesel::update(waits).set(set).execute(conn)? > 0)
}

/// What waits for a decision at a chapter, or was asked there: its matter, its id, what it is about.
pub fn open_at(conn: &mut PgConnection, chapter: Uuid) -> Result<Vec<(String, Uuid, Option<String>)>, DbError> {
    use decision as d;
    Ok(d::table
        .filter(d::state.eq(State::Asked.name()))
        .filter(d::chapter_id.eq(chapter).or(d::approver_chapter_id.eq(chapter)))
        .order((d::asked_at, d::matter, d::id))
        .select((d::matter, d::id, d::about))
        .load(conn)?)
}
