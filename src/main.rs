//! The `so-nhan-ai` program: its command line is in [`so_nhan_ai::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    so_nhan_ai::cli::run()
}
