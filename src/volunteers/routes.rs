//! `/api/v1/volunteers`, `/api/v1/volunteer-counts`, words: thin handlers.

use actix_web::{HttpRequest, get, patch, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{VolunteerId, VolunteerKind, VolunteerState};
use super::out::{SkillWord, VolunteerCounts, VolunteerFound, VolunteerOut, VolunteerTitleOut};
use super::store::{self, Wanted};
use super::wire::{StepIn, TitleEndIn, TitleIn, VolunteerIn, VolunteerPatch, decision_no, own_id};
use super::{counts, enter, show, skills, titles};
use crate::authz::{Desk, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Key, Lists, Own, Records, Writes};
use crate::http::{Answer, Body, Check, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(enter_volunteer)
        .service(list_volunteers)
        .service(show_volunteer)
        .service(change_volunteer)
        .service(enter_volunteer_step)
        .service(give_volunteer_title)
        .service(take_volunteer_title_back)
        .service(list_skills)
        .service(list_volunteer_titles)
        .service(count_volunteers);
}

/// Which volunteers to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VolunteersQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only those that stand so.
    state: Option<VolunteerState>,
    /// Only these.
    kind: Option<VolunteerKind>,
    /// Only those who can do this (`GET /skills`).
    #[param(example = "FIRST_AID", max_length = 40)]
    skill: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What to count.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VolunteerCountsQuery {
    /// Code of the chapter; all that stands below it counts as well.
    #[param(example = "68")]
    chapter: String,
    /// The day; today unless given.
    #[param(example = "2026-06-30")]
    on: Option<NaiveDate>,
}

/// Enter a person of the chapter as a volunteer or collaborator, to be verified.
#[utoipa::path(
    tag = "volunteers", request_body = VolunteerIn,
    responses((status = 201, body = VolunteerOut), (status = 200, body = VolunteerOut, description = "Was entered already"), Writes)
)]
#[post("/volunteers")]
pub async fn enter_volunteer(desk: Desk, Body(body): Body<VolunteerIn>) -> Answer<VolunteerOut> {
    let offer = body.check(desk.today()).map_err(Problem::invalid)?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = enter::enter(v, &body, &offer)?;
        Ok((shown(v, VolunteerId(body.id))?, new))
    };
    let ((volunteer, version), new) = desk.tx(work).await?;
    Ok(Reply::made((volunteer, new)).with(version_tag(version)))
}

fn shown(v: &mut Visit<'_>, id: VolunteerId) -> Result<(VolunteerOut, i32), Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    Ok(show::out(v, row)?)
}

/// The volunteers of a chapter in the order in which they were entered. Every page is noted in the audit trail.
#[utoipa::path(tag = "volunteers", params(VolunteersQuery), responses((status = 200, body = Page<VolunteerFound>), Records))]
#[get("/volunteers")]
pub async fn list_volunteers(desk: Desk, Query(query): Query<VolunteersQuery>) -> Answer<Page<VolunteerFound>> {
    let filter = (query.chapter, query.state.map(VolunteerState::name), query.kind.map(VolunteerKind::name), query.skill.clone());
    let paging = Paging::<_, (DateTime<Utc>, Uuid)>::of(filter, query.limit, query.cursor.as_deref())?;
    let wanted = Wanted { state: query.state, kind: query.kind, skill: query.skill };
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (here, _) = v.see_code::<SeePeople>(&paging.filter.0)?;
        let rows = store::list(v.conn, &here, &wanted, &paging.span::<VolunteerFound>()?)?;
        v.note_at(Some(here.chapter()), "VOLUNTEERS_LISTED", None, None)?;
        paging.page(rows, |row| (row.recorded_at, row.id), |rows| Ok(show::found(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// One volunteer. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The volunteer")), responses((status = 200, body = VolunteerOut), Acts)
)]
#[get("/volunteers/{id}")]
pub async fn show_volunteer(desk: Desk, id: web::Path<Uuid>) -> Answer<VolunteerOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let (volunteer, version) = desk.tx(move |v| Ok(show::volunteer(v, VolunteerId(*id))?)).await??;
    Ok(Reply::ok(volunteer).with(version_tag(version)))
}

/// Change what a volunteer offers. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "volunteers",
    params(("id" = Uuid, Path, description = "The volunteer"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = VolunteerPatch, responses((status = 200, body = VolunteerOut), Writes)
)]
#[patch("/volunteers/{id}")]
pub async fn change_volunteer(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<VolunteerPatch>,
) -> Answer<VolunteerOut> {
    let (expected, id) = (if_match(&request)?, VolunteerId(*id));
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        enter::change(v, id, &expected, &body)?;
        shown(v, id)
    };
    let (volunteer, version) = desk.tx(work).await?;
    Ok(Reply::ok(volunteer).with(version_tag(version)))
}

/// Verify, refuse, pause, resume or end a volunteer.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The volunteer")), request_body = StepIn,
    responses((status = 201, body = VolunteerOut), (status = 200, body = VolunteerOut, description = "Was done already"), Writes)
)]
#[post("/volunteers/{id}/steps")]
pub async fn enter_volunteer_step(desk: Desk, id: web::Path<Uuid>, Body(body): Body<StepIn>) -> Answer<VolunteerOut> {
    let (reason, id) = (body.check().map_err(Problem::invalid)?, VolunteerId(*id));
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = enter::step(v, id, &body, reason.as_ref())?;
        Ok((shown(v, id)?, new))
    };
    let ((volunteer, version), new) = desk.tx(work).await?;
    Ok(Reply::made((volunteer, new)).with(version_tag(version)))
}

/// Give a volunteer a title, by a decision.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The volunteer")), request_body = TitleIn,
    responses((status = 201, body = VolunteerOut), (status = 200, body = VolunteerOut, description = "Was given already"), Writes)
)]
#[post("/volunteers/{id}/titles")]
pub async fn give_volunteer_title(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TitleIn>) -> Answer<VolunteerOut> {
    let mut check = Check::default();
    own_id(&mut check, body.id);
    let no = check.read(decision_no(&body.decision_no));
    let (no, id) = (check.done(no).map_err(Problem::invalid)?, VolunteerId(*id));
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = titles::give(v, id, &body, &no)?;
        Ok((shown(v, id)?, new))
    };
    let ((volunteer, version), new) = desk.tx(work).await?;
    Ok(Reply::made((volunteer, new)).with(version_tag(version)))
}

/// Take a title back, by a decision.
#[utoipa::path(
    tag = "volunteers", params(("id" = Uuid, Path, description = "The title as it was given"), Key), request_body = TitleEndIn,
    responses((status = 200, body = VolunteerOut), Writes)
)]
#[post("/volunteer-titles/{id}/withdrawal")]
pub async fn take_volunteer_title_back(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TitleEndIn>) -> Answer<VolunteerOut> {
    let no = decision_no(&body.decision_no)?;
    let content = format!("{id}\0{}", no.as_str());
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        // Done again it answers as the first time.
        let volunteer = titles::take_back(v, *id, &no)?;
        shown(v, volunteer)
    };
    let ((volunteer, version), reply) = desk.once("volunteer/title-withdrawal", content, work).await?.split();
    Ok(reply.map(|()| volunteer).with(version_tag(version)))
}

/// What volunteers can do, as it is called today.
#[utoipa::path(tag = "volunteers", responses((status = 200, body = Vec<SkillWord>), Own))]
#[get("/skills")]
pub async fn list_skills(desk: Desk) -> Answer<Vec<SkillWord>> {
    let words = |v: &mut Visit<'_>| -> Result<Vec<SkillWord>, Problem> {
        let all = skills::on(v.conn, vietnam_date(v.now))?;
        Ok(all.into_iter().map(|skill| SkillWord { code: skill.code, vi: skill.vi, en: skill.en }).collect())
    };
    desk.read(words).await.map(Reply::ok)
}

/// The titles of volunteers that are given today, the highest first.
#[utoipa::path(tag = "volunteers", responses((status = 200, body = Vec<VolunteerTitleOut>), Own))]
#[get("/volunteer-titles")]
pub async fn list_volunteer_titles(desk: Desk) -> Answer<Vec<VolunteerTitleOut>> {
    desk.read(|v| Ok(titles::on(v.conn, vietnam_date(v.now))?)).await.map(Reply::ok)
}

/// Volunteers on a day, by kind, for those who read the chapter's books: counts, and no person.
///
/// Whoever is a volunteer of two chapters is one above both. The answer for a day that is over is the same for ever.
#[utoipa::path(tag = "volunteers", params(VolunteerCountsQuery), responses((status = 200, body = VolunteerCounts), Lists))]
#[get("/volunteer-counts")]
pub async fn count_volunteers(desk: Desk, Query(query): Query<VolunteerCountsQuery>) -> Answer<VolunteerCounts> {
    desk.read(move |v| Ok(counts::of(v, &query.chapter, query.on)?)).await.map(Reply::ok)
}
