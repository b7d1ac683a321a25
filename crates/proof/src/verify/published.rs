//! Published sums beside the sums of the leaves.
//!
//! The API is exact at the moment of asking and knows a gift a second or two before the log signs it. So what differs is asked
//! again, and the log followed, until it is the same, or until neither side of it has moved for long enough: then it is a finding.
//! That is counted for each sum by itself; a log that grows elsewhere all the time excuses nothing. A sum that never stood still long
//! enough could not be compared: that is no finding, and the audit is not clean.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::VerifyError;
use super::audit::{Walk, Watcher};
use super::place::{Place, PlaceError};
use super::site::Site;
use super::terms::{LeftIn, Terms, TermsIn};
use super::totals::{Flow, Sum, Views};
use crate::checkpoint;
use crate::leaf::CENTRAL;
use crate::note::Verifier;

/// Chapters whose own sums are asked for, those with most money first: the API answers one at a time.
const MOST_CHAPTERS: usize = 100;
/// Pages of appeals that are read, and appeals on them.
const MOST_PAGES: usize = 50;
const MOST_APPEALS: usize = 2_000;
/// Sums that are asked for.
const MOST_QUESTIONS: usize = 5_000;
/// Requests in all.
const MOST_REQUESTS: usize = 25_000;
/// How long to wait for a log that is behind.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub pause: Duration,
    /// Rounds without a new checkpoint after which a difference that does not move is one.
    pub still: u32,
    /// The same while the log grows: longer than a gift may wait for its leaf.
    pub lasting: u32,
    /// Rounds in all.
    pub rounds: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { pause: Duration::from_secs(2), still: 5, lasting: 32, rounds: 45 }
    }
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
struct SumIn {
    received_vnd: i128,
    gift_count: i64,
}

impl From<SumIn> for Sum {
    fn from(sum: SumIn) -> Self {
        Sum { received_vnd: sum.received_vnd, gift_count: sum.gift_count }
    }
}

#[derive(Debug, Deserialize)]
struct TotalsIn {
    received_vnd: i128,
    gift_count: i64,
    own: SumIn,
    quarantined: SumIn,
    by_channel: BTreeMap<String, SumIn>,
    by_fund: BTreeMap<String, SumIn>,
    /// Sites of before show what was received, and nothing else.
    #[serde(default)]
    flow: Option<TermsIn>,
    #[serde(default)]
    own_flow: TermsIn,
    #[serde(default)]
    quarantined_flow: TermsIn,
    #[serde(default)]
    flow_by_fund: BTreeMap<String, TermsIn>,
    #[serde(default)]
    paid_by_category: TermsIn,
    #[serde(default)]
    other_income_by_category: TermsIn,
    #[serde(default)]
    on_the_way_vnd: Option<i128>,
    #[serde(default)]
    left: LeftIn,
}

#[derive(Debug, Deserialize)]
struct AppealIn {
    code: String,
}

#[derive(Debug, Deserialize)]
struct AppealsIn {
    items: Vec<AppealIn>,
    next: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Country,
    Appeal(String),
    /// With everything below it.
    Province(String),
    /// A chapter's own.
    Chapter(String),
}

/// A code as it may stand in an address: everything but letters, digits and a few signs is written as bytes.
pub(super) fn escaped(code: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    code.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

impl Question {
    fn path(&self) -> String {
        match self {
            Question::Country => "/api/v1/public/totals".to_owned(),
            Question::Appeal(code) => format!("/api/v1/public/totals?appeal={}", escaped(code)),
            Question::Province(code) | Question::Chapter(code) => format!("/api/v1/public/totals?chapter={}", escaped(code)),
        }
    }

    /// What differs between the answer and the leaves, in words.
    fn differences(&self, answer: Option<&TotalsIn>, views: &Views) -> Vec<(String, String)> {
        let Some(answer) = answer else {
            return vec![(self.path(), "is not published; the log has entries of it".to_owned())];
        };
        let received = Sum { received_vnd: answer.received_vnd, gift_count: answer.gift_count };
        let of = |sums: &BTreeMap<String, Sum>, code: &str| sums.get(code).copied().unwrap_or_default();
        let mut pairs = match self {
            Question::Country => vec![
                ("received".to_owned(), received, views.received),
                ("quarantined".to_owned(), answer.quarantined.into(), views.quarantined),
            ],
            Question::Appeal(code) => vec![(format!("appeal {code}"), received, of(&views.by_appeal, code))],
            Question::Province(code) => vec![(format!("province {code}"), received, of(&views.by_province, code))],
            Question::Chapter(code) => vec![(format!("chapter {code}, its own"), answer.own.into(), of(&views.by_chapter, code))],
        };
        if *self == Question::Country {
            pairs.extend(each("fund", &answer.by_fund, &views.by_fund));
            pairs.extend(each("channel", &answer.by_channel, &views.by_channel));
        }
        let differ = pairs.into_iter().filter(|(_, published, added)| published != added);
        let gifts =
            differ.map(|(what, published, added)| (what, format!("published: {}; added up: {}", say(published), say(added))));
        gifts.chain(self.terms(answer, views)).collect()
    }

    /// The same of all other terms of the equation, and of what is left.
    fn terms(&self, answer: &TotalsIn, views: &Views) -> Vec<(String, String)> {
        let Some(flow) = &answer.flow else { return Vec::new() };
        let of = |flows: &BTreeMap<String, Flow>, code: &str| flows.get(code).copied().unwrap_or_default();
        let mut terms = Terms::default();
        match self {
            Question::Country => {
                terms.compare("", flow, views.flow.terms());
                terms.compare("quarantined, ", &answer.quarantined_flow, views.quarantined_flow.terms());
                let funds: BTreeSet<&String> = answer.flow_by_fund.keys().chain(views.flow_by_fund.keys()).collect();
                let nothing = TermsIn::new();
                for fund in funds {
                    let published = answer.flow_by_fund.get(fund).unwrap_or(&nothing);
                    terms.compare(&format!("fund {fund}, "), published, of(&views.flow_by_fund, fund).terms());
                }
                terms.categories("paid for", &answer.paid_by_category, &views.paid_by_category);
                terms.categories("other income from", &answer.other_income_by_category, &views.other_income_by_category);
                if let Some(on_the_way) = answer.on_the_way_vnd {
                    terms.one("on the way".to_owned(), on_the_way, views.flow.on_the_way());
                }
                terms.compare("left, ", &answer.left.all, views.left.terms());
                terms.compare("left, quarantined, ", &answer.left.quarantined, views.quarantined_left.terms());
            }
            Question::Appeal(code) => terms.compare(&format!("appeal {code}, "), flow, of(&views.flow_by_appeal, code).terms()),
            Question::Province(code) => {
                terms.compare(&format!("province {code}, "), flow, of(&views.flow_by_province, code).terms());
            }
            Question::Chapter(code) => {
                let own = format!("chapter {code}, its own, ");
                terms.compare(&own, &answer.own_flow, of(&views.flow_by_chapter, code).terms());
                let left = views.left_by_chapter.get(code).copied().unwrap_or_default();
                terms.compare(&format!("{own}left, "), &answer.left.own, left.terms());
            }
        }
        terms.0
    }
}

fn each(what: &str, published: &BTreeMap<String, SumIn>, added: &BTreeMap<String, Sum>) -> Vec<(String, Sum, Sum)> {
    let codes: BTreeSet<&String> = published.keys().chain(added.keys()).collect();
    let pair = |code: &String| {
        let (published, added) =
            (published.get(code).copied().unwrap_or_default().into(), added.get(code).copied().unwrap_or_default());
        (format!("{what} {code}"), published, added)
    };
    codes.into_iter().map(pair).collect()
}

fn say(sum: Sum) -> String {
    format!("{} đồng in {} gifts", sum.received_vnd, sum.gift_count)
}

/// The sums that are compared: which still differ, and since when.
struct Sums<'s> {
    site: &'s Site,
    patience: Patience,
    /// Everything that was ever asked.
    asked: BTreeSet<Question>,
    /// What is to be asked (again), with what differed the last time.
    open: BTreeMap<Question, BTreeMap<String, Lasting>>,
    /// What is a finding already.
    reported: BTreeSet<String>,
    requests: usize,
    /// Why there are sums that nobody asked for.
    left_out: BTreeSet<String>,
}

/// A difference, and for how long neither side of it has moved.
struct Lasting {
    says: String,
    rounds: u32,
    /// Of these, rounds without a new checkpoint.
    still: u32,
}

impl<'s> Sums<'s> {
    /// `None` where there is no API and nobody said that there is one.
    fn begin(walk: &mut Walk<'_>, site: &'s Site, patience: Patience) -> Result<Option<Self>, PlaceError> {
        let empty = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let (asked, open, reported, left_out) = empty;
        let mut sums = Self { site, patience, asked, open, reported, requests: 0, left_out };
        let has_totals = sums.answer::<TotalsIn>(&Question::Country.path())?.is_some();
        let has_appeals = sums.listed()?;
        if !has_totals && (has_appeals || site.is_told()) {
            let why = "the API has no page of totals: is this its address?";
            walk.unchecked.push(format!("published sums were not compared: {why}"));
            return Ok(None);
        }
        if !has_totals {
            let why = "there is no API beside the log (say where with --api)";
            walk.notes.push(format!("published sums were not compared: {why}"));
            return Ok(None);
        }
        if !has_appeals {
            sums.left_out.insert("the API lists no appeals".to_owned());
        }
        sums.ask(Question::Country);
        sums.ask_of(&walk.views());
        Ok(Some(sums))
    }

    fn answer<T: DeserializeOwned>(&mut self, path: &str) -> Result<Option<T>, PlaceError> {
        self.requests += 1;
        if self.requests > MOST_REQUESTS {
            return Err(PlaceError::unreachable("the API", format!("after {MOST_REQUESTS} requests it is enough")));
        }
        self.site.api(path)
    }

    fn ask(&mut self, question: Question) {
        if self.asked.contains(&question) {
            return;
        }
        if self.asked.len() >= MOST_QUESTIONS {
            self.left_out.insert(format!("there are more than {MOST_QUESTIONS}"));
            return;
        }
        self.asked.insert(question.clone());
        self.open.insert(question, BTreeMap::new());
    }

    /// Asks for the appeals that the API lists, also those without a gift. `false` when it lists none.
    fn listed(&mut self) -> Result<bool, PlaceError> {
        let (mut cursor, mut many) = (None::<String>, 0);
        for page in 0..MOST_PAGES {
            let more = cursor.take().map(|cursor| format!("&cursor={}", escaped(&cursor))).unwrap_or_default();
            let Some(AppealsIn { items, next }) = self.answer(&format!("/api/v1/public/appeals?limit=200{more}"))? else {
                return Ok(page > 0);
            };
            many += items.len();
            items.into_iter().take(MOST_APPEALS).for_each(|appeal| self.ask(Question::Appeal(appeal.code)));
            cursor = next;
            if cursor.is_none() || many > MOST_APPEALS {
                break;
            }
        }
        if cursor.is_some() || many > MOST_APPEALS {
            self.left_out.insert(format!("the API lists more than {MOST_APPEALS} appeals, or in more than {MOST_PAGES} pages"));
        }
        Ok(true)
    }

    /// Asks for what the leaves have.
    fn ask_of(&mut self, views: &Views) {
        views.flow_by_appeal.keys().for_each(|code| self.ask(Question::Appeal(code.clone())));
        // The centre is its own province in a leaf and the whole country in a total: its own sum is asked for instead.
        for code in views.flow_by_province.keys() {
            // Which province is exempt is nothing to ask a server.
            let is_centre = code == CENTRAL;
            self.ask(if is_centre { Question::Chapter(code.clone()) } else { Question::Province(code.clone()) });
        }
        let turnover = |flow: &Flow| flow.terms().map(|(_, vnd)| vnd.saturating_abs()).fold(0, i128::saturating_add);
        let mut chapters: Vec<(&String, i128)> =
            views.flow_by_chapter.iter().map(|(code, flow)| (code, turnover(flow))).collect();
        chapters.sort_by_key(|(_, turnover)| std::cmp::Reverse(*turnover));
        chapters.into_iter().take(MOST_CHAPTERS).for_each(|(code, _)| self.ask(Question::Chapter(code.clone())));
    }

    /// Asks everything that is open. `is_still`: the log is as it was the last time.
    fn round(&mut self, walk: &mut Walk<'_>, is_still: bool) -> Result<(), PlaceError> {
        let views = walk.views();
        for question in self.open.keys().cloned().collect::<Vec<_>>() {
            let answer: Option<TotalsIn> = self.answer(&question.path())?;
            let before = self.open.remove(&question).unwrap_or_default();
            let mut differ = BTreeMap::new();
            for (what, says) in question.differences(answer.as_ref(), &views) {
                let lasting = match before.get(&what).filter(|before| before.says == says) {
                    Some(before) => {
                        Lasting { says, rounds: before.rounds + 1, still: if is_still { before.still + 1 } else { 0 } }
                    }
                    None => Lasting { says, rounds: 0, still: 0 },
                };
                if self.reported.contains(&what) {
                    continue;
                }
                if lasting.still >= self.patience.still || lasting.rounds >= self.patience.lasting {
                    walk.findings.add("published_sum", what.clone(), lasting.says);
                    self.reported.insert(what);
                } else {
                    differ.insert(what, lasting);
                }
            }
            if !differ.is_empty() {
                self.open.insert(question, differ);
            }
        }
        Ok(())
    }

    fn end(self, walk: &mut Walk<'_>) {
        let (asked, open) = (self.asked.len(), self.open.len());
        if let Some((what, lasting)) = self.open.values().flatten().next() {
            let such = format!("{what}, {}", lasting.says);
            let why = "the log or the sums changed all the time";
            walk.unchecked.push(format!("{open} of {asked} published sums could not be compared: {why}; such as {such}"));
        } else if self.reported.is_empty() {
            walk.notes.push(format!("{asked} published sums compared: the same"));
        } else {
            walk.notes.push(format!("{asked} published sums compared"));
        }
        let chapters = walk.views().flow_by_chapter.len();
        if chapters > MOST_CHAPTERS {
            let which = format!("of {chapters} chapters, the {MOST_CHAPTERS} with most money were asked for their own sum");
            walk.notes.push(format!("{which}; the others are in their provinces'"));
        }
        walk.unchecked.extend(self.left_out.into_iter().map(|why| format!("not all published sums were compared: {why}")));
    }
}

/// What a look at the log between two rounds brought.
pub(super) enum Look {
    Followed {
        is_still: bool,
    },
    /// Nothing more can be compared; it is said why.
    Over,
}

pub(super) fn look(walk: &mut Walk<'_>, place: &dyn Place, keys: &[Verifier], watcher: Watcher<'_>) -> Result<Look, VerifyError> {
    let wrong = |walk: &mut Walk<'_>, why: String| {
        walk.findings.add("checkpoint", "checkpoint", why);
        Ok(Look::Over)
    };
    let note = match place.checkpoint() {
        Ok(note) => note,
        Err(error @ PlaceError::Unreachable { .. }) => {
            walk.unchecked.push(format!("published sums were not compared to the end: {error}"));
            return Ok(Look::Over);
        }
        Err(error) => return wrong(walk, error.to_string()),
    };
    match checkpoint::open(&note, keys) {
        Ok(head) => {
            let (is_still, contradictions) = (head == *walk.head().0, walk.evidence.len());
            walk.follow(&note, head, watcher)?;
            Ok(if walk.evidence.len() > contradictions { Look::Over } else { Look::Followed { is_still } })
        }
        Err(error) => wrong(walk, error.to_string()),
    }
}

/// Compares what the API publishes with what the leaves add up to; the walk goes on where the log grew meanwhile.
pub fn compare(
    walk: &mut Walk<'_>,
    place: &dyn Place,
    site: &Site,
    keys: &[Verifier],
    patience: Patience,
    watcher: Watcher<'_>,
) -> Result<(), VerifyError> {
    let not_compared = |error: PlaceError| format!("published sums were not compared: {error}");
    let mut sums = match Sums::begin(walk, site, patience) {
        Ok(Some(sums)) => sums,
        Ok(None) => return Ok(()),
        Err(error) => {
            walk.unchecked.push(not_compared(error));
            return Ok(());
        }
    };
    let mut is_still = false;
    for round in 0..patience.rounds {
        if round > 0 {
            std::thread::sleep(patience.pause);
            match look(walk, place, keys, watcher)? {
                Look::Over => break,
                Look::Followed { is_still: as_before } => is_still = as_before,
            }
            if !is_still {
                // What grew may be of an appeal or a chapter that had nothing before.
                sums.ask_of(&walk.views());
            }
        }
        if let Err(error) = sums.round(walk, is_still) {
            walk.unchecked.push(not_compared(error));
            return Ok(());
        }
        if sums.open.is_empty() {
            break;
        }
    }
    sums.end(walk);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_no_part_of_an_address() {
        assert_eq!(escaped("LULUT-2026"), "LULUT-2026");
        assert_eq!(escaped("../a?b=c&đ"), "..%2Fa%3Fb%3Dc%26%C4%91");
    }

    #[test]
    fn a_difference_is_named_from_both_sides() {
        let mut views = Views { received: Sum { received_vnd: 5, gift_count: 1 }, ..Views::default() };
        views.by_fund.insert("GENERAL".to_owned(), views.received);
        let answer = r#"{"chapter":"TW","received_vnd":5,"gift_count":1,"own":{"received_vnd":0,"gift_count":0},"quarantined":{"received_vnd":0,"gift_count":0},
            "by_channel":{},"by_fund":{"GENERAL":{"received_vnd":4,"gift_count":1},"APPEAL:X":{"received_vnd":1,"gift_count":1}}}"#;
        let answer: TotalsIn = serde_json::from_str(answer).unwrap();
        let differ = Question::Country.differences(Some(&answer), &views);
        assert_eq!(differ.iter().map(|(what, _)| what.as_str()).collect::<Vec<_>>(), ["fund APPEAL:X", "fund GENERAL"]);
        assert_eq!(differ[1].1, "published: 4 đồng in 1 gifts; added up: 5 đồng in 1 gifts");
        assert_eq!(Question::Appeal("X".to_owned()).differences(None, &views).len(), 1);
    }

    #[test]
    fn every_term_is_compared_where_a_site_has_them() {
        let answer = |flow: &str| -> TotalsIn {
            serde_json::from_str(&format!(
                r#"{{"chapter":"TW","received_vnd":0,"gift_count":0,"own":{{"received_vnd":0,"gift_count":0}},"quarantined":{{"received_vnd":0,"gift_count":0}},
                "by_channel":{{}},"by_fund":{{}}{flow}}}"#
            ))
            .unwrap()
        };
        let mut totals = super::super::totals::Totals::default();
        let cell = super::super::totals::Cell { chapter: "68", province: "68", appeal: "", fund: "GENERAL", channel: "" };
        for (account, vnd) in [("OPERATING_EXPENSE", 5), ("CASH_ON_HAND", -5)] {
            totals.add_moved(cell, super::super::kinds::term("PAYMENT", account).unwrap(), "RENT", vnd);
        }
        let differ = |question: Question, flow: &str| question.differences(Some(&answer(flow)), &totals.views());
        assert!(differ(Question::Country, "").is_empty(), "a site of before has no such sums");
        let whole = r#","flow":{"paid_vnd":5,"left_vnd":-5},"flow_by_fund":{"GENERAL":{"paid_vnd":5,"left_vnd":-5}},"paid_by_category":{"RENT":5},
            "on_the_way_vnd":0,"left":{"all":{"cash_vnd":-5},"own":{},"quarantined":{}}"#;
        assert_eq!(differ(Question::Country, whole), []);
        let wrong = differ(Question::Country, &whole.replace("\"RENT\":5", "\"RENT\":4"));
        assert_eq!(wrong, [("paid for RENT".to_owned(), "published: 4 đồng; added up: 5 đồng".to_owned())]);
        let own =
            r#","flow":{},"own_flow":{"paid_vnd":5,"left_vnd":-5},"left":{"all":{},"own":{"cash_vnd":-4},"quarantined":{}}"#;
        let wrong = differ(Question::Chapter("68".to_owned()), own);
        assert_eq!(wrong[0].0, "chapter 68, its own, left, cash_vnd");
        assert_eq!(
            differ(Question::Province("68".to_owned()), r#","flow":{"paid_vnd":6,"left_vnd":-5}"#)[0].0,
            "province 68, paid_vnd"
        );
    }
}
