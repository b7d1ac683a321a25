//! The audit of the house: every room looks at its own records and *claims* what stands in the books and in the log because
//! of them. Whoever holds the books then compares once, over all rooms: an entry or a leaf that nobody claims names itself.
//!
//! So a room that books needs no other room's leave, and none has to know who else books the same kind.

use std::collections::{BTreeMap, HashSet};
use std::ops::AddAssign;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::Rooms;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::vault::Vault;

/// What an audit works with: one moment of the database, and what was found and claimed so far.
pub struct Audit<'a> {
    pub conn: &'a mut PgConnection,
    pub findings: &'a mut Findings,
    /// Absent where the keys are: then what is sealed stays closed.
    pub vault: Option<&'a Vault>,
    pub claims: Claims,
    /// For who asks all rooms.
    pub rooms: Rooms,
}

/// A room's look at its own records.
pub trait Audits: Sync {
    /// Compares the records with what they say they are, and claims their entries and leaves.
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError>;

    /// Those of these entries that a record of the room stands behind. Asked only when claims and books differ.
    fn stands_behind(&self, _: &mut PgConnection, _entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        Ok(Vec::new())
    }

    /// Those of these codes that are leaves of the room's records and no entries. Asked only when claims and log differ.
    fn speaks_of(&self, _: &mut PgConnection, _codes: &[String]) -> Result<HashSet<String>, DbError> {
        Ok(HashSet::new())
    }
}

/// What the rooms say is theirs.
#[derive(Debug, Default)]
pub struct Claims {
    entries: BTreeMap<String, u64>,
    leaves: u64,
    /// With the code of one of the entries, to be named where the account has no public code.
    reversals: BTreeMap<Reverser, (String, Reversals)>,
}

/// An account, as one of the two behind reversals of one place, year, original and reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reverser {
    pub chapter: Uuid,
    pub year: i32,
    pub account: Uuid,
    pub original: &'static str,
    pub reason: String,
}

/// How many somebody asked for and approved, and of how much (đồng).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reversals {
    pub asked: i64,
    pub asked_vnd: i64,
    pub approved: i64,
    pub approved_vnd: i64,
}

impl AddAssign for Reversals {
    fn add_assign(&mut self, more: Self) {
        self.asked += more.asked;
        self.asked_vnd += more.asked_vnd;
        self.approved += more.approved;
        self.approved_vnd += more.approved_vnd;
    }
}

impl Claims {
    /// So many entries of a kind are the room's.
    pub fn entries(&mut self, kind: &str, count: usize) {
        *self.entries.entry(kind.to_owned()).or_default() += count as u64;
    }

    /// So many leaves without an entry are the room's.
    pub fn leaves(&mut self, count: u64) {
        self.leaves += count;
    }

    /// One side of a reversing entry; what is the same is added up.
    pub fn reversal(&mut self, entry: &str, by: Reverser, part: Reversals) {
        let (_, sum) = self.reversals.entry(by).or_insert_with(|| (entry.to_owned(), Reversals::default()));
        *sum += part;
    }

    /// How many entries of a kind are claimed.
    pub fn entries_of(&self, kind: &str) -> u64 {
        self.entries.get(kind).copied().unwrap_or_default()
    }

    /// How many leaves without an entry are claimed.
    pub fn all_leaves(&self) -> u64 {
        self.leaves
    }

    /// Who reversed, by what they are counted under, with the code of one of the entries.
    pub fn reversals(&self) -> &BTreeMap<Reverser, (String, Reversals)> {
        &self.reversals
    }
}
