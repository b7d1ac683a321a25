//! `/api/v1/campaigns`, `/api/v1/movements`: begin, change, open, close.

use actix_web::{HttpRequest, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::edition_wire::MovementEditionIn;
use super::movements::{self, HumanitarianMovementOut};
use super::out::CampaignOut;
use super::wire::{CampaignIn, CampaignPatch};
use super::{change, programme_routes, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::house::Rooms;
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Decides, Key, Lists, Own, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(begin_campaign)
        .service(list_campaigns)
        .service(show_campaign)
        .service(change_campaign)
        .service(open_campaign)
        .service(close_campaign)
        .service(list_humanitarian_movements)
        .service(enter_movement_edition)
        .configure(programme_routes::configure);
}

fn tagged(reply: Reply<CampaignOut>) -> Reply<CampaignOut> {
    let (out, rest) = reply.split();
    let tag = version_tag(out.version);
    rest.map(|()| out).with(tag)
}

/// Begin a campaign: a draft that groups appeals, blood drives and work. It holds no money. Sent again, it is begun once.
#[utoipa::path(
    tag = "campaigns", request_body = CampaignIn,
    responses((status = 201, body = CampaignOut), (status = 200, body = CampaignOut, description = "Was begun already"), Writes)
)]
#[post("/campaigns")]
pub async fn begin_campaign(desk: Desk, rooms: web::Data<Rooms>, Body(body): Body<CampaignIn>) -> Answer<CampaignOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let begin = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = change::begin(v, **rooms, &new)?;
        Ok((change::show(v, new.id)?, made))
    };
    desk.tx(begin).await.map(Reply::made).map(tagged)
}

/// A chapter's campaigns, the oldest first.
#[utoipa::path(tag = "campaigns", params(OfChapter), responses((status = 200, body = Page<CampaignOut>), Lists))]
#[get("/campaigns")]
pub async fn list_campaigns(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<CampaignOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, &span)?),
        |row| (row.made_at, row.id),
        |v, rows| Ok(change::shown(v, rows)?),
    )
    .await
}

/// One campaign.
#[utoipa::path(
    tag = "campaigns", params(("id" = Uuid, Path, description = "The campaign")),
    responses((status = 200, body = CampaignOut), Reads)
)]
#[get("/campaigns/{id}")]
pub async fn show_campaign(desk: Desk, id: web::Path<Uuid>) -> Answer<CampaignOut> {
    desk.read(move |v| Ok(change::show(v, *id)?)).await.map(Reply::ok).map(tagged)
}

/// Change what a campaign says and what it groups. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "The campaign"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = CampaignPatch, responses((status = 200, body = CampaignOut), Writes)
)]
#[patch("/campaigns/{id}")]
pub async fn change_campaign(
    request: HttpRequest,
    desk: Desk,
    rooms: web::Data<Rooms>,
    id: web::Path<Uuid>,
    Body(body): Body<CampaignPatch>,
) -> Answer<CampaignOut> {
    let expected = if_match(&request)?;
    let change = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        change::change(v, **rooms, *id, &expected, body)?;
        Ok(change::show(v, *id)?)
    };
    desk.tx(change).await.map(Reply::ok).map(tagged)
}

/// Open a campaign: from now on everybody may see it.
#[utoipa::path(
    tag = "campaigns", params(("id" = Uuid, Path, description = "The campaign"), Key),
    responses((status = 200, body = CampaignOut), Decides)
)]
#[post("/campaigns/{id}/opening")]
pub async fn open_campaign(desk: Desk, id: web::Path<Uuid>) -> Answer<CampaignOut> {
    let id = id.into_inner();
    let open = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        change::open(v, id)?;
        Ok(change::show(v, id)?)
    };
    desk.once("campaign/opening", id.to_string(), open).await.map(tagged)
}

/// Close a campaign. What it grouped goes on by itself.
#[utoipa::path(
    tag = "campaigns", params(("id" = Uuid, Path, description = "The campaign"), Key),
    responses((status = 200, body = CampaignOut), Decides)
)]
#[post("/campaigns/{id}/closing")]
pub async fn close_campaign(desk: Desk, id: web::Path<Uuid>) -> Answer<CampaignOut> {
    let id = id.into_inner();
    let close = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        change::close(v, id)?;
        Ok(change::show(v, id)?)
    };
    desk.once("campaign/closing", id.to_string(), close).await.map(tagged)
}

/// Every movement there is or was, with its editions by year.
#[utoipa::path(tag = "campaigns", responses((status = 200, body = Vec<HumanitarianMovementOut>), Own))]
#[get("/movements")]
pub async fn list_humanitarian_movements(desk: Desk) -> Answer<Vec<HumanitarianMovementOut>> {
    desk.read(|v| Ok(movements::all(v.conn)?)).await.map(Reply::ok)
}

/// Enter a movement's edition of a year, as the central chapter. What is written stays.
#[utoipa::path(
    tag = "campaigns", params(("code" = String, Path, description = "Code of the movement", example = "TET_NHAN_AI")),
    request_body = MovementEditionIn,
    responses(
        (status = 201, body = Vec<HumanitarianMovementOut>),
        (status = 200, body = Vec<HumanitarianMovementOut>, description = "Was entered already"), Writes
    )
)]
#[post("/movements/{code}/editions")]
pub async fn enter_movement_edition(
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<MovementEditionIn>,
) -> Answer<Vec<HumanitarianMovementOut>> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = movements::enter(v, &code, &new)?;
        Ok((movements::all(v.conn)?, made))
    };
    desk.tx(enter).await.map(Reply::made)
}
