//! What is sent about roles that come with a post, and about the name beside it.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::wire::{MOST_DECISION, hash, own_id};
use crate::authz::Role;
use crate::basics::Line;
use crate::http::{Check, FieldError, one_line};

/// A role to give with a post: it begins and ends with it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostRoleIn {
    /// Made by the client, once: the id of the role assignment.
    id: Uuid,
    /// The account that gets the role.
    account: Uuid,
    role: Role,
    /// Number of the decision that gives the role.
    #[schema(example = "15/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
}

/// A role with a post, right in itself.
#[derive(Debug, Clone)]
pub struct RoleWithPost {
    pub id: Uuid,
    pub account: Uuid,
    pub role: Role,
    pub decision_no: Line,
}

impl RoleWithPost {
    /// One text of all that was sent.
    pub fn content(&self, holder: Uuid) -> String {
        json!(["ROLE", holder, self.account, self.role, self.decision_no.as_str()]).to_string()
    }
}

impl PostRoleIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<RoleWithPost, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_DECISION));
        check.done(decision_no.map(|decision_no| RoleWithPost {
            id: self.id,
            account: self.account,
            role: self.role,
            decision_no,
        }))
    }
}

/// A role that somebody has already: from now on it ends with the post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostCarriesIn {
    /// Made by the client, once.
    id: Uuid,
    /// Id of the role assignment, of the same chapter.
    assignment: Uuid,
    /// Number of the decision.
    #[schema(example = "15/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
}

/// A role to be carried, right in itself.
#[derive(Debug, Clone)]
pub struct RoleToCarry {
    pub id: Uuid,
    pub assignment: Uuid,
    pub decision_no: Line,
}

impl RoleToCarry {
    /// One text of all that was sent.
    pub fn content(&self, holder: Uuid) -> String {
        json!(["CARRIED", holder, self.assignment, self.decision_no.as_str()]).to_string()
    }
}

impl PostCarriesIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<RoleToCarry, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_DECISION));
        let to = |decision_no| RoleToCarry { id: self.id, assignment: self.assignment, decision_no };
        check.done(decision_no.map(to))
    }
}

/// Consent of a holder to have their name stand beside the post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostNameIn {
    /// Made by the client, once.
    id: Uuid,
    /// Which text they agreed to (`GET /public/consent-texts`, `SHOW_NAME_OF_OFFICER`).
    #[schema(minimum = 1, example = 1)]
    text_version: i16,
    /// The day on which they agreed.
    given_on: NaiveDate,
    /// SHA-256 of the signed form, uploaded for `COMMITTEE`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    document: Option<String>,
}

/// A consent, right in itself.
#[derive(Debug, Clone)]
pub struct Agreed {
    pub id: Uuid,
    pub text_version: i16,
    pub given_on: NaiveDate,
    pub document: Option<String>,
}

impl Agreed {
    /// One text of all that was sent.
    pub fn content(&self, holder: Uuid) -> String {
        json!(["NAME", holder, self.text_version, self.given_on, self.document]).to_string()
    }
}

impl PostNameIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Agreed, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let document = hash(&mut check, self.document.as_deref());
        if self.given_on > today {
            check.wrong("/given_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        check.done(Some(Agreed { id: self.id, text_version: self.text_version, given_on: self.given_on, document }))
    }
}
