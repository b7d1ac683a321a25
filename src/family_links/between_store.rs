//! SQL of what is between chapters: hand-overs and likenesses; and what levels above count.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::model::{FamilyHandOverState, FamilyLikenessState};
use crate::authz::{Granted, KeepFamilyLinks, Read, Right, SeeFamilyLinks, Seen};
use crate::db::DbError;
use crate::db::schema::{family_hand_over, family_likeness, family_link};
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree;

/// An offer of a case, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_hand_over, check_for_backend(diesel::pg::Pg))]
pub struct HandOverRow {
    pub id: Uuid,
    pub family_link_id: Uuid,
    pub from_chapter_id: Uuid,
    pub to_chapter_id: Uuid,
    pub state: String,
    pub note: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub offered_by: Uuid,
    pub offered_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl HandOverRow {
    pub fn state(&self) -> FamilyHandOverState {
        FamilyHandOverState::parse(&self.state).unwrap_or(FamilyHandOverState::Withdrawn)
    }
}

pub fn insert_hand_over(conn: &mut PgConnection, row: &HandOverRow) -> Result<(), DbError> {
    diesel::insert_into(family_hand_over::table).values(row).execute(conn)?;
    Ok(())
}

pub fn hand_over(conn: &mut PgConnection, id: Uuid) -> Result<Option<HandOverRow>, DbError> {
    Ok(family_hand_over::table.find(id).select(HandOverRow::as_select()).first(conn).optional()?)
}

/// The offer of a case that waits.
pub fn waiting(conn: &mut PgConnection, of: Uuid) -> Result<Option<HandOverRow>, DbError> {
    use family_hand_over as h;
    let query = h::table.filter(h::family_link_id.eq(of)).filter(h::state.eq(FamilyHandOverState::Offered.name()));
    Ok(query.select(HandOverRow::as_select()).first(conn).optional()?)
}

pub fn decide_hand_over<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    id: Uuid,
    state: FamilyHandOverState,
) -> Result<(), DbError> {
    use family_hand_over as h;
    let set = (h::state.eq(state.name()), h::decided_by.eq(Some(by.account())), h::decided_at.eq(Some(at)));
    diesel::update(h::table.find(id)).set(set).execute(conn)?;
    Ok(())
}

/// Forgets why a case was offered.
pub fn forget_notes(conn: &mut PgConnection, of: Uuid, hash: &[u8]) -> Result<(), DbError> {
    use family_hand_over as h;
    let set = (h::note.eq(None::<Vec<u8>>), h::request_hash.eq(hash));
    diesel::update(h::table.filter(h::family_link_id.eq(of))).set(set).execute(conn)?;
    Ok(())
}

/// Offers that a chapter made or was made, in their order.
pub fn hand_overs(
    conn: &mut PgConnection,
    here: &Seen<SeeFamilyLinks>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<HandOverRow>, DbError> {
    use family_hand_over as h;
    let chapters = tree::with_succeeded(conn, here.chapter())?;
    let of = h::from_chapter_id.eq_any(chapters.clone()).or(h::to_chapter_id.eq_any(chapters));
    let query = h::table.filter(of).order((h::offered_at, h::id)).limit(span.rows);
    let mut query = query.select(HandOverRow::as_select()).into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(h::offered_at.ge(at)).filter(h::offered_at.gt(at).or(h::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// A likeness, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_likeness, check_for_backend(diesel::pg::Pg))]
pub struct LikenessRow {
    pub id: Uuid,
    pub one_id: Uuid,
    pub other_id: Uuid,
    pub chapter_id: Uuid,
    pub kind: String,
    pub state: String,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// Asks the centre, unless it was asked about the two before.
pub fn ask(conn: &mut PgConnection, rows: &[LikenessRow]) -> Result<(), DbError> {
    use family_likeness as l;
    diesel::insert_into(l::table).values(rows).on_conflict((l::one_id, l::other_id)).do_nothing().execute(conn)?;
    Ok(())
}

/// Cases are compared one after the other, or two that come at one moment would not see each other. (Of those who wait, few.)
const COMPARING: i64 = 0x534e_415f_4641_4d4c;

statement! {
    struct Lock { key: i64 => BigInt } -> (diesel::sql_types::Nullable<BigInt>,),
    "SELECT NULL::bigint FROM (SELECT pg_advisory_xact_lock(?)) l"
}

/// Waits for whoever compares, until the end of their transaction.
pub fn lock(conn: &mut PgConnection) -> Result<(), DbError> {
    Lock { key: &COMPARING }.execute(conn)?;
    Ok(())
}

/// How many an account's cases were asked about since a moment.
pub fn asked_since(conn: &mut PgConnection, account: Uuid, since: DateTime<Utc>) -> Result<i64, DbError> {
    use family_likeness as l;
    Ok(l::table.filter(l::asked_by.eq(account)).filter(l::asked_at.gt(since)).count().get_result(conn)?)
}

/// What is asked and was said of a case.
pub fn likenesses_of(conn: &mut PgConnection, of: Uuid) -> Result<Vec<LikenessRow>, DbError> {
    use family_likeness as l;
    let query = l::table.filter(l::one_id.eq(of).or(l::other_id.eq(of))).order((l::asked_at, l::id)).limit(100);
    Ok(query.select(LikenessRow::as_select()).load(conn)?)
}

pub fn hold_likeness(conn: &mut PgConnection, id: Uuid) -> Result<Option<LikenessRow>, DbError> {
    Ok(family_likeness::table.find(id).select(LikenessRow::as_select()).for_no_key_update().first(conn).optional()?)
}

pub fn likeness(conn: &mut PgConnection, id: Uuid) -> Result<Option<LikenessRow>, DbError> {
    Ok(family_likeness::table.find(id).select(LikenessRow::as_select()).first(conn).optional()?)
}

pub fn decide_likeness(
    conn: &mut PgConnection,
    by: &Granted<KeepFamilyLinks>,
    at: DateTime<Utc>,
    id: Uuid,
    state: FamilyLikenessState,
) -> Result<(), DbError> {
    use family_likeness as l;
    let set = (l::state.eq(state.name()), l::decided_by.eq(Some(by.account())), l::decided_at.eq(Some(at)));
    diesel::update(l::table.find(id)).set(set).execute(conn)?;
    Ok(())
}

/// Likenesses that a chapter is asked about, or was, in their order.
pub fn likenesses(
    conn: &mut PgConnection,
    here: &Seen<SeeFamilyLinks>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<LikenessRow>, DbError> {
    use family_likeness as l;
    let query = l::table.filter(l::chapter_id.eq(here.chapter().0)).order((l::asked_at, l::id)).limit(span.rows);
    let mut query = query.select(LikenessRow::as_select()).into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(l::asked_at.ge(at)).filter(l::asked_at.gt(at).or(l::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// How many cases are held at a chapter and below it, by how they stand.
pub fn counts(conn: &mut PgConnection, here: &Seen<Read>) -> Result<Vec<(String, i64)>, DbError> {
    use family_link as f;
    let query = f::table.filter(f::chapter_id.eq_any(tree::at_and_below(here.chapter().0))).group_by(f::state);
    Ok(query.select((f::state, diesel::dsl::count_star())).load(conn)?)
}
