//! `/api/v1/teams`: make, fill, end, look.

use actix_web::{HttpRequest, get, patch, post, put, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::out::{TeamDetailOut, TeamExerciseOut, TeamOut};
use super::wire::{TeamEndingIn, TeamEquipmentIn, TeamExerciseIn, TeamIn, TeamLeaderIn, TeamMemberIn, TeamPatch};
use super::{equipment, exercises, keep, people, shown};
use crate::authz::{Desk, Visit};
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Acts, Key, Lists, Writes};
use crate::http::{Answer, Body, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_team)
        .service(list_teams)
        .service(show_team)
        .service(change_team)
        .service(end_team)
        .service(enter_team_member)
        .service(end_team_member)
        .service(enter_team_leader)
        .service(end_team_leader)
        .service(write_team_equipment)
        .service(record_team_exercise)
        .service(list_team_exercises);
}

/// Make a team of a chapter, as those who keep its people. Sent again, it is made once.
#[utoipa::path(
    tag = "teams", request_body = TeamIn,
    responses((status = 201, body = TeamDetailOut), (status = 200, body = TeamDetailOut, description = "Was made already"), Writes)
)]
#[post("/teams")]
pub async fn make_team(desk: Desk, Body(body): Body<TeamIn>) -> Answer<TeamDetailOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let make = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = keep::make(v, &new)?;
        Ok((shown::team(v, new.id)?, made))
    };
    let ((team, version), made) = desk.tx(make).await?;
    Ok(Reply::made((team, made)).with(version_tag(version)))
}

/// Which teams.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TeamsQuery {
    /// Code of the chapter.
    #[param(example = "68")]
    chapter: String,
    /// Those of every chapter below it too.
    #[serde(default)]
    #[param(required = false)]
    below: bool,
    /// Only those that nobody leads today, whoever led them.
    #[serde(default)]
    #[param(required = false)]
    leaderless: bool,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a list of teams is of.
#[derive(Debug, Clone, Serialize)]
struct TeamsOf {
    chapter: String,
    below: bool,
    leaderless: bool,
}

/// Teams of a chapter, or down the tree, in the order in which they were made. They name nobody.
#[utoipa::path(tag = "teams", params(TeamsQuery), responses((status = 200, body = Page<TeamOut>), Lists))]
#[get("/teams")]
pub async fn list_teams(desk: Desk, Query(query): Query<TeamsQuery>) -> Answer<Page<TeamOut>> {
    let of = TeamsOf { chapter: query.chapter, below: query.below, leaderless: query.leaderless };
    desk.list(
        Paging::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let wanted = shown::Wanted { below: of.below, leaderless: of.leaderless };
            Ok(shown::list(v, &of.chapter, wanted, &span)?)
        },
        |(at, _)| *at,
        |_, rows| Ok(rows.into_iter().map(|(_, out)| out).collect()),
    )
    .await
}

/// One team: what it has, how ready it is today, and who is or was in it.
///
/// Who they are is shown to those who see the chapter's people; reading it is noted in the audit trail.
#[utoipa::path(
    tag = "teams", params(("id" = Uuid, Path, description = "The team")), responses((status = 200, body = TeamDetailOut), Acts)
)]
#[get("/teams/{id}")]
pub async fn show_team(desk: Desk, id: web::Path<Uuid>) -> Answer<TeamDetailOut> {
    let (team, version) = desk.tx(move |v| Ok(shown::team(v, *id)?)).await?;
    Ok(Reply::ok(team).with(version_tag(version)))
}

/// Change what a team is called, what it is and where it meets. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "teams",
    params(("id" = Uuid, Path, description = "The team"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = TeamPatch, responses((status = 200, body = TeamDetailOut), Writes)
)]
#[patch("/teams/{id}")]
pub async fn change_team(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<TeamPatch>,
) -> Answer<TeamDetailOut> {
    let expected = if_match(&request)?;
    let change = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        keep::change(v, *id, &expected, body)?;
        Ok(shown::team(v, *id)?)
    };
    let (team, version) = desk.tx(change).await?;
    Ok(Reply::ok(team).with(version_tag(version)))
}

/// End a team, with everybody's time in it and at its head.
#[utoipa::path(
    tag = "teams", params(("id" = Uuid, Path, description = "The team"), Key), request_body = TeamEndingIn,
    responses((status = 200, body = TeamDetailOut), Writes)
)]
#[post("/teams/{id}/ending")]
pub async fn end_team(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TeamEndingIn>) -> Answer<TeamDetailOut> {
    let ended = body.check(desk.today()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{}", ended.content());
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        keep::end(v, *id, &ended)?;
        Ok(shown::team(v, *id)?.0)
    };
    desk.once("team/ending", content, end).await
}

/// Enter a person of the chapter in a team.
#[utoipa::path(
    tag = "teams", params(("id" = Uuid, Path, description = "The team")), request_body = TeamMemberIn,
    responses((status = 201, body = TeamDetailOut), (status = 200, body = TeamDetailOut, description = "Was entered already"), Writes)
)]
#[post("/teams/{id}/members")]
pub async fn enter_team_member(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TeamMemberIn>) -> Answer<TeamDetailOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = people::enter(v, *id, &new)?;
        Ok((shown::team(v, *id)?.0, made))
    };
    desk.tx(enter).await.map(Reply::made)
}

/// End somebody's time in a team, and with it their time at its head.
#[utoipa::path(
    tag = "teams",
    params(("id" = Uuid, Path, description = "The team"), ("member" = Uuid, Path, description = "Somebody's time in it"), Key),
    request_body = TeamEndingIn, responses((status = 200, body = TeamDetailOut), Writes)
)]
#[post("/teams/{id}/members/{member}/ending")]
pub async fn end_team_member(desk: Desk, path: web::Path<(Uuid, Uuid)>, Body(body): Body<TeamEndingIn>) -> Answer<TeamDetailOut> {
    let (id, member) = path.into_inner();
    let ended = body.check(desk.today()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{member}\0{}", ended.content());
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        people::leave(v, id, member, &ended)?;
        Ok(shown::team(v, id)?.0)
    };
    desk.once("team-member/ending", content, end).await
}

/// Enter who leads a team: somebody who is in it. There is one leader, and deputies.
#[utoipa::path(
    tag = "teams", params(("id" = Uuid, Path, description = "The team")), request_body = TeamLeaderIn,
    responses((status = 201, body = TeamDetailOut), (status = 200, body = TeamDetailOut, description = "Was entered already"), Writes)
)]
#[post("/teams/{id}/leaders")]
pub async fn enter_team_leader(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TeamLeaderIn>) -> Answer<TeamDetailOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = people::lead(v, *id, &new)?;
        Ok((shown::team(v, *id)?.0, made))
    };
    desk.tx(enter).await.map(Reply::made)
}

/// End somebody's time at the head of a team; they stay in it.
#[utoipa::path(
    tag = "teams",
    params(("id" = Uuid, Path, description = "The team"), ("leader" = Uuid, Path, description = "Somebody's time at its head"), Key),
    request_body = TeamEndingIn, responses((status = 200, body = TeamDetailOut), Writes)
)]
#[post("/teams/{id}/leaders/{leader}/ending")]
pub async fn end_team_leader(desk: Desk, path: web::Path<(Uuid, Uuid)>, Body(body): Body<TeamEndingIn>) -> Answer<TeamDetailOut> {
    let (id, leader) = path.into_inner();
    let ended = body.check(desk.today()).map_err(Problem::invalid)?;
    let content = format!("{id}\0{leader}\0{}", ended.content());
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        people::lead_no_longer(v, id, leader, &ended)?;
        Ok(shown::team(v, id)?.0)
    };
    desk.once("team-leader/ending", content, end).await
}

/// Write down what a team has, the whole list anew. Send the `ETag` you read as `If-Match`.
#[utoipa::path(
    tag = "teams",
    params(("id" = Uuid, Path, description = "The team"), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = TeamEquipmentIn, responses((status = 200, body = TeamDetailOut), Writes)
)]
#[put("/teams/{id}/equipment")]
pub async fn write_team_equipment(
    request: HttpRequest,
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<TeamEquipmentIn>,
) -> Answer<TeamDetailOut> {
    let expected = if_match(&request)?;
    let items = body.check(desk.today()).map_err(Problem::invalid)?;
    let write = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        equipment::put(v, *id, &expected, &items)?;
        Ok(shown::team(v, *id)?)
    };
    let (team, version) = desk.tx(write).await?;
    Ok(Reply::ok(team).with(version_tag(version)))
}

/// Record an exercise that a team held, and who came.
#[utoipa::path(
    tag = "teams", params(("id" = Uuid, Path, description = "The team")), request_body = TeamExerciseIn,
    responses((status = 201, body = TeamExerciseOut), (status = 200, body = TeamExerciseOut, description = "Was recorded already"), Writes)
)]
#[post("/teams/{id}/exercises")]
pub async fn record_team_exercise(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TeamExerciseIn>) -> Answer<TeamExerciseOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let record = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = exercises::record(v, *id, &new)?;
        Ok((exercises::one(v, new.id)?, made))
    };
    desk.tx(record).await.map(Reply::made)
}

/// Which part of a team's list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfTeam {
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A team's exercises, the earliest first.
///
/// Who came, and the note, are shown to those who see the chapter's people, and reading them is noted in the audit trail.
#[utoipa::path(
    tag = "teams", params(("id" = Uuid, Path, description = "The team"), OfTeam),
    responses((status = 200, body = Page<TeamExerciseOut>), Lists)
)]
#[get("/teams/{id}/exercises")]
pub async fn list_team_exercises(desk: Desk, id: web::Path<Uuid>, Query(query): Query<OfTeam>) -> Answer<Page<TeamExerciseOut>> {
    let paging: Paging<Uuid, (NaiveDate, Uuid)> = Paging::of(*id, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<TeamExerciseOut>()?;
        let rows = exercises::list(v, paging.filter, &span)?;
        paging.page(rows, |row| (row.held_on, row.id), |rows| Ok::<_, Problem>(exercises::shown(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}
