//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// The file of a proposal: minutes, achievements, the signed consent to a name. They name people, so READ alone does not open them.
pub static OF_COMMENDATIONS: Paper = Paper {
    purpose: "COMMENDATION",
    brought_by: Brings::RunActivities,
    read_by: Reads::Inspect,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
