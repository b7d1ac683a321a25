//! What is sent about registrations, and its checks.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{OrganGift, OrganStepKind};
use super::sealed::Clear;
use crate::http::{Check, FieldError, Patch, one_line, one_name, phone};
use crate::parties::naming;
use crate::persons::model::{birth, is_by_chance};

/// The longest name, in characters.
const MOST_NAME: usize = 100;
/// The longest number of a card, in characters.
const MOST_CARD: usize = 40;

/// What was agreed to.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganConsentIn {
    /// The version of the text that was agreed to (`GET /organ-registrations/texts`).
    #[schema(example = 1)]
    pub text_version: i16,
    /// The day of it.
    pub given_on: NaiveDate,
}

/// Somebody would like to give organs, tissue or their body.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganRegistrationIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    pub id: Uuid,
    /// Code of the chapter of a province.
    #[schema(example = "68", max_length = 40)]
    pub chapter: String,
    /// Family name first.
    #[schema(example = "Nguyễn Thị Bảy", max_length = 100)]
    pub name: String,
    /// Where the coordinating centre reaches them.
    #[schema(example = "0912345678", max_length = 40)]
    pub phone: String,
    /// The day, or the year alone.
    #[schema(example = "1976", max_length = 10)]
    pub birth: String,
    /// What they would give.
    pub gives: Vec<OrganGift>,
    /// What they agreed to.
    pub consent: OrganConsentIn,
}

/// Changes to what is written of somebody: what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganRegistrationPatch {
    /// Family name first.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Nguyễn Thị Bảy", max_length = 100)]
    pub name: Patch<String>,
    /// Where the coordinating centre reaches them.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "0912345678", max_length = 40)]
    pub phone: Patch<String>,
    /// The day, or the year alone.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "1976", max_length = 10)]
    pub birth: Patch<String>,
    /// All that they would give.
    #[serde(default)]
    #[schema(value_type = Option<Vec<OrganGift>>)]
    pub gives: Patch<Vec<OrganGift>>,
}

/// What was done about a registration.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganStepIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    pub id: Uuid,
    /// What was done.
    pub kind: OrganStepKind,
    /// The day of it.
    pub on: NaiveDate,
    /// Number of the centre's card, as it is written there; with `CARD_ISSUED` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "TNHM-123456", max_length = 40)]
    pub card: Option<String>,
}

fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID riêng của lần ghi này.", "id must be a UUID of its own.");
    if !is_by_chance(id) {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "The id is a random UUID (version 4), which carries no time.",
        );
    }
}

fn name(check: &mut Check, text: &str) -> Option<String> {
    let name = check.read(one_name("/name", text, MOST_NAME))?;
    match naming::check(name.as_str()) {
        Ok(()) => Some(name.as_str().to_owned()),
        Err(why) => {
            check.add(why.error("/name"));
            None
        }
    }
}

fn number(check: &mut Check, text: &str) -> Option<String> {
    check.read(phone("/phone", text)).map(|number| number.as_str().to_owned())
}

fn born(check: &mut Check, text: &str, today: NaiveDate) -> Option<String> {
    check.read(birth("/birth", text, today)).map(|birth| birth.to_string())
}

fn gifts(check: &mut Check, gives: &[OrganGift]) -> Vec<String> {
    if gives.is_empty() {
        check.wrong("/gives", "EMPTY", "Hãy chọn ít nhất một.", "Choose at least one.");
    }
    let names: BTreeSet<&str> = gives.iter().map(|gift| gift.name()).collect();
    if names.len() < gives.len() {
        check.wrong("/gives", "TWICE", "Mỗi mục chỉ ghi một lần.", "Each at most once.");
    }
    names.into_iter().map(str::to_owned).collect()
}

/// What is written of somebody, checked.
pub struct Written {
    pub clear: Clear,
    pub gives: Vec<String>,
}

impl OrganRegistrationIn {
    pub fn check(&self, today: NaiveDate) -> Result<Written, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        if self.consent.given_on > today {
            check.wrong("/consent/given_on", "IN_THE_FUTURE", "Ngày này chưa tới.", "This day lies in the future.");
        }
        let gives = gifts(&mut check, &self.gives);
        let phone = number(&mut check, &self.phone);
        let birth = born(&mut check, &self.birth, today);
        let name = name(&mut check, &self.name);
        let clear = name.zip(phone).zip(birth).map(|((name, phone), birth)| Clear { name, phone, birth });
        check.done(clear.map(|clear| Written { clear, gives }))
    }
}

impl OrganRegistrationPatch {
    /// What is written of them afterwards.
    pub fn over(&self, old: Written, today: NaiveDate) -> Result<Written, Vec<FieldError>> {
        let mut check = Check::default();
        let Written { clear, gives } = old;
        let is_new = matches!(self.gives, Patch::Value(_));
        let old_gives = gives.iter().filter_map(|gift| OrganGift::parse(gift)).collect();
        let new_gives = self.gives.clone().over_required("/gives", old_gives, &mut check);
        let gives = if is_new { gifts(&mut check, &new_gives) } else { gives };
        let said = |patch: &Patch<String>, pointer: &str, old: &str, check: &mut Check| {
            let new = patch.clone().over_required(pointer, old.to_owned(), check);
            (new != old).then_some(new)
        };
        let new_name = said(&self.name, "/name", &clear.name, &mut check);
        let new_phone = said(&self.phone, "/phone", &clear.phone, &mut check);
        let new_birth = said(&self.birth, "/birth", &clear.birth, &mut check);
        let name = new_name.map_or(Some(clear.name), |new| name(&mut check, &new));
        let phone = new_phone.map_or(Some(clear.phone), |new| number(&mut check, &new));
        let birth = new_birth.map_or(Some(clear.birth), |new| born(&mut check, &new, today));
        let clear = name.zip(phone).zip(birth).map(|((name, phone), birth)| Clear { name, phone, birth });
        check.done(clear.map(|clear| Written { clear, gives }))
    }
}

impl OrganStepIn {
    /// The number of the card, checked.
    pub fn check(&self, today: NaiveDate) -> Result<Option<String>, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        if self.on > today {
            check.wrong("/on", "IN_THE_FUTURE", "Ngày này chưa tới.", "This day lies in the future.");
        }
        let is_card = self.kind == OrganStepKind::CardIssued;
        if is_card != self.card.is_some() {
            let (vi, en) = match is_card {
                true => ("Hãy ghi số thẻ như trên thẻ của Trung tâm.", "Write the number as it stands on the centre's card."),
                false => ("Số thẻ chỉ ghi khi đã có thẻ.", "A number belongs to the step that a card was issued."),
            };
            check.wrong("/card", if is_card { "MISSING" } else { "NOT_FOR_THIS" }, vi, en);
        }
        let card = self.card.as_deref().and_then(|card| check.read(one_line("/card", card, MOST_CARD)));
        check.done(Some(card.map(|card| card.as_str().to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn old() -> Written {
        let clear = Clear { name: "Nguyễn Thị Bảy".into(), phone: "0912345678".into(), birth: "1976".into() };
        Written { clear, gives: vec!["TISSUE".into()] }
    }

    #[test]
    fn what_is_left_out_of_a_change_stays() {
        let over = |text: &str| serde_json::from_str::<OrganRegistrationPatch>(text).unwrap().over(old(), day("2026-11-22"));
        let same = over("{}").unwrap();
        assert_eq!((same.clear, same.gives), (old().clear, old().gives));
        let other = over(r#"{"phone": "0987 654 321", "gives": ["BODY", "ORGANS"]}"#).unwrap();
        assert_eq!((other.clear.phone.as_str(), other.clear.birth.as_str()), ("0987654321", "1976"));
        assert_eq!(other.gives, ["BODY", "ORGANS"]);
        for (text, pointer, code) in [
            (r#"{"gives": []}"#, "/gives", "EMPTY"),
            (r#"{"gives": null}"#, "/gives", "NOT_CLEARED"),
            (r#"{"gives": ["BODY", "BODY"]}"#, "/gives", "TWICE"),
            (r#"{"name": null}"#, "/name", "NOT_CLEARED"),
            (r#"{"birth": "2027"}"#, "/birth", "IN_THE_FUTURE"),
        ] {
            let wrong = over(text).err().unwrap();
            assert_eq!((wrong[0].pointer.as_str(), wrong[0].code), (pointer, code), "{text}");
        }
    }
}
