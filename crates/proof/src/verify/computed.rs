//! The tree as it follows from entries alone: kept small, because of each full bundle only its root is needed further up.

use std::ops::Range;

use crate::tiles::{Of, Piece};
use crate::tree::{self, Hash, Hashes, TILE_WIDTH};

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Computed {
    /// `full[l]`: the hashes of level `l + 1` of tiles, each that of a full tile below it.
    full: Vec<Vec<Hash>>,
    /// Leaf hashes of the last bundle, if it is not full.
    tail: Vec<Hash>,
}

/// A hash was asked for that was not computed, or is kept no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("hash {1} of level {0} was not computed")]
pub struct NotComputed(u8, u64);

impl Computed {
    /// The next full bundle, by its root.
    pub fn push_full(&mut self, root: Hash) {
        self.tail.clear();
        let mut hash = root;
        for level in 0usize.. {
            if self.full.len() == level {
                self.full.push(Vec::new());
            }
            let Some(row) = self.full.get_mut(level) else {
                return;
            };
            row.push(hash);
            if !(row.len() as u64).is_multiple_of(TILE_WIDTH) {
                return;
            }
            hash = tree::root_over(row.get(row.len() - TILE_WIDTH as usize..).unwrap_or_default());
        }
    }

    /// The last bundle, by its leaf hashes.
    pub fn set_tail(&mut self, hashes: Vec<Hash>) {
        self.tail = hashes;
    }

    /// The content of a tile above level 0, as far as it is computed.
    pub fn tile(&self, tile: &Piece) -> Option<&[Hash]> {
        let Of::Hashes(level @ 1..) = tile.of else {
            return None;
        };
        let from = usize::try_from(tile.n.checked_mul(TILE_WIDTH)?).ok()?;
        self.full.get(usize::from(level) - 1)?.get(from..from + usize::from(tile.width))
    }
}

impl Hashes for Computed {
    type Error = NotComputed;

    fn hashes(&mut self, level: u8, n: u64, within: Range<u64>) -> Result<Vec<Hash>, NotComputed> {
        let first = n.saturating_mul(TILE_WIDTH).saturating_add(within.start);
        let row = match level {
            0 => self.full.first().map_or(0, Vec::len) as u64 * TILE_WIDTH,
            _ => 0,
        };
        let hashes = if level == 0 { Some(&self.tail) } else { self.full.get(usize::from(level) - 1) };
        let from = usize::try_from(first.wrapping_sub(row)).unwrap_or(usize::MAX);
        let many = usize::try_from(within.end - within.start).unwrap_or(usize::MAX);
        let part = hashes.and_then(|hashes| hashes.get(from..from.checked_add(many)?));
        part.map(<[Hash]>::to_vec).ok_or(NotComputed(level, first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{leaf_hash, root_at, root_over};

    #[test]
    fn it_has_the_roots_of_the_whole_tree() {
        for size in [0usize, 1, 2, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 66_000] {
            let leaves: Vec<Hash> = (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect();
            let mut computed = Computed::default();
            for bundle in leaves.chunks(256) {
                if bundle.len() == 256 { computed.push_full(root_over(bundle)) } else { computed.set_tail(bundle.to_vec()) }
            }
            assert_eq!(root_at(&mut computed, size as u64).unwrap(), root_over(&leaves), "{size}");
        }
    }

    #[test]
    fn what_was_not_computed_is_an_error() {
        let mut computed = Computed::default();
        assert!(root_at(&mut computed, 3).is_err() && computed.hashes(4, u64::MAX / 256, 0..256).is_err());
        assert_eq!(computed.tile(&Piece { of: Of::Hashes(1), n: u64::MAX, width: 1 }), None);
    }
}
