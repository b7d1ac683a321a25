//! `/api/v1/activities`: plan, change, write what came of it, correct, call off, count.

use actix_web::{HttpRequest, get, patch, post, web};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::counts::{self, ActivityCountsOut, Asked};
use super::model::ActivityState;
use super::out::{ActivityAreaOut, ActivityDetailOut, ActivityOut};
use super::wire::{ActivityCancellationIn, ActivityCorrectionIn, ActivityIn, ActivityPatch, ActivityResultIn};
use super::{plan, result, store};
use crate::authz::{Desk, Read, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Key, Lists, Own, Reads, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_activity_areas)
        .service(write_activity)
        .service(list_activities)
        .service(show_activity)
        .service(change_activity)
        .service(write_activity_result)
        .service(correct_activity)
        .service(cancel_activity)
        .service(count_activities);
}

fn tagged(reply: Reply<ActivityDetailOut>) -> Reply<ActivityDetailOut> {
    let (out, rest) = reply.split();
    let tag = version_tag(out.activity.version);
    rest.map(|()| out).with(tag)
}

/// The areas of activity that the law names.
#[utoipa::path(tag = "activities", responses((status = 200, body = Vec<ActivityAreaOut>), Own))]
#[get("/activity-areas")]
pub async fn list_activity_areas(desk: Desk) -> Answer<Vec<ActivityAreaOut>> {
    desk.read(|v| Ok(plan::areas(v)?)).await.map(Reply::ok)
}

/// Write an activity down: a plan, or with its result something done. Sent again, it is written once.
#[utoipa::path(
    tag = "activities", request_body = ActivityIn,
    responses(
        (status = 201, body = ActivityDetailOut),
        (status = 200, body = ActivityDetailOut, description = "Was written already"), Writes
    )
)]
#[post("/activities")]
pub async fn write_activity(desk: Desk, Body(body): Body<ActivityIn>) -> Answer<ActivityDetailOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = plan::write(v, &new)?;
        Ok((plan::show(v, new.id)?, made))
    };
    desk.tx(write).await.map(Reply::made).map(tagged)
}

/// Which activities.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActivitiesQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Those that it delivers for others, in place of those that it leads.
    #[serde(default)]
    #[param(required = false)]
    delivered: bool,
    /// Only those that are so far.
    state: Option<ActivityState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a list of activities is of.
#[derive(Debug, Clone, Serialize)]
struct ActivitiesOf {
    chapter: String,
    delivered: bool,
    state: Option<ActivityState>,
}

/// Activities that a chapter leads, or delivers for others, the earliest first.
#[utoipa::path(tag = "activities", params(ActivitiesQuery), responses((status = 200, body = Page<ActivityOut>), Lists))]
#[get("/activities")]
pub async fn list_activities(desk: Desk, Query(query): Query<ActivitiesQuery>) -> Answer<Page<ActivityOut>> {
    let of = ActivitiesOf { chapter: query.chapter, delivered: query.delivered, state: query.state };
    desk.list(
        Paging::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let (here, _) = v.see_code::<Read>(&of.chapter)?;
            let find = if of.delivered { store::delivered } else { store::list };
            Ok(find(v.conn, &here, of.state, &span)?)
        },
        |row| (row.starts_on, row.id),
        |v, rows| Ok(plan::shown(v, rows)?),
    )
    .await
}

/// One activity with everything that was written anew of it.
#[utoipa::path(
    tag = "activities", params(("id" = Uuid, Path, description = "The activity")),
    responses((status = 200, body = ActivityDetailOut), Reads)
)]
#[get("/activities/{id}")]
pub async fn show_activity(desk: Desk, id: web::Path<Uuid>) -> Answer<ActivityDetailOut> {
    desk.read(move |v| Ok(plan::show(v, *id)?)).await.map(Reply::ok).map(tagged)
}

/// Change a plan. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "activities",
    params(("id" = Uuid, Path, description = "The activity"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = ActivityPatch, responses((status = 200, body = ActivityDetailOut), Writes)
)]
#[patch("/activities/{id}")]
pub async fn change_activity(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<ActivityPatch>,
) -> Answer<ActivityDetailOut> {
    let expected = if_match(&request)?;
    let change = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        plan::change(v, *id, &expected, body)?;
        Ok(plan::show(v, *id)?)
    };
    desk.tx(change).await.map(Reply::ok).map(tagged)
}

/// Write what came of a plan, from its first day on. It is done then, and counts.
#[utoipa::path(
    tag = "activities", params(("id" = Uuid, Path, description = "The activity"), Key), request_body = ActivityResultIn,
    responses((status = 200, body = ActivityDetailOut), Writes)
)]
#[post("/activities/{id}/result")]
pub async fn write_activity_result(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<ActivityResultIn>,
) -> Answer<ActivityDetailOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let content = serde_json::json!([*id, new]).to_string();
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        result::write(v, *id, &new)?;
        Ok(plan::show(v, *id)?)
    };
    desk.once("activity/result", content, write).await.map(tagged)
}

/// Correct what was written of something done. What stood there before stays in sight, with the reason.
#[utoipa::path(
    tag = "activities", params(("id" = Uuid, Path, description = "The activity")), request_body = ActivityCorrectionIn,
    responses(
        (status = 201, body = ActivityDetailOut),
        (status = 200, body = ActivityDetailOut, description = "Was corrected already"), Writes
    )
)]
#[post("/activities/{id}/corrections")]
pub async fn correct_activity(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<ActivityCorrectionIn>,
) -> Answer<ActivityDetailOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let correct = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = result::correct(v, *id, &new)?;
        Ok((plan::show(v, *id)?, made))
    };
    desk.tx(correct).await.map(Reply::made).map(tagged)
}

/// Call a plan off, or take back as a whole what was written down as done.
#[utoipa::path(
    tag = "activities", params(("id" = Uuid, Path, description = "The activity"), Key), request_body = ActivityCancellationIn,
    responses((status = 200, body = ActivityDetailOut), Writes)
)]
#[post("/activities/{id}/cancellation")]
pub async fn cancel_activity(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<ActivityCancellationIn>,
) -> Answer<ActivityDetailOut> {
    let id = id.into_inner();
    let reason = body.check()?;
    let content = format!("{id}\0{reason}");
    let cancel = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        result::cancel(v, id, &reason)?;
        Ok(plan::show(v, id)?)
    };
    desk.once("activity/cancellation", content, cancel).await.map(tagged)
}

/// What is counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActivityCountsQuery {
    /// Code of the chapter; it is counted with everything below it.
    #[param(example = "68")]
    chapter: String,
    /// This year, unless given.
    #[param(minimum = 1946, maximum = 2200, example = 2026)]
    year: Option<i32>,
    /// Only those of a movement.
    #[param(example = "TET_NHAN_AI")]
    movement: Option<String>,
    /// As it stood at the end of this day: what was written later is left out, what was corrected later is as it was.
    as_of: Option<NaiveDate>,
}

/// Activities of a year by area, month and level, each once, under the chapter that leads it.
#[utoipa::path(tag = "activities", params(ActivityCountsQuery), responses((status = 200, body = ActivityCountsOut), Lists))]
#[get("/activity-counts")]
pub async fn count_activities(desk: Desk, Query(query): Query<ActivityCountsQuery>) -> Answer<ActivityCountsOut> {
    let year = query.year.unwrap_or_else(|| desk.today().year());
    if !(1946..=2200).contains(&year) {
        return Err(Problem::field("year", "OUT_OF_RANGE", "Năm từ 1946 đến 2200.", "year is 1946 to 2200."));
    }
    let asked = Asked { chapter: query.chapter, year, movement: query.movement, as_of: query.as_of };
    desk.read(move |v| Ok(counts::of(v, asked)?)).await.map(Reply::ok)
}
