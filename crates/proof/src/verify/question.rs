//! One question to the API about rows, and what is in doubt about its answer.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::code::Code;
use super::fold::subject;
use super::judge::{Doubt, Judge, MOST_MISSING, OUT_OF_ORDER};
use super::place::PlaceError;
use super::published::escaped;
use super::rows::Filter;
use super::served_row::{EntriesIn, EntryIn};
use super::site::Site;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// One entry, by its code.
    Entry(String),
    /// A list, or a search.
    List(Box<List>),
    /// What the page of an appeal says it received.
    Appeal(String),
    /// What a chapter received by itself.
    Own(String),
    /// What a province received on a day, with everything below it.
    Day { province: String, day: String, number: i32 },
}

/// A list: which rows must be in it, which may, and how many pages are read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct List {
    path: String,
    must: Filter,
    may: Filter,
    pages: usize,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct SumIn {
    received_vnd: i128,
    gift_count: i64,
}

#[derive(Debug, Deserialize)]
struct AppealIn {
    totals: TotalsIn,
}

fn whole(totals: &TotalsIn) -> SumIn {
    SumIn { received_vnd: totals.received_vnd, gift_count: totals.gift_count }
}

#[derive(Debug, Deserialize)]
struct TotalsIn {
    received_vnd: i128,
    gift_count: i64,
    own: SumIn,
}

/// Pages of a search.
const SEARCH_PAGES: usize = 20;

impl Question {
    pub fn list(path: String, filter: Filter, pages: usize) -> Self {
        Question::List(Box::new(List { path, must: filter.clone(), may: filter, pages }))
    }

    pub fn search(path: String, must: Filter, may: Filter) -> Self {
        Question::List(Box::new(List { path, must, may, pages: SEARCH_PAGES }))
    }

    pub fn path(&self) -> String {
        match self {
            Question::Entry(code) => format!("/api/v1/public/entries/{}", escaped(code)),
            Question::List(list) => list.path.clone(),
            Question::Appeal(code) => format!("/api/v1/public/appeals/{}", escaped(code)),
            Question::Own(chapter) => format!("/api/v1/public/totals?chapter={}", escaped(chapter)),
            Question::Day { province, day, .. } => {
                format!("/api/v1/public/totals?chapter={}&from={1}&to={1}", escaped(province), escaped(day))
            }
        }
    }

    /// Asks. What is wrong for good is added to the findings; what may be a moment's is answered.
    pub fn doubts(&self, site: &Site, judge: &mut Judge<'_, '_>) -> Result<Vec<Doubt>, PlaceError> {
        let answered = match self {
            Question::Entry(code) => entry(&self.path(), code, site, judge),
            Question::List(list) => list.doubts(site, judge),
            Question::Appeal(code) => {
                let filter = Filter { appeal: Some(code.clone()), ..Filter::default() };
                sums(&self.path(), &filter, site, judge, |page: &AppealIn| whole(&page.totals))
            }
            Question::Own(chapter) => {
                let filter = Filter { chapter: Some(chapter.clone()), ..Filter::default() };
                sums(&self.path(), &filter, site, judge, |totals: &TotalsIn| totals.own)
            }
            Question::Day { province, number, .. } => {
                let filter = Filter { province: Some(province.clone()), day: Some(*number), ..Filter::default() };
                sums(&self.path(), &filter, site, judge, whole)
            }
        };
        match answered {
            Err(PlaceError::Damaged { path, why }) => {
                judge.wrong(path, "answer", &why);
                Ok(Vec::new())
            }
            other => other,
        }
    }
}

fn entry(path: &str, code: &str, site: &Site, judge: &mut Judge<'_, '_>) -> Result<Vec<Doubt>, PlaceError> {
    let known = Code::parse(code);
    let index = known.and_then(|code| judge.walk.known()?.1.index_of(code));
    let name = index.map_or_else(|| format!("entry ({code})"), |index| subject(index, Some(code)));
    let Some(answer) = site.api::<EntryIn>(path)? else {
        return Ok(vec![Doubt { subject: name, says: "the site has no page of it".to_owned(), is_ahead: false }]);
    };
    let (row, wrong) = answer.row();
    wrong.into_iter().for_each(|why| judge.wrong(name.clone(), path, &why));
    if row.code() != known {
        judge.wrong(name, path, "the site answers with another entry");
        return Ok(Vec::new());
    }
    judge.row(path, &row)
}

fn sums<T: DeserializeOwned>(
    path: &str,
    filter: &Filter,
    site: &Site,
    judge: &mut Judge<'_, '_>,
    part: impl Fn(&T) -> SumIn,
) -> Result<Vec<Doubt>, PlaceError> {
    let added = judge.walk.known().map(|(rows, _)| rows.received(filter)).unwrap_or_default();
    let doubt = |says: String| Ok(vec![Doubt { subject: path.to_owned(), says, is_ahead: true }]);
    let Some(totals) = site.api::<T>(path)? else {
        return doubt("is not published; the log has entries of it".to_owned());
    };
    let shown = part(&totals);
    if (shown.received_vnd, shown.gift_count) == (added.vnd, added.gifts) {
        return Ok(Vec::new());
    }
    doubt(format!(
        "published: {} đồng in {} gifts; added up: {} đồng in {} gifts",
        shown.received_vnd, shown.gift_count, added.vnd, added.gifts
    ))
}

impl List {
    fn doubts(&self, site: &Site, judge: &mut Judge<'_, '_>) -> Result<Vec<Doubt>, PlaceError> {
        let before = judge.walk.size();
        // More pages than a log of this size can have, and some for what comes meanwhile, are no list.
        let most = self.pages.min(usize::try_from(before / 200).unwrap_or(usize::MAX).saturating_add(50));
        let mut reading = Reading { list: self, seen: HashSet::new(), places: HashSet::new(), lowest: None, doubts: Vec::new() };
        let (mut cursor, mut is_whole) = (None::<String>, false);
        for _ in 0..most {
            let more = cursor.take().map(|cursor| format!("&cursor={}", escaped(&cursor))).unwrap_or_default();
            let Some(page) = site.api::<EntriesIn>(&format!("{}{more}", self.path))? else {
                let says = "the site has no such list".to_owned();
                return Ok(vec![Doubt { subject: self.path.clone(), says, is_ahead: false }]);
            };
            for entry in page.items {
                reading.entry(entry, judge)?;
            }
            cursor = page.next;
            if cursor.is_none() {
                is_whole = true;
                break;
            }
        }
        reading.missing(judge, before, is_whole)?;
        Ok(reading.doubts)
    }
}

/// A list under way.
struct Reading<'l> {
    list: &'l List,
    seen: HashSet<String>,
    /// Of the log.
    places: HashSet<u64>,
    lowest: Option<u64>,
    doubts: Vec<Doubt>,
}

impl Reading<'_> {
    fn entry(&mut self, entry: EntryIn, judge: &mut Judge<'_, '_>) -> Result<(), PlaceError> {
        let path = &self.list.path;
        let (row, wrong) = entry.row();
        let index = row.code().and_then(|code| judge.walk.known()?.1.index_of(code));
        let shown: String = row.face.code.chars().take(40).collect();
        let name = index.map_or_else(|| format!("entry ({shown})"), |index| subject(index, Some(&shown)));
        wrong.into_iter().for_each(|why| judge.wrong(name.clone(), path, &why));
        if !self.seen.insert(row.face.code.clone()) {
            judge.wrong(name.clone(), path, "the list has it twice");
        }
        if !self.list.may.allows(&row.face) {
            judge.wrong(name.clone(), path, "the list has it, and it is not what was asked for");
        }
        if let Some(index) = index {
            if self.lowest.is_some_and(|lowest| index > lowest.saturating_add(OUT_OF_ORDER)) {
                judge.wrong(name, path, "the list is not in the order of the log, newest first");
            }
            self.lowest = Some(self.lowest.map_or(index, |lowest| lowest.min(index)));
            self.places.insert(index);
        }
        self.doubts.extend(judge.row(path, &row)?);
        Ok(())
    }

    /// Entries that fit and are not there: a list that a cache has kept may be some seconds old.
    fn missing(&mut self, judge: &Judge<'_, '_>, before: u64, is_whole: bool) -> Result<(), PlaceError> {
        let from = if is_whole { 0 } else { self.lowest.map_or(u64::MAX, |lowest| lowest.saturating_add(OUT_OF_ORDER)) };
        let fitting = judge.walk.known().map(|(rows, _)| rows.fitting(&self.list.must, before)).unwrap_or_default();
        let missing: Vec<u64> = fitting.into_iter().filter(|index| *index >= from && !self.places.contains(index)).collect();
        for index in missing.iter().take(MOST_MISSING) {
            let code = judge.walk.leaf(*index)?.and_then(|leaf| super::leaf::code_in(&leaf));
            let says = format!("is not in the list {}", self.list.path);
            self.doubts.push(Doubt { subject: subject(*index, code), says, is_ahead: false });
        }
        if missing.len() > MOST_MISSING {
            let says = format!("{} more entries of the log are not in the list", missing.len() - MOST_MISSING);
            self.doubts.push(Doubt { subject: self.list.path.clone(), says, is_ahead: false });
        }
        Ok(())
    }
}
