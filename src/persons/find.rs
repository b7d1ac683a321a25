//! Looking for persons of a chapter, and listing them. Every page is noted, and an account has so many looks an hour.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::PersonId;
use super::sealed::Known;
use super::store;
use super::wire::{PersonFound, found};
use crate::authz::{self, PERSONS_SEARCHED, SeePeople, Seen, Visit};
use crate::basics::text::order;
use crate::http::{Kind, Page, Paging, Problem};
use crate::parties::question::Question;
use crate::tree;
use crate::vault::Vault;

/// Most rows the hashes may propose.
const MOST_PROPOSED: i64 = 5_000;
/// Most persons that are put in order.
const MOST_FOUND: usize = 500;
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

/// Looks, and notes it. `None` when more are found than anybody reads; that is noted too.
pub fn search(v: &mut Visit<'_>, wanted: &Wanted, paging: Paging<Filter, Last>) -> Result<Option<Page<PersonFound>>, Problem> {
    let (here, _) = v.see_code::<SeePeople>(&wanted.chapter)?;
    let span = paging.span::<PersonFound>()?;
    spend(v)?;
    let found = find(v, wanted, &here)?;
    let page = match found {
        None => None,
        Some(found) => {
            let from = match span.after {
                None => 0,
                Some((next, last)) => found.iter().position(|(_, person)| person.id.0 == last).map_or(next, |at| at + 1),
            };
            let most = usize::try_from(span.rows).unwrap_or(0);
            let rows: Vec<(usize, PersonFound)> = found.into_iter().skip(from).take(most).collect();
            let key = |row: &(usize, PersonFound)| (row.0 + 1, row.1.id.0);
            Some(paging.page(rows, key, |rows| Ok::<_, Problem>(rows.into_iter().map(|(_, person)| person).collect()))?)
        }
    };
    let mut detail = wanted.question.trace(v.vault, &wanted.chapter);
    detail["persons"] = json!(true);
    detail["shown"] = json!(page.as_ref().map(|page| page.items.len()));
    v.note_at(Some(here.chapter()), PERSONS_SEARCHED, None, Some(&detail))?;
    Ok(page)
}

/// All who fit, in the order of a Vietnamese list, each with its place; `None` when they are too many.
fn find(v: &mut Visit<'_>, wanted: &Wanted, here: &Seen<SeePeople>) -> Result<Option<Vec<(usize, PersonFound)>>, Fault> {
    let chapters = tree::with_succeeded(v.conn, here.chapter())?;
    let codes = tree::codes(v.conn, chapters)?;
    let mut ids = std::collections::BTreeSet::new();
    for (chapter, code) in &codes {
        for hashes in wanted.question.hashes(v.vault, code) {
            let rows = store::proposed(v.conn, &[*chapter], &hashes, MOST_PROPOSED + 1)?;
            ids.extend(rows.into_iter().map(|row| PersonId(row.id)));
        }
    }
    if i64::try_from(ids.len()).is_ok_and(|count| count > MOST_PROPOSED) {
        return Ok(None);
    }
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let mut fit: Vec<Known> = store::names(v.conn, v.vault, &ids)?.into_values().collect();
    fit.retain(|person| wanted.question.fits(&person.called()));
    if fit.len() > MOST_FOUND {
        return Ok(None);
    }
    fit.sort_by_cached_key(|person| (order::of_person(&person.name), person.id));
    let shown = |person: &Known| found(person, codes.get(&person.chapter.0).map_or("", String::as_str));
    Ok(Some(fit.iter().map(shown).enumerate().collect()))
}

/// So many looks an hour, whatever they find: whoever guesses names one by one is not helped.
fn spend(v: &mut Visit<'_>) -> Result<(), Problem> {
    let since = v.now - Duration::hours(1);
    let (looks, first) = authz::searches_since(v.conn, v.account(), since)?;
    if looks < MOST_AN_HOUR {
        return Ok(());
    }
    let wait = first.map_or(0, |first: DateTime<Utc>| (first - since).num_seconds()).max(0) + 1;
    let minutes = wait / 60 + 1;
    Err(Problem {
        retry_after: u64::try_from(wait).ok(),
        ..Problem::say(
            Kind::RateLimited,
            format!("Mỗi tài khoản được tra cứu người {MOST_AN_HOUR} lần trong một giờ; hãy thử lại sau {minutes} phút."),
            format!("An account looks for persons {MOST_AN_HOUR} times an hour; try again in {minutes} minutes."),
        )
    })
}

/// The answer when more were found than anybody reads.
pub fn too_many() -> Problem {
    Problem::field(
        "q",
        "TOO_MANY_FOUND",
        format!("Có quá nhiều người khớp (trên {MOST_FOUND}): hãy ghi thêm chữ của tên hoặc số cuối điện thoại."),
        format!("Too many fit (more than {MOST_FOUND}): give more words of the name or the last digits of the number."),
    )
}

/// A page of all persons of a chapter, in the order in which they were written down; noted.
pub fn list(v: &mut Visit<'_>, paging: &Paging<String, (DateTime<Utc>, Uuid)>) -> Result<Page<PersonFound>, Problem> {
    let (here, _) = v.see_code::<SeePeople>(&paging.filter)?;
    let span = paging.span::<PersonFound>()?;
    let rows = store::list(v.conn, &here, &span)?;
    let page = paging.page(
        rows,
        |row| (row.recorded_at, row.id),
        |rows| -> Result<Vec<PersonFound>, Fault> {
            let ids: Vec<PersonId> = rows.iter().map(|row| PersonId(row.id)).collect();
            let known = store::names(v.conn, v.vault, &ids)?;
            let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
            let shown = |person: &Known| found(person, codes.get(&person.chapter.0).map_or("", String::as_str));
            Ok(ids.iter().filter_map(|id| known.get(id)).map(shown).collect())
        },
    )?;
    v.note_at(Some(here.chapter()), "PERSONS_LISTED", None, Some(&json!({"shown": page.items.len()})))?;
    Ok(page)
}
