//! `/api/v1/donors`: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::enter;
use super::look::{self, At};
use super::model::{DonationId, DonorId};
use super::out::{DonorFound, DonorOut};
use super::show;
use super::store;
use super::wire::{DonationIn, DonorIn, DonorPatch, RedemptionIn};
use super::{fault::Fault, redeem};
use crate::authz::{Desk, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Key, Records, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};
use crate::parties::question::Question;
use crate::persons;
use crate::persons::find::{MOST_FOUND, Wanted};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(enter_donor)
        .service(list_donors)
        .service(show_donor)
        .service(change_donor)
        .service(enter_donation)
        .service(withdraw_donation)
        .service(redeem_blood);
}

/// Which donors to list, or whom to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DonorsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Words of the name, in any order, with or without marks, all of them in it; or the last digits of the telephone number, at
    /// least four; or both. Absent: all donors of the chapter.
    #[param(example = "lan nguyen 5678", min_length = 2, max_length = 100)]
    q: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// By which rules to say what is next.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DonorQuery {
    /// The day whose rules are asked; today unless given. What was decided on a day is explained by the rules of that day.
    #[param(example = "2026-06-14")]
    on: Option<NaiveDate>,
}

/// Enter a donor of a chapter: a person it has written down, or somebody new.
#[utoipa::path(
    tag = "donors", request_body = DonorIn,
    responses((status = 201, body = DonorOut), (status = 200, body = DonorOut, description = "Was entered already"), Writes)
)]
#[post("/donors")]
pub async fn enter_donor(desk: Desk, Body(body): Body<DonorIn>) -> Answer<DonorOut> {
    let whom = body.check(desk.today()).map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = enter::enter(v, &body, &whom)?;
        Ok((shown(v, DonorId(body.id))?, new))
    };
    let ((donor, version), new) = desk.tx(work).await?;
    Ok(Reply::made((donor, new)).with(version_tag(version)))
}

fn shown(v: &mut Visit<'_>, id: DonorId) -> Result<(DonorOut, i32), Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    Ok(show::out(v, row, None)?)
}

/// The donors of a chapter, or those of them who fit `q`.
///
/// All of them in the order in which they were entered; who fits, in the order of a Vietnamese list (by given name). Every page is noted
/// in the audit trail, without the name that was asked for; an account has 120 looks an hour, as for persons. More than 500 are not listed:
/// say more.
#[utoipa::path(tag = "donors", params(DonorsQuery), responses((status = 200, body = Page<DonorFound>), Records))]
#[get("/donors")]
pub async fn list_donors(desk: Desk, Query(query): Query<DonorsQuery>) -> Answer<Page<DonorFound>> {
    if let Some(asked) = &query.q {
        let question = Question::parse(asked)?;
        return search(desk, query, question).await;
    }
    let paging = Paging::<_, At>::of(query.chapter, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let rows = look::list(v, &paging.filter, &paging.span::<DonorFound>()?)?;
        paging.page(rows, |row| (row.recorded_at, row.id), |rows| Ok(show::found(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

async fn search(desk: Desk, query: DonorsQuery, question: Question) -> Answer<Page<DonorFound>> {
    let wanted = Wanted { question, chapter: query.chapter };
    let paging = Paging::of(wanted.filter(desk.vault()), query.limit, query.cursor.as_deref())?;
    let search = move |v: &mut Visit<'_>| {
        let span = paging.span::<DonorFound>()?;
        // Too many are a look as well, and noted.
        let Some(rows) = look::search(v, &wanted, &span)? else { return Ok(None) };
        let key = |row: &(usize, Uuid, DonorFound)| (row.0 + 1, row.1);
        paging.page(rows, key, |rows| Ok::<_, Problem>(rows.into_iter().map(|row| row.2).collect())).map(Some)
    };
    let found: Option<Page<DonorFound>> = desk.tx(search).await?;
    let too_many = Fault::Person(persons::Fault::TooManyFound { most: MOST_FOUND });
    found.map(Reply::ok).ok_or_else(|| too_many.into())
}

/// One donor: history, certificates, and from which day on they may give what. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "donors", params(("id" = Uuid, Path, description = "The donor"), DonorQuery), responses((status = 200, body = DonorOut), Records)
)]
#[get("/donors/{id}")]
pub async fn show_donor(desk: Desk, id: web::Path<Uuid>, Query(query): Query<DonorQuery>) -> Answer<DonorOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let (donor, version) = desk.tx(move |v| Ok(show::donor(v, DonorId(*id), query.on)?)).await??;
    Ok(Reply::ok(donor).with(version_tag(version)))
}

/// Change what a donor says: whether they may be called, and whether they still give. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "donors",
    params(("id" = Uuid, Path, description = "The donor"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = DonorPatch, responses((status = 200, body = DonorOut), Writes)
)]
#[patch("/donors/{id}")]
pub async fn change_donor(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<DonorPatch>,
) -> Answer<DonorOut> {
    let (expected, id) = (if_match(&request)?, DonorId(*id));
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        enter::change(v, id, &expected, &body)?;
        shown(v, id)
    };
    let (donor, version) = desk.tx(work).await?;
    Ok(Reply::ok(donor).with(version_tag(version)))
}

/// Write down what a donor gave elsewhere, with its certificate where an officer has seen it.
#[utoipa::path(
    tag = "donors", params(("id" = Uuid, Path, description = "The donor")), request_body = DonationIn,
    responses((status = 201, body = DonorOut), (status = 200, body = DonorOut, description = "Was written down already"), Writes)
)]
#[post("/donors/{id}/donations")]
pub async fn enter_donation(desk: Desk, id: web::Path<Uuid>, Body(body): Body<DonationIn>) -> Answer<DonorOut> {
    let (of, id) = (body.check(desk.today()).map_err(Problem::invalid)?, DonorId(*id));
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = enter::add(v, id, &body, &of)?;
        Ok((shown(v, id)?, new))
    };
    let ((donor, version), new) = desk.tx(work).await?;
    Ok(Reply::made((donor, new)).with(version_tag(version)))
}

/// A donation that was entered by mistake does not stand any more, nor its certificate.
#[utoipa::path(
    tag = "donors",
    params(
        ("id" = Uuid, Path, description = "The donor"),
        ("donation" = Uuid, Path, description = "The donation"),
        Key
    ),
    responses((status = 200, body = DonorOut), Writes)
)]
#[post("/donors/{id}/donations/{donation}/withdrawal")]
pub async fn withdraw_donation(desk: Desk, path: web::Path<(Uuid, Uuid)>) -> Answer<DonorOut> {
    let (id, donation) = path.into_inner();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        enter::withdraw(v, DonorId(id), DonationId(donation))?;
        shown(v, DonorId(id))
    };
    let ((donor, version), reply) = desk.once("donation/withdrawal", format!("{id}\0{donation}"), work).await?.split();
    Ok(reply.map(|()| donor).with(version_tag(version)))
}

/// Write blood off a certificate that its donor was given back.
#[utoipa::path(
    tag = "donors", params(("id" = Uuid, Path, description = "The donor")), request_body = RedemptionIn,
    responses((status = 201, body = DonorOut), (status = 200, body = DonorOut, description = "Was written off already"), Writes)
)]
#[post("/donors/{id}/redemptions")]
pub async fn redeem_blood(desk: Desk, id: web::Path<Uuid>, Body(body): Body<RedemptionIn>) -> Answer<DonorOut> {
    let (facility, id) = (body.check(desk.today()).map_err(Problem::invalid)?, DonorId(*id));
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = redeem::enter(v, id, &body, facility.as_ref())?;
        Ok((shown(v, id)?, new))
    };
    let ((donor, version), new) = desk.tx(work).await?;
    Ok(Reply::made((donor, new)).with(version_tag(version)))
}
