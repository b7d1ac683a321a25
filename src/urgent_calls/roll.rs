//! The roll of donors who were called.

use super::due::URGENT_CALL_ENOUGH;
use crate::calling::roll::roll;

roll! {
    /// See the module.
    pub struct UrgentRoll of "urgent_call", told by URGENT_CALL_ENOUGH
}
