//! The `so-nhan-ai` program: its command line is in [`so_nhan_ai::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    keep_memory_together();
    so_nhan_ai::cli::run()
}

/// glibc gives threads memory pools of their own, up to eight for each core, and what one has freed no other can use: with
/// some seventy threads that was half of the server's memory. One for each core is as fast here (docs/performance.md).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_memory_together() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // SAFETY: nothing runs beside this yet; mallopt only sets a number and says whether it did.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, libc::c_int::try_from(cores).unwrap_or(libc::c_int::MAX)) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn keep_memory_together() {}
