//! Lists of volunteers as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::http::listed::{ImportFault, ImportTrouble};

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
        /// A job enters its people, part by part: see `import`.
        Accepted = "ACCEPTED",
    }

    /// Where a list stands that a job enters.
    #[schema(as = VolunteerListState)]
    pub wire enum ListState {
        /// It is being entered: see `job` and `trouble`.
        Accepted = "ACCEPTED",
        Done = "DONE",
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
    /// The list that a job enters, where it has more people than are entered at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportOut>,
}

/// A list that a job enters.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerImportOut)]
pub struct ImportOut {
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Where it stands.
    pub state: ListState,
    /// How many people it has.
    #[schema(example = 1200)]
    pub rows: i64,
    /// Who are volunteers now.
    pub entered: i64,
    /// Rows that were refused when they were entered, and why.
    pub refused: Vec<ImportFault>,
    pub uploaded_at: DateTime<Utc>,
    /// The job that enters it (`GET /api/v1/jobs/{id}`).
    pub job: Uuid,
    /// Why entering stopped for good before the end; who is entered stays so, and sent again the list is gone on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<ImportTrouble>,
}
