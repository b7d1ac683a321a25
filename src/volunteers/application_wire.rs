//! Applications as officers see and decide them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::applications::{AppRow, ApplicationState, Content, RefusalReason};
use super::model::{VolunteerId, VolunteerKind};
use super::wire::random_id;
use crate::http::{Check, FieldError};

/// Who an applicant is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerAcceptanceIn)]
pub struct AcceptanceIn {
    /// Of the volunteer, made by the client, once, by chance alone (UUIDv4).
    #[schema(example = "5c9a7e10-3f0b-4d2e-8a61-b7d40e2f9c33")]
    pub id: Uuid,
    /// As what.
    pub kind: VolunteerKind,
    /// A person of the chapter. Left out: they are written down with the name and number of the application.
    #[serde(default)]
    pub person: Option<Uuid>,
    /// Of somebody who is written down: the day, or the year alone.
    #[serde(default)]
    #[schema(example = "1995-03-08", max_length = 10)]
    pub birth: Option<String>,
    /// Of somebody who is written down and gave a mail address, or another number.
    #[serde(default)]
    #[schema(example = "0912345678", max_length = 40)]
    pub phone: Option<String>,
}

impl AcceptanceIn {
    pub(super) fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::default();
        random_id(&mut check, self.id);
        if self.person.is_some() && (self.birth.is_some() || self.phone.is_some()) {
            check.wrong(
                "/person",
                "NOT_TOGETHER",
                "Người đã có trong sổ: sửa ngày sinh, số điện thoại ở hồ sơ của người ấy.",
                "Somebody who is written down already is changed there.",
            );
        }
        check.done(Some(()))
    }
}

/// Why an application is refused.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerRefusalIn)]
pub struct RefusalIn {
    /// Why.
    pub reason: RefusalReason,
}

/// How an application was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConfirmedHow {
    /// By whoever has the link.
    Link,
    /// By an officer who has spoken with them.
    Officer,
}

/// An application from the public page.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerApplicationOut)]
pub struct ApplicationOut {
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Where it stands.
    #[schema(value_type = ApplicationState)]
    pub state: String,
    /// Until it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Bình")]
    pub name: Option<String>,
    /// Telephone number or mail address, until it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub contact: Option<String>,
    /// Opens the phone, or the mail program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "tel:0912345678")]
    pub contact_link: Option<String>,
    /// Version of the text they agreed to.
    #[schema(example = 1)]
    pub consent: i16,
    pub made_at: DateTime<Utc>,
    /// When they confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<DateTime<Utc>>,
    /// By the link, or as an officer was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_how: Option<ConfirmedHow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RefusalReason>)]
    pub reason: Option<String>,
    /// Who came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub volunteer: Option<VolunteerId>,
}

impl ApplicationOut {
    pub(super) fn of(row: AppRow, chapter: String, content: Option<Content>) -> Self {
        let (name, contact) = content.map_or((None, None), |content| (Some(content.name), Some(content.address)));
        let link = |contact: &String| if contact.contains('@') { format!("mailto:{contact}") } else { format!("tel:{contact}") };
        let how = if row.confirmed_by.is_some() { ConfirmedHow::Officer } else { ConfirmedHow::Link };
        Self {
            id: row.id,
            chapter,
            state: row.state,
            name,
            contact_link: contact.as_ref().map(link),
            contact,
            consent: row.text_version,
            made_at: row.made_at,
            confirmed_at: row.confirmed_at,
            confirmed_how: row.confirmed_at.map(|_| how),
            decided_at: row.decided_at,
            reason: row.reason,
            volunteer: row.volunteer_id.map(VolunteerId),
        }
    }
}
