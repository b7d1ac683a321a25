//! What becomes of a room's rows when their chapter goes up in another one.
//!
//! A chapter's id is never written anew in any of them: what is history stays true, and what goes on is found by way of the
//! succession, on the day that is asked about.

/// What a column that names a chapter means once another chapter has succeeded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Succession {
    /// It says what was, of a day: it goes on speaking of the old chapter.
    Stays,
    /// It is the successor's to read and to go on with.
    Follows,
    /// It ends with the chapter; the successor makes its own.
    Ends,
}
