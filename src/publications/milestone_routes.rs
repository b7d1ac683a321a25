//! `/api/v1/appeals/{code}/milestones`: the days that the law counts from, typed with their papers, and until when they are due.

use std::collections::HashMap;

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::milestones::{self, Milestone, MilestoneRow, NewMilestone, Source};
use super::model::Facts;
use super::{duties, store};
use crate::authz::{Desk, Granted, Read, RunAppeal, Visit};
use crate::basics::clock::vietnam_date;
use crate::calendar::{self, Calendar, Period, Unit};
use crate::documents::answers::refused_link;
use crate::documents::store::{self as documents, Holder, Subject};
use crate::giving::appeals::{self, AppealRow};
use crate::giving::limits::{self, Clock as LimitClock, Limits};
use crate::giving::papers::OF_APPEALS;
use crate::giving::publishing::refuse_draft;
use crate::http::sets::{Reads, Writes};
use crate::http::{Answer, Body, Kind as ProblemKind, Problem, Reply};
use crate::identity::store as identity;
use crate::tree::ChapterId;

/// A day, and the paper that says so.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneIn {
    /// Made by the client, once.
    id: Uuid,
    milestone: Milestone,
    day: NaiveDate,
    /// `id` of a document of the appeal's chapter, uploaded for an appeal. It is linked if it is not yet, and not published.
    document: Uuid,
    /// The number this version is to get: 1 for the first. Send it to be told when somebody else was faster.
    #[serde(default)]
    #[schema(minimum = 1)]
    version: Option<i32>,
}

/// A day of an appeal.
#[derive(Debug, Serialize, ToSchema)]
pub struct MilestoneOut {
    milestone: Milestone,
    /// As the newest version has it; absent while it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<NaiveDate>,
    /// The last day by the law, where it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<NaiveDate>,
    /// All versions, the newest last.
    versions: Vec<MilestoneVersionOut>,
}

/// One version of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct MilestoneVersionOut {
    id: Uuid,
    version: i32,
    day: NaiveDate,
    /// The document's `id`; absent where a statement says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Uuid>,
    /// Code of the statement that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    statement: Option<String>,
    recorded_at: DateTime<Utc>,
    /// User name.
    recorded_by: String,
}

/// Most versions of one day: more are no corrections.
const MOST: i32 = 20;

/// Type a day that clocks count from, or correct it: the newest version counts, and what was published is measured by it.
#[utoipa::path(
    tag = "publications", params(("code" = String, Path, description = "The appeal")), request_body = MilestoneIn,
    responses(
        (status = 201, body = Vec<MilestoneOut>),
        (status = 200, body = Vec<MilestoneOut>, description = "Was typed already, by the same id"), Writes
    )
)]
#[post("/appeals/{code}/milestones")]
pub async fn type_milestone(desk: Desk, code: web::Path<String>, Body(body): Body<MilestoneIn>) -> Answer<Vec<MilestoneOut>> {
    desk.tx(move |v| {
        let row = appeals::find_for_update(v.conn, &code)?.ok_or_else(Problem::not_found)?;
        let grant = v.at::<RunAppeal>(ChapterId(row.chapter_id))?;
        let is_new = write(v, &grant, &row, &body)?;
        Ok((shown(v.conn, &row)?, is_new))
    })
    .await
    .map(Reply::made)
}

/// The days of an appeal that clocks count from: what was typed, by whom, and until when.
#[utoipa::path(
    tag = "publications", params(("code" = String, Path, description = "The appeal")),
    responses((status = 200, body = Vec<MilestoneOut>), Reads)
)]
#[get("/appeals/{code}/milestones")]
pub async fn list_milestones(desk: Desk, code: web::Path<String>) -> Answer<Vec<MilestoneOut>> {
    desk.read(move |v| {
        let row = appeals::find(v.conn, &code)?.ok_or_else(Problem::not_found)?;
        v.see::<Read>(ChapterId(row.chapter_id))?;
        shown(v.conn, &row)
    })
    .await
    .map(Reply::ok)
}

/// Writes a day of an appeal of the granted chapter, which the caller has locked. Whether it is new.
fn write(v: &mut Visit<'_>, by: &Granted<RunAppeal>, row: &AppealRow, ask: &MilestoneIn) -> Result<bool, Problem> {
    if let Some(known) = milestones::find(v.conn, ask.id)? {
        let same = known.appeal_id == row.id
            && known.milestone == ask.milestone.name()
            && known.day == ask.day
            && known.document_id == Some(ask.document)
            && ask.version.is_none_or(|version| version == known.version);
        return if same { Ok(false) } else { Err(Problem::new(ProblemKind::IdTaken)) };
    }
    refuse_draft(row)?;
    let facts = duties::facts(v.conn, row)?.ok_or_else(Problem::not_found)?;
    let rules = store::rules(v.conn)?.remove(&row.regime).unwrap_or_default();
    if !ask.milestone.belongs(&rules, &limits::of(v.conn, &row.regime, facts.ended())?) {
        return Err(Problem::field(
            "/milestone",
            "NOT_REQUIRED",
            "Đợt này không có mốc đó.",
            "An appeal of this regime has no such day.",
        ));
    }
    if let Some(error) = ask.milestone.refuse(ask.day, vietnam_date(v.now), &facts) {
        return Err(Problem::invalid(vec![error]));
    }
    let version = next_version(&milestones::list(v.conn, row.id)?, ask)?;
    let subject = Subject { paper: &OF_APPEALS, id: row.id };
    let linked = documents::link(v.conn, &Holder::RunAppeal(by.clone()), v.now, ask.document, subject)?;
    if let Some(problem) = refused_link(&linked) {
        return Err(problem);
    }
    let new =
        NewMilestone { id: ask.id, milestone: ask.milestone, day: ask.day, source: Source::Document(ask.document), version };
    if !milestones::insert(v.conn, by, v.now, row.id, &new)? {
        return Err(Problem::new(ProblemKind::IdTaken));
    }
    let detail = json!({"appeal": row.code, "milestone": ask.milestone, "day": ask.day, "version": version});
    v.note_with(by, "APPEAL_MILESTONE", ask.id, &detail)?;
    Ok(true)
}

fn next_version(known: &[MilestoneRow], ask: &MilestoneIn) -> Result<i32, Problem> {
    let newest = known.iter().rfind(|row| row.milestone == ask.milestone.name());
    let next = newest.map_or(1, |row| row.version + 1);
    if ask.version.is_some_and(|asked| asked != next) {
        return Err(Problem::say(
            ProblemKind::Conflict,
            format!("Bản tiếp theo là bản {next}: hãy xem lại những gì đã ghi."),
            format!("The next version is {next}: look again at what was typed."),
        ));
    }
    if newest.is_some_and(|row| row.day == ask.day && row.document_id == Some(ask.document)) {
        return Err(Problem::say(ProblemKind::Conflict, "Bản mới nhất đã ghi như vậy.", "The newest version says just that."));
    }
    if next > MOST {
        return Err(Problem::say(
            ProblemKind::Conflict,
            format!("Mốc này đã sửa {MOST} lần."),
            format!("This day has {MOST} versions already."),
        ));
    }
    Ok(next)
}

fn shown(conn: &mut PgConnection, row: &AppealRow) -> Result<Vec<MilestoneOut>, Problem> {
    let Some(facts) = duties::facts(conn, row)? else { return Ok(Vec::new()) };
    let rules = store::rules(conn)?.remove(&row.regime).unwrap_or_default();
    let limits = limits::of(conn, &row.regime, facts.ended())?;
    let calendar = calendar::from(conn, facts.opened_on)?;
    let rows = milestones::list(conn, row.id)?;
    let names = identity::user_names(conn, &rows.iter().map(|row| row.recorded_by).collect::<Vec<_>>())?;
    let of =
        |milestone: Milestone| -> Vec<&MilestoneRow> { rows.iter().filter(|row| row.milestone == milestone.name()).collect() };
    Ok(Milestone::ALL
        .into_iter()
        .filter(|milestone| milestone.belongs(&rules, &limits) || !of(*milestone).is_empty())
        .map(|milestone| MilestoneOut {
            milestone,
            day: of(milestone).last().map(|row| row.day),
            last_day: last_day(milestone, &limits, &calendar, &facts),
            versions: of(milestone).into_iter().map(|row| version_out(row, &names)).collect(),
        })
        .collect())
}

fn version_out(row: &MilestoneRow, names: &HashMap<Uuid, String>) -> MilestoneVersionOut {
    MilestoneVersionOut {
        id: row.id,
        version: row.version,
        day: row.day,
        document: row.document_id,
        statement: row.statement.clone(),
        recorded_at: row.recorded_at,
        recorded_by: names.get(&row.recorded_by).cloned().unwrap_or_default(),
    }
}

/// The last day of something by the law, from the end of receiving.
fn last_day(milestone: Milestone, limits: &Limits, calendar: &Calendar, facts: &Facts) -> Option<NaiveDate> {
    let clock = match milestone {
        Milestone::DistributionEnded => LimitClock::Distribution,
        Milestone::HandedOver => LimitClock::HandOver,
        _ => return None,
    };
    let last = calendar.due(facts.ended(), Period { amount: limits.days(clock)?, unit: Unit::Day });
    Some(match (milestone, facts.typed.committed_until) {
        (Milestone::DistributionEnded, Some(promised)) => last.max(promised),
        _ => last,
    })
}
