//! The text of a decision of targets, as it is stated for good.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{Handed, PerMille};
use super::store::{LineRow, Row};
use crate::statements::Event;

/// The text of a statement of the event BLOOD_TARGET.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    pub v: u8,
    pub event: String,
    /// Code of the chapter that decided.
    pub chapter: String,
    pub year: i16,
    pub decision_no: String,
    /// What it was given itself, from above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_units: Option<i32>,
    /// The sum of what it gives to those below.
    pub handed_on_units: i64,
    pub targets: Vec<StatedLine>,
}

/// What one chapter is to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedLine {
    /// Its code.
    pub chapter: String,
    pub units: i32,
    /// Units per thousand inhabitants, where the units come from a rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_mille: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population_source: Option<String>,
}

/// Puts the text together; `None` where a code is missing.
pub fn of(row: &Row, lines: &[LineRow], codes: &HashMap<Uuid, String>) -> Option<Stated> {
    let line = |line: &LineRow| {
        Some(StatedLine {
            chapter: codes.get(&line.chapter_id)?.clone(),
            units: line.units,
            per_mille: line.per_mille.and_then(PerMille::of_hundredths).map(PerMille::written),
            population: line.population,
            population_source: line.population_source.clone(),
        })
    };
    let below = lines.iter().filter(|line| line.chapter_id != row.chapter_id).map(|line| line.units);
    Some(Stated {
        v: 1,
        event: Event::BloodTarget.name().to_owned(),
        chapter: codes.get(&row.chapter_id)?.clone(),
        year: row.year,
        decision_no: row.decision_no.clone(),
        own_units: row.own_units,
        handed_on_units: Handed::of(below, row.own_units).on,
        targets: lines.iter().map(line).collect::<Option<_>>()?,
    })
}
