//! What a call-out is for, where that has a record: a blood drive, a campaign. The client names it, the room whose it is tells of it, and
//! it is shown with the call-out, to those who are asked too. Call-outs that were made before that name none, and read as they did.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::CallOutKind;
use super::store::CallOutRow;
use super::wire::NewCallOut;
use crate::db::DbError;
use crate::house::Rooms;
use crate::house::occasion::{Occasion, OccasionState};
use crate::http::{FieldError, Say};
use crate::tree::{self, Place};

/// What a call-out of a kind has to name: where in the request, and what was named.
fn named(new: &NewCallOut) -> Option<(&'static str, Option<String>)> {
    match new.kind {
        CallOutKind::Drive => Some(("/drive", new.drive.clone())),
        CallOutKind::Campaign => Some(("/campaign", new.campaign.map(|id| id.to_string()))),
        CallOutKind::Emergency | CallOutKind::Event | CallOutKind::Exercise => None,
    }
}

/// Looks up what a new call-out of a chapter is for, and whether anybody is called for it; `None` of a kind that has no record.
pub fn of_new(conn: &mut PgConnection, rooms: Rooms, at: &Place, new: &NewCallOut) -> Result<Option<Occasion>, Fault> {
    let Some((pointer, named)) = named(new) else { return Ok(None) };
    let named = named.ok_or_else(|| Fault::Fields(vec![missing(pointer)]))?;
    let found = one(conn, rooms, new.kind, &named)?;
    let occasion = match found {
        Some(occasion) if is_within_reach(conn, at, &occasion)? => occasion,
        _ => return Err(Fault::NotThere(unknown(pointer))),
    };
    match over(pointer, &occasion) {
        Some(error) => Err(Fault::Fields(vec![error])),
        None => Ok(Some(occasion)),
    }
}

/// What the chapter and those below it have, and what everybody may know of those above it.
fn is_within_reach(conn: &mut PgConnection, at: &Place, occasion: &Occasion) -> Result<bool, DbError> {
    if tree::goes_on_for(conn, at.id.0)?.contains(&occasion.chapter) {
        return Ok(true);
    }
    let above = at.path.iter().map(|step| step.id.0).chain(tree::line(conn, at.id)?.into_iter().map(|(id, _)| id.0));
    Ok(occasion.public && above.into_iter().any(|id| id == occasion.chapter))
}

fn missing(pointer: &str) -> FieldError {
    let said = if pointer == "/drive" {
        Say::fixed("Huy động cho ngày hiến máu nào: ghi mã (68-HM-0001).", "For which blood drive: its code (68-HM-0001).")
    } else {
        Say::fixed("Huy động cho chiến dịch nào: ghi id của chiến dịch.", "For which campaign: its id.")
    };
    FieldError::new(pointer, "MISSING", said)
}

fn unknown(pointer: &str) -> FieldError {
    if pointer == "/drive" {
        let said = Say::fixed(
            "Đơn vị, các cấp dưới và cấp trên không có ngày hiến máu mang mã này.",
            "Neither the chapter nor one below or above it has a blood drive with this code.",
        );
        return FieldError::new(pointer, "NO_SUCH_DRIVE", said);
    }
    let said = Say::fixed(
        "Đơn vị, các cấp dưới và cấp trên không có chiến dịch này.",
        "Neither the chapter nor one below or above it has this campaign.",
    );
    FieldError::new(pointer, "NO_SUCH_CAMPAIGN", said)
}

/// Why nobody is called for it any more, or yet.
fn over(pointer: &str, occasion: &Occasion) -> Option<FieldError> {
    let (code, said) = match occasion.state {
        OccasionState::Ahead => return None,
        OccasionState::Draft => (
            "NOT_OPEN_YET",
            Say::fixed("Còn là bản nháp: hãy mở trước khi gọi người.", "It is a draft: open it before people are called."),
        ),
        OccasionState::CalledOff => {
            ("CALLED_OFF", Say::fixed("Đã hủy: không gọi người nữa.", "It was called off: nobody is called for it."))
        }
        OccasionState::Over => ("OVER", Say::fixed("Đã kết thúc: không gọi người nữa.", "It is over: nobody is called for it.")),
    };
    Some(FieldError::new(pointer, code, said))
}

/// Whether a stored call-out goes on asking people: what it is for was not called off, and is not over. One that names nothing does.
pub fn goes_on(conn: &mut PgConnection, rooms: Rooms, row: &CallOutRow) -> Result<bool, DbError> {
    Ok(of_row(conn, rooms, row)?.is_none_or(|occasion| occasion.state.calls()))
}

/// The record that a stored call-out names.
fn key(row: &CallOutRow) -> Option<(CallOutKind, String)> {
    let key = row.drive.clone().or_else(|| row.campaign_id.map(|id| id.to_string()))?;
    Some((row.kind()?, key))
}

/// What a stored call-out is for; `None` of one that names nothing.
pub fn of_row(conn: &mut PgConnection, rooms: Rooms, row: &CallOutRow) -> Result<Option<Occasion>, DbError> {
    match key(row) {
        Some((kind, key)) => one(conn, rooms, kind, &key),
        None => Ok(None),
    }
}

/// What call-outs are for, by call-out: one statement for each kind of record.
pub fn of_rows(conn: &mut PgConnection, rooms: Rooms, rows: &[CallOutRow]) -> Result<HashMap<Uuid, Occasion>, DbError> {
    let mut all = HashMap::new();
    for kind in CallOutKind::ALL {
        let named: Vec<(Uuid, String)> =
            rows.iter().filter_map(|row| key(row).filter(|(of, _)| *of == kind).map(|(_, key)| (row.id, key))).collect();
        let Some(occasions) = rooms.occasions(kind.name()).filter(|_| !named.is_empty()) else { continue };
        let found = occasions.find(conn, &named.iter().map(|(_, key)| key.as_str()).collect::<Vec<_>>())?;
        all.extend(named.into_iter().filter_map(|(id, key)| Some((id, found.get(&key)?.clone()))));
    }
    Ok(all)
}

fn one(conn: &mut PgConnection, rooms: Rooms, kind: CallOutKind, named: &str) -> Result<Option<Occasion>, DbError> {
    match rooms.occasions(kind.name()) {
        Some(occasions) => Ok(occasions.find(conn, &[named])?.remove(named)),
        None => Ok(None),
    }
}
