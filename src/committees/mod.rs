//! Committees of chapters (Ban Chấp hành, Ban Thường vụ, Ban Kiểm tra), their posts (chức danh), and who holds them.
//!
//! Hàm Liêm's congress elects a committee of fifteen. The level above enters it with the number and day of the decision; that day the
//! old committee ends, everybody who sat in it, and every role that a post in it carried. Hàm Liêm's officers enter who holds which
//! post; two seats stay empty and are counted as vacant up to the province. When the chair moves away, a vice-chair takes charge for the
//! time being, and the next plenary session co-opts somebody (kiện toàn), by a decision of its own.
//!
//! Who does what: a committee does not make itself, so the chapter above makes and ends it (of the centre, the centre). Who holds a
//! post is entered by those who keep the chapter's people; that gives no right. A role is given with a post by whoever gives roles
//! (`identity`), and ends with it; so a post that carries one is ended by the chapter above.
//!
//! What always holds (the database keeps it too):
//! - on any day a chapter has at most one committee of a kind, a seat at most one holder, and nobody two seats of one post;
//! - nobody holds a post longer than there is its committee, and no role outlives the post that carries it;
//! - what was decided stays as it was written: committees and holders are ended, once, never changed or deleted;
//! - a term that is over ends nothing by itself: until the next congress, or a decision, the old committee stays. It is shown as due;
//! - posts are public, and the name beside one only while its holder agrees, holds it and is of age;
//! - who is erased leaves the post's history: somebody held it.

pub mod add;
mod answers;
pub mod audit;
mod carry;
mod demo;
mod end;
pub mod fault;
mod going;
mod hold;
mod listed;
mod make;
pub mod model;
mod naming;
pub mod out;
pub mod papers;
pub mod persons;
mod request;
mod retention;
pub mod routes;
pub mod shown;
mod store;
mod who;
pub mod wire;
mod wire_roles;

use crate::house::Room;
use crate::house::succession::Succession::Ends;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "committee",
        "committee_post",
        "committee_request",
        "post_holder",
        "post_holder_role",
        "post_holder_shown",
        "post_title",
    ],
    tags: &[("committees", "Committees of chapters, their posts and who holds them")],
    routes: routes::configure,
    audits: &[&audit::Committees],
    persons: &[&persons::NamesShown],
    papers: &[&papers::OF_COMMITTEES],
    chapters: &[("committee.chapter_id", Ends)],
    successions: &[&going::Committees],
    demo: Some(demo::fill),
    ..Room::called("committees")
};
