//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// The decision behind a plan, kept at the chapter that decides: the plan says its hash, and so do the entries of the log.
pub static OF_SUCCESSIONS: Paper = Paper {
    purpose: "SUCCESSION",
    brought_by: Brings::RunAppeal,
    read_by: Reads::Read,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
