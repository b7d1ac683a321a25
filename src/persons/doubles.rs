//! Who may be the same person, within what one may see: proposed, and nothing more.

use std::collections::HashMap;

use uuid::Uuid;

use super::fault::Fault;
use super::found::found;
use super::model::PersonId;
use super::row::Row;
use super::sealed::Known;
use super::store;
use super::wire::DoubleOut;
use crate::authz::{SeePeople, Seen, Visit};
use crate::parties::words;
use crate::tree::{self, ChapterId};

/// Most rows that one trait may propose; a name that so many have proposes nobody.
const MOST_PROPOSED: i64 = 500;
/// Most doubles that are shown.
const MOST_SHOWN: usize = 20;

/// Those of the chapter, and of those it goes on for, that may be the same person: the surest first.
pub fn of(v: &mut Visit<'_>, here: &Seen<SeePeople>, person: &Known) -> Result<Vec<DoubleOut>, Fault> {
    let chapters = tree::with_succeeded(v.conn, here.chapter())?;
    let codes = tree::codes(v.conn, chapters.iter().copied())?;
    let mut rows: HashMap<Uuid, Row> = HashMap::new();
    for (chapter, code) in &codes {
        for hashes in asked(v, person, code) {
            let some = store::proposed(v.conn, &[*chapter], &hashes, MOST_PROPOSED)?;
            rows.extend(some.into_iter().map(|row| (row.id, row)));
        }
    }
    let one = store::all_of(v.conn, person.id)?;
    let (traits, mut doubles) = (person.traits(), Vec::new());
    let ids: Vec<PersonId> = rows.keys().map(|id| PersonId(*id)).filter(|id| !one.contains(id)).collect();
    for other in store::names(v.conn, v.vault, &ids)?.into_values() {
        let because = traits.likenesses(&other.traits());
        if !because.is_empty() {
            let code = codes.get(&other.chapter.0).cloned().unwrap_or_default();
            doubles.push(DoubleOut { person: found(&other, &code), because });
        }
    }
    let order = |double: &DoubleOut| (std::cmp::Reverse(double.because.len()), double.because.first().copied(), double.person.id);
    doubles.sort_by_key(order);
    doubles.truncate(MOST_SHOWN);
    Ok(doubles)
}

/// What rows are proposed by at a chapter: all words of the name, the end of the number.
fn asked(v: &Visit<'_>, person: &Known, chapter: &str) -> Vec<Vec<i64>> {
    let name: Vec<i64> = words::of_name(&person.name).iter().map(|word| words::of_word(v.vault, chapter, word)).collect();
    let digits = person.phone.as_deref().and_then(words::last_digits);
    let number = digits.map(|digits| vec![words::of_digits(v.vault, chapter, digits)]);
    [Some(name), number].into_iter().flatten().filter(|hashes| !hashes.is_empty()).collect()
}

/// The doubles of one person, for those who may see them; noted as a look for persons.
pub fn show(v: &mut Visit<'_>, id: PersonId) -> Result<Vec<DoubleOut>, Fault> {
    let row = store::find(v.conn, id)?.filter(|row| row.erased_on.is_none()).ok_or(Fault::Unknown)?;
    let here = v.see::<SeePeople>(ChapterId(row.chapter_id))?;
    let known = store::usable(v.conn, v.vault, &row)?.ok_or(Fault::Restricted)?;
    v.note_seen(&here, "PERSON_DOUBLES_READ", id.0)?;
    of(v, &here, &known)
}
