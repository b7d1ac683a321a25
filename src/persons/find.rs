//! Looking for persons of a chapter, and listing them. Every page is noted, and an account has so many looks an hour.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::found::{PersonFound, found};
use super::model::{PersonId, PersonKind};
use super::row::Row;
use super::sealed::Known;
use super::store;
use crate::authz::{self, PERSONS_SEARCHED, Right, SeePeople, Visit};
use crate::basics::text::order;
use crate::http::Span;
use crate::parties::question::Question;
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

/// Most rows the hashes may propose.
const MOST_PROPOSED: i64 = 5_000;
/// Most persons that are put in order.
pub const MOST_FOUND: usize = 500;
/// Looks an account has within an hour, each page being one: the same count as for givers.
const MOST_AN_HOUR: i64 = 120;

/// Whom somebody looks for, at the chapter with a code.
pub struct Wanted {
    pub chapter: String,
    pub question: Question,
}

/// What a cursor belongs to: nothing that a name could be guessed from.
#[derive(Serialize)]
pub struct Filter {
    chapter: String,
    asked: Vec<Vec<i64>>,
}

impl Wanted {
    pub fn filter(&self, vault: &Vault) -> Filter {
        Filter { chapter: self.chapter.clone(), asked: self.question.hashes(vault, &self.chapter) }
    }
}

/// Where a page ended: the place in the list, and the last person shown.
pub type Last = (usize, Uuid);

/// Who fits, with their places in the list; `None` when more are found than anybody reads.
pub type Found = Option<Vec<(usize, PersonFound)>>;

/// Looks, and notes it, also where too many are found.
pub fn search(v: &mut Visit<'_>, wanted: &Wanted, span: &Span<Last>) -> Result<Found, Fault> {
    search_as::<SeePeople>(v, wanted, span, |_, fit| Ok(fit))
}

/// [`search`] by another right, of those that `choose` leaves: donors are persons as well, and are seen by who sees no others.
pub fn search_as<R: Right>(
    v: &mut Visit<'_>,
    wanted: &Wanted,
    span: &Span<Last>,
    choose: impl FnOnce(&mut Visit<'_>, Vec<Known>) -> Result<Vec<Known>, Fault>,
) -> Result<Found, Fault> {
    let (here, _) = v.see_code::<R>(&wanted.chapter)?;
    spend(v)?;
    let rows = find(v, wanted, here.chapter(), choose)?.map(|found| {
        let from = match span.after {
            None => 0,
            Some((next, last)) => found.iter().position(|(_, person)| person.id.0 == last).map_or(next, |at| at + 1),
        };
        found.into_iter().skip(from).take(usize::try_from(span.rows).unwrap_or(0)).collect::<Vec<_>>()
    });
    let mut detail = wanted.question.trace(v.vault, &wanted.chapter);
    detail["persons"] = json!(true);
    detail["shown"] = json!(rows.as_ref().map(|rows| shown(rows.len(), span.rows)));
    v.note_at(Some(here.chapter()), PERSONS_SEARCHED, None, Some(&detail))?;
    Ok(rows)
}

/// Rows that a page shows of those fetched: the last one may only say that there is more.
fn shown(fetched: usize, rows: i64) -> usize {
    fetched.min(usize::try_from(rows - 1).unwrap_or(0))
}

/// All who fit, in the order of a Vietnamese list, each with its place; `None` when they are too many.
fn find(
    v: &mut Visit<'_>,
    wanted: &Wanted,
    here: ChapterId,
    choose: impl FnOnce(&mut Visit<'_>, Vec<Known>) -> Result<Vec<Known>, Fault>,
) -> Result<Found, Fault> {
    let chapters = tree::with_succeeded(v.conn, here)?;
    let codes = tree::codes(v.conn, chapters)?;
    let mut ids = std::collections::BTreeSet::new();
    for (chapter, code) in &codes {
        for hashes in wanted.question.hashes(v.vault, code) {
            ids.extend(store::proposed_ids(v.conn, *chapter, &hashes, MOST_PROPOSED + 1)?);
        }
    }
    if i64::try_from(ids.len()).is_ok_and(|count| count > MOST_PROPOSED) {
        return Ok(None);
    }
    let ids: Vec<PersonId> = ids.into_iter().collect();
    // A hash proposes nobody else but by chance: who are too many by it need not be opened to be known as too many.
    if ids.len() > MOST_FOUND && store::usable_among(v.conn, &ids)? > MOST_FOUND {
        return Ok(None);
    }
    let mut fit: Vec<Known> = store::names(v.conn, v.vault, &ids)?.into_values().collect();
    fit.retain(|person| wanted.question.fits(&person.called()));
    let mut fit = choose(v, fit)?;
    if fit.len() > MOST_FOUND {
        return Ok(None);
    }
    // Persons by their given names, organisations by what they are called.
    let place = |person: &Known| match person.kind {
        PersonKind::Person => order::of_person(&person.name),
        PersonKind::Organisation => (order::of_text(&person.name), order::Place::default()),
    };
    fit.sort_by_cached_key(|person| (place(person), person.id));
    let shown = |person: &Known| found(person, codes.get(&person.chapter.0).map_or("", String::as_str));
    Ok(Some(fit.iter().map(shown).enumerate().collect()))
}

/// So many looks an hour, whatever they find: whoever guesses names one by one is not helped.
fn spend(v: &mut Visit<'_>) -> Result<(), Fault> {
    let since = v.now - Duration::hours(1);
    let (looks, first) = authz::searches_since(v.conn, v.account(), since)?;
    if looks < MOST_AN_HOUR {
        return Ok(());
    }
    let wait = first.map_or(0, |first: DateTime<Utc>| (first - since).num_seconds()).max(0) + 1;
    Err(Fault::TooManyLooks { most: MOST_AN_HOUR, seconds: u64::try_from(wait).unwrap_or(1) })
}

/// Where a person stands in the order in which they were written down.
pub type At = (DateTime<Utc>, Uuid);

/// Persons of a chapter in the order in which they were written down: each with its place there. Noted.
pub fn list(v: &mut Visit<'_>, chapter: &str, span: &Span<At>) -> Result<Vec<(At, Option<PersonFound>)>, Fault> {
    let (here, _) = v.see_code::<SeePeople>(chapter)?;
    let rows = store::list(v.conn, &here, span)?;
    let mut known = store::names(v.conn, v.vault, &rows.iter().map(|row| PersonId(row.id)).collect::<Vec<_>>())?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    v.note_at(Some(here.chapter()), "PERSONS_LISTED", None, Some(&json!({"shown": shown(rows.len(), span.rows)})))?;
    let code = |person: &Known| codes.get(&person.chapter.0).cloned().unwrap_or_default();
    let mut row = |row: &Row| {
        let person = known.remove(&PersonId(row.id)).map(|person| found(&person, &code(&person)));
        ((row.recorded_at, row.id), person)
    };
    Ok(rows.iter().map(&mut row).collect())
}
