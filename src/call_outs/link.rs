//! The links by which volunteers answer.

use crate::links::signed::Signed;

/// See the module.
pub static LINKS: Signed = Signed { purpose: "call_out.link", at: "/huy-dong" };
