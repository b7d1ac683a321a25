//! What the rules say about somebody on a day, with the rule, its source and until when. Pure; nothing of it is kept here.

use chrono::NaiveDate;

use super::model::{
    Component, Deferral, DeferralReason, DeferralUnit, Grounds, LEAST_AGE, LEAST_KG_MAN, LEAST_KG_WOMAN, Limit, MOST_AGE,
    Procedure, Rules, Weight,
};
use super::spacing::next_day_of;
use super::words::{self, Said};
use crate::basics::Birth;
use crate::basics::codes::codes;
use crate::persons::Sex;

/// What is known of somebody who would like to give; what is not said is not judged.
#[derive(Debug, Clone)]
pub struct Asked {
    pub wanted: Component,
    pub birth: Option<Birth>,
    pub sex: Option<Sex>,
    pub weight: Option<Weight>,
    /// What they gave and when, as far as it matters: the last one, or all.
    pub given: Vec<(Component, NaiveDate)>,
    /// What may put it off.
    pub happened: Vec<Happened>,
}

impl Asked {
    /// Somebody of whom nothing is known but what they would like to give.
    pub fn of(wanted: Component) -> Self {
        Self { wanted, birth: None, sex: None, weight: None, given: Vec::new(), happened: Vec::new() }
    }
}

/// Something that may put a donation off: the code of the rule, and when it was, if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    pub code: String,
    pub on: Option<NaiveDate>,
}

/// How long something stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// From this day on it does not.
    From(NaiveDate),
    /// No day is known on which it would not.
    NoDay,
    /// What is known is not enough to say.
    Unclear,
    /// It does not, if what the rule says is kept to.
    Condition,
}

/// A rule that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as a code: `LEAST_AGE`, `INTERVAL_WHOLE_BLOOD`, `DEFERRAL_TATTOO` …
    pub rule: String,
    /// The word of it that may be kept.
    pub reason: DeferralReason,
    pub until: Until,
    /// What the rule says.
    pub vi: String,
    pub en: String,
    /// Absent where no rule is known.
    pub grounds: Option<Grounds>,
}

codes! {
    /// What the rules say about a day.
    pub wire enum Verdict {
        /// Nothing that is known stands in the way.
        MayCome = "MAY_COME",
        /// A later day is possible.
        ComeLater = "COME_LATER",
        /// What is known is not enough: ask the blood centre.
        AskCentre = "ASK_CENTRE",
        /// Not by these rules, whatever the day.
        NotByRules = "NOT_BY_RULES",
    }
}

/// What the rules of a day say. Only the blood centre decides: [`super::CENTRE_DECIDES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The day that was asked about.
    pub day: NaiveDate,
    /// What stands in the way, or is to be kept to.
    pub findings: Vec<Finding>,
    /// The first day on which nothing that is known stands in the way, not before the one asked about; absent where there is none.
    pub first_day: Option<NaiveDate>,
    /// The most that may be taken by weight, in millilitres.
    pub most_ml: Option<i16>,
    /// The largest bag of whole blood by weight.
    pub bag_ml: Option<i16>,
}

impl Decision {
    pub fn verdict(&self) -> Verdict {
        match self.first_day {
            None => Verdict::NotByRules,
            Some(first) if first > self.day => Verdict::ComeLater,
            Some(_) if self.findings.iter().any(|finding| finding.until == Until::Unclear) => Verdict::AskCentre,
            Some(_) => Verdict::MayCome,
        }
    }
}

/// What rules say about somebody on a day. They are those of that day, or, of an old decision, those of its day.
pub fn judge(rules: &Rules, asked: &Asked, day: NaiveDate) -> Decision {
    let mut findings = Vec::new();
    findings.extend(too_young(rules, asked, day));
    findings.extend(too_old(rules, asked, day));
    findings.extend(too_light(rules, asked));
    findings.extend(too_soon(rules, asked, day));
    findings.extend(asked.happened.iter().filter_map(|happened| put_off(rules, happened, day)));
    let first_day = first_day(&findings, day);
    // Whoever waits may grow too old meanwhile.
    let too_old_then = first_day.filter(|first| *first > day).and_then(|first| too_old(rules, asked, first));
    let too_old_then = too_old_then.filter(|finding| finding.until == Until::NoDay);
    let first_day = if too_old_then.is_some() { None } else { first_day };
    findings.extend(too_old_then);
    let of_weight = asked.weight.and_then(|weight| rules.most_ml(asked.wanted.procedure(), weight));
    let bag_ml = asked.weight.filter(|_| asked.wanted == Component::WholeBlood).and_then(|weight| rules.bag_ml(weight));
    Decision { day, findings, first_day, most_ml: of_weight, bag_ml }
}

fn first_day(findings: &[Finding], day: NaiveDate) -> Option<NaiveDate> {
    findings.iter().try_fold(day, |latest, finding| match finding.until {
        Until::From(first) => Some(latest.max(first)),
        Until::NoDay => None,
        Until::Unclear | Until::Condition => Some(latest),
    })
}

fn finding(rule: impl Into<String>, reason: DeferralReason, until: Until, (vi, en): Said, grounds: &Grounds) -> Finding {
    Finding { rule: rule.into(), reason, until, vi, en, grounds: Some(grounds.clone()) }
}

fn of_limit(limit: &Limit, reason: DeferralReason, until: Until, said: Said) -> Finding {
    finding(limit.name.clone(), reason, until, said, &limit.grounds)
}

fn too_young(rules: &Rules, asked: &Asked, day: NaiveDate) -> Option<Finding> {
    let (birth, limit) = (asked.birth?, rules.limits.get(LEAST_AGE)?);
    let years = i32::from(limit.value);
    let until = match birth.has_reached(years, day) {
        Some(true) => return None,
        Some(false) => birth.reached_by(years).map_or(Until::NoDay, Until::From),
        None => Until::Unclear,
    };
    Some(of_limit(limit, DeferralReason::Age, until, words::least_age(limit.value)))
}

fn too_old(rules: &Rules, asked: &Asked, day: NaiveDate) -> Option<Finding> {
    let (birth, limit) = (asked.birth?, rules.limits.get(MOST_AGE)?);
    let until = match birth.has_reached(i32::from(limit.value) + 1, day) {
        Some(false) => return None,
        Some(true) => Until::NoDay,
        None => Until::Unclear,
    };
    Some(of_limit(limit, DeferralReason::Age, until, words::most_age(limit.value)))
}

fn too_light(rules: &Rules, asked: &Asked) -> Option<Finding> {
    let weight = asked.weight?;
    if asked.wanted.procedure() == Procedure::Apheresis {
        let least =
            rules.volumes.iter().filter(|step| step.procedure == Procedure::Apheresis).min_by_key(|step| step.least_kg)?;
        let said = words::least_kg_apheresis(least.least_kg);
        let too_light = finding("LEAST_KG_APHERESIS", DeferralReason::Weight, Until::NoDay, said, &least.grounds);
        return (!weight.reaches(least.least_kg)).then_some(too_light);
    }
    let too_light = |sex: Sex| rules.least_kg(sex).filter(|limit| !weight.reaches(limit.value));
    let (limit, until) = match asked.sex {
        Some(sex) => (too_light(sex)?, Until::NoDay),
        // Who does not say is too light for certain where both would be.
        None => match (too_light(Sex::Female), too_light(Sex::Male)) {
            (Some(woman), Some(man)) => (if woman.value < man.value { woman } else { man }, Until::NoDay),
            (Some(one), None) | (None, Some(one)) => (one, Until::Unclear),
            (None, None) => return None,
        },
    };
    let said = match limit.name.as_str() {
        LEAST_KG_WOMAN => words::least_kg_woman(limit.value),
        LEAST_KG_MAN => words::least_kg_man(limit.value),
        _ => return None,
    };
    Some(of_limit(limit, DeferralReason::Weight, until, said))
}

fn too_soon(rules: &Rules, asked: &Asked, day: NaiveDate) -> Option<Finding> {
    let given: Vec<_> = asked.given.iter().copied().filter(|(_, given)| *given <= day).collect();
    let next = next_day_of(rules, &given, asked.wanted);
    if next.unknown {
        let (last, _) = given.iter().max_by_key(|(_, day)| *day)?;
        let (vi, en) = words::no_interval(*last);
        let rule = format!("INTERVAL_{last}");
        return Some(Finding { rule, reason: DeferralReason::Interval, until: Until::Unclear, vi, en, grounds: None });
    }
    let (first, by) = (next.day.filter(|first| *first > day)?, next.by?);
    let said = words::interval(&by);
    Some(finding(format!("INTERVAL_{}", by.after), DeferralReason::Interval, Until::From(first), said, &by.grounds))
}

fn put_off(rules: &Rules, happened: &Happened, day: NaiveDate) -> Option<Finding> {
    let rule = rules.deferral(&happened.code)?;
    let until = match (rule.unit, happened.on) {
        (DeferralUnit::Hour, _) => Until::Condition,
        (_, None) => Until::Unclear,
        (_, Some(on)) => Until::From(over(rule, on, day)?),
    };
    Some(finding(format!("DEFERRAL_{}", rule.code), rule.reason, until, words::deferral(rule), &rule.grounds))
}

/// The first day after a deferral, if that is still to come; what happened after the day that was asked about puts nothing off.
fn over(rule: &Deferral, on: NaiveDate, day: NaiveDate) -> Option<NaiveDate> {
    rule.until(on).filter(|first| on <= day && *first > day)
}

#[cfg(test)]
#[path = "judged_tests.rs"]
mod tests;
