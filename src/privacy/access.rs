//! What is kept about a party, for the person who asks for it. Only what stands in gifts of chapters the officer may read;
//! every reading is noted.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::requests::{self, RequestOut};
use super::store as request_store;
use crate::authz::{self, Actor, Ask, AuditEvent, Read};
use crate::giving::personal::{self, Part, Scope, Touched};
use crate::giving::store as giving;
use crate::giving::wire::ReceiptOut;
use crate::http::Problem;
use crate::parties::consent::{self, ConsentOut};
use crate::parties::{self, PartyOut};
use crate::tree::ChapterId;
use crate::vault::{Vault, place};

/// A copy of what is kept about a party.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalDataOut {
    pub party: PartyOut,
    pub kept_since: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted_since: Option<DateTime<Utc>>,
    /// Gifts in order of their id, a page of them.
    pub gifts: Vec<GiftData>,
    pub consents: Vec<ConsentOut>,
    /// What was asked for before.
    pub requests: Vec<RequestOut>,
    /// False when chapters outside the reader's reach hold gifts too: ask the chapter above both.
    pub complete: bool,
    /// The last gift shown, when there are more: ask again with it as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Uuid>,
}

/// What is kept about the giver in a gift.
#[derive(Debug, Serialize, ToSchema)]
pub struct GiftData {
    #[serde(flatten)]
    pub gift: ReceiptOut,
    pub display: String,
    /// Wish, memo, bank reference and address, as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub particulars: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<DateTime<Utc>>,
    /// Until when accounting law has the amount kept at least: ten years after the year it was booked.
    pub kept_until: NaiveDate,
}

/// Ten years is what books are usually kept for.
const YEARS_KEPT: i32 = 10;

fn kept_until(booked: NaiveDate) -> NaiveDate {
    use chrono::Datelike;
    NaiveDate::from_ymd_opt(booked.year() + YEARS_KEPT, 12, 31).unwrap_or(booked)
}

/// Reads the gifts after `after`, at most `limit` of them; the caller asks for one more than it shows.
pub fn personal_data(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    actor: Actor,
    id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<PersonalDataOut, Problem> {
    authz::authenticate(conn, now, actor)?;
    let chapters = personal::chapters(conn, Scope::Party(id))?;
    requests::at_one_of::<Read>(conn, now, actor, &chapters)?;
    let asks: Vec<Ask> = chapters.iter().map(|id| Ask { actor, chapter: ChapterId(*id) }).collect();
    let readable: Vec<Uuid> =
        authz::decide::<Read>(conn, now, &asks)?.into_iter().filter_map(Result::ok).map(|grant| grant.chapter().0).collect();
    let party = parties::load(conn, &[id])?.remove(&id).ok_or_else(Problem::not_found)?;
    let part = Part { after, recorded_until: None, chapters: Some(&readable) };
    let rows = personal::read(conn, Scope::Party(id), part, limit)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut receipts = giving::receipts(conn, &ids)?;
    let mut gifts = Vec::with_capacity(rows.len());
    for row in rows {
        let receipt = receipts.remove(&row.id).ok_or_else(|| Problem::internal("a gift without entry"))?;
        gifts.push(gift_data(vault, row, receipt)?);
    }
    let mut asked = Vec::new();
    for row in request_store::about(conn, Some(id), &ids)? {
        asked.push(requests::out(conn, now, row)?);
    }
    let events: Vec<AuditEvent> = readable
        .iter()
        .map(|chapter| AuditEvent {
            account: Some(actor.account),
            action: "PERSONAL_DATA_READ",
            subject: Some(id),
            chapter: Some(*chapter),
        })
        .collect();
    authz::audit(conn, now, &events)?;
    Ok(PersonalDataOut {
        party: party.open(vault).map_err(Problem::internal)?,
        kept_since: party.created_at,
        restricted_since: party.restricted_at,
        consents: consent::of_gifts(conn, &ids)?,
        gifts,
        requests: asked,
        complete: readable.len() == chapters.len(),
        next: None,
    })
}

fn gift_data(vault: &Vault, row: Touched, gift: ReceiptOut) -> Result<GiftData, Problem> {
    let text = row.particulars.as_ref().map(|sealed| vault.open_text(place("gift", "particulars", &row.id), sealed));
    Ok(GiftData {
        kept_until: kept_until(gift.booked_on),
        gift,
        display: row.display,
        particulars: text.transpose().map_err(Problem::internal)?.and_then(|text| serde_json::from_str(&text).ok()),
        captured_at: row.captured_at,
    })
}
