//! Families as they are sent and go out, with the checks that need no database.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::Line;
use crate::donors::DonorId;
use crate::http::{Check, FieldError, one_line};

/// The longest name of a family, in characters.
const MOST_NAME: usize = 120;

fn random(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID của riêng lần ghi này.", "The id must be a UUID of its own.");
    if id.get_version_num() != 4 {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id phải là UUID ngẫu nhiên (phiên bản 4).",
            "The id must be a random UUID (version 4).",
        );
    }
}

/// A family whose donors are counted together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodFamilyIn {
    /// Made by the client, once, at random (UUIDv4): ids of persons' records carry no time.
    id: Uuid,
    /// Code of the chapter whose donors they are.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// What the family is called; sealed.
    #[schema(example = "Gia đình bà Nguyễn Thị Lan, thôn 3", max_length = 120)]
    name: String,
}

/// A family, right in itself.
#[derive(Debug, Clone)]
pub struct NewFamily {
    pub id: Uuid,
    pub chapter: String,
    pub name: Line,
}

impl NewFamily {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!(["FAMILY", self.chapter, self.name.as_str()]).to_string()
    }
}

impl BloodFamilyIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<NewFamily, Vec<FieldError>> {
        let mut check = Check::default();
        random(&mut check, self.id);
        let name = check.read(one_line("/name", &self.name, MOST_NAME));
        check.done(name.map(|name| NewFamily { id: self.id, chapter: self.chapter, name }))
    }
}

/// A donor who is counted in a family from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodFamilyMemberIn {
    /// Made by the client, once, at random (UUIDv4).
    id: Uuid,
    /// A donor of the chapter (`GET /donors`).
    #[schema(value_type = Uuid)]
    donor: DonorId,
}

/// Somebody who is entered, right in itself.
#[derive(Debug, Clone, Copy)]
pub struct NewFamilyMember {
    pub id: Uuid,
    pub donor: DonorId,
}

impl NewFamilyMember {
    /// One text of all that was sent.
    pub fn content(&self, family: Uuid) -> String {
        json!(["FAMILY_MEMBER", family, self.donor.0]).to_string()
    }
}

impl BloodFamilyMemberIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<NewFamilyMember, Vec<FieldError>> {
        let mut check = Check::default();
        random(&mut check, self.id);
        check.done(Some(NewFamilyMember { id: self.id, donor: self.donor }))
    }
}

/// A family with those who are counted in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodFamilyOut {
    pub id: Uuid,
    /// Code of the chapter whose donors they are.
    #[schema(example = "23095")]
    pub chapter: String,
    /// What it is called; absent once it named somebody who was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who is counted in it today.
    pub members: Vec<BloodFamilyMemberOut>,
}

/// A donor who is counted in a family, or was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodFamilyMemberOut {
    pub id: Uuid,
    /// The donor, as their chapter knows them.
    #[schema(value_type = Uuid)]
    pub donor: DonorId,
    /// Their name; absent of who was erased, or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Since when they are counted in it no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_on: Option<NaiveDate>,
}
