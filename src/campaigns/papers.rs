//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// The signed paper of a programme: the programme says its hash.
pub static OF_PROGRAMMES: Paper = Paper {
    purpose: "PROGRAMME",
    brought_by: Brings::RunActivities,
    read_by: Reads::Read,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
