//! What is to be published of an appeal, from when, until when, and how that stands. Pure.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::basics::codes::codes;
use crate::calendar::{Calendar, Period, Unit};
use crate::http::Say;

codes! {
    /// What is published of an appeal.
    #[derive(Hash, PartialOrd, Ord)]
    #[schema(as = PublicationEvent)]
    pub wire enum Event {
        /// Văn bản mở đợt vận động, lời kêu gọi.
        OpeningDocument = "OPENING_DOCUMENT",
        /// Thời gian, địa điểm, cách thức tiếp nhận.
        ReceivingTerms = "RECEIVING_TERMS",
        /// Đối tượng được hỗ trợ, chính sách, mức hỗ trợ.
        SupportLevels = "SUPPORT_LEVELS",
        /// Kết quả tiếp nhận.
        ResultsReceived = "RESULTS_RECEIVED",
        /// Kết quả phân phối, sử dụng.
        ResultsUsed = "RESULTS_USED",
        /// Kết quả trong kỳ.
        InterimResults = "INTERIM_RESULTS",
        /// Báo cáo thu chi hằng năm of a fund.
        AnnualAccounts = "ANNUAL_ACCOUNTS",
        /// Báo cáo quyết toán.
        SettlementReport = "SETTLEMENT_REPORT",
    }
}

impl Event {
    /// The last in order.
    pub const LAST: Event = Event::SettlementReport;

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
            Event::SettlementReport => Say::fixed("Báo cáo quyết toán", "Settlement report"),
        }
    }
}

/// What a period begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountsFrom {
    /// The day the appeal was opened.
    Opened,
    /// The first day of receiving, backwards: so many days before it, days off or not.
    ReceivingStarts,
    /// The last day of receiving: as announced, or the day it was closed if that is earlier.
    ReceivingEnded,
    /// The day support began to be handed out, as typed.
    DistributionStarted,
    /// The day everything was handed out and used, as typed.
    DistributionEnded,
    /// The day the settlement report was approved, as typed.
    SettlementApproved,
    /// Again and again, this many days apart, from the opening to the end of receiving.
    Every(u16),
    /// The last day of every calendar year from the opening to the end of receiving.
    YearEnded,
    /// The same, due on this month and day of the year after: a date and no period, so no day off moves it.
    FixedDay(u32, u32),
}

impl CountsFrom {
    pub fn name(self) -> &'static str {
        match self {
            CountsFrom::Opened => "OPENED",
            CountsFrom::ReceivingStarts => "RECEIVING_STARTS",
            CountsFrom::ReceivingEnded => "RECEIVING_ENDED",
            CountsFrom::DistributionStarted => "DISTRIBUTION_STARTED",
            CountsFrom::DistributionEnded => "DISTRIBUTION_ENDED",
            CountsFrom::SettlementApproved => "SETTLEMENT_APPROVED",
            CountsFrom::Every(_) => "EVERY",
            CountsFrom::YearEnded => "YEAR_ENDED",
            CountsFrom::FixedDay(..) => "FIXED_DAY",
        }
    }

    pub fn parse(name: &str, every_days: Option<u16>, fixed: Option<(u32, u32)>) -> Option<CountsFrom> {
        match (name, every_days, fixed) {
            ("OPENED", None, None) => Some(CountsFrom::Opened),
            ("RECEIVING_STARTS", None, None) => Some(CountsFrom::ReceivingStarts),
            ("RECEIVING_ENDED", None, None) => Some(CountsFrom::ReceivingEnded),
            ("DISTRIBUTION_STARTED", None, None) => Some(CountsFrom::DistributionStarted),
            ("DISTRIBUTION_ENDED", None, None) => Some(CountsFrom::DistributionEnded),
            ("SETTLEMENT_APPROVED", None, None) => Some(CountsFrom::SettlementApproved),
            ("EVERY", Some(days), None) if days > 0 => Some(CountsFrom::Every(days)),
            ("YEAR_ENDED", None, None) => Some(CountsFrom::YearEnded),
            ("FIXED_DAY", None, Some((month, day))) => Some(CountsFrom::FixedDay(month, day)),
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
    /// While the day it counts from is not known: its last day, this many days after the end of receiving.
    pub last_days: Option<u16>,
    /// Shown as advice: nobody is late by it.
    pub advisory: bool,
    /// What is published from this day on must be put up where money is received and where aid is given as well.
    pub notices_from: Option<NaiveDate>,
    /// `S` from a source, `GK` to be verified, `REC` our own.
    pub mark: String,
    pub source: String,
}

impl Rule {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }

    /// Whether somebody can be late by it: not by advice, and not by what is only remembered.
    fn binds(&self) -> bool {
        !self.advisory && self.mark != "GK"
    }

    /// Whether what is published on a day must be put up at both places too.
    pub fn takes_notices(&self, published_on: NaiveDate) -> bool {
        self.notices_from.is_some_and(|from| from <= published_on)
    }
}

/// What duties depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    pub opened_on: NaiveDate,
    pub closed_on: Option<NaiveDate>,
    pub receive_from: NaiveDate,
    pub receive_until: NaiveDate,
    /// What was typed of what the books do not tell.
    pub typed: Typed,
}

/// Days of an appeal that somebody typed, with their papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Typed {
    pub distribution_started: Option<NaiveDate>,
    pub distribution_ended: Option<NaiveDate>,
    /// Until when distribution may last by commitments to givers.
    pub committed_until: Option<NaiveDate>,
    pub settlement_approved: Option<NaiveDate>,
}

impl Facts {
    /// The last day of receiving, as far as is known.
    pub fn ended(&self) -> NaiveDate {
        self.closed_on.map_or(self.receive_until, |closed| closed.min(self.receive_until))
    }

    /// A typed day on which something was over, unless the appeal receives until after it: extended since, it is not over, and
    /// the day is to be typed again.
    fn over(&self, typed: Option<NaiveDate>) -> Option<NaiveDate> {
        typed.filter(|day| *day >= self.ended())
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
    /// The day its time began to run, or will, if that is known.
    pub counts_from_day: Option<NaiveDate>,
    /// The first day on which publishing counts.
    pub from: NaiveDate,
    /// The last day in time, if one is known.
    pub due_on: Option<NaiveDate>,
    /// Whether that is the last possible day, because the day it counts from is not known.
    pub provisional: bool,
    pub rule: Rule,
}

/// A version of what was published for one duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    pub published_on: NaiveDate,
    /// When its document was last hidden, if it is hidden.
    pub withdrawn_on: Option<NaiveDate>,
    /// Whether it was put up at the place of receiving and at the place of aid.
    pub put_up: bool,
}

/// How a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = PublicationState)]
pub enum State {
    /// There is time left, or nobody knows yet until when.
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
        for occasion in occasions(rule, facts, today) {
            if !rule.holds_on(occasion.day.unwrap_or_else(|| facts.ended())) {
                continue;
            }
            let duty = duty_of(rule, calendar, facts, &occasion);
            let newer = duties.get(&(rule.event, duty.period)).is_some_and(|known| known.rule.valid_from > rule.valid_from);
            if !newer {
                duties.insert((rule.event, duty.period), duty);
            }
        }
    }
    duties.into_values().collect()
}

/// Something a rule asks for.
struct Occasion {
    period: Option<NaiveDate>,
    /// The day its time begins to run, if that is known.
    day: Option<NaiveDate>,
    /// The first day on which publishing counts.
    from: NaiveDate,
}

fn duty_of(rule: &Rule, calendar: &Calendar, facts: &Facts, occasion: &Occasion) -> Duty {
    let due_on = match (occasion.day, rule.counts_from) {
        (Some(day), CountsFrom::ReceivingStarts) => {
            Some(day.checked_sub_days(Days::new(rule.period.amount.into())).unwrap_or(day))
        }
        (Some(day), CountsFrom::FixedDay(month, of_month)) => NaiveDate::from_ymd_opt(day.year() + 1, month, of_month),
        (Some(day), _) => Some(calendar.due(day, rule.period)),
        (None, _) => last_day(rule, calendar, facts),
    };
    Duty {
        event: rule.event,
        period: occasion.period,
        counts_from_day: occasion.day,
        from: occasion.from,
        due_on,
        provisional: occasion.day.is_none() && due_on.is_some(),
        rule: rule.clone(),
    }
}

/// The last possible day of a duty whose time may not have begun: counted from the end of receiving, or from the day until
/// which givers were promised that distribution may last.
fn last_day(rule: &Rule, calendar: &Calendar, facts: &Facts) -> Option<NaiveDate> {
    let after_receiving = calendar.due(facts.ended(), Period { amount: rule.last_days?, unit: Unit::Day });
    let promised = facts.typed.committed_until.map(|day| calendar.due(day, rule.period));
    Some(promised.map_or(after_receiving, |promised| promised.max(after_receiving)))
}

fn occasions(rule: &Rule, facts: &Facts, today: NaiveDate) -> Vec<Occasion> {
    let again = |days: &mut dyn Iterator<Item = NaiveDate>, from: fn(NaiveDate) -> NaiveDate| {
        let mut found: Vec<Occasion> = Vec::new();
        for day in days {
            found.push(Occasion { period: Some(day), day: Some(day), from: from(day) });
            if day > today {
                break;
            }
        }
        found
    };
    let once = |day: Option<NaiveDate>, from: NaiveDate| {
        vec![Occasion { period: None, day, from: if rule.early { facts.opened_on } else { from } }]
    };
    let typed = |day: Option<NaiveDate>| once(day, day.unwrap_or_else(|| facts.settled()));
    match rule.counts_from {
        CountsFrom::Opened => once(Some(facts.opened_on), facts.opened_on),
        CountsFrom::ReceivingStarts => once(Some(facts.receive_from), facts.opened_on),
        CountsFrom::ReceivingEnded => once(Some(facts.ended()), facts.settled()),
        CountsFrom::DistributionStarted => typed(facts.typed.distribution_started),
        CountsFrom::DistributionEnded => typed(facts.over(facts.typed.distribution_ended)),
        CountsFrom::SettlementApproved => typed(facts.over(facts.typed.settlement_approved)),
        CountsFrom::Every(days) => {
            let nth = |n: u64| facts.opened_on.checked_add_days(Days::new(n.saturating_mul(days.into())));
            again(&mut (1..).map_while(nth).take_while(|day| *day <= facts.ended()), |day| day)
        }
        CountsFrom::YearEnded | CountsFrom::FixedDay(..) => {
            let last = facts.ended().year().max(facts.opened_on.year());
            let ends = (facts.opened_on.year()..=last).map_while(|year| NaiveDate::from_ymd_opt(year, 12, 31));
            again(&mut ends.into_iter(), |day| after(day, 1))
        }
    }
}

/// How a duty stands today, given the versions published for it, in order.
pub fn standing(duty: &Duty, versions: &[Version], today: NaiveDate) -> Standing {
    let counts = |n: usize| versions.get(n).is_some_and(|version| stood(duty, version, versions.get(n + 1)));
    let days_late = |day: NaiveDate| {
        let due = duty.due_on.filter(|_| duty.rule.binds())?;
        Some((day - due).num_days()).filter(|days| *days > 0)
    };
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

/// Whether a version counts: published when there was something to publish, at all places that the rule asks for, and shown
/// until the next one took its place or for as long as the rule asks.
fn stood(duty: &Duty, version: &Version, next: Option<&Version>) -> bool {
    let kept = after(version.published_on, duty.rule.keep_days.into());
    let until = next.map_or(kept, |next| kept.min(next.published_on));
    let put_up = version.put_up || !duty.rule.takes_notices(version.published_on);
    put_up && version.published_on >= duty.from && version.withdrawn_on.is_none_or(|day| day >= until)
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
