//! What this room answers for those who help at drives: that they did, and when. Who is erased is found in no shift to come, and stays
//! counted in those that are over: the row names a volunteer about whom nothing is kept any more.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store::{self, Helper, Shift};
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::drives::{self, DriveState};
use crate::house::errand::Errand;
use crate::house::persons::{Candidate, Holding, HoldsPersons, Kept, Needed, OfParty, PersonsError, Processing};
use crate::persons::{self, PersonId};
use crate::volunteers;

/// See the module. No record of the books leads here: helpers are found by their party.
pub struct Helpers;

fn of_persons(conn: &mut PgConnection, persons: &[PersonId]) -> Result<Vec<(Helper, Uuid)>, DbError> {
    let volunteers = volunteers::of_persons(conn, persons)?;
    let ids: Vec<Uuid> = volunteers.iter().map(|row| row.id).collect();
    let person = |id: Uuid| volunteers.iter().find(|row| row.id == id).map(|row| row.person_id);
    let rows = store::of_volunteers(conn, &ids)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let of = person(row.volunteer_id)?;
            Some((row, of))
        })
        .collect())
}

fn of_party(conn: &mut PgConnection, of: &OfParty<'_>) -> Result<Vec<Helper>, DbError> {
    let people = persons::ids_of_party(conn, of.party, of.chapters)?;
    Ok(of_persons(conn, &people)?.into_iter().map(|(row, _)| row).collect())
}

impl HoldsPersons for Helpers {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Tình nguyện viên nào hỗ trợ ngày hiến máu nào, ca nào; có đến hay không",
                "Which volunteers help at which blood drive, in which shift; whether they came",
            ),
            purpose: ("Tổ chức ngày hiến máu", "To hold blood drives"),
            grounds: ("Sự đồng ý (Luật 91/2025/QH15, điều 9)", "Consent (Law 91/2025/QH15, art. 9)"),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; mỗi lần xem được ghi lại; cấp trên chỉ thấy số lượng",
                "Officers of that very chapter who are charged with it; each reading is noted; levels above see numbers",
            ),
            period: (
                "Đến khi xóa theo yêu cầu; ca đã xong giữ số lượng, không kèm tên",
                "Until erased on request; shifts that are over keep numbers without a name",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["drive_shift_helper.volunteer_id"]
    }

    /// As long as a shift that they help in has no hours yet, of a drive that was not called off.
    fn needed(&self, conn: &mut PgConnection, _: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        let people: Vec<PersonId> = of.iter().map(|one| PersonId(one.person)).collect();
        let rows = of_persons(conn, &people)?;
        let shifts = store::by_ids(conn, &rows.iter().map(|(row, _)| row.shift_id).collect::<Vec<_>>())?;
        let drives = drives::by_ids(conn, &shifts.values().map(|shift| shift.drive_id).collect::<Vec<_>>())?;
        let called_off = |shift: &Shift| drives.get(&shift.drive_id).is_none_or(|drive| drive.is(DriveState::Cancelled));
        let is_open = |shift: &Shift| shift.ended_at.is_none() && shift.hours_at.is_none() && !called_off(shift);
        let waits = |row: &Helper| row.came.is_none() && shifts.get(&row.shift_id).is_some_and(is_open);
        let waiting = rows.into_iter().filter(|(row, _)| waits(row));
        Ok(waiting.map(|(_, person)| Needed { person, record: "DRIVE_SHIFT", until: None }).collect())
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let rows = of_party(errand.conn, of)?;
        let shifts = store::by_ids(errand.conn, &rows.iter().map(|row| row.shift_id).collect::<Vec<_>>())?;
        let drives = drives::by_ids(errand.conn, &shifts.values().map(|shift| shift.drive_id).collect::<Vec<_>>())?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(shift) = shifts.get(&row.shift_id) else { continue };
            let Some(drive) = drives.get(&shift.drive_id) else { continue };
            let (from, until) = shift.said();
            let came = row.came.map(|came| if came { "; came" } else { "; did not come" }).unwrap_or_default();
            let text = format!("{} {} {from}–{until}: {}{came}", drive.code, drive.day, shift.what);
            let since = Some(row.entered_at);
            found.push(Holding { what: "DRIVE_SHIFT".to_owned(), gift: None, text, since, kept_until: None });
        }
        Ok(found)
    }

    /// They help in no shift to come; where they came they stay counted.
    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let rows = of_party(errand.conn, of)?;
        let open = rows.iter().filter(|row| row.came.is_none()).map(|row| (row.shift_id, row.volunteer_id)).collect::<Vec<_>>();
        store::leave_all(errand.conn, &open)?;
        Ok(Vec::new())
    }
}
