//! `?` from below: an enum of reasons wraps the reasons of what it calls.

/// For each type on the left, `From` by the variant or function on the right.
#[macro_export]
macro_rules! wraps {
    ($into:ty { $($from:ty => $by:path),+ $(,)? }) => {
        $(impl From<$from> for $into {
            fn from(inner: $from) -> Self {
                $by(inner)
            }
        })+
    };
}
pub use wraps;
