//! What a person may ask about their own data (Law 91/2025/QH15, Decree 356/2025/NĐ-CP): erasure, correction, withdrawal of
//! consent, restriction, objection, protection, access.
//!
//! An officer who records at a chapter that holds a gift of the person writes the request down; the clocks start
//! ([`crate::calendar`]). States: REQUESTED → ANSWERED → EXECUTING → DONE, or REFUSED with a reason. EXECUTING is passed through
//! in one transaction unless the person has many gifts.
//!
//! What always holds:
//! - What shows less is done at once; what erases, shows more or says something else takes a second person with APPROVE
//!   at every chapter concerned. The nearest such place stands in the request.
//! - Amounts stay: accounting law is the lawful ground. The log stays: leaves hold no personal data, their openings go.
//! - Every gift is changed whole, in one transaction, with the leaf that says so. A party with thousands of gifts is
//!   done piece by piece ([`execute`]), and any server goes on where another one stopped ([`eraser`]).
//! - An officer sees of a person only what stands in gifts of chapters they may read; every such reading is noted.

pub mod access;
pub mod deadline_changes;
pub mod eraser;
pub mod execute;
pub mod model;
pub mod parting;
pub mod reading;
pub mod requests;
pub mod routes;
pub mod store;
