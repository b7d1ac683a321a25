//! Watching a log: does every checkpoint continue the one seen before?
//!
//! All that is remembered is one file, `watch.json`, replaced whole after a checkpoint was found to continue the last one; a kill
//! at any moment leaves the old one or the new one. What was signed and does not fit is kept in a folder of its own: two
//! notes with good signatures between which there is no proof are evidence that nobody can explain away.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::VerifyError;
use super::blame::Published;
use super::place::{Place, PlaceError, write_file};
use super::receipt::continues;
use crate::basics::hex;
use crate::log::checkpoint;
use crate::log::note::{MAX_NOTE, Verifier};
use crate::log::tree::{self, Head};

const STATE: &str = "watch.json";

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    v: u8,
    /// The last checkpoint that continued the one before, verbatim.
    checkpoint: String,
    /// When the log was first seen at this size.
    grew_at: DateTime<Utc>,
    /// When it was last seen.
    seen_at: DateTime<Utc>,
}

/// What one look brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The first look: from here on the log is held to this.
    First { size: u64 },
    /// As before.
    Same { size: u64, grew_at: DateTime<Utc> },
    /// It grew, and continues what was there.
    Grown { from: u64, size: u64 },
    /// Something is wrong; the notes are kept in the folder, if there were any.
    Wrong { why: String, evidence: Option<PathBuf> },
}

/// A log, and the folder of what is known of it.
pub struct Watch<'w> {
    pub place: &'w dyn Place,
    pub keys: &'w [Verifier],
    pub folder: &'w Path,
}

impl Watch<'_> {
    fn read(&self) -> Result<Option<State>, VerifyError> {
        let path = self.folder.join(STATE);
        let said = |why: String| VerifyError::Said(format!("{}: {why}", path.display()));
        match fs::read(&path) {
            Ok(bytes) if bytes.len() > 2 * MAX_NOTE => Err(said("is too long".to_owned())),
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|error| said(format!("can not be read: {error}")))?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(VerifyError::File(path.display().to_string(), error)),
        }
    }

    fn write(&self, state: &State) -> Result<(), VerifyError> {
        let bytes = serde_json::to_vec_pretty(state).map_err(|error| VerifyError::Said(error.to_string()))?;
        Ok(write_file(self.folder, STATE, &bytes, true)?)
    }

    /// When the log was last seen to be well; `None` before the first look.
    pub fn seen_at(&self) -> Result<Option<DateTime<Utc>>, VerifyError> {
        Ok(self.read()?.map(|state| state.seen_at))
    }

    /// Looks once.
    pub fn look(&self, now: DateTime<Utc>) -> Result<Seen, VerifyError> {
        let before = self.read()?;
        let old = before.as_ref().map(|state| checkpoint::open(state.checkpoint.as_bytes(), self.keys)).transpose();
        let old =
            old.map_err(|error| VerifyError::Said(format!("{STATE}: what is remembered is not signed by this key: {error}")))?;
        let note = match self.place.checkpoint() {
            Err(PlaceError::Damaged { path, why }) => return Ok(Seen::Wrong { why: format!("{path} {why}"), evidence: None }),
            other => other?,
        };
        let head = match checkpoint::open(&note, self.keys) {
            Ok(head) => head,
            Err(error) => {
                let evidence = self.keep(before.as_ref(), &note, &format!("{error}\n"))?;
                return Ok(Seen::Wrong { why: format!("the checkpoint is not one: {error}"), evidence: Some(evidence) });
            }
        };
        if let Some(old) = &old
            && let Err(why) = continues(self.place, old, &head)?
        {
            let evidence = self.keep(before.as_ref(), &note, &self.attempt(old, &head, &why))?;
            return Ok(Seen::Wrong { why, evidence: Some(evidence) });
        }
        let same = before.as_ref().zip(old).filter(|(_, old)| old.size == head.size);
        let grew_at = same.map_or(now, |(state, _)| state.grew_at);
        let checkpoint = String::from_utf8(note).map_err(|_| VerifyError::Said("the checkpoint is not text".to_owned()))?;
        self.write(&State { v: 1, checkpoint, grew_at, seen_at: now })?;
        Ok(match old {
            None => Seen::First { size: head.size },
            Some(old) if old.size == head.size => Seen::Same { size: head.size, grew_at },
            Some(old) => Seen::Grown { from: old.size, size: head.size },
        })
    }

    /// The proof that was tried, so that others can see that it is none.
    fn attempt(&self, old: &Head, new: &Head, why: &str) -> String {
        let proof = tree::prove_consistency(&mut Published::new(self.place, new.size), old.size, new.size);
        let lines = match proof {
            Ok(Some(proof)) => proof.iter().map(|hash| hex(hash) + "\n").collect(),
            Ok(None) => "none is possible\n".to_owned(),
            Err(error) => format!("none could be made: {error}\n"),
        };
        format!("{why}\nfrom {} entries to {}; the proof that the log's tiles give:\n{lines}", old.size, new.size)
    }

    /// Keeps evidence, once for each pair of notes.
    fn keep(&self, before: Option<&State>, after: &[u8], text: &str) -> Result<PathBuf, VerifyError> {
        let before = before.map(|state| state.checkpoint.as_str()).unwrap_or_default();
        let id = hex(&Sha256::new().chain_update(before).chain_update([0]).chain_update(after).finalize());
        let folder = self.folder.join(format!("evidence-{}", id.get(..16).unwrap_or(&id)));
        if !folder.join("why.txt").exists() {
            write_file(&folder, "before.checkpoint", before.as_bytes(), true)?;
            write_file(&folder, "after.checkpoint", after, true)?;
            write_file(&folder, "why.txt", text.as_bytes(), true)?;
        }
        Ok(folder)
    }
}
