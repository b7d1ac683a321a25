//! The name under which a chapter knows a party.
//!
//! Two chapters that received gifts of the same person must not be able to find that out from each other's papers and
//! answers. So what a chapter is shown is never the party's own id, but a name of the chapter's own for it, made at random when
//! somebody first reads a giver there. Whoever may read the chapter may use the name; what they are shown is only what
//! they may read themselves.
//!
//! Ids that were handed out before there were such names go on as names of the chapters that knew them, and of no other: such
//! an id may name the party for several chapters, and after a party was parted another one at each.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::party_alias;

/// A party as one chapter knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct Known {
    pub party: Uuid,
    pub chapter: Uuid,
}

/// The name of a party at a chapter that holds something of it; made when there is none.
pub fn of(conn: &mut PgConnection, party: Uuid, chapter: Uuid) -> Result<Uuid, DbError> {
    use party_alias as a;
    let known = |conn: &mut PgConnection| a::table.find((party, chapter)).select(a::id).first::<Uuid>(conn).optional();
    if let Some(id) = known(conn)? {
        return Ok(id);
    }
    let id = Uuid::new_v4();
    let made = diesel::insert_into(a::table)
        .values((a::id.eq(id), a::party_id.eq(party), a::chapter_id.eq(chapter)))
        .on_conflict((a::party_id, a::chapter_id))
        .do_nothing()
        .execute(conn)?;
    // Somebody else made one at the same moment: theirs stands.
    Ok(if made == 1 { id } else { known(conn)?.unwrap_or(id) })
}

/// The names of parties at a chapter that holds something of each; made where there is none.
pub fn of_each(conn: &mut PgConnection, parties: &[Uuid], chapter: Uuid) -> Result<HashMap<Uuid, Uuid>, DbError> {
    use party_alias as a;
    let rows: Vec<_> =
        parties.iter().map(|party| (a::id.eq(Uuid::new_v4()), a::party_id.eq(*party), a::chapter_id.eq(chapter))).collect();
    diesel::insert_into(a::table).values(rows).on_conflict((a::party_id, a::chapter_id)).do_nothing().execute(conn)?;
    let known = a::table.filter(a::party_id.eq_any(parties)).filter(a::chapter_id.eq(chapter));
    Ok(known.select((a::party_id, a::id)).load(conn)?.into_iter().collect())
}

/// Who a name stands for, at which chapter. Several chapters only for ids from before there were names; then the
/// one whose party bears the id itself comes first.
pub fn resolve(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Known>, DbError> {
    use party_alias as a;
    let query = a::table.filter(a::id.eq(id)).order((a::party_id.ne(id), a::chapter_id)).select((a::party_id, a::chapter_id));
    Ok(query.load(conn)?)
}

/// The chapters each of these names is good at.
pub fn chapters(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, DbError> {
    use party_alias as a;
    let rows: Vec<(Uuid, Uuid)> = a::table.filter(a::id.eq_any(ids)).select((a::id, a::chapter_id)).load(conn)?;
    let mut chapters: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (id, chapter) in rows {
        chapters.entry(id).or_default().push(chapter);
    }
    Ok(chapters)
}

/// All that these chapters knew of `from` is of `to` from now on: their names for it go along, unless they know `to` by
/// another name already.
pub fn follow(conn: &mut PgConnection, from: Uuid, to: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    use party_alias as a;
    let known: Vec<Uuid> =
        a::table.filter(a::party_id.eq(to)).filter(a::chapter_id.eq_any(chapters)).select(a::chapter_id).load(conn)?;
    let of = |conn: &mut PgConnection, at: &[Uuid], goes: bool| -> Result<(), DbError> {
        let rows = a::table.filter(a::party_id.eq(from)).filter(a::chapter_id.eq_any(at.to_vec()));
        match goes {
            true => diesel::update(rows).set(a::party_id.eq(to)).execute(conn)?,
            false => diesel::delete(rows).execute(conn)?,
        };
        Ok(())
    };
    let (stay, go): (Vec<Uuid>, Vec<Uuid>) = chapters.iter().partition(|chapter| known.contains(chapter));
    of(conn, &go, true)?;
    of(conn, &stay, false)
}
