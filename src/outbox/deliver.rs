//! The job that delivers a message. It has the message's id.

use std::sync::Arc;

use super::model::{Channel, Rule, SEND_MESSAGE, Verdict};
use super::store::{self, Open, SendError};
use super::ways::Ways;
use crate::basics::failpoint;
use crate::jobs::{Failure, Handler, Work};
use crate::vault::Vault;

/// Sends by these ways.
pub fn handler(vault: Arc<Vault>, ways: Arc<Ways>) -> Handler {
    Handler::new(&SEND_MESSAGE, move |work| deliver(work, &vault, &ways)).sweeping(store::forget)
}

fn deliver(work: &mut Work<'_>, vault: &Vault, ways: &Ways) -> Result<(), Failure> {
    let (id, now) = (work.id(), work.now());
    let open = work.look(|conn| {
        let Some(open) = store::waiting(conn, vault, id).map_err(failure_of)? else { return Ok(None) };
        let (rule, sent) = (store::rule(conn, open.channel, now)?, store::sent_to(conn, &open, now)?);
        let rule = if open.urgent { Rule { quiet: None, ..rule } } else { rule };
        match rule.judge(now, &sent) {
            Verdict::Now => Ok(Some(open)),
            Verdict::NotBefore(later) => Err(Failure::NotBefore(later)),
        }
    })?;
    // Sent already, done by hand, or cancelled.
    let Some(Open { channel, content, .. }) = open else { return Ok(()) };
    match (channel, &ways.mail, &ways.sms) {
        (Channel::Mail, Some(mailer), _) => mailer.send(id, now, &content)?,
        (Channel::Sms, _, Some(gateway)) => gateway.send(id, now, &content)?,
        // It was there when the message was written.
        _ => return Err(Failure::Again("NOT_CONFIGURED")),
    }
    failpoint::reached("message_sent");
    // A server that is being stopped notes this all the same, or it would be sent twice.
    work.last_step(|conn, _| Ok(store::sent(conn, id, now)?))
}

fn failure_of(error: SendError) -> Failure {
    match error {
        SendError::Db(error) => Failure::Db(error),
        SendError::Vault(_) | SendError::Json(_) => Failure::Again("SEALED"),
    }
}
