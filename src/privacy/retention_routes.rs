//! `/api/v1/retention-proposals`, `/api/v1/persons-held`: thin handlers.

use std::collections::HashMap;

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::held::{self, PersonsHeldOut};
use super::proposals::{KeepReason, ProposalRow, ProposalState};
use super::retention;
use crate::authz::{Desk, Visit};
use crate::calendar::retention::Periods;
use crate::house::Rooms;
use crate::house::persons::Dossier;
use crate::http::sets::{Acts, Decides, Key, Records, Writes};
use crate::http::{Answer, Body, Lang, Page, Paging, Problem, Query, Reply};
use crate::persons::found::{PersonFound, found};
use crate::persons::{self, PersonId};
use crate::tree;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(show_persons_held)
        .service(list_retention_proposals)
        .service(ask_retention_erasure)
        .service(keep_retention_person);
}

/// The dossier that whoever runs the server has configured, if any.
#[derive(Debug, Clone, Default)]
pub struct Configured(pub Option<Dossier>);

/// How many people are held in the whole house, beside the limits of the law.
///
/// And of how many sensitive data are: from the limits on the law asks for an approved security dossier of level 3. Counted once a day; for
/// those who inspect the central chapter.
#[utoipa::path(tag = "personal-data", responses((status = 200, body = PersonsHeldOut), Acts))]
#[get("/persons-held")]
pub async fn show_persons_held(desk: Desk, dossier: web::Data<Configured>) -> Answer<PersonsHeldOut> {
    desk.read(move |v| Ok(held::shown(v, dossier.0.as_ref())?)).await.map(Reply::ok)
}

/// Somebody whom nothing at their chapter needs any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetentionProposalOut {
    /// Of the proposal.
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Absent where they are erased, or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonFound>,
    /// What they were last: `PERSON` (written down and nothing else), `APPLICATION`, `MEMBER`, `POST`, `VOLUNTEER`,
    /// `CERTIFICATE` (or a course), `DONOR`, `COMMENDATION`, or `VOUCHER` (a gift).
    #[schema(example = "MEMBER")]
    pub record: String,
    /// The last day on which something needed them.
    pub due_on: NaiveDate,
    /// By which rule, in words of the language asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// Where it stands.
    #[schema(value_type = ProposalState)]
    pub state: String,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// When somebody decided, or it lapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The request by which the erasure was asked for (`/personal-data-requests/{id}`): a second person decides on it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Uuid>,
    /// Why they are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<KeepReason>)]
    pub reason: Option<String>,
    /// Until when they are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<NaiveDate>,
}

fn shown(v: &mut Visit<'_>, lang: Lang, rows: Vec<ProposalRow>) -> Result<Vec<RetentionProposalOut>, Problem> {
    let ids: Vec<PersonId> = rows.iter().map(|row| PersonId(row.person_id)).collect();
    let known = persons::names(v.conn, v.vault, &ids)?;
    let codes: HashMap<Uuid, String> = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let periods = Periods::read(v.conn)?;
    let show = |row: ProposalRow| {
        let chapter = codes.get(&row.chapter_id).cloned().unwrap_or_default();
        let law = periods.law(&row.record, row.due_on).map(|(vi, en)| if lang == Lang::En { en } else { vi }.to_owned());
        RetentionProposalOut {
            id: row.id,
            person: known.get(&PersonId(row.person_id)).map(|known| found(known, &chapter)),
            chapter,
            record: row.record,
            due_on: row.due_on,
            law,
            state: row.state,
            proposed_at: row.proposed_at,
            decided_at: row.decided_at,
            request: row.request_id,
            reason: row.reason,
            kept_until: row.kept_until,
        }
    };
    Ok(rows.into_iter().map(show).collect())
}

fn one(v: &mut Visit<'_>, lang: Lang, row: ProposalRow) -> Result<RetentionProposalOut, Problem> {
    shown(v, lang, vec![row])?.pop().ok_or_else(Problem::not_found)
}

/// Whose proposals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProposalsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Those that wait unless given.
    #[param(inline)]
    state: Option<ProposalState>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Persons of a chapter whom nothing there needs any more, the longest due first.
///
/// For those who see its persons; every page is noted in the audit trail. Who they are is found once a day: no membership, post or open
/// request stands, and the periods of what ended are over.
#[utoipa::path(tag = "personal-data", params(ProposalsQuery), responses((status = 200, body = Page<RetentionProposalOut>), Records))]
#[get("/retention-proposals")]
pub async fn list_retention_proposals(
    desk: Desk,
    lang: Lang,
    Query(query): Query<ProposalsQuery>,
) -> Answer<Page<RetentionProposalOut>> {
    let state = query.state.unwrap_or(ProposalState::Proposed);
    let paging = Paging::of((query.chapter, state.name()), query.limit, query.cursor.as_deref())?;
    let list = move |v: &mut Visit<'_>| {
        let span = paging.span::<RetentionProposalOut>()?;
        let rows = retention::list(v, &paging.filter.0, state, &span)?;
        paging.page(rows, |row| (row.due_on, row.id), |rows| shown(v, lang, rows))
    };
    desk.tx(list).await.map(Reply::ok)
}

/// Ask for the erasure of somebody who is proposed, at this chapter alone.
///
/// A second person approves it as any erasure (`request`); what the law has kept stays.
#[utoipa::path(
    tag = "personal-data", params(("id" = Uuid, Path, description = "The proposal"), Key),
    responses((status = 200, body = RetentionProposalOut), Decides)
)]
#[post("/retention-proposals/{id}/erasure")]
pub async fn ask_retention_erasure(
    desk: Desk,
    lang: Lang,
    id: web::Path<Uuid>,
    rooms: web::Data<Rooms>,
) -> Answer<RetentionProposalOut> {
    let (id, rooms) = (id.into_inner(), **rooms);
    let ask = move |v: &mut Visit<'_>| {
        let row = retention::ask(v, rooms, id)?;
        one(v, lang, row)
    };
    desk.once("retention-proposal/erasure", id.to_string(), ask).await
}

/// Why somebody is kept, and until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepingIn {
    /// Why they are kept.
    pub reason: KeepReason,
    /// After today, within ten years; then they are proposed again.
    pub until: NaiveDate,
}

/// Keep somebody who is proposed until a day, with the reason.
#[utoipa::path(
    tag = "personal-data", params(("id" = Uuid, Path, description = "The proposal"), Key), request_body = KeepingIn,
    responses((status = 200, body = RetentionProposalOut), Writes)
)]
#[post("/retention-proposals/{id}/keeping")]
pub async fn keep_retention_person(
    desk: Desk,
    lang: Lang,
    id: web::Path<Uuid>,
    Body(body): Body<KeepingIn>,
) -> Answer<RetentionProposalOut> {
    let id = id.into_inner();
    let content = format!("{id}\0{}\0{}", body.reason.name(), body.until);
    let keep = move |v: &mut Visit<'_>| {
        let row = retention::keep(v, id, body.reason, body.until)?;
        one(v, lang, row)
    };
    desk.once("retention-proposal/keeping", content, keep).await
}
