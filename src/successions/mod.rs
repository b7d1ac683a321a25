//! Chapters merged, split, moved and dissolved by one plan.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("successions") };
