//! Money out of a chapter: payments, advances, purchases, refunds; other income; moves of cash and between funds.

use crate::coverage::Call;
use crate::harness::TestApp;

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    Vec::new()
}
