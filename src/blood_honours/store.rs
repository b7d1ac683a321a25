//! SQL of honours: thresholds, lists, who is on them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{BloodHonourLevel, BloodHonourOf, BloodHonourState};
use super::wire::{NewList, NewThreshold};
use crate::authz::{Granted, KeepBlood, Organise, Read, Right, Seen};
use crate::db::schema::{blood_honour, blood_honour_list, blood_honour_threshold};
use crate::db::statement::statement;
use crate::db::{DbError, shown};
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A threshold as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = blood_honour_threshold, check_for_backend(diesel::pg::Pg))]
pub struct ThresholdRow {
    pub id: Uuid,
    pub of: String,
    pub times: i16,
    pub chapter_id: Option<Uuid>,
    pub level: Option<String>,
    pub vi: String,
    pub en: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub decision_no: String,
    pub mark: String,
    pub source: String,
}

impl ThresholdRow {
    pub fn of(&self) -> Option<BloodHonourOf> {
        BloodHonourOf::parse(&self.of)
    }

    pub fn level(&self) -> Option<BloodHonourLevel> {
        self.level.as_deref().and_then(BloodHonourLevel::parse)
    }
}

/// A list as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = blood_honour_list, check_for_backend(diesel::pg::Pg))]
pub struct ListRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub awarded_at_id: Uuid,
    pub threshold_id: Uuid,
    pub until_day: NaiveDate,
    pub state: String,
    pub decision_no: String,
    pub proposed_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl ListRow {
    pub fn chapter(&self) -> ChapterId {
        ChapterId(self.chapter_id)
    }

    pub fn state(&self) -> Option<BloodHonourState> {
        BloodHonourState::parse(&self.state)
    }
}

/// One honour as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = blood_honour, check_for_backend(diesel::pg::Pg))]
pub struct HonourRow {
    pub id: Uuid,
    pub list_id: Uuid,
    pub chapter_id: Uuid,
    pub threshold_id: Uuid,
    pub donor_id: Option<Uuid>,
    pub family_id: Option<Uuid>,
    pub times: i32,
    pub state: String,
    pub decided_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl HonourRow {
    pub fn state(&self) -> Option<BloodHonourState> {
        BloodHonourState::parse(&self.state)
    }

    /// It was awarded and not withdrawn since.
    pub fn stands(&self) -> bool {
        self.state() == Some(BloodHonourState::Awarded)
    }
}

/// All thresholds there are or were: national ones first, then by who is honoured and how often they gave.
pub fn thresholds(conn: &mut PgConnection) -> Result<Vec<ThresholdRow>, DbError> {
    use blood_honour_threshold as t;
    let query = t::table.order((t::chapter_id.asc().nulls_first(), t::of.desc(), t::times, t::valid_from));
    Ok(query.select(ThresholdRow::as_select()).load(conn)?)
}

pub fn threshold(conn: &mut PgConnection, id: Uuid) -> Result<Option<ThresholdRow>, DbError> {
    Ok(blood_honour_threshold::table.find(id).select(ThresholdRow::as_select()).first(conn).optional()?)
}

/// Writes a province's own rule.
pub fn insert_threshold(
    conn: &mut PgConnection,
    by: &Granted<Organise>,
    at: DateTime<Utc>,
    new: &NewThreshold,
) -> Result<(), DbError> {
    use blood_honour_threshold as t;
    shown::alters(conn);
    diesel::insert_into(t::table)
        .values((
            (t::id.eq(new.id), t::of.eq(new.of.name()), t::times.eq(new.times), t::chapter_id.eq(Some(by.chapter().0))),
            (t::level.eq(Some(BloodHonourLevel::Province.name())), t::vi.eq(new.vi.as_str()), t::en.eq(new.en.as_str())),
            (t::valid_from.eq(new.valid_from), t::decision_no.eq(new.decision_no.as_str())),
            (t::mark.eq("S"), t::source.eq(new.decision_no.as_str())),
            (t::entered_by.eq(Some(by.account())), t::entered_at.eq(Some(at))),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends a province's own rule; whether it went on.
pub fn end_threshold(conn: &mut PgConnection, by: &Granted<Organise>, id: Uuid, day: NaiveDate) -> Result<bool, DbError> {
    use blood_honour_threshold as t;
    shown::alters(conn);
    let open = t::table.find(id).filter(t::chapter_id.eq(Some(by.chapter().0))).filter(t::valid_to.is_null());
    Ok(diesel::update(open).set(t::valid_to.eq(Some(day))).execute(conn)? == 1)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<ListRow>, DbError> {
    Ok(blood_honour_list::table.find(id).select(ListRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<ListRow>, DbError> {
    Ok(blood_honour_list::table.find(id).select(ListRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Lists that a chapter proposed, and those it goes on for, the oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<ListRow>, DbError> {
    use blood_honour_list as l;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = l::table.filter(l::chapter_id.eq(chapter)).order((l::proposed_at, l::id)).limit(span.rows);
        let mut query = query.select(ListRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(l::proposed_at.ge(at)).filter(l::proposed_at.gt(at).or(l::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &ListRow| (row.proposed_at, row.id))
}

/// Writes a list with those on it. Who is proposed or honoured already is left out, whoever proposed them at the same moment; how many it
/// has.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepBlood>,
    at: DateTime<Utc>,
    new: &NewList,
    awarded_at: ChapterId,
    honours: &[HonourRow],
) -> Result<usize, DbError> {
    use blood_honour_list as l;
    shown::alters(conn);
    diesel::insert_into(l::table)
        .values((
            (l::id.eq(new.id), l::chapter_id.eq(by.chapter().0), l::awarded_at_id.eq(awarded_at.0)),
            (l::threshold_id.eq(new.threshold), l::until_day.eq(new.until), l::decision_no.eq(new.decision_no.as_str())),
            (l::state.eq(BloodHonourState::Proposed.name()), l::proposed_by.eq(by.account()), l::proposed_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(diesel::insert_into(blood_honour::table).values(honours).on_conflict_do_nothing().execute(conn)?)
}

/// Writes what became of a list that the caller holds.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    id: Uuid,
    to: BloodHonourState,
) -> Result<(), DbError> {
    use blood_honour_list as l;
    shown::alters(conn);
    diesel::update(l::table.find(id))
        .set((l::state.eq(to.name()), l::decided_by.eq(Some(by.account())), l::decided_at.eq(Some(at))))
        .execute(conn)?;
    Ok(())
}

/// Writes what became of honours that were proposed.
pub fn settle(conn: &mut PgConnection, at: DateTime<Utc>, of: &[Uuid], to: BloodHonourState) -> Result<(), DbError> {
    use blood_honour as h;
    shown::alters(conn);
    let waiting = h::table.filter(h::id.eq_any(of)).filter(h::state.eq(BloodHonourState::Proposed.name()));
    diesel::update(waiting).set((h::state.eq(to.name()), h::decided_at.eq(Some(at)))).execute(conn)?;
    Ok(())
}

/// Withdraws honours that stood.
pub fn withdraw(conn: &mut PgConnection, at: DateTime<Utc>, of: &[Uuid]) -> Result<usize, DbError> {
    use blood_honour as h;
    shown::alters(conn);
    let standing = h::table.filter(h::id.eq_any(of)).filter(h::state.eq(BloodHonourState::Awarded.name()));
    let to = (h::state.eq(BloodHonourState::Withdrawn.name()), h::withdrawn_at.eq(Some(at)));
    Ok(diesel::update(standing).set(to).execute(conn)?)
}

/// Everybody on a list.
pub fn honours_of(conn: &mut PgConnection, list: Uuid) -> Result<Vec<HonourRow>, DbError> {
    use blood_honour as h;
    Ok(h::table.filter(h::list_id.eq(list)).order(h::id).select(HonourRow::as_select()).load(conn)?)
}

/// A page of those on a list.
pub fn honours_page(conn: &mut PgConnection, list: Uuid, span: &Span<Uuid>) -> Result<Vec<HonourRow>, DbError> {
    use blood_honour as h;
    let query = h::table.filter(h::list_id.eq(list)).order(h::id).limit(span.rows);
    let mut query = query.select(HonourRow::as_select()).into_boxed();
    if let Some(id) = span.after {
        query = query.filter(h::id.gt(id));
    }
    Ok(query.load(conn)?)
}

/// A page of the honours of chapters, in the order of their ids.
pub fn honours_at(conn: &mut PgConnection, chapters: &[Uuid], after: Option<Uuid>, rows: i64) -> Result<Vec<HonourRow>, DbError> {
    use blood_honour as h;
    let query = h::table.filter(h::chapter_id.eq_any(chapters)).order(h::id).limit(rows);
    let mut query = query.select(HonourRow::as_select()).into_boxed();
    if let Some(id) = after {
        query = query.filter(h::id.gt(id));
    }
    Ok(query.load(conn)?)
}

/// A page of the honours that stand, in the order of their ids.
pub fn standing(conn: &mut PgConnection, after: Option<Uuid>, rows: i64) -> Result<Vec<HonourRow>, DbError> {
    use blood_honour as h;
    let query = h::table.filter(h::state.eq(BloodHonourState::Awarded.name())).order(h::id).limit(rows);
    let mut query = query.select(HonourRow::as_select()).into_boxed();
    if let Some(id) = after {
        query = query.filter(h::id.gt(id));
    }
    Ok(query.load(conn)?)
}

pub fn honour(conn: &mut PgConnection, id: Uuid) -> Result<Option<HonourRow>, DbError> {
    Ok(blood_honour::table.find(id).select(HonourRow::as_select()).first(conn).optional()?)
}

/// The honours of these donors, in the order of their ids.
pub fn of_donors(conn: &mut PgConnection, donors: &[Uuid]) -> Result<Vec<HonourRow>, DbError> {
    use blood_honour as h;
    let query = h::table.filter(h::donor_id.eq_any(donors)).order(h::id);
    Ok(query.select(HonourRow::as_select()).load(conn)?)
}

/// The honours of these families, in the order of their ids.
pub fn of_families(conn: &mut PgConnection, families: &[Uuid]) -> Result<Vec<HonourRow>, DbError> {
    use blood_honour as h;
    let query = h::table.filter(h::family_id.eq_any(families)).order(h::id);
    Ok(query.select(HonourRow::as_select()).load(conn)?)
}

/// Which donors and families are proposed for a threshold or have it.
pub fn taken(conn: &mut PgConnection, threshold: Uuid, of: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use blood_honour as h;
    let open = [BloodHonourState::Proposed.name(), BloodHonourState::Awarded.name()];
    let of: Vec<Option<Uuid>> = of.iter().copied().map(Some).collect();
    let rows: Vec<(Option<Uuid>, Option<Uuid>)> = h::table
        .filter(h::threshold_id.eq(threshold))
        .filter(h::state.eq_any(open))
        .filter(h::donor_id.eq_any(of.clone()).or(h::family_id.eq_any(of)))
        .select((h::donor_id, h::family_id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(donor, family)| donor.or(family)).collect())
}

statement! {
    struct Counted {
        lists: Vec<Uuid> => Array<SqlUuid>,
    } -> (SqlUuid, BigInt, BigInt),
    "SELECT h.list_id, count(*), count(*) FILTER (WHERE h.state = 'AWARDED') FROM blood_honour h WHERE h.list_id = ANY (?) GROUP BY h.list_id"
}

/// How many are on each of these lists, and how many of them stand: (list, all, awarded).
pub fn counts(conn: &mut PgConnection, lists: &[Uuid]) -> Result<Vec<(Uuid, i64, i64)>, DbError> {
    Ok(Counted { lists: &lists.to_vec() }.load(conn)?)
}

/// The numbers of the proposals of these lists.
pub fn decision_numbers(conn: &mut PgConnection, lists: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    use blood_honour_list as l;
    let rows: Vec<(Uuid, String)> = l::table.filter(l::id.eq_any(lists)).select((l::id, l::decision_no)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Those of these donors who are on a list that waits.
pub fn waiting(conn: &mut PgConnection, donors: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use blood_honour as h;
    let waiting = h::table.filter(h::donor_id.eq_any(donors)).filter(h::state.eq(BloodHonourState::Proposed.name()));
    let rows: Vec<Option<Uuid>> = waiting.select(h::donor_id).distinct().load(conn)?;
    Ok(rows.into_iter().flatten().collect())
}
