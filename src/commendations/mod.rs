//! Commendations (biểu dương, khen thưởng) and models of good practice (mô hình hay).
//!
//! Hàm Liêm proposes an exemplary volunteer as *Người tốt, việc thiện* of the province. Its own chair approves, then somebody who decides
//! at the province, within the number that the province awards this year; whoever comes when that number is reached is told so, however
//! many come at once. Her name stands in public when she has agreed to it, and goes when she does not any more. The first-aid corner of
//! a school is written down as a model, published, and found by others with its words.
//!
//! What always holds (the database keeps it too):
//! - who proposes does not decide, and where another level awards, a third person decides there;
//! - a chapter never awards more of a form in a year than its quota, where one is set;
//! - nobody gets one form twice for one year;
//! - a name is public only while its bearer agrees and is of age; a collective is called by its name;
//! - why somebody is proposed is sealed, seen by the chapter's people-keepers and by who decides while it waits, and goes with them;
//! - a model names nobody, is a draft until it is published, and is taken back as a whole.
//!
//! States: PROPOSED → AWARDED, REFUSED or WITHDRAWN. A model: DRAFT → PUBLISHED → WITHDRAWN.

pub mod answers;
pub mod audit;
mod demo;
pub mod fault;
pub mod matter;
pub mod model;
pub mod model_routes;
pub mod models;
mod naming;
pub mod out;
pub mod papers;
pub mod persons;
mod propose;
mod quotas;
mod request;
mod retention;
pub mod routes;
pub mod shown;
pub mod store;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "commendation",
        "commendation_citation",
        "commendation_form",
        "commendation_quota",
        "commendation_request",
        "commendation_shown",
        "practice_model",
    ],
    tags: &[("commendations", "Commendations, how many of them there are, and models of good practice")],
    routes: routes::configure,
    audits: &[&audit::Commendations],
    persons: &[&persons::Commended],
    matters: &[matter::MATTER],
    papers: &[&papers::OF_COMMENDATIONS],
    chapters: &[
        ("commendation.chapter_id", Follows),
        ("commendation.awarded_at_id", Follows),
        ("commendation_quota.chapter_id", Ends),
        ("practice_model.chapter_id", Follows),
    ],
    demo: Some(demo::fill),
    ..Room::called("commendations")
};
