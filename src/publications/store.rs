//! SQL of rules and publications.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{CountsFrom, Event, Rule};
use crate::authz::{Granted, Right};
use crate::calendar::{Period, Unit};
use crate::db::DbError;
use crate::db::schema::{publication, publication_rule};
use crate::db::shown;
use crate::giving::papers::OF_APPEALS;

/// A rule as it is kept.
#[derive(Queryable)]
struct RuleRow {
    regime: String,
    event: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    counts_from: String,
    every_days: Option<i16>,
    amount: i16,
    unit: String,
    early: bool,
    keep_days: i16,
    mark: String,
    source: String,
    last_days: Option<i16>,
    advisory: bool,
    notices_from: Option<NaiveDate>,
    fixed_month: Option<i16>,
    fixed_day: Option<i16>,
}

impl RuleRow {
    /// `None` for what this program does not know; the database takes nothing else.
    fn rule(self) -> Option<Rule> {
        let fixed =
            self.fixed_month.zip(self.fixed_day).map(|(month, day)| (month.unsigned_abs().into(), day.unsigned_abs().into()));
        Some(Rule {
            event: Event::parse(&self.event)?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            counts_from: CountsFrom::parse(&self.counts_from, self.every_days.map(i16::unsigned_abs), fixed)?,
            period: Period { amount: self.amount.unsigned_abs(), unit: Unit::parse(&self.unit) },
            early: self.early,
            keep_days: self.keep_days.unsigned_abs(),
            last_days: self.last_days.map(i16::unsigned_abs),
            advisory: self.advisory,
            notices_from: self.notices_from,
            mark: self.mark,
            source: self.source,
        })
    }
}

/// All rules, by regime. Allowed to the public role.
pub fn rules(conn: &mut PgConnection) -> Result<HashMap<String, Vec<Rule>>, DbError> {
    use publication_rule as r;
    let rows: Vec<RuleRow> = r::table.order((r::regime, r::event, r::valid_from)).select(r::all_columns).load(conn)?;
    let mut rules: HashMap<String, Vec<Rule>> = HashMap::new();
    for row in rows {
        let regime = row.regime.clone();
        rules.entry(regime).or_default().extend(row.rule());
    }
    Ok(rules)
}

/// What everybody may know of a publication. Readable by the public role.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PublishedRow {
    pub code: String,
    pub appeal_id: Uuid,
    pub event: String,
    pub period: Option<NaiveDate>,
    pub version: i32,
    pub replaces: Option<String>,
    pub sha256: String,
    pub title: String,
    pub channels: Vec<String>,
    pub published_on: NaiveDate,
    pub leaf_hash: Vec<u8>,
    /// Code of the statement that was published in place of a document.
    pub statement: Option<String>,
}

macro_rules! published {
    () => {{
        use publication as p;
        (
            p::code,
            p::appeal_id,
            p::event,
            p::period,
            p::version,
            p::replaces,
            p::sha256,
            p::title,
            p::channels,
            p::published_on,
            p::leaf_hash,
            p::statement,
        )
    }};
}

/// A publication with what officers know of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PublicationRow {
    pub published: PublishedRow,
    pub id: Uuid,
    /// Absent where a statement was published.
    pub document_id: Option<Uuid>,
    pub published_at: DateTime<Utc>,
    pub published_by: Uuid,
}

macro_rules! columns {
    () => {{
        use publication as p;
        (published!(), p::id, p::document_id, p::published_at, p::published_by)
    }};
}

/// What was published of appeals, by appeal; of each event the versions in order. Allowed to the public role.
pub fn of_appeals(conn: &mut PgConnection, appeals: &[Uuid]) -> Result<HashMap<Uuid, Vec<PublishedRow>>, DbError> {
    use publication as p;
    let rows: Vec<PublishedRow> = p::table
        .filter(p::appeal_id.eq_any(appeals))
        .order((p::appeal_id, p::event, p::period, p::version))
        .select(published!())
        .load(conn)?;
    let mut by_appeal: HashMap<Uuid, Vec<PublishedRow>> = HashMap::new();
    for row in rows {
        by_appeal.entry(row.appeal_id).or_default().push(row);
    }
    Ok(by_appeal)
}

/// What was published under a code.
pub fn by_code(conn: &mut PgConnection, code: &str) -> Result<Option<PublishedRow>, DbError> {
    Ok(publication::table.filter(publication::code.eq(code)).select(published!()).first(conn).optional()?)
}

/// Everything that was published of an appeal, in the order of its making.
pub fn list(conn: &mut PgConnection, appeal: Uuid) -> Result<Vec<PublicationRow>, DbError> {
    use publication as p;
    Ok(p::table.filter(p::appeal_id.eq(appeal)).order(p::seq).select(columns!()).load(conn)?)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<PublicationRow>, DbError> {
    Ok(publication::table.find(id).select(columns!()).first(conn).optional()?)
}

/// A publication about to be written; its leaf waits as number `seq`.
pub struct NewRow<'a> {
    pub published: &'a PublishedRow,
    pub id: Uuid,
    pub seq: i64,
    pub document: Option<Uuid>,
}

/// Writes a publication. `false` if the id is taken.
pub fn insert<R: Right>(conn: &mut PgConnection, by: &Granted<R>, now: DateTime<Utc>, new: &NewRow<'_>) -> Result<bool, DbError> {
    use publication as p;
    let row = new.published;
    shown::alters(conn);
    let inserted = diesel::insert_into(p::table)
        .values((
            (p::id.eq(new.id), p::code.eq(&row.code), p::seq.eq(new.seq), p::appeal_id.eq(row.appeal_id)),
            (p::event.eq(&row.event), p::period.eq(row.period), p::version.eq(row.version), p::replaces.eq(&row.replaces)),
            (p::document_id.eq(new.document), p::purpose.eq(new.document.map(|_| OF_APPEALS.purpose))),
            (p::statement.eq(&row.statement), p::sha256.eq(&row.sha256)),
            (p::title.eq(&row.title), p::channels.eq(&row.channels), p::leaf_hash.eq(&row.leaf_hash)),
            (p::published_on.eq(row.published_on), p::published_at.eq(now), p::published_by.eq(by.account())),
        ))
        .on_conflict(p::id)
        .do_nothing()
        .execute(conn)?;
    Ok(inserted > 0)
}

/// Publications after `after`, in order of code: what an audit walks.
pub(super) fn after(conn: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<PublishedRow>, DbError> {
    use publication as p;
    Ok(p::table.filter(p::code.gt(after)).order(p::code).limit(limit).select(published!()).load(conn)?)
}

/// Which of these codes are publications.
pub(super) fn known(conn: &mut PgConnection, codes: &[String]) -> Result<HashSet<String>, DbError> {
    use publication as p;
    Ok(p::table.filter(p::code.eq_any(codes)).select(p::code).load(conn)?.into_iter().collect())
}
