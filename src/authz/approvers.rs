//! Who is nearest to decide: on the line of today, upwards.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Text};
use uuid::Uuid;

use super::policy::{RightName, Role};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::tree::ChapterId;

statement! {
    struct NearestApprover {
        chapter: Uuid => diesel::sql_types::Uuid,
        same: Uuid => diesel::sql_types::Uuid,
        roles: Vec<&'static str> => Array<Text>,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
        not: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
    } -> (diesel::sql_types::Uuid,),
    "SELECT l.id FROM (
         SELECT ca.ancestor_id AS id, ca.depth FROM chapter_ancestor ca
         WHERE ca.chapter_id = ? AND NOT EXISTS (SELECT FROM chapter_stand_in i WHERE i.chapter_id = ca.chapter_id AND i.from_depth <= ca.depth)
         UNION ALL
         SELECT i.stand_in_id, i.depth FROM chapter_stand_in i WHERE i.chapter_id = ? AND i.leads
     ) l
     JOIN role_assignment ra ON ra.chapter_id = l.id
     JOIN account acc ON acc.id = ra.account_id
     WHERE ra.role = ANY(?) AND acc.disabled_at IS NULL AND ra.ended_at IS NULL
       AND ra.valid_from <= ? AND (ra.valid_to IS NULL OR ra.valid_to >= ?)
       AND acc.officer_id <> ALL(?)
     ORDER BY l.depth LIMIT 1"
}

statement! {
    struct LineOfApprovers {
        roles: Vec<&'static str> => Array<Text>,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
        not: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        chapter: Uuid => diesel::sql_types::Uuid,
        same: Uuid => diesel::sql_types::Uuid,
    } -> (diesel::sql_types::Uuid, Bool),
    "SELECT l.id, EXISTS (
         SELECT FROM role_assignment ra JOIN account acc ON acc.id = ra.account_id
         WHERE ra.chapter_id = l.id AND ra.role = ANY(?) AND acc.disabled_at IS NULL AND ra.ended_at IS NULL
           AND ra.valid_from <= ? AND (ra.valid_to IS NULL OR ra.valid_to >= ?) AND acc.officer_id <> ALL(?))
     FROM (
         SELECT ca.ancestor_id AS id, ca.depth FROM chapter_ancestor ca
         WHERE ca.chapter_id = ? AND NOT EXISTS (SELECT FROM chapter_stand_in i WHERE i.chapter_id = ca.chapter_id AND i.from_depth <= ca.depth)
         UNION ALL
         SELECT i.stand_in_id, i.depth FROM chapter_stand_in i WHERE i.chapter_id = ? AND i.leads
     ) l ORDER BY l.depth"
}

/// Those who decide about a chapter, the nearest first, itself among them, on the line of today; and of each whether somebody other
/// than `not` (persons) may APPROVE there: the first of those is the [`nearest_approver`].
pub fn line_of_approvers(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    chapter: ChapterId,
    not: &[Uuid],
) -> Result<Vec<(ChapterId, bool)>, DbError> {
    let today = vietnam_date(now);
    let roles = approving_roles();
    let rows: Vec<(Uuid, bool)> =
        LineOfApprovers { roles: &roles, from: &today, to: &today, not: &not.to_vec(), chapter: &chapter.0, same: &chapter.0 }
            .load(conn)?;
    Ok(rows.into_iter().map(|(id, has)| (ChapterId(id), has)).collect())
}

/// The roles that may APPROVE, by name: what other rooms' statements ask `role_holders` and `role_holders_between` about.
pub fn approving_roles() -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|role| role.has(RightName::Approve)).map(Role::name).collect()
}

/// The nearest chapter, from this one upward on the line of today, where somebody other than `not` (persons) may APPROVE.
pub fn nearest_approver(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    chapter: ChapterId,
    not: &[Uuid],
) -> Result<Option<ChapterId>, DbError> {
    let today = vietnam_date(now);
    let roles = approving_roles();
    let found: Option<(Uuid,)> =
        NearestApprover { chapter: &chapter.0, same: &chapter.0, roles: &roles, from: &today, to: &today, not: &not.to_vec() }
            .get_result(conn)
            .optional()?;
    Ok(found.map(|(id,)| ChapterId(id)))
}
