//! `audit`: of the database from inside, or of a log from outside.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use so_nhan_ai_proof::cli::verify::{self, Format, LogAudit};

use super::{Failure, upkeep};
use crate::config::Config;

/// What is audited: exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct AuditWhat {
    /// Audit the database
    #[arg(long)]
    database: bool,
    /// Audit a public log from outside, at this address: https://so.example.vn or https://so.example.vn/log
    #[arg(long)]
    url: Option<String>,
    /// Audit a copy of a public log, in this folder
    #[arg(long)]
    dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AuditCommand {
    #[command(flatten)]
    what: AuditWhat,
    #[command(flatten)]
    log: LogAudit,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// List at most this many findings; all are counted
    #[arg(long, default_value_t = 100)]
    most: usize,
}

impl AuditCommand {
    /// Whether it asks for a log, for which nothing need be installed.
    pub fn is_of_log(&self) -> bool {
        self.what.url.is_some() || self.what.dir.is_some()
    }

    pub fn of_log(&self) -> Result<ExitCode, Failure> {
        let (url, dir) = (self.what.url.as_deref(), self.what.dir.as_deref());
        verify::audit(&self.log, url, dir, self.format, self.most)
    }

    /// `--database` takes none of what is for logs.
    pub fn only_for_database(&self) -> Result<(), Failure> {
        if self.log.is_given() {
            return Err("--vkey, --policy, --mirror, --api, --sample and --seed go with --url or --dir".into());
        }
        Ok(())
    }

    pub fn of_database(&self, config: &Config) -> Result<ExitCode, Failure> {
        upkeep::audit(config, self.format, self.most)
    }
}
