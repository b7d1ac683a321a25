//! What papers of this room are for.

use crate::house::papers::{Brings, Kept, Paper, Reads};

/// The decision behind a transfer (quyết định phân bổ, công văn nộp lên).
pub static OF_TRANSFERS: Paper = Paper {
    purpose: "TRANSFER",
    brought_by: Brings::Record,
    read_by: Reads::Read,
    public: false,
    // The log says its hash.
    kept: Kept::ForGood,
    on: None,
};

/// What the two sides wrote when it arrived, came back or was lost (biên bản giao nhận).
pub static OF_RECEIPTS: Paper = Paper {
    purpose: "TRANSFER_RECEIPT",
    brought_by: Brings::Record,
    read_by: Reads::Read,
    public: false,
    kept: Kept::ForGood,
    on: None,
};
