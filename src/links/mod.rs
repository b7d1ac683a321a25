//! Links that let somebody without an account do one thing: one purpose, one subject, until an end, once or as often as they
//! like. What always holds:
//!
//! * **Opening a link changes nothing.** Messengers and mail scanners open links before people do, so GET and HEAD run in a
//!   read-only transaction; only the page's own button, a POST, acts.
//! * **The secret is nowhere but in the link.** The database has a keyed hash; [`Token`] shows itself to nobody by mistake; log
//!   lines, metrics and the audit trail name the route and the link's id; the page sends no referrer.
//! * **What a link is about is read from its row**, never from the request: a link for one subject is of no use for another,
//!   and one for another purpose does not exist.

mod pages;
pub mod routes;
pub mod signed;
mod store;

use crate::house::Room;
use crate::house::succession::Succession::Ends;

/// What the house wants to know of this room. Its pages are no part of the API.
pub const ROOM: Room = Room { tables: &["link"], chapters: &[("link.chapter_id", Ends)], ..Room::called("links") };

pub use pages::{Acted, Field, Form, LinkPage, Shown};
pub use store::{Link, LinkError, NewLink, Standing, Token, look, make, make_for_house, redeem, revoke, revoke_of};
