//! SQL of accounts, sessions, delays and role assignments.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{self, Login};
use super::proof::{AccountRow, Admitted};
use super::sessions::{self, EndReason, NewSession};
use crate::authz::Role;
use crate::db::DbError;
use crate::db::schema::{account, login_delay, officer, role_assignment};
use crate::tree::{self, ChapterId, Label};
use crate::vault::{Vault, place};

/// A new account; the password is hashed already.
pub struct NewAccount<'a> {
    /// `None` makes a new person; `Some` gives an existing person one more account.
    pub officer: Option<Uuid>,
    pub full_name: &'a str,
    pub user_name: &'a str,
    pub phone: Option<&'a str>,
    pub password_hash: &'a str,
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("the user name is taken")]
    UserNameTaken,
    #[error("the phone number belongs to another account")]
    PhoneTaken,
    #[error("there is no such chapter: {0}")]
    UnknownChapter(String),
    #[error("there is no such account: {0}")]
    UnknownAccount(String),
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultError),
    #[error(transparent)]
    Db(DbError),
}

impl From<DbError> for CreateError {
    fn from(error: DbError) -> Self {
        match error.constraint() {
            Some("account_user_name_key") => CreateError::UserNameTaken,
            Some("account_phone_key") => CreateError::PhoneTaken,
            _ => CreateError::Db(error),
        }
    }
}

impl From<diesel::result::Error> for CreateError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// Makes an account, and its person unless one is named. Returns (account, person).
pub fn create_account(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    new: &NewAccount<'_>,
) -> Result<(Uuid, Uuid), CreateError> {
    let officer_id = match new.officer {
        Some(id) => id,
        None => {
            let id = Uuid::now_v7();
            let sealed = vault.seal(place("officer", "full_name", &id), new.full_name.as_bytes())?;
            diesel::insert_into(officer::table).values((officer::id.eq(id), officer::full_name.eq(sealed))).execute(conn)?;
            id
        }
    };
    let id = Uuid::now_v7();
    let phone = new.phone.map(|phone| vault.seal(place("account", "phone", &id), phone.as_bytes())).transpose()?;
    diesel::insert_into(account::table)
        .values((
            account::id.eq(id),
            account::officer_id.eq(officer_id),
            account::user_name.eq(new.user_name),
            account::phone.eq(phone),
            account::phone_hash.eq(new.phone.map(|phone| phone_hash(vault, phone))),
            account::password_hash.eq(new.password_hash),
            account::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok((id, officer_id))
}

pub(super) fn phone_hash(vault: &Vault, phone: &str) -> Vec<u8> {
    vault.hash("account.phone", phone.as_bytes()).to_vec()
}

/// Gives an account a role at a chapter from a day on, by a decision.
pub fn assign_role(
    conn: &mut PgConnection,
    account_id: Uuid,
    role: Role,
    at: ChapterId,
    valid_from: NaiveDate,
    decision_no: &str,
) -> Result<Uuid, DbError> {
    let id = Uuid::now_v7();
    diesel::insert_into(role_assignment::table)
        .values((
            role_assignment::id.eq(id),
            role_assignment::account_id.eq(account_id),
            role_assignment::role.eq(role.name()),
            role_assignment::chapter_id.eq(at.0),
            role_assignment::valid_from.eq(valid_from),
            role_assignment::decision_no.eq(decision_no),
        ))
        .execute(conn)?;
    Ok(id)
}

type LogIn =
    (account::id, account::officer_id, account::password_hash, account::disabled_at, account::one_time_until, account::epoch);

/// The columns of an [`AccountRow`].
const LOG_IN: LogIn =
    (account::id, account::officer_id, account::password_hash, account::disabled_at, account::one_time_until, account::epoch);

/// The account a user name or phone number belongs to.
pub fn find_account(conn: &mut PgConnection, vault: &Vault, login: &Login) -> Result<Option<AccountRow>, DbError> {
    let found = match login {
        Login::UserName(name) => account::table.filter(account::user_name.eq(name)).select(LOG_IN).first(conn).optional()?,
        Login::Phone(phone) => account::table
            .filter(account::phone_hash.eq(phone_hash(vault, phone.as_str())))
            .select(LOG_IN)
            .first(conn)
            .optional()?,
    };
    Ok(found)
}

/// User name of an account, and what verifying its password takes.
pub fn log_in_of(conn: &mut PgConnection, id: Uuid) -> Result<(String, AccountRow), DbError> {
    Ok(account::table.find(id).select((account::user_name, LOG_IN)).first(conn)?)
}

/// The person an account belongs to.
pub fn officer_by_user_name(conn: &mut PgConnection, user_name: &str) -> Result<Option<Uuid>, DbError> {
    Ok(account::table.filter(account::user_name.eq(user_name)).select(account::officer_id).first(conn).optional()?)
}

/// The account of a user name.
pub fn account_by_user_name(conn: &mut PgConnection, user_name: &str) -> Result<Option<Uuid>, DbError> {
    Ok(account::table.filter(account::user_name.eq(user_name)).select(account::id).first(conn).optional()?)
}

/// The person behind an account.
pub fn officer_of(conn: &mut PgConnection, account_id: Uuid) -> Result<Uuid, DbError> {
    Ok(account::table.find(account_id).select(account::officer_id).first(conn)?)
}

/// [`officer_of`] many accounts.
pub fn officers_of(conn: &mut PgConnection, accounts: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    let rows = account::table.filter(account::id.eq_any(accounts)).select((account::id, account::officer_id));
    Ok(rows.load::<(Uuid, Uuid)>(conn)?.into_iter().collect())
}

/// The account called so, by id or by user name.
pub fn account_called(conn: &mut PgConnection, text: &str) -> Result<Option<Uuid>, DbError> {
    let by_name = account::table.filter(account::user_name.eq(model::user_name_as_typed(text)));
    Ok(match Uuid::parse_str(text) {
        Ok(id) => account::table.find(id).select(account::id).first(conn).optional()?,
        Err(_) => by_name.select(account::id).first(conn).optional()?,
    })
}

/// The chapters where an account holds roles today or, if it holds none, where it ever did.
pub fn chapters_of(conn: &mut PgConnection, account_id: Uuid, today: NaiveDate) -> Result<Vec<ChapterId>, DbError> {
    type Held = (Uuid, NaiveDate, Option<NaiveDate>, Option<DateTime<Utc>>);
    let all: Vec<Held> = role_assignment::table
        .filter(role_assignment::account_id.eq(account_id))
        .order(role_assignment::chapter_id)
        .select((role_assignment::chapter_id, role_assignment::valid_from, role_assignment::valid_to, role_assignment::ended_at))
        .load(conn)?;
    let holds = |(_, from, to, ended): &&Held| ended.is_none() && *from <= today && to.is_none_or(|to| to >= today);
    let today: Vec<ChapterId> = all.iter().filter(holds).map(|held| ChapterId(held.0)).collect();
    Ok(if today.is_empty() { all.iter().map(|held| ChapterId(held.0)).collect() } else { today })
}

/// User names of accounts by id.
pub fn user_names(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    let rows = account::table.filter(account::id.eq_any(ids)).select((account::id, account::user_name));
    Ok(rows.load::<(Uuid, String)>(conn)?.into_iter().collect())
}

/// How many accounts there are: none in a new installation.
pub fn count(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(account::table.count().get_result(conn)?)
}

/// Disables or enables an account. Returns whether there is one of that name.
pub fn set_disabled(conn: &mut PgConnection, user_name: &str, at: Option<DateTime<Utc>>) -> Result<bool, DbError> {
    let changed =
        diesel::update(account::table.filter(account::user_name.eq(user_name))).set(account::disabled_at.eq(at)).execute(conn)?;
    Ok(changed == 1)
}

/// Charges one log-in attempt to `subject` before its password is checked, so that attempts made at the same moment
/// count too. `Err(seconds)` when it must wait, at least one.
pub fn charge_attempt(conn: &mut PgConnection, subject: &[u8], now: DateTime<Utc>) -> Result<Result<(), u64>, DbError> {
    // Writes the row or locks the one that is there, in one statement: it may be thrown away at any moment before.
    let (failures, last_at, blocked_until): (i32, DateTime<Utc>, DateTime<Utc>) = diesel::insert_into(login_delay::table)
        .values((
            login_delay::subject.eq(subject),
            login_delay::failures.eq(0),
            login_delay::last_at.eq(now),
            login_delay::blocked_until.eq(now),
        ))
        .on_conflict(login_delay::subject)
        .do_update()
        .set(login_delay::failures.eq(login_delay::failures))
        .returning((login_delay::failures, login_delay::last_at, login_delay::blocked_until))
        .get_result(conn)?;
    if blocked_until > now {
        let wait = (blocked_until - now).num_milliseconds().max(1) as u64;
        return Ok(Err(wait.div_ceil(1000)));
    }
    let failures = if now - last_at > model::FAILURES_FORGOTTEN { 1 } else { failures.saturating_add(1) };
    diesel::update(login_delay::table.find(subject))
        .set((
            login_delay::failures.eq(failures),
            login_delay::last_at.eq(now),
            login_delay::blocked_until.eq(now + model::delay_after(failures)),
        ))
        .execute(conn)?;
    Ok(Ok(()))
}

/// Throws away a few delays that have long been over: strangers try endless names.
pub fn forget_old_delays(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), DbError> {
    let old: Vec<Vec<u8>> = login_delay::table
        .filter(login_delay::last_at.lt(now - model::DELAYS_KEPT))
        .order(login_delay::last_at)
        .limit(20)
        .select(login_delay::subject)
        .for_update()
        .skip_locked()
        .load(conn)?;
    diesel::delete(login_delay::table.filter(login_delay::subject.eq_any(old))).execute(conn)?;
    Ok(())
}

/// A log-in succeeded: its subject starts afresh.
pub fn forget_failures(conn: &mut PgConnection, subject: &[u8]) -> Result<(), DbError> {
    diesel::delete(login_delay::table.find(subject)).execute(conn)?;
    Ok(())
}

/// Opens a plain session by hand: no password, no second factor, no device. Log-ins use [`sessions::open`].
pub fn open_session(conn: &mut PgConnection, account_id: Uuid, refresh_hash: &[u8], now: DateTime<Utc>) -> Result<Uuid, DbError> {
    let id = Uuid::now_v7();
    let admitted = Admitted::by_hand(conn, account_id)?;
    let new = NewSession { id, refresh_hash, second_factor_at: None, device: None, label: None };
    sessions::open(conn, &admitted, &new, now)?;
    Ok(id)
}

/// Ends a session; ending it twice changes nothing.
pub fn end_session(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    sessions::end(conn, &[id], EndReason::LogOut, now)
}

/// Who an account belongs to and what its person is, where, today.
pub struct Profile {
    pub user_name: String,
    pub full_name: Vec<u8>,
    pub officer: Uuid,
    /// Roles held today, with their chapters, in order of code.
    pub roles: Vec<(String, Label)>,
}

pub fn profile(conn: &mut PgConnection, account_id: Uuid, today: NaiveDate) -> Result<Profile, DbError> {
    let (user_name, officer_id, full_name) = account::table
        .inner_join(officer::table.on(officer::id.eq(account::officer_id)))
        .filter(account::id.eq(account_id))
        .select((account::user_name, officer::id, officer::full_name))
        .first(conn)?;
    let held: Vec<(String, Uuid)> = role_assignment::table
        .filter(role_assignment::account_id.eq(account_id))
        .filter(role_assignment::ended_at.is_null())
        .filter(role_assignment::valid_from.le(today))
        .filter(role_assignment::valid_to.is_null().or(role_assignment::valid_to.ge(today)))
        .order(role_assignment::role)
        .select((role_assignment::role, role_assignment::chapter_id))
        .load(conn)?;
    let labels = tree::labels(conn, &held.iter().map(|(_, chapter)| *chapter).collect::<Vec<_>>())?;
    let mut roles: Vec<(String, Label)> =
        held.into_iter().filter_map(|(role, chapter)| labels.get(&chapter).map(|label| (role, label.clone()))).collect();
    roles.sort_by(|a, b| a.1.code.cmp(&b.1.code));
    Ok(Profile { user_name, full_name, officer: officer_id, roles })
}
