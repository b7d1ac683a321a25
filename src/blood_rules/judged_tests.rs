//! What the rules say, against a table that was written by hand from the circular and not from our rows.

use proptest::prelude::*;

use super::*;
use crate::blood_rules::{AboGroup, RhFactor, compatible, next_day, next_day_of};
use Component::{Granulocytes, Plasma, Platelets, RedCells, StemCells, WholeBlood};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rules() -> Rules {
    Rules::by_hand()
}

fn born(text: &str) -> Asked {
    Asked { birth: Birth::read(text), ..Asked::of(WholeBlood) }
}

fn given(component: Component, on: &str) -> Asked {
    Asked { given: vec![(component, day(on))], ..Asked::of(WholeBlood) }
}

fn after(code: &str, on: Option<&str>) -> Asked {
    Asked { happened: vec![Happened { code: code.into(), on: on.map(day) }], ..Asked::of(WholeBlood) }
}

fn weighing(sex: Option<Sex>, kg: &str, wanted: Component) -> Asked {
    Asked { sex, weight: Weight::parse(kg), ..Asked::of(wanted) }
}

/// The verdict of a day, and the first one on which they may come.
fn said(asked: &Asked, on: &str) -> (Verdict, Option<String>) {
    let decision = judge(&rules(), asked, day(on));
    (decision.verdict(), decision.first_day.map(|day| day.to_string()))
}

fn may(on: &str) -> (Verdict, Option<String>) {
    (Verdict::MayCome, Some(on.into()))
}

fn later(on: &str) -> (Verdict, Option<String>) {
    (Verdict::ComeLater, Some(on.into()))
}

fn ask(on: &str) -> (Verdict, Option<String>) {
    (Verdict::AskCentre, Some(on.into()))
}

fn not() -> (Verdict, Option<String>) {
    (Verdict::NotByRules, None)
}

#[test]
fn ages_are_full_years() {
    for (birth, on, expected) in [
        // 17 years and 364 days, and a day more.
        ("2008-06-15", "2026-06-14", later("2026-06-15")),
        ("2008-06-14", "2026-06-14", may("2026-06-14")),
        ("2008-02-29", "2026-02-27", later("2026-02-28")),
        ("2008-02-29", "2026-02-28", may("2026-02-28")),
        ("2009-03-01", "2027-02-28", later("2027-03-01")),
        // 60 years are allowed, 61 are not.
        ("1966-06-14", "2026-06-14", may("2026-06-14")),
        ("1965-06-15", "2026-06-14", may("2026-06-14")),
        ("1965-06-14", "2026-06-14", not()),
        // Of a year alone it may be one or the other.
        ("2008", "2026-06-14", ask("2026-06-14")),
        ("2008", "2026-12-31", may("2026-12-31")),
        ("2009", "2026-06-14", later("2027-12-31")),
        ("1965", "2026-06-14", ask("2026-06-14")),
        ("1964", "2026-06-14", not()),
        ("1990", "2026-06-14", may("2026-06-14")),
    ] {
        assert_eq!(said(&born(birth), on), expected, "{birth} on {on}");
    }
}

#[test]
fn intervals_are_counted_in_days_from_the_last_one() {
    for (component, last, on, expected) in [
        // 84 days over the end of a year, over Tết and 29 February.
        (WholeBlood, "2025-11-20", "2026-02-11", later("2026-02-12")),
        (WholeBlood, "2025-11-20", "2026-02-12", may("2026-02-12")),
        (RedCells, "2023-12-25", "2024-03-17", later("2024-03-18")),
        (RedCells, "2023-12-25", "2024-03-18", may("2024-03-18")),
        (Platelets, "2026-06-01", "2026-06-14", later("2026-06-15")),
        (Plasma, "2026-05-31", "2026-06-14", may("2026-06-14")),
        (WholeBlood, "2026-06-14", "2026-06-14", later("2026-09-06")),
        (StemCells, "2026-06-14", "2026-06-14", later("2026-06-15")),
        // What was given after that day does not count for it.
        (WholeBlood, "2026-06-20", "2026-06-14", may("2026-06-14")),
    ] {
        assert_eq!(said(&given(component, last), on), expected, "{component} of {last} on {on}");
    }
    // Whole blood first, platelets elsewhere later: the last one counts, whatever is wanted now.
    let mixed = Asked { given: vec![(WholeBlood, day("2026-05-01")), (Platelets, day("2026-05-31"))], ..Asked::of(WholeBlood) };
    assert_eq!(said(&mixed, "2026-06-14"), may("2026-06-14"));
    let turned = Asked { given: vec![(WholeBlood, day("2026-05-31")), (Platelets, day("2026-05-01"))], ..mixed };
    assert_eq!(said(&turned, "2026-06-14"), later("2026-08-23"));
    let both_on_a_day = Asked { given: vec![(Platelets, day("2026-05-31")), (WholeBlood, day("2026-05-31"))], ..turned };
    assert_eq!(said(&both_on_a_day, "2026-06-14"), later("2026-08-23"), "the longer wait");
}

#[test]
fn three_times_within_seven_days() {
    let given: Vec<_> = ["2026-06-05", "2026-06-01", "2026-06-03"].map(|on| (Granulocytes, day(on))).into();
    assert_eq!(next_day_of(&rules(), &given, Granulocytes).day, Some(day("2026-06-08")));
    assert_eq!(next_day_of(&rules(), &given[..2], Granulocytes).day, Some(day("2026-06-06")));
    let with_plasma = [given.clone(), vec![(Plasma, day("2026-05-31"))]].concat();
    assert_eq!(next_day_of(&rules(), &with_plasma, Granulocytes).day, Some(day("2026-06-08")), "plasma is not counted with them");
}

#[test]
fn never_given_and_no_rule_are_two_things() {
    let never = next_day(&rules(), None, WholeBlood);
    assert!(never.day.is_none() && !never.unknown && never.allows(day("2026-06-14")));
    let mut without = rules();
    without.intervals.clear();
    let unknown = next_day(&without, Some((WholeBlood, day("2020-01-01"))), WholeBlood);
    assert!(unknown.unknown && !unknown.allows(day("2026-06-14")));
    let decision = judge(&without, &given(WholeBlood, "2020-01-01"), day("2026-06-14"));
    assert_eq!((decision.verdict(), decision.findings[0].grounds.is_none()), (Verdict::AskCentre, true));
}

#[test]
fn deferrals_are_counted_in_months_and_days() {
    for (code, on, asked, expected) in [
        ("TATTOO", Some("2026-03-14"), "2026-06-14", later("2026-09-14")),
        ("TATTOO", Some("2025-12-14"), "2026-06-14", may("2026-06-14")),
        ("TATTOO", Some("2025-12-15"), "2026-06-14", later("2026-06-15")),
        // Months end where the month lacks the day.
        ("TATTOO", Some("2025-08-31"), "2026-02-27", later("2026-02-28")),
        ("TATTOO", Some("2025-08-31"), "2026-02-28", may("2026-02-28")),
        ("FINASTERIDE", Some("2025-11-30"), "2026-02-27", later("2026-02-28")),
        ("SURGERY", Some("2024-02-29"), "2025-02-27", later("2025-02-28")),
        ("SURGERY", Some("2024-02-29"), "2025-02-28", may("2025-02-28")),
        // Four weeks are 28 days.
        ("DENGUE", Some("2026-02-01"), "2026-02-28", later("2026-03-01")),
        ("DENGUE", Some("2024-02-02"), "2024-03-01", may("2024-03-01")),
        ("FLU", Some("2026-06-08"), "2026-06-14", later("2026-06-15")),
        ("FLU", Some("2026-06-07"), "2026-06-14", may("2026-06-14")),
        ("FLU", None, "2026-06-14", ask("2026-06-14")),
        // Work costs no day.
        ("PILOT", None, "2026-06-14", may("2026-06-14")),
        // Not yet.
        ("TATTOO", Some("2026-06-15"), "2026-06-14", may("2026-06-14")),
        ("NO_SUCH_RULE", Some("2026-06-13"), "2026-06-14", may("2026-06-14")),
    ] {
        assert_eq!(said(&after(code, on), asked), expected, "{code} {on:?} on {asked}");
    }
    let decision = judge(&rules(), &after("PILOT", None), day("2026-06-14"));
    assert_eq!((decision.findings.len(), decision.findings[0].until), (1, Until::Condition));
    let decision = judge(&rules(), &after("TATTOO", Some("2026-03-14")), day("2026-06-14"));
    let finding = &decision.findings[0];
    assert_eq!((finding.rule.as_str(), finding.reason), ("DEFERRAL_TATTOO", DeferralReason::TattooOrPiercing));
    assert_eq!((finding.vi.as_str(), finding.en.as_str()), ("Việc: trì hoãn 6 tháng.", "Event: put off for 6 months."));
    assert!(finding.grounds.as_ref().is_some_and(|grounds| grounds.law_en.contains("26/2013")));
}

#[test]
fn weights_by_sex_and_procedure() {
    let (woman, man) = (Some(Sex::Female), Some(Sex::Male));
    let today = "2026-06-14";
    for (sex, kg, wanted, expected, most, bag) in [
        (woman, "41.9", WholeBlood, not(), None, None),
        (woman, "42", WholeBlood, may(today), Some(250), Some(250)),
        (woman, "44,9", WholeBlood, may(today), Some(250), Some(250)),
        (man, "44,9", WholeBlood, not(), Some(250), Some(250)),
        (man, "45", WholeBlood, may(today), Some(405), Some(350)),
        (man, "49.9", WholeBlood, may(today), Some(449), Some(350)),
        (man, "50", WholeBlood, may(today), Some(450), Some(450)),
        (man, "80", WholeBlood, may(today), Some(500), Some(450)),
        (woman, "49.9", Platelets, not(), None, None),
        (woman, "50", Platelets, may(today), Some(500), None),
        (man, "60", Plasma, may(today), Some(650), None),
        (None, "41", WholeBlood, not(), None, None),
        (None, "43", WholeBlood, ask(today), Some(250), Some(250)),
        (None, "45", WholeBlood, may(today), Some(405), Some(350)),
    ] {
        let asked = weighing(sex, kg, wanted);
        let decision = judge(&rules(), &asked, day(today));
        assert_eq!(said(&asked, today), expected, "{sex:?} {kg} {wanted}");
        assert_eq!((decision.most_ml, decision.bag_ml), (most, bag), "{sex:?} {kg} {wanted}");
    }
    for text in ["", "19.9", "300.1", "45.55", "-45", "4 5", "45kg", "1e2", "45.", ".5", "٤٥"] {
        assert_eq!(Weight::parse(text), None, "{text}");
    }
}

#[test]
fn who_waits_may_grow_too_old() {
    let asked = Asked { given: vec![(WholeBlood, day("2026-06-01"))], ..born("1965-07-01") };
    assert_eq!(said(&asked, "2026-06-14"), not());
    let asked = Asked { given: vec![(WholeBlood, day("2026-06-01"))], ..born("1965-08-25") };
    assert_eq!(said(&asked, "2026-06-14"), later("2026-08-24"));
}

#[test]
fn nothing_known_is_nothing_in_the_way_and_no_rules_say_nothing() {
    assert_eq!(said(&Asked::of(WholeBlood), "2026-06-14"), may("2026-06-14"));
    let none =
        Rules { limits: [].into(), volumes: vec![], bags: vec![], intervals: vec![], deferrals: vec![], fits: vec![], ..rules() };
    let child = Asked { weight: Weight::of_kg(30), ..born("2020-01-01") };
    assert_eq!(judge(&none, &child, day("2013-11-14")).verdict(), Verdict::MayCome);
    assert_eq!(compatible(&none, RedCells, (AboGroup::B, RhFactor::Negative)), []);
    assert_eq!(compatible(&rules(), RedCells, (AboGroup::B, RhFactor::Negative)), [(AboGroup::O, RhFactor::Negative)]);
}

#[test]
fn what_is_not_on_the_public_list_is_not_kept() {
    assert_eq!(DeferralReason::kept("HAEMOGLOBIN"), DeferralReason::Haemoglobin);
    for word in ["SYPHILIS", "HIV", "HBsAg dương tính", "", "age"] {
        assert_eq!(DeferralReason::kept(word), DeferralReason::CentreDecision, "{word}");
    }
}

proptest! {
    /// On the first day that is named, nothing stands in the way any more; the day before, something does. More that happened never
    /// makes it earlier.
    #[test]
    fn the_first_day_is_the_first(
        last in proptest::option::of((0usize..6, 0u64..400)), tattoo in proptest::option::of(0u64..400), born_days in 6_300u64..23_000,
    ) {
        let on = day("2026-06-14");
        let ago = |days: u64| on - chrono::Days::new(days);
        let mut asked = Asked { birth: Some(Birth::Day(ago(born_days))), ..Asked::of(WholeBlood) };
        asked.given = last.into_iter().map(|(n, days)| (Component::ALL[n], ago(days))).collect();
        let before = judge(&rules(), &asked, on).first_day;
        asked.happened = tattoo.into_iter().map(|days| Happened { code: "TATTOO".into(), on: Some(ago(days)) }).collect();
        let decision = judge(&rules(), &asked, on);
        match decision.first_day {
            None => prop_assert_eq!(decision.verdict(), Verdict::NotByRules),
            Some(first) => {
                prop_assert!(before.is_some_and(|before| before <= first));
                prop_assert_eq!(judge(&rules(), &asked, first).verdict(), Verdict::MayCome);
                if first > on {
                    prop_assert_eq!(judge(&rules(), &asked, first - chrono::Days::new(1)).verdict(), Verdict::ComeLater);
                }
            }
        }
    }
}
