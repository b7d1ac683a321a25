//! Whether this process may give leaves their places, sign and publish.
//!
//! It may once the tree of its database was compared with everything that is known to be signed and fits, and until such a
//! comparison fails. What it may comes with the number of leaves that were signed: a database with fewer than these was put under the
//! running server from an older backup, and a leaf that got a place there could not be taken back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// See the module. Shared by the publisher, who grants and withdraws it, and the sequencer. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Clearance(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    granted: AtomicBool,
    /// The most leaves that were ever seen signed: this outlives a withdrawal.
    signed: AtomicU64,
}

impl Clearance {
    /// The tree fits all that was signed, of which the newest has so many leaves.
    pub fn grant(&self, signed: u64) {
        self.0.signed.fetch_max(signed, Ordering::AcqRel);
        self.0.granted.store(true, Ordering::Release);
    }

    /// Nothing more is done until the next comparison.
    pub fn withdraw(&self) {
        self.0.granted.store(false, Ordering::Release);
    }

    /// So many leaves are signed, at the least; `None`: nothing may be done.
    pub fn signed(&self) -> Option<u64> {
        self.0.granted.load(Ordering::Acquire).then(|| self.0.signed.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_is_never_forgotten() {
        let clearance = Clearance::default();
        assert_eq!(clearance.signed(), None);
        clearance.grant(7);
        clearance.grant(5);
        assert_eq!(clearance.clone().signed(), Some(7));
        clearance.withdraw();
        assert_eq!(clearance.signed(), None);
        clearance.grant(0);
        assert_eq!(clearance.signed(), Some(7));
    }
}
