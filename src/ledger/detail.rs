//! What only some kinds say of an entry, and what each entry that is no gift adds to the measures: public, in one row.
//!
//! A gift has no such row: its amount is what was received, and so is what its reversal takes back.

use std::collections::{BTreeMap, HashMap};

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::entry::{Detail, NewEntry};
use super::measures::Measure;
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::db::schema::entry_detail;

/// Whether an entry has a row here.
pub(super) fn has_row(entry: &NewEntry) -> bool {
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
