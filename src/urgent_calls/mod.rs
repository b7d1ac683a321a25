//! Urgent calls for blood (gọi hiến máu khẩn cấp), and clubs of donors (ngân hàng máu sống).
//!
//! The hospital needs three units of B− within two hours. An officer of Hàm Liêm opens a call: what is wanted, for which group, where, why,
//! until when. The program finds donors whose blood fits and who may give today, of its own chapters first, then of those beside it, and
//! asks ten of them, each by a link of their own or by telephone from the same list. They say when they arrive, without logging in. When
//! three have said yes, no other wave is asked, and the rest are told that they are not needed any more.
//!
//! State: OPEN (donors are asked and answer) → ENDED (by an officer, or by itself when its time is over). A club: ACTIVE → ENDED.
//!
//! What always holds (the database keeps it too):
//! - Whose blood fits whose, and who may give again from which day, are the rules of the day (`blood_rules`); only the centre decides.
//! - Nobody is asked twice in one call, however many chapters know them, nor more often a month than the rule of the day allows, however many
//!   call at one moment, nor again after they said so, until they say another thing themselves.
//! - Opening a link changes nothing, and it tells a first name and no more; after the end it tells not even that.
//! - An answer after the end, or under a link that was taken back, is none. Every answer before it is kept, in its order.
//! - At night nobody is asked but for a reason that is written down.
//! - Those who are chosen are named, by a first name and a way to reach them, as long as the call goes on; never those who could be. Each
//!   reading is noted, and every chapter whose donors were asked reads in its own trail how many, by which call.

mod answers;
mod ask;
mod audit;
mod choice;
pub mod club_routes;
mod club_wire;
mod clubs;
mod demo;
mod due;
pub mod fault;
mod heard;
mod later;
pub mod link;
mod list;
mod make;
pub mod model;
mod out;
pub mod page;
pub mod persons;
mod request;
pub mod roll;
pub mod routes;
mod shown;
mod stops;
mod store;
pub mod wire;
mod words;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "blood_club",
        "blood_club_member",
        "urgent_call",
        "urgent_call_answer",
        "urgent_call_asked",
        "urgent_call_request",
        "urgent_call_rule",
        "urgent_call_stop",
        "urgent_call_wave",
    ],
    tags: &[("urgent-calls", "Urgent calls for blood: waves, answers by link or telephone; clubs of donors")],
    routes: configure,
    audits: &[&audit::UrgentCalls],
    persons: &[&persons::DonorsCalled],
    means: &[|means| {
        let next_wave = later::next_wave(means.get()?, means.get()?, means.get()?);
        means.add(next_wave);
        let no_longer_needed = later::no_longer_needed(means.get()?, means.get()?);
        means.add(no_longer_needed);
        means.add(later::over());
        Ok(())
    }],
    chapters: &[("blood_club.chapter_id", Follows), ("urgent_call.chapter_id", Follows), ("urgent_call_asked.chapter_id", Stays)],
    demo: Some(demo::fill),
    ..Room::called("urgent_calls")
};

fn configure(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    club_routes::configure(config);
}
