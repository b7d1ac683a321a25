//! What a correction says, piece by piece. Pure.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::blood_rules::{Component, DeferralReason, Din, Group};
use crate::persons::Sex;

codes! {
    /// What a piece of a correction says.
    #[derive(Hash, PartialOrd, Ord)]
    #[schema(as = DriveCorrectionKind)]
    pub wire enum Kind {
        /// Of a donation another volume was taken.
        OtherVolume = "OTHER_VOLUME",
        /// A donation was not given, or not here.
        NotGiven = "NOT_GIVEN",
        /// A donation is somebody else's.
        OtherDonor = "OTHER_DONOR",
        /// Somebody gave whom the list had not, or had as put off.
        AlsoGave = "ALSO_GAVE",
        /// Somebody came whose check-in came late.
        AlsoCame = "ALSO_CAME",
    }

    /// Why a donation was written down that was not given. No result of a test is among them.
    #[derive(Hash)]
    #[schema(as = DriveNotGiven)]
    pub wire enum NotGiven {
        NeverGiven = "NEVER_GIVEN",
        CountedTwice = "COUNTED_TWICE",
        /// It is of somebody else, and nobody knows of whom.
        OfSomebodyElse = "OF_SOMEBODY_ELSE",
        /// It was given on another day, or at another drive.
        OfAnotherDay = "OF_ANOTHER_DAY",
    }

    /// Where a correction stands.
    #[derive(Hash)]
    #[schema(as = DriveCorrectionState)]
    pub wire enum CorrectionState {
        Asked = "ASKED",
        Approved = "APPROVED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }
}

impl Kind {
    /// Whether it puts a donation in its place, or adds one.
    pub fn gives(self) -> bool {
        matches!(self, Kind::OtherVolume | Kind::OtherDonor | Kind::AlsoGave)
    }

    /// Whether it is about a donation that stands.
    pub fn is_of_donation(self) -> bool {
        matches!(self, Kind::OtherVolume | Kind::NotGiven | Kind::OtherDonor)
    }
}

/// Which donation a piece is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    Donation(Uuid),
    Number(Din),
}

/// Somebody by name, as the centre says; sealed until the correction is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    pub name: String,
    /// A telephone number or a mail address; empty where the centre has none.
    pub contact: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
}

/// A piece of a correction that is right in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub kind: Kind,
    /// Of what [`Kind::is_of_donation`].
    pub which: Option<Which>,
    pub booking: Option<Uuid>,
    /// The number of a row of the centre's list.
    pub row: Option<i32>,
    /// Who it is, where a name is said; else it is who booked.
    pub who: Option<Who>,
    pub sex: Option<Sex>,
    pub why: Option<NotGiven>,
    pub reason: Option<DeferralReason>,
    pub component: Option<Component>,
    pub volume_ml: Option<i16>,
    /// Of what was found.
    pub din: Option<Din>,
    pub group: Option<Group>,
    pub serial: Option<String>,
}

/// What a correction would make of the counts, as far as its pieces say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    pub gave: i32,
    pub deferred: i32,
    pub ml: i64,
}

impl Expected {
    /// A piece more; `before` is the volume of the donation it is about.
    pub fn and(self, kind: Kind, (before, after): (Option<i16>, Option<i16>), (from_row, reason): (bool, bool)) -> Self {
        let ml = |ml: Option<i16>| i64::from(ml.unwrap_or(0));
        match kind {
            Kind::OtherVolume => Self { ml: self.ml + ml(after) - ml(before), ..self },
            Kind::NotGiven => Self { gave: self.gave - 1, ml: self.ml - ml(before), ..self },
            Kind::OtherDonor => self,
            Kind::AlsoGave => {
                Self { gave: self.gave + 1, ml: self.ml + ml(after), deferred: self.deferred - i32::from(from_row) }
            }
            Kind::AlsoCame => Self { deferred: self.deferred + i32::from(reason), ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_the_sum_of_its_pieces() {
        let none = (false, false);
        let of = Expected::default()
            .and(Kind::OtherVolume, (Some(350), Some(250)), none)
            .and(Kind::NotGiven, (Some(450), None), none)
            .and(Kind::OtherDonor, (Some(350), None), none)
            .and(Kind::AlsoGave, (None, Some(350)), (true, false))
            .and(Kind::AlsoGave, (None, Some(250)), none)
            .and(Kind::AlsoCame, (None, None), (false, true));
        assert_eq!(of, Expected { gave: 1, deferred: 0, ml: -100 - 450 + 350 + 250 });
    }
}
