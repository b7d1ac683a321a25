//! `so-nhan-ai-verify`: checks a public log and its receipts from outside. It needs no installation, no database and no key but the
//! log's public one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use so_nhan_ai_proof::cli::Failure;
use so_nhan_ai_proof::cli::verify::{self, Format, LogAudit, ReceiptCommand};
use so_nhan_ai_proof::cli::watch::{self, WatchCommand};

/// Checks the public ledger of the Vietnam Red Cross from outside.
#[derive(Debug, Parser)]
#[command(name = "so-nhan-ai-verify", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a public log, all of it
    Audit(AuditCommand),
    /// Receipts of gifts
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// Watch a public log: does every checkpoint continue the one before?
    Watch(WatchCommand),
}

/// What is audited: exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Where {
    /// Audit a public log, at this address: https://so.example.vn or https://so.example.vn/log
    #[arg(long)]
    url: Option<String>,
    /// Audit a copy of a public log, in this folder
    #[arg(long)]
    dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct AuditCommand {
    #[command(flatten)]
    at: Where,
    #[command(flatten)]
    log: LogAudit,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// List at most this many findings; all are counted
    #[arg(long, default_value_t = 100)]
    most: usize,
}

fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Audit(AuditCommand { at, log, format, most }) => {
            verify::audit(log, at.url.as_deref(), at.dir.as_deref(), *format, *most)
        }
        Command::Receipt(command) => verify::receipt(command),
        Command::Watch(command) => watch::watch(command),
    }
}

/// 0: right; 1: something is wrong; 2: it could not be checked, or not all of it; for a receipt also 3: right, and reversed later.
fn main() -> ExitCode {
    run(&Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("so-nhan-ai-verify: {error}");
        ExitCode::from(2)
    })
}
