//! Teams of chapters: shock teams (đội xung kích), response teams (đội ứng phó), clubs (câu lạc bộ).
//!
//! Hàm Liêm founds a response team of fifteen. Its officers enter who is in it and who leads it, what boats and ropes it has and when they
//! were last looked at, and what it exercised with whom. Before the rains they look how ready it is: who can be reached, who is trained
//! today, who is insured today. READ sees the teams and how many; who is in them is shown to those who see the chapter's people.
//!
//! What always holds (the database keeps it too):
//! - on any day a team has at most one leader, and nobody is in it twice;
//! - who leads a team is in it: with somebody's time in the team ends their time at its head;
//! - nobody is in a team that there is not: with it ends everybody's time in it;
//! - times only end, once, and are never changed or deleted; who is erased leaves a row that names nobody;
//! - a leader who is no volunteer any more leads nothing: the team is shown, and listed, as without one.

mod answers;
mod audit;
mod demo;
mod equipment;
mod exercises;
pub mod fault;
mod keep;
pub mod model;
mod out;
mod people;
pub mod persons;
mod request;
pub mod routes;
mod shown;
mod store;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

pub use shown::{Callable, of_call};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["team", "team_exercise", "team_exercise_member", "team_item", "team_lead", "team_member", "team_request"],
    tags: &[("teams", "Teams and clubs of chapters: who is in them, who leads them, what they have, how ready they are")],
    routes: routes::configure,
    audits: &[&audit::Teams],
    persons: &[&persons::InTeams],
    chapters: &[("team.chapter_id", Follows)],
    demo: Some(demo::fill),
    ..Room::called("teams")
};
