//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// The resolution of a congress, the decision behind a committee or a holder, the signed consent to a name. They name people, so READ
/// alone does not open them.
pub static OF_COMMITTEES: Paper = Paper {
    purpose: "COMMITTEE",
    brought_by: Brings::Record,
    read_by: Reads::Inspect,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
