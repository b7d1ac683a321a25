//! What is to be published of an appeal, from when, until when, and how that stands. Pure.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar::{Calendar, Period};
use crate::http::Say;

/// What is published of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = PublicationEvent)]
pub enum Event {
    /// Văn bản mở đợt vận động, lời kêu gọi.
    OpeningDocument,
    /// Thời gian, địa điểm, cách thức tiếp nhận.
    ReceivingTerms,
    /// Đối tượng được hỗ trợ, chính sách, mức hỗ trợ.
    SupportLevels,
    /// Kết quả tiếp nhận.
    ResultsReceived,
    /// Kết quả phân phối, sử dụng.
    ResultsUsed,
    /// Kết quả trong kỳ.
    InterimResults,
    /// Báo cáo thu chi hằng năm of a fund.
    AnnualAccounts,
}

impl Event {
    pub const ALL: [Event; 7] = [
        Event::OpeningDocument,
        Event::ReceivingTerms,
        Event::SupportLevels,
        Event::ResultsReceived,
        Event::ResultsUsed,
        Event::InterimResults,
        Event::AnnualAccounts,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Event::OpeningDocument => "OPENING_DOCUMENT",
            Event::ReceivingTerms => "RECEIVING_TERMS",
            Event::SupportLevels => "SUPPORT_LEVELS",
            Event::ResultsReceived => "RESULTS_RECEIVED",
            Event::ResultsUsed => "RESULTS_USED",
            Event::InterimResults => "INTERIM_RESULTS",
            Event::AnnualAccounts => "ANNUAL_ACCOUNTS",
        }
    }

    pub fn parse(name: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|event| event.name() == name)
    }

    /// What people call it.
    pub fn label(self) -> Say {
        match self {
            Event::OpeningDocument => Say::fixed("Văn bản mở đợt vận động", "The document that opens the appeal"),
            Event::ReceivingTerms => Say::fixed("Thời gian, địa điểm, cách thức tiếp nhận", "Time, place and way of receiving"),
            Event::SupportLevels => {
                Say::fixed("Đối tượng, chính sách, mức hỗ trợ", "Who is supported, by which rules, with how much")
            }
            Event::ResultsReceived => Say::fixed("Kết quả tiếp nhận", "What was received"),
            Event::ResultsUsed => Say::fixed("Kết quả phân phối, sử dụng", "What was distributed and used"),
            Event::InterimResults => Say::fixed("Kết quả trong kỳ", "Interim results"),
            Event::AnnualAccounts => Say::fixed("Báo cáo thu chi hằng năm", "Yearly accounts"),
        }
    }
}

/// What a period begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountsFrom {
    /// The day the appeal was opened.
    Opened,
    /// The last day of receiving: as announced, or the day it was closed if that is earlier.
    ReceivingEnded,
    /// Again and again, this many days apart, from the opening to the end of receiving.
    Every(u16),
    /// The last day of every calendar year from the opening to the end of receiving.
    YearEnded,
}

impl CountsFrom {
    pub fn name(self) -> &'static str {
        match self {
            CountsFrom::Opened => "OPENED",
            CountsFrom::ReceivingEnded => "RECEIVING_ENDED",
            CountsFrom::Every(_) => "EVERY",
            CountsFrom::YearEnded => "YEAR_ENDED",
        }
    }

    pub fn parse(name: &str, every_days: Option<u16>) -> Option<CountsFrom> {
        match (name, every_days) {
            ("OPENED", None) => Some(CountsFrom::Opened),
            ("RECEIVING_ENDED", None) => Some(CountsFrom::ReceivingEnded),
            ("EVERY", Some(days)) if days > 0 => Some(CountsFrom::Every(days)),
            ("YEAR_ENDED", None) => Some(CountsFrom::YearEnded),
            _ => None,
        }
    }
}

/// One rule of a regime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub event: Event,
    pub valid_from: NaiveDate,
    /// The first day it holds no more.
    pub valid_to: Option<NaiveDate>,
    pub counts_from: CountsFrom,
    pub period: Period,
    /// Whether it may be published before its period begins to run.
    pub early: bool,
    /// How long the document stays shown, at least.
    pub keep_days: u16,
    /// `S` from a source, `GK` to be verified, `REC` our own.
    pub mark: String,
    pub source: String,
}

impl Rule {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}

/// What duties depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    pub opened_on: NaiveDate,
    pub closed_on: Option<NaiveDate>,
    pub receive_until: NaiveDate,
}

impl Facts {
    /// The last day of receiving, as far as is known.
    fn ended(&self) -> NaiveDate {
        self.closed_on.map_or(self.receive_until, |closed| closed.min(self.receive_until))
    }

    /// The first day on which it is certain what was received.
    fn settled(&self) -> NaiveDate {
        match self.closed_on {
            Some(closed) if closed <= self.receive_until => closed,
            _ => after(self.receive_until, 1),
        }
    }
}

/// Something to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    pub event: Event,
    /// The last day of what is published, for duties that come again.
    pub period: Option<NaiveDate>,
    /// The day its time began to run, or will.
    pub counts_from_day: NaiveDate,
    /// The first day on which publishing counts.
    pub from: NaiveDate,
    /// The last day in time.
    pub due_on: NaiveDate,
    pub rule: Rule,
}

/// A version of what was published for one duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    pub published_on: NaiveDate,
    /// When its document was last hidden, if it is hidden.
    pub withdrawn_on: Option<NaiveDate>,
}

/// How a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = PublicationState)]
pub enum State {
    /// There is time left.
    Due,
    Overdue,
    Published,
    PublishedLate,
}

/// Where a duty stands, and by how many days it is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub days_late: Option<i64>,
}

fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// The duties of an appeal that was opened, in order. Of those that come again: all so far, and the next.
pub fn duties(rules: &[Rule], calendar: &Calendar, facts: &Facts, today: NaiveDate) -> Vec<Duty> {
    let mut duties: BTreeMap<(Event, Option<NaiveDate>), Duty> = BTreeMap::new();
    for rule in rules {
        for (period, day, from) in occasions(rule, facts, today).into_iter().filter(|(_, day, _)| rule.holds_on(*day)) {
            let due_on = calendar.due(day, rule.period);
            let duty = Duty { event: rule.event, period, counts_from_day: day, from, due_on, rule: rule.clone() };
            let newer = duties.get(&(rule.event, period)).is_some_and(|known| known.rule.valid_from > rule.valid_from);
            if !newer {
                duties.insert((rule.event, period), duty);
            }
        }
    }
    duties.into_values().collect()
}

/// (period, day its time begins to run, first day on which publishing counts)
type Occasion = (Option<NaiveDate>, NaiveDate, NaiveDate);

fn occasions(rule: &Rule, facts: &Facts, today: NaiveDate) -> Vec<Occasion> {
    let again = |days: &mut dyn Iterator<Item = NaiveDate>, from: fn(NaiveDate) -> NaiveDate| {
        let mut found: Vec<Occasion> = Vec::new();
        for day in days {
            found.push((Some(day), day, from(day)));
            if day > today {
                break;
            }
        }
        found
    };
    match rule.counts_from {
        CountsFrom::Opened => vec![(None, facts.opened_on, facts.opened_on)],
        CountsFrom::ReceivingEnded => {
            let from = if rule.early { facts.opened_on } else { facts.settled() };
            vec![(None, facts.ended(), from)]
        }
        CountsFrom::Every(days) => {
            let nth = |n: u64| facts.opened_on.checked_add_days(Days::new(n.saturating_mul(days.into())));
            again(&mut (1..).map_while(nth).take_while(|day| *day <= facts.ended()), |day| day)
        }
        CountsFrom::YearEnded => {
            let last = facts.ended().year().max(facts.opened_on.year());
            let ends = (facts.opened_on.year()..=last).map_while(|year| NaiveDate::from_ymd_opt(year, 12, 31));
            again(&mut ends.into_iter(), |day| after(day, 1))
        }
    }
}

/// How a duty stands today, given the versions published for it, in order.
pub fn standing(duty: &Duty, versions: &[Version], today: NaiveDate) -> Standing {
    let counts = |n: usize| versions.get(n).is_some_and(|version| stood(duty, version, versions.get(n + 1)));
    let days_late = |day: NaiveDate| Some((day - duty.due_on).num_days()).filter(|days| *days > 0);
    let met = versions.len().checked_sub(1).is_some_and(counts);
    match versions.iter().enumerate().find(|(n, _)| counts(*n)) {
        Some((_, first)) if met => match days_late(first.published_on) {
            None => Standing { state: State::Published, days_late: None },
            late => Standing { state: State::PublishedLate, days_late: late },
        },
        _ => match days_late(today) {
            None => Standing { state: State::Due, days_late: None },
            late => Standing { state: State::Overdue, days_late: late },
        },
    }
}

/// Whether a version counts: published when there was something to publish, and shown until the next one took its place or
/// for as long as the rule asks.
fn stood(duty: &Duty, version: &Version, next: Option<&Version>) -> bool {
    let kept = after(version.published_on, duty.rule.keep_days.into());
    let until = next.map_or(kept, |next| kept.min(next.published_on));
    version.published_on >= duty.from && version.withdrawn_on.is_none_or(|day| day >= until)
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
