//! What the house wants to know of a room, in the room's own words.
//!
//! Each room has one constant, `ROOM`, and `crate::rooms` lists them in the order of the arrows. Who serves or audits
//! goes through the list and knows no room by name, so a new room changes none of them. It is a constant and not
//! a registry that fills itself: an editor finds its way from the list to each function.

pub mod audit;

use utoipa_actix_web::service_config::ServiceConfig;

use self::audit::Audits;

/// A room of the house.
pub struct Room {
    /// As its folder is called.
    pub name: &'static str,
    /// The tables it owns: nobody else writes them.
    pub tables: &'static [&'static str],
    /// Headings of the API's documentation that the room brings: name and what is below it. (Those that several rooms share
    /// stand in `app`.)
    pub tags: &'static [(&'static str, &'static str)],
    /// Registers, and so documents, what is asked below `/api/v1`.
    pub routes: fn(&mut ServiceConfig<'_>),
    /// What looks whether its records are right, in the order in which to look.
    pub audits: &'static [&'static dyn Audits],
}

impl Room {
    /// A room that has a name and nothing else yet.
    pub const fn called(name: &'static str) -> Self {
        Self { name, tables: &[], tags: &[], routes: nothing_asked, audits: &[] }
    }
}

fn nothing_asked(_: &mut ServiceConfig<'_>) {}
