//! Progress on a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// One line on a terminal that is written over; nothing where standard error goes to a file.
pub struct Line {
    is_terminal: bool,
    last: Option<Instant>,
}

impl Default for Line {
    fn default() -> Self {
        Self { is_terminal: std::io::stderr().is_terminal(), last: None }
    }
}

impl Line {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn show(&mut self, text: &str) {
        let soon = self.last.is_some_and(|last| last.elapsed() < Duration::from_millis(100));
        if self.is_terminal && !soon {
            self.last = Some(Instant::now());
            // A terminal that is gone is no reason to stop.
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K{text}");
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.is_terminal && self.last.is_some() {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}
