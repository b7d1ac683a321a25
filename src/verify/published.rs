//! Published sums beside the sums of the leaves.
//!
//! The API is exact at the moment of asking and knows a gift a second or two before the log signs it. So what differs is asked
//! again, and the log followed, until it is the same, or until the log has stood still and it still differs: then it is a finding.
//! A sum that differs while the log grows and grows is no finding; it could not be compared, and the report says so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;

use super::VerifyError;
use super::audit::{Walk, Watcher};
use super::place::{Place, PlaceError};
use super::site::Site;
use super::totals::{Sum, Views};
use crate::log::checkpoint;
use crate::log::note::Verifier;

/// Chapters whose own sums are asked for, those with most money first: the API answers one at a time.
const MOST_CHAPTERS: usize = 100;
/// Pages of appeals that are read.
const MOST_PAGES: usize = 50;

/// How long to wait for a log that is behind.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub pause: Duration,
    /// Rounds without a new checkpoint after which a difference is one.
    pub still: u32,
    /// Rounds in all.
    pub rounds: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { pause: Duration::from_secs(2), still: 5, rounds: 30 }
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
    chapter: String,
    received_vnd: i128,
    gift_count: i64,
    own: SumIn,
    quarantined: SumIn,
    by_channel: BTreeMap<String, SumIn>,
    by_fund: BTreeMap<String, SumIn>,
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
        differ
            .map(|(what, published, added)| (what, format!("published: {}; added up: {}", say(published), say(added))))
            .collect()
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

fn questions(site: &Site, views: &Views, country: &str) -> Result<BTreeSet<Question>, PlaceError> {
    let mut questions: BTreeSet<Question> = views.by_appeal.keys().cloned().map(Question::Appeal).collect();
    let mut cursor = None::<String>;
    for _ in 0..MOST_PAGES {
        let more = cursor.map(|cursor| format!("&cursor={}", escaped(&cursor))).unwrap_or_default();
        let page: Option<AppealsIn> = site.api(&format!("/api/v1/public/appeals?limit=200{more}"))?;
        let Some(page) = page else { break };
        questions.extend(page.items.into_iter().map(|appeal| Question::Appeal(appeal.code)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    // Above the provinces there is the centre, which is its own province in a leaf and the whole country in a total.
    questions.extend(views.by_province.keys().filter(|code| *code != country).cloned().map(Question::Province));
    let mut chapters: Vec<(&String, &Sum)> = views.by_chapter.iter().collect();
    chapters.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.received_vnd));
    questions.extend(chapters.into_iter().take(MOST_CHAPTERS).map(|(code, _)| Question::Chapter(code.clone())));
    questions.insert(Question::Country);
    Ok(questions)
}

/// Compares what the API publishes with what the leaves add up to; the walk goes on where the log grew meanwhile. Returns the
/// last checkpoint that was walked to, if the log grew.
pub fn compare(
    walk: &mut Walk<'_>,
    place: &dyn Place,
    site: &Site,
    keys: &[Verifier],
    patience: Patience,
    watcher: Watcher<'_>,
) -> Result<Option<Vec<u8>>, VerifyError> {
    let mut latest = None;
    let country: Option<TotalsIn> = site.api(&Question::Country.path())?;
    let Some(country) = country else {
        walk.notes.push("published sums were not compared: there is no API beside the log (say where with --api)".to_owned());
        return Ok(latest);
    };
    let mut open = questions(site, &walk.views(), &country.chapter)?;
    let (mut asked, mut still) = (open.clone(), 0);
    for _ in 0..patience.rounds {
        let views = walk.views();
        let mut differences = Vec::new();
        for question in std::mem::take(&mut open) {
            let answer: Option<TotalsIn> = site.api(&question.path())?;
            let differ = question.differences(answer.as_ref(), &views);
            if !differ.is_empty() {
                open.insert(question);
                differences.extend(differ);
            }
        }
        if open.is_empty() {
            walk.notes.push(format!("{} published sums compared: the same", asked.len()));
            return Ok(latest);
        }
        if still >= patience.still {
            for (what, differs) in differences {
                walk.findings.add("published_sum", what, differs);
            }
            return Ok(latest);
        }
        std::thread::sleep(patience.pause);
        let note = place.checkpoint()?;
        match checkpoint::open(&note, keys) {
            Ok(head) if head.size == walk.size() => still += 1,
            Ok(head) => {
                still = 0;
                walk.grow(head, watcher)?;
                latest = Some(note);
                // What grew may be of an appeal or a chapter that had nothing before.
                let new = questions(site, &walk.views(), &country.chapter)?.into_iter();
                open.extend(new.filter(|question| asked.insert(question.clone())));
            }
            Err(error) => {
                walk.findings.add("checkpoint", "checkpoint", error.to_string());
                return Ok(latest);
            }
        }
    }
    walk.notes.push(format!("{} of {} published sums could not be compared: the log grew all the time", open.len(), asked.len()));
    Ok(latest)
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
}
