//! The manifest of a backup: what is in it, of which moment, with the hash of every part.
//!
//! It carries its own hash, so that a damaged manifest is noticed like any other damage. None of this stops somebody
//! who can write the whole backup anew; against that there is the log's head, which others have written down.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{UpkeepError, files, io};

use crate::basics::hex;

/// The version of this format.
const FORMAT: u32 = 1;
/// A backup's folder begins with this.
pub const PREFIX: &str = "so-nhan-ai-";
pub const FILE: &str = "manifest.json";
pub const DATABASE: &str = "database.dump";
/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Version of the program that made it.
    pub program: String,
    /// Name of the database and version of PostgreSQL.
    pub origin: String,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    /// Versions of the migrations that had run.
    pub schema: Vec<String>,
    pub log: Head,
    /// Rows of every table.
    pub rows: BTreeMap<String, i64>,
    pub received_vnd: i64,
    pub gift_count: i64,
    /// (purpose, name) of the keys without which this cannot be opened. Not the keys.
    pub keys_in_use: Vec<(String, String)>,
    pub parts: Vec<Part>,
    pub document_count: u64,
    /// Documents that rows name and that were not there, or not what they should be.
    pub documents_missing: Vec<String>,
}

/// The head of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub size: i64,
    /// Hash of the last leaf, hexadecimal; absent when the log is empty.
    pub last_leaf_hash: Option<String>,
    /// Leaves that waited for their place.
    pub waiting: i64,
}

/// A file of the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    manifest: Manifest,
    /// Of the manifest's RFC 8785 bytes.
    sha256: String,
}

fn own_hash(manifest: &Manifest) -> Result<String, serde_json::Error> {
    Ok(hex(&Sha256::digest(serde_json_canonicalizer::to_vec(manifest)?)))
}

impl Manifest {
    pub fn new(started_at: DateTime<Utc>) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            origin: String::new(),
            started_at,
            finished_at: started_at,
            schema: Vec::new(),
            log: Head { size: 0, last_leaf_hash: None, waiting: 0 },
            rows: BTreeMap::new(),
            received_vnd: 0,
            gift_count: 0,
            keys_in_use: Vec::new(),
            parts: Vec::new(),
            document_count: 0,
            documents_missing: Vec::new(),
        }
    }

    /// Writes it whole or not at all.
    pub(super) fn write(&self, folder: &Path) -> Result<(), UpkeepError> {
        let path = folder.join(FILE);
        let json = |error: serde_json::Error| io("write", &path)(error.into());
        let sealed = Sealed { manifest: self.clone(), sha256: own_hash(self).map_err(json)? };
        let text = serde_json::to_string_pretty(&sealed).map_err(|error| io("write", &path)(error.into()))? + "\n";
        files::write_atomically(&path, text.as_bytes())
    }

    /// Reads and checks the manifest of a backup's folder.
    pub fn read(folder: &Path) -> Result<Self, UpkeepError> {
        let path = folder.join(FILE);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(UpkeepError::NotABackup(format!("there is no {}", path.display())));
            }
            Err(error) => return Err(io("read", &path)(error)),
        };
        let damaged = |what: &str| UpkeepError::Damaged(format!("{} {what}", path.display()));
        let format = serde_json::from_slice::<serde_json::Value>(&text).map_err(|_| damaged("cannot be read"))?;
        match format["manifest"]["format"].as_u64() {
            Some(known) if known == u64::from(FORMAT) => {}
            Some(newer) => return Err(UpkeepError::Refused(format!("the backup has format {newer}: a newer program made it"))),
            None => return Err(damaged("says no format")),
        }
        let sealed: Sealed = serde_json::from_slice(&text).map_err(|_| damaged("cannot be read"))?;
        match own_hash(&sealed.manifest) {
            Ok(hash) if hash == sealed.sha256 => Ok(sealed.manifest),
            _ => Err(damaged("was changed")),
        }
    }

    /// Reads every part again and compares hashes; the documents one by one.
    pub fn verify(&self, folder: &Path, progress: super::Progress<'_>) -> Result<(), UpkeepError> {
        for part in &self.parts {
            let path = folder.join(&part.name);
            progress(&format!("checking {}", part.name));
            let (bytes, sha256) = files::hash(&path)?;
            if bytes != part.bytes {
                return Err(UpkeepError::Damaged(format!("{} has {bytes} bytes, it had {}", path.display(), part.bytes)));
            }
            if sha256 != part.sha256 {
                return Err(UpkeepError::Damaged(format!("{} was changed", path.display())));
            }
        }
        if !self.parts.iter().any(|part| part.name == DATABASE) {
            return Err(UpkeepError::Damaged("the manifest names no database".to_owned()));
        }
        let documents = files::read_list(folder)?;
        if documents.len() as u64 != self.document_count {
            return Err(UpkeepError::Damaged(format!("{} lists {} documents", files::DOCUMENTS, documents.len())));
        }
        for (n, document) in documents.iter().enumerate() {
            if n % 64 == 0 {
                progress(&format!("checking documents {n}/{}", documents.len()));
            }
            document.check(&folder.join(files::FOLDER))?;
        }
        Ok(())
    }
}

/// The backup meant by a path: a backup's own folder, or the newest complete one in a folder of backups.
pub fn find(path: &Path) -> Result<PathBuf, UpkeepError> {
    if path.join(FILE).is_file() {
        return Ok(path.to_path_buf());
    }
    complete_in(path)?.pop().ok_or_else(|| {
        UpkeepError::NotABackup(format!("there is neither a {FILE} nor a folder {PREFIX}… with one in {}", path.display()))
    })
}

/// Folders of complete backups, oldest first: those whose name and manifest say so.
pub fn complete_in(folder: &Path) -> Result<Vec<PathBuf>, UpkeepError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io("read", folder))? {
        let entry = entry.map_err(io("read", folder))?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX)
            && let Ok(manifest) = Manifest::read(&entry.path())
        {
            found.push((manifest.started_at, entry.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}
