//! Lists of members as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::model::MemberKind;
use crate::basics::codes::codes;
pub use crate::http::listed::{ImportFault as ListFault, ImportTrouble as TroubleOut};

codes! {
    /// Whether a list is right.
    #[schema(as = MemberListOutcome)]
    pub wire enum Outcome {
        /// Nothing is wrong with it.
        Ready = "READY",
        /// Nothing of it was kept: mend the file and send it again.
        Faulty = "FAULTY",
    }

    /// Where a list stands.
    #[schema(as = MemberListState)]
    pub wire enum ListState {
        /// It waits for a second person.
        Ready = "READY",
        /// It is being admitted: see `job` and `trouble`.
        Accepted = "ACCEPTED",
        Done = "DONE",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }
}

/// What a look at a list found. Of each kind of rows at most 500 are named.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MemberListCheck)]
pub struct ListCheck {
    pub outcome: Outcome,
    /// Rows with somebody.
    pub rows: usize,
    /// How many faults there are, those that are not named included.
    pub fault_count: usize,
    /// By row, then column.
    pub faults: Vec<ListFault>,
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
    /// The list that waits for a second person, where the number of a decision was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportOut>,
}

/// A list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MemberImportOut)]
pub struct ImportOut {
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Where it stands.
    #[schema(value_type = ListState)]
    pub state: String,
    /// Number of the decision, one for the list.
    #[schema(example = "15/QĐ-HCTĐ")]
    pub decision_no: String,
    /// How many people it has.
    pub rows: i64,
    /// How many parts of up to 500 people: each is read by itself (`part`), and admitted by itself.
    pub parts: i64,
    /// Who are members now.
    pub admitted: i64,
    /// Who are being checked above.
    pub checked: i64,
    /// Rows that were refused when they were admitted, and why.
    pub refused: Vec<ListFault>,
    pub uploaded_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The job that admits it (`GET /api/v1/jobs/{id}`), once it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<Uuid>,
    /// Why admitting stopped for good before the end; who is admitted stays so, and accepted again the list is gone on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<TroubleOut>,
    /// The people of the part that was asked for, while they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<ListedOut>>,
}

/// Somebody of a list, for whoever decides on it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MemberListed)]
pub struct ListedOut {
    /// Row of the file.
    #[schema(example = 7)]
    pub row: u32,
    /// Absent where the data were erased meanwhile, and of who is done already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// A day, or a year alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2013")]
    pub birth: Option<String>,
    /// As what kind of member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MemberKind>,
    /// The group (tổ, lớp).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Of a child: who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Bình")]
    pub guardian: Option<String>,
}
