//! The links by which donors answer.

use crate::calling::link::Links;

/// See the module.
pub static LINKS: Links = Links { signs: "urgent_call.link", at: "/can-mau" };
