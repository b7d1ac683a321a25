//! Mail, by SMTP.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SmtpTransport, Transport};
use uuid::Uuid;

use super::model::{Content, one_line};
use crate::jobs::Failure;

/// For each of the steps of a delivery; a server that is slower is tried again later.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A mail server and the name mails come from.
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Mail is not configured as it should be.
#[derive(Debug, thiserror::Error)]
pub enum NoMailer {
    #[error("mail_url is no address like smtp://user:password@mail.example.org:587?tls=required or smtps://…")]
    Url,
    #[error("mail_from is no address like so@example.org or Sổ Nhân Ái <so@example.org>")]
    From,
    #[error("mail_url and mail_from go together")]
    Half,
}

impl Mailer {
    /// Does not ask the server anything yet. `patience` is for each step of a delivery.
    pub fn new(url: &str, from: &str, patience: Duration) -> Result<Self, NoMailer> {
        let from: Mailbox = from.parse().map_err(|_| NoMailer::From)?;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        // The error would name the password.
        let builder = SmtpTransport::from_url(url).map_err(|_| NoMailer::Url)?;
        Ok(Self { transport: builder.timeout(Some(patience)).hello_name(hello).build(), from })
    }

    /// The same message has the same Message-ID, however often it is sent.
    pub(super) fn send(&self, id: Uuid, now: DateTime<Utc>, content: &Content) -> Result<(), Failure> {
        let to: lettre::Address = content.to.parse().map_err(|_| Failure::Never("ADDRESS"))?;
        let message = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(SystemTime::from(now))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&content.text.subject))
            .singlepart(SinglePart::plain(content.text.body.clone()))
            .map_err(|_| Failure::Never("ADDRESS"))?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) => Err(failure_of(error.status().map(u16::from), error.is_client())),
        }
    }
}

/// What a mail server's answer means for the message; its words may name the address, so they are shown nowhere.
fn failure_of(status: Option<u16>, is_client: bool) -> Failure {
    match status {
        // It does not know us: that is for the administrator, and no message's fault.
        Some(530 | 534 | 535 | 538) => Failure::Again("MAIL_LOGIN"),
        // 421 and 4xx say "later"; 554 at the greeting says so of the whole server.
        Some(400..500) => Failure::Again("MAIL_LATER"),
        Some(500..) => Failure::Never("MAIL_REFUSED"),
        Some(_) => Failure::Again("MAIL_ODD"),
        // Repeating it would never help: the message cannot be put into the server's language.
        None if is_client => Failure::Never("ADDRESS"),
        None => Failure::Again("MAIL_AWAY"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_configured_mail_server_is_refused_without_its_password() {
        assert!(Mailer::new("smtp://127.0.0.1:2525", "Sổ Nhân Ái <so@example.org>", PATIENCE).is_ok());
        assert!(Mailer::new("smtps://u:p@mail.example.org", "so@example.org", PATIENCE).is_ok());
        for (url, from) in [("mail.example.org", "so@example.org"), ("http://u:secret@x", "so@example.org"), ("smtp://x", "so")] {
            let error = Mailer::new(url, from, PATIENCE).map(|_| ()).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn what_will_not_get_better_is_not_repeated() {
        assert!(matches!(failure_of(Some(550), false), Failure::Never("MAIL_REFUSED")));
        assert!(matches!(failure_of(Some(450), false), Failure::Again("MAIL_LATER")));
        assert!(matches!(failure_of(Some(535), false), Failure::Again("MAIL_LOGIN")));
        assert!(matches!(failure_of(None, true), Failure::Never("ADDRESS")));
        assert!(matches!(failure_of(None, false), Failure::Again("MAIL_AWAY")));
    }
}
