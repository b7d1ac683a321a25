//! Sổ Nhân Ái — the ledger of compassion: operations backend and public ledger of the Vietnam Red Cross.
//!
//! The map of the house. Rooms to the left know nothing of rooms to the right:
//!
//! `basics, db, calendar, http, vault, house, config → tree → authz → changes → identity, chapters → log → ledger → jobs →
//! outbox, links → password_links, webhooks → decisions → vouchers, documents → stock → bookkeeping → statements →
//! parties → persons → members → committees → volunteers → courses → teams → calling → call_outs → blood_rules →
//! blood_targets → drives → pre_check → donors → blood_days → blood_results → blood_honours → urgent_calls → giving →
//! spending → transfers → dues → corrections → books → periods → publications → campaigns → activities → commendations →
//! settlements → family_links → organs → privacy → successions → search → disclosure → operations → portal → contract →
//! rooms → upkeep → app → cli`
//!
//! A room of a feature has the same corners everywhere: `mod.rs` says what it is and what always holds, `model.rs` has
//! its pure rules, `store.rs` its SQL, `routes.rs` its wire types and thin handlers. `docs/architecture.md` walks
//! through one gift from the phone to the public page.

pub use frame::*;
pub use booking::*;
pub use people::*;
pub use blood::*;
pub use money::*;
pub use society::*;

pub mod app;
pub mod cli;
pub mod contract;
pub mod disclosure;
pub mod operations;
pub mod portal;
pub mod rooms;
pub mod upkeep;
