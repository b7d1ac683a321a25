//! What `/api/v1/accounts` reads and writes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::accounts::{Held, Registration, Shown};
use super::appointments::Concern;
use super::keyboard;
use super::model::user_name;
use crate::authz::{RightName, Role};
use crate::http::{Check, Problem, one_name, phone};

/// Somebody to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountIn {
    /// Made by the client, once; becomes the id of the account.
    pub id: Uuid,
    /// Code of the chapter the account belongs to.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    #[schema(example = "Nguyễn Thị Lan", max_length = 200)]
    pub full_name: String,
    /// Vietnamese number in any usual spelling; good for log-in.
    #[schema(example = "0912 345 678", max_length = 40)]
    pub phone: String,
    /// A letter, then letters, digits, dots, dashes. Made of the given name and the chapter's code if absent.
    #[serde(default)]
    #[schema(example = "lan.hamliem", min_length = 3, max_length = 64)]
    pub user_name: Option<String>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountOut {
    pub id: Uuid,
    /// The person behind the account: two accounts of one person are one pair of eyes.
    pub officer_id: Uuid,
    #[schema(example = "lan.23095")]
    pub user_name: String,
    /// Only for those who appoint or inspect where the account belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// As `full_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Code of the chapter the account belongs to.
    #[schema(example = "23095")]
    pub chapter: String,
    pub chapter_name: String,
    pub created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<DateTime<Utc>>,
    /// Present while the password is a one-time one: it works until then, or did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_time_password_until: Option<DateTime<Utc>>,
    /// Today's and coming ones.
    pub roles: Vec<HeldOut>,
    /// Duties of the person that one person should not join; only on single accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub concerns: Vec<Concern>,
}

/// A role of an account.
#[derive(Serialize, ToSchema)]
pub struct HeldOut {
    /// `GET /api/v1/role-assignments?account=…` tells more.
    pub assignment: Uuid,
    #[schema(example = "ACCOUNTANT")]
    pub role: String,
    #[schema(example = "23095")]
    pub chapter: String,
    pub chapter_name: String,
    pub valid_from: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Codes of chapters the role also acts for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts_for: Vec<String>,
    /// What the role may do.
    pub rights: Vec<&'static str>,
}

/// An account and, once, its one-time password.
#[derive(Serialize, ToSchema)]
pub struct RegisteredOut {
    pub account: AccountOut,
    /// Told this once, nowhere kept: hand it over. It logs in, and then must be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7k2m-9xqc-83ht-vb5c")]
    pub one_time_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_time_password_until: Option<DateTime<Utc>>,
    /// Where a new one is to be had (POST) when the answer with the first was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_one_time_password_at: Option<String>,
}

impl RegisteredOut {
    /// With the password, which is told this once.
    pub fn new(account: AccountOut, password: String, until: DateTime<Utc>) -> Self {
        Self { account, one_time_password: Some(password), one_time_password_until: Some(until), new_one_time_password_at: None }
    }

    /// Without it; says where to ask for another.
    pub fn known(account: AccountOut) -> Self {
        Self {
            one_time_password: None,
            one_time_password_until: None,
            new_one_time_password_at: Some(format!("/api/v1/accounts/{}/one-time-password", account.id)),
            account,
        }
    }
}

pub fn out(shown: Shown, concerns: Vec<Concern>) -> AccountOut {
    AccountOut {
        id: shown.id,
        officer_id: shown.officer,
        user_name: shown.user_name,
        full_name: shown.full_name,
        phone: shown.phone,
        chapter: shown.home.code,
        chapter_name: shown.home.name,
        created_at: shown.created_at,
        disabled_at: shown.disabled_at,
        one_time_password_until: shown.one_time_until,
        roles: shown.roles.into_iter().map(held_out).collect(),
        concerns,
    }
}

fn held_out(held: Held) -> HeldOut {
    let role = Role::parse(&held.role);
    HeldOut {
        assignment: held.assignment,
        chapter: held.chapter.code,
        chapter_name: held.chapter.name,
        valid_from: held.valid_from,
        valid_to: held.valid_to,
        acts_for: held.acts_for,
        rights: RightName::ALL.into_iter().filter(|r| role.is_some_and(|role| role.has(*r))).map(RightName::name).collect(),
        role: held.role,
    }
}

/// Checks what was sent; all mistakes at once.
pub fn read_registration(body: AccountIn) -> Result<(String, Registration), Problem> {
    let mut check = Check::default();
    let full_name = check.read(one_name("/full_name", &body.full_name, 200));
    let number = check.read(phone("/phone", &body.phone));
    let name = body.user_name.as_deref().map(user_name);
    if name == Some(None) {
        check.add(keyboard::not_a_user_name(body.user_name.as_deref().unwrap_or_default()));
    }
    check.own_id("/id", body.id, "id phải là một UUID duy nhất.", "The id must be a unique UUID.");
    let (id, user_name) = (body.id, name.flatten());
    let made = full_name.zip(number).map(|(full_name, phone)| Registration { id, full_name, phone, user_name });
    Ok((body.chapter, check.done(made).map_err(Problem::invalid)?))
}

/// Which accounts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountsQuery {
    /// Code of the chapter; accounts of chapters below it are listed too.
    #[param(example = "68")]
    pub chapter: String,
    /// Only the account of this phone number; for those who may see numbers.
    #[param(example = "0912345678")]
    pub phone: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}
