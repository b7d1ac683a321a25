//! Who came and who left: scanned by a telephone at the place, perhaps without a network, and sent later, in any order, any number of times.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::heard_wire::CallOutScanIn;
use super::make;
use super::out::{CallOutAttendanceOut, CallOutScanOut, CallOutScanOutcome};
use super::store::{self, AskedRow, ScanRow};
use crate::authz::Visit;
use crate::calling::model::first_name;
use crate::persons::{self, PersonId};

/// Records what was seen, and says of each in its order what became of it.
pub fn record(v: &mut Visit<'_>, call_out: Uuid, scans: &[CallOutScanIn]) -> Result<CallOutAttendanceOut, Fault> {
    let (row, grant) = make::held(v, call_out)?;
    let people = store::asked_of(v.conn, call_out)?;
    let by_code: HashMap<&str, &AskedRow> = people.iter().map(|asked| (asked.code.as_str(), asked)).collect();
    let by_id: HashMap<Uuid, &AskedRow> = people.iter().map(|asked| (asked.id, asked)).collect();
    let of = |scan: &CallOutScanIn| match (&scan.code, scan.asked) {
        (Some(code), _) => by_code.get(code.trim().to_uppercase().as_str()).copied(),
        (None, id) => id.and_then(|id| by_id.get(&id).copied()),
    };
    let mut seen = HashSet::new();
    let rows: Vec<ScanRow> = scans
        .iter()
        .filter(|scan| row.closed_at.is_none() && seen.insert(scan.id))
        .filter_map(|scan| {
            Some(ScanRow {
                id: scan.id,
                asked_id: of(scan)?.id,
                what: scan.what.name().to_owned(),
                at: scan.at,
                how: scan.how.name().to_owned(),
                recorded_by: grant.account(),
                recorded_at: v.now,
            })
        })
        .collect();
    let new = store::insert_scans(v.conn, &rows)?;
    let known = store::scans_by_id(v.conn, &scans.iter().map(|scan| scan.id).collect::<Vec<_>>())?;
    let outcome = |scan: &CallOutScanIn| match (of(scan), known.get(&scan.id)) {
        (None, _) => CallOutScanOutcome::NoSuchCode,
        (Some(_), None) => CallOutScanOutcome::Closed,
        (Some(_), Some(_)) if new.contains(&scan.id) => CallOutScanOutcome::Recorded,
        (Some(asked), Some(row)) if row.asked_id == asked.id && row.what() == Some(scan.what) => CallOutScanOutcome::Known,
        _ => CallOutScanOutcome::IdTaken,
    };
    let ids: Vec<PersonId> = scans.iter().filter_map(of).map(|asked| PersonId(asked.person_id)).collect();
    let names = persons::names(v.conn, v.vault, &ids)?;
    let out = |scan: &CallOutScanIn| CallOutScanOut {
        id: scan.id,
        outcome: outcome(scan),
        asked: of(scan).map(|asked| asked.id),
        first_name: of(scan)
            .and_then(|asked| names.get(&PersonId(asked.person_id)))
            .map(|known| first_name(&known.name).to_owned()),
    };
    let scans = scans.iter().map(out).collect();
    v.note_with(&grant, "CALL_OUT_ATTENDANCE", call_out, &json!({"recorded": new.len()}))?;
    Ok(CallOutAttendanceOut { scans })
}
