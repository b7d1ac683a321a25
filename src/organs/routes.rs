//! `/api/v1/organ-registrations`: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::fault::Fault;
use super::model::OrganState;
use super::out::{OrganCopyOut, OrganCount, OrganCounts, OrganRegistrationFound, OrganRegistrationOut, OrganTextOut};
use super::store;
use super::wire::{OrganRegistrationIn, OrganRegistrationPatch, OrganStepIn};
use super::{find, record, show, steps, texts};
use crate::authz::{Desk, Read, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Decides, Own, Reads, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};
use crate::parties::question::Question;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(record_organ_registration)
        .service(list_organ_registrations)
        // Before one registration, whose id they would be taken for.
        .service(count_organ_registrations)
        .service(list_organ_texts)
        .service(show_organ_registration)
        .service(change_organ_registration)
        .service(copy_organ_registration)
        .service(enter_organ_step);
}

/// Which registrations to list, or which to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganRegistrationsQuery {
    /// Code of the chapter.
    #[param(example = "68")]
    chapter: String,
    /// Words of the name, with or without marks, all of them in it; or the last digits of the number, at least four; or both.
    #[param(example = "thi bay", min_length = 2, max_length = 100)]
    q: Option<String>,
    /// Only those that stand so; not together with `q`.
    state: Option<OrganState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Of which chapter to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganCountsQuery {
    /// Code of the chapter; all that stands below it counts as well.
    #[param(example = "68")]
    chapter: String,
}

/// Write down that somebody would like to give organs, tissue or their body after death, and what they agreed to.
///
/// This is no registration yet: the national coordinating centre registers and gives the card.
#[utoipa::path(
    tag = "organ-registrations", request_body = OrganRegistrationIn,
    responses(
        (status = 201, body = OrganRegistrationOut),
        (status = 200, body = OrganRegistrationOut, description = "Was written down already"),
        Writes
    )
)]
#[post("/organ-registrations")]
pub async fn record_organ_registration(desk: Desk, Body(body): Body<OrganRegistrationIn>) -> Answer<OrganRegistrationOut> {
    let written = body.check(desk.today()).map_err(Problem::invalid)?;
    let (made, version, new) = desk.tx(move |v| Ok(record::record(v, &body, &written)?)).await?;
    Ok(Reply::made((made, new)).with(version_tag(version)))
}

/// The registrations of a chapter, in the order in which they were written down, or those of them that `q` fits.
///
/// Every page is noted in the audit trail, without the name that was asked for; an account has 120 looks with `q` an hour, counted with
/// those for persons. More than 200 are not found: say more.
#[utoipa::path(
    tag = "organ-registrations", params(OrganRegistrationsQuery),
    responses((status = 200, body = Page<OrganRegistrationFound>), Records)
)]
#[get("/organ-registrations")]
pub async fn list_organ_registrations(
    desk: Desk,
    Query(query): Query<OrganRegistrationsQuery>,
) -> Answer<Page<OrganRegistrationFound>> {
    let question = query.q.as_deref().map(Question::parse).transpose()?;
    if question.is_some() && query.state.is_some() {
        return Err(together());
    }
    // What a cursor belongs to: nothing that a name could be guessed from.
    let asked = question.as_ref().map(|question| question.hashes(desk.vault(), &query.chapter));
    let filter = (query.chapter.clone(), query.state.map(OrganState::name), asked);
    let paging = Paging::<_, find::At>::of(filter, query.limit, query.cursor.as_deref())?;
    let work = move |v: &mut Visit<'_>| -> Result<Option<_>, Problem> {
        let span = paging.span::<OrganRegistrationFound>()?;
        let rows = match &question {
            Some(question) => find::search(v, &query.chapter, question, &span)?,
            None => Some(find::list(v, &query.chapter, query.state, &span)?),
        };
        // Too many are a look as well, and noted.
        let Some(rows) = rows else { return Ok(None) };
        paging.page(rows, |row| (row.recorded_at, row.id), |rows| Ok(show::listed(v, rows)?)).map(Some)
    };
    let found: Option<Page<OrganRegistrationFound>> = desk.tx(work).await?;
    let too_many = Fault::TooManyFound { most: find::MOST_FOUND };
    found.map(Reply::ok).ok_or_else(|| too_many.into())
}

fn together() -> Problem {
    Problem::field(
        "q",
        "NOT_TOGETHER",
        "Tìm theo tên thì không lọc theo tình trạng cùng lúc.",
        "A search by name is not filtered by state at once.",
    )
}

/// How many registrations a chapter has, with all below it, by how they stand: numbers for whoever oversees it, and nobody's name.
#[utoipa::path(tag = "organ-registrations", params(OrganCountsQuery), responses((status = 200, body = OrganCounts), Reads))]
#[get("/organ-registrations/counts")]
pub async fn count_organ_registrations(desk: Desk, Query(query): Query<OrganCountsQuery>) -> Answer<OrganCounts> {
    let work = move |v: &mut Visit<'_>| -> Result<OrganCounts, Problem> {
        let (here, place) = v.see_code::<Read>(&query.chapter)?;
        let counted = store::counts(v.conn, &here)?;
        let of = |state: OrganState| {
            let registrations = counted.iter().find(|(name, _)| name == state.name()).map_or(0, |(_, count)| *count);
            OrganCount { state, registrations }
        };
        Ok(OrganCounts { chapter: place.code, counts: OrganState::ALL.into_iter().map(of).collect() })
    };
    desk.read(work).await.map(Reply::ok)
}

/// The texts that somebody agrees to who would like to give.
#[utoipa::path(tag = "organ-registrations", responses((status = 200, body = Vec<OrganTextOut>), Own))]
#[get("/organ-registrations/texts")]
pub async fn list_organ_texts(desk: Desk) -> Answer<Vec<OrganTextOut>> {
    desk.read(|v| Ok(texts::all(v.conn)?)).await.map(Reply::ok)
}

/// One registration. Each reading is noted in the audit trail, and so is each that is refused.
#[utoipa::path(
    tag = "organ-registrations", params(("id" = Uuid, Path, description = "The registration")),
    responses((status = 200, body = OrganRegistrationOut), Acts)
)]
#[get("/organ-registrations/{id}")]
pub async fn show_organ_registration(desk: Desk, id: web::Path<Uuid>) -> Answer<OrganRegistrationOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let (shown, version) = desk.tx(move |v| Ok(record::show(v, *id)?)).await??;
    Ok(Reply::ok(shown).with(version_tag(version)))
}

/// Change what is written of somebody. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "organ-registrations",
    params(
        ("id" = Uuid, Path, description = "The registration"),
        ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")
    ),
    request_body = OrganRegistrationPatch, responses((status = 200, body = OrganRegistrationOut), Writes)
)]
#[patch("/organ-registrations/{id}")]
pub async fn change_organ_registration(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<OrganRegistrationPatch>,
) -> Answer<OrganRegistrationOut> {
    let expected = if_match(&request)?;
    let (shown, version) = desk.tx(move |v| Ok(record::change(v, *id, &expected, &body)?)).await?;
    Ok(Reply::ok(shown).with(version_tag(version)))
}

/// Everything that is kept of somebody, with why, by which right and how long: the copy that they may ask for.
///
/// It is given to them and to nobody else; each copy is noted.
#[utoipa::path(
    tag = "organ-registrations", params(("id" = Uuid, Path, description = "The registration")),
    responses((status = 200, body = OrganCopyOut), Decides)
)]
#[get("/organ-registrations/{id}/copy")]
pub async fn copy_organ_registration(desk: Desk, id: web::Path<Uuid>) -> Answer<OrganCopyOut> {
    let copy = desk.tx(move |v| Ok(record::copy(v, *id)?)).await??;
    Ok(Reply::ok(copy))
}

/// Enter what was done: handed to the coordinating centre, its card, that the person withdrew, that the centre was told.
///
/// Who withdraws gives no reason. When the centre does not know them, or was told, nothing of them is kept.
#[utoipa::path(
    tag = "organ-registrations", params(("id" = Uuid, Path, description = "The registration")), request_body = OrganStepIn,
    responses(
        (status = 201, body = OrganRegistrationOut),
        (status = 200, body = OrganRegistrationOut, description = "Was entered already"),
        Writes
    )
)]
#[post("/organ-registrations/{id}/steps")]
pub async fn enter_organ_step(desk: Desk, id: web::Path<Uuid>, Body(body): Body<OrganStepIn>) -> Answer<OrganRegistrationOut> {
    let card = body.check(desk.today()).map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = steps::enter(v, *id, &body, card.as_deref())?;
        let row = store::find(v.conn, *id)?.ok_or_else(Problem::not_found)?;
        let version = row.version;
        Ok((show::out(v, row)?, version, new))
    };
    let (shown, version, new) = desk.tx(work).await?;
    Ok(Reply::made((shown, new)).with(version_tag(version)))
}
