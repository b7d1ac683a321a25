//! The rules of blood drives: states, slots, who has a place and who waits. Pure.

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::basics::clock::vietnam_midnight;
use crate::basics::codes::codes;

codes! {
    /// How a drive stands.
    #[derive(Hash)]
    pub wire enum DriveState {
        /// Being prepared; nobody books yet.
        Planned = "PLANNED",
        /// People book.
        Open = "OPEN",
        /// It is the day: people come.
        Running = "RUNNING",
        /// It is over, and what the centre counted agrees with what the chapter counted.
        Reconciled = "RECONCILED",
        /// Nothing is to be done any more.
        Closed = "CLOSED",
        /// Called off.
        Cancelled = "CANCELLED",
    }

    /// Why a drive was called off.
    pub wire enum DriveCancelled {
        /// Storm, flood, an epidemic.
        Weather = "WEATHER",
        TooFew = "TOO_FEW",
        /// The blood centre cannot come.
        CentreCannot = "CENTRE_CANNOT",
        NoSite = "NO_SITE",
        Other = "OTHER",
    }

    /// How a booking stands.
    #[derive(Hash)]
    pub wire enum BookingState {
        /// A place is kept; they have not said yet that they come, and have some time to say so.
        Held = "HELD",
        /// They come.
        Booked = "BOOKED",
        /// In the waiting list: moves up by itself when a place becomes free.
        Waiting = "WAITING",
        Cancelled = "CANCELLED",
    }

    /// How a booking ended.
    #[derive(Hash)]
    pub wire enum BookingCancelled {
        /// By the person, with their link.
        ByLink = "BY_LINK",
        ByOfficer = "BY_OFFICER",
        /// The drive was called off.
        DriveCancelled = "DRIVE_CANCELLED",
        /// They booked, and did not confirm in time.
        NotConfirmed = "NOT_CONFIRMED",
        /// They moved up and did not answer in time.
        NotAnswered = "NOT_ANSWERED",
        /// The drive was moved to another day, and they did not agree to it.
        MovedAndNotAgreed = "MOVED_AND_NOT_AGREED",
        /// The drive began, and no place had become free.
        DriveBegan = "DRIVE_BEGAN",
        /// The person's data were erased.
        Erased = "ERASED",
    }

    /// What is answered to whoever books: how the drive stands for somebody who comes now, whoever it is.
    #[derive(Hash)]
    pub wire enum BookingTaken {
        /// A place is kept until a deadline; a message leads to the booking, and says it.
        Held = "HELD",
        /// All places are taken; a message leads to the turn in the waiting list.
        Waiting = "WAITING",
        /// All places are taken, and so is the waiting list.
        Full = "FULL",
    }

    /// How many places of a slot are left, as everybody may know it.
    #[derive(Hash)]
    pub wire enum PlacesLeft {
        Many = "MANY",
        Few = "FEW",
        None = "NONE",
    }
}

impl DriveState {
    /// Whether a drive that stands so may stand like that next.
    pub fn may_become(self, to: DriveState) -> bool {
        use DriveState::{Cancelled, Closed, Open, Planned, Reconciled, Running};
        matches!(
            (self, to),
            (Planned, Open | Cancelled) | (Open, Running | Cancelled) | (Running, Reconciled) | (Reconciled, Closed)
        )
    }

    /// Whether its day, its site and its slots may still be changed.
    pub fn may_change(self) -> bool {
        matches!(self, DriveState::Planned | DriveState::Open)
    }
}

impl BookingState {
    /// Whether a place is kept for them.
    pub fn has_place(self) -> bool {
        matches!(self, BookingState::Held | BookingState::Booked)
    }
}

/// A part of the day: minutes of the Vietnamese day, and how many are received in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub n: i16,
    pub from: i16,
    pub until: i16,
    pub places: i16,
    pub taken: i16,
}

impl Slot {
    /// Places that nobody has.
    pub fn free(self) -> i16 {
        (self.places - self.taken).max(0)
    }

    /// When it begins on a day.
    pub fn begins(self, day: NaiveDate) -> DateTime<Utc> {
        vietnam_midnight(day) + Duration::minutes(i64::from(self.from))
    }

    /// When it ends on a day.
    pub fn ends(self, day: NaiveDate) -> DateTime<Utc> {
        vietnam_midnight(day) + Duration::minutes(i64::from(self.until))
    }

    /// What everybody may know of it.
    pub fn left(self, few: i16) -> PlacesLeft {
        match self.free() {
            0 => PlacesLeft::None,
            free if free <= few => PlacesLeft::Few,
            _ => PlacesLeft::Many,
        }
    }
}

/// What is free of a drive at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Free {
    /// In their order; those that have begun have nothing free.
    slots: Vec<(i16, i16)>,
    /// How many more may wait.
    waiting: i64,
}

/// What somebody who comes now is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Place(i16),
    Wait,
    /// All is taken.
    Nothing,
    /// The slot that was chosen is taken, and another is not.
    OtherSlot,
}

impl Free {
    /// Of a drive on its day, at a moment.
    pub fn of(slots: &[Slot], day: NaiveDate, waiting: i64, waiting_most: i16, now: DateTime<Utc>) -> Self {
        let open = |slot: &Slot| if slot.begins(day) > now { slot.free() } else { 0 };
        let slots: Vec<(i16, i16)> = slots.iter().map(|slot| (slot.n, open(slot))).collect();
        Self { slots, waiting: (i64::from(waiting_most) - waiting).max(0) }
    }

    /// What somebody is given who wants this slot, or any.
    pub fn given(&self, slot: Option<i16>) -> Given {
        let first = self.slots.iter().find(|(_, free)| *free > 0).map(|(n, _)| *n);
        match (slot, first) {
            (None, Some(n)) => Given::Place(n),
            (Some(n), Some(_)) if self.slots.iter().any(|(of, free)| *of == n && *free > 0) => Given::Place(n),
            (Some(_), Some(_)) => Given::OtherSlot,
            (_, None) if self.waiting > 0 => Given::Wait,
            (_, None) => Given::Nothing,
        }
    }

    /// Somebody has taken what they were given.
    pub fn take(&mut self, given: Given) {
        match given {
            Given::Place(n) => self.slots.iter_mut().filter(|(of, _)| *of == n).for_each(|(_, free)| *free -= 1),
            Given::Wait => self.waiting -= 1,
            Given::Nothing | Given::OtherSlot => {}
        }
    }
}

/// How far ahead a drive is planned; further is a typing error in the year.
const AHEAD: Days = Days::new(730);

/// Whether a drive that is planned, or moved, today may be on a day.
pub fn may_be_on(day: NaiveDate, today: NaiveDate) -> bool {
    today <= day && day <= today + AHEAD
}

/// What is sealed of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub name: String,
    /// A telephone number or a mail address; empty of somebody who came without a booking and has none.
    pub contact: String,
    /// A day, or a year alone, where an officer was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slot(n: i16, from: i16, places: i16, taken: i16) -> Slot {
        Slot { n, from, until: from + 30, places, taken }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    proptest! {
        /// Whoever comes in whatever order: no slot over its places, nobody waits while any place is free, and all that there is is given.
        #[test]
        fn places_are_given_exactly_once(places in prop::collection::vec(1i16..5, 1..5), most in 0i16..5, wanted in prop::collection::vec(prop::option::of(1i16..6), 0..60)) {
            let slots: Vec<Slot> = (1i16..).zip(&places).map(|(n, places)| slot(n, 480 + 30 * n, *places, 0)).collect();
            let mut free = Free::of(&slots, day("2026-12-06"), 0, most, "2026-12-05T00:00:00Z".parse().unwrap());
            let (mut given, mut waiting) = (vec![0i16; slots.len()], 0i16);
            for slot in wanted {
                let is_free = given.iter().zip(&places).any(|(given, places)| given < places);
                match free.given(slot) {
                    Given::Place(n) => {
                        prop_assert!(slot.is_none_or(|wanted| wanted == n));
                        given[n as usize - 1] += 1;
                        free.take(Given::Place(n));
                    }
                    Given::Wait => { prop_assert!(!is_free); waiting += 1; free.take(Given::Wait); }
                    Given::Nothing => prop_assert!(!is_free && waiting == most),
                    Given::OtherSlot => prop_assert!(is_free),
                }
                prop_assert!(given.iter().zip(&places).all(|(given, places)| given <= places) && waiting <= most);
            }
        }
    }

    #[test]
    fn a_slot_that_has_begun_in_vietnam_is_given_no_more() {
        let slots = [slot(1, 0, 2, 0), slot(2, 480, 2, 0)];
        let on = day("2026-12-06");
        let at = |moment: &str| Free::of(&slots, on, 0, 0, moment.parse().unwrap());
        // 16:59 in Greenwich is a minute before midnight in Vietnam.
        assert_eq!(at("2026-12-05T16:59:59Z").given(None), Given::Place(1));
        assert_eq!(at("2026-12-05T17:00:00Z").given(None), Given::Place(2));
        assert_eq!(at("2026-12-06T01:00:00Z").given(None), Given::Nothing);
    }

    #[test]
    fn a_drive_goes_forward_step_by_step() {
        use DriveState::*;
        let steps = [
            (Planned, Open),
            (Planned, Cancelled),
            (Open, Running),
            (Open, Cancelled),
            (Running, Reconciled),
            (Reconciled, Closed),
        ];
        for from in DriveState::ALL {
            for to in DriveState::ALL {
                assert_eq!(from.may_become(to), steps.contains(&(from, to)), "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn what_is_left_is_said_roughly() {
        let left = |taken| slot(1, 0, 10, taken).left(5);
        assert_eq!(
            (left(0), left(4), left(5), left(9), left(10)),
            (PlacesLeft::Many, PlacesLeft::Many, PlacesLeft::Few, PlacesLeft::Few, PlacesLeft::None)
        );
    }
}
