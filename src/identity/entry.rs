//! The last step of a log-in: the code, if there is to be one, and the session.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::proof::{Admitted, Verified};
use super::second_factor_store::{self as factors, Checked, FactorError};
use super::sessions::{self, NewSession};
use super::{delays, refresh};
use crate::authz::{self, AuditEvent};
use crate::http::{Kind, Problem};
use crate::vault::Vault;

/// What a log-in has come to.
pub enum Step {
    In {
        session: Uuid,
        refresh_token: String,
        device_token: String,
        second_factor: bool,
    },
    /// The password was right, and the account has a second factor.
    AskCode(Verified),
    /// Refused, and what was counted and noted on the way stays.
    Refused(Problem),
}

/// A log-in that has shown everything it must.
pub struct Entry {
    pub session: Uuid,
    /// The known device it comes from, held, with its token.
    pub device: Option<(Uuid, String)>,
    pub label: String,
    pub second_factor: bool,
}

impl Entry {
    /// Opens the session, remembers the device, notes it all.
    pub fn open(self, conn: &mut PgConnection, vault: &Vault, admitted: &Admitted, now: DateTime<Utc>) -> Result<Step, Problem> {
        let (device, device_token) = match self.device {
            Some((device, token)) => {
                sessions::device_came_back(conn, device, now)?;
                (device, token)
            }
            None => {
                let token = random_token()?;
                (sessions::remember_device(conn, vault, admitted, &token, now)?, token)
            }
        };
        let refresh_token = refresh::issue(vault, self.session).map_err(Problem::internal)?;
        let new = NewSession {
            id: self.session,
            refresh_hash: &refresh::hash(vault, &refresh_token),
            second_factor_at: self.second_factor.then_some(now),
            device: Some(device),
            label: sessions::seal_label(vault, self.session, &self.label).map_err(Problem::internal)?,
        };
        if !sessions::open(conn, admitted, &new, now)? {
            // The second-step token has opened its session before.
            return Err(over());
        }
        note(conn, now, Some(admitted.account()), "LOG_IN", Some(self.session))?;
        Ok(Step::In { session: self.session, refresh_token, device_token, second_factor: self.second_factor })
    }
}

/// Judges a code; `Some` is the refusal to answer with once everything is committed.
pub fn check_code(
    conn: &mut PgConnection,
    vault: &Vault,
    admitted: &Admitted,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<Problem>, Problem> {
    let account = admitted.account();
    Ok(match factors::check(conn, vault, account, code, now)? {
        Checked::Code => None,
        Checked::Recovery => {
            note(conn, now, Some(account), "RECOVERY_CODE_USED", Some(account))?;
            None
        }
        Checked::Wrong => {
            note(conn, now, None, "SECOND_STEP_FAILED", Some(account))?;
            Some(Problem::say(
                Kind::WrongCode,
                "Mã sai, hết hạn hoặc đã dùng: hãy đợi mã mới trong ứng dụng xác thực, hoặc dùng một mã khôi phục (gõ khi đã tắt bộ gõ tiếng Việt).",
                "The code is wrong, over or used already: wait for the next one, or use a recovery code (typed with the Vietnamese typing program off).",
            ))
        }
        Checked::Wait(seconds) => Some(delays::wait(seconds)),
    })
}

/// Notes one event about an account or a session.
pub fn note(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    account: Option<Uuid>,
    action: &'static str,
    subject: Option<Uuid>,
) -> Result<(), Problem> {
    Ok(authz::audit(conn, now, &[AuditEvent { account, action, subject, chapter: None }])?)
}

/// The token of the first step opens nothing.
pub fn over() -> Problem {
    Problem::say(
        Kind::Unauthenticated,
        "Bước hai đã hết hạn hoặc đã dùng: hãy đăng nhập lại từ đầu.",
        "The second step is over or used already: log in again from the start.",
    )
}

fn random_token() -> Result<String, Problem> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

impl From<FactorError> for Problem {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Db(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}
