//! Signed notes that are worth keeping: pairs that do not fit together, and those of which nobody knows yet whether they fit.
//!
//! A note with a good signature is kept *before* anything is proven with it. Otherwise a server could show a fork, answer no question
//! about it, and nothing would be left of it the next time.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::place::{PlaceError, write_file};
use crate::checkpoint;
use crate::hex::hex;
use crate::note::{MAX_NOTE, Verifier};
use crate::tree::Head;

const UNPROVEN: &str = "unproven";
/// So many looks in a row without a proof; later notes are not kept besides.
const MOST_UNPROVEN: usize = 256;

fn id(parts: [&[u8]; 2]) -> String {
    let [first, second] = parts;
    let id = hex(&Sha256::new().chain_update(first).chain_update([0]).chain_update(second).finalize());
    id.get(..16).unwrap_or(&id).to_owned()
}

/// Keeps two notes and why they do not fit, once for each pair, in a folder of their own below `folder`.
pub fn keep(folder: &Path, before: &[u8], after: &[u8], why: &str) -> Result<PathBuf, PlaceError> {
    let folder = folder.join(format!("evidence-{}", id([before, after])));
    if !folder.join("why.txt").exists() {
        write_file(&folder, "before.checkpoint", before, true)?;
        write_file(&folder, "after.checkpoint", after, true)?;
        write_file(&folder, "why.txt", why.as_bytes(), true)?;
    }
    Ok(folder)
}

/// Notes of the log's keys of which it is not proven yet that they continue what was seen before, in `unproven/` below a folder.
#[derive(Debug, Clone, Copy)]
pub struct Unproven<'f> {
    pub folder: &'f Path,
    pub keys: &'f [Verifier],
}

impl Unproven<'_> {
    fn files(&self) -> Result<Vec<PathBuf>, PlaceError> {
        let said = |error| PlaceError::unreachable(UNPROVEN, error);
        let entries = match fs::read_dir(self.folder.join(UNPROVEN)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(said)?,
        };
        let mut files = entries.map(|entry| Ok(entry.map_err(said)?.path())).collect::<Result<Vec<_>, PlaceError>>()?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "checkpoint"));
        files.sort();
        Ok(files)
    }

    fn name(note: &[u8]) -> String {
        format!("{UNPROVEN}/{}.checkpoint", id([note, &[]]))
    }

    pub fn save(&self, note: &[u8]) -> Result<(), PlaceError> {
        let name = Self::name(note);
        if self.folder.join(&name).exists() || self.files()?.len() >= MOST_UNPROVEN {
            return Ok(());
        }
        write_file(self.folder, &name, note, true)
    }

    /// All of them; what is signed by other keys is none of ours.
    pub fn all(&self) -> Result<Vec<(Vec<u8>, Head)>, PlaceError> {
        let mut notes = Vec::new();
        for path in self.files()? {
            let note = fs::read(&path).map_err(|error| PlaceError::unreachable(&path.display().to_string(), error))?;
            if note.len() <= MAX_NOTE
                && let Ok(head) = checkpoint::open(&note, self.keys)
            {
                notes.push((note, head));
            }
        }
        Ok(notes)
    }

    /// Lets go of a note that is proven, or kept as evidence.
    pub fn forget(&self, note: &[u8]) {
        // One that stays is looked at again, and no more.
        let _ = fs::remove_file(self.folder.join(Self::name(note)));
    }
}
