//! Documents that hold at least one of several terms, in order, looked up a window at a time: a page is usually full
//! long before the lists end.

use tantivy::{DocId, DocSet, TERMINATED};

/// Documents a window covers.
const WINDOW: u32 = 4_096;
const CHUNKS: usize = WINDOW as usize / 64;

/// The union of lists of documents.
pub(super) struct Union<List> {
    lists: Vec<List>,
    /// A bit for each document from `start` on.
    window: Box<[u64; CHUNKS]>,
    start: DocId,
    doc: DocId,
    size: u32,
}

impl<List: DocSet> Union<List> {
    pub fn new(lists: Vec<List>) -> Self {
        let size = lists.iter().fold(0u32, |sum, list| sum.saturating_add(list.size_hint()));
        let mut union = Self { lists, window: Box::new([0; CHUNKS]), start: 0, doc: 0, size };
        union.fill();
        union
    }

    /// Moves the window to the first document that any list still has.
    fn fill(&mut self) {
        self.lists.retain(|list| list.doc() != TERMINATED);
        let Some(start) = self.lists.iter().map(DocSet::doc).min() else {
            self.doc = TERMINATED;
            return;
        };
        self.start = start;
        for list in &mut self.lists {
            let mut doc = list.doc();
            while doc < start.saturating_add(WINDOW) && doc != TERMINATED {
                let at = doc - start;
                self.window[(at / 64) as usize] |= 1 << (at % 64);
                doc = list.advance();
            }
        }
        self.doc = start;
    }

    /// The first document of the window from `from` on.
    fn next_in_window(&self, from: DocId) -> Option<DocId> {
        let at = from.checked_sub(self.start).filter(|at| *at < WINDOW)?;
        let (first, bit) = ((at / 64) as usize, at % 64);
        (first..CHUNKS).find_map(|n| {
            let chunk = if n == first { self.window[n] & (u64::MAX << bit) } else { self.window[n] };
            (chunk != 0).then(|| self.start + n as u32 * 64 + chunk.trailing_zeros())
        })
    }
}

impl<List: DocSet> DocSet for Union<List> {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.seek(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        if let Some(doc) = self.next_in_window(target) {
            self.doc = doc;
            return doc;
        }
        self.window.fill(0);
        for list in &mut self.lists {
            if list.doc() < target {
                list.seek(target);
            }
        }
        self.fill();
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    struct Listed(Vec<DocId>, usize);

    impl DocSet for Listed {
        fn advance(&mut self) -> DocId {
            self.1 = (self.1 + 1).min(self.0.len());
            self.doc()
        }

        fn doc(&self) -> DocId {
            self.0.get(self.1).copied().unwrap_or(TERMINATED)
        }

        fn size_hint(&self) -> u32 {
            self.0.len() as u32
        }
    }

    proptest! {
        #[test]
        fn a_union_walks_and_jumps_like_a_set(
            lists in proptest::collection::vec(proptest::collection::btree_set(0u32..30_000, 0..60), 0..6),
            jumps in proptest::collection::vec(0u32..9_000, 0..20),
        ) {
            let all: BTreeSet<u32> = lists.iter().flatten().copied().collect();
            let of = |list: &BTreeSet<u32>| Listed(list.iter().copied().collect(), 0);
            let make = || Union::new(lists.iter().map(of).collect());
            let mut union = make();
            let mut walked = Vec::new();
            while union.doc() != TERMINATED {
                walked.push(union.doc());
                union.advance();
            }
            prop_assert_eq!(walked, all.iter().copied().collect::<Vec<_>>());
            let (mut union, mut at) = (make(), 0);
            for jump in jumps {
                at += jump;
                prop_assert_eq!(union.seek(at), all.range(at..).next().copied().unwrap_or(TERMINATED));
                at = at.max(union.doc().min(40_000));
            }
        }
    }
}
