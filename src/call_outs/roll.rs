//! The roll of those who were called out.

use super::due::CALL_OUT_ENOUGH;
use crate::calling::roll::roll;

roll! {
    /// See the module.
    pub struct CallOutRoll of "call_out", told by CALL_OUT_ENOUGH
}
