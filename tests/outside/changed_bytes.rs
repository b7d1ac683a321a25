//! A leaf of every kind with one byte changed: each verifier says that it is wrong, and that the unchanged one is right. (What the
//! browser says of the same leaves: `tests/browser/units.rs`.)

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use so_nhan_ai_proof::checkpoint;
use so_nhan_ai_proof::note::Verifier;
use so_nhan_ai_proof::receipt::{Receipt, ReceiptError};
use so_nhan_ai_proof::tiles::{Of, Piece};
use so_nhan_ai_proof::tree::{leaf_hash, prove_inclusion, verify_inclusion};
use so_nhan_ai_proof::verify::audit::Walk;
use so_nhan_ai_proof::verify::kinds::KINDS;
use so_nhan_ai_proof::verify::place;
use so_nhan_ai_proof::verify::report::Report;

use super::every_kind::{KindLeaf, leaves};
use super::sample::{Folder, ORIGIN, Sample, VKEY};
use super::tools::{go, has_shell_tools, run_go, run_shell, text};

fn keys() -> [Verifier; 1] {
    [Verifier::parse(VKEY).unwrap()]
}

/// A log of one leaf of every kind.
struct EveryKind {
    leaves: Vec<KindLeaf>,
    sample: Sample,
    receipts: Vec<Receipt>,
}

impl EveryKind {
    fn new() -> Self {
        let (leaves, mut sample) = (leaves(VKEY), Sample::default());
        leaves.iter().for_each(|(_, leaf)| sample.push_leaf(leaf.clone()));
        let size = leaves.len() as u64;
        let checkpoint = sample.checkpoint(size);
        let receipts = leaves.iter().zip(0..).map(|((_, leaf), index)| {
            let proof = prove_inclusion(&mut sample.tiles, index, size).unwrap().unwrap();
            Receipt { leaf: leaf.clone(), opened: None, index, proof, checkpoint: checkpoint.clone() }
        });
        let receipts = receipts.collect();
        Self { leaves, sample, receipts }
    }

    fn size(&self) -> u64 {
        self.leaves.len() as u64
    }
}

/// Where the values of a leaf begin, each behind its quotation mark: one place in every field.
fn places(leaf: &[u8]) -> Vec<usize> {
    let begins = leaf.windows(2).enumerate().filter(|(_, pair)| pair[0] == b':').map(|(at, pair)| {
        let is_quoted = pair[1] == b'"';
        at + 1 + usize::from(is_quoted)
    });
    begins.collect()
}

/// With one byte changed, differently at every place.
fn changed(leaf: &[u8], at: usize) -> Vec<u8> {
    let mut changed = leaf.to_vec();
    changed[at] ^= 1 << (at % 8);
    changed
}

fn with(receipt: &Receipt, leaf: Vec<u8>) -> Receipt {
    Receipt { leaf, ..receipt.clone() }
}

fn audit(folder: &Path) -> Report {
    let place = place::Folder(folder.to_owned());
    let head = checkpoint::open(&fs::read(folder.join("checkpoint")).unwrap(), &keys()).unwrap();
    let mut walk = Walk::new(&place, 1);
    walk.grow(head, &mut |_, _| ()).unwrap();
    walk.report(ORIGIN)
}

/// Says what is wrong with each of some work, on all cores: most of it waits for a program.
fn all<T: Sync>(work: &[T], wrong: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut found = Vec::new();
        while let Some(item) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(wrong(item));
        }
        found
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn an_unchanged_leaf_of_every_kind_is_right() {
    let mut log = EveryKind::new();
    let folder = Folder::new();
    log.sample.write(folder.path(), log.size());
    let report = audit(folder.path());
    assert!(report.clean && report.not_understood.is_empty(), "{}", report.text(9));
    assert_eq!(report.entries.len(), KINDS.len(), "every kind is there");
    for (receipt, (kind, _)) in log.receipts.iter().zip(&log.leaves) {
        let read = Receipt::parse(receipt.text().unwrap().as_bytes()).unwrap();
        assert_eq!(read.verify(&keys()).map(|head| head.size), Ok(log.size()), "{kind}");
    }
}

#[test]
fn no_byte_of_any_kind_can_be_changed() {
    let log = EveryKind::new();
    let head = log.receipts[0].verify(&keys()).unwrap();
    for (receipt, (kind, leaf)) in log.receipts.iter().zip(&log.leaves) {
        let is_in = |leaf: &[u8]| verify_inclusion(&leaf_hash(leaf), receipt.index, head.size, &receipt.proof, &head.root);
        assert!(is_in(leaf), "{kind}");
        for at in 0..leaf.len() {
            assert!(!is_in(&changed(leaf, at)), "{kind}: byte {at} of {}", String::from_utf8_lossy(leaf));
        }
        for at in places(leaf) {
            let text = with(receipt, changed(leaf, at)).text().unwrap();
            let read = Receipt::parse(text.as_bytes()).and_then(|receipt| receipt.verify(&keys()));
            assert!(read.is_err(), "{kind}: byte {at}");
        }
    }
}

#[test]
fn the_audit_names_the_changed_leaf_of_any_kind() {
    let mut log = EveryKind::new();
    let folder = Folder::new();
    log.sample.write(folder.path(), log.size());
    let file = folder.path().join(Piece::at(Of::Entries, 0, log.size()).unwrap().path());
    let bundle = fs::read(&file).unwrap();
    let mut start = 0;
    for (index, (kind, leaf)) in log.leaves.iter().enumerate() {
        start += 2;
        for at in places(leaf) {
            let mut damaged = bundle.clone();
            damaged[start..start + leaf.len()].copy_from_slice(&changed(leaf, at));
            fs::write(&file, damaged).unwrap();
            let report = audit(folder.path());
            let named =
                report.findings.iter().any(|f| f.check == "entry_hash" && f.subject.starts_with(&format!("entry {index}")));
            assert!(named && !report.clean, "{kind}, byte {at}: {}", report.text(5));
        }
        start += leaf.len();
    }
}

#[test]
fn go_says_that_a_changed_leaf_of_any_kind_is_wrong() {
    let Some(go) = go() else { return };
    let mut log = EveryKind::new();
    let folder = Folder::new();
    log.sample.write(&folder.path().join("log"), log.size());
    let (code, _, err) = run_go(go, &["-log", text(&folder.path().join("log"))]);
    assert_eq!(code, 0, "{err}");
    let mut work: Vec<(usize, Option<usize>)> = Vec::new();
    for (n, (_, leaf)) in log.leaves.iter().enumerate() {
        work.push((n, None));
        work.extend(places(leaf).into_iter().map(|at| (n, Some(at))));
    }
    let found = all(&work, |(n, at)| says_otherwise(&log, folder.path(), *n, *at, |file| run_go(go, &["-receipt", text(file)])));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_shell_says_that_a_changed_leaf_of_any_kind_is_wrong() {
    if !has_shell_tools() {
        return;
    }
    let (log, folder) = (EveryKind::new(), Folder::new());
    // A run costs a tenth of a second: in every kind another field, so that all together change each of them.
    let mut work: Vec<(usize, Option<usize>)> = Vec::new();
    for (n, (_, leaf)) in log.leaves.iter().enumerate() {
        let places = places(leaf);
        work.extend([None, Some(places[n % places.len()]), Some((n * 97 + 13) % leaf.len())].map(|at| (n, at)));
    }
    let found = all(&work, |(n, at)| says_otherwise(&log, folder.path(), *n, *at, run_shell));
    assert!(found.is_empty(), "{found:#?}");
}

/// Runs a program over one receipt; `None` when it says what it has to.
fn says_otherwise(
    log: &EveryKind,
    folder: &Path,
    n: usize,
    at: Option<usize>,
    run: impl Fn(&Path) -> (i32, String, String),
) -> Option<String> {
    let (kind, leaf) = &log.leaves[n];
    let receipt = with(&log.receipts[n], at.map_or_else(|| leaf.clone(), |at| changed(leaf, at)));
    let file = folder.join(format!("{n}-{}.tlog-proof", at.map_or_else(|| "right".to_owned(), |at| at.to_string())));
    fs::write(&file, receipt.text().unwrap()).unwrap();
    let (code, out, err) = run(&file);
    let wanted = i32::from(at.is_some());
    (code != wanted).then(|| format!("{kind}, byte {at:?}: {code} instead of {wanted}: {out}{err}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the byte becomes, of whatever kind the leaf is.
    #[test]
    fn another_byte_is_noticed_wherever_it_stands(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte: u8) {
        thread_local!(static LOG: EveryKind = EveryKind::new());
        let verified = LOG.with(|log| {
            let receipt = &log.receipts[which.index(log.receipts.len())];
            let mut leaf = receipt.leaf.clone();
            let at = at.index(leaf.len());
            let is_same = leaf[at] == byte;
            leaf[at] = byte;
            (is_same, with(receipt, leaf).verify(&keys()).map(|head| head.size))
        });
        match verified {
            (true, held) => prop_assert!(held.is_ok()),
            (false, held) => prop_assert_eq!(held, Err(ReceiptError::NotIncluded)),
        }
    }
}
