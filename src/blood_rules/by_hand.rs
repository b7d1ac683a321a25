//! The rules as somebody copied them by hand from the circular and not from our rows, for tests.

use chrono::NaiveDate;

use super::model::{
    AboGroup, Bag, Component, Deferral, DeferralReason, DeferralUnit, Fits, Grounds, Interval, Limit, Procedure, RhFactor, Rules,
    Volume, Wait,
};
use Component::{Granulocytes, Plasma, Platelets, RedCells, StemCells, WholeBlood};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn grounds() -> Grounds {
    Grounds {
        valid_from: day("2013-11-15"),
        valid_to: None,
        law_vi: "Thông tư 26/2013/TT-BYT".into(),
        law_en: "Circular 26/2013/TT-BYT".into(),
        mark: "S".into(),
        source: "by hand".into(),
    }
}

impl Rules {
    /// The rules as they were copied by hand from the circular.
    pub(crate) fn by_hand() -> Rules {
        let limit = |name: &str, value| (name.to_owned(), Limit { name: name.to_owned(), value, grounds: grounds() });
        let volume =
            |procedure, least_kg, most_ml, ml_per_kg| Volume { procedure, least_kg, most_ml, ml_per_kg, grounds: grounds() };
        let interval = |after, wait| Interval { after, wait, grounds: grounds() };
        let deferral = |code: &str, amount, unit, reason| Deferral {
            code: code.into(),
            place: 1,
            amount,
            unit,
            reason,
            vi: "việc".into(),
            en: "event".into(),
            grounds: grounds(),
        };
        let times = Wait::Times { times: 3, within_days: 7 };
        Rules {
            day: day("2026-06-14"),
            limits: [limit("LEAST_AGE", 18), limit("MOST_AGE", 60), limit("LEAST_KG_WOMAN", 42), limit("LEAST_KG_MAN", 45)]
                .into(),
            volumes: vec![
                volume(Procedure::Apheresis, 50, 500, None),
                volume(Procedure::Apheresis, 60, 650, None),
                volume(Procedure::WholeBlood, 42, 250, None),
                volume(Procedure::WholeBlood, 45, 500, Some(9)),
            ],
            bags: [250, 350, 450].map(|ml| Bag { ml, grounds: grounds() }).into(),
            intervals: vec![
                interval(WholeBlood, Wait::Days(84)),
                interval(RedCells, Wait::Days(84)),
                interval(Platelets, Wait::Days(14)),
                interval(Plasma, Wait::Days(14)),
                interval(Granulocytes, times),
                interval(StemCells, times),
            ],
            deferrals: vec![
                deferral("SURGERY", 12, DeferralUnit::Month, DeferralReason::CentreDecision),
                deferral("TATTOO", 6, DeferralUnit::Month, DeferralReason::TattooOrPiercing),
                deferral("DENGUE", 28, DeferralUnit::Day, DeferralReason::CentreDecision),
                deferral("FLU", 7, DeferralUnit::Day, DeferralReason::MinorIllness),
                deferral("FINASTERIDE", 3, DeferralUnit::Month, DeferralReason::Medicine),
                deferral("EXPOSURE", 6, DeferralUnit::Month, DeferralReason::CentreDecision),
                deferral("TYPHOID", 6, DeferralUnit::Month, DeferralReason::CentreDecision),
                deferral("PILOT", 12, DeferralUnit::Hour, DeferralReason::Work),
            ],
            fits: vec![Fits {
                component: RedCells,
                receiver: (AboGroup::B, RhFactor::Negative),
                giver: (AboGroup::O, RhFactor::Negative),
                rank: 2,
                grounds: grounds(),
            }],
        }
    }
}
