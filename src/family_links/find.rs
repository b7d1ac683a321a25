//! Listing a chapter's cases, and looking for some of them. Every page is noted; looks are counted with those for persons.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use super::access;
use super::fault::Fault;
use super::sealed::Clear;
use super::store::{self, Row, Wanted};
use crate::authz::{self, PERSONS_SEARCHED, SeeFamilyLinks, Seen, Visit};
use crate::http::Span;
use crate::parties::question::Question;
use crate::parties::{self, PartyKind};
use crate::tree;

/// Most rows the hashes may propose.
const MOST_PROPOSED: i64 = 2_000;
/// Most cases that are listed of those that fit.
pub const MOST_FOUND: usize = 200;
/// Looks an account has within an hour: the same count as for persons and givers.
const MOST_AN_HOUR: i64 = 120;

/// Where a case stands in the order in which they were written down.
pub type At = (DateTime<Utc>, Uuid);

/// Cases of a chapter in the order in which they were written down.
pub fn list(v: &mut Visit<'_>, chapter: &str, wanted: Wanted, span: &Span<At>) -> Result<Vec<Row>, Fault> {
    let (here, _) = v.see_code::<SeeFamilyLinks>(chapter)?;
    v.note_at(Some(here.chapter()), "FAMILY_LINKS_LISTED", None, None)?;
    Ok(store::list(v.conn, &here, wanted, span)?)
}

/// Those of them that a question fits, by the enquirer or by who is sought; `None` when they are too many. Guarded ones are found by who
/// is in charge of them.
pub fn search(v: &mut Visit<'_>, chapter: &str, question: &Question, span: &Span<At>) -> Result<Option<Vec<Row>>, Fault> {
    let (here, _) = v.see_code::<SeeFamilyLinks>(chapter)?;
    spend(v)?;
    let found = find(v, &here, question)?;
    let mut detail = question.trace(v.vault, chapter);
    detail["family_links"] = json!(true);
    v.note_at(Some(here.chapter()), PERSONS_SEARCHED, None, Some(&detail))?;
    let rows = found.map(|found| {
        let later = found.into_iter().filter(|(at, _)| span.after.is_none_or(|after| *at > after));
        later.map(|(_, row)| row).take(usize::try_from(span.rows).unwrap_or(0)).collect()
    });
    Ok(rows)
}

fn find(v: &mut Visit<'_>, here: &Seen<SeeFamilyLinks>, question: &Question) -> Result<Option<BTreeMap<At, Row>>, Fault> {
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
    for row in proposed.into_iter().filter(|row| access::is_open_to(row, v.account())) {
        if let Some(clear) = access::open(v.vault, &row)?.filter(|clear| fits(question, clear)) {
            fit.push((row, clear));
        }
    }
    let pairs: Vec<(&Row, &Clear)> = fit.iter().map(|(row, clear)| (row, clear)).collect();
    let closed = access::restricted(v.conn, v.vault, &pairs)?;
    let found: BTreeMap<At, Row> =
        fit.into_iter().filter(|(row, _)| !closed.contains(&row.id)).map(|(row, _)| ((row.recorded_at, row.id), row)).collect();
    Ok((found.len() <= MOST_FOUND).then_some(found))
}

/// By the name and number of the enquirer, or by a name of who is sought.
fn fits(question: &Question, clear: &Clear) -> bool {
    let called = |name: &str, phone: Option<String>| parties::Clear {
        id: Uuid::nil(),
        kind: PartyKind::Person.name().to_owned(),
        name: name.to_owned(),
        phone,
    };
    question.fits(&called(&clear.enquirer.name, clear.enquirer.phone.clone()))
        || clear.sought.names().any(|name| question.fits(&called(name, None)))
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
