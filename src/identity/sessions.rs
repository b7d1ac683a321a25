//! Sessions and known devices in the database: opened by a log-in, carried on by refresh tokens, listed, ended.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::SESSION_LIFETIME;
use super::proof::{self, Admitted};
use super::refresh::{self, Chain, SAME_BRANCH};
use crate::basics::codes::codes;
use crate::db::DbError;
use crate::db::schema::{account, known_device, session};
use crate::vault::{Vault, VaultError, place};

/// Devices remembered for an account. Beyond that those go first that never came back, then those away the longest.
pub const MAX_DEVICES: i64 = 20;
const HASH_LEN: usize = 32;
/// Longest device token that is looked at.
const MAX_TOKEN: usize = 200;

codes! {
    /// Why a session ended. The names stand in the database.
    pub enum EndReason {
        LogOut = "LOG_OUT",
        Revoked = "REVOKED",
        StaleToken = "STALE_TOKEN",
        SecondFactorReset = "SECOND_FACTOR_RESET",
        SecondFactorChanged = "SECOND_FACTOR_CHANGED",
        PasswordChanged = "PASSWORD_CHANGED",
    }
}

/// A session about to be opened.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    pub id: Uuid,
    /// Keyed hash of its first refresh token.
    pub refresh_hash: &'a [u8],
    /// When a second factor was shown, if it was.
    pub second_factor_at: Option<DateTime<Utc>>,
    pub device: Option<Uuid>,
    /// What it is called in the list, sealed (see [`label_place`]).
    pub label: Option<Vec<u8>>,
}

/// Opens a session that lasts [`SESSION_LIFETIME`], for an account that was let in in this transaction. `false` when there
/// is one of that id already.
pub fn open(conn: &mut PgConnection, by: &Admitted, new: &NewSession<'_>, now: DateTime<Utc>) -> Result<bool, DbError> {
    let opened = diesel::insert_into(session::table)
        .values((
            session::id.eq(new.id),
            session::account_id.eq(by.account()),
            session::refresh_hash.eq(new.refresh_hash),
            session::created_at.eq(now),
            session::expires_at.eq(now + SESSION_LIFETIME),
            session::last_used_at.eq(now),
            session::second_factor_at.eq(new.second_factor_at),
            session::device_id.eq(new.device),
            session::label.eq(new.label.as_deref()),
        ))
        .on_conflict(session::id)
        .do_nothing()
        .execute(conn)?;
    Ok(opened == 1)
}

/// Seals what a session is called.
pub fn seal_label(vault: &Vault, session: Uuid, label: &str) -> Result<Option<Vec<u8>>, VaultError> {
    if label.is_empty() {
        return Ok(None);
    }
    vault.seal(place("session", "label", &session), label.as_bytes()).map(Some)
}

/// What became of a presented refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// Good: here is the next one.
    On { session: Uuid, account: Uuid, expires_at: DateTime<Utc>, second_factor_at: Option<DateTime<Utc>>, token: String },
    /// Nobody's, or of a session that is over.
    Unknown,
    /// Ours, but another branch has gone on: the session has ended, now or before.
    Stale {
        session: Uuid,
        account: Uuid,
        /// Ended by this very request.
        now: bool,
    },
}

#[derive(Queryable)]
struct Living {
    id: Uuid,
    account: Uuid,
    refresh_hash: Vec<u8>,
    sibling_hashes: Vec<u8>,
    previous_hash: Option<Vec<u8>>,
    last_used_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    ended_reason: Option<String>,
    second_factor_at: Option<DateTime<Utc>>,
}

/// The session a token belongs to, locked: by the name inside, or (tokens from before there was one) by its hash.
fn of_token(conn: &mut PgConnection, vault: &Vault, token: &str, hash: &[u8]) -> Result<Option<Living>, DbError> {
    let columns = (
        session::id,
        session::account_id,
        session::refresh_hash,
        session::sibling_hashes,
        session::previous_hash,
        session::last_used_at,
        session::expires_at,
        session::ended_at,
        session::ended_reason,
        session::second_factor_at,
    );
    Ok(match refresh::session_of(vault, token) {
        Some(id) => session::table.find(id).select(columns).for_update().first(conn).optional()?,
        None => session::table
            .filter(session::refresh_hash.eq(hash).or(session::previous_hash.eq(hash)))
            .select(columns)
            .for_update()
            .first(conn)
            .optional()?,
    })
}

/// Goes on with a session, or ends it if the token is stale (see [`refresh`]). The caller commits either way.
pub fn go_on(conn: &mut PgConnection, vault: &Vault, token: &str, now: DateTime<Utc>) -> Result<Refreshed, DbError> {
    let hash = refresh::hash(vault, token);
    let Some(living) = of_token(conn, vault, token, &hash)? else {
        return Ok(Refreshed::Unknown);
    };
    let (session, account) = (living.id, living.account);
    if living.ended_at.is_some() {
        let stale = living.ended_reason.as_deref() == Some(EndReason::StaleToken.name());
        return Ok(if stale { Refreshed::Stale { session, account, now: false } } else { Refreshed::Unknown });
    }
    let disabled: Option<DateTime<Utc>> = account::table.find(account).select(account::disabled_at).first(conn)?;
    if living.expires_at <= now || disabled.is_some() {
        return Ok(Refreshed::Unknown);
    }
    let mut unused: Vec<Vec<u8>> = living.sibling_hashes.chunks(HASH_LEN).map(<[u8]>::to_vec).collect();
    unused.push(living.refresh_hash);
    let chain = Chain { previous: living.previous_hash, unused };
    let on = |token| Refreshed::On {
        session,
        account,
        expires_at: living.expires_at,
        second_factor_at: living.second_factor_at,
        token,
    };
    if let Some(used) = living.last_used_at.filter(|used| now - *used < SAME_BRANCH) {
        let same = refresh::successor(vault, session, token, used);
        if chain.has_just_answered(&hash, &refresh::hash(vault, &same)) {
            return Ok(on(same));
        }
    }
    let next = refresh::successor(vault, session, token, now);
    let fresh = refresh::hash(vault, &next);
    let Some(chain) = chain.present(&hash, fresh.clone()) else {
        end(conn, &[session], EndReason::StaleToken, now)?;
        return Ok(Refreshed::Stale { session, account, now: true });
    };
    let siblings: Vec<u8> = chain.unused.iter().filter(|hash| **hash != fresh).flatten().copied().collect();
    diesel::update(session::table.find(session))
        .set((
            session::refresh_hash.eq(fresh),
            session::sibling_hashes.eq(siblings),
            session::previous_hash.eq(chain.previous),
            session::last_used_at.eq(now),
        ))
        .execute(conn)?;
    Ok(on(next))
}

/// A session in its owner's list.
#[derive(Debug, Clone, Queryable)]
pub struct Listed {
    pub id: Uuid,
    pub label: Option<Vec<u8>>,
    pub created_at: DateTime<Utc>,
    /// To within the life of an access token: it is written when the session is refreshed, never by other requests.
    pub last_used_at: Option<DateTime<Utc>>,
    pub expires_at: DateTime<Utc>,
    pub second_factor_at: Option<DateTime<Utc>>,
}

/// Living sessions of an account, the newest first; `before` is the last one of the page before.
pub fn living(
    conn: &mut PgConnection,
    account: Uuid,
    before: Option<Uuid>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Listed>, DbError> {
    let mut query = session::table
        .filter(session::account_id.eq(account))
        .filter(session::ended_at.is_null())
        .filter(session::expires_at.gt(now))
        .order(session::id.desc())
        .limit(limit)
        .select((
            session::id,
            session::label,
            session::created_at,
            session::last_used_at,
            session::expires_at,
            session::second_factor_at,
        ))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(session::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// What a listed session is called.
pub fn label(vault: &Vault, listed: &Listed) -> Result<Option<String>, VaultError> {
    listed.label.as_deref().map(|sealed| vault.open_text(place("session", "label", &listed.id), sealed)).transpose()
}

/// When the second factor was shown in a session.
pub fn second_factor_at(conn: &mut PgConnection, id: Uuid) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(session::table.find(id).select(session::second_factor_at).first(conn)?)
}

/// The second factor was shown in this session.
pub fn has_second_factor(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(session::table.find(id)).set(session::second_factor_at.eq(now)).execute(conn)?;
    Ok(())
}

/// The change of password this session made last, hashed.
pub fn last_change(conn: &mut PgConnection, id: Uuid) -> Result<Option<String>, DbError> {
    Ok(session::table.find(id).select(session::password_change_hash).first(conn)?)
}

/// Remembers a change of password, hashed, for the case that its answer is lost.
pub fn remember_change(conn: &mut PgConnection, id: Uuid, hash: &str) -> Result<(), DbError> {
    diesel::update(session::table.find(id)).set(session::password_change_hash.eq(hash)).execute(conn)?;
    Ok(())
}

/// Ends sessions. Ending one twice changes nothing, not even the reason.
pub fn end(conn: &mut PgConnection, ids: &[Uuid], reason: EndReason, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(session::table.filter(session::id.eq_any(ids)).filter(session::ended_at.is_null()))
        .set((session::ended_at.eq(now), session::ended_reason.eq(reason.name())))
        .execute(conn)?;
    Ok(())
}

/// Ends all living sessions of an account but one, and with them every log-in that is under way. Returns which were ended.
pub fn end_all(
    conn: &mut PgConnection,
    account: Uuid,
    but: Option<Uuid>,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbError> {
    proof::void_proofs(conn, account)?;
    // The nil UUID is nobody's session.
    let ended = diesel::update(
        session::table
            .filter(session::account_id.eq(account))
            .filter(session::ended_at.is_null())
            .filter(session::expires_at.gt(now))
            .filter(session::id.ne(but.unwrap_or_default())),
    )
    .set((session::ended_at.eq(now), session::ended_reason.eq(reason.name())))
    .returning(session::id)
    .get_results(conn)?;
    Ok(ended)
}

/// The owner ends a session: `None` when it is not theirs, else whether it was alive. Its device is forgotten too.
pub fn revoke(conn: &mut PgConnection, account: Uuid, id: Uuid, now: DateTime<Utc>) -> Result<Option<bool>, DbError> {
    let found: Option<(Option<DateTime<Utc>>, Option<Uuid>)> = session::table
        .find(id)
        .filter(session::account_id.eq(account))
        .select((session::ended_at, session::device_id))
        .for_update()
        .first(conn)
        .optional()?;
    let Some((ended, device)) = found else {
        return Ok(None);
    };
    end(conn, &[id], EndReason::Revoked, now)?;
    if let Some(device) = device {
        diesel::delete(known_device::table.find(device)).execute(conn)?;
    }
    Ok(Some(ended.is_none()))
}

/// [`end_all`], and forgets all devices but that of the session that goes on: what they knew is not enough any more.
pub fn shut_out(
    conn: &mut PgConnection,
    account: Uuid,
    but: Option<Uuid>,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbError> {
    let ended = end_all(conn, account, but, reason, now)?;
    forget_devices(conn, account, but)?;
    Ok(ended)
}

/// Forgets the devices of an account, except that of one session.
fn forget_devices(conn: &mut PgConnection, account: Uuid, but_of: Option<Uuid>) -> Result<(), DbError> {
    let kept: Option<Uuid> = match but_of {
        Some(id) => session::table.find(id).select(session::device_id).first::<Option<Uuid>>(conn).optional()?.flatten(),
        None => None,
    };
    diesel::delete(
        known_device::table.filter(known_device::account_id.eq(account)).filter(known_device::id.ne(kept.unwrap_or_default())),
    )
    .execute(conn)?;
    Ok(())
}

fn device_hash(vault: &Vault, token: &str) -> Vec<u8> {
    vault.hash("known_device", token.as_bytes()).to_vec()
}

/// The account's device that this token stands for. Another account's, a forgotten or a made-up one is no device.
pub fn known_device(
    conn: &mut PgConnection,
    vault: &Vault,
    account: Option<Uuid>,
    token: Option<&str>,
) -> Result<Option<Uuid>, DbError> {
    let Some(token) = token.filter(|token| token.len() <= MAX_TOKEN) else {
        return Ok(None);
    };
    // Asked for unknown names as well: nobody shall learn from the time it takes which names there are.
    Ok(known_device::table
        .filter(known_device::token_hash.eq(device_hash(vault, token)))
        .filter(known_device::account_id.eq(account.unwrap_or_default()))
        .select(known_device::id)
        .first(conn)
        .optional()?)
}

/// [`known_device`] with its token, locked so that it is still there when the session is opened: another log-in or its owner
/// may be about to forget it.
pub fn hold_device(
    conn: &mut PgConnection,
    vault: &Vault,
    of: &Admitted,
    token: Option<String>,
) -> Result<Option<(Uuid, String)>, DbError> {
    let Some(token) = token.filter(|token| token.len() <= MAX_TOKEN) else {
        return Ok(None);
    };
    let found: Option<Uuid> = known_device::table
        .filter(known_device::token_hash.eq(device_hash(vault, &token)))
        .filter(known_device::account_id.eq(of.account()))
        .select(known_device::id)
        .for_no_key_update()
        .first(conn)
        .optional()?;
    Ok(found.map(|id| (id, token)))
}

/// Remembers the device of a successful log-in under a new token, and forgets those that are too many.
pub fn remember_device(
    conn: &mut PgConnection,
    vault: &Vault,
    of: &Admitted,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Uuid, DbError> {
    let (id, account) = (Uuid::now_v7(), of.account());
    diesel::insert_into(known_device::table)
        .values((
            known_device::id.eq(id),
            known_device::account_id.eq(account),
            known_device::token_hash.eq(device_hash(vault, token)),
            known_device::created_at.eq(now),
            known_device::last_used_at.eq(now),
        ))
        .execute(conn)?;
    // The new one has not come back yet either and must not be the first to go.
    let beyond: Vec<Uuid> = known_device::table
        .filter(known_device::account_id.eq(account))
        .filter(known_device::id.ne(id))
        .order((
            known_device::last_used_at.gt(known_device::created_at).desc(),
            known_device::last_used_at.desc(),
            known_device::id.desc(),
        ))
        .offset(MAX_DEVICES - 1)
        .select(known_device::id)
        .load(conn)?;
    diesel::delete(known_device::table.filter(known_device::id.eq_any(beyond))).execute(conn)?;
    Ok(id)
}

/// A known device logs in again.
pub fn device_came_back(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(known_device::table.find(id)).set(known_device::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}
