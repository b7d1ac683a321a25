//! The floor of the house: everything that a room of a feature stands on, and nothing of a feature.
//!
//! `basics, db, calendar, http, vault, house, config → tree → authz → changes → identity, chapters → log → jobs →
//! outbox, links → password_links, webhooks → decisions → documents → parties`

pub mod authz;
pub mod basics;
pub mod calendar;
pub mod changes;
pub mod chapters;
pub mod config;
pub mod db;
pub mod decisions;
pub mod documents;
pub mod house;
pub mod http;
pub mod identity;
pub mod jobs;
pub mod links;
pub mod log;
pub mod outbox;
pub mod parties;
pub mod password_links;
pub mod tree;
pub mod vault;
pub mod webhooks;
