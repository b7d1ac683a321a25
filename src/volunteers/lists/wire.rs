//! Lists of volunteers as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::basics::codes::codes;
use crate::http::listed::ImportFault;

codes! {
    /// What became of a list.
    #[schema(as = VolunteerListOutcome)]
    pub wire enum Outcome {
        /// Nothing is wrong with it; nothing was written.
        Ready = "READY",
        /// Nothing was written: mend the file and send it again.
        Faulty = "FAULTY",
        /// Its people are volunteers of the chapter, now or since it was sent before.
        Entered = "ENTERED",
    }
}

/// What a look at a list found. Of each kind of rows at most 500 are named.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerListCheck)]
pub struct ListCheck {
    pub outcome: Outcome,
    /// Rows with somebody.
    pub rows: usize,
    /// How many faults there are, those that are not named included.
    pub fault_count: usize,
    /// By row, then column.
    pub faults: Vec<ImportFault>,
    /// Rows of somebody who may be a person of the chapter already, or somebody of another row: look whether they are.
    pub alike: Vec<u32>,
    /// Rows of persons whom the chapter has written down already: they are not written down again.
    pub known: usize,
    /// Rows that are hidden in the file; they count like the others.
    pub hidden_rows: usize,
    /// Headings of columns that were not read.
    pub ignored_columns: Vec<String>,
    /// Visible sheets without headings of a list, of which nothing was read.
    pub ignored_sheets: Vec<String>,
}
