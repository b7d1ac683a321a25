//! Places where tests let a process die as if it were killed. In release builds there are none.

use std::sync::OnceLock;

/// Name of the variable that names the place, for the command line to read.
pub const VARIABLE: &str = "SO_NHAN_AI_DIE_AT";

static ARMED: OnceLock<String> = OnceLock::new();

/// From now on the process dies at this place.
pub fn arm(place: String) {
    // Once is enough; a second place would never be reached.
    let _ = ARMED.set(place);
}

/// Dies here, without any clean-up, if a debug build was armed for it.
pub fn reached(place: &str) {
    if cfg!(debug_assertions) && ARMED.get().is_some_and(|armed| armed == place) {
        std::process::abort();
    }
}
