//! The questions of a version, and the rules behind them. Pure.

use crate::basics::codes::codes;
use crate::blood_rules::{Deferral, Rules};

codes! {
    /// What a question asks for.
    #[derive(Hash)]
    pub wire enum PreCheckAsk {
        Birth = "BIRTH",
        Sex = "SEX",
        Weight = "WEIGHT",
        /// What they gave last, and when.
        LastDonation = "LAST_DONATION",
        /// Whether there was one of these, and when was the last.
        Since = "SINCE",
        /// Whether one of these is so.
        Condition = "CONDITION",
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub code: String,
    pub ask: PreCheckAsk,
    /// Codes of the rules that are listed below it.
    pub deferrals: Vec<String>,
    pub vi: String,
    pub en: String,
    /// What it is about in a few words.
    pub about_vi: String,
    pub about_en: String,
}

/// The questions of a version, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questionnaire {
    pub version: i16,
    /// What is said before them.
    pub note_vi: String,
    pub note_en: String,
    pub questions: Vec<Question>,
}

impl Questionnaire {
    pub fn question(&self, code: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.code == code)
    }
}

impl Question {
    /// Whether it is answered by what happened, or is so.
    pub fn is_of_rules(&self) -> bool {
        matches!(self.ask, PreCheckAsk::Since | PreCheckAsk::Condition)
    }

    /// The rules that are listed below it, as they hold on the day of `rules`.
    pub fn listed<'r>(&self, rules: &'r Rules) -> Vec<&'r Deferral> {
        self.deferrals.iter().filter_map(|code| rules.deferral(code)).collect()
    }

    /// The rule by which an answer is judged: the longest of those listed, in the words of the question, so that the answer does not say
    /// which of them it was.
    pub(super) fn rule(&self, rules: &Rules) -> Option<Deferral> {
        let longest = self.listed(rules).into_iter().max_by_key(|deferral| deferral.days_about())?;
        Some(Deferral { code: self.code.clone(), vi: self.about_vi.clone(), en: self.about_en.clone(), ..longest.clone() })
    }
}
