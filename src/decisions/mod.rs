//! What takes a second person, once for every room: asked, then approved, refused or withdrawn, and carried out.
//!
//! *Hạnh* asks for something at Hàm Liêm. *Tâm*, who may APPROVE there and is somebody else, decides; where nobody else may, the
//! nearest chapter above with such a person does, and the request says which. What is decided (a reversal, an opening balance, a
//! payment) is the business of the room that has it: it keeps the content in a table of its own and is a [`Matter`] here, which
//! says what follows. Dated rules may ask for several steps, by amount and by chapter; a matter between two chapters is confirmed
//! by both. Then every step is another person's.
//!
//! State: ASKED → APPROVED, REFUSED or WITHDRAWN. What always holds (the database keeps it too): it is decided once; who asked,
//! who recorded what is asked about and who approved an earlier step do not decide, compared as persons; what was asked rightly
//! stands, whatever becomes of the rights of who asked, while who decides needs their right in the transaction that decides. A
//! request sent again is the same request, also after its note was erased with a person it named.
//!
//! [`inbox`] lists what waits at a chapter, over all matters.

pub mod ask;
pub mod audit;
mod chain;
pub mod decide;
pub mod inbox;
pub mod matter;
pub mod model;
pub mod persons;
pub mod routes;
mod rules;
mod store;
mod waiting;
mod words;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows};

pub use crate::house::matter::{Actions, Matter as Kind};
pub use ask::{Asked, Content, New, Plan, ask, ask_first, enter, enter_above, enter_late, plan, plan_at};
pub use decide::{decide, everywhere};
pub use inbox::{approvers, decides_at, note_of};
pub use matter::{Approval, Matter};
pub use model::{OfRequest, State, Verdict};
pub use store::reversals_waiting;
pub use store::{is_approved, lapse, open_at};
pub use words::{Halt, already_waits, books_closed, not_covered};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["decision", "decision_rule", "decision_step"],
    tags: &[("decisions", "What waits for a second person, over all matters")],
    routes: routes::configure,
    audits: &[&audit::Decisions],
    persons: &[&persons::Notes],
    chapters: &[
        ("decision.chapter_id", Follows),
        ("decision.approver_chapter_id", Follows),
        ("decision_rule.chapter_id", Ends),
        ("decision_step.of_chapter_id", Follows),
        ("decision_step.chapter_id", Follows),
        ("decision_step.approver_chapter_id", Follows),
    ],
    ..Room::called("decisions")
};
