//! Listing a chapter's registrations, and looking for some of them. Every page is noted; looks are counted with those for persons.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use super::access;
use super::fault::Fault;
use super::model::OrganState;
use super::sealed::Clear;
use super::store::{self, Row};
use crate::authz::{self, PERSONS_SEARCHED, SeeOrgan, Seen, Visit};
use crate::http::Span;
use crate::parties::question::Question;
use crate::parties::{self, PartyKind};
use crate::tree;

/// Most rows the hashes may propose.
const MOST_PROPOSED: i64 = 2_000;
/// Most registrations that are listed of those that fit.
pub const MOST_FOUND: usize = 200;
/// Looks an account has within an hour: the same count as for persons and givers.
const MOST_AN_HOUR: i64 = 120;

/// Where a registration stands in the order in which they were written down.
pub type At = (DateTime<Utc>, Uuid);

/// Registrations of a chapter in the order in which they were written down.
pub fn list(v: &mut Visit<'_>, chapter: &str, state: Option<OrganState>, span: &Span<At>) -> Result<Vec<Row>, Fault> {
    let (here, _) = v.see_code::<SeeOrgan>(chapter)?;
    v.note_at(Some(here.chapter()), "ORGANS_LISTED", None, None)?;
    Ok(store::list(v.conn, &here, state, span)?)
}

/// Those of them that a question fits; `None` when they are too many.
pub fn search(v: &mut Visit<'_>, chapter: &str, question: &Question, span: &Span<At>) -> Result<Option<Vec<Row>>, Fault> {
    let (here, _) = v.see_code::<SeeOrgan>(chapter)?;
    spend(v)?;
    let found = find(v, &here, question)?;
    let mut detail = question.trace(v.vault, chapter);
    detail["organ_registrations"] = json!(true);
    v.note_at(Some(here.chapter()), PERSONS_SEARCHED, None, Some(&detail))?;
    let rows = found.map(|found| {
        let later = found.into_iter().filter(|(at, _)| span.after.is_none_or(|after| *at > after));
        later.map(|(_, row)| row).take(usize::try_from(span.rows).unwrap_or(0)).collect()
    });
    Ok(rows)
}

fn find(v: &mut Visit<'_>, here: &Seen<SeeOrgan>, question: &Question) -> Result<Option<BTreeMap<At, Row>>, Fault> {
    let chapters = tree::with_succeeded(v.conn, here.chapter())?;
    let codes = tree::codes(v.conn, chapters)?;
    let (mut proposed, mut seen) = (Vec::new(), BTreeSet::new());
    for (chapter, code) in &codes {
        for hashes in question.hashes(v.vault, code) {
            let rows = store::proposed(v.conn, *chapter, &hashes, MOST_PROPOSED + 1)?;
            proposed.extend(rows.into_iter().filter(|row| seen.insert(row.id)));
        }
    }
    let mut fit: Vec<(Row, Clear)> = Vec::new();
    for row in proposed {
        if let Some(clear) = access::open(v.vault, &row)?.filter(|clear| fits(question, clear)) {
            fit.push((row, clear));
        }
    }
    let pairs: Vec<(&Row, &Clear)> = fit.iter().map(|(row, clear)| (row, clear)).collect();
    let closed = access::restricted(v.conn, v.vault, &pairs)?;
    let open = fit.into_iter().filter(|(row, _)| !closed.contains(&row.id));
    let found: BTreeMap<At, Row> = open.map(|(row, _)| ((row.recorded_at, row.id), row)).collect();
    Ok((found.len() <= MOST_FOUND).then_some(found))
}

fn fits(question: &Question, clear: &Clear) -> bool {
    question.fits(&parties::Clear {
        id: Uuid::nil(),
        kind: PartyKind::Person.name().to_owned(),
        name: clear.name.clone(),
        phone: Some(clear.phone.clone()),
    })
}

/// So many looks an hour, whatever they find.
fn spend(v: &mut Visit<'_>) -> Result<(), Fault> {
    let since = v.now - Duration::hours(1);
    let (looks, first) = authz::searches_since(v.conn, v.account(), since)?;
    if looks < MOST_AN_HOUR {
        return Ok(());
    }
    let wait = first.map_or(0, |first: DateTime<Utc>| (first - since).num_seconds()).max(0) + 1;
    Err(Fault::TooManyLooks { most: MOST_AN_HOUR, seconds: u64::try_from(wait).unwrap_or(1) })
}
