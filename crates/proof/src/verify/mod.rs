//! Checking the public log from outside: what `audit --url`, `audit --dir`, `receipt check` and `watch` do.
//!
//! This room trusts nothing but a key. It knows the formats of the log (its pure half: tree, tiles, notes, checkpoints,
//! receipts) and neither the database nor the rooms that write; whatever it is handed, by a server, a folder or a file, may
//! be garbage or made by an enemy. What always holds:
//!
//! * **Bounded.** Every answer has a limit and every wait an end; sizes above [`MAX_SIZE`](crate::tree::MAX_SIZE) are refused
//!   before anything is computed with them; nothing panics.
//! * **Three outcomes.** It is right; it is wrong, and here (a [`Finding`](report::Finding)); it could not be checked
//!   ([`VerifyError`]). A server that is away is not a wrong log, and a wrong log is never "could not be checked".
//! * **What is wrong has a place**: the entry's index and code, the file, or both.
//! * **Each row that is read is compared with its leaf** ([`served`]), not sums alone: who can change a row can change what follows
//!   from it.
//! * **Words of later versions** (a `v`, a kind, an account this program does not know) are "included, not understood": counted
//!   and said, and no finding.

pub mod audit;
mod blame;
mod canonical;
mod code;
mod computed;
pub mod evidence;
mod face;
mod fold;
mod judge;
pub mod kinds;
pub mod leaf;
pub mod mirror;
pub mod place;
pub mod published;
mod question;
pub mod receipt;
pub mod report;
mod rows;
pub mod sampled;
pub mod served;
mod served_csv;
mod served_row;
pub mod site;
mod terms;
pub mod totals;
pub mod trust;
pub mod watch;

/// Without what could drive a terminal.
pub fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// It could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Place(#[from] place::PlaceError),
    #[error("{0}")]
    Said(String),
    #[error("{0}: {1}")]
    File(String, std::io::Error),
}
