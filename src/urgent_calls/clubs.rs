//! Clubs of donors (ngân hàng máu sống): standing lists of a chapter, from which a call may ask first.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::club_wire::{NewClub, NewMember};
use super::fault::Fault;
use super::model::BloodClubState;
use super::request;
use crate::authz::{Attempt, Granted, KeepBlood, Read, SeeBlood, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{blood_club, blood_club_member};
use crate::donors::{self, DonorState};
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A club as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = blood_club, check_for_backend(diesel::pg::Pg))]
pub struct ClubRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub name: String,
    pub state: String,
    pub made_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl ClubRow {
    pub fn state(&self) -> Option<BloodClubState> {
        BloodClubState::parse(&self.state)
    }

    pub fn is_active(&self) -> bool {
        self.state() == Some(BloodClubState::Active)
    }
}

/// Somebody in a club, or who was.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = blood_club_member, check_for_backend(diesel::pg::Pg))]
pub struct MemberRow {
    pub id: Uuid,
    pub club_id: Uuid,
    pub donor_id: Uuid,
    pub joined_on: NaiveDate,
    pub left_on: Option<NaiveDate>,
    pub entered_by: Uuid,
    pub entered_at: DateTime<Utc>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<ClubRow>, DbError> {
    Ok(blood_club::table.find(id).select(ClubRow::as_select()).first(conn).optional()?)
}

/// Makes a club. The same sent again answers as the first time: whether it is new.
pub fn make(v: &mut Visit<'_>, new: &NewClub) -> Result<bool, Fault> {
    let (grant, place) = v.at_code::<KeepBlood>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    if !place.accepts_entries {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể.",
            "The chapter has merged or is dissolved.",
        ));
    }
    insert(v.conn, &grant, v.now, new).map_err(|error| match error.constraint() {
        Some("blood_club_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note(&grant, "BLOOD_CLUB_MADE", new.id)?;
    Ok(true)
}

fn insert(conn: &mut PgConnection, by: &Granted<KeepBlood>, at: DateTime<Utc>, new: &NewClub) -> Result<(), DbError> {
    use blood_club as c;
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::chapter_id.eq(by.chapter().0), c::name.eq(new.name.as_str())),
            (c::state.eq(BloodClubState::Active.name()), c::made_by.eq(by.account()), c::made_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A club, held, and the right to keep the donors of the chapter that has it today.
fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(ClubRow, Granted<KeepBlood>), Fault> {
    let row = find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let chapter = tree::successor(v.conn, ChapterId(row.chapter_id))?.unwrap_or(ChapterId(row.chapter_id));
    let grant = v.at::<KeepBlood>(chapter)?;
    let held = blood_club::table.find(id).select(ClubRow::as_select()).for_no_key_update().first(v.conn)?;
    Ok((held, grant))
}

fn ended() -> Fault {
    Fault::conflict("Câu lạc bộ này đã giải thể.", "This club has ended.")
}

/// Ends a club; its list stays on record.
pub fn end(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if v.attempt() == Attempt::Replay || !row.is_active() {
        return Ok(());
    }
    write_end(v.conn, &grant, v.now, id)?;
    v.note(&grant, "BLOOD_CLUB_ENDED", id)?;
    Ok(())
}

fn write_end(conn: &mut PgConnection, by: &Granted<KeepBlood>, at: DateTime<Utc>, id: Uuid) -> Result<(), DbError> {
    use blood_club as c;
    diesel::update(c::table.find(id))
        .set((c::state.eq(BloodClubState::Ended.name()), c::ended_by.eq(Some(by.account())), c::ended_at.eq(Some(at))))
        .execute(conn)?;
    Ok(())
}

/// Enters a donor of the chapter. The same sent again answers as the first time: whether it is new.
pub fn enter(v: &mut Visit<'_>, club: Uuid, new: &NewMember) -> Result<bool, Fault> {
    let (row, grant) = held(v, club)?;
    if !request::is_new(v, new.id, &new.content(club))? {
        return Ok(false);
    }
    if !row.is_active() {
        return Err(ended());
    }
    let here = tree::with_succeeded(v.conn, grant.chapter())?;
    let known = donors::find(v.conn, new.donor)?;
    let is_theirs = known.is_some_and(|donor| donor.state() == Some(DonorState::Active) && here.contains(&donor.chapter_id));
    if !is_theirs {
        return Err(Fault::not_there(
            "/donor",
            "NO_SUCH_DONOR",
            "Đơn vị không có người hiến máu này.",
            "The chapter has no such donor.",
        ));
    }
    let member = MemberRow {
        id: new.id,
        club_id: club,
        donor_id: new.donor.0,
        joined_on: new.joined_on,
        left_on: None,
        entered_by: grant.account(),
        entered_at: v.now,
    };
    insert_member(v.conn, &grant, &member).map_err(|error| match error.constraint() {
        Some("blood_club_member_pk") => Fault::IdTaken,
        Some("blood_club_member_once_key") => {
            Fault::conflict("Người này đã ở trong câu lạc bộ.", "They are in the club already.")
        }
        _ => error.into(),
    })?;
    v.note_with(&grant, "BLOOD_CLUB_JOINED", new.id, &json!({"club": club}))?;
    Ok(true)
}

fn insert_member(conn: &mut PgConnection, _: &Granted<KeepBlood>, row: &MemberRow) -> Result<(), DbError> {
    diesel::insert_into(blood_club_member::table).values(row).execute(conn)?;
    Ok(())
}

/// Takes somebody off the list, from a day on. Once more it is the same.
pub fn leave(v: &mut Visit<'_>, club: Uuid, member: Uuid) -> Result<(), Fault> {
    let (_, grant) = held(v, club)?;
    let row = member_of(v.conn, club, member)?.ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || row.left_on.is_some() {
        return Ok(());
    }
    let day = vietnam_date(v.now).max(row.joined_on);
    write_leave(v.conn, &grant, member, day)?;
    v.note_with(&grant, "BLOOD_CLUB_LEFT", member, &json!({"club": club}))?;
    Ok(())
}

fn write_leave(conn: &mut PgConnection, _: &Granted<KeepBlood>, member: Uuid, day: NaiveDate) -> Result<(), DbError> {
    use blood_club_member as m;
    diesel::update(m::table.find(member)).set(m::left_on.eq(Some(day))).execute(conn)?;
    Ok(())
}

pub fn member_of(conn: &mut PgConnection, club: Uuid, member: Uuid) -> Result<Option<MemberRow>, DbError> {
    use blood_club_member as m;
    let query = m::table.find(member).filter(m::club_id.eq(club)).select(MemberRow::as_select());
    Ok(query.first(conn).optional()?)
}

/// Clubs of a chapter and of what it goes on for, the oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<ClubRow>, DbError> {
    use blood_club as c;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = c::table.filter(c::chapter_id.eq(chapter)).order((c::made_at, c::id)).limit(span.rows);
        let mut query = query.select(ClubRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(c::made_at.ge(at)).filter(c::made_at.gt(at).or(c::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &ClubRow| (row.made_at, row.id))
}

/// How many are in each of these clubs.
pub fn counts(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<(Uuid, i64)>, DbError> {
    use blood_club_member as m;
    let query = m::table.filter(m::club_id.eq_any(of)).filter(m::left_on.is_null()).group_by(m::club_id);
    Ok(query.select((m::club_id, diesel::dsl::count_star())).load(conn)?)
}

/// Those who are in a club or were, in the order in which they were entered: a page of them, for those who see the chapter's donors; noted.
pub fn members(v: &mut Visit<'_>, club: Uuid, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<MemberRow>, Fault> {
    let row = find(v.conn, club)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let here = v.see::<SeeBlood>(ChapterId(row.chapter_id))?;
    let rows = page(v.conn, &here, club, span)?;
    v.note_at(Some(here.chapter()), "BLOOD_CLUB_READ", Some(club), Some(&json!({"rows": rows.len()})))?;
    Ok(rows)
}

fn page(
    conn: &mut PgConnection,
    _: &Seen<SeeBlood>,
    club: Uuid,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<MemberRow>, DbError> {
    use blood_club_member as m;
    let query = m::table.filter(m::club_id.eq(club)).order((m::entered_at, m::id)).limit(span.rows);
    let mut query = query.select(MemberRow::as_select()).into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(m::entered_at.ge(at)).filter(m::entered_at.gt(at).or(m::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// The donors who are in a club today.
pub fn donors_of(conn: &mut PgConnection, club: Uuid) -> Result<Vec<Uuid>, DbError> {
    use blood_club_member as m;
    Ok(m::table.filter(m::club_id.eq(club)).filter(m::left_on.is_null()).order(m::donor_id).select(m::donor_id).load(conn)?)
}

/// The clubs of these donors: name, since when, until when.
pub fn of_donors(conn: &mut PgConnection, donors: &[Uuid]) -> Result<Vec<(String, NaiveDate, Option<NaiveDate>)>, DbError> {
    use blood_club_member as m;
    Ok(m::table
        .inner_join(blood_club::table.on(blood_club::id.eq(m::club_id)))
        .filter(m::donor_id.eq_any(donors))
        .order((m::joined_on, m::id))
        .select((blood_club::name, m::joined_on, m::left_on))
        .load(conn)?)
}

/// Takes these donors off every list.
pub fn leave_all(conn: &mut PgConnection, donors: &[Uuid], day: NaiveDate) -> Result<(), DbError> {
    use blood_club_member as m;
    let open = m::table.filter(m::donor_id.eq_any(donors)).filter(m::left_on.is_null());
    diesel::update(open).set(m::left_on.eq(Some(day))).execute(conn)?;
    Ok(())
}

pub fn no_such_club() -> Fault {
    Fault::not_there(
        "/club",
        "NO_SUCH_CLUB",
        "Đơn vị không có câu lạc bộ như vậy đang hoạt động.",
        "The chapter has no such club that goes on.",
    )
}
