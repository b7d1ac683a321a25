//! Money out of a chapter: payments, advances, purchases, refunds; other income; moves of cash and between funds.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("spending") };
