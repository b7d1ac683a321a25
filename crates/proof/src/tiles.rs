//! Paths and contents of what a log serves (C2SP tlog-tiles): tiles of hashes and bundles of entries.
//!
//! `tile/<level>/<n>[.p/<width>]` and `tile/entries/<n>[.p/<width>]`, n in groups of three digits, all but the last with an
//! `x` before them. There is one way to write a path and every other is refused, so a path that parses can be used as
//! a file name. What is partial is a prefix of what will be full.

use super::tree::{Hash, MAX_LEVEL, MAX_SIZE, TILE_HEIGHT, TILE_WIDTH};

/// What a piece of the log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Of {
    /// Hashes of this level of tiles: 0 are the leaves'.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// A tile or a bundle, whole or the first `width` of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Piece {
    pub of: Of,
    pub n: u64,
    /// 1 to 256; 256 is full.
    pub width: u16,
}

/// The width of a full piece.
pub const FULL: u16 = 256;

impl Of {
    /// How many hashes or entries there are of this in a tree of `size` leaves.
    pub fn count(self, size: u64) -> u64 {
        match self {
            Of::Hashes(level) => size.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0),
            Of::Entries => size,
        }
    }
}

impl Piece {
    /// The `n`-th piece as it is in a tree of `size` leaves; `None` when there is nothing of it yet.
    pub fn at(of: Of, n: u64, size: u64) -> Option<Self> {
        let rest = of.count(size).checked_sub(n.checked_mul(TILE_WIDTH)?)?;
        let width = u16::try_from(rest.min(TILE_WIDTH)).ok()?;
        (width > 0).then_some(Self { of, n, width })
    }

    pub fn is_full(&self) -> bool {
        self.width == FULL
    }

    /// The full piece this is the beginning of.
    pub fn full(&self) -> Self {
        Self { width: FULL, ..*self }
    }

    /// Whether a tree of `size` leaves has all of it.
    pub fn is_within(&self, size: u64) -> bool {
        self.n.checked_mul(TILE_WIDTH).and_then(|first| first.checked_add(u64::from(self.width))) <= Some(self.of.count(size))
    }

    /// The path below the log's prefix, e.g. `tile/0/x001/x234/067.p/5`.
    pub fn path(&self) -> String {
        let mut groups = format!("{:03}", self.n % 1000);
        let mut rest = self.n / 1000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        let partial = if self.is_full() { String::new() } else { format!(".p/{}", self.width) };
        match self.of {
            Of::Hashes(level) => format!("tile/{level}/{groups}{partial}"),
            Of::Entries => format!("tile/entries/{groups}{partial}"),
        }
    }

    /// Reads a path; `None` for everything that [`Piece::path`] does not write.
    pub fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("tile/")?;
        let (of, rest) = rest.split_once('/')?;
        let of = match of {
            "entries" => Of::Entries,
            level => Of::Hashes(level.parse().ok().filter(|level| *level <= MAX_LEVEL)?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            None => (rest, FULL),
            Some((groups, width)) => (groups, width.parse().ok().filter(|width| (1..FULL).contains(width))?),
        };
        let mut n: u64 = 0;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) || n > MAX_SIZE {
                return None;
            }
            n = n * 1000 + digits.parse::<u64>().ok()?;
        }
        let piece = Self { of, n, width };
        // Only the canonical spelling: no plus sign, no leading zeros or groups.
        (piece.n <= MAX_SIZE && piece.path() == path).then_some(piece)
    }
}

/// The pieces of a tree of `size` leaves at its right edge, one of each level and the last bundle.
pub fn right_edge(size: u64) -> Vec<Piece> {
    let kinds = [Of::Entries].into_iter().chain((0..=MAX_LEVEL).map(Of::Hashes));
    kinds.filter_map(|of| Piece::at(of, of.count(size) / TILE_WIDTH, size)).collect()
}

/// The hashes of a tile; `None` when the bytes are not whole hashes or too many.
pub fn read_hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() as u64 <= TILE_WIDTH).then(|| hashes.to_vec())
}

/// Entries, one after the other: `uint16 big-endian length ‖ entry`. `None` when one is too long to be written.
pub fn write_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let mut bundle = Vec::new();
    for entry in entries {
        bundle.extend_from_slice(&u16::try_from(entry.len()).ok()?.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Some(bundle)
}

/// The entries of a bundle; `None` when it is cut off or has more than 256.
pub fn read_bundle(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut entries, mut rest) = (Vec::new(), bundle);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
    }
    (rest.is_empty() && entries.len() as u64 <= TILE_WIDTH).then_some(entries)
}

/// The first `width` entries of a bundle, as bytes; `None` when it has fewer.
pub fn bundle_prefix(bundle: &[u8], width: u16) -> Option<&[u8]> {
    let mut end = 0usize;
    for _ in 0..width {
        let length = bundle.get(end..end + 2)?;
        end += 2 + usize::from(u16::from_be_bytes([*length.first()?, *length.last()?]));
    }
    bundle.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = |n, width| Piece { of: Of::Hashes(0), n, width }.path();
        assert_eq!(tile(5, FULL), "tile/0/005");
        assert_eq!(tile(1_234_067, FULL), "tile/0/x001/x234/067");
        assert_eq!(tile(273, 112), "tile/0/273.p/112");
        assert_eq!(Piece { of: Of::Entries, n: 1000, width: 1 }.path(), "tile/entries/x001/000.p/1");
        for bad in [
            "tile/0/5",
            "tile/0/0005",
            "tile/00/005",
            "tile/6/000",
            "tile/0/x000/005",
            "tile/0/005.p/0",
            "tile/0/005.p/256",
            "tile/0/005.p/01",
            "tile/0/005.p/+1",
            "tile/+0/005",
            "tile/0/x001",
            "tile/0/001/x234",
            "tile/0/../005",
            "tile/8/0/005",
            "tile/data/005",
            "tile/entries/",
            "tile/0/",
            "tile//005",
            "/tile/0/005",
            "tile/0/005/",
            "tile/0/00٥",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(Piece::parse(bad), None, "{bad}");
        }
    }

    /// The examples of the specification: 70,000 and 256 leaves.
    #[test]
    fn the_right_edge_is_that_of_the_specification() {
        let paths = |size| right_edge(size).iter().map(Piece::path).collect::<Vec<_>>();
        assert_eq!(paths(70_000), ["tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        assert_eq!(paths(256), ["tile/1/000.p/1"]);
        assert_eq!(paths(0), Vec::<String>::new());
        assert!(Piece::parse("tile/0/000").unwrap().is_within(256) && !Piece::parse("tile/0/000").unwrap().is_within(255));
    }

    proptest! {
        #[test]
        fn a_path_reads_back(level in 0u8..=MAX_LEVEL, entries: bool, n in 0..MAX_SIZE, width in 1u16..=FULL) {
            let piece = Piece { of: if entries { Of::Entries } else { Of::Hashes(level) }, n, width };
            prop_assert_eq!(Piece::parse(&piece.path()), Some(piece));
        }

        #[test]
        fn what_parses_is_written_the_same(path in "tile/(entries|[0-9]{1,2})/[x0-9/.p]{1,20}") {
            if let Some(piece) = Piece::parse(&path) {
                prop_assert_eq!(piece.path(), path);
            }
        }

        #[test]
        fn bundles_read_back_and_prefixes_are_bundles(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..256), cut in any::<prop::sample::Index>()
        ) {
            let bundle = write_bundle(entries.iter().map(Vec::as_slice)).unwrap();
            prop_assert_eq!(read_bundle(&bundle).unwrap(), entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let width = cut.index(entries.len() + 1);
            let prefix = bundle_prefix(&bundle, width as u16).unwrap();
            prop_assert_eq!(read_bundle(prefix).unwrap().len(), width);
            if !bundle.is_empty() {
                prop_assert!(bundle_prefix(&bundle, entries.len() as u16 + 1).is_none());
                prop_assert!(read_bundle(&bundle[..bundle.len() - 1]).is_none_or(|read| read.len() < entries.len()));
            }
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600), text in ".{0,60}", n: u64, size: u64, level: u8) {
            let _ = (read_bundle(&bytes), read_hashes(&bytes), bundle_prefix(&bytes, 256), Piece::parse(&text));
            let _ = (Piece::at(Of::Hashes(level), n, size), Piece { of: Of::Hashes(level), n, width: 256 }.is_within(size));
        }
    }
}
