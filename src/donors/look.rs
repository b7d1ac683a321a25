//! Looking for donors of a chapter, and listing them. Every page is noted; an account has so many looks an hour, as for persons.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::DonorState;
use super::out::DonorFound;
use super::show;
use super::store::{self, Row};
use crate::authz::{SeeBlood, Visit};
use crate::http::Span;
use crate::persons::PersonId;
use crate::persons::find::{self, Last, Wanted};

/// Where a donor stands in the order in which they were entered.
pub type At = (DateTime<Utc>, Uuid);

/// Donors of a chapter in the order in which they were entered. Noted.
pub fn list(v: &mut Visit<'_>, chapter: &str, span: &Span<At>) -> Result<Vec<Row>, Fault> {
    let (here, _) = v.see_code::<SeeBlood>(chapter)?;
    let rows = store::list(v.conn, &here, span)?;
    let shown = rows.len().min(usize::try_from(span.rows - 1).unwrap_or(0));
    v.note_at(Some(here.chapter()), "DONORS_LISTED", None, Some(&json!({"shown": shown})))?;
    Ok(rows)
}

/// Who fits, each with the place in the list and the person; `None` when more are found than anybody reads.
pub type Found = Option<Vec<(usize, Uuid, DonorFound)>>;

/// Looks for donors by words of the name or the last digits of the number, and notes it.
pub fn search(v: &mut Visit<'_>, wanted: &Wanted, span: &Span<Last>) -> Result<Found, Fault> {
    let found = find::search_as::<SeeBlood>(v, wanted, span, |v, mut fit| {
        let donors = donors(v, &fit.iter().map(|known| known.id).collect::<Vec<_>>())?;
        fit.retain(|known| donors.contains_key(&known.id));
        Ok(fit)
    })?;
    let Some(found) = found else { return Ok(None) };
    let mut rows = donors(v, &found.iter().map(|(_, person)| person.id).collect::<Vec<_>>())?;
    let of: Vec<(usize, PersonId, Row)> =
        found.into_iter().filter_map(|(place, person)| Some((place, person.id, rows.remove(&person.id)?))).collect();
    let places: Vec<(usize, Uuid)> = of.iter().map(|(place, person, _)| (*place, person.0)).collect();
    let shown = show::found(v, of.into_iter().map(|(.., row)| row).collect())?;
    Ok(Some(places.into_iter().zip(shown).map(|((place, person), donor)| (place, person, donor)).collect()))
}

/// Those of these persons who are donors.
fn donors(v: &mut Visit<'_>, persons: &[PersonId]) -> Result<HashMap<PersonId, Row>, crate::persons::Fault> {
    let rows = store::of_persons(v.conn, persons)?;
    Ok(rows.into_iter().filter(|row| row.state() != Some(DonorState::Erased)).map(|row| (row.person(), row)).collect())
}
