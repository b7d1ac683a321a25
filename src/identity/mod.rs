//! Log-in accounts, passwords and sessions.
//!
//! A log-in proves a user name (or phone number) and a password; it yields a short-lived access token and a refresh
//! token that stands for the session. Invariants:
//! - a password is stored as an argon2id hash only, and is checked outside any transaction;
//! - a name that does not exist costs the same time and meets the same delays as one that does;
//! - the account and the session are read again by every request's transaction, so disabling an account or ending a
//!   session works at once, not when a token runs out;
//! - names and phone numbers of officers are sealed; the user name is the only readable one.

pub mod model;
pub mod password;
pub mod routes;
pub mod store;
