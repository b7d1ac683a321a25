//! Donors of blood: their histories, their certificates, and who may know of them.

use crate::coverage::Call;
use crate::harness::TestApp;

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    Vec::new()
}
