//! Work that is done behind the requests: enqueued in the transaction that makes it necessary, done by a thread of any
//! server, tried again when it fails, shown to whoever may know how far it is.
//!
//! What always holds:
//!
//! * **A job is there exactly if what asked for it was committed.** [`enqueue`] is a row of the caller's own transaction.
//! * **One worker at a time.** A job is taken with `FOR UPDATE SKIP LOCKED` and a lease; whoever writes its progress or its
//!   end shows that the lease is still theirs ([`Work::step`]). A worker that died is out of the way when its lease is over.
//! * **A step is whole or did not happen.** What a handler does inside [`Work::step`] is one transaction with the note of how
//!   far it is; killed anywhere, the next worker goes on after the last step. What goes out of the house (mail) is sent
//!   between two steps: it may be sent twice, never not at all, and carries a name by which the receiver knows it again.
//! * **Nothing fails in silence.** After so many attempts a job is DEAD: counted in the metrics, listed for administrators,
//!   and begun again by them.
//!
//! A room that has work says so with a [`JobKind`] and a [`Handler`]; `app` gives the handlers to the workers. Nobody here
//! knows the kinds.

mod model;
pub mod routes;
mod shown;
mod store;
mod work;
pub mod worker;
pub mod yearly;

use crate::house::Room;
use crate::house::succession::Succession::Ends;
use crate::house::thread::Thread;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["job"],
    tags: &[("jobs", "Work behind the requests: how far it is, and what came to nothing")],
    routes: routes::configure,
    threads: &[
        Thread { declared: &worker::OWN, start: worker::begin_own },
        Thread { declared: &worker::OUTWARD, start: worker::begin_outward },
        Thread { declared: &worker::SUBSCRIBERS, start: worker::begin_subscribers },
    ],
    chapters: &[("job.chapter_id", Ends)],
    ..Room::called("jobs")
};

pub use model::{Failure, JobKind, Lane, Progress};
pub use shown::{JobOut, of_id};
pub use store::{Enqueued, Figures, NewJob, dead_among, enqueue, enqueue_for_house, figures, take_over, troubles};
pub use work::{Handler, Work};
