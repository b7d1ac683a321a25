//! Which of two files that disagree is the changed one: what has a proof up to the signed root is right.

use std::collections::HashMap;
use std::ops::Range;

use super::place::{self, Place, PlaceError};
use crate::tiles::{Of, Piece};
use crate::tree::{self, Hash, Hashes, Head};

/// Hashes as a log's tiles have them, unverified: good for making proofs, which are then verified.
pub struct Published<'p> {
    place: &'p dyn Place,
    size: u64,
    tiles: HashMap<Piece, Vec<Hash>>,
}

impl<'p> Published<'p> {
    /// Of a log that has `size` leaves.
    pub fn new(place: &'p dyn Place, size: u64) -> Self {
        Self { place, size, tiles: HashMap::new() }
    }
}

impl Hashes for Published<'_> {
    type Error = PlaceError;

    fn hashes(&mut self, level: u8, n: u64, within: Range<u64>) -> Result<Vec<Hash>, PlaceError> {
        let tile = Piece::at(Of::Hashes(level), n, self.size);
        let tile = tile.ok_or_else(|| PlaceError::Missing(format!("tile {n} of level {level}")))?;
        if !self.tiles.contains_key(&tile) {
            self.tiles.insert(tile, place::hashes(self.place, &tile)?);
        }
        let range = within.start as usize..within.end as usize;
        let hashes = self.tiles.get(&tile).and_then(|hashes| hashes.get(range));
        hashes.map(<[Hash]>::to_vec).ok_or_else(|| PlaceError::damaged(&tile.path(), "is too short"))
    }
}

/// What is to blame for an entry that does not have the hash its tile has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The tile's hash is what was signed.
    Bundle,
    /// The entry is what was signed.
    Tile,
    /// Neither can be proven: higher tiles are damaged, or the log was rewritten.
    Unknown,
}

/// Asks the tiles above for a proof, first for the tile's hash, then for the entry's.
pub fn blame(place: &dyn Place, head: &Head, index: u64, in_tile: &Hash, of_entry: &Hash) -> Blame {
    let proof = tree::prove_inclusion(&mut Published::new(place, head.size), index, head.size);
    let Ok(Some(proof)) = proof else {
        return Blame::Unknown;
    };
    let proves = |hash: &Hash| tree::verify_inclusion(hash, index, head.size, &proof, &head.root);
    match (proves(in_tile), proves(of_entry)) {
        (true, _) => Blame::Bundle,
        (false, true) => Blame::Tile,
        (false, false) => Blame::Unknown,
    }
}
