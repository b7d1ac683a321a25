//! What the house wants to know of a room, in the room's own words.
//!
//! Each room has one constant, `ROOM`, and `crate::rooms` lists them in the order of the arrows. Who serves, audits, erases or
//! fills a demo goes through the list and knows no room by name, so a new room changes none of them. It is a constant and not
//! a registry that fills itself: an editor finds its way from the list to each function. Rooms below the list that ask all
//! of them are handed it ([`Rooms`]).

pub mod audit;
pub mod errand;
pub mod feed;
pub mod matter;
pub mod occasion;
pub mod papers;
pub mod persons;
pub mod succession;
pub mod thread;
pub mod undo;

use std::error::Error;
use std::io;

use utoipa_actix_web::service_config::ServiceConfig;

use self::audit::Audits;
use self::feed::Feed;
use self::matter::Matter;
use self::occasion::Occasions;
use self::papers::Paper;
use self::persons::HoldsPersons;
use self::succession::{Succeeds, Succession};
use self::thread::{Means, Thread};
use self::undo::Undoes;

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
    /// What answers for the persons in its tables.
    pub persons: &'static [&'static dyn HoldsPersons],
    /// What takes a second person.
    pub matters: &'static [&'static Matter],
    /// Its records that people are called out for.
    pub occasions: &'static [&'static dyn Occasions],
    /// What papers are for that belong to its records.
    pub papers: &'static [&'static Paper],
    /// What it puts among the means of a server before the first thread starts: who does its jobs, the pages of its links.
    pub means: &'static [fn(&mut Means) -> io::Result<()>],
    /// Its threads behind a server, in the order in which they start and, when the server ends, stop. Those of rooms further
    /// up start later and stop earlier.
    pub threads: &'static [Thread],
    /// Whose changes it tells those who keep a copy.
    pub feeds: &'static [&'static Feed],
    /// What is put back when an entry of these kinds is reversed.
    pub undoes: &'static [&'static dyn Undoes],
    /// What it adds to a demo, when the rooms before it have filled theirs; may be done again after it was cut off.
    pub demo: Option<Demo>,
    /// Its columns that name a chapter, as `table.column`, and what becomes of them when the chapter has a successor.
    pub chapters: &'static [(&'static str, Succession)],
    /// What it does then, besides what follows by itself.
    pub successions: &'static [&'static dyn Succeeds],
}

impl Room {
    /// A room that has a name and nothing else yet.
    pub const fn called(name: &'static str) -> Self {
        Self {
            name,
            tables: &[],
            tags: &[],
            routes: nothing_asked,
            audits: &[],
            persons: &[],
            matters: &[],
            occasions: &[],
            papers: &[],
            means: &[],
            threads: &[],
            feeds: &[],
            undoes: &[],
            demo: None,
            chapters: &[],
            successions: &[],
        }
    }
}

/// Fills a demo: among the means are the database, the clock, the keys and those who act in it.
pub type Demo = fn(&Means) -> Result<(), Box<dyn Error + Send + Sync>>;

fn nothing_asked(_: &mut ServiceConfig<'_>) {}

/// All rooms, from the floor upwards.
#[derive(Clone, Copy)]
pub struct Rooms(pub &'static [&'static Room]);

impl Rooms {
    /// Everything that looks whether records are right.
    pub fn audits(self) -> impl Iterator<Item = &'static dyn Audits> {
        self.0.iter().flat_map(|room| room.audits).copied()
    }

    /// Everything that answers for persons.
    pub fn persons(self) -> impl Iterator<Item = &'static dyn HoldsPersons> {
        self.0.iter().flat_map(|room| room.persons).copied()
    }

    /// The matter of a name.
    pub fn matter(self, name: &str) -> Option<&'static Matter> {
        self.0.iter().flat_map(|room| room.matters).copied().find(|matter| matter.name == name)
    }

    /// Who answers for the records that a call-out of this kind names.
    pub fn occasions(self, kind: &str) -> Option<&'static dyn Occasions> {
        self.0.iter().flat_map(|room| room.occasions).copied().find(|occasions| occasions.kind() == kind)
    }

    /// Every purpose of papers; those of rooms further up come first.
    pub fn papers(self) -> impl Iterator<Item = &'static Paper> {
        self.0.iter().rev().flat_map(|room| room.papers).copied()
    }

    /// The purpose of a name.
    pub fn paper(self, purpose: &str) -> Option<&'static Paper> {
        self.papers().find(|paper| paper.purpose == purpose)
    }

    /// Who puts back what an entry of a kind brought about.
    pub fn undoes(self, kind: &str) -> Option<&'static dyn Undoes> {
        self.0.iter().flat_map(|room| room.undoes).copied().find(|undoes| undoes.kinds().contains(&kind))
    }

    /// What is done, room by room, when a chapter goes up in another one.
    pub fn successions(self) -> impl Iterator<Item = &'static dyn Succeeds> {
        self.0.iter().flat_map(|room| room.successions).copied()
    }

    /// Every thread behind a server.
    pub fn threads(self) -> impl Iterator<Item = &'static Thread> {
        self.0.iter().flat_map(|room| room.threads)
    }
}
