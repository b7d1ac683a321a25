//! What a person may ask about their own data (Law 91/2025/QH15, Decree 356/2025/NĐ-CP): erasure, correction, withdrawal of
//! consent, restriction, objection, protection, access.
//!
//! An officer who records at a chapter that holds a gift of the person writes the request down; the clocks start
//! ([`crate::calendar`]). States: REQUESTED → ANSWERED → EXECUTING → DONE, or REFUSED with a reason. EXECUTING is passed through
//! in one transaction unless the person has many gifts.
//!
//! What always holds:
//! - A request changes what the chapters hold in which its writer records. What others hold of the same person is a request
//!   of its own one level up ([`rest`]), seen and decided there alone: no answer tells where else somebody gave.
//! - What shows less is done at once; what erases, shows more, says something else or lifts a restriction takes a second
//!   person with APPROVE at every chapter covered ([`matter`]). The nearest such place stands in the request.
//! - Every store that can hold something of a person answers to every request ([`crate::house::persons`]); what the law has kept
//!   is named in the answer.
//! - Amounts stay: accounting law is the lawful ground. The log stays: leaves hold no personal data, their openings go.
//! - Every gift is changed whole, in one transaction, with the leaf that says so. A party with thousands of gifts is
//!   done piece by piece ([`execute`]), and any server goes on where another one stopped ([`eraser`]).
//! - Who is needed no more at a chapter is proposed, once a day ([`proposals`]); nobody is erased by a program. How many people are held is
//!   counted once a day, beside the limits of the law ([`held`]).
//! - An officer sees of a person only what stands in gifts of chapters they may read; every such reading is noted.

pub mod access;
mod amend;
mod answers;
mod books;
pub mod daily;
pub mod deadline_changes;
pub mod decide;
mod erase;
pub mod eraser;
pub mod execute;
pub mod fault;
pub mod held;
pub mod matter;
pub mod model;
mod order;
pub mod parting;
pub mod person_copy;
pub mod persons;
mod proposals;
pub mod reading;
pub mod register;
pub mod requests;
mod rest;
mod retention;
pub mod retention_routes;
pub mod routes;
pub mod store;
pub mod wire;
mod writing;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::Follows;
use crate::house::thread::Thread;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "deadline_change",
        "deadline_rule",
        "personal_data_request",
        "personal_data_request_chapter",
        "personal_data_request_kept",
        "persons_held",
        "persons_limit",
        "retention_proposal",
    ],
    routes,
    audits: &[&persons::Erased],
    persons: &[&persons::Requests],
    matters: &[
        matter::ERASURE,
        matter::CORRECTION,
        matter::CONSENT_WITHDRAWAL,
        matter::RESTRICTION,
        matter::RESTRICTION_LIFTING,
        matter::OBJECTION,
        matter::ACCESS,
        matter::PROTECTION,
    ],
    means: &[|means| {
        let handler = daily::handler(means.get()?);
        means.add(handler);
        Ok(())
    }],
    threads: &[Thread { declared: &eraser::WORKER, start: eraser::start }],
    chapters: &[
        ("personal_data_request.approver_chapter_id", Follows),
        ("personal_data_request.kept_at_chapter_id", Follows),
        ("personal_data_request_chapter.chapter_id", Follows),
        ("retention_proposal.chapter_id", Follows),
    ],
    ..Room::called("privacy")
};

fn routes(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    retention_routes::configure(config);
}
