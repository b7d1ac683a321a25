//! By which ways this installation sends.

use super::gateway::Gateway;
use super::mailer::{Mailer, NoMailer, PATIENCE};
use super::model::Channel;
use crate::config::messages::MessageSettings;

/// See the module. There may be none.
#[derive(Default)]
pub struct Ways {
    pub mail: Option<Mailer>,
    pub sms: Option<Gateway>,
    /// Webhooks may go into private networks and unencrypted: for tests, and where subscribers stand beside the server.
    pub webhooks_to_private: bool,
}

/// The settings make no way.
#[derive(Debug, thiserror::Error)]
pub enum NoWay {
    #[error(transparent)]
    Mail(#[from] NoMailer),
    #[error("sms_gateway_url is an http(s) address, and sms_gateway_secret has at least 16 characters")]
    Gateway,
}

impl Ways {
    /// Reads the settings; asks no server anything.
    pub fn new(settings: &MessageSettings) -> Result<Self, NoWay> {
        let mail = match (settings.mail_url.as_deref(), settings.mail_from.as_deref()) {
            (None, None) => None,
            (Some(url), Some(from)) => Some(Mailer::new(url, from, PATIENCE)?),
            _ => return Err(NoMailer::Half.into()),
        };
        let sms = match (settings.sms_gateway_url.as_deref(), settings.sms_gateway_secret.as_deref()) {
            (None, None) => None,
            (Some(url), Some(secret)) => Some(Gateway::new(url, secret).ok_or(NoWay::Gateway)?),
            _ => return Err(NoWay::Gateway),
        };
        Ok(Self { mail, sms, webhooks_to_private: settings.webhooks_to_private.unwrap_or(false) })
    }

    pub(super) fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Mail => self.mail.is_some(),
            Channel::Sms => self.sms.is_some(),
        }
    }
}
