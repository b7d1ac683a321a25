//! Leaves without money: what the log says of an entry after it was booked.
//!
//! An AMENDMENT says that the giver's data behind an entry were corrected, or are shown in another way; its `pd` commits
//! to them as they are now. An ERASURE says that they are gone; its `pd` commits to nothing. Both name the entry they
//! speak of in `of`, have a code and a leaf of their own and no postings: no total and no ledger file changes.
//!
//! Whoever follows the log reads the public row of `of` again when such a leaf comes by.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Date, Text};

use super::kinds::Kind;
use super::store::{BookError, BookedAt};
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::db::schema::annotation;
use crate::db::shown;
use crate::db::statement::statement;
use crate::log;
use crate::log::leaf::{Core, LeafV1};
use crate::tree::Place;

/// A leaf about to be written.
pub struct NewAnnotation {
    pub code: PublicCode,
    /// `Amendment` or `Erasure`.
    pub kind: Kind,
    /// Public code of the entry it speaks of.
    pub of: String,
    /// Where that entry was booked.
    pub place: Arc<Place>,
    pub pd: [u8; 32],
    /// Sealed opening of `pd`, when something stands behind it.
    pub opening: Option<Vec<u8>>,
}

statement! {
    struct InsertAnnotations {
        codes: Vec<&'a str> => Array<Text>,
        seqs: Vec<i64> => Array<BigInt>,
        kinds: Vec<&'static str> => Array<Text>,
        ofs: Vec<&'a str> => Array<Text>,
        hashes: Vec<&'a [u8]> => Array<Binary>,
        booked: NaiveDate => Date,
    } -> (),
    "INSERT INTO annotation (code, seq, kind, of_code, leaf_hash, booked)
     SELECT a.*, b.* FROM unnest(?::text[], ?::int8[], ?::text[], ?::text[], ?::bytea[]) a, (SELECT ?::date) b"
}

/// Writes annotations with their leaves, set-wise.
pub fn annotate(conn: &mut PgConnection, at: BookedAt, new: &[NewAnnotation]) -> Result<(), BookError> {
    if new.is_empty() {
        return Ok(());
    }
    shown::alters(conn);
    let leaves = new.iter().map(|a| leaf_of(a, at)).collect::<Result<Vec<_>, _>>()?;
    let seqs = log::store::append(conn, &leaves)?;
    InsertAnnotations {
        codes: &new.iter().map(|a| a.code.as_str()).collect(),
        seqs: &seqs,
        kinds: &new.iter().map(|a| a.kind.name()).collect(),
        ofs: &new.iter().map(|a| a.of.as_str()).collect(),
        hashes: &leaves.iter().map(|l| l.leaf.hash.as_slice()).collect(),
        booked: &at.day,
    }
    .execute(conn)?;
    Ok(())
}

fn leaf_of(new: &NewAnnotation, at: BookedAt) -> Result<log::store::NewLeaf, BookError> {
    let mut leaf = LeafV1::of(Core {
        kind: new.kind.name(),
        entry: new.code.as_str(),
        chapter: &new.place.code,
        province: new.place.leaf_province(),
        day: at.day,
        booked: at.day,
        pd: new.pd,
    });
    leaf.of = Some(&new.of);
    Ok(log::store::NewLeaf { entry: new.code.as_str().to_owned(), leaf: leaf.encode()?, opening: new.opening.clone() })
}

/// An annotation as everybody may read it.
#[derive(Debug, Clone, Queryable)]
pub struct AnnotationRow {
    pub code: String,
    pub kind: String,
    pub of: String,
    pub booked: NaiveDate,
    pub leaf_hash: Vec<u8>,
}

/// What was said of these entries, in order, by code of the entry.
pub fn of_entries(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, Vec<AnnotationRow>>, DbError> {
    use annotation as a;
    let rows: Vec<AnnotationRow> = a::table
        .filter(a::of_code.eq_any(codes))
        .order((a::of_code, a::seq))
        .select((a::code, a::kind, a::of_code, a::booked, a::leaf_hash))
        .load(conn)?;
    let mut by_entry: HashMap<String, Vec<AnnotationRow>> = HashMap::new();
    for row in rows {
        by_entry.entry(row.of.clone()).or_default().push(row);
    }
    Ok(by_entry)
}

/// Whether the giver behind an entry is erased: nothing can be said of it after that.
pub fn is_erased(conn: &mut PgConnection, code: &str) -> Result<bool, DbError> {
    use annotation as a;
    let erased = a::table.filter(a::of_code.eq(code)).filter(a::kind.eq(Kind::Erasure.name()));
    Ok(diesel::select(diesel::dsl::exists(erased)).get_result(conn)?)
}

/// Entries whose giver is erased, after `after`, in order of code: what an audit walks.
pub fn erased_after(conn: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<String>, DbError> {
    use annotation as a;
    let erased = a::table.filter(a::kind.eq(Kind::Erasure.name())).filter(a::of_code.gt(after));
    Ok(erased.select(a::of_code).distinct().order(a::of_code).limit(limit).load(conn)?)
}

/// Annotations after `after`, in order of code: what an audit walks.
pub(super) fn after(conn: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<AnnotationRow>, DbError> {
    use annotation as a;
    let rows = a::table.filter(a::code.gt(after)).order(a::code).limit(limit);
    Ok(rows.select((a::code, a::kind, a::of_code, a::booked, a::leaf_hash)).load(conn)?)
}

/// Which of these codes are annotations.
pub(super) fn known(conn: &mut PgConnection, codes: &[String]) -> Result<std::collections::HashSet<String>, DbError> {
    use annotation as a;
    Ok(a::table.filter(a::code.eq_any(codes)).select(a::code).load(conn)?.into_iter().collect())
}
