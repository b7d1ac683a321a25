//! `/api/v1/blood-clubs`: standing lists of donors.

use std::collections::HashMap;

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::club_wire::{BloodClubIn, BloodClubMemberIn, BloodClubMemberOut, BloodClubOut};
use super::clubs::{self, ClubRow, MemberRow};
use super::fault::Fault;
use super::routes::OfUrgentCall;
use crate::authz::{Desk, Read, Seen, Visit};
use crate::donors::{self, DonorId};
use crate::http::sets::{Decides, Key, Lists, Records, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Paging, Problem, Query, Reply};
use crate::persons::{self, PersonId};
use crate::tree;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_blood_club)
        .service(list_blood_clubs)
        .service(end_blood_club)
        .service(enter_blood_club_member)
        .service(list_blood_club_members)
        .service(end_blood_club_member);
}

fn clubs_out(v: &mut Visit<'_>, rows: Vec<ClubRow>) -> Result<Vec<BloodClubOut>, Fault> {
    let counts: HashMap<Uuid, i64> =
        clubs::counts(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?.into_iter().collect();
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    rows.into_iter()
        .map(|row| {
            Ok(BloodClubOut {
                id: row.id,
                chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
                state: row.state().ok_or(Fault::Broken("a club in no state"))?,
                members: counts.get(&row.id).copied().unwrap_or_default(),
                name: row.name,
                made_at: row.made_at,
                ended_at: row.ended_at,
            })
        })
        .collect()
}

fn club_out(v: &mut Visit<'_>, id: Uuid) -> Result<BloodClubOut, Fault> {
    let row = clubs::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    clubs_out(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

fn members_out(v: &mut Visit<'_>, rows: Vec<MemberRow>) -> Result<Vec<BloodClubMemberOut>, Fault> {
    let ids: Vec<DonorId> = rows.iter().map(|row| DonorId(row.donor_id)).collect();
    let persons: HashMap<DonorId, PersonId> =
        donors::find_all(v.conn, &ids)?.into_iter().map(|(id, row)| (id, row.person())).collect();
    let names = persons::names(v.conn, v.vault, &persons.values().copied().collect::<Vec<_>>())?;
    let out = |row: MemberRow| {
        let donor = DonorId(row.donor_id);
        let known = persons.get(&donor).and_then(|person| names.get(person));
        let name = known.map(|known| known.name.clone());
        BloodClubMemberOut { id: row.id, donor, name, joined_on: row.joined_on, left_on: row.left_on }
    };
    Ok(rows.into_iter().map(out).collect())
}

fn member_out(v: &mut Visit<'_>, club: Uuid, id: Uuid) -> Result<BloodClubMemberOut, Fault> {
    let row = clubs::member_of(v.conn, club, id)?.ok_or(Fault::Unknown)?;
    members_out(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// Make a club of donors, as those who keep a chapter's donors. Sent again, it is made once.
#[utoipa::path(
    tag = "urgent-calls", request_body = BloodClubIn,
    responses((status = 201, body = BloodClubOut), (status = 200, body = BloodClubOut, description = "Was made already"), Writes)
)]
#[post("/blood-clubs")]
pub async fn make_blood_club(desk: Desk, Body(body): Body<BloodClubIn>) -> Answer<BloodClubOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let make = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = clubs::make(v, &new)?;
        Ok((club_out(v, new.id)?, made))
    };
    desk.tx(make).await.map(Reply::made)
}

/// The clubs of a chapter, the oldest first. They name nobody.
#[utoipa::path(tag = "urgent-calls", params(OfChapter), responses((status = 200, body = Page<BloodClubOut>), Lists))]
#[get("/blood-clubs")]
pub async fn list_blood_clubs(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<BloodClubOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(clubs::list(v.conn, here, &span)?),
        |row| (row.made_at, row.id),
        |v, rows| Ok(clubs_out(v, rows)?),
    )
    .await
}

/// End a club. Who was in it stays on record.
#[utoipa::path(
    tag = "urgent-calls", params(("id" = Uuid, Path, description = "The club"), Key),
    responses((status = 200, body = BloodClubOut), Decides)
)]
#[post("/blood-clubs/{id}/ending")]
pub async fn end_blood_club(desk: Desk, id: web::Path<Uuid>) -> Answer<BloodClubOut> {
    let id = id.into_inner();
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        clubs::end(v, id)?;
        Ok(club_out(v, id)?)
    };
    desk.once("blood-club/ending", id.to_string(), end).await
}

/// Enter a donor of the chapter into a club. Sent again, they are entered once.
#[utoipa::path(
    tag = "urgent-calls", params(("id" = Uuid, Path, description = "The club")), request_body = BloodClubMemberIn,
    responses(
        (status = 201, body = BloodClubMemberOut),
        (status = 200, body = BloodClubMemberOut, description = "Was entered already"), Writes
    )
)]
#[post("/blood-clubs/{id}/members")]
pub async fn enter_blood_club_member(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<BloodClubMemberIn>,
) -> Answer<BloodClubMemberOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = clubs::enter(v, *id, &new)?;
        Ok((member_out(v, *id, new.id)?, made))
    };
    desk.tx(enter).await.map(Reply::made)
}

/// Those who are in a club or were, in the order in which they were entered, for those who see the chapter's donors.
///
/// Each page is noted in the audit trail.
#[utoipa::path(
    tag = "urgent-calls", params(("id" = Uuid, Path, description = "The club"), OfUrgentCall),
    responses((status = 200, body = Page<BloodClubMemberOut>), Records)
)]
#[get("/blood-clubs/{id}/members")]
pub async fn list_blood_club_members(
    desk: Desk,
    id: web::Path<Uuid>,
    Query(query): Query<OfUrgentCall>,
) -> Answer<Page<BloodClubMemberOut>> {
    let paging: Paging<Uuid, (DateTime<Utc>, Uuid)> = Paging::of(*id, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<BloodClubMemberOut>()?;
        let rows = clubs::members(v, paging.filter, &span)?;
        let shown = |rows| Ok::<_, Problem>(members_out(v, rows)?);
        paging.page(rows, |row| (row.entered_at, row.id), shown)
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Take somebody off a club's list, from today on.
#[utoipa::path(
    tag = "urgent-calls",
    params(("id" = Uuid, Path, description = "The club"), ("member" = Uuid, Path, description = "Somebody in it"), Key),
    responses((status = 200, body = BloodClubMemberOut), Decides)
)]
#[post("/blood-clubs/{id}/members/{member}/ending")]
pub async fn end_blood_club_member(desk: Desk, path: web::Path<(Uuid, Uuid)>) -> Answer<BloodClubMemberOut> {
    let (id, member) = path.into_inner();
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        clubs::leave(v, id, member)?;
        Ok(member_out(v, id, member)?)
    };
    desk.once("blood-club/member/ending", format!("{id}\0{member}"), end).await
}
