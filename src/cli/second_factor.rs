//! What `officer` does about second factors: show the code of a secret, take a lost authenticator away.

use std::io::Read;

use super::install::Installation;
use super::{Failure, say};
use crate::authz::{AuditEvent, audit};
use crate::basics::Clock;
use crate::identity::second_factor::Authenticator;
use crate::identity::second_factor_store as factors;
use crate::identity::sessions::EndReason;
use crate::identity::store;

/// Prints the six digits an authenticator with this secret shows now. Needs no installation.
pub fn print_code(secret: Option<String>) -> Result<(), Failure> {
    let secret = match secret {
        Some(secret) => secret,
        None => {
            let mut typed = String::new();
            std::io::stdin().take(1_000).read_to_string(&mut typed)?;
            typed
        }
    };
    say(&Authenticator::from_base32(&secret)?.code(Clock::System.now()))
}

/// For a phone that is lost together with its recovery codes. All sessions end: whoever found the phone may have one.
pub fn reset(installation: &Installation, user: &str) -> Result<(), Failure> {
    let shared = &installation.shared;
    let now = shared.clock.now();
    let had = shared.db.tx_blocking(|conn| -> Result<Option<bool>, Failure> {
        let Some(account) = store::account_called(conn, user)? else {
            return Ok(None);
        };
        let had = factors::remove(conn, account, None, EndReason::SecondFactorReset, now)?;
        if had {
            let event = AuditEvent { account: None, action: "SECOND_FACTOR_RESET", subject: Some(account), chapter: None };
            audit(conn, now, &[event])?;
        }
        Ok(Some(had))
    })?;
    match had {
        None => Err(format!("there is no account {user}").into()),
        Some(false) => Err(format!("{user} has no second factor").into()),
        Some(true) => say(&format!("{user} has no second factor any more; its sessions have ended")),
    }
}
