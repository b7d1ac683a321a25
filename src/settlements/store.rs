//! SQL of settlement reports.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::feed;
use crate::authz::{Granted, Read, Record, Right, Seen};
use crate::db::DbError;
use crate::db::schema::settlement_report;
use crate::decisions::State;
use crate::http::Span;
use crate::tree;

/// A report, its text apart.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = settlement_report, check_for_backend(diesel::pg::Pg))]
pub struct ReportRow {
    pub id: Uuid,
    pub appeal_id: Uuid,
    /// The chapter that ran the appeal when it was asked for.
    pub chapter_id: Uuid,
    pub as_of: NaiveDate,
    /// Of its text, hexadecimal.
    pub sha256: String,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Code of the statement, once approved.
    pub statement: Option<String>,
    /// Code under which that was published, where the law wants it.
    pub publication: Option<String>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<ReportRow>, DbError> {
    Ok(settlement_report::table.find(id).select(ReportRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: decisions on it come one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<ReportRow>, DbError> {
    Ok(settlement_report::table.find(id).select(ReportRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// The text of one.
pub fn body(conn: &mut PgConnection, id: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    Ok(settlement_report::table.find(id).select(settlement_report::body).first(conn).optional()?)
}

/// Reports of a chapter, and of what it goes on for, oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<ReportRow>, DbError> {
    use settlement_report as s;
    let of = |conn: &mut PgConnection, chapter: Uuid| -> Result<Vec<ReportRow>, DbError> {
        let mut query = s::table.filter(s::chapter_id.eq(chapter)).select(ReportRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(s::requested_at.gt(at).or(s::requested_at.eq(at).and(s::id.gt(id))));
        }
        Ok(query.order((s::requested_at, s::id)).limit(span.rows).load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, of, |row| (row.requested_at, row.id))
}

/// The statement of the newest approved report of an appeal.
pub fn newest_statement(conn: &mut PgConnection, appeal: Uuid) -> Result<Option<String>, DbError> {
    use settlement_report as s;
    let approved = s::table.filter(s::appeal_id.eq(appeal)).filter(s::state.eq(State::Approved.name()));
    let newest: Option<Option<String>> =
        approved.order((s::decided_at.desc(), s::id.desc())).select(s::statement).first(conn).optional()?;
    Ok(newest.flatten())
}

/// A report about to be asked for.
pub struct NewReport<'a> {
    pub id: Uuid,
    pub appeal: Uuid,
    pub as_of: NaiveDate,
    pub body: &'a [u8],
    pub sha256: &'a str,
}

/// Writes a report of the granted chapter; fails on `settlement_report_waiting_key` where one of the appeal waits.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, now: DateTime<Utc>, new: &NewReport<'_>) -> Result<(), DbError> {
    use settlement_report as s;
    diesel::insert_into(s::table)
        .values((
            (s::id.eq(new.id), s::appeal_id.eq(new.appeal), s::chapter_id.eq(by.chapter().0), s::as_of.eq(new.as_of)),
            (s::body.eq(new.body), s::sha256.eq(new.sha256), s::state.eq(State::Asked.name())),
            (s::requested_by.eq(by.account()), s::requested_at.eq(now)),
        ))
        .execute(conn)?;
    feed::changed(conn, by.chapter(), new.id)
}

/// What became of an approved report.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub statement: Option<String>,
    pub publication: Option<String>,
}

/// Notes how a report of the granted chapter was decided.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    to: State,
    outcome: Outcome,
) -> Result<(), DbError> {
    use settlement_report as s;
    diesel::update(s::table.find(id).filter(s::chapter_id.eq(by.chapter().0)))
        .set((
            s::state.eq(to.name()),
            s::decided_by.eq(by.account()),
            s::decided_at.eq(now),
            s::statement.eq(outcome.statement),
            s::publication.eq(outcome.publication),
        ))
        .execute(conn)?;
    feed::changed(conn, by.chapter(), id)
}

/// Approved reports in the order of ids, after one of them: what an audit walks.
pub(super) fn approved_after(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<ReportRow>, DbError> {
    use settlement_report as s;
    let approved = s::table.filter(s::id.gt(after)).filter(s::state.eq(State::Approved.name()));
    Ok(approved.order(s::id).limit(limit).select(ReportRow::as_select()).load(conn)?)
}
