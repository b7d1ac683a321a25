//! The text of a result, as it is stated for good. Everything in it is folded; why people were deferred is not in it.

use serde::{Deserialize, Serialize};

use super::fold::{Groups, Told};
use super::kinds::Dimension;
use crate::statements::Event;

/// The text of a statement of the event BLOOD_RESULT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    pub v: u8,
    pub event: String,
    /// Code of the drive.
    pub drive: String,
    /// Code of the chapter that planned it.
    pub chapter: String,
    /// Code of the blood centre.
    pub centre: String,
    pub day: String,
    pub registered: u64,
    /// Absent where so few were deferred that it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<u64>,
    pub gave: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred: Option<u64>,
    pub units: u64,
    /// Absent where volumes are counted together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ml: Option<u64>,
    pub by_sex: Vec<StatedGroup>,
    pub by_age: Vec<StatedGroup>,
    pub by_group: Vec<StatedGroup>,
    pub by_volume: Vec<StatedGroup>,
}

/// Persons of kinds that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedGroup {
    pub kinds: Vec<String>,
    pub persons: u64,
}

/// Whose result it is.
pub struct Of<'a> {
    pub drive: &'a str,
    pub chapter: &'a str,
    pub centre: &'a str,
    pub day: chrono::NaiveDate,
}

/// Puts the text together.
pub fn of(whose: &Of<'_>, told: &Told) -> Stated {
    let groups = |dimension: Dimension| told.persons.get(&dimension).map(|groups| stated(dimension, groups)).unwrap_or_default();
    Stated {
        v: 1,
        event: Event::BloodResult.name().to_owned(),
        drive: whose.drive.to_owned(),
        chapter: whose.chapter.to_owned(),
        centre: whose.centre.to_owned(),
        day: whose.day.to_string(),
        registered: told.registered,
        came: told.came,
        gave: told.gave,
        deferred: told.deferred,
        units: told.units,
        ml: told.ml,
        by_sex: groups(Dimension::Sex),
        by_age: groups(Dimension::Age),
        by_group: groups(Dimension::Group),
        by_volume: groups(Dimension::Volume),
    }
}

/// Groups with the names of their kinds. A single kind of which there is nobody goes without saying.
fn stated(dimension: Dimension, groups: &Groups) -> Vec<StatedGroup> {
    let kinds = dimension.kinds();
    let names = |places: &[usize]| places.iter().filter_map(|place| kinds.get(*place)).map(|kind| (*kind).to_owned()).collect();
    let said = groups.iter().filter(|(places, many)| *many > 0 || places.len() > 1);
    said.map(|(places, many)| StatedGroup { kinds: names(places), persons: *many }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::fold::{Counted, fold};
    use super::*;
    use crate::statements::canonical;

    #[test]
    fn no_reason_is_in_the_text() {
        let persons =
            BTreeMap::from([(Dimension::Sex, vec![30, 2, 0]), (Dimension::Reason, vec![7; Dimension::Reason.kinds().len()])]);
        let told = fold(&Counted { registered: 120, came: 123, units: 32, ml: None, persons }, None);
        let day = "2026-06-14".parse().unwrap();
        let text = canonical(&of(&Of { drive: "68-HM-0001", chapter: "23095", centre: "LAM_DONG", day }, &told)).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(r#""by_sex":[{"kinds":["FEMALE","MALE","UNKNOWN"],"persons":32}]"#), "{text}");
        for reason in Dimension::Reason.kinds() {
            assert!(!text.contains(reason), "{reason}: {text}");
        }
        assert!(text.contains(r#""deferred":91"#), "{text}");
    }
}
