//! The hours of those who helped, entered once, when a shift is over.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use super::help::kept;
use super::plan::entered;
use super::store::{self, Helper, Shift};
use super::wire::Came;
use crate::authz::{Attempt, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_midnight;
use crate::drives::fault::Fault;
use crate::drives::{Drive, DriveState};
use crate::http::Check;
use crate::vault::Vault;
use crate::volunteers::VolunteerId;
use crate::volunteers::hours::{self, Entered, Hours};

/// What became of the hours of those who came.
pub type Outcomes = HashMap<Uuid, Entered>;

/// Enters the hours of a shift: of each who came what became of them. The same said again is the same.
pub fn enter(v: &mut Visit<'_>, code: &str, id: Uuid, came: &[Came]) -> Result<Outcomes, Fault> {
    let (drive, shift, grant) = kept(v, code, id)?;
    let helpers = store::helpers(v.conn, &[id])?;
    if shift.hours_at.is_some() && v.attempt() == Attempt::First && !is_same(&helpers, came) {
        return Err(entered());
    }
    if !matches!(drive.state(), Some(DriveState::Running | DriveState::Reconciled | DriveState::Closed)) {
        return Err(Fault::conflict(
            "Ngày hiến máu chưa diễn ra, hoặc đã hủy: chưa ghi giờ.",
            "The drive has not taken place, or is called off: no hours are entered.",
        ));
    }
    let all = worked(v, (&drive, &shift), &helpers, came)?;
    let became = hours::record(&mut v.errand(), &grant, &all)?;
    let outcomes = all.iter().map(|one| one.volunteer.0).zip(became).collect();
    if shift.hours_at.is_none() {
        let ids: Vec<Uuid> = came.iter().map(|(volunteer, ..)| volunteer.0).collect();
        store::close(v.conn, &grant, v.now, id, &ids)?;
        v.note_with(&grant, "DRIVE_SHIFT_HOURS", id, &json!({"drive": drive.code, "came": ids.len()}))?;
    }
    Ok(outcomes)
}

/// Whether it was said before that these came, and nobody else.
fn is_same(helpers: &[Helper], came: &[Came]) -> bool {
    let said = |helper: &Helper| came.iter().any(|(volunteer, ..)| volunteer.0 == helper.volunteer_id);
    helpers.iter().all(|helper| (helper.came == Some(true)) == said(helper))
}

/// The hours of everybody who came. Their ids come of what they are, so that they are entered once whoever enters them.
fn worked(v: &Visit<'_>, (drive, shift): (&Drive, &Shift), helpers: &[Helper], came: &[Came]) -> Result<Vec<Hours>, Fault> {
    let at = |minute: i16| vietnam_midnight(drive.day) + Duration::minutes(i64::from(minute));
    let (what, place) = (line(&format!("{}: {}", drive.code, shift.what))?, line(&drive.site)?);
    let mut check = Check::default();
    let mut all = Vec::with_capacity(came.len());
    for (n, (volunteer, from, until)) in came.iter().enumerate() {
        if !helpers.iter().any(|helper| helper.volunteer_id == volunteer.0) {
            check.wrong(
                format!("/came/{n}/volunteer"),
                "NO_SUCH_VOLUNTEER",
                "Người này không ở trong ca: hãy thêm vào ca trước.",
                "They are not in this shift: enter them in it first.",
            );
        }
        let (from, to) = (at(from.unwrap_or(shift.from_minute)), at(until.unwrap_or(shift.until_minute)));
        over(&mut check, n, (from, to), v.now);
        all.push(Hours {
            id: hours_id(v.vault, shift.id, *volunteer),
            volunteer: *volunteer,
            occasion: Some(format!("DRIVE_SHIFT:{}", shift.id)),
            what: what.clone(),
            place: Some(place.clone()),
            from,
            to,
        });
    }
    check.done(Some(all)).map_err(Fault::Fields)
}

/// Nobody has worked hours that are to come, or that end before they begin.
fn over(check: &mut Check, n: usize, (from, to): (DateTime<Utc>, DateTime<Utc>), now: DateTime<Utc>) {
    if to <= from {
        check.wrong(format!("/came/{n}/until"), "OUT_OF_RANGE", "Sau giờ bắt đầu.", "After the beginning.");
    } else if to > now {
        check.wrong(format!("/came/{n}/until"), "IN_THE_FUTURE", "Ca này chưa xong.", "It is not over yet.");
    }
}

fn line(text: &str) -> Result<Line, Fault> {
    Line::parse(text, 500).map_err(|_| Fault::broken("a shift without words"))
}

/// A random id that is the same each time.
fn hours_id(vault: &Vault, shift: Uuid, volunteer: VolunteerId) -> Uuid {
    let hash = vault.hash("drive_shift.hours", &[shift.as_bytes().as_slice(), volunteer.0.as_bytes()].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
