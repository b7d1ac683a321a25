//! SQL of call-outs: what was called, waves, who was asked, what was seen.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{CallOutKind, CallOutState, Scanned};
use super::wire::{NewCallOut, Patched};
use crate::authz::{Granted, KeepPeople, Read, Seen};
use crate::calling::model::{CallAnswer, Rule};
use crate::calling::store::asked;
use crate::db::DbError;
use crate::db::schema::{call_out, call_out_answer, call_out_asked, call_out_rule, call_out_scan, call_out_shift, call_out_wave};
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A call-out as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = call_out, check_for_backend(diesel::pg::Pg))]
pub struct CallOutRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub kind: String,
    pub event: String,
    pub place: String,
    pub why: String,
    pub from_at: DateTime<Utc>,
    pub until_at: DateTime<Utc>,
    pub needed: i32,
    pub skills: Vec<String>,
    pub available: bool,
    pub team_id: Option<Uuid>,
    pub wave_size: i32,
    pub wave_minutes: Option<i32>,
    pub state: String,
    pub enough_at: Option<DateTime<Utc>>,
    pub next_wave_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub made_by: Uuid,
    pub made_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub note: Option<Vec<u8>>,
    /// The code of the blood drive that it is for.
    pub drive: Option<String>,
    pub campaign_id: Option<Uuid>,
}

impl CallOutRow {
    pub fn kind(&self) -> Option<CallOutKind> {
        CallOutKind::parse(&self.kind)
    }

    pub fn state(&self) -> Option<CallOutState> {
        CallOutState::parse(&self.state)
    }

    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }

    pub fn is_open(&self) -> bool {
        self.state() == Some(CallOutState::Open)
    }
}

/// A part of a call-out.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_out_shift, check_for_backend(diesel::pg::Pg))]
pub struct ShiftRow {
    pub id: Uuid,
    pub call_out_id: Uuid,
    pub n: i16,
    pub from_at: DateTime<Utc>,
    pub until_at: DateTime<Utc>,
    pub needed: i32,
}

/// A wave.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_out_wave, check_for_backend(diesel::pg::Pg))]
pub struct WaveRow {
    pub id: Uuid,
    pub call_out_id: Uuid,
    pub n: i32,
    pub asked_by: Option<Uuid>,
    pub asked_at: DateTime<Utc>,
    pub wanted: i32,
    pub asked: i32,
    pub quiet_reason: Option<String>,
}

/// Somebody who was asked.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_out_asked, check_for_backend(diesel::pg::Pg))]
pub struct AskedRow {
    pub id: Uuid,
    pub call_out_id: Uuid,
    pub wave_id: Uuid,
    pub chapter_id: Uuid,
    pub volunteer_id: Uuid,
    pub person_id: Uuid,
    pub party_hash: Option<Vec<u8>>,
    pub asked_at: DateTime<Utc>,
    pub by_message: bool,
    pub code: String,
    pub answer: Option<String>,
    pub arrives_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    pub shift_id: Option<Uuid>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub told_at: Option<DateTime<Utc>>,
}

impl AskedRow {
    pub fn answer(&self) -> Option<CallAnswer> {
        self.answer.as_deref().and_then(CallAnswer::parse)
    }
}

/// Something that was seen of somebody.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_out_scan, check_for_backend(diesel::pg::Pg))]
pub struct ScanRow {
    pub id: Uuid,
    pub asked_id: Uuid,
    pub what: String,
    pub at: DateTime<Utc>,
    pub how: String,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl ScanRow {
    pub fn what(&self) -> Option<Scanned> {
        Scanned::parse(&self.what)
    }
}

asked!(call_out_asked, call_out_answer, of call_out_id, row AskedRow);

/// The rule that holds on a day.
pub fn rule(conn: &mut PgConnection, day: NaiveDate) -> Result<Rule, DbError> {
    use call_out_rule as r;
    let (from, until, most_a_month, most_for_one): (Option<i32>, Option<i32>, i32, i32) = r::table
        .filter(r::valid_from.le(day))
        .order(r::valid_from.desc())
        .select((r::quiet_from_minute, r::quiet_until_minute, r::most_a_month, r::most_for_one))
        .first(conn)?;
    Ok(Rule::of(from, until, most_a_month, most_for_one))
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<CallOutRow>, DbError> {
    Ok(call_out::table.find(id).select(CallOutRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: waves and the end come one after the other, and answers before or after them.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<CallOutRow>, DbError> {
    Ok(call_out::table.find(id).select(CallOutRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Which call-outs a list shows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Those for the blood drive with this code.
    pub drive: Option<String>,
    pub campaign: Option<Uuid>,
}

/// Those of a chapter and of what it goes on for, the oldest first.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    wanted: &Wanted,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<CallOutRow>, DbError> {
    use call_out as c;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let mut query = c::table
            .filter(c::chapter_id.eq(chapter))
            .order((c::made_at, c::id))
            .limit(span.rows)
            .select(CallOutRow::as_select())
            .into_boxed();
        if let Some(drive) = &wanted.drive {
            query = query.filter(c::drive.eq(drive));
        }
        if let Some(campaign) = wanted.campaign {
            query = query.filter(c::campaign_id.eq(campaign));
        }
        if let Some((at, id)) = span.after {
            query = query.filter(c::made_at.ge(at)).filter(c::made_at.gt(at).or(c::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &CallOutRow| (row.made_at, row.id))
}

/// Writes a call-out; `named` is the record that it is for, as that is kept.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    new: &NewCallOut,
    named: Option<&str>,
) -> Result<(), DbError> {
    use call_out as c;
    let drive = named.filter(|_| new.kind == CallOutKind::Drive);
    let campaign: Option<Uuid> = named.filter(|_| new.kind == CallOutKind::Campaign).and_then(|id| id.parse().ok());
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::chapter_id.eq(by.chapter().0), c::kind.eq(new.kind.name())),
            (c::event.eq(new.event.as_str()), c::place.eq(new.place.as_str()), c::why.eq(new.why.as_str())),
            (c::from_at.eq(new.from), c::until_at.eq(new.until), c::needed.eq(new.needed), c::skills.eq(&new.skills)),
            (c::available.eq(new.available), c::team_id.eq(new.team)),
            (c::wave_size.eq(new.wave_size), c::wave_minutes.eq(new.wave_minutes), c::version.eq(1)),
            (c::state.eq(CallOutState::Open.name()), c::made_by.eq(by.account()), c::made_at.eq(at)),
            (c::drive.eq(drive), c::campaign_id.eq(campaign)),
        ))
        .execute(conn)?;
    let shifts: Vec<ShiftRow> = (1_i16..)
        .zip(&new.shifts)
        .map(|(n, shift)| ShiftRow {
            id: shift.id,
            call_out_id: new.id,
            n,
            from_at: shift.from,
            until_at: shift.until,
            needed: shift.needed,
        })
        .collect();
    diesel::insert_into(call_out_shift::table).values(&shifts).execute(conn)?;
    Ok(())
}

/// Changes a call-out that the caller holds.
pub fn change(conn: &mut PgConnection, _: &Granted<KeepPeople>, id: Uuid, to: &Patched) -> Result<(), DbError> {
    use call_out as c;
    diesel::update(c::table.find(id))
        .set((
            (c::place.eq(to.place.as_str()), c::until_at.eq(to.until), c::needed.eq(to.needed)),
            (c::wave_size.eq(to.wave_size), c::wave_minutes.eq(to.wave_minutes), c::version.eq(c::version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends a call-out that the caller holds: nobody answers any more.
pub fn end(conn: &mut PgConnection, by: &Granted<KeepPeople>, at: DateTime<Utc>, id: Uuid) -> Result<(), DbError> {
    use call_out as c;
    diesel::update(c::table.find(id))
        .set((
            (c::state.eq(CallOutState::Ended.name()), c::next_wave_at.eq(None::<DateTime<Utc>>)),
            (c::ended_by.eq(Some(by.account())), c::ended_at.eq(Some(at)), c::version.eq(c::version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Closes a call-out that the caller holds, with what there is to say of it.
pub fn close(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    id: Uuid,
    note: Option<Vec<u8>>,
) -> Result<(), DbError> {
    use call_out as c;
    diesel::update(c::table.find(id))
        .set((
            (c::state.eq(CallOutState::Closed.name()), c::note.eq(note)),
            (c::closed_by.eq(Some(by.account())), c::closed_at.eq(Some(at)), c::version.eq(c::version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// When the next wave is due; nobody waits for one where it is `None`.
pub fn expect_wave(conn: &mut PgConnection, id: Uuid, at: Option<DateTime<Utc>>) -> Result<(), DbError> {
    diesel::update(call_out::table.find(id)).set(call_out::next_wave_at.eq(at)).execute(conn)?;
    Ok(())
}

/// Parts of call-outs, in their order.
pub fn shifts(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<ShiftRow>, DbError> {
    use call_out_shift as s;
    let query = s::table.filter(s::call_out_id.eq_any(of)).order((s::call_out_id, s::n));
    Ok(query.select(ShiftRow::as_select()).load(conn)?)
}

pub fn waves(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<WaveRow>, DbError> {
    use call_out_wave as w;
    let query = w::table.filter(w::call_out_id.eq_any(of)).order((w::call_out_id, w::n));
    Ok(query.select(WaveRow::as_select()).load(conn)?)
}

/// Writes a wave with everybody whom it asks.
pub fn insert_wave(conn: &mut PgConnection, wave: &WaveRow, asked: &[AskedRow]) -> Result<(), DbError> {
    diesel::insert_into(call_out_wave::table).values(wave).execute(conn)?;
    // A statement has so many places and no more.
    for some in asked.chunks(2_000) {
        diesel::insert_into(call_out_asked::table).values(some).execute(conn)?;
    }
    Ok(())
}

/// Those of these persons who were asked in a call-out that is not closed.
pub fn asked_and_not_closed(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use call_out_asked as a;
    Ok(a::table
        .inner_join(call_out::table.on(call_out::id.eq(a::call_out_id)))
        .filter(a::person_id.eq_any(persons))
        .filter(call_out::state.ne(CallOutState::Closed.name()))
        .select(a::person_id)
        .distinct()
        .load(conn)?)
}

statement! {
    struct Counted {
        of: Vec<Uuid> => diesel::sql_types::Array<SqlUuid>,
    } -> (SqlUuid, BigInt, BigInt, BigInt, BigInt, BigInt),
    "SELECT a.call_out_id, count(*), count(*) FILTER (WHERE a.answer = 'YES'), count(*) FILTER (WHERE a.answer = 'NO'),
            count(*) FILTER (WHERE a.answer = 'STOP'),
            count(*) FILTER (WHERE EXISTS (SELECT FROM call_out_scan s WHERE s.asked_id = a.id AND s.what = 'CAME'))
     FROM call_out_asked a WHERE a.call_out_id = ANY(?) GROUP BY a.call_out_id"
}

/// How many were asked, and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub asked: i64,
    pub yes: i64,
    pub no: i64,
    pub stop: i64,
    pub came: i64,
}

pub fn counts(conn: &mut PgConnection, of: &[Uuid]) -> Result<HashMap<Uuid, Counts>, DbError> {
    let rows: Vec<(Uuid, i64, i64, i64, i64, i64)> = Counted { of: &of.to_vec() }.load(conn)?;
    Ok(rows.into_iter().map(|(id, asked, yes, no, stop, came)| (id, Counts { asked, yes, no, stop, came })).collect())
}

/// How many of those who come are in each part.
pub fn in_shifts(conn: &mut PgConnection, of: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbError> {
    use call_out_asked as a;
    let rows: Vec<(Option<Uuid>, i64)> = a::table
        .filter(a::call_out_id.eq_any(of))
        .filter(a::shift_id.is_not_null())
        .filter(a::answer.eq(CallAnswer::Yes.name()))
        .group_by(a::shift_id)
        .select((a::shift_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, count)| Some((id?, count))).collect())
}

/// Puts somebody into a part of the call-out, or into none.
pub fn put_into_shift(conn: &mut PgConnection, _: &Granted<KeepPeople>, id: Uuid, shift: Option<Uuid>) -> Result<(), DbError> {
    diesel::update(call_out_asked::table.find(id)).set(call_out_asked::shift_id.eq(shift)).execute(conn)?;
    Ok(())
}

/// Writes what was seen, but what is there already; which it wrote.
pub fn insert_scans(conn: &mut PgConnection, rows: &[ScanRow]) -> Result<HashSet<Uuid>, DbError> {
    let insert = diesel::insert_into(call_out_scan::table).values(rows).on_conflict_do_nothing();
    Ok(insert.returning(call_out_scan::id).load::<Uuid>(conn)?.into_iter().collect())
}

pub fn scans_by_id(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, ScanRow>, DbError> {
    use call_out_scan as s;
    let rows: Vec<ScanRow> = s::table.filter(s::id.eq_any(ids)).select(ScanRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What was seen of these people, in the order in which it was.
pub fn scans_of(conn: &mut PgConnection, asked: &[Uuid]) -> Result<Vec<ScanRow>, DbError> {
    use call_out_scan as s;
    Ok(s::table.filter(s::asked_id.eq_any(asked)).order((s::at, s::id)).select(ScanRow::as_select()).load(conn)?)
}

/// Notes of closed call-outs of these chapters.
pub fn notes_at(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    use call_out as c;
    let rows: Vec<(Uuid, Option<Vec<u8>>)> =
        c::table.filter(c::chapter_id.eq_any(chapters)).filter(c::note.is_not_null()).select((c::id, c::note)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, note)| Some((id, note?))).collect())
}

/// Takes notes away.
pub fn forget_notes(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    diesel::update(call_out::table.filter(call_out::id.eq_any(ids))).set(call_out::note.eq(None::<Vec<u8>>)).execute(conn)?;
    Ok(())
}
