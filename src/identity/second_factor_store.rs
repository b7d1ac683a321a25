//! Where authenticators and recovery codes are kept, and the one place where a code is judged.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::second_factor::{Authenticator, NoSecret, Typed, recovery_hash};
use super::sessions::{self, EndReason};
use super::{delays, proof, store};
use crate::db::DbError;
use crate::db::schema::{recovery_code, second_factor, session};
use crate::vault::{Place, Vault, VaultError, place};

/// What can go wrong besides a wrong code.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Secret(#[from] NoSecret),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for FactorError {
    fn from(error: diesel::result::Error) -> Self {
        FactorError::Db(error.into())
    }
}

/// An account's second factor.
#[derive(Debug, Clone, Queryable)]
pub struct FactorRow {
    pub enrolment_id: Uuid,
    pub secret: Vec<u8>,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub last_step: Option<i64>,
}

/// What became of a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// A code of the authenticator.
    Code,
    /// A recovery code, used up now.
    Recovery,
    /// Wrong, of another time, or used before.
    Wrong,
    /// Too many wrong ones: seconds to wait. The code was not looked at.
    Wait(u64),
}

fn place_of(account: &Uuid) -> Place<'_> {
    place("second_factor", "secret", account)
}

/// The account's second factor, confirmed or only offered. Locks it.
pub fn find_for_update(conn: &mut PgConnection, account: Uuid) -> Result<Option<FactorRow>, DbError> {
    Ok(second_factor::table
        .find(account)
        .select((
            second_factor::enrolment_id,
            second_factor::secret,
            second_factor::created_at,
            second_factor::confirmed_at,
            second_factor::last_step,
        ))
        .for_update()
        .first(conn)
        .optional()?)
}

/// Since when the account has a second factor, and how many recovery codes are left. `None` when it has none.
pub fn state(conn: &mut PgConnection, account: Uuid) -> Result<Option<(DateTime<Utc>, i64)>, DbError> {
    let since: Option<Option<DateTime<Utc>>> =
        second_factor::table.find(account).select(second_factor::confirmed_at).first(conn).optional()?;
    let Some(since) = since.flatten() else {
        return Ok(None);
    };
    let left = recovery_code::table
        .filter(recovery_code::account_id.eq(account))
        .filter(recovery_code::used_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(Some((since, left)))
}

/// Offers a secret, in place of one that was offered before and never confirmed.
pub fn offer(
    conn: &mut PgConnection,
    vault: &Vault,
    account: Uuid,
    enrolment: Uuid,
    secret: &[u8],
    now: DateTime<Utc>,
) -> Result<(), FactorError> {
    let sealed = vault.seal(place_of(&account), secret)?;
    let row = (second_factor::enrolment_id.eq(enrolment), second_factor::secret.eq(sealed), second_factor::created_at.eq(now));
    diesel::insert_into(second_factor::table)
        .values((second_factor::account_id.eq(account), row.clone()))
        .on_conflict(second_factor::account_id)
        .do_update()
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// The authenticator of a row.
pub fn authenticator(vault: &Vault, account: Uuid, row: &FactorRow, user_name: &str) -> Result<Authenticator, FactorError> {
    Ok(Authenticator::new(&vault.open(place_of(&account), &row.secret)?, user_name)?)
}

/// The offered secret is confirmed by a code of this step, in a session that goes on: all others, and log-ins under way,
/// were let in without it and end.
pub fn confirm(conn: &mut PgConnection, account: Uuid, step: i64, in_session: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(second_factor::table.find(account))
        .set((second_factor::confirmed_at.eq(now), second_factor::last_step.eq(step)))
        .execute(conn)?;
    sessions::shut_out(conn, account, Some(in_session), EndReason::SecondFactorChanged, now)?;
    sessions::has_second_factor(conn, in_session, now)
}

/// Puts ten new recovery codes in place of whatever is left of the old ones.
pub fn replace_recovery_codes(conn: &mut PgConnection, vault: &Vault, account: Uuid, codes: &[String]) -> Result<(), DbError> {
    diesel::delete(recovery_code::table.filter(recovery_code::account_id.eq(account))).execute(conn)?;
    let rows: Vec<_> = codes
        .iter()
        .map(|code| {
            let hash = recovery_hash(vault, account, &code.replace('-', ""));
            (recovery_code::account_id.eq(account), recovery_code::code_hash.eq(hash))
        })
        .collect();
    diesel::insert_into(recovery_code::table).values(rows).execute(conn)?;
    Ok(())
}

/// Takes the second factor away and ends all sessions but `keep`, which does not count as having it any more. Returns
/// whether there was one, confirmed.
pub fn remove(
    conn: &mut PgConnection,
    account: Uuid,
    keep: Option<Uuid>,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    // The account first: log-ins lock it before they look at its second factor.
    proof::lock(conn, account)?;
    diesel::delete(recovery_code::table.filter(recovery_code::account_id.eq(account))).execute(conn)?;
    let removed: Option<Option<DateTime<Utc>>> =
        diesel::delete(second_factor::table.find(account)).returning(second_factor::confirmed_at).get_result(conn).optional()?;
    diesel::update(session::table.filter(session::account_id.eq(account)).filter(session::second_factor_at.is_not_null()))
        .set(session::second_factor_at.eq(None::<DateTime<Utc>>))
        .execute(conn)?;
    let had = removed.flatten().is_some();
    if had {
        sessions::shut_out(conn, account, keep, reason, now)?;
    }
    Ok(had)
}

/// Judges a typed code and uses it up, in a transaction that has locked the account. The attempt is charged to the account
/// first, so that guessing at the same moment does not help; the caller must commit whatever the answer is.
pub fn check(
    conn: &mut PgConnection,
    vault: &Vault,
    account: Uuid,
    typed: &str,
    now: DateTime<Utc>,
) -> Result<Checked, FactorError> {
    let subject = delays::of_code(vault, account);
    if let Err(seconds) = store::charge_attempt(conn, &subject, now)? {
        return Ok(Checked::Wait(seconds));
    }
    let Some(row) = find_for_update(conn, account)?.filter(|row| row.confirmed_at.is_some()) else {
        return Ok(Checked::Wrong);
    };
    let checked = match Typed::parse(typed) {
        Some(Typed::Code(code)) => {
            let step = authenticator(vault, account, &row, "")?.step_of(&code, now);
            match step.filter(|step| row.last_step.is_none_or(|last| *step > last)) {
                Some(step) => {
                    diesel::update(second_factor::table.find(account)).set(second_factor::last_step.eq(step)).execute(conn)?;
                    Checked::Code
                }
                None => Checked::Wrong,
            }
        }
        Some(Typed::Recovery(code)) => {
            let used = diesel::update(recovery_code::table.find((account, recovery_hash(vault, account, &code))))
                .filter(recovery_code::used_at.is_null())
                .set(recovery_code::used_at.eq(now))
                .execute(conn)?;
            if used == 1 { Checked::Recovery } else { Checked::Wrong }
        }
        None => Checked::Wrong,
    };
    if checked != Checked::Wrong {
        store::forget_failures(conn, &subject)?;
    }
    Ok(checked)
}
