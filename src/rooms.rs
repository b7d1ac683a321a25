//! The rooms of the house, in the order of the arrows: who serves, audits or erases asks all of them ([`crate::house`]).

use crate::house::Rooms;
use crate::{
    activities, authz, bookkeeping, books, campaigns, changes, chapters, commendations, committees, corrections, decisions,
    documents, dues, giving, identity, jobs, ledger, links, log, members, outbox, parties, password_links, periods, persons,
    privacy, publications, search, settlements, spending, statements, stock, successions, transfers, tree, vouchers, webhooks,
};

/// From the floor upwards. A new room has its line here.
pub const ROOMS: Rooms = Rooms(&[
    &tree::ROOM,
    &authz::ROOM,
    &changes::ROOM,
    &identity::ROOM,
    &chapters::ROOM,
    &log::ROOM,
    &ledger::ROOM,
    &jobs::ROOM,
    &outbox::ROOM,
    &links::ROOM,
    &password_links::ROOM,
    &webhooks::ROOM,
    &decisions::ROOM,
    &vouchers::ROOM,
    &documents::ROOM,
    &stock::ROOM,
    &bookkeeping::ROOM,
    &statements::ROOM,
    &parties::ROOM,
    &persons::ROOM,
    &members::ROOM,
    &committees::ROOM,
    &giving::ROOM,
    &spending::ROOM,
    &transfers::ROOM,
    &dues::ROOM,
    &corrections::ROOM,
    &books::ROOM,
    &periods::ROOM,
    &publications::ROOM,
    &campaigns::ROOM,
    &activities::ROOM,
    &commendations::ROOM,
    &settlements::ROOM,
    &privacy::ROOM,
    &successions::ROOM,
    &search::ROOM,
]);
