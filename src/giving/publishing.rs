//! What of an appeal is for the public yet.

use super::appeals::AppealRow;
use super::model::AppealState;
use crate::http::{Kind, Problem};

/// A draft shows nothing to anybody yet.
pub fn refuse_draft(row: &AppealRow) -> Result<(), Problem> {
    if row.state == AppealState::Draft.name() {
        return Err(Problem::say(Kind::Conflict, "Đợt chưa mở: mở đợt rồi mới công bố.", "Open the appeal first, then publish."));
    }
    Ok(())
}
