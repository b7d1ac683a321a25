//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// The record of an adjustment or a count: who looked, and what they found. Its hash stands in the public log.
pub static OF_ADJUSTMENTS: Paper = Paper {
    purpose: "STOCK_ADJUSTMENT",
    brought_by: Brings::Record,
    read_by: Reads::Read,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
