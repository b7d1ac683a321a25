//! The index on disk: opened, checked, written, cleaned. Knows tantivy and nothing of the database.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::columnar::ColumnValues;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, Index, IndexReader, IndexWriter, ReloadPolicy, Score, SegmentReader, TantivyError};

use super::fields::{self, Fields, VERSION};
use super::view::View;
use crate::ledger::findable::Findable;

/// Memory the writer may fill before it writes a segment, in bytes. 15 MB is the least that tantivy takes.
const MEMORY: usize = 32_000_000;

/// How far an index has come; stands in every commit, so that it cannot disagree with what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub version: u32,
    /// The log is followed up to this index.
    pub idx: i64,
    /// Hash of the leaf there: another log has another one.
    pub hash: String,
    /// Rows up to this number were read when the index was built; some of them may have got their index later.
    pub built_to: i64,
    /// Whether the building was finished.
    pub whole: bool,
}

/// An open index.
pub(super) struct Shelf {
    index: Index,
    fields: Fields,
    reader: IndexReader,
    writer: Option<IndexWriter>,
    pub at: Position,
}

impl Shelf {
    /// A new, empty index in an empty folder.
    pub fn create(path: &Path, at: Position) -> tantivy::Result<Self> {
        let (schema, fields) = fields::schema();
        let index = Index::builder().schema(schema).settings(fields::settings()).create_in_dir(path)?;
        Self::with(index, fields, at)
    }

    /// The index of a folder, if it is one of ours, of this version, and every byte is as it was written.
    pub fn open(path: &Path) -> tantivy::Result<Self> {
        let no_use = |why: &str| TantivyError::InvalidArgument(why.to_owned());
        let index = Index::open_in_dir(path)?;
        let (schema, fields) = fields::schema();
        if index.schema() != schema || *index.settings() != fields::settings() {
            return Err(no_use("it has other fields"));
        }
        let payload = index.load_metas()?.payload.ok_or_else(|| no_use("nothing was ever finished in it"))?;
        let at: Position = serde_json::from_str(&payload).map_err(|_| no_use("its position cannot be read"))?;
        if at.version != VERSION {
            return Err(no_use("it is of another version"));
        }
        if !index.validate_checksum()?.is_empty() {
            return Err(no_use("files are damaged"));
        }
        Self::with(index, fields, at)
    }

    fn with(index: Index, fields: Fields, at: Position) -> tantivy::Result<Self> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { index, fields, reader, writer: None, at })
    }

    /// Made when there is something to write, and only then.
    fn writer(&mut self) -> tantivy::Result<&mut IndexWriter> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let options = IndexWriterOptions::builder()
                    .num_worker_threads(1)
                    .num_merge_threads(1)
                    .memory_budget_per_thread(MEMORY)
                    .build();
                let writer = self.index.writer_with_options(options)?;
                if !self.at.whole {
                    writer.set_merge_policy(Box::new(NoMergePolicy));
                }
                writer
            }
        };
        Ok(self.writer.insert(writer))
    }

    /// Adds rows, first taking out what is there of those numbered `replaced`. Nothing is seen before [`Shelf::commit`].
    pub fn put(&mut self, rows: &[Findable], replaced: Vec<i64>) -> tantivy::Result<()> {
        let fields = self.fields;
        let writer = self.writer()?;
        if !replaced.is_empty() {
            writer.delete_query(Box::new(Numbered(replaced.into())))?;
        }
        for row in rows {
            writer.add_document(fields::document(&fields, row))?;
        }
        Ok(())
    }

    /// Writes what was put, and how far that is, at once and for good.
    pub fn commit(&mut self, at: Position) -> tantivy::Result<()> {
        let payload = serde_json::to_string(&at).map_err(|error| TantivyError::InvalidArgument(error.to_string()))?;
        let finished = at.whole && !self.at.whole;
        let writer = self.writer()?;
        if finished {
            writer.set_merge_policy(Box::new(merges()));
        }
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        self.at = at;
        Ok(())
    }

    /// Lets go of the folder. Merges that are under way end first: they would go on writing into a folder that is
    /// somebody else's by then. A process that ends need not wait for them.
    pub fn close(self) {
        if let Some(Err(error)) = self.writer.map(IndexWriter::wait_merging_threads) {
            tracing::debug!(%error, "a writer of the search index ended with an error");
        }
    }

    /// What can be searched now.
    pub fn view(&self, before: Option<&View>) -> tantivy::Result<View> {
        self.reader.reload()?;
        View::open(&self.reader.searcher(), self.fields, self.at.idx, before)
    }

    /// Whether any segment still holds what was taken out.
    pub fn holds_deleted(&self) -> tantivy::Result<bool> {
        Ok(self.index.searchable_segment_metas()?.iter().any(|segment| segment.num_deleted_docs() > 0))
    }

    /// Starts to write segments anew that hold what was taken out; goes on in the background.
    pub fn start_cleaning(&mut self) -> tantivy::Result<()> {
        let ids: Vec<_> =
            self.index.searchable_segment_metas()?.iter().filter(|s| s.num_deleted_docs() > 0).map(|s| s.id()).collect();
        let writer = self.writer()?;
        for id in ids {
            // A segment in the middle of another merge refuses, and comes out of that merge clean.
            drop(writer.merge(&[id]));
        }
        Ok(())
    }

    /// Removes files of segments that were replaced and that no search reads any more.
    pub fn remove_unused_files(&mut self) -> tantivy::Result<()> {
        self.writer()?.garbage_collect_files().wait().map(drop)
    }

    /// Names of the segments' files begin with these.
    pub fn segment_names(&self) -> tantivy::Result<Vec<String>> {
        Ok(self.index.searchable_segment_ids()?.iter().map(|id| id.uuid_string()).collect())
    }
}

/// A commit every moment makes small segments; eight of a size become one. Large ones are left alone.
fn merges() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(8);
    policy.set_min_layer_size(1_000);
    policy.set_max_docs_before_merge(500_000);
    policy.set_del_docs_ratio_before_merge(0.3);
    policy
}

/// The documents with these numbers, found by halving: numbers are no terms, which would cost more than all names.
#[derive(Debug, Clone)]
struct Numbered(Arc<[i64]>);

impl Query for Numbered {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Numbered {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let seq: Arc<dyn ColumnValues<i64>> = reader.fast_fields().i64(fields::SEQ)?.first_or_default_col(0);
        let end = reader.max_doc();
        let mut found = BitSet::with_max_value(end);
        for number in self.0.iter() {
            let (mut low, mut high): (DocId, DocId) = (0, end);
            while low < high {
                let middle = low + (high - low) / 2;
                if seq.get_val(middle) <= *number { high = middle } else { low = middle + 1 }
            }
            // A number stands once in a segment, unless it was taken out and put back before the segment was written.
            while low < end && seq.get_val(low) == *number {
                found.insert(low);
                low += 1;
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("one of the given numbers", 1.0))
    }
}
