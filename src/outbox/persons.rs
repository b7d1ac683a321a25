//! Messages to persons who ask about their data.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store::{self, Of, SendError, Shown};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::errand::Errand;
use crate::house::persons::{Corrected, Holding, HoldsPersons, Kept, Mentioned, PersonsError, Processing, Record};
use crate::vault::VaultError;

/// See the module.
pub struct Messages;

impl From<SendError> for PersonsError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Db(error) => error.into(),
            SendError::Vault(error) => error.into(),
            SendError::Json(_) => VaultError::Damaged.into(),
        }
    }
}

fn gifts(of: &[Record]) -> Vec<Uuid> {
    of.iter().map(|record| record.gift).collect()
}

fn ids(messages: &[Shown]) -> Vec<Uuid> {
    messages.iter().map(|message| message.id).collect()
}

impl HoldsPersons for Messages {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: ("Địa chỉ thư và lời của thư đang chờ gửi", "Addresses and words of messages that wait to be sent"),
            purpose: ("Gửi thư cho người có liên quan", "To write to those concerned"),
            grounds: ("Việc mà chính người đó yêu cầu hoặc được giao", "What the person asked for or is charged with"),
            readers: (
                "Người gửi trong danh sách làm bằng tay; thư mật không ai",
                "Who sends by hand; of confidential ones nobody",
            ),
            period: ("Đến khi gửi xong, thư mật nhiều nhất 2 ngày", "Until sent; confidential ones two days at most"),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["message.content", "message.address_hash"]
    }

    fn found(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        let open = store::still_open(errand.conn, errand.vault, &Of::Records(&gifts(of)))?;
        let held = |message: Shown| Holding {
            what: "MESSAGE".to_owned(),
            gift: message.about,
            text: format!("{}: {} {}", message.content.to, message.content.text.subject, message.content.text.body),
            since: Some(message.made_at),
            kept_until: None,
        };
        Ok(open.into_iter().map(held).collect())
    }

    /// What has not gone yet says what is right.
    fn correct(&self, errand: &mut Errand<'_>, of: &[Corrected]) -> Result<(), PersonsError> {
        for corrected in of {
            for mut message in store::still_open(errand.conn, errand.vault, &Of::Records(&[corrected.record.gift]))? {
                let right = |text: &str| corrected.old.replaced_in(text, &corrected.new);
                let (to, text) = (right(&message.content.to), &mut message.content.text);
                (text.subject, text.body) = (right(&text.subject), right(&text.body));
                message.content.to = to;
                store::rewrite(errand.conn, errand.vault, message.id, &message.content)?;
            }
        }
        Ok(())
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        let open = store::still_open(errand.conn, errand.vault, &Of::Records(&gifts(of)))?;
        store::cancel(errand.conn, &ids(&open), errand.now)?;
        store::unlink(errand.conn, &gifts(of))?;
        Ok(Vec::new())
    }

    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut open = store::still_open(errand.conn, errand.vault, &Of::Chapters(&of.chapters))?;
        open.retain(|message| {
            let said = &message.content;
            [&said.to, &said.text.subject, &said.text.body].into_iter().any(|text| of.called.is_in(text))
        });
        store::cancel(errand.conn, &ids(&open), errand.now)?;
        if let Some(phone) = &of.called.phone {
            store::unlink_address(errand.conn, errand.vault, phone)?;
        }
        Ok(Vec::new())
    }

    /// Nobody is written to whose data may not be used; lifted, the message is not made up for.
    fn restrict(&self, errand: &mut Errand<'_>, of: &[Record], on: bool) -> Result<(), PersonsError> {
        if on {
            let open = store::still_open(errand.conn, errand.vault, &Of::Records(&gifts(of)))?;
            store::cancel(errand.conn, &ids(&open), errand.now)?;
        }
        Ok(())
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let named: HashSet<Uuid> = store::naming(conn, &gifts(erased))?.into_iter().collect();
        for record in erased.iter().filter(|record| named.contains(&record.gift)) {
            findings.found("erased", record.code.as_str(), "its giver was erased and a message about it is kept");
        }
        Ok(())
    }
}
