//! `/api/v1/jobs`: how far work behind the requests is, and what came to nothing.

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::store::{self, JobRow};
use crate::authz::{Appoint, Attempt, Desk, Granted, Read, Visit};
use crate::db::DbError;
use crate::http::sets::{Acts, Decides, Key, Records};
use crate::http::{Answer, Kind, Page, Paging, Problem, Query, Reply};
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
#[utoipa::path(tag = "jobs", params(JobsQuery), responses((status = 200, body = Page<JobOut>), Records))]
#[get("/jobs")]
pub async fn list_jobs(desk: Desk, Query(query): Query<JobsQuery>) -> Answer<Page<JobOut>> {
    let JobsQuery { chapter, state, limit, cursor } = query;
    let state = state.unwrap_or(EndedOrNot::Dead).name();
    desk.list(
        Paging::of((chapter, state), limit, cursor.as_deref())?,
        |v, (chapter, state), span| {
            let (here, _) = v.see_code::<Appoint>(chapter)?;
            Ok(store::list(v.conn, &here, state, span)?)
        },
        |row| row.id,
        |v, rows| Ok(shown(v.conn, v.now, rows)?),
    )
    .await
}

/// How far a job is: for whoever asked for it and whoever may read its chapter.
#[utoipa::path(tag = "jobs", params(("id" = Uuid, Path)), responses((status = 200, body = JobOut), Acts))]
#[get("/jobs/{id}")]
pub async fn show_job(desk: Desk, id: web::Path<Uuid>) -> Answer<JobOut> {
    desk.read(move |v| {
        let row = store::find(v.conn, *id)?.ok_or_else(Problem::not_found)?;
        match (row.account_id, row.chapter_id) {
            (Some(account), _) if account == v.account() => {}
            (_, Some(chapter)) => drop(v.see::<Read>(ChapterId(chapter))?),
            (_, None) => drop(of_house(v)?),
        }
        one(v, row)
    })
    .await
    .map(Reply::ok)
}

/// What belongs to no chapter is a matter of the central chapter's administrators; to others it does not exist.
fn of_house(v: &mut Visit<'_>) -> Result<Granted<Appoint>, Problem> {
    let centre = tree::centre(v.conn)?;
    Ok(v.at::<Appoint>(centre)?)
}

fn one(v: &mut Visit<'_>, row: JobRow) -> Result<JobOut, Problem> {
    shown(v.conn, v.now, vec![row])?.pop().ok_or_else(Problem::not_found)
}

/// Begin a job again that failed for good, once its reason is gone.
#[utoipa::path(tag = "jobs", params(("id" = Uuid, Path), Key), responses((status = 200, body = JobOut), Decides))]
#[post("/jobs/{id}/retry")]
pub async fn retry_job(desk: Desk, id: web::Path<Uuid>) -> Answer<JobOut> {
    desk.once("job/retry", id.to_string(), move |v| retry(v, *id)).await
}

fn retry(v: &mut Visit<'_>, id: Uuid) -> Result<JobOut, Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let granted = match row.chapter_id {
        Some(chapter) => v.at::<Appoint>(ChapterId(chapter))?,
        None => of_house(v)?,
    };
    if store::revive(v.conn, &granted, v.now, id)? {
        v.note(&granted, "JOB_RETRIED", id)?;
    } else if row.state == "DONE" && v.attempt() == Attempt::First {
        return Err(Problem::say(
            Kind::Conflict,
            "Việc này đã xong, không cần làm lại.",
            "This job is done: there is nothing to begin again.",
        ));
    }
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    one(v, row)
}
