//! What was given at a drive, donation by donation: for whoever corrects one of them, or prints its certificates.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::enter::today_of;
use super::fault::Fault;
use super::model::{DonationId, DonorId};
use super::out::DonationAtDriveOut;
use super::record::{CertificateRow, DonationRow};
use super::show;
use super::store;
use crate::authz::{SeeBlood, Seen, Visit};
use crate::drives::{self, Drive};
use crate::http::Span;
use crate::persons::{self, Known, PersonId};

/// A drive, for those who see the blood donors of its chapter.
pub(super) fn seen(v: &mut Visit<'_>, code: &str) -> Result<(Drive, Seen<SeeBlood>), Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = today_of(v, drive.chapter_id)?;
    let here = v.see::<SeeBlood>(chapter)?;
    Ok((drive, here))
}

/// A page of what was given at a drive; noted.
pub fn list(v: &mut Visit<'_>, code: &str, span: &Span<Uuid>) -> Result<Vec<DonationRow>, Fault> {
    let (drive, here) = seen(v, code)?;
    let rows = store::at_drive(v.conn, drive.id, span)?;
    v.note_at(Some(here.chapter()), "DRIVE_DONATIONS_LISTED", None, Some(&json!({"drive": drive.code})))?;
    Ok(rows)
}

/// Those as they are shown, in their order; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<DonationRow>) -> Result<Vec<DonationAtDriveOut>, Fault> {
    let named = names(v, &rows.iter().filter_map(|row| row.donor_id).collect::<Vec<_>>())?;
    let certificates = store::certificates(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let mut of: HashMap<Uuid, CertificateRow> = HashMap::new();
    for row in certificates {
        of.entry(row.donation_id).or_insert(row);
    }
    let out = |row: DonationRow| DonationAtDriveOut {
        donor: row.donor_id.map(DonorId),
        name: row.donor_id.and_then(|donor| named.get(&donor)).map(|known| known.name.clone()),
        certificate: of.remove(&row.id).map(show::certificate),
        replaces: row.replaces_id.map(DonationId),
        donation: show::given(&row),
    };
    Ok(rows.into_iter().map(out).collect())
}

/// The persons that these donors are, as far as their data may be used.
pub(super) fn names(v: &mut Visit<'_>, donors: &[Uuid]) -> Result<HashMap<Uuid, Known>, Fault> {
    let ids: Vec<DonorId> = donors.iter().copied().map(DonorId).collect();
    let rows = store::find_all(v.conn, &ids)?;
    let persons: Vec<PersonId> = rows.values().map(store::Row::person).collect();
    let known = persons::names(v.conn, v.vault, &persons)?;
    Ok(rows.into_values().filter_map(|row| Some((row.id, known.get(&row.person())?.clone()))).collect())
}
