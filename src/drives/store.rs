//! SQL of drives, their slots and equipment, blood centres and rules.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, SmallInt};
use uuid::Uuid;

use super::model::{DriveCancelled, DriveState, Slot};
use crate::authz::{Granted, KeepBlood, Read, Seen};
use crate::chapters::things::Thing;
use crate::db::schema::{blood_centre, drive, drive_equipment, drive_request, drive_rule, drive_slot};
use crate::db::statement::statement;
use crate::db::{DbError, shown};
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A drive as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = drive, check_for_backend(diesel::pg::Pg))]
pub struct Drive {
    pub id: i64,
    pub code: String,
    pub chapter_id: Uuid,
    /// A `blood_centre`.
    pub centre_id: i64,
    pub title: String,
    pub site: String,
    pub day: NaiveDate,
    pub listed: bool,
    pub state: String,
    pub waiting_most: i16,
    pub team_id: Option<Uuid>,
    pub moves: i16,
    pub cancelled_why: Option<String>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

impl Drive {
    pub fn state(&self) -> Option<DriveState> {
        DriveState::parse(&self.state)
    }

    pub fn is(&self, state: DriveState) -> bool {
        self.state() == Some(state)
    }

    /// The chapter that planned it; [`today`] has the one that goes on with it.
    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }
}

/// What is to be written of a new drive.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = drive, check_for_backend(diesel::pg::Pg))]
pub struct NewDrive<'a> {
    pub code: &'a str,
    pub chapter_id: Uuid,
    pub centre_id: i64,
    pub title: &'a str,
    pub site: &'a str,
    pub day: NaiveDate,
    pub listed: bool,
    pub state: &'static str,
    pub waiting_most: i16,
    pub team_id: Option<Uuid>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

/// Who collects blood.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blood_centre, check_for_backend(diesel::pg::Pg))]
pub struct BloodCentre {
    pub id: i64,
    pub code: String,
    pub vi: String,
    pub en: String,
    /// Code of the province it stands in.
    pub province: String,
}

/// A thing that is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equipment {
    pub what: String,
    pub quantity: i32,
    pub ready: bool,
}

/// Every blood centre. Allowed to the public role.
pub fn centres(conn: &mut PgConnection) -> Result<Vec<BloodCentre>, DbError> {
    Ok(blood_centre::table.order(blood_centre::id).select(BloodCentre::as_select()).load(conn)?)
}

/// Those that are in use on a day.
pub fn centres_on(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<BloodCentre>, DbError> {
    use blood_centre as c;
    Ok(c::table
        .filter(c::valid_from.le(day))
        .filter(c::valid_to.is_null().or(c::valid_to.gt(day)))
        .order(c::id)
        .select(BloodCentre::as_select())
        .load(conn)?)
}

/// The blood centre of a code that is in use on a day.
pub fn centre_in_use(conn: &mut PgConnection, code: &str, day: NaiveDate) -> Result<Option<BloodCentre>, DbError> {
    use blood_centre as c;
    Ok(c::table
        .filter(c::code.eq(code))
        .filter(c::valid_from.le(day))
        .filter(c::valid_to.is_null().or(c::valid_to.gt(day)))
        .select(BloodCentre::as_select())
        .first(conn)
        .optional()?)
}

/// A number of the rules on a day. Allowed to the public role.
pub fn rule(conn: &mut PgConnection, name: &str, day: NaiveDate) -> Result<Option<i32>, DbError> {
    use drive_rule as r;
    Ok(r::table
        .filter(r::name.eq(name))
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.gt(day)))
        .order(r::valid_from.desc())
        .select(r::value)
        .first(conn)
        .optional()?)
}

/// The chapter that goes on with a drive today.
pub fn today(conn: &mut PgConnection, drive: &Drive) -> Result<ChapterId, DbError> {
    Ok(tree::successor(conn, drive.chapter())?.unwrap_or(drive.chapter()))
}

/// The drive of a code, however it is typed.
pub fn by_code(conn: &mut PgConnection, typed: &str) -> Result<Option<Drive>, DbError> {
    let Some(code) = Thing::Drive.read(typed) else { return Ok(None) };
    Ok(drive::table.filter(drive::code.eq(code)).select(Drive::as_select()).first(conn).optional()?)
}

/// Drives by code, as it is written.
pub fn by_codes(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, Drive>, DbError> {
    let rows: Vec<Drive> = drive::table.filter(drive::code.eq_any(codes)).select(Drive::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

pub fn find(conn: &mut PgConnection, id: i64) -> Result<Option<Drive>, DbError> {
    Ok(drive::table.find(id).select(Drive::as_select()).first(conn).optional()?)
}

/// Drives by id.
pub fn by_ids(conn: &mut PgConnection, ids: &[i64]) -> Result<HashMap<i64, Drive>, DbError> {
    let rows: Vec<Drive> = drive::table.filter(drive::id.eq_any(ids)).select(Drive::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// [`find`], held until the end of the transaction: everything about places goes through here, one after the other.
pub fn hold(conn: &mut PgConnection, id: i64) -> Result<Option<Drive>, DbError> {
    Ok(drive::table.find(id).select(Drive::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Several by their codes, held in the order of their ids.
pub fn hold_codes(conn: &mut PgConnection, codes: &[&str]) -> Result<Vec<Drive>, DbError> {
    let query = drive::table.filter(drive::code.eq_any(codes)).order(drive::id);
    Ok(query.select(Drive::as_select()).for_no_key_update().load(conn)?)
}

/// Several, held in the order of their ids.
pub fn hold_all(conn: &mut PgConnection, ids: &[i64]) -> Result<Vec<Drive>, DbError> {
    let query = drive::table.filter(drive::id.eq_any(ids)).order(drive::id);
    Ok(query.select(Drive::as_select()).for_no_key_update().load(conn)?)
}

/// Those of a chapter and of those it goes on for, in the order in which they were planned.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    state: Option<DriveState>,
    span: &Span<i64>,
) -> Result<Vec<Drive>, DbError> {
    use drive as d;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = d::table.filter(d::chapter_id.eq(chapter)).order(d::id).limit(span.rows);
        let mut query = query.select(Drive::as_select()).into_boxed();
        if let Some(state) = state {
            query = query.filter(d::state.eq(state.name()));
        }
        if let Some(id) = span.after {
            query = query.filter(d::id.gt(id));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Drive| row.id)
}

/// The drive of a request, and what was sent.
pub fn request(conn: &mut PgConnection, id: Uuid) -> Result<Option<(i64, Vec<u8>)>, DbError> {
    use drive_request as r;
    Ok(r::table.find(id).select((r::drive_id, r::request_hash)).first(conn).optional()?)
}

/// Writes a drive with what was sent; `None` where the id of the request is taken.
pub fn insert(
    conn: &mut PgConnection,
    _: &Granted<KeepBlood>,
    new: &NewDrive<'_>,
    request: Uuid,
    hash: &[u8],
) -> Result<Option<i64>, DbError> {
    use drive_request as r;
    shown::adds(conn);
    let id: i64 = diesel::insert_into(drive::table).values(new).returning(drive::id).get_result(conn)?;
    let written = diesel::insert_into(r::table)
        .values((r::id.eq(request), r::drive_id.eq(id), r::request_hash.eq(hash)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(Some(id).filter(|_| written == 1))
}

/// Writes what may change of a drive that the caller holds.
pub fn write(conn: &mut PgConnection, row: &Drive) -> Result<(), DbError> {
    use drive as d;
    shown::alters(conn);
    diesel::update(d::table.find(row.id))
        .set((
            (d::title.eq(&row.title), d::site.eq(&row.site), d::day.eq(row.day), d::listed.eq(row.listed)),
            (d::centre_id.eq(row.centre_id), d::state.eq(&row.state), d::waiting_most.eq(row.waiting_most)),
            (d::team_id.eq(row.team_id), d::moves.eq(row.moves), d::cancelled_why.eq(row.cancelled_why.as_deref())),
            (d::version.eq(row.version), d::changed_at.eq(row.changed_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Slots of drives, in their order. Allowed to the public role.
pub fn slots(conn: &mut PgConnection, of: &[i64]) -> Result<HashMap<i64, Vec<Slot>>, DbError> {
    use drive_slot as s;
    let rows: Vec<(i64, i16, i16, i16, i16, i16)> = s::table
        .filter(s::drive_id.eq_any(of))
        .order((s::drive_id, s::n))
        .select((s::drive_id, s::n, s::from_minute, s::until_minute, s::places, s::taken))
        .load(conn)?;
    let mut all: HashMap<i64, Vec<Slot>> = HashMap::new();
    for (drive, n, from, until, places, taken) in rows {
        all.entry(drive).or_default().push(Slot { n, from, until, places, taken });
    }
    Ok(all)
}

/// These are the slots of a drive that the caller holds; no slot goes in which somebody has a place.
pub fn write_slots(conn: &mut PgConnection, of: i64, slots: &[Slot]) -> Result<(), DbError> {
    use drive_slot as s;
    shown::alters(conn);
    let kept: Vec<i16> = slots.iter().map(|slot| slot.n).collect();
    diesel::delete(s::table.filter(s::drive_id.eq(of)).filter(s::n.ne_all(&kept))).execute(conn)?;
    for slot in slots {
        let values = (s::from_minute.eq(slot.from), s::until_minute.eq(slot.until), s::places.eq(slot.places));
        diesel::insert_into(s::table)
            .values((s::drive_id.eq(of), s::n.eq(slot.n), values))
            .on_conflict((s::drive_id, s::n))
            .do_update()
            .set(values)
            .execute(conn)?;
    }
    Ok(())
}

statement! {
    struct Take { drives: Vec<i64> => Array<BigInt>, slots: Vec<i16> => Array<SmallInt>, by: Vec<i16> => Array<SmallInt> } -> (),
    "UPDATE drive_slot s SET taken = s.taken + t.by
     FROM unnest(?::bigint[], ?::smallint[], ?::smallint[]) t(drive_id, n, by) WHERE s.drive_id = t.drive_id AND s.n = t.n"
}

/// Places are taken, or given back: (drive, slot, how many more). The caller holds the drives.
pub fn take(conn: &mut PgConnection, changes: &HashMap<(i64, i16), i16>) -> Result<(), DbError> {
    let changes: Vec<(i64, i16, i16)> =
        changes.iter().filter(|(_, by)| **by != 0).map(|((drive, n), by)| (*drive, *n, *by)).collect();
    if changes.is_empty() {
        return Ok(());
    }
    shown::adds(conn);
    Take {
        drives: &changes.iter().map(|change| change.0).collect(),
        slots: &changes.iter().map(|change| change.1).collect(),
        by: &changes.iter().map(|change| change.2).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// What is to be there, in its order.
pub fn equipment(conn: &mut PgConnection, of: &[i64]) -> Result<HashMap<i64, Vec<Equipment>>, DbError> {
    use drive_equipment as e;
    let rows: Vec<(i64, String, i32, bool)> = e::table
        .filter(e::drive_id.eq_any(of))
        .order((e::drive_id, e::n))
        .select((e::drive_id, e::what, e::quantity, e::ready))
        .load(conn)?;
    let mut all: HashMap<i64, Vec<Equipment>> = HashMap::new();
    for (drive, what, quantity, ready) in rows {
        all.entry(drive).or_default().push(Equipment { what, quantity, ready });
    }
    Ok(all)
}

/// This is to be there from now on.
pub fn write_equipment(conn: &mut PgConnection, of: i64, all: &[Equipment]) -> Result<(), DbError> {
    use drive_equipment as e;
    diesel::delete(e::table.filter(e::drive_id.eq(of))).execute(conn)?;
    let rows: Vec<_> = (1i16..)
        .zip(all)
        .map(|(n, one)| {
            (e::drive_id.eq(of), e::n.eq(n), e::what.eq(&one.what), e::quantity.eq(one.quantity), e::ready.eq(one.ready))
        })
        .collect();
    diesel::insert_into(e::table).values(rows).execute(conn)?;
    Ok(())
}

/// Takes a drive that the caller holds one step further; whether it may go there.
pub fn advance(
    conn: &mut PgConnection,
    _: &Granted<KeepBlood>,
    now: DateTime<Utc>,
    drive: &mut Drive,
    to: DriveState,
) -> Result<bool, DbError> {
    if !drive.state().is_some_and(|state| state.may_become(to)) {
        return Ok(false);
    }
    drive.state = to.name().to_owned();
    (drive.version, drive.changed_at) = (drive.version + 1, now);
    write(conn, drive)?;
    Ok(true)
}

/// Notes why a drive is called off; [`advance`] writes it.
pub fn because(drive: &mut Drive, why: DriveCancelled) {
    drive.cancelled_why = Some(why.name().to_owned());
}
