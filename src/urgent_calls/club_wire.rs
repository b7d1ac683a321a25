//! Clubs of donors as they are sent and go out, with the checks that need no database.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::BloodClubState;
use crate::basics::Line;
use crate::donors::DonorId;
use crate::http::{Check, FieldError, one_name};

/// The longest name of a club, in characters.
const MOST_NAME: usize = 120;

/// A club to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodClubIn {
    /// Made by the client, once; sending it again makes nothing.
    id: Uuid,
    /// Code of the chapter whose donors are in it.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    #[schema(example = "Ngân hàng máu sống xã Hàm Liêm", max_length = 120)]
    name: String,
}

/// A club, right in itself.
#[derive(Debug, Clone)]
pub struct NewClub {
    pub id: Uuid,
    pub chapter: String,
    pub name: Line,
}

impl NewClub {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!(["CLUB", self.chapter, self.name.as_str()]).to_string()
    }
}

impl BloodClubIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<NewClub, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng câu lạc bộ này.", "The id must be a UUID of its own.");
        let name = check.read(one_name("/name", &self.name, MOST_NAME));
        check.done(name.map(|name| NewClub { id: self.id, chapter: self.chapter, name }))
    }
}

/// A donor who joins a club.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodClubMemberIn {
    /// Made by the client, once, at random (UUIDv4): ids of persons' records carry no time.
    id: Uuid,
    /// A donor of the chapter (`GET /donors`).
    #[schema(value_type = Uuid)]
    donor: DonorId,
    /// Since when; not after today.
    joined_on: NaiveDate,
}

/// Somebody who joins, right in itself.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub id: Uuid,
    pub donor: DonorId,
    pub joined_on: NaiveDate,
}

impl NewMember {
    /// One text of all that was sent.
    pub fn content(&self, club: Uuid) -> String {
        json!(["CLUB_MEMBER", club, self.donor.0, self.joined_on]).to_string()
    }
}

impl BloodClubMemberIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewMember, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng lần ghi này.", "The id must be a UUID of its own.");
        if self.id.get_version_num() != 4 {
            check.wrong(
                "/id",
                "NOT_RANDOM",
                "id phải là UUID ngẫu nhiên (phiên bản 4).",
                "The id must be a random UUID (version 4).",
            );
        }
        if self.joined_on > today {
            check.wrong("/joined_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        check.done(Some(NewMember { id: self.id, donor: self.donor, joined_on: self.joined_on }))
    }
}

/// A club. It names nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodClubOut {
    pub id: Uuid,
    /// Code of the chapter whose donors are in it.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Ngân hàng máu sống xã Hàm Liêm")]
    pub name: String,
    pub state: BloodClubState,
    /// How many are in it today.
    pub members: i64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Since when it is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
}

/// A donor who is in a club, or was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodClubMemberOut {
    pub id: Uuid,
    /// The donor, as their chapter knows them.
    #[schema(value_type = Uuid)]
    pub donor: DonorId,
    /// Their name; absent of who was erased, or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Since when they are in it.
    pub joined_on: NaiveDate,
    /// Since when they are not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_on: Option<NaiveDate>,
}
