//! What this room tells those who keep a copy ([`crate::changes`]).

use uuid::Uuid;

use crate::changes::Change;
use crate::tree::ChapterId;

/// A gift that is new, or that officers see otherwise than before.
pub fn changed(chapter: ChapterId, gift: Uuid) -> Change {
    Change::of("GIFT", chapter, gift)
}

/// A request to reverse a gift that is new, or was decided.
pub fn changed_reversal(chapter: ChapterId, reversal: Uuid) -> Change {
    Change::of("REVERSAL", chapter, reversal)
}

/// An appeal that is new or not what it was; it is read by its code.
pub fn changed_appeal(chapter: ChapterId, code: &str) -> Change {
    Change::of("APPEAL", chapter, code)
}
