//! Checking one receipt: offline what it proves by itself, online what the log has said of the entry since.

use serde::Deserialize;

use super::VerifyError;
use super::blame::Published;
use super::code::Code;
use super::place::{self, Place, PlaceError};
use super::published::escaped;
use super::report::Findings;
use super::site::Site;
use crate::checkpoint;
use crate::hex::hex;
use crate::note::Verifier;
use crate::receipt::Receipt;
use crate::tiles::{self, Of, Piece};
use crate::tree::{self, Head, TILE_WIDTH, leaf_hash};

/// A leaf that speaks of the receipt's entry, found in the log and proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    pub index: u64,
    pub kind: String,
    pub code: String,
    pub booked: String,
    pub reason: Option<String>,
}

/// What asking the log brought.
#[derive(Debug, Default)]
pub struct Online {
    /// Size of the log as it is now.
    pub size: u64,
    pub later: Vec<Later>,
    pub findings: Findings,
    /// Reversals that the public ledger names and the log has not signed yet, or does not show.
    pub announced: Vec<String>,
    /// What was to be looked for and was not, and why.
    pub unknown: Vec<String>,
}

impl Online {
    /// Whether the entry is reversed, proven or only announced: who announces it of its own entry need not prove it.
    pub fn is_reversed(&self) -> bool {
        !self.announced.is_empty() || self.later.iter().any(|later| later.kind == REVERSAL)
    }

    /// Whether nothing that was asked is left open.
    pub fn is_answered(&self) -> bool {
        self.unknown.is_empty()
    }
}

const REVERSAL: &str = "REVERSAL";

/// Why the receipt's leaf cannot be read as one; it may be in the log all the same.
pub fn not_understood(receipt: &Receipt) -> Option<String> {
    super::canonical::read(&receipt.leaf).err().map(|error| error.to_string())
}

/// The entry's code as its leaf has it.
pub fn code_of(receipt: &Receipt) -> Option<String> {
    super::leaf::code_in(&receipt.leaf)
}

#[derive(Deserialize)]
struct EntryIn {
    leaf_hash: String,
    log_index: Option<u64>,
    reversed_by: Option<String>,
    #[serde(default)]
    annotations: Vec<AnnotationIn>,
}

#[derive(Deserialize)]
struct AnnotationIn {
    code: String,
    log_index: Option<u64>,
}

#[derive(Deserialize)]
struct LeafIn {
    kind: String,
    entry: String,
    of: Option<String>,
    booked: String,
    reason: Option<String>,
}

/// Asks the log, and the API which later leaves to look for. `head` is what the receipt was verified against.
pub fn ask(receipt: &Receipt, head: &Head, keys: &[Verifier], site: &Site) -> Result<Online, VerifyError> {
    let mut online = Online::default();
    let note = match site.checkpoint() {
        Err(PlaceError::Missing(path)) => {
            return Err(VerifyError::Said(format!("{path} is not there: is this the address of a log?")));
        }
        other => other?,
    };
    let now = match checkpoint::open(&note, keys) {
        Ok(now) => now,
        Err(error) => {
            online.findings.add("checkpoint", "checkpoint", error.to_string());
            return Ok(online);
        }
    };
    online.size = now.size;
    if let Err(why) = continues(site, head, &now)? {
        online.findings.add("append_only", "checkpoint", why);
        return Ok(online);
    }
    let Some(code) = code_of(receipt).filter(|_| not_understood(receipt).is_none()) else {
        online.unknown.push("its leaf has no entry's code: what was said of it later was not looked for".to_owned());
        return Ok(online);
    };
    let mut asking = Asking { site, now, code, online };
    asking.api(receipt)?;
    Ok(asking.online)
}

/// Whether the log as it is now begins with the tree of an earlier head: `Err` says why not.
pub(super) fn continues(place: &dyn Place, old: &Head, now: &Head) -> Result<Result<(), String>, PlaceError> {
    if now.size < old.size {
        return Ok(Err(format!("the log signed {} entries before and shows a checkpoint of {} now", old.size, now.size)));
    }
    let proof = match tree::prove_consistency(&mut Published::new(place, now.size), old.size, now.size) {
        Ok(proof) => proof.unwrap_or_default(),
        Err(error @ PlaceError::Unreachable { .. }) => return Err(error),
        Err(error) => {
            return Ok(Err(format!("the log cannot show that it continues the tree of {} entries: {error}", old.size)));
        }
    };
    Ok(if tree::verify_consistency(old, now, &proof) {
        Ok(())
    } else if old.size == now.size {
        Err(format!("FORK: the log signed two different trees of {} entries", old.size))
    } else {
        Err(format!("FORK: the log of {} entries does not begin with the {} entries it signed before", now.size, old.size))
    })
}

/// A code as somebody named it, if it is one.
fn named(code: &str) -> String {
    if Code::parse(code).is_some() { code.to_owned() } else { "an entry without a code".to_owned() }
}

struct Asking<'s> {
    site: &'s Site,
    now: Head,
    code: String,
    online: Online,
}

impl Asking<'_> {
    fn entry(&self, code: &str) -> Result<Option<EntryIn>, PlaceError> {
        self.site.api(&format!("/api/v1/public/entries/{}", escaped(code)))
    }

    fn api(&mut self, receipt: &Receipt) -> Result<(), VerifyError> {
        let Some(entry) = self.entry(&self.code)? else {
            let why = format!("the public ledger has no page of {} (--api says where it is)", self.code);
            self.online.unknown.push(format!("{why}: later entries were not looked for"));
            return Ok(());
        };
        if entry.leaf_hash != hex(&leaf_hash(&receipt.leaf)) || entry.log_index.is_some_and(|index| index != receipt.index) {
            self.online.findings.add(
                "entry",
                self.code.clone(),
                "the public ledger shows this entry with another leaf or another place",
            );
        }
        if let Some(code) = &entry.reversed_by {
            self.reversal(code);
        }
        for annotation in &entry.annotations {
            if let Some(why) = self.look(&annotation.code, annotation.log_index, None)? {
                self.online.unknown.push(why);
            }
        }
        Ok(())
    }

    /// A reversal that is named counts, whatever else the server answers of it.
    fn reversal(&mut self, code: &str) {
        let index = self.entry(code).map(|reversal| reversal.and_then(|reversal| reversal.log_index));
        match index.and_then(|index| self.look(code, index, Some(REVERSAL))) {
            Ok(None) => {}
            Ok(Some(why)) => self.online.announced.push(why),
            Err(error) => self.online.announced.push(format!("{} reverses this entry; {error}", named(code))),
        }
    }

    /// Looks at a leaf the API has named: it must be in the log, speak of our entry, and be of this kind. Says why it cannot be
    /// looked at yet.
    fn look(&mut self, code: &str, index: Option<u64>, kind: Option<&str>) -> Result<Option<String>, PlaceError> {
        let code = named(code);
        let Some(index) = index.filter(|index| *index < self.now.size) else {
            return Ok(Some(format!("{code} speaks of this entry and is not signed by the log yet")));
        };
        let fits = |leaf: &LeafIn| {
            leaf.entry == code && leaf.of.as_deref() == Some(&self.code) && kind.is_none_or(|kind| leaf.kind == kind)
        };
        match self.leaf(index)? {
            Ok(leaf) if fits(&leaf) => {
                let word = |text: String| text.chars().filter(|c| !c.is_control()).take(40).collect();
                let LeafIn { kind, booked, reason, .. } = leaf;
                self.online.later.push(Later { index, kind: word(kind), code, booked: word(booked), reason: reason.map(word) });
            }
            Ok(_) => self.online.findings.add(
                "later",
                code,
                format!("entry {index} of the log is not what the public ledger says it is"),
            ),
            Err(why) => self.online.findings.add("later", code, why),
        }
        Ok(None)
    }

    /// A leaf of the log, proven.
    fn leaf(&self, index: u64) -> Result<Result<LeafIn, String>, PlaceError> {
        let Some(bundle) = Piece::at(Of::Entries, index / TILE_WIDTH, self.now.size) else {
            return Ok(Err(format!("there is no entry {index}")));
        };
        let tried = place::bundle(self.site, &bundle).and_then(|bytes| {
            let entries = tiles::read_bundle(&bytes).unwrap_or_default();
            let entry = entries.get((index % TILE_WIDTH) as usize).copied().unwrap_or_default();
            let proof =
                tree::prove_inclusion(&mut Published::new(self.site, self.now.size), index, self.now.size)?.unwrap_or_default();
            if !tree::verify_inclusion(&leaf_hash(entry), index, self.now.size, &proof, &self.now.root) {
                return Ok(Err(format!("entry {index} of the log does not lead to the signed root")));
            }
            Ok(serde_json::from_slice(entry).map_err(|_| format!("entry {index} of the log cannot be read")))
        });
        match tried {
            Err(error @ (PlaceError::Missing(_) | PlaceError::Damaged { .. })) => Ok(Err(error.to_string())),
            other => other,
        }
    }
}
