//! What of an appeal is for the public yet.

use super::appeals::AppealRow;
use super::model::AppealState;
use crate::http::{Kind, Problem};

/// What is said of a draft, in Vietnamese and in English.
pub const NOT_OPEN: (&str, &str) = ("Đợt chưa mở: mở đợt rồi mới công bố.", "Open the appeal first, then publish.");

/// A draft shows nothing to anybody yet.
pub fn refuse_draft(row: &AppealRow) -> Result<(), Problem> {
    if row.state == AppealState::Draft.name() {
        return Err(Problem::say(Kind::Conflict, NOT_OPEN.0, NOT_OPEN.1));
    }
    Ok(())
}
