//! The links by which donors answer.

use crate::links::signed::Signed;

/// See the module.
pub static LINKS: Signed = Signed { purpose: "urgent_call.link", at: "/can-mau" };
