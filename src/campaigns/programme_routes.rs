//! `/api/v1/programmes`: what was agreed with partners, and what came of it.

use actix_web::{HttpRequest, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::ProgrammeOut;
use super::wire::{ProgrammeIn, ProgrammePatch, ProgrammeTaskIn, TaskResultIn};
use super::{programmes, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(enter_programme)
        .service(list_programmes)
        .service(show_programme)
        .service(change_programme)
        .service(add_programme_task)
        .service(finish_programme_task);
}

fn tagged(reply: Reply<ProgrammeOut>) -> Reply<ProgrammeOut> {
    let (out, rest) = reply.split();
    let tag = version_tag(out.version);
    rest.map(|()| out).with(tag)
}

/// Enter a programme agreed with partners, with its tasks. Sent again, it is entered once.
#[utoipa::path(
    tag = "campaigns", request_body = ProgrammeIn,
    responses((status = 201, body = ProgrammeOut), (status = 200, body = ProgrammeOut, description = "Was entered already"), Writes)
)]
#[post("/programmes")]
pub async fn enter_programme(desk: Desk, Body(body): Body<ProgrammeIn>) -> Answer<ProgrammeOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = programmes::enter(v, &new)?;
        Ok((programmes::show(v, new.id)?, made))
    };
    desk.tx(enter).await.map(Reply::made).map(tagged)
}

/// A chapter's programmes, the oldest first.
#[utoipa::path(tag = "campaigns", params(OfChapter), responses((status = 200, body = Page<ProgrammeOut>), Lists))]
#[get("/programmes")]
pub async fn list_programmes(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<ProgrammeOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::programmes(v.conn, here, &span)?),
        |row| (row.made_at, row.id),
        |v, rows| Ok(programmes::shown(v, rows)?),
    )
    .await
}

/// One programme with its tasks.
#[utoipa::path(
    tag = "campaigns", params(("id" = Uuid, Path, description = "The programme")),
    responses((status = 200, body = ProgrammeOut), Reads)
)]
#[get("/programmes/{id}")]
pub async fn show_programme(desk: Desk, id: web::Path<Uuid>) -> Answer<ProgrammeOut> {
    desk.read(move |v| Ok(programmes::show(v, *id)?)).await.map(Reply::ok).map(tagged)
}

/// Change a programme, or write what came of it. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "The programme"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = ProgrammePatch, responses((status = 200, body = ProgrammeOut), Writes)
)]
#[patch("/programmes/{id}")]
pub async fn change_programme(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<ProgrammePatch>,
) -> Answer<ProgrammeOut> {
    let expected = if_match(&request)?;
    let change = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        programmes::change(v, *id, &expected, body)?;
        Ok(programmes::show(v, *id)?)
    };
    desk.tx(change).await.map(Reply::ok).map(tagged)
}

/// Add a task to a programme. Sent again, it is added once.
#[utoipa::path(
    tag = "campaigns", params(("id" = Uuid, Path, description = "The programme")), request_body = ProgrammeTaskIn,
    responses((status = 201, body = ProgrammeOut), (status = 200, body = ProgrammeOut, description = "Was added already"), Writes)
)]
#[post("/programmes/{id}/tasks")]
pub async fn add_programme_task(desk: Desk, id: web::Path<Uuid>, Body(body): Body<ProgrammeTaskIn>) -> Answer<ProgrammeOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let add = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = programmes::add_task(v, *id, &new)?;
        Ok((programmes::show(v, *id)?, made))
    };
    desk.tx(add).await.map(Reply::made).map(tagged)
}

/// Write what came of a task, once.
#[utoipa::path(
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "The programme"), ("task" = Uuid, Path, description = "The task"), Key),
    request_body = TaskResultIn, responses((status = 200, body = ProgrammeOut), Writes)
)]
#[post("/programmes/{id}/tasks/{task}/result")]
pub async fn finish_programme_task(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    Body(body): Body<TaskResultIn>,
) -> Answer<ProgrammeOut> {
    let (id, task) = path.into_inner();
    let done = body.check(desk.today()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{task}\0{}\0{}", done.done_on, done.result);
    let finish = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        programmes::finish_task(v, id, task, &done)?;
        Ok(programmes::show(v, id)?)
    };
    desk.once("programme/task/result", content, finish).await.map(tagged)
}
