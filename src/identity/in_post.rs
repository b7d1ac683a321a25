//! Roles that somebody holds because of a post (chức danh): they end with it, on the same day, whoever ends the post.
//!
//! Whoever gave the role has agreed to that by giving it with the post, so ending takes no leave of theirs; what always holds of an
//! ending holds here too: somebody who administers is left, and it stands in the audit trail.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::appointing::{self, Fault};
use super::appointments::{AssignmentRow, Ending, NewAssignment};
use super::{manage, store};
use crate::authz::{Role, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::role_assignment;
use crate::tree::{self, ChapterId};

/// Whoever may end roles by what they do takes this first, before anybody's rights are read.
pub fn hold(v: &mut Visit<'_>) -> Result<(), DbError> {
    manage::lock_administrators(v.conn)
}

/// Gives a role for a post at the chapter with this code, by all that holds of giving one.
pub fn give(v: &mut Visit<'_>, chapter: &str, new: &NewAssignment) -> Result<AssignmentRow, Fault> {
    Ok(appointing::give(v, chapter, new, &[])?.0)
}

/// How a role ends whose post is held no longer from a day on.
pub fn ending(until: NaiveDate, valid_from: NaiveDate, today: NaiveDate) -> Ending {
    let last = until - TimeDelta::days(1);
    if last < today || last < valid_from { Ending::AtOnce } else { Ending::After(last) }
}

/// Those of these roles that are not over, held until the end of the transaction.
fn standing(v: &mut Visit<'_>, of: &[Uuid]) -> Result<Vec<AssignmentRow>, DbError> {
    let rows: Vec<AssignmentRow> = role_assignment::table
        .filter(role_assignment::id.eq_any(of))
        .order(role_assignment::id)
        .select(AssignmentRow::as_select())
        .for_update()
        .load(v.conn)?;
    let today = vietnam_date(v.now);
    Ok(rows.into_iter().filter(|row| row.stands(today)).collect())
}

/// A role that was given at a chapter, held until the end of the transaction, and whether it is not over.
pub fn of_chapter(v: &mut Visit<'_>, chapter: ChapterId, id: Uuid) -> Result<Option<(Role, bool)>, DbError> {
    let row: Option<AssignmentRow> = role_assignment::table
        .find(id)
        .filter(role_assignment::chapter_id.eq(chapter.0))
        .select(AssignmentRow::as_select())
        .for_update()
        .first(v.conn)
        .optional()?;
    let today = vietnam_date(v.now);
    Ok(row.and_then(|row| Some((Role::parse(&row.role)?, row.stands(today)))))
}

/// Whether any of these roles is not over.
pub fn any_stands(v: &mut Visit<'_>, of: &[Uuid]) -> Result<bool, DbError> {
    Ok(!standing(v, of)?.is_empty())
}

/// Those of these roles that are in force on or after the day from which their post is held no longer; there are none.
pub fn outlasting(conn: &mut PgConnection, of: &[(Uuid, NaiveDate)]) -> Result<Vec<Uuid>, DbError> {
    let until: HashMap<Uuid, NaiveDate> = of.iter().copied().collect();
    let rows: Vec<AssignmentRow> = role_assignment::table
        .filter(role_assignment::id.eq_any(until.keys()))
        .order(role_assignment::id)
        .select(AssignmentRow::as_select())
        .load(conn)?;
    let lasts = |row: &AssignmentRow| until.get(&row.id).is_some_and(|until| row.valid_to.is_none_or(|to| to >= *until));
    Ok(rows.iter().filter(|row| row.ended_at.is_none() && lasts(row)).map(|row| row.id).collect())
}

/// Ends these roles with their post, which is held no longer from `until` on. Those that are over, or end before, stay as they are.
pub fn end(v: &mut Visit<'_>, of: &[Uuid], until: NaiveDate, decision_no: &str) -> Result<(), Fault> {
    use role_assignment as ra;
    let today = vietnam_date(v.now);
    let going: Vec<AssignmentRow> =
        standing(v, of)?.into_iter().filter(|row| row.valid_to.is_none_or(|to| to >= until)).collect();
    let (mut by_themself, mut in_force) = (false, Vec::new());
    for row in &going {
        by_themself |= store::officer_of(v.conn, row.account_id)? == v.officer();
        let role = Role::parse(&row.role).ok_or(Fault::Broken("an assignment has an unknown role"))?;
        if row.valid_from <= today {
            in_force.push((row.id, role, ChapterId(row.chapter_id)));
        }
    }
    if !manage::leaves_an_administrator(v.conn, &in_force, by_themself, until.max(today))? {
        return Err(Fault::LastAdministrator);
    }
    for row in going {
        let (ended_at, valid_to) = match ending(until, row.valid_from, today) {
            Ending::AtOnce => (Some(v.now), row.valid_to),
            Ending::After(day) => (None, Some(day)),
        };
        diesel::update(ra::table.find(row.id))
            .set((
                ra::ended_at.eq(ended_at),
                ra::valid_to.eq(valid_to),
                ra::ended_by.eq(Some(v.account())),
                ra::end_decision_no.eq(Some(decision_no)),
            ))
            .execute(v.conn)
            .map_err(DbError::from)?;
        let chapter = ChapterId(row.chapter_id);
        let place = tree::code_of(v.conn, chapter)?;
        let detail = json!({"account": row.account_id, "role": row.role, "place": place, "decision": decision_no, "with_post_until": until});
        v.note_at(Some(chapter), "ROLE_ENDED", Some(row.id), Some(&detail))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A role is never in force on a day on which its post is not held any more, and never ends before it has to.
        #[test]
        fn a_role_ends_with_its_post(until in -5i64..10, from in -5i64..10, day in 0i64..20) {
            let today: NaiveDate = "2026-11-22".parse().unwrap();
            let at = |n: i64| today + TimeDelta::days(n);
            let in_force = match ending(at(until), at(from), today) {
                Ending::AtOnce => false,
                Ending::After(last) => at(from) <= at(day) && at(day) <= last,
            };
            prop_assert_eq!(in_force, from <= day && day < until);
        }
    }
}
