//! What this room tells those who keep a copy ([`crate::changes`]).

use crate::house::feed::Feed;

/// Statements: they are read where everybody reads them, and never change.
pub static STATEMENTS: Feed = Feed { kind: "STATEMENT", read_at: "/public/statements/{code}" };
