//! SQL of committees, posts and holders.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text, Timestamptz};
use uuid::Uuid;

use super::model::{Acting, CommitteeKind, EndedHow, Manner, Tenure};
use crate::authz::{Granted, Organise, Read, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{committee, committee_post, post_holder, post_holder_role, post_title};
use crate::db::shown;
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree::ChapterId;

/// A committee as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = committee, check_for_backend(diesel::pg::Pg))]
pub struct CommitteeRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub kind: String,
    pub made_by: String,
    pub provisional: bool,
    pub congress: Option<String>,
    pub decision_no: String,
    pub decision_on: NaiveDate,
    pub document: Option<String>,
    pub valid_from: NaiveDate,
    pub term_until: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub ended_how: Option<String>,
    pub end_decision_no: Option<String>,
}

impl CommitteeRow {
    pub fn kind(&self) -> Option<CommitteeKind> {
        CommitteeKind::parse(&self.kind)
    }

    pub fn tenure(&self) -> Tenure {
        Tenure { from: self.valid_from, until: self.valid_until }
    }

    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }
}

/// A post of a committee.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = committee_post, check_for_backend(diesel::pg::Pg))]
pub struct PostRow {
    pub id: Uuid,
    pub committee_id: Uuid,
    pub title: String,
    pub seats: i16,
    /// Of one that came in the middle of a term: from when on there is it.
    pub added_on: Option<NaiveDate>,
}

/// Somebody's time in a seat.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = post_holder, check_for_backend(diesel::pg::Pg))]
pub struct HolderRow {
    pub id: Uuid,
    pub post_id: Uuid,
    pub seat: i16,
    pub person_id: Uuid,
    pub held_from: NaiveDate,
    pub held_until: Option<NaiveDate>,
    pub manner: String,
    pub acting: Option<String>,
    pub decision_no: String,
    pub decision_on: NaiveDate,
    pub document: Option<String>,
    pub ended_how: Option<String>,
    pub end_decision_no: Option<String>,
}

impl HolderRow {
    pub fn tenure(&self) -> Tenure {
        Tenure { from: self.held_from, until: self.held_until }
    }
}

/// What a post is called.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = post_title, check_for_backend(diesel::pg::Pg))]
pub struct TitleRow {
    pub code: String,
    pub committee_kind: String,
    pub vi: String,
    pub en: String,
    pub single: bool,
    pub rank: i16,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// A committee to enter.
pub struct NewCommittee<'a> {
    pub id: Uuid,
    pub kind: CommitteeKind,
    pub made_by: &'static str,
    pub provisional: bool,
    pub congress: Option<&'a str>,
    pub decision_no: &'a str,
    pub decision_on: NaiveDate,
    pub document: Option<&'a str>,
    pub valid_from: NaiveDate,
    pub term_until: Option<NaiveDate>,
}

/// A post that comes to a committee.
pub struct NewPost<'a> {
    pub id: Uuid,
    pub title: &'a str,
    pub seats: i16,
    pub from: NaiveDate,
    pub decision_no: &'a str,
    pub decision_on: NaiveDate,
    pub document: Option<&'a str>,
}

/// Somebody to enter in a seat.
pub struct NewHolder<'a> {
    pub id: Uuid,
    pub post: Uuid,
    pub seat: i16,
    pub person: Uuid,
    pub tenure: Tenure,
    pub manner: Manner,
    pub acting: Option<Acting>,
    pub decision_no: &'a str,
    pub decision_on: NaiveDate,
    pub document: Option<&'a str>,
}

/// How something ends, by whose hand.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    pub until: NaiveDate,
    pub how: EndedHow,
    pub decision_no: &'a str,
    pub by: Uuid,
    pub at: DateTime<Utc>,
}

pub fn committee(conn: &mut PgConnection, id: Uuid) -> Result<Option<CommitteeRow>, DbError> {
    Ok(committee::table.find(id).select(CommitteeRow::as_select()).first(conn).optional()?)
}

/// [`committee`], held until the end of the transaction: nobody ends it, and nobody enters a holder, meanwhile.
pub fn hold_committee(conn: &mut PgConnection, id: Uuid) -> Result<Option<CommitteeRow>, DbError> {
    Ok(committee::table.find(id).select(CommitteeRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter that have no end yet or end after a day, of these kinds; held.
pub fn going_on(
    conn: &mut PgConnection,
    chapter: ChapterId,
    kinds: &[CommitteeKind],
    after: NaiveDate,
) -> Result<Vec<CommitteeRow>, DbError> {
    use committee as c;
    Ok(c::table
        .filter(c::chapter_id.eq(chapter.0))
        .filter(c::kind.eq_any(kinds.iter().map(|kind| kind.name())))
        .filter(c::valid_until.is_null().or(c::valid_until.gt(after)))
        .order(c::id)
        .select(CommitteeRow::as_select())
        .for_no_key_update()
        .load(conn)?)
}

/// Enters a committee of a chapter; the grant is that of the chapter above.
pub fn insert_committee(
    conn: &mut PgConnection,
    by: &Granted<Organise>,
    here: &Seen<Read>,
    at: DateTime<Utc>,
    new: &NewCommittee<'_>,
) -> Result<(), DbError> {
    use committee as c;
    shown::alters(conn);
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::chapter_id.eq(here.chapter().0), c::kind.eq(new.kind.name()), c::made_by.eq(new.made_by)),
            (c::provisional.eq(new.provisional), c::congress.eq(new.congress), c::decision_no.eq(new.decision_no)),
            (c::decision_on.eq(new.decision_on), c::document.eq(new.document), c::valid_from.eq(new.valid_from)),
            (c::term_until.eq(new.term_until), c::made_account.eq(by.account()), c::made_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Enters the posts of a committee, in their order: (id, title, seats).
pub fn insert_posts(
    conn: &mut PgConnection,
    _: &Granted<Organise>,
    committee: Uuid,
    posts: &[(Uuid, &str, i16)],
) -> Result<(), DbError> {
    use committee_post as p;
    let rows: Vec<_> = (1_i16..)
        .zip(posts)
        .map(|(n, (id, title, seats))| {
            (p::id.eq(*id), p::committee_id.eq(committee), p::title.eq(*title), p::n.eq(n), p::seats.eq(*seats))
        })
        .collect();
    shown::alters(conn);
    diesel::insert_into(p::table).values(rows).execute(conn)?;
    Ok(())
}

/// Adds a post to a committee that the caller holds, behind the others.
pub fn add_post(conn: &mut PgConnection, _: &Granted<Organise>, committee: Uuid, new: &NewPost<'_>) -> Result<(), DbError> {
    use committee_post as p;
    shown::alters(conn);
    let last: Option<i16> = p::table.filter(p::committee_id.eq(committee)).select(diesel::dsl::max(p::n)).first(conn)?;
    diesel::insert_into(p::table)
        .values((
            (p::id.eq(new.id), p::committee_id.eq(committee), p::title.eq(new.title), p::n.eq(last.unwrap_or(0) + 1)),
            (p::seats.eq(new.seats), p::added_on.eq(Some(new.from)), p::decision_no.eq(Some(new.decision_no))),
            (p::decision_on.eq(Some(new.decision_on)), p::document.eq(new.document)),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn post(conn: &mut PgConnection, id: Uuid) -> Result<Option<PostRow>, DbError> {
    Ok(committee_post::table.find(id).select(PostRow::as_select()).first(conn).optional()?)
}

/// Posts of committees, in their order.
pub fn posts_of(conn: &mut PgConnection, committees: &[Uuid]) -> Result<Vec<PostRow>, DbError> {
    use committee_post as p;
    let query = p::table.filter(p::committee_id.eq_any(committees)).order((p::committee_id, p::n));
    Ok(query.select(PostRow::as_select()).load(conn)?)
}

/// Everybody who holds, held or will hold these posts, the earliest first.
pub fn holders_of(conn: &mut PgConnection, posts: &[Uuid]) -> Result<Vec<HolderRow>, DbError> {
    use post_holder as h;
    let query = h::table.filter(h::post_id.eq_any(posts)).order((h::held_from, h::seat, h::id));
    Ok(query.select(HolderRow::as_select()).load(conn)?)
}

pub fn holder(conn: &mut PgConnection, id: Uuid) -> Result<Option<HolderRow>, DbError> {
    Ok(post_holder::table.find(id).select(HolderRow::as_select()).first(conn).optional()?)
}

/// Enters somebody in a seat at the granted chapter, whose committee the caller holds.
pub fn insert_holder<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    new: &NewHolder<'_>,
) -> Result<(), DbError> {
    use post_holder as h;
    shown::alters(conn);
    diesel::insert_into(h::table)
        .values((
            (h::id.eq(new.id), h::post_id.eq(new.post), h::seat.eq(new.seat), h::person_id.eq(new.person)),
            (h::held_from.eq(new.tenure.from), h::held_until.eq(new.tenure.until), h::manner.eq(new.manner.name())),
            (h::acting.eq(new.acting.map(Acting::name)), h::decision_no.eq(new.decision_no)),
            (h::decision_on.eq(new.decision_on), h::document.eq(new.document)),
            (h::entered_account.eq(by.account()), h::entered_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends a committee that the caller holds.
pub fn end_committee(conn: &mut PgConnection, row: &CommitteeRow, ending: &Ending<'_>) -> Result<(), DbError> {
    use committee as c;
    shown::alters(conn);
    diesel::update(c::table.find(row.id))
        .set((
            c::valid_until.eq(row.tenure().cut(ending.until).until),
            c::ended_how.eq(Some(ending.how.name())),
            c::end_decision_no.eq(Some(ending.decision_no)),
            c::ended_account.eq(Some(ending.by)),
            c::ended_at.eq(Some(ending.at)),
        ))
        .execute(conn)?;
    Ok(())
}

statement! {
    struct EndHolders {
        until: NaiveDate => Date,
        how: str => Text,
        decision_no: str => Text,
        by: Uuid => diesel::sql_types::Uuid,
        at: DateTime<Utc> => Timestamptz,
        committees: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        holders: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        later: NaiveDate => Date,
        same: NaiveDate => Date,
    } -> (diesel::sql_types::Uuid,),
    "UPDATE post_holder h SET held_until = greatest(h.held_from, ?), ended_how = ?, end_decision_no = ?, ended_account = ?, ended_at = ?
     FROM committee_post p
     WHERE p.id = h.post_id AND (p.committee_id = ANY(?) OR h.id = ANY(?))
       AND (h.held_until IS NULL OR h.held_until > greatest(h.held_from, ?) OR h.ended_at IS NULL AND h.held_until = greatest(h.held_from, ?))
     RETURNING h.id"
}

/// Ends everybody's time in these committees, which the caller holds. Who would have gone before stays as they are. Returns whose time
/// ended.
pub fn end_holders_of(conn: &mut PgConnection, committees: &[Uuid], ending: &Ending<'_>) -> Result<Vec<Uuid>, DbError> {
    end_holders(conn, committees, &[], ending)
}

/// Ends one person's time in a seat.
pub fn end_holder(conn: &mut PgConnection, id: Uuid, ending: &Ending<'_>) -> Result<(), DbError> {
    end_holders(conn, &[], &[id], ending).map(drop)
}

fn end_holders(
    conn: &mut PgConnection,
    committees: &[Uuid],
    holders: &[Uuid],
    ending: &Ending<'_>,
) -> Result<Vec<Uuid>, DbError> {
    shown::alters(conn);
    let rows: Vec<(Uuid,)> = EndHolders {
        until: &ending.until,
        how: ending.how.name(),
        decision_no: ending.decision_no,
        by: &ending.by,
        at: &ending.at,
        committees: &committees.to_vec(),
        holders: &holders.to_vec(),
        later: &ending.until,
        same: &ending.until,
    }
    .load(conn)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The role assignments that these holders' posts carry: (assignment, holder).
pub fn roles_of(conn: &mut PgConnection, holders: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    use post_holder_role as r;
    let query = r::table.filter(r::holder_id.eq_any(holders)).order(r::assignment_id);
    Ok(query.select((r::assignment_id, r::holder_id)).load(conn)?)
}

/// Lets a post carry an assignment.
pub fn insert_role<R: Right>(conn: &mut PgConnection, _: &Granted<R>, holder: Uuid, assignment: Uuid) -> Result<(), DbError> {
    use post_holder_role as r;
    diesel::insert_into(r::table).values((r::assignment_id.eq(assignment), r::holder_id.eq(holder))).execute(conn)?;
    Ok(())
}

/// Every title that posts ever had, by code. Readable by the public role.
pub fn titles(conn: &mut PgConnection) -> Result<HashMap<String, TitleRow>, DbError> {
    let rows: Vec<TitleRow> = post_title::table.select(TitleRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// The committees of a chapter, the oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(NaiveDate, Uuid)>) -> Result<Vec<CommitteeRow>, DbError> {
    use committee as c;
    let mut query = c::table
        .filter(c::chapter_id.eq(here.chapter().0))
        .order((c::valid_from, c::id))
        .limit(span.rows)
        .select(CommitteeRow::as_select())
        .into_boxed();
    if let Some((from, id)) = span.after {
        query = query.filter(c::valid_from.ge(from)).filter(c::valid_from.gt(from).or(c::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// Committees by id.
pub fn committees(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, CommitteeRow>, DbError> {
    let rows: Vec<CommitteeRow> =
        committee::table.filter(committee::id.eq_any(ids)).select(CommitteeRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

statement! {
    struct Outlived {
        most: i64 => BigInt,
    } -> (diesel::sql_types::Uuid,),
    "SELECT h.id FROM post_holder h JOIN committee_post p ON p.id = h.post_id JOIN committee c ON c.id = p.committee_id
     WHERE c.valid_until IS NOT NULL AND coalesce(h.held_until, 'infinity') > greatest(c.valid_until, h.held_from)
     ORDER BY h.id LIMIT ?"
}

/// Holders who outlive their committee; there are none.
pub fn outlived(conn: &mut PgConnection, most: i64) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<(Uuid,)> = Outlived { most: &most }.load(conn)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Assignments that posts carry, with the day from which each post is held no longer, in order of their ids.
pub fn carried_after(conn: &mut PgConnection, after: Uuid, most: i64) -> Result<Vec<(Uuid, Option<NaiveDate>)>, DbError> {
    use post_holder as h;
    use post_holder_role as r;
    Ok(r::table
        .inner_join(h::table.on(h::id.eq(r::holder_id)))
        .filter(r::assignment_id.gt(after))
        .order(r::assignment_id)
        .limit(most)
        .select((r::assignment_id, h::held_until))
        .load(conn)?)
}
