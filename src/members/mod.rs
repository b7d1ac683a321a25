//! Members of chapters (hội viên): from the application to the end, and what is counted of them on any day.
//!
//! An officer enters an application for a person of the chapter, with the number of the decision; a second person admits, and the
//! member has a card. Who moves is transferred with the approval of both chapters; who leaves or has died is ended by one officer, who is
//! struck off or expelled by two, and so is who is reinstated. For a child the representative agrees, and from seven years on the child
//! too (Law 91/2025/QH15, art. 24). A member of kind COLLECTIVE is an organisation: one member, of no sex and age, for whom nobody's
//! consent is asked. A grade is given and ended by two persons as well ([`grades`]).
//!
//! State: APPLIED → ADMITTED, REFUSED, WITHDRAWN, or CHECKED (somebody of this name and number is a member elsewhere: the nearest chapter
//! above both decides, and nobody else learns of it) → ADMITTED, REFUSED. ADMITTED → LEFT, STRUCK_OFF, EXPELLED (→ ADMITTED again),
//! DIED, TRANSFERRED, ERASED.
//!
//! What always holds (the database keeps it too):
//! - A member is counted by *spans* ([`spans`]): where, as what, from which day to which. They begin and end on the day on which that is
//!   written, so the answer for a day that is over never changes, also when the person is erased; and one person is counted once a day,
//!   wherever; also a person who stood there as two and was joined ([`joined`]).
//! - A membership belongs to one chapter. A transfer begins a new one at the other chapter, which knows the person by a name of its own;
//!   history and card go along.
//! - What the public may know of how many there are is told once a year, folded ([`told`]).
//! - The public learns of a card whether it is valid and of which chapter; of a junior's only the first.

mod answers;
mod apply;
pub mod asked;
pub mod audit;
mod card_paper;
mod cards;
mod carry;
mod consent;
pub mod counts;
pub mod demo;
pub mod export_routes;
mod exports;
mod fault;
mod going;
pub mod grades;
pub mod holder;
pub mod imports;
mod joined;
mod kinds;
pub mod model;
pub mod papers;
mod retention;
pub mod routes;
mod show;
mod spans;
mod step_routes;
mod steps;
mod store;
pub mod tallies;
mod tally_routes;
pub mod told;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows, Stays};

pub use cards::{PublicCard, public_card};
pub use consent::consent_texts;
pub use fault::Fault;
pub use model::{MemberKind, MemberState};
pub use store::{Row as MemberRow, find, hold};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "member",
        "member_card",
        "member_consent",
        "member_consent_text",
        "member_grade",
        "member_grade_title",
        "member_import",
        "member_import_part",
        "member_import_rule",
        "member_kind_rule",
        "member_span",
        "member_step",
        "member_tally",
        "member_tally_day",
        "public_card",
        "public_member_count",
    ],
    tags: &[("members", "Members: admission, transfer, ending, cards, counts")],
    routes,
    audits: &[&audit::Members, &tallies::Tallies],
    persons: &[&holder::Members, &imports::persons::Lists],
    papers: &[&papers::OF_MEMBERS, &papers::OF_LISTS],
    matters: &[
        kinds::ADMISSION,
        kinds::STRIKE_OFF,
        kinds::EXPULSION,
        kinds::REINSTATEMENT,
        kinds::TRANSFER,
        kinds::LIKENESS,
        kinds::GRADE,
        kinds::GRADE_END,
        imports::matter::LIST,
    ],
    means: &[|means| {
        let handler = imports::work::handler(means.get()?);
        means.add(handler);
        means.add(told::handler().sweeping(tallies::keep));
        Ok(())
    }],
    chapters: &[
        ("member.chapter_id", Follows),
        ("member.branch_id", Follows),
        ("member_import.chapter_id", Ends),
        ("member_span.chapter_id", Stays),
        ("member_span.branch_id", Stays),
        ("member_step.chapter_id", Follows),
        ("member_step.to_chapter_id", Follows),
        ("member_tally.chapter_id", Stays),
        ("public_card.chapter_id", Follows),
        ("public_member_count.chapter_id", Stays),
    ],
    successions: &[&going::Counted, &imports::going::Lists],
    demo: Some(demo::fill),
    ..Room::called("members")
};

fn routes(config: &mut ServiceConfig<'_>) {
    // Before the members themselves, one of which they would be taken for.
    export_routes::configure(config);
    routes::configure(config);
    step_routes::configure(config);
    tally_routes::configure(config);
    imports::routes::configure(config);
}
