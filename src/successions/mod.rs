//! Chapters merged, split, moved and dissolved, each by one plan with its decision paper.
//!
//! *Lâm Đồng* merges Hàm Chính into Hàm Liêm from 1 January. Thu, its administrator, asks with the number and the paper of the decision;
//! the dry run ([`survey`]) shows every row that goes over and what stands in the way. Hàm Liêm's approver takes it over, then
//! Lâm Đồng's approves: three persons. On the day, or at once if the day has come, it is carried out in one transaction ([`carry`]).
//!
//! Where a new commune comes out of old ones, the plan makes its chapter as well ([`founding`]); nobody holds a role there yet, so the
//! chapter above decides for it.
//!
//! ```text
//! ASKED → APPROVED → DONE        ASKED → REFUSED, WITHDRAWN
//! ```
//!
//! What always holds:
//!
//! * **No id of a chapter is written anew, and no chapter moves in the tree.** Its entries, leaves, sums and pages stay. What goes on is
//!   found by way of `chapter_successor`: rights at the successor are rights at the old chapter ([`crate::tree`], [`crate::authz`]), so
//!   whoever holds them decides what waited there, runs its appeals and reads its papers; lists of what waits or is due at a
//!   chapter have those of what it succeeded.
//! * **Nothing is left at a chapter that was succeeded.** Its books go over *by book*: for each fund and successor a linked pair of
//!   TRANSFER_OUT and TRANSFER_IN carries every account of *left* as it stands. What is booked there later passes on
//!   ([`crate::ledger::passing`]); anything else is refused.
//! * **All or nothing, once.** The chapters are held, so that bookings which have begun end first and later ones find the books closed.
//! * A room says itself what ends with a chapter (`successions` of its `ROOM`).

mod answers;
mod ask;
pub mod audit;
pub mod carry;
pub mod fault;
mod founding;
mod listed;
pub mod model;
pub mod papers;
pub mod routes;
mod store;
mod survey;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["succession", "succession_chapter", "succession_entry"],
    tags: &[("successions", "Chapters merged, split, moved and dissolved by one plan")],
    routes: routes::configure,
    audits: &[&audit::Successions],
    matters: &[ask::MATTER],
    papers: &[&papers::OF_SUCCESSIONS],
    means: &[|means| {
        let handler = carry::handler(means.get()?, means.get()?);
        means.add(handler);
        Ok(())
    }],
    chapters: &[("succession.above_chapter_id", Follows), ("succession_chapter.chapter_id", Stays)],
    ..Room::called("successions")
};
