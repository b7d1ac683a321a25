//! What was stated in public about an appeal ([`crate::statements`]), as what the law wants published of it: a statement is
//! published under its own hash, and where it is an approval, it says the day that clocks count from.

use serde_json::json;
use uuid::Uuid;

use super::channel::Channel;
use super::milestones::{self, Milestone, NewMilestone, Source};
use super::model::Event;
use super::publish::{self, NewPublication};
use super::{duties, store};
use crate::authz::{Granted, Right, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::decisions::Halt;
use crate::giving::appeals::AppealRow;
use crate::giving::limits;
use crate::http::FieldError;
use crate::statements::Statement;

/// Something approved today.
pub struct Approved<'a> {
    /// Of the request; what is written because of it has the same.
    pub id: Uuid,
    pub milestone: Milestone,
    pub event: Event,
    pub statement: &'a Statement,
    pub title: Line,
}

/// What is in the way of approving something of an appeal today, as its clocks have it.
pub fn refuse(v: &mut Visit<'_>, appeal: &AppealRow, milestone: Milestone) -> Result<Option<FieldError>, Halt> {
    let Some(facts) = duties::facts(v.conn, appeal)? else { return Err(Halt::Unknown) };
    let today = vietnam_date(v.now);
    Ok(milestone.refuse(today, today, &facts))
}

/// Notes the day, where the law counts from it, and publishes the statement, where it wants that. Returns the code under which it
/// was published.
pub fn approve<R: Right>(
    v: &mut Visit<'_>,
    by: &Granted<R>,
    appeal: &AppealRow,
    approved: Approved<'_>,
) -> Result<Option<String>, Halt> {
    note_day(v, by, appeal, &approved)?;
    let today = vietnam_date(v.now);
    let due = duties::of_one(v.conn, appeal, today)?;
    if !due.iter().any(|duty| duty.event == approved.event && duty.period.is_none() && duty.from <= today) {
        return Ok(None);
    }
    let new = NewPublication {
        id: approved.id,
        event: approved.event,
        period: None,
        source: Source::Statement(approved.statement.code.clone()),
        title: approved.title,
        version: None,
        channels: vec![Channel::Website],
    };
    let all = store::of_appeals(v.conn, &[appeal.id])?.remove(&appeal.id).unwrap_or_default();
    let before = all.iter().rfind(|row| row.event == new.event.name() && row.period.is_none());
    let (row, _) = publish::write(v, by, appeal, &new, approved.statement.sha256.clone(), before)?;
    Ok(Some(row.published.code))
}

fn note_day<R: Right>(v: &mut Visit<'_>, by: &Granted<R>, appeal: &AppealRow, approved: &Approved<'_>) -> Result<(), Halt> {
    let Some(facts) = duties::facts(v.conn, appeal)? else { return Ok(()) };
    let rules = store::rules(v.conn)?.remove(&appeal.regime).unwrap_or_default();
    if !approved.milestone.belongs(&rules, &limits::of(v.conn, &appeal.regime, facts.ended())?) {
        return Ok(());
    }
    let known = milestones::list(v.conn, appeal.id)?;
    let version = known.iter().rfind(|row| row.milestone == approved.milestone.name()).map_or(1, |row| row.version + 1);
    let day = vietnam_date(v.now);
    let source = Source::Statement(approved.statement.code.clone());
    let new = NewMilestone { id: approved.id, milestone: approved.milestone, day, source, version };
    if !milestones::insert(v.conn, by, v.now, appeal.id, &new)? {
        return Err(Halt::IdTaken);
    }
    let detail = json!({"appeal": appeal.code, "milestone": approved.milestone, "day": day, "version": version});
    v.note_with(by, "APPEAL_MILESTONE", approved.id, &detail)?;
    Ok(())
}
