//! What is put back when the entry of a sheet is reversed: its months are free, so that the members can be recorded anew, and nothing of it
//! is owed upwards any more. What was sent on already comes back by a transfer ([`super::owed`]); without it the cash may not be there,
//! and the ledger refuses.

use uuid::Uuid;

use super::model::DuesSheetState;
use super::store;
use crate::house::errand::Errand;
use crate::house::undo::{CannotUndo, Undoes};

/// See the module.
pub struct Sheets;

impl Undoes for Sheets {
    fn kinds(&self) -> &'static [&'static str] {
        &["DUES"]
    }

    fn undo(&self, errand: &mut Errand<'_>, entry: Uuid) -> Result<(), CannotUndo> {
        let Some(row) = store::hold_of_entry(errand.conn, entry)? else { return Ok(()) };
        // A second reversal of the same entry is refused where it is booked.
        if row.state == DuesSheetState::Reversed.name() {
            return Ok(());
        }
        Ok(store::reverse(errand.conn, &row)?)
    }
}
