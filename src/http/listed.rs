//! What rooms say of a spreadsheet that was sent to them, each in its own words otherwise.

use serde::Serialize;
use sheets::Fault;
use utoipa::ToSchema;

use super::language::Lang;

/// What is wrong, and where.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportFault {
    /// Row of the file, from 1 as spreadsheet programs count; absent for a whole column, the whole file, or another sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 7)]
    pub row: Option<u32>,
    /// Name of the column; absent for a whole row, or another sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "amount_vnd")]
    pub column: Option<String>,
    /// Stable code for programs.
    #[schema(example = "NOT_AN_AMOUNT")]
    pub code: String,
    pub detail: String,
}

impl ImportFault {
    pub fn of(fault: &Fault, lang: Lang) -> Self {
        let said = if lang == Lang::En { &fault.said.en } else { &fault.said.vi };
        Self { row: fault.row, column: fault.column.map(str::to_owned), code: fault.code.to_owned(), detail: said.clone() }
    }
}

/// Why the job of a list came to nothing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportTrouble {
    /// As the job says it; it grows with what jobs may meet.
    #[schema(example = "NOT_ALLOWED")]
    pub code: String,
    /// What happened, and what to do.
    pub detail: String,
}
