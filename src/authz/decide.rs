//! The one question, asked set-wise: may these actors do this at these chapters, now?

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use uuid::Uuid;

use super::actor::Actor;
use super::policy::{Appoint, Approve, Granted, Right, RightName, Role, suffices};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::{FieldError, Kind, Problem, Say};
use crate::tree::{self, ChapterId};

/// One actor at one chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ask {
    pub actor: Actor,
    pub chapter: ChapterId,
}

/// Why a right is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The account is disabled or the session has ended.
    NotLoggedIn,
    /// The account still has its one-time password: before anything else it must get one of its own.
    PasswordChangeNeeded,
    /// The actor may not even see the chapter's records.
    Unreadable,
    /// The actor may see but not do this.
    NotAllowed,
    /// The role suffices, but the session was opened without a second factor.
    NoSecondFactor,
    /// The actor appoints here, and may neither give nor end this role.
    MayNotGive(Role),
}

/// Why a right is not held, or that it could not be seen whether it is.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    #[error("refused: {0:?}")]
    Refused(Refusal),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Denied::Refused(refusal)
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => refusal.into(),
            Denied::Db(error) => error.into(),
        }
    }
}

impl Denied {
    /// The problem, where the request names the chapter in its body: which field names one that is not within reach.
    pub fn of_chapter(self, pointer: &str) -> Problem {
        match self {
            Denied::Refused(Refusal::Unreadable) => {
                let detail =
                    Say::fixed("Không có đơn vị này trong phạm vi của bạn.", "There is no such chapter within your reach.");
                Problem { errors: vec![FieldError::new(pointer, "NO_SUCH_CHAPTER", detail)], ..Problem::not_found() }
            }
            other => other.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotLoggedIn => Problem::say(
                Kind::Unauthenticated,
                "Tài khoản đã bị khóa hoặc phiên đã kết thúc: hãy đăng nhập lại.",
                "The account is disabled or the session has ended: log in again.",
            ),
            Refusal::PasswordChangeNeeded => Problem::say(
                Kind::PasswordChangeNeeded,
                "Bạn đang dùng mật khẩu một lần: hãy đặt mật khẩu riêng, rồi mới làm việc khác được.",
                "You use a one-time password: choose your own before anything else.",
            ),
            Refusal::Unreadable => Problem::not_found(),
            Refusal::NotAllowed => Problem::say(
                Kind::Forbidden,
                "Vai trò của bạn ở đơn vị này không có quyền đó; hãy hỏi người quản trị của cấp trên.",
                "Your role at this chapter does not include this; ask the administrator above.",
            ),
            Refusal::MayNotGive(role) => Problem::say(
                Kind::Forbidden,
                format!("Vai trò của bạn không giao hay chấm dứt được vai trò {}: hãy đề nghị cấp trên.", role.name()),
                format!("Your role can neither give nor end {}: ask the administrator above.", role.name()),
            ),
            Refusal::NoSecondFactor => Problem::say(
                Kind::SecondFactorNeeded,
                "Phê duyệt và quản lý tài khoản cần phiên có xác thực hai lớp: hãy thêm ứng dụng xác thực; nếu đã thêm, hãy đăng nhập lại kèm mã.",
                "Approving and managing accounts need a session with a second factor: add an authenticator; if you have one, log in again with its code.",
            ),
        }
    }
}

// Facts only; what they mean is decided by `suffices`. One row an assignment that touches the chapter, at least one
// row an ask; `past` says that the chapter, or one between it and that of the assignment, went up in another one since, which
// decides there now. `officer` is NULL when the account is disabled or the session is over (a job has none, `Actor::of_job`). `one_time` says that the account
// still has its one-time password, expired or not.
statement! {
    struct Facts {
        accounts: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        sessions: Vec<Option<Uuid>> => Array<Nullable<diesel::sql_types::Uuid>>,
        chapters: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        now: DateTime<Utc> => Timestamptz,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
        standing_in_from: NaiveDate => Date,
        standing_in_to: NaiveDate => Date,
        acting_from: NaiveDate => Date,
        acting_to: NaiveDate => Date,
    } -> (Integer, Nullable<diesel::sql_types::Uuid>, Nullable<Text>, Nullable<Bool>, Nullable<Bool>, Nullable<Text>, Nullable<SmallInt>, Nullable<Bool>, Nullable<Bool>),
    "SELECT a.n::int, s.officer_id, s.user_name, s.one_time, s.second_factor, r.role, r.depth, r.acts_for, r.past
     FROM unnest(?::uuid[], ?::uuid[], ?::uuid[]) WITH ORDINALITY AS a(account, session, chapter, n)
     LEFT JOIN LATERAL (
         SELECT acc.officer_id, acc.user_name, acc.one_time_until IS NOT NULL AS one_time, ses.second_factor_at IS NOT NULL AS second_factor
         FROM account acc LEFT JOIN session ses
           ON ses.id = a.session AND ses.account_id = acc.id AND ses.ended_at IS NULL AND ses.expires_at > ?
         WHERE acc.id = a.account AND acc.disabled_at IS NULL AND (ses.id IS NOT NULL OR a.session IS NULL)
     ) s ON true
     LEFT JOIN LATERAL (
         SELECT ra.role, ca.depth, false AS acts_for,
                EXISTS (SELECT FROM chapter_stand_in i WHERE i.chapter_id = a.chapter AND i.from_depth <= ca.depth) AS past
         FROM role_assignment ra JOIN chapter_ancestor ca ON ca.chapter_id = a.chapter AND ca.ancestor_id = ra.chapter_id
         WHERE ra.account_id = a.account AND ra.ended_at IS NULL
           AND ra.valid_from <= ? AND (ra.valid_to IS NULL OR ra.valid_to >= ?)
         UNION ALL
         SELECT ra.role, i.depth, false, NOT i.leads
         FROM chapter_stand_in i JOIN role_assignment ra ON ra.chapter_id = i.stand_in_id
         WHERE i.chapter_id = a.chapter AND ra.account_id = a.account AND ra.ended_at IS NULL
           AND ra.valid_from <= ? AND (ra.valid_to IS NULL OR ra.valid_to >= ?)
         UNION ALL
         SELECT ra.role, 0::smallint, true, false
         FROM role_assignment ra JOIN role_assignment_acts_for f ON f.assignment_id = ra.id AND f.chapter_id = a.chapter
         WHERE ra.account_id = a.account AND ra.ended_at IS NULL AND f.ended_at IS NULL
           AND greatest(ra.valid_from, f.valid_from) <= ?
           AND least(coalesce(ra.valid_to, 'infinity'), coalesce(f.valid_to, 'infinity')) >= ?
     ) r ON s.officer_id IS NOT NULL"
}

/// What somebody is at a chapter, as the transaction read it.
#[derive(Default)]
pub(super) struct Standing {
    officer: Option<Uuid>,
    user_name: String,
    one_time: bool,
    /// The session was opened with a second factor, or got one since.
    second_factor: bool,
    roles: Vec<Held>,
}

/// A role as it is held at a chapter.
struct Held {
    role: Role,
    depth: i16,
    acts_for: bool,
    /// By what was before the chapter went up in another one: that is looked at, and nothing else is left of it.
    past: bool,
}

impl Held {
    fn suffices(&self, right: RightName) -> bool {
        let left = !self.past || matches!(right, RightName::Read | RightName::Inspect);
        left && suffices(self.role, right, self.depth, self.acts_for)
    }
}

impl Standing {
    /// The roles that suffice for a right.
    fn roles_for(&self, right: RightName) -> impl Iterator<Item = Role> {
        self.roles.iter().filter(move |held| held.suffices(right)).map(|held| held.role)
    }
}

/// (number of the ask, person, user name, one-time password, second factor, role, depth, acts for, past)
type Fact =
    (i32, Option<Uuid>, Option<String>, Option<bool>, Option<bool>, Option<String>, Option<i16>, Option<bool>, Option<bool>);

fn standings(conn: &mut PgConnection, now: DateTime<Utc>, asks: &[Ask]) -> Result<Vec<Standing>, DbError> {
    let today = vietnam_date(now);
    let rows: Vec<Fact> = Facts {
        accounts: &asks.iter().map(|ask| ask.actor.account).collect(),
        sessions: &asks.iter().map(|ask| ask.actor.living()).collect(),
        chapters: &asks.iter().map(|ask| ask.chapter.0).collect(),
        now: &now,
        from: &today,
        to: &today,
        standing_in_from: &today,
        standing_in_to: &today,
        acting_from: &today,
        acting_to: &today,
    }
    .load(conn)?;
    let mut standings: Vec<Standing> = asks.iter().map(|_| Standing::default()).collect();
    for (n, officer, user_name, one_time, second_factor, role, depth, acts_for, past) in rows {
        let Some(standing) = usize::try_from(n - 1).ok().and_then(|n| standings.get_mut(n)) else {
            continue;
        };
        standing.officer = officer;
        standing.user_name = user_name.unwrap_or_default();
        standing.one_time = one_time.unwrap_or_default();
        standing.second_factor = second_factor.unwrap_or(false);
        if let (Some(role), Some(depth), Some(acts_for)) = (role.as_deref().and_then(Role::parse), depth, acts_for) {
            standing.roles.push(Held { role, depth, acts_for, past: past.unwrap_or(false) });
        }
    }
    Ok(standings)
}

fn judge(standing: &Standing, right: RightName) -> Result<Uuid, Refusal> {
    let officer = standing.officer.ok_or(Refusal::NotLoggedIn)?;
    if standing.one_time {
        return Err(Refusal::PasswordChangeNeeded);
    }
    let holds = |right| standing.roles_for(right).next().is_some();
    if holds(right) {
        if right.needs_second_factor() && !standing.second_factor { Err(Refusal::NoSecondFactor) } else { Ok(officer) }
    } else if holds(RightName::Read) {
        Err(Refusal::NotAllowed)
    } else {
        Err(Refusal::Unreadable)
    }
}

/// [`authenticate`] and what the actor is at one chapter, in one question.
pub(super) fn authenticate_at(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    chapter: ChapterId,
) -> Result<(Person, Standing), Problem> {
    let standing = standings(conn, now, &[Ask { actor, chapter }])?.pop().unwrap_or_default();
    // A job has no session that could live, and enters nowhere.
    let officer = standing.officer.filter(|_| actor.living().is_some()).ok_or(Refusal::NotLoggedIn)?;
    if standing.one_time {
        return Err(Refusal::PasswordChangeNeeded.into());
    }
    Ok((Person { officer, user_name: standing.user_name.clone() }, standing))
}

/// What a standing that was read in this transaction comes to.
pub(super) fn granted<R: Right>(standing: &Standing, actor: Actor, chapter: ChapterId) -> Result<Granted<R>, Refusal> {
    let officer = judge(standing, R::NAME)?;
    Ok(Granted::new(chapter, actor, officer).by_roles(standing.roles_for(R::NAME)))
}

/// Decides every ask in one query; equal asks are asked once.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    asks: &[Ask],
) -> Result<Vec<Result<Granted<R>, Refusal>>, DbError> {
    let mut position = HashMap::new();
    let mut unique = Vec::new();
    for ask in asks {
        position.entry(*ask).or_insert_with(|| {
            unique.push(*ask);
            unique.len() - 1
        });
    }
    let standings = standings(conn, now, &unique)?;
    Ok(verdicts(asks, &position, &standings))
}

/// What somebody approved with their second factor and is carried out later, when no session of theirs has to live: whether they
/// may still APPROVE at each of these chapters. For the rooms that keep such an approval, and for them alone.
pub fn approved_before(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    account: Uuid,
    chapters: &[ChapterId],
) -> Result<Vec<Result<Granted<Approve>, Refusal>>, DbError> {
    let asks: Vec<Ask> = chapters.iter().map(|chapter| Ask { actor: Actor::of_job(account), chapter: *chapter }).collect();
    let mut standings = standings(conn, now, &asks)?;
    standings.iter_mut().for_each(|standing| standing.second_factor = true);
    let position = asks.iter().enumerate().map(|(at, ask)| (*ask, at)).collect();
    Ok(verdicts(&asks, &position, &standings))
}

fn verdicts<R: Right>(asks: &[Ask], position: &HashMap<Ask, usize>, standings: &[Standing]) -> Vec<Result<Granted<R>, Refusal>> {
    let verdicts: Vec<_> = standings.iter().map(|standing| (judge(standing, R::NAME), standing)).collect();
    asks.iter()
        .map(|ask| match position.get(ask).and_then(|at| verdicts.get(*at)) {
            Some((Ok(officer), standing)) => {
                Ok(Granted::new(ask.chapter, ask.actor, *officer).by_roles(standing.roles_for(R::NAME)))
            }
            Some((Err(refusal), _)) => Err(*refusal),
            None => Err(Refusal::NotLoggedIn),
        })
        .collect()
}

impl<R: Right> Granted<R> {
    /// The same right at the chapter that goes on for this one, where this one went up in another: since then it is held by way of
    /// that chapter, or from above both, and by nobody else. What is only looked at is not meant.
    pub fn at_successor(&self, conn: &mut PgConnection) -> Result<Option<Granted<R>>, DbError> {
        let successor = tree::successor(conn, self.chapter())?;
        Ok(successor.map(|chapter| Granted::new(chapter, self.actor(), self.officer()).by_roles(self.roles().iter().copied())))
    }
}

/// Decides whether one actor may give, or end, a role at one chapter: APPOINT there, by a role that [`super::GIVES`] it.
pub(super) fn require_to_give(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    chapter: ChapterId,
    role: Role,
) -> Result<Granted<Appoint>, Denied> {
    let standing = standings(conn, now, &[Ask { actor, chapter }])?.pop().unwrap_or_default();
    let officer = judge(&standing, RightName::Appoint)?;
    if !standing.roles_for(RightName::Appoint).any(|held| held.gives(role)) {
        return Err(Refusal::MayNotGive(role).into());
    }
    Ok(Granted::new(chapter, actor, officer))
}

statement! {
    struct LiveAccount {
        account: Uuid => diesel::sql_types::Uuid,
        session: Uuid => diesel::sql_types::Uuid,
        now: DateTime<Utc> => Timestamptz,
    } -> (diesel::sql_types::Uuid, Text, Bool),
    "SELECT acc.officer_id, acc.user_name, acc.one_time_until IS NOT NULL FROM account acc JOIN session ses ON ses.account_id = acc.id
     WHERE acc.id = ? AND acc.disabled_at IS NULL AND ses.id = ? AND ses.ended_at IS NULL AND ses.expires_at > ?"
}

/// Who is logged in.
pub(super) struct Person {
    pub officer: Uuid,
    pub user_name: String,
}

/// Only that the account is enabled and the session lives; for what every officer may see. Returns the person.
///
/// An account with a one-time password gets through nowhere but at [`authenticate_to_change_password`].
pub fn authenticate(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor) -> Result<Uuid, Problem> {
    Ok(authenticated(conn, now, actor)?.officer)
}

/// [`authenticate`], with the name.
pub(super) fn authenticated(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor) -> Result<Person, Problem> {
    match live_account(conn, now, actor)? {
        (_, true) => Err(Refusal::PasswordChangeNeeded.into()),
        (person, false) => Ok(person),
    }
}

/// [`authenticate`] for the one request that an account with a one-time password may make.
pub fn authenticate_to_change_password(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor) -> Result<Uuid, Problem> {
    Ok(live_account(conn, now, actor)?.0.officer)
}

/// (person, whether the password is a one-time one)
fn live_account(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor) -> Result<(Person, bool), Problem> {
    let found: Option<(Uuid, String, bool)> =
        LiveAccount { account: &actor.account, session: &actor.session, now: &now }.get_result(conn).optional()?;
    let (officer, user_name, one_time) = found.ok_or(Refusal::NotLoggedIn)?;
    Ok((Person { officer, user_name }, one_time))
}

/// Whether an account holds a right at a chapter today, whatever sessions it has: for what somebody was charged with before.
pub fn holds_still<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    account: Uuid,
    chapter: ChapterId,
) -> Result<bool, DbError> {
    let ask = Ask { actor: Actor::of_job(account), chapter };
    let standing = standings(conn, now, &[ask])?.pop().unwrap_or_default();
    Ok(standing.officer.is_some() && standing.roles_for(R::NAME).next().is_some())
}

statement! {
    struct Holders {
        roles: Vec<&'static str> => Array<Text>,
        today: NaiveDate => Date,
        chapter: Uuid => diesel::sql_types::Uuid,
    } -> (Bool,),
    "SELECT EXISTS (
         SELECT FROM (SELECT ?::text[] AS roles, ?::date AS day, ?::uuid AS chapter) a
         JOIN role_assignment ra ON ra.role = ANY (a.roles) AND ra.ended_at IS NULL
              AND ra.valid_from <= a.day AND (ra.valid_to IS NULL OR ra.valid_to >= a.day)
         JOIN account acc ON acc.id = ra.account_id AND acc.disabled_at IS NULL
         WHERE ra.chapter_id = a.chapter OR EXISTS (
             SELECT FROM role_assignment_acts_for f WHERE f.assignment_id = ra.id AND f.chapter_id = a.chapter AND f.ended_at IS NULL
               AND f.valid_from <= a.day AND (f.valid_to IS NULL OR f.valid_to >= a.day)))"
}

/// Whether anybody holds a right at this very chapter today, or acts for it.
pub fn is_held<R: Right>(conn: &mut PgConnection, now: DateTime<Utc>, chapter: ChapterId) -> Result<bool, DbError> {
    let roles = Role::ALL.into_iter().filter(|role| role.has(R::NAME)).map(Role::name).collect();
    let (held,) = Holders { roles: &roles, today: &vietnam_date(now), chapter: &chapter.0 }.get_result(conn)?;
    Ok(held)
}
