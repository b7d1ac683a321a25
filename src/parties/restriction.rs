//! Restriction: since when a chapter may keep a party's data and not use them.
//!
//! It holds at a chapter and not everywhere, because whoever records at one chapter has no say over what others hold.
//! `party.restricted_at` says that there is such a row somewhere: recording a gift, which finds the party anyway, asks no
//! further for anybody else.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::{party, party_restriction};
use crate::db::statement::statement;
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};

/// From now on these chapters keep the party's data and do not use them.
pub fn restrict(conn: &mut PgConnection, at: DateTime<Utc>, id: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    use party_restriction as r;
    let rows: Vec<_> = chapters.iter().map(|chapter| (r::party_id.eq(id), r::chapter_id.eq(chapter), r::since.eq(at))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(r::table).values(rows).on_conflict((r::party_id, r::chapter_id)).do_nothing().execute(conn)?;
    let unmarked = party::table.find(id).filter(party::restricted_at.is_null());
    diesel::update(unmarked).set(party::restricted_at.eq(at)).execute(conn)?;
    Ok(())
}

/// These chapters may use the party's data again.
pub fn lift(conn: &mut PgConnection, id: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    use party_restriction as r;
    diesel::delete(r::table.filter(r::party_id.eq(id)).filter(r::chapter_id.eq_any(chapters))).execute(conn)?;
    if self::chapters(conn, id)?.is_empty() {
        diesel::update(party::table.find(id)).set(party::restricted_at.eq(None::<DateTime<Utc>>)).execute(conn)?;
    }
    Ok(())
}

/// The chapters at which a party is restricted.
pub fn chapters(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    use party_restriction as r;
    Ok(r::table.filter(r::party_id.eq(id)).order(r::chapter_id).select(r::chapter_id).load(conn)?)
}

/// The successor of a chapter may not use either what the chapter might not, and since then.
pub struct Restrictions;

statement! {
    struct Hand { new: Uuid => diesel::sql_types::Uuid, old: Uuid => diesel::sql_types::Uuid } -> (),
    "INSERT INTO party_restriction (party_id, chapter_id, since) SELECT party_id, ?, since FROM party_restriction WHERE chapter_id = ?
     ON CONFLICT DO NOTHING"
}

impl Succeeds for Restrictions {
    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError> {
        Hand { new: &going.new, old: &going.old }.execute(errand.conn)?;
        Ok(())
    }
}

/// Since when a party is restricted at one of these chapters, if it is.
pub fn since(conn: &mut PgConnection, id: Uuid, chapters: &[Uuid]) -> Result<Option<DateTime<Utc>>, DbError> {
    use party_restriction as r;
    let at = r::table.filter(r::party_id.eq(id)).filter(r::chapter_id.eq_any(chapters));
    Ok(at.select(diesel::dsl::min(r::since)).first(conn)?)
}

/// Whether a chapter may not use a party's data.
pub fn holds(conn: &mut PgConnection, id: Uuid, chapter: Uuid) -> Result<bool, DbError> {
    Ok(since(conn, id, &[chapter])?.is_some())
}

/// Where these parties are restricted: (party, chapter).
pub fn of_parties(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashSet<(Uuid, Uuid)>, DbError> {
    use party_restriction as r;
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<(Uuid, Uuid)> = r::table.filter(r::party_id.eq_any(ids)).select((r::party_id, r::chapter_id)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// What chapters may not use of a party, they may not use under its other row either.
pub fn follow(conn: &mut PgConnection, from: Uuid, to: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    use party_restriction as r;
    let rows: Vec<(Uuid, DateTime<Utc>)> = r::table
        .filter(r::party_id.eq(from))
        .filter(r::chapter_id.eq_any(chapters))
        .select((r::chapter_id, r::since))
        .load(conn)?;
    rows.into_iter().try_for_each(|(chapter, since)| restrict(conn, since, to, &[chapter]))
}

/// Forgets the restrictions of a party that goes.
pub(super) fn forget(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    diesel::delete(party_restriction::table.filter(party_restriction::party_id.eq(id))).execute(conn)?;
    Ok(())
}
