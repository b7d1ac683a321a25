//! What this room tells those who keep a copy ([`crate::changes`]).

use uuid::Uuid;

use crate::changes::Change;
use crate::tree::ChapterId;

/// A gift that is new, or that officers see otherwise than before.
pub fn changed(chapter: ChapterId, gift: Uuid) -> Change {
    Change::of("GIFT", chapter, gift)
}

/// An appeal that is new or not what it was; it is read by its code.
pub fn changed_appeal(chapter: ChapterId, code: &str) -> Change {
    Change::of("APPEAL", chapter, code)
}
