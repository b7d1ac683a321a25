//! SQL of cases, their steps and what was found.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{FamilyAnswer, FamilyFate, FamilyLinkState, Found};
use super::sealed::Sealed;
use crate::authz::{Granted, KeepFamilyLinks, SeeFamilyLinks, Seen};
use crate::db::DbError;
use crate::db::schema::{family_finding, family_link, family_step};
use crate::http::Span;
use crate::tree;

/// A case as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_link, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub state: String,
    pub cause: String,
    pub guarded: bool,
    pub enquirer: Option<Vec<u8>>,
    pub sought: Option<Vec<u8>>,
    pub enquirer_hash: Option<Vec<u8>>,
    pub words: Vec<i64>,
    pub sought_keys: Vec<i64>,
    pub enquirer_keys: Vec<i64>,
    pub text_version: i16,
    pub consent_on: NaiveDate,
    pub consent_paper: Option<Vec<u8>>,
    pub child_agreed: bool,
    pub in_charge: Option<Uuid>,
    pub request_hash: Vec<u8>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub last_step_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub erased_on: Option<NaiveDate>,
}

impl Row {
    pub fn state(&self) -> FamilyLinkState {
        // The database knows these words alone; what it should not know is shown to nobody.
        FamilyLinkState::parse(&self.state).unwrap_or(FamilyLinkState::Erased)
    }
}

/// What was done about a case, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_step, check_for_backend(diesel::pg::Pg))]
pub struct StepRow {
    pub id: Uuid,
    pub family_link_id: Uuid,
    pub chapter_id: Uuid,
    pub kind: String,
    pub note: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub done_by: Uuid,
    pub done_at: DateTime<Utc>,
}

/// Who was found, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_finding, check_for_backend(diesel::pg::Pg))]
pub struct FindingRow {
    pub id: Uuid,
    pub family_link_id: Uuid,
    pub fate: String,
    pub of_child: bool,
    pub particulars: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub found_by: Uuid,
    pub found_at: DateTime<Utc>,
    pub answer: Option<String>,
    pub answer_id: Option<Uuid>,
    pub answer_hash: Option<Vec<u8>>,
    pub text_version: Option<i16>,
    pub agreed_on: Option<NaiveDate>,
    pub guardian: Option<Vec<u8>>,
    pub child_agreed: Option<bool>,
    pub paper: Option<Vec<u8>>,
    pub answered_by: Option<Uuid>,
    pub answered_at: Option<DateTime<Utc>>,
    pub set_aside: bool,
}

impl FindingRow {
    /// As far as it decides what is told.
    pub fn found(&self) -> Option<Found> {
        let answer = self.answer.as_deref().and_then(FamilyAnswer::parse);
        FamilyFate::parse(&self.fate).map(|fate| Found { fate, answer })
    }
}

/// One case.
pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(family_link::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: what is done about a case comes one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(family_link::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Some of these cases.
pub fn some(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Row>, DbError> {
    Ok(family_link::table.filter(family_link::id.eq_any(ids)).select(Row::as_select()).load(conn)?)
}

/// How many cases say something of people.
pub fn count(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(family_link::table.filter(family_link::erased_on.is_null()).count().get_result(conn)?)
}

/// Writes a case, unless the id is taken; whether it was written.
pub fn insert(conn: &mut PgConnection, row: &Row) -> Result<bool, DbError> {
    let written = diesel::insert_into(family_link::table).values(row).on_conflict(family_link::id).do_nothing().execute(conn)?;
    Ok(written == 1)
}

/// What a list is of.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub state: Option<FamilyLinkState>,
    /// Only those that go on and had no step since this moment.
    pub quiet_since: Option<DateTime<Utc>>,
}

/// Cases that a chapter holds, with those of chapters it goes on for, in the order in which they were written down.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<SeeFamilyLinks>,
    wanted: Wanted,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Row>, DbError> {
    use family_link as f;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = f::table.filter(f::chapter_id.eq(chapter)).order((f::recorded_at, f::id)).limit(span.rows);
        let mut query = query.select(Row::as_select()).into_boxed();
        if let Some(state) = wanted.state {
            query = query.filter(f::state.eq(state.name()));
        }
        if let Some(since) = wanted.quiet_since {
            query = query.filter(f::ended_at.is_null()).filter(f::last_step_at.lt(since));
        }
        if let Some((at, id)) = span.after {
            query = query.filter(f::recorded_at.ge(at)).filter(f::recorded_at.gt(at).or(f::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.recorded_at, row.id))
}

/// Cases of a chapter that have all of these hashes, at most so many.
pub fn proposed(conn: &mut PgConnection, chapter: Uuid, hashes: &[i64], most: i64) -> Result<Vec<Row>, DbError> {
    use family_link as f;
    let query = f::table.filter(f::words.contains(hashes)).filter(f::chapter_id.eq(chapter)).limit(most);
    Ok(query.select(Row::as_select()).load(conn)?)
}

/// Cases that go on, or found nobody, and have one of these keys of somebody sought, or of an enquirer; without one of them.
pub fn alike(conn: &mut PgConnection, not: Uuid, sought: &[i64], enquirer: &[i64], most: i64) -> Result<Vec<Row>, DbError> {
    use family_link as f;
    let going_on = ["OPEN", "SEARCHING", "FOUND", "NOT_FOUND"];
    let query = f::table
        .filter(f::id.ne(not))
        .filter(f::state.eq_any(going_on))
        .filter(f::sought_keys.overlaps_with(sought).or(f::enquirer_keys.overlaps_with(enquirer)))
        .order(f::recorded_at)
        .limit(most);
    Ok(query.select(Row::as_select()).load(conn)?)
}

/// Writes what a case says anew.
pub fn rewrite(conn: &mut PgConnection, row: &Row, guarded: bool, sealed: Sealed) -> Result<(), DbError> {
    use family_link as f;
    diesel::update(f::table.find(row.id))
        .set((
            f::guarded.eq(guarded),
            f::enquirer.eq(sealed.enquirer),
            f::sought.eq(sealed.sought),
            f::enquirer_hash.eq(sealed.enquirer_hash),
            f::words.eq(sealed.words),
            f::sought_keys.eq(sealed.sought_keys),
            f::enquirer_keys.eq(sealed.enquirer_keys),
            f::version.eq(f::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Where a case stands after a step.
pub fn become_(
    conn: &mut PgConnection,
    _: &Granted<KeepFamilyLinks>,
    id: Uuid,
    state: FamilyLinkState,
    at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    use family_link as f;
    let set = (f::state.eq(state.name()), f::last_step_at.eq(at), f::ended_at.eq(ended_at), f::version.eq(f::version + 1));
    diesel::update(f::table.find(id)).set(set).execute(conn)?;
    Ok(())
}

/// Who is in charge from now on.
pub fn charge(conn: &mut PgConnection, id: Uuid, to: Option<Uuid>) -> Result<(), DbError> {
    use family_link as f;
    diesel::update(f::table.find(id)).set((f::in_charge.eq(to), f::version.eq(f::version + 1))).execute(conn)?;
    Ok(())
}

/// Gives a case to the chapter of a grant, which finds it by `words` from now on.
pub fn give(conn: &mut PgConnection, by: &Granted<KeepFamilyLinks>, id: Uuid, words: &[i64]) -> Result<(), DbError> {
    use family_link as f;
    let set = (
        f::chapter_id.eq(by.chapter().0),
        f::in_charge.eq(Some(by.account())),
        f::words.eq(words),
        f::version.eq(f::version + 1),
    );
    diesel::update(f::table.find(id)).set(set).execute(conn)?;
    Ok(())
}

/// Cases of these chapters whose enquirer is called so and has this number.
pub fn of_enquirer(conn: &mut PgConnection, hash: &[u8], chapters: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use family_link as f;
    let query = f::table.filter(f::enquirer_hash.eq(hash)).filter(f::chapter_id.eq_any(chapters)).order(f::id);
    Ok(query.select(f::id).for_no_key_update().load(conn)?)
}

/// Empties a case for good, with everything that hangs on it; `hash` is what requests about it are known by from now on.
pub fn empty(conn: &mut PgConnection, id: Uuid, at: DateTime<Utc>, day: NaiveDate, hash: &[u8]) -> Result<(), DbError> {
    use family_link as f;
    diesel::update(f::table.find(id))
        .set((
            (f::state.eq(FamilyLinkState::Erased.name()), f::erased_on.eq(Some(day)), f::ended_at.eq(Some(at))),
            (f::enquirer.eq(None::<Vec<u8>>), f::sought.eq(None::<Vec<u8>>), f::enquirer_hash.eq(None::<Vec<u8>>)),
            (f::words.eq(Vec::<i64>::new()), f::sought_keys.eq(Vec::<i64>::new()), f::enquirer_keys.eq(Vec::<i64>::new())),
            (f::consent_paper.eq(None::<Vec<u8>>), f::request_hash.eq(hash), f::version.eq(f::version + 1)),
        ))
        .execute(conn)?;
    let steps = family_step::table.filter(family_step::family_link_id.eq(id));
    diesel::update(steps).set((family_step::note.eq(None::<Vec<u8>>), family_step::request_hash.eq(hash))).execute(conn)?;
    forget_findings(conn, id, hash)
}

fn forget_findings(conn: &mut PgConnection, id: Uuid, hash: &[u8]) -> Result<(), DbError> {
    use family_finding as n;
    let all = n::table.filter(n::family_link_id.eq(id));
    diesel::update(all)
        .set((
            (n::particulars.eq(None::<Vec<u8>>), n::guardian.eq(None::<Vec<u8>>), n::paper.eq(None::<Vec<u8>>)),
            n::request_hash.eq(hash),
        ))
        .execute(conn)?;
    let answered = n::table.filter(n::family_link_id.eq(id)).filter(n::answer_hash.is_not_null());
    diesel::update(answered).set(n::answer_hash.eq(Some(hash))).execute(conn)?;
    Ok(())
}

pub fn insert_step(conn: &mut PgConnection, row: &StepRow) -> Result<(), DbError> {
    diesel::insert_into(family_step::table).values(row).execute(conn)?;
    Ok(())
}

pub fn step(conn: &mut PgConnection, id: Uuid) -> Result<Option<StepRow>, DbError> {
    Ok(family_step::table.find(id).select(StepRow::as_select()).first(conn).optional()?)
}

/// Steps that are shown of a case, the newest ones in their order.
const MOST_STEPS: i64 = 500;

/// What was done about a case, in its order.
pub fn steps(conn: &mut PgConnection, id: Uuid) -> Result<Vec<StepRow>, DbError> {
    use family_step as s;
    let query = s::table.filter(s::family_link_id.eq(id)).order((s::done_at.desc(), s::id.desc())).limit(MOST_STEPS);
    let mut rows: Vec<StepRow> = query.select(StepRow::as_select()).load(conn)?;
    rows.reverse();
    Ok(rows)
}

pub fn insert_finding(conn: &mut PgConnection, row: &FindingRow) -> Result<(), DbError> {
    diesel::insert_into(family_finding::table).values(row).execute(conn)?;
    Ok(())
}

/// The finding of a case that stands.
pub fn finding(conn: &mut PgConnection, id: Uuid) -> Result<Option<FindingRow>, DbError> {
    use family_finding as n;
    let query = n::table.filter(n::family_link_id.eq(id)).filter(n::set_aside.eq(false));
    Ok(query.select(FindingRow::as_select()).first(conn).optional()?)
}

/// A finding by its own id, or by that of the answer to it.
pub fn finding_by(conn: &mut PgConnection, id: Uuid) -> Result<Option<FindingRow>, DbError> {
    use family_finding as n;
    let query = n::table.filter(n::id.eq(id).or(n::answer_id.eq(id)));
    Ok(query.select(FindingRow::as_select()).first(conn).optional()?)
}

/// It was somebody else, or the search begins anew.
pub fn set_aside(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    use family_finding as n;
    let none = || None::<Vec<u8>>;
    let set = (n::set_aside.eq(true), n::particulars.eq(none()), n::guardian.eq(none()), n::paper.eq(none()));
    diesel::update(n::table.filter(n::family_link_id.eq(id)).filter(n::set_aside.eq(false))).set(set).execute(conn)?;
    Ok(())
}

/// What who was found says; who declines leaves nothing else.
pub struct Answered<'a> {
    pub id: Uuid,
    pub answer: FamilyAnswer,
    pub hash: &'a [u8],
    pub text: Option<(i16, NaiveDate)>,
    pub guardian: Option<Vec<u8>>,
    pub child_agreed: Option<bool>,
    pub paper: Option<Vec<u8>>,
}

pub fn answer(
    conn: &mut PgConnection,
    by: &Granted<KeepFamilyLinks>,
    at: DateTime<Utc>,
    finding: &FindingRow,
    with: Answered<'_>,
) -> Result<(), DbError> {
    use family_finding as n;
    let declined = with.answer == FamilyAnswer::Declined;
    let particulars = finding.particulars.clone().filter(|_| !declined);
    diesel::update(n::table.find(finding.id))
        .set((
            (n::answer.eq(Some(with.answer.name())), n::answer_id.eq(Some(with.id)), n::answer_hash.eq(Some(with.hash))),
            (n::text_version.eq(with.text.map(|text| text.0)), n::agreed_on.eq(with.text.map(|text| text.1))),
            (n::guardian.eq(with.guardian), n::child_agreed.eq(with.child_agreed), n::paper.eq(with.paper)),
            (n::answered_by.eq(Some(by.account())), n::answered_at.eq(Some(at)), n::particulars.eq(particulars)),
        ))
        .execute(conn)?;
    Ok(())
}
