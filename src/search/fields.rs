//! What the index holds of an entry: the terms it is found by and three numbers. No text, no name, nothing to show.

use chrono::{Datelike, NaiveDate};
// Under another name: `schema` is the word for the database's own.
use tantivy::schema as terms;
use tantivy::{IndexSettings, IndexSortByField, Order, TantivyDocument};

use crate::ledger::findable::Findable;
use crate::ledger::public::{BRANCH, Filter, Within};
use crate::ledger::words::Term;

/// Raised whenever the fields or what is written into them change: an index of another version is built anew.
pub(super) const VERSION: u32 = 2;

/// Beginnings of up to this many letters are terms of their own: most words of Vietnamese begin with one of a few
/// dozen, so looking up all their completions would be the slowest of all searches.
pub(super) const SHORT: usize = 2;

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Folded words.
    pub words: terms::Field,
    /// `first_second` of neighbouring words.
    pub pairs: terms::Field,
    /// The first one and two letters of each word.
    pub begins: terms::Field,
    /// Appeal, place and channel, each with a letter in front.
    pub facts: terms::Field,
    /// The row's number: what rows are sorted by, newest first.
    pub seq: terms::Field,
    pub day: terms::Field,
    pub amount: terms::Field,
}

pub(super) const SEQ: &str = "seq";
pub(super) const DAY: &str = "day";
pub(super) const AMOUNT: &str = "amount";

pub(super) fn schema() -> (terms::Schema, Fields) {
    let text = |tokenizer: &str| {
        let indexing = terms::TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(terms::IndexRecordOption::Basic)
            .set_fieldnorms(false);
        terms::TextOptions::default().set_indexing_options(indexing)
    };
    let both = || terms::NumericOptions::default() | terms::FAST | terms::INDEXED;
    let mut schema = terms::Schema::builder();
    let fields = Fields {
        words: schema.add_text_field("words", text("whitespace")),
        pairs: schema.add_text_field("pairs", text("whitespace")),
        begins: schema.add_text_field("begins", text("whitespace")),
        facts: schema.add_text_field("facts", text("raw")),
        seq: schema.add_i64_field(SEQ, terms::FAST),
        day: schema.add_i64_field(DAY, both()),
        amount: schema.add_i64_field(AMOUNT, both()),
    };
    (schema.build(), fields)
}

/// Document 0 of every segment is its newest entry, so a walk can stop when a page is full.
pub(super) fn settings() -> IndexSettings {
    IndexSettings {
        sort_by_field: Some(IndexSortByField { field: SEQ.to_owned(), order: Order::Desc }),
        ..IndexSettings::default()
    }
}

fn number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

pub(super) fn document(fields: &Fields, row: &Findable) -> TantivyDocument {
    let (pairs, words): (Vec<&str>, Vec<&str>) = row.words.iter().map(String::as_str).partition(|word| word.contains('_'));
    let mut begins: Vec<&str> = words.iter().flat_map(|word| (1..=SHORT).filter_map(|n| word.get(..n))).collect();
    begins.sort_unstable();
    begins.dedup();
    let mut document = TantivyDocument::default();
    document.add_text(fields.words, words.join(" "));
    document.add_text(fields.pairs, pairs.join(" "));
    document.add_text(fields.begins, begins.join(" "));
    // A branch is found under its chapter, too.
    let chapters = row.chapter.match_indices(BRANCH).map(|(at, _)| &row.chapter[..at]);
    for chapter in chapters.chain([row.chapter.as_str()]) {
        document.add_text(fields.facts, format!("c{chapter}"));
    }
    let facts =
        [('g', row.grassroots.as_ref()), ('p', row.province.as_ref()), ('a', row.appeal.as_ref()), ('h', row.channel.as_ref())];
    for (letter, value) in facts {
        if let Some(value) = value {
            document.add_text(fields.facts, format!("{letter}{value}"));
        }
    }
    document.add_i64(fields.seq, row.seq);
    document.add_i64(fields.day, number(row.day));
    document.add_i64(fields.amount, row.amount_vnd);
    document
}

/// First and last of what may be, both included.
pub(super) type Range = (i64, i64);

/// A filter in the terms of the index. All must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub words: Vec<String>,
    pub pairs: Vec<String>,
    pub begins: Vec<String>,
    pub facts: Vec<String>,
    pub day: Option<Range>,
    pub amount: Option<Range>,
}

impl From<&Filter> for Wanted {
    fn from(filter: &Filter) -> Self {
        let mut wanted = Self::default();
        for term in filter.words.iter().flat_map(|words| words.terms()) {
            match term {
                Term::Word(word) => wanted.words.push(word.clone()),
                Term::Pair(pair) => wanted.pairs.push(pair.clone()),
                Term::Begins(word) => wanted.begins.push(word.clone()),
            }
        }
        // Two words that stand together both occur.
        let pairs = &wanted.pairs;
        wanted.words.retain(|word| !pairs.iter().any(|pair| pair.split('_').any(|part| part == word)));
        let within = filter.within.as_ref().map(|within| match within {
            Within::Province(code) => format!("p{code}"),
            Within::Grassroots(code) => format!("g{code}"),
            Within::Chapter(code) => format!("c{code}"),
        });
        let appeal = filter.appeal.as_ref().map(|code| format!("a{code}"));
        let channel = filter.channel.map(|channel| format!("h{}", channel.name()));
        wanted.facts.extend([within, appeal, channel].into_iter().flatten());
        let range = |from: Option<i64>, to: Option<i64>| {
            (from.is_some() || to.is_some()).then(|| (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX)))
        };
        wanted.day = range(filter.from.map(number), filter.to.map(number));
        wanted.amount = range(filter.min_vnd, filter.max_vnd);
        wanted
    }
}
