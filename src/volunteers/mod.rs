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

mod accept;
mod answers;
mod application_routes;
pub mod application_wire;
pub mod applications;
pub mod audit;
pub mod choosing;
mod confirm;
mod counts;
mod demo;
mod due;
mod enter;
pub mod export_routes;
mod exports;
pub mod fault;
mod forget;
mod going;
pub mod holder;
pub mod hours;
mod hours_routes;
pub mod hours_wire;
mod lists;
pub mod model;
pub mod out;
mod retention;
pub mod routes;
mod show;
pub mod sign_up;
pub mod skills;
mod spans;
mod steps;
mod store;
mod sums;
mod titles;
pub mod told;
pub mod wire;
mod words;
mod worked;

use utoipa_actix_web::service_config::ServiceConfig;

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
        "volunteer_import",
        "volunteer_import_part",
        "volunteer_rule",
        "volunteer_skill",
        "volunteer_span",
        "volunteer_step",
        "volunteer_title",
        "volunteer_title_given",
    ],
    tags: &[("volunteers", "Volunteers and collaborators: sign-up, skills, hours, titles")],
    routes,
    audits: &[&audit::Volunteers],
    persons: &[&holder::Volunteers, &lists::persons::Lists],
    means: &[|means| {
        means.add(told::handler());
        means.add(forget::handler());
        means.add(confirm::page());
        let enters = lists::work::handler(means.get()?);
        means.add(enters);
        means.add(lists::lapse::handler());
        Ok(())
    }],
    successions: &[&going::Counted],
    demo: Some(demo::fill),
    chapters: &[
        ("public_volunteer_count.chapter_id", Stays),
        ("volunteer.chapter_id", Follows),
        ("volunteer_application.chapter_id", Follows),
        ("volunteer_hours.chapter_id", Stays),
        ("volunteer_import.chapter_id", Follows),
        ("volunteer_span.chapter_id", Stays),
    ],
    ..Room::called("volunteers")
};

fn routes(config: &mut ServiceConfig<'_>) {
    // Before the volunteers themselves, one of which it would be taken for.
    export_routes::configure(config);
    routes::configure(config);
    hours_routes::configure(config);
    application_routes::configure(config);
    lists::routes::configure(config);
}
