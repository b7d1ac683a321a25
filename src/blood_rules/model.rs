//! The rules about blood as they hold on a day. Pure.

use std::collections::HashMap;

use chrono::{Days, Months, NaiveDate};

use crate::basics::codes::codes;
use crate::persons::Sex;

/// What every decision says besides.
pub const CENTRE_DECIDES: (&str, &str) = (
    "Đây chỉ là thông tin tham khảo theo quy định. Chỉ cơ sở tiếp nhận máu, sau khi khám tuyển, mới quyết định ai được hiến máu.",
    "This only says what the rules say. Only the blood centre decides who gives blood, after its own examination.",
);

codes! {
    /// What is given.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum Component {
        WholeBlood = "WHOLE_BLOOD",
        /// By apheresis, as all that follow.
        RedCells = "RED_CELLS",
        Platelets = "PLATELETS",
        Plasma = "PLASMA",
        Granulocytes = "GRANULOCYTES",
        /// Peripheral blood stem cells.
        StemCells = "STEM_CELLS",
    }

    /// How it is taken.
    #[derive(Hash)]
    pub wire enum Procedure {
        WholeBlood = "WHOLE_BLOOD",
        Apheresis = "APHERESIS",
    }

    /// The group by ABO.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum AboGroup {
        O = "O",
        A = "A",
        B = "B",
        Ab = "AB",
    }

    /// Rh(D).
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum RhFactor {
        Positive = "POSITIVE",
        Negative = "NEGATIVE",
    }

    /// Why somebody does not give, in the only words that are kept of a person. Of what is not on this list nothing is kept but that the
    /// centre decided; above all no word about an infection.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum DeferralReason {
        /// Too young or too old.
        Age = "AGE",
        Weight = "WEIGHT",
        /// The last donation is not long enough ago.
        Interval = "INTERVAL",
        TattooOrPiercing = "TATTOO_OR_PIERCING",
        Vaccination = "VACCINATION",
        Medicine = "MEDICINE",
        /// Flu, a cold, a sore throat and the like.
        MinorIllness = "MINOR_ILLNESS",
        /// What they work at soon after.
        Work = "WORK",
        /// Has not slept or eaten enough, or has drunk alcohol.
        NotRested = "NOT_RESTED",
        BloodPressure = "BLOOD_PRESSURE",
        Haemoglobin = "HAEMOGLOBIN",
        /// No vein was found.
        Veins = "VEINS",
        /// The centre decided; why is not kept.
        CentreDecision = "CENTRE_DECISION",
    }

    /// How a deferral is counted.
    #[derive(Hash)]
    pub wire enum DeferralUnit {
        /// At the end of a month that lacks the day: its last day.
        Month = "MONTH",
        Day = "DAY",
        /// Between giving and work; costs no day.
        Hour = "HOUR",
    }
}

/// A blood group that was found twice.
pub type Group = (AboGroup, RhFactor);

impl Component {
    pub fn procedure(self) -> Procedure {
        if self == Component::WholeBlood { Procedure::WholeBlood } else { Procedure::Apheresis }
    }
}

impl DeferralReason {
    /// The word that is kept for one that a blood centre wrote. What is not on the public list is not kept.
    pub fn kept(code: &str) -> Self {
        Self::parse(code).unwrap_or(DeferralReason::CentreDecision)
    }
}

/// Body weight in hectograms: 44.9 kg are 449.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(u16);

impl Weight {
    /// From 20 to 300 kg.
    pub fn of_hectograms(hectograms: u16) -> Option<Self> {
        (200..=3_000).contains(&hectograms).then_some(Self(hectograms))
    }

    pub fn of_kg(kg: u16) -> Option<Self> {
        Self::of_hectograms(kg.checked_mul(10)?)
    }

    /// Reads `44`, `44.9` and, as in Vietnamese, `44,9`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kg, tenth) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(kg, 3) || !digits(tenth, 1) {
            return None;
        }
        Self::of_hectograms(kg.parse::<u16>().ok()? * 10 + tenth.parse::<u16>().ok()?)
    }

    pub fn hectograms(self) -> u16 {
        self.0
    }

    pub(super) fn reaches(self, kg: i16) -> bool {
        i32::from(self.0) >= i32::from(kg) * 10
    }
}

/// What a rule rests on, and while it held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    pub valid_from: NaiveDate,
    /// The first day on which it holds no more.
    pub valid_to: Option<NaiveDate>,
    /// The provision, in Vietnamese.
    pub law_vi: String,
    /// In English.
    pub law_en: String,
    /// `S` read in its source, `GK` from general knowledge, `REC` recommended.
    pub mark: String,
    pub source: String,
}

/// An age in full years or a weight in kilograms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub name: String,
    pub value: i16,
    pub grounds: Grounds,
}

/// How much may be taken from a weight on, until the next step of the procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    pub procedure: Procedure,
    pub least_kg: i16,
    pub most_ml: i16,
    pub ml_per_kg: Option<i16>,
    pub grounds: Grounds,
}

/// A size of bags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bag {
    pub ml: i16,
    pub grounds: Grounds,
}

/// How long somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    Days(i16),
    /// At most so many times within so many days.
    Times {
        times: i16,
        within_days: i16,
    },
}

/// How long somebody waits after what they gave last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    pub after: Component,
    pub wait: Wait,
    pub grounds: Grounds,
}

/// What puts a donation off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferral {
    pub code: String,
    pub place: i16,
    pub amount: i16,
    pub unit: DeferralUnit,
    pub reason: DeferralReason,
    pub vi: String,
    pub en: String,
    pub grounds: Grounds,
}

impl Deferral {
    /// About how many days it lasts, to tell the longer of two.
    pub fn days_about(&self) -> i32 {
        let amount = i32::from(self.amount);
        match self.unit {
            DeferralUnit::Month => amount * 31,
            DeferralUnit::Day => amount,
            DeferralUnit::Hour => 0,
        }
    }

    /// The first day on which it is over, of what happened on a day; `None` where no day is lost.
    pub fn until(&self, happened: NaiveDate) -> Option<NaiveDate> {
        let amount = u32::from(self.amount.unsigned_abs());
        match self.unit {
            DeferralUnit::Month => happened.checked_add_months(Months::new(amount)),
            DeferralUnit::Day => happened.checked_add_days(Days::new(amount.into())),
            DeferralUnit::Hour => None,
        }
    }
}

/// Whose blood is given to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fits {
    pub component: Component,
    pub receiver: Group,
    pub giver: Group,
    /// 1: the same group.
    pub rank: i16,
    pub grounds: Grounds,
}

/// The rules that are in force on a day.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The day they hold on.
    pub day: NaiveDate,
    pub(super) limits: HashMap<String, Limit>,
    /// By procedure and weight.
    pub(super) volumes: Vec<Volume>,
    /// The smallest first.
    pub(super) bags: Vec<Bag>,
    pub(super) intervals: Vec<Interval>,
    /// In their order.
    pub(super) deferrals: Vec<Deferral>,
    /// Of each component and receiver, the same group first.
    pub(super) fits: Vec<Fits>,
}

pub(super) const LEAST_AGE: &str = "LEAST_AGE";
pub(super) const MOST_AGE: &str = "MOST_AGE";
pub(super) const LEAST_KG_WOMAN: &str = "LEAST_KG_WOMAN";
pub(super) const LEAST_KG_MAN: &str = "LEAST_KG_MAN";

impl Rules {
    /// In the order of their names.
    pub fn limits(&self) -> Vec<&Limit> {
        let mut all: Vec<_> = self.limits.values().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    pub fn volumes(&self) -> &[Volume] {
        &self.volumes
    }

    pub fn bags(&self) -> &[Bag] {
        &self.bags
    }

    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    pub fn deferrals(&self) -> &[Deferral] {
        &self.deferrals
    }

    pub fn fits(&self) -> &[Fits] {
        &self.fits
    }

    pub fn deferral(&self, code: &str) -> Option<&Deferral> {
        self.deferrals.iter().find(|deferral| deferral.code == code)
    }

    pub fn interval(&self, after: Component) -> Option<&Interval> {
        self.intervals.iter().find(|interval| interval.after == after)
    }

    /// The same rules, with others in place of those about what puts a donation off.
    pub fn put_off_by(mut self, deferrals: Vec<Deferral>) -> Self {
        self.deferrals = deferrals;
        self
    }

    pub(super) fn least_kg(&self, sex: Sex) -> Option<&Limit> {
        self.limits.get(match sex {
            Sex::Female => LEAST_KG_WOMAN,
            Sex::Male => LEAST_KG_MAN,
        })
    }

    /// The step of the procedure that somebody of a weight stands on.
    pub fn volume(&self, procedure: Procedure, weight: Weight) -> Option<&Volume> {
        let steps = self.volumes.iter().filter(|step| step.procedure == procedure && weight.reaches(step.least_kg));
        steps.max_by_key(|step| step.least_kg)
    }

    /// The most that may be taken, in whole millilitres; `None` below the lowest weight.
    pub fn most_ml(&self, procedure: Procedure, weight: Weight) -> Option<i16> {
        let step = self.volume(procedure, weight)?;
        let by_weight = step.ml_per_kg.map(|ml| i32::from(ml) * i32::from(weight.hectograms()) / 10);
        let most = by_weight.map_or(i32::from(step.most_ml), |ml| ml.min(step.most_ml.into()));
        i16::try_from(most).ok()
    }

    /// The largest bag that somebody of a weight may fill with whole blood.
    pub fn bag_ml(&self, weight: Weight) -> Option<i16> {
        let most = self.most_ml(Procedure::WholeBlood, weight)?;
        self.bags.iter().map(|bag| bag.ml).filter(|ml| *ml <= most).max()
    }
}

/// Whose blood can be given to somebody, the same group first; nobody's where there is no rule (stem cells are matched otherwise).
pub fn compatible(rules: &Rules, component: Component, receiver: Group) -> Vec<Group> {
    let fit = |fits: &&Fits| fits.component == component && fits.receiver == receiver;
    rules.fits.iter().filter(fit).map(|fits| fits.giver).collect()
}
