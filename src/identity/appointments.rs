//! SQL of role assignments and of the chapters they act for.
//!
//! An assignment says who holds which role where, from when, perhaps until when, by which decision. It is never changed
//! into another: it ends by its last day or is ended at once, by a decision of its own. The same goes for every chapter
//! it acts for.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::authz::{Appoint, Granted, RightName, Role};
use crate::basics::Line;
use crate::db::DbError;
use crate::db::schema::{account, role_assignment, role_assignment_acts_for};
use crate::tree::{self, ChapterId};

/// Days on which something holds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    /// `None`: until further notice.
    pub to: Option<NaiveDate>,
}

impl Period {
    /// Whether two periods share a day.
    pub fn meets(self, other: Period) -> bool {
        let begins_in_time = |a: Period, b: Period| b.to.is_none_or(|to| a.from <= to);
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

/// A role to give.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    pub id: Uuid,
    pub account: Uuid,
    pub role: Role,
    pub period: Period,
    pub decision_no: Line,
}

/// A chapter to act for.
#[derive(Debug, Clone)]
pub struct NewActsFor {
    pub id: Uuid,
    /// Code of the chapter.
    pub chapter: String,
    pub period: Period,
    pub decision_no: Line,
}

/// An assignment as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = role_assignment, check_for_backend(diesel::pg::Pg))]
pub struct AssignmentRow {
    pub id: Uuid,
    pub account_id: Uuid,
    pub role: String,
    pub chapter_id: Uuid,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub decision_no: String,
    pub given_by: Option<Uuid>,
    pub given_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<Uuid>,
    pub end_decision_no: Option<String>,
    pub request_hash: Option<Vec<u8>>,
}

impl AssignmentRow {
    pub fn period(&self) -> Period {
        Period { from: self.valid_from, to: self.valid_to }
    }

    /// Neither ended nor past its last day.
    pub fn stands(&self, today: NaiveDate) -> bool {
        self.ended_at.is_none() && self.valid_to.is_none_or(|to| to >= today)
    }
}

/// One chapter an assignment acts for, as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = role_assignment_acts_for, check_for_backend(diesel::pg::Pg))]
pub struct ActsForRow {
    pub id: Uuid,
    pub assignment_id: Uuid,
    pub chapter_id: Uuid,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub decision_no: String,
    pub ended_at: Option<DateTime<Utc>>,
    pub end_decision_no: Option<String>,
    pub request_hash: Option<Vec<u8>>,
}

impl ActsForRow {
    pub fn period(&self) -> Period {
        Period { from: self.valid_from, to: self.valid_to }
    }
}

/// Which assignments to list; ended and past ones only if asked for.
#[derive(Debug, Clone)]
pub enum Which {
    OfAccount(Uuid),
    /// Held at this chapter, not below it, or acting for it.
    AtChapter(ChapterId),
}

/// Locks an account, so that two roles given to it at the same moment come one after the other, and returns its person
/// and where it belongs.
pub fn hold_account(conn: &mut PgConnection, id: Uuid) -> Result<Option<(Uuid, ChapterId)>, DbError> {
    let found: Option<(Uuid, Uuid)> =
        account::table.find(id).select((account::officer_id, account::chapter_id)).for_no_key_update().first(conn).optional()?;
    Ok(found.map(|(officer, home)| (officer, ChapterId(home))))
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<AssignmentRow>, DbError> {
    Ok(role_assignment::table.find(id).select(AssignmentRow::as_select()).first(conn).optional()?)
}

/// [`find`], locked until the end of the transaction.
pub fn find_for_update(conn: &mut PgConnection, id: Uuid) -> Result<Option<AssignmentRow>, DbError> {
    Ok(role_assignment::table.find(id).select(AssignmentRow::as_select()).for_update().first(conn).optional()?)
}

/// Assignments, oldest first, after `after`.
pub fn list(
    conn: &mut PgConnection,
    which: &Which,
    standing_on: Option<NaiveDate>,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<AssignmentRow>, DbError> {
    use role_assignment as ra;
    use role_assignment_acts_for as acts;
    let mut list = ra::table.select(AssignmentRow::as_select()).order((ra::valid_from, ra::id)).limit(limit).into_boxed();
    list = match which {
        Which::OfAccount(id) => list.filter(ra::account_id.eq(*id)),
        Which::AtChapter(at) => {
            let acting = acts::table.filter(acts::chapter_id.eq(at.0)).select(acts::assignment_id);
            match standing_on {
                None => list.filter(ra::chapter_id.eq(at.0).or(ra::id.eq_any(acting))),
                Some(day) => {
                    let standing =
                        acting.filter(acts::ended_at.is_null()).filter(acts::valid_to.is_null().or(acts::valid_to.ge(day)));
                    list.filter(ra::chapter_id.eq(at.0).or(ra::id.eq_any(standing)))
                }
            }
        }
    };
    if let Some(day) = standing_on {
        list = list.filter(ra::ended_at.is_null()).filter(ra::valid_to.is_null().or(ra::valid_to.ge(day)));
    }
    if let Some((from, id)) = after {
        list = list.filter(ra::valid_from.ge(from)).filter(ra::valid_from.gt(from).or(ra::id.gt(id)));
    }
    Ok(list.load(conn)?)
}

/// What assignments act for, in order of their first days; all of them, ended and past ones too.
pub fn acts_for(conn: &mut PgConnection, assignments: &[Uuid]) -> Result<Vec<ActsForRow>, DbError> {
    use role_assignment_acts_for as acts;
    Ok(acts::table
        .filter(acts::assignment_id.eq_any(assignments))
        .order((acts::valid_from, acts::id))
        .select(ActsForRow::as_select())
        .load(conn)?)
}

/// One chapter acted for, by its own id, locked until the end of the transaction.
pub fn find_acts_for(conn: &mut PgConnection, id: Uuid) -> Result<Option<ActsForRow>, DbError> {
    use role_assignment_acts_for as acts;
    Ok(acts::table.find(id).select(ActsForRow::as_select()).for_update().first(conn).optional()?)
}

/// Gives the role at the granted chapter. Returns false when the id is taken.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<Appoint>,
    now: DateTime<Utc>,
    new: &NewAssignment,
    hash: &[u8],
) -> Result<bool, DbError> {
    use role_assignment as ra;
    let made = diesel::insert_into(ra::table)
        .values((
            ra::id.eq(new.id),
            ra::account_id.eq(new.account),
            ra::role.eq(new.role.name()),
            ra::chapter_id.eq(by.chapter().0),
            ra::valid_from.eq(new.period.from),
            ra::valid_to.eq(new.period.to),
            ra::decision_no.eq(new.decision_no.as_str()),
            ra::given_by.eq(Some(by.account())),
            ra::given_at.eq(Some(now)),
            ra::request_hash.eq(Some(hash)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(made == 1)
}

/// Lets an assignment act for the granted chapter too. Returns false when the id is taken.
pub fn insert_acts_for(
    conn: &mut PgConnection,
    by: &Granted<Appoint>,
    now: DateTime<Utc>,
    assignment: Uuid,
    new: &NewActsFor,
    hash: Option<&[u8]>,
) -> Result<bool, DbError> {
    use role_assignment_acts_for as acts;
    let made = diesel::insert_into(acts::table)
        .values((
            acts::id.eq(new.id),
            acts::assignment_id.eq(assignment),
            acts::chapter_id.eq(by.chapter().0),
            acts::valid_from.eq(new.period.from),
            acts::valid_to.eq(new.period.to),
            acts::decision_no.eq(new.decision_no.as_str()),
            acts::given_by.eq(Some(by.account())),
            acts::given_at.eq(Some(now)),
            acts::request_hash.eq(hash),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(made == 1)
}

/// How an assignment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With the next request.
    AtOnce,
    /// With this day.
    After(NaiveDate),
}

/// Ends an assignment at the granted chapter, locked by the caller.
pub fn end(
    conn: &mut PgConnection,
    by: &Granted<Appoint>,
    now: DateTime<Utc>,
    id: Uuid,
    ending: Ending,
    decision_no: &Line,
) -> Result<(), DbError> {
    use role_assignment as ra;
    let this = ra::table.find(id).filter(ra::chapter_id.eq(by.chapter().0)).filter(ra::ended_at.is_null());
    let note = (ra::ended_by.eq(Some(by.account())), ra::end_decision_no.eq(Some(decision_no.as_str())));
    match ending {
        Ending::AtOnce => diesel::update(this).set((ra::ended_at.eq(Some(now)), note)).execute(conn)?,
        Ending::After(day) => diesel::update(this).set((ra::valid_to.eq(Some(day)), note)).execute(conn)?,
    };
    Ok(())
}

/// Ends acting for a chapter at once, locked by the caller; the grant is that of the assignment's own chapter.
pub fn end_acts_for(
    conn: &mut PgConnection,
    by: &Granted<Appoint>,
    now: DateTime<Utc>,
    id: Uuid,
    decision_no: &Line,
) -> Result<(), DbError> {
    use role_assignment_acts_for as acts;
    diesel::update(acts::table.find(id).filter(acts::ended_at.is_null()))
        .set((
            acts::ended_at.eq(Some(now)),
            acts::ended_by.eq(Some(by.account())),
            acts::end_decision_no.eq(Some(decision_no.as_str())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Two duties of one person that two people should have. Reported, never refused: a commune has few hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Concern {
    pub code: ConcernCode,
    /// Codes of the chapters where the duties meet.
    #[schema(example = json!(["23095"]))]
    pub chapters: Vec<String>,
}

/// Which duties meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConcernCode {
    /// Records and approves at the same books. Nobody can approve what they recorded themself, but two such people can
    /// approve for each other.
    RecordsAndApproves,
    /// Records, and appoints whoever approves.
    RecordsAndAppoints,
}

/// Concerns about a person: all of their enabled accounts, today's and coming roles together.
pub fn concerns(conn: &mut PgConnection, officer: Uuid, today: NaiveDate) -> Result<Vec<Concern>, DbError> {
    use role_assignment as ra;
    use role_assignment_acts_for as acts;
    let held: Vec<(Uuid, String, Uuid)> = ra::table
        .inner_join(account::table.on(account::id.eq(ra::account_id)))
        .filter(account::officer_id.eq(officer))
        .filter(account::disabled_at.is_null())
        .filter(ra::ended_at.is_null())
        .filter(ra::valid_to.is_null().or(ra::valid_to.ge(today)))
        .select((ra::id, ra::role, ra::chapter_id))
        .load(conn)?;
    let acted: Vec<(Uuid, Uuid)> = acts::table
        .filter(acts::assignment_id.eq_any(held.iter().map(|row| row.0).collect::<Vec<_>>()))
        .filter(acts::ended_at.is_null())
        .filter(acts::valid_to.is_null().or(acts::valid_to.ge(today)))
        .select((acts::assignment_id, acts::chapter_id))
        .load(conn)?;
    let with = |right: RightName| {
        held.iter().filter(move |(_, role, _)| Role::parse(role).is_some_and(|role| role.has(right))).collect::<Vec<_>>()
    };
    let mut recorded = BTreeSet::new();
    for (assignment, _, at) in with(RightName::Record) {
        recorded.insert(*at);
        recorded.extend(acted.iter().filter(|(of, _)| of == assignment).map(|(_, at)| *at));
    }
    let recorded: Vec<Uuid> = recorded.into_iter().collect();
    let lines = tree::lines(conn, &recorded)?;
    let labels = tree::labels(conn, &recorded)?;
    let mut concerns = Vec::new();
    for (code, right) in
        [(ConcernCode::RecordsAndApproves, RightName::Approve), (ConcernCode::RecordsAndAppoints, RightName::Appoint)]
    {
        let ruled: Vec<Uuid> = with(right).iter().map(|row| row.2).collect();
        let mut chapters: Vec<String> =
            meeting(&recorded, &ruled, &lines).iter().filter_map(|id| labels.get(id).map(|l| l.code.clone())).collect();
        chapters.sort_unstable();
        if !chapters.is_empty() {
            concerns.push(Concern { code, chapters });
        }
    }
    Ok(concerns)
}

/// The recorded chapters that a ruled one stands at or above.
fn meeting(recorded: &[Uuid], ruled: &[Uuid], lines: &HashMap<Uuid, Vec<Uuid>>) -> Vec<Uuid> {
    let under = |id: &&Uuid| lines.get(*id).is_some_and(|line| line.iter().any(|above| ruled.contains(above)));
    recorded.iter().filter(under).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(n)
    }

    proptest! {
        /// Meeting means: there is a day on which both hold.
        #[test]
        fn periods_meet_when_they_share_a_day(a in 0u64..12, b in proptest::option::of(0u64..6), c in 0u64..12, d in proptest::option::of(0u64..6)) {
            let one = Period { from: day(a), to: b.map(|n| day(a + n)) };
            let other = Period { from: day(c), to: d.map(|n| day(c + n)) };
            let holds = |p: Period, at: NaiveDate| p.from <= at && p.to.is_none_or(|to| at <= to);
            let shared = (0..40).any(|n| holds(one, day(n)) && holds(other, day(n)));
            prop_assert_eq!(one.meets(other), shared);
            prop_assert_eq!(other.meets(one), shared);
        }
    }
}
