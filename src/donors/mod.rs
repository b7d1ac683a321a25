//! Donors of blood (người hiến máu): what a person of a chapter gave, and when they may give again.
//!
//! Chị Lan books, comes, and the blood centre's file says that she gave 350 ml: her history has one more donation, her certificate has the
//! centre's serial and a code of ours, and her page says from which day on she may give whole blood, and from which platelets. When a
//! hospital wants B− at night, she is among those who may be asked, because two tests agree on her group and she said that she comes.
//!
//! State of a donor: ACTIVE ⇄ ENDED; ERASED. Of a certificate: STANDS → REVOKED.
//!
//! What always holds (the database keeps it too):
//! - A donor is a person of the chapter ([`crate::persons`]), once. The same person may be one of two chapters, which learn nothing of
//!   each other.
//! - A donation number (DIN) stands once in the country; of one donor, the same component on one day is one donation.
//! - What was given is never rewritten: what its blood centre corrects does not stand any more, and what is right stands in its place.
//! - A group is said only when the tests of two days agree.
//! - Results of tests for infections are kept nowhere: what the centre says of a deferral is a reason of the public list, or that the
//!   centre decided. Only the centre decides who gives; a day that is shown here is what the rules say.
//! - What was given stays counted when the donor is erased, and the certificate stays good for who holds the paper: neither says whose.
//! - READ shows no donor (KEEP_BLOOD, SEE_BLOOD). Each reading of one, and each look for some, is noted.

mod answers;
mod asked;
mod at_drive;
pub mod audit;
pub mod callable;
mod certificate_routes;
pub mod correct;
mod enter;
pub mod fault;
pub mod holder;
mod look;
pub mod model;
mod out;
mod paper;
pub mod public;
mod record;
mod redeem;
mod retention;
pub mod routes;
mod show;
mod store;
pub mod typed;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

pub use asked::{GivenAt, Times, given_at, times, times_of};
pub use fault::Fault;
pub use model::{DonationId, DonationProof, DonorId, DonorState};
pub use record::{Certified, CertifyError, Given, Recorded, Serial, certify, defer, not_deferred, numbers_given, record};
pub use store::{Row as DonorRow, ensure, find, find_all, given_before, of_persons};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["blood_certificate", "blood_redemption", "donation", "donor"],
    tags: &[("donors", "Donors of blood: histories, groups, when they may give again, certificates")],
    routes,
    audits: &[&audit::Donors],
    persons: &[&holder::Donors],
    chapters: &[("blood_certificate.chapter_id", Stays), ("donation.chapter_id", Stays), ("donor.chapter_id", Follows)],
    ..Room::called("donors")
};

fn routes(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    certificate_routes::configure(config);
}
