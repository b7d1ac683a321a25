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

pub mod activities;
pub mod app;
pub mod authz;
pub mod basics;
pub mod blood_days;
pub mod blood_honours;
pub mod blood_results;
pub mod blood_rules;
pub mod blood_targets;
pub mod bookkeeping;
pub mod books;
pub mod calendar;
pub mod call_outs;
pub mod calling;
pub mod campaigns;
pub mod changes;
pub mod chapters;
pub mod cli;
pub mod commendations;
pub mod committees;
pub mod config;
pub mod contract;
pub mod corrections;
pub mod courses;
pub mod db;
pub mod decisions;
pub mod disclosure;
pub mod documents;
pub mod donors;
pub mod drives;
pub mod dues;
pub mod family_links;
pub mod giving;
pub mod house;
pub mod http;
pub mod identity;
pub mod jobs;
pub mod ledger;
pub mod links;
pub mod log;
pub mod members;
pub mod operations;
pub mod organs;
pub mod outbox;
pub mod parties;
pub mod password_links;
pub mod periods;
pub mod persons;
pub mod portal;
pub mod pre_check;
pub mod privacy;
pub mod publications;
pub mod rooms;
pub mod search;
pub mod settlements;
pub mod spending;
pub mod statements;
pub mod stock;
pub mod successions;
pub mod teams;
pub mod transfers;
pub mod tree;
pub mod upkeep;
pub mod urgent_calls;
pub mod vault;
pub mod volunteers;
pub mod vouchers;
pub mod webhooks;
