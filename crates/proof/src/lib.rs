//! The formats of the public log, and how anybody checks them: small enough to be built in a minute and read in an evening.
//!
//! ```text
//! code, clock, hex → tree → tiles, commitment, leaf, note → checkpoint → receipt → verify → cli
//! ```
//!
//! The server writes with the same formats: [`leaf`], [`tree`], [`tiles`], [`note`], [`checkpoint`], [`receipt`]. [`verify`] believes
//! nothing of what they made. [`cli`] is both the program `so-nhan-ai-verify` and the server's commands of the same names. Nothing
//! here knows a database, a server or a secret of theirs.

pub mod checkpoint;
pub mod cli;
pub mod clock;
pub mod code;
pub mod commitment;
pub mod hex;
pub mod leaf;
pub mod note;
pub mod receipt;
pub mod tiles;
pub mod tree;
pub mod verify;
