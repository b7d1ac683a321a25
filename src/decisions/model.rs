//! The rules of a decision. Pure.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::tree::{ChapterId, Level};

codes! {
    /// Where a request stands.
    pub enum State {
        Asked = "ASKED",
        Approved = "APPROVED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }
}

/// What is said to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Approve,
    Refuse,
    /// By the chapter that asked: it was wrong.
    Withdraw,
}

impl Verdict {
    pub const ALL: [Verdict; 3] = [Verdict::Approve, Verdict::Refuse, Verdict::Withdraw];

    /// What a request is after it, once nothing is left to be approved.
    pub fn leads_to(self) -> State {
        match self {
            Verdict::Approve => State::Approved,
            Verdict::Refuse => State::Refused,
            Verdict::Withdraw => State::Withdrawn,
        }
    }
}

/// Which request is meant, where one decides at the address of what it is about.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfRequest {
    /// The request that was seen, as the inbox names it: another one that came meanwhile is not decided. Absent for the newest.
    #[param(example = "0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11")]
    pub request: Option<Uuid>,
}

impl OfRequest {
    /// What makes a decision on `id` the same when it is sent again.
    pub fn content(&self, id: Uuid) -> String {
        self.request.map_or_else(|| id.to_string(), |request| format!("{id}/{request}"))
    }
}

/// What a verdict does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It was said before: the answer is as the first time.
    Repeat,
    /// Something else was decided.
    Otherwise,
    /// This is one of those who may not decide.
    NotOneself,
    /// The step is done and another one begins.
    Step,
    /// Nothing is left to be approved, or no is no.
    Settle(State),
}

/// What a verdict does to a request that stands in `state`. `open` steps wait, at least one while it is asked; `confirmed` says
/// that who speaks has approved an earlier step, `barred` that they may not decide.
pub fn next(state: State, verdict: Verdict, open: usize, confirmed: bool, barred: bool) -> Next {
    match (state, verdict) {
        (State::Asked, Verdict::Withdraw) => Next::Settle(State::Withdrawn),
        // Who approved their own step and says so again changes nothing. Their no would be a second word in one matter.
        (State::Asked, Verdict::Approve) if confirmed => Next::Repeat,
        (State::Asked, _) if barred => Next::NotOneself,
        (State::Asked, Verdict::Approve) if open > 1 => Next::Step,
        (State::Asked, verdict) => Next::Settle(verdict.leads_to()),
        (done, verdict) if done == verdict.leads_to() => Next::Repeat,
        _ => Next::Otherwise,
    }
}

/// A row of the rules that hold today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub chapter: ChapterId,
    /// From this amount on, in đồng.
    pub from_vnd: i64,
    /// Its place in the chain.
    pub n: i16,
    /// The level of the chapter that decides; the chapter itself where it is `None`.
    pub level: Option<Level>,
}

/// A chapter and those above it, the nearest first.
pub type Line = [(ChapterId, Level)];

/// Where each step is to be decided: by the rules of the nearest chapter of the line that has some for this amount, of these by
/// those with the highest threshold. Without a rule one step, at the chapter itself. A level that the line does not have is decided
/// at the next one above.
pub fn steps(line: &Line, rules: &[Rule], amount: Option<i64>) -> Vec<ChapterId> {
    let amount = amount.unwrap_or(0);
    let holds = |rule: &&Rule, chapter: ChapterId| rule.chapter == chapter && rule.from_vnd <= amount;
    let mut chain: Vec<&Rule> = Vec::new();
    for (chapter, _) in line {
        chain = rules.iter().filter(|rule| holds(rule, *chapter)).collect();
        if !chain.is_empty() {
            break;
        }
    }
    let highest = chain.iter().map(|rule| rule.from_vnd).max();
    chain.retain(|rule| Some(rule.from_vnd) == highest);
    chain.sort_by_key(|rule| rule.n);
    let own = line.first().map(|(chapter, _)| *chapter);
    let at = |rule: &Rule| match rule.level {
        None => own,
        Some(level) => line.iter().find(|(_, here)| is_at_or_above(*here, level)).or(line.last()).map(|(chapter, _)| *chapter),
    };
    let steps: Vec<ChapterId> = chain.into_iter().filter_map(at).collect();
    if steps.is_empty() { own.into_iter().collect() } else { steps }
}

/// Whether a level is this one or closer to the centre.
fn is_at_or_above(here: Level, wanted: Level) -> bool {
    let rank = |level: Level| Level::ALL.iter().position(|known| *known == level);
    rank(here) <= rank(wanted)
}

/// What a request is compared by: all of it, and all of it but the note, which may be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    pub whole: [u8; 32],
    pub bare: [u8; 32],
}

impl Fingerprint {
    /// Whether what stands came from the same request.
    pub fn is_of(&self, known: &[u8]) -> bool {
        known == self.whole || known == self.bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    #[test]
    fn names_are_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
        assert_eq!(State::parse("REQUESTED"), None);
    }

    fn line(levels: &[Level]) -> Vec<(ChapterId, Level)> {
        levels.iter().enumerate().map(|(n, level)| (ChapterId(Uuid::from_u128(n as u128 + 1)), *level)).collect()
    }

    fn commune() -> Vec<(ChapterId, Level)> {
        line(&[Level::Commune, Level::Province, Level::Central])
    }

    fn rule(line: &Line, at: usize, from_vnd: i64, n: i16, level: Option<Level>) -> Rule {
        Rule { chapter: line[at].0, from_vnd, n, level }
    }

    #[test]
    fn without_rules_there_is_one_step_at_home() {
        let line = commune();
        assert_eq!(steps(&line, &[], Some(1)), [line[0].0]);
        assert_eq!(steps(&line, &[], None), [line[0].0]);
    }

    #[test]
    fn the_nearest_chapter_with_a_rule_and_its_highest_threshold_count() {
        let line = commune();
        let rules = [
            rule(&line, 2, 0, 1, Some(Level::Central)),
            rule(&line, 1, 100, 1, None),
            rule(&line, 1, 100, 2, Some(Level::Province)),
            rule(&line, 1, 1_000, 3, Some(Level::Central)),
            rule(&line, 1, 1_000, 1, None),
            rule(&line, 1, 1_000, 2, Some(Level::Province)),
        ];
        assert_eq!(steps(&line, &rules, Some(99)), [line[2].0], "the province has no rule for so little, the centre has");
        assert_eq!(steps(&line, &rules, Some(100)), [line[0].0, line[1].0]);
        assert_eq!(steps(&line, &rules, Some(5_000)), [line[0].0, line[1].0, line[2].0]);
        assert_eq!(steps(&line, &rules, None), [line[2].0]);
    }

    #[test]
    fn a_level_that_is_not_there_is_decided_above() {
        let line = commune();
        assert_eq!(steps(&line, &[rule(&line, 0, 0, 1, Some(Level::District))], None), [line[1].0]);
        assert_eq!(steps(&line[2..], &[rule(&line, 2, 0, 1, Some(Level::Branch))], None), [line[2].0]);
    }

    fn any_level() -> impl Strategy<Value = Option<Level>> {
        proptest::option::of((0..Level::ALL.len()).prop_map(|n| Level::ALL[n]))
    }

    proptest! {
        /// Whatever the rules: at least one step, each on the line, one for each number of the one set that counts.
        #[test]
        fn steps_stay_on_the_line(raw in proptest::collection::vec((0usize..3, 0i64..4, 1i16..4, any_level()), 0..12), amount in proptest::option::of(0i64..5)) {
            let line = commune();
            let mut rules: Vec<Rule> = Vec::new();
            for (at, from, n, level) in raw {
                let new = rule(&line, at, from, n, level);
                if !rules.iter().any(|r| (r.chapter, r.from_vnd, r.n) == (new.chapter, new.from_vnd, new.n)) {
                    rules.push(new);
                }
            }
            let steps = steps(&line, &rules, amount);
            prop_assert!(!steps.is_empty() && steps.len() <= 3);
            prop_assert!(steps.iter().all(|step| line.iter().any(|(chapter, _)| chapter == step)));
            let holding: Vec<&Rule> = line.iter().map(|(chapter, _)| rules.iter().filter(|r| r.chapter == *chapter && r.from_vnd <= amount.unwrap_or(0)).collect::<Vec<_>>()).find(|found| !found.is_empty()).unwrap_or_default();
            let highest = holding.iter().map(|r| r.from_vnd).max();
            let expected = holding.iter().filter(|r| Some(r.from_vnd) == highest).count();
            prop_assert_eq!(steps.len(), expected.max(1));
        }

        /// A request is decided once, and never by somebody who may not.
        #[test]
        fn a_walk_ends_once(words in proptest::collection::vec((0usize..3, any::<bool>(), any::<bool>()), 0..12), chain in 1usize..4) {
            let (mut state, mut open, mut settled) = (State::Asked, chain, 0);
            for (verdict, confirmed, barred) in words {
                let verdict = Verdict::ALL[verdict];
                let confirmed = confirmed && open < chain;
                match next(state, verdict, open, confirmed, barred || confirmed) {
                    Next::Settle(to) => {
                        prop_assert!(state == State::Asked && to == verdict.leads_to());
                        prop_assert!(verdict == Verdict::Withdraw || !barred);
                        prop_assert!(to != State::Approved || open == 1, "approved before its last step");
                        (state, settled) = (to, settled + 1);
                    }
                    Next::Step => {
                        prop_assert!(state == State::Asked && open > 1 && !barred);
                        open -= 1;
                    }
                    Next::Repeat => prop_assert!(state == verdict.leads_to() || confirmed),
                    Next::Otherwise => prop_assert!(state != State::Asked && state != verdict.leads_to()),
                    Next::NotOneself => prop_assert!(state == State::Asked && (barred || confirmed)),
                }
            }
            prop_assert!(settled <= 1);
            prop_assert_eq!(settled == 1, state != State::Asked);
        }

        #[test]
        fn only_the_same_request_is_the_same(whole in any::<[u8; 32]>(), bare in any::<[u8; 32]>(), other in any::<[u8; 32]>()) {
            let print = Fingerprint { whole, bare };
            prop_assert!(print.is_of(&whole) && print.is_of(&bare));
            prop_assert_eq!(print.is_of(&other), other == whole || other == bare);
        }
    }
}
