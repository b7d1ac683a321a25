use super::*;
use crate::calendar::Unit;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rule(event: Event, counts_from: CountsFrom, amount: u16, early: bool) -> Rule {
    Rule {
        event,
        valid_from: day("2021-12-11"),
        valid_to: None,
        counts_from,
        period: Period { amount, unit: Unit::Day },
        early,
        keep_days: 30,
        last_days: None,
        advisory: false,
        notices_from: None,
        mark: "S".to_owned(),
        source: "x".to_owned(),
    }
}

fn decree_93() -> Vec<Rule> {
    vec![
        rule(Event::OpeningDocument, CountsFrom::Opened, 0, true),
        rule(Event::SupportLevels, CountsFrom::ReceivingEnded, 15, true),
        rule(Event::ResultsReceived, CountsFrom::ReceivingEnded, 15, false),
        rule(Event::ResultsUsed, CountsFrom::ReceivingEnded, 50, false),
    ]
}

fn facts(opened: &str, until: &str, closed: Option<&str>) -> Facts {
    Facts {
        opened_on: day(opened),
        receive_from: day(opened),
        receive_until: day(until),
        closed_on: closed.map(day),
        typed: Typed::default(),
    }
}

fn one(duties: &[Duty], event: Event) -> Duty {
    duties.iter().find(|duty| duty.event == event).unwrap().clone()
}

fn version(on: &str, withdrawn: Option<&str>) -> Version {
    Version { published_on: day(on), withdrawn_on: withdrawn.map(day), put_up: true }
}

fn state(duty: &Duty, versions: &[Version], today: &str) -> State {
    standing(duty, versions, day(today)).state
}

#[test]
fn names_are_read_back() {
    for event in Event::ALL {
        assert_eq!(Event::parse(event.name()), Some(event));
        assert_ne!(event.label().vi, event.label().en);
    }
    for counts_from in [
        CountsFrom::Opened,
        CountsFrom::ReceivingStarts,
        CountsFrom::ReceivingEnded,
        CountsFrom::DistributionStarted,
        CountsFrom::DistributionEnded,
        CountsFrom::SettlementApproved,
        CountsFrom::Every(30),
        CountsFrom::YearEnded,
        CountsFrom::FixedDay(3, 30),
    ] {
        let every = if let CountsFrom::Every(days) = counts_from { Some(days) } else { None };
        let fixed = if let CountsFrom::FixedDay(month, day) = counts_from { Some((month, day)) } else { None };
        assert_eq!(CountsFrom::parse(counts_from.name(), every, fixed), Some(counts_from));
    }
    assert_eq!((CountsFrom::parse("EVERY", None, None), CountsFrom::parse("OPENED", Some(3), None)), (None, None));
    assert_eq!(CountsFrom::parse("FIXED_DAY", None, None), None);
}

#[test]
fn an_appeal_of_the_decree() {
    let open = facts("2026-10-01", "2026-11-13", None);
    let duties = duties(&decree_93(), &Calendar::default(), &open, day("2026-10-02"));
    assert_eq!(duties.len(), 4);
    assert_eq!(one(&duties, Event::OpeningDocument).due_on, Some(day("2026-10-01")));
    let results = one(&duties, Event::ResultsReceived);
    assert_eq!((results.from, results.due_on), (day("2026-11-14"), Some(day("2026-11-30"))), "28 November is a Saturday");
    assert_eq!(one(&duties, Event::SupportLevels).from, day("2026-10-01"));
    assert_eq!(state(&results, &[], "2026-11-30"), State::Due);
    assert_eq!(standing(&results, &[], day("2026-12-02")), Standing { state: State::Overdue, days_late: Some(2) });
    assert_eq!(state(&results, &[version("2026-11-30", None)], "2027-01-01"), State::Published);
    let late = standing(&results, &[version("2026-12-01", None)], day("2027-01-01"));
    assert_eq!(late, Standing { state: State::PublishedLate, days_late: Some(1) });
}

#[test]
fn closing_early_begins_the_period_and_closing_late_does_not_move_it() {
    let results =
        |facts: Facts| one(&duties(&decree_93(), &Calendar::default(), &facts, day("2026-11-22")), Event::ResultsReceived);
    let early = results(facts("2026-10-01", "2026-12-31", Some("2026-11-10")));
    assert_eq!((early.from, early.due_on), (day("2026-11-10"), Some(day("2026-11-25"))));
    let late = results(facts("2026-10-01", "2026-11-02", Some("2026-11-20")));
    assert_eq!((late.from, late.due_on), (day("2026-11-03"), Some(day("2026-11-17"))));
}

#[test]
fn an_extension_moves_the_day_and_takes_what_was_published_too_soon() {
    let published = [version("2026-11-14", None)];
    let of = |until| {
        let duties = duties(&decree_93(), &Calendar::default(), &facts("2026-10-01", until, None), day("2026-11-22"));
        state(&one(&duties, Event::ResultsReceived), &published, "2026-11-22")
    };
    assert_eq!((of("2026-11-13"), of("2026-12-13")), (State::Published, State::Due));
}

#[test]
fn hiding_a_document_too_early_opens_the_duty_again() {
    let duties = duties(&decree_93(), &Calendar::default(), &facts("2026-10-01", "2026-11-13", None), day("2026-12-22"));
    let duty = one(&duties, Event::ResultsReceived);
    let hidden = version("2026-11-20", Some("2026-11-25"));
    assert_eq!(state(&duty, &[hidden], "2026-11-26"), State::Due);
    assert_eq!(state(&duty, &[hidden], "2026-12-02"), State::Overdue);
    assert_eq!(state(&duty, &[version("2026-11-20", Some("2026-12-20"))], "2027-01-02"), State::Published, "30 days");
    let again = version("2026-12-03", None);
    assert_eq!(state(&duty, &[hidden, again], "2026-12-04"), State::PublishedLate, "the first one did not stand");
    let replaced = version("2026-11-20", Some("2026-12-03"));
    assert_eq!(state(&duty, &[replaced, again], "2026-12-04"), State::Published, "the first one stood until the second");
    assert_eq!(state(&duty, &[again, hidden], "2026-12-04"), State::Overdue, "the newest decides whether it is met");
}

#[test]
fn a_rule_holds_for_what_began_under_it() {
    let mut old = rule(Event::ResultsReceived, CountsFrom::ReceivingEnded, 30, false);
    old.valid_to = Some(day("2026-11-14"));
    let mut new = rule(Event::ResultsReceived, CountsFrom::ReceivingEnded, 10, false);
    new.valid_from = day("2026-11-14");
    let due = |until: &str| {
        let duties =
            duties(&[old.clone(), new.clone()], &Calendar::default(), &facts("2026-10-01", until, None), day("2026-10-01"));
        (duties.len(), duties[0].due_on.unwrap())
    };
    assert_eq!((due("2026-11-13"), due("2026-11-14")), ((1, day("2026-12-14")), (1, day("2026-11-24"))));
    assert!(duties(&[new], &Calendar::default(), &facts("2026-10-01", "2026-10-31", None), day("2026-11-22")).is_empty());
}

#[test]
fn what_comes_again_is_listed_up_to_the_next_one() {
    let rules = [
        rule(Event::InterimResults, CountsFrom::Every(30), 5, false),
        rule(Event::AnnualAccounts, CountsFrom::YearEnded, 89, false),
    ];
    let of = |until: &str, today: &str| -> Vec<(Event, String)> {
        let duties = duties(&rules, &Calendar::default(), &facts("2026-10-01", until, None), day(today));
        duties.into_iter().map(|duty| (duty.event, duty.period.unwrap().to_string())).collect()
    };
    let interim = |day: &str| (Event::InterimResults, day.to_owned());
    let annual = |day: &str| (Event::AnnualAccounts, day.to_owned());
    assert_eq!(of("2026-12-05", "2026-10-31"), [interim("2026-10-31"), interim("2026-11-30"), annual("2026-12-31")]);
    assert_eq!(of("2026-10-20", "2026-10-31"), [annual("2026-12-31")]);
    assert_eq!(of("9999-12-31", "2027-01-01").len(), 6, "four interim results, two years");
    let duties = duties(&rules, &Calendar::default(), &facts("2026-10-01", "2026-10-20", None), day("2026-10-31"));
    assert_eq!((duties[0].from, duties[0].due_on), (day("2027-01-01"), Some(day("2027-03-30"))));
}

/// What nobody typed yet: only the last possible day counts, and without one nobody is late.
#[test]
fn what_is_unknown_makes_nobody_late() {
    let mut used = rule(Event::ResultsUsed, CountsFrom::DistributionEnded, 30, false);
    used.last_days = Some(50);
    let levels = rule(Event::SupportLevels, CountsFrom::DistributionStarted, 0, true);
    let settled = rule(Event::SettlementReport, CountsFrom::SettlementApproved, 30, false);
    let rules = [used, levels, settled];
    let of = |typed: Typed, event: Event| {
        let facts = Facts { typed, ..facts("2026-10-01", "2026-11-13", None) };
        one(&duties(&rules, &Calendar::default(), &facts, day("2026-11-22")), event)
    };
    let nothing = Typed::default();
    let last = of(nothing, Event::ResultsUsed);
    assert_eq!((last.due_on, last.provisional, last.from), (Some(day("2027-01-04")), true, day("2026-11-14")), "a Saturday + 2");
    assert_eq!(state(&last, &[], "2027-01-05"), State::Overdue);
    let promised = Typed { committed_until: Some(day("2027-03-01")), ..nothing };
    assert_eq!(of(promised, Event::ResultsUsed).due_on, Some(day("2027-03-31")), "what was promised to givers runs longer");
    let short = Typed { committed_until: Some(day("2026-11-20")), ..nothing };
    assert_eq!(of(short, Event::ResultsUsed).due_on, Some(day("2027-01-04")));
    let ended = Typed { distribution_ended: Some(day("2026-11-20")), ..promised };
    let known = of(ended, Event::ResultsUsed);
    assert_eq!((known.due_on, known.provisional, known.from), (Some(day("2026-12-21")), false, day("2026-11-20")));
    // Extended since: what was over then is not over.
    let again = Facts { typed: ended, ..facts("2026-10-01", "2026-12-31", None) };
    let open = one(&duties(&rules, &Calendar::default(), &again, day("2026-11-22")), Event::ResultsUsed);
    assert_eq!((open.counts_from_day, open.due_on, open.provisional), (None, Some(day("2027-03-31")), true));
    for event in [Event::SupportLevels, Event::SettlementReport] {
        let duty = of(nothing, event);
        assert_eq!((duty.due_on, duty.counts_from_day, duty.provisional), (None, None, false));
        assert_eq!(state(&duty, &[], "2036-01-01"), State::Due);
        assert_eq!(state(&duty, &[version("2026-11-15", None)], "2036-01-01"), State::Published);
    }
    let began = Typed { distribution_started: Some(day("2026-10-20")), ..nothing };
    let duty = of(began, Event::SupportLevels);
    assert_eq!((duty.due_on, duty.from), (Some(day("2026-10-20")), day("2026-10-01")));
    assert_eq!(state(&duty, &[version("2026-10-21", None)], "2026-11-22"), State::PublishedLate);
}

#[test]
fn advice_and_memories_make_nobody_late_and_fixed_days_stay() {
    let mut terms = rule(Event::ReceivingTerms, CountsFrom::ReceivingStarts, 1, true);
    terms.advisory = true;
    let mut facts = facts("2026-10-01", "2026-11-13", None);
    facts.receive_from = day("2026-10-05");
    let duty = one(&duties(&[terms.clone()], &Calendar::default(), &facts, day("2026-10-02")), Event::ReceivingTerms);
    assert_eq!((duty.due_on, duty.from), (Some(day("2026-10-04")), day("2026-10-01")), "a Sunday: counted backwards, not moved");
    assert_eq!(state(&duty, &[], "2026-12-01"), State::Due);
    assert_eq!(standing(&duty, &[version("2026-12-01", None)], day("2026-12-01")).days_late, None);
    (terms.advisory, terms.mark) = (false, "GK".to_owned());
    let duty = one(&duties(&[terms.clone()], &Calendar::default(), &facts, day("2026-10-02")), Event::ReceivingTerms);
    assert_eq!(state(&duty, &[], "2026-12-01"), State::Due, "remembered, not read");
    terms.mark = "REC".to_owned();
    let duty = one(&duties(&[terms], &Calendar::default(), &facts, day("2026-10-02")), Event::ReceivingTerms);
    assert_eq!(state(&duty, &[], "2026-12-01"), State::Overdue, "a rule that the house gave itself and that binds");

    let annual = rule(Event::AnnualAccounts, CountsFrom::FixedDay(3, 30), 0, false);
    let holidays = ["2030-03-30", "2030-03-29", "2030-04-01"].map(day).into_iter().collect();
    facts.receive_until = day("2029-12-31");
    let found = duties(&[annual], &Calendar { holidays }, &facts, day("2030-03-01"));
    let due: Vec<String> = found.iter().map(|duty| duty.due_on.unwrap().to_string()).collect();
    assert_eq!(due, ["2027-03-30", "2028-03-30", "2029-03-30", "2030-03-30"], "before 31 March, whatever day it is");
}

#[test]
fn two_notices_are_part_of_publishing_since_they_can_be_written_down() {
    let mut one_rule = rule(Event::ResultsReceived, CountsFrom::ReceivingEnded, 15, false);
    one_rule.notices_from = Some(day("2026-12-01"));
    let facts = facts("2026-10-01", "2026-11-22", None);
    let duty = duties(&[one_rule], &Calendar::default(), &facts, day("2026-11-23")).remove(0);
    let bare = |on: &str| Version { put_up: false, ..version(on, None) };
    assert_eq!(state(&duty, &[bare("2026-11-30")], "2027-01-01"), State::Published, "as it was known then");
    assert_eq!(state(&duty, &[bare("2026-12-01")], "2026-12-07"), State::Due);
    assert_eq!(state(&duty, &[bare("2026-12-01")], "2026-12-08"), State::Overdue);
    let then = [bare("2026-12-01"), version("2026-12-08", None)];
    assert_eq!(standing(&duty, &then, day("2027-01-01")), Standing { state: State::PublishedLate, days_late: Some(1) });
}

fn any_counts_from() -> impl Strategy<Value = CountsFrom> {
    prop_oneof![
        Just(CountsFrom::Opened),
        Just(CountsFrom::ReceivingEnded),
        (7u16..60).prop_map(CountsFrom::Every),
        Just(CountsFrom::YearEnded),
        Just(CountsFrom::FixedDay(3, 30)),
        Just(CountsFrom::DistributionEnded),
        Just(CountsFrom::SettlementApproved)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the rules: one duty for each event and period, none due before it counts, on a day somebody works; time
    /// alone adds duties and never takes one away or moves its day.
    #[test]
    fn duties_only_grow_with_time(
        kinds in proptest::collection::vec((0usize..8, any_counts_from(), 0u16..60, any::<bool>(), any::<bool>()), 1..8),
        opened in 0u64..400, length in 0u64..300, closed in proptest::option::of(0u64..400), ended in proptest::option::of(0u64..60), today in 0u64..800, later in 0u64..400,
        offs in proptest::collection::btree_set(0u64..1_200, 0..40),
    ) {
        let zero = day("2025-01-01");
        let at = |n: u64| after(zero, n);
        let calendar = Calendar { holidays: offs.into_iter().map(at).collect() };
        // One rule an event, as the data has at any one time.
        let kinds: BTreeMap<usize, _> = kinds.into_iter().map(|kind| (kind.0, kind)).collect();
        let rules: Vec<Rule> = kinds.values().map(|(event, counts_from, amount, early, working)| {
            let mut rule = rule(Event::ALL[*event], *counts_from, *amount, *early);
            rule.period.unit = if *working { Unit::WorkingDay } else { Unit::Day };
            rule
        }).collect();
        let facts = Facts {
            opened_on: at(opened), receive_from: at(opened), receive_until: at(opened + length), closed_on: closed.map(|n| at(opened + n)),
            typed: Typed { distribution_ended: ended.map(|n| at(opened + length + n)), ..Typed::default() },
        };
        let (now, then) = (duties(&rules, &calendar, &facts, at(today)), duties(&rules, &calendar, &facts, at(today + later)));
        let key = |duty: &Duty| (duty.event, duty.period);
        prop_assert!(now.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])), "in order, each once");
        for duty in &now {
            // A fixed date is no period: it is what it is.
            let fixed = matches!(duty.rule.counts_from, CountsFrom::FixedDay(..));
            prop_assert!(duty.due_on.is_none_or(|due| (fixed || calendar.is_working(due)) && Some(due) >= duty.counts_from_day));
            prop_assert_eq!(duty.due_on.is_some(), duty.counts_from_day.is_some(), "what is unknown has no last day of its own");
            prop_assert!(duty.from >= facts.opened_on);
            prop_assert!(then.contains(duty), "{duty:?} is gone");
        }
    }

    /// A duty is met exactly while its newest version stands; publishing meets it, and never makes it later than it was.
    #[test]
    fn publishing_meets_a_duty(
        published in proptest::collection::vec((0u64..120, proptest::option::of(0u64..60)), 0..5), today in 0u64..200, keep in 0u16..60,
    ) {
        let zero = day("2026-10-01");
        let at = |n: u64| after(zero, n);
        let mut one = rule(Event::ResultsReceived, CountsFrom::ReceivingEnded, 15, false);
        one.keep_days = keep;
        let facts = Facts { opened_on: zero, receive_from: zero, receive_until: at(20), closed_on: None, typed: Typed::default() };
        let duty = duties(&[one], &Calendar::default(), &facts, zero).remove(0);
        let mut days: Vec<u64> = published.iter().map(|(day, _)| *day).collect();
        days.sort_unstable();
        let mut versions: Vec<Version> = days.iter().zip(&published)
            .map(|(on, (_, shown))| Version { published_on: at(*on), withdrawn_on: shown.map(|shown| at(*on + shown)), put_up: true })
            .collect();
        let today = at(today.max(days.last().copied().unwrap_or_default()));
        let before = standing(&duty, &versions, today);
        let met = |state: State| matches!(state, State::Published | State::PublishedLate);
        prop_assert_eq!(before.state == State::Overdue, !met(before.state) && Some(today) > duty.due_on);
        prop_assert_eq!(before.days_late.is_some(), matches!(before.state, State::Overdue | State::PublishedLate));
        let newest = versions.last().is_some_and(|v| v.published_on > at(20)
            && v.withdrawn_on.is_none_or(|gone| gone >= after(v.published_on, keep.into())));
        prop_assert_eq!(met(before.state), newest);
        if today > at(20) {
            // Corrected in time: the version before stands until this one.
            versions.push(Version { published_on: today, withdrawn_on: None, put_up: true });
            let then = standing(&duty, &versions, today);
            prop_assert!(met(then.state));
            prop_assert!(before.state != State::Published || then.state == State::Published);
            prop_assert!(Some(today) > duty.due_on || then.state == State::Published);
        }
    }
}
