use super::*;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use tlog_tiles::HashReader;

use crate::hex::hex;

fn leaf(n: u64) -> Hash {
    leaf_hash(&n.to_be_bytes())
}

fn tree(size: u64) -> MemoryTiles {
    let mut tiles = MemoryTiles::default();
    tiles.append((0..size).map(leaf));
    tiles
}

/// The other implementation's store: hashes in its own order.
#[derive(Default)]
struct Stored(Vec<tlog_tiles::Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

impl Stored {
    fn grow(&mut self, from: u64, to: u64) {
        for n in from..to {
            let hashes = tlog_tiles::stored_hashes(n, &n.to_be_bytes(), self).unwrap();
            self.0.extend(hashes);
        }
    }
}

fn theirs(hashes: &[tlog_tiles::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| hash.0).collect()
}

/// Sizes at which something changes: powers of 2 and of 256, and their neighbours.
const TURNS: [u64; 22] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1023, 65_535, 65_536, 65_537];

#[test]
fn the_known_values_hold() {
    assert_eq!(hex(&empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert!(hex(&leaf_hash(b"")).starts_with("6e340b9cffb37a98"));
    assert_eq!(Edge::default().head(), Head { size: 0, root: empty_root() });
}

#[test]
fn roots_are_those_of_two_other_implementations() {
    let (mut stored, mut before) = (Stored::default(), 0);
    let mut ct = MemoryBackedTree::<sha2_next::Sha256, Vec<u8>>::new();
    let mut ours = MemoryTiles::default();
    for size in TURNS {
        stored.grow(before, size);
        (before..size).for_each(|n| ct.push(n.to_be_bytes().to_vec()));
        ours.append((before..size).map(leaf));
        before = size;
        if size > 0 {
            assert_eq!(ours.head().root, tlog_tiles::tree_hash(size, &stored).unwrap().0, "{size}");
        }
        assert_eq!(ours.head().root.as_slice(), ct.root().as_bytes().as_slice(), "{size}");
    }
}

/// Every root the tree ever had can be had again, and the edge read from tiles is the edge that wrote them.
#[test]
fn earlier_roots_and_edges_come_from_the_tiles() {
    let mut whole = tree(66_000);
    for size in TURNS {
        let then = tree(size);
        assert_eq!(root_at(&mut whole, size).unwrap(), then.head().root, "{size}");
        assert_eq!(Edge::read(&mut whole, size).unwrap().unwrap(), then.edge, "{size}");
    }
}

#[test]
fn proofs_of_large_trees_are_those_of_another_implementation() {
    let size = 66_000;
    let (mut ours, mut stored) = (tree(size), Stored::default());
    stored.grow(0, size);
    for index in TURNS.into_iter().filter(|index| *index < size) {
        let proof = prove_inclusion(&mut ours, index, size).unwrap().unwrap();
        assert_eq!(proof, theirs(&tlog_tiles::prove_record(size, index, &stored).unwrap()), "{index}");
        assert!(verify_inclusion(&leaf(index), index, size, &proof, &ours.head().root));
    }
    for old in TURNS.into_iter().filter(|old| *old > 0) {
        let proof = prove_consistency(&mut ours, old, size).unwrap().unwrap();
        assert_eq!(proof, theirs(&tlog_tiles::prove_tree(size, old, &stored).unwrap()), "{old}");
        let head = Head { size: old, root: root_at(&mut ours, old).unwrap() };
        assert!(verify_consistency(&head, &ours.head(), &proof), "{old}");
    }
}

#[test]
fn tiles_are_those_of_another_implementation() {
    let (mut stored, mut before) = (Stored::default(), 0);
    let mut ours = MemoryTiles::default();
    for size in TURNS {
        stored.grow(before, size);
        ours.append((before..size).map(leaf));
        for tile in tlog_tiles::Tile::new_tiles(8, before, size) {
            let theirs = tile.read_data(&stored).unwrap();
            let width = u64::from(tile.width());
            let hashes = ours.hashes(tile.level(), tile.level_index(), 0..width).unwrap();
            assert_eq!(hashes.concat(), theirs, "{size}: {tile:?}");
        }
        before = size;
    }
}

#[test]
fn what_can_not_be_is_no_proof() {
    let mut tiles = tree(10);
    assert_eq!(prove_inclusion(&mut tiles, 10, 10), Ok(None));
    assert_eq!(prove_inclusion(&mut tiles, 0, MAX_SIZE + 1), Ok(None));
    assert_eq!(prove_consistency(&mut tiles, 11, 10), Ok(None));
    assert_eq!(prove_inclusion(&mut tiles, 3, 300), Err(NoTile(0, 1)));
    assert_eq!(Edge::read(&mut tiles, 300), Err(NoTile(0, 1)));
    let root = tiles.head().root;
    for (index, size) in [(u64::MAX, u64::MAX), (0, u64::MAX), (0, 0), (5, 5), (0, MAX_SIZE)] {
        assert!(!verify_inclusion(&leaf(0), index, size, &[root; 3], &root));
    }
    let (small, huge) = (Head { size: 3, root }, Head { size: u64::MAX, root });
    assert!(!verify_consistency(&small, &huge, &[root]) && !verify_consistency(&huge, &small, &[]));
    assert!(!verify_consistency(&small, &Head { size: 3, root: empty_root() }, &[]));
    assert!(!verify_consistency(&Head { size: 0, root }, &small, &[]), "the empty tree has one root");
}

proptest! {
    #[test]
    fn however_leaves_come_the_tree_is_the_same(steps in prop::collection::vec(0u64..300, 1..8)) {
        let mut ours = MemoryTiles::default();
        let mut size = 0;
        for step in steps {
            let grown = ours.append((size..size + step).map(leaf));
            size += step;
            // Each tile once, and none that did not grow.
            let names: std::collections::HashSet<_> = grown.iter().map(|tile| (tile.level, tile.n)).collect();
            prop_assert_eq!(names.len(), grown.len());
            prop_assert!(step > 0 || grown.is_empty());
        }
        let leaves: Vec<Hash> = (0..size).map(leaf).collect();
        prop_assert_eq!(ours.head(), Head { size, root: root_over(&leaves) });
    }

    #[test]
    fn proofs_hold_for_what_they_prove_and_for_nothing_else(
        size in 1u64..1_200, at in any::<prop::sample::Index>(), wrong in any::<prop::sample::Index>(), bit in 0u8..8
    ) {
        let mut ours = tree(size);
        let head = ours.head();
        let index = at.index(size as usize) as u64;
        let proof = prove_inclusion(&mut ours, index, size).unwrap().unwrap();
        prop_assert!(verify_inclusion(&leaf(index), index, size, &proof, &head.root));
        prop_assert!(!verify_inclusion(&leaf(index + 1), index, size, &proof, &head.root));
        let other = wrong.index(size as usize) as u64;
        prop_assert_eq!(other == index, verify_inclusion(&leaf(index), other, size, &proof, &head.root));
        let longer: Vec<Hash> = proof.iter().copied().chain([head.root]).collect();
        prop_assert!(!verify_inclusion(&leaf(index), index, size, &longer, &head.root));
        if !proof.is_empty() {
            prop_assert!(!verify_inclusion(&leaf(index), index, size, &proof[1..], &head.root));
            let mut changed = proof.clone();
            changed[wrong.index(proof.len())][usize::from(bit)] ^= 1 << bit;
            prop_assert!(!verify_inclusion(&leaf(index), index, size, &changed, &head.root));
        }
    }

    #[test]
    fn one_tree_is_the_beginning_of_another_or_not(
        new in 1u64..1_200, at in any::<prop::sample::Index>(), wrong in any::<prop::sample::Index>()
    ) {
        let old = at.index(new as usize + 1) as u64;
        let mut ours = tree(new);
        let (head, before) = (ours.head(), tree(old).head());
        let proof = prove_consistency(&mut ours, old, new).unwrap().unwrap();
        prop_assert!(verify_consistency(&before, &head, &proof));
        if old > 0 && old < new {
            let rewritten = Head { root: leaf(9_999), ..before };
            prop_assert!(!verify_consistency(&rewritten, &head, &proof));
            let other = Head { root: leaf(9_999), ..head };
            prop_assert!(!verify_consistency(&before, &other, &proof));
            prop_assert!(!verify_consistency(&before, &head, &proof[1..]));
            let mut changed = proof.clone();
            changed[wrong.index(proof.len())][0] ^= 1;
            prop_assert!(!verify_consistency(&before, &head, &changed));
        }
    }

    #[test]
    fn garbage_proofs_never_panic(index: u64, size: u64, old: u64, proof in prop::collection::vec(any::<[u8; 32]>(), 0..100)) {
        let root = empty_root();
        prop_assert!(!verify_inclusion(&root, index, size, &proof, &root) || size == 1);
        let _ = verify_consistency(&Head { size: old, root }, &Head { size, root }, &proof);
    }
}
