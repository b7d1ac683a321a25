//! Messages in the database.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::model::{Address, Channel, Content, Rule, SEND_MESSAGE, Text};
use super::ways::Ways;
use crate::authz::{Granted, Record, Right};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{message, sending_rule};
use crate::http::Span;
use crate::jobs::{self, NewJob};
use crate::tree::ChapterId;
use crate::vault::{Vault, VaultError, place};

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// A name of the caller's, so that sending twice makes one message.
    pub id: Uuid,
    pub to: Address,
    pub text: Text,
    /// What it is for, as a code, e.g. `RECEIPT`.
    pub purpose: &'static str,
    /// The record it is about: when that record's person is erased the message goes, too.
    pub about: Option<Uuid>,
}

/// A message was not written.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("a message could not be written down: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<diesel::result::Error> for SendError {
    fn from(error: diesel::result::Error) -> Self {
        SendError::Db(error.into())
    }
}

/// Writes a message of the granted chapter: to be delivered if there is a way, else to be done by hand.
pub fn send<R: Right>(
    conn: &mut PgConnection,
    vault: &Vault,
    ways: &Ways,
    by: &Granted<R>,
    now: DateTime<Utc>,
    new: &NewMessage,
) -> Result<(), SendError> {
    let is_sent = can_be_sent(ways, new);
    if write(conn, vault, by.chapter(), now, new, is_sent, false)? && is_sent {
        jobs::enqueue(conn, by, now, &job(new, now))?;
    }
    Ok(())
}

/// [`send`] of what nobody with an account asked for: an answer to whoever wrote to a chapter on a public page.
pub fn send_for_house(
    conn: &mut PgConnection,
    vault: &Vault,
    ways: &Ways,
    chapter: ChapterId,
    now: DateTime<Utc>,
    new: &NewMessage,
) -> Result<(), SendError> {
    let is_sent = can_be_sent(ways, new);
    if write(conn, vault, chapter, now, new, is_sent, false)? && is_sent {
        jobs::enqueue_for_house(conn, now, Some(chapter), &job(new, now))?;
    }
    Ok(())
}

/// Writes a message that only its receiver may read: it stands in no officer's list, and where there is no way to send it nothing is
/// written and the answer is `false`.
pub fn send_in_confidence<R: Right>(
    conn: &mut PgConnection,
    vault: &Vault,
    ways: &Ways,
    by: &Granted<R>,
    now: DateTime<Utc>,
    new: &NewMessage,
) -> Result<bool, SendError> {
    if !can_be_sent(ways, new) {
        return Ok(false);
    }
    if write(conn, vault, by.chapter(), now, new, true, true)? {
        jobs::enqueue(conn, by, now, &job(new, now))?;
    }
    Ok(true)
}

/// The job that delivers it.
fn job(new: &NewMessage, now: DateTime<Utc>) -> NewJob {
    NewJob { id: new.id, kind: &SEND_MESSAGE, content: json!({}), total: None, due_at: now, url: None }
}

/// [`send_in_confidence`] to somebody who is called out: where it is `urgent`, it goes in quiet hours too.
pub fn send_called<R: Right>(
    conn: &mut PgConnection,
    vault: &Vault,
    ways: &Ways,
    by: &Granted<R>,
    now: DateTime<Utc>,
    new: &NewMessage,
    urgent: bool,
) -> Result<bool, SendError> {
    let is_sent = send_in_confidence(conn, vault, ways, by, now, new)?;
    if is_sent && urgent {
        diesel::update(message::table.find(new.id)).set(message::urgent.eq(true)).execute(conn)?;
    }
    Ok(is_sent)
}

/// Whether there is a way by which it would be sent.
pub fn can_be_sent(ways: &Ways, new: &NewMessage) -> bool {
    new.to.can_be_sent() && ways.has(new.to.channel())
}

/// Whether it was written now.
fn write(
    conn: &mut PgConnection,
    vault: &Vault,
    chapter: ChapterId,
    now: DateTime<Utc>,
    new: &NewMessage,
    is_sent: bool,
    confidential: bool,
) -> Result<bool, SendError> {
    let content = Content { to: new.to.as_str().to_owned(), text: new.text.clone() };
    let written = diesel::insert_into(message::table)
        .values((
            message::id.eq(new.id),
            message::chapter_id.eq(chapter.0),
            message::channel.eq(new.to.channel().name()),
            message::purpose.eq(new.purpose),
            message::about.eq(new.about),
            message::state.eq(if is_sent { "WAITING" } else { "BY_HAND" }),
            message::content.eq(Some(sealed(vault, new.id, &content)?)),
            message::address_hash.eq(address_hash(vault, &content.to)),
            message::made_at.eq(now),
            message::confidential.eq(confidential),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(written == 1)
}

pub(super) fn sealed(vault: &Vault, id: Uuid, content: &Content) -> Result<Vec<u8>, SendError> {
    Ok(vault.seal(place("message", "content", &id), &serde_json::to_vec(content)?)?)
}

/// A message that is still to be sent.
pub(super) struct Open {
    pub channel: Channel,
    pub content: Content,
    pub address_hash: Vec<u8>,
    /// Quiet hours do not hold it up.
    pub urgent: bool,
}

fn opened(vault: &Vault, id: Uuid, sealed: &[u8]) -> Result<Content, SendError> {
    Ok(serde_json::from_slice(&vault.open(place("message", "content", &id), sealed)?)?)
}

/// The message if it is still to be sent.
pub(super) fn waiting(conn: &mut PgConnection, vault: &Vault, id: Uuid) -> Result<Option<Open>, SendError> {
    type Waits = (String, Option<Vec<u8>>, Vec<u8>, bool);
    let row: Option<Waits> = message::table
        .find(id)
        .filter(message::state.eq("WAITING"))
        .select((message::channel, message::content, message::address_hash, message::urgent))
        .for_update()
        .first(conn)
        .optional()?;
    let Some((channel, Some(content), address_hash, urgent)) = row else { return Ok(None) };
    let Some(channel) = Channel::parse(&channel) else { return Ok(None) };
    Ok(Some(Open { channel, content: opened(vault, id, &content)?, address_hash, urgent }))
}

/// What holds for a channel at a moment.
pub(super) fn rule(conn: &mut PgConnection, channel: Channel, now: DateTime<Utc>) -> Result<Rule, DbError> {
    use sending_rule as r;
    let row: Option<(Option<i32>, Option<i32>, i32)> = r::table
        .filter(r::channel.eq(channel.name()))
        .filter(r::valid_from.le(vietnam_date(now)))
        .order(r::valid_from.desc())
        .select((r::quiet_from_minute, r::quiet_until_minute, r::most_a_day))
        .first(conn)
        .optional()?;
    let minute = |minute: Option<i32>| minute.and_then(|minute| u32::try_from(minute).ok());
    Ok(row.map_or(Rule { quiet: None, most_a_day: usize::MAX }, |(from, until, most)| Rule {
        quiet: minute(from).zip(minute(until)),
        most_a_day: usize::try_from(most).unwrap_or(usize::MAX),
    }))
}

/// When this address was sent something by this way within the last 24 hours.
pub(super) fn sent_to(conn: &mut PgConnection, open: &Open, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, DbError> {
    let at: Vec<Option<DateTime<Utc>>> = message::table
        .filter(message::address_hash.eq(&open.address_hash))
        .filter(message::channel.eq(open.channel.name()))
        .filter(message::state.eq("SENT"))
        .filter(message::ended_at.gt(now - Duration::days(1)))
        .select(message::ended_at)
        .load(conn)?;
    Ok(at.into_iter().flatten().collect())
}

/// Notes that a message was sent, and forgets what it said.
pub(super) fn sent(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    end(conn, &[id], "SENT", now, None)?;
    Ok(())
}

/// Ends messages that are open; returns how many were.
fn end(
    conn: &mut PgConnection,
    ids: &[Uuid],
    state: &'static str,
    now: DateTime<Utc>,
    account: Option<Uuid>,
) -> Result<usize, DbError> {
    let open = message::table.filter(message::id.eq_any(ids)).filter(message::content.is_not_null());
    Ok(diesel::update(open)
        .set((
            message::state.eq(state),
            message::content.eq(None::<Vec<u8>>),
            message::ended_at.eq(Some(now)),
            message::ended_by.eq(account),
        ))
        .execute(conn)?)
}

/// A message that waits for somebody.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub id: Uuid,
    pub channel: Channel,
    pub purpose: String,
    pub about: Option<Uuid>,
    pub state: String,
    pub content: Content,
    pub made_at: DateTime<Utc>,
}

type Row = (Uuid, String, String, Option<Uuid>, String, Option<Vec<u8>>, DateTime<Utc>);

/// The columns of a [`Row`].
const COLUMNS: (
    message::id,
    message::channel,
    message::purpose,
    message::about,
    message::state,
    message::content,
    message::made_at,
) = (message::id, message::channel, message::purpose, message::about, message::state, message::content, message::made_at);

/// Messages of the granted chapter that are not sent, the oldest first.
pub(super) fn open_at(
    conn: &mut PgConnection,
    vault: &Vault,
    by: &Granted<Record>,
    span: Span<Uuid>,
) -> Result<Vec<Shown>, SendError> {
    let rows: Vec<Row> = message::table
        .filter(message::chapter_id.eq(by.chapter().0))
        .filter(message::content.is_not_null())
        .filter(message::confidential.eq(false))
        .filter(message::id.gt(span.after.unwrap_or_default()))
        .order(message::id)
        .limit(span.rows)
        .select(COLUMNS)
        .load(conn)?;
    shown(vault, rows)
}

fn shown(vault: &Vault, rows: Vec<Row>) -> Result<Vec<Shown>, SendError> {
    let mut all = Vec::with_capacity(rows.len());
    for (id, channel, purpose, about, state, content, made_at) in rows {
        let (Some(channel), Some(content)) = (Channel::parse(&channel), content) else { continue };
        let content = opened(vault, id, &content)?;
        all.push(Shown { id, channel, purpose, about, state, content, made_at });
    }
    Ok(all)
}

/// Where a message belongs, and its state, locked.
pub(super) fn held(conn: &mut PgConnection, id: Uuid) -> Result<Option<(Uuid, String)>, DbError> {
    let row = message::table.find(id).filter(message::confidential.eq(false));
    let row = row.select((message::chapter_id, message::state)).for_update();
    Ok(row.first(conn).optional()?)
}

/// An officer has done it.
pub(super) fn done_by_hand(conn: &mut PgConnection, by: &Granted<Record>, now: DateTime<Utc>, id: Uuid) -> Result<bool, DbError> {
    Ok(end(conn, &[id], "DONE_BY_HAND", now, Some(by.account()))? == 1)
}

/// Whose messages.
pub(super) enum Of<'a> {
    /// Those about these records.
    Records(&'a [Uuid]),
    /// All of these chapters.
    Chapters(&'a [Uuid]),
}

/// Messages that are still open.
pub(super) fn still_open(conn: &mut PgConnection, vault: &Vault, of: &Of<'_>) -> Result<Vec<Shown>, SendError> {
    let mut query = message::table.filter(message::content.is_not_null()).into_boxed();
    query = match of {
        Of::Records(ids) => query.filter(message::about.eq_any(*ids)),
        Of::Chapters(ids) => query.filter(message::chapter_id.eq_any(*ids)),
    };
    let rows: Vec<Row> = query.select(COLUMNS).load(conn)?;
    shown(vault, rows)
}

/// They are not sent any more.
pub fn cancel(conn: &mut PgConnection, ids: &[Uuid], now: DateTime<Utc>) -> Result<(), DbError> {
    end(conn, ids, "CANCELLED", now, None)?;
    Ok(())
}

/// What is said in confidence and has not gone for so long is not sent any more: nobody could end it by hand.
const CONFIDENCE_KEPT: Duration = Duration::days(2);

/// Forgets what was said in confidence and could not be sent; returns how many messages.
pub(super) fn forget(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    let old = message::table
        .filter(message::confidential.eq(true))
        .filter(message::content.is_not_null())
        .filter(message::made_at.lt(now - CONFIDENCE_KEPT));
    let ids: Vec<Uuid> = old.select(message::id).load(conn)?;
    end(conn, &ids, "CANCELLED", now, None)
}

/// Forgets to whom messages about these records went, too.
pub(super) fn unlink(conn: &mut PgConnection, records: &[Uuid]) -> Result<(), DbError> {
    diesel::update(message::table.filter(message::about.eq_any(records)))
        .set((message::address_hash.eq(Vec::<u8>::new()), message::about.eq(None::<Uuid>)))
        .execute(conn)?;
    Ok(())
}

/// Messages about these records are not sent any more, and to whom those went that were sent is forgotten.
pub fn forget_about(conn: &mut PgConnection, records: &[Uuid], now: DateTime<Utc>) -> Result<(), DbError> {
    let open = message::table.filter(message::about.eq_any(records)).filter(message::content.is_not_null());
    let ids: Vec<Uuid> = open.select(message::id).load(conn)?;
    end(conn, &ids, "CANCELLED", now, None)?;
    unlink(conn, records)
}

/// Forgets that this address was ever written to.
pub(super) fn unlink_address(conn: &mut PgConnection, vault: &Vault, address: &str) -> Result<(), DbError> {
    let hash = address_hash(vault, address);
    diesel::update(message::table.filter(message::address_hash.eq(hash)))
        .set(message::address_hash.eq(Vec::<u8>::new()))
        .execute(conn)?;
    Ok(())
}

fn address_hash(vault: &Vault, address: &str) -> Vec<u8> {
    vault.hash("message.address", address.as_bytes()).to_vec()
}

/// Says something else from now on.
pub(super) fn rewrite(conn: &mut PgConnection, vault: &Vault, id: Uuid, content: &Content) -> Result<(), SendError> {
    diesel::update(message::table.find(id)).set(message::content.eq(Some(sealed(vault, id, content)?))).execute(conn)?;
    Ok(())
}

/// For an audit: messages that still name one of these records.
pub(super) fn naming(conn: &mut PgConnection, records: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let about: Vec<Option<Uuid>> =
        message::table.filter(message::about.eq_any(records)).select(message::about).distinct().load(conn)?;
    Ok(about.into_iter().flatten().collect())
}
