//! What this room tells those who keep a copy ([`crate::changes`]).

use uuid::Uuid;

use crate::changes::Change;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Gifts.
pub static GIFTS: Feed = Feed { kind: "GIFT", read_at: "/gifts/{id}" };
/// Appeals.
pub static APPEALS: Feed = Feed { kind: "APPEAL", read_at: "/appeals/{code}" };

/// Requests to reverse a gift.
pub static REVERSALS: Feed = Feed { kind: "REVERSAL", read_at: "/reversals/{id}" };

/// A gift that is new, or that officers see otherwise than before.
pub fn changed(chapter: ChapterId, gift: Uuid) -> Change {
    Change::of(&GIFTS, chapter, gift)
}

/// A request to reverse a gift that is new, or was decided.
pub fn changed_reversal(chapter: ChapterId, reversal: Uuid) -> Change {
    Change::of(&REVERSALS, chapter, reversal)
}

/// An appeal that is new or not what it was; it is read by its code.
pub fn changed_appeal(chapter: ChapterId, code: &str) -> Change {
    Change::of(&APPEALS, chapter, code)
}
