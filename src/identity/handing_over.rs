//! Roles at a chapter that goes up in another one: they end that day, and those that the plan names go on at a successor, each as an
//! assignment of its own by the same decision.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::authz::{self, AuditEvent, Role};
use crate::db::DbError;
use crate::db::schema::{account, role_assignment, role_assignment_acts_for};
use crate::house::errand::Errand;
use crate::house::succession::{Going, Succeeds};
use crate::tree::ChapterId;

/// A role that stands at a chapter, or will.
#[derive(Debug, Clone, Queryable)]
pub struct Standing {
    pub id: Uuid,
    pub account: Uuid,
    pub user_name: String,
    pub role: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

/// The roles at a chapter that are not over, the oldest first.
pub fn standing_at(conn: &mut PgConnection, chapter: ChapterId, today: NaiveDate) -> Result<Vec<Standing>, DbError> {
    use role_assignment as ra;
    Ok(ra::table
        .inner_join(account::table.on(account::id.eq(ra::account_id)))
        .filter(ra::chapter_id.eq(chapter.0))
        .filter(ra::ended_at.is_null())
        .filter(ra::valid_to.is_null().or(ra::valid_to.ge(today)))
        .order((ra::valid_from, ra::id))
        .select((ra::id, ra::account_id, account::user_name, ra::role, ra::valid_from, ra::valid_to))
        .load(conn)?)
}

/// Lets a role of the old chapter go on at a successor, unless its holder has it there already.
pub fn go_on(conn: &mut PgConnection, now: DateTime<Utc>, going: &Going, of: &Standing, to: ChapterId) -> Result<(), DbError> {
    use role_assignment as ra;
    let there = ra::table
        .filter(ra::account_id.eq(of.account))
        .filter(ra::chapter_id.eq(to.0))
        .filter(ra::role.eq(&of.role))
        .filter(ra::ended_at.is_null())
        .filter(ra::valid_to.is_null().or(ra::valid_to.ge(going.since)));
    if diesel::select(diesel::dsl::exists(there)).get_result(conn)? {
        return Ok(());
    }
    let id = Uuid::now_v7();
    diesel::insert_into(ra::table)
        .values((
            ra::id.eq(id),
            ra::account_id.eq(of.account),
            ra::role.eq(&of.role),
            ra::chapter_id.eq(to.0),
            ra::valid_from.eq(going.since.max(of.valid_from)),
            ra::valid_to.eq(of.valid_to),
            ra::decision_no.eq(&going.decision_no),
            ra::given_by.eq(Some(going.by)),
            ra::given_at.eq(Some(now)),
        ))
        .execute(conn)?;
    let event = AuditEvent { account: Some(going.by), action: "ROLE_GIVEN", subject: Some(id), chapter: Some(to.0) };
    authz::audit(conn, now, &[event])
}

/// Whether a stored role exists at chapters of a level.
pub fn fits(role: &str, level: crate::tree::Level) -> bool {
    Role::parse(role).is_some_and(|role| role.exists_at(level))
}

/// See the module.
pub struct Roles;

impl Succeeds for Roles {
    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError> {
        use role_assignment as ra;
        use role_assignment_acts_for as acts;
        let here = ra::table.filter(ra::chapter_id.eq(going.old)).filter(ra::ended_at.is_null());
        let ended: Vec<Uuid> = diesel::update(here)
            .set((
                ra::ended_at.eq(Some(errand.now)),
                ra::ended_by.eq(Some(going.by)),
                ra::end_decision_no.eq(Some(&going.decision_no)),
            ))
            .returning(ra::id)
            .get_results(errand.conn)?;
        let acting = acts::table
            .filter(acts::ended_at.is_null())
            .filter(acts::chapter_id.eq(going.old).or(acts::assignment_id.eq_any(&ended)));
        diesel::update(acting)
            .set((
                acts::ended_at.eq(Some(errand.now)),
                acts::ended_by.eq(Some(going.by)),
                acts::end_decision_no.eq(Some(&going.decision_no)),
            ))
            .execute(errand.conn)?;
        let event =
            |id| AuditEvent { account: Some(going.by), action: "ROLE_ENDED", subject: Some(id), chapter: Some(going.old) };
        authz::audit(errand.conn, errand.now, &ended.into_iter().map(event).collect::<Vec<_>>())
    }
}
