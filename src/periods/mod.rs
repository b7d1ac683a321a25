//! Months that are closed: what they held is stated in public, and what comes late is shown in the next.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("periods") };
