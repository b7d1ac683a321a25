//! Who is not to be asked any more: they said so by a link or on the telephone, and it holds wherever they are known. It ends when they say
//! another thing themselves: at their link while that is good, or to an officer who writes it down.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::heard_wire::CallOutConsentIn;
use super::out::CallOutConsentOut;
use super::roll::CallOutRoll;
use crate::authz::{Attempt, KeepPeople, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::calling::choice::party_hash;
use crate::calling::model::Agreed;
use crate::calling::store::stops;
use crate::db::DbError;
use crate::db::schema::call_out_stop;
use crate::persons;
use crate::tree::{self, ChapterId};
use crate::volunteers::{self, VolunteerId, VolunteerRow};

/// That somebody stopped, and whether it ended.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = call_out_stop, check_for_backend(diesel::pg::Pg))]
pub struct StopRow {
    pub stopped_at: DateTime<Utc>,
    pub lifted_at: Option<DateTime<Utc>>,
    pub lifted_how: Option<String>,
}

stops!(call_out_stop, row StopRow);

/// What stands of a volunteer, for those who see the chapter's people; noted. What they said to another chapter is not told.
pub fn show(v: &mut Visit<'_>, id: VolunteerId) -> Result<CallOutConsentOut, Fault> {
    let (row, chapter) = found(v, id)?;
    let here = v.see::<SeePeople>(chapter)?;
    v.note_seen(&here, "CALL_OUT_CONSENT_READ", id.0)?;
    out(v, &row)
}

fn found(v: &mut Visit<'_>, id: VolunteerId) -> Result<(VolunteerRow, ChapterId), Fault> {
    let row = volunteers::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = tree::successor(v.conn, ChapterId(row.chapter_id))?.unwrap_or(ChapterId(row.chapter_id));
    Ok((row, chapter))
}

fn out(v: &mut Visit<'_>, row: &VolunteerRow) -> Result<CallOutConsentOut, Fault> {
    let all = of_persons(v.conn, &[row.person_id])?;
    let again = all.iter().rev().find(|stop| stop.lifted_at.is_some());
    Ok(CallOutConsentOut {
        volunteer: row.volunteer(),
        stopped_at: all.iter().find(|stop| stop.lifted_at.is_none()).map(|stop| stop.stopped_at),
        agreed_again_at: again.and_then(|stop| stop.lifted_at),
        agreed_how: again.and_then(|stop| Agreed::parse(stop.lifted_how.as_deref()?)),
    })
}

/// Writes down that a volunteer agreed to be asked again. As the stop held wherever they are known, so does this. Of who had not stopped
/// nothing changes.
pub fn lift(v: &mut Visit<'_>, id: VolunteerId, said: &CallOutConsentIn) -> Result<CallOutConsentOut, Fault> {
    let (row, chapter) = found(v, id)?;
    let grant = v.at::<KeepPeople>(chapter)?;
    let Some((party, _)) = persons::stands_for(v.conn, row.person())? else { return Err(gone()) };
    if v.attempt() == Attempt::Replay {
        return out(v, &row);
    }
    let own = of_persons(v.conn, &[row.person_id])?;
    if own.iter().any(|stop| stop.lifted_at.is_none() && said.agreed_on < vietnam_date(stop.stopped_at)) {
        return Err(Fault::field(
            "/agreed_on",
            "OUT_OF_RANGE",
            "Trước ngày người này yêu cầu ngừng: cần một sự đồng ý mới.",
            "Before the day on which they stopped: it takes a new consent.",
        ));
    }
    let hash = party_hash(v.vault, &CallOutRoll, party);
    let standing = standing(v.conn, row.person_id, &hash)?;
    let over: Vec<(Uuid, DateTime<Utc>)> =
        standing.into_iter().filter(|(_, stopped_at)| vietnam_date(*stopped_at) <= said.agreed_on).collect();
    for stop in &over {
        end(v.conn, *stop, v.now, grant.account(), said.how)?;
    }
    // How many chapters they had said it to is nobody's affair.
    v.note_with(&grant, "CALL_OUT_STOP_LIFTED", id.0, &json!({"agreed_on": said.agreed_on, "how": said.how}))?;
    out(v, &row)
}

fn gone() -> Fault {
    Fault::conflict("Dữ liệu của người này đã xóa.", "This person's data were erased.")
}

/// The stops of a person, under whatever name a chapter knows them, held until the end of the transaction.
fn standing(conn: &mut PgConnection, person: Uuid, hash: &[u8]) -> Result<Vec<(Uuid, DateTime<Utc>)>, DbError> {
    use call_out_stop as s;
    Ok(s::table
        .filter(s::person_id.eq(person).or(s::party_hash.eq(Some(hash))))
        .filter(s::lifted_at.is_null())
        .order((s::person_id, s::stopped_at))
        .select((s::person_id, s::stopped_at))
        .for_no_key_update()
        .load(conn)?)
}

fn end(
    conn: &mut PgConnection,
    (person, stopped_at): (Uuid, DateTime<Utc>),
    at: DateTime<Utc>,
    by: Uuid,
    how: Agreed,
) -> Result<(), DbError> {
    use call_out_stop as s;
    diesel::update(s::table.find((person, stopped_at)))
        .set((s::lifted_at.eq(Some(at)), s::lifted_by.eq(Some(by)), s::lifted_how.eq(Some(how.name()))))
        .execute(conn)?;
    Ok(())
}
