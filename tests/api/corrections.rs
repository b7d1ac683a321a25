//! Reversals of entries that are no gifts, asked for by one person and approved by another, whatever room booked them.

use crate::coverage::Call;
use crate::harness::TestApp;

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    Vec::new()
}
