//! Who may do what where (DESIGN 4).
//!
//! Three people explain it. *Hạnh* is OFFICER at Hàm Liêm: she may RECORD there and nowhere else. *Tâm* is CHAPTER_CHAIR
//! there: he may APPROVE what Hạnh recorded, but nothing he recorded or asked for himself — compared by person, so a
//! second account does not help. *Bình* is CHAPTER_CHAIR of Lâm Đồng: APPROVE reaches down, so he stands in where a
//! commune has no second person; RECORD does not, so he cannot write in a commune's books.
//!
//! A request carries an [`Actor`]: a subject and a session, taken from a signed token, nothing else. It is received at a
//! [`Desk`], which opens a transaction and lets the actor in as a [`Visit`]; what they may do is asked of the visit, read
//! from the database *in the transaction that acts*, and comes back as [`Granted`] for writing and [`Seen`] for reading,
//! which only this room can make. Store functions demand one and take the chapter from it, so a forgotten check does not
//! compile. Rights over others' money and accounts (APPROVE, APPOINT) also take a session with a second factor.
//! Where a chapter went up in another one, rights are held on the line of today ([`crate::tree`]): who may do something at the
//! successor may do it at the old chapter, and who could before may only look.
//! `policy` is the whole table of rights; the matrix test prints it as a reviewable file.

mod actor;
mod approvers;
mod audit;
mod decide;
mod desk;
mod idempotency;
mod parameters;
mod policy;
mod table;
pub mod token;
mod visit;

use crate::house::Room;
use crate::house::succession::Succession::Stays;

/// What the house wants to know of this room.
pub const ROOM: Room =
    Room { tables: &["audit_event", "idempotency_key"], chapters: &[("audit_event.chapter_id", Stays)], ..Room::called("authz") };

pub use actor::{Actor, Cast};
pub use approvers::{approving_roles, line_of_approvers, nearest_approver};
pub use audit::{
    AuditEvent, AuditRow, PERSONS_SEARCHED, audit, audit_detailed, events_of_account, events_of_chapter, searches_since,
};
pub use decide::{
    Ask, Denied, Refusal, approved_before, authenticate, authenticate_to_change_password, decide, holds_still, is_held,
};
pub use desk::Desk;
pub use idempotency::Attempt;
pub use parameters::refuse_unasked;
pub use policy::{
    Appoint, Approve, GIVES, Granted, HandOver, Inspect, KeepBlood, KeepFamilyLinks, KeepOrgan, KeepPeople, LEVELS, Organise,
    POLICY, Reach, Read, Record, Right, RightName, Role, RunActivities, RunAppeal, SECOND_FACTOR, SeeBlood, SeeFamilyLinks,
    SeeOrgan, SeePeople, Seen, suffices,
};
pub use visit::Visit;
