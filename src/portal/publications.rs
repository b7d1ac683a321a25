//! What the law wants an appeal to publish, when it is due and whether it was done, as the page of the appeal lists it.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use crate::http::{Lang, Problem};

/// A duty to publish.
pub struct Event {
    pub what: String,
    /// Due date, in the reader's language.
    pub due: String,
    /// What became of it: published on a day, due, overdue.
    pub state: String,
    pub is_done: bool,
    pub is_overdue: bool,
    /// The published document.
    pub href: Option<String>,
}

/// The duties of an appeal, by due date.
pub fn of_appeal(_: &mut PgConnection, _appeal: &str, _today: NaiveDate, _: Lang) -> Result<Vec<Event>, Problem> {
    Ok(Vec::new())
}
