//! What is data: the least age, and the texts that are agreed to.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::out::OrganTextOut;
use crate::db::DbError;
use crate::db::schema::{organ_consent_text, organ_rule};

/// The least age of a day, and where it stands.
pub fn least_age(conn: &mut PgConnection, day: NaiveDate) -> Result<Option<(i16, String)>, DbError> {
    use organ_rule as r;
    let of_day = r::table.filter(r::name.eq("LEAST_AGE")).filter(r::valid_from.le(day));
    let of_day = of_day.filter(r::valid_to.is_null().or(r::valid_to.gt(day)));
    Ok(of_day.order(r::valid_from.desc()).select((r::value, r::source)).first(conn).optional()?)
}

/// Whether a text is one that could be agreed to on a day.
pub fn is_text(conn: &mut PgConnection, version: i16, day: NaiveDate) -> Result<bool, DbError> {
    use organ_consent_text as t;
    let text = t::table.find(version).filter(t::valid_from.le(day)).filter(t::valid_to.is_null().or(t::valid_to.gt(day)));
    Ok(diesel::select(diesel::dsl::exists(text)).get_result(conn)?)
}

/// All texts.
pub fn all(conn: &mut PgConnection) -> Result<Vec<OrganTextOut>, DbError> {
    use organ_consent_text as t;
    Ok(t::table.order(t::version).select((t::version, t::valid_from, t::valid_to, t::vi, t::en)).load(conn)?)
}
