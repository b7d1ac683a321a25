//! Settlement reports of appeals, made from the books, approved by two persons and published.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("settlements") };
