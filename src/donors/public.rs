//! What everybody may learn of a certificate who holds it. Everything here is allowed to the public role.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::model::{BloodCertificateState, serial_key};
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::db::schema::blood_certificate;
use crate::drives;

/// A certificate as it is shown to who holds it: never whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicBloodCertificate {
    pub code: String,
    pub given_on: NaiveDate,
    /// As a code of `blood_rules`.
    pub component: String,
    pub volume_ml: i16,
    pub redeemed_ml: i16,
    /// Code of the centre, its names in Vietnamese and in English.
    pub centre: (String, String, String),
}

/// The certificate that stands with this serial, of this day. Several centres may have used one serial on one day: then none is shown, for
/// nobody can say which it is.
pub fn check(conn: &mut PgConnection, serial: &str, day: NaiveDate) -> Result<Option<PublicBloodCertificate>, DbError> {
    use blood_certificate as c;
    // A serial that is none asks the database as well, so that both answers take as long.
    let key = serial_key(serial).unwrap_or_default();
    type Row = (String, NaiveDate, String, i16, i16, String);
    let mut rows: Vec<Row> = c::table
        .filter(c::serial_key.eq(key))
        .filter(c::given_on.eq(day))
        .filter(c::state.eq(BloodCertificateState::Stands.name()))
        .limit(2)
        .select((c::code, c::given_on, c::component, c::volume_ml, c::redeemed_ml, c::centre))
        .load(conn)?;
    let centres = drives::store::centres(conn)?;
    let Some((code, given_on, component, volume_ml, redeemed_ml, centre)) = rows.pop().filter(|_| rows.is_empty()) else {
        return Ok(None);
    };
    let named = centres.into_iter().find(|one| one.code == centre).map(|one| (one.vi, one.en)).unwrap_or_default();
    Ok(Some(PublicBloodCertificate { code, given_on, component, volume_ml, redeemed_ml, centre: (centre, named.0, named.1) }))
}

/// Whether a code is that of a certificate: its QR leads on to where serial and day are asked for.
pub fn is_one(conn: &mut PgConnection, code: &PublicCode) -> Result<bool, DbError> {
    use blood_certificate as c;
    Ok(diesel::select(diesel::dsl::exists(c::table.filter(c::code.eq(code.as_str())).select(c::code))).get_result(conn)?)
}
