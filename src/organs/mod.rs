//! Interest in giving organs, tissue or one's body after death (hiến mô, bộ phận cơ thể người, hiến xác).
//!
//! Somebody at Lâm Đồng would like to register. The officer of the province who is charged with it writes down name, number and birth, hands
//! them to the national coordinating centre, and later enters the number of the card that the centre gave. The registration itself is made at
//! the centre; nothing here is one. Who changes their mind says so, at any time and without a reason: the centre is told, and nothing of them
//! is kept.
//!
//! State: INTERESTED → HANDED_OVER → CARD_ISSUED; INTERESTED → ENDED; HANDED_OVER, CARD_ISSUED → WITHDRAWN (until the centre is told) → ENDED.
//!
//! What always holds (the database keeps much of it too):
//! - The rights are of a role that exists at provinces alone and holds nothing else ([`crate::authz::Role::OrganOfficer`]). Levels above see
//!   counts. Each reading is noted, and so is each that is refused.
//! - Nothing is published, and nothing leads from a person or a party of other rooms to a registration.
//! - What it says is sealed, found by keyed hashes, and forgotten when somebody withdraws, or asks to be erased.

mod access;
mod answers;
pub mod audit;
mod demo;
mod fault;
mod find;
mod model;
mod out;
pub mod persons;
mod record;
pub mod routes;
mod sealed;
mod show;
mod steps;
mod store;
mod texts;
mod wire;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

pub use fault::Fault;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["organ_consent_text", "organ_registration", "organ_rule", "organ_step"],
    tags: &[(
        "organ-registrations",
        "Interest in giving organs, tissue or one's body: handed to the coordinating centre, withdrawn at any time",
    )],
    routes: routes::configure,
    audits: &[&audit::Organs],
    persons: &[&persons::Registrations],
    chapters: &[("organ_registration.chapter_id", Follows)],
    demo: Some(demo::fill),
    ..Room::called("organs")
};
