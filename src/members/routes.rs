//! `/api/v1/members`, `/api/v1/member-counts`: thin handlers.

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::grades::TitleOut as GradeTitleOut;
use super::model::MemberState;
use super::wire::{MemberCounts, MemberFound, MemberIn, MemberOut, PlacementIn, StepIn, StepOut, TransferIn};
use super::{apply, cards, counts, grades, show, steps, store};
use crate::authz::{Attempt, Desk, SeePeople, Visit};
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_date;
use crate::http::sets::{Acts, Decides, Key, Lists, Own, Records, Writes};
use crate::http::{Answer, Body, Check, Page, Paging, Problem, Query, Reply, note, one_line};
use crate::persons::model::is_by_chance;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(apply_for_member)
        .service(list_members)
        .service(show_member)
        .service(place_member)
        .service(enter_member_step)
        .service(transfer_member)
        .service(issue_member_card)
        .service(list_member_grades)
        .service(count_members);
}

const MOST_NO: usize = 60;

/// Which members to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembersQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only those that stand so.
    state: Option<MemberState>,
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
pub struct CountsQuery {
    /// Code of the chapter; all that stands below it counts as well.
    #[param(example = "68")]
    pub(super) chapter: String,
    /// The day; today unless given.
    #[param(example = "2026-06-30")]
    pub(super) on: Option<NaiveDate>,
}

/// Apply for a person of the chapter to become a member. A second person admits.
///
/// Below 18 years the representative's consent goes along, from 7 years on the child's too. Somebody who is like a member of another
/// chapter is checked above.
#[utoipa::path(
    tag = "members", request_body = MemberIn,
    responses((status = 201, body = MemberOut), (status = 200, body = MemberOut, description = "Was entered already"), Writes)
)]
#[post("/members")]
pub async fn apply_for_member(desk: Desk, Body(body): Body<MemberIn>) -> Answer<MemberOut> {
    let mut check = Check::default();
    check.own_id("/id", body.id, "id phải là UUID riêng của đề nghị này.", "id must be a UUID of this application's own.");
    if !is_by_chance(body.id) {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id của hội viên phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "The id of a member is a random UUID (version 4), which carries no time.",
        );
    }
    let no = check.read(one_line("/decision_no", &body.decision_no, MOST_NO));
    let no = check.done(no).map_err(Problem::invalid)?;
    let note = note(body.note.as_deref())?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let new = apply::apply(v, &body, &no, note.as_ref())?;
        Ok((shown(v, body.id)?, new))
    };
    desk.tx(work).await.map(Reply::made)
}

fn shown(v: &mut Visit<'_>, id: Uuid) -> Result<MemberOut, Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    Ok(show::out(v, row)?)
}

/// The memberships of a chapter in the order in which they were entered.
///
/// Every page is noted in the audit trail.
#[utoipa::path(tag = "members", params(MembersQuery), responses((status = 200, body = Page<MemberFound>), Records))]
#[get("/members")]
pub async fn list_members(desk: Desk, Query(query): Query<MembersQuery>) -> Answer<Page<MemberFound>> {
    let filter = (query.chapter, query.state.map(MemberState::name));
    let paging = Paging::<_, (DateTime<Utc>, Uuid)>::of(filter, query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (here, _) = v.see_code::<SeePeople>(&paging.filter.0)?;
        let rows = store::list(v.conn, &here, query.state, paging.span::<MemberFound>()?)?;
        v.note_at(Some(here.chapter()), "MEMBERS_LISTED", None, None)?;
        paging.page(rows, |row| (row.recorded_at, row.id), |rows| Ok(show::found(v, rows)?))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// One membership. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The membership")), responses((status = 200, body = MemberOut), Acts)
)]
#[get("/members/{id}")]
pub async fn show_member(desk: Desk, id: web::Path<Uuid>) -> Answer<MemberOut> {
    // What is refused is noted as well: the transaction ends well either way.
    let member = desk.tx(move |v| Ok(show::member(v, *id)?)).await??;
    Ok(Reply::ok(member))
}

/// Put a member elsewhere in the chapter, or make them another kind of member.
///
/// They are counted so from today on; what was corrected of the person since is counted from today on as well. Days that are over stay
/// as they were counted.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The membership"), Key),
    request_body = PlacementIn, responses((status = 200, body = MemberOut), Writes)
)]
#[post("/members/{id}/placement")]
pub async fn place_member(desk: Desk, id: web::Path<Uuid>, Body(body): Body<PlacementIn>) -> Answer<MemberOut> {
    let content = format!("{id} {body:?}");
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        match v.attempt() {
            Attempt::First => apply::put(v, *id, &body)?,
            Attempt::Replay => drop(steps::kept(v, *id)?),
        }
        shown(v, *id)
    };
    desk.once("member/placement", content, work).await
}

/// Enter that somebody left or has died; ask a second person to strike off, expel or reinstate them.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The membership")), request_body = StepIn,
    responses((status = 201, body = StepOut), (status = 200, body = StepOut, description = "Was entered already"), Writes)
)]
#[post("/members/{id}/steps")]
pub async fn enter_member_step(desk: Desk, id: web::Path<Uuid>, Body(body): Body<StepIn>) -> Answer<StepOut> {
    let mut check = Check::default();
    let no = body.decision_no.as_deref().and_then(|no| check.read(one_line("/decision_no", no, MOST_NO)));
    if body.decision_no.is_none() && !body.kind.step().is_at_once() {
        check.wrong("/decision_no", "MISSING", "Cần số quyết định.", "This takes the number of a decision.");
    }
    check.done(Some(())).map_err(Problem::invalid)?;
    let note = note(body.note.as_deref())?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (step, new) = steps::enter(v, *id, &body, no.as_ref(), note.as_ref())?;
        Ok((step_of(v, step)?, new))
    };
    desk.tx(work).await.map(Reply::made)
}

/// Ask for the transfer of a member to another chapter: a second person of each chapter approves.
///
/// History and card go along; the day of the last approval is counted there.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The membership")), request_body = TransferIn,
    responses((status = 201, body = StepOut), (status = 200, body = StepOut, description = "Was asked already"), Writes)
)]
#[post("/members/{id}/transfer")]
pub async fn transfer_member(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TransferIn>) -> Answer<StepOut> {
    let no = one_line("/decision_no", &body.decision_no, MOST_NO)?;
    let note = note(body.note.as_deref())?;
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (step, new) = steps::transfer(v, *id, &body, &no, note.as_ref())?;
        Ok((step_of(v, step)?, new))
    };
    desk.tx(work).await.map(Reply::made)
}

fn step_of(v: &mut Visit<'_>, id: Uuid) -> Result<StepOut, Problem> {
    let row = store::step(v.conn, id)?.ok_or_else(Problem::not_found)?;
    Ok(show::step(v, row, None)?)
}

/// Give a member another card: the one before is not valid any more.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The membership"), Key), responses((status = 200, body = MemberOut), Decides)
)]
#[post("/members/{id}/card")]
pub async fn issue_member_card(desk: Desk, id: web::Path<Uuid>) -> Answer<MemberOut> {
    let code = PublicCode::random().map_err(Problem::internal)?;
    let name = id.to_string();
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        if v.attempt() == Attempt::First {
            let (row, grant) = steps::kept(v, *id)?;
            let (Some(kind), Some(MemberState::Admitted)) = (row.kind(), row.state()) else {
                return Err(super::Fault::NotPossible.into());
            };
            cards::issue(v.conn, (row.id, kind, grant.chapter().0), &code, vietnam_date(v.now))?;
            v.note(&grant, "MEMBER_CARD_ISSUED", row.id)?;
        } else {
            steps::kept(v, *id)?;
        }
        shown(v, *id)
    };
    desk.once("member/card", name, work).await
}

/// The grades that members may be given today, the highest first.
#[utoipa::path(tag = "members", responses((status = 200, body = Vec<GradeTitleOut>), Own))]
#[get("/member-grades")]
pub async fn list_member_grades(desk: Desk) -> Answer<Vec<GradeTitleOut>> {
    desk.read(|v: &mut Visit<'_>| -> Result<_, Problem> { Ok(grades::known(v.conn, vietnam_date(v.now))?) }).await.map(Reply::ok)
}

/// Members on a day, by kind, sex, age and sector, for those who read the chapter's books: counts, and no person.
///
/// The answer for a day that is over is the same for ever.
#[utoipa::path(tag = "members", params(CountsQuery), responses((status = 200, body = MemberCounts), Lists))]
#[get("/member-counts")]
pub async fn count_members(desk: Desk, Query(query): Query<CountsQuery>) -> Answer<MemberCounts> {
    desk.read(move |v| Ok(counts::of(v, &query.chapter, query.on)?)).await.map(Reply::ok)
}
