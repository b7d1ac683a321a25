//! Receipts: one leaf, what proves it, and the checkpoint it is proven by, in one text file (C2SP tlog-proof).
//!
//! `extra` carries the leaf's bytes and, in a receipt for the giver alone, a newline and a JSON object that opens the giver's
//! own fields. A leaf is canonical JSON and has no raw newline, so the first line is the leaf.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::checkpoint::{self, CheckpointError};
use super::commitment::{self, Opening};
use super::note::{MAX_NOTE, Verifier};
use super::tree::{self, Hash, Head, MAX_PROOF, MAX_SIZE};
use crate::hex::{hex, unhex};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Larger receipts are refused, in bytes: a leaf of 64 KiB and its opening in base64, a proof and a note.
pub const MAX_RECEIPT: usize = 512 * 1024;
/// What a receipt's file is called: `<code>.tlog-proof`.
pub const EXTENSION: &str = "tlog-proof";

/// A file that is no receipt, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error("this is no receipt: {0}")]
    Malformed(&'static str),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("the proof does not lead from this leaf to the signed root: something was changed")]
    NotIncluded,
    #[error("the opened fields are not those this leaf commits to")]
    WrongOpening,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The leaf, byte for byte as it is in the log.
    pub leaf: Vec<u8>,
    /// The giver's own fields; `None` in a receipt for everybody.
    pub opened: Option<Opened>,
    pub index: u64,
    pub proof: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

/// All fields behind a commitment, in bytewise order of name: shown, or only their commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    v: u8,
    fields: Vec<OpenedField>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum OpenedField {
    Shown { field: String, value: String, salt: String },
    Kept { field: String, commitment: String },
}

impl Opened {
    /// Shows the fields named, and of the others the commitment.
    pub fn of(opening: &Opening, show: impl Fn(&str) -> bool) -> Self {
        let fields = opening.fields.iter().map(|(field, value)| {
            if show(field) {
                let salt = hex(&commitment::salt(&opening.secret, field));
                OpenedField::Shown { field: field.clone(), value: value.clone(), salt }
            } else {
                let commitment = hex(&commitment::field_commitment(&opening.secret, field, value));
                OpenedField::Kept { field: field.clone(), commitment }
            }
        });
        Self { v: 1, fields: fields.collect() }
    }

    /// Names and values that are shown.
    pub fn shown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().filter_map(|field| match field {
            OpenedField::Shown { field, value, .. } => Some((field.as_str(), value.as_str())),
            OpenedField::Kept { .. } => None,
        })
    }

    /// The commitment `pd` that these fields make; `None` when a salt or a commitment is no hash, or they are not a gift's
    /// fields in their order. (The commitment of a hidden field does not show its name, so the list is fixed.)
    fn commitment(&self) -> Option<[u8; 32]> {
        let names: Vec<&str> = self.fields.iter().map(OpenedField::name).collect();
        if self.v != 1 || names != commitment::GIVER_FIELDS {
            return None;
        }
        let mut set = Sha256::new();
        set.update(b"ledger/pd-set/v1\0");
        set.update([u8::try_from(names.len()).ok()?]);
        for field in &self.fields {
            set.update(field.commitment()?);
        }
        Some(set.finalize().into())
    }
}

impl OpenedField {
    fn name(&self) -> &str {
        match self {
            OpenedField::Shown { field, .. } | OpenedField::Kept { field, .. } => field,
        }
    }

    fn commitment(&self) -> Option<[u8; 32]> {
        match self {
            OpenedField::Shown { field, value, salt } => Some(commitment::salted(&unhex_plain(salt)?, field, value)),
            OpenedField::Kept { commitment, .. } => unhex_plain(commitment),
        }
    }
}

/// Lower-case digits only: one way to write it.
fn unhex_plain(text: &str) -> Option<[u8; 32]> {
    unhex(text).filter(|bytes| hex(bytes) == text)
}

/// There is one way to write it, so that a changed byte is always noticed.
fn read_opened(json: &[u8]) -> Option<Opened> {
    let opened: Opened = serde_json::from_slice(json).ok()?;
    (serde_json::to_vec(&opened).ok()? == json).then_some(opened)
}

impl Receipt {
    /// The file.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let mut extra = self.leaf.clone();
        if let Some(opened) = &self.opened {
            extra.push(b'\n');
            extra.extend(serde_json::to_vec(opened)?);
        }
        let proof: String = self.proof.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
        let (extra, index) = (STANDARD.encode(extra), self.index);
        Ok(format!("{FIRST_LINE}\nextra {extra}\nindex {index}\n{proof}\n{}", self.checkpoint))
    }

    /// Reads a file; nothing is verified yet.
    pub fn parse(file: &[u8]) -> Result<Self, ReceiptError> {
        use ReceiptError::Malformed;
        if file.len() > MAX_RECEIPT {
            return Err(Malformed("it is too large"));
        }
        let file = std::str::from_utf8(file).map_err(|_| Malformed("it is not text"))?;
        let (head, checkpoint) = file.split_once("\n\n").ok_or(Malformed("there is no checkpoint in it"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(Malformed("it does not begin as a receipt does"));
        }
        let extra = lines.next().and_then(|line| line.strip_prefix("extra ")).and_then(|extra| STANDARD.decode(extra).ok());
        let extra = extra.ok_or(Malformed("the line of the leaf (extra) cannot be read"))?;
        let written = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = written.and_then(|index| index.parse::<u64>().ok()).filter(|index| *index < MAX_SIZE);
        let index = index.filter(|index| written == Some(index.to_string().as_str()));
        let index = index.ok_or(Malformed("the line of the index cannot be read"))?;
        let proof: Option<Vec<Hash>> =
            lines.take(MAX_PROOF + 1).map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
        let proof = proof.filter(|proof| proof.len() <= MAX_PROOF).ok_or(Malformed("a line of the proof cannot be read"))?;
        if checkpoint.len() > MAX_NOTE {
            return Err(Malformed("its checkpoint is too long"));
        }
        let (leaf, opened) = match extra.iter().position(|byte| *byte == b'\n') {
            None => (extra, None),
            Some(at) => {
                let opened = extra.get(at + 1..).and_then(read_opened);
                let opened = opened.ok_or(Malformed("what opens the fields cannot be read"))?;
                (extra.get(..at).unwrap_or_default().to_vec(), Some(opened))
            }
        };
        Ok(Self { leaf, opened, index, proof, checkpoint: checkpoint.to_owned() })
    }

    /// Verifies signature, inclusion and opened fields. What it cannot see: whether a later leaf takes this one back.
    pub fn verify(&self, keys: &[Verifier]) -> Result<Head, ReceiptError> {
        let head = checkpoint::open(self.checkpoint.as_bytes(), keys)?;
        if !tree::verify_inclusion(&tree::leaf_hash(&self.leaf), self.index, head.size, &self.proof, &head.root) {
            return Err(ReceiptError::NotIncluded);
        }
        if let Some(opened) = &self.opened
            && (opened.commitment().is_none() || opened.commitment() != self.committed())
        {
            return Err(ReceiptError::WrongOpening);
        }
        Ok(head)
    }

    /// `pd` of the leaf.
    fn committed(&self) -> Option<[u8; 32]> {
        #[derive(Deserialize)]
        struct Committed {
            pd: String,
        }
        let leaf: Committed = serde_json::from_slice(&self.leaf).ok()?;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(leaf.pd).ok()?.try_into().ok()
    }
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
