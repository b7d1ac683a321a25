//! Log-in accounts, passwords, sessions and role assignments.
//!
//! A log-in proves a user name (or phone number) and a password; it yields a short-lived access token and a refresh
//! token that stands for the session. Invariants:
//! - a password is stored as an argon2id hash only, and is checked outside any transaction;
//! - a name that does not exist costs the same time and meets the same delays as one that does;
//! - a session opens only for an account that is still what it was when its password was verified ([`proof`]);
//! - the account and the session are read again by every request's transaction, so disabling an account or ending a
//!   session works at once, not when a token runs out;
//! - names and phone numbers of officers are sealed; the user name is the only readable one;
//! - refresh tokens change with every use; a stale one ends the session ([`refresh`]);
//! - a code of the second factor, and a recovery code, is good once ([`second_factor`]);
//! - wrong passwords and codes cost time, counted in the database; a known device has a count of passwords of its own
//!   ([`delays`]); attempts of one name from one place come one after the other;
//! - another password or second factor ends the other sessions and forgets their devices;
//! - secrets and user names made here pass through a Vietnamese typing program unharmed (`basics::typing`);
//! - a one-time password opens a session that can change it and do nothing else;
//! - nobody gives a role they could not give (`authz::GIVES`), gives one to themself, or manages an account that holds
//!   roles outside their reach; the country keeps an administrator;
//! - every change of an account or a role stands in the audit trail, written in the same transaction.

pub mod account_routes;
mod account_wire;
pub mod accounts;
mod answers;
pub mod appointing;
pub mod appointment_routes;
pub mod appointments;
pub mod audit;
pub mod audit_routes;
pub mod delays;
pub mod device;
mod entry;
pub mod handing_over;
pub mod in_post;
mod keyboard;
pub mod log_in;
pub mod manage;
pub mod model;
pub mod officer_codes;
pub mod one_time;
pub mod password;
pub mod password_change;
pub mod password_rules;
pub mod persons;
pub mod proof;
pub mod refresh;
pub mod routes;
pub mod second_factor;
pub mod second_factor_routes;
pub mod second_factor_store;
pub mod session_routes;
pub mod sessions;
pub mod steps;
pub mod store;
mod turns;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "account",
        "known_device",
        "login_delay",
        "officer",
        "officer_code",
        "recovery_code",
        "role_assignment",
        "role_assignment_acts_for",
        "second_factor",
        "session",
    ],
    routes: asked,
    audits: &[&audit::Sealed],
    persons: &[&persons::Officers],
    chapters: &[
        ("account.chapter_id", Follows),
        ("role_assignment.chapter_id", Ends),
        ("role_assignment_acts_for.chapter_id", Ends),
    ],
    successions: &[&handing_over::Roles],
    ..Room::called("identity")
};

fn asked(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    password_change::configure(config);
    account_routes::configure(config);
    appointment_routes::configure(config);
}
