//! What is data: how long a case may be quiet, how long it is kept, and the texts that are agreed to.

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::DbError;
use crate::db::schema::{family_consent_text, family_rule};

/// What a text is agreed to for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The enquirer has somebody looked for.
    Search,
    /// Who was found has the enquirer told.
    PassOn,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Search => "SEARCH",
            Purpose::PassOn => "PASS_ON",
        }
    }
}

/// How long a case may be quiet, and how long it is kept after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub quiet: Duration,
    pub kept: Days,
}

/// The rule of a day. Without one nothing is quiet and nothing is forgotten by itself.
pub fn rule(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<Rule>, DbError> {
    use family_rule as r;
    let of_day = r::table.filter(r::valid_from.le(day)).filter(r::valid_to.is_null().or(r::valid_to.gt(day)));
    let row: Option<(i16, i16)> =
        of_day.order(r::valid_from.desc()).select((r::quiet_days, r::kept_days)).first(conn).optional()?;
    Ok(row.map(|(quiet, kept)| Rule { quiet: Duration::days(quiet.into()), kept: Days::new(kept.unsigned_abs().into()) }))
}

/// Since when a case must have had no step to be quiet now.
pub fn quiet_since(conn: &mut PgConnection, now: DateTime<Utc>, day: NaiveDate) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(rule(conn, day)?.map(|rule| now - rule.quiet))
}

/// Whether a text is one that could be agreed to on a day.
pub fn is_text(conn: &mut PgConnection, purpose: Purpose, version: i16, day: NaiveDate) -> Result<bool, DbError> {
    use family_consent_text as t;
    let text = t::table
        .find(version)
        .filter(t::purpose.eq(purpose.name()))
        .filter(t::valid_from.le(day))
        .filter(t::valid_to.is_null().or(t::valid_to.gt(day)));
    Ok(diesel::select(diesel::dsl::exists(text)).get_result(conn)?)
}

/// A text that is agreed to.
#[derive(Debug, Clone, Queryable, Serialize, ToSchema)]
pub struct FamilyTextOut {
    /// What a consent names.
    #[schema(example = 1)]
    pub version: i16,
    /// `SEARCH`: of the enquirer. `PASS_ON`: of who was found.
    #[schema(example = "SEARCH")]
    pub purpose: String,
    /// The first day on which it can be agreed to.
    pub valid_from: NaiveDate,
    /// The first day on which it can not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The text in Vietnamese, which is the one that counts.
    pub vi: String,
    /// The text in English.
    pub en: String,
}

/// All texts.
pub fn texts(conn: &mut PgConnection) -> Result<Vec<FamilyTextOut>, DbError> {
    use family_consent_text as t;
    Ok(t::table.order(t::version).select((t::version, t::purpose, t::valid_from, t::valid_to, t::vi, t::en)).load(conn)?)
}
