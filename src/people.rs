//! People: persons and what they are to the Society. The map of the whole house is in `src/lib.rs`.

pub use frame::*;
pub use booking::*;

pub mod call_outs;
pub mod calling;
pub mod committees;
pub mod courses;
pub mod members;
pub mod persons;
pub mod teams;
pub mod volunteers;
