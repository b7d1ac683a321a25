//! Cards (thẻ hội viên): a code by chance alone, and what everybody may learn of it.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{CardState, MemberKind};
use crate::basics::PublicCode;
use crate::db::schema::{member_card, public_card};
use crate::db::{DbError, shown};

/// What everybody may learn of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicCard {
    pub state: CardState,
    /// Of a valid card that is no junior's.
    pub chapter: Option<Uuid>,
}

/// A card by its code. Allowed to the public role.
pub fn public_card(conn: &mut PgConnection, code: &PublicCode) -> Result<Option<PublicCard>, DbError> {
    use public_card as p;
    let row: Option<(String, Option<Uuid>)> =
        p::table.find(code.as_str()).select((p::state, p::chapter_id)).first(conn).optional()?;
    Ok(row.and_then(|(state, chapter)| Some(PublicCard { state: CardState::parse(&state)?, chapter })))
}

/// The code of the card that a member has now.
pub(super) fn of(conn: &mut PgConnection, member: Uuid) -> Result<Option<String>, DbError> {
    use member_card as c;
    let standing = c::table.filter(c::member_id.eq(member)).filter(c::ended_on.is_null());
    Ok(standing.select(c::code).first(conn).optional()?)
}

/// The chapter that a card may tell: none of a junior's.
fn told(kind: MemberKind, chapter: Uuid) -> Option<Uuid> {
    Some(chapter).filter(|_| kind != MemberKind::Junior)
}

/// Gives a member a card; one that they had is not valid any more.
pub(super) fn issue(
    conn: &mut PgConnection,
    (member, kind, chapter): (Uuid, MemberKind, Uuid),
    code: &PublicCode,
    day: NaiveDate,
) -> Result<(), DbError> {
    end(conn, member, CardState::NotValid, day)?;
    diesel::insert_into(member_card::table)
        .values((member_card::code.eq(code.as_str()), member_card::member_id.eq(member), member_card::issued_on.eq(day)))
        .execute(conn)?;
    diesel::insert_into(public_card::table)
        .values((
            public_card::code.eq(code.as_str()),
            public_card::state.eq(CardState::Valid.name()),
            public_card::chapter_id.eq(told(kind, chapter)),
        ))
        .execute(conn)?;
    shown::adds(conn);
    Ok(())
}

/// [`issue`] for members who have none yet.
pub(super) fn issue_all(
    conn: &mut PgConnection,
    members: &[((Uuid, MemberKind, Uuid), PublicCode)],
    day: NaiveDate,
) -> Result<(), DbError> {
    use {member_card as c, public_card as p};
    let card = |((member, ..), code): &((Uuid, MemberKind, Uuid), PublicCode)| {
        (c::code.eq(code.as_str().to_owned()), c::member_id.eq(*member), c::issued_on.eq(day))
    };
    let public = |((_, kind, chapter), code): &((Uuid, MemberKind, Uuid), PublicCode)| {
        let (code, state) = (p::code.eq(code.as_str().to_owned()), p::state.eq(CardState::Valid.name()));
        (code, state, p::chapter_id.eq(told(*kind, *chapter)))
    };
    diesel::insert_into(c::table).values(members.iter().map(card).collect::<Vec<_>>()).execute(conn)?;
    diesel::insert_into(p::table).values(members.iter().map(public).collect::<Vec<_>>()).execute(conn)?;
    shown::adds(conn);
    Ok(())
}

/// The codes of the cards that members have now.
pub(super) fn of_all(conn: &mut PgConnection, members: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    use member_card as c;
    let standing = c::table.filter(c::member_id.eq_any(members)).filter(c::ended_on.is_null());
    Ok(standing.select((c::member_id, c::code)).load::<(Uuid, String)>(conn)?.into_iter().collect())
}

/// The card that a member has now says something else.
fn say(conn: &mut PgConnection, member: Uuid, state: CardState, chapter: Option<Uuid>) -> Result<(), DbError> {
    use public_card as p;
    let Some(code) = of(conn, member)? else { return Ok(()) };
    diesel::update(p::table.find(code)).set((p::state.eq(state.name()), p::chapter_id.eq(chapter))).execute(conn)?;
    shown::alters(conn);
    Ok(())
}

/// A member's card is that of this chapter, or of this kind, from now on.
pub(super) fn stand(conn: &mut PgConnection, (member, kind, chapter): (Uuid, MemberKind, Uuid)) -> Result<(), DbError> {
    say(conn, member, CardState::Valid, told(kind, chapter))
}

/// The card that a member has is over.
pub(super) fn end(conn: &mut PgConnection, member: Uuid, state: CardState, day: NaiveDate) -> Result<(), DbError> {
    say(conn, member, state, None)?;
    use member_card as c;
    diesel::update(c::table.filter(c::member_id.eq(member)).filter(c::ended_on.is_null()))
        .set(c::ended_on.eq(day))
        .execute(conn)?;
    Ok(())
}

/// The card goes along with who is transferred.
pub(super) fn hand(conn: &mut PgConnection, from: Uuid, to: (Uuid, MemberKind, Uuid)) -> Result<(), DbError> {
    use member_card as c;
    let standing = c::table.filter(c::member_id.eq(from)).filter(c::ended_on.is_null());
    diesel::update(standing).set(c::member_id.eq(to.0)).execute(conn)?;
    stand(conn, to)
}

/// All cards that a membership ever had are no longer on record.
pub(super) fn forget(conn: &mut PgConnection, member: Uuid, day: NaiveDate) -> Result<(), DbError> {
    end(conn, member, CardState::NoLongerOnRecord, day)?;
    let codes: Vec<String> = member_card::table.filter(member_card::member_id.eq(member)).select(member_card::code).load(conn)?;
    diesel::update(public_card::table.filter(public_card::code.eq_any(codes)))
        .set(public_card::state.eq(CardState::NoLongerOnRecord.name()))
        .execute(conn)?;
    shown::alters(conn);
    Ok(())
}
