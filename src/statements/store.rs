//! SQL of statements, and their leaves.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::feed::STATEMENTS;
use super::model::Event;
use crate::authz::{Granted, Right};
use crate::basics::clock::vietnam_date;
use crate::basics::{PublicCode, hex};
use crate::changes::{self, Change};
use crate::db::DbError;
use crate::db::schema::statement;
use crate::db::shown;
use crate::ledger::kinds::Kind;
use crate::log::leaf::{Core, Leaf, LeafError, LeafV1};
use crate::log::{self, commitment};
use crate::tree::{self, Place};

/// Something to be stated.
pub struct New<'a> {
    pub event: Event,
    /// Code of the appeal it is about.
    pub appeal: Option<&'a str>,
    /// The day it speaks of; not after today.
    pub day: NaiveDate,
    /// Code of the statement whose place it takes.
    pub replaces: Option<&'a str>,
    /// The text, as [`super::canonical`] makes it.
    pub body: &'a [u8],
}

/// Why nothing was stated.
#[derive(Debug, thiserror::Error)]
pub enum NotStated {
    #[error("the system's random source failed")]
    Random,
    #[error(transparent)]
    Leaf(#[from] LeafError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A statement as everybody may know it, its text apart. Readable by the public role.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = statement, check_for_backend(diesel::pg::Pg))]
pub struct Statement {
    pub code: String,
    pub seq: i64,
    pub chapter_id: uuid::Uuid,
    pub event: String,
    pub appeal: Option<String>,
    pub day: NaiveDate,
    /// Of its text, hexadecimal.
    pub sha256: String,
    pub replaces: Option<String>,
    pub leaf_hash: Vec<u8>,
    pub stated_on: NaiveDate,
}

/// States something for the granted chapter: text, leaf and row are written in the transaction of the caller, who has asked for
/// every leave that it takes.
pub fn state<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    new: &New<'_>,
) -> Result<Statement, NotStated> {
    let place = tree::place_of(conn, by.chapter())?;
    let mut row = Statement {
        code: PublicCode::random().map_err(|_| NotStated::Random)?.as_str().to_owned(),
        seq: 0,
        chapter_id: by.chapter().0,
        event: new.event.name().to_owned(),
        appeal: new.appeal.map(str::to_owned),
        day: new.day,
        sha256: hex(&Sha256::digest(new.body)),
        replaces: new.replaces.map(str::to_owned),
        leaf_hash: Vec::new(),
        stated_on: vietnam_date(now),
    };
    let leaf = leaf_of(&row, Sha256::digest(new.body).into(), &place)?;
    row.leaf_hash = leaf.hash.to_vec();
    let seq = log::store::append(conn, &[log::store::NewLeaf { entry: row.code.clone(), leaf, opening: None }])?;
    row.seq = seq.first().copied().unwrap_or_default();
    insert(conn, now, by, &row, new.body)?;
    changes::note(conn, &[Change::of(&STATEMENTS, by.chapter(), &row.code)])?;
    Ok(row)
}

fn insert<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    row: &Statement,
    body: &[u8],
) -> Result<(), DbError> {
    use statement as s;
    // What one replaces is shown in another way.
    shown::alters(conn);
    diesel::insert_into(s::table)
        .values((
            (s::code.eq(&row.code), s::seq.eq(row.seq), s::chapter_id.eq(by.chapter().0), s::event.eq(&row.event)),
            (s::appeal.eq(&row.appeal), s::day.eq(row.day), s::body.eq(body), s::sha256.eq(&row.sha256)),
            (s::replaces.eq(&row.replaces), s::leaf_hash.eq(&row.leaf_hash)),
            (s::stated_on.eq(row.stated_on), s::stated_at.eq(now), s::stated_by.eq(by.account())),
        ))
        .execute(conn)?;
    Ok(())
}

/// The leaf of a statement. Everything in it is public, so its `pd` commits to no fields.
pub(super) fn leaf_of(row: &Statement, doc: [u8; 32], place: &Place) -> Result<Leaf, LeafError> {
    let mut leaf = LeafV1::of(Core {
        kind: Kind::Statement.name(),
        entry: &row.code,
        chapter: &place.code,
        province: place.leaf_province(),
        day: row.day,
        booked: row.stated_on,
        pd: commitment::commit(&[0; 32], &[]),
    });
    leaf.appeal = row.appeal.as_deref();
    leaf.of = row.replaces.as_deref();
    leaf.event = Some(&row.event);
    leaf.doc = Some(doc);
    leaf.encode()
}

/// The statement of a code. Allowed to the public role.
pub fn find(conn: &mut PgConnection, code: &str) -> Result<Option<Statement>, DbError> {
    Ok(statement::table.find(code).select(Statement::as_select()).first(conn).optional()?)
}

/// The very bytes that were stated. Allowed to the public role.
pub fn body(conn: &mut PgConnection, code: &str) -> Result<Option<Vec<u8>>, DbError> {
    Ok(statement::table.find(code).select(statement::body).first(conn).optional()?)
}

/// The texts of several, by code.
pub fn bodies(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, Vec<u8>>, DbError> {
    let rows = statement::table.filter(statement::code.eq_any(codes)).select((statement::code, statement::body));
    Ok(rows.load::<(String, Vec<u8>)>(conn)?.into_iter().collect())
}

/// Which statements are listed.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub chapter: Option<uuid::Uuid>,
    pub appeal: Option<String>,
    pub event: Option<Event>,
}

/// Statements before `before`, the newest first. Allowed to the public role.
pub fn list(conn: &mut PgConnection, wanted: &Wanted, before: Option<i64>, limit: i64) -> Result<Vec<Statement>, DbError> {
    use statement as s;
    let mut query = s::table.select(Statement::as_select()).into_boxed();
    if let Some(chapter) = wanted.chapter {
        query = query.filter(s::chapter_id.eq(chapter));
    }
    if let Some(appeal) = &wanted.appeal {
        query = query.filter(s::appeal.eq(appeal));
    }
    if let Some(event) = wanted.event {
        query = query.filter(s::event.eq(event.name()));
    }
    if let Some(before) = before {
        query = query.filter(s::seq.lt(before));
    }
    Ok(query.order(s::seq.desc()).limit(limit).load(conn)?)
}

/// The statements that took the place of these: (old, new). Allowed to the public role.
pub fn replaced(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    use statement as s;
    let rows: Vec<(Option<String>, String)> =
        s::table.filter(s::replaces.eq_any(codes)).select((s::replaces, s::code)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(old, new)| Some((old?, new))).collect())
}

/// A statement with its text, as an audit walks them, after `after` in the order of codes.
pub(super) fn after(conn: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<(Statement, Vec<u8>)>, DbError> {
    use statement as s;
    let rows = s::table.filter(s::code.gt(after)).order(s::code).limit(limit).select((Statement::as_select(), s::body));
    Ok(rows.load(conn)?)
}

/// Which of these codes are statements.
pub(super) fn known(conn: &mut PgConnection, codes: &[String]) -> Result<HashSet<String>, DbError> {
    Ok(statement::table.filter(statement::code.eq_any(codes)).select(statement::code).load(conn)?.into_iter().collect())
}
