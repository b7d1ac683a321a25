//! Webhooks: programs outside are told that something at a chapter has changed, without asking again and again.
//!
//! A subscriber is an https address that an administrator registered for a chapter. What always holds:
//!
//! * **It is told what `GET /changes` would say** to whoever may read the chapter: kinds and ids, never a person, never an amount. What
//!   they stand for it reads with rights of its own.
//! * **In order, each at least once.** One delivery at a time; it goes on from the place it has reached in the feed. What is sent twice has
//!   the same `webhook-id`. Deliveries are signed as standardwebhooks.com has it; after the secret was changed, with both for a day.
//! * **Nothing is sent into our own network** ([`target`]): names are looked up and their addresses judged when the connection is made.
//!   Redirects are not followed, answers are not read, and nobody is waited for long.
//! * **Nothing fails in silence.** The job of a subscriber that fails for about thirty hours is dead and stands in the administrators' list
//!   of jobs; the subscriber is paused until somebody resumes it, and then gets what it missed.
//!
//! ```text
//! registered → ACTIVE ⇄ PAUSED (its job is dead) → ENDED
//! ```

mod deliver;
mod going;
mod manage;
mod model;
mod post;
pub mod routes;
mod store;
pub mod target;
mod wire;

use std::sync::Arc;

use crate::house::Room;
use crate::house::succession::Succession::Ends;
use crate::outbox::Ways;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["delivery", "subscriber"],
    tags: &[("webhooks", "Programs outside that are told what has changed")],
    routes: routes::configure,
    means: &[|means| {
        let ways = means.get::<Arc<Ways>>()?;
        for handler in handlers(&means.get()?, ways.webhooks_to_private) {
            means.add(handler);
        }
        Ok(())
    }],
    chapters: &[("subscriber.chapter_id", Ends)],
    successions: &[&going::Subscribers],
    ..Room::called("webhooks")
};

use deliver::handlers;
