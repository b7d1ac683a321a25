//! Titles (danh hiệu) of volunteers: given and taken back by decision.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::enter::kept;
use super::fault::Fault;
use super::model::{VolunteerId, VolunteerState};
use super::out::{TitleGivenOut, VolunteerTitleOut};
use super::wire::TitleIn;
use crate::authz::Visit;
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{volunteer_title, volunteer_title_given};
use crate::http::{Check, Say};

/// The titles that are given on a day, the highest first.
pub fn on(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<VolunteerTitleOut>, DbError> {
    use volunteer_title as t;
    let query = t::table.filter(t::valid_from.le(day)).filter(t::valid_to.is_null().or(t::valid_to.gt(day))).order(t::rank);
    let rows: Vec<(String, String, String)> = query.select((t::code, t::vi, t::en)).load(conn)?;
    Ok(rows.into_iter().map(|(code, vi, en)| VolunteerTitleOut { code, vi, en }).collect())
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer_title_given, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    volunteer_id: Uuid,
    title: String,
    decision_no: String,
    decision_on: NaiveDate,
    request_hash: Vec<u8>,
    entered_by: Uuid,
    entered_at: DateTime<Utc>,
    ended_on: Option<NaiveDate>,
    end_decision_no: Option<String>,
    ended_by: Option<Uuid>,
}

fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(volunteer_title_given::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// Gives a title. Sent again, it is given once; whether it is new.
pub fn give(v: &mut Visit<'_>, id: VolunteerId, body: &TitleIn, no: &Line) -> Result<bool, Fault> {
    let (row, grant) = kept(v, id)?;
    let content = json!([id, body.title, no.as_str(), body.decision_on]).to_string();
    let hash = v.vault.hash("volunteer_title_given.request", content.as_bytes()).to_vec();
    if let Some(known) = find(v.conn, body.id)? {
        return if known.request_hash == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let today = vietnam_date(v.now);
    let mut check = Check::default();
    if body.decision_on > today {
        check.wrong("/decision_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
    }
    if !on(v.conn, body.decision_on.min(today))?.iter().any(|title| title.code == body.title) {
        check.wrong(
            "/title",
            "NO_SUCH_TITLE",
            "Ngày ấy không có danh hiệu này: hãy chọn trong danh mục danh hiệu.",
            "There was no such title on that day: see GET /volunteer-titles.",
        );
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    if !row.state().is_some_and(VolunteerState::is_counted) {
        return Err(Fault::conflict(
            "Chỉ tặng danh hiệu cho người đang là tình nguyện viên.",
            "Only volunteers are given titles.",
        ));
    }
    let given = Row {
        id: body.id,
        volunteer_id: id.0,
        title: body.title.clone(),
        decision_no: no.as_str().to_owned(),
        decision_on: body.decision_on,
        request_hash: hash,
        entered_by: grant.account(),
        entered_at: v.now,
        ended_on: None,
        end_decision_no: None,
        ended_by: None,
    };
    let written: Result<usize, DbError> =
        diesel::insert_into(volunteer_title_given::table).values(&given).execute(v.conn).map_err(DbError::from);
    written.map_err(|error| match error.constraint() {
        Some("volunteer_title_given_standing_key") => {
            Fault::conflict("Người này đang mang danh hiệu ấy.", "This volunteer has the title already.")
        }
        Some("volunteer_title_given_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note_with(&grant, "VOLUNTEER_TITLE_GIVEN", id.0, &json!({"title": body.title, "decision": no.as_str()}))?;
    Ok(true)
}

/// Takes a title back by a decision; returns whose it was. Done again with the same decision it answers as the first time.
pub fn take_back(v: &mut Visit<'_>, given: Uuid, no: &Line) -> Result<VolunteerId, Fault> {
    use volunteer_title_given as t;
    let volunteer = VolunteerId(find(v.conn, given)?.ok_or(Fault::Unknown)?.volunteer_id);
    let (_, grant) = kept(v, volunteer)?;
    // Read again now that the volunteer is held.
    let row = find(v.conn, given)?.ok_or(Fault::Unknown)?;
    let today = vietnam_date(v.now);
    match &row.end_decision_no {
        Some(known) if known == no.as_str() => return Ok(volunteer),
        Some(_) => {
            let say = Say::fixed("Danh hiệu này đã được thu hồi.", "This title was taken back already.");
            return Err(Fault::Conflict(say));
        }
        None => {}
    }
    diesel::update(t::table.find(given))
        .set((t::ended_on.eq(Some(today)), t::end_decision_no.eq(Some(no.as_str())), t::ended_by.eq(Some(grant.account()))))
        .execute(v.conn)?;
    v.note_with(&grant, "VOLUNTEER_TITLE_TAKEN_BACK", volunteer.0, &json!({"title": row.title, "decision": no.as_str()}))?;
    Ok(volunteer)
}

/// The titles of a volunteer, the oldest first.
pub fn of(conn: &mut PgConnection, volunteer: VolunteerId) -> Result<Vec<TitleGivenOut>, DbError> {
    use volunteer_title_given as t;
    let query = t::table.filter(t::volunteer_id.eq(volunteer.0)).order((t::decision_on, t::id));
    let rows: Vec<Row> = query.select(Row::as_select()).load(conn)?;
    let out = |row: Row| TitleGivenOut {
        id: row.id,
        title: row.title,
        decision_no: row.decision_no,
        decision_on: row.decision_on,
        ended_on: row.ended_on,
        end_decision_no: row.end_decision_no,
    };
    Ok(rows.into_iter().map(out).collect())
}
