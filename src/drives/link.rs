//! The link by which somebody says that they come, changes the slot or gives the place up: signed, not stored, good until the drive is over.

use uuid::Uuid;

use crate::links::signed::Signed;
use crate::vault::Vault;

/// Where the page stands; the portal serves it.
pub const AT: &str = "/hien-mau/cho";
const LINK: Signed = Signed { purpose: "booking.link", at: AT };

/// Path of the page of a booking.
pub fn path(vault: &Vault, booking: Uuid) -> String {
    LINK.path(vault, booking)
}

/// Which booking a link opens, if it is one of ours.
pub fn read(vault: &Vault, token: &str) -> Option<Uuid> {
    LINK.read(vault, token)
}
