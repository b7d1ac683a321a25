//! The books to read: balances, account ledger, trial balance, cash book, the journal for other programs.

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { ..Room::called("books") };
