//! Families: donors of a chapter who are counted together. What a family is called names somebody, and is sealed.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::family_wire::{NewFamily, NewFamilyMember};
use super::fault::Fault;
use super::request;
use crate::authz::{Attempt, Granted, KeepBlood, Read, SeeBlood, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{blood_family, blood_family_member};
use crate::donors::{self, DonorId, DonorState};
use crate::http::Span;
use crate::tree::{self, ChapterId};
use crate::vault::place;

/// A family as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = blood_family, check_for_backend(diesel::pg::Pg))]
pub struct FamilyRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub name: Option<Vec<u8>>,
    pub made_at: DateTime<Utc>,
}

/// Somebody who is counted in a family, or was.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = blood_family_member, check_for_backend(diesel::pg::Pg))]
pub struct MemberRow {
    pub id: Uuid,
    pub family_id: Uuid,
    pub donor_id: Uuid,
    pub left_on: Option<NaiveDate>,
    pub entered_by: Uuid,
    pub entered_at: DateTime<Utc>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<FamilyRow>, DbError> {
    Ok(blood_family::table.find(id).select(FamilyRow::as_select()).first(conn).optional()?)
}

pub fn find_all(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<FamilyRow>, DbError> {
    Ok(blood_family::table.filter(blood_family::id.eq_any(ids)).select(FamilyRow::as_select()).load(conn)?)
}

/// Makes a family. The same sent again answers as the first time: whether it is new.
pub fn make(v: &mut Visit<'_>, new: &NewFamily) -> Result<bool, Fault> {
    let (grant, here) = v.at_code::<KeepBlood>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    if !here.accepts_entries {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể.",
            "The chapter has merged or is dissolved.",
        ));
    }
    let name = v.vault.seal(place("blood_family", "name", &new.id), new.name.as_str().as_bytes())?;
    insert(v.conn, &grant, v.now, new.id, name).map_err(|error| match error.constraint() {
        Some("blood_family_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note(&grant, "BLOOD_FAMILY_MADE", new.id)?;
    Ok(true)
}

fn insert(conn: &mut PgConnection, by: &Granted<KeepBlood>, at: DateTime<Utc>, id: Uuid, name: Vec<u8>) -> Result<(), DbError> {
    use blood_family as f;
    let row =
        (f::id.eq(id), f::chapter_id.eq(by.chapter().0), f::name.eq(Some(name)), f::made_by.eq(by.account()), f::made_at.eq(at));
    diesel::insert_into(f::table).values(row).execute(conn)?;
    Ok(())
}

/// A family, held, and the right to keep the donors of the chapter that has it today.
fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(FamilyRow, Granted<KeepBlood>), Fault> {
    let row = find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let chapter = tree::successor(v.conn, ChapterId(row.chapter_id))?.unwrap_or(ChapterId(row.chapter_id));
    let grant = v.at::<KeepBlood>(chapter)?;
    let held = blood_family::table.find(id).select(FamilyRow::as_select()).for_no_key_update().first(v.conn)?;
    Ok((held, grant))
}

/// Enters a donor of the chapter. The same sent again answers as the first time: whether it is new.
pub fn enter(v: &mut Visit<'_>, family: Uuid, new: &NewFamilyMember) -> Result<bool, Fault> {
    let (_, grant) = held(v, family)?;
    if !request::is_new(v, new.id, &new.content(family))? {
        return Ok(false);
    }
    let here = tree::with_succeeded(v.conn, grant.chapter())?;
    let known = donors::find(v.conn, new.donor)?;
    if !known.is_some_and(|donor| donor.state() != Some(DonorState::Erased) && here.contains(&donor.chapter_id)) {
        return Err(Fault::not_there(
            "/donor",
            "NO_SUCH_DONOR",
            "Đơn vị không có người hiến máu này.",
            "The chapter has no such donor.",
        ));
    }
    let member = MemberRow {
        id: new.id,
        family_id: family,
        donor_id: new.donor.0,
        left_on: None,
        entered_by: grant.account(),
        entered_at: v.now,
    };
    insert_member(v.conn, &grant, &member).map_err(|error| match error.constraint() {
        Some("blood_family_member_pk") => Fault::IdTaken,
        Some("blood_family_member_once_key") => {
            Fault::conflict("Người này đã được tính trong một gia đình.", "They are counted in a family already.")
        }
        _ => error.into(),
    })?;
    v.note_with(&grant, "BLOOD_FAMILY_JOINED", new.id, &json!({"family": family}))?;
    Ok(true)
}

fn insert_member(conn: &mut PgConnection, _: &Granted<KeepBlood>, row: &MemberRow) -> Result<(), DbError> {
    diesel::insert_into(blood_family_member::table).values(row).execute(conn)?;
    Ok(())
}

/// Counts somebody in the family no more, from today on. Once more it is the same.
pub fn leave(v: &mut Visit<'_>, family: Uuid, member: Uuid) -> Result<(), Fault> {
    let (_, grant) = held(v, family)?;
    let row = member_of(v.conn, family, member)?.ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || row.left_on.is_some() {
        return Ok(());
    }
    write_leave(v.conn, &grant, member, vietnam_date(v.now))?;
    v.note_with(&grant, "BLOOD_FAMILY_LEFT", member, &json!({"family": family}))?;
    Ok(())
}

fn write_leave(conn: &mut PgConnection, _: &Granted<KeepBlood>, member: Uuid, day: NaiveDate) -> Result<(), DbError> {
    use blood_family_member as m;
    diesel::update(m::table.find(member)).set(m::left_on.eq(Some(day))).execute(conn)?;
    Ok(())
}

pub fn member_of(conn: &mut PgConnection, family: Uuid, member: Uuid) -> Result<Option<MemberRow>, DbError> {
    use blood_family_member as m;
    let query = m::table.find(member).filter(m::family_id.eq(family)).select(MemberRow::as_select());
    Ok(query.first(conn).optional()?)
}

/// Families of a chapter and of those it goes on for, the oldest first, for those who see its donors; noted.
pub fn list(v: &mut Visit<'_>, here: &Seen<SeeBlood>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<FamilyRow>, Fault> {
    let rows = page(v.conn, here, span)?;
    v.note_at(Some(here.chapter()), "BLOOD_FAMILIES_READ", None, Some(&json!({"rows": rows.len()})))?;
    Ok(rows)
}

fn page(conn: &mut PgConnection, here: &Seen<SeeBlood>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<FamilyRow>, DbError> {
    use blood_family as f;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = f::table.filter(f::chapter_id.eq(chapter)).order((f::made_at, f::id)).limit(span.rows);
        let mut query = query.select(FamilyRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(f::made_at.ge(at)).filter(f::made_at.gt(at).or(f::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &FamilyRow| (row.made_at, row.id))
}

/// Who is counted in these families today.
pub fn members(conn: &mut PgConnection, families: &[Uuid]) -> Result<Vec<MemberRow>, DbError> {
    use blood_family_member as m;
    let query = m::table.filter(m::family_id.eq_any(families)).filter(m::left_on.is_null());
    Ok(query.order((m::family_id, m::entered_at, m::id)).select(MemberRow::as_select()).load(conn)?)
}

/// Who is counted in these families, or was.
pub fn ever(conn: &mut PgConnection, families: &[Uuid]) -> Result<Vec<MemberRow>, DbError> {
    use blood_family_member as m;
    Ok(m::table.filter(m::family_id.eq_any(families)).order(m::id).select(MemberRow::as_select()).load(conn)?)
}

/// The families of these chapters.
pub fn of_chapters(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use blood_family as f;
    Ok(f::table.filter(f::chapter_id.eq_any(chapters)).order(f::id).select(f::id).load(conn)?)
}

/// The families in which these donors are counted, or were.
pub fn of_donors(conn: &mut PgConnection, donors: &[Uuid]) -> Result<Vec<MemberRow>, DbError> {
    use blood_family_member as m;
    let query = m::table.filter(m::donor_id.eq_any(donors)).order((m::entered_at, m::id));
    Ok(query.select(MemberRow::as_select()).load(conn)?)
}

/// Counts these donors in no family any more.
pub fn leave_all(conn: &mut PgConnection, donors: &[Uuid], day: NaiveDate) -> Result<(), DbError> {
    use blood_family_member as m;
    let open = m::table.filter(m::donor_id.eq_any(donors)).filter(m::left_on.is_null());
    diesel::update(open).set(m::left_on.eq(Some(day))).execute(conn)?;
    Ok(())
}

/// What the families of these chapters are called, sealed.
pub fn names_at(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    use blood_family as f;
    let rows: Vec<(Uuid, Option<Vec<u8>>)> =
        f::table.filter(f::chapter_id.eq_any(chapters)).filter(f::name.is_not_null()).select((f::id, f::name)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, name)| Some((id, name?))).collect())
}

/// Takes away what families are called.
pub fn forget_names(conn: &mut PgConnection, families: &[Uuid]) -> Result<(), DbError> {
    use blood_family as f;
    diesel::update(f::table.filter(f::id.eq_any(families))).set(f::name.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(())
}

/// A donor by their own name for them.
pub fn donor(row: &MemberRow) -> DonorId {
    DonorId(row.donor_id)
}
