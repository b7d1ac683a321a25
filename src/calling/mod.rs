//! Asking people to come, for every room that does: volunteers (`call_outs`), donors of blood (`urgent_calls`). A room has its own tables,
//! rights and words; what is the same for all of them stands here.
//!
//! What always holds, whoever calls:
//! - Opening a link (`links::signed`) changes nothing; an answer after the end is none, and every answer before it is kept ([`answering`]).
//! - At night nobody is asked but for a reason that is written down ([`wave`]).
//! - Nobody is asked twice in one call, nor again after they said so, nor more often a month than the rule of the day allows, however many
//!   call at one moment: whoever is asked is held by their party until that is written ([`choice`]).
//! - When enough come, the rest is told once ([`enough`]).

pub mod answering;
pub mod choice;
pub mod enough;
pub mod model;
pub mod page;
pub mod roll;
pub mod store;
pub mod wave;
pub mod words;

use crate::house::Room;
use crate::house::thread::Thread;

/// What the house wants to know of this room. It has no tables: those who were asked stand in the tables of the room that called them.
pub const ROOM: Room =
    Room { threads: &[Thread { declared: &answering::WORKER, start: answering::begin }], ..Room::called("calling") };
