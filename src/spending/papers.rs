//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// Paper of a money order (invoice, decision, grant): the order says its hash, and the public log says it too.
pub static OF_ORDERS: Paper = Paper {
    purpose: "MONEY_ORDER",
    brought_by: Brings::Record,
    read_by: Reads::Read,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
