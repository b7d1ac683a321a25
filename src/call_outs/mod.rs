//! Call-outs (huy động): volunteers are asked to come, in waves until enough say yes; what they answer, that they came, and what follows.
//!
//! The river rises. An officer of Hàm Liêm calls for fourteen people with a boat, tonight; twenty are chosen and asked, each by a link of
//! their own, or by telephone from the same list. They say when they arrive, without logging in; whoever changes their mind says so until
//! the call-out ends. When fourteen come, the others are told that they are not needed any more. At the place an officer's telephone scans
//! who came and left; when the call-out is closed, the hours are entered once, and a note is written. The province does the same over its
//! communes, and sees of those who are chosen so a first name, the chapter and how to reach them, as long as the call-out goes on.
//!
//! State: OPEN (people are asked and answer) → ENDED (nobody answers any more) → CLOSED (hours are entered, the note is written).
//!
//! What always holds (the database keeps it too):
//! - Nobody is asked twice in one call-out, however many chapters know them, nor more often a month than the rule of the day allows, nor
//!   ever again after they said so, until they agree anew themselves.
//! - Opening a link changes nothing, and it tells a first name and no more; after the end it tells not even that.
//! - An answer after the end, or under a link that was taken back, is none. Every answer before it is kept, in its order.
//! - At night nobody is asked but for a reason that is written down.
//! - A call-out for a drive or a campaign names it, and asks nobody once that was called off or is over.
//! - Those who are chosen are named, never those who could be: nobody reads a register by calling.

mod answers;
mod ask;
mod attend;
mod audit;
mod choice;
mod close;
mod demo;
mod due;
pub mod fault;
mod heard;
mod heard_wire;
mod later;
pub mod link;
mod list;
mod make;
pub mod model;
mod occasion;
mod out;
pub mod page;
pub mod persons;
mod request;
pub mod roll;
pub mod routes;
mod shown;
mod stop_routes;
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
        "call_out",
        "call_out_answer",
        "call_out_asked",
        "call_out_request",
        "call_out_rule",
        "call_out_scan",
        "call_out_shift",
        "call_out_stop",
        "call_out_wave",
    ],
    tags: &[("call-outs", "Calling volunteers out: waves, answers by link or telephone, attendance, hours")],
    routes: configure,
    audits: &[&audit::CallOuts],
    persons: &[&persons::CalledOut],
    means: &[|means| {
        let next_wave = later::next_wave(means.get()?, means.get()?, means.get()?, means.get()?);
        means.add(next_wave);
        let no_longer_needed = later::no_longer_needed(means.get()?, means.get()?);
        means.add(no_longer_needed);
        Ok(())
    }],
    chapters: &[("call_out.chapter_id", Follows), ("call_out_asked.chapter_id", Stays)],
    demo: Some(demo::fill),
    ..Room::called("call_outs")
};

fn configure(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    stop_routes::configure(config);
}
