//! What is kept about a party, for the person who asks for it. Only what stands in gifts of chapters the officer may read,
//! and nothing in the answer depends on any other gift: who asks must not learn that the person gave elsewhere. Every
//! reading is noted.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::books::Books;
use super::fault::Fault;
use super::persons;
use super::requests;
use super::store::{self as request_store, RequestRow};
use super::wire::{self, RequestOut};
use crate::authz::{self, AuditEvent, Read, Visit};
use crate::db::DbError;
use crate::giving::personal::{self, Part, Scope, Touched};
use crate::giving::receipt::ReceiptOut;
use crate::giving::store as giving;
use crate::house::Rooms;
use crate::house::persons::Holding;
use crate::http::Lang;
use crate::parties::consent::{self, ConsentOut};
use crate::parties::{self, PartyOut, alias, restriction};
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};

/// A copy of what is kept about a party.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonalDataOut {
    pub party: PartyOut,
    /// When the first of the gifts the reader may see was recorded.
    pub kept_since: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted_since: Option<DateTime<Utc>>,
    /// Gifts in order of their id, a page of them.
    pub gifts: Vec<GiftData>,
    /// What else is held behind these gifts: papers, notes, what the log committed to, what the public sees.
    pub held: Vec<Holding>,
    pub consents: Vec<ConsentOut>,
    /// What was asked for before, where the reader may read.
    pub requests: Vec<RequestOut>,
    /// True for who reads the whole country. For everybody else chapters outside their reach may hold gifts of the same
    /// person, and whether they do is not said: the centre has the whole copy.
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
    /// The name it was given in.
    pub name: String,
    pub display: String,
    /// Wish, memo, bank reference and address, as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub particulars: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<DateTime<Utc>>,
    /// Until when accounting law has the amount kept at least.
    pub kept_until: NaiveDate,
}

/// Reads the gifts after `after`, at most `limit` of them; the caller asks for one more than it shows.
pub fn personal_data(
    v: &mut Visit<'_>,
    rooms: Rooms,
    lang: Lang,
    id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<PersonalDataOut, Fault> {
    let known = alias::resolve(v.conn, id)?;
    let at = requests::at_one_of::<Read>(v, &known.iter().map(|k| k.chapter).collect::<Vec<_>>())?;
    let key = known.iter().find(|k| k.chapter == at.chapter().0).ok_or(Fault::Unknown)?.party;
    let chapters = personal::chapters(v.conn, Scope::Party(key))?;
    let (readable, complete) = reach(v, &chapters)?;
    let kept_since = personal::first_recorded(v.conn, key, &readable)?.ok_or(Fault::Unknown)?;
    let party = parties::load(v.conn, &[key])?.remove(&key).ok_or(Fault::Unknown)?;
    let restricted_since = restriction::since(v.conn, key, &readable)?;
    let clear = party.open(v.vault).map_err(Fault::broken)?;
    let part = Part { after, recorded_until: None, chapters: Some(&readable) };
    let rows = personal::read(v.conn, Scope::Party(key), part, limit)?;
    // In the name of the first gift that the reader may see: how others wrote it is not for them.
    let first = personal::read(v.conn, Scope::Party(key), Part { after: None, ..part }, 1)?.pop().ok_or(Fault::Unknown)?;
    let party = personal::as_given(v.vault, first.id, first.giver_name.as_deref(), clear.clone()).map_err(Fault::broken)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut receipts = giving::receipts(v.conn, &ids)?;
    let mut gifts = Vec::with_capacity(rows.len());
    let records = Books::read(v.conn, &rows)?.records(&rows)?;
    for (row, record) in rows.into_iter().zip(&records) {
        let receipt = receipts.remove(&row.id).ok_or_else(|| Fault::broken("a gift without entry"))?;
        let given = personal::as_given(v.vault, row.id, row.giver_name.as_deref(), clear.clone()).map_err(Fault::broken)?;
        gifts.push(gift_data(v.vault, row, given.name, receipt, record.kept_until)?);
    }
    let asked = readable_requests(v.conn, key, &ids, &readable)?;
    let asked = wire::shown(v.conn, v.now, lang, asked)?;
    let events: Vec<AuditEvent> = readable
        .iter()
        .map(|chapter| AuditEvent {
            account: Some(v.account()),
            action: "PERSONAL_DATA_READ",
            subject: Some(id),
            chapter: Some(*chapter),
        })
        .collect();
    authz::audit(v.conn, v.now, &events)?;
    Ok(PersonalDataOut {
        party: party.known_as(id),
        kept_since,
        restricted_since,
        held: persons::found(&mut v.errand(), rooms, &records)?,
        consents: consent::of_gifts(v.conn, &ids)?,
        gifts,
        requests: asked,
        complete,
        next: None,
    })
}

/// Which of these chapters the actor may read, and whether they may read every chapter there is.
fn reach(v: &mut Visit<'_>, chapters: &[Uuid]) -> Result<(Vec<Uuid>, bool), Fault> {
    let centre = tree::centre(v.conn)?;
    let all: Vec<ChapterId> = chapters.iter().map(|id| ChapterId(*id)).chain([centre]).collect();
    let seen: Vec<ChapterId> = v.see_each(&all)?.into_iter().flatten().map(|seen| seen.chapter()).collect();
    let readable = chapters.iter().copied().filter(|id| seen.contains(&ChapterId(*id))).collect();
    Ok((readable, seen.contains(&centre)))
}

/// The requests about the party that were written down under a name the reader may use, and those about the gifts shown.
fn readable_requests(
    conn: &mut PgConnection,
    party: Uuid,
    gifts: &[Uuid],
    readable: &[Uuid],
) -> Result<Vec<RequestRow>, DbError> {
    let rows = request_store::about(conn, Some(party), gifts)?;
    let names = alias::chapters(conn, &rows.iter().filter_map(|row| row.party_alias).collect::<Vec<_>>())?;
    let may_read = |row: &RequestRow| match row.party_alias {
        Some(name) => names.get(&name).is_some_and(|at| at.iter().any(|chapter| readable.contains(chapter))),
        None => true,
    };
    Ok(rows.into_iter().filter(may_read).collect())
}

fn gift_data(vault: &Vault, row: Touched, name: String, gift: ReceiptOut, kept_until: NaiveDate) -> Result<GiftData, Fault> {
    let text = row.particulars.as_ref().map(|sealed| vault.open_text(place("gift", "particulars", &row.id), sealed));
    Ok(GiftData {
        kept_until,
        gift,
        name,
        display: row.display,
        particulars: text.transpose().map_err(Fault::broken)?.and_then(|text| serde_json::from_str(&text).ok()),
        captured_at: row.captured_at,
    })
}
