//! Volunteers (tình nguyện viên) and collaborators (cộng tác viên) of chapters: who they are there, what they can do and when they have
//! time, hours, titles.
//!
//! A man signs up on the public page, confirms by a link, and an officer of his chapter verifies him; or an officer enters somebody the
//! chapter knows. From then on he is asked when the river rises ([`choose`]), and what he worked is entered once ([`hours`]).
//!
//! State: APPLIED → VERIFIED or REFUSED; VERIFIED ⇄ PAUSED, VERIFIED and PAUSED → ENDED (→ VERIFIED again); ERASED.
//!
//! What always holds (the database keeps it too):
//! - A volunteer is a person of the chapter ([`crate::persons`]), once; a member may be one, and one may be a volunteer of two chapters,
//!   which learn nothing of each other.
//! - Volunteers are of age, by the rule of the day.
//! - Nobody is called out who was not asked whether they come.
//! - What was counted of a day that is over stays, also when the person is erased; hours are corrected by others in their place.

pub mod choosing;
pub mod fault;
pub mod hours;
pub mod model;
pub mod skills;
mod store;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

pub use choosing::{Chosen, Filter, choose};
pub use fault::Fault;
pub use model::{Days, Means, Parts, SkillLevel, VolunteerId, VolunteerKind, VolunteerState, When};
pub use store::{Row as VolunteerRow, find, find_all, hold, of_persons};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "public_volunteer_count",
        "skill",
        "volunteer",
        "volunteer_application",
        "volunteer_consent_text",
        "volunteer_hours",
        "volunteer_hours_void",
        "volunteer_rule",
        "volunteer_skill",
        "volunteer_span",
        "volunteer_step",
        "volunteer_title",
        "volunteer_title_given",
    ],
    tags: &[("volunteers", "Volunteers and collaborators: sign-up, skills, hours, titles")],
    chapters: &[
        ("public_volunteer_count.chapter_id", Stays),
        ("volunteer.chapter_id", Follows),
        ("volunteer_application.chapter_id", Follows),
        ("volunteer_hours.chapter_id", Stays),
        ("volunteer_span.chapter_id", Stays),
    ],
    ..Room::called("volunteers")
};
