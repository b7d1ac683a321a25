//! The link by which somebody answers without logging in: it is signed, not stored.

use uuid::Uuid;

use crate::links::signed::Signed;
use crate::vault::Vault;

/// Where the page stands; the portal serves it.
pub const AT: &str = "/huy-dong";
const LINK: Signed = Signed { purpose: "call_out.link", at: AT };

/// Path of the page of somebody who was asked.
pub fn path(vault: &Vault, asked: Uuid) -> String {
    LINK.path(vault, asked)
}

/// Who was asked by a link, if it is one of ours.
pub fn read(vault: &Vault, token: &str) -> Option<Uuid> {
    LINK.read(vault, token)
}
