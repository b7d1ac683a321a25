//! Movements and their editions by year: dated data, with who says so.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::edition_wire::MovementEditionIn;
use super::fault::Fault;
use super::request;
use crate::authz::{Denied, Refusal, RunActivities, Visit};
use crate::db::DbError;
use crate::db::schema::{movement, movement_edition};
use crate::db::shown;
use crate::http::{FieldError, Say};
use crate::tree;

/// A movement with its editions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HumanitarianMovementOut {
    #[schema(example = "TET_NHAN_AI")]
    pub code: String,
    /// Its name in Vietnamese.
    #[schema(example = "Tết Nhân ái")]
    pub vi: String,
    /// Its name in English.
    #[schema(example = "Compassionate New Year")]
    pub en: String,
    pub valid_from: NaiveDate,
    /// The day from which there is no such movement any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Who says so.
    pub source: String,
    /// One a year, the newest first.
    pub editions: Vec<MovementEditionOut>,
}

/// A movement in one year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MovementEditionOut {
    #[schema(example = 2026)]
    pub year: i16,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// What it sets out to reach, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How many people it sets out to reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_persons: Option<i64>,
    /// The value it sets out to reach, in đồng.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_vnd: Option<i64>,
    /// Who says so.
    pub source: String,
}

#[derive(Queryable)]
struct Row {
    code: String,
    vi: String,
    en: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    source: String,
}

#[derive(Queryable)]
struct EditionRow {
    movement: String,
    year: i16,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    target: Option<String>,
    target_persons: Option<i64>,
    target_vnd: Option<i64>,
    source: String,
}

/// Every movement there ever was, in order. Readable by the public role.
pub fn all(conn: &mut PgConnection) -> Result<Vec<HumanitarianMovementOut>, DbError> {
    use movement as m;
    use movement_edition as e;
    let rows: Vec<Row> =
        m::table.order((m::rank, m::code)).select((m::code, m::vi, m::en, m::valid_from, m::valid_to, m::source)).load(conn)?;
    let editions: Vec<EditionRow> = e::table
        .order((e::movement, e::year.desc()))
        .select((e::movement, e::year, e::starts_on, e::ends_on, e::target, e::target_persons, e::target_vnd, e::source))
        .load(conn)?;
    let of = |code: &str| {
        editions
            .iter()
            .filter(|row| row.movement == code)
            .map(|row| MovementEditionOut {
                year: row.year,
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                target: row.target.clone(),
                target_persons: row.target_persons,
                target_vnd: row.target_vnd,
                source: row.source.clone(),
            })
            .collect()
    };
    Ok(rows
        .into_iter()
        .map(|row| HumanitarianMovementOut {
            editions: of(&row.code),
            code: row.code,
            vi: row.vi,
            en: row.en,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        })
        .collect())
}

/// Whether there is such a movement on a day; no movement is none too many.
pub fn is_known(conn: &mut PgConnection, code: Option<&str>, day: NaiveDate) -> Result<bool, DbError> {
    use movement as m;
    let Some(code) = code else { return Ok(true) };
    let row: Option<(NaiveDate, Option<NaiveDate>)> =
        m::table.find(code).select((m::valid_from, m::valid_to)).first(conn).optional()?;
    Ok(row.is_some_and(|(from, to)| from <= day && to.is_none_or(|to| day < to)))
}

/// What is said of a movement that there is not.
pub fn no_such_movement() -> FieldError {
    FieldError::new(
        "/movement",
        "NOT_A_CHOICE",
        Say::fixed(
            "Không có phong trào này vào ngày ấy: hãy chọn trong danh mục phong trào.",
            "There is no such movement on that day (GET /movements).",
        ),
    )
}

/// Enters a movement's edition, as the central chapter. The same sent again answers as the first time: whether it is new.
pub fn enter(v: &mut Visit<'_>, code: &str, new: &MovementEditionIn) -> Result<bool, Fault> {
    use movement_edition as e;
    let centre = tree::centre(v.conn)?;
    let grant = v.at::<RunActivities>(centre).map_err(|denied| match denied {
        Denied::Refused(Refusal::Unreadable | Refusal::NotAllowed) => Fault::CentreDecides,
        denied => denied.into(),
    })?;
    let known: i64 = movement::table.filter(movement::code.eq(code)).count().get_result(v.conn)?;
    if known == 0 {
        return Err(Fault::Unknown);
    }
    if !request::is_new(v, new.id, &json!(["EDITION", code, new]).to_string())? {
        return Ok(false);
    }
    shown::alters(v.conn);
    diesel::insert_into(e::table)
        .values((
            (e::id.eq(new.id), e::movement.eq(code), e::year.eq(new.year), e::starts_on.eq(new.starts_on)),
            (e::ends_on.eq(new.ends_on), e::target.eq(new.target.as_deref()), e::target_persons.eq(new.target_persons)),
            (e::target_vnd.eq(new.target_vnd), e::source.eq(&new.source)),
            (e::made_account.eq(Some(grant.account())), e::made_at.eq(Some(v.now))),
        ))
        .execute(v.conn)
        .map_err(|error| twice(error.into()))?;
    v.note_with(&grant, "MOVEMENT_EDITION_ENTERED", new.id, &json!({"movement": code, "year": new.year}))?;
    Ok(true)
}

fn twice(error: DbError) -> Fault {
    match error.constraint() {
        Some("movement_edition_once") => Fault::conflict(
            "Phong trào này đã có đợt của năm ấy; đợt đã ghi không sửa.",
            "This movement has an edition of that year already; what is written stays.",
        ),
        Some("movement_edition_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

/// Names of movements, by code: (Vietnamese, English). Readable by the public role.
pub fn names(conn: &mut PgConnection) -> Result<HashMap<String, (String, String)>, DbError> {
    use movement as m;
    Ok(m::table.select((m::code, (m::vi, m::en))).load::<(String, (String, String))>(conn)?.into_iter().collect())
}
