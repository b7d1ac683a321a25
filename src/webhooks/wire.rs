//! Subscribers and deliveries as JSON.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{Delivery, Row};
use super::target::{self, NotATarget};
use crate::db::DbError;
use crate::http::{FieldError, Problem, Say};
use crate::jobs;
use crate::tree;

/// A program outside that is to be told.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriberIn {
    /// Made by the client, once; becomes the id of the subscriber.
    pub id: Uuid,
    /// Code of the chapter whose changes it is told.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Where deliveries are sent: an https address on the internet.
    #[schema(example = "https://example.org/so-nhan-ai", max_length = 500)]
    pub url: String,
    /// Kinds of changes it is told of, as `GET /api/v1/changes` names them; all that there are and will be where there are none.
    #[serde(default)]
    #[schema(example = json!(["GIFT", "APPEAL"]), max_items = 20)]
    pub kinds: Vec<String>,
}

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubscriberState {
    /// It is told within half a minute.
    Active,
    /// It failed for too long, or said that it is gone: resumed, it gets what it missed.
    Paused,
    Ended,
}

/// A program outside that is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubscriberOut {
    /// Its id, as its client made it.
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Where deliveries are sent.
    #[schema(example = "https://example.org/so-nhan-ai")]
    pub url: String,
    /// All where there are none.
    pub kinds: Vec<String>,
    /// Where it stands.
    pub state: SubscriberState,
    /// Why it is paused, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SUBSCRIBER_AWAY")]
    pub trouble: Option<String>,
    /// When it was registered.
    pub made_at: DateTime<Utc>,
    /// Until when deliveries are signed with the former secret, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_secret_until: Option<DateTime<Utc>>,
}

/// A subscriber and, once, the secret its deliveries are signed with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubscriberWithSecretOut {
    /// The subscriber.
    pub subscriber: SubscriberOut,
    /// Told this once: what the libraries of standardwebhooks.com take. Absent when the request came before; then ask for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryState {
    /// It is to be sent, or to be tried again.
    Waiting,
    Delivered,
    /// It is not sent any more.
    Failed,
}

/// A delivery to a subscriber.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryOut {
    /// The `webhook-id` of its requests.
    pub id: Uuid,
    /// It was asked for, to try the address.
    pub test: bool,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// Status of the last answer; absent when there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 500)]
    pub status: Option<i16>,
    /// Why it failed last, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SUBSCRIBER_REFUSED")]
    pub trouble: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it was delivered, or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<Delivery> for DeliveryOut {
    fn from(row: Delivery) -> Self {
        let state = match row.state.as_str() {
            "DELIVERED" => DeliveryState::Delivered,
            "FAILED" => DeliveryState::Failed,
            _ => DeliveryState::Waiting,
        };
        Self {
            id: row.id,
            test: row.is_test,
            state,
            attempts: row.attempts,
            status: row.status,
            trouble: row.trouble,
            made_at: row.made_at,
            ended_at: row.ended_at,
        }
    }
}

/// Subscribers as they are shown, in the same order; a fixed number of statements.
pub(super) fn shown(conn: &mut PgConnection, now: DateTime<Utc>, rows: Vec<Row>) -> Result<Vec<SubscriberOut>, DbError> {
    let mut troubles = jobs::troubles(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let codes: HashMap<Uuid, String> = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
    let out = |row: Row| {
        let trouble = troubles.remove(&row.id).filter(|_| row.ended_at.is_none());
        SubscriberOut {
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            state: match (row.ended_at, &trouble) {
                (Some(_), _) => SubscriberState::Ended,
                (None, Some(_)) => SubscriberState::Paused,
                (None, None) => SubscriberState::Active,
            },
            trouble,
            id: row.id,
            url: row.url,
            kinds: row.kinds,
            made_at: row.made_at,
            former_secret_until: row.former_until.filter(|until| now < *until),
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

/// Most kinds of one subscriber.
const MOST_KINDS: usize = 20;

/// Checks what was sent, all mistakes at once.
pub(super) fn read(said: SubscriberIn, to_private: bool) -> Result<SubscriberIn, Problem> {
    let mut errors = Vec::new();
    if said.id.is_nil() || said.id.is_max() {
        let say = Say::fixed("id phải là một UUID duy nhất.", "The id must be a unique UUID.");
        errors.push(FieldError::new("/id", "NOT_UNIQUE", say));
    }
    let is_kind = |kind: &String| {
        (1..=40).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    if said.kinds.len() > MOST_KINDS || !said.kinds.iter().all(is_kind) {
        let say = Say::fixed(
            "Nhiều nhất 20 loại, viết hoa như trong danh sách thay đổi, ví dụ GIFT.",
            "At most 20 kinds, in capitals as the feed of changes writes them, such as GIFT.",
        );
        errors.push(FieldError::new("/kinds", "NOT_KINDS", say));
    }
    let url = target::parse(&said.url, to_private).map_err(|why| errors.push(not_a_target(why)));
    match url {
        Ok(url) if errors.is_empty() => Ok(SubscriberIn { url, ..said }),
        _ => Err(Problem::invalid(errors)),
    }
}

fn not_a_target(why: NotATarget) -> FieldError {
    let (code, say) = match why {
        NotATarget::Odd => (
            "NOT_A_URL",
            Say::fixed(
                "Phải là địa chỉ như https://example.org/hook, dài nhất 500 ký tự, không có tên và mật khẩu.",
                "Must be an address like https://example.org/hook, of at most 500 characters, without a name and a password.",
            ),
        ),
        NotATarget::NotHttps => ("NOT_HTTPS", Say::fixed("Phải là địa chỉ https.", "Must be an https address.")),
        NotATarget::Private => (
            "PRIVATE_ADDRESS",
            Say::fixed(
                "Địa chỉ này ở trong mạng nội bộ: chỉ gửi ra Internet.",
                "This address is in a private network: deliveries go to the internet alone.",
            ),
        ),
    };
    FieldError::new("/url", code, say)
}
