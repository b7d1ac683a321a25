//! Who manages an account, and that somebody is always left to do it.
//!
//! An account is managed (reset, disabled, enabled) by whoever holds APPOINT where it belongs *and* wherever it holds
//! roles, now or soon: a provincial administrator looks after the accountants of the province, but not after a colleague
//! who also works for the centre, whose password would open more than the administrator's own.
//!
//! The country keeps an administrator: the last CENTRAL_ADMINISTRATOR at work cannot be ended or disabled by anybody,
//! the last PROVINCIAL_ADMINISTRATOR of a province not by themself. Two who remove each other at the same moment meet at
//! one lock, taken *before* anybody's rights are read: the second finds that they may no longer.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text};
use uuid::Uuid;

use crate::authz::{Appoint, Denied, Granted, Inspect, Read, Refusal, Right, Role, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{account, role_assignment, role_assignment_acts_for};
use crate::db::statement::statement;
use crate::http::{Kind, Problem};
use crate::tree::{self, ChapterId, Level};

/// An account as its managers must know it.
#[derive(Debug, Clone)]
pub struct Subject {
    pub officer: Uuid,
    /// Where it belongs.
    pub home: ChapterId,
    /// Where it holds roles or acts, today or later; may repeat `home`.
    pub places: Vec<ChapterId>,
    /// (assignment, role, chapter) in force today.
    pub in_force: Vec<(Uuid, Role, ChapterId)>,
}

/// Reads an account; `None` when there is none.
pub fn subject(conn: &mut PgConnection, id: Uuid, today: NaiveDate) -> Result<Option<Subject>, DbError> {
    use role_assignment as ra;
    use role_assignment_acts_for as acts;
    let found: Option<(Uuid, Uuid)> =
        account::table.find(id).select((account::officer_id, account::chapter_id)).first(conn).optional()?;
    let Some((officer, home)) = found else {
        return Ok(None);
    };
    let held: Vec<(Uuid, String, Uuid, NaiveDate)> = ra::table
        .filter(ra::account_id.eq(id))
        .filter(ra::ended_at.is_null())
        .filter(ra::valid_to.is_null().or(ra::valid_to.ge(today)))
        .order(ra::id)
        .select((ra::id, ra::role, ra::chapter_id, ra::valid_from))
        .load(conn)?;
    let acted: Vec<Uuid> = acts::table
        .filter(acts::assignment_id.eq_any(held.iter().map(|row| row.0).collect::<Vec<_>>()))
        .filter(acts::ended_at.is_null())
        .filter(acts::valid_to.is_null().or(acts::valid_to.ge(today)))
        .select(acts::chapter_id)
        .load(conn)?;
    let places = held.iter().map(|row| row.2).chain(acted).map(ChapterId).collect();
    let in_force = held
        .into_iter()
        .filter(|(_, _, _, from)| *from <= today)
        .filter_map(|(id, role, at, _)| Some((id, Role::parse(&role)?, ChapterId(at))))
        .collect();
    Ok(Some(Subject { officer, home: ChapterId(home), places, in_force }))
}

/// Decides whether the visitor manages the account, and proves it with APPOINT where the account belongs.
pub fn require_management(v: &mut Visit<'_>, id: Uuid) -> Result<(Granted<Appoint>, Subject), Problem> {
    let subject = subject(v.conn, id, vietnam_date(v.now))?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<Appoint>(subject.home)?;
    if v.at_each::<Appoint>(&subject.places)?.iter().any(Result::is_err) {
        return Err(Problem::say(
            Kind::Forbidden,
            "Tài khoản này còn giữ vai trò ngoài phạm vi của bạn: hãy đề nghị cấp trên.",
            "This account also holds roles outside your reach: ask the administrator above.",
        ));
    }
    Ok((grant, subject))
}

/// Decides whether the visitor may give the account another password: whoever manages it, and nobody for themself.
pub fn may_reset(v: &mut Visit<'_>, id: Uuid) -> Result<Granted<Appoint>, Problem> {
    let (grant, _) = require_management(v, id)?;
    if id == v.account() {
        return Err(Problem::say(
            Kind::Conflict,
            "Mật khẩu của chính mình thì tự đổi ở phần “Đổi mật khẩu”.",
            "One's own password is changed under “Change password”.",
        ));
    }
    Ok(grant)
}

/// How much of an account somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// User name and roles.
    Roles,
    /// Full name and phone number too.
    Names,
}

/// What the visitor may see of people at these chapters: names with APPOINT or INSPECT at one of them, roles with READ.
pub fn sight(v: &mut Visit<'_>, at: &[ChapterId]) -> Result<Sight, Denied> {
    if holds::<Appoint>(v, at)? || holds::<Inspect>(v, at)? {
        Ok(Sight::Names)
    } else if holds::<Read>(v, at)? {
        Ok(Sight::Roles)
    } else {
        Err(Refusal::Unreadable.into())
    }
}

fn holds<R: Right>(v: &mut Visit<'_>, at: &[ChapterId]) -> Result<bool, DbError> {
    Ok(v.at_each::<R>(at)?.iter().any(Result::is_ok))
}

statement! {
    struct LockAdministrators { key: i64 => BigInt } -> (diesel::sql_types::Nullable<BigInt>,),
    "SELECT NULL::bigint FROM (SELECT pg_advisory_xact_lock(?)) l"
}

/// Any constant: names the lock.
const ADMINISTRATORS: i64 = 0x534e_415f_4144_4d4e;

/// Whoever ends roles, resets or disables accounts comes one after the other, until the end of the transaction. Must
/// come before anybody's rights are read.
pub fn lock_administrators(conn: &mut PgConnection) -> Result<(), DbError> {
    LockAdministrators { key: &ADMINISTRATORS }.execute(conn)?;
    Ok(())
}

statement! {
    struct OthersAtWork {
        role: str => Text,
        chapter: Uuid => diesel::sql_types::Uuid,
        without: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
    } -> (BigInt,),
    "SELECT count(*) FROM role_assignment ra JOIN account acc ON acc.id = ra.account_id
     WHERE ra.role = ? AND ra.chapter_id = ? AND ra.id <> ALL(?) AND ra.ended_at IS NULL
       AND ra.valid_from <= ? AND (ra.valid_to IS NULL OR ra.valid_to >= ?)
       AND acc.disabled_at IS NULL AND acc.one_time_until IS NULL"
}

/// Whether somebody who administers is left at work: the last one of the country does not go, nor the last one of a province by their
/// own hand. `going` are the assignments that will be over from `day` on. An account that still waits with a one-time password is
/// nobody at work.
pub fn leaves_an_administrator(
    conn: &mut PgConnection,
    going: &[(Uuid, Role, ChapterId)],
    by_themself: bool,
    day: NaiveDate,
) -> Result<bool, DbError> {
    let ids: Vec<Uuid> = going.iter().map(|(id, _, _)| *id).collect();
    for (_, role, chapter) in going {
        let guarded = match role {
            Role::CentralAdministrator => tree::level(conn, *chapter)? == Some(Level::Central),
            Role::ProvincialAdministrator => by_themself,
            _ => false,
        };
        if !guarded {
            continue;
        }
        let (left,): (i64,) =
            OthersAtWork { role: role.name(), chapter: &chapter.0, without: &ids, from: &day, to: &day }.get_result(conn)?;
        if left == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
