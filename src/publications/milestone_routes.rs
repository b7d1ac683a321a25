//! `/api/v1/appeals/{code}/milestones`: the days that the law counts from, typed with their papers, and until when they are due.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::milestones::{self, Milestone, MilestoneRow, NewMilestone};
use super::model::Facts;
use super::{duties, store};
use crate::authz::{self, Actor, AuditEvent, Granted, Read, RunAppeal};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::calendar::{self, Calendar, Period, Unit};
use crate::db::Db;
use crate::documents::model::Purpose;
use crate::documents::store::{self as documents, Holder, Subject};
use crate::giving::appeals::{self, AppealRow};
use crate::giving::limits::{self, Clock as LimitClock, Limits};
use crate::giving::publishing::{refuse_draft, refused_link};
use crate::http::answers::{AnyProblem, Conflict, Forbidden, Invalid, NotFound, Unauthorized};
use crate::http::{Body, Kind as ProblemKind, Problem};
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
    /// The document's `id`.
    document: Uuid,
    recorded_at: DateTime<Utc>,
    /// User name.
    recorded_by: String,
}

/// Most versions of one day: more are no corrections.
const MOST: i32 = 20;

/// Type a day that clocks count from, or correct it: the newest version counts, and what was published is measured by it.
#[utoipa::path(tag = "publications", params(("code" = String, Path, description = "The appeal")), request_body = MilestoneIn, responses(
    (status = 201, body = Vec<MilestoneOut>), (status = 200, body = Vec<MilestoneOut>, description = "Was typed already, by the same id"),
    (status = 401, response = Unauthorized), (status = 403, response = Forbidden), (status = 404, response = NotFound),
    (status = 409, response = Conflict), (status = 422, response = Invalid), (status = "default", response = AnyProblem)))]
#[post("/appeals/{code}/milestones")]
pub async fn type_milestone(
    actor: Actor,
    code: web::Path<String>,
    Body(body): Body<MilestoneIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let (is_new, out) = db
        .tx(move |conn| -> Result<_, Problem> {
            authz::authenticate(conn, now, actor)?;
            let row = appeals::find_for_update(conn, &code)?.ok_or_else(Problem::not_found)?;
            let grant = authz::require::<RunAppeal>(conn, now, actor, ChapterId(row.chapter_id))?;
            let is_new = write(conn, &grant, now, &row, &body)?;
            Ok((is_new, shown(conn, &row)?))
        })
        .await?;
    Ok(if is_new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(out))
}

/// The days of an appeal that clocks count from: what was typed, by whom, and until when.
#[utoipa::path(tag = "publications", params(("code" = String, Path, description = "The appeal")), responses((status = 200, body = Vec<MilestoneOut>),
    (status = 401, response = Unauthorized), (status = 404, response = NotFound), (status = "default", response = AnyProblem)))]
#[get("/appeals/{code}/milestones")]
pub async fn list_milestones(
    actor: Actor,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let out = db
        .read(move |conn| -> Result<_, Problem> {
            authz::authenticate(conn, now, actor)?;
            let row = appeals::find(conn, &code)?.ok_or_else(Problem::not_found)?;
            authz::require::<Read>(conn, now, actor, ChapterId(row.chapter_id))?;
            shown(conn, &row)
        })
        .await?;
    Ok(HttpResponse::Ok().json(out))
}

/// Writes a day of an appeal of the granted chapter, which the caller has locked. Whether it is new.
fn write(
    conn: &mut PgConnection,
    by: &Granted<RunAppeal>,
    now: DateTime<Utc>,
    row: &AppealRow,
    ask: &MilestoneIn,
) -> Result<bool, Problem> {
    if let Some(known) = milestones::find(conn, ask.id)? {
        let same = known.appeal_id == row.id
            && known.milestone == ask.milestone.name()
            && known.day == ask.day
            && known.document_id == ask.document
            && ask.version.is_none_or(|version| version == known.version);
        return if same { Ok(false) } else { Err(Problem::new(ProblemKind::IdTaken)) };
    }
    refuse_draft(row)?;
    let facts = duties::facts(conn, row)?.ok_or_else(Problem::not_found)?;
    let rules = store::rules(conn)?.remove(&row.regime).unwrap_or_default();
    if !ask.milestone.belongs(&rules, &limits::of(conn, &row.regime, facts.ended())?) {
        return Err(Problem::field(
            "/milestone",
            "NOT_REQUIRED",
            "Đợt này không có mốc đó.",
            "An appeal of this regime has no such day.",
        ));
    }
    if let Some(error) = ask.milestone.refuse(ask.day, vietnam_date(now), &facts) {
        return Err(Problem::invalid(vec![error]));
    }
    let version = next_version(&milestones::list(conn, row.id)?, ask)?;
    let subject = Subject { kind: Purpose::Appeal, id: row.id };
    if let Some(problem) = refused_link(&documents::link(conn, &Holder::RunAppeal(by.clone()), now, ask.document, subject)?) {
        return Err(problem);
    }
    let new = NewMilestone { id: ask.id, milestone: ask.milestone, day: ask.day, document: ask.document, version };
    if !milestones::insert(conn, by, now, row.id, &new)? {
        return Err(Problem::new(ProblemKind::IdTaken));
    }
    let event = AuditEvent {
        account: Some(by.account()),
        action: "APPEAL_MILESTONE",
        subject: Some(ask.id),
        chapter: Some(by.chapter().0),
    };
    let detail = json!({"appeal": row.code, "milestone": ask.milestone, "day": ask.day, "version": version});
    authz::audit_detailed(conn, now, &event, &detail)?;
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
    if newest.is_some_and(|row| row.day == ask.day && row.document_id == ask.document) {
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
