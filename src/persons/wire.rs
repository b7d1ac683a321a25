//! What a person looks like to those who may see them, and how one is sent.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::found::PersonFound;
use super::model::{Likeness, Particulars, PersonId, PersonKind, Sex, Told, is_by_chance};
use super::sealed::Known;
use crate::basics::{Birth, Phone};
use crate::http::{Check, FieldError, Patch};

/// A person to be written down, or an organisation that is to be a collective member. Only the name is required, of an organisation
/// also who speaks for it; nothing else is asked than stands here.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonIn {
    /// Made by the client, once, by chance alone (UUIDv4); sending the same person again with it writes them down once.
    #[schema(example = "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a9e21")]
    pub id: Uuid,
    /// Code of the chapter that writes them down.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// `PERSON` unless said.
    #[serde(default, skip_serializing_if = "is_person")]
    pub kind: PersonKind,
    /// Family name first, as in the person's papers; of an organisation its full name.
    #[schema(example = "Nguyễn Thị Lan", max_length = 100)]
    pub name: String,
    /// Who speaks for an organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Phạm Văn Đức", max_length = 100)]
    pub representative: Option<String>,
    #[serde(default)]
    #[schema(example = "0912345678", max_length = 40)]
    pub phone: Option<String>,
    /// Mail address, where they agreed to be written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "lan@example.org", max_length = 254)]
    pub mail: Option<String>,
    /// Whether somebody answered at the number. Numbers out of old lists are not confirmed.
    #[serde(default)]
    pub phone_confirmed: bool,
    /// The day, or the year alone where the day is not known.
    #[serde(default)]
    #[schema(example = "1988-05-01", max_length = 10)]
    pub birth: Option<String>,
    /// As in their papers.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// Code of the commune, ward or special zone where they live.
    #[serde(default)]
    #[schema(example = "23095", max_length = 5)]
    pub commune: Option<String>,
}

/// A request keeps the form it had before there were organisations, so that one that comes again is the same.
fn is_person(kind: &PersonKind) -> bool {
    *kind == PersonKind::Person
}

impl PersonIn {
    pub(super) fn told(&self) -> Told<'_> {
        Told {
            kind: self.kind,
            name: &self.name,
            representative: self.representative.as_deref(),
            phone: self.phone.as_deref(),
            mail: self.mail.as_deref(),
            birth: self.birth.as_deref(),
            sex: self.sex,
            commune: self.commune.as_deref(),
        }
    }

    /// Checks all of it.
    pub(super) fn check(&self, today: NaiveDate) -> Result<Particulars, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID riêng của người này.", "id must be a UUID of this person's own.");
        if !is_by_chance(self.id) {
            check.wrong(
                "/id",
                "NOT_RANDOM",
                "id của một người phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
                "The id of a person is a random UUID (version 4), which carries no time.",
            );
        }
        if self.phone_confirmed && self.phone.is_none() {
            check.wrong("/phone", "MISSING", "Không có số để xác nhận.", "There is no number to confirm.");
        }
        let particulars = self.told().check(&mut check, today);
        check.done(particulars)
    }
}

/// Changes to a person: a field left out stays, `null` takes it away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonPatch {
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub name: Patch<String>,
    /// Who speaks for an organisation from now on.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub representative: Patch<String>,
    /// Another number is not confirmed, unless `phone_confirmed` says so.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Patch<String>,
    /// Mail address.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub mail: Patch<String>,
    /// Somebody answered at the number.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub phone_confirmed: Patch<bool>,
    /// The day, or the year alone where the day is not known.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 10)]
    pub birth: Patch<String>,
    /// As in their papers.
    #[serde(default)]
    #[schema(value_type = Option<Sex>)]
    pub sex: Patch<Sex>,
    /// Code of the commune where they live.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 5)]
    pub commune: Patch<String>,
}

/// A person as they are to be, and on which day the number was confirmed.
pub(super) struct Patched {
    pub to: Particulars,
    pub confirmed_on: Option<NaiveDate>,
}

impl PersonPatch {
    /// What is said of the person afterwards.
    pub(super) fn over(self, old: &Known, today: NaiveDate) -> Result<Patched, Vec<FieldError>> {
        let mut check = Check::default();
        let name = self.name.over_required("/name", old.name.clone(), &mut check);
        let representative = self.representative.over(old.representative.clone());
        let number = self.phone.over(old.phone.clone());
        let mail = self.mail.over(old.mail.clone());
        let birth = self.birth.over(old.birth.map(|birth: Birth| birth.to_string()));
        let sex = self.sex.over(old.sex);
        let commune = self.commune.over(old.commune.clone());
        let confirmed = match self.phone_confirmed {
            Patch::Absent => None,
            said => Some(said.over(None).unwrap_or(false)),
        };
        if confirmed == Some(true) && number.is_none() {
            check.wrong("/phone", "MISSING", "Không có số để xác nhận.", "There is no number to confirm.");
        }
        let told = Told {
            kind: old.kind,
            name: &name,
            representative: representative.as_deref(),
            phone: number.as_deref(),
            mail: mail.as_deref(),
            birth: birth.as_deref(),
            sex,
            commune: commune.as_deref(),
        };
        let to = told.check(&mut check, today);
        let to = check.done(to)?;
        let same_number = to.phone.as_ref().map(Phone::as_str) == old.phone.as_deref();
        let confirmed_on = match confirmed {
            _ if to.phone.is_none() => None,
            Some(true) if same_number => old.phone_confirmed_on.or(Some(today)),
            Some(true) => Some(today),
            Some(false) => None,
            None => old.phone_confirmed_on.filter(|_| same_number),
        };
        Ok(Patched { to, confirmed_on })
    }
}

/// A person as their chapter wrote them down.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonOut {
    /// The chapter's own name for the person. Other chapters know the same person by another.
    #[schema(value_type = Uuid)]
    pub id: PersonId,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The same as in gifts of the person here: a request about their data names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<Uuid>,
    /// A person, or an organisation.
    pub kind: PersonKind,
    /// Absent where the data are kept and may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// Who speaks for an organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Phạm Văn Đức")]
    pub representative: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub phone: Option<String>,
    /// When somebody answered at the number; absent where it is not confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_confirmed_on: Option<NaiveDate>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "lan@example.org")]
    pub mail: Option<String>,
    /// A day, or a year alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1988-05-01")]
    pub birth: Option<String>,
    /// As in their papers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Code of the commune where they live.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    pub commune: Option<String>,
    /// True where the person asked that their data be kept and not used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// The person that this one was joined to, who goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub joined_to: Option<PersonId>,
    pub recorded_at: DateTime<Utc>,
    /// Who here may be the same person; in the answer to writing one down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubles: Vec<DoubleOut>,
}

/// Somebody who may be the same person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoubleOut {
    /// Enough to tell them apart.
    pub person: PersonFound,
    /// What makes them alike.
    pub because: Vec<Likeness>,
}
