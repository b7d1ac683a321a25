//! What only some kinds say of an entry, and what each entry that is no gift adds to the measures: public, in one row.
//!
//! A gift has no such row: its amount is what was received, and so is what its reversal takes back.

use std::collections::{BTreeMap, HashMap};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Integer, Jsonb, Nullable, Text};

use super::entry::{Detail, NewEntry};
use super::measures::Measure;
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::db::schema::entry_detail;
use crate::db::shown;
use crate::db::statement::statement;

statement! {
    struct InsertDetails {
        codes: Vec<&'a str> => Array<Text>,
        ofs: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        tos: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        categories: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        reasons: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        lists: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        counts: Vec<Option<i32>> => Array<Nullable<Integer>>,
        roots: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        measures: Vec<serde_json::Value> => Array<Jsonb>,
    } -> (),
    "INSERT INTO entry_detail (code, of_code, to_chapter, category, reason, list_code, counted, root, measures)
     SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int4[], ?::bytea[], ?::jsonb[])"
}

/// Whether an entry has a row here.
fn has_row(entry: &NewEntry) -> bool {
    !entry.postings.counts_as().is_gift()
}

/// What an entry adds to the measures, as it is stored: `{"PAID": 1500000}`, over all its funds.
pub(super) fn measures_of(entry: &NewEntry) -> serde_json::Value {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for ((_, measure), amount) in entry.postings.measures() {
        *sums.entry(measure.name()).or_default() += amount;
    }
    serde_json::json!(sums)
}

pub(super) fn insert<'e>(conn: &mut PgConnection, entries: impl Iterator<Item = &'e NewEntry>) -> Result<(), DbError> {
    let entries: Vec<&NewEntry> = entries.filter(|entry| has_row(entry)).collect();
    if entries.is_empty() {
        return Ok(());
    }
    // The page of an entry tells what is about it: from now on it says something else.
    if entries.iter().any(|entry| entry.detail.of.is_some()) {
        shown::alters(conn)
    } else {
        shown::adds(conn)
    }
    InsertDetails {
        codes: &entries.iter().map(|e| e.code.as_str()).collect(),
        ofs: &entries.iter().map(|e| e.detail.of.as_ref().map(PublicCode::as_str)).collect(),
        tos: &entries.iter().map(|e| e.detail.to.as_deref()).collect(),
        categories: &entries.iter().map(|e| e.detail.category.as_deref()).collect(),
        reasons: &entries.iter().map(|e| e.detail.reason.as_deref()).collect(),
        lists: &entries.iter().map(|e| e.detail.list.as_deref()).collect(),
        counts: &entries.iter().map(|e| e.detail.count.and_then(|count| i32::try_from(count).ok())).collect(),
        roots: &entries.iter().map(|e| e.detail.root.as_ref().map(<[u8; 32]>::as_slice)).collect(),
        measures: &entries.iter().map(|e| measures_of(e)).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// A row as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = entry_detail, check_for_backend(diesel::pg::Pg))]
pub struct DetailRow {
    pub code: String,
    pub of_code: Option<String>,
    pub to_chapter: Option<String>,
    pub category: Option<String>,
    pub reason: Option<String>,
    pub list_code: Option<String>,
    pub counted: Option<i32>,
    pub root: Option<Vec<u8>>,
    pub measures: serde_json::Value,
}

impl DetailRow {
    /// What it adds to a measure, in đồng.
    pub fn measure(&self, measure: Measure) -> i64 {
        self.measures[measure.name()].as_i64().unwrap_or_default()
    }

    /// As it was before it was written; `None` for what cannot have been.
    pub(super) fn read(&self) -> Option<Detail> {
        Some(Detail {
            of: self.of_code.as_deref().map(PublicCode::parse).transpose().ok()?,
            to: self.to_chapter.clone(),
            category: self.category.clone(),
            reason: self.reason.clone().map(Into::into),
            list: self.list_code.clone(),
            count: self.counted.map(u32::try_from).transpose().ok()?,
            root: self.root.as_deref().map(TryInto::try_into).transpose().ok()?,
        })
    }
}

/// What an audit compares: a row stands where one has to, and says what the postings say.
pub(super) fn holds(entry: &NewEntry, row: Option<&DetailRow>) -> Result<(), &'static str> {
    match (has_row(entry), row) {
        (true, None) => Err("there is no row of what it adds to the measures"),
        (false, Some(_)) => Err("a gift has no such row"),
        (true, Some(row)) if row.measures != measures_of(entry) => Err("its measures are not those of its postings"),
        _ => Ok(()),
    }
}

/// The rows of entries by code; entries without one are absent.
pub fn of(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, DetailRow>, DbError> {
    let rows = entry_detail::table.filter(entry_detail::code.eq_any(codes)).select(DetailRow::as_select());
    Ok(rows.load(conn)?.into_iter().map(|row: DetailRow| (row.code.clone(), row)).collect())
}

/// The entries that are about any of these, reversals apart: (about, entry).
pub fn about(conn: &mut PgConnection, codes: &[&str]) -> Result<Vec<(String, String)>, DbError> {
    let rows: Vec<(Option<String>, String)> = entry_detail::table
        .filter(entry_detail::of_code.eq_any(codes))
        .order(entry_detail::code)
        .select((entry_detail::of_code, entry_detail::code))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(of, code)| Some((of?, code))).collect())
}
