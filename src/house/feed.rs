//! What a room tells those who keep a copy of its records.

/// A kind of record whose changes are told in `GET /api/v1/changes`.
#[derive(Debug, PartialEq, Eq)]
pub struct Feed {
    /// What the feed calls it: `GIFT`.
    pub kind: &'static str,
    /// Where one is read, below `/api/v1`: `/gifts/{id}`.
    pub read_at: &'static str,
}
