//! The audit of a whole log: every bundle against its tile, every tile, the root, every leaf, all leaves together.
//!
//! Bundles are read, hashed and their leaves checked on all cores, a batch at a time; what depends on order (the tree above,
//! and [`fold`](super::fold)) follows after each batch. So memory is bounded by a batch and by some bytes an entry. A walk
//! can go on where it stopped when the log has grown ([`Walk::grow`]).

use std::cmp::Ordering;
use std::hash::RandomState;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::VerifyError;
use super::blame::{Blame, Published, blame};
use super::code::Code;
use super::computed::Computed;
use super::evidence::Unproven;
use super::face::{self, Face, Line};
use super::fold::{Fold, subject};
use super::leaf::{Leaf, Reader, code_in};
use super::place::{self, Place, PlaceError};
use super::report::{Contradiction, Findings, Report};
use super::rows::{Rows, Sketch};
use super::totals::{Totals, Views};
use crate::tiles::{self, Of, Piece};
use crate::tree::{self, Hash, Head, MAX_LEVEL, TILE_WIDTH};

/// Bundles a thread takes before the batch ends.
const BUNDLES_A_THREAD: u64 = 32;

/// Told how many entries are checked, and of how many.
pub type Watcher<'w> = &'w mut dyn FnMut(u64, u64);

/// An audit under way.
pub struct Walk<'p> {
    place: &'p dyn Place,
    threads: usize,
    computed: Computed,
    head: Head,
    fold: Fold,
    totals: Totals,
    rows: Option<Rows>,
    pub(super) keyed: RandomState,
    pub findings: Findings,
    pub notes: Vec<String>,
    /// What was to be checked and could not be; see [`Report::unchecked`].
    pub unchecked: Vec<String>,
    /// Signed notes that do not fit together.
    pub evidence: Vec<Contradiction>,
    /// Where signed notes are kept before they are proven, if anywhere.
    pub unproven: Option<Unproven<'p>>,
    /// Where tiles for proofs come from: the log itself, also where a mirror has older ones.
    pub proofs: &'p dyn Place,
    /// The notes that were followed, the last one that of the head.
    pub followed: Vec<Vec<u8>>,
    has_begun: bool,
    root_differs: bool,
    began: Instant,
}

/// What an entry must look like to everybody; of a reversal as soon as it is known what it takes back.
enum Shown {
    Sketch(Sketch),
    Reversal(Vec<u8>),
}

/// One bundle, checked by itself.
struct Checked {
    /// What further hashing goes on with: the entries' hashes or, where these are damaged, the tile's.
    hashes: Vec<Hash>,
    leaves: Vec<(u64, Leaf, Option<Shown>)>,
    totals: Totals,
    findings: Findings,
}

impl<'p> Walk<'p> {
    pub fn new(place: &'p dyn Place, threads: usize) -> Self {
        Self {
            place,
            threads: threads.max(1),
            computed: Computed::default(),
            head: Head { size: 0, root: tree::empty_root() },
            fold: Fold::default(),
            totals: Totals::default(),
            rows: None,
            keyed: RandomState::new(),
            findings: Findings::default(),
            notes: Vec::new(),
            unchecked: Vec::new(),
            evidence: Vec::new(),
            unproven: None,
            proofs: place,
            followed: Vec::new(),
            has_begun: false,
            root_differs: false,
            began: Instant::now(),
        }
    }

    /// Keeps what the entries must look like to everybody, some forty bytes each. Before the walk begins.
    pub fn keep_rows(&mut self) {
        self.rows = Some(Rows::default());
    }

    /// What is kept, and the order of the leaves.
    pub(super) fn known(&self) -> Option<(&Rows, &Fold)> {
        self.rows.as_ref().map(|rows| (rows, &self.fold))
    }

    /// The bytes of an entry once more, from where the walk had them.
    pub(super) fn leaf(&self, index: u64) -> Result<Option<Vec<u8>>, PlaceError> {
        let Some(bundle) = Piece::at(Of::Entries, index / TILE_WIDTH, self.head.size) else { return Ok(None) };
        let bytes = place::bundle(self.place, &bundle)?;
        let entries = tiles::read_bundle(&bytes).unwrap_or_default();
        Ok(entries.get((index % TILE_WIDTH) as usize).map(|entry| entry.to_vec()))
    }

    /// What an entry must look like to everybody, read once more from where the walk had it.
    pub(super) fn face(&self, index: u64) -> Result<Option<(Face, Vec<Line>)>, PlaceError> {
        Ok(self.leaf(index)?.and_then(|leaf| face::of_leaf(&leaf, |code| self.fold.original(code))))
    }

    /// Leaves checked so far.
    pub fn size(&self) -> u64 {
        self.head.size
    }

    /// The head as far as is checked, and the note that signs it.
    pub fn head(&self) -> (&Head, &[u8]) {
        (&self.head, self.followed.last().map_or(&[], Vec::as_slice))
    }

    /// Whether the entries make another root than was signed.
    pub fn root_differs(&self) -> bool {
        self.root_differs
    }

    /// Whether nothing was found but what a site shows otherwise than the log.
    pub fn is_whole(&self) -> bool {
        self.findings.total == self.findings.kept.iter().filter(|finding| finding.check.starts_with("published_")).count() as u64
    }

    /// What was received according to the leaves so far.
    pub fn views(&self) -> Views {
        self.totals.views()
    }

    /// Goes on to what a note signs, as [`Walk::grow`]; a note that does not continue the one before is kept beside it.
    pub fn follow(&mut self, note: &[u8], head: Head, watcher: Watcher<'_>) -> Result<(), VerifyError> {
        if let Some(unproven) = &self.unproven {
            unproven.save(note)?;
        }
        let why = self.grown(head, watcher)?;
        let before = self.head().1.to_vec();
        if head == self.head && before != note {
            self.followed.push(note.to_vec());
        }
        if let Some(why) = why {
            self.contradict(&before, note, why);
        }
        Ok(())
    }

    /// Checks everything that a log whose signed head is `head` has and that was not checked yet.
    pub fn grow(&mut self, head: Head, watcher: Watcher<'_>) -> Result<(), VerifyError> {
        self.grown(head, watcher).map(drop)
    }

    /// Says why the head does not continue the one before, if so.
    fn grown(&mut self, head: Head, watcher: Watcher<'_>) -> Result<Option<String>, VerifyError> {
        let before = self.head;
        let why = match head.size.cmp(&before.size) {
            Ordering::Less => Some(format!("signs {} entries, after {} were signed", head.size, before.size)),
            Ordering::Equal if self.has_begun && head.root != before.root => {
                Some(format!("FORK: the log signed two different trees of {} entries", head.size))
            }
            Ordering::Equal if self.has_begun => return Ok(None),
            _ => None,
        };
        if let Some(why) = &why {
            self.findings.add("append_only", "checkpoint", why.clone());
            return Ok(Some(why.clone()));
        }
        (self.head, self.has_begun) = (head, true);
        let (first, end) = (before.size / TILE_WIDTH, head.size.div_ceil(TILE_WIDTH));
        let batch = self.threads as u64 * BUNDLES_A_THREAD;
        let (mut next, mut is_there) = (first, true);
        while next < end {
            let until = (next + batch).min(end);
            let checked = self.batch(next..until, before.size)?;
            if checked.iter().all(|bundle| bundle.hashes.is_empty()) {
                // Somebody signs for a log that is not there; how much of it is not there makes no difference.
                let paths = format!("tile/entries from bundle {next} on");
                self.findings.add("file", paths, "nothing is there, nor are the tiles");
                is_there = false;
                break;
            }
            for (n, checked) in (next..).zip(checked) {
                self.take(n, checked);
            }
            next = until;
            watcher((next * TILE_WIDTH).min(head.size), head.size);
        }
        if is_there {
            self.upper_tiles(&before)?;
        }
        self.root();
        if before.size == 0 { Ok(None) } else { Ok(self.continues(&before, "the checkpoint read before")?) }
    }

    /// Checks some bundles at once. The first thing that could not be checked ends it.
    fn batch(&self, bundles: std::ops::Range<u64>, from_index: u64) -> Result<Vec<Checked>, PlaceError> {
        let todo: Vec<u64> = bundles.collect();
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<Option<Result<Checked, PlaceError>>>> = Mutex::new(todo.iter().map(|_| None).collect());
        std::thread::scope(|scope| {
            for _ in 0..self.threads.min(todo.len()) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Relaxed);
                        let Some(n) = todo.get(at) else {
                            return;
                        };
                        let checked = self.bundle(*n, from_index);
                        if checked.is_err() {
                            next.store(todo.len(), Relaxed);
                        }
                        if let Some(slot) = done.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                            *slot = Some(checked);
                        }
                    }
                });
            }
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Slots stay empty only behind an error.
        let (mut checked, mut failed) = (Vec::new(), None);
        for slot in done.into_iter().flatten() {
            match slot {
                Ok(bundle) => checked.push(bundle),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            None if checked.len() == todo.len() => Ok(checked),
            None => Err(PlaceError::unreachable("tile/entries", "a thread ended early")),
            Some(error) => Err(error),
        }
    }

    /// Checks bundle `n`; leaves below `from_index` were read before.
    fn bundle(&self, n: u64, from_index: u64) -> Result<Checked, PlaceError> {
        let first = self.bundle_once(n, from_index)?;
        if first.findings.total == 0 {
            return Ok(first);
        }
        // A copy of ours may be the damaged one: then the server is asked, once.
        let pieces = [Of::Entries, Of::Hashes(0)].into_iter().filter_map(|of| Piece::at(of, n, self.head.size));
        let forgotten = pieces.flat_map(|piece| [piece, piece.full()]).filter(|piece| self.place.forget(&piece.path())).count();
        if forgotten > 0 { self.bundle_once(n, from_index) } else { Ok(first) }
    }

    fn bundle_once(&self, n: u64, from_index: u64) -> Result<Checked, PlaceError> {
        let mut checked =
            Checked { hashes: Vec::new(), leaves: Vec::new(), totals: Totals::default(), findings: Findings::default() };
        let piece = |of| Piece::at(of, n, self.head.size).ok_or_else(|| PlaceError::Missing(format!("bundle {n}")));
        let (tile, bundle) = (piece(Of::Hashes(0))?, piece(Of::Entries)?);
        let in_tile = found_or(place::hashes(self.place, &tile), &mut checked.findings)?;
        let bytes = found_or(place::bundle(self.place, &bundle), &mut checked.findings)?;
        let entries = bytes.as_deref().and_then(tiles::read_bundle).unwrap_or_default();
        checked.hashes = entries.iter().map(|entry| tree::leaf_hash(entry)).collect();
        if let Some(in_tile) = in_tile {
            self.compare(&bundle, &tile, &in_tile, &entries, &mut checked);
        }
        let mut reader = Reader { keyed: &self.keyed, totals: &mut checked.totals };
        for (index, entry) in (n * TILE_WIDTH..).zip(&entries).filter(|(index, _)| *index >= from_index) {
            match reader.read(entry) {
                Ok(leaf) => {
                    let has_row = self.rows.is_some() && leaf.entry().is_some_and(|entry| entry.kind.money);
                    let shown = match &leaf {
                        _ if !has_row => None,
                        Leaf::Reversal(..) => Some(Shown::Reversal(entry.to_vec())),
                        _ => face::of_leaf(entry, |_| None)
                            .map(|(face, goods)| Shown::Sketch(Sketch::of(&face, &goods, &self.keyed))),
                    };
                    checked.leaves.push((index, leaf, shown));
                }
                Err(why) => checked.findings.add("leaf", subject(index, code_in(entry)), why),
            }
        }
        Ok(checked)
    }

    /// Compares entries with their tile. Where the tile is what was signed, hashing goes on with the tile's hashes, so that one
    /// changed entry is one finding and not a wrong root as well.
    fn compare(&self, bundle: &Piece, tile: &Piece, in_tile: &[Hash], entries: &[&[u8]], checked: &mut Checked) {
        if entries.is_empty() {
            checked.hashes = in_tile.to_vec();
            return;
        }
        let mut blamed = None;
        for (i, (should, entry)) in in_tile.iter().zip(entries).enumerate() {
            let Some(is) = checked.hashes.get(i).copied().filter(|is| is != should) else {
                continue;
            };
            let index = bundle.n * TILE_WIDTH + i as u64;
            let blame = *blamed.get_or_insert_with(|| blame(self.place, &self.head, index, should, &is));
            let (b, t) = (bundle.path(), tile.path());
            let differs = match blame {
                Blame::Bundle => format!("was changed: {b} has not the bytes whose hash was signed"),
                Blame::Tile => format!("the entry is as it was signed, but {t} has another hash"),
                Blame::Unknown => format!("{b} and {t} disagree, and neither leads to the signed root"),
            };
            checked.findings.add("entry_hash", subject(index, code_in(entry)), differs);
        }
        if blamed == Some(Blame::Bundle) {
            checked.hashes = in_tile.to_vec();
        }
    }

    fn take(&mut self, n: u64, checked: Checked) {
        let Checked { hashes, leaves, totals, findings } = checked;
        self.fold.has_gaps |= findings.total > 0;
        self.findings.merge(findings);
        self.totals.merge(totals);
        for (index, leaf, shown) in leaves {
            let of: Option<Code> = if let Leaf::Reversal(entry, _) = &leaf { entry.of } else { None };
            if let Leaf::Reversal(entry, back) = &leaf {
                self.fold.take_back(entry, back, &mut self.totals);
            }
            self.fold.take(index, leaf, &mut self.findings);
            let Some(rows) = &mut self.rows else { continue };
            let sketch = match shown {
                None => None,
                Some(Shown::Sketch(sketch)) => Some(sketch),
                Some(Shown::Reversal(bytes)) => face::of_leaf(&bytes, |code| self.fold.original(code))
                    .map(|(face, goods)| Sketch::of(&face, &goods, &self.keyed)),
            };
            rows.take(index, sketch, of.and_then(|of| self.fold.index_of(of)));
        }
        // Nothing of it could be had: the tree above goes on beside it, and the root will not fit either.
        if Piece::at(Of::Hashes(0), n, self.head.size).is_some_and(|tile| tile.is_full()) {
            self.computed.push_full(tree::root_over(&hashes));
        } else {
            self.computed.set_tail(hashes);
        }
    }

    /// Compares the tiles above level 0 that are new, or wider, with what was computed.
    fn upper_tiles(&mut self, before: &Head) -> Result<(), PlaceError> {
        for level in 1..=MAX_LEVEL {
            let of = Of::Hashes(level);
            for n in of.count(before.size) / TILE_WIDTH..of.count(self.head.size).div_ceil(TILE_WIDTH) {
                let Some(tile) = Piece::at(of, n, self.head.size) else {
                    continue;
                };
                let mut found = Findings::default();
                self.compare_upper(&tile, &mut found)?;
                if found.total > 0 && [tile, tile.full()].iter().filter(|tile| self.place.forget(&tile.path())).count() > 0 {
                    found = Findings::default();
                    self.compare_upper(&tile, &mut found)?;
                }
                self.findings.merge(found);
            }
        }
        Ok(())
    }

    fn compare_upper(&self, tile: &Piece, findings: &mut Findings) -> Result<(), PlaceError> {
        let Some(published) = found_or(place::hashes(self.place, tile), findings)? else {
            return Ok(());
        };
        let computed = self.computed.tile(tile).unwrap_or_default();
        let Of::Hashes(level) = tile.of else {
            return Ok(());
        };
        for (i, (is, should)) in published.iter().zip(computed).enumerate().filter(|(_, (is, should))| is != should) {
            let _ = (is, should);
            let many = 1u64 << (8 * u32::from(level));
            let first = (tile.n * TILE_WIDTH + i as u64) * many;
            findings.add("tile", tile.path(), format!("hash {i} is not that of entries {first} to {}", first + many - 1));
        }
        if computed.len() != published.len() {
            findings.add("tile", tile.path(), "has more hashes than there are tiles below");
        }
        Ok(())
    }

    fn root(&mut self) {
        let root = tree::root_at(&mut self.computed, self.head.size).ok();
        if root != Some(self.head.root) {
            let computed = root.map_or("none".to_owned(), |root| STANDARD.encode(root));
            let signed = STANDARD.encode(self.head.root);
            self.findings.add("root", "checkpoint", format!("signs the root {signed}; the entries have {computed}"));
            self.root_differs = true;
        }
    }

    /// Whether the log as it is now begins with an earlier head; if not, why. It is proven from one signed root to the other: tiles
    /// are asked for anew, and a server may answer otherwise the second time.
    pub fn continues(&mut self, old: &Head, name: &str) -> Result<Option<String>, PlaceError> {
        let new = self.head;
        let why = if old.size > new.size {
            format!("signs {} entries; {name} signed {} before", new.size, old.size)
        } else {
            let mut tiles = Published::new(self.proofs, new.size);
            let proof = tree::prove_consistency(&mut tiles, old.size, new.size);
            match proof.map(|proof| tree::verify_consistency(old, &new, &proof.unwrap_or_default())) {
                Ok(true) => return Ok(None),
                // Tiles that do not lead to the new root cannot tell whether the log or a file is wrong.
                Ok(_) if self.root_differs && tree::root_at(&mut tiles, new.size) != Ok(new.root) => {
                    format!("cannot be compared with {name}: the tiles do not lead to the signed root")
                }
                Ok(_) => format!("FORK: the first {} entries are not those that {name} was signed for", old.size),
                Err(error @ PlaceError::Unreachable { .. }) => return Err(error),
                Err(error) => format!("cannot be compared with {name}: {error}"),
            }
        };
        self.findings.add("append_only", "checkpoint", why.clone());
        Ok(Some(why))
    }

    /// Holds the log to a note that was signed earlier.
    pub fn hold_to(&mut self, note: &[u8], old: &Head, name: &str) -> Result<(), PlaceError> {
        if let Some(why) = self.continues(old, name)? {
            let after = self.head().1.to_vec();
            self.contradict(note, &after, why);
        }
        Ok(())
    }

    fn contradict(&mut self, before: &[u8], after: &[u8], why: String) {
        let text = |note: &[u8]| String::from_utf8_lossy(note).into_owned();
        self.evidence.push(Contradiction { before: text(before), after: text(after), why });
    }

    /// What there is to say.
    pub fn report(mut self, origin: &str) -> Report {
        for key in self.fold.keys.iter().filter(|key| !key.key.strip_prefix(origin).is_some_and(|rest| rest.starts_with('+'))) {
            let subject = format!("entry {} ({})", key.index, key.entry);
            self.findings.add("key", subject, format!("the key {} is not of this log", key.key));
        }
        Report {
            clean: self.findings.total == 0 && self.unchecked.is_empty(),
            total: self.findings.total,
            totals: self.totals.views(),
            findings: self.findings.kept,
            origin: origin.to_owned(),
            size: self.head.size,
            root: STANDARD.encode(self.head.root),
            entries: self.fold.kinds,
            not_understood: self.fold.not_understood,
            keys: self.fold.keys,
            notes: self.notes,
            unchecked: self.unchecked,
            evidence: self.evidence,
            seconds: self.began.elapsed().as_secs_f64(),
        }
    }
}

/// A file that is missing or damaged is a finding; one that could not be had ends the audit.
fn found_or<T>(got: Result<T, PlaceError>, findings: &mut Findings) -> Result<Option<T>, PlaceError> {
    match got {
        Ok(value) => Ok(Some(value)),
        Err(PlaceError::Missing(path)) => {
            findings.add("file", path, "is missing");
            Ok(None)
        }
        Err(PlaceError::Damaged { path, why }) => {
            findings.add("file", path, why);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
