//! Money and goods from one chapter to another: sent, on the way, confirmed, partly, refused, returned.

use crate::coverage::Call;
use crate::harness::TestApp;

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    Vec::new()
}
