//! Where documents are kept and what bounds them.

use std::path::PathBuf;

use clap::Args;

/// What can be set, by flag or environment.
#[derive(Debug, Clone, Default, Args)]
pub struct DocumentSettings {
    /// Folder of uploaded documents [default: <data-dir>/documents]
    #[arg(long, env = "SNA_DOCUMENTS_DIR", global = true)]
    pub documents_dir: Option<PathBuf>,
    /// Largest document in MiB [default: 20]
    #[arg(long, env = "SNA_DOCUMENTS_MAX_MIB", global = true)]
    pub documents_max_mib: Option<u64>,
    /// What one account may upload in 24 hours, in MiB [default: 500]
    #[arg(long, env = "SNA_DOCUMENTS_DAILY_MIB", global = true)]
    pub documents_daily_mib: Option<u64>,
    /// Unfinished uploads one account may have [default: 20]
    #[arg(long, env = "SNA_DOCUMENTS_OPEN_UPLOADS", global = true)]
    pub documents_open_uploads: Option<u64>,
    /// Disk space in MiB that uploads leave free [default: 512]
    #[arg(long, env = "SNA_DOCUMENTS_RESERVE_MIB", global = true)]
    pub documents_reserve_mib: Option<u64>,
}

/// The same, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    pub dir: PathBuf,
    pub max_mib: u64,
    pub daily_mib: u64,
    pub open_uploads: u64,
    pub reserve_mib: u64,
}

/// Names of the variables.
pub(super) const VARIABLES: [&str; 5] = [
    "SNA_DOCUMENTS_DIR",
    "SNA_DOCUMENTS_MAX_MIB",
    "SNA_DOCUMENTS_DAILY_MIB",
    "SNA_DOCUMENTS_OPEN_UPLOADS",
    "SNA_DOCUMENTS_RESERVE_MIB",
];

impl DocumentSettings {
    /// Whatever is not set here is taken from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            documents_dir: self.documents_dir.or(other.documents_dir),
            documents_max_mib: self.documents_max_mib.or(other.documents_max_mib),
            documents_daily_mib: self.documents_daily_mib.or(other.documents_daily_mib),
            documents_open_uploads: self.documents_open_uploads.or(other.documents_open_uploads),
            documents_reserve_mib: self.documents_reserve_mib.or(other.documents_reserve_mib),
        }
    }

    /// With defaults for the rest; names the setting that is out of its range, and the range.
    pub(super) fn decide(self, data_dir: &std::path::Path) -> Result<Documents, (&'static str, &'static str)> {
        let decided = Documents {
            dir: self.documents_dir.unwrap_or_else(|| data_dir.join("documents")),
            max_mib: self.documents_max_mib.unwrap_or(20),
            daily_mib: self.documents_daily_mib.unwrap_or(500),
            open_uploads: self.documents_open_uploads.unwrap_or(20),
            reserve_mib: self.documents_reserve_mib.unwrap_or(512),
        };
        match () {
            () if !(1..=1_024).contains(&decided.max_mib) => Err(("documents_max_mib", "1 to 1024")),
            () if !(1..=1_000_000).contains(&decided.daily_mib) => Err(("documents_daily_mib", "1 to 1000000")),
            () if !(1..=1_000).contains(&decided.open_uploads) => Err(("documents_open_uploads", "1 to 1000")),
            () if decided.reserve_mib > 10_000_000 => Err(("documents_reserve_mib", "0 to 10000000")),
            () => Ok(decided),
        }
    }
}
