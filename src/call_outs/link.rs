//! The links by which volunteers answer.

use crate::calling::link::Links;

/// See the module.
pub static LINKS: Links = Links { signs: "call_out.link", at: "/huy-dong" };
