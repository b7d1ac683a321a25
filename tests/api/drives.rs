//! Blood drives: planned, booked under load, moved, called off; what the public sees.

use crate::coverage::Call;
use crate::harness::TestApp;

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    Vec::new()
}
