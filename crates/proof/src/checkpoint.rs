//! Checkpoints (C2SP tlog-checkpoint): origin, size and root of the log as a signed note.
//!
//! Three lines and no extension: what we sign has none, and what has any is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::note::{self, NoteError, Signer, Verifier};
use super::tree::{Head, MAX_SIZE};

/// Not a checkpoint one can rely on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("this is no checkpoint: {0}")]
    Malformed(&'static str),
    #[error("this is a checkpoint of {0}, another log")]
    OtherLog(String),
}

/// The text that is signed.
pub fn text(origin: &str, head: &Head) -> String {
    format!("{origin}\n{}\n{}\n", head.size, STANDARD.encode(head.root))
}

/// Signs a head with every key, all of one name: the log's origin.
pub fn sign(origin: &str, head: &Head, signers: &[Signer]) -> String {
    note::sign(&text(origin, head), signers)
}

/// Reads the text of a checkpoint of the log `origin`.
fn parse(text: &str, origin: &str) -> Result<Head, CheckpointError> {
    let lines: Vec<&str> = text.split('\n').collect();
    let [named, size, root, ""] = lines.as_slice() else {
        return Err(CheckpointError::Malformed("expected three lines: origin, size, root"));
    };
    if *named != origin {
        return Err(CheckpointError::OtherLog((*named).chars().take(200).collect()));
    }
    let number: u64 = size.parse().map_err(|_| CheckpointError::Malformed("the size is no number"))?;
    if number.to_string() != *size {
        return Err(CheckpointError::Malformed("the size is written in another way"));
    }
    if number > MAX_SIZE {
        return Err(CheckpointError::Malformed("no log has so many leaves"));
    }
    let decoded = STANDARD.decode(root).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let root = decoded.ok_or(CheckpointError::Malformed("the root is no hash"))?;
    Ok(Head { size: number, root })
}

/// The head in a checkpoint that at least one of the log's keys has signed. All `keys` are the log's: their common name is
/// its origin.
pub fn open(checkpoint: &[u8], keys: &[Verifier]) -> Result<Head, CheckpointError> {
    let (text, by) = note::open(checkpoint, keys)?;
    let origin = by.first().map(|key| key.name()).unwrap_or_default();
    parse(text, origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::empty_root;
    use proptest::prelude::*;

    fn signer() -> Signer {
        Signer::new("so.example.vn/log", &[7; 32]).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_signed_reads_back(size in 0..=MAX_SIZE, root: [u8; 32]) {
            let head = Head { size, root };
            let keys = [signer().verifier().clone()];
            let note = sign("so.example.vn/log", &head, &[signer()]);
            prop_assert_eq!(open(note.as_bytes(), &keys), Ok(head));
        }
    }

    #[test]
    fn only_one_form_is_a_checkpoint() {
        let keys = [signer().verifier().clone()];
        let root = STANDARD.encode(empty_root());
        let open = |text: &str| open(note::sign(text, &[signer()]).as_bytes(), &keys);
        let origin = "so.example.vn/log";
        assert!(open(&format!("{origin}\n0\n{root}\n")).is_ok());
        for bad in [
            format!("{origin}\n00\n{root}\n"),
            format!("{origin}\n+1\n{root}\n"),
            format!("{origin}\n-1\n{root}\n"),
            format!("{origin}\n1099511627777\n{root}\n"),
            format!("{origin}\n99999999999999999999999999\n{root}\n"),
            format!("{origin}\n0\n{}\n", &root[..40]),
            format!("{origin}\n0\n{root}\nextension\n"),
            format!("{origin}\n0\n{root}\n\n"),
            format!("{origin}\n0\n"),
            format!("other.example.vn/log\n0\n{root}\n"),
        ] {
            assert!(open(&bad).is_err(), "{bad}");
        }
    }
}
