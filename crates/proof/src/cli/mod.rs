//! The commands that check a log from outside, for the small program and for the server's.

pub mod line;
pub mod verify;
pub mod watch;

use std::io::Write;

/// Why a command did not do what it was asked, in one line.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Writes what a command answers to standard output; a reader that has gone is an error, not a panic.
pub fn say(text: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}
