//! Signed notes (C2SP signed-note): a text, and lines that say who signed it. Ed25519 only.
//!
//! Parsing is strict and bounded, because notes come from anywhere. Signatures of keys one does not know are ignored; a key
//! one knows whose signature is wrong makes the whole note worthless.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// Larger notes are refused, in bytes.
pub const MAX_NOTE: usize = 65_536;
/// More signatures than this are refused; at least 16 must be taken.
const MAX_SIGNATURES: usize = 64;
/// Type byte of an Ed25519 key.
const ED25519: u8 = 1;

/// Text that is no note, no key, or not signed as one needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("this is no signed note: {0}")]
    Malformed(&'static str),
    #[error("this is no verifier key like name+1234abcd+base64")]
    NotAKey,
    #[error("a name of a key is a word without spaces and without +")]
    BadName,
    #[error("the signature of {0} is wrong")]
    WrongSignature(String),
    #[error("none of the known keys has signed this")]
    NoKnownSignature,
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 200 && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// `SHA-256(name ‖ newline ‖ type ‖ public key)`, its first four bytes.
fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', ED25519]);
    hash.update(public);
    let [a, b, c, d, ..]: [u8; 32] = hash.finalize().into();
    [a, b, c, d]
}

/// A public key and the name it signs under, `name+hex of the key's id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl Verifier {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::BadName);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, key.as_bytes()), key })
    }

    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, rest) = text.trim().split_once('+').ok_or(NoteError::NotAKey)?;
        let (id, key) = rest.split_once('+').ok_or(NoteError::NotAKey)?;
        let bytes = STANDARD.decode(key).map_err(|_| NoteError::NotAKey)?;
        let [ED25519, public @ ..] = bytes.as_slice() else {
            return Err(NoteError::NotAKey);
        };
        let public: &[u8; 32] = public.try_into().map_err(|_| NoteError::NotAKey)?;
        let verifier = Self::new(name, VerifyingKey::from_bytes(public).map_err(|_| NoteError::NotAKey)?)?;
        if crate::hex::hex(&verifier.id) == id { Ok(verifier) } else { Err(NoteError::NotAKey) }
    }

    /// The name, which for a log's key is its origin.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: Vec<u8> = std::iter::once(ED25519).chain(*self.key.as_bytes()).collect();
        write!(f, "{}+{}+{}", self.name, crate::hex::hex(&self.id), STANDARD.encode(key))
    }
}

/// A secret key and the name it signs under.
pub struct Signer {
    verifier: Verifier,
    key: SigningKey,
}

impl Signer {
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::from_bytes(secret);
        Ok(Self { verifier: Verifier::new(name, key.verifying_key())?, key })
    }

    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    fn line(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let blob: Vec<u8> = self.verifier.id.into_iter().chain(signature).collect();
        format!("— {} {}\n", self.verifier.name, STANDARD.encode(blob))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("verifier", &self.verifier.to_string()).finish_non_exhaustive()
    }
}

/// Signs a text, which must end with a newline, with every key.
pub fn sign(text: &str, signers: &[Signer]) -> String {
    let lines: String = signers.iter().map(|signer| signer.line(text)).collect();
    format!("{text}\n{lines}")
}

struct SignatureLine<'a> {
    name: &'a str,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// A note as it came, not verified.
struct Note<'a> {
    text: &'a str,
    signatures: Vec<SignatureLine<'a>>,
}

fn parse(note: &[u8]) -> Result<Note<'_>, NoteError> {
    if note.len() > MAX_NOTE {
        return Err(NoteError::Malformed("it is too long"));
    }
    let note = std::str::from_utf8(note).map_err(|_| NoteError::Malformed("it is not UTF-8"))?;
    if note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(NoteError::Malformed("it has control characters"));
    }
    // The last empty line parts text and signatures; the text keeps its own last newline.
    let at = note.rfind("\n\n").ok_or(NoteError::Malformed("there is no empty line before the signatures"))?;
    let (text, lines) = note.split_at(at + 1);
    let lines = lines.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
    let lines = lines.ok_or(NoteError::Malformed("the last line has no end"))?;
    let signatures: Option<Vec<_>> = lines.split('\n').take(MAX_SIGNATURES + 1).map(signature_line).collect();
    let signatures = signatures.ok_or(NoteError::Malformed("a line of a signature cannot be read"))?;
    if signatures.len() > MAX_SIGNATURES {
        return Err(NoteError::Malformed("there are too many signatures"));
    }
    Ok(Note { text, signatures })
}

fn signature_line(line: &str) -> Option<SignatureLine<'_>> {
    let (name, blob) = line.strip_prefix("— ")?.split_once(' ')?;
    let blob = STANDARD.decode(blob).ok()?;
    let (id, signature) = blob.split_first_chunk::<4>()?;
    (is_name(name) && !signature.is_empty()).then(|| SignatureLine { name, id: *id, signature: signature.to_vec() })
}

/// The text of a note that at least one of these keys has signed, and which of them did, in the order given.
pub fn open<'a, 'k>(note: &'a [u8], known: &'k [Verifier]) -> Result<(&'a str, Vec<&'k Verifier>), NoteError> {
    let note = parse(note)?;
    let mut by = Vec::new();
    for verifier in known {
        for line in note.signatures.iter().filter(|line| line.name == verifier.name && line.id == verifier.id) {
            let signature = Signature::from_slice(&line.signature).ok();
            let good = signature.is_some_and(|signature| verifier.key.verify_strict(note.text.as_bytes(), &signature).is_ok());
            if !good {
                return Err(NoteError::WrongSignature(verifier.name.clone()));
            }
            if !by.contains(&verifier) {
                by.push(verifier);
            }
        }
    }
    if by.is_empty() { Err(NoteError::NoKnownSignature) } else { Ok((note.text, by)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VECTOR: &str = "ledger.example.vn/log1+68c7249f+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h";

    fn signer(name: &str, seed: u8) -> Signer {
        Signer::new(name, &[seed; 32]).unwrap()
    }

    #[test]
    fn keys_are_written_as_in_the_specification() {
        assert_eq!(signer("ledger.example.vn/log1", 0x2a).verifier().to_string(), VECTOR);
        for vkey in [VECTOR, "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"] {
            assert_eq!(Verifier::parse(vkey).unwrap().to_string(), vkey);
        }
        let flipped = VECTOR.replace("68c7249f", "68c7249e");
        for bad in [
            "",
            "a",
            "a+b",
            "a+b+c",
            &flipped,
            &VECTOR.replace("ARl/", "BBl/"),
            &VECTOR[..VECTOR.len() - 4],
            &format!("a b{VECTOR}"),
        ] {
            assert!(Verifier::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_note_is_what_the_known_keys_signed() {
        let (ours, other) = (signer("a.vn/log", 1), signer("b.vn/w", 2));
        let known = [ours.verifier().clone(), other.verifier().clone()];
        let text = "a.vn/log\n5\n\nwith an empty line\n";
        let note = sign(text, &[ours, other]);
        assert_eq!(open(note.as_bytes(), &known).unwrap(), (text, known.iter().collect()));
        assert_eq!(open(note.as_bytes(), &known[1..]).unwrap().1, [&known[1]]);
        assert_eq!(open(note.as_bytes(), &[]), Err(NoteError::NoKnownSignature));
        let stranger = [signer("a.vn/log", 3).verifier().clone()];
        assert_eq!(open(note.as_bytes(), &stranger), Err(NoteError::NoKnownSignature));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let ours = signer("a.vn/log", 1);
        let known = [ours.verifier().clone()];
        let note = sign("a.vn/log\n5\nroot\n", &[ours]);
        for at in 0..note.len() {
            for bit in [1u8, 4, 128] {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= bit;
                // Another line's end would be another way to write the same; there is none.
                assert!(open(&bytes, &known).is_err(), "byte {at}");
            }
        }
        for cut in 0..note.len() {
            assert!(open(&note.as_bytes()[..cut], &known).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let ours = signer("a.vn/log", 1);
        let known = [ours.verifier().clone()];
        let note = sign("x\n", &[ours]);
        let line = note.lines().last().unwrap().to_owned() + "\n";
        assert!(open((note.clone() + &line.repeat(15)).as_bytes(), &known).is_ok());
        assert!(open((note.clone() + &line.repeat(64)).as_bytes(), &known).is_err());
        assert!(open(("x".repeat(MAX_NOTE) + &note).as_bytes(), &known).is_err());
        assert!(open(note.replace('\n', "\r\n").as_bytes(), &known).is_err());
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "(.|\n|—){0,80}") {
            let known = [Verifier::parse(VECTOR).unwrap()];
            prop_assert!(open(&bytes, &known).is_err());
            prop_assert!(open(text.as_bytes(), &known).is_err());
            let _ = Verifier::parse(&text);
        }

        #[test]
        fn it_agrees_with_another_implementation(seed: [u8; 32], text in "[a-zà-ỹ0-9 ]{1,40}\n") {
            use signed_note::{StandardVerifier, Note, VerifierList};
            let signer = Signer::new("so.example.vn/log", &seed).unwrap();
            let vkey = signer.verifier().to_string();
            let note = sign(&text, &[signer]);
            let theirs = StandardVerifier::new(&vkey).unwrap();
            let parsed = Note::from_bytes(note.as_bytes()).unwrap();
            let (verified, _) = parsed.verify(&VerifierList::new(vec![Box::new(theirs)])).unwrap();
            prop_assert_eq!(verified.len(), 1);
            prop_assert_eq!(parsed.text(), text.as_bytes());
        }
    }
}
