//! Closing a call-out: the hours of everybody who was seen are entered, once, and what there is to say is written down.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::make;
use super::model::{CallOutState, Scanned, spans};
use super::store::{self, AskedRow, CallOutRow};
use crate::authz::Visit;
use crate::basics::Line;
use crate::vault::place;
use crate::volunteers::VolunteerId;
use crate::volunteers::hours::{self, Entered, Hours};

/// What was entered when a call-out was closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Closed {
    pub entered: i64,
    pub not_entered: i64,
}

/// Closes a call-out that has ended. Closed again it is closed, and nothing is entered.
pub fn close(v: &mut Visit<'_>, id: Uuid, note: Option<&Line>) -> Result<Closed, Fault> {
    let (row, grant) = make::held(v, id)?;
    match row.state() {
        Some(CallOutState::Closed) => return Ok(counted(&hours_of(v, &row)?, &[])),
        Some(CallOutState::Ended) => {}
        _ => {
            return Err(Fault::conflict(
                "Đợt huy động còn mở: hãy kết thúc trước khi đóng.",
                "The call-out is open: end it before it is closed.",
            ));
        }
    }
    let all = hours_of(v, &row)?;
    let entered = hours::record_called(&mut v.errand(), &grant, &all)?;
    let note = note.map(|note| v.vault.seal(place("call_out", "note", &id), note.as_str().as_bytes())).transpose()?;
    store::close(v.conn, &grant, v.now, id, note)?;
    let closed = counted(&all, &entered);
    let detail = json!({"hours_entered": closed.entered, "hours_not_entered": closed.not_entered});
    v.note_with(&grant, "CALL_OUT_CLOSED", id, &detail)?;
    Ok(closed)
}

fn counted(all: &[Hours], entered: &[Entered]) -> Closed {
    // What was closed before is told as it would be: what was entered then.
    if entered.is_empty() {
        return Closed { entered: i64::try_from(all.len()).unwrap_or_default(), not_entered: 0 };
    }
    let stands = entered.iter().filter(|one| matches!(one, Entered::Now | Entered::Known)).count();
    let count = |n: usize| i64::try_from(n).unwrap_or_default();
    Closed { entered: count(stands), not_entered: count(entered.len() - stands) }
}

/// The hours of everybody who was seen. Their ids come of what they are, so that they are entered once whoever closes.
fn hours_of(v: &mut Visit<'_>, row: &CallOutRow) -> Result<Vec<Hours>, Fault> {
    let people = store::asked_of(v.conn, row.id)?;
    let shifts: HashMap<Uuid, _> =
        store::shifts(v.conn, &[row.id])?.into_iter().map(|shift| (shift.id, shift.until_at)).collect();
    let mut seen: HashMap<Uuid, Vec<(Scanned, chrono::DateTime<chrono::Utc>)>> = HashMap::new();
    for scan in store::scans_of(v.conn, &people.iter().map(|asked| asked.id).collect::<Vec<_>>())? {
        let what = scan.what().ok_or(Fault::Broken("something was seen that is nothing"))?;
        seen.entry(scan.asked_id).or_default().push((what, scan.at));
    }
    let (what, where_to) = (line(&row.event)?, line(&row.place)?);
    let mut all = Vec::new();
    for asked in &people {
        let Some(scans) = seen.get(&asked.id) else { continue };
        let end = asked.shift_id.and_then(|shift| shifts.get(&shift).copied()).unwrap_or(row.until_at);
        // Nobody has worked hours that are to come.
        let end = end.min(v.now);
        for (n, (from, to)) in (0_u8..).zip(spans(scans, end)) {
            all.push(Hours {
                id: hours_id(v.vault, asked, n),
                volunteer: VolunteerId(asked.volunteer_id),
                occasion: Some(format!("CALL_OUT:{}", row.id)),
                what: what.clone(),
                place: Some(where_to.clone()),
                from,
                to,
            });
        }
    }
    Ok(all)
}

fn line(text: &str) -> Result<Line, Fault> {
    Line::parse(text, 500).map_err(|_| Fault::Broken("a call-out without words"))
}

/// A random id that is the same each time.
fn hours_id(vault: &crate::vault::Vault, asked: &AskedRow, n: u8) -> Uuid {
    let hash = vault.hash("call_out.hours", &[asked.id.as_bytes().as_slice(), &[n]].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
