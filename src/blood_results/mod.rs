//! What was given: results of drives, stated in public and folded where they are few, and units against targets.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room::called("blood_results");
