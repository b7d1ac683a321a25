//! What a site shows, row by row, beside the leaves: every ledger that it serves as a file, whole; its newest entries; and a sample of
//! entries, lists, searches and sums that nobody can foresee and everybody can repeat ([`Seed`]).
//!
//! Sums that agree say nothing of rows: whoever has a database in his hands can change one row and what follows from it. So each
//! row that is read is compared with its leaf ([`judge`](super::judge)). What is in doubt is asked again, with the patience that
//! published sums have.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::audit::{Walk, Watcher};
use super::face::{Face, Row};
use super::judge::{CHECK, Doubt, Judge, MOST_MISSING, OUT_OF_ORDER};
use super::place::{Place, PlaceError};
use super::published::{self, Look, Patience, escaped};
use super::question::Question;
use super::rows::{Filter, day_number};
use super::sampled::Seed;
use super::served_csv::{self, End};
use super::site::Site;
use super::{VerifyError, fold};
use crate::note::Verifier;

/// What is looked at besides whole files.
#[derive(Debug, Clone, Copy)]
pub struct Closely {
    /// Entries in the sample.
    pub sample: usize,
    pub seed: Seed,
}

/// Appeals whose ledgers are read.
const MOST_APPEALS: usize = 2_000;
const MOST_PAGES: usize = 50;
/// Appeals whose own pages are asked for.
const MOST_PAGED: usize = 200;
/// Rows that came before their leaf; more than so many do not come within a minute.
const MOST_YOUNG: usize = 10_000;
/// A log of so many entries has its list read to the end.
const WHOLE_LIST: u64 = 20_000;
/// Pages of the newest entries of a larger one.
const NEWEST_PAGES: usize = 20;
/// Caches may keep an answer for ten seconds.
const CACHED_ROUNDS: u32 = 3;

#[derive(Debug, Deserialize)]
struct AppealIn {
    code: String,
}

#[derive(Debug, Deserialize)]
struct AppealsIn {
    items: Vec<AppealIn>,
    next: Option<String>,
}

/// Doubts, and for how many rounds each has not moved.
type Lasting = BTreeMap<(String, String), u32>;

/// A comparison under way.
struct Served<'a, 'p> {
    site: &'a Site,
    patience: Patience,
    judge: Judge<'a, 'p>,
    /// What is to be asked (again), with what was in doubt the last time.
    open: BTreeMap<Question, Lasting>,
    asked: usize,
    /// Rows of files that came before their leaf.
    young: Vec<(String, Row)>,
    young_rounds: u32,
    unchecked: BTreeSet<String>,
}

/// Compares what the site serves with the leaves of a walk that kept its rows; the walk goes on where the log grew meanwhile.
pub fn compare(
    walk: &mut Walk<'_>,
    place: &dyn Place,
    site: &Site,
    keys: &[Verifier],
    patience: Patience,
    closely: Closely,
    watcher: Watcher<'_>,
) -> Result<(), VerifyError> {
    match has_entries(site) {
        Ok(true) => {}
        Ok(false) => {
            let why = "rows were not compared: the API has no list of entries";
            if site.is_told() {
                walk.unchecked.push(why.to_owned())
            } else {
                walk.notes.push(why.to_owned())
            }
            return Ok(());
        }
        Err(error) => {
            walk.unchecked.push(format!("rows were not compared: {error}"));
            return Ok(());
        }
    }
    let seed = closely.seed.of(walk.size());
    let judge = Judge::new(walk);
    let (open, young, unchecked) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
    let mut served = Served { site, patience, judge, open, asked: 0, young, young_rounds: 0, unchecked };
    if let Err(error) = served.all(place, keys, seed, closely.sample, watcher)? {
        served.unchecked.insert(format!("rows were not compared to the end: {error}"));
    }
    served.end(seed);
    Ok(())
}

/// Whether the API shows entries at all.
pub fn has_entries(site: &Site) -> Result<bool, PlaceError> {
    match site.api::<serde::de::IgnoredAny>("/api/v1/public/entries?limit=1") {
        // What is wrong with it is found below.
        Ok(Some(_)) | Err(PlaceError::Damaged { .. }) => Ok(true),
        Ok(None) => Ok(false),
        Err(error) => Err(error),
    }
}

type Tried = Result<(), PlaceError>;

impl Served<'_, '_> {
    fn all(
        &mut self,
        place: &dyn Place,
        keys: &[Verifier],
        seed: Seed,
        sample: usize,
        watcher: Watcher<'_>,
    ) -> Result<Tried, VerifyError> {
        if let Err(error) = self.files().and_then(|()| self.draw(seed, sample)) {
            return Ok(Err(error));
        }
        for round in 0..self.patience.rounds {
            if round > 0 {
                std::thread::sleep(self.patience.pause);
                if let Look::Over = published::look(self.judge.walk, place, keys, watcher)? {
                    break;
                }
            }
            if let Err(error) = self.round() {
                return Ok(Err(error));
            }
            if self.open.is_empty() && self.young.is_empty() {
                break;
            }
        }
        Ok(Ok(()))
    }

    /// Every ledger that is served as a file.
    fn files(&mut self) -> Tried {
        let mut appeals: BTreeSet<String> = self.listed()?.into_iter().collect();
        appeals.extend(self.judge.walk.known().map(|(rows, _)| rows.appeals()).unwrap_or_default());
        if appeals.len() > MOST_APPEALS {
            self.unchecked.insert(format!("not all ledgers were compared: there are more than {MOST_APPEALS}"));
        }
        for appeal in appeals.iter().take(MOST_APPEALS) {
            let path = format!("/api/v1/public/appeals/{}/ledger.csv", escaped(appeal));
            // A copy from before the log that was checked is asked for once more.
            if !self.file(&path, appeal, false)? {
                std::thread::sleep(self.patience.pause * self.patience.still);
                self.file(&path, appeal, true)?;
            }
        }
        Ok(())
    }

    fn listed(&mut self) -> Result<Vec<String>, PlaceError> {
        let (mut cursor, mut codes) = (None::<String>, Vec::new());
        for _ in 0..MOST_PAGES {
            let more = cursor.take().map(|cursor| format!("&cursor={}", escaped(&cursor))).unwrap_or_default();
            let Some(AppealsIn { items, next }) = self.site.api(&format!("/api/v1/public/appeals?limit=200{more}"))? else {
                break;
            };
            codes.extend(items.into_iter().map(|appeal| appeal.code));
            cursor = next;
            if cursor.is_none() || codes.len() > MOST_APPEALS {
                break;
            }
        }
        Ok(codes)
    }

    /// Compares one file. `false` when it is of a log that is smaller than the one that was signed before it was asked for.
    fn file(&mut self, path: &str, appeal: &str, is_last: bool) -> Result<bool, PlaceError> {
        let size = self.judge.walk.size();
        let filter = Filter { appeal: Some(appeal.to_owned()), ..Filter::default() };
        let Some(file) = self.site.stream(path)? else {
            let has_rows = self.judge.walk.known().is_some_and(|(rows, _)| !rows.fitting(&filter, size).is_empty());
            if has_rows {
                self.judge.wrong(path.to_owned(), "file", "is not served; the log has entries of it");
            }
            return Ok(true);
        };
        let until = file.log_size.map_or(size, |of| of.min(size));
        if until < size && !is_last {
            return Ok(false);
        }
        let most = size.saturating_add(MOST_YOUNG as u64);
        let (mut seen, mut highest, mut is_ordered, mut failed) = (vec![false; size as usize], 0, true, None);
        let mut is_old = false;
        let end = served_csv::read(file, appeal, &mut |number, row| {
            let row = match row {
                Ok(row) => row,
                Err(why) => {
                    self.judge.wrong(format!("{path}, row {number}"), "file", &why);
                    return true;
                }
            };
            let index = row.index.unwrap_or_default();
            if is_ordered && index + OUT_OF_ORDER < highest {
                is_ordered = false;
                let says = format!("comes after the entry at place {highest}: the rows are not in the order of the log");
                self.judge.wrong(fold::subject(index, row.code()), path, &says);
            }
            highest = highest.max(index);
            match seen.get_mut(usize::try_from(index).unwrap_or(usize::MAX)) {
                Some(true) => self.judge.wrong(fold::subject(index, row.code()), path, "the file has it twice"),
                Some(seen) => *seen = true,
                None => {}
            }
            match self.judge.row(path, &row) {
                Ok(doubts) => {
                    for doubt in doubts {
                        match doubt.is_ahead {
                            // A copy in a cache may be from before.
                            false if !is_last => is_old = true,
                            false => self.judge.wrong(doubt.subject, path, &doubt.says),
                            true if self.young.len() < MOST_YOUNG => self.young.push((path.to_owned(), row.clone())),
                            true => drop(self.unchecked.insert(format!("{path}: too many rows that are not in the log yet"))),
                        }
                    }
                }
                Err(error) => failed = Some(error),
            }
            if number > most {
                self.judge.wrong(path.to_owned(), "file", "has more rows than the log has entries");
            }
            failed.is_none() && number <= most
        });
        if let Some(error) = failed {
            return Err(error);
        }
        match end {
            End::Whole => self.missing(path, &filter, until, &seen),
            End::Broken(why) => drop(self.unchecked.insert(format!("{path} broke off: {why}"))),
            End::Unreadable(why) => self.judge.wrong(path.to_owned(), "file", &why),
        }
        if until < size {
            self.unchecked.insert(format!("{path} is of a log of {until} entries, and stays behind the {size} that are signed"));
        }
        Ok(!is_old)
    }

    fn missing(&mut self, path: &str, filter: &Filter, until: u64, seen: &[bool]) {
        let Some((rows, _)) = self.judge.walk.known() else { return };
        let missing: Vec<u64> =
            rows.fitting(filter, until).into_iter().filter(|index| seen.get(*index as usize) != Some(&true)).collect();
        for index in missing.iter().take(MOST_MISSING) {
            let code = self.judge.walk.leaf(*index).ok().flatten().and_then(|leaf| super::leaf::code_in(&leaf));
            self.judge.wrong(fold::subject(*index, code), path, "the file has no row of it");
        }
        if missing.len() > MOST_MISSING {
            let many = missing.len() - MOST_MISSING;
            self.judge.wrong(path.to_owned(), "file", &format!("{many} more entries of the log have no row"));
        }
    }

    /// Decides what else is asked.
    fn draw(&mut self, seed: Seed, sample: usize) -> Tried {
        let pages = if self.judge.walk.size() <= WHOLE_LIST { usize::MAX } else { NEWEST_PAGES };
        self.ask(Question::list("/api/v1/public/entries?limit=200".to_owned(), Filter::default(), pages));
        for appeal in self.judge.walk.known().map(|(rows, _)| rows.appeals()).unwrap_or_default().into_iter().take(MOST_PAGED) {
            self.ask(Question::Appeal(appeal));
        }
        for (n, index) in seed.draw(sample).into_iter().enumerate() {
            if !self.judge.walk.known().is_some_and(|(rows, _)| rows.has(index)) {
                continue;
            }
            let Some((face, _)) = self.judge.walk.face(index)? else { continue };
            self.ask(Question::Entry(face.code.clone()));
            if let Some(question) = about(&face, n) {
                self.ask(question);
            }
            self.ask(Question::Own(face.chapter.clone()));
            if let Some(day) = day_number(&face.day).filter(|_| !face.province.is_empty()) {
                self.ask(Question::Day { province: face.province.clone(), day: face.day.clone(), number: day });
            }
        }
        Ok(())
    }

    fn ask(&mut self, question: Question) {
        if self.open.insert(question, BTreeMap::new()).is_none() {
            self.asked += 1;
        }
    }

    /// Asks everything that is open.
    fn round(&mut self) -> Tried {
        for question in self.open.keys().cloned().collect::<Vec<_>>() {
            let doubts = question.doubts(self.site, &mut self.judge)?;
            let before = self.open.remove(&question).unwrap_or_default();
            let mut lasting = Lasting::new();
            for doubt in doubts {
                let most = self.most_rounds(&doubt);
                let Doubt { subject, says, .. } = doubt;
                let key = (subject, says);
                let rounds = before.get(&key).map_or(0, |before| before + 1);
                if rounds >= most {
                    self.judge.wrong(key.0, &question.path(), &key.1);
                } else {
                    lasting.insert(key, rounds);
                }
            }
            if !lasting.is_empty() {
                self.open.insert(question, lasting);
            }
        }
        self.young_ones()
    }

    fn most_rounds(&self, doubt: &Doubt) -> u32 {
        if doubt.is_ahead { self.patience.lasting } else { self.patience.still + CACHED_ROUNDS }
    }

    /// Rows that came before their leaf: by now it may be there.
    fn young_ones(&mut self) -> Tried {
        let is_over = self.young_rounds >= self.patience.lasting;
        for (path, row) in std::mem::take(&mut self.young) {
            let ahead = self.judge.row(&path, &row)?.into_iter().find(|doubt| doubt.is_ahead);
            match ahead {
                Some(doubt) if is_over => self.judge.wrong(doubt.subject, &path, &doubt.says),
                Some(_) => self.young.push((path, row)),
                None => {}
            }
        }
        self.young_rounds += 1;
        Ok(())
    }

    fn end(self, seed: Seed) {
        let Judge { walk, compared, not_understood, .. } = self.judge;
        if let Some((subject, says)) = self.open.values().flat_map(Lasting::keys).next() {
            let such = format!("{subject}: {says}");
            let many = self.open.len();
            walk.unchecked.push(format!("{many} of {} questions about rows stayed open; such as {such}", self.asked));
        }
        walk.unchecked.extend(self.unchecked);
        let wrong = walk.findings.kept.iter().filter(|finding| finding.check == CHECK).count();
        let said = if wrong == 0 { ": as the log has them" } else { "" };
        walk.notes.push(format!("{compared} rows compared{said}; the sample's seed is {seed} ({} questions)", self.asked));
        if not_understood > 0 {
            walk.notes.push(format!("{not_understood} rows of entries that are not understood were not compared"));
        }
    }
}

/// A list or a search in which an entry must be.
fn about(face: &Face, n: usize) -> Option<Question> {
    let day = day_number(&face.day)?;
    let (list, on) = ("/api/v1/public/entries?limit=200", format!("&from={0}&to={0}", escaped(&face.day)));
    let amount = i64::try_from(face.amount?).ok()?;
    let filter = Filter { day: Some(day), ..Filter::default() };
    Some(match n % 4 {
        0 => {
            let path = format!("{list}&chapter={}&amount_vnd={amount}{on}", escaped(&face.chapter));
            Question::list(path, Filter { chapter: Some(face.chapter.clone()), amount: Some(amount), ..filter }, NEWEST_PAGES)
        }
        1 if !face.province.is_empty() => {
            let path = format!("{list}&chapter={}{on}", escaped(&face.province));
            Question::list(path, Filter { province: Some(face.province.clone()), ..filter }, NEWEST_PAGES)
        }
        2 if !face.appeal.is_empty() && !face.channel.is_empty() => {
            let path = format!("{list}&appeal={}&channel={}{on}", escaped(&face.appeal), escaped(&face.channel));
            let filter = Filter { appeal: Some(face.appeal.clone()), channel: Some(face.channel.clone()), ..filter };
            Question::list(path, filter, NEWEST_PAGES)
        }
        3 if !face.appeal.is_empty() => {
            let path = format!("{list}&q={}&amount_vnd={amount}{on}", escaped(&face.appeal));
            // Words are looked for everywhere: what else has them is no fault.
            let may = Filter { amount: Some(amount), ..filter };
            let must = Filter { appeal: Some(face.appeal.clone()), ..may.clone() };
            Question::search(path, must, may)
        }
        _ => return None,
    })
}
