//! `/api/v1/personal-data-requests` and `/api/v1/parties/{id}/personal-data`.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::access::{self, PersonalDataOut};
use super::model::{ExtensionReason, NewRequest, Refusal, RequestIn};
use super::reading::{self, RequestDetail};
use super::store::{self, Listed, RequestRow};
use super::wire::{self, RequestOut};
use super::{deadline_changes, decide, execute, person_copy, requests};
use crate::authz::{Desk, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::house::Rooms;
use crate::http::sets::{Decides, Key, Lists, Reads, Writes};
use crate::http::{Answer, Body, Lang, Page, Paging, Problem, Query, Reply, rows_a_page};

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
        .service(person_copy::show_personal_data_of_person)
        .service(deadline_changes::list_deadline_changes);
}

/// Steps a request may take inside one call, beyond the first; whatever is left is finished in the background.
const STEPS_A_CALL: usize = 4;

/// Goes on with a large request for a while and reads where it stands.
async fn go_on(desk: &Desk, rooms: Rooms, lang: Lang, out: RequestOut) -> Result<RequestOut, Problem> {
    if out.state != "EXECUTING" {
        return Ok(out);
    }
    let id = out.id;
    desk.go_on(move |db, vault, clock| {
        // What was decided stands: a failure from here on is the background's to repeat.
        if let Err(fault) = execute::go_on(db, vault, clock, rooms, id, STEPS_A_CALL) {
            tracing::warn!(request = %id, %fault, "left to the background");
        }
        db.tx_blocking(|conn| -> Result<_, Problem> {
            let row = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
            Ok(wire::out(conn, clock.now(), lang, row)?)
        })
    })
    .await
}

/// A request as it goes out.
fn said(v: &mut Visit<'_>, lang: Lang, row: RequestRow) -> Result<RequestOut, Problem> {
    Ok(wire::out(v.conn, v.now, lang, row)?)
}

/// Write down what a person asks about their data. What shows less is done at once; the rest waits for a second person.
#[utoipa::path(
    tag = "personal-data", request_body = RequestIn,
    responses((status = 201, body = RequestOut), (status = 200, body = RequestOut, description = "Was asked already"), Writes)
)]
#[post("/personal-data-requests")]
pub async fn request_personal_data(
    desk: Desk,
    lang: Lang,
    Body(ask): Body<RequestIn>,
    rooms: web::Data<Rooms>,
) -> Answer<RequestOut> {
    let rooms = **rooms;
    let ask = NewRequest::parse(ask, desk.now()).map_err(Problem::invalid)?;
    let record = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (row, new) = requests::record(v, rooms, &ask)?;
        Ok((said(v, lang, row)?, new))
    };
    let (out, new) = desk.tx(record).await?;
    Ok(Reply::made((go_on(&desk, rooms, lang, out).await?, new)))
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
#[utoipa::path(tag = "personal-data", params(RequestsQuery), responses((status = 200, body = Page<RequestOut>), Lists))]
#[get("/personal-data-requests")]
pub async fn list_personal_data_requests(desk: Desk, lang: Lang, Query(query): Query<RequestsQuery>) -> Answer<Page<RequestOut>> {
    let RequestsQuery { chapter, state, overdue, limit, cursor } = query;
    let (open, overdue) = (state != Some(Openness::Closed), overdue.unwrap_or(false));
    let paging = Paging::of((chapter, open, overdue), limit, cursor.as_deref())?;
    desk.list(
        paging,
        |v, (chapter, open, overdue), span| {
            let (here, _) = v.see_code::<Read>(chapter)?;
            let due_before = overdue.then(|| vietnam_date(v.now));
            Ok(store::list(v.conn, &here, &Listed { open: *open, due_before, span })?)
        },
        |row| (row.next_due, row.id),
        move |v, rows| Ok(wire::shown(v.conn, v.now, lang, rows)?),
    )
    .await
}

/// One request with its note. Reading it is noted in the audit trail.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path)), responses((status = 200, body = RequestDetail), Reads))]
#[get("/personal-data-requests/{id}")]
pub async fn show_personal_data_request(desk: Desk, lang: Lang, id: web::Path<Uuid>) -> Answer<RequestDetail> {
    desk.tx(move |v| Ok(reading::show(v, lang, *id)?)).await.map(Reply::ok)
}

/// Note that the person was answered.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path), Key), responses((status = 200, body = RequestOut), Decides))]
#[post("/personal-data-requests/{id}/answer")]
pub async fn answer_personal_data_request(desk: Desk, lang: Lang, id: web::Path<Uuid>) -> Answer<RequestOut> {
    let id = id.into_inner();
    let answer = move |v: &mut Visit<'_>| {
        let row = requests::answer(v, id)?;
        said(v, lang, row)
    };
    desk.once("personal-data-request/answer", id.to_string(), answer).await
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
#[utoipa::path(
    tag = "personal-data", params(("id" = Uuid, Path), Key), request_body = ExtensionIn,
    responses((status = 200, body = RequestOut), Writes)
)]
#[post("/personal-data-requests/{id}/extension")]
pub async fn extend_personal_data_request(
    desk: Desk,
    lang: Lang,
    id: web::Path<Uuid>,
    Body(body): Body<ExtensionIn>,
) -> Answer<RequestOut> {
    let ExtensionIn { days, reason } = body;
    let content = format!("{id}\0{days}\0{}", reason.name());
    let extend = move |v: &mut Visit<'_>| {
        let row = requests::extend(v, *id, days, reason)?;
        said(v, lang, row)
    };
    desk.once("personal-data-request/extension", content, extend).await
}

/// Approve as the second person: the data are erased or corrected now.
///
/// A person with thousands of gifts is answered `EXECUTING`; the rest follows by itself.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path), Key), responses((status = 200, body = RequestOut), Decides))]
#[post("/personal-data-requests/{id}/approval")]
pub async fn approve_personal_data_request(
    desk: Desk,
    lang: Lang,
    id: web::Path<Uuid>,
    rooms: web::Data<Rooms>,
) -> Answer<RequestOut> {
    let rooms = **rooms;
    let content = id.to_string();
    let decide = move |v: &mut Visit<'_>| {
        let row = decide::decide(v, rooms, *id, None)?;
        said(v, lang, row)
    };
    let (out, reply) = desk.once("personal-data-request/approval", content, decide).await?.split();
    let out = go_on(&desk, rooms, lang, out).await?;
    Ok(reply.map(|()| out))
}

/// Why a request is refused; the person is told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusalIn {
    reason: Refusal,
}

/// Refuse as the second person, with a reason.
#[utoipa::path(
    tag = "personal-data", params(("id" = Uuid, Path), Key), request_body = RefusalIn,
    responses((status = 200, body = RequestOut), Writes)
)]
#[post("/personal-data-requests/{id}/refusal")]
pub async fn refuse_personal_data_request(
    desk: Desk,
    lang: Lang,
    id: web::Path<Uuid>,
    Body(body): Body<RefusalIn>,
    rooms: web::Data<Rooms>,
) -> Answer<RequestOut> {
    let content = format!("{id}\0{}", body.reason.name());
    let decide = move |v: &mut Visit<'_>| {
        let row = decide::decide(v, **rooms, *id, Some(body.reason))?;
        said(v, lang, row)
    };
    desk.once("personal-data-request/refusal", content, decide).await
}

/// Note that the copy was handed over, or which measures were taken: ends a request for access or for protection.
#[utoipa::path(tag = "personal-data", params(("id" = Uuid, Path), Key), responses((status = 200, body = RequestOut), Decides))]
#[post("/personal-data-requests/{id}/completion")]
pub async fn complete_personal_data_request(desk: Desk, lang: Lang, id: web::Path<Uuid>) -> Answer<RequestOut> {
    let id = id.into_inner();
    let complete = move |v: &mut Visit<'_>| {
        let row = requests::complete(v, id)?;
        said(v, lang, row)
    };
    desk.once("personal-data-request/completion", id.to_string(), complete).await
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
#[utoipa::path(
    tag = "personal-data", params(("id" = Uuid, Path, description = "The party, `giver.id` of a gift"), PersonalDataQuery),
    responses((status = 200, body = PersonalDataOut), Lists)
)]
#[get("/parties/{id}/personal-data")]
pub async fn show_personal_data(
    desk: Desk,
    lang: Lang,
    id: web::Path<Uuid>,
    Query(query): Query<PersonalDataQuery>,
    rooms: web::Data<Rooms>,
) -> Answer<PersonalDataOut> {
    let PersonalDataQuery { limit, after } = query;
    let limit = rows_a_page(limit)?;
    desk.tx(move |v| {
        let mut out = access::personal_data(v, **rooms, lang, *id, after, limit + 1)?;
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
    .await
    .map(Reply::ok)
}
