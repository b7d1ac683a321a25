//! What people are called out for, where that has a record in a room further up: a blood drive, a campaign. Whoever calls asks the room
//! whose record it is, by way of the list of rooms, and knows none of them by name.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::db::DbError;

codes! {
    /// How a record stands that people are called for.
    pub wire enum OccasionState {
        /// It is being written, and nobody else knows of it yet.
        Draft = "DRAFT",
        /// It is to come, or going on.
        Ahead = "AHEAD",
        /// It was called off.
        CalledOff = "CALLED_OFF",
        /// It is over.
        Over = "OVER",
    }
}

impl OccasionState {
    /// Whether anybody is called for it.
    pub fn calls(self) -> bool {
        self == OccasionState::Ahead
    }
}

/// A record that people are called for, as those may know it who are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// By what it is named, as it is kept: the code of a drive, the id of a campaign.
    pub key: String,
    /// What such a record is called, in Vietnamese and in English.
    pub called: (&'static str, &'static str),
    /// Whose it is.
    pub chapter: Uuid,
    pub title: String,
    /// The title in English.
    pub title_en: Option<String>,
    pub state: OccasionState,
    /// Whether everybody may know that it is there.
    pub public: bool,
    /// The path of its page for everybody, where it has one.
    pub page: Option<String>,
}

/// A room whose records people are called for. Rights are whoever asks' to look after: what is found may be of any chapter.
pub trait Occasions: Sync {
    /// The kind of call-out that names one: `DRIVE`.
    fn kind(&self) -> &'static str;

    /// Those of these records that there are, by what they were named, however that is typed; one statement for all of them.
    fn find(&self, conn: &mut PgConnection, named: &[&str]) -> Result<HashMap<String, Occasion>, DbError>;
}
