//! Courses (lớp tập huấn): planned, filled, attended, closed with results; certificates with a code that anybody checks.
//!
//! Hàm Liêm plans a first aid course for thirty: two mornings, `68-LT-0001`. Its officers enrol persons of the chapter, whatever else they
//! are there; who comes when the places are taken waits, and moves up by itself when somebody gives theirs up, by an officer's hand or by
//! the link they were given. On the last day a result is entered for everybody. Who passed has a certificate; its QR code leads to a
//! page that says whether it stands and how long, and the name only while its holder agrees. Two years later the list of refreshers has
//! them again.
//!
//! State: PLANNED → OPEN → CLOSED; PLANNED, OPEN → CANCELLED. Of a place: ENROLLED or WAITING → CANCELLED, WAITING → ENROLLED. Of a
//! certificate: STANDS → REVOKED, ERASED; that it has run out is a matter of the day.
//!
//! What always holds (the database keeps it too):
//! - Never more people than places; everything about places goes through the course's row, one after the other. Nobody waits while a place
//!   is free, and those who came first have it.
//! - A course is closed once, with a result for each who had a place. A result is corrected with a reason; where that takes a certificate
//!   away, by a second person.
//! - A code is by chance alone and never given twice. The public learns of one that was revoked, or whose holder was erased, that and
//!   nothing else.
//! - READ shows courses and counts, and no person. What was counted stays counted when a person is erased.

mod answers;
pub mod audit;
mod certificate_routes;
mod certificate_store;
mod certificates;
mod correct;
mod counts;
mod demo;
mod enrol;
mod enrolment_routes;
mod enrolments;
mod fault;
pub mod holder;
mod issue;
pub mod model;
mod notices;
mod out;
mod paper;
mod place_link;
mod places;
mod plan;
pub mod public;
mod results;
mod retention;
pub mod routes;
mod show;
mod skills;
mod store;
pub mod told;
mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "certificate",
        "certificate_name_text",
        "course",
        "course_attendance",
        "course_correction",
        "course_enrolment",
        "course_kind",
        "course_kind_rule",
        "course_request",
        "course_session",
        "course_trainer",
        "public_certificate",
        "public_course_count",
    ],
    tags: &[("courses", "Courses: places, results, certificates, refreshers, counts")],
    routes,
    audits: &[&audit::Courses],
    persons: &[&holder::Learners],
    matters: &[correct::TAKEN_AWAY],
    means: &[|means| {
        let (tells, page) = (notices::handler(means.get()?, means.get()?), place_link::page());
        means.add(tells);
        means.add(told::handler());
        means.add(page);
        Ok(())
    }],
    chapters: &[
        ("certificate.chapter_id", Follows),
        ("course.chapter_id", Follows),
        ("course_correction.chapter_id", Follows),
        ("public_certificate.chapter_id", Stays),
        ("public_course_count.chapter_id", Stays),
    ],
    demo: Some(demo::fill),
    ..Room::called("courses")
};

fn routes(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    enrolment_routes::configure(config);
    certificate_routes::configure(config);
}
