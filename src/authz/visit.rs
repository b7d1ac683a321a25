//! One unit of work of somebody who is logged in: the connection, the moment, the keys, and who it is.
//!
//! A [`Visit`] begins by asking whether the account is enabled and its session lives, in the transaction of the work, so
//! nobody can forget to. What the visitor may do is asked of it, chapter by chapter: [`Visit::at`] gives the proof that
//! writers demand, [`Visit::see`] the one that readers demand. Functions of rooms take a `&mut Visit` in place of a
//! connection, a moment, an actor and a vault.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::Value;
use uuid::Uuid;

use super::actor::Actor;
use super::approvers::nearest_approver;
use super::audit::{AuditEvent, audit, audit_detailed};
use super::decide::{Ask, Denied, Person, Refusal, Standing, authenticate_at, authenticated, decide, granted, require_to_give};
use super::idempotency::Attempt;
use super::policy::{Appoint, Granted, Read, Right, Role, Seen};
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::http::Problem;
use crate::tree::{self, ChapterId, Place};
use crate::vault::Vault;

/// See the module.
pub struct Visit<'a> {
    pub conn: &'a mut PgConnection,
    /// The moment of the request; everything it writes bears it.
    pub now: DateTime<Utc>,
    pub vault: &'a Vault,
    actor: Actor,
    person: Person,
    /// What was read together with whether the visitor is logged in, of the chapter that the request names; until it is asked for.
    ahead: Option<(Place, Standing)>,
    pub(super) attempt: Attempt,
}

impl<'a> Visit<'a> {
    /// Lets an actor in whose account is enabled and whose session lives. An account with a one-time password is sent
    /// away to change it first.
    pub fn enter(conn: &'a mut PgConnection, vault: &'a Vault, now: DateTime<Utc>, actor: Actor) -> Result<Self, Problem> {
        let person = authenticated(conn, now, actor)?;
        Ok(Self { conn, now, vault, actor, person, ahead: None, attempt: Attempt::First })
    }

    /// [`Visit::enter`] for what is done at the chapter with a code: whether they are logged in and what they may do there is one
    /// question, and [`Visit::at_code`] has its answer.
    pub fn enter_at(
        conn: &'a mut PgConnection,
        vault: &'a Vault,
        now: DateTime<Utc>,
        actor: Actor,
        code: &str,
    ) -> Result<Self, Problem> {
        let Some(place) = tree::place(conn, code)? else { return Self::enter(conn, vault, now, actor) };
        let (person, standing) = authenticate_at(conn, now, actor, place.id)?;
        Ok(Self { conn, now, vault, actor, person, ahead: Some((place, standing)), attempt: Attempt::First })
    }

    /// Who acts, as their token says.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The account that acts.
    pub fn account(&self) -> Uuid {
        self.actor.account
    }

    /// The person behind the account.
    pub fn officer(&self) -> Uuid {
        self.person.officer
    }

    /// The user name of the account.
    pub fn user_name(&self) -> &str {
        &self.person.user_name
    }

    /// Whether the same request was done before, under the same `Idempotency-Key`.
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// What a room gets of this visit that does its part of something the visitor may do, and needs no right of its own.
    pub fn errand(&mut self) -> Errand<'_> {
        Errand { conn: self.conn, now: self.now, vault: self.vault }
    }

    /// The right to write at a chapter.
    pub fn at<R: Right>(&mut self, chapter: ChapterId) -> Result<Granted<R>, Denied> {
        let mut verdicts = self.at_each(&[chapter])?;
        Ok(verdicts.pop().unwrap_or(Err(Refusal::NotLoggedIn))?)
    }

    /// [`Visit::at`] for the chapter with a code. One that does not exist is as unreadable as one out of reach.
    pub fn at_code<R: Right>(&mut self, code: &str) -> Result<(Granted<R>, Place), Denied> {
        if let Some((place, standing)) = self.ahead.take().filter(|(place, _)| place.code == code) {
            return Ok((granted(&standing, self.actor, place.id)?, place));
        }
        let place = tree::place(self.conn, code)?.ok_or(Refusal::Unreadable)?;
        Ok((self.at(place.id)?, place))
    }

    /// [`Visit::at`] for many chapters, in their order and in one query.
    pub fn at_each<R: Right>(&mut self, chapters: &[ChapterId]) -> Result<Vec<Result<Granted<R>, Refusal>>, DbError> {
        let asks: Vec<Ask> = chapters.iter().map(|chapter| Ask { actor: self.actor, chapter: *chapter }).collect();
        decide(self.conn, self.now, &asks)
    }

    /// The first of several chapters at which the visitor holds a right. Without any: not allowed where one of them may
    /// be read, else unreadable.
    pub fn at_one_of<R: Right>(&mut self, chapters: &[ChapterId]) -> Result<Granted<R>, Denied> {
        let mut refused = Refusal::Unreadable;
        for verdict in self.at_each(chapters)? {
            match verdict {
                Ok(granted) => return Ok(granted),
                Err(refusal) if refused == Refusal::Unreadable || refusal == Refusal::NotAllowed => refused = refusal,
                Err(_) => {}
            }
        }
        Err(refused.into())
    }

    /// The right to give, and end, a role at a chapter.
    pub fn at_to_give(&mut self, chapter: ChapterId, role: Role) -> Result<Granted<Appoint>, Denied> {
        require_to_give(self.conn, self.now, self.actor, chapter, role)
    }

    /// The right to read what `R` shows of a chapter.
    pub fn see<R: Right>(&mut self, chapter: ChapterId) -> Result<Seen<R>, Denied> {
        Ok(Seen::by(self.at(chapter)?))
    }

    /// [`Visit::see`] for the chapter with a code. One that does not exist is as unreadable as one out of reach.
    pub fn see_code<R: Right>(&mut self, code: &str) -> Result<(Seen<R>, Place), Denied> {
        let (granted, place) = self.at_code(code)?;
        Ok((Seen::by(granted), place))
    }

    /// Which of many chapters' records may be read, in their order and in one query.
    pub fn see_each(&mut self, chapters: &[ChapterId]) -> Result<Vec<Option<Seen<Read>>>, DbError> {
        Ok(self.at_each(chapters)?.into_iter().map(|verdict| verdict.ok().map(Seen::by)).collect())
    }

    /// The nearest chapter, from this one upward, where somebody other than `not` (persons) may APPROVE.
    pub fn nearest_approver(&mut self, chapter: ChapterId, not: &[Uuid]) -> Result<Option<ChapterId>, DbError> {
        nearest_approver(self.conn, self.now, chapter, not)
    }

    /// Notes in the audit trail what was done to a record of the chapter.
    pub fn note<R: Right>(&mut self, by: &Granted<R>, action: &'static str, subject: Uuid) -> Result<(), DbError> {
        self.note_at(Some(by.chapter()), action, Some(subject), None)
    }

    /// [`Visit::note`] with what a reader of the trail needs besides ids: codes and ids only, never personal values.
    pub fn note_with<R: Right>(
        &mut self,
        by: &Granted<R>,
        action: &'static str,
        subject: Uuid,
        detail: &Value,
    ) -> Result<(), DbError> {
        self.note_at(Some(by.chapter()), action, Some(subject), Some(detail))
    }

    /// Notes what was looked at, where looking leaves a trace.
    pub fn note_seen<R: Right>(&mut self, by: &Seen<R>, action: &'static str, subject: Uuid) -> Result<(), DbError> {
        self.note_at(Some(by.chapter()), action, Some(subject), None)
    }

    /// Notes what no right at a chapter stands behind: what one does to oneself, say.
    pub fn note_at(
        &mut self,
        chapter: Option<ChapterId>,
        action: &'static str,
        subject: Option<Uuid>,
        detail: Option<&Value>,
    ) -> Result<(), DbError> {
        let event = AuditEvent { account: Some(self.actor.account), action, subject, chapter: chapter.map(|chapter| chapter.0) };
        match detail {
            Some(detail) => audit_detailed(self.conn, self.now, &event, detail),
            None => audit(self.conn, self.now, &[event]),
        }
    }
}
