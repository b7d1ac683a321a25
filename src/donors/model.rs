//! What donors, their donations and their certificates are. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::codes::codes;

/// A donor of a chapter. The same person is another one at each chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Uuid)]
pub struct DonorId(pub Uuid);

/// One donation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Uuid)]
pub struct DonationId(pub Uuid);

codes! {
    /// Where a donor stands.
    #[derive(Hash)]
    pub wire enum DonorState {
        Active = "ACTIVE",
        /// They do not give any more, and are not asked.
        Ended = "ENDED",
        Erased = "ERASED",
    }

    /// What shows that something was given.
    #[derive(Hash)]
    pub wire enum DonationProof {
        /// The blood centre's own list.
        Centre = "CENTRE",
        /// A certificate that an officer has seen.
        Paper = "PAPER",
        /// Their word.
        Said = "SAID",
    }

    /// Where a certificate stands.
    #[derive(Hash)]
    pub wire enum BloodCertificateState {
        Stands = "STANDS",
        Revoked = "REVOKED",
    }
}

/// On how many days tests must agree before a group is said.
pub const CONFIRMED: i16 = 2;

/// A centre's serial as it is compared: capitals and digits, without what stands between them. `None` where nothing is left, or too much.
pub fn serial_key(serial: &str) -> Option<String> {
    let key: String = serial.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let is_whole = serial.chars().all(|c| c.is_ascii_alphanumeric() || c.is_whitespace() || "-–./_".contains(c));
    (is_whole && (1..=60).contains(&key.len())).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_the_same_however_it_is_spaced() {
        assert_eq!(serial_key("hm 0012-345/26").as_deref(), Some("HM001234526"));
        assert_eq!(serial_key("HM001234526").as_deref(), Some("HM001234526"));
        for none in ["", " - ", "số 12", "12'34"] {
            assert_eq!(serial_key(none), None, "{none}");
        }
    }
}
