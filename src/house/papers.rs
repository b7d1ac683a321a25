//! What papers are for: said by the rooms whose records they belong to, kept and shown by the room that keeps files.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::errand::Errand;
use crate::db::DbError;
use crate::http::Say;

/// A purpose of papers. What is uploaded for it can be used for nothing else.
pub struct Paper {
    /// Its name in the tables and for clients: `GIFT`.
    pub purpose: &'static str,
    /// Who uploads, links and, where it is public, publishes papers of a chapter.
    pub brought_by: Brings,
    /// Who reads them, of those who read the chapter's records.
    pub read_by: Reads,
    /// Whether they may be shown to everybody. A key of the database (`document_publication`) says so as well.
    pub public: bool,
    /// How long they are kept at least.
    pub kept: Kept,
    /// The records they hang on. Without it a record says the hash of its paper and nothing is linked.
    pub on: Option<&'static Peg>,
}

/// Who brings papers into a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brings {
    /// Whoever holds RECORD: those who keep its books.
    Record,
    /// Whoever holds RUN_APPEAL.
    RunAppeal,
    /// Whoever holds KEEP_PEOPLE: those who keep its people.
    KeepPeople,
    /// Whoever holds KEEP_FAMILY_LINKS.
    KeepFamilyLinks,
    /// Whoever holds KEEP_BLOOD.
    KeepBlood,
    /// Whoever holds RUN_ACTIVITIES.
    RunActivities,
}

/// Who reads papers of a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Whoever holds READ.
    Read,
    /// Whoever holds INSPECT besides.
    Inspect,
    /// Whoever holds SEE_PEOPLE besides: papers that name the chapter's people.
    SeePeople,
    /// Whoever holds SEE_FAMILY_LINKS besides.
    SeeFamilyLinks,
    /// Whoever holds SEE_BLOOD besides.
    SeeBlood,
}

/// How long papers are kept at least: the sweep of documents throws nothing away while its time runs. What is over it takes only
/// where somebody's data were erased: to destroy other vouchers is for people, and nobody has told a program to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// As vouchers are: so many full years after the year in which their record was booked, by the rule of that day
    /// (`retention_rule`; Law on accounting, Decree 174/2016/NĐ-CP).
    AsVoucher,
    /// As long as there is the log that names its hash: for good.
    ForGood,
    /// As long as the records of whoever is on it; no law keeps it longer.
    WithThePerson,
}

impl Kept {
    /// Whether there is a day after which it may go.
    pub fn ends(self) -> bool {
        match self {
            Kept::AsVoucher | Kept::WithThePerson => true,
            Kept::ForGood => false,
        }
    }
}

/// Where papers hang: a kind of record with an address of its own.
pub struct Peg {
    /// The record below `/api/v1`, with its key: `/gifts/{id}`.
    pub at: &'static str,
    /// Whether the key is a UUID.
    pub by_uuid: bool,
    /// What it is called in the documentation and in names of operations: `gift`.
    pub one: &'static str,
    /// With its article: `a gift`.
    pub a: &'static str,
    /// What the audit trail calls reading the list, where names of files often name somebody.
    pub read_noted: Option<&'static str>,
    /// What publishing is called in names of attempts, of papers that are published.
    pub published_as: Option<&'static str>,
    pub records: &'static dyn Carries,
}

/// Why a record takes no paper, or shows none.
#[derive(Debug)]
pub enum NoPaper {
    /// It is not there any more.
    Gone,
    /// Something about the record is in the way.
    Refused(Say),
    /// The record is not what it should be.
    Broken(&'static str),
    Db(DbError),
}

impl From<DbError> for NoPaper {
    fn from(error: DbError) -> Self {
        NoPaper::Db(error)
    }
}

/// A record as a carrier of papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carrier {
    pub id: Uuid,
    /// The chapter whose record it is; its papers are of the same one.
    pub chapter: Uuid,
}

/// What a room knows of its records as carriers of papers. Rights are asked for between finding and everything else.
pub trait Carries: Sync {
    /// The record of a key.
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError>;

    /// Before a paper is linked: holds the record, or refuses the paper.
    fn take(&self, _: &mut Errand<'_>, _: Carrier) -> Result<(), NoPaper> {
        Ok(())
    }

    /// After a paper was linked.
    fn taken(&self, _: &mut Errand<'_>, _: Carrier, _document: Uuid) -> Result<(), NoPaper> {
        Ok(())
    }

    /// Before a paper is published: refuses what is not for the public yet.
    fn show(&self, _: &mut Errand<'_>, _: Carrier, _document: Uuid) -> Result<(), NoPaper> {
        Ok(())
    }
}
