//! What came of a day of giving: codes, and how a difference may be settled. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::basics::codes::codes;
use crate::basics::{Birth, fold};
use crate::blood_rules::{Component, DeferralReason, Din, Group};
use crate::persons::Sex;

codes! {
    /// What became of somebody at the centre's table.
    #[derive(Hash)]
    pub wire enum Outcome {
        Gave = "GAVE",
        /// The centre put them off.
        Deferred = "DEFERRED",
    }

    /// Where a centre's file stands.
    #[derive(Hash)]
    pub wire enum FileState {
        /// It was compared with who came; differences are settled.
        Compared = "COMPARED",
        /// A second person is asked.
        Asked = "ASKED",
        /// A second person agreed; it is being carried over.
        Accepted = "ACCEPTED",
        /// Everything stands with the donors.
        Done = "DONE",
        /// Laid aside; another file may come.
        Refused = "REFUSED",
    }

    /// In what file and check-ins differ.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum DifferenceKind {
        /// The file has somebody who was not checked in.
        NotCheckedIn = "NOT_CHECKED_IN",
        /// The booking is of another name; or several of that name came.
        OtherPerson = "OTHER_PERSON",
        /// The volume is not what was noted at the door, or is no size of bags.
        OtherVolume = "OTHER_VOLUME",
        /// The file has somebody, or a number, twice.
        Double = "DOUBLE",
        /// The number was given to another donation in the country.
        NumberGiven = "NUMBER_GIVEN",
        /// No booking of this drive has the code.
        UnknownCode = "UNKNOWN_CODE",
        /// Somebody was checked in whom the file does not have.
        NotInFile = "NOT_IN_FILE",
        /// A check-in came when the file was there already.
        LateCheckIn = "LATE_CHECK_IN",
    }

    /// How a difference is settled.
    #[derive(Hash)]
    pub wire enum Settlement {
        /// They came: the row, or the check-in, is counted.
        Count = "COUNT",
        /// The row, or the check-in, is not counted.
        LeaveOut = "LEAVE_OUT",
        /// It is as the centre's file says.
        FileRight = "FILE_RIGHT",
        /// It is as was written down at the door.
        OursRight = "OURS_RIGHT",
        /// They came and gave nothing, and why is named.
        GaveNothing = "GAVE_NOTHING",
    }

    /// Why somebody who came gave nothing. None of it is about their health: whom the centre put off stands in its list, or in a
    /// correction of it.
    #[derive(Hash)]
    pub wire enum GaveNothing {
        /// They left before it was their turn.
        LeftEarly = "LEFT_EARLY",
        /// The centre had no time for them any more.
        NoTimeLeft = "NO_TIME_LEFT",
        ChangedMind = "CHANGED_MIND",
        /// They came with somebody else.
        Accompanied = "ACCOMPANIED",
        /// They were there to help.
        Helped = "HELPED",
    }

    /// What became of a check-in that was sent.
    pub wire enum CheckInResult {
        CheckedIn = "CHECKED_IN",
        /// They were checked in before, perhaps by another phone.
        Already = "ALREADY",
        /// The centre's file is there already: somebody says whether it counts.
        ToSettle = "TO_SETTLE",
        /// This drive has no such booking.
        UnknownBooking = "UNKNOWN_BOOKING",
        /// The id stands for something else, or what was sent is not right in itself.
        Refused = "REFUSED",
    }
}

/// How a difference was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    pub how: Settlement,
    /// Of who came and gave nothing.
    pub why: Option<GaveNothing>,
}

impl DifferenceKind {
    /// How it may be settled. `is_agreed`: two persons have agreed on the result, which nothing but a correction changes.
    pub fn settled_by(self, is_agreed: bool) -> &'static [Settlement] {
        use Settlement::{Count, FileRight, GaveNothing, LeaveOut, OursRight};
        match self {
            Self::LateCheckIn if is_agreed => &[GaveNothing, LeaveOut],
            Self::LateCheckIn => &[Count, GaveNothing, LeaveOut],
            Self::NotCheckedIn | Self::UnknownCode | Self::Double | Self::NumberGiven | Self::NotInFile => &[Count, LeaveOut],
            Self::OtherPerson => &[FileRight, OursRight, LeaveOut],
            Self::OtherVolume => &[FileRight, OursRight],
        }
    }
}

impl FileState {
    /// Whether differences may still be settled.
    pub fn is_open(self) -> bool {
        self == FileState::Compared
    }
}

/// Somebody of the file: who, and what became of them. What the centre wrote of why is not here: a word of the public list stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Code of their booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<String>,
}

/// A row of the file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// As people count in their program.
    pub row: u32,
    pub who: Who,
    pub sex: Option<Sex>,
    /// Full years on the day of the drive.
    pub age: Option<i16>,
    pub outcome: Outcome,
    /// Of who was deferred.
    pub reason: Option<DeferralReason>,
    pub until: Option<NaiveDate>,
    pub component: Component,
    /// Of who gave.
    pub volume_ml: Option<i16>,
    pub din: Option<Din>,
    pub group: Option<Group>,
    pub serial: Option<String>,
}

/// The words of a name, folded: two writings of one name are one.
pub fn name_key(name: &str) -> BTreeSet<String> {
    fold(name).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether two births may be of one person.
pub fn may_be_one(one: Option<&str>, other: Option<&str>) -> bool {
    let read = |text: Option<&str>| text.and_then(Birth::read);
    match (read(one), read(other)) {
        (Some(Birth::Day(one)), Some(Birth::Day(other))) => one == other,
        (Some(one), Some(other)) => one.year() == other.year(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_can_be_settled_in_two_ways_or_more() {
        for (kind, is_agreed) in DifferenceKind::ALL.into_iter().flat_map(|kind| [(kind, false), (kind, true)]) {
            assert!(kind.settled_by(is_agreed).len() >= 2, "{kind}");
        }
        // What two persons agreed on is not counted anew by one.
        assert!(!DifferenceKind::LateCheckIn.settled_by(true).contains(&Settlement::Count));
    }

    #[test]
    fn births_are_compared_as_far_as_they_are_known() {
        for (one, other, same) in [
            (Some("1988-05-01"), Some("1988-05-01"), true),
            (Some("1988-05-01"), Some("1988-05-02"), false),
            (Some("1988-05-01"), Some("1988"), true),
            (Some("1988"), Some("1989"), false),
            (None, Some("1988"), true),
        ] {
            assert_eq!(may_be_one(one, other), same, "{one:?} {other:?}");
        }
        assert_eq!(name_key("NGUYỄN thị Lan"), name_key("lan Nguyen Thi"));
    }
}
