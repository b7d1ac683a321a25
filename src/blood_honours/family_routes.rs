//! `/api/v1/blood-families`: donors who are counted together.

use std::collections::HashMap;

use actix_web::{get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::families::{self, FamilyRow, MemberRow};
use super::family_wire::{BloodFamilyIn, BloodFamilyMemberIn, BloodFamilyMemberOut, BloodFamilyOut};
use super::fault::Fault;
use crate::authz::{Desk, SeeBlood, Seen, Visit};
use crate::donors::{self, DonorId};
use crate::http::sets::{Decides, Key, Records, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Problem, Query, Reply};
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::place;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_blood_family)
        .service(list_blood_families)
        .service(enter_blood_family_member)
        .service(end_blood_family_member);
}

fn members_out(v: &mut Visit<'_>, rows: &[MemberRow]) -> Result<Vec<BloodFamilyMemberOut>, Fault> {
    let ids: Vec<DonorId> = rows.iter().map(families::donor).collect();
    let persons: HashMap<DonorId, PersonId> =
        donors::find_all(v.conn, &ids)?.into_iter().map(|(id, row)| (id, row.person())).collect();
    let names = persons::names(v.conn, v.vault, &persons.values().copied().collect::<Vec<_>>())?;
    let out = |row: &MemberRow| {
        let donor = families::donor(row);
        let known = persons.get(&donor).and_then(|person| names.get(person));
        BloodFamilyMemberOut { id: row.id, donor, name: known.map(|known| known.name.clone()), left_on: row.left_on }
    };
    Ok(rows.iter().map(out).collect())
}

fn families_out(v: &mut Visit<'_>, rows: Vec<FamilyRow>) -> Result<Vec<BloodFamilyOut>, Fault> {
    let members = families::members(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let mut shown: Vec<(Uuid, BloodFamilyMemberOut)> =
        members.iter().map(|row| row.family_id).zip(members_out(v, &members)?).collect();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let sealed = row.name.as_ref();
        let name = sealed.map(|name| v.vault.open_text(place("blood_family", "name", &row.id), name)).transpose()?;
        let (own, others): (Vec<_>, Vec<_>) = shown.into_iter().partition(|(family, _)| *family == row.id);
        shown = others;
        let members = own.into_iter().map(|(_, member)| member).collect();
        let chapter = codes.get(&row.chapter_id).cloned().unwrap_or_default();
        all.push(BloodFamilyOut { id: row.id, chapter, name, members });
    }
    Ok(all)
}

fn family_out(v: &mut Visit<'_>, id: Uuid) -> Result<BloodFamilyOut, Fault> {
    let row = families::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    families_out(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

fn member_out(v: &mut Visit<'_>, family: Uuid, id: Uuid) -> Result<BloodFamilyMemberOut, Fault> {
    let row = families::member_of(v.conn, family, id)?.ok_or(Fault::Unknown)?;
    members_out(v, &[row])?.pop().ok_or(Fault::Unknown)
}

/// Make a family whose donors are counted together, as those who keep a chapter's donors. Sent again, it is made once.
#[utoipa::path(
    tag = "blood-honours", request_body = BloodFamilyIn,
    responses((status = 201, body = BloodFamilyOut), (status = 200, body = BloodFamilyOut, description = "Was made already"), Writes)
)]
#[post("/blood-families")]
pub async fn make_blood_family(desk: Desk, Body(body): Body<BloodFamilyIn>) -> Answer<BloodFamilyOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let make = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = families::make(v, &new)?;
        Ok((family_out(v, new.id)?, made))
    };
    desk.tx(make).await.map(Reply::made)
}

/// The families of a chapter, the oldest first, for those who see its donors. Each page is noted in the audit trail.
#[utoipa::path(tag = "blood-honours", params(OfChapter), responses((status = 200, body = Page<BloodFamilyOut>), Records))]
#[get("/blood-families")]
pub async fn list_blood_families(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<BloodFamilyOut>> {
    let paging = query.paging()?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<BloodFamilyOut>()?;
        let (here, _): (Seen<SeeBlood>, _) = v.see_code(&paging.filter)?;
        let rows = families::list(v, &here, &span)?;
        let shown = |rows| Ok::<_, Problem>(families_out(v, rows)?);
        paging.page(rows, |row| (row.made_at, row.id), shown)
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Count a donor of the chapter in a family. Sent again, they are entered once.
#[utoipa::path(
    tag = "blood-honours", params(("id" = Uuid, Path, description = "The family")), request_body = BloodFamilyMemberIn,
    responses(
        (status = 201, body = BloodFamilyMemberOut),
        (status = 200, body = BloodFamilyMemberOut, description = "Was entered already"), Writes
    )
)]
#[post("/blood-families/{id}/members")]
pub async fn enter_blood_family_member(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(body): Body<BloodFamilyMemberIn>,
) -> Answer<BloodFamilyMemberOut> {
    let new = body.check().map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = families::enter(v, *id, &new)?;
        Ok((member_out(v, *id, new.id)?, made))
    };
    desk.tx(enter).await.map(Reply::made)
}

/// Count somebody in a family no more, from today on.
#[utoipa::path(
    tag = "blood-honours",
    params(("id" = Uuid, Path, description = "The family"), ("member" = Uuid, Path, description = "Somebody in it"), Key),
    responses((status = 200, body = BloodFamilyMemberOut), Decides)
)]
#[post("/blood-families/{id}/members/{member}/ending")]
pub async fn end_blood_family_member(desk: Desk, path: web::Path<(Uuid, Uuid)>) -> Answer<BloodFamilyMemberOut> {
    let (id, member) = path.into_inner();
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        families::leave(v, id, member)?;
        Ok(member_out(v, id, member)?)
    };
    desk.once("blood-family/member/ending", format!("{id}\0{member}"), end).await
}
