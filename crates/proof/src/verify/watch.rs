//! Watching a log: does every checkpoint continue the one seen before?
//!
//! All that is remembered is one file, `watch.json`, replaced whole after a checkpoint was found to continue the last one; a kill
//! at any moment leaves the old one or the new one. What was signed and does not fit is kept in a folder of its own: two
//! notes with good signatures between which there is no proof are evidence that nobody can explain away. What was signed and could
//! not be proven (a tile that could not be had) is kept too, and the next look must fit to it as well.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::VerifyError;
use super::blame::Published;
use super::evidence::{self, Unproven};
use super::place::{Place, PlaceError, write_file};
use super::receipt::continues;
use crate::checkpoint;
use crate::hex::hex;
use crate::note::{MAX_NOTE, Verifier};
use crate::tree::{self, Head};

const STATE: &str = "watch.json";
/// When the rows that are served were last compared.
const ROWS: &str = "rows.json";

/// See [`ROWS`].
#[derive(Debug, Serialize, Deserialize)]
struct Compared {
    compared_at: DateTime<Utc>,
}

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
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|error| said(format!("cannot be read: {error}")))?)),
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

    /// When the rows that the site serves were last compared; a file that cannot be read says nothing.
    pub fn rows_compared_at(&self) -> Option<DateTime<Utc>> {
        let bytes = fs::read(self.folder.join(ROWS)).ok().filter(|bytes| bytes.len() < MAX_NOTE)?;
        serde_json::from_slice(&bytes).ok().map(|compared: Compared| compared.compared_at)
    }

    pub fn set_rows_compared_at(&self, compared_at: DateTime<Utc>) -> Result<(), VerifyError> {
        let bytes = serde_json::to_vec(&Compared { compared_at }).map_err(|error| VerifyError::Said(error.to_string()))?;
        Ok(write_file(self.folder, ROWS, &bytes, true)?)
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
                let known = before.as_ref().map(|state| state.checkpoint.as_bytes()).unwrap_or_default();
                let evidence = evidence::keep(self.folder, known, &note, &format!("{error}\n"))?;
                return Ok(Seen::Wrong { why: format!("the checkpoint is not one: {error}"), evidence: Some(evidence) });
            }
        };
        let remembered = before.as_ref().map(|state| state.checkpoint.as_bytes());
        let unproven = Unproven { folder: self.folder, keys: self.keys };
        if remembered != Some(note.as_slice()) {
            unproven.save(&note)?;
        }
        let waiting = unproven.all()?;
        let first = remembered.zip(old.as_ref());
        for (earlier, old) in first.into_iter().chain(waiting.iter().map(|(note, head)| (note.as_slice(), head))) {
            if let Err(why) = continues(self.place, old, &head)? {
                let evidence = evidence::keep(self.folder, earlier, &note, &self.attempt(old, &head, &why))?;
                unproven.forget(earlier);
                unproven.forget(&note);
                return Ok(Seen::Wrong { why, evidence: Some(evidence) });
            }
        }
        let same = before.as_ref().zip(old).filter(|(_, old)| old.size == head.size);
        let grew_at = same.map_or(now, |(state, _)| state.grew_at);
        let checkpoint = String::from_utf8(note).map_err(|_| VerifyError::Said("the checkpoint is not text".to_owned()))?;
        self.write(&State { v: 1, checkpoint, grew_at, seen_at: now })?;
        waiting.iter().for_each(|(note, _)| unproven.forget(note));
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
}
