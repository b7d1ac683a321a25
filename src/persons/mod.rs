//! Persons as a chapter knows them, whatever they are there: members, volunteers, holders of posts.
//!
//! A person is a party (`crate::parties`) of which a chapter wrote something down: the name as the person gave it, a number that is
//! confirmed or not, a birth date or a year alone, sex, commune. No more is asked, and only the name is required. The chapter's
//! officers see and keep them (SEE_PEOPLE, KEEP_PEOPLE); READ shows none, and what a chapter above may know are counts. Each reading of
//! one and each look for some is noted. An organisation that is a collective member (hội viên tập thể) is written down in the same way:
//! by its name and who speaks for it, without birth and sex.
//!
//! What always holds:
//! - A [`PersonId`] is the chapter's own name for a person: random, never the party's id, another one at each chapter.
//! - Probable doubles are proposed ([`doubles`]), never joined by a program. Joining takes a second person and changes neither row
//!   ([`joins`]); parting gives back what was. What hangs on a person stays with the row it was made for.
//! - Who is erased leaves an empty row, so that what was counted stays counted.
//! - What may not be used (`party_restriction`) is not shown, not found and not changed.

mod answers;
pub mod audit;
mod carry;
pub mod demo;
pub mod doubles;
mod fault;
pub mod find;
pub mod found;
pub mod holder;
mod join_routes;
mod joins;
pub mod lists;
pub mod model;
pub mod naming;
mod record;
pub mod retention;
pub mod routes;
mod row;
mod sealed;
pub mod sheet;
mod store;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

pub use carry::{carry, set_apart};
pub use fault::Fault;
pub use model::{PersonId, PersonKind, Sex};
pub use record::keep_mail;
pub use sealed::Known;
pub use store::{
    all_joined, all_of, hold, hold_either, ids_of_party, joined_among, look, names, same_people, stands_for, whole_of_party,
};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["person", "person_join"],
    tags: &[("persons", "Persons as a chapter knows them: members, volunteers, holders of posts")],
    routes,
    audits: &[&audit::Persons],
    persons: &[&holder::Persons],
    matters: &[joins::MATTER],
    chapters: &[("person.chapter_id", Follows), ("person_join.chapter_id", Follows)],
    demo: Some(demo::fill),
    ..Room::called("persons")
};

fn routes(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    join_routes::configure(config);
}
