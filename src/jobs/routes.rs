//! `/api/v1/jobs`: how far work behind the requests is, and what came to nothing.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::shown::{self, JobOut, shown};
use super::store;
use crate::authz::{Appoint, Attempt, Desk, Granted, Read, Visit};
use crate::http::sets::{Acts, Decides, Key, Records};
use crate::http::{Answer, Kind, Page, Paging, Problem, Query, Reply};
use crate::tree::{self, ChapterId};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_jobs).service(show_job).service(retry_job);
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
        shown::one(v, row)
    })
    .await
    .map(Reply::ok)
}

/// What belongs to no chapter is a matter of the central chapter's administrators; to others it does not exist.
fn of_house(v: &mut Visit<'_>) -> Result<Granted<Appoint>, Problem> {
    let centre = tree::centre(v.conn)?;
    Ok(v.at::<Appoint>(centre)?)
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
    shown::one(v, row)
}
