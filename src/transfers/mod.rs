//! Money and goods from one chapter to another: sent, on the way, confirmed, partly, refused, returned.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("transfers") };
