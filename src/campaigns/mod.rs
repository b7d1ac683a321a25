//! Campaigns (chiến dịch), movements (phong trào) with their editions, and programmes agreed with partners (chương trình phối hợp).
//!
//! *Before Tết* the province opens a campaign under the movement Tết Nhân ái; two appeals and a blood drive are grouped by it, and whatever
//! communes do for it names it. Its page adds up what the appeals received, from the books. With the Front the province signed a programme:
//! parties, a paper, four tasks with a day each; what came of a task is written beside it, once. The campaign may be part of the programme, and
//! with it what it groups.
//!
//! What always holds (the database keeps it too):
//! - none of them holds money: sums are those of the appeals, read where they stand, and stored nowhere here;
//! - a campaign goes from DRAFT to OPEN to CLOSED and not back; drafts are not public;
//! - it groups appeals and blood drives of its own chapter and of those below, and never a draft;
//! - a movement has one edition a year; editions that are written stay;
//! - a task is done once.

pub mod answers;
pub mod campaign_routes;
mod change;
pub mod demo;
pub mod edition_wire;
pub mod fault;
pub mod model;
pub mod movements;
mod occasions;
pub mod out;
pub mod papers;
pub mod programme_routes;
mod programmes;
mod request;
pub mod shown;
pub mod store;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "campaign",
        "campaign_appeal",
        "campaign_drive",
        "campaign_request",
        "movement",
        "movement_edition",
        "programme",
        "programme_party",
        "programme_task",
    ],
    tags: &[("campaigns", "Campaigns that group appeals and work, movements, programmes agreed with partners")],
    routes: campaign_routes::configure,
    occasions: &[&occasions::CalledFor],
    papers: &[&papers::OF_PROGRAMMES],
    chapters: &[("campaign.chapter_id", Follows), ("programme.chapter_id", Follows)],
    demo: Some(demo::fill),
    ..Room::called("campaigns")
};
