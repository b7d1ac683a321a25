//! `/api/v1/persons`: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::fault::Fault;
use super::find::{self, Wanted};
use super::found::PersonFound;
use super::model::PersonId;
use super::wire::{DoubleOut, PersonIn, PersonOut, PersonPatch};
use super::{doubles, record};
use crate::authz::{Desk, Visit};
use crate::house::Rooms;
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};
use crate::parties::question::Question;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(record_person).service(list_persons).service(show_person).service(change_person).service(list_person_doubles);
}

/// Which persons to list, or whom to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Words of the name, in any order, with or without marks, all of them in it; or the last digits of the telephone number, at
    /// least four; or both. Absent: all persons of the chapter.
    #[param(example = "lan nguyen 5678", min_length = 2, max_length = 100)]
    q: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Write down a person, whatever they are at the chapter: only the name is required.
///
/// Somebody of the same name (with its marks) and number is the same person and written down once. Who else may be the same
/// comes back as `doubles`: nothing is joined by itself.
#[utoipa::path(
    tag = "persons", request_body = PersonIn,
    responses((status = 201, body = PersonOut), (status = 200, body = PersonOut, description = "Was written down already"), Writes)
)]
#[post("/persons")]
pub async fn record_person(desk: Desk, Body(body): Body<PersonIn>) -> Answer<PersonOut> {
    let of = body.check(desk.today()).map_err(Problem::invalid)?;
    let (person, version, new) = desk.tx(move |v| Ok(record::record(v, &body, &of)?)).await?;
    Ok(Reply::made((person, new)).with(version_tag(version)))
}

/// The persons of a chapter, or those of them who fit `q`.
///
/// All of them in the order in which they were written down; who fits, in the order of a Vietnamese list (by given name). Every page is noted in the audit trail, without the name that was asked for; an account has 120 looks with `q` an hour. Persons whose
/// data may not be used are not found. More than 500 are not listed: say more.
#[utoipa::path(tag = "persons", params(PersonsQuery), responses((status = 200, body = Page<PersonFound>), Records))]
#[get("/persons")]
pub async fn list_persons(desk: Desk, Query(query): Query<PersonsQuery>) -> Answer<Page<PersonFound>> {
    match &query.q {
        None => list_all(desk, query).await,
        Some(asked) => {
            let question = Question::parse(asked)?;
            search(desk, query, question).await
        }
    }
}

async fn list_all(desk: Desk, query: PersonsQuery) -> Answer<Page<PersonFound>> {
    let paging = Paging::of(query.chapter, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<PersonFound>()?;
        let rows = find::list(v, &paging.filter, &span)?;
        paging.page(rows, |row| row.0, |rows| Ok::<_, Problem>(rows.into_iter().filter_map(|row| row.1).collect()))
    };
    desk.tx(list).await.map(Reply::ok)
}

async fn search(desk: Desk, query: PersonsQuery, question: Question) -> Answer<Page<PersonFound>> {
    let wanted = Wanted { question, chapter: query.chapter };
    let paging = Paging::of(wanted.filter(desk.vault()), query.limit, query.cursor.as_deref())?;
    let search = move |v: &mut Visit<'_>| {
        let span = paging.span::<PersonFound>()?;
        // Too many are a look as well, and noted.
        let Some(rows) = find::search(v, &wanted, &span)? else { return Ok(None) };
        let key = |row: &(usize, PersonFound)| (row.0 + 1, row.1.id.0);
        paging.page(rows, key, |rows| Ok::<_, Problem>(rows.into_iter().map(|row| row.1).collect())).map(Some)
    };
    let found: Option<Page<PersonFound>> = desk.tx(search).await?;
    let too_many = Fault::TooManyFound { most: find::MOST_FOUND };
    found.map(Reply::ok).ok_or_else(|| too_many.into())
}

/// One person. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "persons", params(("id" = Uuid, Path, description = "The person")), responses((status = 200, body = PersonOut), Acts)
)]
#[get("/persons/{id}")]
pub async fn show_person(desk: Desk, id: web::Path<Uuid>) -> Answer<PersonOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let (person, version) = desk.tx(move |v| Ok(record::show(v, PersonId(*id))?)).await??;
    Ok(Reply::ok(person).with(version_tag(version)))
}

/// Change what is written down of a person. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "persons",
    params(("id" = Uuid, Path, description = "The person"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = PersonPatch, responses((status = 200, body = PersonOut), Writes)
)]
#[patch("/persons/{id}")]
pub async fn change_person(
    request: HttpRequest,
    desk: Desk,
    rooms: web::Data<Rooms>,
    id: web::Path<Uuid>,
    Body(body): Body<PersonPatch>,
) -> Answer<PersonOut> {
    let expected = if_match(&request)?;
    let (person, version) = desk.tx(move |v| Ok(record::change(v, **rooms, PersonId(*id), &expected, body)?)).await?;
    Ok(Reply::ok(person).with(version_tag(version)))
}

/// Who at the chapter may be the same person, at most 20, the surest first. Noted in the audit trail.
#[utoipa::path(
    tag = "persons", params(("id" = Uuid, Path, description = "The person")),
    responses((status = 200, body = Vec<DoubleOut>), Acts)
)]
#[get("/persons/{id}/doubles")]
pub async fn list_person_doubles(desk: Desk, id: web::Path<Uuid>) -> Answer<Vec<DoubleOut>> {
    desk.tx(move |v| Ok(doubles::show(v, PersonId(*id))?)).await.map(Reply::ok)
}
