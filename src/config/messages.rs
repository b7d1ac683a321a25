//! By which ways messages are sent. Nothing is needed: officers then do it by hand.

use clap::Args;

/// What can be set, by flag or environment.
#[derive(Debug, Clone, Default, Args)]
pub struct MessageSettings {
    /// Mail server, e.g. smtp://user:password@mail.example.org:587?tls=required or smtps://… [default: no mail is sent]
    #[arg(long, env = "SNA_MAIL_URL", global = true, hide_env_values = true)]
    pub mail_url: Option<String>,
    /// Sender of mails, e.g. "Sổ Nhân Ái <so@example.org>"
    #[arg(long, env = "SNA_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Where SMS are handed over as signed webhooks [default: no SMS is sent]
    #[arg(long, env = "SNA_SMS_GATEWAY_URL", global = true)]
    pub sms_gateway_url: Option<String>,
    /// What they are signed with, at least 16 characters
    #[arg(long, env = "SNA_SMS_GATEWAY_SECRET", global = true, hide_env_values = true)]
    pub sms_gateway_secret: Option<String>,
    /// Webhooks may go into private networks and by http, e.g. in a test [default: false]
    #[arg(long, env = "SNA_WEBHOOKS_TO_PRIVATE", global = true)]
    pub webhooks_to_private: Option<bool>,
}

/// Names of the variables.
pub(super) const VARIABLES: [&str; 5] =
    ["SNA_MAIL_URL", "SNA_MAIL_FROM", "SNA_SMS_GATEWAY_URL", "SNA_SMS_GATEWAY_SECRET", "SNA_WEBHOOKS_TO_PRIVATE"];

impl MessageSettings {
    /// Whatever is not set here is taken from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            mail_url: self.mail_url.or(other.mail_url),
            mail_from: self.mail_from.or(other.mail_from),
            sms_gateway_url: self.sms_gateway_url.or(other.sms_gateway_url),
            sms_gateway_secret: self.sms_gateway_secret.or(other.sms_gateway_secret),
            webhooks_to_private: self.webhooks_to_private.or(other.webhooks_to_private),
        }
    }
}
