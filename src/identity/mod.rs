//! Log-in accounts, passwords and sessions.
//!
//! A log-in proves a user name (or phone number) and a password; it yields a short-lived access token and a refresh
//! token that stands for the session. Invariants:
//! - a password is stored as an argon2id hash only, and is checked outside any transaction;
//! - a name that does not exist costs the same time and meets the same delays as one that does;
//! - the account and the session are read again by every request's transaction, so disabling an account or ending a
//!   session works at once, not when a token runs out;
//! - names and phone numbers of officers are sealed; the user name is the only readable one;
//! - refresh tokens change with every use; a stale one ends the session ([`refresh`]);
//! - a code of the second factor, and a recovery code, is good once ([`second_factor`]);
//! - wrong passwords and codes cost time, counted in the database; a known device has a count of its own ([`delays`]).

pub mod audit;
pub mod audit_routes;
pub mod delays;
pub mod device;
pub mod log_in;
pub mod model;
pub mod password;
pub mod refresh;
pub mod routes;
pub mod second_factor;
pub mod second_factor_routes;
pub mod second_factor_store;
pub mod session_routes;
pub mod sessions;
pub mod store;
