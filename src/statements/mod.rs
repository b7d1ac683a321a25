//! What was stated in public, word for word: a leaf of the log, and the bytes served unchanged for ever.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("statements") };
