//! The one message that goes out of this room: that there is something to hear at the chapter, and not what about.

use uuid::Uuid;

use super::fault::Fault;
use super::sealed::Clear;
use crate::authz::{Granted, KeepFamilyLinks, Visit};
use crate::basics::Phone;
use crate::outbox::{self, Address, NewMessage, Text, Ways};
use crate::tree;

/// Writes to the enquirer, of a child to who speaks for them; whether it could be sent so that nobody else reads it. Where it could not,
/// somebody calls: it stands in no list of messages.
pub fn news(
    v: &mut Visit<'_>,
    ways: &Ways,
    by: &Granted<KeepFamilyLinks>,
    case: Uuid,
    clear: &Clear,
    id: Uuid,
) -> Result<bool, Fault> {
    let number = match &clear.enquirer.guardian {
        Some(guardian) => guardian.phone.as_deref(),
        None => clear.enquirer.phone.as_deref(),
    };
    let Some(phone) = number.and_then(Phone::today) else { return Ok(false) };
    let labels = tree::labels(v.conn, &[by.chapter().0])?;
    let chapter = labels.get(&by.chapter().0).map(|label| label.name.clone()).unwrap_or_default();
    let text = Text {
        subject: "Hội Chữ thập đỏ".to_owned(),
        body: format!("{chapter}: có tin về việc ông/bà đã hỏi. Mời ông/bà liên hệ cán bộ đã tiếp nhận."),
    };
    let message = NewMessage { id, to: Address::Phone(phone), text, purpose: "FAMILY_NEWS", about: Some(case) };
    Ok(outbox::send_in_confidence(v.conn, v.vault, ways, by, v.now, &message)?)
}
