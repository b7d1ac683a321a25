//! Whether a wave may be asked now, and of how many. Pure.

use chrono::{DateTime, Utc};

use super::model::Rule;

/// A wave that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub asked: i32,
    /// An officer asked it; else it was due.
    pub by_officer: bool,
    pub quiet_reason: Option<String>,
}

/// A wave to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next<'a> {
    /// How many are needed in all.
    pub needed: i32,
    /// How many a wave asks unless it says otherwise.
    pub size: i32,
    /// Else it is due.
    pub by_officer: bool,
    pub wanted: Option<i32>,
    pub quiet_reason: Option<&'a str>,
}

/// How it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its number; 1 is the first.
    pub n: i32,
    /// At least one.
    pub wanted: i32,
    /// Where it is asked in quiet hours.
    pub quiet_reason: Option<String>,
}

/// Why it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// These are quiet hours, until then, and there is no reason.
    Quiet(DateTime<Utc>),
    /// So many for one that is needed, and no more.
    TooMany,
}

/// See the module.
pub fn plan(rule: &Rule, now: DateTime<Utc>, past: &[Past], next: &Next<'_>) -> Result<Plan, Halt> {
    // A reason holds for the night for which it was given: the waves that follow it by themselves go on.
    let given = past.iter().rev().find(|wave| wave.by_officer).and_then(|wave| wave.quiet_reason.as_deref());
    let reason = next.quiet_reason.or(given.filter(|_| !next.by_officer));
    let quiet = rule.quiet_until(now);
    if let Some(until) = quiet.filter(|_| reason.is_none()) {
        return Err(Halt::Quiet(until));
    }
    let asked: i64 = past.iter().map(|wave| i64::from(wave.asked)).sum();
    let left = rule.left_to_ask(next.needed, asked);
    let wanted = i64::from(next.wanted.unwrap_or(next.size));
    if next.wanted.is_some() && wanted > left || left == 0 {
        return Err(Halt::TooMany);
    }
    Ok(Plan {
        n: i32::try_from(past.len()).unwrap_or(i32::MAX - 1) + 1,
        wanted: i32::try_from(wanted.min(left)).unwrap_or(i32::MAX),
        quiet_reason: reason.filter(|_| quiet.is_some()).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULE: Rule = Rule { quiet: Some((21 * 60, 6 * 60)), most_a_month: 4, most_for_one: 10 };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn past(asked: i32, by_officer: bool, reason: Option<&str>) -> Past {
        Past { asked, by_officer, quiet_reason: reason.map(str::to_owned) }
    }

    const NEXT: Next<'_> = Next { needed: 2, size: 5, by_officer: true, wanted: None, quiet_reason: None };

    #[test]
    fn a_reason_holds_for_the_waves_that_follow_by_themselves() {
        let (day, night) = (at("2026-11-22T03:00:00Z"), at("2026-11-22T15:00:00Z"));
        let morning = Err(Halt::Quiet(at("2026-11-22T23:00:00Z")));
        assert_eq!(plan(&RULE, night, &[], &NEXT), morning);
        assert_eq!(plan(&RULE, day, &[], &NEXT), Ok(Plan { n: 1, wanted: 5, quiet_reason: None }));
        let woken = [past(5, true, Some("sơ tán"))];
        assert_eq!(plan(&RULE, night, &woken, &NEXT), morning, "an officer says anew why");
        let due = Next { by_officer: false, ..NEXT };
        assert_eq!(plan(&RULE, night, &woken, &due).unwrap().quiet_reason.as_deref(), Some("sơ tán"));
        assert_eq!(plan(&RULE, day, &woken, &due).unwrap().quiet_reason, None, "by day it takes none");
    }

    proptest! {
        /// However waves are asked: never more people than the rule allows, and never none.
        #[test]
        fn no_more_are_asked_than_may_be(needed in 1..20i32, size in 1..50i32, wanted in prop::option::of(1..300i32), sent in prop::collection::vec(0..40i32, 0..8)) {
            let past: Vec<Past> = sent.iter().map(|asked| past(*asked, true, None)).collect();
            let before: i32 = sent.iter().sum();
            if let Ok(plan) = plan(&RULE, at("2026-11-22T03:00:00Z"), &past, &Next { needed, size, wanted, ..NEXT }) {
                prop_assert!(plan.wanted > 0 && plan.wanted + before <= needed * 10);
                prop_assert_eq!(plan.n, i32::try_from(sent.len()).unwrap() + 1);
            } else {
                prop_assert!(before + wanted.unwrap_or(1) > needed * 10);
            }
        }
    }
}
