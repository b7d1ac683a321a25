//! A name that may stand in public, whatever it stands beside: its bearer agreed to a text that was in force, and is of age.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::fault::Fault;
use super::model::PersonId;
use super::store;
use crate::authz::{Granted, Right, Visit};
use crate::db::DbError;
use crate::http::{Check, Say};
use crate::parties::consent;

/// The age from which a name may stand in public (Civil Code, art. 20).
const OF_AGE: i32 = 18;

/// Notes at `/text_version` that no such text of consent was in force on the day.
pub fn text_in_force(
    conn: &mut PgConnection,
    purpose: &str,
    version: i16,
    day: NaiveDate,
    check: &mut Check,
) -> Result<(), DbError> {
    let texts = consent::texts(conn)?;
    let mut of = texts.iter().filter(|text| text.purpose == purpose && text.version == version);
    if !of.any(|text| text.valid_from <= day && text.valid_to.is_none_or(|to| day < to)) {
        check.wrong(
            "/text_version",
            "NOT_A_CHOICE",
            "Văn bản đồng ý này không có hiệu lực vào ngày ấy.",
            "This text was not in force on that day.",
        );
    }
    Ok(())
}

/// The name of an adult whom the chapter knows and may use, held until the end of the transaction; else why there is none. Nothing public
/// names a minor, and who may be one is treated as one.
pub fn adult<R: Right>(
    v: &mut Visit<'_>,
    by: &Granted<R>,
    person: PersonId,
    today: NaiveDate,
) -> Result<Result<String, Say>, Fault> {
    let Some(person) = store::hold(v.conn, v.vault, by, person)? else {
        return Ok(Err(Say::fixed("Dữ liệu của người này không được dùng.", "This person's data may not be used.")));
    };
    if person.birth.and_then(|birth| birth.has_reached(OF_AGE, today)) != Some(true) {
        return Ok(Err(Say::fixed(
            "Chỉ công khai họ tên người đủ 18 tuổi: hãy ghi ngày sinh trước.",
            "Only the name of somebody of 18 years is shown: write down the birth first.",
        )));
    }
    Ok(Ok(person.name))
}
