//! `/api/v1/jobs`: how far work behind the requests is, and what came to nothing.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store::{self, JobRow};
use crate::authz::{self, Actor, Appoint, AuditEvent, Granted, Once, Read};
use crate::basics::Clock;
use crate::db::{Db, DbError};
use crate::http::answers::{AnyProblem, Conflict, Forbidden, Invalid, NotFound, Unauthorized};
use crate::http::{Cursor, Kind, Page, Problem, Query, rows_a_page};
use crate::tree::{self, ChapterId};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_jobs).service(show_job).service(retry_job);
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobState {
    /// To be done, or to be tried again.
    Waiting,
    /// Somebody is at it.
    Running,
    Done,
    /// It failed for good: an administrator looks into it and begins it again, or lets it be.
    Dead,
}

/// A job and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobOut {
    id: Uuid,
    /// What is done, as a code.
    #[schema(example = "SEND_MESSAGE")]
    kind: String,
    /// Code of the chapter whose job it is; absent for those of the whole house.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    chapter: Option<String>,
    state: JobState,
    /// Pieces done, those in error included.
    done: i64,
    /// Pieces there are; absent until it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    /// Pieces that could not be done.
    errors: i64,
    /// Attempts since there was any progress.
    attempts: i32,
    /// Why it failed last, as a code; absent if it never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SERVER_AWAY")]
    trouble: Option<String>,
    enqueued_at: DateTime<Utc>,
    /// When it is tried next; absent unless it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
}

/// Jobs as they are shown, in the same order.
fn shown(conn: &mut PgConnection, now: DateTime<Utc>, rows: Vec<JobRow>) -> Result<Vec<JobOut>, DbError> {
    let chapters: Vec<Uuid> = rows.iter().filter_map(|row| row.chapter_id).collect();
    let labels = tree::labels(conn, &chapters)?;
    let out = |row: JobRow| {
        let state = match row.state.as_str() {
            "DONE" => JobState::Done,
            "DEAD" => JobState::Dead,
            _ if row.lease.is_some() && row.due_at > now => JobState::Running,
            _ => JobState::Waiting,
        };
        JobOut {
            id: row.id,
            kind: row.kind,
            chapter: row.chapter_id.and_then(|id| labels.get(&id)).map(|label| label.code.clone()),
            state,
            done: row.done,
            total: row.total,
            errors: row.errors,
            attempts: row.attempts,
            trouble: row.trouble,
            enqueued_at: row.enqueued_at,
            due_at: Some(row.due_at).filter(|_| state == JobState::Waiting),
            ended_at: row.ended_at,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

fn one(conn: &mut PgConnection, now: DateTime<Utc>, id: Uuid) -> Result<JobOut, Problem> {
    let row = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
    shown(conn, now, vec![row])?.pop().ok_or_else(Problem::not_found)
}

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobsQuery {
    /// Code of a chapter: its jobs and those of the chapters below it; of the central one, all there are.
    #[param(example = "68")]
    chapter: String,
    /// `DEAD` unless given: those that failed for good.
    #[param(inline)]
    state: Option<EndedOrNot>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Which jobs are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndedOrNot {
    /// Waiting or running.
    #[serde(alias = "waiting")]
    Waiting,
    #[serde(alias = "done")]
    Done,
    #[serde(alias = "dead")]
    Dead,
}

impl EndedOrNot {
    fn name(self) -> &'static str {
        match self {
            EndedOrNot::Waiting => "WAITING",
            EndedOrNot::Done => "DONE",
            EndedOrNot::Dead => "DEAD",
        }
    }
}

/// Jobs within reach, for administrators, the newest first: those that failed for good unless others are asked for.
#[utoipa::path(tag = "jobs", params(JobsQuery), responses((status = 200, body = Page<JobOut>), (status = 401, response = Unauthorized),
    (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 422, response = Invalid), (status = "default", response = AnyProblem)))]
#[get("/jobs")]
pub async fn list_jobs(
    actor: Actor,
    Query(query): Query<JobsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let JobsQuery { chapter, state, limit, cursor } = query;
    let (limit, state) = (rows_a_page(limit)?, state.unwrap_or(EndedOrNot::Dead).name());
    let filter = (chapter.clone(), state);
    let before = Cursor::<Uuid>::decode(cursor.as_deref(), &filter)?.map(|cursor| cursor.last);
    let now = clock.now();
    let page = db
        .read(move |conn| -> Result<Page<JobOut>, Problem> {
            let here = tree::place(conn, &chapter)?.ok_or_else(Problem::not_found)?;
            let granted = authz::require::<Appoint>(conn, now, actor, here.id)?;
            let rows = store::list(conn, &granted, state, before, limit + 1)?;
            let page = Page::of(shown(conn, now, rows)?, limit, &filter, |job| job.id, |job| job);
            Ok(page)
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// How far a job is: for whoever asked for it and whoever may read its chapter.
#[utoipa::path(tag = "jobs", responses((status = 200, body = JobOut), (status = 401, response = Unauthorized), (status = 403, response = Forbidden),
    (status = 404, response = NotFound), (status = "default", response = AnyProblem)))]
#[get("/jobs/{id}")]
pub async fn show_job(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let (id, now) = (id.into_inner(), clock.now());
    let out = db
        .read(move |conn| -> Result<JobOut, Problem> {
            authz::authenticate(conn, now, actor)?;
            let row = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
            match (row.account_id, row.chapter_id) {
                (Some(account), _) if account == actor.account => {}
                (_, Some(chapter)) => drop(authz::require::<Read>(conn, now, actor, ChapterId(chapter))?),
                (_, None) => drop(of_house(conn, now, actor)?),
            }
            shown(conn, now, vec![row])?.pop().ok_or_else(Problem::not_found)
        })
        .await?;
    Ok(HttpResponse::Ok().json(out))
}

/// What belongs to no chapter is a matter of the central chapter's administrators; to all others it does not exist.
fn of_house(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor) -> Result<Granted<Appoint>, Problem> {
    let centre = tree::centre(conn)?;
    authz::require::<Appoint>(conn, now, actor, centre)
}

/// Begin a job again that failed for good, once its reason is gone.
#[utoipa::path(tag = "jobs", responses((status = 200, body = JobOut), (status = 401, response = Unauthorized), (status = 403, response = Forbidden),
    (status = 404, response = NotFound), (status = 409, response = Conflict), (status = "default", response = AnyProblem)))]
#[post("/jobs/{id}/retry")]
pub async fn retry_job(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let (out, mut answer) = once
        .run("retry_job", id.to_string(), move |conn, turn| {
            let row = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
            let granted = match row.chapter_id {
                Some(chapter) => authz::require::<Appoint>(conn, turn.now, turn.actor, ChapterId(chapter))?,
                None => of_house(conn, turn.now, turn.actor)?,
            };
            if store::revive(conn, &granted, turn.now, id)? {
                let (account, chapter) = (Some(granted.account()), Some(granted.chapter().0));
                authz::audit(conn, turn.now, &[AuditEvent { account, action: "JOB_RETRIED", subject: Some(id), chapter }])?;
            } else if row.state == "DONE" {
                return Err(Problem::say(
                    Kind::Conflict,
                    "Việc này đã xong, không cần làm lại.",
                    "This job is done: there is nothing to begin again.",
                ));
            }
            one(conn, turn.now, id)
        })
        .await?;
    Ok(answer.json(out))
}
