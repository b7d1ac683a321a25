//! SQL of urgent calls: what was called, waves, who was asked.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{UrgentCallReach, UrgentCallState};
use super::wire::{NewCall, Patched};
use crate::authz::{Granted, KeepBlood, Read, Seen};
use crate::blood_rules::{AboGroup, Component, RhFactor};
use crate::calling::model::{CallAnswer, Rule};
use crate::calling::store::asked;
use crate::db::DbError;
use crate::db::schema::{urgent_call, urgent_call_answer, urgent_call_asked, urgent_call_rule, urgent_call_wave};
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A call as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = urgent_call, check_for_backend(diesel::pg::Pg))]
pub struct CallRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub component: String,
    pub abo: String,
    pub rh: String,
    pub hospital: String,
    pub reason: String,
    pub until_at: DateTime<Utc>,
    pub needed: i32,
    pub reach: String,
    pub club_id: Option<Uuid>,
    pub wave_size: i32,
    pub wave_minutes: Option<i32>,
    pub state: String,
    pub enough_at: Option<DateTime<Utc>>,
    pub next_wave_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub made_by: Uuid,
    pub made_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl CallRow {
    pub fn component(&self) -> Option<Component> {
        Component::parse(&self.component)
    }

    pub fn abo(&self) -> Option<AboGroup> {
        AboGroup::parse(&self.abo)
    }

    pub fn rh(&self) -> Option<RhFactor> {
        RhFactor::parse(&self.rh)
    }

    pub fn reach(&self) -> Option<UrgentCallReach> {
        UrgentCallReach::parse(&self.reach)
    }

    pub fn state(&self) -> Option<UrgentCallState> {
        UrgentCallState::parse(&self.state)
    }

    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }

    pub fn is_open(&self) -> bool {
        self.state() == Some(UrgentCallState::Open)
    }
}

/// A wave.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = urgent_call_wave, check_for_backend(diesel::pg::Pg))]
pub struct WaveRow {
    pub id: Uuid,
    pub urgent_call_id: Uuid,
    pub n: i32,
    pub asked_by: Option<Uuid>,
    pub asked_at: DateTime<Utc>,
    pub wanted: i32,
    pub asked: i32,
    pub quiet_reason: Option<String>,
}

/// A donor who was asked.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = urgent_call_asked, check_for_backend(diesel::pg::Pg))]
pub struct AskedRow {
    pub id: Uuid,
    pub urgent_call_id: Uuid,
    pub wave_id: Uuid,
    pub chapter_id: Uuid,
    pub donor_id: Uuid,
    pub person_id: Uuid,
    pub party_hash: Option<Vec<u8>>,
    pub asked_at: DateTime<Utc>,
    pub by_message: bool,
    pub code: String,
    pub answer: Option<String>,
    pub arrives_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub told_at: Option<DateTime<Utc>>,
}

impl AskedRow {
    pub fn answer(&self) -> Option<CallAnswer> {
        self.answer.as_deref().and_then(CallAnswer::parse)
    }
}

asked!(urgent_call_asked, urgent_call_answer, of urgent_call_id, row AskedRow);

/// The rule that holds on a day.
pub fn rule(conn: &mut PgConnection, day: NaiveDate) -> Result<Rule, DbError> {
    use urgent_call_rule as r;
    let (from, until, most_a_month, most_for_one): (Option<i32>, Option<i32>, i32, i32) = r::table
        .filter(r::valid_from.le(day))
        .order(r::valid_from.desc())
        .select((r::quiet_from_minute, r::quiet_until_minute, r::most_a_month, r::most_for_one))
        .first(conn)?;
    Ok(Rule::of(from, until, most_a_month, most_for_one))
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<CallRow>, DbError> {
    Ok(urgent_call::table.find(id).select(CallRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: waves and the end come one after the other, and answers before or after them.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<CallRow>, DbError> {
    Ok(urgent_call::table.find(id).select(CallRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter and of what it goes on for, the oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<CallRow>, DbError> {
    use urgent_call as c;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let mut query = c::table
            .filter(c::chapter_id.eq(chapter))
            .order((c::made_at, c::id))
            .limit(span.rows)
            .select(CallRow::as_select())
            .into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(c::made_at.ge(at)).filter(c::made_at.gt(at).or(c::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &CallRow| (row.made_at, row.id))
}

pub fn insert(conn: &mut PgConnection, by: &Granted<KeepBlood>, at: DateTime<Utc>, new: &NewCall) -> Result<(), DbError> {
    use urgent_call as c;
    diesel::insert_into(c::table)
        .values((
            (c::id.eq(new.id), c::chapter_id.eq(by.chapter().0), c::component.eq(new.component.name())),
            (c::abo.eq(new.abo.name()), c::rh.eq(new.rh.name()), c::hospital.eq(new.hospital.as_str())),
            (c::reason.eq(new.reason.as_str()), c::until_at.eq(new.until), c::needed.eq(new.units)),
            (c::reach.eq(new.reach.name()), c::club_id.eq(new.club)),
            (c::wave_size.eq(new.wave_size), c::wave_minutes.eq(new.wave_minutes), c::version.eq(1)),
            (c::state.eq(UrgentCallState::Open.name()), c::made_by.eq(by.account()), c::made_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes a call that the caller holds.
pub fn change(conn: &mut PgConnection, _: &Granted<KeepBlood>, id: Uuid, to: &Patched) -> Result<(), DbError> {
    use urgent_call as c;
    diesel::update(c::table.find(id))
        .set((
            (c::until_at.eq(to.until), c::needed.eq(to.units), c::reach.eq(to.reach.name())),
            (c::wave_size.eq(to.wave_size), c::wave_minutes.eq(to.wave_minutes), c::version.eq(c::version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends a call that the caller holds: nobody answers any more. By nobody where its time was over.
pub fn end(conn: &mut PgConnection, at: DateTime<Utc>, id: Uuid, by: Option<&Granted<KeepBlood>>) -> Result<(), DbError> {
    use urgent_call as c;
    diesel::update(c::table.find(id))
        .set((
            (c::state.eq(UrgentCallState::Ended.name()), c::next_wave_at.eq(None::<DateTime<Utc>>)),
            (c::ended_by.eq(by.map(Granted::account)), c::ended_at.eq(Some(at)), c::version.eq(c::version + 1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// When the next wave is due; nobody waits for one where it is `None`.
pub fn expect_wave(conn: &mut PgConnection, id: Uuid, at: Option<DateTime<Utc>>) -> Result<(), DbError> {
    diesel::update(urgent_call::table.find(id)).set(urgent_call::next_wave_at.eq(at)).execute(conn)?;
    Ok(())
}

pub fn waves(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<WaveRow>, DbError> {
    use urgent_call_wave as w;
    let query = w::table.filter(w::urgent_call_id.eq_any(of)).order((w::urgent_call_id, w::n));
    Ok(query.select(WaveRow::as_select()).load(conn)?)
}

/// Writes a wave with everybody whom it asks.
pub fn insert_wave(conn: &mut PgConnection, wave: &WaveRow, asked: &[AskedRow]) -> Result<(), DbError> {
    diesel::insert_into(urgent_call_wave::table).values(wave).execute(conn)?;
    diesel::insert_into(urgent_call_asked::table).values(asked).execute(conn)?;
    Ok(())
}

/// Those of these persons who were asked in a call that goes on.
pub fn asked_and_open(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use urgent_call_asked as a;
    Ok(a::table
        .inner_join(urgent_call::table.on(urgent_call::id.eq(a::urgent_call_id)))
        .filter(a::person_id.eq_any(persons))
        .filter(urgent_call::state.eq(UrgentCallState::Open.name()))
        .select(a::person_id)
        .distinct()
        .load(conn)?)
}

statement! {
    struct Counted {
        of: Vec<Uuid> => Array<SqlUuid>,
    } -> (SqlUuid, BigInt, BigInt, BigInt, BigInt),
    "SELECT a.urgent_call_id, count(*), count(*) FILTER (WHERE a.answer = 'YES'), count(*) FILTER (WHERE a.answer = 'NO'),
            count(*) FILTER (WHERE a.answer = 'STOP')
     FROM urgent_call_asked a WHERE a.urgent_call_id = ANY(?) GROUP BY a.urgent_call_id"
}

/// How many were asked, and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub asked: i64,
    pub yes: i64,
    pub no: i64,
    pub stop: i64,
}

pub fn counts(conn: &mut PgConnection, of: &[Uuid]) -> Result<HashMap<Uuid, Counts>, DbError> {
    let rows: Vec<(Uuid, i64, i64, i64, i64)> = Counted { of: &of.to_vec() }.load(conn)?;
    Ok(rows.into_iter().map(|(id, asked, yes, no, stop)| (id, Counts { asked, yes, no, stop })).collect())
}
