//! What is sent about targets, with the checks that need no database.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{MOST_LINES, MOST_PEOPLE, MOST_UNITS, PerMille, YEARS};
use crate::basics::Line;
use crate::http::{Check, FieldError, note, one_line};

/// The longest number of a decision, and name of a source, in characters.
const MOST_TEXT: usize = 100;

/// Targets of a year, as a chapter decides them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodTargetsIn {
    /// Made by the client, once; sending it again asks only once.
    id: Uuid,
    /// Code of the chapter that decides.
    #[schema(example = "68", max_length = 40)]
    chapter: String,
    /// The year, this one or the next.
    #[schema(minimum = 2000, maximum = 2200, example = 2026)]
    year: i16,
    /// Number of the decision.
    #[schema(example = "15/QĐ-BCĐ", max_length = 100)]
    decision_no: String,
    /// What each chapter directly below is to reach, and the chapter itself where nobody above gives it anything. All of them: a later
    /// decision for the year takes the place of this one as a whole.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<BloodTargetLineIn>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// What one chapter is to reach: `units`, or a rate and the population it is of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodTargetLineIn {
    /// Its code.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// Units of blood.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100000000, example = 600)]
    units: Option<i32>,
    /// Units per thousand inhabitants, with two decimals at most.
    #[serde(default)]
    #[schema(example = "4.5", max_length = 10)]
    per_mille: Option<String>,
    /// Inhabitants.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 200000000, example = 24500)]
    population: Option<i32>,
    /// Who counted them, and when.
    #[serde(default)]
    #[schema(example = "Chi cục Thống kê, 31/12/2025", max_length = 100)]
    population_source: Option<String>,
}

/// A rate and the population it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    pub per_mille: PerMille,
    pub population: i32,
    pub source: Line,
}

/// What one chapter is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedLine {
    pub chapter: String,
    pub units: i32,
    /// How the units were found, where they were not simply decided.
    pub rate: Option<Rate>,
}

/// A decision that is right in itself.
#[derive(Debug, Clone)]
pub struct Ask {
    pub id: Uuid,
    pub chapter: String,
    pub year: i16,
    pub decision_no: Line,
    /// In the order of their codes, each chapter once.
    pub lines: Vec<AskedLine>,
    pub note: Option<Line>,
}

impl Ask {
    /// One text of all that was asked, but the note.
    pub fn content(&self) -> String {
        let line = |line: &AskedLine| {
            let rate =
                line.rate.as_ref().map(|rate| (rate.per_mille.hundredths(), rate.population, rate.source.as_str().to_owned()));
            json!([line.chapter, line.units, rate])
        };
        let lines: Vec<_> = self.lines.iter().map(line).collect();
        json!([self.chapter, self.year, self.decision_no.as_str(), lines]).to_string()
    }
}

impl BloodTargetLineIn {
    fn check(self, at: &str, check: &mut Check) -> Option<AskedLine> {
        let Self { chapter, units, per_mille, population, population_source } = self;
        if units.is_some() == per_mille.is_some() || per_mille.is_some() != (population.is_some() && population_source.is_some())
        {
            check.wrong(
                at,
                "ONE_OF_TWO",
                "Ghi số đơn vị máu, hoặc ghi đủ tỷ lệ phần nghìn, dân số và nguồn dân số.",
                "Give units, or a rate per mille with the population and who counted it.",
            );
            return None;
        }
        let Some(typed) = per_mille else {
            let units = units.filter(|units| (1..=MOST_UNITS).contains(units));
            if units.is_none() {
                check.wrong(format!("{at}/units"), "OUT_OF_RANGE", "Từ 1 đến 100.000.000 đơn vị.", "1 to 100,000,000 units.");
            }
            return Some(AskedLine { chapter, units: units?, rate: None });
        };
        let rate = PerMille::parse(&typed);
        if rate.is_none() {
            check.wrong(
                format!("{at}/per_mille"),
                "OUT_OF_RANGE",
                "Tỷ lệ phần nghìn từ 0,01 đến 1000, tối đa hai chữ số thập phân.",
                "A rate per mille is 0.01 to 1000, with two decimals at most.",
            );
        }
        let population = population.filter(|people| (1..=MOST_PEOPLE).contains(people));
        if population.is_none() {
            check.wrong(format!("{at}/population"), "OUT_OF_RANGE", "Từ 1 đến 200.000.000 người.", "1 to 200,000,000 people.");
        }
        let source =
            check.read(one_line(&format!("{at}/population_source"), population_source.as_deref().unwrap_or_default(), MOST_TEXT));
        let (per_mille, population, source) = (rate?, population?, source?);
        let units = per_mille.units(population);
        if units.is_none() {
            check.wrong(
                format!("{at}/per_mille"),
                "OUT_OF_RANGE",
                "Tỷ lệ này cho chưa đến một đơn vị, hoặc quá nhiều.",
                "That rate gives less than one unit, or far too many.",
            );
        }
        Some(AskedLine { chapter, units: units?, rate: Some(Rate { per_mille, population, source }) })
    }
}

impl BloodTargetsIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<Ask, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng quyết định này.", "The id must be a UUID of its own.");
        if !YEARS.contains(&self.year) {
            check.wrong("/year", "OUT_OF_RANGE", "Năm từ 2000 đến 2200.", "year is 2000 to 2200.");
        }
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_TEXT));
        if self.lines.is_empty() || self.lines.len() > MOST_LINES {
            check.wrong("/lines", "OUT_OF_RANGE", "Cần từ 1 đến 1000 dòng.", "Give one to a thousand lines.");
        }
        let mut seen = HashSet::new();
        let mut lines = Vec::new();
        for (n, line) in self.lines.into_iter().enumerate().take(MOST_LINES) {
            let at = format!("/lines/{n}");
            if !seen.insert(line.chapter.clone()) {
                check.wrong(format!("{at}/chapter"), "NOT_UNIQUE", "Mỗi đơn vị chỉ ghi một dòng.", "Each chapter has one line.");
            }
            lines.extend(line.check(&at, &mut check));
        }
        let note = check.read(note(self.note.as_deref())).flatten();
        lines.sort_by(|a, b| a.chapter.cmp(&b.chapter));
        let Self { id, chapter, year, .. } = self;
        check.done(decision_no.map(|decision_no| Ask { id, chapter, year, decision_no, lines, note }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn checked(change: Value) -> Result<Ask, Vec<(String, &'static str)>> {
        let mut body = json!({"id": "0199e0a1-7b1c-7c3e-9d52-6f0a3b8cca02", "chapter": "68", "year": 2026, "decision_no": "15/QĐ",
            "lines": [{"chapter": "23095", "units": 600}]});
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let body: BloodTargetsIn = serde_json::from_value(body).unwrap();
        body.check().map_err(|errors| errors.into_iter().map(|error| (error.pointer, error.code)).collect())
    }

    #[test]
    fn units_come_from_a_rate_or_are_decided() {
        let rate = json!({"chapter": "23059", "per_mille": "4,5", "population": 24_500, "population_source": "Thống kê 2025"});
        let ask = checked(json!({"lines": [rate, {"chapter": "23095", "units": 600}]})).unwrap();
        assert_eq!(ask.lines.iter().map(|line| line.units).collect::<Vec<_>>(), [110, 600]);
        assert_eq!(ask.lines[0].rate.as_ref().unwrap().per_mille.written(), "4.5");
    }

    #[test]
    fn all_mistakes_are_said_at_once() {
        let lines = json!([
            {"chapter": "23095"},
            {"chapter": "23095", "units": 1, "per_mille": "1"},
            {"chapter": "a", "units": 0},
            {"chapter": "b", "per_mille": "x", "population": 0, "population_source": ""},
            {"chapter": "c", "per_mille": "4", "population": 9},
            {"chapter": "d", "per_mille": "0.01", "population": 9, "population_source": "s"},
        ]);
        let said = checked(json!({"year": 1999, "decision_no": " ", "lines": lines})).unwrap_err();
        let expected = [
            ("/year", "OUT_OF_RANGE"),
            ("/decision_no", "NOT_A_LINE"),
            ("/lines/0", "ONE_OF_TWO"),
            ("/lines/1/chapter", "NOT_UNIQUE"),
            ("/lines/1", "ONE_OF_TWO"),
            ("/lines/2/units", "OUT_OF_RANGE"),
            ("/lines/3/per_mille", "OUT_OF_RANGE"),
            ("/lines/3/population", "OUT_OF_RANGE"),
            ("/lines/3/population_source", "NOT_A_LINE"),
            ("/lines/4", "ONE_OF_TWO"),
            ("/lines/5/per_mille", "OUT_OF_RANGE"),
        ];
        assert_eq!(said, expected.map(|(at, code)| (at.to_owned(), code)));
        assert_eq!(checked(json!({"lines": []})).unwrap_err()[0].0, "/lines");
    }
}
