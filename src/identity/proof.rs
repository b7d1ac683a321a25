//! Proof that somebody knows the password of an account, and that the account has not changed since.
//!
//! Verifying takes longer than a transaction may. Meanwhile the password may be changed, the account disabled (and enabled
//! again), a second factor added, all sessions ended by their owner. Each of these raises `account.epoch`; a proof carries
//! the epoch of what was verified, also through the token between the two steps of a log-in. A session opens for a proof
//! that was *admitted* only: the account's row is locked and the epochs are equal. Whoever changes the account locks the
//! same row first, so one of the two sees the other.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::SECOND_STEP_LIFETIME;
use super::password::Passwords;
use crate::authz::token::{BadToken, Claims, TokenKeys};
use crate::db::DbError;
use crate::db::schema::account;
use crate::http::{Kind, Problem};

/// What a log-in needs to know of an account.
#[derive(Debug, Clone, Queryable)]
pub struct AccountRow {
    pub id: Uuid,
    pub officer_id: Uuid,
    pub password_hash: String,
    pub disabled_at: Option<DateTime<Utc>>,
    /// Set while the password is a one-time one.
    pub one_time_until: Option<DateTime<Utc>>,
    /// Rises with every change that a proof of the password must not outlive.
    pub epoch: i64,
}

/// The password of an account was right when the account was what `epoch` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    account: Uuid,
    epoch: i64,
}

/// An account let in, its row locked until the end of the transaction. Nobody else makes one of these.
#[derive(Debug)]
pub struct Admitted {
    account: Uuid,
}

/// Why a proof holds no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapsed {
    Disabled,
    /// Password, state, second factor or all sessions: something has changed since.
    Changed,
}

impl Verified {
    /// Verifies a password for the account that was found. With none found the same work is done.
    pub async fn by_password(
        passwords: &Passwords,
        password: String,
        found: Option<&AccountRow>,
    ) -> Result<Option<Self>, Problem> {
        let fits = passwords.verify(password, found.map(|row| row.password_hash.clone())).await?;
        Ok(found.filter(|_| fits).map(|row| Self { account: row.id, epoch: row.epoch }))
    }

    /// What a token of the first step proves, and the session it may open once.
    pub fn by_first_step(tokens: &TokenKeys, token: &str, now: DateTime<Utc>) -> Result<(Self, Uuid), BadToken> {
        let (claims, epoch) = tokens.verify_first_step(token, now)?;
        Ok((Self { account: claims.subject, epoch }, claims.session))
    }

    /// The token for the second step. Nobody knows the name of its session before.
    pub fn first_step(&self, tokens: &TokenKeys, now: DateTime<Utc>) -> Result<String, BadToken> {
        let claims = Claims { subject: self.account, session: Uuid::now_v7() };
        tokens.sign_first_step(claims, self.epoch, now, SECOND_STEP_LIFETIME)
    }

    pub fn account(&self) -> Uuid {
        self.account
    }

    /// Locks the account and compares. To be the first lock of a transaction: every other that changes an account, its
    /// devices or its second factor takes this one first.
    pub fn admit(&self, conn: &mut PgConnection) -> Result<Result<Admitted, Lapsed>, DbError> {
        let (epoch, disabled) = lock(conn, self.account)?;
        Ok(if disabled {
            Err(Lapsed::Disabled)
        } else if epoch != self.epoch {
            Err(Lapsed::Changed)
        } else {
            Ok(Admitted { account: self.account })
        })
    }
}

impl Admitted {
    /// Without a password, for whoever has the database itself: the demo's own accounts and tests.
    pub fn by_hand(conn: &mut PgConnection, account: Uuid) -> Result<Self, DbError> {
        lock(conn, account)?;
        Ok(Self { account })
    }

    pub fn account(&self) -> Uuid {
        self.account
    }
}

/// Locks an account until the end of the transaction. Returns its epoch, and whether it is disabled.
pub fn lock(conn: &mut PgConnection, id: Uuid) -> Result<(i64, bool), DbError> {
    let columns = (account::epoch, account::disabled_at.is_not_null());
    Ok(account::table.find(id).select(columns).for_no_key_update().first(conn)?)
}

/// Locks an account and raises its epoch: no proof from before opens anything any more.
pub fn void_proofs(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    diesel::update(account::table.find(id)).set(account::epoch.eq(account::epoch + 1)).execute(conn)?;
    Ok(())
}

impl From<Lapsed> for Problem {
    fn from(lapsed: Lapsed) -> Self {
        match lapsed {
            // The password was right, so this tells nothing to a stranger.
            Lapsed::Disabled => Problem::say(
                Kind::Forbidden,
                "Tài khoản đã bị khóa: hãy liên hệ người quản trị của cấp trên.",
                "The account is disabled: ask the administrator above.",
            ),
            Lapsed::Changed => Problem::say(
                Kind::Unauthenticated,
                "Mật khẩu hoặc tài khoản vừa được thay đổi: hãy đăng nhập lại từ đầu.",
                "The password or the account has just been changed: log in again from the start.",
            ),
        }
    }
}
