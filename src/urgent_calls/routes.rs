//! `/api/v1/urgent-calls`: call, ask, hear, end.

use actix_web::{HttpRequest, get, patch, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::list::At;
use super::out::{UrgentAskedOut, UrgentCallOut};
use super::wire::{UrgentCallAnswerIn, UrgentCallIn, UrgentCallPatch, UrgentCallWaveIn};
use super::{heard, list, make, shown, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Decides, Key, Lists, Records, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Paging, Problem, PublicUrl, Query, Reply};
use crate::outbox::Ways;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_urgent_call)
        .service(list_urgent_calls)
        .service(show_urgent_call)
        .service(change_urgent_call)
        .service(ask_urgent_wave)
        .service(list_urgent_asked)
        .service(record_urgent_answer)
        .service(take_urgent_link_back)
        .service(end_urgent_call);
}

/// Call for blood at once, as those who keep a chapter's donors. Nobody is asked yet: that is a wave.
///
/// It reaches donors of the chapter and of all below it who said that they come, and then, where it is to, of the chapters beside it. Sent
/// again, it is made once. It ends by itself at `until`.
#[utoipa::path(
    tag = "urgent-calls", request_body = UrgentCallIn,
    responses((status = 201, body = UrgentCallOut), (status = 200, body = UrgentCallOut, description = "Was made already"), Writes)
)]
#[post("/urgent-calls")]
pub async fn make_urgent_call(desk: Desk, Body(body): Body<UrgentCallIn>) -> Answer<UrgentCallOut> {
    let new = body.check(desk.now()).map_err(Problem::invalid)?;
    let make = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = make::make(v, &new)?;
        Ok((shown::call(v, new.id)?, made))
    };
    let ((call, version), made) = desk.tx(make).await?;
    Ok(Reply::made((call, made)).with(version_tag(version)))
}

/// The urgent calls of a chapter, the oldest first. They name nobody.
#[utoipa::path(tag = "urgent-calls", params(OfChapter), responses((status = 200, body = Page<UrgentCallOut>), Lists))]
#[get("/urgent-calls")]
pub async fn list_urgent_calls(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<UrgentCallOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, &span)?),
        |row| (row.made_at, row.id),
        |v, rows| Ok(shown::calls(v, rows)?),
    )
    .await
}

/// One urgent call: what was called, its waves, and how many answered what. It names nobody.
#[utoipa::path(
    tag = "urgent-calls", params(("id" = Uuid, Path, description = "The urgent call")),
    responses((status = 200, body = UrgentCallOut), Acts)
)]
#[get("/urgent-calls/{id}")]
pub async fn show_urgent_call(desk: Desk, id: web::Path<Uuid>) -> Answer<UrgentCallOut> {
    let (call, version) = desk.read(move |v| Ok(shown::call(v, *id)?)).await?;
    Ok(Reply::ok(call).with(version_tag(version)))
}

/// Change how many are to come, until when, how far the call reaches, and its waves, while it is open.
///
/// Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "urgent-calls",
    params(("id" = Uuid, Path, description = "The urgent call"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = UrgentCallPatch, responses((status = 200, body = UrgentCallOut), Writes)
)]
#[patch("/urgent-calls/{id}")]
pub async fn change_urgent_call(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<UrgentCallPatch>,
) -> Answer<UrgentCallOut> {
    let expected = if_match(&request)?;
    let change = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        make::change(v, *id, &expected, body)?;
        Ok(shown::call(v, *id)?)
    };
    let (call, version) = desk.tx(change).await?;
    Ok(Reply::ok(call).with(version_tag(version)))
}

/// Ask a wave: so many donors are chosen, and each is asked by a link of their own, sent if there is a way.
///
/// Whom it asks is chosen by the program: whose blood fits, who may give today by the rules, said that they come, was not asked in this
/// call, not too often this month, and did not ask to be left alone; the nearest, and of them the least asked. In quiet hours it takes a
/// reason. Sent again, it asks nobody.
#[utoipa::path(
    tag = "urgent-calls", params(("id" = Uuid, Path, description = "The urgent call")), request_body = UrgentCallWaveIn,
    responses((status = 201, body = UrgentCallOut), (status = 200, body = UrgentCallOut, description = "Was asked already"), Writes)
)]
#[post("/urgent-calls/{id}/waves")]
pub async fn ask_urgent_wave(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<UrgentCallWaveIn>,
    ways: web::Data<Ways>,
    public: web::Data<PublicUrl>,
) -> Answer<UrgentCallOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let ask = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = make::wave(v, &ways, &public, *id, &new)?;
        Ok((shown::call(v, *id)?.0, made))
    };
    desk.tx(ask).await.map(Reply::made)
}

/// Which part of a call's list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfUrgentCall {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Those who were asked, in the order of the waves, with what they answered and how to reach them while the call is open.
///
/// For those who see the calling chapter's donors: first names, chapters and ways to reach those who were chosen, nothing else of those of
/// other chapters. Each page is noted in the audit trail.
#[utoipa::path(
    tag = "urgent-calls", params(("id" = Uuid, Path, description = "The urgent call"), OfUrgentCall),
    responses((status = 200, body = Page<UrgentAskedOut>), Records)
)]
#[get("/urgent-calls/{id}/asked")]
pub async fn list_urgent_asked(
    desk: Desk,
    id: web::Path<Uuid>,
    Query(query): Query<OfUrgentCall>,
    public: web::Data<PublicUrl>,
) -> Answer<Page<UrgentAskedOut>> {
    let paging: Paging<Uuid, At> = Paging::of(*id, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<UrgentAskedOut>()?;
        let rows = list::page(v, paging.filter, &span)?;
        let shown = |rows| Ok::<_, Problem>(list::shown(v, &public, paging.filter, rows)?);
        paging.page(rows, |row| (row.asked_at, row.id), shown)
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Write down what a donor answered by telephone, as they would have by their link.
#[utoipa::path(
    tag = "urgent-calls",
    params(("id" = Uuid, Path, description = "The urgent call"), ("asked" = Uuid, Path, description = "A donor who was asked in it"), Key),
    request_body = UrgentCallAnswerIn, responses((status = 200, body = UrgentAskedOut), Writes)
)]
#[post("/urgent-calls/{id}/asked/{asked}/answer")]
pub async fn record_urgent_answer(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    Body(body): Body<UrgentCallAnswerIn>,
    public: web::Data<PublicUrl>,
) -> Answer<UrgentAskedOut> {
    let (id, asked) = path.into_inner();
    let said = body.check(desk.now()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{asked}\0{}", said.content());
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        heard::answer(v, id, asked, &said)?;
        Ok(list::one(v, &public, id, asked)?)
    };
    desk.once("urgent-call/answer", content, write).await
}

/// Take the link of a donor who was asked back: it says nothing any more, and no answer of theirs is taken.
#[utoipa::path(
    tag = "urgent-calls",
    params(("id" = Uuid, Path, description = "The urgent call"), ("asked" = Uuid, Path, description = "A donor who was asked in it"), Key),
    responses((status = 200, body = UrgentAskedOut), Decides)
)]
#[post("/urgent-calls/{id}/asked/{asked}/revocation")]
pub async fn take_urgent_link_back(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    public: web::Data<PublicUrl>,
) -> Answer<UrgentAskedOut> {
    let (id, asked) = path.into_inner();
    let take = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        heard::revoke(v, id, asked)?;
        Ok(list::one(v, &public, id, asked)?)
    };
    desk.once("urgent-call/revocation", format!("{id}\0{asked}"), take).await
}

/// End an urgent call: nobody is asked and nobody answers any more, and those who were asked are numbers from now on.
#[utoipa::path(
    tag = "urgent-calls", params(("id" = Uuid, Path, description = "The urgent call"), Key),
    responses((status = 200, body = UrgentCallOut), Decides)
)]
#[post("/urgent-calls/{id}/ending")]
pub async fn end_urgent_call(desk: Desk, id: web::Path<Uuid>) -> Answer<UrgentCallOut> {
    let id = id.into_inner();
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        make::end(v, id)?;
        Ok(shown::call(v, id)?.0)
    };
    desk.once("urgent-call/ending", id.to_string(), end).await
}
