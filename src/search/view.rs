//! A moment of the index, and the walk through it: newest first, stopping when a page is full.
//!
//! tantivy's collectors visit every hit; the most common words have hundreds of thousands. Documents are sorted by
//! number, newest first, so the first hits of a walk are the page.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::ColumnValues;
use tantivy::index::SegmentId;
use tantivy::postings::SegmentPostings;
use tantivy::schema as terms;
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::fields::{self, Fields, Range, SHORT, Wanted};
use super::union::Union;

/// Documents a block covers: smallest and greatest day and amount are known for each.
const BLOCK: u32 = 4_096;
/// Days or amounts of a range that are looked up as terms; above, each hit's own value is looked at.
const MOST_VALUES: usize = 512;
/// Completions of a beginning that a search looks up. There are some thousand Vietnamese syllables.
const MOST_COMPLETIONS: usize = 4_096;

/// Why the index gives no answer; PostgreSQL does then.
#[derive(Debug, thiserror::Error)]
pub(super) enum Declined {
    #[error("too many words begin like this")]
    TooManyCompletions,
    #[error(transparent)]
    Broken(#[from] tantivy::TantivyError),
    #[error(transparent)]
    Unreadable(#[from] std::io::Error),
}

/// Smallest and greatest values of a block of documents.
#[derive(Debug, Clone, Copy)]
struct Block {
    day: Range,
    amount: Range,
}

type Column = Arc<dyn ColumnValues<i64>>;

struct Segment {
    reader: SegmentReader,
    seq: Column,
    day: Column,
    amount: Column,
    blocks: Arc<Vec<Block>>,
    newest: i64,
    oldest: i64,
}

/// A moment of the index.
pub(super) struct View {
    segments: Vec<Segment>,
    fields: Fields,
    /// Every entry up to this index of the log is in it.
    pub idx: i64,
    pub documents: u64,
}

impl View {
    /// `before` lends what it knows of segments that are still there.
    pub fn open(searcher: &Searcher, fields: Fields, idx: i64, before: Option<&View>) -> tantivy::Result<Self> {
        let known: HashMap<SegmentId, &Arc<Vec<Block>>> =
            before.iter().flat_map(|view| &view.segments).map(|s| (s.reader.segment_id(), &s.blocks)).collect();
        let mut segments = Vec::new();
        for reader in searcher.segment_readers().iter().filter(|reader| reader.max_doc() > 0) {
            let column = |name| Ok::<Column, tantivy::TantivyError>(reader.fast_fields().i64(name)?.first_or_default_col(0));
            let (seq, day, amount) = (column(fields::SEQ)?, column(fields::DAY)?, column(fields::AMOUNT)?);
            let blocks = match known.get(&reader.segment_id()) {
                Some(blocks) => Arc::clone(blocks),
                None => Arc::new(blocks(&day, &amount, reader.max_doc())),
            };
            let (newest, oldest) = (seq.get_val(0), seq.get_val(reader.max_doc() - 1));
            segments.push(Segment { reader: reader.clone(), seq, day, amount, blocks, newest, oldest });
        }
        segments.sort_by_key(|segment| std::cmp::Reverse(segment.newest));
        Ok(Self { segments, fields, idx, documents: searcher.num_docs() })
    }

    pub fn segments(&self) -> usize {
        self.segments.len()
    }

    /// Numbers of the newest `most` entries that fit and are older than `before`, newest first.
    pub fn walk(&self, wanted: &Wanted, before: Option<i64>, most: usize) -> Result<Vec<i64>, Declined> {
        let mut found: Vec<i64> = Vec::new();
        for segment in &self.segments {
            let floor = if found.len() == most { found.last().copied() } else { None };
            // Ranges of segments may overlap; none of the segments still to come has anything newer than this one.
            if most == 0 || floor.is_some_and(|floor| segment.newest < floor) {
                break;
            }
            if before.is_some_and(|before| segment.oldest >= before) {
                continue;
            }
            let earlier = found.len();
            segment.walk(&self.fields, wanted, before, floor, most, &mut found)?;
            if earlier > 0 {
                found.sort_unstable_by_key(|seq| std::cmp::Reverse(*seq));
                found.truncate(most);
            }
        }
        Ok(found)
    }
}

fn blocks(day: &Column, amount: &Column, documents: DocId) -> Vec<Block> {
    let mut buffer = vec![0; BLOCK as usize];
    let mut range = |column: &Column, start: DocId| {
        let values = &mut buffer[..BLOCK.min(documents - start) as usize];
        column.get_range(u64::from(start), values);
        values.iter().fold((i64::MAX, i64::MIN), |(min, max), value| (min.min(*value), max.max(*value)))
    };
    (0..documents).step_by(BLOCK as usize).map(|at| Block { day: range(day, at), amount: range(amount, at) }).collect()
}

fn meets(range: Range, wanted: Option<Range>) -> bool {
    wanted.is_none_or(|(from, to)| range.0 <= to && range.1 >= from)
}

fn holds(wanted: Option<Range>, value: impl FnOnce() -> i64) -> bool {
    wanted.is_none_or(|(from, to)| (from..=to).contains(&value()))
}

/// The first document from `target` on that all have.
fn align(sources: &mut [Box<dyn DocSet>], mut target: DocId) -> DocId {
    'again: loop {
        for source in sources.iter_mut() {
            let doc = if source.doc() < target { source.seek(target) } else { source.doc() };
            if doc > target {
                target = doc;
                continue 'again;
            }
        }
        return target;
    }
}

impl Segment {
    fn walk(
        &self,
        fields: &Fields,
        wanted: &Wanted,
        before: Option<i64>,
        floor: Option<i64>,
        most: usize,
        found: &mut Vec<i64>,
    ) -> Result<(), Declined> {
        let Some(mut sources) = self.sources(fields, wanted)? else {
            return Ok(());
        };
        let end = self.reader.max_doc();
        let mut doc = before.map_or(0, |before| self.first_before(before));
        let mut taken = 0;
        while taken < most {
            doc = self.live_block(wanted, doc);
            if doc >= end {
                break;
            }
            let hit = align(&mut sources, doc);
            if hit >= end {
                break;
            }
            let there = self.live_block(wanted, hit);
            if there > hit {
                doc = there;
                continue;
            }
            let seq = self.seq.get_val(hit);
            if floor.is_some_and(|floor| seq < floor) {
                break;
            }
            if !self.reader.is_deleted(hit)
                && holds(wanted.day, || self.day.get_val(hit))
                && holds(wanted.amount, || self.amount.get_val(hit))
            {
                found.push(seq);
                taken += 1;
            }
            doc = hit + 1;
        }
        Ok(())
    }

    /// `doc`, or the beginning of the next block that may hold what is wanted.
    fn live_block(&self, wanted: &Wanted, doc: DocId) -> DocId {
        let first = (doc / BLOCK) as usize;
        let dead = |block: &&Block| !meets(block.day, wanted.day) || !meets(block.amount, wanted.amount);
        match self.blocks.get(first..).map_or(0, |rest| rest.iter().take_while(dead).count()) {
            0 => doc,
            dead => (first + dead) as u32 * BLOCK,
        }
    }

    /// The first document with a number below `before`.
    fn first_before(&self, before: i64) -> DocId {
        let (mut low, mut high) = (0, self.reader.max_doc());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.seq.get_val(middle) < before { high = middle } else { low = middle + 1 }
        }
        low
    }

    /// The lists a hit must be in, shortest first. `None` when one of them is empty.
    fn sources(&self, fields: &Fields, wanted: &Wanted) -> Result<Option<Vec<Box<dyn DocSet>>>, Declined> {
        let exact = |field: terms::Field, terms: &'_ [String]| {
            terms.iter().map(move |term| Term::from_field_text(field, term)).collect::<Vec<_>>()
        };
        let (long, short): (Vec<String>, Vec<String>) = wanted.begins.iter().cloned().partition(|begin| begin.len() > SHORT);
        let lists = [
            exact(fields.facts, &wanted.facts),
            exact(fields.pairs, &wanted.pairs),
            exact(fields.words, &wanted.words),
            exact(fields.begins, &short),
        ];
        let mut sources: Vec<Box<dyn DocSet>> = Vec::new();
        for term in lists.iter().flatten() {
            match self.reader.inverted_index(term.field())?.read_postings(term, terms::IndexRecordOption::Basic)? {
                Some(list) => sources.push(Box::new(list)),
                None => return Ok(None),
            }
        }
        for begin in &long {
            match self.completions(fields.words, begin)? {
                Some(list) => sources.push(list),
                None => return Ok(None),
            }
        }
        for (field, range) in [(fields.day, wanted.day), (fields.amount, wanted.amount)] {
            match range.map(|range| self.values(field, range)).transpose()? {
                Some(Values::None) => return Ok(None),
                Some(Values::Few(list)) => sources.push(list),
                Some(Values::Many) | None => {}
            }
        }
        sources.sort_by_key(|source| source.cost());
        Ok(Some(sources))
    }

    fn completions(&self, field: terms::Field, begin: &str) -> Result<Option<Box<dyn DocSet>>, Declined> {
        let index = self.reader.inverted_index(field)?;
        // Words are letters and digits: this byte is above all of them.
        let end = [begin.as_bytes(), &[0x7f]].concat();
        let mut stream = index.terms().range().ge(begin.as_bytes()).lt(&end).into_stream()?;
        let mut lists = Vec::new();
        while stream.advance() {
            if lists.len() == MOST_COMPLETIONS {
                return Err(Declined::TooManyCompletions);
            }
            lists.push(index.read_postings_from_terminfo(stream.value(), terms::IndexRecordOption::Basic)?);
        }
        Ok(one_of(lists))
    }

    fn values(&self, field: terms::Field, (from, to): Range) -> Result<Values, Declined> {
        if from > to {
            return Ok(Values::None);
        }
        let index = self.reader.inverted_index(field)?;
        let (from, to) = (Term::from_field_i64(field, from), Term::from_field_i64(field, to));
        let range = index.terms().range().ge(from.serialized_value_bytes()).le(to.serialized_value_bytes());
        let mut stream = range.into_stream()?;
        let (mut terms, mut documents) = (Vec::new(), 0u64);
        while stream.advance() {
            if terms.len() == MOST_VALUES {
                return Ok(Values::Many);
            }
            documents += u64::from(stream.value().doc_freq);
            terms.push(stream.value().clone());
        }
        // A long union costs more than a look at each hit's value.
        if terms.len() > 1 && documents * 20 > u64::from(self.reader.max_doc()) {
            return Ok(Values::Many);
        }
        let lists = terms.iter().map(|term| index.read_postings_from_terminfo(term, terms::IndexRecordOption::Basic));
        Ok(one_of(lists.collect::<Result<_, _>>()?).map_or(Values::None, Values::Few))
    }
}

/// The values of a range that a segment has.
enum Values {
    None,
    Few(Box<dyn DocSet>),
    Many,
}

fn one_of(mut lists: Vec<SegmentPostings>) -> Option<Box<dyn DocSet>> {
    match lists.len() {
        0 => None,
        1 => lists.pop().map(|list| Box::new(list) as Box<dyn DocSet>),
        _ => Some(Box::new(Union::new(lists))),
    }
}

const _: () = assert!(TERMINATED > BLOCK);

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
