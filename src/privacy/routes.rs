//! `/api/v1/personal-data-requests` and `/api/v1/parties/{id}/personal-data`.

use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::access::{self, PersonalDataOut};
use super::model::{ExtensionReason, NewRequest, Refusal, RequestIn};
use super::reading::{self, RequestDetail};
use super::requests::{self, RequestOut};
use super::store::Listed;
use super::{deadline_changes, execute};
use crate::authz::Actor;
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::answers::{AnyProblem, Conflict, Forbidden, Invalid, NotFound, Unauthorized};
use crate::http::cache::PublicCache;
use crate::http::{Body, Cursor, Page, Problem, Query, rows_a_page};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_personal_data)
        .service(list_personal_data_requests)
        .service(show_personal_data_request)
        .service(answer_personal_data_request)
        .service(extend_personal_data_request)
        .service(approve_personal_data_request)
        .service(refuse_personal_data_request)
        .service(complete_personal_data_request)
        .service(show_personal_data)
        .service(deadline_changes::list_deadline_changes);
}

/// Steps a request may take inside one call, beyond the first; whatever is left is finished in the background.
const STEPS_A_CALL: usize = 4;

/// Goes on with a large request for a while and reads where it stands.
async fn go_on(
    db: &Db,
    vault: &web::Data<Vault>,
    clock: &web::Data<Clock>,
    cache: &PublicCache,
    out: RequestOut,
) -> Result<RequestOut, Problem> {
    // Public pages say from now on what the request made of them.
    cache.forget_all();
    if out.state != "EXECUTING" {
        return Ok(out);
    }
    let (vault, clock, id) = (vault.clone(), clock.clone(), out.id);
    let out = db
        .blocking(move |db| -> Result<RequestOut, Problem> {
            // What was decided stands: a failure from here on is the background's to repeat.
            if let Err(problem) = execute::go_on(db, &vault, &clock, id, STEPS_A_CALL) {
                tracing::warn!(request = %id, %problem, "left to the background");
            }
            db.tx_blocking(|conn| {
                let row = super::store::find(conn, id)?.ok_or_else(Problem::not_found)?;
                Ok(requests::out(conn, clock.now(), row)?)
            })
        })
        .await?;
    cache.forget_all();
    Ok(out)
}

/// Write down what a person asks about their data. What shows less is done at once; the rest waits for a second person.
#[utoipa::path(tag = "personal-data", request_body = RequestIn, responses((status = 201, body = RequestOut), (status = 200, body = RequestOut, description = "Was asked already"),
    (status = 401, response = Unauthorized), (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 409, response = Conflict),
    (status = 422, response = Invalid), (status = "default", response = AnyProblem)))]
#[post("/personal-data-requests")]
pub async fn request_personal_data(
    actor: Actor,
    Body(ask): Body<RequestIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    cache: web::Data<PublicCache>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let ask = NewRequest::parse(ask, now).map_err(Problem::invalid)?;
    let keys = vault.clone();
    let (out, new) = db.tx(move |conn| requests::record(conn, &keys, now, actor, &ask)).await?;
    let out = go_on(&db, &vault, &clock, &cache, out).await?;
    Ok(if new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(out))
}

/// Whether requests are still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Openness {
    #[serde(alias = "open")]
    Open,
    #[serde(alias = "closed")]
    Closed,
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequestsQuery {
    /// Code of a chapter: requests that concern it or a chapter below it.
    #[param(example = "68")]
    chapter: String,
    /// `OPEN` unless given; small letters do too.
    #[param(inline)]
    state: Option<Openness>,
    /// Only those whose next day has passed.
    overdue: Option<bool>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Requests within reach, the most urgent first.
#[utoipa::path(tag = "personal-data", params(RequestsQuery), responses((status = 200, body = Page<RequestOut>), (status = 401, response = Unauthorized),
    (status = 404, response = NotFound), (status = 422, response = Invalid), (status = "default", response = AnyProblem)))]
#[get("/personal-data-requests")]
pub async fn list_personal_data_requests(
    actor: Actor,
    Query(query): Query<RequestsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let RequestsQuery { chapter, state, overdue, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let (open, overdue) = (state != Some(Openness::Closed), overdue.unwrap_or(false));
    let filter = (chapter.clone(), open, overdue);
    let after = Cursor::<(NaiveDate, Uuid)>::decode(cursor.as_deref(), &filter)?.map(|c| c.last);
    let now = clock.now();
    let page = db
        .read(move |conn| -> Result<Page<RequestOut>, Problem> {
            let due_before = overdue.then(|| vietnam_date(now));
            let of = |chapter| Listed { chapter, open, due_before, after };
            let rows = reading::list(conn, now, actor, &chapter, of, limit + 1)?;
            Ok(Page::of(rows, limit, &filter, |row| (row.next_due, row.id), |row| row))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// One request with its note. Reading it is noted in the audit trail.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path)), responses((status = 200, body = RequestDetail), (status = 401, response = Unauthorized),
    (status = 404, response = NotFound), (status = "default", response = AnyProblem)))]
#[get("/personal-data-requests/{id}")]
pub async fn show_personal_data_request(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    Ok(HttpResponse::Ok().json(db.tx(move |conn| reading::show(conn, &vault, now, actor, id.into_inner())).await?))
}

/// Note that the person was answered.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path)), responses((status = 200, body = RequestOut), (status = 401, response = Unauthorized),
    (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 409, response = Conflict), (status = "default", response = AnyProblem)))]
#[post("/personal-data-requests/{id}/answer")]
pub async fn answer_personal_data_request(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    Ok(HttpResponse::Ok().json(db.tx(move |conn| requests::answer(conn, now, actor, id.into_inner())).await?))
}

/// Why and by how many days it takes longer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionIn {
    /// Calendar days, at most what the rule in force allows.
    #[schema(minimum = 1, maximum = 20)]
    days: u16,
    reason: ExtensionReason,
}

/// Extend the time to carry a request out, once.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path)), request_body = ExtensionIn, responses((status = 200, body = RequestOut), (status = 401, response = Unauthorized),
    (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 409, response = Conflict), (status = 422, response = Invalid),
    (status = "default", response = AnyProblem)))]
#[post("/personal-data-requests/{id}/extension")]
pub async fn extend_personal_data_request(
    actor: Actor,
    id: web::Path<Uuid>,
    Body(body): Body<ExtensionIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let out = db.tx(move |conn| requests::extend(conn, now, actor, id.into_inner(), body.days, body.reason)).await?;
    Ok(HttpResponse::Ok().json(out))
}

/// Approve as the second person: the data are erased or corrected now.
///
/// A person with thousands of gifts is answered `EXECUTING`; the rest follows by itself.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path)), responses((status = 200, body = RequestOut), (status = 401, response = Unauthorized),
    (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 409, response = Conflict), (status = "default", response = AnyProblem)))]
#[post("/personal-data-requests/{id}/approval")]
pub async fn approve_personal_data_request(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
    cache: web::Data<PublicCache>,
) -> Result<HttpResponse, Problem> {
    let (now, id, keys) = (clock.now(), id.into_inner(), vault.clone());
    let out = db.tx(move |conn| requests::decide(conn, &keys, now, actor, id, None)).await?;
    Ok(HttpResponse::Ok().json(go_on(&db, &vault, &clock, &cache, out).await?))
}

/// Why a request is refused; the person is told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusalIn {
    reason: Refusal,
}

/// Refuse as the second person, with a reason.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path)), request_body = RefusalIn, responses((status = 200, body = RequestOut), (status = 401, response = Unauthorized),
    (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 409, response = Conflict), (status = 422, response = Invalid),
    (status = "default", response = AnyProblem)))]
#[post("/personal-data-requests/{id}/refusal")]
pub async fn refuse_personal_data_request(
    actor: Actor,
    id: web::Path<Uuid>,
    Body(body): Body<RefusalIn>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    let out = db.tx(move |conn| requests::decide(conn, &vault, now, actor, id.into_inner(), Some(body.reason))).await?;
    Ok(HttpResponse::Ok().json(out))
}

/// Note that the copy was handed over, or which measures were taken: ends a request for access or for protection.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path)), responses((status = 200, body = RequestOut), (status = 401, response = Unauthorized),
    (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 409, response = Conflict), (status = "default", response = AnyProblem)))]
#[post("/personal-data-requests/{id}/completion")]
pub async fn complete_personal_data_request(
    actor: Actor,
    id: web::Path<Uuid>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let now = clock.now();
    Ok(HttpResponse::Ok().json(db.tx(move |conn| requests::complete(conn, now, actor, id.into_inner())).await?))
}

/// Which gifts of a party.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PersonalDataQuery {
    /// Gifts a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the answer before.
    after: Option<Uuid>,
}

/// A copy of what is kept about a party, as far as the reader's chapters reach. Reading it is noted in the audit trail.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path, description = "The party, `giver.id` of a gift"), PersonalDataQuery), responses((status = 200, body = PersonalDataOut),
    (status = 401, response = Unauthorized), (status = 404, response = NotFound), (status = 422, response = Invalid), (status = "default", response = AnyProblem)))]
#[get("/parties/{id}/personal-data")]
pub async fn show_personal_data(
    actor: Actor,
    id: web::Path<Uuid>,
    Query(query): Query<PersonalDataQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let PersonalDataQuery { limit, after } = query;
    let (limit, id, now) = (rows_a_page(limit)?, id.into_inner(), clock.now());
    let out = db
        .tx(move |conn| -> Result<PersonalDataOut, Problem> {
            let mut out = access::personal_data(conn, &vault, now, actor, id, after, limit + 1)?;
            let fits = usize::try_from(limit).unwrap_or(0);
            if out.gifts.len() > fits {
                out.gifts.truncate(fits);
                out.next = out.gifts.last().map(|data| data.gift.id);
            }
            let shown: Vec<Uuid> = out.gifts.iter().map(|gift| gift.gift.id).collect();
            out.consents.retain(|consent| shown.contains(&consent.gift_id));
            out.held.retain(|held| held.gift.is_none_or(|gift| shown.contains(&gift)));
            Ok(out)
        })
        .await?;
    Ok(HttpResponse::Ok().json(out))
}
