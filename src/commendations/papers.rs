//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};
use crate::http::Check;

/// The file of a proposal: minutes, achievements, the signed consent to a name. They name people, so READ alone does not open them.
pub static OF_COMMENDATIONS: Paper = Paper {
    purpose: "COMMENDATION",
    brought_by: Brings::RunActivities,
    read_by: Reads::Inspect,
    public: false,
    kept: Kept::ForGood,
    on: None,
};

/// `NO_SUCH_DOCUMENT`.
pub fn no_such_paper(check: &mut Check) {
    check.wrong(
        "/document",
        "NO_SUCH_DOCUMENT",
        "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho việc khen thưởng (COMMENDATION).",
        "The chapter has uploaded no document with this SHA-256 for a commendation (COMMENDATION).",
    );
}
