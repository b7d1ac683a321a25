//! Honours for giving blood (tôn vinh người hiến máu): who has given so often that a rule provides for it, who proposes them, who decides.
//!
//! Two donors of Hàm Liêm reach twenty donations. The officer proposes everybody who has by today, on one list; a second person of the
//! commune approves, then somebody at the province, which hands it on. The letters are given out in June, and the names of those who agreed
//! stand in public. When the blood centre corrects one of the twenty, that honour is withdrawn by itself, and the name goes.
//!
//! States of a list: PROPOSED → AWARDED, REFUSED or WITHDRAWN. Of one honour on it the same, and AWARDED → WITHDRAWN.
//!
//! What always holds (the database keeps it too):
//! - a threshold is data with its decision, its days and its mark; a province's own rule counts in that province alone;
//! - what the centre's list or a certificate shows is counted, never somebody's word;
//! - a threshold that is reached is proposed once, however often and by how many it is proposed;
//! - who proposes does not decide, and where another level awards, a third person decides there;
//! - a name is public only while its bearer agrees, is of age and the honour stands;
//! - who is erased stays counted without a name.

mod answers;
mod audit;
mod exports;
mod families;
pub mod family_routes;
mod family_wire;
pub mod fault;
mod later;
mod matter;
pub mod model;
mod naming;
mod out;
pub mod persons;
mod propose;
mod recount;
mod request;
pub mod routes;
mod show;
pub mod shown;
mod store;
mod thresholds;
pub mod wire;

pub use recount::of as recount_of;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "blood_family",
        "blood_family_member",
        "blood_honour",
        "blood_honour_list",
        "blood_honour_request",
        "blood_honour_shown",
        "blood_honour_threshold",
    ],
    tags: &[("blood-honours", "Honours for giving blood: thresholds, lists proposed and decided, families")],
    routes: configure,
    audits: &[&audit::BloodHonours],
    persons: &[&persons::Honoured],
    matters: &[matter::MATTER],
    means: &[|means| {
        means.add(later::recount());
        Ok(())
    }],
    chapters: &[
        ("blood_family.chapter_id", Follows),
        ("blood_honour.chapter_id", Follows),
        ("blood_honour_list.chapter_id", Follows),
        ("blood_honour_list.awarded_at_id", Follows),
        ("blood_honour_threshold.chapter_id", Ends),
    ],
    ..Room::called("blood_honours")
};

fn configure(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    family_routes::configure(config);
}
