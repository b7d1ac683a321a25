//! SQL of requests and of the rules their clocks follow.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::model::{self, Clocks, NewRequest, RequestKind, State};
use crate::authz::{Granted, Read, Record, Seen};
use crate::calendar::{Period, Unit};
use crate::db::DbError;
use crate::db::schema::{deadline_rule, personal_data_request, personal_data_request_chapter, personal_data_request_kept};
use crate::giving::personal::Scope;
use crate::house::persons::Kept;
use crate::http::Span;
use crate::vault::Vault;

/// A request as it is kept.
#[derive(Debug, Clone, Queryable)]
pub struct RequestRow {
    pub id: Uuid,
    pub kind: String,
    pub party_id: Option<Uuid>,
    pub gift_id: Option<Uuid>,
    pub received_on: NaiveDate,
    pub channel: String,
    pub third_parties: bool,
    pub note: Option<Vec<u8>>,
    pub changes: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub state: String,
    pub answer_due: NaiveDate,
    pub due_on: NaiveDate,
    pub next_due: NaiveDate,
    pub extended_days: Option<i16>,
    pub approver_chapter_id: Option<Uuid>,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub refusal: Option<String>,
    pub progress: Option<Uuid>,
    pub touched: i32,
    pub done_at: Option<DateTime<Utc>>,
    /// The party by the name under which it was asked for.
    pub party_alias: Option<Uuid>,
    /// Whether it lifts a restriction.
    pub lifts: bool,
    /// The request whose rest it is.
    pub rest_of: Option<Uuid>,
    /// Of a rest: where it is seen and decided, and nowhere else.
    pub kept_at_chapter_id: Option<Uuid>,
}

macro_rules! columns {
    () => {{
        use personal_data_request as r;
        (
            r::id,
            r::kind,
            r::party_id,
            r::gift_id,
            r::received_on,
            r::channel,
            r::third_parties,
            r::note,
            r::changes,
            r::request_hash,
            r::state,
            r::answer_due,
            r::due_on,
            r::next_due,
            r::extended_days,
            r::approver_chapter_id,
            r::requested_by,
            r::requested_at,
            r::answered_at,
            r::decided_by,
            r::decided_at,
            r::refusal,
            r::progress,
            r::touched,
            r::done_at,
            r::party_alias,
            r::lifts,
            r::rest_of,
            r::kept_at_chapter_id,
        )
    }};
}

impl RequestRow {
    pub fn scope(&self) -> Option<Scope> {
        self.party_id.map(Scope::Party).or(self.gift_id.map(Scope::Gift))
    }

    pub fn kind(&self) -> Option<RequestKind> {
        RequestKind::read(&self.kind, self.lifts)
    }

    pub fn state(&self) -> Option<State> {
        State::parse(&self.state)
    }
}

/// The clocks in force for a request that came on `day`; `None` when a rule is missing.
pub fn clocks(
    conn: &mut PgConnection,
    kind: RequestKind,
    third_parties: bool,
    day: NaiveDate,
) -> Result<Option<Clocks>, DbError> {
    use deadline_rule as d;
    let rows: Vec<(String, i16, String)> = d::table
        .filter(d::kind.eq(kind.stored()))
        .filter(d::third_parties.eq(third_parties))
        .filter(d::valid_from.le(day))
        .filter(d::valid_to.is_null().or(d::valid_to.gt(day)))
        .select((d::clock, d::amount, d::unit))
        .load(conn)?;
    let period = |clock: &str| {
        let (_, amount, unit) = rows.iter().find(|(name, _, _)| name == clock)?;
        Some(Period { amount: amount.unsigned_abs(), unit: Unit::parse(unit) })
    };
    Ok(period("ANSWER").zip(period("EXECUTE")).zip(period("EXTENSION")).map(|((answer, execute), extension)| Clocks {
        answer,
        execute,
        extension_days: extension.amount,
    }))
}

/// What is written down beside what was asked.
pub struct Written<'a> {
    pub party: Option<Uuid>,
    /// The name under which the party was asked for.
    pub party_alias: Option<Uuid>,
    pub gift: Option<Uuid>,
    pub note: Option<Vec<u8>>,
    pub changes: Option<Vec<u8>>,
    pub hash: &'a [u8],
    pub answer_due: NaiveDate,
    pub due_on: NaiveDate,
    pub approver: Option<Uuid>,
    /// Whose gifts it covers.
    pub chapters: &'a [Uuid],
    pub rest: Option<RestOf>,
}

/// Of which request something is the rest, and where it is seen and decided.
#[derive(Debug, Clone, Copy)]
pub struct RestOf {
    pub request: Uuid,
    pub kept_at: Uuid,
}

pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<Record>,
    at: DateTime<Utc>,
    ask: &NewRequest,
    written: &Written<'_>,
) -> Result<(), DbError> {
    use personal_data_request as r;
    diesel::insert_into(r::table)
        .values((
            (r::id.eq(ask.id), r::kind.eq(ask.kind.stored()), r::party_id.eq(written.party), r::gift_id.eq(written.gift)),
            (r::received_on.eq(ask.received_on), r::channel.eq(ask.channel.name()), r::third_parties.eq(ask.third_parties)),
            (r::note.eq(&written.note), r::changes.eq(&written.changes), r::request_hash.eq(written.hash)),
            (r::state.eq(State::Requested.name()), r::answer_due.eq(written.answer_due), r::due_on.eq(written.due_on)),
            (
                r::next_due.eq(written.answer_due),
                r::approver_chapter_id.eq(written.approver),
                r::party_alias.eq(written.party_alias),
            ),
            (r::requested_by.eq(by.account()), r::requested_at.eq(at)),
            r::lifts.eq(ask.kind == RequestKind::LiftRestriction),
            r::rest_of.eq(written.rest.map(|rest| rest.request)),
            r::kept_at_chapter_id.eq(written.rest.map(|rest| rest.kept_at)),
        ))
        .execute(conn)?;
    use personal_data_request_chapter as c;
    let rows: Vec<_> = written.chapters.iter().map(|id| (c::request_id.eq(ask.id), c::chapter_id.eq(id))).collect();
    diesel::insert_into(c::table).values(rows).execute(conn)?;
    Ok(())
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<RequestRow>, DbError> {
    Ok(personal_data_request::table.find(id).select(columns!()).first(conn).optional()?)
}

/// Reads a request and holds it until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<RequestRow>, DbError> {
    Ok(personal_data_request::table.find(id).select(columns!()).for_no_key_update().first(conn).optional()?)
}

/// The next request that is being carried out and that nobody else holds, after `after` in order of id.
pub fn hold_executing(conn: &mut PgConnection, after: Uuid) -> Result<Option<RequestRow>, DbError> {
    use personal_data_request as r;
    let query = r::table.filter(r::state.eq("EXECUTING")).filter(r::id.gt(after)).order(r::id).limit(1);
    Ok(query.select(columns!()).for_no_key_update().skip_locked().first(conn).optional()?)
}

/// The chapters at which a request is seen and decided.
pub fn chapters(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    use personal_data_request as r;
    let kept_at: Option<Option<Uuid>> = r::table.find(id).select(r::kept_at_chapter_id).first(conn).optional()?;
    match kept_at.flatten() {
        Some(above) => Ok(vec![above]),
        None => covered(conn, id),
    }
}

/// The chapters whose gifts a request is about.
pub fn covered(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    use personal_data_request_chapter as c;
    Ok(c::table.filter(c::request_id.eq(id)).select(c::chapter_id).load(conn)?)
}

/// What is asked about one party is asked about another from now on: they turned out to be one.
pub fn follow(conn: &mut PgConnection, from: Uuid, to: Uuid) -> Result<(), DbError> {
    use personal_data_request as r;
    // One that is being carried out ends with the party it began with.
    let rows = r::table.filter(r::party_id.eq(from)).filter(r::state.ne(State::Executing.name()));
    diesel::update(rows).set(r::party_id.eq(to)).execute(conn)?;
    Ok(())
}

/// Whether the same is asked for, by the same name, and still open. What is asked for by another chapter's name, and what is
/// left to chapters above, does not count: to refuse would tell that there is another.
pub fn is_open(conn: &mut PgConnection, kind: RequestKind, asked: Scope) -> Result<bool, DbError> {
    use personal_data_request as r;
    let (party, gift) = model::ids(asked);
    let open = r::table
        .filter(r::kind.eq(kind.stored()))
        .filter(r::lifts.eq(kind == RequestKind::LiftRestriction))
        .filter(r::rest_of.is_null())
        .filter(r::party_alias.is_not_distinct_from(party))
        .filter(r::gift_id.is_not_distinct_from(gift))
        .filter(r::state.eq_any(["REQUESTED", "ANSWERED", "EXECUTING"]));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

/// The requests about these parties that are still open: party, kind and state.
pub fn open_about(conn: &mut PgConnection, parties: &[Uuid]) -> Result<Vec<(Uuid, String, String)>, DbError> {
    use personal_data_request as r;
    let query = r::table.filter(r::party_id.eq_any(parties)).filter(r::state.eq_any(["REQUESTED", "ANSWERED", "EXECUTING"]));
    Ok(query.select((r::party_id.assume_not_null(), r::kind, r::state)).load(conn)?)
}

/// The requests about a party or about one of these gifts.
pub fn about(conn: &mut PgConnection, party: Option<Uuid>, gifts: &[Uuid]) -> Result<Vec<RequestRow>, DbError> {
    use personal_data_request as r;
    let query = r::table.filter(r::party_id.eq(party).or(r::gift_id.eq_any(gifts))).order((r::requested_at, r::id));
    Ok(query.select(columns!()).load(conn)?)
}

/// Whether a rest of this kind waits already that covers all of these chapters.
pub fn rest_waits(conn: &mut PgConnection, kind: RequestKind, party: Uuid, chapters: &[Uuid]) -> Result<bool, DbError> {
    use personal_data_request as r;
    let waiting: Vec<Uuid> = r::table
        .filter(r::kind.eq(kind.stored()))
        .filter(r::lifts.eq(kind == RequestKind::LiftRestriction))
        .filter(r::party_id.eq(party))
        .filter(r::rest_of.is_not_null())
        .filter(r::state.eq_any(["REQUESTED", "ANSWERED"]))
        .select(r::id)
        .load(conn)?;
    for id in waiting {
        let covered = covered(conn, id)?;
        if chapters.iter().all(|chapter| covered.contains(chapter)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is asked about a party in these chapters alone is about another row of the same person from now on. A request that
/// is being carried out ends with the party it began with, unless it is `own`, the one that does this.
pub fn retarget(conn: &mut PgConnection, own: Uuid, from: Uuid, to: Uuid, chapters: &[Uuid]) -> Result<(), DbError> {
    use personal_data_request as r;
    use personal_data_request_chapter as c;
    let elsewhere = c::table.filter(c::request_id.eq(r::id)).filter(diesel::dsl::not(c::chapter_id.eq_any(chapters)));
    let mine = r::state.ne(State::Executing.name()).or(r::id.eq(own));
    let theirs = r::table.filter(r::party_id.eq(from)).filter(mine).filter(diesel::dsl::not(diesel::dsl::exists(elsewhere)));
    let ids: Vec<Uuid> = theirs.select(r::id).load(conn)?;
    diesel::update(r::table.filter(r::id.eq_any(ids))).set(r::party_id.eq(to)).execute(conn)?;
    Ok(())
}

/// Notes what a request could not erase.
pub fn keep(conn: &mut PgConnection, id: Uuid, kept: &[Kept]) -> Result<(), DbError> {
    use personal_data_request_kept as k;
    for one in kept {
        let n = i32::try_from(one.count).unwrap_or(i32::MAX);
        diesel::insert_into(k::table)
            .values((k::request_id.eq(id), k::what.eq(one.what.name()), k::n.eq(n), k::until.eq(one.until)))
            .on_conflict((k::request_id, k::what))
            .do_update()
            .set((k::n.eq(k::n + n), k::until.eq(diesel::dsl::sql("greatest(personal_data_request_kept.until, excluded.until)"))))
            .execute(conn)?;
    }
    Ok(())
}

/// What could not be erased: (what, how many, until when).
pub type KeptRow = (String, i32, Option<NaiveDate>);

/// What these requests could not erase, by request.
pub fn kept_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<KeptRow>>, DbError> {
    use personal_data_request_kept as k;
    let rows: Vec<(Uuid, String, i32, Option<NaiveDate>)> = k::table
        .filter(k::request_id.eq_any(ids))
        .order((k::request_id, k::what))
        .select((k::request_id, k::what, k::n, k::until))
        .load(conn)?;
    let mut kept: HashMap<Uuid, Vec<KeptRow>> = HashMap::new();
    for (id, what, n, until) in rows {
        kept.entry(id).or_default().push((what, n, until));
    }
    Ok(kept)
}

/// How many chapters' gifts each of these requests is about.
pub fn covered_counts(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbError> {
    use personal_data_request_chapter as c;
    let rows: Vec<(Uuid, i64)> = c::table
        .filter(c::request_id.eq_any(ids))
        .group_by(c::request_id)
        .select((c::request_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Which requests to list.
pub struct Listed {
    pub open: bool,
    /// Only those that were due before this day.
    pub due_before: Option<NaiveDate>,
    pub span: Span<(NaiveDate, Uuid)>,
}

/// Requests that concern a chapter or one below it, the most urgent first. The rest of a request concerns the chapter that
/// decides it alone.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, of: &Listed) -> Result<Vec<RequestRow>, DbError> {
    use personal_data_request as r;
    let concerns = diesel::dsl::sql::<Bool>(
        "EXISTS (SELECT FROM personal_data_request_chapter c
                 JOIN chapter_ancestor a ON a.chapter_id = coalesce(personal_data_request.kept_at_chapter_id, c.chapter_id)
                 WHERE c.request_id = personal_data_request.id AND a.ancestor_id = ",
    )
    .bind::<diesel::sql_types::Uuid, _>(here.chapter().0)
    .sql(")");
    let mut query = r::table.filter(concerns).order((r::next_due, r::id)).limit(of.span.rows).select(columns!()).into_boxed();
    query = if of.open {
        query.filter(r::state.eq_any(["REQUESTED", "ANSWERED", "EXECUTING"]))
    } else {
        query.filter(r::state.eq_any(["DONE", "REFUSED"]))
    };
    if let Some(day) = of.due_before {
        query = query.filter(r::next_due.lt(day));
    }
    if let Some((due, id)) = of.span.after {
        query = query.filter(r::next_due.ge(due)).filter(r::next_due.gt(due).or(r::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// The person was told; from now on the second clock counts.
pub fn answer(conn: &mut PgConnection, at: DateTime<Utc>, by: Uuid, row: &RequestRow) -> Result<(), DbError> {
    use personal_data_request as r;
    let state = if row.state() == Some(State::Requested) { State::Answered.name() } else { row.state.as_str() };
    diesel::update(r::table.find(row.id))
        .set((r::answered_at.eq(at), r::answered_by.eq(by), r::state.eq(state), r::next_due.eq(row.due_on)))
        .execute(conn)?;
    Ok(())
}

/// The one extension.
pub fn extend(conn: &mut PgConnection, row: &RequestRow, days: i16, reason: &str, due_on: NaiveDate) -> Result<(), DbError> {
    use personal_data_request as r;
    let next = if row.answered_at.is_some() { due_on } else { row.next_due };
    diesel::update(r::table.find(row.id))
        .set((r::extended_days.eq(days), r::extension_reason.eq(reason), r::due_on.eq(due_on), r::next_due.eq(next)))
        .execute(conn)?;
    Ok(())
}

/// Decided: it will be carried out. Telling the person is part of it.
pub fn begin(conn: &mut PgConnection, at: DateTime<Utc>, by: Uuid, row: &RequestRow) -> Result<(), DbError> {
    use personal_data_request as r;
    diesel::update(r::table.find(row.id))
        .set((r::state.eq(State::Executing.name()), r::decided_by.eq(by), r::decided_at.eq(at), r::next_due.eq(row.due_on)))
        .execute(conn)?;
    if row.answered_at.is_none() {
        diesel::update(r::table.find(row.id)).set((r::answered_at.eq(at), r::answered_by.eq(by))).execute(conn)?;
    }
    Ok(())
}

/// Where carrying out has come to, and how many gifts it changed so far.
pub fn advance(conn: &mut PgConnection, id: Uuid, progress: Option<Uuid>, more: i32) -> Result<(), DbError> {
    use personal_data_request as r;
    let query = diesel::update(r::table.find(id));
    query.set((r::progress.eq(progress), r::touched.eq(r::touched + more))).execute(conn)?;
    Ok(())
}

pub fn done(conn: &mut PgConnection, at: DateTime<Utc>, id: Uuid) -> Result<(), DbError> {
    use personal_data_request as r;
    diesel::update(r::table.find(id)).set((r::state.eq(State::Done.name()), r::done_at.eq(at))).execute(conn)?;
    Ok(())
}

pub fn refuse(conn: &mut PgConnection, at: DateTime<Utc>, by: Uuid, row: &RequestRow, reason: &str) -> Result<(), DbError> {
    use personal_data_request as r;
    diesel::update(r::table.find(row.id))
        .set((
            r::state.eq(State::Refused.name()),
            r::refusal.eq(reason),
            r::decided_by.eq(by),
            r::decided_at.eq(at),
            r::done_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes notes and changes out of the requests about a party or about gifts, and the texts out of what they are compared by.
pub fn forget_texts(conn: &mut PgConnection, vault: &Vault, party: Option<Uuid>, gifts: &[Uuid]) -> Result<(), DbError> {
    use personal_data_request as r;
    for row in about(conn, party, gifts)? {
        let kind = row.kind().map_or(row.kind.as_str(), |kind| kind.name());
        let bare = model::content(row.id, kind, row.party_alias, row.gift_id, row.received_on, &row.channel, row.third_parties);
        let hash = vault.hash("personal_data_request.bare", format!("{bare}[null,null]").as_bytes()).to_vec();
        diesel::update(r::table.find(row.id))
            .set((r::note.eq(None::<Vec<u8>>), r::changes.eq(None::<Vec<u8>>), r::request_hash.eq(hash)))
            .execute(conn)?;
    }
    Ok(())
}
