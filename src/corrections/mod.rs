//! Reversals of entries that are no gifts, asked for by one person and approved by another, whatever room booked them.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("corrections") };
