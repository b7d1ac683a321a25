//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// Paper of an opening balance: the balance says its hash, and the public log says it too.
pub static OF_OPENINGS: Paper = Paper {
    purpose: "OPENING_BALANCE",
    brought_by: Brings::Record,
    read_by: Reads::Read,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
