//! The rooms of the house, in the order of the arrows: who serves or audits asks all of them ([`crate::house`]).

use crate::decisions::Matters;
use crate::house::Room;
use crate::house::audit::Audits;
use crate::{
    authz, bookkeeping, changes, chapters, decisions, documents, giving, identity, jobs, ledger, links, log, outbox, parties,
    privacy, publications, stock, tree, vouchers,
};

/// From the floor upwards. A new room has its line here.
pub const ROOMS: &[&Room] = &[
    &tree::ROOM,
    &authz::ROOM,
    &identity::ROOM,
    &chapters::ROOM,
    &log::ROOM,
    &ledger::ROOM,
    &changes::ROOM,
    &jobs::ROOM,
    &outbox::ROOM,
    &links::ROOM,
    &decisions::ROOM,
    &vouchers::ROOM,
    &documents::ROOM,
    &bookkeeping::ROOM,
    &parties::ROOM,
    &stock::ROOM,
    &giving::ROOM,
    &publications::ROOM,
    &privacy::ROOM,
];

/// What takes a second person, for the inbox.
pub const MATTERS: Matters = Matters(&[
    giving::reversal::MATTER,
    giving::asked::MATTER,
    bookkeeping::opening::MATTER,
    bookkeeping::reversal::MATTER,
    privacy::matter::ERASURE,
    privacy::matter::CORRECTION,
    privacy::matter::CONSENT_WITHDRAWAL,
    privacy::matter::RESTRICTION,
    privacy::matter::RESTRICTION_LIFTING,
    privacy::matter::OBJECTION,
]);

/// Everything that looks whether records are right.
pub fn audits() -> Vec<&'static dyn Audits> {
    ROOMS.iter().flat_map(|room| room.audits).copied().collect()
}
