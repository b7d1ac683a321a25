//! What is put back when an adjustment is reversed.

use uuid::Uuid;

use super::{adjust_store as store, feed, lots};
use crate::house::errand::Errand;
use crate::house::undo::{CannotUndo, Undoes};
use crate::tree::ChapterId;

/// See the module.
pub struct Adjustments;

impl Undoes for Adjustments {
    fn kinds(&self) -> &'static [&'static str] {
        &["STOCK_ADJUSTMENT"]
    }

    fn undo(&self, errand: &mut Errand<'_>, entry: Uuid) -> Result<(), CannotUndo> {
        lots::undo(errand.conn, errand.now, entry)?;
        for (_, adjustment, chapter) in store::of_entries(errand.conn, &[entry])? {
            feed::changed(errand.conn, &feed::ADJUSTMENTS, ChapterId(chapter), adjustment)?;
        }
        Ok(())
    }
}
