//! Messages to people: by mail, by SMS through a gateway, and where there is neither, by an officer's hand.
//!
//! A room writes a message in its own transaction ([`send`]); a job delivers it. What always holds:
//!
//! * **Everything works with nothing configured.** Without a mail server or gateway a message waits BY_HAND: officers of its
//!   chapter get it as a list, with links that open their own phone or mail program with everything filled in.
//! * **What was said is forgotten.** Address and text are sealed, and go once the message is sent, done or cancelled.
//! * **Nobody is disturbed at night or flooded**: quiet hours and the most an address gets a day are dated data.
//! * **Sent at least once, recognisably.** A server that dies between the mail server's yes and its own note sends again, with
//!   the same Message-ID (`webhook-id` at the gateway), by which the other side may know it.

mod deliver;
mod gateway;
mod mailer;
mod model;
pub mod persons;
pub mod routes;
mod store;
mod ways;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["message", "sending_rule"],
    tags: &[("messages", "What could not be sent to people, for whoever does it by hand")],
    routes: routes::configure,
    persons: &[&persons::Messages],
    means: &[|means| {
        let handler = handler(means.get()?, means.get()?);
        means.add(handler);
        Ok(())
    }],
    chapters: &[("message.chapter_id", Follows)],
    ..Room::called("outbox")
};

pub use deliver::handler;
pub use gateway::Gateway;
pub use mailer::{Mailer, NoMailer};
pub use model::{Address, Channel, NotAnAddress, SEND_MESSAGE, Text};
pub use store::{
    NewMessage, SendError, can_be_sent, cancel, forget_about, send, send_called, send_for_house, send_in_confidence,
};
pub use ways::{NoWay, Ways};
