//! Money out of a chapter: payments, advances, purchases, refunds; other income; moves of cash and between funds.
//!
//! Each is a *money order*: somebody who records asks, with a paper where one is due; others approve, as many and where the
//! dated chains of [`crate::decisions`] say; the last approval books, and cash gets its numbered voucher in the same
//! transaction. A kind says only what is different about it ([`kind::Orders`]); the rest is [`order`].
//!
//! State: REQUESTED → APPROVED → REVERSED, or REQUESTED → REFUSED, or WITHDRAWN. What always holds (the database keeps it
//! too): what was asked never changes; it is decided once, and as its decision says; an approved order has its entry; a gift
//! is refunded once at most, whole or in parts, and not reversed while a refund of it stands. Own costs are not paid from
//! what was given, except with the givers' recorded consent ([`categories`]).

mod advance_audit;
pub mod advance_routes;
pub mod advance_store;
pub mod advances;
mod answers;
pub mod audit;
pub mod cash_moves;
pub mod categories;
pub mod clearings;
mod debts;
mod demo;
pub mod fault;
pub mod feed;
mod going;
pub mod incomes;
pub mod kind;
pub mod model;
pub mod move_routes;
mod open_advances;
pub mod order;
pub mod other_routes;
pub mod overdue;
pub mod own_costs;
pub mod papers;
pub mod payments;
pub mod persons;
pub mod purchase_routes;
pub mod purchase_store;
pub mod purchases;
pub mod refunds;
pub mod registry;
pub mod releases;
mod replacing;
pub mod routes;
pub mod store;
pub mod undo;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "advance",
        "advance_clearing_line",
        "advance_rule",
        "fund_release_rule",
        "money_category",
        "money_order",
        "money_paper_rule",
        "own_cost",
        "purchase",
        "purchase_line",
    ],
    tags: &[("spending", "Money out of a chapter, and income that is no gift")],
    routes: asked,
    audits: &[&audit::MoneyOrders, &advance_audit::Advances],
    persons: &[&persons::Payees],
    matters: &[
        payments::MATTER,
        incomes::MATTER,
        refunds::MATTER,
        advances::MATTER,
        clearings::MATTER,
        cash_moves::DEPOSIT,
        cash_moves::WITHDRAWAL,
        cash_moves::COUNT,
        releases::MATTER,
        purchases::MATTER,
    ],
    papers: &[&papers::OF_ORDERS],
    feeds: &[
        &feed::PAYMENTS,
        &feed::INCOMES,
        &feed::REFUNDS,
        &feed::ADVANCES,
        &feed::ADVANCE_CLEARINGS,
        &feed::CASH_MOVES,
        &feed::FUND_RELEASES,
        &feed::PURCHASES,
    ],
    undoes: &[&undo::MoneyOrders],
    chapters: &[("advance.chapter_id", Follows), ("money_order.chapter_id", Follows)],
    successions: &[&going::Purchases],
    demo: Some(demo::fill),
    ..Room::called("spending")
};

fn asked(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    other_routes::configure(config);
    advance_routes::configure(config);
    move_routes::configure(config);
    purchase_routes::configure(config);
}
