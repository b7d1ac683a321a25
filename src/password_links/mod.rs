//! Links by which somebody chooses the password of their own account: the first one, or another when it was forgotten.
//!
//! An administrator makes one and hands it over, as an address and a QR code, or has it sent by mail. The one-time password
//! ([`crate::identity::one_time`]) is the other way and stays. What always holds:
//!
//! * **Who may give a one-time password may make a link**, and nobody for themself. There is one at a time, good once, for 24 hours.
//! * **A link is void once anything of the account has changed** (its `epoch`: another password, disabled, another second factor), and
//!   when the administrator takes it back.
//! * **Nothing changes until the password is chosen.** The page's POST sets it, ends all sessions and forgets the devices; a password that is
//!   refused leaves the link as it was. A second factor stays.
//! * **Nobody reads the link but whom it is for**: it is told once, and a mail with one is in no officer's list.

mod make;
mod page;
pub mod routes;
mod store;

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["password_link"],
    routes: routes::configure,
    means: &[|means| {
        let page = page::page(means.get()?, means.get()?);
        means.add(page);
        Ok(())
    }],
    ..Room::called("password_links")
};
