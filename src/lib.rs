//! Sổ Nhân Ái — the ledger of compassion: operations backend and public ledger of the Vietnam Red Cross.
//!
//! The house has floors, each a crate whose root stands in this folder, from the ground upwards:
//!
//! Floors: `frame → booking → people → blood → money → society`
//!
//! On what every room stands on (`frame`) come the books and people, then blood and money, above them what knows both; here is
//! what shows, serves and checks all of it. A floor passes on what is below it, so `crate::ledger` is the ledger everywhere. Each
//! root draws the map of its rooms: rooms to the left know nothing of rooms to the right, nor of a floor above.
//!
//! `disclosure → operations → portal → contract → rooms → upkeep → app → cli`
//!
//! A room of a feature has the same corners everywhere: `mod.rs` says what it is and what always holds, `model.rs` has
//! its pure rules, `store.rs` its SQL, `routes.rs` its wire types and thin handlers. `docs/architecture.md` walks
//! through one gift from the phone to the public page.

pub use blood::*;
pub use society::*;

pub mod app;
pub mod cli;
pub mod contract;
pub mod disclosure;
pub mod operations;
pub mod portal;
pub mod rooms;
pub mod upkeep;
