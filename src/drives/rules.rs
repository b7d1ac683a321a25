//! Numbers and texts that are data with dates.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::store;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::booking_consent_text;

/// A number, and what it is where no rule says.
pub struct Number(&'static str, i32);

/// What is known of a booking that nobody confirms is erased after so many days.
pub const UNCONFIRMED_DAYS: Number = Number("UNCONFIRMED_DAYS", 30);
/// Who books on the public page says within so many hours that they come, and before their slot begins; else the place passes on.
pub const CONFIRM_HOURS: Number = Number("CONFIRM_HOURS", 24);
/// Who moves up says within so many hours that they come.
pub const ANSWER_HOURS: Number = Number("ANSWER_HOURS", 24);
/// Most persons that book one drive with the same number.
pub const BOOKINGS_OF_A_NUMBER: Number = Number("BOOKINGS_OF_A_NUMBER", 6);
/// Minute of the Vietnamese day before at which reminders go out.
pub const REMIND_AT_MINUTE: Number = Number("REMIND_AT_MINUTE", 450);
/// So many places left are shown as few.
pub const FEW_PLACES: Number = Number("FEW_PLACES", 5);
/// So many days after a drive its bookings say no more whose they were.
pub const KEPT_DAYS: Number = Number("KEPT_DAYS", 90);

/// A number on a day. Allowed to the public role.
pub fn number(conn: &mut PgConnection, number: Number, day: NaiveDate) -> Result<i32, DbError> {
    Ok(store::rule(conn, number.0, day)?.unwrap_or(number.1))
}

/// A text of consent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ConsentText {
    pub version: i16,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub vi: String,
    pub en: String,
}

/// The texts of consent in all their versions. Allowed to the public role.
pub fn texts(conn: &mut PgConnection) -> Result<Vec<ConsentText>, DbError> {
    use booking_consent_text as t;
    let query = t::table.order(t::version).select((t::version, t::valid_from, t::valid_to, t::vi, t::en));
    Ok(query.load(conn)?)
}

/// The one that is agreed to now. Allowed to the public role.
pub fn text_of_today(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Option<ConsentText>, DbError> {
    let day = vietnam_date(now);
    let of_today = |text: &ConsentText| text.valid_from <= day && text.valid_to.is_none_or(|end| end > day);
    Ok(texts(conn)?.into_iter().rev().find(of_today))
}
