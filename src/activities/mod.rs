//! Activities (hoạt động chữ thập đỏ): what chapters do in the seven areas of the law, each thing once.
//!
//! A school's first-aid day is led by the commune and delivered by the school's chapter. It is planned, everybody finds it in the
//! calendar, and afterwards its result is written: how many people, how many times, what it was worth, by kind. The commune counts it,
//! and so does every level above, once; at the school it counts as delivered. Two weeks later somebody finds that a class was
//! counted twice: a correction says by how much and why, and whoever asks what was reported at the end of the year gets that.
//!
//! What always holds (the database keeps it too):
//! - an activity has one chapter that leads it, and counts there and above; those that deliver it count it as delivered, each level once
//!   however many of them stand below it;
//! - a plan is done or called off; what is done stays where and when it was, and its numbers change only with a correction that says by
//!   how much, or it is taken back as a whole;
//! - values are what was reported: the books know money and goods by their own entries, and nothing here is added to them;
//! - it names no person, and a picture is shown while everybody who can be recognised in it agrees; of fewer than five people the public reads neither how many they were nor how often, and no public sum has them;
//! - a chapter that delivers and has gone up in another by the day of it is its successor.

pub mod answers;
pub mod audit;
pub mod counts;
mod demo;
pub mod fault;
pub mod model;
mod names;
pub mod out;
pub mod papers;
pub mod persons;
mod photo_routes;
mod photo_rules;
mod photo_store;
mod photos;
pub mod plan;
mod request;
pub mod result;
pub mod routes;
pub mod shown;
pub mod store;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "activity",
        "activity_area",
        "activity_correction",
        "activity_delivered",
        "activity_delivery",
        "activity_photo_consent",
        "activity_request",
        "activity_sum",
    ],
    tags: &[("activities", "What chapters do, in the areas of the law")],
    routes: configure,
    audits: &[&audit::Activities],
    persons: &[&persons::Pictured],
    papers: &[&papers::OF_ACTIVITIES],
    chapters: &[
        ("activity.chapter_id", Follows),
        ("activity_delivered.scope_id", Stays),
        ("activity_delivery.chapter_id", Stays),
        ("activity_sum.scope_id", Stays),
    ],
    demo: Some(demo::fill),
    ..Room::called("activities")
};

fn configure(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    photo_routes::configure(config);
}
