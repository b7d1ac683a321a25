//! Registrations as they are shown.

use std::collections::HashMap;

use uuid::Uuid;

use super::access;
use super::fault::Fault;
use super::model::OrganStepKind;
use super::out::{OrganRegistrationFound, OrganRegistrationOut, OrganStepOut};
use super::sealed::{self, Clear};
use super::store::{self, Row, StepRow};
use crate::authz::Visit;
use crate::tree::{self, ChapterId};

/// A registration as it stands; of whom may not be used nothing but that.
pub fn out(v: &mut Visit<'_>, row: Row) -> Result<OrganRegistrationOut, Fault> {
    let clear = access::open(v.vault, &row)?;
    let closed = match &clear {
        Some(clear) => !access::restricted(v.conn, v.vault, &[(&row, clear)])?.is_empty(),
        None => false,
    };
    let shown = whole(v, row, clear.filter(|_| !closed))?;
    let card = shown.card.filter(|_| !closed);
    Ok(OrganRegistrationOut { restricted: closed, card, ..shown })
}

/// A registration with what it says.
pub fn whole(v: &mut Visit<'_>, row: Row, clear: Option<Clear>) -> Result<OrganRegistrationOut, Fault> {
    let card = row.card.as_ref().map(|card| sealed::open_card(v.vault, &row.id, card)).transpose()?;
    let (name, phone, birth) = clear.map_or((None, None, None), |clear| (Some(clear.name), Some(clear.phone), Some(clear.birth)));
    let steps = store::steps(v.conn, row.id)?;
    Ok(OrganRegistrationOut {
        id: row.id,
        chapter: tree::code_of(v.conn, ChapterId(row.chapter_id))?,
        state: row.state(),
        gives: row.gives(),
        name,
        phone,
        birth,
        restricted: false,
        text_version: row.text_version,
        consent_on: row.consent_on,
        handed_on: row.handed_on,
        card,
        card_on: row.card_on,
        withdrawn_on: row.withdrawn_on,
        told_on: row.told_on,
        steps: steps.into_iter().filter_map(step).collect(),
        recorded_at: row.recorded_at,
    })
}

fn step(row: StepRow) -> Option<OrganStepOut> {
    Some(OrganStepOut { id: row.id, kind: OrganStepKind::parse(&row.kind)?, on: row.day, done_at: row.done_at })
}

/// Registrations in a list, in their order; a fixed number of statements.
pub fn listed(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<OrganRegistrationFound>, Fault> {
    let mut clear: HashMap<Uuid, Clear> = HashMap::new();
    for row in &rows {
        clear.extend(access::open(v.vault, row)?.map(|clear| (row.id, clear)));
    }
    let pairs: Vec<(&Row, &Clear)> = rows.iter().filter_map(|row| Some((row, clear.get(&row.id)?))).collect();
    let closed = access::restricted(v.conn, v.vault, &pairs)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let shown = |row: &Row| OrganRegistrationFound {
        id: row.id,
        chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
        state: row.state(),
        name: clear.get(&row.id).filter(|_| !closed.contains(&row.id)).map(|clear| clear.name.clone()),
        recorded_at: row.recorded_at,
    };
    Ok(rows.iter().map(shown).collect())
}
