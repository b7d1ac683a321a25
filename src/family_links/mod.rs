//! Family links (tìm kiếm tin tức thân nhân): private cases of people who look for relatives lost in war, disaster or flight.
//!
//! A grandmother at Hàm Liêm looks for her brother, missed since 1968. The tracing officer writes down who asks, whom she seeks and what she
//! agreed to; asks archives and communes, and logs each step; hands the case to the chapter where he was last seen, whose officer takes it.
//! He is found. Whether she is told is his to say: without his consent nothing of him reaches her, and what she hears of a case that is
//! over is one and the same word, whatever ended it.
//!
//! State: OPEN → SEARCHING → FOUND, NOT_FOUND; → CLOSED or WITHDRAWN; opened again → SEARCHING; ERASED in the end.
//!
//! What always holds (the database keeps much of it too):
//! - The rights are the strictest of the house, of a role that holds nothing else ([`crate::authz::Role::TracingOfficer`]). The chapter that
//!   holds a case sees it; the one that handed it on sees that, and when; levels above see counts. Each reading is noted.
//! - A case of a child, on either side, is *guarded*: the one officer in charge sees it, and nobody reaches the child but through who
//!   speaks for it. Once guarded, always guarded.
//! - Nothing is published, and nothing leads from a person or a party of other rooms to a case.
//! - What it says is sealed, found by keyed hashes, and forgotten some years after its end, or when the enquirer asks; of somebody found
//!   who declines, at once.

mod access;
mod answers;
pub mod audit;
mod between_routes;
mod between_store;
mod demo;
mod fault;
mod find;
pub mod forget;
mod handing;
mod likeness;
mod message;
pub mod model;
pub mod out;
pub mod papers;
pub mod persons;
mod record;
pub mod routes;
pub mod rules;
mod sealed;
mod show;
mod steps;
mod store;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

pub use fault::Fault;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "family_consent_text",
        "family_finding",
        "family_hand_over",
        "family_likeness",
        "family_link",
        "family_rule",
        "family_step",
    ],
    tags: &[("family-links", "Family links: private cases of people who look for relatives")],
    routes,
    audits: &[&audit::FamilyLinks],
    persons: &[&persons::Cases],
    papers: &[&papers::OF_FAMILY_LINKS],
    means: &[|means| {
        let handler = forget::handler(means.get()?);
        means.add(handler);
        Ok(())
    }],
    chapters: &[
        ("family_hand_over.from_chapter_id", Follows),
        ("family_hand_over.to_chapter_id", Follows),
        ("family_likeness.chapter_id", Follows),
        ("family_link.chapter_id", Follows),
        ("family_step.chapter_id", Stays),
    ],
    demo: Some(demo::fill),
    ..Room::called("family_links")
};

fn routes(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    between_routes::configure(config);
}
