//! Small things every room uses: money in figures and words, public codes, phone numbers, time, Vietnamese
//! text and what typing it does.
//!
//! Nothing here knows HTTP, SQL statements or a feature. A value of one of these types is valid for good:
//! it was parsed once at the edge.

pub mod birth;
pub mod codes;
pub mod failpoint;
pub mod ical;
pub mod keyboard;
pub mod phone;
pub mod text;
pub mod typing;
pub mod vnd;
pub mod webhook;
pub mod words;
pub mod wraps;

pub use so_nhan_ai_proof::hex::{hex, unhex};
pub use so_nhan_ai_proof::{clock, code};

pub use birth::Birth;
pub use clock::Clock;
pub use code::PublicCode;
pub use phone::Phone;
pub use text::{Line, fold, words_and_pairs};
pub use vnd::Vnd;
